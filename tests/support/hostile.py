"""A service on a loopback socket that misbehaves byte by byte: each connection is played as a test has written it.

A script is a list of steps, played after a request has been read: bytes are sent as they are, a number is a wait
in seconds, and CLOSE, RESET and HANG end it. A connection that is not ended is used again for the next request, unless
the client asked for it to be closed.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
from email.utils import formatdate
from typing import TYPE_CHECKING, NamedTuple

from commands import environment
from edexql.client.download.batch import download
from edexql.client.download.model import RemoteFile, Watch
from edexql.client.settings.declarations import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from edexql.client.download.model import Report

CLOSE, RESET, HANG = object(), object(), object()
# As long as a script may hang for, in seconds: far more than any test waits.
PATIENCE = 30.0
PAST = 1556722800.0
_PIECE = 65536
_NEIGHBOUR = re.compile(r"/SHA256SUMS$|\.(?:sha256|md5)$")

# What the first pause before another attempt is drawn up to, in seconds.
PAUSE = 0.01
# So patient that no answer of a test comes too late, however busy the machine is.
POLICY = Network("edexql/0 (+https://example.org)", connect=20, read=20, window=20, tries=3, seconds=60)
# With no limit but those that a test is about.
CALM = Network("edexql/0", connect=60, read=60, window=60, tries=3, seconds=60)
HURRIED = Network("edexql/0", connect=0.2, read=0.2, lowest_speed=1000, window=0.2, tries=2, seconds=5)


def tls(certificate: Path) -> ssl.SSLContext:
    """What a server with the certificate of the tests needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


class Asked(NamedTuple):
    """A request as it came in, its header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def start(self) -> int:
        """The first byte of the range that is asked for; 0 for the whole."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        return int(found[1]) if found else 0


class Hostile:
    """A running service. `play` gives the script for a request; `sent` counts the bytes of bodies."""

    def __init__(
        self,
        play: Callable[[Asked], Iterable[Any]] | Iterable[Any],
        tls: ssl.SSLContext | None = None,
        *,
        neighbours: bool = False,
    ) -> None:
        # Whether files of sums beside a file are played too; elsewhere there are none, and nobody counts the question.
        self.neighbours = neighbours
        self.asked: list[Asked] = []
        self.sent = 0
        # The most requests that waited at once for the first byte of an answer.
        self.most_waiting = 0
        self._waiting: set[socket.socket] = set()
        self._play = play if callable(play) else lambda asked: play
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Hostile:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with self._lock:
            connections = [self._listener, *self._open]
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        if self.tls:
            try:
                connection = self.tls.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as stream:
            while (asked := _read(stream)) is not None:
                if not self.neighbours and _NEIGHBOUR.search(asked.path):
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    break
                with self._lock:
                    self.asked.append(asked)
                    self._waiting.add(connection)
                    self.most_waiting = max(self.most_waiting, len(self._waiting))
                try:
                    if not self._played(connection, asked):
                        break
                finally:
                    self._answers(connection)
        with self._lock:
            self._open.discard(connection)

    def _played(self, connection: socket.socket, asked: Asked) -> bool:
        """Whether the connection may be used again."""
        for step in self._play(asked):
            if step is CLOSE:
                return False
            if step is RESET:
                # Closing with nothing to linger for is a reset to the other side.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if step is HANG:
                self._over.wait(PATIENCE)
                return False
            if isinstance(step, (int, float)):
                self._over.wait(step)
            else:
                self._send(connection, step)
        return asked.headers.get("connection") != "close"

    def _answers(self, connection: socket.socket) -> None:
        with self._lock:
            self._waiting.discard(connection)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        self._answers(connection)
        body = not data.startswith(b"HTTP/")
        view = memoryview(data)
        while view and not self._over.is_set():
            sent = connection.send(view[:_PIECE])
            view = view[sent:]
            if body:
                with self._lock:
                    self.sent += sent


def _read(stream: Any) -> Asked | None:
    line = stream.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while (text := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(line[0], line[1], headers, stream.read(int(headers.get("content-length", 0))))


def head(status: str = "200 OK", **headers: object) -> bytes:
    """The head of an answer; `_` in a name stands for a hyphen, and None leaves a header out."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def dated(**changes: object) -> dict[str, object]:
    """The headers by which a file says which version it is: those of Apache."""
    return {
        "Date": formatdate(PAST + 86400, usegmt=True),
        "Last_Modified": formatdate(PAST, usegmt=True),
        "ETag": '"v1"',
        **changes,
    }


def whole(data: bytes, **headers: object) -> list[bytes]:
    """The script that sends a file as it should be sent."""
    return [head(**{"Content_Length": len(data), **dated(), **headers}), data]


def ranged(data: bytes, asked: Asked, **headers: object) -> list[bytes]:
    """The script that sends what is asked for of a file, as RFC 9110 has it."""
    told = {**dated(), **headers}
    versions = {str(told.get("ETag")), str(told.get("Last_Modified"))}
    start = asked.start
    if "range" not in asked.headers or asked.headers.get("if-range", str(told.get("ETag"))) not in versions:
        return whole(data, **headers)
    if start >= len(data):
        return [head("416 Range Not Satisfiable", Content_Range=f"bytes */{len(data)}", Content_Length=0)]
    span = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return [head("206 Partial Content", Content_Range=span, Content_Length=len(data) - start, **told), data[start:]]


def in_turn(*scripts: Any) -> Callable[[Asked], Iterable[Any]]:
    """For the first request the first script, and so on; the last for all that follow. A function is asked for one."""
    left = list(scripts)
    lock = threading.Lock()

    def play(asked: Asked) -> Iterable[Any]:
        with lock:
            script = left.pop(0) if len(left) > 1 else left[0]
        return script(asked) if callable(script) else script

    return play


def by_path(files: Mapping[str, bytes]) -> Callable[[Asked], Iterable[Any]]:
    """A service that has some files, and behaves."""

    def play(asked: Asked) -> Iterable[Any]:
        name = asked.path.lstrip("/")
        return ranged(files[name], asked, ETag=f'"{name}"') if name in files else page("404 Not Found", "nothing here")

    return play


def page(status: str, title: str, **headers: object) -> list[bytes]:
    """A page for people."""
    body = f"<!DOCTYPE html>\n<html><head><title>\n {title}\n</title></head><body>sorry</body></html>\n".encode()
    return [head(status, **{"Content_Type": "text/html", "Content_Length": len(body), **headers}), body]


def chunks(data: bytes, size: int = 1000) -> list[bytes]:
    """A body in chunks, without the last."""
    return [b"%x\r\n%s\r\n" % (len(part), part) for part in (data[i : i + size] for i in range(0, len(data), size))]


# The client


class Heard(Watch):
    """A listener that remembers."""

    def __init__(self) -> None:
        self.bytes: dict[str, int] = {}
        self.sizes: dict[str, int | None] = {}
        self.waits: list[tuple[str, float, str]] = []
        self.reports: list[Report] = []
        self.moving = threading.Event()

    def begun(self, name: str, size: int | None, have: int) -> None:
        self.sizes[name], self.bytes[name] = size, have

    def moved(self, name: str, count: int) -> None:
        self.bytes[name] += count
        self.moving.set()

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        self.waits.append((name, seconds, reason))

    def ended(self, report: Report) -> None:
        self.reports.append(report)


def report_of(
    url: str,
    name: str,
    folder: Path,
    *,
    network: Network = POLICY,
    watch: Watch | None = None,
    stop: threading.Event | None = None,
    existing: Any = "keep",
    first_pause: float = PAUSE,
    **changes: Any,
) -> Report:
    """Download one file."""
    (report,) = download(
        [RemoteFile(url, name, **changes)],
        str(folder),
        network=network,
        watch=watch or Watch(),
        stop=stop or threading.Event(),
        existing=existing,
        first_pause=first_pause,
    )
    return report


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    """A process of its own that can `get(url, name, folder)`."""
    before = "import sys; from hostile import report_of as get"
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{code}", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(PYTHONPATH=":".join(filter(None, sys.path))),
    )
