"""Connections of requests that can be cut while they are waited for, from the first byte sent to the last received.

Neither requests nor urllib3 has a way to hand down to a connection who may cut it, so it asks for that in the thread
in which it is made.
"""

from __future__ import annotations

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from edexql.client import certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.client
    import socket
    from collections.abc import Callable
    from typing import Any, Protocol

    from urllib3 import PoolManager, ProxyManager

    class Holder(Protocol):
        """Who may cut a connection."""

        def hold(self, connection: socket.socket) -> None:
            """Take over a socket that was connected or is used again."""


def adapter_of(answer: type[http.client.HTTPResponse], here: Callable[[], Holder | None]) -> type[HTTPAdapter]:
    """The adapter whose connections read answers of this class, and are held by whom `here` names, if anybody."""

    class Plain(HTTPConnection):
        response_class = answer

        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            if holder := here():
                holder.hold(connection)
            return connection

    class Secure(HTTPSConnection):
        response_class = answer
        _spare: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            if holder := here():
                # The socket itself is taken apart by the handshake; what is cut then is another handle of it.
                self._spare = connection.dup()
                holder.hold(self._spare)
            return connection

        def connect(self) -> None:
            try:
                self.ssl_context = self.ssl_context or certificates.context()
                super().connect()
                if (holder := here()) and self.sock is not None:
                    holder.hold(self.sock)
            finally:
                if self._spare is not None:
                    self._spare.close()
                    self._spare = None

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    def watch(manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **named: Any) -> None:
            super().init_poolmanager(*args, **named)
            watch(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **named: Any) -> ProxyManager:
            manager: ProxyManager = super().proxy_manager_for(proxy, **named)
            if not proxy.lower().startswith("socks"):
                watch(manager)
            return manager

    return Adapter
