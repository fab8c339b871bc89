"""The paragraphs of the data set card; what is counted stands in braces."""

ABSTRACT = """\
{pairs:,} pairs of a question and a long answer, split for training, validation and test, and ready
for retrieval.

"""

FILES = """\
## Files

| file | what |
|---|---|
{split_files}
| `preferences.json`, `preferences.parquet` | chosen and rejected answers, where deliveries say so |
{training}| `rag.sqlite` | all pairs with a full-text index and a vector each |

Each split is there as JSON (one array of objects), CSV and Parquet, with the same rows. JSON and
Parquet are verbatim. In the CSV, lists and objects are JSON text, a null is an empty cell{csv}

{secrets}

`load_dataset` reads the Parquet files; from this folder, without a network:

```python
from datasets import load_dataset

examples = load_dataset("path/to/this/folder", split="train")
```
{loading}
`rag.sqlite` needs no extension: `documents`, `documents_fts` (FTS5, bm25), `vectors`
(little-endian float32, unit length, as sqlite-vec reads them) and `meta`, which names the
embedder and the number of dimensions ({dimension}, `{provider}`).
"""

CSV = {
    "safe": """\
, and a
cell that a spreadsheet would take for a formula has a leading apostrophe: read JSON or Parquet
where the exact text matters.""",
    "exact": """\
. Cells
are exact: a spreadsheet would run those that look like formulas, so open the CSV with none.""",
}

SECRETS = {
    "mask": "Credentials in texts (keys, passwords, seed phrases) are `[redacted]`: {pairs}.",
    "drop": "Pairs with a credential in a text were left out: {pairs}.",
    "keep": "Credentials in texts stand as delivered: {pairs}.",
}

MAKING = """\
## How it was made

People and programs deliver questions and answers; a pipeline turns the deliveries into this data
set, and anyone can rebuild it byte for byte from the repository that it comes from.

1. Every delivery is parsed strictly; a record that breaks the contract is set aside with its
   reason, never repaired silently.
2. Residue of machinery at the ends of a text (report lines, logs, marks of models, terminal
   codes, broken encodings) is taken out where that is certain; `repairs` names what was. Rules
   score each pair from 0 to 100 and flag refusals, templates, cut-off and padded answers.
3. Duplicates are found by text and by vector, verified, and merged only where no guard objects;
   the merged pairs' questions stay in `aliases`.
4. Related pairs form a cluster, and a cluster goes into one split as a whole, so that no test
   question has its twin in training.

"""

FORMS = {
    "messages": "chat messages (OpenAI, TRL)",
    "sharegpt": "turns (ShareGPT)",
    "alpaca": "instruction, input and output (Alpaca)",
    "prompt_completion": "plain prompt and completion",
    "preferences": "chosen and rejected answer to a prompt (TRL)",
    "sharegpt_preferences": "chosen and rejected answer to turns (LLaMA-Factory)",
}
"""What the card says of each training format."""

LOADING = """
Files for trainers are read one by one, or by folder: `load_dataset("path/to/training/messages")`.
"""

PROVENANCE = """\
`sources` names, pair by pair, who delivered it and in which delivery.

"""

LIMITS = """\
## Limits

- Nobody has checked every answer for truth. A score says that a text passes rules about its form
  and its fit to the question; it does not say that its figures are right or current.
- Answers that speak of prices, products or regulation were written on some day and age.
- Near-duplicates that no rule could decide are kept, in the same cluster.
{notice}
## License

"""

UNLICENSED = """\
The contents belong to those who delivered them, and no license came with the deliveries. The
license field of this card says `{license_id}`: settle the rights with the sources named in
`sources` before you publish or train on it.
"""

LICENSED = """\
The publisher of this data set names the license `{license_id}`. `sources` says who delivered a
pair.
"""
