"""One request, and the redirects that lead from it to an answer."""

from __future__ import annotations

import time
from contextlib import contextmanager
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from edexql.language.diagnostic import printable
from edexql.service.download import headers, page
from edexql.service.download.body import beginning, fault_of
from edexql.service.download.fault import Fault
from edexql.service.download.hosts import host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edexql.service.download.connecting import Session
    from edexql.service.download.line import Line
    from edexql.service.download.wanted import Manners, Wanted

MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429, 500, 502, 503, 504}
_MISSING = {404, 410}


@contextmanager
def asked(
    session: Session, wanted: Wanted, more: Mapping[str, str], manners: Manners, line: Line, count: Callable[[], None]
) -> Iterator[requests.Response]:
    """The answer to the request for a file, its body unread. `count` is called for each request. Raises Fault."""
    url = wanted.url
    for _ in range(MOST_REDIRECTS + 1):
        count()
        response = _sent(session, url, wanted.form, more, manners, line)
        # A try that ends early leaves its connection behind, since nobody knows what is still on it.
        with response:
            if response.status_code not in _REDIRECTS:
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
) -> requests.Response:
    line.expect_head()
    try:
        return session.ask(url, form, more, (manners.connect, manners.read))
    except (requests.RequestException, HTTPError, OSError, ValueError, AttributeError) as error:
        raise fault_of(error, line) from error


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
    return target


def check_status(response: requests.Response, line: Line) -> None:
    """Leave answers with a file in them; the others are raised as a Fault, with what they say."""
    status = response.status_code
    if status in (200, 206, 416):
        return
    words = page.told(beginning(response, line))
    told = f"{status} {printable(response.reason or '')[:100]}".rstrip() + (f": {words}" if words else "")
    if status in _LATER:
        raise Fault(
            "busy", f"the service answered {told}", "resume", headers.seconds_asked(response.headers, time.time())
        )
    if status in _MISSING:
        raise Fault("missing", f"the service does not have the file ({told})")
    raise Fault("refused", f"the service answered {told}")
