"""The socket that a service listens on, and the server that listens."""

from __future__ import annotations

import ipaddress
import os
import socket

import uvicorn

from edexql.server.protocol import protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.applications import Starlette

    from edexql.server.settings import Limits

# Seconds that a service which is being stopped waits for answers under way.
GRACE = 10
_BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any that is free. Raises OSError."""
    family, kind, number, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, number)
    try:
        if os.name == "posix":
            # A port that was left a moment ago. On Windows this would be one that another program has.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """The address of the service behind a socket; that of the machine, by its name, where it listens on all of them."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host.partition("%")[0]).is_unspecified:
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def server(app: Starlette, limits: Limits) -> uvicorn.Server:
    """A server for an application. It says nothing of its own: the application logs its requests."""
    config = uvicorn.Config(
        app,
        http=protocol(limits),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
    )
    return uvicorn.Server(config)
