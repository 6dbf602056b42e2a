"""The listening socket, the HTTP server, and connections with limits of time and number."""

from __future__ import annotations

import ipaddress
import os
import socket
from http import HTTPStatus

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from edexql.server.errors import as_json, diagnostics, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

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


# Seconds for which a client may leave what it is sent unread.
STALLED = 60.0


class Patient(H11Protocol):
    """A connection. `limits` are those of the service it is made to."""

    limits: Limits
    _head: TimerHandle | None = None
    _stall: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._turn_away(503, "too many connections")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._head)
        self._head = None
        _cancel(self._stall)
        self._stall = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            _cancel(self._head)
            self._head = None
        elif self._head is None and not self.transport.is_closing():
            # The next request on a connection that is kept has begun.
            self._await_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(STALLED, self.transport.abort)

    def resume_writing(self) -> None:
        _cancel(self._stall)
        self._stall = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # it is always the same
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            # In the midst of an answer there is no place for another.
            self.transport.close()
        else:
            self._turn_away(400, "this is not HTTP as it should be")

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.limits.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self._head = None
        if self.cycle is None or self.cycle.response_complete:
            self._turn_away(408, f"no request was sent within {self.limits.head_seconds:g} seconds")

    def _turn_away(self, status: int, message: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(_raw(status, message))
            self.transport.close()


def protocol(limits: Limits) -> type[Patient]:
    """The protocol of a service with these limits."""
    return type("Patient", (Patient,), {"limits": limits})


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _raw(status: int, message: str) -> bytes:
    body = as_json(diagnostics(refusal(status, message)))
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
