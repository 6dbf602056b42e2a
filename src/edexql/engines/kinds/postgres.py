"""PostgreSQL, with the tables of an export in a schema of it."""

from __future__ import annotations

from contextlib import suppress

from edexql.base.extras import extra
from edexql.base.text import printable
from edexql.engines.exports import TABLES, reason
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Where `edexql catalogue export --to postgres` puts the tables.
SCHEMA = "edexql"
# What of a connection is shown and stored.
_PUBLIC = ("host", "hostaddr", "port", "dbname", "user", "service")
_MISSING = """\
SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(%s || name) IS NULL"""


class Postgres:
    """A database that is asked through a connection of our own, which reads only."""

    name = "postgres"
    dialect = "postgres"

    def __init__(self, dsn: str, schema: str | None = None) -> None:
        self._package = extra("psycopg", "postgres")
        self._arrow = extra("pyarrow", "postgres")
        self._dsn = dsn
        self.place = _public(dsn, self._package)
        self.title = f"PostgreSQL at {printable(self.place)}"
        self._connection: Any = None
        self._prefix = ""
        connection = self._connected()
        named = schema or SCHEMA
        there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (named,)).fetchone()
        if schema is not None or there:
            quoted = named.replace('"', '""')
            self._prefix = f'"{quoted}".'
        missing = [row[0] for row in connection.execute(_MISSING, (list(TABLES), self._prefix)).fetchall()]
        if missing:
            self.close()
            where = f"in the schema {printable(named)}" if self._prefix else "on the search path"
            raise EngineError(
                f"{self.title} has no table {missing[0]} {where}: fill the tables from an export (docs/schema.md), and"
                " name their schema in the address: ?options=-csearch_path%3DNAME"
            )

    def _connected(self) -> Any:
        """The connection, opened again where it was lost."""
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._package.connect(
                    self._dsn, autocommit=True, connect_timeout=20, application_name="edexql"
                )
                self._connection.execute("SET default_transaction_read_only = on")
            except self._package.Error as error:
                said = _without(reason(error), self._dsn, self._package)
                raise EngineError(
                    f"cannot connect to {self.title}: {said}; check the address, the user and the password (~/.pgpass"
                    " or PGPASSWORD can have it)"
                ) from None
        return self._connection

    def relation(self, table: str) -> str:
        return f"{self._prefix}{table}"

    def marks(self) -> Mapping[str, str]:
        comment = self.run(f"SELECT obj_description(to_regclass('{self.relation('file')}')) AS said")
        said = comment.column("said").to_pylist()[0] or ""
        name, sign, number = said.partition("=")
        return {name: number} if sign and name == "edexql.schema" else {}

    def run(self, sql: str) -> Any:
        connection = self._connected()
        try:
            # Bytes are sent as they are: a percent sign is no placeholder.
            with connection.cursor() as cursor:
                cursor.execute(sql.encode())
                names = [column.name for column in cursor.description]
                rows = cursor.fetchall()
        except self._package.OperationalError as error:
            if connection.closed:
                raise EngineError(
                    f"the connection to {self.title} was lost: {reason(error)}; ask again, and it is opened again"
                ) from None
            raise EngineError(f"{self.title}: {reason(error)}") from error
        except self._package.Error as error:
            raise EngineError(f"{self.title}: {reason(error)}") from error
        return self._arrow.table({name: _column(self._arrow, rows, place) for place, name in enumerate(names)})

    def close(self) -> None:
        if self._connection is not None:
            with suppress(self._package.Error):
                self._connection.close()


def _column(arrow: Any, rows: list[tuple[Any, ...]], place: int) -> Any:
    """A column of rows; sums come as decimals."""
    from decimal import Decimal

    values = [row[place] for row in rows]
    return arrow.array([int(value) if isinstance(value, Decimal) else value for value in values])


def _parts(dsn: str, package: Any) -> dict[str, str]:
    try:
        parts: dict[str, str] = package.conninfo.conninfo_to_dict(dsn)
    except package.Error:
        raise EngineError(
            "this is no address of a PostgreSQL database: write postgresql://USER@HOST/DATABASE, or host=HOST"
            " dbname=DATABASE"
        ) from None
    return parts


def _public(dsn: str, package: Any) -> str:
    """An address without what may be secret, in a form that can be connected to again."""
    parts = {name: str(value) for name, value in _parts(dsn, package).items() if name in _PUBLIC and value}
    shown: str = package.conninfo.make_conninfo("", **parts)
    return shown or "the usual server"


def _without(text: str, dsn: str, package: Any) -> str:
    """A message in which no password stands."""
    for name, value in _parts(dsn, package).items():
        if value and name in ("password", "passfile", "sslpassword"):
            text = text.replace(str(value), "***")
    return text
