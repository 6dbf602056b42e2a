"""Digests of a file: in the headers of an answer, in files of digests beside it, and of given bytes.

Headers: `Repr-Digest` and `Content-Digest` (RFC 9530), `Digest` (RFC 3230 and the IANA registry of its algorithms),
`Content-MD5` (RFC 1864), `x-amz-checksum-*` (Amazon S3, "Checking object integrity"), `x-goog-hash` (Google Cloud
Storage, "Hashes and ETags"), `X-Checksum-*` (Artifactory). Files: as sha256sum and md5sum of GNU coreutils write
them, and as BSD does. What is not written as it should be tells nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from edexql.base.record import Record
from edexql.formats import fast_zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, BinaryIO

_PIECE = 2**20
# The strongest first, each with its length in bytes.
ALGORITHMS = {
    "sha-512": 64,
    "sha-384": 48,
    "sha-256": 32,
    "sha-1": 20,
    "md5": 16,
    "crc-32": 4,
    "adler-32": 4,
    # Computed by edexql.formats.crc: neither zlib nor hashlib has them.
    "crc-64nvme": 8,
    "crc-32c": 4,
}
_ZLIB = {"crc-32": (fast_zlib.crc32, 0), "adler-32": (fast_zlib.adler32, 1)}
_NAMES = {
    **{name: name for name in ALGORITHMS},
    "sha": "sha-1",
    "sha1": "sha-1",
    "sha256": "sha-256",
    "sha384": "sha-384",
    "sha512": "sha-512",
    "crc32": "crc-32",
    "crc32c": "crc-32c",
    "crc64nvme": "crc-64nvme",
    "adler32": "adler-32",
    "adler": "adler-32",
}
_BY_LENGTH = {32: "md5", 40: "sha-1", 64: "sha-256", 96: "sha-384", 128: "sha-512"}
_MEMBER = re.compile(r"([a-z*][a-z0-9_.*-]{0,30})=:([A-Za-z0-9+/=]{0,200}):", re.IGNORECASE)
_INSTANCE = re.compile(r"([A-Za-z0-9-]{1,30})=([A-Za-z0-9+/=]{1,200})")
_GNU = re.compile(r"\\?([0-9A-Fa-f]{32,128})(?: [ *]|\t+)(.{1,1000})")
_HEADER = re.compile("(?:repr-|content-)?digest|content-md5|x-goog-hash|x-amz-checksum-.*|x-checksum-.*", re.IGNORECASE)
_BSD = re.compile(r"([A-Za-z0-9-]{1,10}) ?\((.{1,1000})\) ?= ?([0-9A-Fa-f]{32,128})")


class Digest(Record):
    """A sum that a file has to have: the algorithm, the sum in hexadecimal digits, and where it stands."""

    algorithm: str
    value: str
    source: str


def of_headers(headers: Mapping[str, str], *, part: bool = False) -> tuple[Digest, ...]:
    """The sums of a whole file that the headers of an answer tell; `part` says that the answer has a part of it."""
    if not any(map(is_digest, headers)):
        return ()
    digests = list(_dictionary(headers, "Repr-Digest")) + list(_instance(headers, "Digest"))
    # The sum is of what is stored, which may be unpacked on the way.
    if headers.get("x-goog-stored-content-encoding", "identity") == headers.get("Content-Encoding", "identity"):
        digests += _instance(headers, "x-goog-hash")
    if not part:
        digests += _dictionary(headers, "Content-Digest")
        digests += [_base64("md5", headers.get("Content-MD5", "").strip(), "Content-MD5")]
        if headers.get("x-amz-checksum-type", "FULL_OBJECT").strip().upper() == "FULL_OBJECT":
            for name in ("sha512", "sha256", "sha1", "md5", "crc32", "crc64nvme", "crc32c"):
                header = f"x-amz-checksum-{name}"
                digests.append(_base64(_NAMES.get(name, name), headers.get(header, "").strip(), header))
    for name in ("sha512", "sha256", "sha1", "md5"):
        header = f"X-Checksum-{name.title()}"
        digests.append(_hexadecimal(_NAMES.get(name, name), headers.get(header, "").strip(), header))
    return tuple(digest for digest in digests if digest is not None)


def is_digest(header: str) -> bool:
    """Whether a header tells a sum of the content."""
    return _HEADER.fullmatch(header) is not None


def strongest(digests: Iterable[Digest]) -> Digest | None:
    """The sum that is hardest to have by chance; of equals the first, None where there is none."""
    order = list(ALGORITHMS)
    return min(digests, key=lambda digest: order.index(digest.algorithm), default=None)


def sum_of(file: BinaryIO, algorithm: str, look: Callable[[], None] = lambda: None) -> str:
    """The digest of a file from its beginning, in hexadecimal digits, by one of ALGORITHMS.

    `look` is called after each piece that is read, and may raise. Raises OSError.
    """
    if algorithm.startswith(("crc-32c", "crc-64")):
        # NumPy is imported only for these.
        from edexql.formats import crc

        return crc.sum_of(file, algorithm, look)
    file.seek(0)
    if algorithm in _ZLIB:
        function, value = _ZLIB[algorithm]
        while data := file.read(_PIECE):
            look()
            value = function(data, value)
        return f"{value:08x}"
    hasher: Any = hashlib.new(algorithm.replace("-", ""), usedforsecurity=False)
    while data := file.read(_PIECE):
        look()
        hasher.update(data)
    return str(hasher.hexdigest())


def crc32_of(file: BinaryIO) -> int:
    """The CRC-32 of a file from its beginning. Raises OSError."""
    return int(sum_of(file, "crc-32"), 16)


def in_list(text: str, name: str, source: str) -> Digest | None:
    """The sum of a file in a list of sums; None where it is not in it, or with two sums."""
    digests = {digest for other, digest in _lines(text, source) if other.removeprefix("./") == name}
    return digests.pop() if len(digests) == 1 else None


def beside(text: str, name: str, source: str) -> Digest | None:
    """The sum in a file that belongs to one other (`NAME.sha256`): by its name, or alone on its line.

    `-` is what the programs call what they read from a pipe.
    """
    named = {digest for other, digest in _lines(text, source) if other.rpartition("/")[2] in (name, "-")}
    if not named:
        line = text.strip()
        alone = _hexadecimal(_BY_LENGTH.get(len(line), ""), line, source)
        named = {alone} if alone is not None else named
    return named.pop() if len(named) == 1 else None


def _lines(text: str, source: str) -> Iterable[tuple[str, Digest]]:
    """The names and sums in a list of sums."""
    for line in text.splitlines():
        if bsd := _BSD.fullmatch(line.strip()):
            digest = _hexadecimal(_NAMES.get(bsd[1].lower(), ""), bsd[3], source)
            if digest is not None:
                yield bsd[2], digest
        elif gnu := _GNU.fullmatch(line.rstrip()):
            digest = _hexadecimal(_BY_LENGTH.get(len(gnu[1]), ""), gnu[1], source)
            if digest is not None:
                yield gnu[2], digest


def _dictionary(headers: Mapping[str, str], header: str) -> Iterable[Digest | None]:
    """The members of a dictionary of byte sequences (RFC 8941, 3.2 and 3.3.5)."""
    for member in headers.get(header, "").split(","):
        match = _MEMBER.fullmatch(member.partition(";")[0].strip())
        if match is not None:
            yield _base64(_NAMES.get(match[1].lower(), ""), match[2], header)


def _instance(headers: Mapping[str, str], header: str) -> Iterable[Digest | None]:
    """The sums of RFC 3230, 4.3.2: in base64, those of few bits as hexadecimal digits."""
    for member in headers.get(header, "").split(","):
        match = _INSTANCE.fullmatch(member.strip())
        if match is None:
            continue
        algorithm = _NAMES.get(match[1].lower(), "")
        if algorithm.startswith(("crc", "adler")) and not match[2].endswith("="):
            yield _hexadecimal(algorithm, match[2], header)
        else:
            yield _base64(algorithm, match[2], header)


def _base64(algorithm: str, text: str, source: str) -> Digest | None:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return _digest(algorithm, value, source)


def _hexadecimal(algorithm: str, text: str, source: str) -> Digest | None:
    try:
        value = bytes.fromhex(text) if text.isalnum() else b""
    except ValueError:
        return None
    return _digest(algorithm, value, source)


def _digest(algorithm: str, value: bytes, source: str) -> Digest | None:
    return Digest(algorithm, value.hex(), source) if value and len(value) == ALGORITHMS.get(algorithm) else None
