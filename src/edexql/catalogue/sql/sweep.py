# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""The sweep: from intervals in which counters are higher to the truth of a query, and to what files have of it.

A satellite's day is complete in itself: intervals end at midnight, files are cut there. So every window is one
satellite's day, and days can be worked on apart. All here are steps of a WITH, in the dialect of PostgreSQL; each is
named once, by the next, because Spark works a step out each time that it is named.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.counters import FIRST_DAY, changes_of, each, edges, file_months, midnight, of_satellites
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edexql.catalogue.sql.counters import Counters
    from edexql.catalogue.sql.predicates import Hull

# The day of files that have no times.
_NO_DAY = FIRST_DAY - DAY
# What a file is found, counted and put in order by.
_CARRIED = ("name", "product", "start_second", "end_second")
_TYPES = {"start_second": "BIGINT", "end_second": "BIGINT", "size": "BIGINT", "synthetic": "BOOLEAN"}
KEYS = ("product", "COALESCE(start_second, 0)", "COALESCE(end_second, 0)", "name")
ORDER = ", ".join(KEYS)
# A file without times may match, and has no seconds.
STATE = "CASE WHEN seconds > 0 THEN 'matched' ELSE 'unknown' END AS state"
# The parts of that number: two bits for the truth, 17 for the second of the day, then what has passed, 18 bits each.
_SURE, _POSSIBLE = 2**19, 2**37
_BEGAN = f"((last & {_SURE - 1}) >> 2)"
OF_DAY = "PARTITION BY satellite, midnight"


class Asked(Record):
    """A query: the literals of its products, none for all that are known, and its condition on predicates."""

    products: tuple[str, ...]
    condition: str


def listed(columns: Iterable[str]) -> str:
    return ", ".join(columns)


def carried(columns: Sequence[str]) -> list[str]:
    """The columns of `file` beside `satellite` that go through the sweep so that some can be given."""
    return [*_CARRIED, *(column for column in columns if column not in (*_CARRIED, "satellite"))]


def among(products: Sequence[str]) -> str:
    """Whether a file is of some products; of none, whether its product is known."""
    return f"product IN ({listed(products)})" if products else "NOT product IS NULL"


def newest(products: Sequence[str], satellites: Sequence[str]) -> str:
    """What keeps `file` to the newest versions of files of products."""
    return f"{of_satellites(satellites)} AND NOT superseded AND {among(products)}"


def predicate_columns(counters: Counters) -> list[str]:
    """The names of the columns `predicate_N`."""
    return [f"predicate_{place}" for place, _ in enumerate(counters.states, 1)]


def predicates_of_levels(counters: Counters) -> str:
    """The columns `predicate_N` of a select from levels."""
    return "".join(f", {state} AS predicate_{place}" for place, state in enumerate(counters.states, 1))


def levels(counters: Counters) -> str:
    """The columns `level_N` of a select from events."""
    return "".join(
        f", CAST(SUM(change_{n}) OVER ({OF_DAY} ORDER BY second) AS BIGINT) AS level_{n}" for n in range(counters.width)
    )


def case_of_number(values: Mapping[int, str]) -> str:
    """What is of a query, by its number."""
    return f"CASE number {' '.join(f'WHEN {number} THEN {value}' for number, value in values.items())} END"


def _part(number: str, unit: int) -> str:
    return f"(({number} >> {unit.bit_length() - 1}) & {2**18 - 1})"


def _wanted(products: Sequence[str], satellites: Sequence[str], columns: str, hull: Hull) -> str:
    """The newest versions of files of products that have times in a stretch, or none at all."""
    start, end = hull
    # Apart, because only comparisons with a number are pushed down to the files.
    within = ["start_second < end_second"]
    if start != BEGINNING:
        within.append(f"end_second > {start}")
    if end != END:
        within.append(f"start_second < {end}")
    first = "start_second" if start == BEGINNING else f"GREATEST(start_second, {start})"
    last = "end_second" if end == END else f"LEAST(end_second, {end})"
    return f"""
        SELECT satellite, {columns},
            CASE WHEN start_second IS NULL THEN CAST({_NO_DAY} AS BIGINT) ELSE {first} END AS first_second,
            CASE WHEN start_second IS NULL THEN CAST({_NO_DAY + 1} AS BIGINT) ELSE {last} END AS last_second
        FROM file
        WHERE {newest(products, satellites)} AND {file_months(hull)}
            {"".join(f" AND (start_second IS NULL OR {bound})" for bound in within)}"""


def _events(counters: Counters, columns: Sequence[str], wanted: str) -> str:
    """What changes, and the parts of files by day: each where it begins, with its end in `until`."""
    changes = changes_of(counters)
    still = "".join(f", CAST(0 AS BIGINT) AS {change}" for change in changes)
    parts = f"""
        SELECT satellite, midnight, GREATEST(first_second, midnight) AS second,
            LEAST(last_second, midnight + {DAY}) AS until{still}, {listed(columns)}
        FROM (
            SELECT satellite, {listed(columns)}, first_second, last_second, GENERATE_SERIES(
                {midnight("first_second")}, {midnight("(last_second - 1)")}, CAST({DAY} AS BIGINT)) AS midnight
            FROM ({wanted}) AS wanted
        ) AS part"""
    if not counters.selects:
        return parts
    nothing = listed(f"CAST(NULL AS {_TYPES.get(column, 'TEXT')}) AS {column}" for column in columns)
    return f"""
        SELECT satellite, midnight, second, second AS until, {listed(changes)}, {nothing}
        FROM ({edges(counters, ("1", "-1"))}) AS edge
        UNION ALL {parts}"""


def files(
    counters: Counters,
    asked: Mapping[int, Asked],
    columns: Sequence[str],
    hull: Hull,
    satellites: Sequence[str],
    number: str,
) -> list[str]:
    """Steps that end in `measured`: the files that match or may, their columns and their matched seconds.

    Of several queries `number` is the column that says which, with a comma. What has passed of a file's part of a day
    by its end follows from the last change before. All that has to be known of a change stands in one number, which
    only grows in the course of a day: seconds that may be the query's, seconds that are, its own second, and the truth.
    """
    each_asked = list(asked.values())
    every = any(not one.products for one in each_asked)
    products = [] if every else list(dict.fromkeys(product for one in each_asked for product in one.products))
    columns = carried(columns)
    carry = listed(columns)
    steps = [
        f"event AS ({_events(counters, columns, _wanted(products, satellites, carry, hull))})",
        f"""level AS (
            SELECT satellite, midnight, second, until, {carry},
                COALESCE(LEAD(second) OVER ({OF_DAY} ORDER BY second), midnight + {DAY}) AS next_second
                {levels(counters)}
            FROM event
        )""",
        f"""stretch AS (
            SELECT satellite, midnight, second, next_second, until, {carry}{predicates_of_levels(counters)} FROM level
        )""",
    ]
    truth, source, mine = each_asked[0].condition, "stretch", ""
    if number:
        states = "".join(f", {state}" for state in predicate_columns(counters))
        steps.append(f"""numbered AS (
            SELECT {each(map(str, asked))} AS number, satellite, midnight, second, next_second, until, {carry}{states}
            FROM stretch
        )""")
        truth, source = case_of_number({place: one.condition for place, one in asked.items()}), "numbered"
        if len({one.products for one in each_asked}) > 1:
            mine = f" AND {case_of_number({place: among(one.products) for place, one in asked.items()})}"
    of_day = f"PARTITION BY {number}satellite, midnight"
    before = f"OVER ({of_day} ORDER BY second RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    by_then = f"OVER ({of_day} ORDER BY until)"
    given = f"{number}satellite, {carry}"
    steps += [
        f"""timeline AS (
            SELECT {number}satellite, midnight, second, next_second, until, {carry},
                {truth} AS truth
            FROM {source}
        )""",
        f"""passed AS (
            SELECT {number}satellite, midnight, until, {carry},
                CAST(COALESCE(SUM(
                    CASE WHEN truth IS FALSE THEN 0 ELSE next_second - second END * {_POSSIBLE}
                    + CASE WHEN truth THEN next_second - second ELSE 0 END * {_SURE}
                ) {before}, 0) AS BIGINT)
                + (second - midnight) * 4 + CASE WHEN truth THEN 2 WHEN truth IS NULL THEN 1 ELSE 0 END AS past
            FROM timeline
        )""",
        f"""located AS (
            SELECT {given}, past, until - midnight AS until, MAX(past) {by_then} AS last FROM passed
        )""",
        f"""part_measured AS (
            SELECT {given},
                {_part("last", _SURE)} - {_part("past", _SURE)}
                + CASE WHEN (last & 3) = 2 THEN until - {_BEGAN} ELSE 0 END AS sure,
                {_part("last", _POSSIBLE)} - {_part("past", _POSSIBLE)}
                + CASE WHEN (last & 3) > 0 THEN until - {_BEGAN} ELSE 0 END AS possible
            FROM located WHERE NOT name IS NULL{mine}
        )""",
        f"""measured AS (
            SELECT {given},
                CASE WHEN start_second IS NULL THEN 0 ELSE CAST(SUM(sure) AS BIGINT) END AS seconds
            FROM part_measured WHERE possible > 0 OR start_second IS NULL
            GROUP BY {given}
        )""",
    ]
    return steps
