"""What a statement of another notation asks for, and its text in the language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor

from edexql.base.record import Record
from edexql.language.recovery.date_notations import written
from edexql.model import steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.field import Field

    # Numbers of a field, or days and times as the language writes them.
    Value = Decimal | str

_OR, _AND, _NOT = 1, 2, 3
# The decimals with which a number is written, and with which it is where so few would change it.
_PLACES, _MOST_PLACES = 4, 9


class NoEquivalent(Exception):
    """The language cannot say it, or it cannot be said what was meant."""


class Interval(Record):
    """Values from `low` to `high`; None is as far as the field goes. The ends belong to it unless they are left out."""

    low: Value | None
    high: Value | None
    low_out: bool = False
    high_out: bool = False


class Condition(Record):
    """A constraint: the name it begins with and alternatives, intervals of a field or texts as they are written."""

    key: str
    items: tuple[Interval | str, ...]
    field: Field | None = None


class All(Record):
    """Conditions that must all hold, of which no two have one name."""

    conditions: tuple[Condition, ...]


class Other(Record):
    """Any other expression, as it stands after `where`, and how closely its outermost operator binds."""

    text: str
    level: int


Expression = All | Other


def both(a: Expression, b: Expression) -> Expression:
    """What is left where both must hold. Raises NoEquivalent where that is nothing."""
    if isinstance(a, Other) or isinstance(b, Other):
        return Other(f"{_operand(a, _AND)} AND {_operand(b, _AND)}", _AND)
    conditions = {condition.key: condition for condition in a.conditions}
    for condition in b.conditions:
        known = conditions.get(condition.key)
        if known is None:
            conditions[condition.key] = condition
            continue
        if condition.key == "date" and (dates := _dates(known.items + condition.items)):
            # `May 2018 and May 2019` asks for files of both: no moment is in both.
            conditions["date"] = Condition("date", dates)
            continue
        (one, *more), (other, *others) = known.items, condition.items
        if more or others or not (isinstance(one, Interval) and isinstance(other, Interval)):
            return Other(f"{_operand(a, _AND)} AND {_operand(b, _AND)}", _AND)
        common = _common(one, other, on_circle=_circles(condition))
        conditions[condition.key] = Condition(condition.key, (common,), condition.field)
    return All(tuple(conditions.values()))


def either(a: Expression, b: Expression) -> Expression:
    if isinstance(a, All) and isinstance(b, All) and len(a.conditions) == len(b.conditions) == 1:
        (one,), (other,) = a.conditions, b.conditions
        if one.key == other.key:
            return All((Condition(one.key, one.items + other.items, one.field),))
    return Other(f"{_operand(a, _OR)} OR {_operand(b, _OR)}", _OR)


def opposite(a: Expression) -> Expression:
    if isinstance(a, All) and len(a.conditions) == 1:
        (condition,) = a.conditions
        if len(condition.items) == 1 and isinstance(condition.items[0], Interval) and not _circles(condition):
            outside = tuple(item for item in _outside(condition.items[0]) if not _beyond(item, condition.field))
            if not outside:
                raise NoEquivalent
            return All((Condition(condition.key, outside, condition.field),))
    return Other(f"NOT {_operand(a, _NOT)}", _NOT)


def statements(expression: Expression) -> str:
    """An expression as statements that are joined as the language joins them where no logic is written."""
    if isinstance(expression, Other):
        return where(expression)
    return "; ".join(_statement(condition) for condition in expression.conditions)


def where(expression: Expression) -> str:
    return f"where {_operand(expression, _OR)}"


def has_left_out_ends(expression: Expression) -> bool:
    """Whether ends that were left out are in the text all the same: a range between two ends has both."""
    return isinstance(expression, All) and any(
        isinstance(item, Interval) and None not in (item.low, item.high) and (item.low_out or item.high_out)
        for condition in expression.conditions
        for item in condition.items
        if not _steps(condition.field)
    )


def number(value: Decimal) -> str:
    """A number in its shortest form, of no more places than anyone measures."""
    rounded = round(value, _PLACES)
    text = f"{rounded if abs(rounded - value) < Decimal('0.00001') else round(value, _MOST_PLACES):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _statement(condition: Condition) -> str:
    return f"{condition.key} {', '.join(_item(item, condition.field) for item in condition.items)}"


def _operand(expression: Expression, level: int) -> str:
    if isinstance(expression, All):
        text = " AND ".join(map(_statement, expression.conditions))
        return f"({text})" if len(expression.conditions) > 1 and level != _AND and level != _OR else text
    return f"({expression.text})" if expression.level < level else expression.text


def _item(item: Interval | str, field: Field | None) -> str:
    if isinstance(item, str):
        return item
    low, high = item.low, item.high
    if low is not None and high is not None:
        if field is None or not _steps(field):
            low_out, high_out = (False, False) if field is not None else (item.low_out, item.high_out)
        else:
            low_out, high_out = item.low_out, item.high_out
        first, last = _next(low, field, 1) if low_out else low, _next(high, field, -1) if high_out else high
        return _text(first) if first == last else f"{_text(first)}..{_text(last)}"
    if low is not None:
        return f"{'>' if item.low_out else '>='} {_text(low)}"
    if high is not None:
        return f"{'<' if item.high_out else '<='} {_text(high)}"
    raise NoEquivalent


def _text(value: Value) -> str:
    return value if isinstance(value, str) else number(value)


def _steps(field: Field | None) -> bool:
    """Whether the values next to one are known: of whole numbers, of an index in steps, of days."""
    return field is None or field.integer or field.step is not None


def _next(value: Value, field: Field | None, direction: int) -> Value:
    """The next value of a field that comes in steps, or the next second, day, month or year."""
    if isinstance(value, str):
        try:
            return _next_moment(value, direction)
        except (ValueError, OverflowError):
            raise NoEquivalent from None
    if field is None or field.step is None:
        whole = value.to_integral_value()
        return whole + direction if whole == value else value
    place = steps.settled(float(value), field) / field.step
    following = floor(place) + 1 if direction > 0 else ceil(place) - 1
    return Decimal(str(steps.written(following * field.step, field)))


def _next_moment(text: str, direction: int) -> str:
    """A date in the notation of the language, moved by as much as it spans. Raises ValueError and OverflowError."""
    if "T" in text:
        return written(datetime.fromisoformat(text) + timedelta(seconds=direction))
    if len(text) == 10:
        return str(date.fromisoformat(text) + timedelta(days=direction))
    year, _, month = text.partition("-")
    if not month:
        return f"{int(year) + direction:04}"
    months = int(year) * 12 + int(month) - 1 + direction
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _dates(items: tuple[Interval | str, ...]) -> tuple[str, ...]:
    """The days, or the months, or the years that items are; none where they are of several kinds, or periods."""
    texts = [item if isinstance(item, str) else str(item.low) if item.low == item.high else "" for item in items]
    alike = len(texts[0]) <= len("2019-05-01") and len({*map(len, texts)}) == 1
    return tuple(dict.fromkeys(texts)) if alike and all(text[:1].isdigit() for text in texts) else ()


def _common(a: Interval, b: Interval, *, on_circle: bool) -> Interval:
    """The values of two intervals; those of `mlt > 22 and mlt < 2` run over the seam of the circle."""
    over_seam = on_circle and None in (a.low, a.high) and None in (b.low, b.high)
    low, low_out = _tighter((a.low, a.low_out), (b.low, b.low_out), highest=True)
    high, high_out = _tighter((a.high, a.high_out), (b.high, b.high_out), highest=False)
    if low is not None and high is not None:
        nothing = (low_out or high_out) if low == high else not over_seam and not _in_order(low, high)
        if nothing:
            raise NoEquivalent
    return Interval(low, high, low_out, high_out)


def _tighter(a: tuple[Value | None, bool], b: tuple[Value | None, bool], *, highest: bool) -> tuple[Value | None, bool]:
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    if a[0] == b[0]:
        return a[0], a[1] or b[1]
    return b if _in_order(a[0], b[0]) == highest else a


def _in_order(a: Value, b: Value) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        # A day before or after all of a month; where it is one of the month, more would have to be known.
        length = min(len(str(a)), len(str(b)))
        if str(a)[:length] == str(b)[:length] and str(a) != str(b):
            raise NoEquivalent
        return str(a) <= str(b)
    return a <= b


def _outside(item: Interval) -> tuple[Interval, ...]:
    below = () if item.low is None else (Interval(None, item.low, high_out=not item.low_out),)
    above = () if item.high is None else (Interval(item.high, None, low_out=not item.high_out),)
    return below + above


def _beyond(item: Interval, field: Field | None) -> bool:
    """Whether no value of a field is in an interval that is open on one side."""
    if field is None or isinstance(item.low, str) or isinstance(item.high, str):
        return False
    above = (
        item.low is not None and field.high is not None and (item.low, item.low_out) >= (Decimal(str(field.high)), True)
    )
    below = (
        item.high is not None
        and field.low is not None
        and (-item.high, item.high_out) >= (-Decimal(str(field.low)), True)
    )
    return above or below


def _circles(condition: Condition) -> bool:
    return condition.field is not None and condition.field.period is not None
