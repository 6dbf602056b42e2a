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
