"""Requests over connections that a deadline can cut, from the first byte of an answer to the last.

What is private to http.client and used here is a method that it calls itself; a version that did not call it would
take a body that was cut for an error all the same, or be told of it by the deadline.
"""

from __future__ import annotations

import http.client

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from edexql.service.exchange.deadline import here

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from urllib3 import PoolManager, ProxyManager


class _Answer(http.client.HTTPResponse):
    """An answer that is not taken for whole when it was cut."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._deadline = here()
        if self._deadline is not None:
            self._deadline.hold(sock)

    def begin(self) -> None:
        super().begin()
        if self._deadline is not None:
            self._deadline.check()

    def _close_conn(self) -> None:
        super()._close_conn()  # type: ignore[misc]
        # Not while it is closed by its user, who has what was wanted of it.
        if self._deadline is not None and not self.closed:
            self._deadline.check()


class _Plain(HTTPConnection):
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        if deadline := here():
            deadline.hold(connection)
        return connection


class _Secure(HTTPSConnection):
    response_class = _Answer
    _spare: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        if deadline := here():
            # The socket itself is taken apart by the handshake; what is cut then is another handle of it.
            self._spare = connection.dup()
            deadline.hold(self._spare)
        return connection

    def connect(self) -> None:
        try:
            super().connect()
            if (deadline := here()) and self.sock is not None:
                deadline.hold(self.sock)
        finally:
            if self._spare is not None:
                self._spare.close()
                self._spare = None


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Adapter(HTTPAdapter):
    """The adapter of requests, whose connections keep to the deadline of the thread that asks."""

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
