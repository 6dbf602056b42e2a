"""`edexql download` and `edexql retry`: what a person finds in the folder and on the terminal, whatever happens."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import tarfile
import threading
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import EDEXQL, PATIENCE, environment, run, run_on_terminal
from edexql.base.units import read_size
from edexql.cli import main
from edexql.client import manifest
from edexql.client.delivery import direct
from edexql.client.download.batch import download
from edexql.client.download.model import CODES, RemoteFile, Report, Watch
from edexql.client.errors import ServiceError
from edexql.client.http.session import session as session_of
from edexql.client.manifest import Entry, ManifestError
from edexql.client.settings.configuration import Configuration
from edexql.client.settings.declarations import Network
from edexql.formats.signatures import KINDS, title_of
from hostile import CLOSE, HANG, Hostile, by_path, dated, head, in_turn, page, ranged, whole
from stand_in import Answer, StandIn

pytestmark = pytest.mark.slow

H5 = b"\x89HDF\r\n\x1a\n"
FAI = "FAI_lv1_h5_20190501_150534_151306_6.0.0.h5"
RRI = "RRI_20160418_222759_223156_lv1_12.0.0.h5"
FILES = {name: H5 + random.Random(name).randbytes(300_000) for name in (FAI, RRI, "a.h5", "b.h5")}
TREE = {f"2019/05/01/FAI/{FAI}": FILES[FAI], f"2016/04/18/RRI/{RRI}": FILES[RRI]}
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data"


def links(service, *names):
    return [f"{service.url}/{name}" for name in names]


def there(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name != manifest.NAME}


def states(folder):
    return {entry.name: entry.state for entry in manifest.read(str(folder))}


def half(data, name):
    """The first half of a file, and then nothing."""
    return [head(Content_Length=len(data), **dated(ETag=f'"{name}"')), data[: len(data) // 2], HANG]


def wait_for(found, process):
    end = time.monotonic() + PATIENCE
    while not found():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def begun(*words, cwd):
    return subprocess.Popen(
        [EDEXQL, *words], cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# What is named


TOLD_OF_TWO = (
    "2 of 2 files complete; 600.02 kB downloaded\n2 files verified by length alone: no digest or checksum is known\n"
)


def test_links_come_into_the_folder_and_are_told_of(tmp_path):
    with Hostile(by_path(FILES)) as service:
        done = run("download", *links(service, "a.h5", "b.h5"), "--to", "made/here", cwd=tmp_path)
    assert (done.code, done.err) == (0, TOLD_OF_TWO)
    assert there(tmp_path / "made/here") == {name: FILES[name] for name in ("a.h5", "b.h5")}
    assert [line.split() for line in done.out.splitlines()] == [
        ["a.h5", "downloaded", "300.01", "kB", "1", "try"],
        ["b.h5", "downloaded", "300.01", "kB", "1", "try"],
    ]


def test_names_paths_and_lines_of_a_listing_are_found_in_the_dated_tree(tmp_path):
    with Hostile(by_path(TREE)) as service:
        words = ["download", "-", f"2016/04/18/RRI/{RRI}", "--output", "json"]
        done = run(*words, stdin=f"{FAI}   300.01KB\n\n", cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.code == 0
    assert [(one["name"], one["crc32"]) for one in json.loads(done.out)] == [
        (name, zlib.crc32(FILES[name])) for name in (FAI, RRI)
    ]
    assert there(tmp_path) == {name: FILES[name] for name in (FAI, RRI)}


def test_the_ticked_files_of_a_selection_are_downloaded_with_their_sizes_held_against_them(tmp_path):
    selection = {
        "selection": 1,
        "query": QUERY,
        "wire": {},
        "service": "https://eDEx.example",
        "asked": "2026-01-01T00:00:00Z",
        "files": [
            {"ticked": True, "file": f"{FAI}   300.01KB"},
            {"ticked": True, "file": f"{RRI}   9.99MB"},
            {"ticked": False, "file": "FAI_lv1_h5_20190502_000000_000001_6.0.0.h5   1MB"},
        ],
    }
    (tmp_path / "may.edqs").write_text(json.dumps(selection))
    with Hostile(by_path(TREE)) as service:
        done = run("download", "may.edqs", "--to", "out", cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
        assert len(service.asked) == 2
    assert done.code == 1
    assert there(tmp_path / "out") == {FAI: FILES[FAI]}
    assert "9.99MB" in next(line for line in done.out.splitlines() if line.startswith(RRI))
    assert "1 of 2 files complete" in done.err
    assert "edexql retry out" in done.err


def test_in_the_repl_the_ticked_files_are_meant(tmp_path):
    lines = f"{QUERY}\nresults --untick 2 --list\ndownload --dry-run --output json\n"
    done = run("repl", stdin=lines, cwd=tmp_path, EDEXQL_STATE=str(tmp_path / "state"))
    document = json.loads(done.out[done.out.index('{\n  "folder"') :])
    names = [one["name"] for one in document["files"]]
    assert names == ["FAI_lv1_h5_20190501_150534_151306_6.0.0.zip", "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip"]
    assert all(one["most_bytes"] > 540e6 for one in document["files"])


def test_a_file_that_cannot_be_located_does_not_keep_the_others_from_coming(tmp_path):
    with Hostile(by_path(TREE)) as service:
        done = run("download", "strange.h5", FAI, cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.code == 1
    assert there(tmp_path) == {FAI: FILES[FAI]}
    assert "strange.h5" in done.out
    assert "does not begin with an instrument" in done.out


def test_a_folder_comes_as_one_tar(tmp_path):
    import io

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as bundle:
        bundle.addfile(tarfile.TarInfo("empty.h5"))
    with Hostile(whole(packed.getvalue())) as service:
        words = ["download", "--folder-tar", "2019/05/01/FAI"]
        done = run(*words, cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
        assert service.asked[0].method == "POST"
        assert service.asked[0].path.startswith("/2019/05/01/FAI/?action=download&as=FAI.tar&type=php-tar")
    assert done.code == 0
    assert there(tmp_path) == {"2019-05-01-FAI.tar": packed.getvalue()}


def test_a_folder_that_is_not_packed_ends_with_the_way_out(tmp_path):
    with Hostile(page("404 Not Found", "no tar")) as service:
        done = run("download", "--folder-tar", "2019/05/01/FAI", cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.code == 1
    assert "edexql browse" in done.out
    assert there(tmp_path) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to download"),
        (["may.edq"], "edexql select"),
        (["missing.edqs"], "missing.edqs"),
        (["https://x.example/"], "--name"),
        (["--name", "x.h5", FAI], "--name needs a single link"),
        (["--from", "link", FAI], "is not a link"),
        (["--from", "archive", "https://x.example/a.h5"], "is not a file of the archive"),
        (["--parallel", "0", FAI], "above 0"),
        (["--folder-tar", "../.."], "not a folder of the archive"),
        (["--to", "file", FAI], "is not a folder"),
        (["--from", "direct", "may.edqs"], "direct.start_endpoint"),
        (["--replay", "missing", "https://x.example/a.h5"], "missing"),
    ],
)
def test_wrong_use_is_told_of_and_nothing_is_asked(tmp_path, words, said):
    (tmp_path / "file").write_text("")
    done = run("download", *words, cwd=tmp_path)
    assert done.code in (2, 3)
    assert said in done.err
    assert done.out == ""


def test_a_name_for_a_link_without_one(tmp_path):
    with Hostile(whole(FILES["a.h5"])) as service:
        done = run("download", f"{service.url}/get?id=1", "--name", "a.h5", cwd=tmp_path)
    assert done.code == 0
    assert there(tmp_path) == {"a.h5": FILES["a.h5"]}


def test_names_from_outside_do_not_reach_the_terminal_as_they_are(tmp_path):
    done = run("download", "--dry-run", "https://x.example/a%1B%5B31m.h5", cwd=tmp_path)
    other = run("download", "--dry-run", "\x1b[31m.h5", cwd=tmp_path)
    assert "\x1b" not in done.out + done.err + other.out + other.err
    assert done.code == 2
    assert other.code == 1


# Before and after


def test_a_dry_run_tells_what_would_come_and_touches_nothing(tmp_path):
    done = run("download", "--dry-run", f"{FAI}   1MB", "--to", "out", cwd=tmp_path)
    assert done.code == 0
    assert f"/2019/05/01/FAI/{FAI}" in done.out
    assert re.search(r"1 file into .*out; up to [\d.]+ MB to come; .* free", done.out)
    assert list(tmp_path.iterdir()) == []


def test_another_file_in_the_place_is_kept_but_where_replacing_is_asked_for(tmp_path):
    (tmp_path / "a.h5").write_bytes(b"mine")
    with Hostile(by_path(FILES)) as service:
        kept = run("download", *links(service, "a.h5"), cwd=tmp_path)
        assert (kept.code, (tmp_path / "a.h5").read_bytes()) == (1, b"mine")
        replaced = run("download", "--replace", *links(service, "a.h5"), cwd=tmp_path)
    assert (replaced.code, (tmp_path / "a.h5").read_bytes()) == (0, FILES["a.h5"])


def test_the_sum_of_a_file_is_known_the_next_time(tmp_path):
    # Nothing but its sum tells whether such a file is the one that was downloaded.
    files = {"notes.txt": b"as they were\n" * 100}
    with Hostile(by_path(files)) as service:
        assert run("download", *links(service, "notes.txt"), cwd=tmp_path).code == 0
        again = run("download", *links(service, "notes.txt"), cwd=tmp_path)
        assert (again.code, len(service.asked)) == (0, 1)
        assert "already there" in again.out
        (tmp_path / "notes.txt").write_bytes(b"changed")
        other = run("download", *links(service, "notes.txt"), cwd=tmp_path)
    assert other.code == 1
    assert "changed since it was downloaded" in other.out


# Ends that come too early


def test_the_first_ctrl_c_stops_in_order_and_retry_goes_on_where_it_was(tmp_path):
    data = FILES["a.h5"]
    play = in_turn(half(data, "a.h5"), lambda asked: ranged(data, asked, ETag='"a.h5"'))
    with Hostile(play) as service:
        process = begun("download", *links(service, "a.h5"), cwd=tmp_path)
        part = tmp_path / "a.h5.part"
        wait_for(lambda: part.exists() and part.stat().st_size >= len(data) // 2, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        assert "stopping" in err
        assert "edexql retry ." in err
        assert "interrupted" in out
        assert not (tmp_path / "a.h5").exists()
        assert states(tmp_path) == {"a.h5": "interrupted"}
        done = run("retry", cwd=tmp_path)
        assert service.asked[1].start > 0
        assert service.sent <= len(data) * 1.02
    assert done.code == 0
    assert there(tmp_path) == {"a.h5": data}
    assert run("retry", cwd=tmp_path).out == "nothing is left to download in .: all files are complete\n"


def marked(journal: Path) -> int:
    """How far the bytes go of which a journal says that they are there."""
    text = journal.read_text() if journal.exists() else ""
    return max(map(int, re.findall(r'"done": \[\[0, (\d+)\]\], "crc32": \d+}', text)), default=0)


def test_a_killed_run_is_gone_on_with_and_costs_hardly_a_byte_more(tmp_path):
    data = FILES["a.h5"]
    play = in_turn(half(data, "a.h5"), lambda asked: ranged(data, asked, ETag='"a.h5"'))
    with Hostile(play) as service:
        process = begun("download", *links(service, "a.h5"), cwd=tmp_path)
        # What has come is marked twenty times a second.
        wait_for(lambda: marked(tmp_path / "a.h5.part.json") >= len(data) // 2, process)
        process.kill()
        process.communicate()
        assert states(tmp_path) == {"a.h5": "begun"}
        done = run("retry", str(tmp_path))
        # At the least what lies between two marks is brought again.
        assert service.sent <= len(data) * 1.02 + 2**15
    assert done.code == 0
    assert there(tmp_path) == {"a.h5": data}


def test_retry_asks_for_nothing_but_what_is_not_there(tmp_path):
    files = {"a.h5": FILES["a.h5"]}
    with Hostile(lambda asked: by_path(files)(asked)) as service:
        assert run("download", *links(service, "a.h5", "b.h5"), cwd=tmp_path).code == 1
        assert states(tmp_path) == {"a.h5": "downloaded", "b.h5": "failed"}
        files["b.h5"] = FILES["b.h5"]
        before = len(service.asked)
        dry = run("retry", "--dry-run", cwd=tmp_path)
        assert "b.h5" in dry.out
        assert "a.h5" not in dry.out
        assert run("retry", cwd=tmp_path).code == 0
        assert [asked.path for asked in service.asked[before:]] == ["/b.h5"]
        # A file that was spoilt since is mended where all are to be looked at.
        (tmp_path / "a.h5").write_bytes(b"spoilt")
        assert run("retry", cwd=tmp_path).code == 0
        assert run("retry", "--all", "--replace", cwd=tmp_path).code == 0
    assert there(tmp_path) == {name: FILES[name] for name in ("a.h5", "b.h5")}


def test_two_runs_into_one_folder_both_end_well_and_note_each_others_files(tmp_path):
    with Hostile(by_path(FILES)) as service:
        runs = [begun("download", *links(service, *names), cwd=tmp_path) for names in (("a.h5",), ("a.h5", "b.h5"))]
        for process in runs:
            out, err = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, out + err
    assert there(tmp_path) == {name: FILES[name] for name in ("a.h5", "b.h5")}
    assert set(states(tmp_path)) == {"a.h5", "b.h5"}


def test_retry_where_nothing_was_begun_says_so(tmp_path):
    assert run("retry", str(tmp_path)).code == 2
    assert run("retry", str(tmp_path / "none")).code == 2
    assert run("retry", "--dry-run", str(tmp_path)).code == 0
    (tmp_path / manifest.NAME).write_bytes(b'{"downloads": 1, "files": [{"name": "../x"}]}')
    done = run("retry", str(tmp_path))
    assert done.code == 2
    assert "remove it" in done.err


def test_a_note_that_was_tampered_with_leads_nowhere_outside(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    with Hostile(whole(FILES["a.h5"])) as service:
        entry = {"name": "../out.h5", "url": f"{service.url}/a.h5", "state": "begun"}
        (folder / manifest.NAME).write_text(json.dumps({"downloads": 1, "files": [entry]}))
        done = run("retry", str(folder))
    assert done.code == 1
    assert os.listdir(tmp_path) == ["in"]


def test_a_slow_service_is_asked_for_as_many_files_at_once_as_is_polite(tmp_path):
    network = Network("edexql/0", connections=6, total=8)
    names = [f"{number}.h5" for number in range(18)]
    with Hostile(lambda asked: [1.0, *whole(FILES["a.h5"])]) as service:
        wanted = [RemoteFile(link, name) for link, name in zip(links(service, *names), names, strict=True)]
        reports = download(wanted, str(tmp_path), network=network, watch=Watch(), stop=threading.Event())
        assert service.most_waiting == 6
    assert {report.state for report in reports} == {"downloaded"}


# Recorded


def test_a_recorded_download_is_replayed_without_a_network(tmp_path):
    with Hostile(by_path(FILES)) as service:
        names = links(service, "a.h5", "b.h5")
        assert run("download", *names, "--to", "one", "--record", "kept", cwd=tmp_path).code == 0
    done = run("download", *names, "--to", "two", "--replay", "kept", cwd=tmp_path)
    assert done.code == 0, done.out
    assert there(tmp_path / "one") == there(tmp_path / "two") == {name: FILES[name] for name in ("a.h5", "b.h5")}


def test_what_was_not_recorded_fails_at_once_and_says_so(tmp_path):
    with Hostile(by_path(FILES)) as service:
        names = links(service, "a.h5", "b.h5")
        run("download", names[0], "--to", "one", "--record", "kept", cwd=tmp_path)
        done = run("download", *names, "--to", "two", "--replay", "kept", "--output", "json", cwd=tmp_path)
        assert len(service.asked) == 1
    assert done.code == 1
    good, bad = json.loads(done.out)
    assert (good["state"], bad["state"], bad["code"], bad["tries"]) == ("downloaded", "failed", "exchange", 1)
    assert bad["code"] in CODES


# On a terminal


def test_bars_show_files_and_total_on_a_terminal_only(tmp_path):
    with Hostile(by_path(FILES)) as service:
        words = ["download", *links(service, "a.h5", "b.h5"), "--to"]
        shown = run_on_terminal(*words, str(tmp_path / "shown"), streams=("stderr",))
        quiet = run(*words, str(tmp_path / "quiet"))
    assert (shown.code, quiet.code) == (0, 0)
    assert "files left" in shown.err
    assert "a.h5" in shown.err
    assert "\r" not in quiet.err
    assert "left" not in quiet.err


# Packed by the service

NAMED = {"EDEXQL_DIRECT_START_ENDPOINT": "start", "EDEXQL_DIRECT_PROGRESS_ENDPOINT": "progress"}


def selection_in(folder):
    wire = {"product": ["fai-lv1-hdf5-images"], "result_filenames": [], "query-logic": " ( 1 ) "}
    files = [{"ticked": True, "file": "a.h5   1MB"}, {"ticked": False, "file": "b.h5   1MB"}]
    document = {"selection": 1, "query": QUERY, "wire": wire, "service": "x", "asked": "2026-01-01T00:00:00Z"}
    (folder / "may.edqs").write_text(json.dumps({**document, "files": files}))
    return {**wire, "result_filenames": ["a.h5   1MB"]}


def test_files_packed_by_the_service_are_asked_for_by_session_and_downloaded(tmp_path):
    wire = selection_in(tmp_path)
    looks = iter([{"progress": 50, "status": "packing"}, {"progress": 100, "url": "/files/all.h5"}])

    def answer(received):
        if received.path == "/start":
            return Answer(body=json.dumps({"session_id": 7}).encode())
        if received.path.startswith("/progress"):
            return Answer(body=json.dumps(next(looks)).encode())
        return Answer(200, FILES["a.h5"], (("Content-Type", "application/x-hdf5"),))

    with StandIn(answer) as service:
        done = run(
            "download", "--from", "direct", "may.edqs", cwd=tmp_path, EDEXQL_SERVICE_LISTING=service.url, **NAMED
        )
        asked = [(one.method, one.path) for one in service.requests]
        assert json.loads(service.requests[0].body) == wire
    assert done.code == 0, done.err
    look = ("GET", "/progress?session_id=7")
    # Sums beside the file are asked for after it.
    assert asked[:4] == [("POST", "/start"), look, look, ("GET", "/files/all.h5")]
    assert there(tmp_path).keys() == {"all.h5", "may.edqs"}


@pytest.mark.parametrize("elsewhere", [True, False])
def test_passwords_go_to_no_host_that_a_service_names_in_the_link_of_a_direct_download(tmp_path, elsewhere):
    selection_in(tmp_path)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    here = {"NETRC": str(tmp_path / "netrc")}
    busy = [head("404 Not Found", Content_Length=0)]
    with Hostile(in_turn(busy, whole(FILES["a.h5"]))) as files:

        def answer(received):
            if received.path in ("/start", "/progress?session_id=7"):
                link = f"{files.url if elsewhere else service.url}/files/all.h5"
                return Answer(body=json.dumps({"session_id": 7, "url": link}).encode())
            return Answer(404 if len(service.requests) == 2 else 200, FILES["a.h5"])

        with StandIn(answer) as service:
            asked = {"cwd": tmp_path, "EDEXQL_SERVICE_LISTING": service.url, **NAMED, **here}
            assert run("download", "--from", "direct", "may.edqs", **asked).code == 1
            assert run("retry", ".", **asked).code == 0
            of_files = files.asked if elsewhere else service.requests[1:3]
            names = [{name.lower() for name in one.headers} for one in of_files]
    assert ["authorization" in one for one in names] == [not elsewhere] * 2


@pytest.mark.parametrize(
    ("start", "look", "said"),
    [
        (Answer(body=b"{}"), None, "session_id"),
        (Answer(body=b"[1"), None, "JSON"),
        (Answer(500, b"broken"), None, "500"),
        (Answer(body=b'{"session_id": true}'), None, "session_id"),
        (Answer(body=b'{"session_id": "s"}'), Answer(body=b'{"status": "failed"}'), "failed"),
        (Answer(body=b'{"session_id": "s"}'), Answer(body=b'{"error": "no \\u001b room"}'), "room"),
        (Answer(body=b'{"session_id": "s"}'), Answer(body=b'{"url": "file:///etc/passwd"}'), "not a web address"),
        (Answer(body=b'{"session_id": "s"}'), Answer(body=b"[]"), "object"),
        (Answer(body=b'{"session_id": "s"}'), Answer(404, b"gone"), "404"),
    ],
)
def test_an_answer_that_is_not_as_assumed_is_an_error_that_says_so(start, look, said):
    with StandIn(lambda received: start if received.method == "POST" else look) as service, session_of() as session:
        where = direct.Addresses(f"{service.url}/start", f"{service.url}/progress")
        with pytest.raises(ServiceError, match=said) as raised:
            direct.pack({}, ["a"], where, session, stop=threading.Event(), report=lambda _: None, pause=0)
    assert "\x1b" not in str(raised.value)


def test_a_direct_download_can_be_stopped_and_does_not_wait_for_ever():
    with StandIn(lambda _: Answer(body=b'{"session_id": "s", "progress": 1}')) as service, session_of() as session:
        where = direct.Addresses(f"{service.url}/start", f"{service.url}/progress")
        stop = threading.Event()
        stop.set()
        assert direct.pack({}, ["a"], where, session, stop=stop, report=lambda _: None) is None
        with pytest.raises(ServiceError, match="has not packed"):
            direct.pack({}, ["a"], where, session, stop=threading.Event(), report=lambda _: None, pause=0, seconds=0)


def test_a_direct_download_is_switched_off_as_long_as_nobody_knows_its_names():
    assert direct.addresses(Configuration()) is None


# The note in the folder

NAMES = st.text(min_size=1, max_size=20)
ENTRIES = st.builds(
    Entry,
    NAMES,
    st.text(max_size=30),
    st.sampled_from(["downloaded", "already there", "failed", "interrupted", "skipped", "begun"]),
    st.none() | st.text(min_size=1, max_size=9),
    st.none() | st.sampled_from(KINDS),
    st.none() | st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
    st.text(max_size=20),
    st.none() | st.integers(0, 2**32 - 1),
)


@given(entries=st.lists(ENTRIES, max_size=5, unique_by=lambda entry: entry.name))
def test_what_is_noted_is_read_again(tmp_path_factory, entries):
    folder = str(tmp_path_factory.mktemp("noted"))
    manifest.note(folder, entries)
    assert list(manifest.read(folder)) == entries
    manifest.note(folder, entries[:1])
    assert list(manifest.read(folder)) == entries


@given(data=st.binary(max_size=60) | st.builds(lambda value: json.dumps(value).encode(), st.dictionaries(
    st.sampled_from(["downloads", "files"]),
    st.just(1) | st.lists(st.dictionaries(st.sampled_from(["name", "url", "state", "crc32", "form", "kind"]),
                                          st.none() | st.text(max_size=3) | st.integers() | st.just([[1]]))),
)))  # fmt: skip
def test_any_bytes_for_a_note_are_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    (folder / manifest.NAME).write_bytes(data)
    try:
        entries = manifest.read(str(folder))
    except ManifestError as error:
        said = str(error)
    else:
        said = "remove it" if all(isinstance(entry, Entry) for entry in entries) else ""
    assert "remove it" in said


def test_a_sum_counts_for_the_same_address_only_and_goes_with_a_failure():
    (entry,) = manifest.entries_of([RemoteFile("http://x/a", "a", read_size("1.5MB"))])
    good = manifest.finished(entry, Report("a", "downloaded", crc32=5))
    assert manifest.wanted_of(good) == RemoteFile("http://x/a", "a", read_size("1.5MB"), crc32=5)
    assert manifest.finished(good, Report("a", "already there")).crc32 == 5
    # Or else the next run would know no better than to believe the file that this one found wrong.
    changed = manifest.finished(good, Report("a", "failed", reason="it has changed"))
    assert [one.crc32 for one in manifest.with_sums([manifest.wanted_of(entry)], [changed])] == [5]
    same, other = RemoteFile("http://x/a", "a"), RemoteFile("http://y/a", "a")
    assert [one.crc32 for one in manifest.with_sums([same, other], [good])] == [5, None]


# A page with a number of thousands of digits


@pytest.mark.parametrize("digits", [8, 9, 5000, 60_000])
def test_a_page_with_a_number_of_any_length_tells_its_title(digits):
    said = title_of(b"<html><title>sorry &#%s; gone</title>" % (b"9" * digits))
    assert said.startswith("sorry")
    assert said.endswith("gone")


@pytest.mark.parametrize(
    ("head_", "code"), [({"Transfer_Encoding": "chunked"}, 1), ({}, 1), ({"Content_Length": 1}, 0)]
)
def test_a_folder_of_which_nothing_tells_the_end_is_no_success(head_, code, tmp_path):
    # As h5ai writes it: members, and no empty blocks behind them.
    member = tarfile.TarInfo("a.h5")
    member.size = 512
    data = member.tobuf() + bytes(511) + b"x"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data) if "Transfer_Encoding" in head_ else data
    told = {name: len(data) if name == "Content_Length" else value for name, value in head_.items()}
    with Hostile([head(**told), body, CLOSE]) as service:
        done = run("download", "--folder-tar", "2019/05/01/FAI", cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.code == code
    assert ("files may be missing" in done.out, "edexql browse" in done.out) == (bool(code), bool(code))
    assert (tmp_path / "2019-05-01-FAI.tar").exists() == (not code)
    assert code or "1 file verified by length alone" in done.err


def test_other_bytes_of_the_size_that_is_listed_are_in_the_way(tmp_path):
    (tmp_path / FAI).write_bytes(FILES[FAI][:-1] + b"?")
    with Hostile(by_path(TREE)) as service:
        done = run("download", "-", stdin=f"{FAI}   300.01KB\n", cwd=tmp_path, EDEXQL_ARCHIVE_ADDRESS=service.url)
    assert done.code == 1
    assert "already there" not in done.out
    assert "1 file not written, because another file has the name" in done.err


@pytest.mark.parametrize("noted", [True, False])
def test_what_goes_on_is_said_once_and_as_it_is(noted, tmp_path, monkeypatch, capsys):
    real = manifest.note

    def note(folder, entries):
        if not noted or any(entry.state != "begun" for entry in entries):
            raise manifest.ManifestError(f"cannot write {manifest.NAME}: No space left on device")
        real(folder, entries)

    monkeypatch.setattr(manifest, "note", note)
    with Hostile([whole(FILES["a.h5"])[0], FILES["a.h5"][:9000], CLOSE]) as service:
        monkeypatch.setenv("EDEXQL_NETWORK_TRIES", "1")
        assert main(["download", *links(service, "a.h5"), "--to", str(tmp_path / "to")]) == 1
    err = capsys.readouterr().err
    assert err.count("No space left on device") == 1
    assert ("edexql retry" in err, "the same command resumes" in err) == (noted, not noted)
