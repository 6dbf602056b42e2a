"""The text of a query, where it came from, lines and columns of its offsets, and its spans after an edit."""

from __future__ import annotations

import edexql.base as base
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.base.json_forms import PlaceForm, SpanForm


# By thread, a function that ends the call where it has reached its limit; empty where no call has one.
WATCHES: dict[int, Callable[[], None]] = {}
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Span(Record):
    """A stretch of a text: offsets in code points, `end` exclusive."""

    start: int
    end: int


class Undecodable(Record):
    """Bytes that are not UTF-8: the offset of the first in the file, how many, and where they stand in the text."""

    byte_offset: int
    length: int
    span: Span


class Source:
    """A text with a name; lines end at LF, CRLF or CR, and a leading byte order mark is set aside.

    `text` is what is parsed and what offsets count in, `bom` whether a mark stood before it, and
    `undecodable` lists the bytes that were not UTF-8 (each run stands in `text` as U+FFFD).
    """

    __slots__ = ("_line_starts", "bom", "name", "text", "undecodable")

    def __init__(self, text: str, name: str = "<text>", undecodable: tuple[Undecodable, ...] = ()) -> None:
        self.bom = text.startswith(BOM)
        self.text = text[1:] if self.bom else text
        self.name = name
        self.undecodable = undecodable
        self._line_starts: list[int] | None = None

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "<bytes>") -> Source:
        """Read UTF-8; bytes that are not are kept account of in `undecodable`, never refused here."""
        try:
            return cls(data.decode("utf-8"), name)
        except UnicodeDecodeError:
            return _decode_damaged(data, name)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, columns in code points."""
        from bisect import bisect_right

        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def place(self, offset: int) -> PlaceForm:
        """A place as JSON has it: line and column from 1, offsets in code points and in UTF-16 from 0."""
        line, column = self.position(offset)
        before = self.text[:offset]
        utf16 = offset if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2
        return {"line": line, "column": column, "offset": offset, "utf16": utf16}

    def stretch(self, span: Span) -> SpanForm:
        """The places of a span as JSON has them."""
        return {"start": self.place(span.start), "end": self.place(span.end)}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Source):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.name, self.bom, self.undecodable, self.text

    def __repr__(self) -> str:
        return f"<source {self.name}, {len(self.text)} characters>"

    def line(self, number: int) -> str:
        """The text of a line, numbered from 1, without its ending."""
        starts = self._starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_count(self) -> int:
        return len(self._starts())

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            self._line_starts = [0, *_line_starts(self.text)]
        return self._line_starts


def _line_starts(text: str) -> Iterator[int]:
    position = 0
    for line in text.replace("\r\n", " \n").replace("\r", "\n").split("\n")[:-1]:
        position += len(line) + 1
        yield position


def _decode_damaged(data: bytes, name: str) -> Source:
    """Decode with one U+FFFD for each run of bytes that are not UTF-8, in one pass over the data."""
    import re

    escaped = data.decode("utf-8", "surrogateescape")
    pieces: list[str] = []
    damaged: list[Undecodable] = []
    bom = escaped.startswith(BOM)
    byte = offset = end = 0
    for run in re.finditer("[\udc80-\udcff]+", escaped):
        good = escaped[end : run.start()]
        byte += len(good.encode("utf-8"))
        offset += len(good)
        start = offset - bom
        damaged.append(Undecodable(byte, len(run[0]), Span(start, start + 1)))
        pieces += [good, "\N{REPLACEMENT CHARACTER}"]
        byte += len(run[0])
        offset += 1
        end = run.end()
    return Source("".join([*pieces, escaped[end:]]), name, tuple(damaged))


def source_of(text: str | bytes, name: str = "<text>") -> Source:
    """A text, or the bytes of one, as a source. Raises TypeError for anything else."""
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"the text of a query is str or bytes, not {type(text).__name__}")
    return Source.from_bytes(text, name) if isinstance(text, bytes) else Source(text, name)


def movement(before: str, after: str) -> Callable[[Span], Span | None]:
    """Where a span of the text `before` stands in `after`, which differs from it by one stretch.

    Spans before the stretch stay and those after it shift; those that it touches are dropped. A stretch
    touches what it changes, and what it adjoins with no space between: a word that is being typed on is
    another word.
    """
    shared = min(len(before), len(after))
    start = base.text.common_start(before, after, shared)
    behind = base.text.common_start(
        before[: start - len(before) - 1 : -1], after[: start - len(after) - 1 : -1], shared - start
    )
    end, end_after = len(before) - behind, len(after) - behind
    shift = len(after) - len(before)
    # What stands, after the edit, next to what was left alone on its either side.
    free_before = start == len(after) or after[start].isspace()
    free_behind = end_after == 0 or after[end_after - 1].isspace()

    def place(span: Span) -> Span | None:
        if start == end == end_after or span.end < start or (span.end == start and free_before):
            return span
        if span.start > end or (span.start == end and free_behind):
            return Span(span.start + shift, span.end + shift)
        return None

    return place
