"""Verdicts of people on flagged pairs and proposed merges."""
