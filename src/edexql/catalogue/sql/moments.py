# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""When a query holds: the steps from the days of each satellite to stretches of all time.

Days of which something changes are swept one by one, each complete for all satellites. What lies between them is as it
is where nothing is known. Only what touches midnight is joined across days.
"""

from __future__ import annotations

from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.counters import FIRST_DAY, LAST_DAY, changes_of, each, edges
from edexql.catalogue.sql.sweep import (
    OF_DAY,
    case_of_number,
    levels,
    listed,
    predicate_columns,
    predicates_of_levels,
)
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edexql.catalogue.sql.counters import Counters
    from edexql.catalogue.sql.predicates import Hull

_STATE = "CASE WHEN truth THEN 'matched' WHEN truth IS NULL THEN 'unknown' ELSE 'no' END"


def times(
    counters: Counters, conditions: Mapping[int, str], hull: Hull, satellites: Sequence[str], number: str
) -> list[str]:
    """Steps that end in `island`: stretches in which a query holds or may, for any of some satellites.

    `first_second` and `last_second` are FIRST_DAY and LAST_DAY + a day where it is open. Of the conditions of several
    queries, by their numbers, `number` is the column that says which, with a comma.
    """
    steps = [
        f"event AS ({_events(counters, hull, satellites)})",
        f"""level AS (
            SELECT satellite, midnight, second,
                COALESCE(LEAD(second) OVER ({OF_DAY} ORDER BY second), midnight + {DAY}) AS next_second
                {levels(counters)}
            FROM event
        )""",
        f"""stretch AS (
            SELECT satellite, midnight, second, next_second{predicates_of_levels(counters)} FROM level
        )""",
    ]
    truth, source = next(iter(conditions.values())), "stretch"
    if number:
        truth, source = case_of_number(conditions), "numbered"
        steps.append(f"""numbered AS (
            SELECT {each(map(str, conditions))} AS number,
                {listed(("satellite", "midnight", "second", "next_second", *predicate_columns(counters)))}
            FROM stretch
        )""")
    steps.append(f"""timeline AS (
        SELECT {number}satellite, midnight, second, next_second, {truth} AS truth FROM {source}
        WHERE second < next_second
    )""")
    if len(satellites) > 1:
        steps += _any(number)
    else:
        steps.append(f"stated AS (SELECT {number}midnight, second, {_STATE} AS state FROM timeline)")
    return [*steps, *_spans(number), *_between(counters, truth, number), *_healed(hull, number)]


def _events(counters: Counters, hull: Hull, satellites: Sequence[str]) -> str:
    """What changes, and the midnights of days that are swept, for each satellite."""
    start, end = hull
    first = FIRST_DAY if start == BEGINNING else start // DAY * DAY
    last = LAST_DAY if end == END else (end - 1) // DAY * DAY
    days = ", ".join(f"({day})" for day in sorted({first, *counters.edges, last}))
    changes = changes_of(counters)
    still = "".join(f", CAST(0 AS BIGINT) AS {change}" for change in changes)
    marks = f"""
        SELECT satellite, midnight, midnight AS second{still}
        FROM (
            SELECT {each(satellites)} AS satellite, CAST(day AS BIGINT) AS midnight FROM (VALUES {days}) AS swept(day)
        ) AS marked"""
    if not counters.selects:
        return marks
    sides = range(2, 2 + len(satellites))
    mine = " ".join(f"WHEN {side} THEN {name}" for side, name in zip(sides, satellites, strict=True))
    found = edges(counters, ["1", "-1", *map(str, sides)], f"CASE side {mine} ELSE satellite END")
    return f"{found} UNION ALL {marks}"


def _any(number: str) -> list[str]:
    """Steps that end in `stated`: of several satellites, any will do."""
    by_second = f"OVER (PARTITION BY {number}midnight ORDER BY second)"
    return [
        f"""sided AS (
            SELECT {number}midnight, CASE side WHEN 1 THEN second ELSE next_second END AS second,
                CASE WHEN truth THEN side ELSE 0 END AS sure, CASE WHEN truth IS FALSE THEN 0 ELSE side END AS possible
            FROM (
                SELECT {number}midnight, second, next_second, truth, {each(("1", "-1"))} AS side FROM timeline
            ) AS two
        )""",
        f"""satellites AS (
            SELECT {number}midnight, second, COALESCE(LEAD(second) {by_second}, midnight + {DAY}) AS next_second,
                SUM(sure) {by_second} AS sure, SUM(possible) {by_second} AS possible
            FROM sided
        )""",
        f"""stated AS (
            SELECT {number}midnight, second,
                CASE WHEN sure > 0 THEN 'matched' WHEN possible > 0 THEN 'unknown' ELSE 'no' END AS state
            FROM satellites WHERE second < next_second
        )""",
    ]


def _spans(number: str) -> list[str]:
    """Steps that end in `span`: what is alike together, in each day."""
    by_second = f"OVER (PARTITION BY {number}midnight ORDER BY second)"
    return [
        f"""stepped AS (
            SELECT {number}midnight, second, state, CASE WHEN LAG(state) {by_second} = state THEN 0 ELSE 1 END AS step
            FROM stated
        )""",
        f"""span AS (
            SELECT {number}midnight, second AS start_second,
                COALESCE(LEAD(second) {by_second}, midnight + {DAY}) AS end_second, state
            FROM stepped WHERE step = 1
        )""",
    ]


def _between(counters: Counters, truth: str, number: str) -> list[str]:
    """Steps that end in `everything`: the spans, and what lies between the days that were swept.

    Of each day the span that begins it looks for the next such day.
    """
    zero = "".join(f", CAST(0 AS BIGINT) AS level_{n}" for n in range(counters.width))
    begins = "CASE WHEN start_second > midnight THEN midnight END"
    following = f"OVER (PARTITION BY {number}{begins} ORDER BY midnight)"
    return [
        f"""followed AS (
            SELECT {number}midnight, start_second, end_second, state,
                CASE WHEN start_second = midnight THEN LEAD(midnight) {following} END AS next_day
            FROM span
        )""",
        f"""day_and_gap AS (
            SELECT {number}gap, midnight + {DAY} * gap AS midnight, state,
                CASE gap WHEN 0 THEN start_second ELSE midnight + {DAY} END AS start_second,
                CASE gap WHEN 0 THEN end_second ELSE next_day END AS end_second{zero}
            FROM (
                SELECT {number}midnight, start_second, end_second, state, next_day, {each(("0", "1"))} AS gap
                FROM followed
            ) AS two
            WHERE gap = 0 OR midnight + {DAY} < next_day
        )""",
        f"""unswept AS (
            SELECT {number}gap, midnight, state, start_second, end_second{predicates_of_levels(counters)}
            FROM day_and_gap
        )""",
        f"""judged AS (
            SELECT {number}gap, midnight, state, start_second, end_second, {truth} AS truth FROM unswept
        )""",
        f"""everything AS (
            SELECT {number}start_second, end_second,
                CASE WHEN gap = 0 AND start_second > midnight AND end_second < midnight + {DAY} THEN midnight END
                AS alone,
                CASE WHEN gap = 0 THEN state ELSE {_STATE} END AS state
            FROM judged
        )""",
    ]


def _healed(hull: Hull, number: str) -> list[str]:
    """Steps that end in `island`: spans that touch, together. What is not alone touches midnight."""
    start, end = hull
    first = "start_second" if start == BEGINNING else f"GREATEST(start_second, {start})"
    last = "end_second" if end == END else f"LEAST(end_second, {end})"
    together = f"OVER (PARTITION BY {number}state, alone ORDER BY start_second)"
    return [
        f"""within_hull AS (
            SELECT {number}{first} AS start_second, {last} AS end_second, alone, state FROM everything
            WHERE state <> 'no' AND {first} < {last}
        )""",
        f"""joined AS (
            SELECT {number}start_second, end_second, alone, state,
                CASE WHEN LAG(end_second) {together} = start_second THEN 0 ELSE 1 END AS step
            FROM within_hull
        )""",
        f"""healed AS (
            SELECT {number}start_second, end_second, alone, state, SUM(step) {together} AS place FROM joined
        )""",
        f"""island AS (
            SELECT {number}MIN(start_second) AS first_second, MAX(end_second) AS last_second, state
            FROM healed GROUP BY {number}state, alone, place
        )""",
    ]
