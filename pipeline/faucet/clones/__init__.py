"""What several clones of one workspace share."""
