"""What an engine is: the small protocol that one file an engine implements, and the errors of engines.

Of the engines that run SQL over the tables of an export (see docs/schema.md) nothing more is asked than a dialect, how
a text names the tables, and rows of Arrow. All that is done with a query is written over that.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from edexql.base.errors import EdexqlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class EngineError(EdexqlError):
    """An engine cannot answer: its place is not there, its tables are others, its connection is lost.

    The message says what to do, and has no passwords.
    """

    __module__ = "edexql"


@runtime_checkable
class TableEngine(Protocol):
    """An engine that runs SQL over the tables of an export.

    `name` is what users write (`duckdb`), `place` where the tables are, as users can name it again, `title` what it is
    called in messages (`DuckDB on /data/export`); both without secrets. `dialect` is a dialect of sqlglot: its name or
    its class.
    """

    @property
    def name(self) -> str: ...

    @property
    def place(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def dialect(self) -> Any: ...

    def relation(self, table: str) -> str:
        """What stands for a table behind FROM: `archive.file`, `read_parquet('...')`. Raises EngineError."""
        ...

    def marks(self) -> Mapping[str, str]:
        """What the export says of itself: `edexql.schema` is the number of its schema, `edexql.vocabulary` what of the
        vocabulary its rows depend on, as JSON, and `edexql.synthetic` is `true` where some are simulated. Where the
        tables can be replaced while they are asked, `edexql.catalogue` is another text then. What is not known is left
        out."""
        ...

    def run(self, sql: str) -> Any:
        """The rows of one statement, as a `pyarrow.Table`. An interrupt ends the statement. Raises EngineError."""
        ...

    def close(self) -> None:
        """Let go what the engine itself opened. What is of the user's own stays open."""
        ...
