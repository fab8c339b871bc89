"""The catalog that pages are answered from: made anew once a run has made other outputs."""

import threading
import time

from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import Catalog, forget_others, open_catalog
from pipeline.desk.index.sources import is_running, sources
from pipeline.workspace.workspace import Workspace

_LOOK_S = 1.0


class Keeper:
    """Holds the current catalog of a workspace, and renews it in the background.

    While a run goes on, and until its outputs are indexed, the old catalog answers: a list is
    never half of one data set and half of another. Outputs that cannot be indexed are named in
    fault, until others lie there.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Open the catalog of what is there now, if anything is."""
        self._workspace = workspace
        self._lock = threading.Lock()
        self._looked_s = 0.0
        self._renewing: threading.Thread | None = None
        self._tried = ""
        self.fault = ""
        self.catalog: Catalog | None = None
        self._renew()

    @property
    def is_behind(self) -> bool:
        """Return whether the catalog is one of earlier outputs, or is being made."""
        return self._renewing is not None and self._renewing.is_alive()

    def look(self) -> Catalog | None:
        """Return the catalog, None before the first run; at most once a second, see if it is old.

        A catalog that was replaced stays open: requests may still read from it.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._looked_s > _LOOK_S and not self.is_behind:
                self._looked_s = now
                if self._is_old():
                    self._renewing = threading.Thread(target=self._renew, daemon=True)
                    self._renewing.start()
        return self.catalog

    def close(self) -> None:
        """Give up what is being made, and let the files go."""
        if self.catalog is not None:
            self.catalog.close()

    def _is_old(self) -> bool:
        if is_running(self._workspace):
            return False
        try:
            there = sources(self._workspace)
            digest = there.digest()
        except FileNotFoundError:
            return False  # a run has just begun
        return bool(there.pairs) and digest != self._tried

    def _renew(self) -> None:
        there = sources(self._workspace)
        if not there.pairs or is_running(self._workspace):
            return
        try:
            self._tried = there.digest()
            self.catalog = made = open_catalog(self._workspace, there)
        except UserError as fault:
            self.fault = str(fault)
            return
        self.fault = ""
        forget_others(self._workspace, made.digest)
        threading.Thread(target=made.complete, daemon=True).start()
