"""What a session is held to: so many requests in all, so many connections to a host at once, so much time.

A connection is free again when a body has ended, so that whoever counts them listens to bodies on their way through.
"""

from __future__ import annotations

import io
import socket
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from edexql.client.errors import ServiceError
from edexql.client.http.errors import UnsentError
from edexql.client.settings.declarations import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    import requests

    class Listener(Protocol):
        """Who hears of a body."""

        def piece(self, data: bytes) -> None:
            """Bytes have come, as they are on the line but for transfer encodings."""

        def ended(self, error: Exception | None, *, complete: bool) -> None:
            """Nothing more comes, once; `error` is what ended it, and without one it may still be incomplete."""


# Sockets know no longer waits than 2^31 ms; who sets such a limit wants none.
_LONGEST = 2e6


def silences(network: Network) -> tuple[float, float]:
    """The longest silences before there is a connection and on it, in seconds, as requests takes them."""
    return min(network.connect, _LONGEST), min(network.read, _LONGEST)


def network_of(session: requests.Session, url: str) -> Network:
    """What a session is held to when it asks for an address: its own settings, or the default ones.

    Raises an error of requests for an address that the session cannot ask for.
    """
    adapter = session.get_adapter(url)
    return adapter.network if isinstance(adapter, LimitedAdapter) else Network()


class LimitedAdapter(BaseAdapter):
    """An adapter that holds another to budgets. One may be mounted on several sessions, which then share them."""

    def __init__(self, inner: BaseAdapter, network: Network, patience: float) -> None:
        super().__init__()
        self.inner = inner
        self.network = network
        self._patience = patience
        self._lock = threading.Lock()
        self._sent = 0
        self._hosts: dict[str, threading.Semaphore] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        """What the inner adapter answers. Raises UnsentError where a budget is used up."""
        url = request.url or ""
        host = _host(url)
        slots = self._slots(host)
        if not slots.acquire(timeout=self._patience):
            raise UnsentError(
                f"no connection to {host} became free in {self._patience:g} s: at most "
                f"{self.network.connections} are opened; set `connections` higher, or request less at once",
                url,
            )
        slot = _Slot(slots)
        try:
            self._count(url)
            if not args and named.get("timeout") is None:
                named["timeout"] = silences(self.network)
            return listened(self.inner.send(request, *args, **named), slot)
        except BaseException:
            slot.free()
            raise

    def close(self) -> None:
        self.inner.close()

    def _count(self, url: str) -> None:
        with self._lock:
            if self._sent >= self.network.requests:
                raise UnsentError(
                    f"the budget of {self.network.requests} requests is used up: set `requests` higher, or "
                    "request less",
                    url,
                )
            self._sent += 1

    def _slots(self, host: str) -> threading.Semaphore:
        with self._lock:
            return self._hosts.setdefault(host, threading.Semaphore(self.network.connections))


class _Slot:
    """One of the connections that a host allows; free again when the body has ended."""

    def __init__(self, slots: threading.Semaphore) -> None:
        self._slots = [slots]

    def piece(self, data: bytes) -> None:
        """A piece changes nothing."""

    def ended(self, error: Exception | None, *, complete: bool) -> None:  # noqa: ARG002
        self.free()

    def free(self) -> None:
        with suppress(IndexError):
            self._slots.pop().release()


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


class Deadline:
    """A time, and the connection that is cut under its reader when the time has come."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._pass)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, connection: socket.socket) -> None:
        """From now on it is this connection, which was made or is used again."""
        with self._lock:
            self._socket = connection
            if self.passed:
                self._cut()

    def check(self) -> None:
        """An end that we made ourselves is none. Raises TimeoutError after the time."""
        if self.passed:
            raise TimeoutError("the answer did not arrive in time")

    def end(self) -> None:
        """Nothing is cut any more, and the connection may serve another request."""
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def _pass(self) -> None:
        with self._lock:
            self.passed = True
            self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            # By the class of plain sockets: that of encrypted ones would pull them from under the reader.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


# Which deadline a connection is held to: neither requests nor urllib3 has a way to hand that down to it.
_here: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current_deadline() -> Deadline | None:
    """The deadline of what is asked for in this thread, None where there is none."""
    return _here.get()


@contextmanager
def within(seconds: float, url: str) -> Iterator[Deadline]:
    """What is asked for and read in this thread meanwhile ends in `seconds`.

    A session of ours cuts its connection then; who reads from another looks at the deadline between two pieces.
    Raises ServiceError where the time did not suffice.
    """
    deadline = Deadline(seconds)
    before = _here.set(deadline)
    try:
        yield deadline
        deadline.check()
    except ServiceError:
        raise
    except Exception as error:
        if deadline.passed:
            raise ServiceError(f"{url} did not answer within {seconds:g} s", url) from error
        raise
    finally:
        _here.reset(before)
        deadline.end()


class Passing(io.RawIOBase):
    """A body that passes its bytes on and tells a listener of them."""

    def __init__(self, inner: Any, listener: Listener) -> None:
        self._inner = inner
        self._listener = listener
        self._reported = False

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._pull(self._inner.read, size)

    def read1(self, size: int | None = -1) -> bytes:
        return self._pull(getattr(self._inner, "read1", self._inner.read), size)

    def close(self) -> None:
        if not self.closed:
            super().close()
            complete = getattr(self._inner, "length_remaining", None) == 0
            try:
                self._report_end(None, complete=complete)
            finally:
                self._inner.close()

    def _pull(self, reader: Callable[..., bytes], size: int | None) -> bytes:
        amount = None if size is None or size < 0 else size
        try:
            data = reader(amount, decode_content=False)
        except Exception as error:
            self._report_end(error, complete=False)
            raise
        if isinstance(data, memoryview):
            # A piece that is of use until the next one is read; a listener may keep it.
            data = bytes(data)
        if data:
            self._listener.piece(data)
        elif amount != 0:
            self._report_end(None, complete=True)
        return data

    def _report_end(self, error: Exception | None, *, complete: bool) -> None:
        if not self._reported:
            self._reported = True
            self._listener.ended(error, complete=complete)


def listened(answer: requests.Response, listener: Listener) -> requests.Response:
    """The same answer, its body still unread, with a listener to it."""
    inner = answer.raw
    answer.raw = HTTPResponse(
        body=Passing(inner, listener),
        headers=inner.headers,
        status=inner.status,
        version=inner.version,
        reason=inner.reason,
        preload_content=False,
        decode_content=False,
        # Where requests finds the cookies.
        original_response=getattr(inner, "_original_response", None),
        request_method=answer.request.method,
    )
    return answer
