"""Servers that engines connect to, started on loopback: PostgreSQL with a password, Spark with Connect, S3."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import engines
from edexql.catalogue.export.postgres import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

PASSWORD = "s3cr3t/%41"


class Cluster:
    """A cluster of PostgreSQL in a folder of its own: its address, with PASSWORD in it."""

    def __init__(self, address: str, control: tuple[str, ...], start: tuple[str, ...]) -> None:
        self.address = address
        self._control = control
        self._start = start

    def stop(self) -> None:
        """End the server as an administrator does who does not wait for anybody."""
        engines.as_owner(*self._control, "-m", "fast", "stop")

    def start(self) -> None:
        engines.as_owner(*self._control, *self._start)


@contextmanager
def postgres(catalogue: Catalogue, vocabulary: Vocabulary) -> Iterator[str]:
    """A cluster of its own with a catalogue in the schema `edexql`; its address, with PASSWORD in it."""
    with cluster() as made:
        load(catalogue, vocabulary, made.address)
        yield made.address


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of PostgreSQL with an empty database."""
    import psycopg

    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    assert programs, "PostgreSQL is needed for this test: apt-get install postgresql"
    bin_folder = os.path.dirname(programs[-1])
    home, port = tempfile.mkdtemp(prefix="pg-", dir="/tmp"), engines.free_port()
    try:
        data, secret = os.path.join(home, "data"), os.path.join(home, "secret")
        with open(secret, "w") as file:
            file.write(PASSWORD)
        if os.getuid() == 0:
            shutil.chown(home, "postgres")
            shutil.chown(secret, "postgres")
        engines.as_owner(
            os.path.join(bin_folder, "initdb"), "-D", data, "-U", "edexql", "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", f"--pwfile={secret}",
        )  # fmt: skip
        control = (os.path.join(bin_folder, "pg_ctl"), "-D", data, "-w")
        options = f"-k {home} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=64MB -c jit=off"
        address = psycopg.conninfo.make_conninfo(
            host="127.0.0.1", port=str(port), user="edexql", dbname="postgres", password=PASSWORD
        )
        made = Cluster(address, control, ("-l", os.path.join(home, "log"), "-o", options, "start"))
        made.start()
        try:
            yield made
        finally:
            engines.as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Spark:
    """A server of Spark Connect in a process of its own, at a port that stays the same."""

    def __init__(self) -> None:
        self.port = engines.free_port()
        self.start()

    def start(self) -> None:
        program = Path(__file__).with_name("spark_server.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self._machine = int(self._process.stdout.readline())

    def wait_for_a_statement(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "busy\n"

    def kill(self) -> None:
        """End the Java machine, which executes the statements too, without a word."""
        with suppress(ProcessLookupError):
            os.kill(self._machine, signal.SIGKILL)
        self._process.kill()
        self._process.communicate()


class Wire:
    """A way to a server on this machine, which can be cut: what goes over it ends, and nothing can come again."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listener.accept()
                other = socket.create_connection(("127.0.0.1", self._target))
                self._open += [one, other]
                for source, target in ((one, other), (other, one)):
                    threading.Thread(target=_forward, args=(source, target), daemon=True).start()

    def cut(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _forward(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def s3(folder: str) -> Iterator[str]:
    """A folder in an object store: its address, and the environment that leads there."""
    from moto.server import ThreadedMotoServer
    from pyarrow import fs

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = {
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": PASSWORD,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = {name: os.environ.get(name) for name in place}
    os.environ.update(place)
    try:
        store = fs.S3FileSystem(endpoint_override=f"{host}:{port}", scheme="http", allow_bucket_creation=True)
        store.create_dir("epop")
        fs.copy_files(folder, "epop/export", destination_filesystem=store)
        yield "s3://epop/export"
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        server.stop()
