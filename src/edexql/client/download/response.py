"""The response to a request for a file: redirects, status, the bytes of its body, compression on the way."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, LocationValueError

from edexql.base.text import printable
from edexql.client.credentials import origin, public_url
from edexql.client.download import headers
from edexql.client.download.connection import FramingError
from edexql.client.download.model import Fault, host_of
from edexql.client.errors import ServiceError, causes, reason
from edexql.client.http.certificates import VARIABLES
from edexql.client.http.limits import silences
from edexql.formats import fast_zlib
from edexql.formats.signatures import HEAD, MOST_OF_PAGE, title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from edexql.client.download.connection import Connection, Session
    from edexql.client.download.model import RemoteFile, Retry
    from edexql.client.settings.declarations import Network


MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429, 500, 502, 503, 504}
_MISSING = {404, 410}
_REDIRECTED_LOGIN = (
    "the service redirects to {url}, which requires a user name and password (401); these are not sent to another"
    " scheme, host or port: give that address itself, with the password in ~/.netrc"
)


@contextmanager
def response_to(
    session: Session,
    file: RemoteFile,
    fields: Mapping[str, str],
    network: Network,
    connection: Connection,
    count: Callable[[], None],
) -> Iterator[requests.Response]:
    """The response to the request for a file, its body unread. `count` is called for each request. Raises Fault."""
    url, trusted_origin = file.url, origin(file.service or file.url)
    for _ in range(MOST_REDIRECTS + 1):
        count()
        trusted = origin(url) == trusted_origin
        response = _send(session, url, file.form, fields, network, connection, trusted=trusted)
        # An attempt that ends early closes its connection: more of the body may still come on it.
        with response:
            if response.status_code not in _REDIRECTS:
                _check_proxy(response, session)
                if response.status_code == 401 and not trusted:
                    raise Fault("refused", _REDIRECTED_LOGIN.format(url=printable(url)[:200]))
                yield response
                return
            url = _redirect_target(response, url, file)
    raise Fault("redirect", f"too many redirects: {MOST_REDIRECTS}, the last to {printable(url)[:200]}")


def _send(
    session: Session,
    url: str,
    form: tuple[tuple[str, str], ...] | None,
    fields: Mapping[str, str],
    network: Network,
    connection: Connection,
    *,
    trusted: bool,
) -> requests.Response:
    connection.expect_head()
    try:
        return session.request_file(url, form, fields, silences(network), trusted=trusted)
    except requests.exceptions.ProxyError as error:
        check_connection(connection)
        words = printable(reason(error))[:200]
        # What a proxy says about its users does not change in a moment.
        retry: Retry = "no" if re.search(r"\b40[0-9]\b", words) else "resume"
        raise Fault("proxy", f"the proxy {session.proxy_of(url)} does not connect: {words}", retry) from error
    except (requests.RequestException, HTTPError, OSError, ValueError, AttributeError) as error:
        raise network_fault(error, connection) from error


def _check_proxy(response: requests.Response, session: Session) -> None:
    """Raise Fault where a proxy requires a password (RFC 9110, 15.5.8)."""
    if response.status_code == 407:
        proxy = session.proxy_of(response.url)
        where = "put them into the environment variable of the proxy"
        raise Fault("proxy", f"the proxy {proxy} requires a user name and password (407): {where}")


def _redirect_target(response: requests.Response, url: str, file: RemoteFile) -> str:
    """The address that a redirect leads to. Raises Fault where it is not followed."""
    location = response.headers.get("Location", "")
    if file.form is not None:
        raise Fault("redirect", f"the service redirects to {printable(location)[:200]}; the form is not sent there")
    if not location:
        raise Fault("redirect", f"the service answered {response.status_code}, without a Location")
    try:
        target = urljoin(url, location)
    except ValueError:
        target = ""
    if host_of(target) is None:
        raise Fault(
            "redirect", f"the service redirects to {printable(location)[:200]}, which is not an http or https address"
        )
    if url.lower().startswith("https:") and not target.lower().startswith("https:"):
        where = printable(public_url(target))[:200]
        raise Fault("redirect", f"the service redirects from https to {where}, which is not encrypted")
    # Credentials in an address that the service gives are not the user's.
    return public_url(target)


def check_status(response: requests.Response, connection: Connection, session: Session) -> None:
    """Raise Fault, with what the response says, where its status is not that of a file (200, 206, 416).

    Over a proxy that reads the traffic, either the service or the proxy may have answered.
    """
    status = response.status_code
    if status in (200, 206, 416):
        return
    words = title_of(first_bytes(response, connection))
    text = f"{status} {printable(response.reason or '')[:100]}".rstrip() + (f": {words}" if words else "")
    proxy = session.proxy_of(response.url) if response.url.startswith("http:") else None
    if proxy is not None:
        text = f"{text}, or the proxy {proxy} did"
    if status in _LATER:
        raise Fault(
            "busy", f"the service answered {text}", "resume", headers.retry_after(response.headers, time.time())
        )
    if status in _MISSING:
        raise Fault("missing", f"the service does not have the file ({text})")
    if status == 401:
        text = f"{text}; put a user name and password for it into ~/.netrc"
    raise Fault("refused", f"the service answered {text}")


# Larger pieces are not faster; several of this size at once are still little memory.
_PIECE = 2**20
_ADDRESS_ERRORS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidProxyURL,
    LocationValueError,
    UnicodeError,
)
_CUT = {
    "silent": "the service did not answer in time",
    "slow": "the service sends too slowly",
    "stopped": "the download was stopped",
}


def pieces(response: requests.Response, connection: Connection) -> Iterator[bytes]:
    """The body, in pieces as they come. Raises Fault where it is cut off."""
    connection.expect_body()
    while piece := _piece(response, connection):
        connection.count(len(piece))
        yield piece
    check_connection(connection)
    if connection.surplus:
        raise Fault("garbled", "the service sent more than it had announced", "restart")


def first_bytes(response: requests.Response, connection: Connection) -> bytes:
    """The first bytes of a body, for its title: as many as come in time, up to MOST_OF_PAGE."""
    connection.expect_head()
    data = b""
    try:
        while len(data) < MOST_OF_PAGE and (piece := _piece(response, connection)):
            data += piece
    except Fault as fault:
        if fault.code == "stopped":
            raise
    return data[:MOST_OF_PAGE]


def _piece(response: requests.Response, connection: Connection) -> bytes:
    try:
        # Not decoded: a coding that was not asked for is refused elsewhere.
        data: bytes = response.raw.read1(_PIECE, decode_content=False)
    except (HTTPError, requests.RequestException, OSError, ValueError, AttributeError) as error:
        raise network_fault(error, connection) from error
    return data


def check_connection(connection: Connection) -> None:
    """Raise Fault where the connection was cut from here: that is not the end of the body."""
    if connection.cut_code is not None:
        retry = "no" if connection.cut_code == "stopped" else "resume"
        raise Fault(connection.cut_code, _CUT[connection.cut_code], retry)  # type: ignore[arg-type]


def network_fault(error: Exception, connection: Connection) -> Fault:
    """An error of the network as a Fault, which says whether another attempt may help."""
    try:
        check_connection(connection)
    except Fault as fault:
        return fault
    chain = causes(error)
    for cause in chain:
        if isinstance(cause, ServiceError):
            return Fault("exchange", printable(str(cause))[:300])
        if isinstance(cause, FramingError):
            return Fault("garbled", f"the response contradicts itself: {cause}", "restart")
        if isinstance(cause, HTTPException) and not isinstance(cause, IncompleteRead | RemoteDisconnected):
            words = printable(str(cause) or type(cause).__name__)[:200]
            return Fault("garbled", f"the response is not valid HTTP: {words}", "resume")
    if isinstance(error, _ADDRESS_ERRORS):
        return Fault("address", f"the address cannot be used: {printable(str(error))[:200]}")
    words = printable(getattr(chain[-1], "strerror", None) or str(chain[-1]) or type(chain[-1]).__name__)[:200]
    if isinstance(chain[-1], IncompleteRead):
        return Fault("cut", "the connection ended before the file did", "resume")
    if "TLS CA certificate bundle" in words:
        return Fault("certificate", f"{words}: see the variables {', '.join(VARIABLES)}")
    if any("CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in chain):
        return Fault("certificate", f"the certificate of the service is not valid: {words}")
    if any(isinstance(cause, TimeoutError) for cause in chain) or isinstance(error, requests.Timeout):
        return Fault("silent", "the service did not answer in time", "resume")
    if isinstance(error, requests.ConnectionError):
        return Fault("unreachable", f"the connection failed: {words}", "resume")
    return Fault("cut", f"the connection ended before the file did: {words}", "resume")


GZIP = b"\x1f\x8b\x08"
# `x-gzip` is another name of gzip (RFC 9110, 8.4.1.3).
_CODINGS = {"identity": "", "x-gzip": "gzip"}


class Counted:
    """An iterator over pieces that counts their bytes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.count = 0
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self.count += len(piece)
        return piece


def content_coding(headers: Mapping[str, str]) -> str:
    """The content coding of a response (RFC 9110, 8.4), which nobody had asked for; empty where there is none."""
    text = headers.get("Content-Encoding", "").strip().lower()
    return _CODINGS.get(text, text)


def is_compressed(headers: Mapping[str, str], first: bytes, kind: str) -> bool:
    """Whether a response, which begins with `first`, must be decompressed to be the file.

    Services mark the gzip files that they have as compressed, too: such a file is complete as it comes.
    """
    if content_coding(headers) != "gzip":
        return False
    if kind != "gzip":
        return True
    return gunzipped_beginning(first).startswith(GZIP)


def gunzipped_beginning(first: bytes) -> bytes:
    """The beginning of the content of a gzip file, as far as its first bytes give it."""
    try:
        return fast_zlib.decompressobj(wbits=31).decompress(first, HEAD)
    except fast_zlib.DAMAGED:
        return b""


def decompressed(pieces: Iterable[bytes], *, framed: bool) -> Iterator[bytes]:
    """The decompressed pieces of a gzip stream. Raises Fault where the checksum at its end is wrong or missing.

    `framed` says that the response shows where the pieces end. Otherwise the end of one stream does, and that of a
    second does not: a third may have followed.
    """
    decompressor = fast_zlib.decompressobj(wbits=31)
    has_begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if decompressor.eof and not framed:
                raise Fault("unverified", "the response has several gzip streams, and nothing shows if more follow")
            if decompressor.eof:
                decompressor, has_begun = fast_zlib.decompressobj(wbits=31), False
            try:
                plain = decompressor.decompress(rest, _PIECE)
            except fast_zlib.DAMAGED as error:
                raise Fault("damaged", f"the compressed response is damaged: {error}") from error
            has_begun = True
            rest = decompressor.unused_data if decompressor.eof else decompressor.unconsumed_tail
            if plain:
                yield plain
    if has_begun and not decompressor.eof:
        raise Fault("cut", "the connection ended before the file did", "resume")
