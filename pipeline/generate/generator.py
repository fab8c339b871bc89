"""The worked examples as a generator: what the entry point `examples` of this package names."""

from typing import NamedTuple

from pipeline.generate.catalog import INDICATORS
from pipeline.generate.deliveries import delivery
from pipeline.generate.examples import worked_examples


class ExamplesFile(NamedTuple):
    """A delivery of worked examples: its name with suffix, its text, and its number of pairs."""

    name: str
    text: str
    pairs: int


class WorkedExamples:
    """Computes worked examples of the indicators of the catalogue."""

    names = frozenset(INDICATORS)

    def generate(
        self, name: str, count: int, *, seed: int, stem: str, created: str
    ) -> ExamplesFile:
        """Return count worked examples on an indicator as a delivery."""
        examples = worked_examples(name, count, seed)
        made = delivery(examples, shape="indicator", agent="", name=stem, created=created)
        return ExamplesFile(made.name, made.text, len(examples))


GENERATOR = WorkedExamples()
