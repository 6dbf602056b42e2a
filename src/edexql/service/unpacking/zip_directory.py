"""The directory of a zip, held against what stands before each member.

A zip tells everything twice, in its directory and before the data. Programs believe the one or the other,
so that both must say the same, and the members must follow one another from the first byte to the directory
with nothing between them and nothing shared.
"""

from __future__ import annotations

import stat
import struct

from edexql.record import record
from edexql.service.unpacking import zip_end, zip_fields
from edexql.service.unpacking.entries import BZIPPED, DEFLATED, STORED, Contents, Entry, Refusal, is_folder
from edexql.service.unpacking.problem import UnpackError
from edexql.service.unpacking.source import exactly
from edexql.service.unpacking.zip_fields import Contradiction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.service.unpacking.limits import Limits
    from edexql.service.unpacking.source import Stretch

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LARGEST_DIRECTORY = 64 * 2**20
# Encrypted, described after the data, patched, strongly encrypted, directory encrypted.
_LOCKED, _DESCRIBED, _PATCHED, _STRONG, _MASKED = 0x1, 0x8, 0x20, 0x40, 0x2000
_AES = 99
_UNIX = 3
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


@record(frozen=True, slots=True)
class _Central:
    """What the directory says of a member."""

    name: str
    raw: bytes
    flags: int
    method: int
    kind: int
    crc: int
    packed: int
    size: int
    start: int
    modified: float | None


def contents(source: Stretch, limits: Limits) -> Contents:
    """The members of a zip in the order of its directory. Raises UnpackError."""
    where = zip_end.directory(source)
    if where.count > limits.members:
        raise UnpackError("too-much", f"the archive has {where.count:,} members, and {limits.members:,} are the limit")
    members = _members(source, where)
    offsets = _tiled(source, members, where.start)
    entries, refused = [], []
    for member, offset in zip(members, offsets, strict=True):
        entry = Entry(member.name, member.size, member.packed, member.method, member.crc, offset, member.modified)
        refusal = _refusal(member, entry)
        if refusal is None:
            entries.append(entry)
        else:
            refused.append(refusal)
    return Contents(tuple(entries), tuple(refused), ())


def _members(source: Stretch, where: zip_end.Directory) -> list[_Central]:
    if where.end - where.start > _LARGEST_DIRECTORY:
        raise UnpackError("too-much", "the directory of the archive is too long")
    data = exactly(source, where.start, where.end - where.start)
    members, place = [], 0
    for _ in range(where.count):
        if place + _CENTRAL.size > len(data) or data[place : place + 4] != b"PK\x01\x02":
            raise UnpackError("damaged", "the directory of the archive is damaged: fetch it again")
        member, place = _member(data, place)
        members.append(member)
    if place != len(data):
        raise UnpackError("contradictory", "the directory of the archive has more members than its end says")
    return members


def _member(data: bytes, place: int) -> tuple[_Central, int]:
    _, _, _, flags, method, clock, day, crc, packed, size, name_length, extra_length, comment, disk, _, outer, start = (
        _CENTRAL.unpack_from(data, place)
    )
    system = data[place + 5]
    place += _CENTRAL.size
    raw = data[place : place + name_length]
    extra = data[place + name_length : place + name_length + extra_length]
    end = place + name_length + extra_length + comment
    shown = raw.decode("utf-8", "backslashreplace")
    if end > len(data):
        raise UnpackError("damaged", "the directory of the archive is damaged: fetch it again", shown)
    if disk:
        raise UnpackError("unsupported", "it is in another part of the archive: join the parts first", shown)
    if flags & (_STRONG | _MASKED):
        raise UnpackError(
            "encrypted", "it is encrypted: unpack the archive with a program that asks for the password", shown
        )
    try:
        found = zip_fields.fields(extra)
        size, packed, start = zip_fields.widened((size, packed, start), found)
        name = zip_fields.name(raw, flags, found)
    except Contradiction as contradiction:
        raise UnpackError("contradictory", str(contradiction), shown) from contradiction
    kind = zip_fields.kind(outer, found)
    if system == _UNIX and kind == stat.S_IFMT(outer >> 16) == stat.S_IFIFO and (size or flags & _DESCRIBED):
        # Info-ZIP gives what it has read from a pipe the mode of that pipe.
        kind = stat.S_IFREG
    modified = zip_fields.modified(day, clock, found)
    return _Central(name, raw, flags, method, kind, crc, packed, size, start, modified), end


def _tiled(source: Stretch, members: list[_Central], end: int) -> list[int]:
    """Where the data of each member are, once it is sure that members fill the archive up to its directory."""
    offsets = [0] * len(members)
    order = sorted(range(len(members)), key=lambda position: members[position].start)
    if (members[order[0]].start if order else end) != 0:
        raise UnpackError("hidden", "the archive has bytes before its first member, which are not of it")
    for turn, position in enumerate(order):
        member = members[position]
        following = members[order[turn + 1]].start if turn + 1 < len(order) else end
        offsets[position] = _held(source, member, following)
    return offsets


def _held(source: Stretch, member: _Central, following: int) -> int:
    """Where the data of a member begin, once what stands before and after them says what the directory says."""
    if member.start + _LOCAL.size > following:
        raise UnpackError("overlapping", "it shares bytes of the archive with another member", member.name)
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(
        exactly(source, member.start, _LOCAL.size)
    )
    if mark != b"PK\x03\x04":
        raise UnpackError("damaged", "it is not where the directory of the archive says: fetch it again", member.name)
    offset: int = member.start + _LOCAL.size + name_length + extra_length
    if offset + member.packed > following:
        raise UnpackError("overlapping", "it shares bytes of the archive with another member", member.name)
    header = exactly(source, member.start + _LOCAL.size, name_length + extra_length)
    try:
        found = zip_fields.fields(header[name_length:])
        size, packed = zip_fields.widened((size, packed), found)
        name = zip_fields.name(header[:name_length], flags, found)
    except Contradiction as contradiction:
        raise UnpackError("contradictory", str(contradiction), member.name) from contradiction
    if header[:name_length] != member.raw or name != member.name:
        raise UnpackError("contradictory", f"it has another name, {name!r}, before its data", member.name)
    if method != member.method or (flags ^ member.flags) & (_LOCKED | _DESCRIBED | _PATCHED | _STRONG | _MASKED):
        raise UnpackError("contradictory", "it is packed in another way than the directory says", member.name)
    after = _after(source, offset + member.packed, following, member.name)
    told = (crc, packed, size)
    true = (member.crc, member.packed, member.size)
    if flags & _DESCRIBED:
        agree = all(value in (0, full) for value, full in zip(told, true, strict=True)) and after in _descriptors(true)
    else:
        agree = told == true
    if not agree:
        raise UnpackError("contradictory", "its size or checksum is another one beside its data", member.name)
    if after and not flags & _DESCRIBED:
        raise UnpackError("hidden", "there are bytes after it that belong to no member", member.name)
    return offset


def _after(source: Stretch, start: int, end: int, name: str) -> bytes:
    """What stands between two members, no more than can belong to the first."""
    if end - start > 24:
        raise UnpackError("hidden", "there are bytes after it that belong to no member", name)
    return exactly(source, start, end - start)


def _descriptors(values: tuple[int, int, int]) -> tuple[bytes, ...]:
    """All forms of what may stand after data to say what they were."""
    long = struct.pack("<L2Q", *values)
    if max(values) > 0xFFFFFFFF:
        return long, b"PK\x07\x08" + long
    short = struct.pack("<3L", *values)
    return short, b"PK\x07\x08" + short, long, b"PK\x07\x08" + long


def _refusal(member: _Central, entry: Entry) -> Refusal | None:
    if member.flags & _LOCKED or member.method == _AES:
        return Refusal(
            "encrypted", "it is encrypted: unpack the archive with a program that asks for the password", member.name
        )
    if member.kind in _THINGS:
        return Refusal("not-a-file", f"it is {_THINGS[member.kind]}, and no file", member.name)
    if member.kind not in (0, stat.S_IFDIR if is_folder(entry) else stat.S_IFREG):
        return Refusal(
            "contradictory", "it is a folder by its name or its attributes, and not by the other", member.name
        )
    if member.method not in (STORED, DEFLATED, BZIPPED) or member.flags & _PATCHED:
        way = _METHODS.get(member.method, f"method {member.method}")
        return Refusal("unsupported", f"it is packed with {way}, which is not read here", member.name)
    if is_folder(entry) and (member.size or member.crc or member.packed > 2):
        return Refusal("hidden", "it is a folder, and has data", member.name)
    if member.method == STORED and member.size != member.packed:
        return Refusal("contradictory", "it is not compressed, and yet has another size than its data", member.name)
    return None
