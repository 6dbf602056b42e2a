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
from edexql.server.errors import Finding, Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
else:
    Protocol = object

# Seconds after which a catalogue that is being added to is looked at again.
FRESH = 10.0
# Seconds for which files can be asked for that a newer state of the catalogue does not have any more.
GRACE = 3600.0


class Listed(Protocol):
    """A file of the catalogue.

    `size` is in bytes; `size_text` is as eDEx wrote it, where the catalogue has it from there. `place` is its
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


class Answering(Protocol):
    """Whoever knows the files. Both are called from several threads at once."""

    def listing(self, query: Query) -> Sequence[Listed]:
        """The files that meet a query."""

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        """The places of files, by name; those that are not known are left out."""


class Local:
    """The catalogue in a folder, or the sample of the package where that is None. Raises CatalogueError.

    All threads ask one state of it. A newer one, which is looked for from time to time, takes its place for all
    of them at once; the places of files that the ones before it had are told for a while longer, so that what was
    just listed can be asked for. Of those the files alone are kept open, since a catalogue may change many times an
    hour.
    """

    def __init__(self, folder: str | None, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._current = open_catalogue(folder)
        # The states before it, the latest first, each with the time until which it counts.
        self._earlier: tuple[tuple[float, Catalogue], ...] = ()
        self._looked = time.monotonic()
        self._looking = threading.Lock()

    def listing(self, query: Query) -> Sequence[Listed]:
        self._look()
        try:
            files: Sequence[Listed] = evaluate(query, self._current, self._vocabulary).files
        except MissingExtra as error:
            raise Refusal(409, Finding("S409", f"this service cannot tell: {error}")) from error
        return files

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        self._look()
        found: dict[str, str] = {}
        now = time.monotonic()
        states = (self._current, *(state for until, state in self._earlier if now < until))
        for state in states:
            missing = [name for name in names if name not in found]
            for name, position in zip(missing, positions_of(missing, state), strict=True):
                if position is not None:
                    found[name] = Files.at(state, np.array([position]))[0].place
        return found

    def _look(self) -> None:
        """Take up a newer state, where there is one and it is time to look. One thread looks; the others go on."""
        now = time.monotonic()
        if now < self._looked + FRESH or not self._looking.acquire(blocking=False):
            return
        try:
            # One that cannot be opened at present is asked as it was.
            with suppress(CatalogueError):
                if manifest.read(self._current.folder) != self._current.manifest:
                    newer = open_catalogue(self._folder)
                    kept = tuple(one for one in self._earlier if now < one[0])
                    self._earlier = ((now + GRACE, self._current.of_files()), *kept)
                    self._current = newer
            self._looked = now
        finally:
            self._looking.release()
