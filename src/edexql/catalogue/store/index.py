"""What queries read instead of rows: derived from the rows whenever they change, in one file of arrays.

Names of the arrays, with `n` files:

    file:start, file:end       (n,) int64; the span, 0 and 0 where the name tells no times
    file:size                  (n,) int64; bytes, -1 where unknown
    file:flags                 (n,) uint8; SUPERSEDED, SYNTHETIC, TIMELESS
    file:text, file:text-end   (bytes,) uint8 and (n,) int64; name, size as listed and place, by tabs
    product:<name>             (2,) int64; first and last index + 1 of its files, which are in order of time
    session:<name>             (2, k) int64; starts and ends of the times that files of the product cover
    yes:<key>:<word>           (2, k) int64; when it held, by a log or, for has-data, by a file of the instrument
    may:<key>:<word>           (2, k) int64; the same, and all times of which the logs say nothing
    covered:<key>              (2, k) int64; the times of which a log says everything about all words
    origin:<series>:<label>    (2, k) int64; the times of which a series' values come from one kind of source
    elements                   (3, k) int64; from, to, epoch of each element set that gave positions
"""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.intervals import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals

SUPERSEDED, SYNTHETIC, TIMELESS = 1, 2, 4
UNKNOWN_PRODUCT = "?"
# In the place of a word, all words of a key.
ANY_WORD = "*"
HAS_DATA = "has-data"


def arrays(connection: sqlite3.Connection) -> dict[str, NDArray[Any]]:
    """The derived arrays of a catalogue."""
    return dict([*_files(connection), *_logs(connection), *_origins(connection)])


def _files(connection: sqlite3.Connection) -> Iterator[tuple[str, NDArray[Any]]]:
    rows = connection.execute(
        f"""SELECT coalesce(product, '{UNKNOWN_PRODUCT}') AS kind, coalesce("start", 0), coalesce("end", 0),
        coalesce(size, -1), ("start" IS NULL) * {TIMELESS} + synthetic * {SYNTHETIC}, stem, version,
        name || char(9) || coalesce(size_text, '') || char(9) || place
        FROM file JOIN source ON source.id = file.source ORDER BY kind, "start", "end", name"""  # noqa: S608
    ).fetchall()
    if not rows:
        return
    kinds, starts, ends, sizes, flags, stems, versions, texts = zip(*rows, strict=True)
    marks = np.array(flags, np.uint8)
    marks[_superseded(kinds, stems, versions)] |= SUPERSEDED
    encoded = [text.encode() for text in texts]
    yield "file:start", np.array(starts, np.int64)
    yield "file:end", np.array(ends, np.int64)
    yield "file:size", np.array(sizes, np.int64)
    yield "file:flags", marks
    yield "file:text", np.frombuffer(b"".join(encoded), np.uint8)
    yield "file:text-end", np.cumsum([len(text) for text in encoded], dtype=np.int64)
    begin = 0
    span_starts, span_ends = np.array(starts, np.int64), np.array(ends, np.int64)
    for kind, count in _runs(kinds):
        yield f"product:{kind}", np.array([begin, begin + count], np.int64)
        part = slice(begin, begin + count)
        yield f"session:{kind}", _pair(intervals.of_spans(span_starts[part], span_ends[part]))
        begin += count


def _superseded(kinds: Iterable[str], stems: Iterable[str], versions: Iterable[str]) -> list[int]:
    """The positions of files of which there is a newer version."""
    newest: dict[tuple[str, str], tuple[tuple[int, ...], int]] = {}
    old = []
    for position, (kind, stem, version) in enumerate(zip(kinds, stems, versions, strict=True)):
        here = tuple(map(int, version.split("."))) if version else ()
        there = newest.get((kind, stem))
        if there is None or here > there[0]:
            if there is not None:
                old.append(there[1])
            newest[kind, stem] = here, position
        else:
            old.append(position)
    return old


def _runs(kinds: Iterable[str]) -> Iterator[tuple[str, int]]:
    from itertools import groupby

    for kind, group in groupby(kinds):
        yield kind, sum(1 for _ in group)


def _logs(connection: sqlite3.Connection) -> Iterator[tuple[str, NDArray[Any]]]:
    """When logs say that something held, and when it may have: a file shows that its instrument had data."""
    held = _by_word(connection, 'SELECT key, word, "start", "end" FROM span')
    covered = _by_word(connection, 'SELECT key, word, "start", "end" FROM covered')
    files = _by_word(
        connection,
        f"""SELECT instrument, '{HAS_DATA}', "start", "end" FROM file
        WHERE instrument IS NOT NULL AND "start" < "end\"""",  # noqa: S608
    )
    for key in dict.fromkeys([*held, *covered, *files]):
        whole = covered.get((key[0], ANY_WORD), NEVER)
        if key[1] == ANY_WORD:
            yield f"covered:{key[0]}", _pair(whole)
            continue
        yes = held.get(key, NEVER) | files.get(key, NEVER)
        yield f"yes:{key[0]}:{key[1]}", _pair(yes)
        yield f"may:{key[0]}:{key[1]}", _pair(yes | ~(whole | covered.get(key, NEVER)))


def _by_word(connection: sqlite3.Connection, select: str) -> dict[tuple[str, str], Intervals]:
    """Rows of key, word, start and end as a set for each key and word."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for key, word, start, end in connection.execute(select):
        spans.setdefault((key, word), []).append((start, end))
    return {name: intervals.of(pairs) for name, pairs in spans.items()}


def _origins(connection: sqlite3.Connection) -> Iterator[tuple[str, NDArray[Any]]]:
    by_label: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for series, format, note, synthetic, start, end in connection.execute(
        'SELECT series, format, note, synthetic, "start", "end" FROM stretch JOIN source ON source.id = stretch.source'
    ):
        label = ("synthetic, " if synthetic else "") + format + (f", {note}" if note else "")
        by_label.setdefault((series, label), []).append((start, end))
    for (series, label), spans in by_label.items():
        yield f"origin:{series}:{label}", _pair(intervals.of(spans))


def _pair(times: Intervals) -> NDArray[Any]:
    return np.stack((times.starts, times.ends))
