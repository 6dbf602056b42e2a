"""What queries read instead of rows: derived from the rows whenever they change, in files of arrays.

One has the files, and the facts of no satellite; there is another one of the facts of each satellite, with the logs of
none. Names of the
arrays, with `n` files:

    file:start, file:end       (n,) int64; the span, 0 and 0 where the name has no times
    file:size                  (n,) int64; bytes, -1 where unknown
    file:flags                 (n,) uint8; SUPERSEDED, SYNTHETIC, TIMELESS
    file:text, file:text-end   (bytes,) uint8 and (n,) int64; name, size as listed, place and instrument, by tabs
    file:newest                (n,) int64; where the newest version of each stands
    file:source                (n,) int64; the number of the source that gave it
    name:crc, name:position    (n,) uint32 and int64; checksums of the names in order, and where their files stand
    product:<name>             (2,) int64; first and last index + 1 of its files, which are in order of time
    session:<name>             (2, k) int64; starts and ends of the times that files of the product cover
    yes:<key>:<word>           (2, k) int64; when it held, by a log or, for has-data, by a file of the instrument
    may:<key>:<word>           (2, k) int64; the same, and all times of which the logs say nothing
    covered:<key>              (2, k) int64; the times of which a log says everything about all words
    origin:<series>:<label>    (2, k) int64; the times of which a series' values come from one kind of source
    logs                       (bytes,) uint8; key, word and number of intervals of each log, as JSON
    synthetic-elements         (0,) uint8; there where element sets are simulated

and in a file of their own, since they change more often:

    sources                    (bytes,) uint8; number, path, format, time, whether synthetic, and note, as JSON
    faults                     (bytes,) uint8; number of the source, line and message, as JSON
"""

from __future__ import annotations

import json
import zlib

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.intervals import NEVER
from edexql.model.spacecraft import NO_SATELLITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals

SUPERSEDED, SYNTHETIC, TIMELESS = 1, 2, 4
UNKNOWN_PRODUCT = "?"
# Instead of a word: all words of a key.
ANY_WORD = "*"
HAS_DATA = "has-data"


# Files that are derived of each satellite.
INDEX, ORBIT = "index", "orbit"


def derived_name(what: str, satellite: str) -> str:
    """The name in the manifest of a derived file, INDEX or ORBIT, of a satellite; "" is for facts of none."""
    return f"{what}:{satellite}" if satellite else what


def arrays(connection: sqlite3.Connection, satellite: str) -> dict[str, NDArray[Any]]:
    """The derived arrays of the facts of a satellite; of those of none, with the files of all."""
    facts = [*_logs(connection, satellite), *_origins(connection, satellite)]
    return dict(facts if satellite else [*_files(connection), *facts])


def satellites(connection: sqlite3.Connection) -> list[str]:
    """The satellites that the catalogue has facts of; "" is for those of none."""
    tables = ("file", "span", "covered", "elements", "stretch")
    each = " UNION ".join(f"SELECT satellite FROM {table}" for table in tables)  # noqa: S608
    named = {satellite for (satellite,) in connection.execute(each) if satellite is not None}
    return sorted({NO_SATELLITE, *named})


def origins(connection: sqlite3.Connection) -> dict[str, NDArray[Any]]:
    """The sources of a catalogue and what could not be read of them."""
    sources = connection.execute("SELECT id, path, format, read_at, synthetic, note FROM source ORDER BY id")
    faults = connection.execute("SELECT source, line, message FROM fault ORDER BY source, line")
    return {"sources": _json(sources.fetchall()), "faults": _json(faults.fetchall())}


def crc_of_name(name: str) -> int:
    """The checksum that a name is looked up by, also one that no file can have: half of a pair of surrogates."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))


def _json(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def _files(connection: sqlite3.Connection) -> Iterator[tuple[str, NDArray[Any]]]:
    (count,) = connection.execute("SELECT count(*) FROM file").fetchone()
    if not count:
        return
    rows = connection.execute(
        f"""SELECT coalesce(product, '{UNKNOWN_PRODUCT}') AS kind, coalesce("start", 0), coalesce("end", 0),
        coalesce(size, -1), ("start" IS NULL) * {TIMELESS} + synthetic * {SYNTHETIC}, stem, version,
        name, coalesce(size_text, ''), place, coalesce(instrument, ''), source
        FROM file JOIN source ON source.id = file.source ORDER BY kind, "start", "end", name"""  # noqa: S608
    )
    # Row by row into arrays: a million rows as Python objects would take a gigabyte.
    starts, ends, sizes, text_ends, sources = np.empty((5, count), np.int64)
    marks, crcs = np.empty(count, np.uint8), np.empty(count, np.uint32)
    text = bytearray()
    begins: dict[str, int] = {}
    versions = _Versions(connection)
    for position, (kind, start, end, size, flags, stem, version, *described, source) in enumerate(rows):
        begins.setdefault(kind, position)
        versions.take(position, kind, stem, version)
        text += "\t".join(described).encode()
        starts[position], ends[position], sizes[position], text_ends[position] = start, end, size, len(text)
        marks[position], crcs[position], sources[position] = flags, crc_of_name(described[0]), source
    newest = versions.newest(count)
    marks[newest != np.arange(count)] |= SUPERSEDED
    order = np.argsort(crcs, kind="stable")
    yield "file:start", starts
    yield "file:end", ends
    yield "file:size", sizes
    yield "file:flags", marks
    yield "file:text", np.frombuffer(text, np.uint8)
    yield "file:text-end", text_ends
    yield "file:newest", newest
    yield "file:source", sources
    yield "name:crc", crcs[order]
    yield "name:position", order
    for (kind, begin), after in zip(begins.items(), [*begins.values(), count][1:], strict=True):
        yield f"product:{kind}", np.array([begin, after], np.int64)
        yield f"session:{kind}", _pair(intervals.of_spans(starts[begin:after], ends[begin:after]))


class _Versions:
    """Which version of each file is the newest, by position; only stems of which there are several are kept."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        several = connection.execute("SELECT stem FROM file GROUP BY stem HAVING count(*) > 1")
        self._several = {stem for (stem,) in several}
        self._versions: dict[tuple[str, str], list[tuple[tuple[int, ...], int]]] = {}

    def take(self, position: int, kind: str, stem: str, version: str) -> None:
        if stem in self._several:
            number = tuple(map(int, version.split("."))) if version else ()
            self._versions.setdefault((kind, stem), []).append((number, position))

    def newest(self, count: int) -> NDArray[np.int64]:
        """For each of `count` files the position of its newest version; of equal ones the first is the newest."""
        positions = np.arange(count)
        for versions in self._versions.values():
            _, newest = max(versions, key=lambda one: (one[0], -one[1]))
            for _, position in versions:
                positions[position] = newest
        return positions


def _logs(connection: sqlite3.Connection, satellite: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """When logs say that something held, and when it may have: a file shows that its instrument had data.

    Logs of no satellite count for each.
    """
    count = "SELECT key, word, count(*) FROM span WHERE satellite = ? GROUP BY key, word"
    counts = connection.execute(count, (satellite,)).fetchall()
    if counts:
        yield "logs", _json(counts)
    held = _by_word(connection, 'SELECT key, word, "start", "end" FROM span WHERE satellite IN (?, ?)', satellite)
    covered = _by_word(connection, 'SELECT key, word, "start", "end" FROM covered WHERE satellite IN (?, ?)', satellite)
    files = _by_word(
        connection,
        f"""SELECT instrument, '{HAS_DATA}', "start", "end" FROM file
        WHERE satellite IN (?, ?) AND instrument IS NOT NULL AND "start" < "end\"""",  # noqa: S608
        satellite,
    )
    for key in dict.fromkeys([*held, *covered, *files]):
        whole = covered.get((key[0], ANY_WORD), NEVER)
        if key[1] == ANY_WORD:
            yield f"covered:{key[0]}", _pair(whole)
            continue
        yes = held.get(key, NEVER) | files.get(key, NEVER)
        yield f"yes:{key[0]}:{key[1]}", _pair(yes)
        yield f"may:{key[0]}:{key[1]}", _pair(yes | ~(whole | covered.get(key, NEVER)))


def _by_word(connection: sqlite3.Connection, select: str, satellite: str) -> dict[tuple[str, str], Intervals]:
    """Rows of key, word, start and end, of a satellite or of none, as a set for each key and word."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for key, word, start, end in connection.execute(select, (satellite, NO_SATELLITE)):
        spans.setdefault((key, word), []).append((start, end))
    return {name: intervals.of(pairs) for name, pairs in spans.items()}


def _origins(connection: sqlite3.Connection, satellite: str) -> Iterator[tuple[str, NDArray[Any]]]:
    by_label: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for series, format, note, synthetic, start, end in connection.execute(
        """SELECT series, format, note, synthetic, "start", "end"
        FROM stretch JOIN source ON source.id = stretch.source WHERE satellite = ?""",
        (satellite,),
    ):
        label = ("synthetic, " if synthetic else "") + format + (f", {note}" if note else "")
        by_label.setdefault((series, label), []).append((start, end))
    for (series, label), spans in by_label.items():
        yield f"origin:{series}:{label}", _pair(intervals.of(spans))
    elements = """SELECT 1 FROM elements JOIN source ON source.id = elements.source
        WHERE synthetic AND satellite = ? LIMIT 1"""
    if connection.execute(elements, (satellite,)).fetchone():
        yield "synthetic-elements", np.empty(0, np.uint8)


def _pair(times: Intervals) -> NDArray[Any]:
    return np.stack((times.starts, times.ends))
