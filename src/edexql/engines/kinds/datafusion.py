"""DataFusion over the Parquet files of an export."""

from __future__ import annotations

from functools import cache

from edexql.base.extras import extra
from edexql.engines.exports import TABLES, place_of, reason
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class DataFusion:
    """DataFusion in this process. It reads the files of an export through pyarrow, as it takes whole folders alone."""

    name = "datafusion"

    def __init__(self, place: str) -> None:
        self.dialect = _dialect()
        package = extra("datafusion", "datafusion")
        self._place = place_of(place)
        self.place = self._place.name
        self.title = f"DataFusion on {self._place.shown}"
        self._context = package.SessionContext()
        for table in TABLES:
            self._context.register_dataset(_name(table), self._place.dataset(table))

    def relation(self, table: str) -> str:
        return _name(table)

    def marks(self) -> Mapping[str, str]:
        return self._place.marks()

    def run(self, sql: str) -> Any:
        try:
            rows = self._context.sql(sql).to_arrow_table()
        # The package raises exceptions of no class of its own.
        except Exception as error:
            raise EngineError(f"{self.title}: {reason(error)}") from error
        # Not all that takes texts takes views of texts.
        arrow = extra("pyarrow", "datafusion")
        plain = [
            field.with_type(arrow.string()) if field.type == arrow.string_view() else field for field in rows.schema
        ]
        return rows.cast(arrow.schema(plain))

    def close(self) -> None:
        """What it has in memory goes with it."""


@cache
def _dialect() -> Any:
    """The dialect of PostgreSQL, but for series: here they are lists."""
    sqlglot = extra("sqlglot", "datafusion")
    postgres = sqlglot.Dialect.get_or_raise("postgres").__class__

    def unnested(generator: Any, expression: Any) -> str:
        return f"UNNEST({generator.func('GENERATE_SERIES', *expression.args.values())})"

    series = {sqlglot.exp.ExplodingGenerateSeries: unnested}
    generator = type("Generator", (postgres.Generator,), {"TRANSFORMS": {**postgres.Generator.TRANSFORMS, **series}})
    return type("DataFusion", (postgres,), {"Generator": generator})


def _name(table: str) -> str:
    return f"edexql_{table}"
