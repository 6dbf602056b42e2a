# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""A query as one SQL text, which gives over the exported schema what the catalogue itself answers.

It is written once, in the dialect of PostgreSQL, and put into the others by sqlglot. The comment at its head says what
it asks, and what it is to be run on.
"""

from __future__ import annotations

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.catalogue.plan import plan
from edexql.catalogue.sql import schema, sweep
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.counters import FIRST_DAY, LAST_DAY, counters_of, periods_select
from edexql.catalogue.sql.moments import times
from edexql.catalogue.sql.predicates import check, predicates_of
from edexql.catalogue.sql.schema import DIALECTS, VERSION
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.sql.counters import Counters
    from edexql.catalogue.sql.predicates import Hull, Predicate
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


_MOST_LINES = 30
_LONGEST = 160


def header(title: str, dialect: str, columns: str) -> str:
    """Comment lines. Nothing of `title` can leave them. Raises ValueError for a dialect that there is not."""
    if dialect not in DIALECTS:
        raise ValueError(f"unknown dialect {dialect}; the dialects are {', '.join(DIALECTS)}")
    lines = [
        f"A query of edexql for {DIALECTS[dialect]}, on tables of schema {VERSION}: see docs/schema.md",
        f"Rows: {columns}",
    ]
    title_lines = title.splitlines()
    lines += title_lines[:_MOST_LINES]
    if len(title_lines) > _MOST_LINES:
        lines.append(f"... and {len(title_lines) - _MOST_LINES:,} more lines")
    return "".join(f"-- {_harmless(line)}\n" for line in lines)


def _harmless(line: str) -> str:
    """A line that ends where it ends in every engine.

    Spark goes on after a backslash at the end of a comment, and fills in `${name}` in comments as well.
    """
    seen = "".join(c if c.isprintable() else " " for c in line)
    if len(seen) > _LONGEST:
        seen = seen[:_LONGEST] + " ..."
    return seen.replace("${", "$ {").replace("\\", "\\ ")


_WRITTEN_IN = "postgres"
_FILE_COLUMNS = "name; state, matched or unknown (no information); seconds of the file that match"
_TIME_COLUMNS = "start_second and end_second, open where null; state, matched or unknown (no information)"
# Predicates of all queries of one statement.
MOST_TOGETHER = 400
# What an answer is made of.
COLUMNS = (
    "name", "product", "instrument", "satellite", "start_second", "end_second", "size", "size_text", "version", "place",
    "synthetic", "origin",
)  # fmt: skip


def sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """The files of a query: rows of name, state (`matched` or `unknown`) and matched seconds.

    The rows come in order of product, start, end and name. `dialect` is duckdb, postgres or spark; the lines of
    `title` go into the comment at the head. Raises SqlError where the query is too large, MissingExtra without the
    package sqlglot.
    """
    return _files([query], vocabulary, ("name",), header(title, dialect, _FILE_COLUMNS), dialect)


def files_sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """The files of a query with what the catalogue knows of them: rows of COLUMNS, state and matched seconds.

    Order, arguments and errors are those of `sql`.
    """
    head = header(title, dialect, ", ".join((*COLUMNS, "state", "seconds")))
    return _files([query], vocabulary, COLUMNS, head, dialect)


def files_sql_of_many(
    queries: Sequence[Query], vocabulary: Vocabulary, dialect: str, title: str = "", columns: Sequence[str] = COLUMNS
) -> str:
    """The files of several queries in one statement: rows of number, columns of COLUMNS, state and matched seconds.

    `number` counts the queries from 1; the rows of each are in the order of `sql`, and so are the errors. What the
    queries have in common is worked out once.
    """
    head = header(title, dialect, ", ".join(("number (which query, from 1)", *columns, "state", "seconds")))
    return _files(queries, vocabulary, columns, head, dialect, "number, ")


def times_sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """When a query holds: rows of start_second, end_second (null where open) and state, in order of time.

    Arguments and errors are those of `sql`. Files play no part: of several satellites, it holds when it does for any.
    """
    return _times([query], vocabulary, header(title, dialect, _TIME_COLUMNS), dialect)


def times_sql_of_many(queries: Sequence[Query], vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """When several queries hold, in one statement: rows of number (from 1) and of what `times_sql` gives.

    Products and dates may differ, but each is about the satellites of all of them. Errors are those of `sql`.
    """
    head = header(title, dialect, f"number (which query, from 1); {_TIME_COLUMNS}")
    return _times(queries, vocabulary, head, dialect, "number, ")


class _Together(Record):
    """What queries have in common: predicates, the stretch of time that they are about, satellites as literals.

    `conditions` are theirs on the predicates by number; those without constraints are not among them.
    """

    counters: Counters
    hull: Hull
    satellites: tuple[str, ...]
    conditions: dict[int, str]


def _together(queries: Sequence[Query], vocabulary: Vocabulary, satellites: Sequence[str]) -> _Together:
    predicates: tuple[Predicate, ...] = ()
    hulls: list[Hull] = []
    conditions: dict[int, str] = {}
    for number, query in enumerate(queries, 1):
        whole = plan(query)
        if whole is not None:
            mine = predicates_of(whole, query.constraints, vocabulary, predicates)
            predicates, conditions[number] = mine.predicates, mine.condition
            hulls.append(mine.hull)
    check("different predicates in all queries", len(predicates), MOST_TOGETHER)
    # One that never holds is about no time.
    some = [hull for hull in hulls if hull[0] < hull[1]] or hulls or [(0, 0)]
    hull = min(start for start, _ in some), max(end for _, end in some)
    return _Together(counters_of(predicates, satellites, hull), hull, tuple(satellites), conditions)


def _files(
    queries: Sequence[Query], vocabulary: Vocabulary, columns: Sequence[str], head: str, dialect: str, number: str = ""
) -> str:
    given = ", ".join(columns)
    order = f"{number}{sweep.ORDER}"
    products = [tuple(map(text, query.products)) for query in queries]
    satellites = [_satellites(query.products, vocabulary) for query in queries]
    together = _together(queries, vocabulary, list(dict.fromkeys(one for each in satellites for one in each)))
    every = "'matched' AS state, CAST(COALESCE(end_second - start_second, 0) AS BIGINT) AS seconds"
    selects = [
        (
            f"{number and f'{place} AS number, '}{given}, {every}",
            f"file WHERE {sweep.newest(products[place - 1], satellites[place - 1])}",
        )
        for place in range(1, len(queries) + 1)
        if place not in together.conditions
    ]
    steps: list[str] = []
    if together.conditions:
        asked = {place: sweep.Asked(products[place - 1], one) for place, one in together.conditions.items()}
        steps = sweep.files(together.counters, asked, columns, together.hull, together.satellites, number)
        selects.append((f"{number}{given}, {sweep.STATE}, seconds", "measured"))
    if len(selects) == 1:
        ((listed, source),) = selects
        return _text(steps, f"SELECT {listed} FROM {source} ORDER BY {order}", dialect, head, together.counters)
    # What is put together is ordered by its own columns.
    keys = ", ".join(f"{key} AS key_{place}" for place, key in enumerate(sweep.KEYS))
    rows = " UNION ALL ".join(f"SELECT {listed}, {keys} FROM {source}" for listed, source in selects)
    by = ", ".join(f"key_{place}" for place, _ in enumerate(sweep.KEYS))
    whole = f"SELECT {number}{given}, state, seconds FROM ({rows}) AS answer ORDER BY {number}{by}"
    return _text(steps, whole, dialect, head, together.counters)


def _times(queries: Sequence[Query], vocabulary: Vocabulary, head: str, dialect: str, number: str = "") -> str:
    every = [one for query in queries for one in query.products or vocabulary.products]
    together = _together(queries, vocabulary, _satellites(every, vocabulary))
    nothing = "CAST(NULL AS BIGINT)"
    always = (
        f"{nothing} AS start_second, {nothing} AS end_second, 'matched' AS state, "
        f"CAST({FIRST_DAY} AS BIGINT) AS first_second"
    )
    selects = [
        f"SELECT {number and f'{place} AS number, '}{always}"
        for place in range(1, len(queries) + 1)
        if place not in together.conditions
    ]
    steps: list[str] = []
    if together.conditions:
        steps = times(together.counters, together.conditions, together.hull, together.satellites, number)
        selects.append(
            f"SELECT {number}NULLIF(first_second, {FIRST_DAY}) AS start_second, "
            f"NULLIF(last_second, {LAST_DAY + DAY}) AS end_second, state, first_second FROM island"
        )
    rows = f"""
        SELECT {number}start_second, end_second, state FROM ({" UNION ALL ".join(selects)}) AS answer
        ORDER BY {number}first_second"""
    return _text(steps, rows, dialect, head, together.counters)


def _satellites(products: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The satellites of products as literals; of no products, all that there are."""
    named = [schema.satellite_of(product, vocabulary) for product in products] or schema.satellites(vocabulary)
    return [text(schema.partition(satellite)) for satellite in dict.fromkeys(named)]


def _text(steps: Sequence[str], rows: str, dialect: str, head: str, counters: Counters | None = None) -> str:
    sqlglot = extra("sqlglot", "sql")
    select = f"WITH {', '.join(steps)} {rows}" if steps else rows
    (body,) = sqlglot.transpile(select, read=_WRITTEN_IN, write=dialect, pretty=True)
    if counters is not None and counters.periods:
        # sqlglot would take seconds over the rows.
        body = f"WITH period AS (\n{periods_select(counters.periods)}\n), " + body.removeprefix("WITH ")
    return f"{head}{body}\n"
