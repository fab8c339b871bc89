"""The Hugging Face Hub as target, by its own library (extra `hub`)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_session
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from pipeline.core.errors import UserError
from pipeline.core.text import counted, excerpt
from pipeline.faucet.publishing.bundle import Bundle, Published
from pipeline.faucet.publishing.target import Present

_REACHED_S = 3
"""A hub that answers nothing for so many seconds is not to be reached."""


class HubDestination:
    """A data set repository of the Hub; HF_ENDPOINT names another server than the public one.

    Who publishes is whom the library knows: HF_TOKEN, or `hf auth login`.
    """

    def __init__(self, name: str, *, is_private: bool) -> None:
        if name.count("/") != 1:
            raise UserError(f"{name!r} is no name of a data set: hf:ORG/NAME")
        self._name, self._is_private = name, is_private
        self._api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))

    def present(self) -> Mapping[str, Present]:
        """Return the files of the repository's main branch; large ones by SHA-256.

        Raises UserError where the hub refuses, or cannot be reached.
        """
        self._reach()
        try:
            listed = list(self._api.list_repo_tree(self._name, recursive=True, repo_type="dataset"))
        except RepositoryNotFoundError:
            return {}
        except Exception as fault:  # the library raises those of three others, too
            raise self._failed(fault) from fault
        return {
            one.path: Present(one.size, one.lfs.sha256 if one.lfs else None, one.blob_id)
            for one in listed
            if isinstance(one, RepoFile)
        }

    def publish(self, bundle: Bundle, sent: Iterable[Published], removed: Iterable[str]) -> str:
        """Make one commit of all changes and tag it with the checkpoint; return its address."""
        added = [
            CommitOperationAdd(
                file.path, str(file.source) if isinstance(file.source, Path) else file.source
            )
            for file in sent
        ]
        taken = [CommitOperationDelete(path) for path in removed]
        try:
            self._api.create_repo(
                self._name, repo_type="dataset", private=self._is_private, exist_ok=True
            )
            made = self._api.create_commit(
                self._name,
                [*added, *taken],
                commit_message=f"Checkpoint {bundle.short}: {counted(bundle.pairs, 'pair')}",
                repo_type="dataset",
            )
            tag = f"checkpoint-{bundle.short}"
            self._api.create_tag(self._name, tag=tag, repo_type="dataset", exist_ok=True)
        except Exception as fault:  # the library raises those of three others, too
            raise self._failed(fault) from fault
        return f"{made.commit_url} ({tag})"

    def _reach(self) -> None:
        """Ask for any answer at all: without a network the library tries for half a minute."""
        try:
            get_session().head(self._api.endpoint, timeout=_REACHED_S)
        except Exception as fault:  # as above
            raise self._failed(fault, f"{self._api.endpoint} cannot be reached: ") from fault

    def _failed(self, fault: Exception, where: str = "") -> UserError:
        reasons = dict.fromkeys(str(one) for one in (fault, fault.__cause__) if one)
        what = " ".join(" ".join(reasons).split()) or type(fault).__name__
        return UserError(f"hf:{self._name} cannot be published to: {where}{excerpt(what)}")
