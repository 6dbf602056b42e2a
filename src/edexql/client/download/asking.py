"""One request, and the redirects that lead from it to an answer."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from edexql.base.text import printable
from edexql.client.credentials import origin, without
from edexql.client.download import headers
from edexql.client.download.body import beginning, check_line, fault_of
from edexql.client.download.fault import Fault
from edexql.client.download.hosts import host_of
from edexql.client.reasons import reason
from edexql.formats.signatures import title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edexql.client.download.connecting import Session
    from edexql.client.download.fault import Again
    from edexql.client.download.line import Line
    from edexql.client.download.wanted import Manners, Wanted

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
