"""The ledger of requests: what was asked, how far it has come, whatever happens to the process that wrote it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import PATIENCE, environment
from edexql.client.delivery import ledger
from edexql.client.delivery.ledger import STATES, LedgerError
from tutorial import DELIVERY, FILES, QUERY, RECEIPT, WIRE

LINK = "https://edex.phys.ucalgary.ca/delivery/abc.zip"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "state" / "ledger.sqlite")


def asked(path, query=QUERY, files=FILES):
    return ledger.add(path, query, WIRE.decode(), DELIVERY, files)


def test_a_request_is_in_the_ledger_before_it_is_known_whether_it_was_received(path):
    number = asked(path)
    entry = ledger.one(path, number)
    assert (entry.query, entry.wire, entry.service, entry.files) == (QUERY, WIRE.decode(), DELIVERY, tuple(FILES))
    assert (entry.state, entry.receipt, entry.answer, entry.link) == ("asked", "unknown", "", None)
    (step,) = entry.steps
    assert step.state == "asked"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", step.at)


def test_what_the_service_answered_is_kept_as_it_came(path):
    number = asked(path)
    assert ledger.set_receipt(path, number, "accepted", f"{RECEIPT}\n\x1b").answer == f"{RECEIPT}\n\x1b"
    assert ledger.one(path, number).receipt == "accepted"


def test_a_delivery_goes_its_way_and_each_step_has_its_time(path):
    number = asked(path)
    ledger.receive_link(path, number, f" {LINK}\n")
    for state in STATES[2:]:
        ledger.advance(path, number, state)
    entry = ledger.one(path, number)
    assert entry.link == LINK
    assert entry.state == "unpacked"
    assert [step.state for step in entry.steps] == list(STATES)
    assert [step.at for step in entry.steps] == sorted(step.at for step in entry.steps)


def test_a_link_shows_that_the_request_was_received(path):
    number = asked(path)
    assert ledger.receive_link(path, number, LINK).receipt == "accepted"


def test_the_same_state_again_is_noted_once(path):
    number = asked(path)
    for _ in range(2):
        ledger.receive_link(path, number, LINK)
        ledger.advance(path, number, "link received")
    assert [step.state for step in ledger.one(path, number).steps] == ["asked", "link received"]


def test_another_link_begins_the_delivery_anew(path):
    number = asked(path)
    ledger.receive_link(path, number, LINK)
    ledger.advance(path, number, "downloaded")
    entry = ledger.receive_link(path, number, f"{LINK}?2")
    assert (entry.state, entry.link) == ("link received", f"{LINK}?2")


def test_it_goes_back_only_when_that_is_said_with_a_reason(path):
    number = asked(path)
    ledger.advance(path, number, "verified")
    with pytest.raises(LedgerError, match="request 1 is verified already, which comes after downloaded"):
        ledger.advance(path, number, "downloaded")
    entry = ledger.set_back(path, number, "link received", "member a.h5 is damaged")
    assert (entry.state, entry.steps[-1].note) == ("link received", "member a.h5 is damaged")
    with pytest.raises(LedgerError, match="does not come before"):
        ledger.set_back(path, number, "verified", "")


@pytest.mark.parametrize("link", ["", "abc", "ftp://x", "https://x/\x1b[31m", "https://x y", "javascript:alert(1)"])
def test_what_is_no_link_is_refused_in_one_line(path, link):
    number = asked(path)
    with pytest.raises(LedgerError, match="a link begins with http") as caught:
        ledger.receive_link(path, number, link)
    assert str(caught.value).isprintable()
    assert ledger.one(path, number).state == "asked"


def test_requests_are_listed_newest_first(path):
    assert ledger.entries(path) == ()
    assert not os.path.exists(path)
    numbers = [asked(path, query) for query in ("a", "b", "c")]
    assert [(entry.number, entry.query) for entry in ledger.entries(path)] == [
        (numbers[2], "c"),
        (numbers[1], "b"),
        (numbers[0], "a"),
    ]


def test_a_number_that_is_not_there_is_told_with_those_that_are(path):
    with pytest.raises(LedgerError, match="there is no request 7: none was made yet"):
        ledger.one(path, 7)
    asked(path)
    for use in (
        lambda number: ledger.one(path, number),
        lambda number: ledger.advance(path, number, "verified"),
        lambda number: ledger.receive_link(path, number, LINK),
        lambda number: ledger.set_receipt(path, number, "accepted", ""),
    ):
        for number in (7, -1, 2**70):
            with pytest.raises(LedgerError, match=f"there is no request {number}: the last one is 1"):
                use(number)


def test_the_ledger_is_for_its_owner_alone(path):
    old = os.umask(0)
    try:
        asked(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    os.chmod(path, 0o644)
    asked(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="cannot use the ledger"):
        asked(str(other))
    with pytest.raises(LedgerError, match="cannot use the ledger"):
        ledger.entries(str(other))
    assert other.read_bytes() == b"not a database" * 100
    strange = str(tmp_path / "strange.sqlite")
    with sqlite3.connect(strange) as connection:
        connection.execute("CREATE TABLE request (x)")
    connection.close()
    for use in (asked, ledger.entries):
        with pytest.raises(LedgerError, match="another program"):
            use(strange)


def test_a_ledger_of_a_later_version_is_told(path):
    asked(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(LedgerError, match="another version of edexql"):
        ledger.entries(path)


def test_a_place_where_no_file_can_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path, tmp_path / "file" / "ledger.sqlite"):
        with pytest.raises(LedgerError, match="cannot use the ledger"):
            asked(str(wrong))


def test_another_process_that_holds_the_ledger_is_told(path, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    asked(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another process is using the ledger"):
        asked(path)
    connection.close()
    assert asked(path) == 2


MANY = """
import sys
from edexql.client.delivery import ledger
path, count = sys.argv[1], int(sys.argv[2])
for _ in range(count):
    number = ledger.add(path, "q", "{}", "s", ["a"])
    ledger.receive_link(path, number, "http://x/" + str(number))
    print(number, flush=True)
"""


def started(path, count):
    return subprocess.Popen(
        [sys.executable, "-c", MANY, path, str(count)], stdout=subprocess.PIPE, text=True, env=environment()
    )


def test_several_processes_write_at_once_and_nothing_is_lost(path):
    writers = [started(path, 10) for _ in range(4)]
    said = [writer.communicate(timeout=PATIENCE)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4
    numbers = sorted(int(number) for numbers in said for number in numbers)
    assert numbers == list(range(1, 41))
    assert sorted(entry.number for entry in ledger.entries(path)) == numbers
    assert all(entry.link == f"http://x/{entry.number}" for entry in ledger.entries(path))


def test_what_was_written_before_a_kill_is_there(path):
    writer = started(path, 100_000)
    said = [writer.stdout.readline() for _ in range(5)]
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=PATIENCE)
    numbers = [int(number) for number in [*said, *rest.split()]]
    there = {entry.number: entry for entry in ledger.entries(path)}
    assert all(there[number].state == "link received" for number in numbers)
    assert asked(path) > max(numbers)


@given(st.text(), st.lists(st.text(), max_size=3), st.text())
def test_any_text_is_kept(tmp_path_factory, query, files, answer):
    path = str(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    number = asked(path, query, files)
    ledger.set_receipt(path, number, "accepted", answer)
    entry = ledger.one(path, number)
    assert (entry.query, entry.files, entry.answer) == (query, tuple(files), answer)


def test_half_a_character_is_no_reason_to_crash(path):
    number = asked(path, "a\ud800", ["b\ud800"])
    assert ledger.one(path, number).files == ("b\ud800",)


@given(st.lists(st.tuples(st.sampled_from(["advance", "set_back"]), st.sampled_from(STATES)), max_size=12))
def test_forwards_by_advance_and_backwards_by_set_back_only(tmp_path_factory, moves):
    path = str(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    number = asked(path)
    place = 0
    for how, state in moves:
        wanted = STATES.index(state)
        allowed = wanted >= place if how == "advance" else wanted < place
        if allowed:
            (ledger.advance if how == "advance" else ledger.set_back)(path, number, state, "why")
            place = wanted
        else:
            with pytest.raises(LedgerError):
                (ledger.advance if how == "advance" else ledger.set_back)(path, number, state, "why")
        assert ledger.one(path, number).state == STATES[place]
