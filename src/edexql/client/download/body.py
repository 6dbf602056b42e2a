"""The bytes of an answer, as they come; what ends them too early is a fault."""

from __future__ import annotations

from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
from urllib3.exceptions import HTTPError, LocationValueError

from edexql.base.text import printable
from edexql.client.certificates import VARIABLES
from edexql.client.download.connecting import GarbledError
from edexql.client.download.fault import Fault
from edexql.client.errors import ServiceError
from edexql.client.reasons import causes
from edexql.formats.signatures import MOST_OF_PAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.client.download.line import Line

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
