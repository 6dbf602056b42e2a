"""The forms of requests and answers, as JSON Schema."""

from __future__ import annotations

from edexql.server import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.server.settings import Settings

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


def of(name: str) -> str:
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
        "pattern": address.PATTERN,
        "maxLength": address.LONGEST,
        "allOf": [{"pattern": f"^[^@]{{1,{address.LONGEST_NAME}}}@"}],
        "examples": ["me@example.ca"],
    }
    listed = {**TEXTS, "description": "The files, each as `<name>   <size>`."}
    return {
        "Query": _query(settings, files),
        "Listing": {"type": "object", "required": ["result_filenames"], "properties": {"result_filenames": listed}},
        "Report": _object(("email", "result_filenames"), email=email, result_filenames=some),
        "Download": _object(("result_filenames",), result_filenames=some),
        "Session": _object(("session_id",), session_id={"type": "string", "minLength": 1}),
        "Progress": _progress(),
        "Diagnostics": _object(("diagnostics",), diagnostics={"type": "array", "minItems": 1, "items": _diagnostic()}),
    }


def _query(settings: Settings, files: dict[str, Any]) -> dict[str, Any]:
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


def _progress() -> dict[str, Any]:
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
