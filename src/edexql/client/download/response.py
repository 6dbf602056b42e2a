"""The response to a request for a file: redirects followed, status judged, its body in pieces, compression undone."""

from __future__ import annotations

import re
import time
import zlib
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, LocationValueError

from edexql.base.text import printable
from edexql.client.credentials import origin, without
from edexql.client.download import headers
from edexql.client.download.connection import GarbledError
from edexql.client.download.model import Fault, host_of
from edexql.client.errors import ServiceError, causes, reason
from edexql.client.http.certificates import VARIABLES
from edexql.formats.signatures import HEAD, MOST_OF_PAGE, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from edexql.client.download.connection import Line, Session
    from edexql.client.download.model import Again, Manners, Wanted


MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429, 500, 502, 503, 504}
_MISSING = {404, 410}
_LED_AWAY = (
    "the service leads to {url}, which wants a name and password (401); they are not taken along to another scheme,"
    " host or port: name that address itself, with the password in ~/.netrc"
)


@contextmanager
def asked(
    session: Session, wanted: Wanted, more: Mapping[str, str], manners: Manners, line: Line, count: Callable[[], None]
) -> Iterator[requests.Response]:
    """The answer to the request for a file, its body unread. `count` is called for each request. Raises Fault."""
    url, home = wanted.url, origin(wanted.named or wanted.url)
    for _ in range(MOST_REDIRECTS + 1):
        count()
        trusted = origin(url) == home
        response = _sent(session, url, wanted.form, more, manners, line, trusted=trusted)
        # A try that ends early leaves its connection behind, since nobody knows what is still on it.
        with response:
            if response.status_code not in _REDIRECTS:
                _check_proxy(response, session)
                if response.status_code == 401 and not trusted:
                    raise Fault("refused", _LED_AWAY.format(url=printable(url)[:200]))
                yield response
                return
            url = _elsewhere(response, url, wanted)
    raise Fault("redirect", f"the service leads on and on, after {MOST_REDIRECTS} redirects to {printable(url)[:200]}")


def _sent(
    session: Session,
    url: str,
    form: tuple[tuple[str, str], ...] | None,
    more: Mapping[str, str],
    manners: Manners,
    line: Line,
    *,
    trusted: bool,
) -> requests.Response:
    line.expect_head()
    try:
        return session.ask(url, form, more, (manners.connect, manners.read), trusted=trusted)
    except requests.exceptions.ProxyError as error:
        check_line(line)
        words = printable(reason(error))[:200]
        # What a proxy says about itself and its users does not pass.
        again: Again = "no" if re.search(r"\b40[0-9]\b", words) else "resume"
        raise Fault("proxy", f"the proxy {session.proxy_of(url)} does not connect: {words}", again) from error
    except (requests.RequestException, HTTPError, OSError, ValueError, AttributeError) as error:
        raise fault_of(error, line) from error


def _check_proxy(response: requests.Response, session: Session) -> None:
    """See that it is not a proxy that wants a password (RFC 9110, 15.5.8). Raises Fault."""
    if response.status_code == 407:
        proxy = session.proxy_of(response.url)
        raise Fault("proxy", f"the proxy {proxy} wants a name and password (407): put them into the variable it is in")


def _elsewhere(response: requests.Response, url: str, wanted: Wanted) -> str:
    """Where a redirect leads."""
    location = response.headers.get("Location", "")
    if wanted.form is not None:
        raise Fault("redirect", f"the service leads to {printable(location)[:200]}, and the form is not sent there")
    if not location:
        raise Fault("redirect", f"the service answered {response.status_code}, and does not say where the file is")
    try:
        target = urljoin(url, location)
    except ValueError:
        target = ""
    if host_of(target) is None:
        raise Fault("redirect", f"the service leads to {printable(location)[:200]}, which is no address of the web")
    if url.lower().startswith("https:") and not target.lower().startswith("https:"):
        where = printable(without(target))[:200]
        raise Fault(
            "redirect", f"the service leads from https to {where}, which anybody on the way can read and change"
        )
    # What stands in an address that the service gives is not what the user gave it.
    return without(target)


def check_status(response: requests.Response, line: Line, session: Session) -> None:
    """Leave answers with a file in them; the others are raised as a Fault, with what they say.

    Over a proxy that reads what passes it cannot be told who answered.
    """
    status = response.status_code
    if status in (200, 206, 416):
        return
    words = title_of(beginning(response, line))
    told = f"{status} {printable(response.reason or '')[:100]}".rstrip() + (f": {words}" if words else "")
    proxy = session.proxy_of(response.url) if response.url.startswith("http:") else None
    if proxy is not None:
        told = f"{told}, or the proxy {proxy} did"
    if status in _LATER:
        raise Fault(
            "busy", f"the service answered {told}", "resume", headers.seconds_asked(response.headers, time.time())
        )
    if status in _MISSING:
        raise Fault("missing", f"the service does not have the file ({told})")
    if status == 401:
        told = f"{told}; a name and password for it can stand in ~/.netrc"
    raise Fault("refused", f"the service answered {told}")


# Large pieces are as fast as anything; several of them at once are still little memory.
PIECE = 2**20
_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidProxyURL,
    LocationValueError,
    UnicodeError,
)
_SILENT = {
    "silent": "the service did not answer in time",
    "slow": "the service sends too slowly",
    "stopped": "the download was stopped",
}


def pieces(response: requests.Response, line: Line) -> Iterator[bytes]:
    """The body, in pieces as they come. Raises Fault where it does not come to its end."""
    line.expect_body()
    while piece := _piece(response, line):
        line.moved(len(piece))
        yield piece
    check_line(line)
    if line.surplus:
        raise Fault("garbled", "the service sent more than it had announced", "afresh")


def beginning(response: requests.Response, line: Line) -> bytes:
    """The first bytes of a body, for its title: as many as come in time, up to a limit."""
    line.expect_head()
    found = b""
    try:
        while len(found) < MOST_OF_PAGE and (piece := _piece(response, line)):
            found += piece
    except Fault as fault:
        if fault.code == "stopped":
            raise
    return found[:MOST_OF_PAGE]


def _piece(response: requests.Response, line: Line) -> bytes:
    try:
        # As it is on the line: an encoding that was not asked for is refused elsewhere.
        found: bytes = response.raw.read1(PIECE, decode_content=False)
    except (HTTPError, requests.RequestException, OSError, ValueError, AttributeError) as error:
        raise fault_of(error, line) from error
    return found


def check_line(line: Line) -> None:
    """An end that we made ourselves is none. Raises Fault."""
    if line.cut_for is not None:
        again = "no" if line.cut_for == "stopped" else "resume"
        raise Fault(line.cut_for, _SILENT[line.cut_for], again)  # type: ignore[arg-type]


def fault_of(error: Exception, line: Line) -> Fault:
    """An error of the network, for people, and whether another try may help."""
    try:
        check_line(line)
    except Fault as fault:
        return fault
    chain = causes(error)
    for cause in chain:
        if isinstance(cause, ServiceError):
            return Fault("exchange", printable(str(cause))[:300])
        if isinstance(cause, GarbledError):
            return Fault("garbled", f"the answer contradicts itself: {cause}", "afresh")
        if isinstance(cause, HTTPException) and not isinstance(cause, IncompleteRead | RemoteDisconnected):
            words = printable(str(cause) or type(cause).__name__)[:200]
            return Fault("garbled", f"the service does not speak HTTP as it should: {words}", "resume")
    if isinstance(error, _ADDRESS):
        return Fault("address", f"the address cannot be used: {printable(str(error))[:200]}")
    words = printable(getattr(chain[-1], "strerror", None) or str(chain[-1]) or type(chain[-1]).__name__)[:200]
    if isinstance(chain[-1], IncompleteRead):
        return Fault("cut", "the connection ended before the file did", "resume")
    if "TLS CA certificate bundle" in words:
        return Fault("certificate", f"{words}: see the variables {', '.join(VARIABLES)}")
    if any("CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in chain):
        return Fault("certificate", f"the service cannot prove who it is: {words}")
    if any(isinstance(cause, TimeoutError) for cause in chain) or isinstance(error, requests.Timeout):
        return Fault("silent", "the service did not answer in time", "resume")
    if isinstance(error, requests.ConnectionError):
        return Fault("unreachable", f"the connection failed: {words}", "resume")
    return Fault("cut", f"the connection ended before the file did: {words}", "resume")


GZIP = b"\x1f\x8b\x08"
# `x-gzip` is another name of the same (RFC 9110, 8.4.1.3).
_NAMES = {"identity": "", "x-gzip": "gzip"}


class Counted:
    """Pieces on their way through, and how many bytes they had."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.count = 0
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self.count += len(piece)
        return piece


def coding(headers: Mapping[str, str]) -> str:
    """How an answer is compressed; empty where it is not."""
    told = headers.get("Content-Encoding", "").strip().lower()
    return _NAMES.get(told, told)


def is_packed(headers: Mapping[str, str], first: bytes, kind: str) -> bool:
    """Whether an answer, which begins with `first`, is to be unpacked to be the file.

    Services mark the gzip files that they have as compressed, too: such a file is right as it comes.
    """
    if coding(headers) != "gzip":
        return False
    if kind != "gzip":
        return True
    return gunzipped_beginning(first).startswith(GZIP)


def gunzipped_beginning(first: bytes) -> bytes:
    """How the content of a gzip file begins, as far as the first bytes of it tell."""
    try:
        return zlib.decompressobj(wbits=31).decompress(first, HEAD)
    except zlib.error:
        return b""


def unpacked(pieces: Iterable[bytes], *, framed: bool) -> Iterator[bytes]:
    """The content, which has a sum of its own at the end. Raises Fault where that is wrong or missing.

    `framed` says that the answer tells where the pieces end. Elsewhere the end of one stream does, and that of a
    second does not: a third may have followed.
    """
    unpacker = zlib.decompressobj(wbits=31)
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof and not framed:
                raise Fault("unverified", "several gzip streams came in a row, and nothing tells whether more follow")
            if unpacker.eof:
                unpacker, begun = zlib.decompressobj(wbits=31), False
            try:
                plain = unpacker.decompress(rest, PIECE)
            except zlib.error as error:
                raise Fault("damaged", f"what the service compressed on the way is damaged: {error}") from error
            begun = True
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            if plain:
                yield plain
    if begun and not unpacker.eof:
        raise Fault("cut", "the connection ended before the file did", "resume")
