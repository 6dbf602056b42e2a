"""A running service with its workbench, over the sample catalogue or over another eDEx."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edexql.client.endpoints import endpoints_of
from edexql.client.settings.declarations import Network
from edexql.compiler.request import Setting
from edexql.compiler.targets import Addresses
from edexql.model.vocabulary import load
from edexql.server.catalogue import LocalCatalogue
from edexql.web.listings import Listings
from edexql.web.page import FOLDER
from edexql.web.routes import routes
from edexql.web.upstream import NoCatalogue
from edexql.web.workbench import Upstream, Workbench
from serving import serve

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from edexql.model.vocabulary import Vocabulary
    from edexql.web.query_file import QueryFile
    from serving import Answer, Service

TOKEN = "t" * 43


class Bench(NamedTuple):
    """A service with a workbench, and requests to it."""

    service: Service

    def post(self, name: str, body: Any, **headers: str) -> Answer:
        return self.service.ask("POST", f"/workbench/api/{name}", body, **headers)

    def get(self, name: str, **headers: str) -> Answer:
        return self.service.ask("GET", f"/workbench/api/{name}", **headers)

    def ask(self, name: str, text: str, /, **more: Any) -> Any:
        """What an endpoint answers about a text."""
        answer = self.post(name, {"text": text, **more})
        assert answer.status == 200, answer.body
        return answer.json


def workbench(
    state: Path,
    *,
    upstream: str | None = None,
    network: Network | None = None,
    file: QueryFile | None = None,
    token: str | None = TOKEN,
    vocabulary: Vocabulary | None = None,
    catalogue: str | None = None,
    folder: str = FOLDER,
    **serving: Any,
) -> Service:
    """A service with a workbench, not yet running."""
    known = vocabulary or load()
    source: Any = LocalCatalogue(catalogue, known) if upstream is None else NoCatalogue(upstream)
    made = Workbench(
        setting=Setting(vocabulary),
        catalogue=source if upstream is None else None,
        ledger=str(state / "ledger.sqlite"),
        addresses=Addresses("https://edex.example/api_fetch_data", "https://edex.example/api_prepare_report"),
        upstream=None
        if upstream is None
        else Upstream(upstream, endpoints_of(upstream), network or Network(), Listings()),
        file=file,
        token=token,
    )
    return serve(state / "service", source, more=routes(made, folder), vocabulary=known, **serving)
