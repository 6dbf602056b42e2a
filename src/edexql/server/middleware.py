"""What holds for every request and response: middlewares, the outermost of which is named first in `app`."""

from __future__ import annotations

import re
import time

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from edexql.base.text import printable
from edexql.base.version import __version__
from edexql.server.errors import LOG, answer, as_json, diagnostics, refusal, told_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


# The pages of folders need nothing but themselves, and all else is no page: a browser is not to make one of it, load
# anything for it, keep it, or tell others where it was found.
_HEADERS = {
    "server": f"edexql/{__version__}",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
# What is read of a body that nobody wants, so that its sender comes to read why; bytes.
_DRAINED = 8 * 2**20


def headed(app: ASGIApp) -> ASGIApp:
    """Every answer has the headers of the house."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, with_headers)

    return around


def drained(app: ASGIApp, seconds: float) -> ASGIApp:
    """A body is read, for some seconds more, or the connection is closed: what remains must not hold it up."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        remains = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers

        async def noted() -> Message:
            nonlocal remains
            message = await receive()
            remains = remains and message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def after_body(message: Message) -> None:
            nonlocal remains
            if message["type"] == "http.response.start" and remains:
                # Who waits for a 100 (Continue) is not to be asked to send; who was too slow has had the time.
                if "expect" not in headers and message["status"] != 408:
                    await _drain()
                if remains:
                    MutableHeaders(scope=message)["connection"] = "close"
                    remains = False
            await send(message)

        async def _drain() -> None:
            count = 0
            with anyio.move_on_after(seconds):
                while remains and count < _DRAINED:
                    count += len((await noted()).get("body", b""))

        await app(scope, noted, after_body)

    return around


def explained(app: ASGIApp) -> ASGIApp:
    """Errors that come in plain text from the framework leave as diagnostics."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        body: bytes | None = None

        async def rewritten(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start" and message["status"] >= 400:
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/plain"):
                    body = as_json(diagnostics(refusal(message["status"], _REASONS.get(message["status"], "an error"))))
                    headers["content-type"] = "application/json"
                    headers["content-length"] = str(len(body))
            elif message["type"] == "http.response.body" and body is not None:
                if message.get("more_body", False):
                    return
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await app(scope, receive, rewritten)

    return around


_REASONS = {400: "the Range header cannot be read", 416: "the file has no such range"}


def guarded(app: ASGIApp, paths: frozenset[str]) -> ASGIApp:
    """Nothing that goes wrong here is told to a client, or ends anything but its request."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await app(scope, receive, noted)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] != "http":
                raise
            LOG.error("%s %s: %s", method_of(scope), path_of(scope, paths), told_of(error))
            if started:
                raise
            await answer(refusal(500, "something went wrong in the service"))(scope, receive, send)

    return around


def framed(app: ASGIApp) -> ASGIApp:
    """A body has one length. Raises nothing: a request that gives two of them is refused, and its connection closed.

    A proxy that counts by the one and a server that counts by the other see different requests (RFC 9112, 6.1).
    """

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "transfer-encoding" in headers and "content-length" in headers:
            help = "send Content-Length or Transfer-Encoding, not both"
            refused = refusal(400, "the body has two lengths", help=help, headers={"Connection": "close"})
            await answer(refused)(scope, receive, send)
            return
        await app(scope, receive, send)

    return around


def own(app: ASGIApp, base: str) -> ASGIApp:
    """A page of another site does not make a browser post anything here.

    Browsers name the site of the page in `Origin` (Fetch standard, 3.1) or `Sec-Fetch-Site` (Fetch Metadata); other
    programs send neither.
    """
    known = _site(base)

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope["type"] == "http" and scope["method"] == "POST" and _is_foreign(headers, known):
            await answer(refusal(403, "pages of other sites cannot post here"))(scope, receive, send)
            return
        await app(scope, receive, send)

    return around


def _is_foreign(headers: Headers, known: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return _site(origin) not in (known, headers.get("host", "").lower())
    return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


def _site(address: str) -> str:
    """The name and port of an address: `epop.example.ca` of `https://epop.example.ca/archive`."""
    return address.partition("://")[2].partition("/")[0].lower()


def called(app: ASGIApp, hosts: tuple[str, ...]) -> ASGIApp:
    """The service answers to its own names, if any are given.

    A page from elsewhere that has its name point at this machine is thereby kept from reading the answers.
    """

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and hosts and _host(Headers(scope=scope).get("host", "")) not in hosts:
            help = "give the address under which clients know it with --address"
            await answer(refusal(421, "the service is not known by this name", help=help))(scope, receive, send)
            return
        await app(scope, receive, send)

    return around


def _host(value: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = value.rpartition(":")
    return (name if colon and port.isdecimal() else value).strip("[]").lower()


_LONGEST = 100
# What might be an address, and what is long enough to be a secret.
_PRIVATE = re.compile(r"[^/]*(?:@|%40)[^/]*|[A-Za-z0-9_~%-]{20,}", re.IGNORECASE)


def journal(app: ASGIApp, paths: frozenset[str]) -> ASGIApp:
    """A middleware that logs each request. `paths` are those that may be shown as they are."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noted)
        finally:
            spent = (time.perf_counter() - begin) * 1000
            client = printable(scope["client"][0]) if scope.get("client") else "-"
            LOG.info("%s %s %s %s %.0f ms", client, method_of(scope), path_of(scope, paths), status or "-", spent)

    return logged


def method_of(scope: Scope) -> str:
    return printable(scope["method"][:10])


def path_of(scope: Scope, paths: frozenset[str]) -> str:
    """The path of a request as it may be shown: of one that is not known, nothing that could be private."""
    path: str = scope["path"]
    if path in paths:
        return path
    return printable(_PRIVATE.sub("…", path[: 10 * _LONGEST])[:_LONGEST])
