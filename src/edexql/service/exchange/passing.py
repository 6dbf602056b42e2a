"""The body of an answer on its way through: someone hears of each piece and of the end."""

from __future__ import annotations

import io

from urllib3 import HTTPResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    import requests

    class Listener(Protocol):
        """Who hears of a body."""

        def piece(self, data: bytes) -> None:
            """Bytes have come, as they are on the line but for transfer encodings."""

        def ended(self, error: Exception | None, *, complete: bool) -> None:
            """Nothing more comes, once; `error` is what ended it, and without one it may still be incomplete."""


class Passing(io.RawIOBase):
    """A body that passes its bytes on and tells a listener of them."""

    def __init__(self, inner: Any, listener: Listener) -> None:
        self._inner = inner
        self._listener = listener
        self._told = False

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
                self._tell(None, complete=complete)
            finally:
                self._inner.close()

    def _pull(self, reader: Callable[..., bytes], size: int | None) -> bytes:
        amount = None if size is None or size < 0 else size
        try:
            data = reader(amount, decode_content=False)
        except Exception as error:
            self._tell(error, complete=False)
            raise
        if data:
            self._listener.piece(data)
        elif amount != 0:
            self._tell(None, complete=True)
        return data

    def _tell(self, error: Exception | None, *, complete: bool) -> None:
        if not self._told:
            self._told = True
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
