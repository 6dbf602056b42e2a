"""The description of the service, OpenAPI 3.1, written by hand."""

from __future__ import annotations

from edexql.base.version import __version__
from edexql.server.jobs.mail import LONGEST_ADDRESS, LONGEST_NAME, PATTERN

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
        "get_instrument_products": ("Products", "The slugs of the products.", TEXTS),
        "get_experiment_tags": ("ExperimentTags", "The planned experiments, as a request names them.", TAGS),
        "get_spacecraft_constraint_fields": ("SpacecraftFields", "The keys of spacecraft fields.", TEXTS),
        "get_geophysical_constraint_fields": ("GeophysicalFields", "The keys of geophysical fields.", TEXTS),
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
        "components": {"schemas": components(settings)},
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
            "200": _answer("The query, and its files.", {"$ref": reference("Listing")}),
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
    begun = _answer("It has begun.", {"$ref": reference("Session")})
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
        "responses": {"200": _answer("How far it is.", {"$ref": reference("Progress")}), **_errors(404, 410)},
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
    content = {"schema": {"$ref": reference(schema)}, "examples": {"tutorial": {"value": example(schema)}}}
    return {"required": True, "content": {"application/json": content}}


def _answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _errors(*statuses: int) -> dict[str, Any]:
    found = {}
    for status in sorted({*statuses, *_ALWAYS}):
        answer = _answer(_REASONS[status], {"$ref": reference("Diagnostics")})
        if status in _RETRIED:
            answer["headers"] = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
        found[str(status)] = answer
    return found


TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
TAGS: dict[str, Any] = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {**TEXTS, "minItems": 2, "maxItems": 2}]},
}

# The request of the Canadian Space Agency's tutorial, and the files it was answered with.
_ASKED: dict[str, Any] = {
    "product": ["fai-lv1-hdf5-images"],
    "date": [["2019-05-01", "2019-05-01"]],
    "fai": ["has-data"],
    "email": "youremail@example.ca",
    "result_filenames": [],
    "query-logic": " ( 1 AND 2 ) ",
}
_FILES = [
    "FAI_lv1_h5_20190501_150534_151306_6.0.0.zip   540.57MB",
    "FAI_lv1_h5_20190501_164634_165406_6.0.0.zip   542.65MB",
    "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip   543.11MB",
]
# Every token that the logic can have, in any order: whether they make an expression, no regular expression tells.
_LOGIC = r"^ *((AND|OR|[0-9]{1,9}|\(|\)) *)*$"


def reference(name: str) -> str:
    """The reference to a schema of the components."""
    return f"#/components/schemas/{name}"


def example(name: str) -> dict[str, Any]:
    """A request of the tutorial's."""
    return _ASKED if name == "Query" else {**_ASKED, "result_filenames": _FILES}


def components(settings: Settings) -> dict[str, Any]:
    """The schemas of a service with these settings."""
    files = {**TEXTS, "description": "Files, each as `<name>   <size>`; the size may be missing."}
    some = {**files, "minItems": 1}
    email = {
        "type": "string",
        "pattern": PATTERN,
        "maxLength": LONGEST_ADDRESS,
        "allOf": [{"pattern": f"^[^@]{{1,{LONGEST_NAME}}}@"}],
        "examples": ["me@example.ca"],
    }
    listed = {**TEXTS, "description": "The files, each as `<name>   <size>`."}
    return {
        "Query": _query_schema(settings, files),
        "Listing": {"type": "object", "required": ["result_filenames"], "properties": {"result_filenames": listed}},
        "Report": _object(("email", "result_filenames"), email=email, result_filenames=some),
        "Download": _object(("result_filenames",), result_filenames=some),
        "Session": _object(("session_id",), session_id={"type": "string", "minLength": 1}),
        "Progress": _progress_schema(),
        "Diagnostics": _object(("diagnostics",), diagnostics={"type": "array", "minItems": 1, "items": _diagnostic()}),
    }


def _query_schema(settings: Settings, files: dict[str, Any]) -> dict[str, Any]:
    day = {"type": "string", "format": "date", "pattern": r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}
    period = {"type": "array", "items": day, "minItems": 2, "maxItems": 2}
    dates = {
        "type": "array",
        "items": period,
        "description": "Periods, each by its first and its last day (UTC), both included.",
    }
    logic = {
        "type": "string",
        "pattern": _LOGIC,
        "description": "AND, OR and brackets over the numbers of the constraints: one number for each element of "
        "each list, in the order of the keys, from 1.",
    }
    parts = {
        "product": {**TEXTS, "description": "Slugs of products; none is all of them."},
        settings.vocabulary.date.wire: dates,
        "email": {"type": "string", "description": "Not looked at here."},
        "result_filenames": {**files, "description": "Not looked at here; the answer has the files in its place."},
        "query-logic": logic,
    }
    return {
        "type": "object",
        "properties": parts,
        "additionalProperties": True,
        "description": f"Any other key with a list is that many constraints, {settings.limits.elements} in all at "
        "most. Of those that the catalogue knows nothing about it cannot be told which files meet them.",
    }


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _progress_schema() -> dict[str, Any]:
    count = {"type": ["integer", "null"], "minimum": 0}
    return _object(
        ("state", "done", "total", "link", "missing", "reason", "error"),
        state={"enum": ["waiting", "zipping", "done", "failed"]},
        done={**count, "description": "Bytes that are in the zip."},
        total={**count, "description": "Bytes that will be."},
        link={"type": ["string", "null"], "description": "Where to fetch the zip, once it is done."},
        missing={**TEXTS, "description": "Files that are not in the archive of this service."},
        reason={"type": ["string", "null"], "description": "Why there is no zip."},
        error={"type": ["string", "null"], "description": "The same of a download that has failed, null of others."},
    )


def _diagnostic() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return _object(
        ("code", "severity", "message", "key", "help"),
        code={"type": "string", "pattern": "^[EWS][0-9]{3}$"},
        severity={"enum": ["error", "warning"]},
        message=text,
        key={"type": ["string", "null"], "description": "The key of the request that it is about."},
        help={"type": ["string", "null"], "description": "The way out."},
    )
