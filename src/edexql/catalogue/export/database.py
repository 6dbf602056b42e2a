"""The address of a PostgreSQL database, of which no secret is shown, and a connection to it."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.extras import extra
from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Where the tables are, if no other schema is named.
USUAL_SCHEMA = "edexql"
# What of a connection is shown and stored.
_PUBLIC = ("host", "hostaddr", "port", "dbname", "user", "service")
_SECRET = ("password", "passfile", "sslpassword")


class DatabaseError(EdexqlError):
    """A database that cannot be connected to. The message has no passwords."""


class Database:
    """A database by its address: `postgresql://USER@HOST/DATABASE`, or `host=HOST dbname=DATABASE`.

    `place` is the address without what may be secret, in a form that can be connected to again, and `title` what it
    is called in messages; `chosen_path` is whether the address has a search path. Raises DatabaseError for what is
    no address, MissingExtra without the package psycopg.
    """

    def __init__(self, address: str) -> None:
        self.package = extra("psycopg", "postgres")
        self._address = address
        try:
            parts = self.package.conninfo.conninfo_to_dict(address)
        except self.package.Error:
            raise DatabaseError(
                "this is no address of a PostgreSQL database: write postgresql://USER@HOST/DATABASE, or host=HOST"
                " dbname=DATABASE"
            ) from None
        self._secrets = [str(value) for name, value in parts.items() if value and name in _SECRET]
        public = {name: str(value) for name, value in parts.items() if value and name in _PUBLIC}
        self.place: str = self.package.conninfo.make_conninfo("", **public) or "the usual server"
        self.chosen_path = "search_path" in str(parts.get("options") or "")
        self.title = f"PostgreSQL at {printable(self.place)}"

    def connect(self, **settings: Any) -> Any:
        """A connection of psycopg, with settings of it. Raises DatabaseError."""
        try:
            return self.package.connect(
                self._address, connect_timeout=20, application_name="edexql", client_encoding="utf8", **settings
            )
        except self.package.Error as error:
            raise DatabaseError(
                f"cannot connect to {self.title}: {self.reason(error)}; check the address, the user and the password"
                " (~/.pgpass or PGPASSWORD can have it)"
            ) from None

    def reason(self, error: BaseException) -> str:
        """The first line of an error of the package, without secrets."""
        lines = str(error).strip().splitlines()
        text = printable(lines[0][:300]) if lines else type(error).__name__
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
