"""The listening socket, the HTTP server, and connections with limits of time and number."""

from __future__ import annotations

import ipaddress
import socket
from http import HTTPStatus

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from edexql.base import system
from edexql.server.errors import error_json, http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport
    from typing import Any

    from starlette.applications import Starlette

    from edexql.server.settings import Limits

# Seconds that a stopping service waits for responses under way.
SHUTDOWN_GRACE = 10
_BACKLOG = 2048
# Seconds for which a client may leave what is sent to it unread.
STALL_LIMIT = 60.0


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any free port. Raises OSError."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = addresses[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if not system.WINDOWS:
            # Take a port that was closed a moment ago. On Windows this would take the port of another program.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL of the service behind a socket, with the name of the machine where it listens on all addresses."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host.partition("%")[0]).is_unspecified:
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def http_server(app: Starlette, limits: Limits) -> uvicorn.Server:
    """A server for an application. It logs nothing itself: the application logs its requests."""
    config = uvicorn.Config(
        app,
        http=type("LimitedConnection", (LimitedConnection,), {"limits": limits}),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=SHUTDOWN_GRACE,
    )
    return uvicorn.Server(config)


class LimitedConnection(H11Protocol):
    """A connection that is closed for a slow head, a slow reader, or too many others. `limits` are the service's."""

    limits: Limits
    _head_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(HeadBuffer(transport, self.conn))  # type: ignore[arg-type]
        if len(self.connections) > self.limits.connections:
            self._close_with_error(503, "too many connections")
        else:
            self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._stop_stall_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head_timer()
        elif self._head_timer is None and not self.transport.is_closing():
            # The next request on a kept connection has started.
            self._start_head_timer()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall_timer is None:
            self._stall_timer = self.loop.call_later(STALL_LIMIT, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_stall_timer()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the message is always the same
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            # A response is under way: another cannot be sent.
            self.transport.close()
        else:
            self._close_with_error(400, "the request is not valid HTTP")

    def _start_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(self.limits.head_seconds, self._end_head_time)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _end_head_time(self) -> None:
        self._head_timer = None
        if self.cycle is None or self.cycle.response_complete:
            self._close_with_error(408, f"no request was received within {self.limits.head_seconds:g} seconds")

    def _close_with_error(self, status: int, message: str) -> None:
        if self.transport.is_closing():
            return
        body = error_json(http_error(status, message))
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()


class HeadBuffer:
    """A transport that sends the head of a response together with what is written after it, the beginning of the body.

    One write is one segment where it fits: a client is not woken for a head alone, and never waits for the rest.
    """

    def __init__(self, transport: Transport, state: h11.Connection) -> None:
        self._transport = transport
        self._state = state
        self._head = b""
        self._in_body = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        was_in_body, self._in_body = self._in_body, self._state.our_state is h11.SEND_BODY
        if self._in_body and not was_in_body:
            self._head = data
        else:
            self._flush(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self, data: bytes = b"") -> None:
        data, self._head = self._head + data, b""
        if data:
            self._transport.write(data)
