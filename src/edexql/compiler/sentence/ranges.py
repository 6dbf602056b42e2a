"""Ranges as they are said after `Kp was`: `at least 5`, `between 22 h and 2 h (through midnight)`."""

from __future__ import annotations

from edexql.compiler.sentence.listing import clipped, outside
from edexql.model.number import plain
from edexql.model.range import Range, arc_of, complement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.field import Field
    from edexql.model.number import Number


def said(values: Range, field: Field | None, *, negated: bool = False) -> str:
    """A range, or its opposite where `negated`: a range of its own if there is one that is simple."""
    if not negated:
        return _said(values, field)
    # The opposite of one value is two ranges, or one at the end of the field; neither is what was meant.
    one_value = values.low is not None and values.low == values.high
    rest = () if field is None or one_value else complement(values, field)
    if len(rest) == 1 and (rest[0].low, rest[0].high) != (field and field.low, field and field.high):
        return _said(rest[0], field)
    return f"not {_said(values, field)}"


def _said(values: Range, field: Field | None) -> str:
    low, high, through = _turned(values, field)
    if low is None and high is None:
        return "of any value"
    if high is None:
        return f"{'above' if values.without_low else 'at least'} {_number(low, field)}"
    if low is None:
        return f"{'below' if values.without_high else 'at most'} {_number(high, field)}"
    if low == high:
        return f"not {_number(low, field)}" if through else _number(low, field)
    remarks = [through] if through else []
    if values.without_low or values.without_high:
        left_out = [_number(n, field) for n, out in ((low, values.without_low), (high, values.without_high)) if out]
        remarks.append(f"without {' and '.join(left_out)}")
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"between {_number(low, field)} and {_number(high, field)}{remark}"


def _turned(values: Range, field: Field | None) -> tuple[Number | None, Number | None, str]:
    """The ends of a range, in a periodic field within its bounds, and the seam of the circle that it runs through."""
    arc = None if field is None or field.low is None or field.high is None else arc_of(values, field)
    if field is None or arc is None or _one_sided(values, field):
        return values.low, values.high, ""
    if arc.whole:
        return None, None, ""
    low, high = arc.shown(arc.start), arc.shown(arc.end, high=arc.length > 0)
    if low <= high and arc.length < arc.turn:
        return low, high, ""
    seam = "midnight" if field.unit == "h" else _number(field.high, field)
    return low, high, f"through {seam}"


def _one_sided(values: Range, field: Field) -> bool:
    """Whether a range has one bound, in the turn of the field itself."""
    if values.low is not None and values.high is not None:
        return False
    bound = values.low if values.high is None else values.high
    return bound is None or (field.low is not None and field.high is not None and field.low <= bound <= field.high)


def _number(number: Number | None, field: Field | None) -> str:
    assert number is not None
    text = clipped(plain(number), 24)
    unit = field.unit if field else None
    return text if not unit else f"{text}°" if unit == "deg" else f"{text} {outside(unit, 12)}"
