"""An adapter that keeps every exchange in a folder, as it happens."""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress

from requests.adapters import BaseAdapter

from edexql.base.files import regular
from edexql.client.http import exchange, redaction
from edexql.client.http.errors import NETWORK, Failure, UnsentError, failure
from edexql.client.http.exchange import Exchange, RecordedResponse
from edexql.client.http.limits import listened
from edexql.client.http.redaction import Masker
from edexql.client.http.session import Adapter
from edexql.formats.digests import is_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    import requests

    from edexql.client.http.exchange import Pairs, RecordedRequest

_NUMBERED = re.compile(r"(\d{4,9})\.json")
_PIECE = 2**16
_CODINGS = ("gzip", "x-gzip", "deflate")


class Recording(BaseAdapter):
    """Every exchange of another adapter, in numbered files: what was asked and answered, and the body as it came.

    E-mail addresses, passwords and cookies are left out, and nothing is compressed meanwhile, so that addresses
    can be seen. Threads and processes may record into one folder. Raises ExchangeError where it cannot be written.
    """

    def __init__(self, folder: str, inner: BaseAdapter | None = None) -> None:
        super().__init__()
        self._folder = folder
        self.inner = inner or Adapter()

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        """What the inner adapter answers, or raises."""
        plain = request.copy()
        plain.headers["Accept-Encoding"] = "identity"
        recorded = exchange.recorded_request(plain)
        path = _claimed(self._folder, recorded.url)
        exchange.write(path, Exchange(recorded))
        try:
            answer = self.inner.send(plain, *args, **named)
        except NETWORK as error:
            exchange.write(path, Exchange(recorded, failure=_clean(error)))
            raise
        return listened(answer, _Keeper(path, recorded, answer))

    def close(self) -> None:
        self.inner.close()


class _Keeper:
    """Writes down an answer while its body is read."""

    def __init__(self, path: str, request: RecordedRequest, answer: requests.Response) -> None:
        self._path = path
        self._request = request
        self._answer = answer.raw
        self._size = 0
        self._unpacking: Any = None
        self._masker: Masker | None = None
        self._withheld = False
        self._file: BinaryIO | None = None
        self._begun = False
        self._note("open")
        try:
            self._file = open(  # noqa: SIM115  # until the body ends
                exchange.body_path(path), "wb", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600)
            )
        except OSError as error:
            raise exchange.unwritable(path, error, request.url) from error

    def piece(self, data: bytes) -> None:
        if not self._begun:
            self._begin(data)
        if self._withheld:
            return
        if self._unpacking is None:
            self._write(data if self._masker is None else self._masker.feed(data))
            return
        while data and not self._unpacking.eof:
            try:
                plain = self._unpacking.decompress(data, _PIECE)
            except zlib.error:
                self._withheld = True
                return
            data = self._unpacking.unconsumed_tail
            self._write(self._masker.feed(plain) if self._masker else plain)

    def ended(self, error: Exception | None, *, complete: bool) -> None:
        try:
            if self._masker is not None:
                self._write(self._masker.end())
        finally:
            if self._file is not None:
                self._file.close()
        if self._withheld:
            self._note("withheld")
        elif error is not None:
            self._note("failed", error)
        else:
            self._note("complete" if complete else "unread")

    def _begin(self, data: bytes) -> None:
        """The type of the body is known with its first bytes."""
        self._begun = True
        kind = self._answer.headers.get("Content-Type", "")
        coding = self._answer.headers.get("Content-Encoding", "").strip().lower()
        if not (redaction.is_text(kind) if kind else redaction.plain(data) or coding):
            return
        self._masker = Masker()
        if kind and coding in _CODINGS:
            self._unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
        elif coding not in ("", "identity"):
            self._withheld = True

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest and self._file is not None:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise exchange.unwritable(exchange.body_path(self._path), error, self._request.url) from error
        self._size += len(data)

    def _note(self, end: str, error: Exception | None = None) -> None:
        answer = self._answer
        answered = RecordedResponse(
            answer.status,
            answer.reason or "",
            getattr(answer, "version", 11),
            self._headers(end),
            end,
            self._size,
            None if error is None else _clean(error),
        )
        exchange.write(self._path, Exchange(self._request, answered))

    def _headers(self, end: str) -> Pairs:
        """The headers as they fit to the body that is kept: of an encoded text, the text itself is."""
        pairs = redaction.headers((str(name), str(value)) for name, value in self._answer.headers.items())
        if self._masker is not None:
            # A sum is of the text as it was, with what is masked now.
            pairs = [(name, value) for name, value in pairs if not is_digest(name)]
        if self._unpacking is None:
            return tuple(pairs)
        gone = ("content-encoding", "content-length")
        pairs = [(name, value) for name, value in pairs if name.lower() not in gone]
        if end == "complete":
            pairs.append(("Content-Length", str(self._size)))
        return tuple(pairs)


def _claimed(folder: str, url: str) -> str:
    """The file of the next exchange, made so that no other process gets it."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        number = max((int(match[1]) for name in os.listdir(folder) if (match := _NUMBERED.fullmatch(name))), default=0)
        while True:
            number += 1
            path = os.path.join(folder, f"{number:04}.json")
            with suppress(FileExistsError):
                open(path, "xb", opener=regular.private).close()
                return path
    except OSError as error:
        raise UnsentError(f"cannot record in {folder}: {error.strerror or type(error).__name__}", url) from error


def _clean(error: Exception) -> Failure:
    kept = failure(error)
    return Failure(kept.kind, redaction.words(kept.words), kept.unconnected)
