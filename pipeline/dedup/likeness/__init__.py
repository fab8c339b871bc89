"""How alike two texts are: limits that are cheap, and the ratio itself."""
