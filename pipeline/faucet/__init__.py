"""What people call: runs of the DAG behind a lock, and the state of a workspace."""
