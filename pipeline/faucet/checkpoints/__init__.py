"""Checkpoints: commits that hold a data set whole, which anyone can rebuild and bring back."""
