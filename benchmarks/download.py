"""Measure the download engine against one curl on loopback, and unpacking against unzip.

    python benchmarks/download.py           # print
    python benchmarks/download.py --write   # print, and put the table into benchmarks/README.md
    python benchmarks/download.py --only zip

Runs with the interpreter of an environment that has edexql[fast]; needs curl and unzip. The service is a process of
its own, and both clients are processes too, asked in turn. The ratio is of curl's whole run to the download alone; what
Python takes to import the engine and requests is shown beside it, because it is the same for any number of files. The
processor time is that of the download, all its threads, by the number of files. Unpacking is timed in processor seconds
of the whole process, without the imports for edexql.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from children import Used
from figures import Row, collected, program, ratio, rounded, row
from measure import Spread, in_turn, ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from figures import Options, Table

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
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
                # The head goes out with the beginning of the body: alone it would be waited for.
                connection.sendall(head.encode(), getattr(socket, "MSG_MORE", 0))
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
imported, used = time.perf_counter(), time.process_time()
wanted = [RemoteFile(url, url.rpartition("/")[2]) for url in sys.argv[2:]]
reports = download(wanted, sys.argv[1], network=Network("edexql/benchmark"), watch=Watch(), stop=threading.Event())
assert all(report.state == "downloaded" for report in reports), reports
end, used = time.perf_counter(), time.process_time() - used
status = open("/proc/self/status").read()
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1000
print(end - imported, end - begin, peak, 1000 * used / len(wanted))
"""
UNPACKING = """
import sys, threading, time
from edexql.client.unpack.execution import unpack
from edexql.client.unpack.model import Watch
from edexql.client.unpack.plan import plan
begin = time.process_time()
done = unpack(plan(sys.argv[1], sys.argv[2]), watch=Watch(), stop=threading.Event())
assert len(done.written) == int(sys.argv[3])
print(time.process_time() - begin)
"""


class Case(NamedTuple):
    """Files of one size, and how slowly the service answers; the most processor time of a file in ms, if it counts."""

    name: str
    count: int
    size: int
    delay: float
    goal: float
    ending: str = ".h5"
    most: float | None = None


CASES = (
    Case("50 x 2 MB", 50, 2_000_000, 0.0, 0.9),
    # Texts have a connection each, at whose end is seen that nothing more comes.
    Case("50 x 2 MB of text", 50, 2_000_000, 0.0, 0.9, ".txt"),
    Case("500 x 20 kB", 500, 20_000, 0.0, 0.25, most=1.5),
    Case("3 x 200 MB", 3, 200_000_000, 0.0, 1.0),
    Case(f"50 x 2 MB, each answer after {SLOW} s", 50, 2_000_000, SLOW, 6.0),
)
# Peak memory of a process that downloads, in MB.
MEMORY = 60
# Files in the zip, bytes of each, and how many times as long as unzip it may take.
MEMBERS, MEMBER_SIZE, UNZIP_GOAL = 50_000, 1000, 2.0
UNPACK_ROUNDS = 3


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
    """Seconds of the downloads, and with the imports; the peak of memory in MB; ms of processor time a file."""

    seconds: float
    whole: float
    peak: float = 0.0
    used: float = 0.0


def curl(urls: list[str], folder: Path) -> Took:
    """What one curl takes for all."""
    begin = time.perf_counter()
    subprocess.run(["curl", "-s", "--fail", "--remote-name-all", *urls], cwd=folder, check=True)
    seconds = time.perf_counter() - begin
    return Took(seconds, seconds)


def engine(urls: list[str], folder: Path) -> Took:
    """What the engine takes."""
    words = [sys.executable, "-c", ENGINE, str(folder), *urls]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return Took(*map(float, done.stdout.split()))


def empty(folder: Path) -> None:
    """Free the space of files, and let them stand.

    ext4 uses the inode of a removed file only a minute or more later, and until then looks at it for every new file.
    """
    for path in folder.iterdir():
        os.truncate(path, 0)


def measured(case: Case, source: Path, target: Path, rounds: int) -> Iterable[Row]:
    names = [f"{number}{case.ending}" for number in range(case.count)]
    for name in names:
        (source / name).write_bytes(HDF5 + os.urandom(case.size - len(HDF5)))
    with serving(source, case.delay) as base:
        urls = [f"{base}/{name}" for name in names]

        def client(run: Callable[[list[str], Path], Took]) -> Took:
            folder = Path(tempfile.mkdtemp(dir=target))
            took = run(urls, folder)
            assert all((folder / name).stat().st_size == case.size for name in names)
            empty(folder)
            os.sync()
            return took

        # The round that is not counted fills the caches.
        found = in_turn({"curl": partial(client, curl), "edexql": partial(client, engine)}, rounds)
    empty(source)
    theirs, ours = ([one.seconds for one in found[name]] for name in ("curl", "edexql"))
    yield ratio(case.name, ours, "curl", theirs, case.goal, least=True)
    yield ratio(f"{case.name}, with imports", [one.whole for one in found["edexql"]], "curl", theirs, least=True)
    used = Spread.of([one.used for one in found["edexql"]])
    yield row(f"{case.name}, processor time a file", used, "ms", case.most)
    peak = max(one.peak for one in found["edexql"])
    yield Row(f"{case.name}, peak memory", rounded(peak), "MB", goal=MEMORY)


def unpacked(folder: Path, rounds: int, members: int) -> Iterable[Row]:
    path, target = folder / "many.zip", folder / "unpacked"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"{number // 1000:03}/{number:05}.dat", os.urandom(MEMBER_SIZE // 2).hex())

    def run(*words: str) -> Used:
        begin = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        seconds = time.perf_counter() - begin
        shutil.rmtree(target)
        os.sync()
        # edexql says what it took without the imports.
        return Used(float(said or usage.ru_utime + usage.ru_stime), seconds)

    commands = {
        "unzip": partial(run, "unzip", "-q", str(path), "-d", str(target)),
        "edexql": partial(run, sys.executable, "-c", UNPACKING, str(path), str(target), str(members)),
    }
    found = in_turn(commands, rounds)
    path.unlink()
    cpu = {name: [one.cpu for one in used] for name, used in found.items()}
    wall = {name: [one.wall for one in used] for name, used in found.items()}
    clock = ratios(wall["edexql"], wall["unzip"]).middle
    yield ratio(f"{members:,} files in one zip", cpu["edexql"], "unzip", cpu["unzip"], UNZIP_GOAL, wall=clock)


def tables(options: Options) -> Iterable[Table]:
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        source, target = Path(place, "source"), Path(place, "target")
        source.mkdir()
        target.mkdir()
        rounds = options.rounds(ROUNDS)
        cases = [measured(case, source, target, rounds) for case in CASES if options.only in case.name]
        if options.only in "zip":
            cases.append(unpacked(target, options.rounds(UNPACK_ROUNDS), MEMBERS // 50 if options.quick else MEMBERS))
        yield collected("", chain.from_iterable(cases))


if __name__ == "__main__":
    program("download", __doc__, tables, ("zlib-ng",))
