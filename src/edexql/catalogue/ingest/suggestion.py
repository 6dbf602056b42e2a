"""A first mapping of a table, made from the names and values of its columns, for people to look over."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.columns import columns_of, delimiter_of, split
from edexql.catalogue.ingest.source import Source, lines, plain_name
from edexql.catalogue.ingest.times import instant, start_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.model.vocabulary import Vocabulary

_MOST_ROWS = 2000
# What people add to the name of a field.
_ADDED = re.compile(r"[(\[].*?[)\]]|\b(?:index|value|nt|km/?s?|deg|utc|gsm)\b", re.IGNORECASE)
_FILLS = (-1.0, -999.0, -9999.0, 99.99, 999.9, 999.99, 9999.0, 9999.9, 9999.99, 99999.0, 99999.9, 999.0)


class Suggestion(Record):
    """A mapping, and what was left out or guessed, for people."""

    mapping: dict[str, Any]
    remarks: tuple[str, ...]


def suggestion(path: str, vocabulary: Vocabulary) -> Suggestion | Fault:
    """A mapping for a table in CSV. A fault where it has no column of times, or none with numbers."""
    cells_of = _columns(path, vocabulary)
    if isinstance(cells_of, Fault):
        return cells_of
    times = [name for name, cells in cells_of.items() if _share(cells, start_of) > 0.9]
    if not times:
        return Fault(0, "no column has dates and times such as 2019-05-01T15:10:00Z")
    if len(times) > 1 and any(re.search(r"start|begin|from", name, re.IGNORECASE) for name in times):
        return _spans(cells_of, times)
    return _samples(cells_of, times[0], vocabulary)


def _columns(path: str, vocabulary: Vocabulary) -> dict[str, list[str]] | Fault:
    """The cells of the first rows by column."""
    names: list[str] = []
    rows: list[list[str]] = []
    delimiter = ","
    source = Source(path, plain_name(path), [], vocabulary)
    for _, line in lines(source):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not names:
            delimiter = delimiter_of(line)
            names = [name.strip() for name in split(line.strip(), delimiter) or []]
            if columns_of(line.encode()) is None:
                return Fault(0, "its first line does not name columns")
            continue
        cells = split(line, delimiter)
        if cells is not None and len(cells) == len(names):
            rows.append([cell.strip() for cell in cells])
        if len(rows) == _MOST_ROWS:
            break
    if source.damage:
        return source.damage[0]
    if not rows:
        return Fault(0, "there are no rows to infer the meaning of its columns from")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _spans(cells_of: dict[str, list[str]], times: list[str]) -> Suggestion:
    words = [name for name in cells_of if name not in times and _share(cells_of[name], _number) < 0.5]
    mapping: dict[str, Any] = {"key": "rri"}
    if words:
        mapping["word_column"] = words[0]
    else:
        mapping["word"] = "has-data"
    mapping |= {"start": times[0], "end": times[1]}
    return Suggestion(mapping, ('"key" is a guess: the instrument, or field of words, that the spans are of',))


def _samples(cells_of: dict[str, list[str]], time: str, vocabulary: Vocabulary) -> Suggestion | Fault:
    numeric = {name: cells for name, cells in cells_of.items() if name != time and _share(cells, _number) > 0.5}
    if not numeric:
        return Fault(0, "no column has numbers")
    fields = {name: _field(name, vocabulary) for name in numeric}
    known = {name: field for name, field in fields.items() if field is not None}
    remarks = []
    if not known:
        known = {name: re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in numeric}
        known = {name: field for name, field in known.items() if re.match(r"[a-z]", field)}
        remarks.append("no column has the name of a field; to query them, add the names to a vocabulary file")
    # Of two columns of one field the first.
    columns: dict[str, str] = {}
    for name, field in known.items():
        if field not in columns.values():
            columns[name] = field
    holds, guessed = _holds(cells_of[time], columns, vocabulary)
    if guessed:
        remarks.append('"holds" is a guess: how many seconds a value holds')
    mapping: dict[str, Any] = {"time": time, "holds": holds, "columns": columns}
    values = {name: [value for cell in numeric[name] if (value := _number(cell)) is not None] for name in columns}
    fills = sorted({fill for name, field in columns.items() for fill in _fills(values[name], field, vocabulary)})
    if fills:
        mapping["missing"] = [int(fill) if fill.is_integer() else fill for fill in fills]
    tenths = [n for n, field in columns.items() if field == "kp" and max(set(values[n]) - set(fills), default=0) > 9]
    if tenths:
        mapping["scale"] = dict.fromkeys(tenths, 0.1)
    left = [name for name in cells_of if name != time and name not in columns]
    if left:
        remarks.append(f"left out: {', '.join(left)}")
    return Suggestion(mapping, tuple(remarks))


def _field(column: str, vocabulary: Vocabulary) -> str | None:
    """The field that a column is named after."""
    for name in (column, _ADDED.sub(" ", column)):
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("f10.7", "f107")).strip("-")
        for candidate in (plain, plain.replace("-", "")):
            field = vocabulary.field(candidate)
            if field is not None and field.shape != "word":
                return field.name
    return None


def _holds(cells: list[str], columns: dict[str, str], vocabulary: Vocabulary) -> tuple[int, bool]:
    """The seconds between rows, the most frequent, and whether there is none to see."""
    times = [second for cell in cells if (second := instant(cell)) is not None]
    steps = [after - before for before, after in pairwise(times) if after > before]
    if steps:
        return Counter(steps).most_common(1)[0][0], False
    fields = map(vocabulary.field, columns.values())
    return next((field.cadence for field in fields if field is not None and field.cadence is not None), 1), True


def _fills(values: list[float], field: str, vocabulary: Vocabulary) -> list[float]:
    """Values that stand for none: those in use, as far as no value of the field can be so."""
    known = vocabulary.field(field)
    low = known.low if known is not None and known.low is not None else -900
    high = known.high if known is not None and known.high is not None else 900
    return [fill for fill in _FILLS if fill in values and not low <= fill <= high]


def _share(cells: list[str], read: Any) -> float:
    """How many of the cells that are not empty can be read."""
    some = [cell for cell in cells if cell]
    return sum(read(cell) is not None for cell in some) / len(some) if some else 0.0


def _number(cell: str) -> float | None:
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None
