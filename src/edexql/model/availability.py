"""When the instruments of a mission had data, as the archive or a catalogue knows it."""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.timeset import TimeSet


class Line(Record):
    """An instrument: the times at which it had data, and the times of which it is known whether it had.

    Both are the boundaries of disjoint intervals in UTC seconds since 1970, in order: start, end, start, end.
    """

    instrument: str
    on: TimeSet
    known: TimeSet


class Availability(Record):
    """The instruments of a mission over `[start, end)`, in UTC seconds since 1970.

    `sources` are the files or the catalogue that were read, `doubts` what of them or of the days could not be.
    """

    start: int
    end: int
    lines: tuple[Line, ...]
    sources: tuple[str, ...]
    doubts: tuple[str, ...]
