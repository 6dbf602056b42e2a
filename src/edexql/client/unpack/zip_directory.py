"""The directory of a zip, compared with the header of each member.

A zip tells everything twice, in its directory and before the data. Programs believe the one or the other,
so that both must say the same, and the members must follow one another up to the directory
with nothing shared. Bytes that belong to no member are left alone, unless they look like a member themselves:
programs that read a zip from its beginning would unpack that.
"""

from __future__ import annotations

import stat
import struct

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.base.units import exact_bytes
from edexql.client.unpack import links, zip_records
from edexql.client.unpack.model import Contents, Member, Refusal, UnpackError, is_folder, too_many
from edexql.client.unpack.paths import notes_of_guesses
from edexql.client.unpack.source import content, exactly
from edexql.client.unpack.zip_records import Contradiction
from edexql.formats.compression import PIECE, STORED, ZSTANDARD, is_read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.unpack.model import Limits
    from edexql.client.unpack.source import Section

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LARGEST_DIRECTORY = 64 * 2**20
# Encrypted, described after the data, patched, strongly encrypted, directory encrypted.
_LOCKED, _DESCRIBED, _PATCHED, _STRONG, _MASKED = 0x1, 0x8, 0x20, 0x40, 0x2000
_AES = 99
_UNIX = 3
_OF_WINDOWS = (0, 10, 14)
# Versions of the standard, in tenths; names that are longer are none.
_LATEST = 63
_LONGEST_NAME = 4096
_USUAL_EXTRA = 64
_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
    _AES: "AES",
}
_THINGS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class _Header(Record):
    """What the directory says of a member; `path` is its name with slashes."""

    name: str
    path: str
    raw: bytes
    guessed: bool
    renamed: bool
    flags: int
    method: int
    kind: int
    linked: bool
    crc: int
    packed: int
    size: int
    start: int
    modified: float | None


def contents(source: Section, limits: Limits) -> Contents:
    """The members of a zip in the order of its directory. Raises UnpackError."""
    where = zip_records.directory(source)
    headers = _headers(source, where, limits)
    offsets, stray = _located(source, headers, where.start)
    members, refused, notes = [], [], []
    for header, offset in zip(headers, offsets, strict=True):
        member = Member(
            name=header.path,
            size=header.size,
            packed=header.packed,
            method=header.method,
            crc=header.crc,
            offset=offset,
            modified=header.modified,
            flags=header.flags,
        )
        refusal = _refusal(header, member)
        if refusal is not None and refusal.code == "not-a-file" and header.linked and header.size <= _LONGEST_NAME:
            member, refusal = _linked(source, member), None
        if refusal is None:
            members.append(member)
        else:
            refused.append(refusal)
    if where.shift or (headers and min(header.start for header in headers)):
        notes.append("the zip begins behind other bytes, such as a program that unpacks it; they are ignored")
    if stray:
        notes.append(f"{exact_bytes(stray)} between the members of the zip belong to none of them; they are ignored")
    notes += notes_of_guesses(
        [header.name for header in headers if header.guessed], "UTF-8 or, where they are not, CP437"
    )
    resolved, refused_links, link_notes = links.resolved(_once(members, notes), limits)
    return Contents(tuple(resolved), (*refused, *refused_links), (*notes, *link_notes))


def _linked(source: Section, member: Member) -> Member:
    """A link, which a zip has as a file with what it leads to. Raises UnpackError."""
    target = b"".join(content(source, member)).decode("utf-8", "surrogateescape")
    return Member(member.name, 0, 0, STORED, 0, member.offset, member.modified, link=target or "/")


def _once(members: list[Member], notes: list[str]) -> list[Member]:
    """Members that are there twice, with the same content, once."""
    first: dict[str, Member] = {}
    once = []
    for member in members:
        other = first.setdefault(member.name, member)
        if other is member or is_folder(member) or (other.size, other.crc) != (member.size, member.crc):
            once.append(member)
        else:
            notes.append(f"{shown(member.name, 120)} is in the zip twice, with the same content: it is unpacked once")
    return once


def _headers(source: Section, where: zip_records.Directory, limits: Limits) -> list[_Header]:
    if where.end - where.start > _LARGEST_DIRECTORY:
        raise UnpackError("too-much", "the directory of the archive is too long")
    data = exactly(source, where.start, where.end - where.start)
    headers: list[_Header] = []
    place = 0
    while data[place : place + 4] == b"PK\x01\x02" and place + _CENTRAL.size <= len(data):
        if len(headers) >= limits.settings.members:
            raise too_many(max(where.count, len(headers) + 1), limits)
        header, place = _header(data, place, where.shift)
        headers.append(header)
    if data[place : place + 4] == b"PK\x05\x05":
        # A signature of the directory (4.3.13), which nobody checks.
        place += 6 + int.from_bytes(data[place + 4 : place + 6], "little")
    more = len(headers) - where.count
    if place != len(data) or more < 0:
        if len(headers) < where.count:
            raise UnpackError("damaged", "the directory of the archive is damaged: download it again")
        raise UnpackError("contradictory", "the directory of the archive has more members than its end record says")
    if more and not (where.wraps and more % 0x10000 == 0):
        raise UnpackError("contradictory", "the directory of the archive has more members than its end record says")
    return headers


def _header(data: bytes, place: int, shift: int) -> tuple[_Header, int]:
    _, _, _, flags, method, clock, day, crc, packed, size, name_length, extra_length, comment, disk, _, outer, start = (
        _CENTRAL.unpack_from(data, place)
    )
    system = data[place + 5]
    place += _CENTRAL.size
    raw = data[place : place + name_length]
    extra = data[place + name_length : place + name_length + extra_length]
    end = place + name_length + extra_length + comment
    label = raw.decode("utf-8", "backslashreplace")
    if end > len(data):
        raise UnpackError("damaged", "the directory of the archive is damaged: download it again", label)
    if disk and not (disk == 0xFFFF and start == 0xFFFFFFFF):
        raise UnpackError("unsupported", "it is in another part of the split archive: join the parts first", label)
    if flags & (_STRONG | _MASKED):
        raise UnpackError(
            "encrypted", "it is encrypted: unpack the archive with a program that asks for a password", label
        )
    try:
        fields = zip_records.fields(extra)
        size, packed, start = zip_records.widened((size, packed, start), fields)
        name = zip_records.name(raw, flags, fields)
    except Contradiction as contradiction:
        raise UnpackError("contradictory", str(contradiction), label) from contradiction
    kind = zip_records.kind(outer, fields)
    if system == _UNIX and kind == stat.S_IFMT(outer >> 16) == stat.S_IFIFO and (size or flags & _DESCRIBED):
        # Info-ZIP gives what it has read from a pipe the mode of that pipe.
        kind = stat.S_IFREG
    modified = zip_records.modified(day, clock, fields)
    return _Header(
        name=name,
        # The standard wants slashes (4.4.17.1), and some programs of Windows write what they have.
        path=name.replace("\\", "/") if system in _OF_WINDOWS and "/" not in name else name,
        raw=raw,
        guessed=zip_records.is_guessed(raw, flags, fields),
        renamed=zip_records.has_name(fields),
        flags=flags,
        method=method,
        kind=kind,
        linked=stat.S_ISLNK(outer >> 16) and method != _AES and is_read(method),
        crc=crc,
        packed=packed,
        size=size,
        start=start + shift,
        modified=modified,
    ), end


def _located(source: Section, headers: list[_Header], end: int) -> tuple[list[int], int]:
    """Where the data of each member are, and how many bytes before the directory belong to no member.

    No two members share bytes, and no bytes between them look like a member that the directory does not have.
    """
    offsets = [0] * len(headers)
    order = sorted(range(len(headers)), key=lambda position: headers[position].start)
    first = headers[order[0]].start if order else end
    _assert_stray(source, 0, first, None)
    stray = 0
    for turn, position in enumerate(order):
        header = headers[position]
        following = headers[order[turn + 1]].start if turn + 1 < len(order) else end
        offsets[position], stop = _data_span(source, header, following)
        if stop < following:
            _assert_stray(source, stop, following, header.name)
            stray += following - stop
    return offsets, stray


def _data_span(source: Section, header: _Header, following: int) -> tuple[int, int]:
    """Where the data of a member begin and what describes them ends, once it says what the directory says."""
    if header.start + _LOCAL.size > following:
        raise UnpackError("overlapping", "it shares bytes of the archive with another member", header.name)
    head = exactly(source, header.start, min(_LOCAL.size + len(header.raw) + _USUAL_EXTRA, following - header.start))
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(head)
    if mark != b"PK\x03\x04":
        raise UnpackError(
            "damaged", "it is not where the directory of the archive says: download it again", header.name
        )
    length = _LOCAL.size + name_length + extra_length
    offset: int = header.start + length
    if offset + header.packed > following:
        raise UnpackError("overlapping", "it shares bytes of the archive with another member", header.name)
    if length > len(head):
        head = exactly(source, header.start, length)
    raw = head[_LOCAL.size : _LOCAL.size + name_length]
    try:
        fields = zip_records.fields(head[_LOCAL.size + name_length : length])
        size, packed = zip_records.widened((size, packed), fields)
        name = zip_records.name(raw, flags, fields)
    except Contradiction as contradiction:
        raise UnpackError("contradictory", str(contradiction), header.name) from contradiction
    if raw != header.raw or (name != header.name and zip_records.has_name(fields) == header.renamed):
        raise UnpackError("contradictory", f"it has another name, {shown(name, 120)}, before its data", header.name)
    if method != header.method or (flags ^ header.flags) & (_LOCKED | _DESCRIBED | _PATCHED | _STRONG | _MASKED):
        raise UnpackError("contradictory", "its compression is not the one in the directory", header.name)
    stop = offset + header.packed
    true = (header.crc, header.packed, header.size)
    agree = (crc, packed, size) == true
    if flags & _DESCRIBED:
        after = source.read(stop, min(24, following - stop))
        descriptor = max((len(form) for form in _descriptors(true) if after.startswith(form)), default=0)
        stop += descriptor
        open_fields = zip((crc, packed, size), true, strict=True)
        # Some programs announce a description, and have all before the data.
        agree = agree or (descriptor > 0 and all(value in (0, 0xFFFFFFFF, full) for value, full in open_fields))
    if not agree:
        raise UnpackError(
            "contradictory", "its size or checksum beside its data is not the one in the directory", header.name
        )
    return offset, stop


def _assert_stray(source: Section, start: int, end: int, name: str | None) -> None:
    """That no member begins in bytes that belong to none. Raises UnpackError."""
    place = start
    while place < end:
        data = source.read(place, min(PIECE, end - place))
        at = data.find(b"PK\x03\x04")
        while at >= 0:
            if _begins_member(source, place + at, end):
                where = "before its first member" if name is None else "after it"
                raise UnpackError("hidden", f"the archive has a member {where} that is not in its directory", name)
            at = data.find(b"PK\x03\x04", at + 1)
        # A mark may stand over the end of a piece.
        place += len(data) if place + len(data) >= end else max(1, len(data) - 3)


def _begins_member(source: Section, start: int, end: int) -> bool:
    """Whether what has the mark of a member can be one: programs that unpack have the mark in them too."""
    head = source.read(start, min(_LOCAL.size, end - start))
    if len(head) < _LOCAL.size:
        return False
    _, version, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack(head)
    return (
        version & 0xFF <= _LATEST
        and method <= _AES
        and 0 < name_length <= _LONGEST_NAME
        and start + _LOCAL.size + name_length + extra_length <= end
        and not flags & 0xC000
    )


def _descriptors(values: tuple[int, int, int]) -> tuple[bytes, ...]:
    """All forms of what may stand after data to say what they were."""
    long = struct.pack("<L2Q", *values)
    if max(values) > 0xFFFFFFFF:
        return long, b"PK\x07\x08" + long
    short = struct.pack("<3L", *values)
    return short, b"PK\x07\x08" + short, long, b"PK\x07\x08" + long


def _refusal(header: _Header, member: Member) -> Refusal | None:
    if header.flags & _LOCKED or header.method == _AES:
        return Refusal(
            "encrypted", "it is encrypted: unpack the archive with a program that asks for a password", header.name
        )
    if header.kind in _THINGS:
        return Refusal("not-a-file", f"it is {_THINGS[header.kind]}, not a file", header.name)
    # Some programs give everything the mode of a file.
    empty_file = header.kind == stat.S_IFREG and not header.size
    if header.kind not in (0, stat.S_IFDIR if is_folder(member) else stat.S_IFREG) and not empty_file:
        return Refusal("contradictory", "its name and its attributes disagree whether it is a folder", header.name)
    if not is_read(header.method) or header.flags & _PATCHED:
        way = _METHODS.get(header.method, f"method {header.method}")
        more = " before Python 3.14" if header.method == ZSTANDARD else ""
        return Refusal(
            "unsupported", f"it is packed with {way}, which is not supported{more}: unpack it with 7z", header.name
        )
    if is_folder(member) and (header.size or header.crc or header.packed > 2):
        return Refusal("hidden", "it is a folder, but has data", header.name)
    if header.method == STORED and header.size != header.packed:
        return Refusal("contradictory", "it is not compressed, but its size is not that of its data", header.name)
    return None
