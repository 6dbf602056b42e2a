"""Answers out of a folder of recorded exchanges; the error for any other names the nearest one."""

from __future__ import annotations

import io
import os
import re
import threading

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from edexql.base.record import Record
from edexql.base.text import common_start, printable
from edexql.client.http import exchange
from edexql.client.http.errors import ExchangeError, UnsentError, error_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import requests

    from edexql.client.http.exchange import Exchange, RecordedRequest, RecordedResponse


_NUMBERED = re.compile(r"\d{4,9}\.json")


class _Kept(Record):
    """A recorded exchange and its file."""

    path: str
    exchange: Exchange


class Replay(BaseAdapter):
    """Answers from a folder that a Recording filled: each recorded exchange once, equal requests in their order.

    A request is the recorded one when method, address, body and the range asked for are the same, apart from
    e-mail addresses and what else is not kept. Any other raises UnsentError. One may be mounted on many sessions.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self._lock = threading.Lock()
        self._waiting = _recordings(folder)
        self._used: dict[tuple[str, str, bytes, str], int] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:  # noqa: ARG002
        """The recorded answer. Raises what the recorded request ended with."""
        kept = self._next(exchange.recorded_request(request), request.url or "")
        if kept.exchange.failure is not None:
            raise error_of(kept.exchange.failure, request)
        answered = kept.exchange.answered
        if answered is None:
            raise ExchangeError(f"{kept.path} was interrupted before there was an answer", request.url or "")
        raw = HTTPResponse(
            body=_Body(kept.path, answered, request),
            headers=HTTPHeaderDict(answered.headers),
            status=answered.status,
            version=answered.version,
            reason=answered.reason,
            preload_content=False,
            decode_content=False,
            request_method=request.method,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """There is nothing to close."""

    def _next(self, request: RecordedRequest, url: str) -> _Kept:
        key = _key(request)
        with self._lock:
            waiting = self._waiting.get(key, [])
            place = self._used.get(key, 0)
            if place < len(waiting):
                self._used[key] = place + 1
                return waiting[place]
        if waiting:
            times = f"{len(waiting)} time{'s' * (len(waiting) != 1)}"
            raise UnsentError(
                f"{shown(request)} is requested more often than it was recorded in {self._folder}: {times}", url
            )
        raise UnsentError(self._unknown(request), url)

    def _unknown(self, request: RecordedRequest) -> str:
        message = f"{shown(request)} is not in the recording {self._folder}"
        every = [recording for waiting in self._waiting.values() for recording in waiting]
        near = nearest(request, [recording.exchange.request for recording in every])
        if near is None:
            return f"{message}: there is nothing in it"
        number = next(os.path.basename(one.path) for one in every if one.exchange.request is near)
        return f"{message}; nearest is {shown(near)} ({number}), but {difference(request, near)}"


class _Body(io.RawIOBase):
    """The bytes of a recorded body, and then what it ended with."""

    def __init__(self, path: str, answered: RecordedResponse, request: requests.PreparedRequest) -> None:
        self._path = exchange.body_path(path)
        self._answered = answered
        self._request = request
        self._read = 0
        url = request.url or ""
        try:
            self._file = open(self._path, "rb")  # noqa: SIM115  # until the body is read
            size = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise ExchangeError(f"cannot read the recording {self._path}: {error.strerror}", url) from error
        if answered.end != "open" and size != answered.size:
            self._file.close()
            raise ExchangeError(f"{self._path} has {size} bytes, not the {answered.size} that were recorded", url)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if self.closed:
            return b""
        data = self._file.read(-1 if size is None else size)
        self._read += len(data)
        if (not data and size != 0) or size is None or size < 0:
            self._end()
        return data

    def read1(self, size: int | None = -1) -> bytes:
        return self.read(2**16 if size is None or size < 0 else size)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()

    def _end(self) -> None:
        if self._answered.failure is not None:
            raise error_of(self._answered.failure, self._request)
        if self._answered.end != "complete":
            why = _INCOMPLETE.get(self._answered.end, "the recording does not say how the body ended")
            raise ExchangeError(f"{self._path}: {why}", self._request.url or "")


_INCOMPLETE = {
    "unread": "the body was not read to its end when it was recorded",
    "open": "the recording was interrupted in the middle of the body",
    "withheld": "the body was not recorded, because its encoding hides addresses that must be masked",
}


def _recordings(folder: str) -> dict[tuple[str, str, bytes, str], list[_Kept]]:
    try:
        names = sorted(
            (name for name in os.listdir(folder) if _NUMBERED.fullmatch(name)), key=lambda name: int(name[:-5])
        )
    except OSError as error:
        raise ExchangeError(f"cannot read the recording {folder}: {error.strerror}", "") from error
    by_key: dict[tuple[str, str, bytes, str], list[_Kept]] = {}
    for name in sorted(names, key=lambda name: int(name[:-5])):
        path = os.path.join(folder, name)
        kept = _Kept(path, exchange.read(path))
        by_key.setdefault(_key(kept.exchange.request), []).append(kept)
    return by_key


def _key(request: RecordedRequest) -> tuple[str, str, bytes, str]:
    return request.method, request.url, request.body, request.range


_LONGEST = 200
_AROUND = 30


def nearest(request: RecordedRequest, kept: Sequence[RecordedRequest]) -> RecordedRequest | None:
    """The recorded request that has most in common with another; None where nothing is recorded."""
    return max(kept, key=lambda other: _likeness(request, other), default=None)


def difference(request: RecordedRequest, other: RecordedRequest) -> str:
    """What keeps a recorded request from being the one that was asked."""
    if request.method != other.method:
        return f"it is a {printable(other.method[:20])}"
    if request.url != other.url:
        return "it has another address"
    if request.range != other.range:
        return f"it asks for {_part(other.range)}, not for {_part(request.range)}"
    place = common_start(request.body, other.body)
    return f"its body has {_piece(other.body, place)}, not {_piece(request.body, place)}"


def shown(request: RecordedRequest) -> str:
    """A request in a message."""
    text = f"{request.method[:20]} {request.url}"
    return printable(text[:_LONGEST] + ("…" if len(text) > _LONGEST else ""))


def _likeness(request: RecordedRequest, other: RecordedRequest) -> tuple[bool, bool, int, bool, int]:
    return (
        request.url == other.url,
        request.method == other.method,
        common_start(request.url.encode(), other.url.encode()),
        request.range == other.range,
        common_start(request.body, other.body),
    )


def _piece(body: bytes, place: int) -> str:
    part = body[max(0, place - _AROUND // 3) : place + _AROUND].decode("utf-8", "replace")
    return f"`{printable(part)}`" if part else "nothing"


def _part(wanted: str) -> str:
    return f"`{printable(wanted[:60])}`" if wanted else "the whole"
