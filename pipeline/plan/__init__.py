"""The master plan: which indicators there are, and which one a pair speaks of."""
