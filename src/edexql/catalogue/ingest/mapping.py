"""What the columns of a user's table mean: a small JSON object next to it, `<table>.mapping.json`.

A table of spans, one a row; `word` is the same for all rows, or `word_column` has it:

    {"key": "rri", "word": "dipole", "start": "t0", "end": "t1", "covers": "2014-01-01..2014-12-31"}

A table of samples; `series`, `missing`, `linear` and `scale` may be left out, `series` is then the first field:

    {"time": "UTC", "holds": 10800, "columns": {"Kp": "kp"}, "missing": [9999], "scale": {"Kp": 0.1}}

Both may have a `satellite`, which is needed where the vocabulary has several: the one that a log, or fields of its
position and attitude, are of.

`holds` is how many seconds a value holds, and the distance of the samples; `columns` gives the field of each
column taken; what is `missing` is compared before it is scaled.
"""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.source import shown
from edexql.catalogue.ingest.times import period_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    # What a value is to be, said to the user, and whether it is.
    Rule = tuple[str, Callable[[Any], bool]]

_MOST_BYTES = 2**20
_NAME = re.compile(r"[a-z_][a-z0-9_-]*")


class SpanMapping(Record):
    """Which columns have start and end of a span, and what held in it; `covers` are stretches of seconds."""

    key: str
    word: str | None
    word_column: str | None
    start: str
    end: str
    covers: tuple[tuple[int, int], ...]
    satellite: str | None = None


class SampleMapping(Record):
    """Which columns have the time and the values of samples; `columns` gives the field of each, `scale` a factor."""

    series: str
    time: str
    holds: int
    columns: Mapping[str, str]
    missing: tuple[float, ...]
    linear: bool
    scale: Mapping[str, float]
    satellite: str | None = None


def load(path: str) -> object | Fault:
    """The JSON value of a mapping file."""
    import json

    try:
        with open(path, "rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            return Fault(0, "mapping: larger than 1 MB")
        value: object = json.loads(text)
    except OSError as problem:
        return Fault(0, f"mapping: cannot be read: {problem.strerror or problem}")
    except (ValueError, RecursionError) as problem:
        return Fault(0, f"mapping: not JSON: {str(problem) or 'nested too deeply'}")
    return value


def mapping_of(mapping: object) -> SpanMapping | SampleMapping | Fault:
    """What a mapping says, or the first key of it that is wrong."""
    if not isinstance(mapping, dict):
        return Fault(0, 'mapping: must be a JSON object such as {"time": ..., "holds": ..., "columns": ...}')
    samples = not mapping.keys().isdisjoint(("time", "columns", "holds"))
    wrong = _wrong(mapping, _SAMPLES if samples else _SPANS, _OPTIONAL)
    if wrong:
        return Fault(0, f"mapping: {wrong}")
    return _samples(mapping) if samples else _spans(mapping)


def _spans(mapping: dict[str, Any]) -> SpanMapping | Fault:
    if ("word" in mapping) == ("word_column" in mapping):
        return Fault(0, 'mapping: one of "word" and "word_column" is needed')
    covers = mapping.get("covers", [])
    periods = [period_of(text) for text in ([covers] if isinstance(covers, str) else covers)]
    known = tuple(period for period in periods if period is not None)
    word, word_column = mapping.get("word"), mapping.get("word_column")
    return SpanMapping(
        mapping["key"], word, word_column, mapping["start"], mapping["end"], known, mapping.get("satellite")
    )


def _samples(mapping: dict[str, Any]) -> SampleMapping | Fault:
    columns = mapping["columns"]
    scale = mapping.get("scale", {})
    unknown = next((column for column in scale if column not in columns), None)
    if unknown is not None:
        return Fault(0, f'mapping: "scale" has {shown(unknown)}, which is not in "columns"')
    return SampleMapping(
        mapping.get("series") or next(iter(columns.values())),
        mapping["time"],
        mapping["holds"],
        columns,
        tuple(map(float, mapping.get("missing", []))),
        mapping.get("linear", False),
        scale,
        mapping.get("satellite"),
    )


def _wrong(mapping: dict[str, Any], rules: dict[str, Rule], optional: set[str]) -> str:
    """What is wrong with the first key that is; empty where none is."""
    for key, value in mapping.items():
        if key not in rules:
            return f"unknown key {shown(key)}; the keys are {', '.join(rules)}"
        what, holds = rules[key]
        if not holds(value):
            return f'"{key}" must be {what}, not {shown(str(value))}'
    missing = next((key for key in rules if key not in mapping and key not in optional), None)
    return f'"{missing}" is missing' if missing else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    # The comparison is false of NaN, and large whole numbers compare exactly.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -1e300 < value < 1e300


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 10**9


def _are_fields(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(map(_is_name, value.values()))
        and len(set(value.values())) == len(value)
    )


def _are_periods(value: Any) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and all(isinstance(t, str) and period_of(t) is not None for t in texts)


_COLUMN: Rule = ("the name of a column", _is_text)
_FIELD: Rule = ("a name of lowercase letters, digits, hyphens and underscores", _is_name)
_SPANS: dict[str, Rule] = {
    "key": _FIELD,
    "word": ("a text", _is_text),
    "word_column": _COLUMN,
    "start": _COLUMN,
    "end": _COLUMN,
    "satellite": _FIELD,
    "covers": ("a period FIRST..LAST or a list of periods", _are_periods),
}
_SAMPLES: dict[str, Rule] = {
    "series": _FIELD,
    "time": _COLUMN,
    "holds": ("a whole number of seconds above 0", _is_count),
    "columns": ("an object with a different field for each column", _are_fields),
    "missing": ("a list of numbers", lambda value: isinstance(value, list) and all(map(_is_number, value))),
    "satellite": _FIELD,
    "linear": ("true or false", lambda value: isinstance(value, bool)),
    "scale": (
        "an object with a factor for each column",
        lambda value: isinstance(value, dict) and all(_is_number(factor) and factor for factor in value.values()),
    ),
}
_OPTIONAL = {"word", "word_column", "covers", "series", "missing", "linear", "scale", "satellite"}
