"""Croissant: the description of a data set that search engines and loaders read.

Specification: mlcommons.org/croissant/1.0, a vocabulary over schema.org in JSON-LD.
"""

from collections.abc import Mapping

from pipeline.core.json_values import Json
from pipeline.faucet.publishing.card import front_matter
from pipeline.rag.front_matter import NO_LICENSE

_CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_TYPES = {
    ".parquet": "application/x-parquet",
    ".json": "application/json",
    ".jsonl": "application/jsonlines",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".sqlite": "application/vnd.sqlite3",
}
_OF_JSON = {"string": "sc:Text", "number": "sc:Float", "integer": "sc:Integer"}

CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(
    card: str, example: Json, files: Mapping[str, tuple[str, int]], published: str
) -> Json:
    """Return the JSON-LD of a data set: its files by digest, and a record set for each split.

    card: the data card. example: the schema of a row of a split. files: SHA-256 and bytes of each
    file by path. published: day of the checkpoint, YYYY-MM-DD.
    """
    block, text = front_matter(card)
    document: Json = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": block["pretty_name"] or "Questions and answers",
        "description": _description(text),
        "inLanguage": block["language"],
        "keywords": block["tags"],
        "datePublished": published,
        "version": "1.0.0",
        "distribution": [_file(path, *files[path]) for path in sorted(files)],
        "recordSet": [
            _records(one["split"], one["path"], example)
            for config in block.get("configs", ())
            for one in config["data_files"]
        ],
    }
    if block["license"] not in NO_LICENSE:
        document["license"] = block["license"]
    return document


def _description(text: str) -> str:
    """Return the first paragraph of the card's text after its title."""
    parts = [part for part in text.split("\n\n") if part.strip() and not part.startswith("#")]
    return " ".join(parts[0].split())


def _file(path: str, sha256: str, size: int) -> Json:
    suffix = path[path.rindex(".") :]
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{size} B",
        "encodingFormat": _TYPES.get(suffix, "application/octet-stream"),
        "sha256": sha256,
    }


def _records(split: str, path: str, example: Json) -> Json:
    """Return the record set of a split; what nests two levels deep is left to the card."""
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The rows of {path}: {example['description']}",
        "key": {"@id": f"{split}/{next(iter(example['properties']))}"},
        "field": [
            field
            for name, column in example["properties"].items()
            for field in _field(split, path, name, column)
        ],
    }


def _field(split: str, path: str, name: str, column: Json) -> list[Json]:
    is_list = "array" in column["type"]
    of = column["items"] if is_list else column
    declared = of["type"] if isinstance(of["type"], str) else next(iter(of["type"]))
    if declared not in _OF_JSON:
        return []
    field: Json = {
        "@type": "cr:Field",
        "@id": f"{split}/{name}",
        "name": name,
        "description": column["description"],
        "dataType": _OF_JSON[declared],
        "source": {"fileObject": {"@id": path}, "extract": {"column": name}},
    }
    return [{**field, "repeated": True} if is_list else field]
