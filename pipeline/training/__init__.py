"""Pairs in the forms that training tools read."""
