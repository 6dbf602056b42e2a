"""The real service on a loopback socket, in a thread; and a real mail server to send its mail to."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aiosmtpd.controller import Controller

from commands import PATIENCE
from edexql.model.vocabulary import load
from edexql.server import connections
from edexql.server.app import application
from edexql.server.settings import Limits, Settings
from tutorial import FILES, NAMES, PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from email.message import EmailMessage
    from typing import Any

    from edexql.model.query import Query
    from edexql.server.catalogue import CatalogueFile

QUICK = (0.02, 0.02)


class File(NamedTuple):
    """A file as a catalogue lists it."""

    name: str
    size: int | None
    size_text: str | None
    place: str


PASSES = [File(name, None, text.split()[1], f"2019/05/01/FAI/{name}") for name, text in zip(NAMES, FILES, strict=True)]


class FakeCatalogue:
    """A catalogue that lists the three files of the tutorial, after it has called `before`."""

    def __init__(self, files: Sequence[File] = PASSES, before: Callable[[Query], None] = lambda query: None) -> None:
        self.files = list(files)
        self.before = before
        self.queries: list[Query] = []

    def listing(self, query: Query) -> Sequence[CatalogueFile]:
        self.queries.append(query)
        self.before(query)
        return self.files

    def places(self, names: Sequence[str]) -> Mapping[str, str]:
        return {file.name: file.place for file in self.files if file.name in names}


class Answer(NamedTuple):
    """A response of the service, its header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        return [diagnostic["code"] for diagnostic in self.json["diagnostics"]]


class Service:
    """A running service: its base address, and the folder of its state."""

    def __init__(self, catalogue: Any, settings: Settings, more: Any = lambda _: ()) -> None:
        self._listener = connections.listening_socket("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.state = Path(settings.state)
        fields = {name: getattr(settings, name) for name in Settings.__slots__} | {"base": self.url}
        self.settings = Settings(**fields)
        self._server = connections.http_server(application(catalogue, self.settings, more), settings.limits)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})

    def __enter__(self) -> Service:
        self._thread.start()
        wait_for(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; a body that is not bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
            kind = {} if body is None else {"Content-Type": "application/json"}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {**kind, **named})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def list(self, parameters: Any, method: str = "POST") -> Answer:
        return self.ask(method, "/api_fetch_data", parameters)

    def report(self, **changes: Any) -> Answer:
        """Request the delivery of the files of the tutorial, or with other values."""
        return self.ask("POST", "/api_prepare_report", {**PARAMETERS, "result_filenames": FILES, **changes})

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are, and read until the service closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    received += piece
        return received

    def jobs(self) -> list[dict[str, Any]]:
        return [json.loads(data) for data in contents(self.state / "jobs", "*.json")]

    def outbox(self) -> list[EmailMessage]:
        return [read_mail(data) for data in contents(self.state / "outbox", "*.eml")]

    def path_of(self, link: str) -> str:
        """The path of a link to this service."""
        assert link.startswith(f"{self.url}/")
        return link.removeprefix(self.url)


def serve(
    state: Path,
    catalogue: Any = None,
    limits: Mapping[str, Any] | None = None,
    more: Any = lambda _: (),
    **changes: Any,
) -> Service:
    """A service of a catalogue, with `more` routes than its own, not yet running."""
    options = {"delays": QUICK, "vocabulary": load(), **changes}
    settings = Settings(state=str(state), limits=Limits(**(limits or {})), **options)
    return Service(catalogue or FakeCatalogue(), settings, more)


def wait_for(condition: Callable[[], Any]) -> Any:
    """The value of a condition, once it is true."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.01)
    return value


def contents(folder: Path, pattern: str) -> Iterator[bytes]:
    """The contents of the files in a folder, without those that are removed while it is read."""
    for path in sorted(folder.glob(pattern)):
        with contextlib.suppress(FileNotFoundError):
            yield path.read_bytes()


def read_mail(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def link_in(mail: EmailMessage) -> str:
    """The link in a mail of the service."""
    (link,) = [line for line in mail.get_content().splitlines() if line.startswith("http://")]
    return link


class Mailbox:
    """What a mail server does with mail: it keeps it, or gives the answers of a test."""

    def __init__(self, *answers: str) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.tries = 0
        self._answers = list(answers)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.tries += 1
        answer = self._answers.pop(0) if self._answers else "250 OK"
        if answer.startswith("250"):
            self.mails.append(read_mail(envelope.content))
            self.recipients.append(envelope.rcpt_tos)
        return answer


@contextlib.contextmanager
def mail_server(mailbox: Any, **options: Any) -> Iterator[int]:
    """The port of a real mail server on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def archive_of(folder: Path, files: Mapping[str, bytes]) -> Path:
    """An archive with some files in it, by their places."""
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
