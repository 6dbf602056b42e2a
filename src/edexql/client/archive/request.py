"""One address of the archive asked with GET: its whole answer, within limits of bytes and of time.

Only the archive itself is asked: a redirect is followed within its host, and to a safer scheme, not elsewhere, and
credentials stay with the scheme that they were given for. An answer that ends early is an error, and so is one of
which nothing says where it ends.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.client.credentials import no_credentials, origin, public_url
from edexql.client.errors import ServiceError, reason
from edexql.client.http.limits import network_of, silences, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import requests

    from edexql.client.http.limits import Deadline

MOST_BYTES = 32 * 2**20
_MOST_REDIRECTS = 5
_PIECE = 2**16
_DATA_ENDS = (b"</html>", b"]", b"}")


class MissingFolderError(ServiceError):
    """The archive has nothing at an address."""


class Response(Record):
    """What came: the address that answered, what kind of data it says it is, and the bytes."""

    url: str
    content_type: str
    body: bytes


def get(url: str, session: requests.Session, most: int = MOST_BYTES, seconds: float | None = None) -> Response:
    """The answer of an address, of at most `most` bytes, within `seconds` or what the session allows if less.

    `session` is like that of requests; who we are, proxies and certificates are as it has them. Raises
    MissingFolderError where there is nothing, ServiceError where it cannot be read or is not complete.
    """
    import requests
    from urllib3.exceptions import HTTPError, TimeoutError

    here = url
    own: Any = None
    try:
        network = network_of(session, url)
        with within(network.seconds if seconds is None else min(seconds, network.seconds), url) as deadline:
            for _ in range(_MOST_REDIRECTS):
                with session.get(
                    here,
                    headers={"Accept-Encoding": "identity"},
                    timeout=silences(network),
                    stream=True,
                    allow_redirects=False,
                    auth=own,
                ) as response:
                    target = response.headers.get("Location")
                    if response.status_code in (301, 302, 303, 307, 308) and target is not None:
                        here = _followed(here, target)
                        own = None if origin(here) == origin(url) else no_credentials
                        continue
                    return _answer(response, here, most, deadline)
    except (requests.Timeout, TimeoutError) as error:
        raise ServiceError(f"{here} did not answer in time", here) from error
    except (requests.RequestException, OSError) as error:
        raise ServiceError(f"cannot read {here}: {printable(reason(error))[:200]}", here) from error
    # What requests does not wrap; a header, length or address that cannot be read is a ValueError.
    except (HTTPError, ValueError) as error:
        raise ServiceError(f"the answer of {here} is cut off or damaged: try again later", here) from error
    raise ServiceError(f"{url} redirects without end", url)


def _answer(response: requests.Response, url: str, most: int, deadline: Deadline) -> Response:
    status = response.status_code
    if status in (404, 410):
        raise MissingFolderError(f"the archive has no {url}", url)
    if status in (401, 403):
        raise ServiceError(f"the archive refuses to show {url} ({status})", url)
    if status != 200:
        after = response.headers.get("Retry-After", "").strip()
        wait = f"; it asks to wait {after} s" if after.isdecimal() and len(after) < 10 else ""
        raise ServiceError(f"{url} answered {status} {printable(response.reason or '')[:80]}{wait}", url)
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        # The length does not show whether compressed text is complete.
        raise ServiceError(f"{url} answered with compressed text, which was not requested", url)
    body = _body(response, url, most, deadline)
    content_type = response.headers.get("Content-Type", "")
    if not _ends(response, body):
        raise ServiceError(f"it is unknown whether the answer of {url} is complete: try again later", url)
    return Response(url, content_type, body)


def _body(response: requests.Response, url: str, most: int, deadline: Deadline) -> bytes:
    body = bytearray()
    # Not iter_content, which waits for a whole piece, however slowly it trickles in.
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > most:
            raise ServiceError(f"{url} answered with more than {most / 2**20:.3g} MiB, the limit", url)
        deadline.check()
    return bytes(body)


def _ends(response: requests.Response, body: bytes) -> bool:
    """Whether the end of an answer was the end of what was to come, by its head or by what it is."""
    head = response.headers
    if "Content-Length" in head or "chunked" in head.get("Transfer-Encoding", "").lower():
        return True
    return body.rstrip().lower().endswith(_DATA_ENDS)


def _followed(here: str, target: str) -> str:
    """Where a redirect leads. Raises ServiceError where that is not the archive itself."""
    from urllib.parse import urljoin, urlsplit

    there = public_url(urljoin(here, target))
    old, new = urlsplit(here), urlsplit(there)
    if origin(here) == origin(there):
        return new._replace(netloc=old.netloc).geturl()
    safer = (old.scheme, new.scheme) == ("http", "https") and old.port in (None, 80) and new.port in (None, 443)
    if not (safer and old.hostname == new.hostname):
        raise ServiceError(
            f"{here} redirects to {printable(there)[:200]}: if that is the archive now, give its address", here
        )
    return there
