"""Trials of downloads, generated: every kind of file in every framing, damaged in every way, with all that is known.

`trials()` is the cross of it. A trial says what the service does, and `verdict` what of a report is right: the very
bytes, or no file, or other bytes of which it is said that they were checked by their length alone, where nothing at
all could have told.
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
import tarfile
import threading
import zipfile
import zlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from edexql.base.units import exact_size
from edexql.client.download.model import RemoteFile
from hostile import CLOSE, RESET, chunks, dated, head, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from edexql.client.download.model import Report
    from hostile import Asked

_NOISE = random.Random(7).randbytes(9000)


def _zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.h5", content)
    return made.getvalue()


def _tarred(*, ended: bool) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"{number}.zip")
            member.size = 3000
            archive.addfile(member, io.BytesIO(_NOISE[3000 * number : 3000 * (number + 1)]))
    data = made.getvalue()
    return data.rstrip(b"\0").ljust(3 * (512 + 3072), b"\0") + (bytes(1024) if ended else b"")


def _hdf5(content: bytes) -> bytes:
    """The superblock (version 0) that says where the file ends, and some bytes."""
    begin = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08".ljust(40, b"\0")
    return begin + (len(content) + 96).to_bytes(8, "little") + bytes(48) + content


def _png() -> bytes:
    parts = [(b"IHDR", bytes(13)), (b"IDAT", _NOISE), (b"IEND", b"")]
    made = [len(d).to_bytes(4, "big") + k + d + zlib.crc32(k + d).to_bytes(4, "big") for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def _gzipped(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


_TEXT = b"".join(b"20190501 %06d 1.0 2.0\n" % number for number in range(400))
_FILES = {
    "txt": _TEXT,
    "h5": _hdf5(_NOISE),
    "zip": _zipped(a=_NOISE, b=_TEXT),
    "nested.zip": _zipped(a=_zipped(a=_NOISE)),
    "tar": _tarred(ended=True),
    "open.tar": _tarred(ended=False),
    "gz": _gzipped(_TEXT),
    "png": _png(),
}
# Kinds of which every byte that counts has a sum in the file itself.
_SUMMED = ("zip", "nested.zip", "gz", "png")
# Kinds that tell where they end.
_ENDED = (*_SUMMED, "h5", "tar")

# What is wrong with the bytes that the service takes for the file.
_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "sound": lambda data: data,
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut between members": lambda data: data[: 512 + 3072],
    "without its last byte": lambda data: data[:-1],
    "flipped": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :],
    "ending in nulls": lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
    "followed by a message": lambda data: data + b"<br />\n<b>Fatal error</b>",
    "led by a message": lambda data: b"Warning: mysql\n" + data,
    "empty": lambda data: b"",
    "a page": lambda data: page("200 OK", "Sign in")[1],
    "a message of JSON": lambda data: b'{"error": "busy"}',
}


def _by_length(data: bytes, **told: object) -> Iterable[Any]:
    return [head(**{"Content_Length": len(data), **dated(), **told}), data]


def _by_http_1_0(data: bytes, **told: object) -> Iterable[Any]:
    return [head(**{**dated(), **told}).replace(b"HTTP/1.1", b"HTTP/1.0", 1), data, CLOSE]


def _by_close(data: bytes, **told: object) -> Iterable[Any]:
    return [head(**{**dated(), **told}), data, CLOSE]


def _by_reset(data: bytes, **told: object) -> Iterable[Any]:
    return [head(**{**dated(), **told}), data, RESET]


def _by_chunks(data: bytes, **told: object) -> Iterable[Any]:
    return [head(Transfer_Encoding="chunked", **{**dated(), **told}), *chunks(data), b"0\r\n\r\n"]


def _by_chunks_without_the_last(data: bytes, **told: object) -> Iterable[Any]:
    return [head(Transfer_Encoding="chunked", **{**dated(), **told}), *chunks(data), CLOSE]


def _packed(data: bytes, **told: object) -> Iterable[Any]:
    body = _gzipped(data)
    told = {**told, "Repr_Digest": None}
    return [head(Content_Encoding="x-gzip", Content_Length=len(body), **{**dated(), **told}), body]


def _after_hints(data: bytes, **told: object) -> Iterable[Any]:
    return [head("103 Early Hints", Link="</a>; rel=preload"), *_by_length(data, **told)]


def _under_a_long_head(data: bytes, **told: object) -> Iterable[Any]:
    more: dict[str, object] = {f"X_{number}": number for number in range(150)}
    return _by_length(data, **told, **more)


def _as_a_part(data: bytes, **told: object) -> Iterable[Any]:
    span = f"bytes 0-{len(data) - 1}/{len(data)}"
    return [head("206 Partial Content", Content_Range=span, Content_Length=len(data), **{**dated(), **told}), data]


# Framings by which a client knows where the bytes end, and those by which it does not.
_FRAMED = {
    "length": _by_length,
    "chunks": _by_chunks,
    "gzip": _packed,
    "hints": _after_hints,
    "long head": _under_a_long_head,
    "part": _as_a_part,
}
_UNFRAMED = {
    "HTTP/1.0": _by_http_1_0,
    "close": _by_close,
    "reset": _by_reset,
    "no last chunk": _by_chunks_without_the_last,
}
_FRAMINGS = {**_FRAMED, **_UNFRAMED}
_WAYS = ("at once", "resumed", "resumed, of a total that is not told", "redirected", "mailed link", "form")
_KNOWN = ("nothing", "size", "sum")


class Trial(NamedTuple):
    """What a service does with a file that is asked for in some way, and what is known of the file."""

    kind: str
    damage: str
    framing: str
    way: str
    known: str

    @property
    def right(self) -> bytes:
        return _FILES[self.kind]

    @property
    def sent(self) -> bytes:
        return _damaged(self.kind, self.damage)

    def wanted(self, base: str, number: int) -> RemoteFile:
        size = exact_size(len(self.right)) if self.known == "size" else None
        form = (("action", "download"),) if self.way == "form" else None
        if self.way == "mailed link":
            return RemoteFile(f"{base}/t/{number}", f"{number}.{self.kind}", size)
        return RemoteFile(f"{base}/t/{number}.{self.kind}", f"{number}.{self.kind}", size, form=form)

    def play(self, asked: Asked, count: int) -> Iterable[Any]:
        """The answer to the request with that number for this file."""
        told: dict[str, object] = {}
        if self.known == "sum":
            told["Repr_Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(self.right).digest()).decode()}:"
        if self.way == "redirected" and not asked.path.startswith("/there"):
            return [head("302 Found", Location=f"/there{asked.path}", Content_Length=0)]
        half = len(self.right) // 2
        if self.way.startswith("resumed"):
            if count == 0:
                return [_by_length(self.right, **told)[0], self.right[:half], CLOSE]  # type: ignore[index]
            start, end = asked.start, max(asked.start, len(self.sent) - 1)
            if start and "if-range" in asked.headers and self.framing in _FRAMED:
                total = "*" if "total" in self.way else len(self.sent)
                body = self.sent[start:]
                span = f"bytes {start}-{end}/{total}"
                return [head("206 Partial Content", Content_Range=span, Content_Length=len(body), **dated()), body]
        return _FRAMINGS[self.framing](self.sent, **told)

    def verdict(self, report: Report, found: bytes | None) -> str | None:
        """What is wrong with what became of it; None where nothing is."""
        there = report.state == "downloaded"
        if not there:
            if found is not None:
                return "there is a file, and it is said that there is none"
            return "a sound file was refused" if self._must_come() else None
        if found is None:
            return "there is no file, and it is said that there is one"
        if found == self.right:
            return None
        if self.known == "sum" and self.framing != "gzip":
            return "other bytes, though there is a sum of them"
        if report.checked != "length":
            return f"other bytes, said to be checked by {report.checked}"
        return None if self._nothing_tells() else "other bytes, which could have been told"

    def _must_come(self) -> bool:
        if self.damage != "sound" or self.framing in ("reset", "no last chunk"):
            return False
        if self.kind == "open.tar":
            return self.known == "sum" or self.framing not in (*_UNFRAMED, "chunks")
        return self.framing in _FRAMED or self.kind in _ENDED or self.known != "nothing"

    def _nothing_tells(self) -> bool:
        """Whether the bytes that were sent look whole, and right, to whoever knows nothing else."""
        if self.kind == "tar" and self.damage == "without its last byte":
            # That is of the padding behind its end mark.
            return True
        if self.kind in _SUMMED or self.damage in ("empty", "a page", "a message of JSON"):
            return False
        if self.known == "size" and len(self.sent) != len(self.right):
            return False
        if self.framing in _UNFRAMED and len(self.sent) < len(self.right):
            return False
        if len(self.sent) < len(self.right) and (self.kind in ("h5", "tar") or "resumed" in self.way):
            # A tar that ends between two members looks whole where a length says that it is.
            return self.kind == "tar" and self.damage == "cut between members" and "resumed" not in self.way
        return self.kind == "txt" or self.damage != "led by a message"


@cache
def _damaged(kind: str, damage: str) -> bytes:
    return _DAMAGE[damage](_FILES[kind])


def trials() -> Iterator[Trial]:
    """The whole cross, without what makes no sense."""
    for kind in _FILES:
        for damage in _DAMAGE:
            if damage == "cut between members" and not kind.endswith("tar"):
                continue
            for framing in _FRAMINGS:
                for way in _WAYS:
                    resumed_oddly = way.startswith("resumed") and framing not in ("length", "close", "chunks")
                    if resumed_oddly or (way == "form" and not kind.endswith("tar")):
                        continue
                    if framing == "part" and damage == "empty":
                        continue
                    for known in _KNOWN:
                        yield Trial(kind, damage, framing, way, known)


class Player:
    """Plays all trials on one service, each under its number."""

    def __init__(self, trials: list[Trial]) -> None:
        self.trials = trials
        self._counts = dict.fromkeys(range(len(trials)), 0)
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Iterable[Any]:
        number = int(asked.path.rpartition("/")[2].partition(".")[0])
        trial = self.trials[number]
        with self._lock:
            count = self._counts[number]
            # The way to it is not the file.
            if trial.way != "redirected" or asked.path.startswith("/there"):
                self._counts[number] += 1
        return trial.play(asked, count)
