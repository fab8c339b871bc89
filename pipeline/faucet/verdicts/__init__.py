"""What people decided, as a book that the DAG reads, and where each decision stands."""
