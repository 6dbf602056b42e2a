"""The routes of the workbench, and what holds for each request to it."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import ClientDisconnect
from starlette.routing import Route

from edexql.base.extras import MissingExtra
from edexql.client.credentials import redact
from edexql.client.delivery.ledger import LedgerError
from edexql.language.diagnostics.query_error import QueryError
from edexql.server.body import read_body
from edexql.server.deliveries import client_network
from edexql.server.errors import Diagnostic, RequestError, http_error, json_response, unavailable
from edexql.web import token
from edexql.web.bodies import LARGEST_BODY, help_of, values_of
from edexql.web.endpoints import ENDPOINTS, TEXTS
from edexql.web.page import FOLDER, Page, to_page
from edexql.web.query_file import QueryFileError
from edexql.web.workbench import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.server.service import Endpoint, Service
    from edexql.web.endpoints import Action
    from edexql.web.workbench import Workbench

# Of errors in a query.
_MOST_DIAGNOSTICS = 20


def routes(workbench: Workbench, folder: str = FOLDER) -> Callable[[Service], Iterable[Route]]:
    """The routes of a workbench in a service; its page is in a folder."""
    return partial(_routes, workbench, Page(folder))


def _routes(workbench: Workbench, page: Page, service: Service) -> Iterable[Route]:
    if service.settings.archive is None:
        yield Route("/", to_page, methods=["GET"])
    yield Route("/workbench", to_page, methods=["GET"])
    yield Route("/workbench/", page.index(), methods=["GET"])
    yield Route("/workbench/static/{name:path}", page.static(), methods=["GET"])
    for name, action in ENDPOINTS.items():
        yield Route(f"/workbench/api/{name}", _endpoint(action, workbench, service), methods=[action.method])


def _endpoint(action: Action, workbench: Workbench, service: Service) -> Endpoint:
    limits = service.settings.limits
    limits = limits.__replace__(body=max(limits.body, LARGEST_BODY))
    pool = service.texts if action.pool == TEXTS else service.queries

    async def endpoint(request: Request) -> Response:
        _check_site(request)
        trusted = token.is_right(request.headers.get(token.HEADER, ""), workbench.token)
        if action.writes and not trusted:
            raise _distrust(workbench)
        client = client_network(request)
        body = b"" if action.method == "GET" else await read_body(request, limits, help_of(action.form))
        call = Call(workbench, service, {}, trusted)
        work = asyncio.ensure_future(pool.run(partial(_answer, action, call, body), client))
        return json_response(await _unless_gone(request, work))

    return endpoint


async def _unless_gone(request: Request, work: asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
    """What some work gives; work that has not begun is left when its client has gone, as at the next key in a page."""
    gone = asyncio.ensure_future(_end_of(request))
    try:
        either: set[asyncio.Future[Any]] = {work, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            raise ClientDisconnect
        return await work
    finally:
        gone.cancel()


async def _end_of(request: Request) -> None:
    """Wait until the client of a request, the body of which was read, has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(action: Action, call: Call, body: bytes) -> dict[str, Any]:
    """The answer to a request, with its version. Raises RequestError."""
    values = values_of(body, action.form) if action.method == "POST" else {}
    try:
        answer = action.run(Call(call.workbench, call.service, values, call.trusted))
    except QueryError as error:
        wrong = [one for one in error.diagnostics if one.is_error][:_MOST_DIAGNOSTICS]
        raise RequestError(422, *(Diagnostic(one.code, one.message, "text", one.help) for one in wrong)) from None
    except QueryFileError as error:
        raise http_error(409, error.message, help=error.help) from None
    except LedgerError as error:
        raise unavailable(redact(str(error))) from None
    except MissingExtra as error:
        raise http_error(409, f"this service cannot answer: {error}") from None
    version = values.get("version")
    return answer if version is None else {"version": version, **answer}


def _check_site(request: Request) -> None:
    """Raises RequestError, 403, for a request that a page of another site made a browser send.

    The service itself checks the origin of each POST; here no page of another site reads either.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise http_error(403, "a page of another site cannot use the workbench")


def _distrust(workbench: Workbench) -> RequestError:
    """What a request without the token is refused with."""
    if workbench.token is None:
        help = "start it with `edexql workbench`, on this machine alone"
        return http_error(403, "nothing can be written through this workbench", help=help)
    help = "open the address that `edexql workbench` prints, which has the token"
    return http_error(403, "the token of the workbench is missing or wrong", help=help)
