"""A connection while a try uses it, and the rules by which it is cut when it would hold up the rest."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from edexql.client.download.fault import Code
    from edexql.client.download.wanted import Manners


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
