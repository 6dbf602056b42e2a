"""Services, lines and disks that fail: a file is right under its final name, or there is none, whatever happens."""

from __future__ import annotations

import email.utils
import io
import os
import random
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import run
from edexql.base.units import exact_size, read_size
from edexql.client.download.run import Hosts, Run
from edexql.client.settings.declarations import Network
from hostile import (
    CLOSE,
    HANG,
    HURRIED,
    PAST,
    POLICY,
    RESET,
    Asked,
    Heard,
    Hostile,
    chunks,
    dated,
    head,
    in_turn,
    page,
    ranged,
    report_of,
    start,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

pytestmark = pytest.mark.slow


def zip_of(*contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.h5", content)
    return made.getvalue()


ZIP = zip_of(random.Random(1).randbytes(60_000), b"text " * 1000)
OTHER = zip_of(random.Random(2).randbytes(60_000), b"text " * 1000)
assert len(ZIP) == len(OTHER)
TEXT = b"".join(b"20190501 %06d 1.0 2.0\n" % number for number in range(3000))
HALF = len(ZIP) // 2
# For responses that never begin, and for bodies that come too slowly, however busy the machine is.
SHORT_HEAD = Network("edexql/0", connect=1, read=1, window=20, tries=3, seconds=60)
SHORT_WINDOW = Network("edexql/0", connect=20, read=20, lowest_speed=1000, window=2, tries=3, seconds=60)
UNSURE = {"ETag": None, "Last_Modified": None}


class Case(NamedTuple):
    """What a service does, and what is to become of the file."""

    play: Any
    code: str | None = None
    tries: int = 1
    name: str = "pass.zip"
    data: bytes = ZIP
    size: Any = None
    # How many times the file may come over the line.
    most: float = 1.02
    network: Network = POLICY


def cut(data: bytes = ZIP, at: int = HALF, end: object = CLOSE, **headers: object) -> list[Any]:
    """A file that ends too early."""
    return [whole(data, **headers)[0], data[:at], end]


def then(*scripts: Any) -> Callable[[Asked], Any]:
    """The scripts in turn, and after them a service that behaves."""
    return in_turn(*scripts, lambda asked: ranged(ZIP, asked))


def lying(answer: Callable[[Asked], list[bytes]]) -> Callable[[Asked], Any]:
    """A service that cuts the file, then answers a range with a lie, and is honest from then on."""
    return then(cut(), answer)


def part_of(data: bytes, first: int, last: int, total: object, **headers: object) -> list[bytes]:
    span = f"bytes {first}-{last}/{total}"
    body = data[first : last + 1]
    told = {"Content_Length": len(body), **dated(), **headers}
    return [head("206 Partial Content", **{"Content_Range": span, **told}), body]


def gzipped(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def tar_of(*contents: bytes) -> bytes:
    """A tar without the empty blocks at its end, as h5ai writes it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number, content in enumerate(contents):
            member = tarfile.TarInfo(f"{number}.h5")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()[: sum(512 + (len(content) + 511) // 512 * 512 for content in contents)]


def png_of(*chunks_: tuple[bytes, bytes]) -> bytes:
    made = [len(d).to_bytes(4, "big") + k + d + zlib.crc32(k + d).to_bytes(4, "big") for k, d in chunks_]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


TAR = tar_of(b"a" * 700, b"b" * 512)
PNG = png_of((b"IHDR", bytes(13)), (b"IDAT", bytes(range(200))), (b"IEND", b""))

CASES = {
    # All is well, in unusual ways
    "as it should be": Case(whole(ZIP)),
    "in chunks": Case([head(Transfer_Encoding="chunked", **dated()), *chunks(ZIP), b"0\r\n\r\n"]),
    "in chunks of one byte, with extensions and trailers": Case(
        [head(Transfer_Encoding="chunked"), *[b"1;x=y\r\n%c\r\n" % c for c in TEXT[:5000]], b"0\r\nA: b\r\n\r\n"],
        name="a.txt",
        data=TEXT[:5000],
        most=11,
    ),
    "until the connection closes, of a kind that tells its end": Case([head(), ZIP, CLOSE]),
    "until the connection closes, of a size listed to the byte": Case(
        [head(), TEXT, CLOSE], name="a.txt", data=TEXT, size=exact_size(len(TEXT))
    ),
    "after a 100": Case([b"HTTP/1.1 100 Continue\r\n\r\n", *whole(ZIP)]),
    "under a type for pages": Case(whole(ZIP, Content_Type="text/html")),
    "with a name that leads out of the folder": Case(
        whole(ZIP, Content_Disposition='attachment; filename="../../evil.zip"')
    ),
    "after early hints": Case([head("103 Early Hints", Link="</a>; rel=preload")] * 3 + whole(ZIP)),
    "under a head of three hundred lines": Case(
        [whole(ZIP)[0][:-2] + b"".join(b"X-%d: y\r\n" % n for n in range(300)) + b"\r\n", ZIP]
    ),
    "compressed on the way, unasked": Case(whole(gzipped(ZIP), Content_Encoding="gzip")),
    "compressed on the way, in chunks": Case(
        [head(Content_Encoding="x-gzip", Transfer_Encoding="chunked"), *chunks(gzipped(TEXT)), b"0\r\n\r\n"],
        name="a.txt", data=TEXT,
    ),
    "compressed on the way, until the connection closes": Case(
        [head(Content_Encoding="gzip"), gzipped(TEXT), CLOSE], name="a.txt", data=TEXT
    ),
    "a gzip file that is marked as compressed": Case(
        whole(gzipped(TEXT), Content_Encoding="x-gzip"), name="a.txt.gz", data=gzipped(TEXT)
    ),
    "a gzip file that is compressed once more": Case(
        whole(gzipped(gzipped(TEXT)), Content_Encoding="gzip"), name="a.txt.gz", data=gzipped(TEXT)
    ),
    "a tar without an end mark, of a length that is told": Case(whole(TAR), name="a.tar", data=TAR),
    "a PNG": Case(whole(PNG), name="a.png", data=PNG),
    "a length that is told twice": Case([whole(ZIP)[0][:-2] + b"Content-Length: %d\r\n\r\n" % len(ZIP), ZIP]),
    "a length that is told twice in a line": Case(whole(ZIP, Content_Length=f"{len(ZIP)}, {len(ZIP)}")),
    "a part that is the whole, unasked": Case(lambda asked: part_of(ZIP, 0, len(ZIP) - 1, len(ZIP))),
    "a part that is the whole of a total that is not told": Case(
        lambda asked: part_of(ZIP, 0, len(ZIP) - 1, "*")
    ),
    "with a line break too many": Case([whole(ZIP)[0], ZIP, b"\r\n", CLOSE]),
    # Cut short
    "closed in the middle": Case(then(cut()), tries=2),
    "reset in the middle": Case(then(cut(end=RESET)), tries=2),
    "silent in the middle": Case(then(cut(end=HANG)), tries=2, network=SHORT_WINDOW),
    "closed in the middle, again and again": Case(
        in_turn(*[lambda asked: [*ranged(ZIP, asked)[:1], ranged(ZIP, asked)[1][:5000], CLOSE]] * 11,
                lambda asked: ranged(ZIP, asked)),
        tries=12, most=1.3,
    ),
    "closed one byte before the end": Case(then(cut(at=len(ZIP) - 1)), tries=2),
    "closed after the head": Case(then(cut(at=0)), tries=2),
    "closed within the head": Case(then([b"HTTP/1.1 200 OK\r\nContent-Len", CLOSE]), tries=2),
    "closed before the head": Case(then([CLOSE]), tries=2),
    "reset before the head": Case(then([RESET]), tries=2),
    "always closed in the middle, nothing to resume by": Case(cut(**UNSURE), "cut", 3),
    "cut in a chunk": Case([head(Transfer_Encoding="chunked"), *chunks(ZIP)[:9], b"3e8\r\nabc", CLOSE], "cut", 3),
    "cut between chunks": Case([head(Transfer_Encoding="chunked"), *chunks(ZIP)[:9], CLOSE], "cut", 3),
    "cut between chunks, once": Case(
        then([head(Transfer_Encoding="chunked", **dated()), *chunks(ZIP)[:9], CLOSE]), tries=2
    ),
    "ended with a last chunk, too early": Case(
        [head(Transfer_Encoding="chunked"), *chunks(ZIP)[:9], b"0\r\n\r\n"], "damaged"
    ),
    "until the connection closes, too early": Case([head(), ZIP[:HALF], CLOSE], "cut", 3),
    "until the connection closes, and nothing tells the end": Case(
        [head(), TEXT, CLOSE], "unverified", name="a.txt", data=TEXT
    ),
    "until the connection closes, not all that is listed": Case(
        [head(), TEXT[:-5], CLOSE], "cut", 3, name="a.txt", data=TEXT, size=exact_size(len(TEXT))
    ),
    "until a reset, where only the end could tell": Case(
        [head(), TEXT, RESET], "cut", 3, name="a.txt", data=TEXT, size=exact_size(len(TEXT))
    ),
    # Slow, silent, endless
    "silent from the beginning": Case([HANG], "silent", 3, network=SHORT_HEAD),
    "silent after the head": Case(cut(at=0, end=HANG), "slow", 3, network=SHORT_WINDOW),
    "a byte now and then": Case([whole(ZIP)[0], *[ZIP[:1], 0.05] * 1000, HANG], "slow", 3, network=SHORT_WINDOW),
    "a head that comes byte by byte": Case(
        [b"HTTP/1.1 200 OK\r\nX: ", *[b"x", 0.05] * 1000, HANG], "silent", 3, network=SHORT_HEAD
    ),
    "endless headers": Case([b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 5000], "garbled", 3),
    "an endless header": Case([b"HTTP/1.1 200 OK\r\nX: ", b"a" * 200_000], "garbled", 3),
    "100 Continue without end": Case(
        [*[b"HTTP/1.1 100 Continue\r\n\r\n", 0.05] * 1000, HANG], "silent", 3, network=SHORT_HEAD
    ),
    "a page that does not end": Case([head("404 Not Found"), *[b"<p>no</p>" * 9000] * 500], "missing"),
    "a body that does not end": Case([head(), ZIP, *[b"x" * 65536] * 500], "size", size=read_size("0.06MB")),
    # Not what was announced
    "longer than announced": Case([head(Content_Length=HALF), ZIP], "garbled", 3),
    "longer than announced, of a kind that does not tell": Case(
        [head(Content_Length=len(TEXT) - 9), TEXT, CLOSE], "garbled", 3, name="a.txt", data=TEXT
    ),
    "longer than announced, of a kind that does not tell, with the connection kept": Case(
        [head(Content_Length=len(TEXT) - 9), TEXT[:-9], 0.01, TEXT[-9:], HANG],
        "garbled", 3, name="a.txt", data=TEXT, network=SHORT_WINDOW,
    ),
    "a little later longer than announced, of a kind that does not tell": Case(
        [head(Content_Length=len(TEXT) - 9, Connection="close"), TEXT[:-9], 0.05, TEXT[-9:], CLOSE],
        "garbled", 3, name="a.txt", data=TEXT,
    ),
    "shorter than listed": Case(whole(zip_of(b"other")), "size", size=read_size("0.06MB")),
    "longer than listed": Case(whole(ZIP), "size", size=read_size("0.05MB")),
    "empty": Case([head(Content_Length=0)], "size"),
    "empty, of a kind that has no mark": Case([head(Content_Length=0)], "size", name="a.txt"),
    "two lengths": Case([head(Content_Length=HALF)[:-2] + b"Content-Length: 9\r\n\r\n", ZIP], "garbled", 3),
    "a length and chunks": Case(
        [head(Content_Length=len(ZIP), Transfer_Encoding="chunked"), *chunks(ZIP), b"0\r\n\r\n"], "garbled", 3
    ),
    "a length that is no number": Case([head(Content_Length="1_000"), ZIP], "garbled", 3),
    "a negative length": Case([head(Content_Length="-1"), ZIP, CLOSE], "garbled", 3),
    "a head with a line that is none": Case(
        [b"HTTP/1.1 200 OK\r\nno colon here\r\nTransfer-Encoding: chunked\r\n\r\n", *chunks(TEXT), b"0\r\n\r\n", CLOSE],
        "garbled", 3, name="a.txt", data=TEXT,
    ),
    "a negative chunk": Case(
        [head(Transfer_Encoding="chunked"), b"-5\r\n", TEXT, CLOSE], "garbled", 3, name="a.txt", data=TEXT
    ),
    "a chunk longer than it says": Case(
        [head(Transfer_Encoding="chunked"), b"1000\r\n", TEXT[:4096], b"ab", *chunks(TEXT[4096:]), b"0\r\n\r\n"],
        "garbled", 3, name="a.txt", data=TEXT,
    ),
    "a transfer encoding that was not asked for": Case(
        [head(Transfer_Encoding="gzip, chunked"), *chunks(gzipped(ZIP)), b"0\r\n\r\n"], "garbled", 3
    ),
    "packed by a way that is not known, unasked": Case(whole(gzipped(ZIP), Content_Encoding="br"), "encoded"),
    "compressed on the way, unasked, and cut": Case(
        [head(Content_Encoding="gzip", **dated()), gzipped(ZIP)[:HALF], CLOSE], "cut", 3
    ),
    "compressed on the way, unasked, with a byte changed": Case(
        whole(gzipped(TEXT)[:-6] + b"x" + gzipped(TEXT)[-5:], Content_Encoding="gzip"), "damaged", name="a.txt"
    ),
    "no HTTP at all": Case([b"SSH-2.0-OpenSSH_9.2\r\n", CLOSE], "garbled", 3),
    "a part of the file, unasked": Case(part_of(ZIP, 0, HALF, len(ZIP)), "garbled", 3),
    "no content": Case([head("204 No Content")], "refused"),
    "an early hint and nothing else": Case([head("103 Early Hints"), CLOSE], "unreachable", 3),
    "another protocol": Case([head("101 Switching Protocols", Upgrade="h2c")], "refused"),
    # Lies about ranges
    "the whole file to a range": Case(lying(lambda asked: whole(ZIP)), tries=2, most=1.6),
    "the whole of another file to a range": Case(
        in_turn(cut(), lambda asked: ranged(OTHER, asked, ETag='"v2"')), tries=2, data=OTHER, most=1.6
    ),
    "the end of another file, by its tag": Case(
        in_turn(cut(), lambda asked: part_of(OTHER, asked.start, len(ZIP) - 1, len(ZIP), ETag='"v2"'),
                lambda asked: ranged(OTHER, asked, ETag='"v2"')),
        tries=3, data=OTHER, most=2.1,
    ),
    "the end of another file, by its time": Case(
        in_turn(
            cut(ETag=None),
            lambda asked: part_of(OTHER, asked.start, len(ZIP) - 1, len(ZIP), ETag=None,
                                  Last_Modified=email.utils.formatdate(PAST + 9, usegmt=True)),
            lambda asked: ranged(OTHER, asked, ETag=None),
        ),
        tries=3, data=OTHER, most=2.1,
    ),
    "the end of another file, untold": Case(
        in_turn(cut(), lambda asked: part_of(OTHER, asked.start, len(ZIP) - 1, len(ZIP)),
                lambda asked: ranged(OTHER, asked)),
        tries=3, data=OTHER, most=2.1,
    ),
    "the end of a longer file": Case(
        in_turn(cut(), lambda asked: part_of(OTHER, asked.start, len(ZIP) - 1, len(ZIP) + 1),
                lambda asked: ranged(OTHER, asked)),
        tries=3, data=OTHER, most=2.1,
    ),
    "a range without a tag": Case(
        lying(lambda asked: part_of(ZIP, asked.start, len(ZIP) - 1, len(ZIP), ETag=None)), tries=3, most=2.1
    ),
    "another range than was asked for": Case(
        lying(lambda asked: part_of(ZIP, asked.start + 100, len(ZIP) - 1, len(ZIP))), tries=3, most=2.1
    ),
    "a range under a false name": Case(
        lying(lambda asked: [part_of(ZIP, asked.start, len(ZIP) - 1, len(ZIP))[0], ZIP[: len(ZIP) - asked.start]]),
        tries=3, most=2.1,
    ),
    "a range under a false name, of a kind that cannot tell": Case(
        in_turn(
            cut(TEXT, 40_000),
            lambda asked: [part_of(TEXT, asked.start, len(TEXT) - 1, len(TEXT))[0], TEXT[: len(TEXT) - asked.start]],
            lambda asked: ranged(TEXT, asked),
        ),
        tries=3, name="a.txt", data=TEXT, most=2.1,
    ),
    "a range that begins as it should and goes on as another file": Case(
        lying(lambda asked: part_of(ZIP[:-9000] + OTHER[-9000:], asked.start, len(ZIP) - 1, len(ZIP))),
        tries=3, most=2.1,
    ),
    "a range of a total that is not told": Case(
        lying(lambda asked: part_of(ZIP, asked.start, len(ZIP) - 1, "*")), tries=2, most=1.1
    ),
    "ranges of a total that is not told, the last of which ends too early": Case(
        in_turn(
            [head(Transfer_Encoding="chunked", **dated()), *chunks(TEXT)[:20], CLOSE],
            lambda asked: part_of(TEXT, asked.start, len(TEXT) - 1000, "*"),
        ),
        "unverified", 2, name="a.txt", data=TEXT,
    ),
    "a range that is not told": Case(
        lying(lambda asked: [head("206 Partial Content", Content_Length=9), b"a" * 9]), tries=3, most=2.1
    ),
    "many ranges at once": Case(
        lying(lambda asked: [
            head("206 Partial Content", Content_Type="multipart/byteranges; boundary=x", Content_Length=len(ZIP)), ZIP
        ]),
        tries=3, most=2.6,
    ),
    "a piece of the range at a time": Case(
        in_turn(cut(), lambda asked: part_of(ZIP, asked.start, min(asked.start + 9000, len(ZIP) - 1), len(ZIP))),
        tries=5, most=1.1,
    ),
    "no such range": Case(
        lying(lambda asked: [head("416 Range Not Satisfiable", Content_Range="bytes */9", Content_Length=0)]),
        tries=3, most=1.6,
    ),
    "no such range, since all of it is here": Case(
        in_turn(
            [head(Transfer_Encoding="chunked", **dated()), *chunks(ZIP), CLOSE],
            [head("416 Range Not Satisfiable", Content_Range=f"bytes */{len(ZIP)}", Content_Length=0)],
        ),
        tries=2, most=1.1,
    ),
    "no such range, since all of it is here, of a kind that cannot tell": Case(
        in_turn(
            [head(Transfer_Encoding="chunked", **dated()), *chunks(TEXT), CLOSE],
            [head("416 Range Not Satisfiable", Content_Range=f"bytes */{len(TEXT)}", Content_Length=0)],
        ),
        "unverified", 2, name="a.txt", data=TEXT,
    ),
    "416 to the whole": Case([head("416 Range Not Satisfiable", Content_Length=0)], "refused"),
    "a weak tag": Case(then(cut(ETag='W/"v1"', Last_Modified=None)), tries=2, most=1.6),
    "a time too new to tell versions apart": Case(
        then(cut(ETag=None, Last_Modified=dated()["Date"])), tries=2, most=1.6
    ),
    "a new version after each cut": Case(
        in_turn(*[cut(ETag=f'"{n}"') for n in range(9)]), "cut", 3
    ),
    # Damaged
    "a byte changed": Case(whole(ZIP[:100] + bytes([ZIP[100] ^ 1]) + ZIP[101:]), "damaged"),
    "a message before the file": Case(whole(b"Warning: mysql\n" + ZIP), "damaged"),
    "a message after the file": Case(whole(ZIP + b"<br />\n<b>Fatal error</b>: Out of memory"), "damaged"),
    "nulls in place of the end": Case(whole(ZIP[:-3000] + bytes(3000)), "damaged"),
    "nulls alone": Case(whole(bytes(len(ZIP))), "damaged"),
    "half a PNG, announced as whole": Case(
        whole(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(5000)), "damaged", name="a.png"
    ),
    "half an HDF5, announced as whole": Case(
        whole(b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08".ljust(40, b"\0") + (9000).to_bytes(8, "little") + bytes(5000)),
        "damaged", name="a.h5",
    ),
    "half a gzip, announced as whole": Case(whole(gzipped(ZIP)[:HALF]), "damaged", name="a.gz"),
    # Several gzip streams in a row, of which each tells its own end alone
    "gzip streams, of which the last may be missing": Case(
        [head(), gzipped(ZIP) * 2, CLOSE], "unverified", name="a.gz", data=gzipped(ZIP) * 3
    ),
    "gzip streams, of which the last may be missing, compressed on the way": Case(
        [head(Content_Encoding="gzip"), gzipped(TEXT) * 2, CLOSE], "unverified", name="a.txt", data=TEXT * 3
    ),
    "gzip streams up to the listed size": Case(
        [head(), gzipped(ZIP) * 3, CLOSE], name="a.gz", data=gzipped(ZIP) * 3, size=exact_size(3 * len(gzipped(ZIP)))
    ),
    "gzip streams of a length": Case(whole(gzipped(ZIP) * 3), name="a.gz", data=gzipped(ZIP) * 3),
    "gzip streams in chunks, compressed on the way": Case(
        [head(Content_Encoding="gzip", Transfer_Encoding="chunked"), *chunks(gzipped(TEXT) * 2), b"0\r\n\r\n"],
        name="a.txt",
        data=TEXT * 2,
    ),
    # Pages
    "a message in place of a gzip file that is marked as compressed": Case(
        whole(gzipped(b'{"error": "busy"}'), Content_Encoding="gzip"), "page", name="a.csv.gz"
    ),
    "nothing in place of a gzip file that is marked as compressed": Case(
        whole(gzipped(b""), Content_Encoding="gzip"), "damaged", name="a.csv.gz"
    ),
    "a PNG with a byte changed": Case(whole(PNG[:40] + b"x" + PNG[41:]), "damaged", name="a.png"),
    "a PNG with a message behind it": Case(whole(PNG + b"<br />Fatal error"), "damaged", name="a.png"),
    "a tar cut between members, in chunks": Case(
        [head(Transfer_Encoding="chunked"), *chunks(TAR), b"0\r\n\r\n"], "unverified", name="a.tar"
    ),
    "a tar cut between members, until the connection closes": Case([head(), TAR, CLOSE], "unverified", name="a.tar"),
    "a login page": Case(page("200 OK", "Sign in"), "page"),
    "a login page in place of text": Case(page("200 OK", "Sign in"), "page", name="a.txt"),
    "a login page that says that it is a zip": Case(
        page("200 OK", "Sign in", Content_Type="application/zip"), "page"
    ),
    "a login page in place of text, said to be text": Case(
        page("200 OK", "Sign in", Content_Type="text/plain"), "page", name="a.txt"
    ),
    "a message of JSON": Case([head(Content_Length=17), b'{"error": "busy"}'], "page", name="a.txt"),
    "a message of JSON in place of a zip": Case(
        [head(Content_Length=17, Content_Type="application/json"), b'{"error": "busy"}'], "page"
    ),
    "a page after a cut": Case(then(cut(), page("200 OK", "Sign in")), "page", 2),
    # Statuses
    "not found": Case(page("404 Not Found", "gone fishing"), "missing"),
    "gone": Case(page("410 Gone", "gone"), "missing"),
    "forbidden": Case(page("403 Forbidden", "no"), "refused"),
    "a name wanted": Case([head("401 Unauthorized", WWW_Authenticate="Basic", Content_Length=0)], "refused"),
    "not modified, unasked": Case([head("304 Not Modified")], "refused"),
    "not implemented": Case([head("501 Not Implemented", Content_Length=0)], "refused"),
    "busy for a moment": Case(then([head("503 Service Unavailable", Content_Length=0, Retry_After=0)]), tries=2),
    "an error for a moment": Case(then(page("500 Oops", "oops"), page("502 Oops", "oops")), tries=3),
    "always busy": Case(page("503 Service Unavailable", "busy"), "busy", 3),
    "too many requests, an hour": Case([head("429 Slow Down", Retry_After=3600, Content_Length=0)], "busy"),
    "too many requests, for ever": Case([head("429 Slow Down", Retry_After="9" * 12, Content_Length=0)], "busy"),
    "too many requests, until a day far off": Case(
        [head("429 Slow Down", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT", Content_Length=0)], "busy"
    ),
    "too many requests, in words that mean nothing": Case(
        then([head("429 Slow Down", Retry_After="soon", Content_Length=0)]), tries=2
    ),
    # Redirects
    "around in circles": Case([head("302 Found", Location="/again", Content_Length=0)], "redirect", 6),
    "to a file of this machine": Case([head("302 Found", Location="file:///etc/passwd")], "redirect"),
    "to another protocol": Case([head("301 Moved", Location="ftp://127.0.0.1/a.zip")], "redirect"),
    "to a choice of several": Case([head("300 Multiple Choices", Content_Length=0)], "refused"),
    "to a page of a captive portal": Case(
        in_turn([head("302 Found", Location="/portal/login", Content_Length=0)], page("200 OK", "Welcome, please pay")),
        "page", 2, name="a.txt",
    ),
    "to nowhere": Case([head("302 Found")], "redirect"),
    "to what is no address": Case([head("302 Found", Location="http://[::1")], "redirect"),
    "with a body that does not end": Case(
        in_turn([head("302 Found", Location="/there"), *[b"x" * 65536] * 500], lambda asked: ranged(ZIP, asked)),
        # What the line itself holds is sent before anybody can know that it is not wanted.
        tries=2, most=200,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_right_or_not_there(case, tmp_path):
    play, code, tries, name, data, size, most, network = CASES[case]
    with Hostile(play) as service:
        report = report_of(f"{service.url}/data/{name}", name, tmp_path, size=size, network=network)
        assert (report.code, report.tries) == (code, tries), report
        assert code is not None or service.sent <= most * len(data)
    there = sorted(path.name for path in tmp_path.iterdir())
    if code is None:
        assert report.state == "downloaded"
        assert (tmp_path / name).read_bytes() == data
        assert (report.size, report.crc32) == (len(data), zlib.crc32(data))
        assert there == [name]
    else:
        assert report.state == "failed"
        assert report.path is None
        assert report.reason.isprintable()
        assert set(there) <= {f"{name}.part", f"{name}.part.json"}


def test_there_are_as_many_faults_as_were_promised():
    assert sum(case.code is not None or case.tries > 1 for case in CASES.values()) >= 40


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("not found", "404 Not Found: gone fishing"),
        ("a login page", "instead of the file: Sign in"),
        ("shorter than listed", "0.06MB"),
        ("too many requests, an hour", "3600 s"),
        ("a byte changed", "0.h5"),
        ("a message before the file", "Warning: mysql"),
        ("to another protocol", "ftp://127.0.0.1/a.zip"),
        ("a message of JSON in place of a zip", '{"error": "busy"}'),
    ],
)
def test_the_reason_says_what_people_need(case, words, tmp_path):
    with Hostile(CASES[case].play) as service:
        report = report_of(f"{service.url}/x", CASES[case].name, tmp_path, size=CASES[case].size)
    assert words in report.reason


def test_a_title_cannot_do_anything_to_a_terminal(tmp_path):
    with Hostile(page("200 OK", "\x1b]0;owned\x07 &#27;[31m &lt;b&gt;\u202e")) as service:
        report = report_of(service.url, "a.zip", tmp_path)
    assert report.code == "page"
    assert report.reason.isprintable()
    assert "<b>" in report.reason


def test_nobody_there_is_tried_again_and_told(tmp_path):
    with Hostile([CLOSE]) as service:
        url = service.url
    report = report_of(url, "a.zip", tmp_path)
    assert (report.state, report.code, report.tries) == ("failed", "unreachable", 3)


def test_a_service_that_comes_back_is_found(tmp_path):
    with Hostile(in_turn([RESET], [RESET], lambda asked: ranged(ZIP, asked))) as service:
        assert report_of(service.url, "a.zip", tmp_path).state == "downloaded"


def test_the_wait_that_is_asked_for_is_kept(tmp_path, monkeypatch):
    waited, paused = [], []
    monkeypatch.setattr(Run, "wait", lambda _, seconds: waited.append(seconds))
    monkeypatch.setattr(Hosts, "pause", lambda _, host, seconds: paused.append(seconds))
    heard = Heard()
    # By the service's own clock, which is years behind.
    now, later = email.utils.formatdate(PAST, usegmt=True), email.utils.formatdate(PAST + 1, usegmt=True)
    with Hostile(then([head("503 Busy", Content_Length=0, Date=now, Retry_After=later)])) as service:
        assert report_of(service.url, "a.zip", tmp_path, watch=heard).state == "downloaded"
    ((_, seconds, reason),) = heard.waits
    assert (waited, paused) == ([seconds], [1])
    assert seconds >= 1
    assert "503" in reason


def test_what_a_failed_try_left_is_gone_on_with_later(tmp_path):
    with Hostile(cut()) as service:
        address = service.url
        report = report_of(f"{address}/x", "a.zip", tmp_path)
        assert report.code == "cut"
        assert (tmp_path / "a.zip.part").stat().st_size == HALF
        service._play = lambda asked: ranged(ZIP, asked)
        before = service.sent
        assert report_of(f"{address}/x", "a.zip", tmp_path).state == "downloaded"
        assert service.sent - before <= len(ZIP) - HALF + 1024
    assert (tmp_path / "a.zip").read_bytes() == ZIP


@pytest.mark.parametrize("damage", ["a byte of it", "its end", "all of it", "more of it"])
def test_an_unfinished_file_that_was_tampered_with_is_not_believed(damage, tmp_path):
    with Hostile(in_turn(*[cut(TEXT, 40_000)] * 3, lambda asked: ranged(TEXT, asked))) as service:
        assert report_of(f"{service.url}/x", "a.txt", tmp_path, size=exact_size(len(TEXT))).code == "cut"
        part = tmp_path / "a.txt.part"
        data = bytearray(part.read_bytes())
        if damage == "a byte of it":
            data[9] ^= 1
        elif damage == "its end":
            del data[1000:]
        elif damage == "all of it":
            data[:] = bytes(len(data))
        else:
            data += b"garbage"
        part.write_bytes(data)
        assert report_of(f"{service.url}/x", "a.txt", tmp_path, size=exact_size(len(TEXT))).state == "downloaded"
    assert (tmp_path / "a.txt").read_bytes() == TEXT


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\n", b'{"edexql": 1, "url": "', b'{"done": [[0, 5000]], "crc32": 1}']),
)
def test_any_journal_is_believed_only_where_it_is_true(tmp_path_factory, noise, line):
    folder = tmp_path_factory.mktemp("journal")
    (folder / "a.txt.part").write_bytes(b"x" * 9000)
    (folder / "a.txt.part.json").write_bytes(noise + line + noise)
    with Hostile(lambda asked: ranged(TEXT, asked)) as service:
        assert report_of(service.url, "a.txt", folder).state == "downloaded"
    assert (folder / "a.txt").read_bytes() == TEXT


ZIPS = (ZIP, OTHER, zip_of(b"short"), zip_of(random.Random(3).randbytes(90_000)))
TEXTS = (TEXT, TEXT.replace(b"1.0", b"3.0"), TEXT[:900], TEXT + TEXT)
# What a text cannot tell of itself: that bytes were put in place of others.
LIES = ["honest"] * 6 + ["ignores if-range", "no length", "chunks", "false length", "busy", "page"]


def steps_of(lies: list[str]) -> st.SearchStrategy[Any]:
    return st.tuples(
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.integers(0, 100_000),
        st.sampled_from([None, None, CLOSE, RESET]),
        st.sampled_from(lies),
        st.sampled_from(["told", "untold"]),
    )


@given(st.lists(steps_of([*LIES, "shifted"]), min_size=1, max_size=6))
@settings(max_examples=2 * settings.default.max_examples)
def test_whatever_happens_on_the_line_a_zip_is_right_or_not_there(tmp_path_factory, steps):
    assert_right_or_not_there(tmp_path_factory.mktemp("line"), "a.zip", ZIPS, steps)


@given(st.lists(steps_of(LIES), min_size=1, max_size=6))
@settings(max_examples=2 * settings.default.max_examples)
def test_whatever_happens_on_the_line_a_text_is_right_or_not_there(tmp_path_factory, steps):
    assert_right_or_not_there(tmp_path_factory.mktemp("line"), "a.txt", TEXTS, steps)


def assert_right_or_not_there(folder: Path, name: str, versions: tuple[bytes, ...], steps: Any) -> None:
    scripts = [lambda asked, step=step: list(played(asked, versions, *step)) for step in steps]
    with Hostile(in_turn(*scripts)) as service:
        for _ in range(2):
            report = report_of(service.url, name, folder, network=HURRIED, first_pause=0.001)
    path = folder / name
    assert not path.exists() or path.read_bytes() in versions
    assert path.exists() or report.state == "failed"
    assert {found.name for found in folder.iterdir()} <= {name, f"{name}.part", f"{name}.part.json"}


def played(asked: Asked, versions: tuple[bytes, ...], version: int, at: int, end: object, lie: str, tag: str) -> Any:
    """A script with a lie in it, cut somewhere if it has an end."""
    data, tags = versions[version], {"ETag": f'"{version}"' if tag == "told" else None, "Last_Modified": None}
    if lie in ("busy", "page"):
        yield from page("503 Busy" if lie == "busy" else "200 OK", "Sign in")
        return
    first, body = [*ranged(data, asked, **tags), b""][:2]
    if lie == "ignores if-range" and 0 < asked.start < len(data):
        first, body = part_of(data, asked.start, len(data) - 1, len(data), **tags)
    elif lie == "no length":
        first, body, end = head(**dated(**tags)), data, end or CLOSE
    elif lie == "chunks":
        first, body = head(Transfer_Encoding="chunked", **dated(**tags)), b"".join(chunks(data)) + b"0\r\n\r\n"
    elif lie == "false length":
        first, end = head(Content_Length=at, **dated(**tags)), end or CLOSE
    elif lie == "shifted":
        body = body[1:] + b"x"
    yield first
    yield body[:at] if end is not None and lie not in ("false length", "no length") else body
    if end is not None:
        yield end


def test_a_reset_ends_a_body_that_nothing_else_ends_early(tmp_path):
    # What was read before a reset is not taken for the whole, even where the size is as it is listed.
    with Hostile([head(), ZIP[:HALF], RESET]) as service:
        assert report_of(service.url, "a.zip", tmp_path).code == "cut"
    assert not (tmp_path / "a.zip").exists()


def test_memory_is_not_filled_by_a_file(tmp_path):
    size = 300 * 2**20
    piece = bytes(2**20)
    with Hostile([head(Content_Length=size), *[piece] * 300]) as service:
        code = "\n".join(
            [
                f"report = get({service.url!r}, 'a.dat', sys.argv[1])",
                "assert report.state == 'downloaded', report",
                "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])",
            ]
        )
        process = start(code, tmp_path)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert int(out) < 80_000
    assert os.path.getsize(tmp_path / "a.dat") == size


@pytest.mark.parametrize("host", ["a" * 300, "a..b", "." + "a" * 64])
def test_a_host_that_cannot_be_is_told_at_once(host, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    report = report_of(f"http://{host}/f.zip", "f.zip", tmp_path)
    assert (report.state, report.code, report.tries) == ("failed", "address", 1)
    assert "the address cannot be used" in report.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize("command", ["download", "retry"])
def test_a_pipe_in_the_place_of_the_note_of_downloads_is_not_waited_for(command, tmp_path):
    os.mkfifo(tmp_path / ".edexql-downloads.json")
    words = ("http://127.0.0.1:9/a.zip", "--to") if command == "download" else ()
    done = run(command, *words, tmp_path, cwd=tmp_path, EDEXQL_NETWORK_TRIES="1")
    assert done.code != 0
    assert "it is not a regular file" in done.err


def test_a_link_in_the_place_of_the_note_of_downloads_is_not_followed(tmp_path):
    (tmp_path / "other").write_text('{"downloads": 1, "files": []}')
    (tmp_path / ".edexql-downloads.json").symlink_to("other")
    done = run("download", "http://127.0.0.1:9/a.zip", "--to", tmp_path, cwd=tmp_path, EDEXQL_NETWORK_TRIES="1")
    assert "links are not followed" in done.err
    assert (tmp_path / "other").read_text() == '{"downloads": 1, "files": []}'


def test_a_configuration_may_be_a_link(tmp_path):
    (tmp_path / "other").write_text("[network]\ntries = 3\n")
    (tmp_path / "edexql.toml").symlink_to("other")
    done = run("config", "--config", "edexql.toml", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "edexql.toml:2" in done.out
