"""The evidence on the edges: what the texts at their two ends have in common."""
