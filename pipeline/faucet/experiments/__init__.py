"""Experiments: other params tried by `dvc exp run`, and the way back."""
