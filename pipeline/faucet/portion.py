"""How many pairs an agent is asked for in one call, where the settings say nothing else."""

PORTION_PAIRS = 25
"""Pairs; of 600 in one call nothing is left when it is cut off, and everything waits for it."""
