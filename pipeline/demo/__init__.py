"""The story of the seed, played in a clone of its own: see it work before you read how."""
