"""Corpora of any size for the measurement of scale, with known families of duplicates.

`python benchmarks/scale_corpus.py PAIRS FOLDER --chars 3000` writes deliveries of JSON lines into
FOLDER/generator and the family of every pair into FOLDER/families.csv. Words are those of the
starter's deliveries, indicators those of the master plan. A question names an indicator and three
to six words, its answer has about so many characters (1,000) on the same words. One pair in five
belongs to a family of duplicates; sizes follow a power law from two up to one in five hundred
pairs. Members of a family differ in punctuation, case, plural, order and the odd filler or slip of
the pen; half of the families give one answer with small edits, the others a real answer each. The
same number of pairs gives the same bytes.
"""

import argparse
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson

from pipeline.core.ids import pair_id

ROOT = Path(__file__).parents[1]
PAIRS_PER_DELIVERY = 10_000
SHARE_IN_FAMILIES = 0.2
LARGEST_SHARE = 0.002  # of all pairs, in the largest family
SIZE_EXPONENT = 2.0  # of the power law of sizes
ANSWER_CHARS = 1000  # where nothing else is asked for
SENTENCES_PER_INDICATOR = 60
WORDS_PER_INDICATOR = 150

FRAMES = (
    "How does {a} {b} change {i} during {c}",
    "What is the {a} of {i} with {b} {c} and {d}",
    "Why do {a} and {b} move {i} before {c} {d}",
    "{i} {a} {b} analysis for {c} markets",
    "Explain {a} {b} in {i} on {c} data",
    "Which {a} {b} confirms {i} after a {c} {d} shock",
    "{a} {b} methodology behind {i} for {c} {d} {e}",
    "When should {a} traders ignore {i} if {b} {c} {d}",
    "{i}: {a} {b} compared with {c} {d}",
    "Common mistakes in {a} {b} when reading {i} {c}",
    "Can {a} {b} explain {c} in {i} across {d} {e}",
    "{a} framework to combine {i} and {b} {c} signals",
)
FILLERS = ("generally", "certainly", "just", "also")
SENTENCES = (
    "The {a} {b} of {i} depends on {c} and {d} while {e} stays {f}",
    "Before {a} {b} traders compare {c} with {d}, then {e} {f} follows",
    "In {a} markets {b} {c} drives {i}, and {d} confirms the {e}",
    "A {a} {b} reading near {n} points at {c} {d} rather than {e}",
    "Once {a} exceeds {n} the {b} {c} weakens and {d} {e} returns",
)


class Made(NamedTuple):
    """A pair and the family that it belongs to."""

    question: str
    answer: str
    topic: str
    family: int


def starter_words() -> list[str]:
    """Return the words of the starter's deliveries, sorted."""
    texts = (
        path.read_text("utf-8") for path in sorted((ROOT / "data/deliveries").rglob("*.json*"))
    )
    return sorted({word for text in texts for word in re.findall(r"\b[a-z]{4,12}\b", text)})


def indicators() -> list[str]:
    """Return the names of the master plan."""
    with (ROOT / "data/domain/plan.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


class Vocabulary:
    """What questions and answers of about answer_chars characters are drawn from."""

    def __init__(self, random: Random, answer_chars: int) -> None:
        self.answer_chars = answer_chars
        self.words = starter_words()
        self.names = indicators()
        self._sentences = {name: self._said_of(name, random) for name in self.names}

    def _said_of(self, name: str, random: Random) -> list[str]:
        own = random.sample(self.words, WORDS_PER_INDICATOR)
        return [
            random.choice(SENTENCES).format(
                i=name,
                n=random.randrange(2, 99),
                **dict(zip("abcdef", random.sample(own, 6), strict=True)),
            )
            for _ in range(SENTENCES_PER_INDICATOR)
        ]

    def question(self, random: Random) -> tuple[str, str, list[str]]:
        """Return a question, the indicator it names and its other words."""
        name = random.choice(self.names)
        words = random.sample(self.words, 5)
        slots = dict(zip("abcde", words, strict=True))
        return random.choice(FRAMES).format(i=name, **slots), name, words

    def answer(self, name: str, words: list[str], random: Random) -> str:
        """Return an answer."""
        said, chars = [], 0
        while chars < self.answer_chars:
            sentence = random.choice(self._sentences[name])
            if random.random() < 1 / 2:
                sentence += f", as {random.choice(words)} {random.choice(self.words)} shows"
            said.append(sentence)
            chars += len(sentence) + 2
        return ". ".join(said) + "."


def reworded(text: str, random: Random) -> str:
    """Return a question that asks the same."""
    words = text.split(" ")
    at = random.randrange(len(words))
    match random.randrange(5):
        case 0:
            return text.lower() + random.choice(("?", " ?", "...", ""))
        case 1:
            return f'"{text}"'
        case 2:
            return " ".join([*words[:at], random.choice(FILLERS), *words[at:]])
        case 3:
            cut = words.index("in") if "in" in words else 0
            return " ".join([*words[cut:], *words[:cut]]) + "?"
        case _:
            return " ".join([*words[:at], words[at].upper(), *words[at + 1 :]]) + "?"


def edited(text: str, random: Random) -> str:
    """Return an answer with a filler in one sentence in five."""
    sentences = text.split(". ")
    return ". ".join(
        f"{random.choice(FILLERS)} {s}" if random.random() < 1 / 5 else s for s in sentences
    )


def sizes(pairs: int, random: Random) -> Iterator[int]:
    """Yield the sizes of families, the largest first, then drawn, then ones; they sum to pairs."""
    in_families = int(pairs * SHARE_IN_FAMILIES)
    largest = max(2, int(pairs * LARGEST_SHARE))
    left, size = in_families, largest
    while left >= 2:  # noqa: PLR2004 - a family has two members
        size = min(size, left)
        yield size
        left -= size
        size = min(largest, int(2 * (1 - random.random()) ** (-1 / (SIZE_EXPONENT - 1))))
    for _ in range(pairs - in_families + left):
        yield 1


def corpus(pairs: int, answer_chars: int) -> Iterator[Made]:
    """Yield pairs with answers of about so many characters, family by family."""
    random = Random(pairs)  # noqa: S311 - drawn to be repeated
    known = Vocabulary(random, answer_chars)
    for family, size in enumerate(sizes(pairs, random)):
        question, name, words = known.question(random)
        answer = known.answer(name, words, random)
        has_one_answer = random.random() < 1 / 2
        yield Made(question, answer, name, family)
        for _ in range(size - 1):
            told = edited(answer, random) if has_one_answer else known.answer(name, words, random)
            yield Made(reworded(question, random), told, name, family)


def write(pairs: int, folder: Path, answer_chars: int = ANSWER_CHARS) -> None:
    """Write deliveries and families.csv; members of a family lie scattered over deliveries."""
    target = folder / "generator"
    target.mkdir(parents=True, exist_ok=True)
    count = -(-pairs // PAIRS_PER_DELIVERY)
    files = [(target / f"batch_{n:04d}.jsonl").open("wb") for n in range(count)]
    scatter = Random(pairs + 1)  # noqa: S311 - drawn to be repeated
    with (folder / "families.csv").open("w", encoding="utf-8", newline="") as told:
        rows = csv.writer(told)
        rows.writerow(["pair_id", "family"])
        for made in corpus(pairs, answer_chars):
            number = scatter.randrange(count)
            row = {"question": made.question, "answer": made.answer, "topic": made.topic}
            files[number].write(orjson.dumps(row) + b"\n")
            rows.writerow([pair_id(made.question, made.answer), made.family])
    for file in files:
        file.close()


def main() -> None:
    """Write the corpus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chars", type=int, default=ANSWER_CHARS, help="characters of an answer")
    arguments = parser.parse_args()
    write(arguments.pairs, arguments.folder, arguments.chars)


if __name__ == "__main__":
    main()
