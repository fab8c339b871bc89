"""Workspaces of the installed engine: how one is made, and how newer templates come into it."""
