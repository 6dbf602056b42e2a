# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""A query as one SQL text, which gives over the exported schema what the catalogue itself answers.

It is written once, in the dialect of PostgreSQL, and put into the others by sqlglot. The comment at its head says what
it asks, and what it is to be run on.
"""

from __future__ import annotations

from edexql.base.extras import extra
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.plan import plan
from edexql.catalogue.sql import sweep
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.predicates import SqlError, predicates_of
from edexql.catalogue.sql.schema import DIALECTS, OPEN, VERSION
from edexql.catalogue.sql.sweep import counters_of, periods_select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.sql.sweep import Counters
    from edexql.model.query import Query
    from edexql.model.spacecraft import Satellite
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


_FILE_COLUMNS = "name; state, matched or unknown (no information); seconds of the file that match"
_TIME_COLUMNS = "start_second and end_second, open where null; state, matched or unknown (no information)"
_WRITTEN_IN = "postgres"


def satellite_of(query: Query, vocabulary: Vocabulary) -> Satellite | None:
    """The satellite that the SQL of a query is about, None where the mission has none.

    The tables are those of one satellite, so SqlError is raised where the products of the query are of several.
    """
    names = {vocabulary.satellite_of(product) for product in query.products or vocabulary.products}
    known = [one for name, one in vocabulary.satellites.items() if name in names]
    if len(vocabulary.satellites) > 1 and len(names) > 1:
        titles = ", ".join(one.title for one in known)
        raise SqlError(f"SQL is about one satellite, and this query about {titles}: name products of one of them")
    return known[0] if known else None


def sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """The files of a query: rows of name, state (`matched` or `unknown`) and matched seconds.

    The rows come in order of product, start, end and name. `dialect` is duckdb, postgres or spark; the lines of
    `title` go into the comment at the head. Raises SqlError where the query is too large or about several satellites,
    MissingExtra without the package sqlglot.
    """
    head = _head(query, vocabulary, title, dialect, _FILE_COLUMNS)
    wanted = sweep.wanted([text(name) for name in query.products])
    whole = plan(query)
    if whole is None:
        rows = """
        SELECT name, 'matched' AS state, COALESCE(end_second - start_second, 0) AS seconds FROM wanted ORDER BY id"""
        return _text([wanted], rows, dialect, head)
    predicates = predicates_of(whole, query.constraints, vocabulary)
    counters = counters_of(predicates)
    start, end = predicates.hull
    edges = sweep.edges(None if start == BEGINNING else start, None if end == END else end)
    timeline = sweep.timeline(counters, predicates.condition, [sweep.DAYS_OF_EDGES])
    rows = """
        SELECT name, CASE WHEN seconds > 0 THEN 'matched' ELSE 'unknown' END AS state, COALESCE(seconds, 0) AS seconds
        FROM wanted LEFT JOIN measured ON measured.id = wanted.id
        WHERE possible > 0 OR start_second IS NULL
        ORDER BY wanted.id"""
    return _text([wanted, edges, timeline, sweep.MEASURED], rows, dialect, head, counters)


def times_sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """When a query holds: rows of start_second, end_second (null where open) and state, in order of time.

    Arguments and errors are those of `sql`. Files play no part.
    """
    head = _head(query, vocabulary, title, dialect, _TIME_COLUMNS)
    whole = plan(query)
    if whole is None:
        nothing = "CAST(NULL AS BIGINT)"
        return _text(
            [], f"SELECT {nothing} AS start_second, {nothing} AS end_second, 'matched' AS state", dialect, head
        )
    predicates = predicates_of(whole, query.constraints, vocabulary)
    counters = counters_of(predicates)
    rows = f"""
        SELECT NULLIF(MIN(second), {-OPEN}) AS start_second, NULLIF(MAX(next_second), {OPEN}) AS end_second, state
        FROM merged WHERE state <> 'no' GROUP BY island, state ORDER BY MIN(second)"""
    return _text([sweep.timeline(counters, predicates.condition), sweep.MERGED], rows, dialect, head, counters)


def _head(query: Query, vocabulary: Vocabulary, title: str, dialect: str, columns: str) -> str:
    satellite = satellite_of(query, vocabulary)
    if satellite is not None and len(vocabulary.satellites) > 1:
        title = f"On an export of {satellite.title}\n{title}"
    return header(title, dialect, columns)


def _text(steps: Sequence[str], rows: str, dialect: str, head: str, counters: Counters | None = None) -> str:
    sqlglot = extra("sqlglot", "sql")
    select = f"WITH {', '.join(steps)} {rows}" if steps else rows
    (body,) = sqlglot.transpile(select, read=_WRITTEN_IN, write=dialect, pretty=True)
    if counters is not None and counters.periods:
        # sqlglot would take seconds over the rows.
        body = f"WITH period AS (\n{periods_select(counters.periods)}\n), " + body.removeprefix("WITH ")
    return f"{head}{body}\n"
