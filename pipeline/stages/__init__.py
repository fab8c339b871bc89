"""One module per stage of the DAG: tables in, tables out, no disk."""
