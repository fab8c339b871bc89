"""Checkpoints: commits that anyone can rebuild, and what they tell."""
