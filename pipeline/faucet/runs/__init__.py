"""Runs of the DAG: behind a lock, mended, proved by repetition, summed up."""
