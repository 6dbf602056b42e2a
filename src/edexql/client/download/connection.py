"""One connection and its rules: responses are framed without doubt or refused, and a slow one can be cut."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress

import requests
from urllib3 import HTTPHeaderDict
from urllib3.util.wait import wait_for_read

from edexql.client import credentials
from edexql.client.http.certificates import trusted
from edexql.client.http.connections import Response, adapter_of, lengths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from requests.adapters import BaseAdapter

    from edexql.client.download.model import Code, Manners


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


class Answer(Response):
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

    def _read_and_discard_trailer(self) -> None:
        # Only here are fields that came behind the body: sums may (RFC 9530, 3).
        fields = http.client.parse_headers(self.fp)
        if line := _line():
            line.trailers = HTTPHeaderDict(fields.items())

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
    told = lengths(headers)
    coded = headers.get_all("Transfer-Encoding", [])
    if len(told) > 1 or (told and coded):
        return "it tells its length in two ways"
    if told and not _LENGTH.fullmatch(told.pop()):
        return "its length is no number"
    if coded and [text.strip().lower() for text in coded] != ["chunked"]:
        return "it came in a transfer encoding that was not asked for"
    return None


_Adapter = adapter_of(Answer, _line)


class Session(requests.Session):
    """A session of requests for one thread. It leaves redirects to its user, and their bodies unread.

    `carrier` is given each adapter of the network, and returns what requests go through in its place.
    """

    def __init__(self, user_agent: str, carrier: Callable[[BaseAdapter], BaseAdapter] | None = None) -> None:
        super().__init__()
        self.verify = trusted()
        # What is sent is the file itself, not a compressed form of it.
        self.headers.update({"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"})
        self._settings: dict[str, Any] = {}
        self._first: dict[tuple[str, bool], requests.PreparedRequest] = {}
        self._jars: dict[tuple[str, str, int | None], requests.cookies.RequestsCookieJar] = {}
        for scheme in ("http://", "https://"):
            adapter = _Adapter(pool_connections=8, pool_maxsize=1)
            self.mount(scheme, adapter if carrier is None else carrier(adapter))

    def ask(
        self,
        url: str,
        form: tuple[tuple[str, str], ...] | None,
        more: Mapping[str, str],
        timeout: tuple[float, float],
        *,
        trusted: bool = True,
    ) -> requests.Response:
        """The answer to a request for a file, its body unread; `form` is sent by POST, `more` are headers.

        Credentials, of the address or of `.netrc`, are sent only where the address is `trusted`: one that the user
        named, or another of its origin. What an origin sets as cookies goes back to that origin alone.
        """
        self.cookies = self._jars.setdefault(credentials.origin(url), requests.cookies.RequestsCookieJar())
        if form is None:
            prepared = self._prepared(url, trusted=trusted)
        else:
            prepared = self.prepare_request(requests.Request("POST", url, data=form))
        prepared.headers.update(more)
        settings = self.merge_environment_settings(prepared.url, {}, stream=True, verify=None, cert=None)
        return self.send(prepared, timeout=timeout, allow_redirects=False, **settings)

    def _prepared(self, url: str, *, trusted: bool) -> requests.PreparedRequest:
        """A GET as requests prepares it, which it does anew for a host and not for each file."""
        auth = None if trusted else credentials.nobody
        if self.cookies:
            return self.prepare_request(requests.Request("GET", url, auth=auth))
        host = _host(url)
        if (host, trusted) not in self._first:
            self._first[host, trusted] = self.prepare_request(requests.Request("GET", url, auth=auth))
        prepared = self._first[host, trusted].copy()
        prepared.prepare_url(url, None)
        return prepared

    def merge_environment_settings(self, url: Any, *args: Any, **named: Any) -> Any:
        """Proxies and certificates of the environment, looked up once for each host and not for each file."""
        host = _host(str(url))
        if host not in self._settings:
            self._settings[host] = super().merge_environment_settings(url, *args, **named)
        return dict(self._settings[host])

    def proxy_of(self, url: str) -> str | None:
        """The proxy over which an address is asked, without its password; None where there is none."""
        proxies = self.merge_environment_settings(url, {}, stream=True, verify=None, cert=None)["proxies"]
        proxy = requests.utils.select_proxy(url, proxies)
        return None if proxy is None else credentials.proxy_without(proxy)

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        """Nowhere: requests would read the body of the redirect, however long it is."""
        return


def _host(url: str) -> str:
    """What all addresses of a host have in common, credentials included."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


class Line:
    """One try's connection. Its own thread reads from it; another looks at it now and then, and may cut it."""

    def __init__(self, manners: Manners, *, telling: bool) -> None:
        self._manners = manners
        # Whether the file tells its own end, so that no more than that is to be waited for.
        self.telling = telling
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._head_by: float | None = None
        self._window = 0.0
        self._count = 0
        # Bytes of bodies that came over it.
        self.total = 0
        # Why it was cut.
        self.cut_for: Code | None = None
        # Whether more came than the answer announced.
        self.surplus = False
        # Fields that came behind the body.
        self.trailers: Mapping[str, str] = {}

    def hold(self, connection: socket.socket) -> None:
        """Take over a socket that was connected or is used again."""
        with self._lock:
            self._socket = connection
        if self.cut_for is not None:
            self.cut(self.cut_for)

    def release(self) -> None:
        """The try is over, and the socket may serve another."""
        with self._lock:
            self._socket = None
            self._head_by = None
            self._window = 0.0

    def expect_head(self) -> None:
        """From now on a request is under way: its answer must begin soon, and its head must be here soon after."""
        self._window = 0.0
        self._head_by = time.monotonic() + self._manners.connect + self._manners.read

    def expect_body(self) -> None:
        """From now on what counts is the speed."""
        self._head_by = None
        self._count = 0
        self._window = time.monotonic() + self._manners.window

    def moved(self, count: int) -> None:
        """So many bytes of the body have come."""
        self._count += count
        self.total += count

    def look(self, now: float) -> None:
        """Cut the connection if it is late with the head, or too slow with the body."""
        if self._head_by is not None and now > self._head_by:
            self.cut("silent")
        if self._window and now > self._window:
            if self._count < self._manners.lowest_speed * self._manners.window:
                self.cut("slow")
            self._count = 0
            self._window = now + self._manners.window

    def cut(self, code: Code) -> None:
        """End the connection under the thread that reads from it."""
        with self._lock:
            self.cut_for = self.cut_for or code
            if self._socket is not None:
                # By the class of plain sockets: that of encrypted ones would pull them from under the reader.
                with suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
