"""The client from Python: files downloaded, unpacked and asked for with the defaults of the configuration."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import edexql
from edexql.client.delivery import ledger
from stand_in import Answer, StandIn, as_in_the_tutorial, nobody_there
from tutorial import FILES, NAMES, QUERY, RECEIPT

DATA = (("Content-Type", "application/zip"),)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


PASS = zipped(image=b"one", other=b"two")


def archive(received):
    if received.path.startswith("/2019/05/01/FAI/"):
        return Answer(200, PASS, DATA)
    return Answer(404, b"") if received.method == "GET" and "api" not in received.path else as_in_the_tutorial(received)


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """A function that configures an archive, with quick tries."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("EDEXQL_CONFIG", raising=False)

    def configure(url: str) -> None:
        monkeypatch.setenv("EDEXQL_ARCHIVE_ADDRESS", url)
        monkeypatch.setenv("EDEXQL_NETWORK_TRIES", "1")

    return configure


def test_names_are_downloaded_from_where_they_lie_in_the_archive(tmp_path, configured):
    with StandIn(archive) as service:
        configured(service.url)
        reports = edexql.download(NAMES[:2], str(tmp_path / "new"))
    assert [(report.name, report.state) for report in reports] == [(name, "downloaded") for name in NAMES[:2]]
    assert [Path(report.path).read_bytes() for report in reports] == [PASS, PASS]
    assert {request.path for request in service.requests} == {f"/2019/05/01/FAI/{name}" for name in NAMES[:2]}
    assert service.requests[0].headers["User-Agent"].startswith("edexql/")


def test_the_folder_is_that_of_the_configuration_where_none_is_named(tmp_path, configured, monkeypatch):
    monkeypatch.setenv("EDEXQL_FOLDER", str(tmp_path / "mine"))
    with StandIn(archive) as service:
        configured(service.url)
        (report,) = edexql.download([NAMES[0]])
    assert Path(report.path) == tmp_path / "mine" / NAMES[0]


def test_sizes_of_a_listing_are_held_against_what_comes(tmp_path, configured):
    with StandIn(archive) as service:
        configured(service.url)
        listing = edexql.fetch(QUERY, service=service.url)
        reports = edexql.download(listing[:1], str(tmp_path))
    assert [(report.state, report.code) for report in reports] == [("failed", "size")]
    assert not (tmp_path / NAMES[0]).exists()


def test_every_file_has_its_report_in_its_place(tmp_path, configured):
    with StandIn(archive) as service:
        configured(service.url)
        files = ["notes.txt", NAMES[0], f"{service.url}/2019/05/01/FAI/mine.zip", "../x", NAMES[0], "http://["]
        reports = edexql.download(files, str(tmp_path))
    states = [(report.name, report.state, report.code) for report in reports]
    assert states[:3] == [
        ("notes.txt", "failed", "address"),
        (NAMES[0], "downloaded", None),
        ("mine.zip", "downloaded", None),
    ]
    assert [state for _, state, _ in states[3:]] == ["failed"] * 3
    assert all(report.reason for report in reports if report.state == "failed")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([NAMES[0], "mine.zip"])


def test_a_file_that_is_there_is_looked_at_and_kept_or_replaced(tmp_path, configured):
    path = tmp_path / NAMES[0]
    with StandIn(archive) as service:
        configured(service.url)
        path.write_bytes(PASS)
        assert edexql.download([NAMES[0]], str(tmp_path))[0].state == "already there"
        path.write_bytes(b"something else")
        assert edexql.download([NAMES[0]], str(tmp_path))[0].state == "failed"
        assert path.read_bytes() == b"something else"
        assert edexql.download([NAMES[0]], str(tmp_path), existing="replace")[0].state == "downloaded"
    assert path.read_bytes() == PASS


def test_a_service_that_is_not_there_is_a_report_and_no_error(tmp_path, configured):
    with nobody_there() as url:
        configured(url)
        (report,) = edexql.download([NAMES[0]], str(tmp_path))
    assert (report.state, report.code) == ("failed", "unreachable")
    assert not (tmp_path / NAMES[0]).exists()


def test_nothing_to_download_is_nothing_done(tmp_path, configured):
    configured("http://archive.example")
    assert edexql.download([], str(tmp_path / "none")) == ()
    assert not (tmp_path / "none").exists()


def test_a_mistaken_configuration_is_an_error_of_its_own(tmp_path, configured, monkeypatch):
    configured("ftp://archive.example")
    with pytest.raises(edexql.ConfigurationError, match="EDEXQL_ARCHIVE_ADDRESS must be"):
        edexql.download([NAMES[0]], str(tmp_path))
    with pytest.raises(edexql.ConfigurationError):
        edexql.unpack("x.zip", str(tmp_path), configuration=str(tmp_path / "none.toml"))


# Unpacking


def test_an_archive_is_unpacked_whole(tmp_path):
    (tmp_path / "pass.zip").write_bytes(PASS)
    done = edexql.unpack(str(tmp_path / "pass.zip"), str(tmp_path / "out"))
    assert sorted(done.written) == ["image", "other"]
    assert (tmp_path / "out" / "image").read_bytes() == b"one"
    assert sorted(edexql.unpack(str(tmp_path / "pass.zip"), str(tmp_path / "out")).present) == ["image", "other"]


def test_another_file_in_the_way_is_refused_or_replaced(tmp_path):
    (tmp_path / "pass.zip").write_bytes(PASS)
    (tmp_path / "image").write_bytes(b"mine")
    with pytest.raises(edexql.UnpackError) as caught:
        edexql.unpack(str(tmp_path / "pass.zip"), str(tmp_path))
    assert (caught.value.code, caught.value.member) == ("in-the-way", "image")
    assert not (tmp_path / "other").exists()
    assert edexql.unpack(str(tmp_path / "pass.zip"), str(tmp_path), existing="replace").replaced == ("image",)


def test_zips_in_a_zip_are_unpacked_on_request(tmp_path):
    (tmp_path / "mail.zip").write_bytes(zipped(**{"a.zip": PASS}))
    left = edexql.unpack(str(tmp_path / "mail.zip"), str(tmp_path / "left"))
    opened = edexql.unpack(str(tmp_path / "mail.zip"), str(tmp_path / "opened"), nesting="unpack")
    assert left.written == ("a.zip",)
    assert sorted(opened.written) == ["a/image", "a/other"]


def test_limits_are_those_of_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "pass.zip").write_bytes(PASS)
    monkeypatch.setenv("EDEXQL_UNPACKING_MEMBERS", "1")
    with pytest.raises(edexql.UnpackError) as caught:
        edexql.unpack(str(tmp_path / "pass.zip"), str(tmp_path / "out"))
    assert caught.value.code == "too-much"
    assert not (tmp_path / "out").exists()


# Delivery


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (QUERY, QUERY),
        (QUERY.encode(), QUERY),
        (edexql.query(QUERY), edexql.to_text(edexql.query(QUERY))),
        (edexql.compile(QUERY), ""),
    ],
    ids=["text", "bytes", "query", "compiled"],
)
def test_files_are_asked_for_as_the_tutorial_does(asked, kept, tmp_path):
    path = str(tmp_path / "books" / "ledger.sqlite")
    with StandIn() as service:
        listing = edexql.fetch(asked, service=service.url)
        receipt = edexql.request(asked, listing[:2], "me@institute.example", service=service.url, ledger=path)
    assert receipt.text == RECEIPT
    sent = json.loads(service.requests[-1].body)
    assert (service.requests[-1].method, sent["email"]) == ("POST", "me@institute.example")
    assert sent["result_filenames"] == FILES[:2]
    assert ledger.one(path, receipt.number).query == kept


def test_an_address_that_is_none_is_not_sent():
    with StandIn() as service:
        with pytest.raises(edexql.ServiceError, match="not an e-mail address"):
            edexql.request(QUERY, FILES, "nobody", service=service.url)
        assert service.requests == []


# Listings


def test_a_listing_can_be_sliced_filtered_and_shown():
    with StandIn() as service:
        listing = edexql.fetch(QUERY, service=service.url)
    assert (len(listing), len(listing[1:]), listing[0].name) == (3, 2, NAMES[0])
    assert [file.name for file in listing.filter(lambda file: "18" in file.name[20:28])] == [NAMES[2]]
    assert NAMES[0] in listing._repr_html_()
    assert list(listing.per_product()) == ["fai-lv1-hdf5-images"]


@pytest.mark.parametrize("name", [name for name in edexql.__all__ if name.endswith("Error")])
def test_errors_are_named_as_they_are_imported(name):
    error = getattr(edexql, name)
    assert issubclass(error, Exception)
    assert error.__name__ == name
