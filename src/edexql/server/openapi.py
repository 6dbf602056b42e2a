"""The description of the service, OpenAPI 3.1, written by hand."""

from __future__ import annotations

from edexql.base.version import __version__
from edexql.server import schemas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.server.settings import Settings

    Operation = dict[str, Any]

_ABOUT = """\
An eDEx-compatible service over a local catalogue. Addresses, bodies and answers of the listing and the report are
those of the real service as far as they are known; older addresses, marked deprecated here, work as well. The rest
is a choice of this service: status codes, diagnostics, `/download`, `/delivery`, what the elements of the four
catalogues look like, and that the listing takes POST. A service with an archive has the dated tree of its files as
well, at /YYYY/MM/DD/: pages and files, which are not described here.

Every error is `{"diagnostics": [...]}`. 400 is for bodies that cannot be read, 422 for values that are not of
eDEx's form, and 409 for those that are and fit neither each other nor the catalogue: `query-logic` that is not
well-formed or names a constraint that is not there (a schema cannot tell), a period that ends before it begins, a
file that is not known."""

_REASONS = {
    400: "The body cannot be read.",
    403: "A page of another site made a browser send this.",
    404: "There is nothing of the kind.",
    408: "The body was not sent in time.",
    409: "The values fit neither each other nor the catalogue.",
    410: "It was there, and has expired.",
    413: "The body or the query is too large.",
    415: "The body is not marked as `application/json`.",
    416: "The file has no such range.",
    421: "The service does not go by this name.",
    422: "The body is not of eDEx's form.",
    429: "Too many reports were asked for with this address, or too many downloads begun from this network.",
    500: "Something went wrong in the service.",
    503: "There is too much to do; `Retry-After` says when to try again.",
}
_ALWAYS = (421, 500)
_OF_BODIES = (400, 403, 408, 409, 413, 415, 422, 503)
_RETRIED = (429, 503)


def description(settings: Settings) -> dict[str, Any]:
    """The description of a service with these settings."""
    lists = {
        "get_instrument_products": ("Products", "The slugs of the products.", schemas.TEXTS),
        "get_experiment_tags": ("ExperimentTags", "The planned experiments, as a request names them.", schemas.TAGS),
        "get_spacecraft_constraint_fields": ("SpacecraftFields", "The keys of spacecraft fields.", schemas.TEXTS),
        "get_geophysical_constraint_fields": ("GeophysicalFields", "The keys of geophysical fields.", schemas.TEXTS),
    }
    paths: dict[str, Any] = {}
    for base, suffix, deprecated in (("", "", False), ("/api", "Older", True)):
        for name, later in (("/api_fetch_data", ""), ("/api", "Short")):
            paths[base + name] = {
                method: _marked(_listing(f"{method}Listing{suffix}{later}"), deprecated or bool(later))
                for method in ("get", "post")
            }
        for name, later in (("/api_prepare_report", ""), ("/prepareReport", "Short")):
            paths[base + name] = {"post": _marked(_report(f"report{suffix}{later}"), deprecated or bool(later))}
        for name, (what, summary, schema) in lists.items():
            paths[f"{base}/{name}"] = {"get": _marked(_list(f"list{what}{suffix}", summary, schema), deprecated)}
    session = {**_in_path("session_id", "The `session_id` of the download."), "in": "query"}
    paths["/download"] = {"post": _download(), "get": _progress("progressOfSession", session)}
    session = _in_path("session", "The `session_id` of the download.")
    paths["/download/{session}"] = {"get": _progress("progress", session)}
    paths["/delivery/{token}/{name}"] = {"get": _delivery()}
    paths["/openapi.json"] = {"get": _list("describe", "This description.", {"type": "object"})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "edexql", "version": __version__, "description": _ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas.components(settings)},
    }


def _marked(operation: Operation, deprecated: bool) -> Operation:  # noqa: FBT001  # it is the value of the key
    return {**operation, "deprecated": True} if deprecated else operation


def _listing(name: str) -> Operation:
    return {
        "operationId": name,
        "summary": "List the files of a query.",
        "description": "eDEx takes a GET that carries a JSON body; where a client cannot send one, POST does the same. "
        "The answer is the object of the request with the files, `<name>   <size>`, in `result_filenames`.",
        "requestBody": _body("Query"),
        "responses": {
            "200": _answer("The query, and its files.", {"$ref": schemas.of("Listing")}),
            **_errors(*_OF_BODIES),
        },
    }


def _report(name: str) -> Operation:
    said = {"type": "string", "pattern": r"^Preparing report\.\.\. You will receive an email from \S+ shortly\.$"}
    return {
        "operationId": name,
        "summary": "Have files put into a zip, and its link sent by mail.",
        "description": "Takes the object that the listing answered with, files that are not wanted left out.",
        "requestBody": _body("Report"),
        "responses": {
            "200": {"description": "It is being prepared.", "content": {"text/plain": {"schema": said}}},
            **_errors(*_OF_BODIES, 429),
        },
    }


def _list(name: str, summary: str, schema: dict[str, Any]) -> Operation:
    return {"operationId": name, "summary": summary, "responses": {"200": _answer(summary, schema), **_errors()}}


def _download() -> Operation:
    begun = _answer("It has begun.", {"$ref": schemas.of("Session")})
    begun["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    begun["links"] = {"progress": {"operationId": "progress", "parameters": {"session": "$response.body#/session_id"}}}
    return {
        "operationId": "download",
        "summary": "Have files put into a zip, without mail.",
        "description": "An address of this service: what eDEx calls its own is not known.",
        "requestBody": _body("Download"),
        "responses": {"202": begun, **_errors(*_OF_BODIES, 429)},
    }


def _progress(name: str, session: dict[str, Any]) -> Operation:
    return {
        "operationId": name,
        "summary": "How far a download is.",
        "description": "An address of this service: what eDEx calls its own is not known.",
        "parameters": [session],
        "responses": {"200": _answer("How far it is.", {"$ref": schemas.of("Progress")}), **_errors(404, 410)},
    }


def _delivery() -> Operation:
    content = {"application/zip": {"schema": {"type": "string", "contentMediaType": "application/zip"}}}
    parts = {"multipart/byteranges": {"schema": {"type": "string"}}}
    return {
        "operationId": "fetch",
        "summary": "Fetch a zip, whole or in ranges, by the link that was sent or that the progress tells.",
        "parameters": [_in_path("token", "The secret of the link."), _in_path("name", "The name of the zip.")],
        "responses": {
            "200": {"description": "The zip.", "content": content},
            "206": {"description": "The ranges asked for.", "content": {**content, **parts}},
            **_errors(400, 404, 410, 416, 503),
        },
    }


def _in_path(name: str, about: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about,
        "schema": {"type": "string", "minLength": 1},
    }


def _body(schema: str) -> dict[str, Any]:
    content = {"schema": {"$ref": schemas.of(schema)}, "examples": {"tutorial": {"value": schemas.example(schema)}}}
    return {"required": True, "content": {"application/json": content}}


def _answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _errors(*statuses: int) -> dict[str, Any]:
    found = {}
    for status in sorted({*statuses, *_ALWAYS}):
        answer = _answer(_REASONS[status], {"$ref": schemas.of("Diagnostics")})
        if status in _RETRIED:
            answer["headers"] = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
        found[str(status)] = answer
    return found
