"""Requests over connections that a deadline can cut, from the first byte of an answer to the last.

What is private to http.client and used here is a method that it calls itself; a version that did not call it would
take a body that was cut for an error all the same, or be told of it by the deadline.
"""

from __future__ import annotations

from edexql.service.cutting import adapter_of
from edexql.service.exchange.deadline import here
from edexql.service.response_head import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any


class _Answer(Response):
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


Adapter = adapter_of(_Answer, here)
