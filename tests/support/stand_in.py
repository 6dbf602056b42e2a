"""A small eDEx on a loopback socket: it answers as in the tutorial, or as badly as a test wants."""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from tutorial import FILES, RECEIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Received(NamedTuple):
    """A request as it came in, the body as raw bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What to send back. `raw`, where given, is written to the socket as it is, in place of all else."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    raw: Iterable[bytes] | None = None
    reset: bool = False


class StandIn:
    """A running stand-in: its base address, the requests it got, and how it answers."""

    def __init__(self, answer: Answer | Callable[[Received], Answer] | None = None) -> None:
        self.requests: list[Received] = []
        self.answer = answer
        # Set when a request is in, for a test that has something to do while its answer is awaited.
        self.asked = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer_to(self, received: Received) -> Answer:
        if self.answer is None:
            return as_in_the_tutorial(received)
        return self.answer if isinstance(self.answer, Answer) else self.answer(received)


def as_in_the_tutorial(received: Received) -> Answer:
    """The answers that the tutorial shows, to requests of the form that it shows."""
    try:
        asked = json.loads(received.body)
    except ValueError:
        return Answer(400, b"no JSON in the body")
    if not isinstance(asked, dict) or "query-logic" not in asked:
        return Answer(400, b"no query in the body")
    if (received.method, received.path) == ("GET", "/api_fetch_data"):
        return listing(FILES)
    if (received.method, received.path) == ("POST", "/api_prepare_report"):
        return Answer(200, RECEIPT.encode(), (("Content-Type", "text/plain"),))
    return Answer(404, b"no such thing")


def listing(files: list[str], **more: object) -> Answer:
    """An answer of eDEx's form with these files, and with other keys if wanted."""
    return Answer(200, json.dumps({"result_filenames": files, **more}).encode())


def page(status: int, title: str) -> Answer:
    """A page for people, as proxies and crashed services send them."""
    html = f"<!DOCTYPE html>\n<html><head><title>\n  {title}\n</title></head><body><h1>sorry</h1></body></html>\n"
    return Answer(status, html.encode(), (("Content-Type", "text/html"),))


def redirect(status: int, to: str) -> Answer:
    return Answer(status, b"", (("Location", to),))


def raw(head: str, *pieces: bytes) -> Answer:
    """Bytes as they are, after which the connection is closed; the lines of the head may end in LF here."""
    return Answer(raw=[head.replace("\n", "\r\n").encode("latin-1"), *pieces])


def endless(mebibytes: int) -> Answer:
    """A list that does not end, as far as the client can tell; bounded, so that a test does end."""

    def pieces() -> Iterator[bytes]:
        yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"result_filenames": ["'
        piece = b"a" * 2**20
        for _ in range(mebibytes):
            yield piece

    return Answer(raw=pieces())


@contextmanager
def nobody_there() -> Iterator[str]:
    """An address at which connections are refused: the port is taken and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    stand_in: StandIn

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        received = Received(self.command, self.path, dict(self.headers.items()), body)
        stand_in = self.server.stand_in
        stand_in.requests.append(received)
        stand_in.asked.set()
        answer = stand_in.answer_to(received)
        self.close_connection = True
        if answer.reset:
            # Closing with nothing to linger for is a reset to the other side.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif answer.raw is not None:
            for piece in answer.raw:
                self.wfile.write(piece)
        else:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
