"""One entry of providers.yaml: who is asked, for what, within which limits, at which price."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json, compact

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_REVISION_HEX = 8


@dataclass(frozen=True)
class Provider:
    """schemas/providers.schema.json describes each field."""

    name: str
    protocol: Literal["gemini", "openai"]
    base_url: str
    api_version: str
    key: str | None
    model: str
    dimension: int
    asks_dimension: bool
    roles: tuple[str, ...]
    task_types: Mapping[str, str]
    prefixes: Mapping[str, str]
    max_tokens: int
    over_limit: Literal["cut", "refuse"]
    requests_per_job: int
    megabytes_per_job: int
    texts_per_request: int
    batch_price: float
    online_price: float
    attempts: int
    wait_s: float
    longest_wait_s: float
    settle_s: float
    timeout_s: float

    @cached_property
    def encoder(self) -> str:
        """Return the name of the encoder: the model's, as a safe name of a folder."""
        return _UNSAFE.sub("-", self.model.lower()).strip("-.") or "model"

    @cached_property
    def revision(self) -> str:
        """Return which space the vectors are of: `<dimension>-<digest>`.

        Whatever changes a vector is in the digest, so that two spaces never share a folder.
        """
        space: Json = {
            "protocol": self.protocol,
            "model": self.model,
            "dimension": self.dimension,
            "task_types": dict(self.task_types),
            "prefixes": dict(self.prefixes),
            "max_tokens": self.max_tokens,
            "over_limit": self.over_limit,
        }
        return f"{self.dimension}-{content_digest(compact(space).encode())[:_REVISION_HEX]}"

    @property
    def space(self) -> str:
        """Return encoder and revision as params.yaml names a space."""
        return f"{self.encoder}/{self.revision}"

    @property
    def asked_dimension(self) -> int | None:
        """Return the dimension that requests ask for, None where the server takes none."""
        return self.dimension if self.asks_dimension else None


def provider_of(name: str, entry: Json) -> Provider:
    """Return the provider that an entry of the settings, valid and with defaults, describes."""
    return Provider(name=name, **{**entry, "roles": tuple(entry["roles"])})
