"""What would become of files if they were delivered: nothing lands, no stage of the DAG runs."""
