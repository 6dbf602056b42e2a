"""HTTP connections for files: responses are framed without doubt or refused, and a slow connection is cut.

A head that leaves open where its body ends is an error here, where http.client makes the best of it. What is
private to http.client and urllib3 and used here are methods that they call themselves; a version that did not
call them would be less strict, not wrong.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from types import SimpleNamespace

import requests
from urllib3 import HTTPHeaderDict
from urllib3.util.wait import wait_for_read

from edexql.client import credentials
from edexql.client.http.certificates import trusted
from edexql.client.http.connections import Response, adapter_of, lengths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping
    from typing import Any, TypeVar

    from requests.adapters import BaseAdapter
    from urllib3.connectionpool import HTTPConnectionPool

    from edexql.client.download.model import Code
    from edexql.client.settings.declarations import Network

    Value = TypeVar("Value")

_LENGTH = re.compile("[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_LONGEST_CHUNK_LINE = 4096
# Seconds in which a service that was asked to close the connection does so, or goes on sending: one that said
# that it would, and one that did not.
_PATIENCE = 0.25
_LITTLE_PATIENCE = 0.05
# The connection of this thread's attempt: urllib3 has no way to hand it down to its sockets.
_thread = threading.local()
# What a body is read into, by each thread: a piece is of use until the next one is read.
_PIECE = 2**20
# The buffer of a head, in which a small body comes along with it.
_HEAD = 64 * 1024
# What requests changes nothing of: neither quoted, nor with dots that lead elsewhere.
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


class FramingError(http.client.HTTPException):
    """A response that contradicts itself."""


@contextmanager
def bound_to(connection: Connection) -> Iterator[None]:
    """Have requests of this thread go over this connection meanwhile."""
    _thread.connection = connection
    try:
        yield
    finally:
        connection.release()
        _thread.connection = None


def _bound() -> Connection | None:
    return getattr(_thread, "connection", None)


class StrictResponse(Response):
    """A response that is framed without doubt. Its pieces are of use until the next one is read."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        # http.client takes nothing from a socket but its stream.
        super().__init__(SimpleNamespace(makefile=partial(sock.makefile, buffering=_HEAD)), *args, **options)  # type: ignore[arg-type]
        self._socket = sock
        if connection := _bound():
            connection.hold(sock)

    def begin(self) -> None:
        super().begin()
        if wrong := _framing_problem(self.headers):
            raise FramingError(wrong)

    def read1(self, n: int = -1) -> bytes:
        if self.fp is None or self.chunked or n < 0:
            return super().read1(n)
        view: memoryview | None = getattr(_thread, "view", None)
        if view is None:
            # A new piece of memory for each would be cleared by the system each time.
            view = _thread.view = memoryview(bytearray(_PIECE))
        count = min(n, _PIECE if self.length is None else self.length)
        received: int = self.fp.readinto1(view[:count])
        if not received and n:
            self._close_conn()
        elif self.length is not None:
            self.length -= received
        return view[:received]  # type: ignore[return-value]  # as good as bytes until the next call

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LONGEST_CHUNK_LINE)
        if line and not line.endswith(b"\n") and len(line) < _LONGEST_CHUNK_LINE:
            raise http.client.IncompleteRead(b"")
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise FramingError("a chunk has no valid length") if line else http.client.IncompleteRead(b"")
        return int(match[1], 16)

    def _safe_read(self, amt: int) -> bytes:
        data: bytes = super()._safe_read(amt)  # type: ignore[misc]
        if self.chunked and amt == 2 and data != b"\r\n":
            raise FramingError("a chunk is longer than it says")
        return data

    def _read_and_discard_trailer(self) -> None:
        # Only here are the trailer fields: digests may be among them (RFC 9530, 3).
        fields = http.client.parse_headers(self.fp)
        if connection := _bound():
            connection.trailers = HTTPHeaderDict(fields.items())

    def _close_conn(self) -> None:
        connection = _bound()
        if connection and self.fp and not self.chunked and self.length == 0:
            patience = _PATIENCE if self.will_close else _LITTLE_PATIENCE
            connection.surplus = self._has_surplus(0.0 if connection.ends_itself else patience)
        super()._close_conn()  # type: ignore[misc]

    def _has_surplus(self, patience: float) -> bool:
        """Whether something follows the end of the body."""
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
        # Some services send one line break too many at the end of a body.
        return bool(data.strip(b"\r\n"))

    def _peek(self) -> bytes:
        try:
            return self.fp.peek(1)
        except OSError:
            return b""


def _framing_problem(headers: http.client.HTTPMessage) -> str | None:
    if headers.defects or headers.get_payload():
        return "its head has a line that is not a header field"
    lengths_sent = lengths(headers)
    encodings = headers.get_all("Transfer-Encoding", [])
    if len(lengths_sent) > 1 or (lengths_sent and encodings):
        return "it has two different lengths"
    if lengths_sent and not _LENGTH.fullmatch(lengths_sent.pop()):
        return "its length is not a number"
    if encodings and [text.strip().lower() for text in encodings] != ["chunked"]:
        return "it has a transfer encoding that was not requested"
    return None


class _Adapter(adapter_of(StrictResponse, _bound)):  # type: ignore[misc]
    """The adapter for files: what is the same for all files of a host is worked out once."""

    def __init__(self, **options: Any) -> None:
        self._pools: dict[tuple[Any, ...], HTTPConnectionPool] = {}
        super().__init__(**options)

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Mapping[str, str] | None = None, cert: Any = None
    ) -> HTTPConnectionPool:
        key = credentials.host_part(request.url), verify, cert, tuple(sorted((proxies or {}).items()))
        pool = self._pools.get(key)
        if pool is None or pool.pool is None:
            # New, or closed meanwhile, because there are many hosts.
            pool = self._pools[key] = super().get_connection_with_tls_context(request, verify, proxies, cert)
        return pool

    def request_url(self, request: Any, proxies: Any) -> str:
        path: str = request.url[len(credentials.host_part(request.url)) :]
        return path if not proxies and _PLAIN_PATH.fullmatch(path) else super().request_url(request, proxies)

    def build_response(self, request: Any, answer: Any) -> requests.Response:
        if "Set-Cookie" in answer.headers:
            response: requests.Response = super().build_response(request, answer)
            return response
        response = requests.Response()
        response.status_code = answer.status
        # As good as a dictionary of requests, which would be filled field by field.
        response.headers = answer.headers
        response.raw = answer
        response.reason = answer.reason
        response.url = request.url
        response.request = request
        response.connection = self
        return response


class HostCache:
    """What requests finds out for a host from the environment, for all sessions of a download."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What was kept under a key, or what `make` gives where that is nothing yet."""
        if key not in self._values:
            # Not under a lock: a name server that one host waits for would stop the others.
            self._values[key] = make()
        value: Value = self._values[key]
        return value


class Session(requests.Session):
    """A session of requests for one thread. It follows no redirects, and does not read their bodies.

    `carrier` is called with each network adapter, and returns the adapter to be used in its place. Sessions that have
    the same `cache` have the same user agent.
    """

    def __init__(
        self,
        user_agent: str,
        carrier: Callable[[BaseAdapter], BaseAdapter] | None = None,
        cache: HostCache | None = None,
    ) -> None:
        super().__init__()
        self.verify = trusted()
        # The service is to send the file itself, not a compressed form of it.
        self.headers.update({"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"})
        self._cache = cache or HostCache()
        self._jars: dict[tuple[str, str, int | None], requests.cookies.RequestsCookieJar] = {}
        for scheme in ("http://", "https://"):
            adapter = _Adapter(pool_connections=8, pool_maxsize=1)
            self.mount(scheme, adapter if carrier is None else carrier(adapter))

    def request_file(
        self,
        url: str,
        form: tuple[tuple[str, str], ...] | None,
        fields: Mapping[str, str],
        timeout: tuple[float, float],
        *,
        trusted: bool = True,
    ) -> requests.Response:
        """The response to a request for a file, its body unread; `form` is sent by POST, `fields` are header fields.

        Credentials, of the address or of `.netrc`, are sent only where the address is `trusted`: one that the user
        gave, or another of its origin. Cookies of an origin are sent back to that origin alone.
        """
        origin = credentials.origin(url)
        if origin not in self._jars:
            self._jars[origin] = requests.cookies.RequestsCookieJar()
        self.cookies = self._jars[origin]
        if form is None:
            prepared = self._prepared(url, trusted=trusted)
        else:
            prepared = self.prepare_request(requests.Request("POST", url, data=form))
        if fields:
            prepared.headers = prepared.headers.copy()
            prepared.headers.update(fields)
        settings = self.merge_environment_settings(prepared.url, {}, stream=True, verify=None, cert=None)
        # Not by requests' own `send`, which looks for redirects, and for cookies where none were sent.
        response = self.get_adapter(prepared.url or "").send(prepared, timeout=timeout, **settings)
        if "Set-Cookie" in response.headers:
            requests.cookies.extract_cookies_to_jar(  # type: ignore[no-untyped-call]
                self.cookies, prepared, response.raw
            )
        return response

    def _prepared(self, url: str, *, trusted: bool) -> requests.PreparedRequest:
        """A GET, prepared by requests once for each host and not for each file."""
        auth = None if trusted else credentials.no_credentials
        if self.cookies:
            return self.prepare_request(requests.Request("GET", url, auth=auth))
        host = credentials.host_part(url)
        request = requests.Request("GET", url, auth=auth)
        prepared = requests.PreparedRequest()
        # Its own `copy` makes another jar of cookies, and other header fields, which are the same for all.
        vars(prepared).update(vars(self._cache.get((host, trusted), lambda: self.prepare_request(request))))
        if _PLAIN_PATH.fullmatch(url, len(host)):
            prepared.url = credentials.host_part(prepared.url or "") + url[len(host) :]
        else:
            prepared.prepare_url(url, None)
        return prepared

    def merge_environment_settings(self, url: Any, *args: Any, **options: Any) -> Any:
        """Proxies and certificates of the environment, looked up once for each host and not for each file."""
        found = super().merge_environment_settings
        return dict(self._cache.get(credentials.host_part(str(url)), lambda: found(url, *args, **options)))

    def proxy_of(self, url: str) -> str | None:
        """The proxy for an address, without its password; None where there is none."""
        proxies = self.merge_environment_settings(url, {}, stream=True, verify=None, cert=None)["proxies"]
        proxy = requests.utils.select_proxy(url, proxies)
        return None if proxy is None else credentials.public_proxy_url(proxy)


class Connection:
    """The connection of one attempt. Its own thread reads from it; another one checks its deadlines, and may cut it."""

    def __init__(self, network: Network, *, ends_itself: bool) -> None:
        self._network = network
        # Whether the file's format shows its end, so that nothing after it needs to be waited for.
        self.ends_itself = ends_itself
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._head_by: float | None = None
        self._window = 0.0
        self._count = 0
        # Bytes of bodies.
        self.received = 0
        # The reason why it was cut.
        self.cut_code: Code | None = None
        # Whether more came than the response announced.
        self.surplus = False
        # Fields that followed the body.
        self.trailers: Mapping[str, str] = {}

    def hold(self, connection: socket.socket) -> None:
        """Use a socket that is new, or is used again."""
        with self._lock:
            self._socket = connection
        if self.cut_code is not None:
            self.cut(self.cut_code)

    def release(self) -> None:
        """The attempt is over, and another one may use the socket."""
        with self._lock:
            self._socket = None
            self._head_by = None
            self._window = 0.0

    def expect_head(self) -> None:
        """A request is sent: its response must begin within the timeouts."""
        self._window = 0.0
        self._head_by = time.monotonic() + self._network.connect + self._network.read

    def expect_body(self) -> None:
        """The head is here: from now on the speed counts."""
        self._head_by = None
        self._count = 0
        self._window = time.monotonic() + self._network.window

    def count(self, count: int) -> None:
        """Count bytes of the body."""
        self._count += count
        self.received += count

    def check_deadlines(self, now: float) -> None:
        """Cut the connection if its head is late, or its body too slow."""
        if self._head_by is not None and now > self._head_by:
            self.cut("silent")
        if self._window and now > self._window:
            if self._count < self._network.lowest_speed * self._network.window:
                self.cut("slow")
            self._count = 0
            self._window = now + self._network.window

    def cut(self, code: Code) -> None:
        """End the connection while another thread reads from it."""
        with self._lock:
            self.cut_code = self.cut_code or code
            if self._socket is not None:
                # By the class of plain sockets: that of encrypted ones would fail in the thread that reads.
                with suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
