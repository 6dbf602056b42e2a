"""The catalogue that a service answers from: what the service asks of it, and the catalogue of this package."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import numpy as np

from edexql.base.extras import MissingExtra
from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.files import Files, positions_of
from edexql.catalogue.store import manifest
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.server.errors import Diagnostic, RequestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
else:
    Protocol = object

# Seconds between two looks for a newer state of the catalogue.
REFRESH_INTERVAL = 10.0
# Seconds for which the files of an earlier state can still be requested.
RETENTION = 3600.0


class CatalogueFile(Protocol):
    """A file of the catalogue.

    `size` is in bytes; `size_text` is the size as eDEx wrote it, where the catalogue has it from there. `place` is its
    path below the root of the archive, or its URL.
    """

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int | None: ...
    @property
    def size_text(self) -> str | None: ...
    @property
    def place(self) -> str: ...


class FileSource(Protocol):
    """What knows the files. Both methods are called from several threads at once."""

    def listing(self, query: Query) -> Sequence[CatalogueFile]:
        """The files that match a query."""

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        """The places of files, by name; unknown names are left out."""


class LocalCatalogue:
    """The catalogue in a folder, or the sample of the package where that is None. Raises CatalogueError.

    All threads use one state of it. From time to time a newer state is looked for, and replaces it for all threads at
    once. The places of the files of earlier states are kept for a while, so that a file which was just listed can still
    be requested. Of an earlier state only the files are kept open, since a catalogue may change many times an hour.
    """

    def __init__(self, folder: str | None, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._current = open_catalogue(folder)
        # The earlier states, the latest first, each with the time until which it is used.
        self._earlier: tuple[tuple[float, Catalogue], ...] = ()
        self._last_look = time.monotonic()
        self._refresh_lock = threading.Lock()

    def current(self) -> Catalogue:
        """Its present state."""
        self._refresh()
        return self._current

    def listing(self, query: Query) -> Sequence[CatalogueFile]:
        try:
            files: Sequence[CatalogueFile] = evaluate(query, self.current(), self._vocabulary).files
        except MissingExtra as error:
            raise RequestError(409, Diagnostic("S409", f"this service cannot evaluate the query: {error}")) from error
        return files

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        self._refresh()
        places: dict[str, str] = {}
        now = time.monotonic()
        states = (self._current, *(state for until, state in self._earlier if now < until))
        for state in states:
            missing = [name for name in names if name not in places]
            for name, position in zip(missing, positions_of(missing, state), strict=True):
                if position is not None:
                    places[name] = Files.at(state, np.array([position]))[0].place
        return places

    def _refresh(self) -> None:
        """Open a newer state, if there is one and it is time to look. One thread looks; the others continue."""
        now = time.monotonic()
        if now < self._last_look + REFRESH_INTERVAL or not self._refresh_lock.acquire(blocking=False):
            return
        try:
            # While the newer state cannot be opened, the present one stays in use.
            with suppress(CatalogueError):
                if manifest.read(self._current.folder) != self._current.manifest:
                    newer = open_catalogue(self._folder)
                    retained = tuple(entry for entry in self._earlier if now < entry[0])
                    self._earlier = ((now + RETENTION, self._current.of_files()), *retained)
                    self._current = newer
            self._last_look = now
        finally:
            self._refresh_lock.release()
