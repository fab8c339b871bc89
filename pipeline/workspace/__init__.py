"""The workspace: its folder, where everything is in it, its DAG, its git and its locks."""
