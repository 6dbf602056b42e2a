# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""The sweep: from the rows of all units, second by second of change, to the truth of the query.

All here are steps of a WITH, in PostgreSQL's dialect. A step that is dear is named once by those behind it,
because Spark works it out each time that it is named.
"""

from __future__ import annotations

from edexql.catalogue.sql.schema import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.catalogue.sql.spells import Spells

_DAY = 86400
# An interval as its two edges.
_SIDES = "CROSS JOIN (VALUES (1), (-1)) AS side(side)"
_EDGE = "CASE WHEN side.side = 1 THEN {} ELSE {} END AS second, side.side"


def timeline(found: Spells, condition: str, moments: Iterable[str] = ()) -> str:
    """Steps that end in `timeline`: all time in stretches, and in `truth` whether the query holds in each.

    `moments` are selects of seconds at which a stretch is to begin, whatever else does.
    """
    counters = range(1, found.counters + 1)
    spells = [
        f"SELECT 0 AS counter, CAST({-OPEN} AS BIGINT) AS start_second, CAST({OPEN} AS BIGINT) AS end_second",
        *(["SELECT counter, start_second, end_second FROM period"] if found.periods else []),
        *found.selects,
    ]
    changes = [
        f"SELECT counter, {_EDGE.format('start_second', 'end_second')} AS change FROM spell {_SIDES}",
        *(f"SELECT 0 AS counter, second, 0 AS change FROM ({moment}) AS moment" for moment in moments),
    ]
    summed = _listed(f"SUM(CASE WHEN counter = {n} THEN change ELSE 0 END) AS change_{n}" for n in counters)
    running = _listed(f"SUM(change_{n}) OVER (ORDER BY second) AS count_{n}" for n in counters)
    states = _listed(f"{state} AS unit_{position}" for position, state in enumerate(found.states, 1))
    return f"""
        {f"run AS ({found.run})," if found.run else ""}
        spell AS ({" UNION ALL ".join(spells)}),
        change AS ({" UNION ALL ".join(changes)}),
        moment AS (SELECT second{summed} FROM change GROUP BY second),
        level AS (SELECT second, LEAD(second) OVER (ORDER BY second) AS next_second{running} FROM moment),
        stretch AS (SELECT second, next_second{states} FROM level WHERE NOT next_second IS NULL),
        timeline AS (SELECT second, next_second, {condition} AS truth FROM stretch)"""


def _listed(columns: Iterable[str]) -> str:
    return "".join(f", {column}" for column in columns)


# Steps that end in `healed`: stretches numbered by `piece`, neighbours of one state alike.
HEALED = """
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
    healed AS (SELECT second, next_second, state, SUM(step) OVER (ORDER BY second) AS piece FROM stepped)"""


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
