"""`python -m pipeline.run STAGE`: a stage of the DAG in a process; dvc.yaml calls this."""
