"""Catalogues that are damaged, cut off or not to be written to: an error that says so, or the state of before."""

from __future__ import annotations

import ast
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogues import NEW, OLD, answers, named_files, segment_files, state, take, texts, tree
from commands import PATIENCE, Finished, environment, run
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMANDS = (
    ("fetch", "--local", "-e", "date 2016; kp >= 3; latitude > 10; rri has-data; qd-latitude > 5"),
    ("influence", "-e", "date 2016; kp >= 3; latitude > 10; rri has-data; qd-latitude > 5"),
    ("why", OLD, "-e", "date 2016; kp >= 3; latitude > 10; rri has-data; qd-latitude > 5"),
    ("timeline", "-e", "date 2016; kp >= 3; latitude > 10; rri has-data; qd-latitude > 5"),
    ("catalogue", "info"),
)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of a tree and of every kind of text; not to be changed."""
    folder = tmp_path_factory.mktemp("once")
    take(folder / "catalogue", tree(folder / "tree"), *texts(folder / "texts"))
    return folder


@pytest.fixture
def folder(read_once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(read_once / "catalogue", tmp_path / "catalogue")
    return tmp_path / "catalogue"


# Damage


def database(folder: Path) -> Path:
    return folder / "catalogue.sqlite"


def manifest(folder: Path) -> Path:
    return folder / "manifest"


def every_segment(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def damaged(folder: Path) -> None:
        for name in segment_files(folder):
            change(folder / "segments" / name)

    return damaged


def execute(statement: str) -> Callable[[Path], None]:
    def damaged(folder: Path) -> None:
        with closing(sqlite3.connect(database(folder), isolation_level=None)) as connection:
            connection.executescript(statement)

    return damaged


def cut(path: Path, part: float) -> None:
    os.truncate(path, int(path.stat().st_size * part))


def scribble(path: Path, start: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * max(0, path.stat().st_size - start))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "segments of no bytes": every_segment(lambda path: path.write_bytes(b"")),
    "segments cut in the header": every_segment(lambda path: os.truncate(path, 20)),
    "segments cut in the arrays": every_segment(lambda path: cut(path, 0.5)),
    "segments scribbled over": every_segment(lambda path: scribble(path, 0)),
    "segments missing": every_segment(os.remove),
    "segments that are folders": every_segment(lambda path: (path.unlink(), path.mkdir())),
    "no folder of segments": lambda folder: shutil.rmtree(folder / "segments"),
    "a manifest of no bytes": lambda folder: manifest(folder).write_bytes(b""),
    "a manifest cut": lambda folder: cut(manifest(folder), 0.4),
    "a manifest scribbled over": lambda folder: scribble(manifest(folder), 300),
    "no manifest": lambda folder: manifest(folder).unlink(),
    "a manifest that is a folder": lambda folder: (manifest(folder).unlink(), manifest(folder).mkdir()),
}
# Of the database, which no query reads.
DAMAGES_OF_ROWS: dict[str, Callable[[Path], object]] = {
    "no database": lambda folder: database(folder).unlink(),
    "a database of no bytes": lambda folder: database(folder).write_bytes(b""),
    "a database that is none": lambda folder: database(folder).write_bytes(b"not a database at all\n" * 500),
    "a database cut": lambda folder: cut(database(folder), 0.4),
    "a database scribbled over": lambda folder: scribble(database(folder), 4096),
    "another format": execute("PRAGMA user_version=4"),
    "the format of before": execute("PRAGMA user_version=1"),
    "tables missing": execute("DROP TABLE segment; DROP TABLE file; DROP TABLE retired;"),
    "a row missing": execute("DELETE FROM file WHERE id = 1"),
    "an index missing": execute("DROP INDEX file_by_stem"),
    "an older state": execute("UPDATE change SET number = number - 1"),
}


# Each damage with a command, and each command with a damage: all of them open a catalogue in one way.
PAIRS = [
    *((damage, COMMANDS[number % len(COMMANDS)]) for number, damage in enumerate(DAMAGES)),
    *(("segments scribbled over", command) for command in COMMANDS),
]


@pytest.mark.parametrize(("damage", "command"), PAIRS, ids=lambda one: one if isinstance(one, str) else one[0])
def test_a_damaged_catalogue_is_an_error_that_says_so(folder: Path, damage: str, command: tuple[str, ...]) -> None:
    DAMAGES[damage](folder)
    done = run(*command, "--catalogue", folder)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("edexql: ")
    assert str(folder) in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("damage", DAMAGES_OF_ROWS)
def test_a_damaged_database_changes_no_answer(folder: Path, read_once: Path, damage: str) -> None:
    DAMAGES_OF_ROWS[damage](folder)
    assert answers(folder) == answers(read_once / "catalogue")


@pytest.mark.parametrize("damage", [*DAMAGES, *DAMAGES_OF_ROWS])
def test_a_damaged_catalogue_is_not_added_to(folder: Path, damage: str, tmp_path: Path) -> None:
    (DAMAGES | DAMAGES_OF_ROWS)[damage](folder)
    (ephemeris, *_) = texts(tmp_path / "more", ephemeris=60)
    with pytest.raises(CatalogueError) as caught:
        take(folder, ephemeris)
    assert str(folder) in str(caught.value)


def test_a_damaged_catalogue_is_not_added_to_by_the_command(folder: Path, tmp_path: Path) -> None:
    scribble(database(folder), 8192)
    (ephemeris, *_) = texts(tmp_path / "more", ephemeris=60)
    done = run("catalogue", "ingest", "-q", "--catalogue", folder, ephemeris)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("edexql: ")
    assert str(folder) in done.err


def test_a_new_catalogue_in_a_folder_that_has_other_things_leaves_them_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "segments" / "thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work", encoding="utf-8")
    take(tmp_path / "mine", tree(tmp_path / "tree"))
    assert mine.read_text(encoding="utf-8") == "years of work"


# A folder that cannot be written to


def as_somebody_else(folder: Path) -> list[object]:
    """What a process that may not write to a catalogue gets from it."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        try:
            return answers(folder)
        finally:
            folder.chmod(0o755)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(writing, repr(answers(folder)).encode())
        except BaseException as error:  # noqa: BLE001
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        text = told.read()
    os.waitpid(child, 0)
    assert text.startswith("["), text
    return ast.literal_eval(text)


@pytest.fixture
def open_to_all(read_once: Path) -> Iterator[Path]:
    """A copy of the catalogue where other users can read it; nobody has had it open."""
    answers(read_once / "catalogue")  # whatever is imported late is there now
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        shutil.copytree(read_once / "catalogue", Path(made) / "catalogue")
        yield Path(made) / "catalogue"


def test_a_catalogue_can_be_read_where_it_cannot_be_written(open_to_all: Path) -> None:
    found = as_somebody_else(open_to_all)
    assert sorted(os.listdir(open_to_all)) == ["catalogue.sqlite", "manifest", "segments"]
    assert found == answers(open_to_all)


def test_one_who_cannot_write_sees_what_another_has_just_changed(open_to_all: Path, tmp_path: Path) -> None:
    with open_catalogue(str(open_to_all)):
        take(open_to_all, tree(tmp_path / "more", [f"RRI/{NEW}"]))
        assert as_somebody_else(open_to_all) == answers(open_to_all)


def test_queries_read_no_row_and_hold_nobody_up(folder: Path, read_once: Path) -> None:
    with closing(sqlite3.connect(database(folder), isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert answers(folder) == answers(read_once / "catalogue")
        for words in (("info",), ("files",), ("sources",), ("faults",), ("unrecognised",)):
            assert run("catalogue", *words, "--catalogue", folder).code == 0
    assert sorted(os.listdir(folder)) == ["catalogue.sqlite", "manifest", "segments"]


# Being killed

# Runs a command, and kills itself at a step: before each statement, and before and after each file is put on the disk
# or removed. With 0 it tells how many steps there are.
KILLER = """
import os, signal, sqlite3, sys
left = int(sys.argv[1])
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def stepping(function):
    def run(*given):
        step()
        function(*given)
        step()
    return run
class Connection(sqlite3.Connection):
    def execute(self, *given):
        step()
        return super().execute(*given)
connect = sqlite3.connect
sqlite3.connect = lambda *given, **named: connect(*given, factory=Connection, **named)
os.fsync, os.remove, os.replace = stepping(os.fsync), stepping(os.remove), stepping(os.replace)
from edexql.cli import main
code = main(sys.argv[2:])
print(-left)
sys.exit(code)
"""


class Change:
    """A change of a catalogue that is made, cut off and made again: the state of before it and of after it."""

    def __init__(self, read_once: Path, folder: Path) -> None:
        self.made = read_once / "catalogue"
        self.folder = folder
        self.paths = [
            str(tree(folder / "more", [f"RRI/{NEW}", "RRI/new.pdf"])),
            *texts(folder / "texts", ephemeris=9000),
        ]
        self.old = self.state_of(self.made)
        begun = time.monotonic()
        self.steps = int(self.run(folder / "whole", KILLER, "0").out)
        self.length = time.monotonic() - begun
        self.new = self.state_of(folder / "whole")
        assert self.old != self.new

    def state_of(self, folder: Path) -> tuple[object, object]:
        return state(folder), answers(folder)

    def run(self, folder: Path, program: str, *words: str, patience: float = PATIENCE) -> Finished:
        """Make the change on a copy of the catalogue, for so long at the most."""
        shutil.copytree(self.made, folder)
        command = [sys.executable, "-c", program, *words, "catalogue", "ingest", "-q", "--catalogue", str(folder)]
        process = subprocess.Popen([*command, *self.paths], env=environment(), stdout=subprocess.PIPE, text=True)
        try:
            out, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        return Finished(process.returncode, out, "")

    def check(self, name: str, *words: str, patience: float = PATIENCE) -> int:
        """Cut off, it is there as a whole or not at all, and can be made again; its exit code."""
        folder = self.folder / name
        done = self.run(folder, KILLER, *words, patience=patience)
        rows, answers = self.state_of(folder)
        assert rows in (self.old[0], self.new[0]), name
        # The rows are new a moment before the answers are.
        assert answers == self.old[1] or (rows, answers) == self.new, name
        assert done.code != 0 or answers == self.new[1], name
        take(folder, *self.paths)
        assert self.state_of(folder) == self.new, name
        assert segment_files(folder) == named_files(folder), name
        shutil.rmtree(folder)
        return done.code


def test_a_change_that_is_killed_is_whole_or_has_not_been(read_once: Path, tmp_path: Path) -> None:
    change = Change(read_once, tmp_path)
    assert change.steps > 50
    for step in (change.steps // 2, change.steps - 3):
        assert change.check(f"step {step}", str(step)) == -signal.SIGKILL
    change.check("delay", "0", patience=change.length * 0.8)


@pytest.mark.slow
def test_a_change_that_is_killed_at_any_time_is_whole_or_has_not_been(read_once: Path, tmp_path: Path) -> None:
    change = Change(read_once, tmp_path)
    rng = random.Random(1)
    # At steps here and there, and at each of the last, where it becomes true.
    steps = {*rng.sample(range(1, change.steps), 20), *range(change.steps - 20, change.steps + 1)}
    for step in sorted(steps):
        assert change.check(f"step {step}", str(step)) == -signal.SIGKILL
    for number in range(25):
        change.check(f"delay {number}", "0", patience=change.length * rng.uniform(0.3, 1.0))
