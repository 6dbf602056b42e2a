"""Running `edexql` as people do: as a program, its streams and exit code looked at from outside."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from typing import NamedTuple

import pytest

import fork_server

BIN = os.path.dirname(sys.executable)
EDEXQL = shutil.which("edexql", path=BIN + os.pathsep + os.environ.get("PATH", "")) or "edexql"
# Far more than anything here takes: what hangs is to fail, not to stop the run.
PATIENCE = 120

_UNWANTED = {
    "no_color",
    "columns",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "pythonutf8",
    "pythonioencoding",
    "pythoncoerceclocale",
    "lang",
    "language",
    "_argcomplete",
}


class Finished(NamedTuple):
    code: int
    out: str
    err: str


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of a person with a UTF-8 terminal, whatever that of the test run is."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in _UNWANTED and not name.startswith("LC_")
    }
    kept |= {"PATH": BIN + os.pathsep + os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return kept


def run(
    *words: str | bytes | os.PathLike[str],
    stdin: str | bytes = b"",
    cwd: str | os.PathLike[str] | None = None,
    **changes: str | None,
) -> Finished:
    """Run `edexql WORDS` with pipes for its streams. A traceback fails the test, whatever the test is about.

    The process is a fork of one that has imported edexql. What is about the start of a process uses `run_anew`.
    """
    wanted = environment(**changes)
    if not fork_server.POSSIBLE or _for_the_interpreter(wanted) != _for_the_interpreter(_forks().environment):
        return run_anew(*words, stdin=stdin, cwd=cwd, **changes)
    given = stdin.encode() if isinstance(stdin, str) else stdin
    decoded = [os.fsdecode(word) for word in words]
    code, out, err = _forks().run(decoded, given, os.path.abspath(cwd or "."), wanted, PATIENCE)
    return _finished(words, code, out, err)


def run_anew(
    *words: str | bytes | os.PathLike[str],
    stdin: str | bytes = b"",
    cwd: str | os.PathLike[str] | None = None,
    **changes: str | None,
) -> Finished:
    """Run `edexql WORDS` in the same way, in an interpreter that is started for it."""
    return run_program(EDEXQL, *words, stdin=stdin, cwd=cwd, **changes)


@lru_cache(maxsize=1)
def _forks() -> fork_server.ForkServer:
    return fork_server.ForkServer(EDEXQL, environment())


def _for_the_interpreter(variables: dict[str, str]) -> dict[str, str]:
    """What Python itself reads, once, when it starts."""
    return {name: value for name, value in variables.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


def run_program(
    *words: str | bytes | os.PathLike[str],
    stdin: str | bytes = b"",
    cwd: str | os.PathLike[str] | None = None,
    **changes: str | None,
) -> Finished:
    """Run any program in the same way."""
    done = subprocess.run(
        list(words),
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**changes),
        timeout=PATIENCE,
        check=False,
    )
    return _finished(words, done.returncode, done.stdout, done.stderr)


def _finished(words: tuple[object, ...], code: int, out: bytes, err: bytes) -> Finished:
    said = err.decode("utf-8", "backslashreplace")
    assert "Traceback (most recent call last)" not in said, f"{words} ended in a traceback:\n{said}"
    return Finished(code, out.decode("utf-8", "backslashreplace"), said)


def run_shell(
    command: str, *, cwd: str | os.PathLike[str] | None = None, shell: str = "bash", **changes: str | None
) -> Finished:
    """Run a command line in a real shell, in which `edexql` is the one under test."""
    found = shutil.which(shell)
    assert found, f"{shell} is needed for this test: install it (apt-get install {shell})"
    return run_program(found, "-c", command, cwd=cwd, **changes)


def run_on_terminal(*words: str, streams: tuple[str, ...] = ("stdout", "stderr"), **changes: str | None) -> Finished:
    """Run `edexql WORDS` with the named streams on a pseudo-terminal of its own each, the others on pipes."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours: dict[str, int] = {}
    theirs: dict[str, int] = {}
    for name in streams:
        ours[name], theirs[name] = pty.openpty()
    process = subprocess.Popen(
        [EDEXQL, *words],
        stdin=subprocess.DEVNULL,
        env=environment(**changes),
        **{name: theirs.get(name, subprocess.PIPE) for name in ("stdout", "stderr")},
    )
    for end in theirs.values():
        os.close(end)
    pipes = {name: getattr(process, name).fileno() for name in ("stdout", "stderr") if name not in ours}
    written = {name: _everything(end) for name, end in (ours | pipes).items()}
    code = process.wait(timeout=PATIENCE)
    for end in ours.values():
        os.close(end)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return Finished(code, written["stdout"], written["stderr"])


def _everything(end: int) -> str:
    read = b""
    while True:
        try:
            piece = os.read(end, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            # How a pseudo-terminal says that its other end is closed.
            piece = b""
        if not piece:
            break
        read += piece
    return read.decode().replace("\r\n", "\n")


def repl(text, *words, **changes):
    return run("repl", *words, stdin=text, **changes)
