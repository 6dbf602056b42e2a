"""What a constraint is on the wire: the elements that eDEx is sent for it, or for its opposite."""

from __future__ import annotations

from functools import lru_cache

from edexql.base import stdlib
from edexql.base.record import Record
from edexql.base.stdlib import timedelta
from edexql.model.period import DAY, Period, closed, complement, day_of, midnight, to_days
from edexql.model.query import Json, Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from edexql.model.field import Field
    from edexql.model.query import Constraint
    from edexql.model.range import Range
    from edexql.model.vocabulary import Vocabulary


class Unsendable(Exception):
    """A constraint that has no form on the wire; the message says why, `way_out` what to do."""

    def __init__(self, code: str, message: str, way_out: str) -> None:
        super().__init__(message)
        self.code = code
        self.way_out = way_out


class Sent(Record):
    """A key of the wire and the elements under it, any of which may hold.

    Of dates, `days` is the times sent, and `exact` the times meant where these are not the same.
    `wider` says that bounds the constraint leaves out come along, in a field whose values come in steps.
    """

    key: str
    elements: tuple[Any, ...]
    days: tuple[Period, ...] = ()
    exact: tuple[Period, ...] | None = None
    wider: bool = False


class Mission(Record):
    """The days that files can be of: from the launch to the day of compiling."""

    launch: date
    today: date

    @property
    def start(self) -> int:
        return midnight(self.launch)

    @property
    def end(self) -> int:
        return midnight(self.today) + DAY


def sent(constraint: Constraint, vocabulary: Vocabulary, mission: Mission, *, negated: bool) -> Sent:
    """The elements for a constraint, or for its complement. No elements: nothing can satisfy it.

    Raises Unsendable. The elements always admit every time that the constraint admits.
    """
    value = constraint.value
    if isinstance(value, Period):
        return _days(value, vocabulary, mission, negated=negated)
    if not isinstance(value, (str, Tag, Json)):
        # A range, whose class is imported where there is one.
        field = vocabulary.field(constraint.key)
        if field is None:
            raise Unsendable("E301", f"unknown field {constraint.key}", "see `edexql vocabulary fields`")
        return _pairs(value, field, negated=negated)
    if negated:
        raise Unsendable(
            "E503",
            "NOT cannot be sent to eDEx, and this constraint has no opposite that could be sent instead",
            "list the values that you want, or remove this part and filter the files afterwards",
        )
    if isinstance(value, Tag):
        return _tag(value, vocabulary)
    if isinstance(value, Json):
        return Sent(constraint.key, (stdlib.read_json(value.text),))
    return _word(constraint.key, value, vocabulary)


def _days(period: Period, vocabulary: Vocabulary, mission: Mission, *, negated: bool) -> Sent:
    start, end = period.start, period.end
    if not negated and start is not None and end is not None and start < end:
        # By far the most, and as the rest would have it.
        first, last = start // DAY, (end - 1) // DAY
        pair = [_day(first), _day(last)]
        if start % DAY == 0 and end % DAY == 0:
            return Sent(vocabulary.date.wire, (pair,), (period,))
        return Sent(vocabulary.date.wire, (pair,), (Period(first * DAY, (last + 1) * DAY),), (period,))
    whole = period.whole_days()
    wanted = complement(period) if negated else (period,)
    times = [closed(part, mission.start, mission.end) for part in wanted]
    times = [part for part in times if (part.start or 0) < (part.end or 0)]
    if not times and not negated:
        raise _empty(period, mission)
    days = to_days(times)
    elements = tuple([str(first), str(last)] for first, last in days)
    spans = tuple(Period(midnight(first), midnight(last) + DAY) for first, last in days)
    return Sent(vocabulary.date.wire, elements, spans, None if whole else wanted)


@lru_cache(maxsize=16384)
def _day(number: int) -> str:
    """A day by how many days it is after 1970-01-01."""
    return str(day_of(number * DAY))


def _empty(period: Period, mission: Mission) -> Unsendable:
    if period.end is None:
        return Unsendable(
            "E402",
            f"this period has no end and starts after today, {mission.today}",
            "write its end, or set another day with --today",
        )
    before = mission.launch - timedelta(days=1)
    return Unsendable(
        "E402",
        f"this period has no start and ends before the launch on {mission.launch}",
        f"there are no data up to and including {before}",
    )


def _pairs(values: Range, field: Field, *, negated: bool) -> Sent:
    from edexql.model import range as ranges

    wanted = ranges.complement(values, field) if negated else (values,)
    try:
        pairs = [pair for part in wanted for pair in ranges.intervals(part, field)]
    except ValueError as error:
        raise Unsendable(
            "E504", str(error), "write both ends of the range, or set the bounds of the field in a vocabulary file"
        ) from None
    wider = field.step is not None and any(_leaves_out_a_step(part, field) for part in wanted)
    if field.shape == "object":
        return Sent(field.wire, tuple({"min": low, "max": high} for low, high in pairs), wider=wider)
    return Sent(field.wire, tuple([low, high] for low, high in pairs), wider=wider)


def _leaves_out_a_step(values: Range, field: Field) -> bool:
    from edexql.model.steps import step_at

    left_out = ((values.low, values.without_low), (values.high, values.without_high))
    return any(out and bound is not None and step_at(bound, field) is not None for bound, out in left_out)


def _tag(tag: Tag, vocabulary: Vocabulary) -> Sent:
    group, tags = vocabulary.groups().get(tag.group, (None, {}))
    known = tags.get(tag.name)
    pair = [group.wire if group else tag.group, known.wire if known else tag.name]
    return Sent(vocabulary.experiment.wire, (pair[1] if vocabulary.experiment_shape == "word" else pair,))


def _word(key: str, name: str, vocabulary: Vocabulary) -> Sent:
    known = vocabulary.values(key).get(name)
    owner = vocabulary.instrument(key) or vocabulary.field(key)
    return Sent(owner.wire if owner else key, (known.wire if known else name,))
