"""A request that is not carried out: a status, and what is wrong as diagnostics."""

from __future__ import annotations

from edexql.base.record import record
from edexql.server.answers import json_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from starlette.responses import Response


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
