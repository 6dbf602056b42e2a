"""An exchange as it is kept: a JSON file that says what was asked and answered, beside the bytes of the body."""

from __future__ import annotations

import base64
import json
import os
import time

from edexql.base import json_text
from edexql.base.files import atomic, regular
from edexql.base.record import Record
from edexql.client.http import redaction
from edexql.client.http.errors import ExchangeError, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import requests

    Pairs = tuple[tuple[str, str], ...]

FORMAT = 1
_MOST = 64 * 2**20
_STREAMED = b"(sent in pieces)"


class RecordedRequest(Record):
    """A request without what is private in it. `range` is the part of a file that it asks for."""

    method: str
    url: str
    headers: Pairs
    body: bytes

    @property
    def range(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "range"), "")


class RecordedResponse(Record):
    """The head of an answer, and what is known of its body.

    `end` is "complete", "unread" where the client did not read on, "open" where the recording was broken off, or
    "withheld" where addresses in it could not have been seen; a failure ended it in the other cases.
    """

    status: int
    reason: str
    version: int
    headers: Pairs
    end: str
    size: int
    failure: Failure | None = None


class Exchange(Record):
    """A request, and its answer or why there is none; neither where the recording was broken off between them."""

    request: RecordedRequest
    answered: RecordedResponse | None = None
    failure: Failure | None = None


def recorded_request(request: requests.PreparedRequest) -> RecordedRequest:
    """A request as it is kept."""
    sent = {str(name): _text(value) for name, value in request.headers.items()}
    body = request.body
    raw = b"" if body is None else body.encode() if isinstance(body, str) else body
    raw = redaction.body(raw, redaction.kind_of(sent)) if isinstance(raw, bytes) else _STREAMED
    headers = tuple(redaction.headers(sent.items()))
    return RecordedRequest((request.method or "").upper(), redaction.url(request.url or ""), headers, raw)


def write(path: str, exchange: Exchange) -> None:
    """Keep an exchange in a file. Raises ExchangeError."""
    text = json.dumps(_as_json(exchange), indent=2) + "\n"
    try:
        atomic.write(path, text.encode())
    except OSError as error:
        raise unwritable(path, error, exchange.request.url) from error


def read(path: str) -> Exchange:
    """An exchange out of its file. Raises ExchangeError where the file is not one of ours."""
    try:
        return _exchange(json_text.loads(regular.read(path, _MOST)))
    except OSError as error:
        raise ExchangeError(f"cannot read the recording {path}: {error.strerror}", "") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExchangeError(f"{path} is not a recorded exchange: it is damaged or was changed", "") from error


def body_path(path: str) -> str:
    """The file of the body, beside that of the exchange."""
    return f"{os.path.splitext(path)[0]}.body"


def unwritable(path: str, error: OSError, url: str) -> ExchangeError:
    return ExchangeError(f"cannot write the recording {path}: {error.strerror or type(error).__name__}", url)


def _as_json(exchange: Exchange) -> dict[str, Any]:
    request, answered = exchange.request, exchange.answered
    document: dict[str, Any] = {
        "format": FORMAT,
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "asked": {"method": request.method, "url": request.url, "headers": request.headers, **_body(request.body)},
    }
    if answered is not None:
        document["answered"] = {
            "status": answered.status,
            "reason": answered.reason,
            "version": answered.version,
            "headers": answered.headers,
            "end": answered.end,
            "bytes": answered.size,
            **_failed(answered.failure),
        }
    return document | _failed(exchange.failure)


def _failed(failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        return {}
    return {"failure": {"kind": failure.kind, "words": failure.words, "unconnected": failure.unconnected}}


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _exchange(document: Any) -> Exchange:
    if document["format"] != FORMAT:
        raise ValueError("another format")
    request = document["asked"]
    body = base64.b64decode(request["base64"]) if "base64" in request else request["body"].encode()
    recorded = RecordedRequest(_str(request["method"]), _str(request["url"]), _pairs(request["headers"]), body)
    return Exchange(recorded, _answered(document.get("answered")), _failure(document.get("failure")))


def _answered(response: Any) -> RecordedResponse | None:
    if response is None:
        return None
    return RecordedResponse(
        int(response["status"]),
        _str(response["reason"]),
        int(response["version"]),
        _pairs(response["headers"]),
        _str(response["end"]),
        int(response["bytes"]),
        _failure(response.get("failure")),
    )


def _failure(failure: Any) -> Failure | None:
    if failure is None:
        return None
    return Failure(_str(failure["kind"]), _str(failure["words"]), bool(failure["unconnected"]))


def _pairs(pairs: Any) -> Pairs:
    return tuple((_str(name), _str(value)) for name, value in pairs)


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
