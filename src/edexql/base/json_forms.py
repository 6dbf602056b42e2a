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


class WordForm(TypedDict, total=False):
    """A word of a vocabulary file: a value of an instrument or a field, or an experiment. `name` is needed.

    `wire` is its spelling in requests, the name where it is left out.
    """

    name: str
    wire: str
    title: str
    confirmed: bool
    aliases: list[str]
    source: str


class ProductForm(WordForm, total=False):
    """A product of a vocabulary file. `names` is a regular expression of the whole name of a file."""

    instrument: str | None
    names: str
    satellite: str | None
    removed: Literal[True]


class InstrumentForm(WordForm, total=False):
    """An instrument of a vocabulary file, and the words that can be asked of it."""

    values: list[WordForm]
    removed: Literal[True]


class FieldForm(WordForm, total=False):
    """A field of a vocabulary file. Bounds are in `unit`; `units` has the factor that makes it of another unit."""

    tab: Literal["geophysical", "spacecraft"]
    group: str
    shape: Literal["pair", "object", "word"]
    unit: str | None
    units: dict[str, float]
    low: float | None
    high: float | None
    period: float | None
    integer: bool
    step: float | str | None
    values: list[WordForm]
    quantum: float | str
    wide: bool
    spoken: str
    substitutes: list[str]
    example: list[float]
    cadence: int
    synonyms: list[str]
    removed: Literal[True]


class GroupForm(WordForm, total=False):
    """A group of planned experiments of a vocabulary file."""

    tags: list[WordForm]
    removed: Literal[True]


class ExperimentsForm(WordForm, total=False):
    """The planned experiments of a vocabulary file."""

    shape: Literal["pair", "word"]
    groups: list[GroupForm]


class DateForm(WordForm, total=False):
    """How a vocabulary file spells dates."""

    shape: Literal["days"]
    synonyms: list[str]


class SatelliteForm(TypedDict, total=False):
    """A satellite of a vocabulary file. `name` is needed."""

    name: str
    title: str
    norad: int | None
    cospar: str | None
    sp3: str | None
    prefix: str | None
    source: str
    removed: Literal[True]


class MissionForm(TypedDict, total=False):
    """What a vocabulary file calls its mission; `launch` is a day or a time in UTC, in ISO 8601."""

    name: str
    title: str
    launch: str
    source: str


class ServiceForm(TypedDict, total=False):
    """The base addresses of a mission's services."""

    listing: str | None
    delivery: str | None
    source: str


class ArchiveForm(TypedDict, total=False):
    """The archive of a mission: its address, and a regular expression of the names of its availability texts."""

    address: str | None
    availability: str | None
    source: str


class FileNamesForm(TypedDict, total=False):
    """What names of files of a mission say, as regular expressions."""

    times: list[str]
    version: str | None
    source: str


# A vocabulary file. `$schema` is no name of Python, hence this form.
VocabularyForm = TypedDict(
    "VocabularyForm",
    {
        "$schema": str,
        "replace": bool,
        "keep": list[str],
        "about": dict[str, Any],
        "mission": MissionForm,
        "service": ServiceForm,
        "archive": ArchiveForm,
        "files": FileNamesForm,
        "satellites": list[SatelliteForm],
        "products": list[ProductForm],
        "instruments": list[InstrumentForm],
        "fields": list[FieldForm],
        "date": DateForm,
        "experiments": ExperimentsForm,
        "authorities": dict[str, str],
    },
    total=False,
)
