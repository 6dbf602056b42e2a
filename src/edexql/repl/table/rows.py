"""The rows of the table: one for each file, whether a catalogue or eDEx has listed it."""

from __future__ import annotations

from edexql.base.record import record
from edexql.base.text import printable
from edexql.base.units import bytes_of, size
from edexql.model.filename import span_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.evaluation import Evaluation
    from edexql.catalogue.files import MatchedFile
    from edexql.client.listing import ListedFile, Listing

MATCHED = "matched"
UNKNOWN = "unknown"
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


def of_evaluation(found: Evaluation) -> tuple[Row, ...]:
    """The files that a catalogue answers with, those that surely match first."""
    sure = [of_matched(file) for file in found.files]
    return (*sure, *(of_unknown(file) for file in found.unknown))


def of_listing(found: Listing) -> tuple[Row, ...]:
    """The files that eDEx answers with, those marked as unknown of which the times of day cannot be judged."""
    # By identity: the same name may be listed twice.
    unjudged = {id(file) for file in found.unjudged}
    return tuple(of_listed(file, UNKNOWN if id(file) in unjudged else MATCHED) for file in found.files)


def of_matched(file: MatchedFile) -> Row:
    """A file of a catalogue that meets the query."""
    return _of_catalogue(file, file.matched, MATCHED)


def of_unknown(file: MatchedFile) -> Row:
    """A file of a catalogue of which it cannot be told whether it meets the query."""
    return _of_catalogue(file, None, UNKNOWN)


def of_listed(file: ListedFile, state: str = MATCHED) -> Row:
    """A file that eDEx lists; its name tells its times, and nothing how much of them meets the query."""
    period = span_of_name(file.name)
    start, end = (None, None) if period is None else (period.start, period.end)
    return Row(file.name, file.size, file.size_text, start, end, None, None, synthetic=False, state=state)


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


def _of_catalogue(file: MatchedFile, matched: int | None, state: str) -> Row:
    text = file.size_text or ""
    count = bytes_of(text) if file.size is None else file.size
    return Row(file.name, count, text, file.start, file.end, matched, file.product, file.synthetic, state)
