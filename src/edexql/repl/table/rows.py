"""The rows of the table: one for each file, whether a catalogue or eDEx has listed it."""

from __future__ import annotations

from edexql.base.record import record
from edexql.base.text import printable
from edexql.base.units import size
from edexql.model.answer import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.answer import Answer, File

SYNTHETIC = "synthetic"
# What may be marked in a row.
MARKS = (SYNTHETIC, UNKNOWN)


@record(frozen=True, slots=True)
class Row:
    """A file as the table has it.

    `size` is in bytes, None where it is not known; `size_text` is what a listing wrote, or empty. `start` and
    `end` are its span `[start, end)` in UTC seconds since 1970, None where nothing tells it; `matched` how many
    seconds of it meet the query, None where that cannot be told. `state` is `matched` for a file that meets the
    query, `unknown` for one of which that cannot be told; `synthetic` says that the file is made up.
    """

    name: str
    size: int | None
    size_text: str
    start: int | None
    end: int | None
    matched: int | None
    product: str | None
    synthetic: bool
    state: str


def of_answer(found: Answer) -> tuple[Row, ...]:
    """The files of an answer, those that are listed first, then those of which it cannot be told."""
    return tuple(of_file(file) for file in (*found.files, *found.unknown))


def of_file(file: File) -> Row:
    """A file of an answer. Of one whose state is unknown nobody knows how much meets the query.

    Of a file of eDEx the table shows no product: the name tells it, and leaves the room to the times.
    """
    matched = None if file.state == UNKNOWN else file.matched
    product, synthetic = file.product if file.listed is None else None, file.synthetic
    return Row(file.name, file.bytes, file.size_text, file.start, file.end, matched, product, synthetic, file.state)


def size_of(row: Row) -> str:
    """The size of a file for people: `540.57 MB`, or as a listing wrote it, or nothing."""
    return printable(row.size_text) if row.size is None else size(row.size)


def length_of(row: Row) -> int | None:
    """The seconds that a file is sorted and filtered by: those that meet the query, where not told its whole span."""
    if row.matched is not None or row.state == UNKNOWN:
        return row.matched
    return None if row.start is None or row.end is None else row.end - row.start


def marks_of(row: Row) -> tuple[str, ...]:
    """What is marked in a row: that the file is made up, that it cannot be told whether it meets the query."""
    return (SYNTHETIC,) * row.synthetic + (UNKNOWN,) * (row.state == UNKNOWN)
