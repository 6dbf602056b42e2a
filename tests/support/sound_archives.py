"""Archives that are sound, however odd: what comes out of them, and what is said of it.

Zips after PKWARE's APPNOTE 6.3.10, tars after POSIX.1-2017 (pax) and the manual of GNU tar; what programs write
beside that is named with the program.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostile_archives import (
    GOOD,
    Part,
    block,
    central_of,
    deflated,
    end_of,
    field_of,
    h5ai_tar,
    local_of,
    long_end,
    padded,
    pax,
    python_tar,
    python_zip,
    streamed_zip,
    tar_file,
    tar_of,
    zip_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DARK = bytes(20_000_000)


@dataclass(frozen=True)
class Sound:
    """An archive that is unpacked: its files, and a word of each note."""

    title: str
    make: Callable[[], bytes]
    files: dict[str, bytes]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.title


def one(title: str, make: Callable[[], bytes], *notes: str, name: str = "a.h5", data: bytes = GOOD) -> Sound:
    return Sound(title, make, {name: data}, notes)


def named(title: str, raw: bytes, name: str, *notes: str, flags: int = 0, system: int = 3, extra: bytes = b"") -> Sound:
    return one(title, lambda: zip_of(Part(raw, flags=flags, system=system, extra=extra)), *notes, name=name)


def described(*, signed: bool, long: bool, local: bool) -> bytes:
    packed = len(deflated(GOOD))
    values = (zlib.crc32(GOOD), packed, len(GOOD))
    after = b"PK\x07\x08" * signed + struct.pack("<L2Q" if long else "<3L", *values)
    told = {} if local else {"crc": 0, "packed": 0, "size": 0}
    return zip_of(Part(b"a.h5", flags=8, local=told, after=after), Part(b"b.h5"))


def zip64_behind(before: bytes) -> bytes:
    body = local_of(Part(b"a.h5"))
    directory = central_of(Part(b"a.h5"), 0)
    long = long_end(1, len(directory), len(body), len(body) + len(directory))
    return before + body + directory + long + end_of(1, len(directory), 0, start=0xFFFFFFFF)


def zip64_offset() -> bytes:
    """A place that stands in the field of zip64 alone, with the number of the part after it."""
    first = local_of(Part(b"b.h5"))
    body = first + local_of(Part(b"a.h5"))
    wide = field_of(1, struct.pack("<QL", len(first), 0))
    second = central_of(Part(b"a.h5", central={"extra": wide, "disk": 0xFFFF}), 0xFFFFFFFF)
    directory = central_of(Part(b"b.h5"), 0) + second
    return body + directory + end_of(2, len(directory), len(body))


def signed_directory() -> bytes:
    body = local_of(Part(b"a.h5"))
    directory = central_of(Part(b"a.h5"), 0) + b"PK\x05\x05" + struct.pack("<H", 9) + b"signature"
    return body + directory + end_of(1, len(directory), len(body))


def counted_anew() -> bytes:
    """More members than 16 bits count, without zip64, as Java wrote it."""
    parts = [Part(b"%d" % number, b"", 0) for number in range(0x10001)]
    body, directory = bytearray(), bytearray()
    for part in parts:
        directory += central_of(part, len(body))
        body += local_of(part)
    return bytes(body + directory + end_of(1, len(directory), len(body)))


def unordered() -> bytes:
    first, second = Part(b"b.h5"), Part(b"a.h5")
    body = local_of(first) + local_of(second)
    directory = central_of(second, len(local_of(first))) + central_of(first, 0)
    return body + directory + end_of(2, len(directory), len(body))


def old_tar(name: bytes, data: bytes) -> bytes:
    """As in Unix V7: nothing after the name of a link."""
    head = block(name, len(data), b"\0")
    head = head[:257] + bytes(255)
    head = head[:148] + b" " * 8 + head[156:]
    return head[:148] + b"%06o\0 " % sum(head) + head[156:] + padded(data)


def signed_sum(name: bytes, data: bytes) -> bytes:
    """As old programs added the bytes of a header, with signs."""
    head = block(name, len(data), checksum=b" " * 8)
    return head[:148] + b"%06o\0 " % sum(byte - 256 * (byte > 127) for byte in head) + head[156:] + padded(data)


def gnu_long(name: bytes) -> bytes:
    return block(b"././@LongLink", len(name) + 1, b"L") + padded(name + b"\0") + tar_file(name[:99])


def tar_of_names(form: int, name: str) -> bytes:
    return python_tar({name: GOOD}, form=form)


LONG = "/".join(["folder_of_the_pass"] * 14) + "/" + "x" * 200 + ".h5"
BOTH = {"a.h5": GOOD, "b.h5": GOOD}

ZIPS = [
    # Names
    named("UTF-8 without its flag", "Aurora é.h5".encode(), "Aurora é.h5", "the encoding of names is not known"),
    named("CP437", "é.h5".encode("cp437"), "é.h5", "CP437"),
    named("name's extra field of a member that was renamed", b"a.h5", "a.h5", extra=field_of(0x7075, b"\x01\0\0\0\0x")),
    named("colon and question mark", b"15:05:34?.h5", "15:05:34?.h5", "Windows"),
    named("all that Windows forbids", b'a<b>c"d|e*f', 'a<b>c"d|e*f', "Windows"),
    named("ending with a dot", b"a.", "a.", "Windows"),
    named("ending with a blank", b"folder /a ", "folder /a ", "Windows"),
    named("device of Windows", b"aux.h5", "aux.h5", "Windows"),
    named("backslash in a name of Unix", b"a\\b.h5", "a\\b.h5", "Windows"),
    named("backslashes of Windows", b"pass\\a.h5", "pass/a.h5", system=0),
    named("empty part of a path", b"pass//a.h5", "pass/a.h5"),
    named("dots in a path", b"./pass/./a.h5", "pass/a.h5"),
    named("name of 255 bytes", b"x" * 255, "x" * 255),
    named("hidden file", b".a", ".a"),
    named("dots that are a name", b"...", "...", "Windows"),
    Sound(
        "names that differ in case",
        lambda: python_zip({"Pass/a.h5": b"1", "pass/A.h5": b"2", "pass/a.h5": b"3"}),
        {"Pass/a.h5": b"1", "pass/A.h5": b"2", "pass/a.h5": b"3"},
    ),
    Sound(
        "names composed and not",
        lambda: python_zip({"\u00e9": b"1", "e\u0301": b"2"}),
        {"\u00e9": b"1", "e\u0301": b"2"},
    ),
    one("one member twice", lambda: zip_of(Part(b"a.h5"), Part(b"a.h5")), "twice, with the same content"),
    # Much from little
    one("dark images", lambda: python_zip({"a.h5": DARK}), data=DARK),
    one("dark images, bzip2", lambda: python_zip({"a.h5": DARK}, zipfile.ZIP_BZIP2), data=DARK),
    one("dark images, LZMA", lambda: python_zip({"a.h5": DARK}, zipfile.ZIP_LZMA), data=DARK),
    Sound("no members", zip_of, {}, ("holds no files",)),
    Sound("an empty file", lambda: python_zip({"a": b""}), {"a": b""}),
    # Methods
    one("bzip2", lambda: zip_of(Part(b"a.h5", method=12))),
    one("LZMA without a mark of its end", lambda: zip_of(Part(b"a.h5", method=14))),
    one("LZMA by Python", lambda: python_zip({"a.h5": GOOD}, zipfile.ZIP_LZMA)),
    one("XZ", lambda: zip_of(Part(b"a.h5", method=95))),
    # Ends and beginnings
    one("zeros after the end, as bsdtar fills up a block", lambda: zip_of(Part(b"a.h5")).ljust(10240, b"\0")),
    one("zeros after a comment", lambda: zip_of(Part(b"a.h5"), comment_bytes=b"made by hand") + bytes(700)),
    one("comment of zeros", lambda: zip_of(Part(b"a.h5"), comment_bytes=bytes(9))),
    one("comment", lambda: zip_of(Part(b"a.h5"), comment_bytes=b"x" * 0xFFFF)),
    one("program before, places of the zip", lambda: b"MZ" + bytes(60) + zip_of(Part(b"a.h5")), "behind other bytes"),
    one("program before, places of the file", lambda: zip_of(Part(b"a.h5"), before=b"#!/bin/sh\n"), "behind other"),
    one(
        "program with the mark of a member in it",
        lambda: b"\x7fELF PK\x03\x04\xff\xff" + bytes(90) + zip_of(Part(b"a.h5")),
        "behind",
    ),
    one("mark of one part", lambda: zip_of(Part(b"a.h5"), before=b"PK00"), "behind other bytes"),
    one("mark of a part that is all", lambda: zip_of(Part(b"a.h5"), before=b"PK\x07\x08"), "behind other bytes"),
    one("zip64 behind a program", lambda: zip64_behind(b"#!program"), "behind other bytes"),
    one("zip64", lambda: zip64_behind(b"")),
    Sound("zip64 for a place", zip64_offset, BOTH),
    one("signed directory", signed_directory),
    Sound(
        "gap between members",
        lambda: zip_of(Part(b"a.h5", after=bytes(99)), Part(b"b.h5")),
        BOTH,
        ("99 bytes between",),
    ),
    one("gap before the directory", lambda: zip_of(Part(b"a.h5", after=b"gap!")), "4 bytes between"),
    Sound("directory in another order", unordered, BOTH),
    # What stands beside the data
    *(
        Sound(
            f"description after the data{' with a mark' * signed}{', zip64' * long}{', told before too' * local}",
            lambda signed=signed, long=long, local=local: described(signed=signed, long=long, local=local),
            BOTH,
        )
        for signed in (True, False)
        for long in (True, False)
        for local in (True, False)
    ),
    one("description announced and not there", lambda: zip_of(Part(b"a.h5", flags=8))),
    Sound(
        "description not announced",
        lambda: zip_of(Part(b"a.h5", after=b"PK\x07\x08" + bytes(12)), Part(b"b.h5")),
        BOTH,
        ("16 bytes",),
    ),
    Sound("streamed", lambda: streamed_zip(BOTH), BOTH),
    one("levels of compression", lambda: zip_of(Part(b"a.h5", flags=6))),
    one("unknown extra field", lambda: zip_of(Part(b"a.h5", extra=field_of(0x9999, b"any")))),
    one("filling for extra fields", lambda: zip_of(Part(b"a.h5", extra=b"\0\0\0"))),
    one("filling that is no field", lambda: zip_of(Part(b"a.h5", extra=b"\xff\xff\xff\xff\xff\xff"))),
    one("comment of a member", lambda: zip_of(Part(b"a.h5", central={"comment": b"dark"}))),
    one(
        "extra field in one place only",
        lambda: zip_of(Part(b"a.h5", central={"extra": field_of(0x5455, b"\x01" + bytes(4))})),
    ),
    # Folders and modes
    one("folder of its own", lambda: zip_of(Part(b"pass/", b"", 0), Part(b"pass/a.h5")), name="pass/a.h5"),
    one(
        "folder with the mode of a file",
        lambda: zip_of(Part(b"pass/", b"", 0, attributes=0o100644 << 16), Part(b"pass/a.h5")),
        name="pass/a.h5",
    ),
    one("folder, compressed", lambda: zip_of(Part(b"pass/", b""), Part(b"pass/a.h5")), name="pass/a.h5"),
    one("folder twice", lambda: zip_of(Part(b"p/", b"", 0), Part(b"p/", b"", 0), Part(b"p/a.h5")), name="p/a.h5"),
    one(
        "folder that nobody may enter",
        lambda: zip_of(Part(b"p/", b"", 0, attributes=0o040000 << 16), Part(b"p/a.h5")),
        name="p/a.h5",
    ),
    one("file that nobody may read", lambda: zip_of(Part(b"a.h5", attributes=0o100000 << 16))),
    one("root of the archive", lambda: zip_of(Part(b"./", b"", 0), Part(b"a.h5"))),
]

TARS = [
    one("tar of Unix V7", lambda: tar_of(old_tar(b"a.h5", GOOD))),
    one("sum with signs", lambda: tar_of(signed_sum("é.h5".encode(), GOOD)), name="é.h5"),
    one("one block of zeros at the end", lambda: tar_of(tar_file(b"a.h5"), end=bytes(512))),
    one("many zeros at the end", lambda: tar_of(tar_file(b"a.h5"), end=bytes(512 * 60))),
    one("zeros that fill no block", lambda: tar_of(tar_file(b"a.h5"), end=bytes(1024 + 7))),
    Sound("empty tar", lambda: bytes(10240), {}, ("holds no files",)),
    Sound("empty tar of two blocks", lambda: bytes(1024), {}, ("holds no files",)),
    Sound("empty tar.gz", lambda: gzip.compress(bytes(10240)), {}, ("holds no files",)),
    one("Latin-1", lambda: tar_of(tar_file("é.h5".encode("latin-1"))), "Latin-1", name="é.h5"),
    one(
        "Latin-1, said to be binary, as bsdtar writes it",
        lambda: tar_of(pax(hdrcharset=b"BINARY", path=b"\xe9.h5"), tar_file(b"x")),
        "Latin-1",
        name="é.h5",
    ),
    Sound(
        "updated",
        lambda: tar_of(tar_file(b"a.h5", b"old"), tar_file(b"b.h5"), tar_file(b"./a.h5", b"new")),
        {"a.h5": b"new", "b.h5": GOOD},
        ("more than once: the last",),
    ),
    one("label", lambda: tar_of(block(b"Volume of May", 0, b"V"), tar_file(b"a.h5"))),
    one("contiguous file", lambda: tar_of(tar_file(b"a.h5", kind=b"7"))),
    one("header for all, as git writes it", lambda: tar_of(pax(b"g", comment=b"0123abcd"), tar_file(b"a.h5"))),
    one("records of Solaris", lambda: tar_of(pax(b"X", path=b"a.h5"), tar_file(b"x"))),
    one(
        "times, owners and attributes",
        lambda: tar_of(pax(mtime=b"1556722800.5", uid=b"4000000", SCHILY__xattr__user=b"x"), tar_file(b"a.h5")),
    ),
    one("long name by GNU", lambda: tar_of(gnu_long(LONG.encode())), name=LONG),
    *(
        one(f"long name, {title}", lambda form=form: tar_of_names(form, LONG), name=LONG)
        for title, form in (("pax", tarfile.PAX_FORMAT), ("GNU", tarfile.GNU_FORMAT))
    ),
    one(
        "name in two fields",
        lambda: tar_of_names(tarfile.USTAR_FORMAT, "p" * 90 + "/" + "x" * 90),
        name="p" * 90 + "/" + "x" * 90,
    ),
    one(
        "folder that nobody may enter, of a tar",
        lambda: tar_of(block(b"p/", 0, b"5", mode=b"0000000\0"), tar_file(b"p/a.h5")),
        name="p/a.h5",
    ),
    one(
        "folder after what is in it",
        lambda: tar_of(tar_file(b"p/a.h5"), block(b"p/", 0, b"5"), block(b"p", 0, b"5")),
        name="p/a.h5",
    ),
    one("set-user-id", lambda: tar_of(tar_file(b"a.h5", mode=b"0004777\0"))),
    one("colons", lambda: tar_of(tar_file(b"2019-05-01T15:05:34.h5")), "Windows", name="2019-05-01T15:05:34.h5"),
    one("size in base 256", lambda: tar_of(tar_file(b"a.h5", size_field=b"\x80" + len(GOOD).to_bytes(11, "big")))),
    one("size with blanks", lambda: tar_of(tar_file(b"a.h5", size_field=b"%10o \0" % len(GOOD)))),
    one("whole folder by h5ai", lambda: h5ai_tar((b"/a.h5", GOOD)), "no end mark"),
    one("tar.bz2 filled up with zeros", lambda: bz2.compress(tar_of(tar_file(b"a.h5"))) + bytes(512)),
    one("tar.xz", lambda: lzma.compress(tar_of(tar_file(b"a.h5")))),
    one("tar.xz filled up", lambda: lzma.compress(tar_of(tar_file(b"a.h5"))) + bytes(8)),
    one("tar.gz with a name and a comment", lambda: gzip_with(tar_of(tar_file(b"a.h5")))),
    one("dark images in a tar.gz", lambda: gzip.compress(tar_of(tar_file(b"a.h5", DARK))), data=DARK),
]


def gzip_with(data: bytes) -> bytes:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(data) + packed.flush()
    head = b"\x1f\x8b\x08\x1c" + bytes(6) + struct.pack("<H", 3) + b"ext" + b"a.tar\0" + b"comment\0"
    return head + body + struct.pack("<2L", zlib.crc32(data), len(data))


def symlink(name: bytes, target: bytes, method: int = 8) -> Part:
    return Part(name, target, method, attributes=0o120777 << 16)


def tar_link(name: bytes, target: bytes, kind: bytes = b"2") -> bytes:
    return block(name, 0, kind, link=target)


LINKED = {"p/a.h5": GOOD, "p/deep/b.h5": b"b"}
FILES = (tar_file(b"p/a.h5"), tar_file(b"p/deep/b.h5", b"b"))
LINKS = [
    Sound(
        "links of a zip",
        lambda: zip_of(Part(b"p/a.h5"), symlink(b"latest.h5", b"p/a.h5"), symlink(b"p/x", b"./../latest.h5", 0)),
        {"p/a.h5": GOOD, "latest.h5": GOOD, "p/x": GOOD},
    ),
    *(
        Sound(f"links of a {name}", lambda pack=pack, some=some: pack(tar_of(*FILES, *some)), files, notes)
        for title, pack in (("tar", bytes), ("tar.gz", gzip.compress))
        for name, some, files, notes in (
            (f"{title} to a file", (tar_link(b"p/deep/c", b"../a.h5"),), LINKED | {"p/deep/c": GOOD}, ()),
            (f"{title}, second names", (tar_link(b"q/c", b"p/a.h5", b"1"),), LINKED | {"q/c": GOOD}, ()),
            (
                f"{title} to a folder",
                (tar_link(b"latest", b"p"),),
                LINKED | {"latest/a.h5": GOOD, "latest/deep/b.h5": b"b"},
                (),
            ),
            (
                f"{title} by a link",
                (tar_link(b"l", b"p/deep"), tar_link(b"m", b"l/b.h5")),
                LINKED | {"l/b.h5": b"b", "m": b"b"},
                (),
            ),
            (f"{title} to what is not there", (tar_link(b"gone", b"p/gone.h5"),), LINKED, ("is not in the archive",)),
        )
    ),
    Sound(
        "long link",
        lambda: tar_of(tar_file(b"a.h5"), pax(linkpath=b"./" * 90 + b"a.h5"), tar_link(b"b.h5", b"x")),
        BOTH,
    ),
]

SLOW = [
    Sound(
        "more members than 16 bits count",
        counted_anew,
        {str(number): b"" for number in range(0x10001)},
    ),
]
