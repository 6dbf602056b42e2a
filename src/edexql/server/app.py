"""The service as an ASGI application: its routes, its error handlers, and the four lists of names."""

from __future__ import annotations

from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from edexql.catalogue.store.schema import CatalogueError
from edexql.server import archive_tree
from edexql.server.deliveries import delivery_endpoint, download_endpoint, progress_endpoint, report_endpoint
from edexql.server.errors import (
    LOG,
    RequestError,
    error_location,
    error_response,
    http_error,
    json_bytes,
    unavailable,
)
from edexql.server.jobs.store import JobStore
from edexql.server.jobs.workers import Workers
from edexql.server.listing import listing_endpoint
from edexql.server.middleware import access_log, body_drain, error_guard, request_checks, response_headers
from edexql.server.openapi import description
from edexql.server.service import QueryPool, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Any

    from starlette.requests import Request

    from edexql.model.vocabulary import Vocabulary
    from edexql.server.catalogue import FileSource
    from edexql.server.service import Endpoint
    from edexql.server.settings import Settings

# The base address of eDEx was https://edex.phys.ucalgary.ca/api and is https://api.edex.phys.ucalgary.ca;
# the older names of the two main endpoints were /api and /prepareReport. (Source: three ages of the
# University of Calgary's page about the interface.) All of them work, under either base.
BASES = ("", "/api")
LISTINGS = ("/api_fetch_data", "/api")
REPORTS = ("/api_prepare_report", "/prepareReport")


def application(
    catalogue: FileSource, settings: Settings, more: Callable[[Service], Iterable[Route]] = lambda _: ()
) -> Starlette:
    """The service, with routes that `more` adds to it.

    Raises OSError where its folder cannot be used, FolderInUse where another service uses it.
    """
    jobs = JobStore(settings.state)
    queries, texts = QueryPool(settings.limits), QueryPool(settings.limits)
    service = Service(catalogue, queries, texts, jobs, Workers(jobs, settings), set(), settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001  # Starlette passes it
        service.workers.start()
        try:
            yield
        finally:
            service.workers.stop()
            service.queries.close()
            service.texts.close()
            jobs.close()

    routes = [*_routes(service), *more(service)]
    public_paths = frozenset(route.path for route in routes if "{" not in route.path)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(access_log, public_paths),
            Middleware(response_headers),
            Middleware(body_drain, min(settings.limits.body_seconds, 5.0)),
            Middleware(error_guard, public_paths),
            Middleware(request_checks, settings.hosts, settings.base),
        ],
        exception_handlers={
            RequestError: _request_error,  # type: ignore[dict-item]
            HTTPException: _routing_error,  # type: ignore[dict-item]
            CatalogueError: _catalogue_error,  # type: ignore[dict-item]
        },
        lifespan=lifespan,
    )
    # A redirect to the address with or without a slash would lose the body of a GET.
    app.router.redirect_slashes = False
    return app


def _routes(service: Service) -> Iterator[Route]:
    yield from _under_bases(LISTINGS, listing_endpoint(service), "GET", "POST")
    yield from _under_bases(REPORTS, report_endpoint(service), "POST")
    for name, names in vocabulary_lists(service.settings.vocabulary).items():
        yield from _under_bases((f"/{name}",), _fixed_json(names), "GET")
    yield Route("/download", download_endpoint(service), methods=["GET", "POST"])
    yield Route("/download/{session}", progress_endpoint(service), methods=["GET"])
    yield Route("/delivery/{token}/{name}", delivery_endpoint(service), methods=["GET"])
    yield Route("/openapi.json", _fixed_json(description(service.settings)), methods=["GET"])
    if service.settings.archive is not None:
        yield from archive_tree.routes(service)


def _under_bases(names: tuple[str, ...], endpoint: Endpoint, *methods: str) -> Iterator[Route]:
    for base in BASES:
        for name in names:
            yield Route(base + name, endpoint, methods=list(methods))


def _fixed_json(value: Any) -> Endpoint:
    body = json_bytes(value)

    async def endpoint(request: Request) -> Response:  # noqa: ARG001  # every request has the same response
        return Response(body, media_type="application/json")

    return endpoint


def vocabulary_lists(vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """The four lists of names, by the last part of their addresses.

    That each is a JSON list is known (source: the University of Calgary's page about the interface); what its elements
    look like is not. Here they are what a request takes.
    """
    return {
        "get_instrument_products": [entry["wire"] for entry in vocabulary.products.values()],
        "get_experiment_tags": _tags(vocabulary),
        "get_spacecraft_constraint_fields": _fields(vocabulary, "spacecraft"),
        "get_geophysical_constraint_fields": _fields(vocabulary, "geophysical"),
    }


def _fields(vocabulary: Vocabulary, tab: str) -> list[str]:
    return [entry["wire"] for entry in vocabulary.fields.values() if entry["tab"] == tab]


def _tags(vocabulary: Vocabulary) -> list[Any]:
    """Pairs of a group and a tag, or tags alone, as requests take them."""
    pairs = [(group.wire, tag.wire) for group, tags in vocabulary.groups().values() for tag in tags.values()]
    return [tag if vocabulary.experiment_shape == "word" else [group, tag] for group, tag in pairs]


async def _request_error(request: Request, error: RequestError) -> Response:  # noqa: ARG001  # Starlette passes both
    return error_response(error)


async def _catalogue_error(request: Request, error: CatalogueError) -> Response:  # noqa: ARG001  # Starlette passes both
    LOG.error("%s", error_location(error))
    return error_response(unavailable("the service cannot read its catalogue at present", retry_after=600))


async def _routing_error(request: Request, error: HTTPException) -> Response:
    """The response to an unknown path or to a method that its path does not have."""
    if error.status_code == 405:
        methods = (error.headers or {}).get("Allow", "")
        allowed = ", ".join(sorted({*methods.split(", "), "OPTIONS"}))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allowed})
        return error_response(http_error(405, f"this address accepts only {allowed}", headers={"Allow": allowed}))
    help = "see /openapi.json for the addresses of this service"
    return error_response(http_error(error.status_code, "there is nothing at this address", help=help))
