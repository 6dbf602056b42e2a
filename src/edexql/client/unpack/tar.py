"""A tar, block after block to its end, with the records of pax that say more of a member.

Whatever makes a header mean two things to two programs, or moves the place where the next one is looked for,
ends the reading; a member that is not a file has its own message.

Forms: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".
h5ai, which serves the archive's folders, writes tars of its own (`class-archive.php`): absolute names,
and for most of its versions no end mark. They are known by the fields that it leaves empty.
"""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.client.unpack import links
from edexql.client.unpack.model import Contents, Member, Refusal, UnpackError, is_folder, too_many
from edexql.client.unpack.paths import notes_of_guesses
from edexql.client.unpack.source import exactly
from edexql.formats.compression import STORED
from edexql.formats.tar_blocks import BLOCK, ZEROS, is_header, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.unpack.model import Limits
    from edexql.client.unpack.source import Source


_LENGTH = re.compile(rb"([1-9][0-9]{0,8}) ")


class Header(Record):
    """What a block says: times in seconds since 1970, None before it, whether h5ai wrote it, what a link leads to."""

    name: bytes
    size: int
    modified: float | None
    kind: bytes
    of_h5ai: bool
    link: bytes


def read_header(block: bytes) -> Header:
    """What a block says. Raises UnpackError where it announces nothing."""
    raw = block[:100].partition(b"\0")[0]
    shown = raw.decode("utf-8", "backslashreplace")
    if not is_header(block):
        raise UnpackError("damaged", "a header of the tar is damaged: download it again")
    try:
        size, modified = number(block[124:136]), _moment(block[136:148])
    except ValueError as error:
        raise UnpackError("damaged", "its header is damaged: download the tar again", shown) from error
    of_h5ai = (
        block[100:124] == b"0000755\0" + b"0000000\0" * 2
        and not any(block[157:257])
        and block[257:265] == b"ustar\x0000"
        and not any(block[265:345])
        and not any(block[500:])
        and b"/" not in raw
    )
    if block[257:265] == b"ustar\x0000":
        prefix = block[345:500].partition(b"\0")[0]
        raw = prefix + b"/" + raw if prefix else raw
    return Header(raw, size, modified, block[156:157], of_h5ai, block[157:257].partition(b"\0")[0])


def records(data: bytes, member: str | None) -> dict[bytes, bytes]:
    """The records of a pax header. Raises UnpackError."""
    keywords: dict[bytes, bytes] = {}
    place = 0
    while place < len(data):
        length = _LENGTH.match(data, place)
        end = place + int(length[1]) if length else 0
        if length is None or not length.end() < end <= len(data) or data[end - 1 : end] != b"\n":
            raise UnpackError("damaged", "its extended header is damaged: download the tar again", member)
        key, equals, value = data[length.end() : end - 1].partition(b"=")
        if not equals or not key:
            raise UnpackError("damaged", "its extended header is damaged: download the tar again", member)
        if key in keywords:
            raise UnpackError("contradictory", "its extended header has one keyword twice", member)
        keywords[key] = value
        place = end
    return keywords


def _moment(field: bytes) -> float | None:
    """A time of a header, None where it is before 1970, as GNU tar writes it. Raises ValueError."""
    return None if field[0] == 0xFF else float(number(field))


_FILES = (b"0", b"\0", b"7")
_FOLDER = b"5"
_THINGS = {
    b"1": "a link",
    b"2": "a link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"S": "a sparse file",
    b"M": "the rest of a file in another tar",
}
_LABEL = b"V"
_LINKS = (b"1", b"2")
_LONG_NAME, _LONG_LINK, _PAX, _PAX_OF_SOLARIS, _PAX_FOR_ALL = b"L", b"K", b"x", b"X", b"g"
_CHARSETS = (b"ISO-IR 10646 2000 UTF-8", b"BINARY")
_LARGEST_EXTENSION = 2**20
_MOST_NOTES = 20
# 8 GiB and more do not fit into the field of a header.
_FIELD = 8**11
NO_END = "the tar has no end mark, as in older versions of h5ai: only its size shows whether it is complete"


class _Extension(Record):
    """What headers before a member's own say of it, None where nothing is said."""

    name: bytes | None = None
    size: bytes | None = None
    modified: bytes | None = None
    link: bytes | None = None


_NOTHING = _Extension()


def contents(source: Source, limits: Limits) -> Contents:
    """The members of a tar in its order. Raises UnpackError."""
    members: dict[str, Member] = {}
    refused: list[Refusal] = []
    guessed: list[str] = []
    notes: list[str] = []
    extension = _NOTHING
    seen: set[bytes] = set()
    offset, headers, all_of_h5ai = 0, 0, True
    while True:
        block = source.read(offset, BLOCK)
        if not block and headers and all_of_h5ai and not seen:
            notes.append(NO_END)
            break
        if len(block) < BLOCK:
            raise UnpackError("cut-off", "the tar is cut off: download it again")
        if block == ZEROS:
            _assert_over(source, offset + BLOCK)
            break
        header = read_header(block)
        headers += 1
        _assert_few(headers, len(members), limits)
        offset += BLOCK
        all_of_h5ai = all_of_h5ai and header.of_h5ai
        if header.kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_OF_SOLARIS, _PAX_FOR_ALL):
            if header.kind in seen:
                raise UnpackError("contradictory", "a header of the tar is extended twice")
            if header.kind != _PAX_FOR_ALL:
                seen.add(header.kind)
            extension = _extended(extension, header, _extending(source, offset, header))
            offset += _padded(header.size)
            continue
        member = _member(header, extension, offset)
        if isinstance(member, Member):
            _add(member, members, notes)
            if not _is_utf8(_raw_name(header, extension)):
                guessed.append(member.name)
            offset += _padded(member.size)
        elif member is not None:
            refused.append(member)
        extension = _NOTHING
        seen.clear()
    if seen:
        raise UnpackError("damaged", "the tar ends after the header of a member: download it again")
    notes += notes_of_guesses(guessed, "Latin-1")
    resolved, refused_links, link_notes = links.resolved(list(members.values()), limits)
    return Contents(tuple(resolved), (*refused, *refused_links), (*notes, *link_notes))


def _assert_few(headers: int, members: int, limits: Limits) -> None:
    if headers > 3 * limits.settings.members or members >= limits.settings.members:
        raise too_many(limits.settings.members + 1, limits)


def _add(member: Member, members: dict[str, Member], notes: list[str]) -> None:
    """Take in a member. One that was there before is replaced by it: tars are updated by what is put at their end."""
    name = member.name.removeprefix("./")
    if members.pop(name, None) is not None and not is_folder(member) and len(notes) < _MOST_NOTES:
        notes.append(f"{shown(name, 120)} is in the tar more than once: the last one is unpacked, as tar does")
    members[name] = member


def _extending(source: Source, offset: int, header: Header) -> bytes:
    if header.size > _LARGEST_EXTENSION:
        raise UnpackError("too-much", "an extended header of the tar is longer than 1 MiB")
    return exactly(source, offset, header.size)


def _extended(before: _Extension, header: Header, data: bytes) -> _Extension:
    if header.kind == _LONG_LINK:
        link = _one(before.link, data.rstrip(b"\0"))
        return _Extension(before.name, before.size, before.modified, link)
    if header.kind == _LONG_NAME:
        name: bytes | None = data.rstrip(b"\0")
        return _Extension(_one(before.name, name), before.size, before.modified, before.link)
    keywords = records(data, None)
    if any(key.startswith(b"GNU.sparse") for key in keywords):
        raise UnpackError("not-a-file", "the tar has sparse files, which are not supported")
    if header.kind == _PAX_FOR_ALL:
        if keywords.keys() & {b"path", b"size", b"linkpath"}:
            raise UnpackError("contradictory", "the tar gives one name or size to all its members")
        return before
    if keywords.get(b"hdrcharset", _CHARSETS[0]) not in _CHARSETS:
        raise UnpackError("unsupported", "an extended header of the tar is not in UTF-8")
    link = _one(before.link, keywords.get(b"linkpath"))
    return _Extension(_one(before.name, keywords.get(b"path")), keywords.get(b"size"), keywords.get(b"mtime"), link)


def _one(first: bytes | None, second: bytes | None) -> bytes | None:
    if first is not None and second is not None and first != second:
        raise UnpackError("contradictory", "a member of the tar has two names")
    return second if first is None else first


def _member(header: Header, extension: _Extension, offset: int) -> Member | Refusal | None:
    """A file or folder, why it cannot be one, or None for what is not meant to be unpacked, the name of the tar."""
    name = _decoded(_raw_name(header, extension))
    if header.kind not in _FILES:
        if header.size or extension.size not in (None, b"0"):
            # Programs do not agree whether data follow, and so not on what the rest of the tar is.
            raise UnpackError("not-a-file", f"it is {_what(header.kind)}, but has data", name)
        if header.kind == _LABEL:
            return None
        link = _decoded(header.link if extension.link is None else extension.link)
        if header.kind in _LINKS and link:
            modified = _modified(header, extension)
            return Member(name, 0, 0, STORED, None, offset, modified, link=link, hard=header.kind == _LINKS[0])
        if header.kind != _FOLDER:
            return Refusal("not-a-file", f"it is {_what(header.kind)}, not a file", name)
        name = name.rstrip("/") + "/"
    size = _size(header, extension, name)
    if name.endswith("/") and size:
        raise UnpackError("not-a-file", "it is a folder, but has data", name)
    return Member(name, size, size, STORED, None, offset, _modified(header, extension))


def _raw_name(header: Header, extension: _Extension) -> bytes:
    raw = header.name if extension.name is None else extension.name
    return raw.lstrip(b"/") or b"." if header.of_h5ai else raw


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(raw: bytes) -> str:
    """A name. A tar does not say in which encoding it is; what is not UTF-8 is read byte by byte."""
    return raw.decode("utf-8" if _is_utf8(raw) else "latin-1")


def _what(kind: bytes) -> str:
    if kind == _FOLDER:
        return "a folder"
    return _THINGS.get(kind, f"of an unknown kind, {kind.decode('ascii', 'backslashreplace')!r}")


def _size(header: Header, extension: _Extension, name: str) -> int:
    if extension.size is None:
        return header.size
    if not (extension.size.isdigit() and len(extension.size) < 19):
        raise UnpackError("damaged", "its extended header is damaged: download the tar again", name)
    size = int(extension.size)
    if size != header.size and size < _FIELD:
        raise UnpackError("contradictory", "it has two sizes", name)
    return size


def _modified(header: Header, extension: _Extension) -> float | None:
    try:
        return header.modified if extension.modified is None else float(extension.modified)
    except ValueError:
        return header.modified


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _assert_over(source: Source, offset: int) -> None:
    """That nothing but zeros follows."""
    while piece := source.read(offset, 2**20):
        if piece.strip(b"\0"):
            raise UnpackError("hidden", "bytes follow the end of the tar")
        offset += len(piece)


def finish(source: Source, offset: int) -> None:
    """Read what is left of a tar, so that a checksum at the end of its compression has its say. Raises UnpackError."""
    while piece := source.read(offset, 2**20):
        offset += len(piece)
