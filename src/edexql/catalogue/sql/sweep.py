# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""The sweep: from rows that say when each predicate holds, second by second of change, to the truth of the query.

Every row is a counter and an interval in which it is one higher: of most predicates one counter goes up where it holds
and another where its table knows, so that it is true, false or NULL by both. All here are steps of a WITH, in the
dialect of PostgreSQL. An expensive step is named once by those that use it, because Spark works it out each time that
it is named.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.predicates import Dates, Held, Sampled
from edexql.catalogue.sql.schema import OPEN
from edexql.catalogue.store.index import ANY_WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.sql.predicates import Hull, Predicate, Predicates


_PERIODS_TOGETHER = 10_000
_PRESENT = "present"


class Counters(Record):
    """What the sweep begins with.

    `periods` are the times that the query names, as rows of counter, start and end. `run` is a select of
    stretches of the ephemeris with a bit for each counter in `state`, None where nothing is asked of it.
    `selects` give all other rows. `states` are the predicates, in terms of the counters `count_N`.
    """

    periods: tuple[tuple[int, int, int], ...]
    run: str | None
    selects: tuple[str, ...]
    states: tuple[str, ...]
    count: int


def counters_of(predicates: Predicates) -> Counters:
    """The rows of the predicates of a query: one select a table, however many predicates it decides."""
    numbering = _Numbering()
    states = [_state(predicate, numbering) for predicate in predicates.predicates]
    selects = [
        *_matching("logged", numbering.logged),
        *_matching("covered", numbering.covered),
        *_meeting("held", numbering.held),
    ]
    run = None
    if numbering.sampled:
        run = _run([condition for condition, *_ in numbering.sampled], predicates.hull)
        selects += [
            _marked([counter for _, *counters in numbering.sampled for counter in counters]),
            f"SELECT {numbering.shared(_PRESENT)} AS counter, start_second, end_second FROM present",
        ]
    return Counters(tuple(numbering.periods), run, tuple(selects), tuple(states), numbering.counters)


class _Numbering:
    """What is asked of each table, by counters, which are numbered from 1."""

    def __init__(self) -> None:
        self.counters = 0
        self.periods: list[tuple[int, int, int]] = []
        # Counters of keys and words as literals.
        self.logged: list[tuple[int, str, str]] = []
        self.covered: list[tuple[int, str, str]] = []
        # The conditions under which a row counts, by counter.
        self.held: dict[int, str] = {}
        # Conditions, the counter of rows that meet it, and that of rows where it is unknown.
        self.sampled: list[tuple[str, int, int]] = []
        self._shared: dict[tuple[str, ...], int] = {}

    def new(self) -> int:
        self.counters += 1
        return self.counters

    def shared(self, *what: str) -> int:
        """The counter of what several predicates may rest on."""
        if what not in self._shared:
            self._shared[what] = self.new()
        return self._shared[what]


def _state(predicate: Predicate, numbering: _Numbering) -> str:
    """Whether a predicate holds, in terms of counters, for which the rows are asked."""
    yes = numbering.new()
    if isinstance(predicate, Dates):
        numbering.periods += [(yes, start, end) for start, end in _closed(predicate.times)]
        return f"count_{yes} > 0"
    if isinstance(predicate, Sampled):
        unknown, row = numbering.new(), numbering.shared(_PRESENT)
        numbering.sampled.append((predicate.condition, yes, unknown))
        return f"CASE WHEN count_{yes} > 0 THEN TRUE WHEN count_{unknown} = 0 AND count_{row} > 0 THEN FALSE END"
    if isinstance(predicate, Held):
        mine = f"field = {text(predicate.field)}"
        known = numbering.shared("held", predicate.field)
        numbering.held |= {yes: f"{mine} AND {predicate.condition}", known: mine}
    else:
        key, word = text(predicate.key), text(predicate.word)
        known = numbering.new()
        numbering.logged.append((yes, key, word))
        numbering.covered += [(known, key, word), (known, key, text(ANY_WORD))]
    return f"CASE WHEN count_{yes} > 0 THEN TRUE WHEN count_{known} > 0 THEN FALSE END"


def _closed(times: Intervals) -> Iterator[tuple[int, int]]:
    for start, end in times:
        yield (-OPEN if start == BEGINNING else start), (OPEN if end == END else end)


def _matching(table: str, triples: list[tuple[int, str, str]]) -> Iterator[str]:
    """The rows of a table of keys and words that are asked for."""
    if triples:
        listed = ", ".join(f"({counter}, {key}, {word})" for counter, key, word in triples)
        yield f"""
            SELECT asked.counter, start_second, end_second
            FROM {table} JOIN (VALUES {listed}) AS asked(counter, key, word)
            ON asked.key = {table}.key AND asked.word = {table}.word"""


def _meeting(table: str, conditions: dict[int, str]) -> Iterator[str]:
    """The rows of a table, for each counter those that meet its condition."""
    if conditions:
        cases = " ".join(f"WHEN {counter} THEN {condition}" for counter, condition in conditions.items())
        listed = ", ".join(f"({counter})" for counter in conditions)
        yield f"""
            SELECT asked.counter, start_second, end_second
            FROM {table} CROSS JOIN (VALUES {listed}) AS asked(counter)
            WHERE CASE asked.counter {cases} END"""


def _run(conditions: Sequence[str], hull: Hull) -> str:
    """Stretches of seconds in which no condition changes, as far as one of them is true or unknown.

    `state` has two bits a condition, for true and for unknown: as columns of their own they would set Spark to
    weigh every combination of them. Runs are identified by the distance of a second from its number among those of
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


_DAY = 86400
# An interval as its two edges.
_SIDES = "CROSS JOIN (VALUES (1), (-1)) AS side(side)"
_EDGE = "CASE WHEN side.side = 1 THEN {} ELSE {} END AS second, side.side"


def timeline(counters: Counters, condition: str, moments: Iterable[str] = ()) -> str:
    """Steps that end in `timeline`: all time in stretches, and in `truth` whether the query holds in each.

    `moments` are selects of seconds at which a stretch is to begin, whatever else does.
    """
    numbers = range(1, counters.count + 1)
    intervals = [
        f"SELECT 0 AS counter, CAST({-OPEN} AS BIGINT) AS start_second, CAST({OPEN} AS BIGINT) AS end_second",
        *(["SELECT counter, start_second, end_second FROM period"] if counters.periods else []),
        *counters.selects,
    ]
    changes = [
        f"SELECT counter, {_EDGE.format('start_second', 'end_second')} AS change FROM counter_interval {_SIDES}",
        *(f"SELECT 0 AS counter, second, 0 AS change FROM ({moment}) AS moment" for moment in moments),
    ]
    summed = _listed(f"SUM(CASE WHEN counter = {n} THEN change ELSE 0 END) AS change_{n}" for n in numbers)
    running = _listed(f"SUM(change_{n}) OVER (ORDER BY second) AS count_{n}" for n in numbers)
    states = _listed(f"{state} AS predicate_{position}" for position, state in enumerate(counters.states, 1))
    return f"""
        {f"run AS ({counters.run})," if counters.run else ""}
        counter_interval AS ({" UNION ALL ".join(intervals)}),
        change AS ({" UNION ALL ".join(changes)}),
        moment AS (SELECT second{summed} FROM change GROUP BY second),
        level AS (SELECT second, LEAD(second) OVER (ORDER BY second) AS next_second{running} FROM moment),
        stretch AS (SELECT second, next_second{states} FROM level WHERE NOT next_second IS NULL),
        timeline AS (SELECT second, next_second, {condition} AS truth FROM stretch)"""


def _listed(columns: Iterable[str]) -> str:
    return "".join(f", {column}" for column in columns)


# Steps that end in `merged`: stretches numbered by `island`, neighbours of one state alike.
MERGED = """
    stated AS (
        SELECT second, next_second,
            CASE WHEN truth THEN 'matched' WHEN truth IS NULL THEN 'unknown' ELSE 'no' END AS state
        FROM timeline
    ),
    stepped AS (
        SELECT second, next_second, state,
            CASE WHEN LAG(state) OVER (ORDER BY second) = state THEN 0 ELSE 1 END AS step
        FROM stated
    ),
    merged AS (SELECT second, next_second, state, SUM(step) OVER (ORDER BY second) AS island FROM stepped)"""


def wanted(products: Sequence[str]) -> str:
    """The newest versions of the files of products, given as literals; of none, of all products that are known."""
    among = f"product IN ({', '.join(products)})" if products else "NOT product IS NULL"
    return f"wanted AS (SELECT id, name, start_second, end_second FROM file WHERE NOT superseded AND {among})"


def edges(start: int | None, end: int | None) -> str:
    """Where the wanted files begin and end that a stretch of time meets."""
    bounds = ["start_second < end_second"]
    if start is not None:
        bounds.append(f"end_second > {start}")
    if end is not None:
        bounds.append(f"start_second < {end}")
    # What has passed at the end counts, less what has passed at the start.
    edge = _EDGE.format("end_second", "start_second")
    return f"edge AS (SELECT id, {edge} AS side FROM wanted {_SIDES} WHERE {' AND '.join(bounds)})"


# The midnights before the edges of files: with them, each day of the timeline is complete in itself.
DAYS_OF_EDGES = f"SELECT DISTINCT second - MOD(second, {_DAY}) AS second FROM edge"

# Steps that end in `measured`: how many seconds of each file the query holds (`seconds`), or may hold.
# What has passed at an edge follows from the stretch that it is in: the last that began before it on the same
# day, which is the greatest second so far at which one began.
MEASURED = f"""
    span AS (
        SELECT second,
            CASE WHEN truth THEN next_second - second ELSE 0 END AS sure,
            CASE WHEN truth IS FALSE THEN 0 ELSE next_second - second END AS possible
        FROM timeline
    ),
    passed AS (
        SELECT second, sure, possible,
            CAST(SUM(sure) OVER (ORDER BY second) AS BIGINT) AS sure_after,
            CAST(SUM(possible) OVER (ORDER BY second) AS BIGINT) AS possible_after
        FROM span
    ),
    point AS (
        SELECT CAST(NULL AS BIGINT) AS id, 0 AS side, second, second AS began FROM passed
        UNION ALL
        SELECT id, side, second, NULL FROM edge
    ),
    located AS (
        SELECT id, side, second,
            MAX(began) OVER (PARTITION BY second - MOD(second, {_DAY}) ORDER BY second) AS began
        FROM point
    ),
    measured_edge AS (
        SELECT id, side,
            LEAST(sure_after, sure_after - sure + located.second - began) AS sure,
            LEAST(possible_after, possible_after - possible + located.second - began) AS possible
        FROM located JOIN passed ON passed.second = located.began
        WHERE NOT id IS NULL
    ),
    measured AS (
        SELECT id, CAST(SUM(side * sure) AS BIGINT) AS seconds, SUM(side * possible) AS possible
        FROM measured_edge
        GROUP BY id
    )"""
