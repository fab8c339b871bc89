"""Models asked from here: within a budget, each request once, and never more than a proposal."""
