"""The direct download of eDEx: files packed into one by the service, which tells how far it is under a `session_id`.

That there is such a thing, and that its progress is asked for by a `session_id`, is documented. All else is assumed
and UNCONFIRMED, and this module is the one place where it is:

- the endpoints' names, which are therefore in the configuration, on the host that lists files;
- the start is a POST of what the request for mail sends, the files in `result_filenames`, without an address;
- it answers with a JSON object that has a `session_id`, a text or a number, and may have what the progress has;
- the progress is a GET with `?session_id=...`, answered by a JSON object: `progress` in percent (or `percent`),
  `status` in words, `error` where it failed, and once the file is packed its address, as `url`, `link` or
  `download_url`.
"""

from __future__ import annotations

import time
from urllib.parse import quote, urljoin

from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.client.credentials import public_url
from edexql.client.errors import ServiceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from typing import Any

    import requests

    from edexql.client.settings.configuration import Configuration

UNKNOWN = (
    "the endpoints of eDEx's direct download are unknown, so it is switched off: if you know them, set"
    " direct.start_endpoint and direct.progress_endpoint in the configuration, or EDEXQL_DIRECT_START_ENDPOINT and"
    " EDEXQL_DIRECT_PROGRESS_ENDPOINT in the environment; --from archive does not need them"
)
MOST_BYTES = 2**20
PAUSE = 2.0
SECONDS = 6 * 3600.0
_LINKS = ("url", "link", "download_url")
_PERCENT = ("progress", "percent")
_FAILED = ("failed", "failure", "error")
# Looks in a row that may fail while the service packs.
_TRIES = 5


class Addresses(Record):
    """The addresses that start a direct download and give its progress."""

    start: str
    progress: str


class Progress(Record):
    """The progress: the session, percent where given, the words of the service, and the link at the end."""

    session_id: str
    percent: float | None = None
    words: str = ""
    link: str | None = None


def addresses(configuration: Configuration) -> Addresses | None:
    """The addresses of a direct download; None as long as the endpoints are not configured."""
    direct, base = configuration.direct, configuration.service.listing or configuration.mission.listing or ""
    if direct.start_endpoint is None or direct.progress_endpoint is None:
        return None
    return Addresses(f"{base}/{direct.start_endpoint}", f"{base}/{direct.progress_endpoint}")


def pack(
    parameters: dict[str, Any],
    files: Sequence[str],
    where: Addresses,
    session: requests.Session,
    *,
    stop: threading.Event,
    report: Callable[[Progress], None],
    pause: float = PAUSE,
    seconds: float = SECONDS,
) -> str | None:
    """The link to the one file into which the service packs some files of a listing; None once `stop` is set.

    `parameters` are those of the listing, `files` strings of its answer; `told` hears of each look, between which
    are `pause` seconds. The start is sent once and never again by itself. Raises ServiceError, after `seconds` too.
    """
    end = time.monotonic() + seconds
    progress = _started(parameters, files, where, session)
    while True:
        report(progress)
        if progress.link is not None:
            return progress.link
        if stop.wait(pause):
            return None
        if time.monotonic() > end:
            raise ServiceError(
                f"{where.start} has not packed the files in {seconds:.0f} s: try again later", where.start
            )
        progress = _request_progress(progress.session_id, where, session)


def _started(parameters: dict[str, Any], files: Sequence[str], where: Addresses, session: requests.Session) -> Progress:
    from edexql.client.errors import reason
    from edexql.client.http.errors import NETWORK
    from edexql.client.http.request import excerpt, raise_service_error, redirect_target, send

    body = {**parameters, "result_filenames": list(files)}
    try:
        answer = send(session, "POST", where.start, body, "application/json", MOST_BYTES)
    except NETWORK as error:
        raise_service_error(error)
        raise ServiceError(f"cannot start the download at {where.start}: {reason(error)}", where.start) from error
    if elsewhere := redirect_target(answer):
        raise ServiceError(f"{where.start} answered with a redirect to {printable(elsewhere)[:200]}", where.start)
    if answer.status not in (200, 201, 202):
        words = f"{answer.status} {answer.reason}{excerpt(answer.body)}"
        raise ServiceError(f"{where.start} answered {words}", where.start)
    from edexql.base import json_text

    try:
        document = json_text.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"{where.start} did not answer with JSON{excerpt(answer.body)}", where.start) from error
    number = document.get("session_id") if isinstance(document, dict) else None
    if isinstance(number, bool) or not isinstance(number, str | int) or not 0 < len(str(number)) <= 500:
        raise ServiceError(f"{where.start} answered without a session_id{excerpt(answer.body)}", where.start)
    return _progress(document, str(number), where.start)


def _request_progress(session_id: str, where: Addresses, session: requests.Session) -> Progress:
    from edexql.client.http.request import Retries, json_response

    url = f"{where.progress}?session_id={quote(session_id, safe='', errors='replace')}"
    document, _ = json_response(session, "GET", url, None, Retries(_TRIES))
    return _progress(document, session_id, where.progress)


def _progress(document: Any, session_id: str, url: str) -> Progress:
    """What an answer says. Raises ServiceError where it is none, or says that it failed."""
    if not isinstance(document, dict):
        raise ServiceError(f"{url} did not answer with a JSON object", url)
    words = next((document[key] for key in ("status", "message") if isinstance(document.get(key), str)), "")
    error = document.get("error")
    if error or words.strip().lower() in _FAILED:
        why = error if isinstance(error, str) else words
        raise ServiceError(f"{url} could not pack the files: {printable(why)[:200]}", url)
    percent = next((document[key] for key in _PERCENT if _is_percent(document.get(key))), None)
    link = next((document[key] for key in _LINKS if isinstance(document.get(key), str) and document[key]), None)
    return Progress(session_id, percent, printable(words)[:200], None if link is None else _link(url, link))


def _is_percent(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _link(url: str, link: str) -> str:
    from edexql.client.download.model import host_of

    try:
        target = urljoin(url, link.strip())
    except ValueError:
        target = ""
    if host_of(target) is None:
        raise ServiceError(f"{url} leads to {shown(link[:200])}, which is not a web address", url)
    if url.lower().startswith("https:") and not target.lower().startswith("https:"):
        raise ServiceError(f"{url} leads from https to {shown(public_url(target)[:200])}, which is not followed", url)
    return public_url(target)
