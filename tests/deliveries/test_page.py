"""docs/deliveries.md says what the code does."""
