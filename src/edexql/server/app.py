"""The service as an ASGI application."""

from __future__ import annotations

from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from edexql.catalogue.store.schema import CatalogueError
from edexql.server import archive_tree
from edexql.server.errors import LOG, Refusal, answer, as_json, busy, json_answer, refusal, told_of
from edexql.server.jobs.store import Shelf
from edexql.server.jobs.workers import Workers
from edexql.server.listing import listing_endpoint
from edexql.server.middleware import called, drained, explained, framed, guarded, headed, journal, own
from edexql.server.openapi import description
from edexql.server.reports import delivery_endpoint, either, progress, report_endpoint
from edexql.server.service import Evaluations, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from starlette.requests import Request

    from edexql.model.vocabulary import Vocabulary
    from edexql.server.catalogue import Answering
    from edexql.server.listing import Endpoint
    from edexql.server.settings import Settings


# The base address of eDEx was https://edex.phys.ucalgary.ca/api and is https://api.edex.phys.ucalgary.ca;
# the older names of the two main endpoints were /api and /prepareReport. (Source: three ages of the
# University of Calgary's page about the interface.) All of them work, under either base.
BASES = ("", "/api")
LISTINGS = ("/api_fetch_data", "/api")
REPORTS = ("/api_prepare_report", "/prepareReport")


def application(answering: Answering, settings: Settings) -> Starlette:
    """The service. Raises OSError where its folder cannot be used, InUse where another service uses it."""
    shelf = Shelf(settings.state)
    service = Service(answering, Evaluations(settings.limits), shelf, Workers(shelf, settings), settings)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001  # Starlette gives it
        service.workers.start()
        try:
            yield
        finally:
            service.workers.stop()
            service.evaluations.close()
            shelf.close()

    routes = list(_routes(service))
    paths = frozenset(route.path for route in routes if "{" not in route.path)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(journal, paths),
            Middleware(headed),
            Middleware(drained, min(settings.limits.body_seconds, 5.0)),
            Middleware(explained),
            Middleware(guarded, paths),
            Middleware(framed),
            Middleware(called, settings.hosts),
            Middleware(own, settings.base),
        ],
        exception_handlers={Refusal: _refused, HTTPException: _mistaken, CatalogueError: _unread},  # type: ignore[dict-item]
        lifespan=running,
    )
    # A redirect to the address with or without a slash would lose the body of a GET.
    app.router.redirect_slashes = False
    return app


def _routes(service: Service) -> Iterator[Route]:
    under_way: set[Response] = set()
    yield from _under_bases(LISTINGS, listing_endpoint(service), "GET", "POST")
    yield from _under_bases(REPORTS, report_endpoint(service), "POST")
    for name, names in lists(service.settings.vocabulary).items():
        yield from _under_bases((f"/{name}",), list_endpoint(names), "GET")
    yield Route("/download", either(service), methods=["GET", "POST"])
    yield Route("/download/{session}", progress(service), methods=["GET"])
    yield Route("/delivery/{token}/{name}", delivery_endpoint(service, under_way), methods=["GET"])
    yield Route("/openapi.json", _described(service.settings), methods=["GET"])
    if service.settings.archive is not None:
        yield from archive_tree.routes(service, under_way)


def _under_bases(names: tuple[str, ...], endpoint: Endpoint, *methods: str) -> Iterator[Route]:
    for base in BASES:
        for name in names:
            yield Route(base + name, endpoint, methods=list(methods))


def _described(settings: Settings) -> Endpoint:
    body = as_json(description(settings))

    async def openapi(request: Request) -> Response:  # noqa: ARG001  # every request is answered alike
        return Response(body, media_type="application/json")

    return openapi


async def _refused(request: Request, error: Refusal) -> Response:  # noqa: ARG001  # Starlette gives both
    return answer(error)


async def _unread(request: Request, error: CatalogueError) -> Response:  # noqa: ARG001  # Starlette gives both
    LOG.error("%s", told_of(error))
    return answer(busy("the catalogue of this service cannot be read at present", after=600))


async def _mistaken(request: Request, error: HTTPException) -> Response:
    """What the router has to say: no such path, or no such method."""
    if error.status_code == 405:
        methods = (error.headers or {}).get("Allow", "")
        allowed = ", ".join(sorted({*methods.split(", "), "OPTIONS"}))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allowed})
        return answer(refusal(405, f"only {allowed} can be used here", headers={"Allow": allowed}))
    return answer(refusal(error.status_code, "there is nothing here", help="see /openapi.json for what there is"))


def lists(vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """The catalogues, by the last part of their addresses."""
    return {
        "get_instrument_products": [entry["wire"] for entry in vocabulary.products.values()],
        "get_experiment_tags": _tags(vocabulary),
        "get_spacecraft_constraint_fields": _fields(vocabulary, "spacecraft"),
        "get_geophysical_constraint_fields": _fields(vocabulary, "geophysical"),
    }


def list_endpoint(names: list[Any]) -> Endpoint:
    """An endpoint that answers with a list."""

    async def listed(request: Request) -> Response:  # noqa: ARG001  # every request is answered alike
        return json_answer(names)

    return listed


def _fields(vocabulary: Vocabulary, tab: str) -> list[str]:
    return [entry["wire"] for entry in vocabulary.fields.values() if entry["tab"] == tab]


def _tags(vocabulary: Vocabulary) -> list[Any]:
    """Pairs of a group and a tag, or tags alone, as requests take them."""
    pairs = [(group.wire, tag.wire) for group, tags in vocabulary.groups().values() for tag in tags.values()]
    return [tag if vocabulary.experiment_shape == "word" else [group, tag] for group, tag in pairs]
