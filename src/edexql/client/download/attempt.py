"""One try: ask for what is missing, see that the answer is about the same file, and put its bytes where they belong."""

from __future__ import annotations

from itertools import chain

from edexql.base.text import printable
from edexql.base.units import size
from edexql.client.download import destination, headers
from edexql.client.download.connection import Line, using
from edexql.client.download.model import Fault
from edexql.client.download.part import Head
from edexql.client.download.response import (
    GZIP,
    Counted,
    asked,
    beginning,
    check_status,
    coding,
    gunzipped_beginning,
    is_packed,
    pieces,
    unpacked,
)
from edexql.formats.digests import of_headers
from edexql.formats.signatures import HEAD, MOST_OF_PAGE, begins, excerpt, is_page, kind_of_name, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    import requests

    from edexql.client.download.connection import Session
    from edexql.client.download.destination import Standing
    from edexql.client.download.model import Wanted
    from edexql.client.download.part import Part
    from edexql.client.download.run import Run, Tally

    # By what it is told where a file ends: by a length, by an end of chunks, which a program that fails may write as
    # well, or not at all.
    Framed = Literal["length", "end", "not"]

# Bytes at the end of what is here that are asked for again: an answer that does not repeat them is of another file.
_OVERLAP = 1024
_MOST_OVERLAP = 2**20
# The largest file of which neither the service nor the listing tells the size.
_MOST_UNKNOWN = 64 * 2**30


def attempt(wanted: Wanted, part: Part, session: Session, run: Run, tally: Tally, standing: Standing | None) -> Framed:
    """Bring a part to its end, or raise Fault: told by what the end is that it came to.

    Raises Same where the answer shows that it is what stands under the name already, so that nothing has to come.
    """
    line = Line(run.manners, telling=kind_of_name(wanted.name, wanted.kind) != "other")
    overlap = _overlap(part) if part.resumable and wanted.form is None else 0
    more = _conditions(part, overlap, line)
    with (
        tally.moving(line),
        run.on_line(line),
        using(line),
        asked(session, wanted, more, run.manners, line, tally.asked) as response,
    ):
        if response.status_code == 416 and overlap:
            if headers.length_beside(response.headers.get("Content-Range", "")) == part.have:
                # All of it is here, as it seems; the file itself must tell.
                return "not"
            raise Fault("garbled", "the service says that the file is shorter than what is here", "afresh")
        check_status(response, line, session)
        if response.status_code == 206:
            found = headers.content_range(response.headers.get("Content-Range", ""))
            if found is not None and found.first == 0 and found.total in (found.count, None):
                return _begin(response, wanted, part, run, line, standing, found)
            return _go_on(response, wanted, part, overlap, run, line)
        if response.status_code == 416:
            raise Fault("refused", "the service answered 416 to a request for the whole file")
        return _begin(response, wanted, part, run, line, standing, None)


def _overlap(part: Part) -> int:
    """How much of the end of what is here is asked for again: so much that it is not all the same byte.

    A stretch of fill values is alike in all versions of a file.
    """
    count = min(_OVERLAP, part.have)
    while count < min(_MOST_OVERLAP, part.have) and len(set(part.tail(count))) < 2:
        count = min(4 * count, _MOST_OVERLAP, part.have)
    return count


def _conditions(part: Part, overlap: int, line: Line) -> dict[str, str]:
    found = {}
    if overlap and part.head and part.head.version:
        found["Range"] = f"bytes={part.have - overlap}-"
        # Without this, the end of a file that has changed would be joined to the beginning of the old one.
        found["If-Range"] = part.head.version.value
    if not line.telling:
        # The service is to close the connection at the end of such a file, so that what comes after it is seen.
        found["Connection"] = "close"
    return found


def _begin(
    response: requests.Response,
    wanted: Wanted,
    part: Part,
    run: Run,
    line: Line,
    standing: Standing | None,
    span: headers.Range | None,
) -> Framed:
    """Take a whole file from its beginning, which may be said to be the range `span`, the whole of it."""
    length = _length(response)
    if span is not None and length not in (None, span.count):
        raise Fault("garbled", "the service sent another length than the range that it had announced", "afresh")
    digests = of_headers(response.headers)
    if not coding(response.headers):
        if standing is not None:
            standing.compare(length, digests, response.headers.get("Last-Modified", ""))
        _check_length(length, wanted, run)
    body = pieces(response, line)
    first = _first(body)
    packed = is_packed(response.headers, first, kind_of_name(wanted.name, wanted.kind))
    if coding(response.headers) and not packed:
        _check_message(gunzipped_beginning(first), wanted)
    # Bytes of a packed file are numbered as they are packed, so that it cannot be gone on with.
    version = None if packed else headers.version(response.headers)
    part.restart(Head(wanted.url, version, None if packed else length, () if packed else digests))
    counted = Counted(chain((first,), body))
    framed = length is not None or span is not None or "Transfer-Encoding" in response.headers
    plain = unpacked(counted, framed=framed) if packed else counted
    first = _first(plain) if packed else next(plain, b"")
    _check_beginning(first, response, wanted, line)
    expected = wanted.size.most if wanted.size else None
    run.watch.begun(wanted.name, expected if packed or length is None else length, 0)
    _put(first, wanted, part, run)
    for piece in plain:
        _put(piece, wanted, part, run)
    due = span.count if span is not None else length
    if due is not None and counted.count != due:
        raise Fault("cut", f"the service sent {counted.count} of {due} bytes", "resume")
    if packed:
        # It has a sum of its own at its end.
        return "length"
    part.add_digests(of_headers(line.trailers))
    if not framed or (span is not None and span.total is None):
        return "not"
    return "end" if length is None and span is None else "length"


def _go_on(response: requests.Response, wanted: Wanted, part: Part, overlap: int, run: Run, line: Line) -> Framed:
    """Take what is missing of a file."""
    found = _checked_range(response, part, overlap)
    total = found.total
    if total is None and part.head is not None:
        total = part.head.length
    repeated = part.tail(overlap)
    run.watch.begun(wanted.name, total, part.have)
    part.joined = True
    part.add_digests(of_headers(response.headers, part=True))
    seen = 0
    for data in pieces(response, line):
        same = data[: overlap - seen] if seen < overlap else b""
        if same != repeated[seen : seen + len(same)]:
            raise Fault("garbled", "the service sent other bytes than it had sent before", "afresh")
        seen += len(data)
        if seen > found.count:
            raise Fault("garbled", "the service sent more than the range that it had announced", "afresh")
        _put(data[len(same) :], wanted, part, run)
    part.add_digests(of_headers(line.trailers, part=True))
    if total is None:
        if seen != found.count:
            raise Fault("cut", f"the service sent {seen} of {found.count} bytes", "resume")
        return "not"
    if part.have != total:
        raise Fault("cut", f"the service sent {part.have} of {total} bytes", "resume")
    return "length"


def _checked_range(response: requests.Response, part: Part, overlap: int) -> headers.Range:
    """The range of an answer, which must be the one asked for, of the same version of the file."""
    found = headers.content_range(response.headers.get("Content-Range", ""))
    head = part.head
    if not overlap or head is None or head.version is None:
        raise Fault("garbled", "the service sent a part of the file, and was asked for the whole", "afresh")
    if found is None or found.first != part.have - overlap or found.last < part.have:
        raise Fault("garbled", "the service sent another range than was asked for", "afresh")
    if head.length is not None and (found.last >= head.length or found.total not in (head.length, None)):
        raise Fault("garbled", "the file has another length than before", "afresh")
    # If-Range is there to keep this from happening; a service that does not know it sends the range all the same.
    if response.headers.get(head.version.header, "").strip() != head.version.value:
        raise Fault("garbled", "the file has changed since it was begun", "afresh")
    if _length(response) not in (None, found.count):
        raise Fault("garbled", "the service sent another length than the range that it had announced", "afresh")
    return found


def _length(response: requests.Response) -> int | None:
    """The length of a body, checked before for being a number."""
    encoding = coding(response.headers)
    if encoding not in ("", "gzip"):
        raise Fault("encoded", f"the service sent the file encoded as {printable(encoding)[:40]}, unasked")
    text = response.headers.get("Content-Length", "").partition(",")[0].strip()
    if text and not (text.isascii() and text.isdigit()):
        raise Fault("garbled", "the length of the answer is no number", "afresh")
    return int(text) if text else None


def _first(body: Iterator[bytes]) -> bytes:
    """So much of a body as tells what it is, or all of it where there is less."""
    found = b""
    while len(found) < HEAD and (piece := next(body, b"")):
        found += piece
    return found


def _check_message(plain: bytes, wanted: Wanted) -> None:
    """See that a gzip file which is marked as compressed is not something else that is compressed on the way."""
    if not plain or GZIP in plain:
        raise Fault("damaged", "the file does not begin as gzip does, where it is not compressed on the way")
    if is_page(plain, "", wanted.name.rpartition(".")[0]):
        words = title_of(plain)
        raise Fault("page", f"the service sent a page or message in the place of the file: {words}")


def _check_beginning(first: bytes, response: requests.Response, wanted: Wanted, line: Line) -> None:
    kind = kind_of_name(wanted.name, wanted.kind)
    content_type = response.headers.get("Content-Type", "")
    if kind == "other":
        wrong = is_page(first, content_type, wanted.name)
    else:
        wrong = not begins(kind, first)
    if not wrong:
        return
    if not first:
        raise Fault("size", "the service sent an empty file")
    if is_page(first, content_type, ""):
        words = title_of(first if len(first) >= MOST_OF_PAGE else first + beginning(response, line))
        raise Fault("page", f"the service sent a page or message in the place of the file: {words}")
    words = excerpt(first)
    raise Fault("damaged", f"the file does not begin as {kind} does" + (f"; it says: {words}" if words else ""))


def _check_length(length: int | None, wanted: Wanted, run: Run) -> None:
    if length is None:
        return
    if length == 0 and not (wanted.size and wanted.size.admits(0)):
        raise Fault("size", "the service sent an empty file")
    if wanted.size and not wanted.size.admits(length):
        raise Fault("size", f"the listing says {printable(wanted.size.text)}, and the service sends {length} bytes")
    free = destination.free_space(run.folder)
    if free is not None and free < length:
        raise Fault("disk-full", f"the file has {size(length)}, and {size(free)} are free")


def _put(data: bytes, wanted: Wanted, part: Part, run: Run) -> None:
    most = wanted.size.most if wanted.size else _MOST_UNKNOWN
    if part.have + len(data) > most:
        raise Fault("size", f"the service sends more than the {size(most)} that the file can have")
    part.write(data)
    run.watch.moved(wanted.name, len(data))
