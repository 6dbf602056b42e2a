"""An eDEx that answers in place of a catalogue: asked within limits, at its own addresses and nowhere else."""

from __future__ import annotations

from edexql.client.credentials import public_url, redact
from edexql.client.errors import ServiceError
from edexql.client.http.request import Retries
from edexql.compiler.request import request, within
from edexql.server.errors import http_error
from edexql.web.workbench import COMPILING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from edexql.compiler.request import Request
    from edexql.model.answer import Answer
    from edexql.model.query import Query
    from edexql.server.catalogue import CatalogueFile
    from edexql.server.errors import RequestError
    from edexql.web.workbench import Call, Upstream

# Who types asks again soon: a service that fails is not asked again by itself.
_ONCE = Retries(tries=1)
# Seconds for a whole answer, within those that a request to the workbench may take; bytes of one.
SECONDS = 20.0
MOST_BYTES = 32 * 2**20


def compiled(call: Call) -> Request:
    """The request that the text of a call is compiled to. Raises QueryError."""
    source, setting = call.source, call.workbench.setting
    return within(COMPILING, source, lambda: request(source, setting))


def answer(call: Call, service: Upstream) -> Answer:
    """The files that eDEx lists for the query of a call. Raises QueryError, and RequestError where eDEx fails."""
    from edexql.client.listing import listing

    asked = compiled(call)
    given = service.listings.get(asked.wire)
    if given is None:
        given = _asked(asked, service)
        service.listings.put(asked.wire, given)
    return listing(given, asked.residual, call.workbench.vocabulary)


def _asked(asked: Request, service: Upstream) -> dict[str, Any]:
    from edexql.client.http.session import session
    from edexql.client.listing import request_listing

    try:
        with session(service.network) as opened:
            return request_listing(asked, service.endpoints, session=opened, retries=_ONCE, most=MOST_BYTES)
    except ServiceError as error:
        raise failure(error) from error


def failure(error: ServiceError) -> RequestError:
    """What a request is answered with where eDEx fails."""
    return http_error(502, redact(str(error)))


class NoCatalogue:
    """The files of a service that has no catalogue, because its workbench asks an eDEx."""

    def __init__(self, url: str) -> None:
        self._url = public_url(url)

    def listing(self, query: Query) -> Sequence[CatalogueFile]:  # noqa: ARG002  # it is what a source of files has
        raise self._refusal()

    def places(self, names: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002
        raise self._refusal()

    def _refusal(self) -> RequestError:
        return http_error(
            409, "this service has no catalogue", help=f"its workbench asks {self._url}: ask that service"
        )
