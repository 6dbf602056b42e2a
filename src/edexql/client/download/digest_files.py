"""Files of digests beside a file: `SHA256SUMS` in its folder, `NAME.sha256` and `NAME.md5`.

They are asked for when the first file of a folder is complete that has no other digest, and only then, so that a
service which has none of them gets three requests for a folder. Where the first file of a folder has no
`NAME.sha256`, no others are asked for.
"""

from __future__ import annotations

import threading
from urllib.parse import unquote, urlsplit

from edexql.client.download.connection import Connection, bound_to
from edexql.client.download.model import Fault, RemoteFile
from edexql.client.download.response import pieces, response_to
from edexql.client.errors import ServiceError
from edexql.client.settings.declarations import Network
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
# Seconds: a service that does not answer such a request soon is not waited for.
_PATIENCE = 5.0


class DigestFiles:
    """The files of digests of all folders of a download."""

    def __init__(self, run: Run, session: Callable[[], Session]) -> None:
        self._run = run
        self._session = session
        self._lock = threading.Lock()
        self._folders: dict[str, _FolderDigests] = {}
        # Addresses of folders, as they stand in those of files, that have none of them.
        self._without: set[str] = set()

    def digest_of(self, file: RemoteFile, host: str) -> Digest | None:
        """The digest in a file beside another; None where there is none. Raises Fault where the run is halted."""
        address = file.url.rpartition("/")[0]
        if address in self._without:
            return None
        parts = urlsplit(file.url)
        folder, slash, last = parts.path.rpartition("/")
        name = unquote(last)
        if not slash or not name or parts.query or file.form is not None:
            return None
        base = f"{parts.scheme}://{parts.netloc}{folder}/"
        with self._lock:
            folder_files = self._folders.setdefault(base, _FolderDigests())
        texts: dict[str, str] | None = None
        with folder_files.lock:
            if folder_files.endings is None:
                texts = self._texts(
                    {LIST: base + LIST, **{ending: f"{base}{last}{ending}" for ending in ENDINGS}}, file, host
                )
                folder_files.list = texts.pop(LIST, "")
                folder_files.endings = tuple(texts)
        if folder_files.list and (digest := digests.in_list(folder_files.list, name, LIST)) is not None:
            return digest
        if not folder_files.list and not folder_files.endings and not parts.fragment:
            self._without.add(address)
        if texts is None:
            texts = self._texts({ending: f"{base}{last}{ending}" for ending in folder_files.endings}, file, host)
        candidates = (digests.beside(text, name, name + ending) for ending, text in texts.items())
        return digests.strongest(digest for digest in candidates if digest is not None)

    def _texts(self, urls: dict[str, str], file: RemoteFile, host: str) -> dict[str, str]:
        """The texts at addresses, all asked for at once; those that exist."""
        texts: dict[str, str] = {}

        def ask(key: str) -> None:
            if text := self._text(RemoteFile(urls[key], LIST, service=file.service), host):
                texts[key] = text

        keys = list(urls)
        threads = [threading.Thread(target=ask, args=(key,), daemon=True) for key in keys[1:]]
        for thread in threads:
            thread.start()
        for key in keys[:1]:
            ask(key)
        for thread in threads:
            thread.join()
        self._run.check()
        return {key: texts[key] for key in urls if key in texts}

    def _text(self, file: RemoteFile, host: str) -> str:
        run = self._run
        network = Network(
            connect=min(_PATIENCE, run.network.connect),
            read=min(_PATIENCE, run.network.read),
            lowest_speed=run.network.lowest_speed,
            window=min(_PATIENCE, run.network.window),
        )
        connection = Connection(network, ends_itself=True)
        try:
            with run.hosts.slot(host), self._session() as session, run.supervising(connection):
                return _read(session, file, network, connection)
        except (Fault, ServiceError):
            return ""


def _read(session: Session, file: RemoteFile, network: Network, connection: Connection) -> str:
    with bound_to(connection), response_to(session, file, {}, network, connection, lambda: None) as response:
        length = response.headers.get("Content-Length")
        if response.status_code != 200 or (length is None and "Transfer-Encoding" not in response.headers):
            return ""
        body = bytearray()
        for piece in pieces(response, connection):
            body += piece
            if len(body) > _MOST_BYTES:
                return ""
        return body.decode("utf-8-sig", "replace") if length in (None, str(len(body))) else ""


class _FolderDigests:
    """The digests of a folder: its list, and the endings of files for single files, None before they are asked for."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.list = ""
        self.endings: tuple[str, ...] | None = None
