"""The archive that a service serves: the dated tree over HTTP, whole folders as tars, and nothing beside it."""

from __future__ import annotations

import io
import os
import tarfile
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from edexql.client.archive.folders import ArchiveFile, browse, walk
from edexql.client.archive.folders import page as folder_of_page
from edexql.client.errors import ServiceError
from edexql.client.strategies.folder_tar import tar_of
from edexql.server.archive import Entry
from edexql.server.archive_tree import folder_page
from serving import archive_of, serve, wait_for
from tutorial import NAMES

FOLDER = "/2019/05/01/FAI"
FILE = f"{FOLDER}/{NAMES[0]}"
CONTENT = bytes(range(256)) * 40
EPHEMERIS = "CAS_ephemeris_20190501_000000_235959.txt"
FILES = {
    **{f"{FOLDER[1:]}/{name}": CONTENT + name.encode() for name in NAMES},
    f"2019/05/01/{EPHEMERIS}": b"of a day\n",
    "2019/05/01/FAI/quicklook/a & b 100%?#.png": b"a picture",
    "2019/05/02/FAI/nothing.txt": b"",
    "2019/05/01/FAI/.hidden": b"secret",
    "notes.txt": b"secret",
    "private/key.txt": b"secret",
}
TAR = "?action=download&as=FAI.tar&type=php-tar&baseHref=%2F2019%2F05%2F01%2FFAI%2F&hrefs="


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    archive = archive_of(folder / "archive", FILES)
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.txt").write_bytes(b"secret")
    day = archive / FOLDER[1:]
    (day / "out").symlink_to(folder / "outside")
    (day / "out.txt").symlink_to(folder / "outside" / "secret.txt")
    (day / "gone.txt").symlink_to(archive / "never")
    (day / "within.txt").symlink_to(day.parent / EPHEMERIS)
    (day / "again").symlink_to(day.parent)
    os.mkfifo(day / "pipe")
    with serve(folder / "state", archive=str(archive)) as service:
        yield service


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


def test_a_folder_is_read_by_our_own_client(served, session):
    found = browse(FOLDER, session, served.url)
    assert [entry.name for entry in found.folders()] == ["again", "quicklook"]
    assert {entry.name: entry.size for entry in found.files()} == {
        **{name: len(CONTENT) + len(name) for name in NAMES},
        "within.txt": 9,
    }
    assert found.refused == ()
    assert all(len(entry.modified) == len("2019-05-01T00:00") for entry in found.entries)


def test_days_are_walked_by_our_own_client(served, session):
    from datetime import date

    days = [date(2019, 5, day) for day in range(1, 6)]
    found = list(walk(days, ["fai"], ["fai-lv1-hdf5-images"], session, served.url))
    assert [one.entry.name for one in found if isinstance(one, ArchiveFile)] == NAMES


def test_the_first_page_has_the_years_alone(served, session):
    assert [entry.name for entry in browse("", session, served.url).entries] == ["2019"]
    assert [entry.name for entry in browse("2019/05", session, served.url).entries] == ["01", "02"]


def test_an_unusual_name_is_escaped_in_a_page(served, session):
    (entry,) = browse(f"{FOLDER}/quicklook", session, served.url).entries
    assert entry.name == "a & b 100%?#.png"
    answer = session.get(entry.url)
    assert (answer.content, answer.headers["Content-Type"]) == (b"a picture", "image/png")


@given(
    st.lists(
        st.builds(
            Entry,
            st.text(st.characters(exclude_characters="/\\:", exclude_categories=["C", "Z"]), min_size=1).filter(
                lambda name: not name.startswith(".")
            ),
            st.just(False),  # noqa: FBT003  # it is the value of a field
            st.integers(0, 10**12),
            st.floats(0, 4e9),
        ),
        unique_by=lambda entry: entry.name,
    )
)
def test_every_page_is_read_as_it_was_written(entries):
    body = folder_page("/2019/05/01/", entries).encode()
    found = folder_of_page(body, "http://archive/2019/05/01/", "text/html; charset=utf-8").entries
    assert [(entry.name, entry.size) for entry in found] == [(entry.name, entry.size) for entry in entries]


def test_a_file_has_what_a_resumed_download_needs(served):
    whole = served.ask("GET", FILE)
    assert (whole.status, whole.body) == (200, FILES[FILE[1:]])
    assert whole.headers["content-type"] == "application/zip"
    assert whole.headers["accept-ranges"] == "bytes"
    assert parsedate_to_datetime(whole.headers["last-modified"])
    for mark in (whole.headers["etag"], whole.headers["last-modified"]):
        part = served.ask("GET", FILE, Range="bytes=100-", If_Range=mark)
        assert (part.status, part.body) == (206, whole.body[100:])
        assert part.headers["content-range"] == f"bytes 100-{len(whole.body) - 1}/{len(whole.body)}"
    changed = served.ask("GET", FILE, Range="bytes=100-", If_Range='"another"')
    assert (changed.status, changed.body) == (200, whole.body)
    assert served.ask("GET", FILE, Range="bytes=99999999-").status == 416
    head = served.ask("HEAD", FILE)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))


def test_a_replaced_file_has_another_etag(tmp_path):
    archive = archive_of(tmp_path / "archive", {FILE[1:]: b"old"})
    with serve(tmp_path / "state", archive=str(archive)) as service:
        old = service.ask("GET", FILE).headers["etag"]
        (archive / FILE[1:]).write_bytes(b"newer")
        again = service.ask("GET", FILE, Range="bytes=1-", If_Range=old)
        assert (again.status, again.body) == (200, b"newer")


def test_a_folder_without_its_slash_leads_to_it(served):
    answer = served.ask("GET", FOLDER)
    assert answer.status == 301
    # Where a web server in front has the service under another path, it leads to the folder there.
    for base in ("http://x", "http://x/epop"):
        assert urljoin(f"{base}{FOLDER}", answer.headers["location"]) == f"{base}{FOLDER}/"


@pytest.mark.parametrize(
    "path",
    [
        "/2019/05/01/FAI/.hidden",
        "/2019/05/01/FAI/out/",
        "/2019/05/01/FAI/out",
        "/2019/05/01/FAI/out/secret.txt",
        "/2019/05/01/FAI/out.txt",
        "/2019/05/01/FAI/gone.txt",
        "/2019/05/01/FAI/pipe",
        f"{FILE}/",
        f"{FILE}/x",
        "/2019/05/01//FAI/",
        "/2019/05/01/./FAI/",
        "/2019/06/",
        "/1999",
        "/2019/../notes.txt",
        "/2019/../private/",
        "/2019/%2e%2e/notes.txt",
        "/2019/..%2fnotes.txt",
        "/2019/..%2f..%2foutside%2fsecret.txt",
        "/2019/..%5c..%5coutside",
        "/2019//etc/passwd",
        "/2019/%00",
        "/2019/a%0ab",
        "/2019/%ff",
        "/2019/%ed%b2%80/",
        "/2019/" + "a" * 5000,
        "/2019/" + "a/" * 3000,
        "/2" * 3000,
        "/" + "9" * 5000,
        "/٢٠١٩/".encode().decode("latin-1"),
        "/notes.txt",
        "/private/",
        "/private/key.txt",
        "//2019/",
        "/../notes.txt",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_the_tree_is_served(served, path, method):
    suffix = "?action=download&as=x.tar&type=php-tar&hrefs=" if method == "POST" else ""
    answer = served.raw(
        f"{method} {path}{suffix} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode(
            "latin-1"
        )
    )
    # What is not ASCII is no HTTP.
    assert int(answer.split()[1]) == (404 if path.isascii() else 400)
    assert b"secret" not in answer


def test_links_that_lead_out_are_not_shown(served):
    text = served.ask("GET", f"{FOLDER}/").body.decode()
    assert not any(word in text for word in ("out", "gone", "pipe", "hidden"))


def test_without_an_archive_there_is_no_tree(tmp_path):
    with serve(tmp_path) as service:
        assert [service.ask("GET", path).status for path in ("/", "/2019/", FILE)] == [404] * 3
        assert service.ask("POST", FOLDER + "/" + TAR).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_tree_cannot_be_written_to(served, method):
    answer = served.ask(method, FILE)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


# Tars


def unpacked(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as bundle:
        assert all(member.isfile() for member in bundle.getmembers())
        return {member.name: bundle.extractfile(member).read() for member in bundle.getmembers()}


def test_a_whole_folder_is_sent_as_one_tar(served, tmp_path):
    fields = {"action": "download", "as": "FAI.tar", "type": "php-tar", "baseHref": f"{FOLDER}/", "hrefs": ""}
    with requests.post(f"{served.url}{FOLDER}/", params=fields, stream=True, timeout=30) as answer:
        assert answer.status_code == 200
        assert "FAI.tar" in answer.headers["Content-Disposition"]
        with open(tmp_path / "FAI.tar", "wb") as file:
            file.writelines(answer.iter_content(2**16))
    assert (tmp_path / "FAI.tar").stat().st_size == int(answer.headers["Content-Length"])
    found = unpacked((tmp_path / "FAI.tar").read_bytes())
    assert {name: found[name] for name in NAMES} == {name: FILES[f"{FOLDER[1:]}/{name}"] for name in NAMES}
    assert found["quicklook/a & b 100%?#.png"] == b"a picture"
    assert not any(b"secret" in content for content in found.values())


def test_our_own_client_requests_the_same_tar(served, session):
    request = tar_of(FOLDER[1:], served.url)
    found = unpacked(session.post(request.url, data=dict(request.form)).content)
    assert set(NAMES) < set(found)


def test_a_day_has_its_instruments_in_folders(served):
    path = TAR.replace("%2FFAI", "")
    found = unpacked(served.ask("POST", f"/2019/05/01/{path}").body)
    assert found[EPHEMERIS] == b"of a day\n"
    assert found[f"FAI/{NAMES[1]}"] == FILES[f"{FOLDER[1:]}/{NAMES[1]}"]
    # A link back up is gone through once.
    assert not any(name.startswith("FAI/again/FAI") for name in found)


def test_a_folder_that_is_not_there_is_not_packed(served, session):
    for path in ("2019/05/01/RRI", "2020/01/01"):
        assert session.post(tar_of(path, served.url).url).status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("action=download", "action=delete"),
        ("php-tar", "shell-zip"),
        ("hrefs=", "hrefs=a.zip"),
        ("2019%2F05%2F01%2FFAI", "private"),
        ("2019%2F05%2F01%2FFAI%2F", "..%2F..%2F"),
        ("as=FAI.tar", "as=a%0d%0aX-Header:%20z.tar"),
        ("as=FAI.tar", "as=..%2fx.tar"),
        ("as=FAI.tar", "as=FAI.zip"),
        (TAR, ""),
    ],
)
def test_a_request_for_another_thing_than_a_folder_is_refused(served, old, new):
    answer = served.ask("POST", f"{FOLDER}/{TAR}".replace(old, new))
    assert (answer.status, answer.codes) == (422, ["S422"])
    assert "x-header" not in answer.headers


def test_limits_hold_for_the_tree_too(tmp_path):
    archive = archive_of(tmp_path / "archive", {f"{FOLDER[1:]}/{name}": name.encode() for name in NAMES})
    with serve(tmp_path / "few", archive=str(archive), limits={"files": 2}) as service:
        assert service.ask("GET", f"{FOLDER}/").status == 409
        assert service.ask("POST", f"{FOLDER}/{TAR}").status in (409, 413)
    with serve(tmp_path / "small", archive=str(archive), limits={"delivery_bytes": 50}) as service:
        assert service.ask("POST", f"{FOLDER}/{TAR}").status == 413
    with serve(tmp_path / "busy", archive=str(archive), limits={"transfers": 0}) as service:
        for method, path in (("GET", f"{FOLDER}/{NAMES[0]}"), ("POST", f"{FOLDER}/{TAR}")):
            answer = service.ask(method, path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "60")


def test_a_file_that_becomes_shorter_while_it_is_packed_ends_the_connection(tmp_path, monkeypatch):
    from edexql.server import archive_tree

    archive = archive_of(tmp_path / "archive", {f"{FOLDER[1:]}/{name}": CONTENT for name in NAMES})
    listed = archive_tree.tar_of

    def before(place, settings):
        tar = listed(place, settings)
        (archive / FOLDER[1:] / NAMES[1]).write_bytes(b"short")
        return tar

    monkeypatch.setattr(archive_tree, "tar_of", before)
    with serve(tmp_path / "state", archive=str(archive)) as service:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.post(tar_of(FOLDER[1:], service.url).url, timeout=30)
        monkeypatch.setattr(archive_tree, "tar_of", listed)
        assert unpacked(service.ask("POST", f"{FOLDER}/{TAR}").body)[NAMES[1]] == b"short"


def test_files_are_closed_when_the_client_disconnects(tmp_path):
    import socket

    archive = archive_of(tmp_path / "archive", {FILE[1:]: b""})
    os.truncate(archive / FILE[1:], 2**27)
    with serve(tmp_path / "state", archive=str(archive)) as service:
        # Often, since it depends on when the client hangs up.
        for request in (f"GET {FILE}", f"POST {FOLDER}/{TAR}") * 20:
            with socket.create_connection(("127.0.0.1", service.port)) as connection:
                connection.sendall(f"{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
        wait_for(lambda: not any(NAMES[0] in one for one in open_files()))


def open_files():
    """What the handles of this process stand for, where the system tells."""
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not tell which files are open")
    found = []
    for handle in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{handle}"))
        except OSError:
            continue
    return found


def test_a_bad_path_is_a_client_error(served, session):
    with pytest.raises(ServiceError):
        browse("2019/05/03", session, served.url)
