"""Interactive sessions of agents: what they read when they start, and what keeps them busy."""
