"""The items of a field, each as a range of its values."""

from __future__ import annotations

from edexql.base.text import certain, did_you_mean, nearest, shown
from edexql.language.diagnostics import AlreadyReported, Fix, Mistake
from edexql.model.number import plain
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.source import Span
    from edexql.language.syntax import Bound, Item, Word
    from edexql.model.field import Field
    from edexql.model.number import Number

# The thirds of an index: how many below or above a whole number.
_SIGNS = {"-": -1, "o": 0, "+": 1}


def value_range(item: Item, field: Field) -> Range:
    """The range that an item names, in the unit of the field. Raises Mistake."""
    bounds = [bound for bound in (item.first, item.second) if bound is not None]
    if any(bound.kind == "missing" for bound in bounds):
        raise AlreadyReported
    if item.form in ("interval", "path"):
        raise Mistake("E405", "a range is written with `..`", item.span, help=_ways(field))
    # `300..500 km`: a unit at the end counts for both.
    shared = item.second if item.form == "between" and item.first and not item.first.unit else None
    low = _number(item.first, field, shared) if item.first else None
    high = _number(item.second, field, None) if item.second else None
    if item.form in ("single", "="):
        value = high if low is None else low
        return Range(value, value)
    if item.form in (">", ">="):
        return Range(high, None, without_low=item.form == ">")
    if item.form in ("<", "<="):
        return Range(None, high, without_high=item.form == "<")
    if low is not None and high is not None and low > high and field.period is None:
        # A unit at the end counts for both, whichever of them is the end.
        first, last = _written(item.second), _written(item.first)
        if shared is not None and shared.unit is not None:
            first, last = shared.text, f"{last} {shared.unit.text}"
        swapped = f"did you mean `{first}..{last}`?"
        raise Mistake("E402", "this range ends before it starts", item.span, help=swapped)
    return Range(low, high)


def _written(bound: Bound | None) -> str:
    """A bound as it stands in the text."""
    if bound is None:
        return ""
    return bound.written


def _number(bound: Bound, field: Field, shared: Bound | None) -> Number:
    if bound.kind != "number":
        raise Mistake("E405", f"{shown(bound.text)} is not a number", bound.span, help=_ways(field))
    number = _parsed(bound, field)
    if bound.unit is not None and bound.unit.text.lower() in _SIGNS and field.step is not None:
        number = _signed(number, bound.unit, bound, field)
    else:
        unit = bound.unit or (
            shared.unit if shared and shared.unit and shared.unit.text.lower() not in _SIGNS else None
        )
        if unit is not None:
            number = _in_unit(number, unit.text, unit.span, bound, field)
    if field.step is not None:
        from edexql.model.steps import step_at, written

        step = step_at(number, field)
        number = number if step is None else written(step, field)
    _within(number, bound, field)
    return number


def _signed(number: Number, sign: Word, bound: Bound, field: Field) -> Number:
    """`5-`, `5o` or `5+` of an index in thirds: the third below, at or above a whole number."""
    from fractions import Fraction

    if field.step != Fraction(1, 3) or not isinstance(number, int):
        raise Mistake(
            "E407",
            f"{shown(sign.text)} cannot follow {shown(bound.text)}",
            sign.span,
            help=f"`-`, `o` and `+` follow a whole number of an index in thirds: write {shown(bound.text)}",
        )
    from edexql.model.steps import written

    return written(number + _SIGNS[sign.text.lower()] * field.step, field)


def _parsed(bound: Bound, field: Field) -> Number:
    text = bound.text
    digits = text.lstrip("+-")
    if digits.isdigit() and len(digits) <= 15:
        return int(text)
    number = float(text)
    if number - number != 0:
        raise Mistake("E406", f"{shown(text)} is too large for {field.name}", bound.span, help=_limits(field))
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _in_unit(number: Number, unit: str, span: Span, bound: Bound, field: Field) -> Number:
    if unit == field.unit or (field.unit and unit.lower() == field.unit.lower()):
        return number
    factors = dict(field.units)
    factor = factors.get(unit, factors.get(unit.lower()))
    if factor is not None:
        converted = round(number * factor, 9)
        return int(converted) if converted == int(converted) else converted
    if field.unit is None:
        raise Mistake(
            "E407",
            f"{field.name} has no unit, but {shown(unit)} follows the number",
            span,
            help=f"write {shown(bound.text)} without a unit",
        )
    known = [field.unit, *factors]
    near = nearest(unit, known)
    compass = "north and east are positive, south and west negative: write -80 for 80 W"
    raise Mistake(
        "E407",
        f"{shown(unit)} is not a unit of {field.name}",
        span,
        help=compass
        if field.unit == "deg" and unit in ("N", "S", "E", "W")
        else did_you_mean(near) or f"{field.name} is given in {', '.join(known)}",
        fix=Fix(span, near[0]) if certain(unit, near) else None,
    )


def _within(number: Number, bound: Bound, field: Field) -> None:
    margin = field.period or 0
    if (field.low is not None and number < field.low - margin) or (
        field.high is not None and number > field.high + margin
    ):
        raise Mistake("E406", f"{field.name} cannot be {plain(number)}", bound.span, help=_limits(field))


def _limits(field: Field) -> str | None:
    if field.low is None or field.high is None:
        return None
    unit = f" {field.unit}" if field.unit else ""
    return f"{field.name} goes from {plain(field.low)} to {plain(field.high)}{unit}"


def example(field: Field) -> tuple[str, str]:
    """The ends of a range of a field that leaves something out, for the messages that show how one is written."""
    low, high = field.example or (field.low or 0, field.high or 9)
    return plain(low), plain(high)


def _ways(field: Field) -> str:
    low, high = example(field)
    return f"write a range, as in `{field.name} {low}..{high}`, `{field.name} >= {low}` or `{field.name} < {high}`"
