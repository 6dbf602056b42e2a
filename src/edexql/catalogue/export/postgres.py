"""A catalogue in the tables of PostgreSQL: a schema of its own, which is replaced as a whole.

All is one transaction: the tables are made and filled in a schema beside the one that is there, and take its place at
the end. Whatever cuts it off, the database forgets what was made, and the schema of before is as it was. The place is
taken when nobody reads the tables of before, so that a transaction of a reader sees one state from its first table to
its last. The rows are frozen, and so seen by a reader whose transaction began before, too.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress

from edexql.base.extras import extra
from edexql.base.text import printable
from edexql.base.version import __version__
from edexql.catalogue.export import manifest
from edexql.catalogue.export.database import USUAL_SCHEMA, Database, DatabaseError
from edexql.catalogue.export.export import Outcome, identity, left_empty, satellites_named
from edexql.catalogue.export.jobs import jobs_of
from edexql.catalogue.export.parquet import batch_of, columns_of
from edexql.catalogue.export.parts import Source
from edexql.catalogue.export.vocabulary import relevant
from edexql.catalogue.sql import schema
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from edexql.catalogue.export.export import Count
    from edexql.catalogue.sql.rows import Block
    from edexql.catalogue.sql.schema import Table
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

    Say = Callable[[str], None]

# The table that says what the others are, as names and values.
MANIFEST = "manifest"
_TABLES = "edexql.tables"
_BESIDE = "_new"
# Bytes of the name of a schema: PostgreSQL cuts off longer ones.
_LONGEST = 63 - len(_BESIDE)
# Rows that are made into text at a time.
_TOGETHER = 2**15
# Shorter than a server waits (1 s) before it ends one of two transactions that wait for each other.
_PATIENCE = "500ms"
_PAUSE = 0.2
_INDEXES = (
    "CREATE UNIQUE INDEX ON file (name)",
    "CREATE INDEX ON file (satellite, month)",
    "CREATE INDEX ON file (product, start_second)",
    "CREATE INDEX ON logged (satellite, key, word, start_second)",
    "CREATE INDEX ON covered (satellite, key, word, start_second)",
    "CREATE INDEX ON held (satellite, field, start_second)",
    "CREATE INDEX ON present (satellite, start_second)",
    # As good as (satellite, second) for rows that stand in this order, and some thousand times smaller.
    "CREATE INDEX ON ephemeris USING brin (satellite, month, second) WITH (pages_per_range = 32)",
)
_OTHERS = """\
SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend AS d
LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = %(id)s
AND (c.oid IS NULL OR c.relkind <> 'r' OR c.relname <> ALL (%(ours)s))
UNION
SELECT CASE WHEN r.oid IS NULL THEN pg_describe_object(d.classid, d.objid, 0) ELSE 'view ' || r.ev_class::regclass END
FROM pg_depend AS d JOIN pg_class AS t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_constraint AS f ON d.classid = 'pg_constraint'::regclass AND f.oid = d.objid
WHERE t.relnamespace = %(id)s AND t.relkind = 'r'
AND (r.ev_class <> t.oid OR (f.contype = 'f' AND f.conrelid <> t.oid))
ORDER BY 1"""
_GRANTS = """\
SELECT format('GRANT %%s ON SCHEMA %%I TO %%s%%s', a.privilege_type, %(new)s::text,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_namespace AS n, aclexplode(n.nspacl) AS a WHERE n.oid = %(id)s AND a.grantee <> n.nspowner
UNION ALL
SELECT format('GRANT %%s ON %%I.%%I TO %%s%%s', a.privilege_type, %(new)s::text, t.relname,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class AS t, aclexplode(t.relacl) AS a
WHERE t.relnamespace = %(id)s AND a.grantee <> t.relowner AND EXISTS (
    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = %(new)s AND c.relname = t.relname
)"""
_READERS = """\
SELECT DISTINCT format('%%s (process %%s)', coalesce(nullif(a.application_name, ''), a.usename), a.pid)
FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid JOIN pg_class AS t ON t.oid = l.relation
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND t.relnamespace = %s AND a.pid <> pg_backend_pid() ORDER BY 1"""


def load(
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    address: str,
    satellite: str | None = None,
    *,
    name: str = USUAL_SCHEMA,
    count: Count | None = None,
    say: Say | None = None,
) -> Outcome:
    """Fill the schema `name` of the database at an address with the rows of an export, in place of those of before.

    `satellite` is as in `export`. `count` gets how many months are done, of how many, `say` a line on the readers that
    are waited for. The bytes of the outcome are what the tables and their indexes take. Raises CatalogueError where the
    database cannot be reached, refuses, has something else in the schema, or is being filled by another; also for an
    unknown satellite. Raises MissingExtra without the packages psycopg and pyarrow.
    """
    extra("pyarrow.csv", "postgres")
    satellites = satellites_named(satellite, vocabulary)
    _check_name(name)
    try:
        database = Database(address)
        connection = database.connect()
    except DatabaseError as error:
        raise CatalogueError(str(error)) from None
    package = database.package
    connection.isolation_level = package.IsolationLevel.READ_COMMITTED
    connection.read_only = False
    try:
        with connection.transaction():
            before = _begun(connection, package, database.title, name)
            months, rows = _fill(connection, Source(catalogue, vocabulary), satellites, count or _uncounted)
            empty = left_empty(catalogue, vocabulary, satellites)
            _describe(connection, _marks(catalogue, vocabulary, satellite, empty))
            size = _finished(connection, vocabulary)
            _take_place(connection, package, name, before, say or _unsaid)
    except package.Error as error:
        lost = "the connection was lost: " if connection.closed else ""
        raise CatalogueError(
            f"{database.title}: {lost}{database.reason(error)}; the schema {name} is as it was before"
        ) from error
    finally:
        with suppress(package.Error):
            connection.close()
    return Outcome(empty, months, 0, rows, size)


class _Before:
    """The schema that is replaced: its number, and the tables in it, with which it can be dropped."""

    def __init__(self, id: int, tables: list[str]) -> None:
        self.id = id
        self.tables = tables


def _check_name(name: str) -> None:
    if name in ("public", "information_schema") or name.startswith("pg_"):
        raise CatalogueError(f"the schema is replaced as a whole: name one of its own, not {printable(name)}")
    if not name or not name.isprintable() or len(name.encode()) > _LONGEST:
        raise CatalogueError(f"a schema needs a name of at most {_LONGEST} bytes, without control characters")


def _begun(connection: Any, package: Any, title: str, name: str) -> _Before | None:
    """Make the schema that is filled, in which all statements work from here on; what is there under the name."""
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(f"SET LOCAL {setting} = 0")
    if connection.info.server_version >= 140000:
        # A server on Windows does not know when nobody listens any more.
        with suppress(package.Error), connection.transaction():
            connection.execute("SET LOCAL client_connection_check_interval = '5s'")
    lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('edexql ' || %s, 0))"
    if not connection.execute(lock, (name,)).fetchone()[0]:
        raise CatalogueError(f"another export to the schema {printable(name)} of {title} is running; wait for its end")
    before = _before(connection, package, title, name)
    beside = _quoted(name + _BESIDE)
    connection.execute(f"CREATE SCHEMA {beside}".encode())
    connection.execute(f"SET LOCAL search_path = {beside}".encode())
    return before


def _before(connection: Any, package: Any, title: str, name: str) -> _Before | None:
    """What is there under a name. Raises CatalogueError where that is not to be dropped, or cannot be."""
    where = f"the schema {printable(name)} of {title}"
    asked = "SELECT oid, pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s"
    found = connection.execute(asked, (name,)).fetchone()
    if found is None:
        return None
    id, may = found
    if not may:
        raise CatalogueError(f"{where} belongs to another user; name another with --schema")
    tables: list[str] = []
    with suppress(package.Error, ValueError), connection.transaction():
        text = f"SELECT value FROM {_quoted(name)}.{MANIFEST} WHERE name = '{_TABLES}'"  # noqa: S608
        row = connection.execute(text.encode()).fetchone()
        tables = [*map(str, json.loads(row[0])), MANIFEST] if row else []
    others = [row[0] for row in connection.execute(_OTHERS, {"id": id, "ours": tables}).fetchall()]
    if others:
        listed = ", ".join(map(printable, others[:3])) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        raise CatalogueError(
            f"{where} is replaced as a whole, and other things are in it or need it: {listed}; drop them, or name"
            " another schema with --schema"
        )
    there = "SELECT relname FROM pg_class WHERE relnamespace = %s AND relkind = 'r' ORDER BY relname"
    return _Before(id, [row[0] for row in connection.execute(there, (id,)).fetchall()])


def _fill(connection: Any, source: Source, satellites: list[str | None], count: Count) -> tuple[int, int]:
    """Make the tables and write all rows, month by month: how many months have some, and how many rows that is."""
    for table in schema.tables(source.vocabulary):
        connection.execute(schema.definition(table, "postgres").encode())
    jobs = jobs_of(source.wanted(satellites), {})
    count(0, len(jobs))
    months = total = 0
    for number, job in enumerate(jobs, 1):
        rows = 0
        for wanted in job.wanted:
            for table, blocks in source.satellite(wanted.satellite).rows(wanted.month, wanted.kind):
                rows += _copy(connection, table, blocks, schema.partition(wanted.satellite), wanted.month)
        months += rows > 0
        total += rows
        count(number, len(jobs))
    return months, total


def _copy(connection: Any, table: Table, blocks: Iterable[Block], satellite: str, month: int) -> int:
    """Write rows of a table, of a satellite and month; how many."""
    arrow, csv = extra("pyarrow", "postgres"), extra("pyarrow.csv", "postgres")
    columns = columns_of(table, satellite)
    listed = ", ".join(f'"{name}"' for name in (*columns.names, *schema.PARTED_BY))
    options = csv.WriteOptions(include_header=False)
    rows = 0
    # A NULL of CSV is nothing at all, and an empty text stands in quotes.
    text = f"COPY {table.name} ({listed}) FROM STDIN (FORMAT csv, FREEZE)"
    with connection.cursor() as cursor, cursor.copy(text.encode()) as copy:
        for block in blocks:
            if not len(next(iter(block.values()))):
                continue
            whole = batch_of(block, columns)
            rows += whole.num_rows
            for start in range(0, whole.num_rows, _TOGETHER):
                part = arrow.Table.from_batches([whole.slice(start, _TOGETHER)])
                part = part.append_column("satellite", arrow.repeat(satellite, part.num_rows))
                part = part.append_column("month", arrow.repeat(month, part.num_rows))
                sink = arrow.BufferOutputStream()
                csv.write_csv(part, sink, options)
                copy.write(sink.getvalue().to_pybytes())
    return rows


def _marks(
    catalogue: Catalogue, vocabulary: Vocabulary, satellite: str | None, empty: tuple[str, ...]
) -> dict[str, str]:
    """What the schema is, by name: the same facts as in the manifest of an export."""
    return {
        manifest.SCHEMA: str(schema.VERSION),
        manifest.VOCABULARY: json.dumps(relevant(vocabulary)),
        _TABLES: json.dumps([table.name for table in schema.tables(vocabulary)]),
        "edexql.version": __version__,
        manifest.STATE: identity(catalogue),
        manifest.SYNTHETIC: json.dumps(catalogue.synthetic),
        "edexql.satellite": json.dumps(satellite),
        "edexql.empty": json.dumps(empty),
    }


def _describe(connection: Any, marks: dict[str, str]) -> None:
    connection.execute(f"CREATE TABLE {MANIFEST} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    with connection.cursor() as cursor, cursor.copy(f"COPY {MANIFEST} FROM STDIN (FREEZE)") as copy:
        for mark in marks.items():
            copy.write_row(mark)


def _finished(connection: Any, vocabulary: Vocabulary) -> int:
    """Make the indexes and the statistics; how many bytes all is."""
    for text in _INDEXES:
        connection.execute(text)
    names = [table.name for table in schema.tables(vocabulary)]
    connection.execute(f"ANALYZE {', '.join(names)}".encode())
    asked = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name"
    return int(connection.execute(asked, (names,)).fetchone()[0])


def _take_place(connection: Any, package: Any, name: str, before: _Before | None, say: Say) -> None:
    """Rename the schema that was filled to that of before, which is dropped as soon as nobody reads in it."""
    beside, place = _quoted(name + _BESIDE), _quoted(name)
    rename = f"ALTER SCHEMA {beside} RENAME TO {place}"
    if before is None:
        connection.execute(rename.encode())
        return
    facts = {"id": before.id, "new": name + _BESIDE}
    for (grant,) in connection.execute(_GRANTS, facts).fetchall():
        connection.execute(grant.encode())
    listed = ", ".join(f"{place}.{_quoted(table)}" for table in before.tables)
    said = False
    while True:
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
                if listed:
                    connection.execute(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE".encode())
                    connection.execute(f"DROP TABLE {listed}".encode())
                connection.execute(f"DROP SCHEMA {place}".encode())
                connection.execute(rename.encode())
        except (package.errors.LockNotAvailable, package.errors.DeadlockDetected):
            if not said:
                readers = [row[0] for row in connection.execute(_READERS, (before.id,)).fetchall()]
                say(f"waiting until nobody reads the tables of before: {printable(', '.join(readers) or 'somebody')}")
                said = True
            time.sleep(_PAUSE)
        else:
            return


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _uncounted(done: int, total: int) -> None:
    """Nobody looks."""


def _unsaid(line: str) -> None:
    """Nobody listens."""
