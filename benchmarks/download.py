"""Measure the download engine against one curl on loopback, and the memory that it takes.

    python benchmarks/download.py [--folder DIR]

Runs with the interpreter of an environment that has edexql; needs curl. The service is a process of its own, and
both clients are processes too, asked in turn. The ratio is of curl's whole run to the download alone; what Python
takes to import the engine and requests is shown beside it, because it is the same for any number of files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 15
# Seconds before each answer of the slow service.
SLOW = 0.25
HDF5 = b"\x89HDF\r\n\x1a\n"

SERVICE = """
import os, socket, sys, threading, time
folder, delay = sys.argv[1], float(sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0), backlog=128)
print(listener.getsockname()[1], flush=True)
def serve(connection):
    with connection, connection.makefile("rb") as stream:
        while line := stream.readline():
            close = False
            while text := stream.readline().strip():
                close = close or text.lower() == b"connection: close"
            time.sleep(delay)
            path = os.path.join(folder, os.path.basename(line.split()[1].decode()))
            if not os.path.exists(path):
                # A file of sums beside the others.
                connection.sendall(b"HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n")
                continue
            with open(path, "rb") as file:
                length = os.fstat(file.fileno()).st_size
                head = f"HTTP/1.1 200 OK\\r\\nETag: \\"v\\"\\r\\nContent-Length: {length}\\r\\n\\r\\n"
                connection.sendall(head.encode())
                connection.sendfile(file)
            if close:
                break
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""
ENGINE = """
import sys, threading, time
begin = time.perf_counter()
from edexql.client.download.batch import download
from edexql.client.settings.declarations import Network
from edexql.client.download.model import RemoteFile
from edexql.client.download.model import Watch
import edexql.client.download.connection
imported = time.perf_counter()
wanted = [RemoteFile(url, url.rpartition("/")[2]) for url in sys.argv[2:]]
reports = download(wanted, sys.argv[1], network=Network("edexql/benchmark"), watch=Watch(), stop=threading.Event())
assert all(report.state == "downloaded" for report in reports), reports
status = open("/proc/self/status").read()
end = time.perf_counter()
print(end - imported, end - begin, int(status.partition("VmHWM:")[2].split()[0]) / 1000)
"""


class Case(NamedTuple):
    """Files of one size, and how slowly the service answers."""

    name: str
    count: int
    size: int
    delay: float
    goal: float
    ending: str = ".h5"


CASES = (
    Case("50 x 2 MB", 50, 2_000_000, 0.0, 0.7),
    # Texts have a connection each, at whose end is seen that nothing more comes.
    Case("50 x 2 MB of text", 50, 2_000_000, 0.0, 0.7, ".txt"),
    Case("3 x 200 MB", 3, 200_000_000, 0.0, 0.7),
    Case(f"50 x 2 MB, each answer after {SLOW} s", 50, 2_000_000, SLOW, 4.0),
)


@contextmanager
def serving(folder: Path, delay: float) -> Iterator[str]:
    """The address of a service in a process of its own."""
    words = [sys.executable, "-c", SERVICE, str(folder), str(delay)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


class Took(NamedTuple):
    """Seconds of the downloads, and with the imports; the peak of memory in MB."""

    seconds: float
    whole: float
    peak: float


def curl(urls: list[str], folder: Path) -> Took:
    """What one curl takes for all."""
    begin = time.perf_counter()
    subprocess.run(["curl", "-s", "--fail", "--remote-name-all", *urls], cwd=folder, check=True)
    seconds = time.perf_counter() - begin
    return Took(seconds, seconds, 0.0)


def engine(urls: list[str], folder: Path) -> Took:
    """What the engine takes."""
    words = [sys.executable, "-c", ENGINE, str(folder), *urls]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return Took(*map(float, done.stdout.split()))


def measured(case: Case, source: Path, target: Path) -> str:
    """A row of the table."""
    names = [f"{number}{case.ending}" for number in range(case.count)]
    for name in names:
        (source / name).write_bytes(HDF5 + os.urandom(case.size - len(HDF5)))
    found: dict[str, list[Took]] = {"curl": [], "engine": []}
    with serving(source, case.delay) as base:
        urls = [f"{base}/{name}" for name in names]
        for _ in range(ROUNDS + 1):
            for client in (curl, engine):
                folder = target / client.__name__
                folder.mkdir()
                found[client.__name__].append(client(urls, folder))
                assert all((folder / name).stat().st_size == case.size for name in names)
                shutil.rmtree(folder)
                os.sync()
    for name in names:
        (source / name).unlink()
    # The first round fills the caches.
    pairs = list(zip(found["curl"], found["engine"], strict=True))[1:]
    ratio = median(theirs.seconds / ours.seconds for theirs, ours in pairs)
    shown = [
        f"{median(value):.2f} s" for value in zip(*[(a.seconds, b.seconds, b.whole) for a, b in pairs], strict=True)
    ]
    met = "yes" if ratio >= case.goal else "**no**"
    peak = max(ours.peak for _, ours in pairs)
    return f"| {case.name} | {' | '.join(shown)} | {ratio:.2f} x | >= {case.goal} x | {met} | {peak:.0f} MB |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", help="where files are put meanwhile (about 1.5 GB)")
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as place:
        source, target = Path(place, "source"), Path(place, "target")
        source.mkdir()
        target.mkdir()
        print("| files | curl | edexql | with imports | curl / edexql | goal | met | peak memory |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for case in CASES:
            print(measured(case, source, target), flush=True)


if __name__ == "__main__":
    main()
