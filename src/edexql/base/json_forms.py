"""The JSON that edexql writes and takes, as types for those who read it with a type checker.

Later versions may add keys and will not remove any.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Severity = Literal["error", "warning"]


class PlaceForm(TypedDict):
    """A place in a text. `line` and `column` count from 1, the offsets from 0.

    `column` and `offset` count code points, `utf16` code units of UTF-16, as editors and JavaScript do. A byte order
    mark is no part of the text.
    """

    line: int
    column: int
    offset: int
    utf16: int


class SpanForm(TypedDict):
    """A stretch of a text; `end` is exclusive."""

    start: PlaceForm
    end: PlaceForm


class NoteForm(SpanForm):
    """A related place, and what it has to do with a diagnostic."""

    message: str


class FixForm(SpanForm):
    """An edit that is certain: replace what stands there by `text`."""

    text: str


class DiagnosticForm(SpanForm):
    """A diagnostic, as `Diagnostic.to_dict` and `edexql check --output json` give it."""

    code: str
    severity: Severity
    message: str
    file: str
    notes: list[NoteForm]
    help: str | None
    fix: FixForm | None


class PeriodForm(TypedDict):
    """`[start, end)` in seconds since 1970-01-01T00:00:00 UTC, without leap seconds; null is open."""

    start: int | None
    end: int | None


class RangeForm(TypedDict):
    """Values from `low` to `high`, both included unless said otherwise, in the field's unit; null is open."""

    low: float | None
    high: float | None
    without_low: bool
    without_high: bool


class TagForm(TypedDict):
    """A planned experiment."""

    group: str
    name: str


class ConstraintForm(TypedDict):
    """A constraint. The value of `date` is a PeriodForm, of `range` a RangeForm, of `word` a text, of `experiment` a
    TagForm, of `raw` any JSON.
    """

    kind: str
    key: str
    value: Any
    label: str | None


class QueryForm(TypedDict):
    """A query, as `edexql.to_dict` gives it. `logic` is in postfix order: constraint numbers from 1, and operators."""

    products: list[str]
    constraints: list[ConstraintForm]
    logic: list[int | str] | None
    email: str | None
    extras: dict[str, Any]


# What eDEx takes. Keys such as `query-logic` are no names of Python, hence this form.
ParameterForm = TypedDict(
    "ParameterForm",
    {
        "product": list[str],
        "date": list[list[str]],
        "email": str,
        "result_filenames": list[Any],
        "query-logic": str,
    },
    total=False,
)
