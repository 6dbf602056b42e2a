"""Errors of a request: a status and diagnostics, as JSON to the client and as one line to the log."""

from __future__ import annotations

import json
import logging
import os
import traceback

from starlette.responses import Response

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


@record(frozen=True, slots=True)
class Finding:
    """A diagnostic about the entry `key` of a request, or about all of it.

    `code` is one of the compiler's, or S and the status where the matter is one of HTTP.
    """

    code: str
    message: str
    key: str | None = None
    help: str | None = None


class Refusal(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, *findings: Finding, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, findings)
        self.status = status
        self.findings = findings
        self.headers = dict(headers or {})


def refusal(status: int, message: str, *, help: str | None = None, headers: Mapping[str, str] | None = None) -> Refusal:
    """A refusal for a reason of HTTP's."""
    return Refusal(status, Finding(f"S{status}", message, help=help), headers=headers)


def busy(message: str, *, after: int = 5) -> Refusal:
    """A refusal for want of room: worth another try `after` so many seconds."""
    return refusal(503, message, headers={"Retry-After": str(after)})


def answer(refused: Refusal) -> Response:
    """A refusal as it is sent: `{"diagnostics": [{"code": …, "severity": …, "message": …, "key": …, "help": …}]}`."""
    return json_answer(diagnostics(refused), refused.status, refused.headers)


def diagnostics(refused: Refusal) -> dict[str, Any]:
    return {"diagnostics": [_entry(finding) for finding in refused.findings]}


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": "error",
        "message": finding.message,
        "key": finding.key,
        "help": finding.help,
    }


def as_json(value: Any) -> bytes:
    """A value as JSON. ASCII alone, so that half a surrogate pair, which JSON can hold, can be sent back."""
    return json.dumps(value, allow_nan=False).encode("ascii")


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(as_json(value), status, headers, media_type="application/json")


LOG = logging.getLogger("edexql.server")


def told_of(error: BaseException) -> str:
    """An error in one line: its class and where it came from. Its message could have anything in it."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where}"
