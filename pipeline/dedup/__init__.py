"""Duplicates: found by signatures, verified on the text, guarded word by word, decided by rule."""
