"""PostgreSQL, with the tables of a catalogue in a schema of it."""

from __future__ import annotations

from contextlib import suppress

from edexql.base.extras import extra
from edexql.base.text import printable
from edexql.catalogue.export.database import USUAL_SCHEMA, Database, DatabaseError
from edexql.engines.exports import TABLES
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# The table that says what the others are.
_MANIFEST = "manifest"
_MISSING = """\
SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(%s || name) IS NULL"""


class Postgres:
    """A database that is asked through a connection of our own, which reads only."""

    name = "postgres"
    dialect = "postgres"

    def __init__(self, dsn: str, schema: str | None = None) -> None:
        try:
            self._database = Database(dsn)
        except DatabaseError as error:
            raise EngineError(str(error)) from None
        self._package = self._database.package
        self._arrow = extra("pyarrow", "postgres")
        self.place = self._database.place
        self.title = self._database.title
        self._connection: Any = None
        self._prefix = ""
        connection = self._connected()
        named = schema or USUAL_SCHEMA
        there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (named,)).fetchone()
        if schema is not None or (there and not self._database.chosen_path):
            quoted = named.replace('"', '""')
            self._prefix = f'"{quoted}".'
        missing = connection.execute(_MISSING, ([*TABLES, _MANIFEST], self._prefix)).fetchall()
        if missing:
            self.close()
            where = f"in the schema {printable(named)}" if self._prefix else "on the search path"
            raise EngineError(
                f"{self.title} has no table {missing[0][0]} {where}: `edexql catalogue export --to postgres` fills a"
                " schema; another one than edexql is named in the address, ?options=-csearch_path%3DNAME"
            )

    def _connected(self) -> Any:
        """The connection, opened again where it was lost."""
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._database.connect(autocommit=True)
            except DatabaseError as error:
                raise EngineError(str(error)) from None
            self._connection.execute("SET default_transaction_read_only = on")
        return self._connection

    def relation(self, table: str) -> str:
        return f"{self._prefix}{table}"

    def marks(self) -> Mapping[str, str]:
        rows = self.run(f"SELECT name, value FROM {self.relation(_MANIFEST)}")  # noqa: S608
        return dict(zip(*(rows.column(name).to_pylist() for name in ("name", "value")), strict=True))

    def run(self, sql: str) -> Any:
        connection = self._connected()
        try:
            # Bytes are sent as they are: a percent sign is no placeholder.
            with connection.cursor() as cursor:
                cursor.execute(sql.encode())
                names = [column.name for column in cursor.description]
                rows = cursor.fetchall()
        except self._package.OperationalError as error:
            said = self._database.reason(error)
            if connection.closed:
                raise EngineError(
                    f"the connection to {self.title} was lost: {said}; ask again, and it is opened again"
                ) from None
            raise EngineError(f"{self.title}: {said}") from error
        except self._package.Error as error:
            raise EngineError(f"{self.title}: {self._database.reason(error)}") from error
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
