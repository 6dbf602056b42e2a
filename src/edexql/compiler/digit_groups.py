"""Lists of numbers that may be one number with a comma in it: `altitude < 1,500`, `kp >= 4,5`, `latitude 60,5..70`."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.language.literals import decimal, grouped
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edexql.language.syntax import Bound, Constraint, Item
    from edexql.model.field import Field


class Thousands(Record):
    """Items `first` to `last` of a list; `number` and `listed` write each of the two readings beyond doubt.

    `decimal` says that the comma is read as a decimal point, and not as a thousands separator.
    """

    first: int
    last: int
    span: Span
    number: str
    listed: str
    decimal: bool


def likely_thousands(statement: Constraint, text: str, field: Field) -> Iterator[Thousands]:
    """Those after a comparison, where nobody writes a list, or with a number that the field has."""
    for group in thousands(statement, text):
        if group.decimal or _likely(statement.items[group.first : group.last + 1], field):
            yield group


def thousands(statement: Constraint, text: str) -> Iterator[Thousands]:
    """The parts of a list of ranges that look like fewer, with commas in their numbers."""
    items = statement.items
    first = 0
    while first < len(items):
        last = first
        while last + 1 < len(items) and _glued(items[last], items[last + 1], text, grouped):
            last += 1
        point = ""
        if last == first < len(items) - 1 and (_compared(items[first]) or _within(items[first], items[first + 1])):
            # After a comparison nobody writes a list without a space, or a number that the range beside it has.
            last += _glued(items[first], items[first + 1], text, decimal)
            # `60,5..70,5`
            last += last > first and last + 1 < len(items) and _is_end(items[last], items[last + 1], text)
            point = "."
        if last > first:
            span = Span(items[first].span.start, items[last].span.end)
            commas = {item.span.start - 1 for item in items[first + 1 : last + 1]}
            written = text[span.start : span.end]
            number = "".join(point if place in commas else c for place, c in enumerate(written, span.start))
            listed = "".join(", " if place in commas else c for place, c in enumerate(written, span.start))
            head = statement.head.text
            yield Thousands(first, last, span, f"{head} {number}", f"{head} {listed}", bool(point))
        first = last + 1


def _compared(item: Item) -> bool:
    return item.form not in ("single", "between", "since", "until")


def _within(item: Item, following: Item) -> bool:
    """Whether one of two items is a number, and the other a range that has it; one that runs backwards has most."""
    single, between = (item, following) if item.form == "single" else (following, item)
    if single.form != "single" or between.form != "between":
        return False
    bounds = [bound for bound in (single.first, between.first, between.second) if bound is not None]
    if any(bound.kind != "number" or bound.unit is not None for bound in bounds):
        return False
    number, low, high = (float(bound.text) for bound in bounds)
    return low <= number <= high or (high < low and not high < number < low)


def _is_end(item: Item, following: Item, text: str) -> bool:
    """Whether the decimals of the end of a range follow."""
    return item.form == "between" and following.form == "single" and _glued(item, following, text, decimal)


def _glued(item: Item, following: Item, text: str, alike: Callable[[str, str], bool]) -> bool:
    """Whether nothing but a comma stands between two items, which are numbers there that look like one."""
    before, after = item.second or item.first, following.first
    return (
        before is not None
        and after is not None
        and before.kind == after.kind == "number"
        and before.unit is None
        and item.span.end == before.span.end
        and following.form in ("single", "between", "since")
        and following.span.start == after.span.start == before.span.end + 1
        and text[before.span.end] == ","
        and alike(before.text, after.text)
    )


def _likely(items: Sequence[Item], field: Field) -> bool:
    """Whether a number after a comparison is read apart, or the numbers without commas are in the field."""
    if _compared(items[0]):
        return True
    numbers: list[str] = []
    ends: list[Bound] = []
    for place, item in enumerate(items):
        bounds = [bound for bound in (item.first, item.second) if bound is not None]
        for number, bound in enumerate(bounds):
            if place and not number:
                numbers[-1] += bound.text
                ends[-1] = bound
            else:
                numbers.append(bound.text)
                ends.append(bound)
    margin = field.period or 0
    low = -1e300 if field.low is None else field.low - margin
    high = 1e300 if field.high is None else field.high + margin
    return all(end.unit is not None or low <= float(number) <= high for number, end in zip(numbers, ends, strict=True))
