"""The phrases of a sentence: periods, ranges, names, values and lists as they are said in English."""

from __future__ import annotations

from edexql.base.stdlib import date, timedelta
from edexql.base.text import printable
from edexql.language.diagnostics import quoted
from edexql.language.literals import MONTHS
from edexql.model import range as ranges
from edexql.model.number import plain
from edexql.model.period import DAY, Period, complement, day_of
from edexql.model.query import Json, Tag
from edexql.model.range import Range, arc_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.model.field import Field
    from edexql.model.number import Number
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary


# The most items of one list that are said.
MOST = 6


def fitting(texts: Iterable[str], room: int) -> list[str]:
    """The first texts that fit into some characters with what joins them; always one, if there is one."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 4
        if kept and (room < 0 or len(kept) == MOST):
            break
        kept.append(text)
    return kept


def more(count: int, what: str) -> list[str]:
    """The item that stands for those left out, none where there are none."""
    return [f"{count} more {what}{'s' * (count > 1)}"] if count else []


def listed(items: Sequence[str], word: str, *, comma: bool = False) -> str:
    """`a, b and c`; with `comma`, the last two are set apart too, because items have words like `and` themselves."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])}{',' * comma} {word} {items[-1]}"


def nots_last(texts: Iterable[str]) -> list[str]:
    """The texts, those with `not` before them last: `not a or b` is heard as if it said `not` of both."""
    return sorted(texts, key=lambda text: text.startswith("not "))


def outside(text: str, limit: int = 50) -> str:
    """Text that was not written here: printable, and not longer than `limit`."""
    return clipped(printable(text[: limit + 1]), limit)


def clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


_UTC = " UTC"
_OF = "of "


def of_period(period: Period, *, negated: bool = False) -> str:
    """A period after the name of a product; `not of May 2019` where it is left out and has no simple opposite."""
    return _period(period, (_OF, _OF), ("since", "since"), ("up to and including", "up to"), negated=negated)


def at_period(period: Period, *, negated: bool = False) -> str:
    """A period after `the time was`."""
    return _period(
        period, ("on ", "in "), ("on or after", "at or after"), ("on or before", "at or before"), negated=negated
    )


def periods_together(texts: Iterable[str]) -> list[str]:
    """Neighbours in a list with what they share given once: `of` before the first, `UTC` after the last."""
    phrases: list[str] = []
    before = ""
    for text in texts:
        if text.endswith(_UTC) and before.endswith(_UTC):
            phrases[-1] = phrases[-1].removesuffix(_UTC)
        phrases.append(text.removeprefix(_OF) if before.startswith(_OF) else text)
        before = text
    return phrases


def _period(
    period: Period, named: tuple[str, str], since: tuple[str, str], until: tuple[str, str], *, negated: bool = False
) -> str:
    """A period with the words before a day and before a month; before a day and before a time of day."""
    if negated:
        rest = complement(period)
        if len(rest) != 1:
            return f"not {_period(period, named, since, until)}"
        period = rest[0]
    start, end = period.start, period.end
    if start is None and end is None:
        return f"{named[0]}any time"
    if end is None:
        assert start is not None
        return f"{since[0]} {_day(start)}{_UTC}" if start % DAY == 0 else f"{since[1]} {_moment(start)}{_UTC}"
    if start is None:
        return f"{until[0]} {_day(end - 1)}{_UTC}" if end % DAY == 0 else f"{until[1]} {_moment(end - 1)}{_UTC}"
    if not period.whole_days():
        return _times(start, end - 1)
    first, last = day_of(start), day_of(end - 1)
    if first == last:
        return f"{named[0]}{_day(start)}{_UTC}"
    if first.day == 1 and last == _month_end(first):
        return f"{named[1]}{MONTHS[first.month - 1]} {first.year:04}"
    if first.day == first.month == 1 and last == date(first.year, 12, 31):
        return f"{named[1]}{first.year:04}"
    return f"from {_day(start, year=first.year != last.year)} to {_day(end - 1)}{_UTC}"


def _times(start: int, last: int) -> str:
    first_day, last_day = day_of(start), day_of(last)
    if start == last:
        return f"at {_moment(start)}{_UTC}"
    if first_day == last_day:
        return f"from {_clock(start)} to {_moment(last)}{_UTC}"
    return f"from {_moment(start, year=first_day.year != last_day.year)} to {_moment(last)}{_UTC}"


def _moment(second: int, *, year: bool = True) -> str:
    return f"{_clock(second)} on {_day(second, year=year)}"


def _clock(second: int) -> str:
    clock = second % DAY
    return f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


def _day(second: int, *, year: bool = True) -> str:
    day = day_of(second)
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year:04}' if year else ''}"


def _month_end(first: date) -> date:
    return date(first.year, 12, 31) if first.month == 12 else first.replace(month=first.month + 1) - timedelta(days=1)


def range_phrase(values: Range, field: Field | None, *, negated: bool = False) -> str:
    """A range, or its opposite where `negated`: a range of its own if there is one that is simple."""
    if not negated:
        return _range(values, field)
    # The opposite of one value is two ranges, or one at the end of the field; neither is what was meant.
    one_value = values.low is not None and values.low == values.high
    rest = () if field is None or one_value else ranges.complement(values, field)
    if len(rest) == 1 and (rest[0].low, rest[0].high) != (field and field.low, field and field.high):
        return _range(rest[0], field)
    return f"not {_range(values, field)}"


def _range(values: Range, field: Field | None) -> str:
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


TIME = "the time was"


def product_title(name: str, vocabulary: Vocabulary) -> str:
    """`FAI level-1 images`: what its title says before it comes to the form of the files."""
    product = vocabulary.product(name)
    title = product.title.partition(",")[0].strip() if product else ""
    if not title:
        return f"files of {_quoted(name)}"
    return outside(_with_level(title[:100]), 60)


def _with_level(title: str) -> str:
    """A title in which a level and its number, before another word, are one: `level-1`."""
    words = title.split(" ")
    for place in range(len(words) - 2):
        level, number, behind = words[place : place + 3]
        is_number = number[:1].isdecimal() and len(number) <= 2 and number.isalnum()
        if level == "level" and is_number and behind[:1].isalnum():
            words[place : place + 2] = [f"level-{number}"]
            break
    return " ".join(words)


def condition(constraint: Constraint, vocabulary: Vocabulary, *, negated: bool = False) -> tuple[str, str]:
    """A constraint, or its opposite, in two pieces, `Kp was` and `at least 5`; several can share the first."""
    key, value = constraint.key, constraint.value
    no = "not " if negated else ""
    if isinstance(value, Period):
        return TIME, at_period(value, negated=negated)
    if isinstance(value, Range):
        return f"{_field(key, vocabulary)} was", range_phrase(value, vocabulary.field(key), negated=negated)
    if isinstance(value, Tag):
        return "the planned experiment was", no + experiment(value)
    if isinstance(value, Json):
        return f"raw {_quoted(key)} was", no + outside(value.text)
    entry = vocabulary.values(key).get(value)
    named = f"{outside(value)} ({outside(entry.title)})" if entry and entry.title else _quoted(value)
    if vocabulary.field(key) is not None:
        return f"{_field(key, vocabulary)} was", no + named
    if value == "has-data":
        return f"{outside(key.upper())} had", "no data" if negated else "data"
    return f"{outside(key.upper())} was", f"{no}set to {named}"


def experiment(tag: Tag) -> str:
    return f"{outside(tag.name)} ({outside(tag.group)})"


def _field(key: str, vocabulary: Vocabulary) -> str:
    field = vocabulary.field(key)
    title = field.title[:200] if field else ""
    for end in (",", "(", ":", ";", " of the spacecraft"):
        title = title.partition(end)[0]
    return outside((field and field.spoken) or title.strip() or key, 60)


def _quoted(text: str) -> str:
    return quoted(outside(text)) if text.isprintable() else f'"{outside(text)}"'
