"""What a request cannot say: times of day, kept to be applied to the files that come back.

The wire has whole days. Where a query names times, the days are sent and the times stay here, as the
set in which a file's own span has to have a second. Which times these are follows from the logic with
everything but the dates left open: a time is out when no value of the other constraints could let it in.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model import timeset
from edexql.model.logic import AND
from edexql.model.period import DAY, Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edexql.compiler.elements import Mission, Sent
    from edexql.model.timeset import TimeSet

# Boundaries of time that may be looked at before a query counts as too complex.
MOST_WORK = 20_000_000


class TooMuch(Exception):
    """The times of a query are too complex to be worked out."""


class Residual(Record):
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


class _Times(Record):
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
    bounds: tuple[int, int],
    form: Callable[[int], Sent | None],
    mission: Mission,
) -> tuple[Residual | None, bool]:
    """The residual of an expression over literals, None where what is sent is what is meant.

    `bounds` are the first and the last of those that the literals have whose days are not quite what is meant; `form`
    gives what is sent for a literal, None where nothing can satisfy it. The second value says whether the residual
    makes good all the difference. Raises TooMuch.
    """
    # The times that matter: those of the mission, and all that the query names beside them.
    window = min(mission.start, bounds[0]) - DAY, max(mission.end, bounds[1]) + DAY
    times = _combined(literals, form, window)
    differs = timeset.intersection((times.differs, window))
    if not differs:
        return None, True
    kept = timeset.intersection((timeset.complement(times.never), window))
    faithful = not timeset.intersection((differs, kept))
    ends = zip(kept[::2], kept[1::2], strict=True)
    periods = (Period(None if a == window[0] else a, None if b == window[1] else b) for a, b in ends)
    return Residual(tuple(periods)), faithful


def _leaf(form: Sent | None, window: TimeSet) -> _Times:
    if form is None:
        return _Times(timeset.ALWAYS, timeset.EMPTY, timeset.ALWAYS, timeset.EMPTY)
    if not form.days:
        return _OPEN
    exact = form.days if form.exact is None else form.exact
    return _dates(timeset.of_periods(exact), timeset.of_periods(form.days), window)


def _dates(exact: TimeSet, days: TimeSet, window: TimeSet) -> _Times:
    """Any of some times, for which any of some days is sent."""
    meant = timeset.intersection((exact, window))
    there = timeset.union((meant, timeset.intersection((days, window))))
    return _Times(timeset.complement(meant), meant, timeset.complement(there), timeset.difference(there, meant))


class _Chain:
    """Operands joined by one operator, gathered before they are worked out together: literals, and others."""

    __slots__ = ("literals", "operands", "operator")

    def __init__(self, operator: int, literals: list[int], operands: list[_Times]) -> None:
        self.operator = operator
        self.literals = literals
        self.operands = operands

    def __len__(self) -> int:
        return len(self.literals) + len(self.operands)


# How many boundaries a literal of one period has, as what it is never and as what it is always.
_OF_A_LITERAL = 6


def _combined(literals: Sequence[int], form: Callable[[int], Sent | None], window: TimeSet) -> _Times:
    work = 0
    stack: list[_Chain | int] = []
    for part in literals:
        if part > 0:
            stack.append(part)
            continue
        right, left = stack.pop(), stack.pop()
        if isinstance(right, int) and isinstance(left, _Chain) and left.operator == part:
            left.literals.append(right)
            work += _OF_A_LITERAL
            chain = left
        else:
            chain, other = sorted((_chained(side, part, form, window) for side in (left, right)), key=len, reverse=True)
            work += sum(len(t.never) + len(t.always) for t in other.operands) + _OF_A_LITERAL * len(other.literals)
            chain.literals += other.literals
            chain.operands += other.operands
        if work > MOST_WORK:
            raise TooMuch("the times of day in this query are too complex to compute")
        stack.append(chain)
    last = stack[0]
    return _leaf(form(last), window) if isinstance(last, int) else _worked_out(last, form, window)


def _chained(side: _Chain | int, operator: int, form: Callable[[int], Sent | None], window: TimeSet) -> _Chain:
    """An operand as a chain of an operator."""
    if isinstance(side, int):
        return _Chain(operator, [side], [])
    return side if side.operator == operator else _Chain(operator, [], [_worked_out(side, form, window)])


def _times_of(chain: _Chain, form: Callable[[int], Sent | None], window: TimeSet) -> list[_Times]:
    """The times of all operands of a chain; dates of which any may hold are taken as one."""
    known = dict.fromkeys(chain.literals)
    if chain.operator == AND:
        return [*chain.operands, *(_leaf(form(literal), window) for literal in known)]
    each = chain.operands
    # Starts and ends of the times meant, and of the days sent.
    meant: tuple[list[int], list[int]] = [], []
    there: tuple[list[int], list[int]] = [], []
    for literal in known:
        one = form(literal)
        if one is None or not one.days:
            each.append(_leaf(one, window))
            continue
        for (starts, ends), periods in ((there, one.days), (meant, one.days if one.exact is None else one.exact)):
            for period in periods:
                starts.append(timeset.BEGINNING if period.start is None else period.start)
                ends.append(timeset.END if period.end is None else period.end)
    if not there[0]:
        return each
    days = timeset.of_bounds(*there)
    there[0].clear()
    there[1].clear()
    return [*each, _dates(timeset.of_bounds(*meant), days, window)]


def _worked_out(chain: _Chain, form: Callable[[int], Sent | None], window: TimeSet) -> _Times:
    each = _times_of(chain, form, window)
    if len(each) == 1:
        return each[0]
    never, always = [t.never for t in each], [t.always for t in each]
    never_sent = [t.never_sent for t in each]
    differs = timeset.union(t.differs for t in each)
    if chain.operator == AND:
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
