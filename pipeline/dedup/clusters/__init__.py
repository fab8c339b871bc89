"""Clusters and their canonical records: what the rulings and the verdicts come to."""
