"""Ranges and texts as SQL: in the dialect that everything here is written in, PostgreSQL's."""

from __future__ import annotations

from edexql.catalogue.quanta import pieces, quanta
from edexql.catalogue.sql.schema import column_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.quanta import Piece
    from edexql.model.field import Field
    from edexql.model.range import Range

# A decimal of this many digits is the same double however an engine reads it; a longer one may not be, unless
# it is marked as a double.
_DIGITS = 15
UNKNOWN = "CAST(NULL AS BOOLEAN)"


def text(value: str) -> str:
    """A text as a literal.

    A text that no table can hold, with NUL or half a character in it, is NULL, which equals nothing. Spark
    fills in `${name}` before it reads a query, so the two signs never stand side by side.
    """
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        return "CAST(NULL AS TEXT)"
    parts = value.replace("'", "''").split("${")
    quoted = "${".join(parts).replace("${", "$' || '{")
    return f"('{quoted}')" if len(parts) > 1 else f"'{quoted}'"


def name(word: str) -> str:
    """A name of a column."""
    escaped = word.replace('"', '""')
    return f'"{escaped}"'


def sampled(field: Field) -> str:
    """The value of a spacecraft field in a row of `ephemeris`, of a substitute where it has none; NULL without any."""
    columns = [name(column_of(one)) for one in (field.name, *field.substitutes)]
    return f"COALESCE({', '.join(columns)})" if len(columns) > 1 else columns[0]


def sample_in(values: Range, field: Field) -> str:
    """Whether a row of `ephemeris` is in a range; NULL without a value."""
    return _compared(sampled(field), values, field)


def held(values: Range, field: Field) -> str:
    """Whether a row of `held` is in a range."""
    return _compared("value", values, field)


def _compared(value: str, values: Range, field: Field) -> str:
    admitted = pieces(values, field)
    if not admitted:
        return f"CASE WHEN {value} IS NOT NULL THEN FALSE END"
    size = quanta(field.name)
    parts = [_in_piece(value, piece, size) for piece in admitted]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _in_piece(value: str, piece: Piece, size: int) -> str:
    low, high = piece.low, piece.high
    if low is None and high is None:
        return f"CASE WHEN {value} IS NOT NULL THEN TRUE END"
    if low is not None and low == high:
        return f"{value} = {number(low, size)}"
    if low is not None and high is not None:
        return f"{value} BETWEEN {number(low, size)} AND {number(high, size)}"
    return f"{value} >= {number(low, size)}" if low is not None else f"{value} <= {number(high or 0, size)}"


def number(count: int, size: int) -> str:
    """A number of quanta in the field's unit, the same double as the exported value."""
    if count % size == 0:
        return str(count // size)
    written = repr(count / size)
    digits = len(written.lstrip("-0.").replace(".", ""))
    return written if digits <= _DIGITS or "e" in written else f"{written}e0"
