"""Files of sums beside a file: `SHA256SUMS` in its folder, `NAME.sha256` and `NAME.md5`.

They are asked for once the first file of a folder is here that has no other sum, and only then, so that a service
which has none of them is asked three questions for a folder. Of a folder whose first file has no `NAME.sha256`
nothing is known, and no more of them are asked for.
"""

from __future__ import annotations

import threading
from urllib.parse import unquote, urlsplit

from edexql.client.download.connection import Line
from edexql.client.download.model import Fault, Manners, Wanted
from edexql.client.download.response import asked, pieces
from edexql.client.errors import ServiceError
from edexql.formats import digests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.client.download.connection import Session
    from edexql.client.download.run import Run
    from edexql.formats.digests import Digest

LIST = "SHA256SUMS"
ENDINGS = (".sha256", ".md5")
_MOST_BYTES = 4 * 2**20
# Seconds: a service that has no answer to such a question is not waited for.
_PATIENCE = 5.0


class Neighbours:
    """The files of sums of all folders of a download."""

    def __init__(self, run: Run, session: Callable[[], Session]) -> None:
        self._run = run
        self._session = session
        self._lock = threading.Lock()
        self._folders: dict[str, _Folder] = {}

    def digest_of(self, wanted: Wanted, host: str) -> Digest | None:
        """The sum of a file that stands beside it; None where there is none. Raises Fault where the end has come."""
        parts = urlsplit(wanted.url)
        folder, slash, last = parts.path.rpartition("/")
        name = unquote(last)
        if not slash or not name or parts.query or wanted.form is not None:
            return None
        base = f"{parts.scheme}://{parts.netloc}{folder}/"
        with self._lock:
            found = self._folders.setdefault(base, _Folder())
        beside: dict[str, str] | None = None
        with found.lock:
            if found.endings is None:
                beside = self._texts(
                    {LIST: base + LIST, **{ending: f"{base}{last}{ending}" for ending in ENDINGS}}, wanted, host
                )
                found.list = beside.pop(LIST, "")
                found.endings = tuple(beside)
        if found.list and (digest := digests.in_list(found.list, name, LIST)) is not None:
            return digest
        if beside is None:
            beside = self._texts({ending: f"{base}{last}{ending}" for ending in found.endings}, wanted, host)
        told = (digests.beside(text, name, name + ending) for ending, text in beside.items())
        return digests.strongest(digest for digest in told if digest is not None)

    def _texts(self, urls: dict[str, str], wanted: Wanted, host: str) -> dict[str, str]:
        """The texts at some addresses, all asked for at once; those that there are."""
        found: dict[str, str] = {}

        def ask(key: str) -> None:
            if text := self._text(Wanted(urls[key], LIST, named=wanted.named), host):
                found[key] = text

        threads = [threading.Thread(target=ask, args=(key,), daemon=True) for key in urls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._run.check()
        return {key: found[key] for key in urls if key in found}

    def _text(self, wanted: Wanted, host: str) -> str:
        run = self._run
        manners = Manners(
            run.manners.user_agent,
            connect=min(_PATIENCE, run.manners.connect),
            read=min(_PATIENCE, run.manners.read),
            lowest_speed=run.manners.lowest_speed,
            window=min(_PATIENCE, run.manners.window),
        )
        line = Line(manners, telling=True)
        try:
            with run.hosts.place(host), self._session() as session, run.on_line(line):
                return _read(session, wanted, manners, line)
        except (Fault, ServiceError):
            return ""


def _read(session: Session, wanted: Wanted, manners: Manners, line: Line) -> str:
    from edexql.client.download.connection import using

    with using(line), asked(session, wanted, {}, manners, line, lambda: None) as response:
        length = response.headers.get("Content-Length")
        if response.status_code != 200 or (length is None and "Transfer-Encoding" not in response.headers):
            return ""
        body = bytearray()
        for piece in pieces(response, line):
            body += piece
            if len(body) > _MOST_BYTES:
                return ""
        return body.decode("utf-8-sig", "replace") if length in (None, str(len(body))) else ""


class _Folder:
    """What there is in a folder: its list, and the endings of files that belong to one other, None before a look."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.list = ""
        self.endings: tuple[str, ...] | None = None
