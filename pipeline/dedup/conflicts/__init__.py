"""Conflicts: what two answers to one question state differently, with the place in each."""
