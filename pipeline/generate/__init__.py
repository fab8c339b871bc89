"""Worked examples on price, volume and volatility indicators, correct by construction."""

from pipeline.generate.catalog import INDICATORS, names
from pipeline.generate.examples import Example, worked_examples

__all__ = ["INDICATORS", "Example", "names", "worked_examples"]
