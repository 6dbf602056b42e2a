# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""What is asked of the tables of an export, as SQL in the dialect of an engine, with its names of the tables."""

from __future__ import annotations

from edexql.base.extras import extra
from edexql.catalogue.sql import text as texts
from edexql.catalogue.sql.conditions import sampled
from edexql.catalogue.sql.conditions import text as literal
from edexql.catalogue.sql.counters import samples_within, within
from edexql.catalogue.sql.sweep import ORDER
from edexql.engines.exports import TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.sql.predicates import Hull
    from edexql.engines.protocol import TableEngine
    from edexql.model.field import Field
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

_WRITTEN_IN = "postgres"
# Dialects in which a series is joined, and does not stand among columns.
_JOINS_SERIES = ("trino", "presto", "athena")
_OF_POSITIONS = "series LIKE 'positions%'"
# Files without a product come first, as in a catalogue.
_ORDER = f"COALESCE(product, ''), {ORDER}"


def files(query: Query, vocabulary: Vocabulary, engine: TableEngine) -> str:
    """The files of a query: all that is known of each, `state` and `seconds`, in the order of an answer."""
    return _written(texts.files_sql(query, vocabulary, _WRITTEN_IN), engine)


def times(query: Query, vocabulary: Vocabulary, engine: TableEngine) -> str:
    """When a query holds: `start_second` and `end_second`, null where open, and `state`."""
    return _written(texts.times_sql(query, vocabulary, _WRITTEN_IN), engine)


def times_of_many(queries: Sequence[Query], vocabulary: Vocabulary, engine: TableEngine) -> str:
    """When several queries hold: `number`, from 1, and the columns of `times`."""
    return _written(texts.times_sql_of_many(queries, vocabulary, _WRITTEN_IN), engine)


def sessions(products: Sequence[str], engine: TableEngine) -> str:
    """The times that files of some products cover, of all products where none is named: `product`, `start_second`
    and `end_second` of intervals that may touch."""
    return _written(
        f"""
        WITH span AS (
            SELECT product, start_second, end_second FROM file
            WHERE start_second < end_second AND {_among(products)}
        ),
        reached AS (
            SELECT product, start_second, end_second,
                MAX(end_second) OVER (
                    PARTITION BY product ORDER BY start_second, end_second
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS before
            FROM span
        ),
        numbered AS (
            SELECT product, start_second, end_second,
                SUM(CASE WHEN before >= start_second THEN 0 ELSE 1 END) OVER (
                    PARTITION BY product ORDER BY start_second, end_second ROWS UNBOUNDED PRECEDING
                ) AS island
            FROM reached
        )
        SELECT product, MIN(start_second) AS start_second, MAX(end_second) AS end_second
        FROM numbered GROUP BY product, island ORDER BY product, start_second""",
        engine,
    )


def origins(satellites: Sequence[str], fields: Sequence[str] | None, engine: TableEngine) -> str:
    """The rows of `origin` of some satellites that are about some fields, and those of positions; None is all rows."""
    among = f"satellite IN ({', '.join(map(literal, satellites))})"
    if fields is not None:
        about = [f"' ' || fields || ' ' LIKE {literal(f'% {field} %')}" for field in fields]
        among += f" AND ({' OR '.join([*about, _OF_POSITIONS])})"
    return _written(
        "SELECT satellite, series, label, fields, step, epoch_second, start_second, end_second FROM origin"
        f" WHERE {among}",
        engine,
    )


def sampled_values(fields: Sequence[Field], satellite: str, span: Hull, engine: TableEngine) -> str:
    """The values of spacecraft fields in a span of time: `second`, in order, and `value_1`, `value_2`, ..., null where
    there is none."""
    columns = (f"{sampled(field)} AS value_{number}" for number, field in enumerate(fields, 1))
    return _written(
        f"SELECT second, {', '.join(columns)} FROM ephemeris WHERE {samples_within(span, [literal(satellite)])}"
        " ORDER BY second",
        engine,
    )


def held_values(fields: Sequence[str], satellite: str, span: Hull, engine: TableEngine) -> str:
    """The values of other fields that hold in a span of time: `field`, `value`, `start_second`, `end_second`."""
    return _written(
        f"SELECT field, value, start_second, end_second FROM held WHERE {within(span, [literal(satellite)])}"
        f" AND field IN ({', '.join(map(literal, fields))})",
        engine,
    )


def spans(products: Sequence[str], engine: TableEngine) -> str:
    """The spans of the newest versions of the files of products, of all products where none is named: `start_second`
    and `end_second`, null where the name has no times."""
    return _written(
        f"SELECT start_second, end_second FROM file WHERE NOT superseded AND {_among(products)} ORDER BY {_ORDER}",
        engine,
    )


def products(engine: TableEngine) -> str:
    """The products that there are files of, as `product`."""
    return _written("SELECT DISTINCT product FROM file WHERE NOT product IS NULL ORDER BY product", engine)


def any_row(table: str, engine: TableEngine) -> str:
    """A row of a table, if it has any."""
    return _written(f"SELECT 1 AS found FROM {table} LIMIT 1", engine)


def versions(name: str, beginning: str, engine: TableEngine) -> str:
    """The files of a name, and the newest versions of those that begin in some way: all that is known of each."""
    return _written(
        f"""
        SELECT name, product, start_second, end_second, size, size_text, place, synthetic FROM file
        WHERE name = {literal(name)}
        OR (NOT superseded AND SUBSTRING(name, 1, {len(beginning)}) = {literal(beginning)}) ORDER BY {_ORDER}""",
        engine,
    )


def names_that_begin(prefix: str, most: int, engine: TableEngine) -> str:
    """The names of files that begin with some letters, in either case: of more than `most`, the first ones."""
    length = len(prefix)
    return _written(
        f"SELECT name FROM file WHERE LOWER(SUBSTRING(name, 1, {length})) = {literal(prefix.lower())}"
        f" ORDER BY {_ORDER} LIMIT {most}",
        engine,
    )


def _among(products: Sequence[str]) -> str:
    return f"product IN ({', '.join(map(literal, products))})" if products else "NOT product IS NULL"


def _written(text: str, engine: TableEngine) -> str:
    """A text of PostgreSQL's dialect in that of an engine, with its names of the tables."""
    sqlglot = extra("sqlglot", "sql")
    exp = sqlglot.exp
    statement = sqlglot.parse_one(text, read=_WRITTEN_IN)
    if engine.dialect in _JOINS_SERIES:
        for series in list(statement.find_all(exp.ExplodingGenerateSeries)):
            series.replace(exp.Explode(this=exp.GenerateSeries(**series.args)))
    for table in list(statement.find_all(exp.Table)):
        if table.name in TABLES and not table.args.get("db"):
            alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
            table.replace(exp.Table(this=exp.Var(this=engine.relation(table.name)), alias=alias))
    written: str = statement.sql(engine.dialect, comments=False)
    return written
