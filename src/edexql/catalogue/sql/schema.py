"""The tables that the SQL of a query reads: one place for their columns, their types and their meaning.

All times are whole UTC seconds since 1970-01-01, leap seconds not counted; an interval runs from its
`start_second` to before its `end_second`, and lies in one day: what is longer is cut at midnight. A value is in its
field's unit: the double nearest to the value that the catalogue keeps, so that comparisons give in every engine what
they give in the catalogue. Every table is parted by satellite and month.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue.store.index import ANY_WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.model.vocabulary import Vocabulary

# Goes up whenever a text written for an earlier schema would no longer be answered rightly. What every text reads is
# then called otherwise, as `id` gave way to `satellite`: a text on tables of another schema gives an error.
VERSION = 2
DIALECTS = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "spark": "Spark SQL"}
# The satellite of facts and files that are of none; no satellite can be called so.
NONE = "-"
# The month of files that are of none: they have no times, or last beyond the month that follows their first one.
NO_MONTH = 0
PARTED_BY = ("satellite", "month")

_TYPES = {
    "duckdb": {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "truth": "BOOLEAN"},
    "postgres": {"text": "TEXT", "integer": "BIGINT", "number": "DOUBLE PRECISION", "truth": "BOOLEAN"},
    "spark": {"text": "STRING", "integer": "BIGINT", "number": "DOUBLE", "truth": "BOOLEAN"},
}
# PostgreSQL sorts texts by the database's language unless a column says otherwise.
_IN_TABLES = {"postgres": {"text": 'TEXT COLLATE "C"'}}


class Column(Record):
    """`kind` is text, integer, number or truth; only an `optional` column has rows without a value."""

    name: str
    kind: str
    meaning: str
    optional: bool = False


class Table(Record):
    name: str
    meaning: str
    columns: tuple[Column, ...]


_START = Column("start_second", "integer", "its first second")
_END = Column("end_second", "integer", "the second after its last")
_DAY = Column("day", "integer", "the day that it is in, as days since 1970-01-01")
_SATELLITE = Column("satellite", "text", f"the satellite, or `{NONE}`")
_SPAN = (
    _START,
    _END,
    _DAY,
    _SATELLITE,
    Column("month", "integer", "year and month of the day, as 201905"),
)
_KEY = Column("key", "text", "an instrument, a field of words, or `experiment`")

FILE = Table(
    "file",
    "Product files, a row each, superseded versions included.",
    (
        Column("name", "text", "its name, which no other file has"),
        Column("product", "text", "its product; none where the name has none", optional=True),
        Column("instrument", "text", "its instrument; none where the name has none", optional=True),
        Column("start_second", "integer", "its first second; none where the name has no times", optional=True),
        Column("end_second", "integer", "the second after its last; none where the name has no times", optional=True),
        Column("size", "integer", "its size in bytes, where known", optional=True),
        Column("size_text", "text", "its size as a listing writes it, where the exact size is unknown", optional=True),
        Column("version", "text", "its version, numbers with dots; empty where the name has none"),
        Column("superseded", "truth", "whether there is a newer version of it"),
        Column("place", "text", "its path below the archive's folder, or its address"),
        Column("synthetic", "truth", "whether it is simulated"),
        Column("origin", "text", "the kind of source that it is known from"),
        Column("satellite", "text", f"the satellite of its product, or `{NONE}`"),
        Column(
            "month",
            "integer",
            f"year and month of its first second, as 201905; {NO_MONTH} where it has no times, or ends later than in "
            "the month after that",
        ),
    ),
)
LOGGED = Table(
    "logged",
    "When something held: a log says so, or a product file shows that its instrument had data. Intervals of one "
    "satellite, key and word are disjoint.",
    (_KEY, Column("word", "text", "a value of it; of experiments `GROUP > TAG`"), *_SPAN),
)
COVERED = Table(
    "covered",
    "When it is known of a key and word whether it held: what `logged` does not have in these times did not.",
    (_KEY, Column("word", "text", f"a value of it, or `{ANY_WORD}` for every value"), *_SPAN),
)
HELD = Table(
    "held",
    "Values of geophysical fields and how long they held. Intervals of one satellite and field are disjoint: where "
    "several series give the field, the one that counts is here. No row means no value.",
    (
        Column("field", "text", "a field of the vocabulary's geophysical tab"),
        Column("series", "text", "the series that the value is from"),
        Column("value", "number", "in the field's unit"),
        *_SPAN,
    ),
)
PRESENT = Table("present", "The seconds of which `ephemeris` has a row, as disjoint intervals.", _SPAN)
ORIGIN = Table(
    "origin",
    "Where the values of a series come from, at which times: what the notes on an answer are made of.",
    (
        Column("series", "text", "`ephemeris`, the name of an index, or `orbit` for positions that were computed"),
        Column("label", "text", "the kind of source; simulated values say `synthetic`"),
        Column("fields", "text", "the fields that the series has values of at any time, with blanks between them"),
        Column("step", "integer", "the seconds between values, 0 of `orbit`; after `ephemeris` the least counts first"),
        Column("epoch_second", "integer", "the epoch of the element set; none of other sources", optional=True),
        *_SPAN,
    ),
)


def column_of(field: str) -> str:
    """The column of a spacecraft field."""
    return field.replace("-", "_")


def partition(satellite: str | None) -> str:
    """The value of `satellite` for a satellite, None for what is of none."""
    return NONE if satellite is None else satellite


def satellites(vocabulary: Vocabulary) -> list[str | None]:
    """The satellites that facts and files are exported for; None is for those of none, where that can matter.

    A mission of several has files that belong to no satellite; what is known of none is all that is known of them. A
    mission of one counts all as of that one.
    """
    names: list[str | None] = list(vocabulary.satellites)
    return names if len(names) == 1 else [*names, None]


def satellite_of(product: str | None, vocabulary: Vocabulary) -> str | None:
    """The satellite that a query judges files of a product by."""
    if product is None or len(vocabulary.satellites) < 2:
        return vocabulary.only_satellite
    return vocabulary.satellite_of(product)


def sampled_fields(vocabulary: Vocabulary) -> list[str]:
    """The fields that are columns of `ephemeris`."""
    return [name for name, entry in vocabulary.fields.items() if entry["tab"] == "spacecraft"]


def held_fields(vocabulary: Vocabulary) -> list[str]:
    """The fields of which the values are rows of `held`."""
    return [name for name, entry in vocabulary.fields.items() if entry["tab"] != "spacecraft"]


def ephemeris(vocabulary: Vocabulary) -> Table:
    """The table of the spacecraft's samples, of which the columns are the fields of a vocabulary."""
    fields = [_sampled(name, vocabulary) for name in sampled_fields(vocabulary)]
    return Table(
        "ephemeris",
        "Position and attitude of a spacecraft, a row a second. A field without a value in that second is null; "
        "a second in which no field has a value has no row.",
        (
            Column("second", "integer", "the second"),
            *fields,
            _SATELLITE,
            Column("month", "integer", "year and month of the second, as 201905"),
        ),
    )


def tables(vocabulary: Vocabulary) -> list[Table]:
    """All tables of the schema."""
    return [FILE, LOGGED, COVERED, HELD, ephemeris(vocabulary), PRESENT, ORIGIN]


def definition(table: Table, dialect: str) -> str:
    """The statement that makes an empty table. Its texts are in the order of their bytes, as the results are."""
    quote = "`" if dialect == "spark" else '"'
    types = {**_TYPES[dialect], **_IN_TABLES.get(dialect, {})}
    lines = [
        f"    {quote}{column.name}{quote} {types[column.kind]}{'' if column.optional else ' NOT NULL'}"
        for column in table.columns
    ]
    return f"CREATE TABLE {table.name} (\n" + ",\n".join(lines) + "\n)"


def described(listed: Iterable[Table]) -> str:
    """Tables as a page of Markdown shows them."""
    return "\n".join(_section(table) for table in listed)


def _section(table: Table) -> str:
    lines = [f"### `{table.name}`", "", table.meaning, "", "| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        kind = _TYPES["postgres"][column.kind].lower() + (", may be null" if column.optional else "")
        lines.append(f"| `{column.name}` | {kind} | {column.meaning} |")
    return "\n".join(lines) + "\n"


def _sampled(name: str, vocabulary: Vocabulary) -> Column:
    entry = vocabulary.fields[name]
    unit = f", {entry['unit']}" if entry.get("unit") else ""
    return Column(column_of(name), "number", f"{entry.get('title') or name}{unit}", optional=True)
