"""Archives that lie, hide, break or lead astray, built byte by byte, and what is to be said of each."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edexql.client.settings.declarations import Unpacking
from edexql.client.unpack.model import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = b"real data " * 40
SMALL = Limits(Unpacking(members=50, size=2**22, ratio=100), small=2**16)

# Zips


@dataclass
class Part:
    """A member of a zip; `local` and `central` are what is written of it, here and there, instead of the truth."""

    name: bytes
    data: bytes = GOOD
    method: int = 8
    flags: int = 0
    attributes: int = 0
    system: int = 3
    extra: bytes = b""
    packed: bytes | None = None
    local: dict[str, Any] = field(default_factory=dict)
    central: dict[str, Any] = field(default_factory=dict)
    after: bytes = b""

    def compressed(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return {0: bytes, 8: deflated, 12: bz2.compress, 14: lzma_packed, 95: lzma.compress}.get(self.method, bytes)(
            self.data
        )


def deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def lzma_packed(data: bytes) -> bytes:
    """As a zip has it: the version of the packer, the length of the properties, and the properties (APPNOTE 5.8)."""
    form = {"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 2**16}
    return b"\x09\x14\x05\x00\x5d" + struct.pack("<L", 2**16) + lzma.compress(data, lzma.FORMAT_RAW, filters=[form])


def field_of(number: int, data: bytes) -> bytes:
    return struct.pack("<2H", number, len(data)) + data


def local_of(part: Part) -> bytes:
    packed = part.compressed()
    told: dict[str, Any] = {
        "mark": b"PK\x03\x04",
        "flags": part.flags,
        "method": part.method,
        "crc": zlib.crc32(part.data),
        "packed": len(packed),
        "size": len(part.data),
        "name": part.name,
        "extra": part.extra,
        **part.local,
    }
    head = struct.pack(
        "<4s5H3L2H",
        told["mark"],
        20,
        told["flags"],
        told["method"],
        0,
        0x5A21,
        told["crc"],
        told["packed"],
        told["size"],
        len(told["name"]),
        len(told["extra"]),
    )
    return head + told["name"] + told["extra"] + packed + part.after


def central_of(part: Part, start: int) -> bytes:
    packed = part.compressed()
    told: dict[str, Any] = {
        "flags": part.flags,
        "method": part.method,
        "crc": zlib.crc32(part.data),
        "packed": len(packed),
        "disk": 0,
        "size": len(part.data),
        "name": part.name,
        "extra": part.extra,
        "start": start,
        "comment": b"",
        **part.central,
    }
    head = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02",
        part.system << 8 | 20,
        20,
        told["flags"],
        told["method"],
        0,
        0x5A21,
        told["crc"],
        told["packed"],
        told["size"],
        len(told["name"]),
        len(told["extra"]),
        len(told["comment"]),
        told["disk"],
        0,
        part.attributes,
        told["start"],
    )
    return head + told["name"] + told["extra"] + told["comment"]


def end_of(count: int, length: int, start: int, comment: bytes = b"", /, **told: int) -> bytes:
    values = {"disk": 0, "first": 0, "here": count, "count": count, "length": length, "start": start}
    return struct.pack("<4s4H2LH", b"PK\x05\x06", *(values | {"comment": len(comment)} | told).values()) + comment


def long_end(count: int, length: int, start: int, at: int, *, locator: int | None = None, size: int = 44) -> bytes:
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", size, 45, 45, 0, 0, count, count, length, start)
    return record + struct.pack("<4sLQL", b"PK\x06\x07", 0, at if locator is None else locator, 1)


def zip_of(*parts: Part, before: bytes = b"", shift: int = 0, **end: Any) -> bytes:
    body, starts = before, []
    for part in parts:
        starts.append(len(body) - shift)
        body += local_of(part)
    directory = b"".join(central_of(part, start) for part, start in zip(parts, starts, strict=True))
    comment = end.pop("comment_bytes", b"")
    return body + directory + end_of(len(parts), len(directory), len(body) - shift, comment, **end)


def fine(name: bytes = b"fine.txt") -> Part:
    return Part(name)


# Tars


def block(
    name: bytes,
    size: int = 0,
    kind: bytes = b"0",
    *,
    link: bytes = b"",
    mode: bytes = b"0000644\0",
    prefix: bytes = b"",
    size_field: bytes | None = None,
    checksum: bytes | None = None,
) -> bytes:
    data = name.ljust(100, b"\0") + mode + b"0001750\0" * 2
    data += (size_field or b"%011o\0" % size) + b"%011o\0" % 1_500_000_000 + b" " * 8 + kind + link.ljust(100, b"\0")
    data += b"ustar\x0000" + b"root".ljust(32, b"\0") * 2 + b"0000000\0" * 2 + prefix.ljust(155, b"\0") + bytes(12)
    assert len(data) == 512
    told = checksum or b"%06o\0 " % sum(data)
    return data[:148] + told + data[156:]


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def tar_file(name: bytes, data: bytes = GOOD, **more: Any) -> bytes:
    return block(name, len(data), **more) + padded(data)


def pax(kind: bytes = b"x", **records: bytes) -> bytes:
    data = b"".join(record(key.replace("__", ".").encode(), value) for key, value in records.items())
    return block(b"PaxHeaders/x", len(data), kind) + padded(data)


def record(key: bytes, value: bytes) -> bytes:
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(b"%d" % length) + len(rest) != length:
        length += 1
    return b"%d" % length + rest


def tar_of(*pieces: bytes, end: bytes = bytes(1024)) -> bytes:
    return b"".join(pieces) + end


def h5ai_tar(*members: tuple[bytes, bytes | None], end: bytes = b"") -> bytes:
    """As h5ai's `php-tar` writes the whole of a folder: absolute names, and no end."""
    found = b""
    for path, data in members:
        folder, _, name = path.rpartition(b"/")
        size = len(data or b"")
        head = name.ljust(100, b"\0") + b"0000755\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"%011o\0" % 1_500_000_000
        head += b" " * 8 + (b"5" if data is None else b"0") + bytes(100) + b"ustar\x0000" + bytes(80)
        head += (folder or b"/").ljust(155, b"\0") + bytes(12)
        found += head[:148] + b"%06o\0 " % sum(head) + head[156:] + padded(data or b"")
    return found + end


# What is hostile


@dataclass(frozen=True)
class Hostile:
    """An archive that must not be unpacked: the code, the member to blame, and a word of the message."""

    title: str
    make: Callable[[], bytes]
    code: str
    member: str | None = None
    word: str = ""
    nesting: str = "leave"
    limits: Limits = SMALL
    # On Windows and macOS, where names are the same but for case.
    careless: bool = False

    def __repr__(self) -> str:
        return self.title


def bad_name(title: str, name: bytes, word: str, flags: int = 0) -> Hostile:
    return Hostile(title, lambda: zip_of(fine(), Part(name, flags=flags)), "unsafe-name", name.decode(), word)


def zips_name(title: str, name: str, word: str) -> Hostile:
    return bad_name(title, name.encode(), word, 0x800)


def clash(title: str, first: str, second: str) -> Hostile:
    parts = [Part(name.encode(), b"" if name.endswith("/") else GOOD, flags=0x800) for name in (first, second)]
    return Hostile(
        title,
        lambda: zip_of(fine(), *parts),
        "duplicate",
        second,
        "the same path as",
        careless=first.strip("/") != "a",
    )


def linked(title: str, mode: int, word: str) -> Hostile:
    part = Part(b"evil", b"/etc/passwd", attributes=mode << 16)
    return Hostile(title, lambda: zip_of(fine(), part), "not-a-file", "evil", word)


def pipe(name: bytes = b"evil", data: bytes = GOOD, system: int = 3) -> Part:
    return Part(name, data, system=system, attributes=0o010644 << 16)


def thing(title: str, kind: bytes, word: str, link: bytes = b"") -> Hostile:
    return Hostile(
        title, lambda: tar_of(tar_file(b"fine"), block(b"evil", 0, kind, link=link)), "not-a-file", "evil", word
    )


def overlapping() -> bytes:
    """Two members of one stretch of data."""
    one = local_of(fine(b"a"))
    directory = central_of(Part(b"a"), 0) + central_of(Part(b"a"), 0)
    return one + directory + end_of(2, len(directory), len(one))


def quoting() -> bytes:
    """The "better zip bomb": each member has the headers of those after it in its data."""
    kernel = local_of(Part(b"b", bytes(60000)))
    packed = struct.pack("<BHH", 0, len(kernel), len(kernel) ^ 0xFFFF) + kernel
    outer = Part(b"a", kernel, packed=packed + b"\x03\x00")
    body = local_of(outer)
    inner = body.index(b"PK\x03\x04", 4)
    directory = central_of(outer, 0) + central_of(Part(b"b", bytes(60000)), inner)
    return body + directory + end_of(2, len(directory), len(body))


def damaged_data(method: int) -> bytes:
    whole = bytearray(zip_of(fine(), Part(b"broken.bin", bytes(range(256)) * 20, method)))
    place = whole.index(b"broken.bin") + 10
    whole[place + 40] ^= 0x10
    return bytes(whole)


def zip64(*, count: int = 1, shift: int = 0, locator: int = 0, size: int = 44, narrow: int | None = None) -> bytes:
    body = local_of(fine())
    directory = central_of(fine(), 0)
    at = len(body) + len(directory)
    long = long_end(count, len(directory), len(body) + shift, at, locator=at + locator, size=size)
    told = {"start": 0xFFFFFFFF} if narrow is None else {"start": 0xFFFFFFFF, "count": narrow, "here": narrow}
    return body + directory + long + end_of(1, len(directory), 0, **told)


def two_ends() -> bytes:
    """A whole archive, and another one whose end is in the comment of the first."""
    inner = zip_of(Part(b"other.txt"))
    first = zip_of(fine())
    return first[:-2] + struct.pack("<H", len(inner)) + inner


def encrypted() -> bytes:
    return zip_of(fine(), Part(b"secret.h5", flags=1))


def bomb(count: int = 1, each: int = 2**21) -> bytes:
    packed = deflated(bytes(each))
    return zip_of(*(Part(b"%d.bin" % number, bytes(each), packed=packed) for number in range(count)))


def other_extra() -> bytes:
    raw = "\u00e9.h5".encode("cp437")
    checked = b"\x01" + struct.pack("<L", zlib.crc32(raw))
    other = field_of(0x7075, checked + b"../evil")
    return zip_of(Part(raw, extra=field_of(0x7075, checked + "\u00e9.h5".encode()), local={"extra": other}))


def twice_in_records() -> bytes:
    data = record(b"path", b"a") + record(b"path", b"../evil")
    return tar_of(block(b"x", len(data), b"x"), padded(data), tar_file(b"a"))


def nested_bomb() -> bytes:
    return zip_of(fine(), Part(b"inner.zip", bomb()))


def broken_inner() -> bytes:
    return zip_of(fine(), Part(b"inner.zip", damaged_data(8)))


def hostile_inner(method: int) -> bytes:
    return zip_of(fine(), Part(b"inner.zip", zip_of(Part(b"../../evil")), method))


def gzip_bomb() -> bytes:
    return gzip.compress(tar_of(tar_file(b"zeros", bytes(2**24))))


def chained_pax() -> bytes:
    return tar_of(*(pax(path=b"x") for _ in range(2000)), tar_file(b"y"))


def lying_size(data: bytes, size: int) -> bytes:
    part = Part(b"liar", data, packed=deflated(data))
    lies = {"size": size}
    part.local, part.central = lies, lies
    return zip_of(fine(), part)


def described(size: int | None = None, local: int = 0) -> bytes:
    packed = len(deflated(GOOD))
    after = b"PK\x07\x08" + struct.pack("<3L", zlib.crc32(GOOD), packed, len(GOOD) if size is None else size)
    return zip_of(Part(b"x", flags=8, local={"crc": local, "packed": 0, "size": 0}, after=after))


def forgotten() -> bytes:
    body = local_of(fine(b"a")) + local_of(fine(b"b"))
    directory = central_of(fine(b"a"), 0)
    return body + directory + end_of(1, len(directory), len(body))


def random_bytes() -> bytes:
    import random

    return random.Random(7).randbytes(5000)


PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in\x1b[31m to e-POP</title></head><body>...</body></html>"

ZIPS = [
    # Names
    bad_name("parent folder", b"../evil", "leads out"),
    bad_name("parent folder within", b"a/../../evil", "leads out"),
    bad_name("parent folder with backslashes", b"..\\evil", "leads out"),
    bad_name("absolute", b"/etc/evil", "absolute"),
    bad_name("absolute after a dot", b".//etc/evil", "absolute"),
    bad_name("drive", b"C:/evil", "drive"),
    bad_name("network path", b"\\\\server\\share\\evil", "absolute"),
    bad_name("network path with slashes", b"//server/evil", "absolute"),
    bad_name("control character", b"a\x1b[2Jevil", "cannot be shown"),
    bad_name("NUL", b"fine.txt\x00.evil", "cannot be shown"),
    bad_name("line end", b"a\nevil", "cannot be shown"),
    bad_name("empty name", b"", "is empty"),
    bad_name("long name", b"x" * 300, "longer than"),
    bad_name("long path", b"/".join([b"y" * 120] * 26), "longer than"),
    bad_name("deep path", b"d/" * 40 + b"evil", "folders"),
    bad_name("folder of our own", b".edexql-unpack-0123456789abcdef/lock", "reserved for"),
    zips_name("writing from right to left", "evil\u202etxt.exe", "cannot be shown"),
    zips_name("character without width", "a\u200bb", "cannot be shown"),
    Hostile("not UTF-8", lambda: zip_of(Part(b"a\xff", flags=0x800)), "contradictory", "a\\xff", "UTF-8"),
    Hostile(
        "two names by an extra field",
        lambda: zip_of(
            Part(b"fine", extra=field_of(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(b"fine")) + b"../e"))
        ),
        "contradictory",
        "fine",
        "two names",
    ),
    Hostile(
        "another name before the data",
        lambda: zip_of(fine(), Part(b"good.h5", local={"name": b"evil.h5"})),
        "contradictory",
        "good.h5",
        "another name",
    ),
    Hostile(
        "another name by the extra field before the data", other_extra, "contradictory", "\u00e9.h5", "another name"
    ),
    # Two in one place
    clash("same name but for case", "a/Data.h5", "a/data.H5"),
    clash("same folder but for case", "a/x", "A/y"),
    clash("composed and not", "\u00e9.h5", "e\u0301.h5"),
    clash("wide letters", "abc", "\uff41\uff42\uff43"),
    clash("sharp s", "stra\u00dfe", "STRASSE"),
    clash("file where a folder is needed", "a", "a/b"),
    clash("folder where a file is", "a/b", "a"),
    clash("folder and file", "a", "a/"),
    # No files
    linked("symbolic link", 0o120777, "a link"),
    Hostile("pipe", lambda: zip_of(fine(), pipe(data=b"")), "not-a-file", "evil", "a pipe"),
    Hostile("pipe with data, not by Unix", lambda: zip_of(fine(), pipe(system=0)), "not-a-file", "evil", "a pipe"),
    Hostile(
        "pipe with data and the name of a folder", lambda: zip_of(fine(), pipe(name=b"evil/")), "contradictory", "evil/"
    ),
    Hostile(
        "pipe by an extra field, with data",
        lambda: zip_of(Part(b"evil", extra=field_of(0x756E, bytes(4) + b"\xa4\x11" + bytes(8)))),
        "not-a-file",
        "evil",
        "a pipe",
    ),
    linked("device", 0o020644, "a device"),
    linked("block device", 0o060644, "a device"),
    linked("socket", 0o140644, "a socket"),
    Hostile("link of Windows", lambda: zip_of(Part(b"evil", attributes=0x400)), "not-a-file", "evil", "a link"),
    Hostile(
        "link by an extra field",
        lambda: zip_of(Part(b"evil", extra=field_of(0x756E, bytes(4) + b"\xff\xa1" + bytes(8)))),
        "not-a-file",
        "evil",
        "a link",
    ),
    Hostile(
        "file with the name of a folder", lambda: zip_of(Part(b"a/", attributes=0o100644 << 16)), "contradictory", "a/"
    ),
    Hostile(
        "folder with the name of a file",
        lambda: zip_of(Part(b"a", b"", attributes=0o040755 << 16)),
        "contradictory",
        "a",
    ),
    Hostile("folder with data", lambda: zip_of(fine(), Part(b"a/")), "hidden", "a/", "has data"),
    # Encryption and compression
    Hostile("encrypted", encrypted, "encrypted", "secret.h5", "password"),
    Hostile("encrypted by AES", lambda: zip_of(Part(b"s", method=99, flags=1)), "encrypted", "s", "password"),
    Hostile("encrypted directory", lambda: zip_of(Part(b"s", flags=0x2041)), "encrypted", "s", "password"),
    Hostile("Deflate64", lambda: zip_of(fine(), Part(b"x.h5", method=9)), "unsupported", "x.h5", "Deflate64"),
    Hostile("Zstandard", lambda: zip_of(fine(), Part(b"x.h5", method=93)), "unsupported", "x.h5", "Zstandard"),
    Hostile("unknown method", lambda: zip_of(fine(), Part(b"x.h5", method=77)), "unsupported", "x.h5", "method 77"),
    Hostile("patched data", lambda: zip_of(Part(b"x.h5", flags=0x20)), "unsupported", "x.h5"),
    # Too much
    Hostile("dense member", bomb, "too-much", "0.bin", "times as large"),
    Hostile("many dense small members", lambda: bomb(40, 2**16), "too-much", None, "times as large"),
    Hostile("many members", lambda: zip_of(*(fine(b"%d" % n) for n in range(51))), "too-much", None, "51 members"),
    Hostile(
        "large members",
        lambda: zip_of(*(Part(b"%d" % n, bytes(2**20), 0) for n in range(5))),
        "too-much",
        None,
        "holds 5.24 MB; the limit is 4.19 MB",
    ),
    Hostile("more than it says", lambda: lying_size(bytes(2**21), 1000), "contradictory", "liar", "more than"),
    Hostile("less than it says", lambda: lying_size(GOOD, 500), "damaged", "liar", "has 400 bytes"),
    Hostile("zip in a zip is dense", nested_bomb, "too-much", "inner.zip/0.bin", "times", "unpack"),
    Hostile("overlapping members", overlapping, "overlapping", "a", "shares bytes"),
    Hostile("members quoted in members", quoting, "overlapping", "a", "shares bytes"),
    Hostile(
        "member reaching into the directory",
        lambda: zip_of(Part(b"a", method=0, local={"packed": 600}, central={"packed": 600})),
        "overlapping",
        "a",
    ),
    Hostile(
        "folders that only paths name",
        lambda: zip_of(*(fine(b"%d/" % n + b"d/" * 29 + b"f") for n in range(40))),
        "too-much",
        None,
        "more than 50 files and folders",
    ),
    Hostile(
        "folders that only paths name, in an inner archive",
        lambda: zip_of(Part(b"i.zip", zip_of(*(fine(b"%d/d/d/f" % n) for n in range(20))))),
        "too-much",
        "i.zip",
        "more than 50 files and folders",
        "unpack",
    ),
    # Damage
    Hostile("deflated data damaged", lambda: damaged_data(8), "damaged", "broken.bin"),
    Hostile("stored data damaged", lambda: damaged_data(0), "damaged", "broken.bin", "checksum"),
    Hostile("bzip2 data damaged", lambda: damaged_data(12), "damaged", "broken.bin"),
    Hostile(
        "compressed data cut short",
        lambda: zip_of(fine(), Part(b"x", packed=deflated(GOOD)[:-4])),
        "damaged",
        "x",
    ),
    Hostile(
        "bytes after compressed data", lambda: zip_of(Part(b"x", packed=deflated(GOOD) + b"hidden")), "hidden", "x"
    ),
    Hostile("stored with two sizes", lambda: zip_of(Part(b"x", method=0, packed=GOOD[:9])), "contradictory", "x"),
    Hostile("cut in the data", lambda: zip_of(fine(), Part(b"x"))[:90], "cut-off"),
    Hostile("cut in the directory", lambda: zip_of(fine(), Part(b"x"))[:-60], "cut-off"),
    Hostile("cut in the end", lambda: zip_of(fine())[:-5], "cut-off"),
    Hostile("cut by a byte", lambda: zip_of(fine(), comment_bytes=b"abc")[:-1], "hidden"),
    Hostile("first half lost", lambda: zip_of(fine(), Part(b"x"))[60:], "damaged"),
    Hostile("middle lost", lambda: (w := zip_of(fine(), Part(b"x")))[:70] + w[90:], "damaged"),
    # Two ways of reading
    Hostile("checksum differs", lambda: zip_of(Part(b"x", local={"crc": 5})), "contradictory", "x", "checksum"),
    Hostile("size differs", lambda: zip_of(Part(b"x", local={"size": 5})), "contradictory", "x", "size"),
    Hostile("packed size differs", lambda: zip_of(Part(b"x", local={"packed": 5})), "contradictory", "x", "size"),
    Hostile(
        "method differs",
        lambda: zip_of(Part(b"x", local={"method": 0})),
        "contradictory",
        "x",
        "compression",
    ),
    Hostile("encrypted in one place only", lambda: zip_of(Part(b"x", local={"flags": 1})), "contradictory", "x"),
    Hostile("header is none", lambda: zip_of(Part(b"x", local={"mark": b"PK\0\0"}), fine()), "damaged", "x"),
    Hostile("second header is none", lambda: zip_of(fine(), Part(b"x", local={"mark": b"PK\0\0"})), "damaged", "x"),
    Hostile("descriptor lies", lambda: described(size=7), "contradictory", "x", "size"),
    Hostile("header beside a descriptor lies", lambda: described(local=5), "contradictory", "x"),
    Hostile("two ends", two_ends, "contradictory", None, "several end records"),
    Hostile(
        "end in the comment", lambda: zip_of(fine(), comment_bytes=b"PK\x05\x06" + bytes(30)), "contradictory", None
    ),
    Hostile("comment longer than the file", lambda: zip_of(fine(), comment=40), "hidden"),
    Hostile("more members than told", lambda: zip_of(fine(), Part(b"x"), count=1, here=1), "contradictory"),
    Hostile("fewer members than told", lambda: zip_of(fine(), count=2, here=2), "damaged"),
    Hostile("directory out of bounds", lambda: zip_of(fine(), start=10**6), "damaged"),
    Hostile("directory too long", lambda: zip_of(fine(), length=10**6), "damaged"),
    Hostile("member out of bounds", lambda: zip_of(fine(), Part(b"x", central={"start": 10**6})), "hidden", "fine.txt"),
    Hostile("several parts", lambda: zip_of(fine(), disk=1), "unsupported", None, "parts"),
    Hostile("member in another part", lambda: zip_of(Part(b"x", central={"disk": 3})), "unsupported", "x", "part"),
    Hostile("zip64 with another count", lambda: zip64(count=2, narrow=1), "contradictory", None, "zip64"),
    Hostile("zip64 out of bounds", lambda: zip64(shift=99), "damaged"),
    Hostile("zip64 elsewhere", lambda: zip64(locator=-9), "contradictory", None, "zip64"),
    Hostile("zip64 beyond the file", lambda: zip64(locator=10**9), "contradictory", None, "zip64"),
    Hostile("zip64 of another length", lambda: zip64(size=99), "contradictory", None, "zip64"),
    Hostile(
        "zip64 field too short",
        lambda: zip_of(Part(b"x", central={"size": 0xFFFFFFFF, "extra": field_of(1, b"1234")})),
        "contradictory",
        "x",
        "zip64",
    ),
    Hostile(
        "zip64 sizes lie",
        lambda: zip_of(Part(b"x", central={"size": 0xFFFFFFFF, "extra": field_of(1, struct.pack("<Q", 2**40))})),
        "contradictory",
        "x",
        "size",
    ),
    Hostile(
        "extra field too long", lambda: zip_of(Part(b"x", extra=b"\x01\x00\xff\x00")), "contradictory", "x", "extra"
    ),
    # Hidden
    Hostile("bytes after the end", lambda: zip_of(fine()) + b"garbage", "hidden"),
    Hostile("page after the end", lambda: zip_of(fine()) + PAGE, "hidden"),
    Hostile(
        "archive after an archive", lambda: zip_of(fine()) + zip_of(Part(b"x")), "hidden", None, "before its first"
    ),
    Hostile("zeros, and more, after the end", lambda: zip_of(fine()) + bytes(512) + b"x", "hidden"),
    Hostile("same name, other content", lambda: zip_of(fine(), Part(b"fine.txt", b"other")), "duplicate", "fine.txt"),
    Hostile("member that the directory has not", forgotten, "hidden", "a"),
    # No zip
    Hostile("nothing", lambda: b"", "not-an-archive", None, "0 bytes"),
    Hostile("page", lambda: PAGE, "not-an-archive", None, "Sign in\\x1b[31m to e-POP"),
    Hostile("JSON", lambda: b'{"error": "no such file"}', "not-an-archive", None, "no such file"),
    Hostile("text", lambda: b"Preparing report...", "not-an-archive", None, "Preparing report"),
    Hostile("7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "unsupported", None, "7z"),
    Hostile("HDF5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(99), "not-an-archive", None, "HDF5"),
    Hostile("bytes", lambda: bytes(range(256)), "not-an-archive", None, "neither"),
    # Zips in zips
    Hostile("inner archive leads out", lambda: hostile_inner(0), "unsafe-name", "inner.zip/../../evil", "", "unpack"),
    Hostile(
        "packed inner archive leads out", lambda: hostile_inner(8), "unsafe-name", "inner.zip/../../evil", "", "unpack"
    ),
    Hostile("inner archive damaged", broken_inner, "damaged", "inner.zip/broken.bin", "", "unpack"),
    Hostile(
        "inner archive is a page",
        lambda: zip_of(Part(b"inner.zip", PAGE, 0)),
        "not-an-archive",
        "inner.zip",
        "Sign",
        "unpack",
    ),
    Hostile(
        "folder of an inner archive taken",
        lambda: zip_of(fine(b"inner"), Part(b"inner.zip", zip_of(fine()), 0)),
        "duplicate",
        "inner.zip",
        "",
        "unpack",
    ),
    Hostile(
        "inner archive without a name",
        lambda: zip_of(Part(b".zip", zip_of(fine()), 0)),
        "unsafe-name",
        ".zip",
        "",
        "unpack",
    ),
    *(
        Hostile(
            f"inner archive named {name.decode()!r}",
            lambda name=name: zip_of(fine(), Part(name, zip_of(fine()), 0)),
            "unsafe-name",
            name.decode(),
            "no folder",
            "unpack",
        )
        for name in (b"..zip", b"a/..zip", b"...zip", b"./..ZIP")
    ),
    Hostile(
        "files of inner archives in one place",
        lambda: zip_of(fine(b"a/fine.txt"), Part(b"A.zip", zip_of(fine()), 0)),
        "duplicate",
        "A.zip",
        "",
        "unpack",
        careless=True,
    ),
]

TARS = [
    Hostile("tar: parent folder", lambda: tar_of(tar_file(b"../evil")), "unsafe-name", "../evil", "leads out"),
    Hostile("tar: absolute", lambda: tar_of(tar_file(b"/etc/evil")), "unsafe-name", "/etc/evil", "absolute"),
    Hostile("tar: parent folder by h5ai", lambda: h5ai_tar((b"/../evil", GOOD)), "unsafe-name", "../evil", "leads out"),
    Hostile("tar: prefix leads out", lambda: tar_of(tar_file(b"evil", prefix=b"..")), "unsafe-name", "../evil"),
    thing("tar: symbolic link", b"2", "a link", b"/etc"),
    thing("tar: hard link", b"1", "a link", b"/etc/passwd"),
    thing("tar: device", b"3", "a device"),
    thing("tar: block device", b"4", "a device"),
    thing("tar: pipe", b"6", "a pipe"),
    thing("tar: sparse file", b"S", "sparse"),
    thing("tar: unknown kind", b"Q", "unknown kind"),
    Hostile(
        "tar: link, then a file through it",
        lambda: tar_of(block(b"a", 0, b"2", link=b"/tmp"), tar_file(b"a/evil")),
        "not-a-file",
        "a",
        "a link",
    ),
    *(
        Hostile(
            f"tar: link that {title}",
            lambda target=target: tar_of(tar_file(b"p/a"), block(b"p/l", 0, b"2", link=target)),
            "not-a-file",
            "p/l",
            "a link",
        )
        for title, target in (
            ("leads out", b"../../etc"),
            ("leads out and back", b"../../x/p/a"),
            ("leads to itself", b"l"),
            ("leads to the folder that it is in", b"."),
            ("leads to the folder above", b".."),
            ("is a drive of Windows", b"C:\\a"),
        )
    ),
    Hostile(
        "tar: file through a link to a folder",
        lambda: tar_of(tar_file(b"p/a"), block(b"l", 0, b"2", link=b"p"), tar_file(b"l/evil")),
        "not-a-file",
        "l/evil",
        "through the link",
    ),
    Hostile(
        "tar: folders without end by links",
        lambda: tar_of(
            *(tar_file(b"0/%d" % n, b"") for n in range(9)),
            *(block(b"l%d" % n, 0, b"2", link=b"0") for n in range(9)),
        ),
        "too-much",
    ),
    Hostile(
        "tar: link with data", lambda: tar_of(block(b"a", 9, b"2"), padded(b"x" * 9)), "not-a-file", "a", "has data"
    ),
    Hostile(
        "tar: folder with data", lambda: tar_of(block(b"a/", 9, b"5"), padded(b"x" * 9)), "not-a-file", "a/", "has data"
    ),
    Hostile("tar: case", lambda: tar_of(tar_file(b"a"), tar_file(b"A")), "duplicate", "A", careless=True),
    Hostile("tar: control character", lambda: tar_of(tar_file(b"a\x1b")), "unsafe-name", "a\x1b"),
    Hostile("tar: checksum", lambda: tar_of(tar_file(b"a"), tar_file(b"b", checksum=b"000123\0 ")), "damaged"),
    Hostile("tar: size is no number", lambda: tar_of(tar_file(b"a", size_field=b"0000x000000\0")), "damaged", "a"),
    Hostile("tar: negative size", lambda: tar_of(tar_file(b"a", size_field=b"\xff" * 12)), "damaged", "a"),
    Hostile("tar: enormous size", lambda: tar_of(tar_file(b"a", size_field=b"\x80\0\0\0\x7f" + bytes(7))), "cut-off"),
    Hostile("tar: cut in a file", lambda: tar_of(tar_file(b"a"))[:700], "cut-off"),
    Hostile("tar: cut between files", lambda: tar_of(tar_file(b"a"), tar_file(b"b"))[:1024], "cut-off"),
    Hostile("tar: cut in a header", lambda: tar_of(tar_file(b"a"), tar_file(b"b"))[:1200], "cut-off"),
    Hostile("tar: cut, by h5ai", lambda: h5ai_tar((b"/a", GOOD))[:-100], "cut-off"),
    Hostile("tar: files after the end", lambda: tar_of(tar_file(b"a")) + tar_of(tar_file(b"b")), "hidden"),
    Hostile("tar: garbage after the end", lambda: tar_of(tar_file(b"a")) + b"garbage", "hidden"),
    Hostile(
        "tar: name by pax leads out", lambda: tar_of(pax(path=b"../evil"), tar_file(b"a")), "unsafe-name", "../evil"
    ),
    Hostile(
        "tar: long name leads out",
        lambda: tar_of(block(b"L", 8, b"L"), padded(b"../evil\0"), tar_file(b"a")),
        "unsafe-name",
        "../evil",
    ),
    Hostile("tar: two sizes", lambda: tar_of(pax(size=b"3"), tar_file(b"a")), "contradictory", "a", "two sizes"),
    Hostile("tar: size by pax is no number", lambda: tar_of(pax(size=b"-5"), tar_file(b"a")), "damaged", "a"),
    Hostile(
        "tar: two names",
        lambda: tar_of(pax(path=b"b"), block(b"L", 2, b"L"), padded(b"c\0"), tar_file(b"a")),
        "contradictory",
    ),
    Hostile("tar: extended twice", chained_pax, "contradictory", None, "twice"),
    Hostile("tar: extended for all", lambda: tar_of(pax(b"g", path=b"x"), tar_file(b"a")), "contradictory"),
    Hostile("tar: sparse by pax", lambda: tar_of(pax(GNU__sparse__major=b"1"), tar_file(b"a")), "not-a-file"),
    Hostile(
        "tar: records damaged", lambda: tar_of(block(b"x", 9, b"x"), padded(b"99 path=a"), tar_file(b"a")), "damaged"
    ),
    Hostile("tar: one thing twice in records", twice_in_records, "contradictory", None, "twice"),
    Hostile("tar: records without end", lambda: tar_of(block(b"x", 2**33 - 1, b"x"), tar_file(b"a")), "too-much"),
    Hostile("tar: extension of nothing", lambda: tar_of(tar_file(b"a"), pax(path=b"b")), "damaged"),
    Hostile("tar: many members", lambda: tar_of(*(tar_file(b"%d" % n, b"") for n in range(60))), "too-much"),
    Hostile("tar.gz: bomb", gzip_bomb, "too-much"),
    Hostile("tar.gz: bomb after the end", lambda: gzip.compress(tar_of(tar_file(b"a")) + bytes(2**25)), "too-much"),
    Hostile("tar.bz2: bomb", lambda: bz2.compress(tar_of(tar_file(b"zeros", bytes(2**24)))), "too-much"),
    Hostile("tar.gz: cut off", lambda: gzip.compress(tar_of(tar_file(b"a", random_bytes())))[:-2000], "cut-off"),
    Hostile("tar.gz: cut at its beginning", lambda: gzip.compress(tar_of(tar_file(b"a")))[:15], "cut-off"),
    Hostile("tar.gz: cut in its checksum", lambda: gzip.compress(tar_of(tar_file(b"a")))[:-3], "cut-off"),
    Hostile(
        "tar.gz: checksum", lambda: (w := gzip.compress(tar_of(tar_file(b"a"))))[:-8] + b"1234" + w[-4:], "damaged"
    ),
    Hostile("tar.gz: garbage after", lambda: gzip.compress(tar_of(tar_file(b"a"))) + b"garbage", "damaged"),
    Hostile(
        "tar.gz: garbage after zeros",
        lambda: gzip.compress(tar_of(tar_file(b"a"))) + bytes(600) + b"garbage",
        "damaged",
    ),
    Hostile(
        "tar.gz: another after zeros",
        lambda: gzip.compress(tar_of(tar_file(b"a"), end=b"")) + bytes(9) + gzip.compress(tar_of()),
        "damaged",
    ),
    Hostile("tar.bz2: garbage after", lambda: bz2.compress(tar_of(tar_file(b"a"))) + b"garbage", "damaged"),
    Hostile("tar.gz: link", lambda: gzip.compress(tar_of(block(b"a", 0, b"2", link=b"/"))), "not-a-file", "a"),
    Hostile("gz: no tar", lambda: gzip.compress(GOOD), "not-an-archive", None, "no tar"),
    Hostile(
        "tar.gz: zip in it is damaged",
        lambda: gzip.compress(tar_of(tar_file(b"i.zip", damaged_data(8)))),
        "damaged",
        "i.zip/broken.bin",
        "",
        "unpack",
    ),
    Hostile(
        "tar: zip in it leads out",
        lambda: tar_of(tar_file(b"i.zip", zip_of(Part(b"../../evil")))),
        "unsafe-name",
        "i.zip/../../evil",
        "",
        "unpack",
    ),
]


# Honest ones


def python_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as bundle:
        for name, data in files.items():
            bundle.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


class OneWay(io.RawIOBase):
    """A file that cannot be sought in, so that what is written describes data after them."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)


def streamed_zip(files: dict[str, bytes]) -> bytes:
    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:  # type: ignore[arg-type]
        for name, data in files.items():
            with bundle.open(name, "w") as member:
                member.write(data)
    return bytes(target.held)


def large_zip(files: dict[str, bytes]) -> bytes:
    """With the fields of zip64 where they are not needed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            with bundle.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return target.getvalue()


def python_tar(
    files: dict[str, bytes], mode: str = "w", form: int = tarfile.PAX_FORMAT, modified: float = 1_500_000_000.25
) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode, format=form) as bundle:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), modified
            bundle.addfile(info, io.BytesIO(data))
    return target.getvalue()


HONEST: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": python_zip,
    "zip, stored": lambda files: python_zip(files, zipfile.ZIP_STORED),
    "zip, bzip2": lambda files: python_zip(files, zipfile.ZIP_BZIP2),
    "zip, streamed": streamed_zip,
    "zip, zip64": large_zip,
    "tar, pax": python_tar,
    "tar, GNU": lambda files: python_tar(files, form=tarfile.GNU_FORMAT),
    "tar.gz": lambda files: python_tar(files, "w:gz"),
    "tar.bz2": lambda files: python_tar(files, "w:bz2"),
    "tar.gz in two": lambda files: (lambda w: gzip.compress(w[:700]) + gzip.compress(w[700:]))(python_tar(files)),
    "tar.gz, filled up": lambda files: python_tar(files, "w:gz") + bytes(10240),
    "tar of h5ai": lambda files: h5ai_tar((b"", None), *((b"//" + n.encode(), d) for n, d in files.items())),
}


# What tests need of everything that is unpacked


class Quiet:
    """Hears how it goes, and keeps it."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.counts: list[tuple[int, int]] = []

    def file(self, path: str) -> None:
        self.files.append(path)

    def count(self, done: int, total: int) -> None:
        self.counts.append((done, total))


def tree(folder: Path) -> dict[str, bytes | str | None]:
    """Everything below a folder: the content of files, where links lead, None for folders."""
    found: dict[str, bytes | str | None] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found
