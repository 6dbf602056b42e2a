"""The time by which an answer must be whole, its head included; what is not there by then is cut off."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from edexql.service.errors import ServiceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


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
            raise TimeoutError("the answer was not there in time")

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


def here() -> Deadline | None:
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
