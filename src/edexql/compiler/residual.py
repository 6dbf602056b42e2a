"""What a request cannot say: times of day, kept to be applied to the files that come back.

The wire has whole days. Where a query names times, the days are sent and the times stay here, as the
set in which a file's own span has to have a second. Which times these are follows from the logic with
everything but the dates left open: a time is out when no value of the other constraints could let it in.
"""

from __future__ import annotations

from edexql.base.record import record
from edexql.model import timeset
from edexql.model.logic import AND
from edexql.model.period import DAY, Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeGuard

    from edexql.compiler.elements import Mission, Sent
    from edexql.model.timeset import TimeSet

# Boundaries of time that may be looked at before a query counts as too complex.
MOST_WORK = 20_000_000


class TooMuch(Exception):
    """The times of a query are too complex to be worked out."""


@record(frozen=True, slots=True)
class Residual:
    """Times, of which a file's span has to meet one: sorted, disjoint periods."""

    periods: tuple[Period, ...]

    def admits(self, start: int, end: int) -> bool:
        """Whether a file of `[start, end)`, in seconds since 1970 UTC, stays."""
        return timeset.meets(timeset.of_periods(self.periods), start, end)

    @property
    def files(self) -> str:
        """Which files stay, in words."""
        if not self.periods:
            return "no files: no time matches the query"
        return f"files that overlap {self}, by the times in their names"

    def __str__(self) -> str:
        listed = ", ".join(str(period) for period in self.periods[:4])
        return listed + (f" and {len(self.periods) - 4} more" if len(self.periods) > 4 else "")


@record(frozen=True, slots=True)
class _Times:
    """How an operand reads, as written and as sent, when only the time is known.

    `never` and `always`: times at which it is false or true whatever else holds, as written;
    `never_sent` the same as sent; `differs`: times at which the two may not agree.
    """

    never: TimeSet
    always: TimeSet
    never_sent: TimeSet
    differs: TimeSet


_OPEN = _Times(timeset.EMPTY, timeset.EMPTY, timeset.EMPTY, timeset.EMPTY)


def residual(
    literals: Sequence[int],
    exact: Mapping[int, tuple[Period, ...]],
    forms: Mapping[int, Sent],
    mission: Mission,
) -> tuple[Residual | None, bool]:
    """The residual of an expression over literals, None where what is sent is what is meant.

    `exact` holds the times of the literals whose days are not quite what is meant, `forms` what is
    sent for every literal. The second value says whether the residual makes good all the difference.
    Raises TooMuch.
    """
    window = _window(exact, mission)
    times = _combined(literals, lambda literal: _leaf(literal, exact, forms, window))
    differs = timeset.intersection((times.differs, window))
    if not differs:
        return None, True
    kept = timeset.intersection((timeset.complement(times.never), window))
    faithful = not timeset.intersection((differs, kept))
    bounds = zip(kept[::2], kept[1::2], strict=True)
    periods = (Period(None if a == window[0] else a, None if b == window[1] else b) for a, b in bounds)
    return Residual(tuple(periods)), faithful


def _window(exact: Mapping[int, tuple[Period, ...]], mission: Mission) -> TimeSet:
    """The times that matter: those of the mission, and all that the query names beside them."""
    named = [bound for periods in exact.values() for p in periods for bound in (p.start, p.end) if bound is not None]
    return min(mission.start, *named) - DAY, max(mission.end, *named) + DAY


def _leaf(literal: int, exact: Mapping[int, tuple[Period, ...]], forms: Mapping[int, Sent], window: TimeSet) -> _Times:
    form = forms.get(literal)
    if form is None:
        return _Times(timeset.ALWAYS, timeset.EMPTY, timeset.ALWAYS, timeset.EMPTY)
    if not form.days:
        return _OPEN
    days = timeset.of_periods(form.days)
    meant = timeset.of_periods(exact[literal]) if literal in exact else days
    meant = timeset.intersection((meant, window))
    days = timeset.union((meant, timeset.intersection((days, window))))
    return _Times(timeset.complement(meant), meant, timeset.complement(days), timeset.difference(days, meant))


class _Chain:
    """Operands joined by one operator, gathered before they are worked out together."""

    __slots__ = ("operands", "operator")

    def __init__(self, operator: int, operands: list[_Times]) -> None:
        self.operator = operator
        self.operands = operands


def _combined(literals: Sequence[int], leaf: Callable[[int], _Times]) -> _Times:
    work = 0
    known: dict[int, _Times] = {}
    stack: list[_Chain | _Times] = []
    for part in literals:
        if part > 0:
            if part not in known:
                known[part] = leaf(part)
            stack.append(known[part])
            continue
        right, left = stack.pop(), stack.pop()
        chains = [side.operands if _is(side, part) else [_worked_out(side)] for side in (left, right)]
        chains.sort(key=len)
        work += sum(len(t.never) + len(t.always) for t in chains[0])
        if work > MOST_WORK:
            raise TooMuch("the times of day in this query are too complex to compute")
        chains[1].extend(chains[0])
        stack.append(_Chain(part, chains[1]))
    return _worked_out(stack[0])


def _is(side: _Chain | _Times, operator: int) -> TypeGuard[_Chain]:
    return isinstance(side, _Chain) and side.operator == operator


def _worked_out(side: _Chain | _Times) -> _Times:
    if isinstance(side, _Times):
        return side
    each = side.operands
    never, always = [t.never for t in each], [t.always for t in each]
    never_sent = [t.never_sent for t in each]
    differs = timeset.union(t.differs for t in each)
    if side.operator == AND:
        all_sent = timeset.union(never_sent)
        return _Times(
            timeset.union(never),
            timeset.intersection(always),
            all_sent,
            timeset.difference(differs, all_sent),
        )
    any_always = timeset.union(always)
    return _Times(
        timeset.intersection(never),
        any_always,
        timeset.intersection(never_sent),
        timeset.difference(differs, any_always),
    )
