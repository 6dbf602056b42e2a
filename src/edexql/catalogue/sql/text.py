# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""A query as one SQL text, which gives over the exported schema what the catalogue itself answers.

It is written once, in the dialect of PostgreSQL, and put into the others by sqlglot. The comment at its head says what
it asks, and what it is to be run on.
"""

from __future__ import annotations

from edexql.base.extras import extra
from edexql.catalogue.plan import plan
from edexql.catalogue.sql import schema, sweep
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.counters import counters_of, periods_select
from edexql.catalogue.sql.moments import TIMES, times
from edexql.catalogue.sql.predicates import predicates_of
from edexql.catalogue.sql.schema import DIALECTS, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.sql.counters import Counters
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
    columns = ", ".join((*COLUMNS, "state", "seconds"))
    return _files([query], vocabulary, COLUMNS, header(title, dialect, columns), dialect)


def times_sql(query: Query, vocabulary: Vocabulary, dialect: str, title: str = "") -> str:
    """When a query holds: rows of start_second, end_second (null where open) and state, in order of time.

    Arguments and errors are those of `sql`. Files play no part: of several satellites, it holds when it does for any.
    """
    head = header(title, dialect, _TIME_COLUMNS)
    whole = plan(query)
    if whole is None:
        nothing = "CAST(NULL AS BIGINT)"
        return _text(
            [], f"SELECT {nothing} AS start_second, {nothing} AS end_second, 'matched' AS state", dialect, head
        )
    predicates = predicates_of(whole, query.constraints, vocabulary)
    satellites = _satellites(query.products or tuple(vocabulary.products), vocabulary)
    counters = counters_of(predicates.predicates, satellites, predicates.hull)
    steps = times(counters, predicates.condition, predicates.hull, satellites)
    return _text(steps, TIMES, dialect, head, counters)


def _files(queries: Sequence[Query], vocabulary: Vocabulary, columns: Sequence[str], head: str, dialect: str) -> str:
    (query,) = queries
    products = tuple(map(text, query.products))
    satellites = _satellites(query.products, vocabulary)
    listed = ", ".join(columns)
    whole = plan(query)
    if whole is None:
        rows = f"""
            SELECT {listed}, 'matched' AS state, COALESCE(end_second - start_second, 0) AS seconds
            FROM file WHERE {sweep.newest(products, satellites)} ORDER BY {sweep.ORDER}"""
        return _text([], rows, dialect, head)
    predicates = predicates_of(whole, query.constraints, vocabulary)
    counters = counters_of(predicates.predicates, satellites, predicates.hull)
    asked = [sweep.Asked(products, predicates.condition)]
    steps = sweep.files(counters, asked, columns, predicates.hull, satellites)
    rows = f"SELECT {listed}, {sweep.STATE}, seconds FROM measured ORDER BY {sweep.ORDER}"
    return _text(steps, rows, dialect, head, counters)


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
