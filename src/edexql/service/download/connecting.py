"""Requests with two things added: answers are framed without doubt or refused, and connections can be cut.

A head that leaves open where its body ends is an error here, where http.client makes the best of it. What is
private to http.client and urllib3 and used here are methods that they call themselves; a version that did not
call them would be less strict, not wrong.
"""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import contextmanager, suppress

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.wait import wait_for_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from typing import Any

    from requests.adapters import BaseAdapter
    from urllib3 import PoolManager, ProxyManager

    from edexql.service.download.line import Line

_LENGTH = re.compile("[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_LONGEST_CHUNK_LINE = 4096
# Seconds in which a service that was asked to close the connection does so, or goes on sending: one that said
# that it would, and one that did not.
_PATIENCE = 0.25
_LITTLE_PATIENCE = 0.05
# Which line a connection belongs to: urllib3 has no way to hand that down to it.
_here = threading.local()


class GarbledError(http.client.HTTPException):
    """An answer that contradicts itself."""


@contextmanager
def using(line: Line) -> Iterator[None]:
    """What is asked for in this thread meanwhile goes over this line."""
    _here.line = line
    try:
        yield
    finally:
        line.release()
        _here.line = None


def _line() -> Line | None:
    return getattr(_here, "line", None)


class Answer(http.client.HTTPResponse):
    """An answer that is framed without doubt."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._socket = sock
        if line := _line():
            line.hold(sock)

    def begin(self) -> None:
        super().begin()
        if wrong := _wrong_with(self.headers):
            raise GarbledError(wrong)

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LONGEST_CHUNK_LINE)
        if line and not line.endswith(b"\n") and len(line) < _LONGEST_CHUNK_LINE:
            raise http.client.IncompleteRead(b"")
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise GarbledError("a chunk does not say how long it is") if line else http.client.IncompleteRead(b"")
        return int(found[1], 16)

    def _safe_read(self, amt: int) -> bytes:
        data: bytes = super()._safe_read(amt)  # type: ignore[misc]
        if self.chunked and amt == 2 and data != b"\r\n":
            raise GarbledError("a chunk is longer than it says")
        return data

    def _close_conn(self) -> None:
        line = _line()
        if line and self.fp and not self.chunked and self.length == 0:
            patience = _PATIENCE if self.will_close else _LITTLE_PATIENCE
            line.surplus = self._more(0.0 if line.telling else patience)
        super()._close_conn()  # type: ignore[misc]

    def _more(self, patience: float) -> bool:
        """Whether something comes after the end of the body."""
        before = self._socket.gettimeout()
        try:
            self._socket.settimeout(0)
            if not (data := self._peek()) and patience and wait_for_read(self._socket, patience):
                data = self._peek()
        except (OSError, ValueError):
            return False
        finally:
            with suppress(OSError):
                self._socket.settimeout(before)
        # Some services end a body with a line break too many.
        return bool(data.strip(b"\r\n"))

    def _peek(self) -> bytes:
        try:
            return self.fp.peek(1)
        except OSError:
            return b""


def _wrong_with(headers: http.client.HTTPMessage) -> str | None:
    if headers.defects or headers.get_payload():
        return "its head has a line that is none"
    lengths = set(headers.get_all("Content-Length", []))
    coded = headers.get_all("Transfer-Encoding", [])
    if len(lengths) > 1 or (lengths and coded):
        return "it tells its length in two ways"
    if lengths and not _LENGTH.fullmatch(lengths.pop().strip()):
        return "its length is no number"
    if coded and [text.strip().lower() for text in coded] != ["chunked"]:
        return "it came in a transfer encoding that was not asked for"
    return None


class _Plain(HTTPConnection):
    response_class = Answer

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        if line := _line():
            line.hold(connection)
        return connection


class _Secure(HTTPSConnection):
    response_class = Answer
    _spare: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        if line := _line():
            # The socket itself is taken apart by the handshake; what is cut then is another handle of it.
            self._spare = connection.dup()
            line.hold(self._spare)
        return connection

    def connect(self) -> None:
        try:
            super().connect()
        finally:
            if self._spare is not None:
                self._spare.close()
                self._spare = None


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        _watched(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **named)
        if not proxy.lower().startswith("socks"):
            _watched(manager)
        return manager


def _watched(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class Session(requests.Session):
    """A session of requests for one thread. It leaves redirects to its user, and their bodies unread.

    `carrier` is given each adapter of the network, and returns what requests go through in its place.
    """

    def __init__(self, user_agent: str, carrier: Callable[[BaseAdapter], BaseAdapter] | None = None) -> None:
        super().__init__()
        # What is sent is the file itself, not a compressed form of it.
        self.headers.update({"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"})
        self._settings: dict[str, Any] = {}
        for scheme in ("http://", "https://"):
            adapter = _Adapter(pool_connections=8, pool_maxsize=1)
            self.mount(scheme, adapter if carrier is None else carrier(adapter))

    def merge_environment_settings(self, url: Any, *args: Any) -> Any:
        """Proxies and certificates of the environment, looked up once for each host and not for each file."""
        scheme, _, rest = str(url).partition("://")
        host = f"{scheme}://{rest.partition('/')[0]}"
        if host not in self._settings:
            self._settings[host] = super().merge_environment_settings(url, *args)
        return dict(self._settings[host])

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        """Nowhere: requests would read the body of the redirect, however long it is."""
        return
