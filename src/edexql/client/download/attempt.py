"""One attempt: ask for what is missing, verify that the response is about the same file, and write its bytes."""

from __future__ import annotations

from itertools import chain

from edexql.base.text import printable
from edexql.base.units import size
from edexql.client.download import headers
from edexql.client.download.connection import Connection, bound_to
from edexql.client.download.model import Fault
from edexql.client.download.part import FileVersion
from edexql.client.download.response import (
    GZIP,
    Counted,
    check_status,
    content_coding,
    decompressed,
    first_bytes,
    gunzipped_beginning,
    is_compressed,
    pieces,
    response_to,
)
from edexql.formats.digests import of_headers
from edexql.formats.signatures import HEAD, MOST_OF_PAGE, begins, excerpt, is_page, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    import requests

    from edexql.client.download.connection import Session
    from edexql.client.download.destination import UnverifiedFile
    from edexql.client.download.model import RemoteFile
    from edexql.client.download.part import Part
    from edexql.client.download.run import Run, Traffic

    # What shows where a file ends: a length; an end of chunks, which a program that fails may write as well; nothing.
    Framing = Literal["length", "end", "none"]

# Bytes at the end of the part that are asked for again: a response that does not repeat them is of another file.
_OVERLAP = 1024
_MOST_OVERLAP = 2**20
# The largest file where neither the service nor the listing gives the size.
_MOST_UNKNOWN = 64 * 2**30


def attempt(
    file: RemoteFile, part: Part, session: Session, run: Run, traffic: Traffic, unverified: UnverifiedFile | None
) -> Framing:
    """Complete a part, or raise Fault. Returns what showed where the file ends.

    Raises AlreadyThere where the response shows that `unverified`, which is under the name, is the file.
    """
    connection = Connection(run.network, ends_itself=file.expected_kind != "other")
    overlap = _overlap(part) if part.resumable and file.form is None else 0
    fields = _conditions(part, overlap, connection)
    with (
        traffic.counting(connection),
        run.supervising(connection, part),
        bound_to(connection),
        response_to(session, file, fields, run.network, connection, traffic.count_request) as response,
    ):
        if response.status_code == 416 and overlap:
            if headers.unsatisfied_length(response.headers.get("Content-Range", "")) == part.length:
                # All of it seems to be here; the file itself must show it.
                return "none"
            raise Fault("garbled", "the service says that the file is shorter than the part", "restart")
        check_status(response, connection, session)
        if response.status_code == 206:
            span = headers.content_range(response.headers.get("Content-Range", ""))
            if span is not None and span.first == 0 and span.total in (span.count, None):
                return _start(response, file, part, run, connection, unverified, span)
            return _resume(response, file, part, overlap, run, connection)
        if response.status_code == 416:
            raise Fault("refused", "the service answered 416 to a request for the complete file")
        return _start(response, file, part, run, connection, unverified, None)


def _overlap(part: Part) -> int:
    """How many bytes at the end of the part are asked for again: so many that they are not all the same byte.

    Fill values are alike in all versions of a file.
    """
    count = min(_OVERLAP, part.length)
    while count < min(_MOST_OVERLAP, part.length) and len(set(part.tail(count))) < 2:
        count = min(4 * count, _MOST_OVERLAP, part.length)
    return count


def _conditions(part: Part, overlap: int, connection: Connection) -> dict[str, str]:
    """The header fields of the request."""
    fields = {}
    if overlap and part.version and part.version.validator:
        fields["Range"] = f"bytes={part.length - overlap}-"
        # Without this, the end of a changed file would be joined to the beginning of the old one.
        fields["If-Range"] = part.version.validator.value
    if not connection.ends_itself:
        # The service closes the connection at the end of such a file, so that bytes after it are noticed.
        fields["Connection"] = "close"
    return fields


def _start(
    response: requests.Response,
    file: RemoteFile,
    part: Part,
    run: Run,
    connection: Connection,
    unverified: UnverifiedFile | None,
    announced: headers.ByteRange | None,
) -> Framing:
    """Write a file from its beginning; `announced` is its range where the response is partial and has all of it."""
    length = _length(response)
    if announced is not None and length not in (None, announced.count):
        raise Fault("garbled", "the service sent a range of another length than it announced", "restart")
    digests = of_headers(response.headers)
    if not content_coding(response.headers):
        if unverified is not None:
            unverified.compare(length, digests, response.headers.get("Last-Modified", ""))
        _check_length(length, file, run)
    body = pieces(response, connection)
    first = _beginning(body)
    compressed = is_compressed(response.headers, first, file.expected_kind)
    if content_coding(response.headers) and not compressed:
        _check_compressed(gunzipped_beginning(first), file)
    # Ranges count compressed bytes, so that a compressed response cannot be resumed.
    validator = None if compressed else headers.validator(response.headers)
    part.restart(FileVersion(file.url, validator, None if compressed else length, () if compressed else digests))
    counted = Counted(chain((first,), body))
    is_framed = length is not None or announced is not None or "Transfer-Encoding" in response.headers
    content = decompressed(counted, framed=is_framed) if compressed else counted
    first = _beginning(content) if compressed else next(content, b"")
    _check_beginning(first, response, file, connection)
    expected = file.size.most if file.size else None
    run.watch.begun(file.name, expected if compressed or length is None else length, 0)
    _write(first, file, part, run)
    for piece in content:
        _write(piece, file, part, run)
    due = announced.count if announced is not None else length
    if due is not None and counted.count != due:
        raise Fault("cut", f"the service sent {counted.count} of {due} bytes", "resume")
    if compressed:
        # Its checksum was at its end.
        return "length"
    part.add_digests(of_headers(connection.trailers))
    if not is_framed or (announced is not None and announced.total is None):
        return "none"
    return "end" if length is None and announced is None else "length"


def _resume(
    response: requests.Response, file: RemoteFile, part: Part, overlap: int, run: Run, connection: Connection
) -> Framing:
    """Write what is missing of a file."""
    span = _checked_range(response, part, overlap)
    total = span.total
    if total is None and part.version is not None:
        total = part.version.length
    repeated = part.tail(overlap)
    run.watch.begun(file.name, total, part.length)
    part.joined = True
    part.add_digests(of_headers(response.headers, part=True))
    received = 0
    for data in pieces(response, connection):
        same = data[: overlap - received] if received < overlap else b""
        if same != repeated[received : received + len(same)]:
            raise Fault("garbled", "the service sent different bytes than before", "restart")
        received += len(data)
        if received > span.count:
            raise Fault("garbled", "the service sent more than the range that it announced", "restart")
        _write(data[len(same) :], file, part, run)
    part.add_digests(of_headers(connection.trailers, part=True))
    if total is None:
        if received != span.count:
            raise Fault("cut", f"the service sent {received} of {span.count} bytes", "resume")
        return "none"
    if part.length != total:
        raise Fault("cut", f"the service sent {part.length} of {total} bytes", "resume")
    return "length"


def _checked_range(response: requests.Response, part: Part, overlap: int) -> headers.ByteRange:
    """The range of a response, which must be the one asked for, of the same version of the file. Raises Fault."""
    span = headers.content_range(response.headers.get("Content-Range", ""))
    version = part.version
    if not overlap or version is None or version.validator is None:
        raise Fault("garbled", "the service sent a part of the file, but all of it was requested", "restart")
    if span is None or span.first != part.length - overlap or span.last < part.length:
        raise Fault("garbled", "the service sent a different range than was requested", "restart")
    if version.length is not None and (span.last >= version.length or span.total not in (version.length, None)):
        raise Fault("garbled", "the file has a different length than before", "restart")
    # If-Range prevents this; but a service that does not know it sends the range nevertheless.
    if response.headers.get(version.validator.header, "").strip() != version.validator.value:
        raise Fault("garbled", "the file has changed since the download began", "restart")
    if _length(response) not in (None, span.count):
        raise Fault("garbled", "the service sent a range of another length than it announced", "restart")
    return span


def _length(response: requests.Response) -> int | None:
    """The length of a body; None where the response does not give it. Raises Fault."""
    encoding = content_coding(response.headers)
    if encoding not in ("", "gzip"):
        reason = f"the service sent the file encoded as {printable(encoding)[:40]}, which was not requested"
        raise Fault("encoded", reason)
    text = response.headers.get("Content-Length", "").partition(",")[0].strip()
    if text and not (text.isascii() and text.isdigit()):
        raise Fault("garbled", "the length of the response is not a number", "restart")
    return int(text) if text else None


def _beginning(body: Iterator[bytes]) -> bytes:
    """As many bytes of a body as show what kind of file it is, or all of it where there are fewer."""
    beginning = next(body, b"")
    if len(beginning) < HEAD:
        # The next piece may take its place in memory. A large one is not copied.
        beginning = bytes(beginning)
    while len(beginning) < HEAD and (piece := next(body, b"")):
        beginning += piece
    return beginning


def _check_compressed(content: bytes, file: RemoteFile) -> None:
    """Raise Fault where a response for a gzip file, which is marked as compressed, is something else, compressed."""
    if not content or GZIP in content:
        raise Fault("damaged", "the file does not begin like a gzip file")
    if is_page(content, "", file.name.rpartition(".")[0]):
        raise Fault("page", f"the service sent a page or message instead of the file: {title_of(content)}")


def _check_beginning(first: bytes, response: requests.Response, file: RemoteFile, connection: Connection) -> None:
    """Raise Fault where a file does not begin as its kind does."""
    kind = file.expected_kind
    content_type = response.headers.get("Content-Type", "")
    head = bytes(first[:HEAD])
    if kind == "other":
        # A message in JSON is one that ends, too.
        wrong = is_page(bytes(first) if head.lstrip()[:1] == b"{" else head, content_type, file.name)
    else:
        wrong = not begins(kind, head)
    if not wrong:
        return
    if not first:
        raise Fault("size", "the service sent an empty file")
    head = bytes(first)
    if is_page(head, content_type, ""):
        words = title_of(head if len(head) >= MOST_OF_PAGE else head + first_bytes(response, connection))
        raise Fault("page", f"the service sent a page or message instead of the file: {words}")
    words = excerpt(head)
    raise Fault("damaged", f"the file does not begin like {kind}" + (f"; it says: {words}" if words else ""))


def _check_length(length: int | None, file: RemoteFile, run: Run) -> None:
    if length is None:
        return
    if length == 0 and not (file.size and file.size.admits(0)):
        raise Fault("size", "the service sent an empty file")
    if file.size and not file.size.admits(length):
        raise Fault("size", f"the listing says {printable(file.size.text)}, but the service sends {length} bytes")
    free = run.free_space(length)
    if free is not None and free < length:
        raise Fault("disk-full", f"the file has {size(length)}, but only {size(free)} are free")


def _write(data: bytes, file: RemoteFile, part: Part, run: Run) -> None:
    most = file.size.most if file.size else _MOST_UNKNOWN
    if part.length + len(data) > most:
        raise Fault("size", f"the service sends more than {size(most)}, the largest size of the file")
    part.write(data)
    run.watch.moved(file.name, len(data))
