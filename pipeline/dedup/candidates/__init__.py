"""Candidate pairs: what comes near by its question, its answer or its vector."""
