# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""When a query holds: the steps from the days of each satellite to stretches of all time.

Days of which something changes are swept one by one, each complete for all satellites. What lies between them is as it
is where nothing is known. Only what touches midnight is joined across days.
"""

from __future__ import annotations

from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.counters import FIRST_DAY, LAST_DAY, changes_of, each, edges
from edexql.catalogue.sql.sweep import OF_DAY, levels, listed, predicates_of_levels
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.sql.counters import Counters
    from edexql.catalogue.sql.predicates import Hull

_STATE = "CASE WHEN truth THEN 'matched' WHEN truth IS NULL THEN 'unknown' ELSE 'no' END AS state"
_BY_SECOND = "OVER (PARTITION BY midnight ORDER BY second)"
# What is not alone touches midnight.
_TOGETHER = "OVER (PARTITION BY state, alone ORDER BY start_second)"

TIMES = f"""
    SELECT NULLIF(first_second, {FIRST_DAY}) AS start_second, NULLIF(last_second, {LAST_DAY + DAY}) AS end_second, state
    FROM (
        SELECT MIN(start_second) AS first_second, MAX(end_second) AS last_second, state
        FROM healed GROUP BY state, alone, island
    ) AS island
    ORDER BY first_second"""


def times(counters: Counters, condition: str, hull: Hull, satellites: Sequence[str]) -> list[str]:
    """Steps that end in `healed`: stretches in which a query holds or may, for any of some satellites."""
    return [
        f"event AS ({_events(counters, hull, satellites)})",
        f"""level AS (
            SELECT satellite, midnight, second,
                COALESCE(LEAD(second) OVER ({OF_DAY} ORDER BY second), midnight + {DAY}) AS next_second
                {levels(counters)}
            FROM event
        )""",
        f"stretch AS (SELECT midnight, second, next_second{predicates_of_levels(counters)} FROM level)",
        f"""timeline AS (
            SELECT midnight, second, next_second, {condition} AS truth FROM stretch WHERE second < next_second
        )""",
        *(_ANY if len(satellites) > 1 else [f"stated AS (SELECT midnight, second, {_STATE} FROM timeline)"]),
        *_SPANS,
        *_between(counters, condition),
        *_healed(hull),
    ]


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


# Of several satellites, any will do.
_ANY = [
    """sided AS (
        SELECT midnight, CASE side WHEN 1 THEN second ELSE next_second END AS second,
            CASE WHEN truth THEN side ELSE 0 END AS sure, CASE WHEN truth IS FALSE THEN 0 ELSE side END AS possible
        FROM (SELECT midnight, second, next_second, truth, UNNEST(ARRAY[1, -1]) AS side FROM timeline) AS two
    )""",
    f"""counted_satellites AS (
        SELECT midnight, second, COALESCE(LEAD(second) {_BY_SECOND}, midnight + {DAY}) AS next_second,
            SUM(sure) {_BY_SECOND} AS sure, SUM(possible) {_BY_SECOND} AS possible
        FROM sided
    )""",
    """stated AS (
        SELECT midnight, second,
            CASE WHEN sure > 0 THEN 'matched' WHEN possible > 0 THEN 'unknown' ELSE 'no' END AS state
        FROM counted_satellites WHERE second < next_second
    )""",
]
_SPANS = [
    f"""stepped AS (
        SELECT midnight, second, state, CASE WHEN LAG(state) {_BY_SECOND} = state THEN 0 ELSE 1 END AS step FROM stated
    )""",
    f"""span AS (
        SELECT midnight, second AS start_second, COALESCE(LEAD(second) {_BY_SECOND}, midnight + {DAY}) AS end_second,
            state
        FROM stepped WHERE step = 1
    )""",
]


def _between(counters: Counters, condition: str) -> list[str]:
    """Steps that end in `everything`: the spans, and what lies between the days that were swept."""
    zero = "".join(f", CAST(0 AS BIGINT) AS level_{n}" for n in range(counters.width))
    following = "OVER (PARTITION BY CASE WHEN start_second > midnight THEN midnight END ORDER BY midnight)"
    return [
        f"""followed AS (
            SELECT midnight, start_second, end_second, state,
                CASE WHEN start_second = midnight THEN LEAD(midnight) {following} END AS next_day
            FROM span
        )""",
        f"""day_and_gap AS (
            SELECT gap, midnight + {DAY} * gap AS midnight, state,
                CASE gap WHEN 0 THEN start_second ELSE midnight + {DAY} END AS start_second,
                CASE gap WHEN 0 THEN end_second ELSE next_day END AS end_second{zero}
            FROM (
                SELECT midnight, start_second, end_second, state, next_day, UNNEST(ARRAY[0, 1]) AS gap FROM followed
            ) AS two
            WHERE gap = 0 OR midnight + {DAY} < next_day
        )""",
        f"""unswept AS (
            SELECT gap, midnight, state, start_second, end_second{predicates_of_levels(counters)} FROM day_and_gap
        )""",
        f"""judged AS (SELECT gap, midnight, state, start_second, end_second, {condition} AS truth FROM unswept)""",
        f"""everything AS (
            SELECT start_second, end_second,
                CASE WHEN gap = 0 AND start_second > midnight AND end_second < midnight + {DAY} THEN midnight END
                AS alone,
                CASE WHEN gap = 0 THEN state WHEN truth THEN 'matched' WHEN truth IS NULL THEN 'unknown' ELSE 'no' END
                AS state
            FROM judged
        )""",
    ]


def _healed(hull: Hull) -> list[str]:
    start, end = hull
    first = "start_second" if start == BEGINNING else f"GREATEST(start_second, {start})"
    last = "end_second" if end == END else f"LEAST(end_second, {end})"
    columns = listed(("start_second", "end_second", "alone", "state"))
    return [
        f"""within_hull AS (
            SELECT {first} AS start_second, {last} AS end_second, alone, state FROM everything
            WHERE state <> 'no' AND {first} < {last}
        )""",
        f"""joined AS (
            SELECT {columns}, CASE WHEN LAG(end_second) {_TOGETHER} = start_second THEN 0 ELSE 1 END AS step
            FROM within_hull
        )""",
        f"healed AS (SELECT {columns}, SUM(step) {_TOGETHER} AS island FROM joined)",
    ]
