"""Reading a request's body: no more of it, and for no longer, than is allowed."""

from __future__ import annotations

import anyio

from edexql.server.refusal import Finding, Refusal, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
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
