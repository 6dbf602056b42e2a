"""What a workbench is configured with, and one request to it."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.utf16 import Units
from edexql.language.limit import Limit
from edexql.language.source import BOM, Source
from edexql.model.vocabulary import load
from edexql.server.errors import http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.client.endpoints import Endpoints
    from edexql.client.settings.declarations import Network
    from edexql.compiler.request import Setting
    from edexql.compiler.targets import Addresses
    from edexql.model.vocabulary import Vocabulary
    from edexql.server.catalogue import LocalCatalogue
    from edexql.server.service import Service
    from edexql.web.listings import Listings
    from edexql.web.query_file import QueryFile

# How long a text may take to be read, edited or compiled.
COMPILING = Limit(seconds=10)


class Upstream(Record):
    """The eDEx that answers in place of a catalogue: its base address, its endpoints, and the limits of asking it.

    `listings` are those that it gave a moment ago.
    """

    url: str
    endpoints: Endpoints
    network: Network
    listings: Listings


class Workbench(Record):
    """A workbench: what queries are compiled with, and who answers them.

    That is the `catalogue`, or `upstream` where there is one. `addresses` are those of the eDEx that commands and
    scripts name, None where the mission has none. `file` is the query file that the workbench was started with.
    `token` is the secret that writing wants, None where nothing can be written; `ledger` is the file of the requests
    for delivery that were made.
    """

    setting: Setting
    catalogue: LocalCatalogue | None
    ledger: str
    addresses: Addresses | None = None
    upstream: Upstream | None = None
    file: QueryFile | None = None
    token: str | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        return self.setting.vocabulary or load()


class Call(Record):
    """A request to an endpoint of the workbench: the values of its body, by key.

    `trusted` says that the request has the token.
    """

    workbench: Workbench
    service: Service
    values: dict[str, Any]
    trusted: bool = False

    @property
    def source(self) -> Source:
        """The text of the query."""
        return Source(self.values["text"], "<text>")

    def catalogue(self, what: str) -> Catalogue:
        """The catalogue, which knows something that eDEx does not answer. Raises RequestError, 409, without one."""
        if self.workbench.catalogue is None:
            message = f"only a catalogue has {what}, and this workbench asks an eDEx"
            raise http_error(409, message, help="start it with --catalogue FOLDER, without --upstream")
        return self.workbench.catalogue.current()


class Offsets:
    """Offsets between a text as a browser counts in it, in UTF-16, and its source, in code points."""

    def __init__(self, text: str) -> None:
        self._units = Units(text)
        # A byte order mark is no part of a source.
        self._mark = int(text.startswith(BOM))

    def outside(self, offset: int) -> int:
        """An offset in the source, as the browser counts."""
        return min(self._units.of(offset + self._mark), self._units.length)

    def inside(self, units: int) -> int:
        """An offset of the browser, in the source."""
        return max(self._units.offset(min(units, self._units.length)) - self._mark, 0)

    def placed(self, data: dict[str, Any]) -> dict[str, Any]:
        """Plain data in which offsets of the source stand at `from` and `to`, with those that the browser counts."""
        pending: list[Any] = [data]
        while pending:
            value = pending.pop()
            if isinstance(value, list):
                pending += value
            elif isinstance(value, dict):
                for key in ("from", "to"):
                    if isinstance(value.get(key), int):
                        value[key] = self.outside(value[key])
                pending += value.values()
        return data
