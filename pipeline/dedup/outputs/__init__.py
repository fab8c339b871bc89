"""What the stage publishes: the kept pairs, the decisions, the report and the similarities."""
