"""The story of one pair, from its delivery to its end."""
