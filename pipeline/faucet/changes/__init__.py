"""What changed between two states of the data set: figures, pairs, and a page about it."""
