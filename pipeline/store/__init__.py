"""The disk, for pipeline/run.py: what a stage reads, what it writes, what it remembers."""
