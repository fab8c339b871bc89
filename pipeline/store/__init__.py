"""The disk, for pipeline/run: what a stage reads, what it writes, what it remembers."""
