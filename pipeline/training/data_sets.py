"""What LLaMA-Factory must know of training files: a data set per file, with its columns and tags.

It reads `dataset_info.json` of the folder that `dataset_dir` names, and takes a column that is
not named for missing. Preferences in TRL's form are not listed: there an answer is a list of
messages, which LLaMA-Factory takes for no answer and trains on the prompt instead.
"""

from collections.abc import Iterable

from pipeline.core.json_values import Json

DATA_SETS = "dataset_info"
"""Name of the file, without suffix, in the folder of training files."""

_MESSAGES: Json = {
    "formatting": "sharegpt",
    "columns": {"messages": "messages"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
    },
}
_SHAREGPT: Json = {
    "formatting": "sharegpt",
    "columns": {"messages": "conversations"},
    "tags": {
        "role_tag": "from",
        "content_tag": "value",
        "user_tag": "human",
        "assistant_tag": "gpt",
        "system_tag": "system",
    },
}
_OF_FORMAT: dict[str, Json] = {
    "messages": _MESSAGES,
    "sharegpt": _SHAREGPT,
    "alpaca": {
        "formatting": "alpaca",
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
        },
    },
    "prompt_completion": {
        "formatting": "alpaca",
        "columns": {"prompt": "prompt", "response": "completion"},
    },
    "sharegpt_preferences": {
        **_SHAREGPT,
        "ranking": True,
        "columns": {**_SHAREGPT["columns"], "chosen": "chosen", "rejected": "rejected"},
    },
}


def data_sets(files: Iterable[str]) -> Json:
    """Return the data sets that LLaMA-Factory finds in training files, by name.

    files are paths without suffix, <format>/<split>; the data set of messages/train is called
    messages_train. Formats that it does not read have none.
    """
    return {
        path.replace("/", "_"): {"file_name": f"{path}.jsonl", **_OF_FORMAT[form]}
        for path, form in ((path, path.partition("/")[0]) for path in files)
        if form in _OF_FORMAT
    }
