"""The body of a request: JSON, read strictly and within limits of size, time and depth."""

from __future__ import annotations

import json

import anyio

from edexql.base.nesting import DEEPEST
from edexql.base.text import shown
from edexql.server.errors import Finding, Refusal, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request

    from edexql.server.settings import Limits


async def json_of(request: Request, limits: Limits) -> bytes:
    """The body of a request that says it is JSON, whatever its method. Raises Refusal."""
    body = await _read(request, limits)
    if not body:
        help = "the query is the body of the request, as JSON; a GET carries one too"
        raise Refusal(400, Finding("E413", "there is no body", help=help))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A web page can make a browser send other kinds anywhere without asking first.
        raise refusal(415, "the body is not marked as JSON", help="send it with Content-Type: application/json")
    return body


async def _read(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    try:
        with anyio.fail_after(limits.body_seconds):
            # Whatever length the head announces, what arrives is what counts.
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body:
                    raise refusal(413, f"the body has more than {limits.body} bytes")
    except TimeoutError:
        raise refusal(408, f"the body was not sent within {limits.body_seconds:g} seconds") from None
    return bytes(body)


# A longer one could not be made a float, which comparing it with the bounds of a field may ask for.
LONGEST_NUMBER = 300
_EXAMPLE = 'send {"product": ["fai-lv1-hdf5-images"], "date": [["2019-05-01", "2019-05-01"]], …} as application/json'


def read_object(body: bytes) -> dict[str, Any]:
    """The object in a body. Raises Refusal: 400 for what is no JSON, 422 for JSON that is no object."""
    try:
        found = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise Refusal(400, Finding("E209", f"byte {error.start + 1} of the body is not UTF-8")) from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"the body is not JSON: {error.msg.lower()} ({place})" if body else "there is no body"
        raise Refusal(400, Finding("E413", message, help=_EXAMPLE)) from None
    except ValueError as error:
        raise Refusal(400, Finding("E413", f"the body is not JSON: {error}", help=_EXAMPLE)) from None
    if not isinstance(found, dict):
        raise Refusal(422, Finding("E413", "the body is not a JSON object", help=_EXAMPLE))
    if _depth_exceeds(found, DEEPEST):
        raise _too_deep()
    return found


def _too_deep() -> Refusal:
    return Refusal(400, Finding("E412", f"the body is nested more than {DEEPEST} levels deep"))


def _depth_exceeds(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
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
    # Which of two values counts is not the same in all readers of JSON, and here numbers hang on the keys.
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {shown(twice)} stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _float(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text[:20]} is beyond what a number can be")
    return number


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(text)
