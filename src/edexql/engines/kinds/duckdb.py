"""DuckDB over the Parquet files of an export."""

from __future__ import annotations

from contextlib import suppress

from edexql.base.extras import extra
from edexql.catalogue.export import views
from edexql.engines.exports import TABLES, place_of, reason
from edexql.engines.interruption import interruptible
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class DuckDB:
    """DuckDB in this process. Files of this machine it reads itself, those of an object store through pyarrow."""

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, place: str, connection: Any = None) -> None:
        self._package = extra("duckdb", "duckdb")
        self._place = place_of(place)
        self.place = self._place.name
        self.title = f"DuckDB on {self._place.shown}"
        # A cursor is a connection of its own to the same database: what is registered there is seen there alone.
        self._connection = self._package.connect() if connection is None else connection.cursor()
        if self._place.remote:
            for table in TABLES:
                self._connection.register(_name(table), self._place.dataset(table))

    def relation(self, table: str) -> str:
        if self._place.remote:
            return _name(table)
        return f"read_parquet({views.listed(self._place.files(table))}, hive_partitioning = true)"

    def marks(self) -> Mapping[str, str]:
        return self._place.marks()

    def run(self, sql: str) -> Any:
        try:
            return interruptible(lambda: self._connection.sql(sql).to_arrow_table(), self._connection.interrupt)
        except self._package.Error as error:
            raise EngineError(f"{self.title}: {reason(error)}") from error

    def interrupt(self) -> None:
        """End the statement that another thread is at."""
        with suppress(self._package.Error):
            self._connection.interrupt()

    def close(self) -> None:
        with suppress(self._package.Error):
            self._connection.close()


def _name(table: str) -> str:
    return f"edexql_{table}"
