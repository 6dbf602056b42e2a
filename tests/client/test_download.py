"""Downloading files: side by side, resumed after any end, never over what is there, never outside their folder."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import random
import shutil
import signal
import threading
import time
import unicodedata
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import PATIENCE
from edexql.base.files import disk
from edexql.base.units import exact_size, read_size
from edexql.client.download import destination, headers, part, run
from edexql.client.download.batch import download
from edexql.client.download.model import CODES, RemoteFile, Watch
from edexql.client.download.transfer import Budget
from edexql.client.settings.declarations import Network
from edexql.formats.integrity import Stopped, check
from edexql.formats.signatures import KINDS, kind_of_name, title_of
from hostile import (
    CALM,
    CLOSE,
    HANG,
    HURRIED,
    PAST,
    PAUSE,
    POLICY,
    Heard,
    Hostile,
    by_path,
    head,
    in_turn,
    page,
    ranged,
    report_of,
    start,
    tls,
    whole,
)


def zip_of(*contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.h5", content)
    return made.getvalue()


BIG = random.Random(1).randbytes(4_000_000)
FILES = {f"{number}.txt": f"{number} data\n".encode() * (1000 + number) for number in range(20)}
ZIP = zip_of(random.Random(2).randbytes(50_000))


def wait_for(found, what="it"):
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, f"{what} never came"
        time.sleep(0.005)


def get(service, files, folder, **changes):
    wanted = [RemoteFile(f"{service.url}/{name}", name) for name in files]
    told = {"network": POLICY, "watch": Watch(), "stop": threading.Event(), "first_pause": PAUSE, **changes}
    return download(wanted, str(folder), **told)


# Many files


def test_files_are_downloaded_and_reported_in_their_order(tmp_path):
    heard = Heard()
    with Hostile(by_path(FILES)) as service:
        reports = get(service, FILES, tmp_path / "made" / "here", watch=heard)
    assert [report.name for report in reports] == list(FILES)
    assert {report.state for report in reports} == {"downloaded"}
    for report in reports:
        assert Path(report.path).read_bytes() == FILES[report.name]
        assert (report.moved, report.tries) == (len(FILES[report.name]), 1)
    assert sorted(os.listdir(tmp_path / "made" / "here")) == sorted(FILES)
    assert heard.bytes == heard.sizes == {name: len(data) for name, data in FILES.items()}
    assert set(heard.reports) == set(reports)


def test_one_bad_file_does_not_harm_the_others(tmp_path):
    with Hostile(by_path(FILES)) as service:
        reports = get(service, ["0.txt", "none.txt", "1.txt"], tmp_path)
    assert [report.state for report in reports] == ["downloaded", "failed", "downloaded"]


def test_nothing_to_do_is_done(tmp_path):
    assert download([], str(tmp_path / "x"), network=POLICY, watch=Watch(), stop=threading.Event()) == ()


def test_no_more_files_of_a_host_are_asked_for_at_once_than_is_polite(tmp_path):
    network = Network("edexql/0", connections=3)
    with Hostile(lambda asked: [0.03, *by_path(FILES)(asked)]) as service:
        reports = get(service, FILES, tmp_path, network=network)
        assert service.most_waiting == 3
    assert {report.state for report in reports} == {"downloaded"}


def test_a_host_that_hangs_does_not_hold_up_another(tmp_path):
    heard, stop = Heard(), threading.Event()

    def ended(report):
        heard.reports.append(report)
        stop.set()

    heard.ended = ended
    with Hostile([HANG]) as bad, Hostile(by_path(FILES)) as good:
        wanted = [RemoteFile(bad.url, f"bad{number}.txt") for number in range(30)]
        wanted.append(RemoteFile(f"{good.url}/0.txt", "0.txt"))
        reports = download(wanted, str(tmp_path), network=CALM, watch=heard, stop=stop)
    assert heard.reports[0].name == "0.txt"
    assert heard.reports[0].state == "downloaded"
    assert {report.state for report in reports[:-1]} == {"interrupted"}


def test_the_connection_is_used_again_where_a_file_tells_its_own_end(tmp_path):
    network = Network("edexql/0", connections=1)
    connections = set()

    class Counting(Hostile):
        def _serve(self, connection):
            connections.add(connection.getpeername())
            super()._serve(connection)

    data = {f"{number}.zip": ZIP for number in range(5)}
    with Counting(by_path(data)) as service:
        get(service, data, tmp_path, network=network)
    assert len(connections) <= 3


def test_the_request_says_who_asks_and_wants_the_file_itself(tmp_path):
    with Hostile(by_path(FILES)) as service:
        get(service, ["0.txt"], tmp_path)
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("GET", "/0.txt")
    assert asked.headers["user-agent"] == "edexql/0 (+https://example.org)"
    assert asked.headers["accept-encoding"] == "identity"
    # A text does not tell its own end, so what comes after it is to be seen.
    assert asked.headers["connection"] == "close"


def test_a_folder_as_one_tar_is_asked_for_with_a_form(tmp_path):
    import tarfile

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    form = (("action", "download"), ("as", "a.tar"), ("hrefs", ""))
    with Hostile(in_turn(page("500 Oops", "oops"), [head(), made.getvalue(), CLOSE])) as service:
        assert report_of(f"{service.url}/2016/", "a.tar", tmp_path, form=form).state == "downloaded"
    assert [asked.method for asked in service.asked] == ["POST"] * 2
    assert service.asked[1].body == b"action=download&as=a.tar&hrefs="


def test_an_unexpected_error_is_raised_where_the_caller_is(tmp_path):
    class Broken(Watch):
        def moved(self, name, count):
            raise ZeroDivisionError

    with Hostile(by_path(FILES)) as service, pytest.raises(ZeroDivisionError):
        get(service, FILES, tmp_path, watch=Broken())


# Redirects, proxies, certificates


def test_a_redirect_is_followed_and_takes_no_password_along(tmp_path):
    with Hostile(by_path(FILES)) as there:
        away = there.url.replace("127.0.0.1", "localhost")
        with Hostile([head("302 Found", Location=f"{away}/0.txt", Content_Length=0)]) as here:
            url = here.url.replace("://", "://me:secret@")
            assert report_of(url, "0.txt", tmp_path).state == "downloaded"
    assert "authorization" in here.asked[0].headers
    assert "authorization" not in there.asked[0].headers


def test_a_proxy_of_the_environment_is_used(tmp_path, monkeypatch):
    with Hostile(lambda asked: ranged(FILES["0.txt"], asked)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert report_of("http://edex.invalid/0.txt", "0.txt", tmp_path).state == "downloaded"
        proxy._play = lambda asked: [head(Content_Length=9), FILES["0.txt"]]
        assert report_of("http://edex.invalid/1.txt", "1.txt", tmp_path).code == "garbled"
    assert proxy.asked[0].path == "http://edex.invalid/0.txt"


def test_a_certificate_is_checked_and_what_is_trusted_can_be_said(tmp_path, certificate, monkeypatch):
    with Hostile(
        in_turn(*[lambda asked: ranged(ZIP, asked)] * 2, [whole(ZIP)[0], ZIP[:9000], HANG]), tls(certificate)
    ) as service:
        report = report_of(service.url, "a.zip", tmp_path)
        assert (report.code, report.tries) == ("certificate", 1)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "cert.pem"))
        for name in ("a.zip", "b.zip"):
            assert report_of(service.url, name, tmp_path).state == "downloaded"
        assert report_of(service.url, "c.zip", tmp_path, network=HURRIED).code in ("slow", "silent")


def test_a_handshake_that_goes_on_and_on_is_cut(tmp_path):
    # Ten bytes that begin a handshake, one at a time, for as long as the client has patience.
    class Trickling(Hostile):
        def _serve(self, connection):
            with connection:
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    try:
                        connection.send(bytes([byte]))
                    except OSError:
                        return
                    self._over.wait(0.1)

    network = Network("edexql/0", connect=0.3, read=0.3, tries=1)
    with Trickling([]) as service:
        url = service.url.replace("http", "https")
        assert report_of(url, "a.zip", tmp_path, network=network).code == "silent"


# What is there already


def test_a_file_that_is_there_with_the_sum_of_its_download_is_not_asked_for(tmp_path):
    (tmp_path / "a.zip").write_bytes(ZIP)
    with Hostile([CLOSE]) as service:
        report = report_of(service.url, "a.zip", tmp_path, crc32=zlib.crc32(ZIP))
    assert (report.state, report.moved, report.tries, report.checked) == ("already there", 0, 0, "sum")
    assert report.path == str(tmp_path / "a.zip")


OTHERS = {
    "a.zip": (ZIP, zip_of(random.Random(3).randbytes(50_000))),
    "a.h5": (b"\x89HDF\r\n\x1a\n" + BIG[:9000], b"\x89HDF\r\n\x1a\n" + BIG[9000:18000]),
    "a.txt": (b"20190501 1.0\n" * 900, b"20190501 2.0\n" * 900),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("listed", ["exact", "rounded", "not at all"])
@pytest.mark.parametrize("told_", ["nothing", "a sum", "a time", "another length"])
def test_other_bytes_of_the_size_that_is_listed_are_not_taken_for_the_file(tmp_path, name, listed, told_):
    right, other = OTHERS[name]
    assert len(right) == len(other)
    size = {"exact": exact_size(len(right)), "rounded": read_size(f"{len(right) / 1e6:.2f}MB")}.get(listed)
    told = {
        "a sum": {"Repr_Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(right).digest()).decode()}:"},
        "another length": {"Content_Length": len(right) + 1},
    }.get(told_, {})
    (tmp_path / name).write_bytes(other)
    with Hostile(lambda asked: whole(right, **told)) as service:
        report = report_of(f"{service.url}/{name}", name, tmp_path, size=size)
        assert (report.state, report.code) == ("failed", "in-the-way")
        if told_ in ("a sum", "another length"):
            assert report.moved < 5000
    assert (tmp_path / name).read_bytes() == other
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("existing", ["keep", "replace"])
@pytest.mark.parametrize("told_", ["a sum", "a time"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_there_and_right_by_what_the_service_tells_does_not_come_again(tmp_path, name, told_, existing):
    right, _ = OTHERS[name]
    sum_ = {"Digest": f"md5={base64.b64encode(hashlib.md5(right).digest()).decode()}"} if told_ == "a sum" else {}
    (tmp_path / name).write_bytes(right)
    if told_ == "a time":
        os.utime(tmp_path / name, (PAST, PAST))
    with Hostile([whole(right, **sum_)[0], right[:5000], HANG]) as service:
        report = report_of(f"{service.url}/{name}", name, tmp_path, existing=existing)
    assert (report.state, report.checked) == ("already there", "sum" if told_ == "a sum" else "version"), report
    assert report.moved < 10_000
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    ("there", "existing", "state"),
    [
        (ZIP, "keep", "already there"),
        (zip_of(b"another"), "keep", "failed"),
        (zip_of(b"another"), "replace", "downloaded"),
    ],
)
def test_a_whole_file_that_nothing_ties_to_the_wanted_one_is_held_against_it(tmp_path, there, existing, state):
    (tmp_path / "a.zip").write_bytes(there)
    with Hostile(lambda asked: ranged(ZIP, asked)) as service:
        report = report_of(service.url, "a.zip", tmp_path, existing=existing)
    assert report.state == state
    assert (tmp_path / "a.zip").read_bytes() == (there if state == "failed" else ZIP)
    assert os.listdir(tmp_path) == ["a.zip"]


def test_what_is_asked_for_again_reaches_beyond_a_stretch_of_fill_values(tmp_path):
    one, other = (bytes([n]) * 50_000 + bytes(100_000) + bytes([n]) * 50_000 for n in (1, 2))
    one, other = (b"\x89HDF\r\n\x1a\n" + data for data in (one, other))
    cut = [*whole(one[:120_000], ETag='"same"', Content_Length=len(one)), CLOSE]
    with Hostile(in_turn(cut, lambda asked: ranged(other, asked, ETag='"same"'))) as service:
        report = report_of(service.url, "a.h5", tmp_path)
    found = (tmp_path / "a.h5").read_bytes() if (tmp_path / "a.h5").exists() else None
    assert (report.state, found) in (("downloaded", other), ("failed", None))


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.zip", ZIP[:-1], None),
        ("a.zip", ZIP[:999] + b"x" + ZIP[1000:], None),
        ("a.zip", b"<html>Sign in</html>", None),
        ("a.zip", zip_of(b"another"), read_size("0.05MB")),
        ("a.txt", FILES["0.txt"][:-1], exact_size(len(FILES["0.txt"]))),
        ("a.txt", b"<html>Sign in</html>", None),
        ("a.zip", b"", None),
    ],
)
def test_a_file_that_is_there_and_wrong_is_kept_unless_it_is_to_be_replaced(name, data, size, tmp_path):
    (tmp_path / name).write_bytes(data)
    right = ZIP if name == "a.zip" else FILES["0.txt"]
    with Hostile(lambda asked: ranged(right, asked)) as service:
        report = report_of(service.url, name, tmp_path, size=size)
        assert (report.state, report.code, report.tries) == ("failed", "in-the-way", 0)
        assert (tmp_path / name).read_bytes() == data
        report = report_of(service.url, name, tmp_path, size=size and exact_size(len(right)), existing="replace")
        assert report.state == "downloaded"
    assert (tmp_path / name).read_bytes() == right
    assert os.listdir(tmp_path) == [name]


def test_a_failed_replacement_leaves_the_old_file(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"old")
    with Hostile([whole(ZIP)[0], ZIP[:1000], CLOSE]) as service:
        assert report_of(service.url, "a.zip", tmp_path, existing="replace").code == "cut"
    assert (tmp_path / "a.zip").read_bytes() == b"old"


def test_a_file_about_which_nothing_is_known_is_compared_with_the_services(tmp_path):
    (tmp_path / "0.txt").write_bytes(FILES["0.txt"])
    (tmp_path / "1.txt").write_bytes(FILES["0.txt"])
    with Hostile(by_path(FILES)) as service:
        first, second = get(service, ["0.txt", "1.txt"], tmp_path)
    assert (first.state, first.moved) == ("already there", len(FILES["0.txt"]))
    assert (second.state, second.code) == ("failed", "in-the-way")
    assert (tmp_path / "1.txt").read_bytes() == FILES["0.txt"]
    assert sorted(os.listdir(tmp_path)) == ["0.txt", "1.txt"]


def test_a_file_is_held_against_the_sum_of_its_download(tmp_path):
    data = FILES["0.txt"]
    (tmp_path / "0.txt").write_bytes(data)
    with Hostile([CLOSE]) as service:
        known = {"crc32": zlib.crc32(data), "size": exact_size(len(data))}
        assert report_of(service.url, "0.txt", tmp_path, **known).state == "already there"
        (tmp_path / "0.txt").write_bytes(data[:-1] + b"x")
        assert report_of(service.url, "0.txt", tmp_path, **known).code == "in-the-way"


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    class Quick(Watch):
        def checking(self, name):
            (tmp_path / name).write_bytes(b"of somebody else")

    with Hostile(by_path(FILES)) as service:
        (report,) = get(service, ["0.txt"], tmp_path, watch=Quick())
    assert report.code == "in-the-way"
    assert (tmp_path / "0.txt").read_bytes() == b"of somebody else"


@pytest.mark.parametrize("place", ["0.txt", "0.txt.part", "0.txt.part.json"])
@pytest.mark.parametrize("existing", ["keep", "replace"])
def test_links_are_not_followed(place, existing, tmp_path):
    (tmp_path / "inside").mkdir()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "inside" / place).symlink_to(victim)
    with Hostile(by_path(FILES)) as service:
        report = report_of(f"{service.url}/0.txt", "0.txt", tmp_path / "inside", existing=existing)
    assert victim.read_bytes() == b"precious"
    if report.state == "downloaded":
        assert not (tmp_path / "inside" / "0.txt").is_symlink()
        assert (tmp_path / "inside" / "0.txt").read_bytes() == FILES["0.txt"]
    else:
        assert report.code == "in-the-way"


def test_another_name_of_an_unfinished_file_keeps_its_content(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    os.link(victim, tmp_path / "0.txt.part")
    with Hostile(by_path(FILES)) as service:
        assert report_of(f"{service.url}/0.txt", "0.txt", tmp_path).state == "downloaded"
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize("make", [os.mkdir, *([os.mkfifo] if hasattr(os, "mkfifo") else [])])
@pytest.mark.parametrize("place", ["0.txt", "0.txt.part"])
def test_what_is_no_plain_file_is_left_alone(make, place, tmp_path):
    make(tmp_path / place)
    with Hostile(by_path(FILES)) as service:
        for existing in ("keep",) if make is not os.mkdir else ("keep", "replace"):
            report = report_of(f"{service.url}/0.txt", "0.txt", tmp_path, existing=existing)
            assert (report.state, report.code) == ("failed", "in-the-way")
    assert os.listdir(tmp_path) == [place]


# Ends and beginnings


def test_an_interrupted_download_is_gone_on_with(tmp_path):
    heard, stop = Heard(), threading.Event()

    def moved(name, count):
        Heard.moved(heard, name, count)
        if heard.bytes[name] >= len(BIG) // 2:
            stop.set()

    heard.moved = moved
    with Hostile([whole(BIG)[0], BIG[: len(BIG) // 2], 3600]) as service:
        url = f"{service.url}/x"
        reports = []
        # No limit of its own would end it.
        endless = Network("edexql/0", connect=3600, read=3600, window=3600, tries=3, seconds=3600)
        thread = threading.Thread(
            target=lambda: reports.append(report_of(url, "a.dat", tmp_path, network=endless, watch=heard, stop=stop)),
            daemon=True,
        )
        thread.start()
        thread.join(60)
        assert [(report.state, report.code) for report in reports] == [("interrupted", "stopped")]
        assert sorted(os.listdir(tmp_path)) == ["a.dat.part", "a.dat.part.json"]
        service._play = lambda asked: ranged(BIG, asked)
        assert report_of(url, "a.dat", tmp_path).state == "downloaded"
        assert service.sent <= 1.02 * len(BIG)
    assert (tmp_path / "a.dat").read_bytes() == BIG
    assert os.listdir(tmp_path) == ["a.dat"]


def test_a_download_that_is_stopped_before_it_begins_does_nothing(tmp_path):
    stop = threading.Event()
    stop.set()
    with Hostile([CLOSE]) as service:
        report = report_of(service.url, "a.zip", tmp_path, stop=stop)
    assert (report.state, report.code, report.tries) == ("interrupted", "stopped", 0)
    assert service.asked == []


@pytest.mark.parametrize("script", [[HANG], [head(Content_Length=9), HANG], [head("503 Busy", Content_Length=0)]])
def test_a_stop_ends_every_wait(script, tmp_path):
    stop = threading.Event()
    network = Network("edexql/0", connect=60, read=60, window=60, tries=9, seconds=900)
    with Hostile(script) as service:
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        report = report_of(service.url, "a.zip", tmp_path, network=network, stop=stop, first_pause=60)
        timer.join()
    assert report.state == "interrupted"
    assert os.listdir(tmp_path) == []


def marked(unfinished: Path) -> int:
    """How many bytes of an unfinished file its journal says are there."""
    journal = part.read_journal(str(unfinished).removesuffix(part.PART_SUFFIX) + part.JOURNAL_SUFFIX)
    return max(journal[1], default=0) if journal else 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_killed_download_is_gone_on_with(share, tmp_path):
    until = int(share * len(BIG))
    with Hostile([whole(BIG)[0], BIG[:until], HANG]) as service:
        url = f"{service.url}/x"
        process = start(f"from hostile import CALM; get({url!r}, 'a.dat', sys.argv[1], network=CALM)", tmp_path)
        unfinished = tmp_path / "a.dat.part"
        wait_for(lambda: unfinished.exists() and unfinished.stat().st_size == until)
        # The journal says a moment later that the bytes are there, unless fewer came than it says a line for.
        wait_for(lambda: marked(unfinished) > until - len(BIG) // 100)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "a.dat").exists()
        service._play = lambda asked: ranged(BIG, asked)
        assert report_of(url, "a.dat", tmp_path).state == "downloaded"
        assert service.sent <= 1.02 * len(BIG)
    assert (tmp_path / "a.dat").read_bytes() == BIG
    assert os.listdir(tmp_path) == ["a.dat"]


def test_a_download_that_was_broken_off_at_the_keyboard_is_gone_on_with(tmp_path):
    half = len(BIG) // 2
    with Hostile([whole(BIG)[0], BIG[:half], HANG]) as service:
        url = f"{service.url}/x"
        # A test run in the background of a shell has the signal switched off, and hands that down.
        code = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        code += "from hostile import CALM\ntry:\n    get({!r}, 'a.dat', sys.argv[1], network=CALM)\n"
        code += "except KeyboardInterrupt:\n    print('broken off')"
        process = start(code.format(url), tmp_path)
        unfinished = tmp_path / "a.dat.part"
        wait_for(lambda: unfinished.exists() and unfinished.stat().st_size == half)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE)[0] == "broken off\n"
        service._play = lambda asked: ranged(BIG, asked)
        assert report_of(url, "a.dat", tmp_path).state == "downloaded"
        assert service.sent <= len(BIG) + 1024
    assert (tmp_path / "a.dat").read_bytes() == BIG


def test_a_download_that_was_killed_and_has_changed_since_begins_anew(tmp_path):
    other = BIG[::-1]
    with Hostile([whole(BIG)[0], BIG[:2_000_000], HANG]) as service:
        url = f"{service.url}/x"
        process = start(f"from hostile import CALM; get({url!r}, 'a.dat', sys.argv[1], network=CALM)", tmp_path)
        unfinished = tmp_path / "a.dat.part"
        wait_for(lambda: marked(unfinished) > 2_000_000 - len(BIG) // 100)
        process.kill()
        process.communicate()
        service._play = lambda asked: ranged(other, asked, ETag='"v2"')
        assert report_of(url, "a.dat", tmp_path).state == "downloaded"
    assert (tmp_path / "a.dat").read_bytes() == other


def test_a_download_that_was_killed_in_its_last_step_is_tidied_up(tmp_path):
    (tmp_path / "a.zip").write_bytes(ZIP)
    os.link(tmp_path / "a.zip", tmp_path / "a.zip.part")
    with Hostile([CLOSE]) as service:
        told = part.FileVersion(service.url, headers.Validator("ETag", '"a"'), len(ZIP))
        (tmp_path / "a.zip.part.json").write_bytes(part.version_line(told))
        assert report_of(service.url, "a.zip", tmp_path).state == "already there"
    assert (tmp_path / "a.zip").read_bytes() == ZIP
    assert os.listdir(tmp_path) == ["a.zip"]


# A process that says each time whether it has the unfinished file for itself, or waits for another.
TELLING = """
import time
from edexql.client.download import transfer
from hostile import CALM
opened = transfer.open_part
def tried(*words, **named):
    part = opened(*words, **named)
    print("waits" if part is None else "has it", time.monotonic(), flush=True)
    return part
transfer.open_part = tried
print(get({url!r}, "a.dat", sys.argv[1], network=CALM).state)
"""


def test_processes_bring_one_file_once(tmp_path):
    go_on = threading.Event()

    def play(asked):
        yield whole(BIG)[0]
        yield BIG[:1_000_000]
        assert go_on.wait(PATIENCE)
        yield BIG[1_000_000:]

    with Hostile(play) as service:
        processes = [start(TELLING.format(url=service.url), tmp_path) for _ in range(3)]
        first = [process.stdout.readline().rpartition(" ")[0] for process in processes]
        assert sorted(first) == ["has it", "waits", "waits"]
        wait_for(lambda: part.read_journal(str(tmp_path / "a.dat.part.json")) is not None)
        since = time.monotonic()
        for process, said in zip(processes, first, strict=True):
            if said == "waits":
                # A look that begins from now on finds who has it, and has ended when the next one begins.
                while float(process.stdout.readline().rpartition(" ")[2]) <= since:
                    pass
                assert process.stdout.readline().startswith("waits")
        go_on.set()
        states = sorted(process.communicate(timeout=PATIENCE)[0].split("\n")[-2] for process in processes)
        assert states == ["already there", "already there", "downloaded"]
        assert service.sent == len(BIG)
    assert (tmp_path / "a.dat").read_bytes() == BIG
    assert os.listdir(tmp_path) == ["a.dat"]


def test_a_process_that_does_not_get_on_is_not_waited_for_for_ever(tmp_path):
    held = part.open_part(str(tmp_path / "a.zip.part"))
    network = Network("edexql/0", seconds=0.3)
    with Hostile(lambda asked: ranged(ZIP, asked)) as service:
        report = report_of(service.url, "a.zip", tmp_path, network=network)
        assert (report.state, report.code) == ("failed", "in-use")
        held.close()
        assert report_of(service.url, "a.zip", tmp_path, network=network).state == "downloaded"


# The disk


def test_files_for_which_there_is_no_room_are_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "free_space", lambda folder: 1000_000)
    with Hostile([CLOSE]) as service:
        wanted = [RemoteFile(service.url, f"{n}.zip", read_size("0.60MB")) for n in range(2)]
        reports = download(wanted, str(tmp_path), network=POLICY, watch=Watch(), stop=threading.Event())
    assert [(report.state, report.code) for report in reports] == [("skipped", "disk-full")] * 2
    assert "1.00 MB are free" in reports[0].reason
    assert service.asked == []


def test_a_file_whose_length_does_not_fit_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "free_space", lambda folder: 1000)
    with Hostile(whole(ZIP)) as service:
        report = report_of(service.url, "a.zip", tmp_path)
    assert report.code == "disk-full"
    assert os.listdir(tmp_path) == []


def test_a_disk_that_becomes_full_stops_all_and_leaves_what_can_be_gone_on_with(tmp_path, monkeypatch):
    real = part._write
    room = 200_000

    def write(handle, data):
        nonlocal room
        if len(data) > 1000 and room < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        room -= len(data)
        real(handle, data)

    monkeypatch.setattr(part, "_write", write)
    data = {f"{number}.dat": BIG[:300_000] for number in range(40)}

    def play(asked):
        first, body = by_path(data)(asked)
        return [first, *[step for at in range(0, len(body), 20_000) for step in (body[at : at + 20_000], 0.002)]]

    with Hostile(play) as service:
        reports = get(service, data, tmp_path, network=CALM)
        assert {report.code for report in reports} == {"disk-full"}
        assert "failed" in {report.state for report in reports} <= {"failed", "interrupted", "skipped"}
        assert len(service.asked) < len(data)
        assert not set(os.listdir(tmp_path)) & set(data)
        monkeypatch.undo()
        assert {report.state for report in get(service, data, tmp_path, network=CALM)} == {"downloaded"}
    assert all((tmp_path / name).read_bytes() == body for name, body in data.items())


def test_a_folder_that_vanishes_is_told(tmp_path):
    folder = tmp_path / "gone"

    class Vanishing(Watch):
        def checking(self, name):
            shutil.rmtree(folder)

    with Hostile(by_path(FILES)) as service:
        (report,) = get(service, ["0.txt"], folder, watch=Vanishing())
    assert (report.state, report.code) == ("failed", "folder")


@pytest.mark.parametrize("folder", ["/proc/self", "/proc/nothing/here", "a file"])
def test_a_folder_that_cannot_be_written_to_is_told(folder, tmp_path):
    (tmp_path / "a file").write_bytes(b"")
    with Hostile(by_path(FILES)) as service:
        (report,) = get(service, ["0.txt"], tmp_path / folder)
    assert report.code == "folder"
    assert report.path is None


# Names

BAD_NAMES = [
    "", " ", ".", "..", "../a", "/etc/passwd", "a/b", "a\\b", "C:a", "a\nb", "a\0b", "\x1b[31m", "CON", "con.txt",
    "Lpt1 .zip", "-rf", ".netrc", " a", "a ", "a.", "a" * 201, "é" * 101, "\ud800", "a.part", "a.PART", "a.part.json",
    'a"b', "a|b", "\u202ea",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_not_plain_is_refused(name, tmp_path):
    (tmp_path / "inside").mkdir()
    with Hostile([CLOSE]) as service:
        report = report_of(service.url, name, tmp_path / "inside")
        assert (report.state, report.code) == ("failed", "name")
        assert report.reason.isprintable()
        assert service.asked == []
    assert [path.name for path in tmp_path.rglob("*")] == ["inside"]


@given(st.text(max_size=12))
def test_a_name_that_is_taken_stays_in_its_folder(name):
    if destination.name_problem(name) is None:
        assert os.path.basename(name) == name
        assert os.path.normpath(name) == name
        assert name.isprintable()
        assert name[0] not in "-."


@given(
    st.lists(st.sampled_from(["a", "A", "b", "é", "e\u0301", "É", "ß", "ss", "ａ", "\ufb01", "fi", "x/"]), max_size=6)
)
def test_of_names_that_some_system_takes_for_the_same_one_is_used(given_names):
    def key(name):
        # NFKC, as ZFS can have it, is the widest that a file system has.
        return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())

    used = [
        name for name, wrong in zip(given_names, destination.name_problems(given_names), strict=True) if wrong is None
    ]
    assert len({key(name) for name in used}) == len(used)
    assert {key(name) for name in used} == {key(name) for name in given_names if "/" not in name}


def test_the_second_of_two_names_is_refused(tmp_path):
    with Hostile(by_path({"a.txt": b"1", "A.txt": b"2"})) as service:
        reports = get(service, ["a.txt", "A.txt"], tmp_path)
    assert [report.code for report in reports] == [None, "name"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/a", "http://", "//x/a", "", "http://[::1", "http://x:99999/"]
)
def test_an_address_that_is_none_is_refused(url, tmp_path):
    assert report_of(url, "a.zip", tmp_path).code == "address"


# Reading


@given(st.integers(1, 10**13), st.integers(0, 3), st.sampled_from(["K", "M", "G"]), st.sampled_from(["B", "", "iB"]))
def test_a_size_that_is_listed_admits_the_file_that_it_was_made_of(count, digits, unit, ending):
    bases = (1024,) if ending == "iB" else (1000, 1024)
    for base in bases:
        exact = Fraction(count, base ** (" KMG".index(unit)))
        text = f"{float(round(exact * 10**digits) / Fraction(10**digits)):.{digits}f}"
        size = read_size(f"{text}{unit}{ending}")
        assert size.admits(count)
        assert not size.admits(count * 2 + base**3)


def test_the_size_of_the_tutorial_is_read_to_its_last_digit():
    size = read_size("540.57MB")
    assert size.admits(540_565_000)
    assert size.admits(540_574_999)
    assert not size.admits(540_564_000)
    assert not size.admits(540_576_000)
    assert not size.exact
    assert read_size("123").exact
    assert read_size("about 5MB") is None


DAY = "Wed, 01 May 2019 00:00:%02d GMT"


@pytest.mark.parametrize(
    ("told_", "found"),
    [
        ({"ETag": '"a"'}, ("ETag", '"a"')),
        ({"ETag": 'W/"a"'}, None),
        ({"ETag": "a"}, None),
        ({"ETag": '"a"\t"b"'}, None),
        ({"Last-Modified": DAY % 0, "Date": DAY % 1}, ("Last-Modified", DAY % 0)),
        ({"Last-Modified": DAY % 0, "Date": DAY % 0}, None),
        ({"Last-Modified": DAY % 0}, None),
        ({"Last-Modified": "yesterday", "Date": DAY % 1}, None),
    ],
)  # fmt: skip
def test_a_version_is_what_identifies_every_byte(told_, found):
    version = headers.validator(told_)
    assert (version and (version.header, version.value)) == found


@given(st.text(max_size=40))
def test_any_header_is_read_or_passed_over(text):
    headers.content_range(text)
    headers.http_date(text)
    found = headers.retry_after({"Retry-After": text, "Date": text}, 0.0)
    assert found is None or found >= 0
    headers.validator({"ETag": text, "Last-Modified": text, "Date": text})


@given(st.binary(max_size=3000))
def test_what_a_page_says_is_one_short_line(body):
    assert title_of(body).isprintable()
    assert len(title_of(body)) <= 201 * 10


@given(st.sampled_from([kind for kind in KINDS if kind != "other"]), st.binary(max_size=3000), st.booleans())
def test_any_bytes_are_judged(kind, noise, marked):
    marks = {"zip": b"PK\x03\x04", "hdf5": b"\x89HDF\r\n\x1a\n", "gzip": b"\x1f\x8b\x08", "png": b"\x89PNG\r\n\x1a\n"}
    data = (marks.get(kind, b"") if marked else b"") + noise + (b"PK\x05\x06" + bytes(18) if marked else b"")
    check(kind, io.BytesIO(data), len(data), threading.Event())


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=3), st.integers(0, 10**6), st.integers(1, 255))
def test_a_zip_with_a_byte_changed_is_found_out_or_unpacks_to_the_same(contents, at, change):
    data = bytearray(zip_of(*contents))
    data[at % len(data)] ^= change
    verdict = check("zip", io.BytesIO(data), len(data), threading.Event())
    if verdict.wrong is None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kept = [
                archive.read(name) for name in archive.infolist() if not name.flag_bits & 1 and name.compress_type == 0
            ]
        assert all(content in contents for content in kept)


@given(st.binary(min_size=1, max_size=2000), st.integers(0, 10**6))
def test_a_zip_that_is_cut_anywhere_is_found_out(content, at):
    data = zip_of(content)
    data = data[: at % len(data)]
    assert check("zip", io.BytesIO(data), len(data), threading.Event()).wrong


def test_a_zip_bomb_is_not_unpacked_to_its_end():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as member:
        for _ in range(150):
            member.write(bytes(2**20))
    verdict = check("zip", made, made.tell(), threading.Event())
    assert (verdict.whole, verdict.wrong) == (False, None)


def test_a_check_can_be_stopped():
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        check("zip", io.BytesIO(ZIP), len(ZIP), stop)


def test_kinds_are_told_by_endings():
    assert [kind_of_name(name) for name in ("a.ZIP", "a.h5", "a.nc.zip", "a.lv3", "a.tar.gz", "a")] == [
        "zip", "hdf5", "zip", "other", "gzip", "other",
    ]  # fmt: skip


# The budget


def test_a_line_that_gets_on_is_not_given_up():
    network = Network("x", tries=3)
    budget, size = Budget(network, 0, 0), 10**9
    for have in range(2 * 2**20, 10**9, 50 * 2**20):
        budget.record(have, size)
        assert budget.pause(None) == 0


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_a_line_that_does_not_get_on_is_given_up(haves):
    network = Network("x", tries=4)
    budget = Budget(network, 10**6, 0)
    paused = [(budget.record(have, None), budget.pause(None))[1] for have in haves]
    assert [pause is None for pause in paused] == [number >= 3 for number in range(len(haves))]


def test_a_wait_that_is_longer_than_the_time_left_is_none():
    budget = Budget(Network("x", seconds=100), 0, 1)
    budget.record(0, None)
    assert budget.pause(99_999) is None
    assert 50 <= budget.pause(50) <= 51


def test_a_host_that_asks_to_wait_gets_no_request_until_then(monkeypatch):
    now, waited = 100.0, []

    class Condition(threading.Condition):
        def wait(self, seconds=None):
            nonlocal now
            waited.append(seconds)
            now += seconds

    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(run, "threading", SimpleNamespace(Condition=Condition))
    hosts = run.Hosts(1, 2, threading.Event())
    hosts.pause("slow", 5)
    hosts.pause("slow", 3)
    with hosts.slot("other"):
        assert waited == []
    with hosts.slot("slow"):
        assert waited == [5]


# The journal


@given(st.lists(st.integers(1, 5000), max_size=6), st.integers(0, 200))
def test_a_journal_that_was_cut_tells_less_and_nothing_else(tmp_path_factory, ends, off):
    path = tmp_path_factory.mktemp("journal") / "j"
    told_ = part.FileVersion("http://x", headers.Validator("ETag", '"a"'), 5000)
    lines = part.version_line(told_) + b"".join(part.mark_line(end, end * 7) for end in ends)
    path.write_bytes(lines[: len(lines) - off])
    found = part.read_journal(str(path))
    assert found is None or (found[0] == told_ and found[1].items() <= {end: end * 7 for end in ends}.items())
    assert off or found[1] == {end: end * 7 for end in ends}


def test_each_mark_that_another_thread_makes_is_true(tmp_path):
    version = part.FileVersion("http://x", headers.Validator("ETag", '"a"'), 2 * len(BIG))
    growing = part.open_part(str(tmp_path / "a.dat.part"))
    growing.resume(version.url)
    ended = threading.Event()

    def look_after():
        while not ended.is_set():
            growing.mark_progress()

    with growing.growing():
        growing.restart(version)
        thread = threading.Thread(target=look_after)
        thread.start()
        for at in range(0, len(BIG), 1000):
            growing.write(BIG[at : at + 1000])
        wait_for(lambda: marked(tmp_path / "a.dat.part") > len(BIG) - 2 * len(BIG) // 100)
        ended.set()
        thread.join()
    told, marks = part.read_journal(str(tmp_path / "a.dat.part.json"))
    assert told == version
    # A mark is a line of the journal, and those make no sense at each of so many pieces.
    assert 1 <= len(marks) <= 200
    assert marks == {end: zlib.crc32(BIG[:end]) for end in marks}
    before = dict(marks)
    growing.write(BIG)
    # After its connection has ended, nobody else marks what has come.
    growing.mark_progress()
    assert part.read_journal(str(tmp_path / "a.dat.part.json"))[1] == before
    growing.mark()
    growing.close()
    assert part.read_journal(str(tmp_path / "a.dat.part.json"))[1].keys() == {*before, 2 * len(BIG)}


def test_the_codes_are_explained():
    assert all(text and text[0].islower() for text in CODES.values())
