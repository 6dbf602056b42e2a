"""Connections that can be cut while they are waited for, and heads of answers as RFC 9110 and RFC 9112 allow them.

From the first byte sent to the last received a connection can be cut. Neither requests nor urllib3 has a way to hand
down to a connection who may cut it, so it asks for that in the thread in which it is made.

Where http.client is narrower than the RFCs: interim answers (1xx, RFC 9110, 15.2) come before the answer, any number
of them; a head may have more than a hundred lines; a length that is given twice is one length where both are the same
(RFC 9110, 8.6)."""

from __future__ import annotations

import http.client
import re

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from edexql.client.http import certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any, BinaryIO, Protocol

    from urllib3 import PoolManager, ProxyManager

    class Holder(Protocol):
        """Who may cut a connection."""

        def hold(self, connection: socket.socket) -> None:
            """Take over a socket that was connected or is used again."""


_MOST_LINES = 1000
_MOST_BYTES = 256 * 1024
_LONGEST = 64 * 1024
# http.client takes a hundred lines, the empty one at the end included.
_MOST_PARTS = 90
_SWITCHING = 101
# A field as nearly all are, and statuses and versions that http.client treats like all others.
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)\r?\n")
_VERSIONS = {"HTTP/1.1": 11, "HTTP/1.0": 10}
_WITHOUT_BODY = (204, 304)


class Response(http.client.HTTPResponse):
    """An answer of http.client that reads its head so.

    A plain head is read here, without the parser of e-mail that http.client has for all of them.
    """

    _status_line: tuple[str, int, str] | None = None

    def begin(self) -> None:
        if self.headers is not None:
            return
        stream = self.fp
        head = self.fp = _Head(stream)
        try:
            self._status_line = self._read_status()
            if self._begin_plain(head, *self._status_line):
                return
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = stream
        self._settle_length()

    def _read_status(self) -> tuple[str, int, str]:
        if self._status_line is not None:
            return self._status_line
        while True:
            status_line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= status_line[1] < 200 or status_line[1] == _SWITCHING:
                break
            _fields(self.fp)
        if isinstance(self.fp, _Head):
            self.fp.take_fields()
        return status_line

    def _begin_plain(self, head: _Head, version: str, status: int, reason: str) -> bool:
        """What http.client makes of the head of an answer to GET that has a body; False for any other head."""
        if version not in _VERSIONS or status < 200 or status in _WITHOUT_BODY or getattr(self, "_method", "") != "GET":
            return False
        message = head.message()
        if message is None:
            return False
        sent = message.get_all("Content-Length", [])
        coding = message.get("Transfer-Encoding")
        if len(sent) > 1 or not all(text.isascii() and text.isdigit() for text in sent):
            return False
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = _VERSIONS[version]
        self.headers = self.msg = message
        self.chunked = coding is not None and coding.lower() == "chunked"
        if self.chunked:
            self.chunk_left = None
        self.length = int(sent[0]) if sent and not self.chunked else None
        self.will_close = self._check_close() or (self.length is None and not self.chunked)  # type: ignore[attr-defined]
        return True

    def _settle_length(self) -> None:
        values = lengths(self.headers)
        if len(values) != 1 or self.headers.get("Content-Length") in values:
            return
        text = values.pop()
        del self.headers["Content-Length"]
        self.headers["Content-Length"] = text
        if text.isascii() and text.isdigit() and self.length is None and not self.chunked:
            self.length = int(text)
            self.will_close = self._check_close()  # type: ignore[attr-defined]


def lengths(headers: http.client.HTTPMessage) -> set[str]:
    """The lengths that a head tells: one where it is as it should be."""
    return {text.strip() for value in headers.get_all("Content-Length", []) for text in value.split(",")}


class _Head:
    """The lines of a head as http.client reads them: the fields in few parts, each of several lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._parts: list[bytes] | None = None

    def take_fields(self) -> None:
        """What comes from now on are fields."""
        *lines, end = _fields(self._stream)
        self._lines = lines if end in (b"\r\n", b"\n") else []
        size = len(lines) // _MOST_PARTS + 1
        self._parts = [b"".join(lines[i : i + size]) for i in range(0, len(lines), size)] + [end]

    def message(self) -> http.client.HTTPMessage | None:
        """The fields where all of them are plain; None otherwise."""
        message = http.client.HTTPMessage()
        for line in self._lines:
            field = _FIELD.fullmatch(line.decode("latin-1"))
            if field is None:
                return None
            message.set_raw(*field.groups())
        return message if self._lines else None

    def readline(self, limit: int = -1) -> bytes:
        if self._parts is None:
            return self._stream.readline(limit)
        return self._parts.pop(0) if self._parts else b""

    def close(self) -> None:
        self._stream.close()


def _fields(stream: Any) -> list[bytes]:
    """The lines up to the empty one, and that."""
    lines: list[bytes] = []
    size = 0
    while not lines or lines[-1] not in (b"\r\n", b"\n", b""):
        line: bytes = stream.readline(_LONGEST)
        size += len(line)
        lines.append(line)
        if len(lines) > _MOST_LINES or size > _MOST_BYTES or len(line) >= _LONGEST:
            raise http.client.HTTPException(f"its head has more than {_MOST_LINES} lines, or {_MOST_BYTES} bytes")
    return lines


def adapter_of(answer: type[http.client.HTTPResponse], here: Callable[[], Holder | None]) -> type[HTTPAdapter]:
    """The adapter whose connections read answers of this class, and are held by what `here` names, if anything."""

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
