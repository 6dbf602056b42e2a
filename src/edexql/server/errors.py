"""Errors of a request: a status and diagnostics, as JSON to the client and as one line to the log."""

from __future__ import annotations

import json
import logging
import os
import traceback

from starlette.responses import Response

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# No line of the log has an e-mail address or the secret of a link, and no line can change the state of a terminal.
LOG = logging.getLogger("edexql.server")


class Diagnostic(Record):
    """What is wrong with the entry `key` of a request, or with the whole request.

    `code` is a code of the compiler, or S and the HTTP status where the error is one of HTTP.
    """

    code: str
    message: str
    key: str | None = None
    help: str | None = None


class RequestError(Exception):
    """The request is answered with an error: an HTTP status, diagnostics, and further headers."""

    def __init__(self, status: int, *diagnostics: Diagnostic, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, diagnostics)
        self.status = status
        self.diagnostics = diagnostics
        self.headers = dict(headers or {})


def http_error(
    status: int, message: str, *, help: str | None = None, headers: Mapping[str, str] | None = None
) -> RequestError:
    """An error with one diagnostic, whose code is S and the status."""
    return RequestError(status, Diagnostic(f"S{status}", message, help=help), headers=headers)


def unavailable(message: str, *, retry_after: int = 5) -> RequestError:
    """503 Service Unavailable; the client can try again after `retry_after` seconds."""
    return http_error(503, message, headers={"Retry-After": str(retry_after)})


def error_json(error: RequestError) -> bytes:
    """The body of an error: `{"diagnostics": [{"code": …, "severity": …, "message": …, "key": …, "help": …}]}`."""
    entries = [
        {
            "code": diagnostic.code,
            "severity": "error",
            "message": diagnostic.message,
            "key": diagnostic.key,
            "help": diagnostic.help,
        }
        for diagnostic in error.diagnostics
    ]
    return json_bytes({"diagnostics": entries})


def error_response(error: RequestError) -> Response:
    return Response(error_json(error), error.status, error.headers, media_type="application/json")


def json_bytes(value: Any) -> bytes:
    """A value as JSON, in ASCII: a lone surrogate, which JSON can contain, can then be sent back."""
    return json.dumps(value, allow_nan=False).encode("ascii")


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json_bytes(value), status, headers, media_type="application/json")


def error_location(error: BaseException) -> str:
    """The class of an error and where it was raised, in one line. Its message could contain anything."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    calls = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {calls}"
