"""What the service says of itself, on the logger `edexql.server`: one line for each request, and what went wrong.

No line has an e-mail address or the secret of a link, and nothing in a line can make a terminal do anything.
"""

from __future__ import annotations

import logging
import os
import re
import time
import traceback

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("edexql.server")

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


def told_of(error: BaseException) -> str:
    """An error in one line: its class and where it came from. Its message could have anything in it."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where}"
