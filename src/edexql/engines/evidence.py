"""What every verb is written over: the files of an engine, when constraints hold, and what that rests on.

A catalogue gives it from its own arrays (`kinds.local`), the tables of an export by statements of SQL (`tables`).
"""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edexql.catalogue.evaluation import Lookup
    from edexql.catalogue.files import Marks
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.notes import Source
    from edexql.catalogue.three_valued import Truth
    from edexql.model.answer import Answer, File, Note
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

    Seconds = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Spans(Protocol):
    """The spans of some files, the newest versions: `[starts[i], ends[i])` in UTC seconds since 1970."""

    starts: Seconds
    ends: Seconds

    def __len__(self) -> int: ...

    def meeting(self, times: Intervals) -> Marks:
        """Which of them have a second of a set of times."""
        ...

    def timeless(self) -> Marks:
        """Which of them have names that tell no times."""
        ...


class View(Protocol):
    """A query as far as it is about one satellite, and what is known of that.

    `title` is what people call the satellite; "" where there is no other.
    """

    @property
    def title(self) -> str: ...

    @property
    def query(self) -> Query: ...

    def files(self) -> Spans:
        """The newest versions of the files of its products."""
        ...

    def sessions(self) -> Mapping[str, Intervals]:
        """The times that files of its products cover, by product, in the order of names."""
        ...

    def covered(self) -> Intervals:
        """The same of all its products together."""
        ...

    def look_up(self, window: Intervals | None = None) -> Lookup:
        """How the times of its constraints are found: of a window, each once; of None, in the window of each call."""
        ...

    def times(self, window: Intervals) -> Truth:
        """When it holds in a window; of no constraints, always."""
        ...

    def sources(self, field: str) -> Iterable[Source]:
        """Where there are values of a field of its satellite from, in the order in which a query looks."""
        ...

    def values(self, fields: Sequence[str], times: Seconds) -> Floats:
        """The values of fields of its satellite at UTC seconds since 1970, in order: of shape (fields, times), in
        their units, NaN where there is none. Raises MissingExtra for a field whose library is not installed."""
        ...


class Evidence(Protocol):
    """What is known to an engine, read with one vocabulary."""

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def has_files(self) -> bool:
        """Whether there is any file."""
        ...

    @property
    def empty(self) -> bool:
        """Whether there is nothing to answer from."""
        ...

    @property
    def synthetic(self) -> bool:
        """Whether some of it is simulated."""
        ...

    @property
    def products(self) -> Sequence[str]:
        """The products of which there are files."""
        ...

    def views(self, query: Query) -> Sequence[View]:
        """A query by satellite, in the order of the vocabulary."""
        ...

    def view_of(self, file: File, query: Query) -> View:
        """A query as seen from the satellite that a file is of."""
        ...

    def answer(self, query: Query) -> Answer:
        """The files of a query, its times within those that the files cover, and notes; not why there are none."""
        ...

    def holding(self, query: Query) -> Answer:
        """The times of a query, whatever files there are, and notes."""
        ...

    def notes(self, query: Query, window: Intervals) -> tuple[Note, ...]:
        """What the constraints of a query rest on at the times of a window."""
        ...

    def file(self, name: str) -> tuple[File, str] | None:
        """The file of a name, of whatever product and version, and the name of its newest version."""
        ...

    def names_that_begin(self, prefix: str, most: int) -> list[str]:
        """The names of files that begin with some letters, in either case: of more than `most`, the first ones."""
        ...
