"""The body of a request: JSON, read strictly and within limits of size, time and depth."""

from __future__ import annotations

import json

import anyio

from edexql.base.json_text import DEEPEST
from edexql.base.text import shown
from edexql.server.errors import Diagnostic, RequestError, http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request

    from edexql.server.settings import Limits

# A number with more digits may be too large for a float, and it is compared with the bounds of a field as one.
LONGEST_NUMBER = 300
EXAMPLE = 'send {"product": ["NAME"], "date": [["2019-05-01", "2019-05-01"]], …} as application/json'
NO_BODY = "send the query as JSON in the body of the request; a GET has a body too"


async def read_body(request: Request, limits: Limits, help: str = NO_BODY) -> bytes:
    """The body of a request that is marked as JSON, whatever its method; `help` is for one without.

    Raises RequestError.
    """
    body = bytearray()
    try:
        with anyio.fail_after(limits.body_seconds):
            # The length that the head announces is not trusted: what arrives is counted.
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body:
                    raise http_error(413, f"the body has more than {limits.body} bytes")
    except TimeoutError:
        raise http_error(408, f"the body was not received within {limits.body_seconds:g} seconds") from None
    if not body:
        raise RequestError(400, Diagnostic("E413", "the request has no body", help=help))
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        # A web page can make a browser send other types to any site, without a preflight request.
        raise http_error(415, "the body is not marked as JSON", help="send it with Content-Type: application/json")
    return bytes(body)


def json_object(body: bytes, help: str = EXAMPLE, other: int = 422) -> dict[str, Any]:
    """The JSON object in a body; `help` says what to send.

    Raises RequestError: 400 for what is not JSON, the status `other` for JSON that is not an object.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise RequestError(400, Diagnostic("E209", f"byte {error.start + 1} of the body is not UTF-8")) from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        message = f"the body is not JSON: {error.msg.lower()} ({position})"
        raise RequestError(400, Diagnostic("E413", message, help=help)) from None
    except ValueError as error:
        raise RequestError(400, Diagnostic("E413", f"the body is not JSON: {error}", help=help)) from None
    if not isinstance(value, dict):
        raise RequestError(other, Diagnostic("E413", "the body is not a JSON object", help=help))
    if _is_deeper(value, DEEPEST):
        raise _too_deep()
    return value


def _too_deep() -> RequestError:
    return RequestError(400, Diagnostic("E412", f"the body is nested more than {DEEPEST} levels deep"))


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether a value is nested more than `levels` deep. It is read level by level, without recursion."""
    level = [value]
    for _ in range(levels):
        level = [
            inner
            for outer in level
            if isinstance(outer, (list, dict))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return any(isinstance(value, (list, dict)) for value in level)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON readers disagree about which of two values counts, and here the numbers of constraints depend on the keys.
    entries = dict(pairs)
    if len(entries) < len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {shown(repeated)} occurs twice")
    return entries


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _float(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(text)
