# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""The rows that say when each unit of a query holds, and when it is known whether it does.

Every row is a counter and an interval in which it is one higher: of most units one counter goes up where
the unit holds and another where its table knows, so that the unit is true, false or NULL by both.
"""

from __future__ import annotations

from edexql.base.record import record
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.schema import OPEN
from edexql.catalogue.sql.units import Dates, Held, Sampled
from edexql.catalogue.store.index import ANY_WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.sql.units import Hull, Unit, Units

_PERIODS_TOGETHER = 10_000
_PRESENT = "present"
_DAY = 86400


@record(frozen=True, slots=True)
class Spells:
    """What the sweep begins with.

    `periods` are the times that the query names, as rows of counter, start and end. `run` is a select of
    stretches of the ephemeris with a bit for each counter in `state`, None where nothing is asked of it.
    `selects` give all other rows. `states` are the units, in terms of the counters `count_N`.
    """

    periods: tuple[tuple[int, int, int], ...]
    run: str | None
    selects: tuple[str, ...]
    states: tuple[str, ...]
    counters: int


def spells(found: Units) -> Spells:
    """The rows of the units of a query: one select a table, however many units it decides."""
    asked = _Asked()
    states = [_state(unit, asked) for unit in found.units]
    selects = [
        *_matching("logged", asked.logged),
        *_matching("covered", asked.covered),
        *_meeting("held", asked.held),
    ]
    run = None
    if asked.sampled:
        run = _run([condition for condition, *_ in asked.sampled], found.hull)
        selects += [
            _marked([counter for _, *counters in asked.sampled for counter in counters]),
            f"SELECT {asked.shared(_PRESENT)} AS counter, start_second, end_second FROM present",
        ]
    return Spells(tuple(asked.periods), run, tuple(selects), tuple(states), asked.counters)


class _Asked:
    """What is asked of each table, by counters, which are numbered from 1."""

    def __init__(self) -> None:
        self.counters = 0
        self.periods: list[tuple[int, int, int]] = []
        # Counters of keys and words as literals.
        self.logged: list[tuple[int, str, str]] = []
        self.covered: list[tuple[int, str, str]] = []
        # The conditions under which a row counts, by counter.
        self.held: dict[int, str] = {}
        # Conditions, the counter of rows that meet it, and that of rows of which it cannot be told.
        self.sampled: list[tuple[str, int, int]] = []
        self._shared: dict[tuple[str, ...], int] = {}

    def new(self) -> int:
        self.counters += 1
        return self.counters

    def shared(self, *what: str) -> int:
        """The counter of what several units may rest on."""
        if what not in self._shared:
            self._shared[what] = self.new()
        return self._shared[what]


def _state(unit: Unit, asked: _Asked) -> str:
    """Whether a unit holds, in terms of counters, for which the rows are asked."""
    yes = asked.new()
    if isinstance(unit, Dates):
        asked.periods += [(yes, start, end) for start, end in _closed(unit.times)]
        return f"count_{yes} > 0"
    if isinstance(unit, Sampled):
        unknown, row = asked.new(), asked.shared(_PRESENT)
        asked.sampled.append((unit.condition, yes, unknown))
        return f"CASE WHEN count_{yes} > 0 THEN TRUE WHEN count_{unknown} = 0 AND count_{row} > 0 THEN FALSE END"
    if isinstance(unit, Held):
        mine = f"field = {text(unit.field)}"
        known = asked.shared("held", unit.field)
        asked.held |= {yes: f"{mine} AND {unit.condition}", known: mine}
    else:
        key, word = text(unit.key), text(unit.word)
        known = asked.new()
        asked.logged.append((yes, key, word))
        asked.covered += [(known, key, word), (known, key, text(ANY_WORD))]
    return f"CASE WHEN count_{yes} > 0 THEN TRUE WHEN count_{known} > 0 THEN FALSE END"


def _closed(times: Intervals) -> Iterator[tuple[int, int]]:
    for start, end in times:
        yield (-OPEN if start == BEGINNING else start), (OPEN if end == END else end)


def _matching(table: str, asked: list[tuple[int, str, str]]) -> Iterator[str]:
    """The rows of a table of keys and words that are asked for."""
    if asked:
        listed = ", ".join(f"({counter}, {key}, {word})" for counter, key, word in asked)
        yield f"""
            SELECT asked.counter, start_second, end_second
            FROM {table} JOIN (VALUES {listed}) AS asked(counter, key, word)
            ON asked.key = {table}.key AND asked.word = {table}.word"""


def _meeting(table: str, asked: dict[int, str]) -> Iterator[str]:
    """The rows of a table, for each counter those that meet its condition."""
    if asked:
        cases = " ".join(f"WHEN {counter} THEN {condition}" for counter, condition in asked.items())
        listed = ", ".join(f"({counter})" for counter in asked)
        yield f"""
            SELECT asked.counter, start_second, end_second
            FROM {table} CROSS JOIN (VALUES {listed}) AS asked(counter)
            WHERE CASE asked.counter {cases} END"""


def _run(conditions: Sequence[str], hull: Hull) -> str:
    """Stretches of seconds in which no condition changes, as far as one of them is true or unknown.

    `state` has two bits a condition, for true and for unknown: as columns of their own they would set Spark to
    weigh every combination of them. Runs are told by the distance of a second from its number among those of
    the same state, day by day, so that days can be worked on apart; what midnight cuts the sweep joins again.
    """
    # Each condition stands here once: a text twice as long is more than Spark compiles.
    state = " + ".join(
        f"COALESCE(CAST({condition} AS INTEGER), 2) * CAST({4**place} AS BIGINT)"
        for place, condition in enumerate(conditions)
    )
    return f"""
        SELECT MIN(second) AS start_second, MAX(second) + 1 AS end_second, state
        FROM (
            SELECT second, day, state, second - ROW_NUMBER() OVER (PARTITION BY day, state ORDER BY second) AS island
            FROM (
                SELECT second, second - MOD(second, {_DAY}) AS day, {state} AS state
                FROM ephemeris{_within(hull)}
            ) AS sample
            WHERE state > 0
        ) AS numbered
        GROUP BY day, state, island"""


def _marked(counters: Sequence[int]) -> str:
    """The rows of `run` for each counter, in the order of the bits."""
    listed = ", ".join(f"({counter}, {2**place})" for place, counter in enumerate(counters))
    return f"""
        SELECT asked.counter, start_second, end_second
        FROM run JOIN (VALUES {listed}) AS asked(counter, bit) ON (state & asked.bit) > 0"""


def _within(hull: Hull) -> str:
    """What keeps the scan to the time that the query can be about."""
    start, end = hull
    bounds = []
    if start != BEGINNING:
        bounds.append(f"second >= {start} AND month >= {month(start)}")
    if end != END:
        bounds.append(f"second < {end} AND month <= {month(end - 1)}")
    return f" WHERE {' AND '.join(bounds)}" if bounds else ""


def month(second: int) -> int:
    """Year and month of a second, as a number of six digits."""
    from edexql.model.period import day_of

    day = day_of(second)
    return day.year * 100 + day.month


def periods_select(rows: tuple[tuple[int, int, int], ...]) -> str:
    """The rows of periods as a select, written so that all dialects read it alike."""
    selects = []
    for begin in range(0, len(rows), _PERIODS_TOGETHER):
        listed = ",\n    ".join(f"({n}, {start}, {end})" for n, start, end in rows[begin : begin + _PERIODS_TOGETHER])
        selects.append(
            "  SELECT\n    counter,\n    CAST(start_second AS BIGINT) AS start_second,\n"
            "    CAST(end_second AS BIGINT) AS end_second\n"
            f"  FROM (VALUES\n    {listed}) AS period(counter, start_second, end_second)"
        )
    return "\n  UNION ALL\n".join(selects)
