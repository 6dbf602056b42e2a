"""The description of the service in OpenAPI 3.1, written by hand, with the JSON Schemas of requests and responses."""

from __future__ import annotations

from edexql.base.version import __version__
from edexql.server.jobs.mail import ADDRESS_PATTERN, LONGEST_ADDRESS, LONGEST_LOCAL_PART

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.model.vocabulary import Vocabulary
    from edexql.server.settings import Settings

    Operation = dict[str, Any]


_ABOUT = """\
An eDEx-compatible service over a local catalogue. Addresses, bodies and responses of the listing and the report are
those of the real service as far as they are known; older addresses, marked deprecated here, work as well. The rest
is a choice of this service: status codes, diagnostics, `/download`, `/delivery`, the elements of the four lists of
names, and POST for the listing. A service with an archive also has the dated tree of its files, at /YYYY/MM/DD/:
pages and files, which are not described here.

Every error is `{"diagnostics": [...]}`. 400 is for bodies that cannot be read, 422 for values that do not have eDEx's
form, and 409 for values that have it and fit neither each other nor the catalogue: `query-logic` that is not
well-formed or names a constraint that is not there (a schema cannot express it), a period that ends before it starts,
an unknown file."""

TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
TAGS: dict[str, Any] = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {**TEXTS, "minItems": 2, "maxItems": 2}]},
}

# The request of the Canadian Space Agency's tutorial, and the files of its response.
_REQUEST: dict[str, Any] = {
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
# Every token that the logic can have, in any order: a regular expression cannot check that they form an expression.
_LOGIC = r"^ *((AND|OR|[0-9]{1,9}|\(|\)) *)*$"

_REASONS = {
    400: "The body cannot be read.",
    403: "A page of another site made a browser send this.",
    404: "There is nothing at this address.",
    408: "The body was not received in time.",
    409: "The values fit neither each other nor the catalogue.",
    410: "It has expired.",
    413: "The body or the query is too large.",
    415: "The body is not marked as `application/json`.",
    416: "The range is outside the file.",
    421: "The host name is not one of this service.",
    422: "The body does not have eDEx's form.",
    429: "Too many deliveries were requested for this e-mail address, or too many downloads started from this network.",
    500: "Internal error of the service.",
    503: "The service has too much to do; `Retry-After` says when to try again.",
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
    given = example(settings.vocabulary)
    for base, suffix, deprecated in (("", "", False), ("/api", "Older", True)):
        for name, later in (("/api_fetch_data", ""), ("/api", "Short")):
            paths[base + name] = {
                method: _marked(_listing(f"{method}Listing{suffix}{later}", given), deprecated or bool(later))
                for method in ("get", "post")
            }
        for name, later in (("/api_prepare_report", ""), ("/prepareReport", "Short")):
            paths[base + name] = {"post": _marked(_report(f"report{suffix}{later}", given), deprecated or bool(later))}
        for name, (what, summary, schema) in lists.items():
            paths[f"{base}/{name}"] = {"get": _marked(_list(f"list{what}{suffix}", summary, schema), deprecated)}
    session = {**_in_path("session_id", "The `session_id` of the download."), "in": "query"}
    paths["/download"] = {"post": _download(given), "get": _progress("progressOfSession", session)}
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


def _listing(name: str, given: dict[str, Any]) -> Operation:
    return {
        "operationId": name,
        "summary": "List the files of a query.",
        "description": "eDEx takes a GET with a JSON body; a client that cannot send one can use POST. "
        "The response is the object of the request with the files, `<name>   <size>`, in `result_filenames`.",
        "requestBody": _body("Query", given),
        "responses": {
            "200": _response("The query and its files.", {"$ref": reference("Listing")}),
            **_errors(*_OF_BODIES),
        },
    }


def _report(name: str, given: dict[str, Any]) -> Operation:
    sentence = {"type": "string", "pattern": r"^Preparing report\.\.\. You will receive an email from \S+ shortly\.$"}
    return {
        "operationId": name,
        "summary": "Put files into a zip, and send its link by mail.",
        "description": "Takes the object that the listing returned, without the files that are not wanted.",
        "requestBody": _body("Report", given),
        "responses": {
            "200": {"description": "The delivery is being prepared.", "content": {"text/plain": {"schema": sentence}}},
            **_errors(*_OF_BODIES, 429),
        },
    }


def _list(name: str, summary: str, schema: dict[str, Any]) -> Operation:
    return {"operationId": name, "summary": summary, "responses": {"200": _response(summary, schema), **_errors()}}


def _download(given: dict[str, Any]) -> Operation:
    started = _response("The download has started.", {"$ref": reference("Session")})
    started["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    started["links"] = {
        "progress": {"operationId": "progress", "parameters": {"session": "$response.body#/session_id"}}
    }
    return {
        "operationId": "download",
        "summary": "Put files into a zip, without mail.",
        "description": "An address of this service: that of eDEx is not known.",
        "requestBody": _body("Download", given),
        "responses": {"202": started, **_errors(*_OF_BODIES, 429)},
    }


def _progress(name: str, session: dict[str, Any]) -> Operation:
    return {
        "operationId": name,
        "summary": "The progress of a download.",
        "description": "An address of this service: that of eDEx is not known.",
        "parameters": [session],
        "responses": {"200": _response("The progress.", {"$ref": reference("Progress")}), **_errors(404, 410)},
    }


def _delivery() -> Operation:
    content = {"application/zip": {"schema": {"type": "string", "contentMediaType": "application/zip"}}}
    parts = {"multipart/byteranges": {"schema": {"type": "string"}}}
    return {
        "operationId": "fetch",
        "summary": "Fetch a zip, whole or in ranges, by the link in the mail or in the progress.",
        "parameters": [_in_path("token", "The secret of the link."), _in_path("name", "The name of the zip.")],
        "responses": {
            "200": {"description": "The zip.", "content": content},
            "206": {"description": "The requested ranges.", "content": {**content, **parts}},
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


def _body(schema: str, given: dict[str, Any]) -> dict[str, Any]:
    value = {**given, "result_filenames": []} if schema == "Query" else given
    content = {"schema": {"$ref": reference(schema)}, "examples": {"tutorial": {"value": value}}}
    return {"required": True, "content": {"application/json": content}}


def _response(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _errors(*statuses: int) -> dict[str, Any]:
    errors = {}
    for status in sorted({*statuses, *_ALWAYS}):
        response = _response(_REASONS[status], {"$ref": reference("Diagnostics")})
        if status in _RETRIED:
            response["headers"] = {
                "Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
            }
        errors[str(status)] = response
    return errors


def reference(name: str) -> str:
    """The reference to a schema of the components."""
    return f"#/components/schemas/{name}"


def example(vocabulary: Vocabulary) -> dict[str, Any]:
    """A request with the files of its response: that of the tutorial, or one of another mission's first product."""
    if not vocabulary.replaced:
        return {**_REQUEST, "result_filenames": _FILES}
    product = vocabulary.product(vocabulary.example_product)
    parts = {"product": [] if product is None else [product.wire], vocabulary.date.wire: _REQUEST["date"]}
    return {**parts, "email": _REQUEST["email"], "result_filenames": ["NAME   540.57MB"], "query-logic": " 1 "}


def components(settings: Settings) -> dict[str, Any]:
    """The schemas of a service with these settings."""
    files = {**TEXTS, "description": "Files, each as `<name>   <size>`; the size may be missing."}
    some = {**files, "minItems": 1}
    email = {
        "type": "string",
        "pattern": ADDRESS_PATTERN,
        "maxLength": LONGEST_ADDRESS,
        "allOf": [{"pattern": f"^[^@]{{1,{LONGEST_LOCAL_PART}}}@"}],
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
        "product": {**TEXTS, "description": "Slugs of products; an empty list means all products."},
        settings.vocabulary.date.wire: dates,
        "email": {"type": "string", "description": "Not used here."},
        "result_filenames": {**files, "description": "Not used here; the response has the files in its place."},
        "query-logic": logic,
    }
    return {
        "type": "object",
        "properties": parts,
        "additionalProperties": True,
        "description": f"Any other key with a list is that many constraints, {settings.limits.elements} in all at "
        "most. Where the catalogue has no information about a constraint, it is unknown which files match it.",
    }


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _progress_schema() -> dict[str, Any]:
    count = {"type": ["integer", "null"], "minimum": 0}
    return _object(
        ("state", "done", "total", "link", "missing", "reason", "error"),
        state={"enum": ["waiting", "zipping", "done", "failed"]},
        done={**count, "description": "Bytes that are in the zip so far."},
        total={**count, "description": "Bytes that the zip will have."},
        link={"type": ["string", "null"], "description": "Where to fetch the zip, once it is complete."},
        missing={**TEXTS, "description": "Files that are not in the archive of this service."},
        reason={"type": ["string", "null"], "description": "Why there is no zip."},
        error={"type": ["string", "null"], "description": "The same for a download that failed, null for others."},
    )


def _diagnostic() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return _object(
        ("code", "severity", "message", "key", "help"),
        code={"type": "string", "pattern": "^[EWS][0-9]{3}$"},
        severity={"enum": ["error", "warning"]},
        message=text,
        key={"type": ["string", "null"], "description": "The key of the request that is wrong."},
        help={"type": ["string", "null"], "description": "What to do."},
    )
