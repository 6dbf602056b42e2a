"""What the REPL remembers on disk: nothing that was kept is lost, and nothing that goes wrong stops it."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commands import PATIENCE, environment
from edexql.repl.state import database, in_memory, locks, open_state
from edexql.repl.state.database import damaged_from
from edexql.repl.state.rows import SUGGESTION, is_private

FILE = "state.sqlite"


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "state")


# The history

TEXTS = st.one_of(
    st.sampled_from(
        ["kp", "kp > 5", "kp > 55", "KP >= 5", "date 2016\nkp > 5", "straße", "STRASSE", " kp", "kp\0x", "k"]
    ),
    st.text(st.characters(exclude_categories=()), max_size=6),
    st.sampled_from(
        ["email me@x.ca", "kp > 5; EMAIL me@x.ca", "# email me", "email-x", "\udc80", "\U0010ffff\U0010ffff"]
    ),
)
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["remember"] * 8 + ["clear", "reopen", "newest", "search", "suggestion", "suggestion", "many"]),
        TEXTS,
        st.integers(0, 5),
    ),
    max_size=40,
)


def kept(texts):
    return [text for text in texts if not is_private(text)]


def entered(model, texts):
    """The oracle: a list, the newest first, of each text once."""
    for text in kept(texts):
        model = [text, *(other for other in model if other != text)]
    return model


@given(OPERATIONS)
def test_the_history_is_a_list_of_what_was_entered(operations):
    with tempfile.TemporaryDirectory() as folder:
        state, model = open_state(folder), []
        for operation, text, count in operations:
            if operation == "remember":
                state.remember(text)
                model = entered(model, [text])
            elif operation == "many":
                texts = [f"{text}{n}" for n in range(count * 300)]
                state.remember_all(texts)
                model = entered([], texts)[: len(texts)] + [old for old in model if old not in texts]
            elif operation == "clear":
                state.clear()
                model = []
            elif operation == "reopen":
                state.close()
                state = open_state(folder)
            elif operation == "newest":
                assert state.newest(count) == model[:count]
            elif operation == "search":
                words = text.split()
                found = [one for one in model if all(word.casefold() in one.casefold() for word in words)]
                assert state.search(words, count) == found[:count]
            else:
                found = [one for one in model if one.startswith(text) and one != text]
                assert state.suggestion(text) == next(iter(found), None)
        assert state.newest(10**30) == model
        assert state.search([], 10**6) == model
        assert state.trouble is None
        state.close()


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("email me@x.ca", True),
        ("date 2016; Email me@x.ca", True),
        ("date 2016\nemail me@x.ca # the address", True),
        (" date 2016", True),
        ("\tdate 2016", True),
        ("", True),
        ("# email me@x.ca", False),
        ('experiment "email" > "x"', False),
        ("email-list: kp > 5", False),
        ("emails", False),
        ("date 2016", False),
    ],
)
def test_addresses_and_what_begins_with_a_blank_are_not_kept(folder, text, private):
    with open_state(folder) as state:
        state.remember(text)
        assert state.newest(5) == ([] if private else [text])


def test_what_is_forgotten_is_gone_from_the_disk(folder):
    with open_state(folder) as state:
        for text in ("kp > 5", "secretsecret", "kp > 6"):
            state.remember(text)
        state.clear()
        assert state.newest(5) == []
        assert not [path for path in Path(folder).iterdir() if b"secretsecret" in path.read_bytes()]


def test_a_suggestion_among_a_hundred_thousand_texts_is_searched_by_the_index(folder):
    texts = [f"{'product' if n < 50_000 else 'date'} x-{n}" for n in range(100_000)]
    with open_state(folder) as state:
        state.remember_all(texts)
        assert state.newest(2) == [texts[-1], texts[-2]]
        assert state.suggestion("p") == texts[49_999]
        assert state.suggestion("product x-1") == "product x-19999"
        assert state.suggestion("date x-99999") is None
        assert state.search(["X-77", "DATE"], 3) == ["date x-77999", "date x-77998", "date x-77997"]
        assert state.search(["x-0"], 10) == ["product x-0"]
        plan = [row[-1] for row in state._connection.execute(f"EXPLAIN QUERY PLAN {SUGGESTION}", (b"a", b"b"))]
    assert any("entry_by_era (era=? AND text>? AND text<?)" in step for step in plan)
    assert not [step for step in plan if "SCAN entry" in step or "TEMP B-TREE" in step]


# Settings


@settings(max_examples=settings.default.max_examples)
@given(st.dictionaries(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=()))))
def test_settings_come_back(values):
    with tempfile.TemporaryDirectory() as folder:
        with open_state(folder) as state:
            for name, value in values.items():
                state.set(name, "another")
                state.set(name, value)
        with open_state(folder) as state:
            assert {name: state.setting(name) for name in values} == values
            assert state.setting("\0never set") is None


# Sessions

STACKS = st.lists(st.sampled_from(["", "a", "b", "c", "\udc80"]), max_size=6)
HELD = st.tuples(
    st.sampled_from(["x", "kp > 5\nkp < 7", "\0"]), STACKS, STACKS, st.sampled_from([None, "/a", "\udcff"])
)


def as_held(recovered):
    return recovered.text, list(recovered.undo), list(recovered.redo), recovered.path


@settings(max_examples=settings.default.max_examples)
@given(st.lists(st.one_of(HELD, st.just("crash")), max_size=12))
@example([("x", ["a", "b", "a"], [], None), ("x", ["b", "a", "c"], ["a"], None), "crash", ("x", ["c"], [], "/a")])
def test_what_was_held_last_is_recovered(steps):
    with tempfile.TemporaryDirectory() as folder:
        state, last = open_state(folder), None
        state.begin()
        for step in [*steps, "crash"]:
            if step == "crash":
                state.close()
                state = open_state(folder)
                found = state.begin()
                assert (found and as_held(found)) == last
            else:
                state.hold(*step)
                last = step
        assert state.trouble is None
        state.end()
        state.close()
        with open_state(folder) as after:
            assert after.begin() is None


def test_a_thousand_changes_can_be_held_and_the_oldest_dropped(folder):
    undo = [f"kp > {n}" for n in range(1000)]
    with open_state(folder) as state:
        state.begin()
        state.hold("x", undo, [], None)
        before = state._connection.total_changes
        for n in range(30):
            undo = [*undo[1:], f"dst < {n}"]
            state.hold("x", undo, [], None)
        # What stays is not written again.
        assert state._connection.total_changes - before < 200
    with open_state(folder) as state:
        assert list(state.begin().undo) == undo


def test_what_was_typed_and_not_entered_is_recovered(folder):
    with open_state(folder) as state:
        state.begin()
        state.draft("kp >")
        state.draft("kp > 5")
    with open_state(folder) as state:
        found = state.begin()
        assert (found.text, found.draft) == ("", "kp > 5")


def test_a_lost_session_is_offered_once_and_the_newest_first(folder):
    states = [open_state(folder) for _ in range(3)]
    for number, state in enumerate(states):
        assert state.begin() is None
        state.hold(f"kp > {number}", [], [], None)
    states[1].close()
    states[0].close()
    later = [open_state(folder) for _ in range(3)]
    # The third still runs.
    assert [found and found.text for found in (state.begin() for state in later)] == ["kp > 1", "kp > 0", None]
    for state in (*later, states[2]):
        state.end()
        state.close()
    with open_state(folder) as state:
        assert state.begin() is None
        state.end()
    assert {path.name for path in Path(folder).iterdir()} == {"lock", FILE}


def test_what_was_recovered_is_not_lost_when_its_finder_is_killed_at_once(folder):
    with open_state(folder) as state:
        state.hold("kp > 5", ["a"], ["b"], "/x")
    for _ in range(2):
        with open_state(folder) as state:
            assert as_held(state.begin()) == ("kp > 5", ["a"], ["b"], "/x")


def test_a_session_of_which_nothing_was_held_is_not_offered(folder):
    with open_state(folder) as state:
        state.hold("kp > 5", [], [], None)
    with open_state(folder) as state:
        state.begin()
        state.hold(" \n", ["kp > 5"], [], None)
    with open_state(folder) as state:
        assert state.begin() is None
        state.end()
    assert {path.name for path in Path(folder).iterdir()} == {"lock", FILE}


def test_a_thread_that_is_late_does_not_bring_an_ended_session_back(folder):
    with open_state(folder) as state:
        state.begin()
        state.hold("kp > 5", [], [], None)
        state.end()
        state.draft("late")
        state.hold("late", [], [], None)
    with open_state(folder) as state:
        assert state.begin() is None


# Processes that are killed, and several at once

CHILD = """
import sys
from edexql.repl.state import open_state
state = open_state(sys.argv[1])
found = state.begin()
print("begun", found.text if found else None, flush=True)
assert state.trouble is None, state.trouble
undo = []
for n in range(int(sys.argv[3])):
    state.remember(f"{sys.argv[2]} {n}")
    state.hold(f"{sys.argv[2]} {n}", undo, [], None)
    undo.append(f"{sys.argv[2]} {n}")
    state.draft(f"draft {n}")
    assert state.trouble is None, state.trouble
    print(n, flush=True)
if sys.argv[4:]:
    sys.stdin.read()
state.end()
state.close()
"""


def child(folder, name, count, *more):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, folder, name, str(count), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def killed(process, lines):
    """The last number that a process told, where it is killed after so many lines."""
    told = -1
    for _ in range(lines):
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    for line in process.stdout.read().splitlines(keepends=True):
        told = int(line) if line.endswith("\n") else told
    process.wait(PATIENCE)
    process.stdout.close()
    process.stdin.close()
    return told


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_was_told_of_is_lost_when_the_process_is_killed(folder, seed):
    process = child(folder, "kp >", 1_000_000)
    assert process.stdout.readline() == "begun None\n"
    told = killed(process, random.Random(seed).randrange(1, 60))
    with open_state(folder) as state:
        found = state.begin()
        assert state.trouble is None
        held = int(found.text.removeprefix("kp > "))
        # What comes after was under way.
        assert held - told in (0, 1)
        assert list(found.undo) == [f"kp > {n}" for n in range(held)]
        assert int(found.draft.removeprefix("draft ")) - told in (-1, 0, 1)
        assert state.newest(10**6)[-told - 1 :] == [f"kp > {n}" for n in reversed(range(told + 1))]


def test_a_session_that_runs_is_not_taken_for_a_lost_one(folder):
    process = child(folder, "kp >", 3, "wait")
    for _ in range(4):
        process.stdout.readline()
    with open_state(folder) as state:
        assert state.begin() is None
        assert killed(process, 0) == -1
    with open_state(folder) as state:
        assert state.begin().text == "kp > 2"


def test_two_processes_write_at_once_and_nothing_is_lost(folder):
    processes = [child(folder, name, 300) for name in ("kp >", "dst <")]
    for process in processes:
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert out.splitlines()[-1] == "299"
    with open_state(folder) as state:
        texts = state.newest(1000)
        assert state.begin() is None
    assert len(texts) == 600
    for name in ("kp >", "dst <"):
        assert [text for text in texts if text.startswith(name)] == [f"{name} {n}" for n in reversed(range(300))]


def test_processes_that_begin_at_once_get_each_lost_session_once(folder):
    for number in range(3):
        with open_state(folder) as state:
            state._register(state._connection)
            state.hold(f"lost {number}", [], [], None)
    processes = [child(folder, "kp >", 0, "wait") for _ in range(5)]
    found = [process.stdout.readline() for process in processes]
    for process in processes:
        process.communicate("", timeout=PATIENCE)
    assert sorted(found) == [*["begun None\n"] * 2, *(f"begun lost {number}\n" for number in range(3))]


def test_a_lost_session_is_not_handed_over_while_another_process_does_that(folder, monkeypatch):
    with open_state(folder) as state:
        state.hold("kp > 5", [], [], None)
    with open_state(folder) as state:
        monkeypatch.setattr(locks, "_PATIENCE", 0.05)
        with locks.alone(folder):
            assert state.begin() is None
            assert "another edexql" in state.trouble
        assert state.begin().text == "kp > 5"


def test_a_folder_without_locks_is_not_said_to_be_held_up(folder, monkeypatch):
    def without_locks(handle):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("edexql.base.files.locks._lock", without_locks)
    with open_state(folder) as state:
        assert state.begin() is None
        assert "its file system has no locks" in state.trouble


def test_threads_use_a_state_at_once(folder):
    with open_state(folder) as state:
        state.begin()

        def work(name):
            for n in range(50):
                state.remember(f"{name} {n}")
                state.draft(f"{name} {n}")
                assert state.suggestion(f"{name} ")
                assert state.search([name], 1)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(state.newest(1000)) == sorted(f"{name} {n}" for name in "abcd" for n in range(50))
        assert state.trouble is None


# What goes wrong


def filled(folder):
    with open_state(folder) as state:
        state.remember_all(f"kp > {n}" for n in range(2000))
        state.set("theme", "dark")
        state.hold("kp > 5", ["kp"], [], None)


def exercised(state):
    """Everything that can be done with a state."""
    state.begin()
    state.remember("dst < -50")
    state.set("keys", "vi")
    state.hold("x", ["a"], ["b"], "/x")
    state.draft("kp")
    found = (
        state.newest(5), state.search(["dst"], 5), state.suggestion("dst"), state.setting("keys"), state.setting("no")
    )  # fmt: skip
    state.newest(10**6)
    state.search(["\0nothing"], 5)
    state.suggestion("\0nothing")
    return found


def works(state):
    """It remembers, if only for as long as it is open."""
    newest, searched, suggested, keys, no = exercised(state)
    assert newest[0] == searched[0] == suggested == "dst < -50"
    assert (keys, no) == ("vi", None)
    state.end()
    return True


def execute(statement):
    def damaged(path):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(statement)

    return damaged


def scribble(path, start):
    data = bytearray(path.read_bytes())
    data[start:] = b"\xa5" * (len(data) - start)
    path.write_bytes(data)


DAMAGES = {
    "garbage": lambda path: path.write_bytes(b"not a database at all\n" * 500),
    "cut in a page": lambda path: os.truncate(path, 5000),
    "cut in the header": lambda path: os.truncate(path, 50),
    "scribbled over": lambda path: scribble(path, 100),
    "scribbled over behind the tables": lambda path: scribble(path, 8192),
    "a table missing": execute("DROP TABLE step"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside_and_the_next_one_works(folder, damage):
    filled(folder)
    path = Path(folder) / FILE
    DAMAGES[damage](path)
    before = path.read_bytes()
    with open_state(folder) as state:
        assert works(state)
        (aside,) = [path for path in Path(folder).iterdir() if path.name.endswith(".damaged-1")]
        assert state.trouble is not None
        assert str(aside) in state.trouble
        assert aside.read_bytes() == before
    with open_state(folder) as state:
        assert state.trouble is None
        assert state.newest(1) == ["dst < -50"]


def test_the_log_of_a_damaged_file_is_set_aside_with_it(folder):
    filled(folder)
    path, log = Path(folder) / FILE, Path(folder) / f"{FILE}-wal"
    with open_state(folder) as state:
        state.remember("kp > 5")
        content = log.read_bytes()
    DAMAGES["garbage"](path)
    log.write_bytes(content)
    with open_state(folder) as state:
        assert state.newest(5) == []
        assert "damaged" in state.trouble
        assert Path(f"{path}.damaged-1-wal").read_bytes() == content


def test_the_current_query_is_put_down_again_where_the_file_is_damaged_meanwhile(folder):
    filled(folder)
    state = open_state(folder)
    state.begin()
    state.hold("kp > 7", ["kp > 6"], [], None)
    state._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    scribble(Path(folder) / FILE, 4096)
    state._connection.execute("PRAGMA shrink_memory")
    state.newest(10)
    state.search(["nothing"], 5)
    assert "damaged" in state.trouble
    state.close()
    with open_state(folder) as after:
        assert as_held(after.begin()) == ("kp > 7", ["kp > 6"], [], None)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a file."""
    folder = tmp_path_factory.mktemp("sound")
    filled(str(folder))
    return (folder / FILE).read_bytes()


@settings(max_examples=settings.default.max_examples)
@given(st.data())
def test_whatever_bytes_are_changed_nothing_is_raised(sound, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        content = bytearray(sound)
        places = data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=30))
        # The pages of the tables are near the front; the rest is mostly texts.
        near = data.draw(st.lists(st.tuples(st.integers(0, 8 * 4096), st.integers(0, 255)), max_size=10))
        for place, byte in places + near:
            content[place] = byte
        path.write_bytes(content)
        with open_state(folder) as state:
            exercised(state)


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    """The files of a session that was killed, its query still in the log."""
    folder = tmp_path_factory.mktemp("killed")
    filled(str(folder))
    with open_state(str(folder)) as state:
        state.begin()
        for number in range(9):
            state.hold(f"kp > {number}", [], [], None)
        return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


def taken_up(files, log):
    """What is taken up, and the trouble that is told, of these files with another log."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in {**files, f"{FILE}-wal": log}.items():
            (Path(folder) / name).write_bytes(data)
        with open_state(folder) as state:
            found = state.begin()
            if state.trouble is not None:
                (copy,) = Path(folder).glob("*.damaged-1")
                assert str(copy) in state.trouble
                assert copy.read_bytes() == log
            return found and found.text, state.trouble


@settings(max_examples=settings.default.max_examples)
@given(st.data())
def test_a_damaged_log_gives_back_what_was_held_or_is_told(lost, data):
    log = bytearray(lost[f"{FILE}-wal"])
    place, length = data.draw(st.integers(0, len(log) - 1)), data.draw(st.sampled_from([1, 16, 512]))
    damage = data.draw(st.binary(min_size=length, max_size=length) | st.just(bytes(length)))
    log[place : place + length] = damage[: len(log) - place]
    text, trouble = taken_up(lost, bytes(log))
    assert text == "kp > 8" or "is damaged" in trouble


def test_a_sound_log_and_one_that_was_cut_by_a_loss_of_power_are_no_damage(lost):
    log = lost[f"{FILE}-wal"]
    assert taken_up(lost, log) == ("kp > 8", None)
    assert damaged_from(log) is None
    assert damaged_from(b"") is None
    assert damaged_from(bytes(8192)) is None
    # The last write came on the disk in part.
    text, trouble = taken_up(lost, log[:-100])
    assert (text, trouble) == ("kp > 7", None)


def test_frames_of_an_earlier_run_behind_the_end_of_a_log_are_no_damage(folder):
    with open_state(folder) as state:
        state.remember_all(str(number) * 5000 for number in range(20))
        state._connection.execute("PRAGMA wal_checkpoint(RESTART)")
        state.remember("kp > 5")
        log = Path(folder) / f"{FILE}-wal"
        assert log.stat().st_size > 100_000
        assert damaged_from(log.read_bytes()) is None


UNUSABLE = {
    "a folder in its place": (lambda path: (path.unlink(), path.mkdir()), "not a file"),
    "a pipe in its place": (lambda path: (path.unlink(), os.mkfifo(path)), "not a file"),
    "another program's": (execute("PRAGMA application_id=7"), "another program"),
    "one without a mark": (execute("PRAGMA application_id=0"), "another program"),
    "a newer one": (execute("PRAGMA user_version=99"), "newer edexql"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_is_not_ours_is_left_alone_and_the_state_is_in_memory(folder, case):
    filled(folder)
    path = Path(folder) / FILE
    change, reason = UNUSABLE[case]
    change(path)
    before = path.read_bytes() if path.is_file() else None
    with open_state(folder) as state:
        assert works(state)
        assert reason in state.trouble
        assert folder in state.trouble
    assert before is None or path.read_bytes() == before
    assert {one.name for one in Path(folder).iterdir()} >= {FILE, "lock"}
    assert not list(Path(folder).glob("*damaged*"))


def test_a_folder_that_cannot_be_made_leaves_the_state_in_memory(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", "/dev/null/x", "a\0b", "x" * 5000):
        with open_state(str(folder)) as state:
            assert works(state)
            assert "cannot keep" in state.trouble
            assert "EDEXQL_STATE" in state.trouble


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="the superuser writes everywhere")
def test_a_folder_that_cannot_be_written_to_leaves_the_state_in_memory(folder):
    filled(folder)
    os.chmod(folder, 0o500)
    try:
        with open_state(folder) as state:
            assert works(state)
            assert "cannot keep" in state.trouble
    finally:
        os.chmod(folder, 0o700)


def test_a_full_disk_is_told_and_what_was_kept_stays(folder):
    with open_state(folder) as state:
        state.remember("kp > 5")
        state.hold("kp > 5", [], [], None)
        (pages,) = state._connection.execute("PRAGMA page_count").fetchone()
        state._connection.execute(f"PRAGMA max_page_count={pages}")
        state.remember("long " * 10_000)
        assert "full" in state.trouble
        state.trouble = None
        state.hold("long " * 10_000, ["long " * 10_000], [], None)
        assert "full" in state.trouble
        assert state.newest(5) == ["kp > 5"]
        state._connection.execute(f"PRAGMA max_page_count={pages * 1000}")
        state.hold("kp > 6", ["kp > 5"], [], None)
    with open_state(folder) as state:
        assert as_held(state.begin()) == ("kp > 6", ["kp > 5"], [], None)


def test_a_file_that_another_process_holds_up_is_told(folder, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE", 0.05)
    with open_state(folder) as state, closing(sqlite3.connect(Path(folder) / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        state.remember("kp > 5")
        assert "locked" in state.trouble
        other.execute("ROLLBACK")
        state.remember("kp > 6")
        assert state.newest(5) == ["kp > 6"]


def test_a_state_that_was_closed_does_nothing(folder):
    state = open_state(folder)
    state.begin()
    state.close()
    assert exercised(state) == ([], [], None, None, None)
    assert state.trouble is None
    state.end()
    state.close()


def test_a_state_in_memory_works_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with in_memory() as state:
        assert works(state)
        assert state.trouble is None
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_for_its_owner_alone(folder):
    mask = os.umask(0)
    try:
        with open_state(folder) as state:
            works(state)
            state.remember("kp > 5")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path(folder).iterdir()}
    finally:
        os.umask(mask)
    assert modes.keys() >= {FILE, f"{FILE}-wal", "lock"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    os.chmod(Path(folder) / FILE, 0o644)
    with open_state(folder):
        assert stat.S_IMODE((Path(folder) / FILE).stat().st_mode) == 0o600


def test_the_folder_is_that_of_the_environment_or_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("EDEXQL_STATE", str(tmp_path / "named"))
    open_state().close()
    assert (tmp_path / "named" / FILE).is_file()
    monkeypatch.delenv("EDEXQL_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    monkeypatch.setattr("platformdirs.user_state_dir", lambda name, **_: str(tmp_path / "states" / name))
    open_state().close()
    assert (tmp_path / "states" / "edexql" / FILE).is_file()


# At the prompt


def loaded(history):
    async def all_of_it():
        return [text async for text in history.load()]

    return asyncio.run(all_of_it())


def test_the_arrow_keys_recall_the_newest_texts(folder):
    from edexql.repl.prompt.menu import RECALLED, Typed

    with open_state(folder) as state:
        state.remember_all(f"kp > {n}" for n in range(RECALLED + 100))
        history = Typed(state)
        history.append_string("kp > 7")
        history.append_string("email me@x.ca")
        history.append_string("use https://me:secret@edex.example/api")
        history.append_string("kp > 550")
        found = loaded(history)
        # What is private is not recalled, in the session in which it was typed neither.
        assert found[:4] == ["kp > 550", "kp > 7", f"kp > {RECALLED + 99}", f"kp > {RECALLED + 98}"]
        assert len(found) == len(set(found))
        history.append_string("kp > 7")
        assert loaded(history)[:2] == ["kp > 7", "kp > 550"]
        assert len(loaded(history)) == len(found)
        assert history.get_strings()[-1] == "kp > 7"
        assert state.newest(2) == ["kp > 7", "kp > 550"]


def suggested(state, text, position):
    from prompt_toolkit.document import Document

    from edexql.repl.prompt.menu import Suggestions

    found = asyncio.run(Suggestions(state).get_suggestion_async(None, Document(text, position)))
    return found and found.text


def test_the_rest_of_the_newest_text_is_suggested_at_the_end_of_what_is_typed():
    with in_memory() as state:
        for text in ("kp > 5", "date 2016\nkp > 6", "kp > 51"):
            state.remember(text)
        assert suggested(state, "kp > 5", 6) == "1"
        assert suggested(state, "date 2016\nk", 11) == "p > 6"
        assert suggested(state, "kp > 5", 3) is None
        assert suggested(state, "kp > 51", 7) is None
        assert suggested(state, "> 6", 3) is None
        assert suggested(state, "", 0) is None


def test_the_thread_of_the_prompt_does_not_ask_the_disk(monkeypatch):
    from edexql.repl.prompt.menu import Typed

    with in_memory() as state:
        state.remember("kp > 5")
        threads = []
        for name in ("newest", "suggestion"):
            asked = getattr(state, name)
            monkeypatch.setattr(
                state, name, lambda *given, asked=asked: (threads.append(threading.current_thread()), asked(*given))[1]
            )
        assert loaded(Typed(state)) == ["kp > 5"]
        assert suggested(state, "kp", 2) == " > 5"
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_other_keys_are_looked_at_while_the_history_comes_in():
    from edexql.repl.prompt.menu import RECALLED, Typed

    async def between():
        steps, done = 0, False

        async def look():
            nonlocal steps
            while not done:
                steps += 1
                await asyncio.sleep(0)

        looking = asyncio.create_task(look())
        await asyncio.sleep(0)
        history = Typed(state)
        seen = [steps async for _ in history.load()]
        done = True
        await looking
        return seen

    with in_memory() as state:
        state.remember_all(f"kp > {n}" for n in range(RECALLED))
        seen = asyncio.run(between())
    assert len(seen) == RECALLED
    assert len(set(seen)) >= 5
