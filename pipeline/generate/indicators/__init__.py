"""The indicators, one module per family of formulas."""
