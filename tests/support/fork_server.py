"""Processes that start quickly: a server that has imported all of edexql, and forks for each command line.

A forked process has streams, a folder, an environment, signals and an exit code of its own, as one that is started
anew. It lacks only the time in which an interpreter starts and imports. What an environment says to the interpreter
itself comes too late for a fork, so whoever changes that starts a process anew.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POSSIBLE = hasattr(os, "fork") and hasattr(socket, "send_fds")
NUMBER = 8


class ForkServer:
    """The server of one test process; it ends with that process. `program` is the command that its forks stand for."""

    def __init__(self, program: str, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._turn = threading.Lock()
        self._ended = ""
        self._connection, theirs = socket.socketpair()
        with theirs:
            # Pipes, as its forks have them: Python looks at its streams once, when it starts.
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno()), program],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
            )
        atexit.register(self._end)

    def run(
        self, words: Sequence[str], stdin: bytes, cwd: str, environment: Mapping[str, str], patience: float
    ) -> tuple[int, bytes, bytes]:
        """The exit code of a command line (negative for a signal, as in `subprocess`) and what it has written."""
        request = json.dumps([list(words), cwd, dict(environment)]).encode()
        pipes = [os.pipe() for _ in range(3)]
        (their_in, our_in), (our_out, their_out), (our_err, their_err) = pipes
        theirs = [their_in, their_out, their_err]
        with self._turn:
            # A server that has ended is reported where its answer is missing.
            with contextlib.suppress(ConnectionError):
                socket.send_fds(self._connection, [len(request).to_bytes(NUMBER, "big")], theirs)
                self._connection.sendall(request)
            for end in theirs:
                os.close(end)
            process = self._number()
            written: dict[int, bytes] = {}
            readers = [threading.Thread(target=_read, args=(end, written), daemon=True) for end in (our_out, our_err)]
            readers.append(threading.Thread(target=_write, args=(our_in, stdin), daemon=True))
            end = time.monotonic() + patience
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join(max(0, end - time.monotonic()))
            if any(reader.is_alive() for reader in readers):
                os.kill(process, signal.SIGKILL)
                self._number()
                raise subprocess.TimeoutExpired(list(words), patience)
            return self._number(), written[our_out], written[our_err]

    def _number(self) -> int:
        data = _received(self._connection, NUMBER)
        if not data:
            self._ended = self._ended or self._process.communicate()[1].decode()
            raise RuntimeError(f"the server of processes has ended:\n{self._ended}")
        return int.from_bytes(data, "big", signed=True)

    def _end(self) -> None:
        self._connection.close()
        if not self._ended:
            self._process.communicate()


def _read(end: int, written: dict[int, bytes]) -> None:
    with open(end, "rb") as stream:
        written[end] = stream.read()


def _write(end: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), open(end, "wb", buffering=0) as stream:
        view = memoryview(data)
        while view:
            view = view[stream.write(view) :]


def _received(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or none where the other end is closed."""
    data = b""
    while len(data) < size:
        try:
            piece = connection.recv(size - len(data))
        except ConnectionResetError:
            return b""
        if not piece:
            return b""
        data += piece
    return data


def serve(connection: socket.socket, program: str) -> None:
    """Answer requests: fork for each, send the number of the process, then its exit code."""
    import edexql

    # A program has its own folder at the head of its path.
    sys.path[0] = os.path.dirname(program)
    for module in pkgutil.walk_packages(edexql.__path__, "edexql."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    while True:
        header, streams, _, _ = socket.recv_fds(connection, NUMBER, 3)
        if not header:
            return
        words, cwd, environment = json.loads(_received(connection, int.from_bytes(header, "big")))
        process = os.fork()
        if process == 0:
            connection.close()
            _become([program, *words], streams, cwd, environment)
        for stream in streams:
            os.close(stream)
        connection.sendall(process.to_bytes(NUMBER, "big"))
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        connection.sendall(code.to_bytes(NUMBER, "big", signed=True))


def _become(argv: list[str], streams: list[int], cwd: str, environment: dict[str, str]) -> None:
    """Be the program, and end as an interpreter ends, without taking its modules apart."""
    code: object = 1
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        sys.argv = argv

        from edexql.cli import main

        code = main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  (the interpreter shows all of them)
        sys.excepthook(*sys.exc_info())
    if not isinstance(code, int):
        if code is not None:
            print(code, file=sys.stderr)
        code = 0 if code is None else 1
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  (nobody is left to take them)
        # What Python itself ends with when it cannot write the last of its output.
        code = code or 120
    os._exit(code & 0xFF)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _connection:
        serve(_connection, sys.argv[2])
