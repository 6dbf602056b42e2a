"""What holds for every request and response: middlewares, the outermost of which is named first in `app`."""

from __future__ import annotations

import re
import time

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from edexql.base.text import printable
from edexql.base.version import __version__
from edexql.server.errors import LOG, error_location, error_response, http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from edexql.server.errors import RequestError

# The pages of folders load nothing, and no other response is a page: a browser must not guess a type, load anything,
# store the response, or tell another site where it was.
_HEADERS = {
    "server": f"edexql/{__version__}",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
# Bytes of a refused body that are still read, so that its sender gets to read the response.
_DRAIN_LIMIT = 8 * 2**20
_LOGGED_LENGTH = 100
# What could be an e-mail address, and what is long enough to be a secret.
_PRIVATE = re.compile(r"[^/]*(?:@|%40)[^/]*|[A-Za-z0-9_~%-]{20,}", re.IGNORECASE)


def access_log(app: ASGIApp, public_paths: frozenset[str]) -> ASGIApp:
    """Log a line for each request: client, method, path, status, milliseconds. `public_paths` are logged unchanged."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_and_note_status)
        finally:
            milliseconds = (time.perf_counter() - start) * 1000
            client = printable(scope["client"][0]) if scope.get("client") else "-"
            request = _request_line(scope, public_paths)
            LOG.info("%s %s %s %.0f ms", client, request, status or "-", milliseconds)

    return logged


def _request_line(scope: Scope, public_paths: frozenset[str]) -> str:
    """The method and path of a request for the log. In a path that is not public, what could be private is left out."""
    path: str = scope["path"]
    if path not in public_paths:
        path = printable(_PRIVATE.sub("…", path[: 10 * _LOGGED_LENGTH])[:_LOGGED_LENGTH])
    return f"{printable(scope['method'][:10])} {path}"


def response_headers(app: ASGIApp) -> ASGIApp:
    """Every response has the headers that protect browsers, and the name of this server."""

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, send_with_headers)

    return with_headers


def body_drain(app: ASGIApp, seconds: float) -> ASGIApp:
    """Read what remains of a body before the response is sent, for at most `seconds`, or close the connection.

    An unread body would otherwise block the connection, and its sender would never read the response.
    """

    async def drained(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        unread = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if not unread:
            await app(scope, receive, send)
            return

        async def receive_and_note_end() -> Message:
            nonlocal unread
            message = await receive()
            unread = unread and message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def send_after_body(message: Message) -> None:
            nonlocal unread
            if message["type"] == "http.response.start" and unread:
                # A client that waits for 100 (Continue) must not be asked to send; one that was too slow had its time.
                if "expect" not in headers and message["status"] != 408:
                    await drain()
                if unread:
                    MutableHeaders(scope=message)["connection"] = "close"
                    unread = False
            await send(message)

        async def drain() -> None:
            count = 0
            with anyio.move_on_after(seconds):
                while unread and count < _DRAIN_LIMIT:
                    count += len((await receive_and_note_end()).get("body", b""))

        await app(scope, receive_and_note_end, send_after_body)

    return drained


def error_guard(app: ASGIApp, public_paths: frozenset[str]) -> ASGIApp:
    """An unexpected error is logged, answered with 500 without its text, and ends nothing but its request."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await app(scope, receive, send_and_note_start)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] != "http":
                raise
            LOG.error("%s: %s", _request_line(scope, public_paths), error_location(error))
            if started:
                raise
            await error_response(http_error(500, "internal error of the service"))(scope, receive, send)

    return guarded


def request_checks(app: ASGIApp, hosts: tuple[str, ...], base: str) -> ASGIApp:
    """Refuse a request by its headers: two lengths of its body, another host name, or a page of another site.

    `hosts` are the names of the service, empty for any; `base` is its address.
    """
    own_site = _site(base)

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        error = None
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            error = _framing_error(headers) or _host_error(headers, hosts)
            if error is None and scope["method"] == "POST":
                error = _origin_error(headers, own_site)
        if error is None:
            await app(scope, receive, send)
        else:
            await error_response(error)(scope, receive, send)

    return checked


def _framing_error(headers: Headers) -> RequestError | None:
    """A body with two lengths: a proxy and a server that each use one see different requests (RFC 9112, 6.1)."""
    if "transfer-encoding" not in headers or "content-length" not in headers:
        return None
    help = "send Content-Length or Transfer-Encoding, not both"
    return http_error(400, "the body has two lengths", help=help, headers={"Connection": "close"})


def _host_error(headers: Headers, hosts: tuple[str, ...]) -> RequestError | None:
    """A host name that is not one of the service.

    A page of another site whose host name points at this machine could otherwise read the responses (DNS rebinding).
    """
    name, colon, port = headers.get("host", "").rpartition(":")
    host = (name if colon and port.isdecimal() else headers.get("host", "")).strip("[]").lower()
    if not hosts or host in hosts:
        return None
    help = "start the service with --address and the address that its clients use"
    return http_error(421, "this service does not have that host name", help=help)


def _origin_error(headers: Headers, own_site: str) -> RequestError | None:
    """A POST that a page of another site made a browser send.

    Browsers name the site of the page in `Origin` (Fetch standard, 3.1) or `Sec-Fetch-Site` (Fetch Metadata); other
    programs send neither.
    """
    origin = headers.get("origin")
    if origin is not None:
        allowed = _site(origin) in (own_site, headers.get("host", "").lower())
    else:
        allowed = headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return None if allowed else http_error(403, "a page of another site cannot send a POST to this service")


def _site(address: str) -> str:
    """The name and port of an address: `epop.example.ca` of `https://epop.example.ca/archive`."""
    return address.partition("://")[2].partition("/")[0].lower()
