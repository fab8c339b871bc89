"""The answer that every delivery is given."""
