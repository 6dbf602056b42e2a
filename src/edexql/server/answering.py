"""What the service asks of a catalogue, and the catalogue of this package asked for it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.orbit.extras import MissingExtra
from edexql.catalogue.store.reading import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.server.refusal import Finding, Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from edexql.catalogue.store.reading import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
else:
    Protocol = object

# Seconds after which a catalogue that is being added to is looked at again.
FRESH = 60.0
_AT_ONCE = 500


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

    Each thread has it open for itself, and opens it again from time to time to see what was added.
    """

    def __init__(self, folder: str | None, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._mine = threading.local()
        open_catalogue(folder).close()

    def listing(self, query: Query) -> Sequence[Listed]:
        try:
            files: Sequence[Listed] = evaluate(query, self._catalogue(), self._vocabulary).files
        except MissingExtra as error:
            raise Refusal(409, Finding("S409", f"this service cannot tell: {error}")) from error
        return files

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        connection = self._catalogue().connection
        found: dict[str, str] = {}
        for first in range(0, len(names), _AT_ONCE):
            some = names[first : first + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found.update(connection.execute(f"SELECT name, place FROM file WHERE name IN ({marks})", some))  # noqa: S608
        return found

    def _catalogue(self) -> Catalogue:
        mine = self._mine
        catalogue: Catalogue | None = getattr(mine, "catalogue", None)
        if catalogue is None:
            catalogue = open_catalogue(self._folder)
        elif time.monotonic() > mine.stale:
            # One that cannot be opened at present is asked as it was.
            with suppress(CatalogueError):
                newer = open_catalogue(self._folder)
                catalogue.close()
                catalogue = newer
        else:
            return catalogue
        mine.catalogue, mine.stale = catalogue, time.monotonic() + FRESH
        return catalogue
