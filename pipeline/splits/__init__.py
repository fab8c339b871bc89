"""Train, validation and test without leaks."""
