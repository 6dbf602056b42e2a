"""Whatever is sent to the service, nothing gets out that should not, in, or down."""

from __future__ import annotations

import io
import json
import logging
import os
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edexql.base.files import atomic
from edexql.base.units import name_and_size
from edexql.model.vocabulary import snapshot
from edexql.server import archive, body
from edexql.server.errors import RequestError
from edexql.server.jobs import mail, store
from edexql.server.jobs.mail import is_address
from serving import PASSES, FakeCatalogue, File, archive_of, link_in, serve, wait_for
from tutorial import FILES, NAMES, PARAMETERS


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("state")) as running:
        yield running


# Any JSON

CONSTRAINTS = st.one_of(
    st.just([["2019-05-01", "2019-05-01"]]),
    st.just(["has-data"]),
    st.lists(
        st.lists(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)), max_size=3), max_size=3
    ),
)
ANY_JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=()), max_size=8),
        st.sampled_from(["fai-lv1-hdf5-images", "has-data", "2019-05-01", " ( 1 AND 2 ) ", *FILES]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["product", "date", "fai", "kp", "mlt", "experiment", "email", "result_filenames", "query-logic", "x"]
)
LOGIC = st.lists(st.sampled_from(["1", "2", "3", "99", "AND", "OR", "NOT", "(", ")", "&", "x", "\n"]), max_size=9)
QUERIES = st.dictionaries(KEYS, st.one_of(CONSTRAINTS, LOGIC.map(" ".join), ANY_JSON), max_size=6)


@given(st.one_of(ANY_JSON, QUERIES), st.sampled_from(["/api_fetch_data", "/api_prepare_report", "/download"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=3 * settings.default.max_examples)
def test_any_json_is_answered_or_refused_with_diagnostics(service, value, path):
    assert_answered(service.ask("POST", path, value))


@given(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_answered_or_refused_with_diagnostics(service, body):
    assert_answered(service.ask("GET", "/api_fetch_data", body))


def assert_answered(answer):
    if answer.status in (200, 202):
        return
    assert 400 <= answer.status < 500
    assert answer.codes
    assert all(diagnostic["message"] for diagnostic in answer.json["diagnostics"])


def test_a_body_that_is_cut_up_wrongly_is_refused(service):
    head = b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert service.raw(head + b"2\r\n{}\r\nzz\r\n").startswith(b"HTTP/1.1 400 ")


def test_a_request_cannot_hide_in_another(service):
    # Whoever counts by the length sees one request, whoever counts by the chunks two.
    head = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\nConnection: close\r\n"
    received = service.raw(
        head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_body_with_two_lengths_is_refused_and_the_connection_closed(service):
    head = b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    received = service.raw(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + head + b"\r\n{}")
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"the body has two lengths" in received
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 404),
        ({"Sec_Fetch_Site": "none"}, 404),
        ({}, 404),
    ],
)
def test_a_page_of_another_site_cannot_have_a_tar_made(tmp_path, headers, status):
    archive = archive_of(tmp_path / "archive", {"2019/05/01/RRI/x.h5": b"x"})
    tar = "/2019/05/01/FAI/?action=download&as=FAI.tar&type=php-tar&baseHref=/2019/05/01/FAI/&hrefs="
    with serve(tmp_path / "state", archive=str(archive)) as service:
        assert service.ask("POST", tar, b"", **headers).status == status
        for own in (f"http://127.0.0.1:{service.port}", f"https://127.0.0.1:{service.port}"):
            assert service.ask("POST", tar, b"", Origin=own).status == 404
        assert service.ask("GET", "/", Origin="https://elsewhere.example").status == 200


@given(st.binary(max_size=80))
def test_invalid_http_is_refused_with_diagnostics(service, data):
    received = service.raw(b"\x00" + data + b"\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["diagnostics"][0]["code"] == "S400"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#? "), max_size=60))
def test_any_path_is_answered_or_refused_with_diagnostics(service, path):
    received = service.raw(f"GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status = int(received.split(b" ")[1])
    assert status in (200, 400, 404, 405)


def test_the_limit_of_depth_is_that_of_the_message():
    for depth, fits in ((100, True), (101, False)):
        data = b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
        if fits:
            body.json_object(data)
        else:
            with pytest.raises(RequestError):
                body.json_object(data)


# Addresses


@pytest.mark.parametrize(
    "email",
    [
        "a@x.ca\r\nBcc: b@x.ca",
        "a@x.ca\nBcc: b@x.ca",
        "a@x.ca\n",
        "\ra@x.ca",
        "a@x.ca\0",
        "a@x.ca, b@x.ca",
        "a@x.ca>\r\nRCPT TO:<b@x.ca",
        '"a\r\n"@x.ca',
        "<a@x.ca>",
        "a b@x.ca",
        "a@x ca",
        "a@x..ca",
        ".a@x.ca",
        "a@-x.ca",
        "a@[127.0.0.1]",
        "a@x.ca;b@x.ca",
        "(c)a@x.ca",
        "=?utf-8?q?a=0D=0ABcc?=@x.ca\u2028",
    ],
)
def test_an_address_cannot_bring_a_header_or_another_address(service, email):
    before = len(service.jobs())
    answer = service.report(email=email)
    assert (answer.status, answer.codes) == (422, ["E408"])
    assert len(service.jobs()) == before


@given(st.text(st.characters(max_codepoint=0x2100), max_size=40).map(lambda text: f"{text}@x.ca") | st.emails())
def test_every_accepted_address_gives_a_mail_with_one_recipient(text):
    if is_address(text):
        one = store.Job("0" * 32, "t", 0.0, 0.0, 0.0, "zipped", text, ())
        message = mail.job_mail(one, FAKE_SETTINGS)
        data = bytes(message)
        head = data.partition(b"\r\n\r\n")[0]
        names = [line.partition(b":")[0] for line in head.replace(b"\r\n ", b" ").split(b"\r\n")]
        assert len(names) == len(set(names))
        assert [address.addr_spec for address in message["To"].addresses] == [text]


def test_a_mail_to_a_bad_address_cannot_be_made():
    one = store.Job("0" * 32, "t", 0.0, 0.0, 0.0, "zipped", "a@x.ca\r\nBcc: b@x.ca", ())
    with pytest.raises(ValueError):
        mail.job_mail(one, FAKE_SETTINGS)


class FAKE_SETTINGS:  # noqa: N801 (it stands for a value)
    sender = "us@x.ca"
    base = "http://x"
    archive = None
    vocabulary = snapshot()


# Names and places

SECRET = b"not for anybody"
BAD_PLACES = {
    "above": "../secret.txt",
    "above and back": "d/../../secret.txt",
    "absolute": "/etc/passwd",
    "a link out": "link.txt",
    "through a link out": "away/secret.txt",
    "a folder": "d",
    "a pipe": "pipe",
    "nothing": "none.txt",
    "empty": "",
    "itself": ".",
    "a null": "a\0b",
    "elsewhere": "https://example.org/a.zip",
    "a circle": "circle",
    "with backslashes": "..\\secret.txt",
    "too long": "x" * 5000,
    "half a pair": "\ud800",
}


@pytest.fixture
def tree(tmp_path):
    """An archive with traps in it, beside what is not part of it."""
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "archive2").mkdir()
    (tmp_path / "archive2" / "near.txt").write_bytes(SECRET)
    root = archive_of(tmp_path / "archive", {"d/plain.txt": b"plain"})
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "away").symlink_to(tmp_path)
    (root / "inside.txt").symlink_to("d/plain.txt")
    (root / "circle").symlink_to("circle")
    os.mkfifo(root / "pipe")
    return root


@pytest.mark.parametrize("case", BAD_PLACES)
def test_a_place_outside_the_archive_is_refused(tree, case):
    with pytest.raises(archive.NotInArchive):
        archive.open_file(str(tree), BAD_PLACES[case])


def test_a_folder_with_the_same_prefix_is_outside(tree):
    with pytest.raises(archive.NotInArchive):
        archive.open_file(str(tree), "away/archive2/near.txt")


def test_a_link_inside_the_archive_is_followed(tree):
    for place in ("d/plain.txt", "./d//plain.txt", "inside.txt", "away/archive/d/plain.txt"):
        with archive.open_file(str(tree), place) as file:
            assert file.read() == b"plain"


def test_no_place_of_a_bad_catalogue_gets_into_a_zip(tree, tmp_path):
    places = [place for place in BAD_PLACES.values() if place.isprintable()]
    files = [File(f"{n}.txt", 1, None, place) for n, place in enumerate(places)]
    files += [
        File(name, 1, None, "d/plain.txt")
        for name in ("../up.txt", "/abs.txt", "a/b.txt", "C:x", "a\\b", "..", "a\nb", "x" * 300)
    ]
    files.append(File("good.txt", 1, None, "d/plain.txt"))
    with serve(tmp_path / "state", FakeCatalogue(files), archive=str(tree)) as service:
        assert service.report(result_filenames=[f"{file.name}   1.00MB" for file in files]).status == 200
        (mail,) = wait_for(service.outbox)
        body = service.ask("GET", service.path_of(link_in(mail))).body
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        assert bundle.namelist() == ["good.txt"]
    assert SECRET not in body


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "\0", "..", NAMES[0] + "/../x", NAMES[0].lower(), "%2e%2e"]
)
def test_a_name_that_the_catalogue_does_not_have_reaches_no_file(service, name):
    assert service.report(result_filenames=[name]).status == 409
    assert service.report(result_filenames=[f"{name}   1.00MB"]).status == 409


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/delivery/../jobs",
        "/delivery/..%2f..%2fjobs/x.zip",
        "/delivery/%2e%2e/lock",
        "/delivery/x/..%2f..%2flock",
        "/delivery//etc/passwd",
        "/download/../../etc/passwd",
        "/download/%00",
        "//etc/passwd",
        "/..",
        "/openapi.json/../jobs",
        "http://127.0.0.1/etc/passwd",
        "/delivery/x/y%0d%0aX-Header:%20z",
    ],
)
def test_a_path_leads_only_to_the_tree(service, method, path):
    answer = service.ask(method, path)
    assert answer.status == 404
    assert "x-header" not in answer.headers


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *zip(FILES, NAMES, strict=True),
        ("a b.h5   1.00MB", "a b.h5"),
        ("a.h5", "a.h5"),
        ("  a.h5  12B ", "a.h5"),
        ("a.h5   x", "a.h5"),
        ("a.h5   MB", "a.h5"),
        ("a.h5   1.2.3MB", "a.h5"),
        ("a.h5 x", "a.h5 x"),
        ("", ""),
    ],
)
def test_a_file_name_ends_before_the_size(text, name):
    assert name_and_size(text)[0] == name


# Names of the service


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A service that goes by the names of its machine."""
    with serve(tmp_path_factory.mktemp("named"), hosts=("localhost", "127.0.0.1", "::1")) as service:
        yield service


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8339", "127.0.0.1", "127.0.0.1:1", "[::1]:8339", "[::1]"])
def test_a_host_name_of_the_service_is_accepted(named, host):
    assert named.ask("GET", "/openapi.json", Host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[", "localhost:x"]
)
def test_another_host_name_is_refused(named, host):
    answer = named.ask("GET", "/openapi.json", Host=host)
    assert (answer.status, answer.codes) == (421, ["S421"])


def test_a_link_never_has_the_host_of_a_request(tmp_path):
    root = archive_of(tmp_path / "archive", {PASSES[0].place: b"x"})
    with serve(tmp_path / "state", archive=str(root)) as service:
        body = {**PARAMETERS, "result_filenames": FILES[:1]}
        service.ask("POST", "/api_prepare_report", body, Host="evil.example", X_Forwarded_Host="evil.example")
        (mail,) = wait_for(service.outbox)
    assert "evil" not in mail.get_content()
    assert link_in(mail).startswith(service.url)


# What goes wrong inside


def test_an_internal_error_is_not_shown_to_the_client(tmp_path, caplog):
    def fail(query):
        raise RuntimeError("secret me@example.ca")

    with caplog.at_level(logging.INFO, "edexql.server"), serve(tmp_path, FakeCatalogue(before=fail)) as service:
        answer = service.list(PARAMETERS)
        assert (answer.status, answer.codes) == (500, ["S500"])
        assert service.ask("GET", "/get_experiment_tags").status == 200
    assert b"secret" not in answer.body
    assert b"RuntimeError" not in answer.body
    assert "RuntimeError at test_server_hostile.py" in caplog.text
    assert "secret" not in caplog.text
    assert "example.ca" not in caplog.text


def test_an_unexpected_error_in_a_job_ends_no_worker(tmp_path, monkeypatch, caplog):
    tries = []

    def fail(message, settings):
        tries.append(1)
        raise RuntimeError("secret")

    monkeypatch.setattr("edexql.server.jobs.workers.job_mail", fail)
    with serve(tmp_path, workers=1) as service:
        service.report()
        wait_for(lambda: tries)
        service.report()
        wait_for(lambda: len(tries) == 2)
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_an_unwritable_folder_gives_503(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    with serve(tmp_path) as service:
        monkeypatch.setattr("edexql.base.files.atomic.write", full)
        answer = service.report()
        assert (answer.status, answer.codes) == (503, ["S503"])
        monkeypatch.undo()
        assert service.report().status == 200


def test_an_unwritable_part_leaves_nothing_behind(tmp_path):
    (tmp_path / "target").mkdir()
    with pytest.raises(OSError):
        atomic.write(str(tmp_path / "target"), b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_client_that_disconnects_is_not_logged_as_an_error(tmp_path, caplog):
    import socket

    with serve(tmp_path) as service:
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            connection.sendall(b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert service.list(PARAMETERS).status == 200
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# The log


def logged(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "edexql.server"]


def test_each_request_is_one_line_without_anything_private(tmp_path, caplog):
    root = archive_of(tmp_path / "archive", {PASSES[0].place: b"x"})
    with caplog.at_level(logging.INFO, "edexql.server"), serve(tmp_path / "state", archive=str(root)) as service:
        service.report(result_filenames=FILES[:1])
        (mail,) = wait_for(service.outbox)
        path = service.path_of(link_in(mail))
        service.ask("GET", path)
        service.ask("GET", "/me@example.ca/x?token=abc")
        service.ask("GET", "/a%1b%5b31m%0ab")
        service.ask("GET", "/me%40example.ca")
    lines = logged(caplog)
    assert sorted(line.split()[1:4] for line in lines) == sorted(
        [
            ["POST", "/api_prepare_report", "200"],
            ["GET", f"/delivery/…/{path.rpartition('/')[2]}", "200"],
            ["GET", "/…/x", "404"],
            ["GET", "/a\\x1b[31m\\nb", "404"],
            ["GET", "/…", "404"],
        ]
    )
    text = "\n".join(lines)
    assert path.split("/")[2] not in text
    assert "@" not in text
    assert all(line.isprintable() for line in lines)
