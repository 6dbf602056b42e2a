"""What the workbench writes: the query file and requests by mail, and whom it lets do so."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.client.delivery import ledger
from edexql.web.query_file import QueryFile, QueryFileError
from serving import archive_of, wait_for
from tutorial import NAMES, QUERY, RECEIPT
from workbenches import TOKEN, Bench, workbench

TEXT = "product fai-lv1-hdf5-images\ndate 2019-05-01\n"
TRUSTED = {"x_edexql_token": TOKEN}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A workbench with a file."""
    folder = tmp_path_factory.mktemp("bench")
    file = QueryFile(str(folder / "may.edq"))
    with workbench(folder / "state", file=file) as service:
        yield Bench(service), file


@pytest.fixture
def path(running):
    """The file, as it is before each test."""
    _, file = running
    path = Path(file.path)
    path.write_bytes(TEXT.encode())
    file.read()
    return path


@pytest.fixture
def bench(running, path):
    return running[0]


# The token

WRITING = [
    ("save", {"text": QUERY}),
    ("request", {"text": QUERY, "files": NAMES, "dry": False, "email": "a@x.example"}),
]


@pytest.mark.parametrize(("name", "body"), WRITING)
@pytest.mark.parametrize(
    "headers", [{}, {"x_edexql_token": "wrong"}, {"x_edexql_token": TOKEN[:-1]}, {"cookie": f"token={TOKEN}"}]
)
def test_nothing_is_written_without_the_token(bench, path, name, body, headers):
    answer = bench.post(name, body, **headers)
    assert (answer.status, answer.codes) == (403, ["S403"])
    assert "edexql workbench" in answer.json["diagnostics"][0]["help"]
    assert path.read_text() == TEXT


def test_the_token_in_an_address_is_not_taken(bench):
    assert bench.service.ask("POST", f"/workbench/api/save?token={TOKEN}", {"text": ""}).status == 403


def test_the_list_of_requests_and_the_file_are_for_those_with_the_token(bench):
    assert bench.get("requests").status == 403
    assert bench.get("requests", **TRUSTED).json == {"requests": []}
    setting = bench.get("setting").json
    assert (setting["file"], setting["writes"]) == (None, False)
    setting = bench.get("setting", **TRUSTED).json
    assert (setting["file"]["name"], setting["file"]["text"], setting["writes"]) == ("may.edq", TEXT, True)


def test_a_service_that_has_no_token_lets_nobody_write_and_one_without_a_file_has_nothing_to_save(tmp_path):
    with workbench(tmp_path / "state", token=None) as service:
        bench = Bench(service)
        for given in ("", "None", TOKEN):
            assert bench.post("save", {"text": ""}, x_edexql_token=given).status == 403
        assert not bench.get("setting", x_edexql_token="").json["writes"]


def test_a_page_of_another_site_cannot_write_even_with_the_token(bench, path):
    assert bench.post("save", {"text": QUERY}, **TRUSTED, origin="https://evil.example").status == 403
    assert path.read_text() == TEXT


# The file


def test_the_text_is_saved_to_the_file(bench, path):
    answer = bench.post("save", {"text": QUERY}, **TRUSTED)
    assert answer.status == 200
    assert answer.json["name"] == "may.edq"
    assert path.read_text() == QUERY
    assert bench.post("save", {"text": TEXT, "digest": answer.json["digest"]}, **TRUSTED).status == 200
    assert path.read_text() == TEXT


def test_a_file_that_another_program_changed_is_left_alone(bench, path):
    path.write_text("kp >= 5\n")
    answer = bench.post("save", {"text": QUERY}, **TRUSTED)
    assert answer.status == 409
    assert "changed by another program" in answer.json["diagnostics"][0]["message"]
    assert "reload" in answer.json["diagnostics"][0]["help"]
    assert path.read_text() == "kp >= 5\n"
    # A page that is reloaded has the new text, and can write over it; one that is not cannot.
    old = edq_digest(TEXT)
    assert bench.get("setting", **TRUSTED).json["file"]["text"] == "kp >= 5\n"
    assert bench.post("save", {"text": QUERY, "digest": old}, **TRUSTED).status == 409
    assert bench.post("save", {"text": QUERY}, **TRUSTED).status == 200
    assert path.read_text() == QUERY


def edq_digest(text):
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_that_went_is_not_made_again_by_itself(bench, path):
    path.unlink()
    answer = bench.post("save", {"text": QUERY}, **TRUSTED)
    assert answer.status == 409
    assert "removed" in answer.json["diagnostics"][0]["message"]
    assert not path.exists()


def test_a_file_that_is_missing_is_made_when_it_is_saved(tmp_path):
    path = tmp_path / "new.edq"
    with workbench(tmp_path / "state", file=QueryFile(str(path))) as service:
        bench = Bench(service)
        assert bench.get("setting", **TRUSTED).json["file"]["text"] == ""
        assert not path.exists()
        assert bench.post("save", {"text": QUERY}, **TRUSTED).status == 200
    assert path.read_text() == QUERY


def test_without_a_file_nothing_is_saved(tmp_path):
    with workbench(tmp_path / "state") as service:
        answer = Bench(service).post("save", {"text": QUERY}, **TRUSTED)
    assert answer.status == 409
    assert "edexql workbench FILE" in answer.json["diagnostics"][0]["help"]


def test_ends_of_lines_stay_as_they_are(tmp_path):
    path = tmp_path / "a.edq"
    path.write_bytes(b"kp >= 5\r\ndst < 0\r\n")
    QueryFile(str(path)).save("kp >= 6\ndst < 0\n")
    assert path.read_bytes() == b"kp >= 6\r\ndst < 0\r\n"
    path.write_bytes(b"kp >= 5\rdst < 0\r")
    QueryFile(str(path)).save("kp >= 6\ndst < 0\nfai has-data\n")
    assert path.read_bytes() == b"kp >= 6\rdst < 0\rfai has-data\r"
    path.write_bytes(b"kp >= 5\n# a\r\ndst < 0\rfai has-data\r\n")
    QueryFile(str(path)).save("kp >= 5\n# b\n# c\ndst < 0\nfai has-data\n")
    assert path.read_bytes() == b"kp >= 5\n# b\n# c\ndst < 0\rfai has-data\r\n"


@given(st.text(st.sampled_from("ab\r\n"), max_size=12), st.text(st.sampled_from("ab\n"), max_size=12))
def test_a_file_has_the_lines_that_are_saved_and_one_that_is_saved_as_it_was_read_is_the_same(before, text):
    def lines(text):
        return text.replace("\r\n", "\n").replace("\r", "\n")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.edq")
        path.write_bytes(before.encode())
        file = QueryFile(str(path))
        file.save(lines(before))
        assert path.read_bytes() == before.encode()
        file.save(text)
        assert lines(path.read_bytes().decode()) == text


def test_a_byte_order_mark_stays_and_none_comes(tmp_path):
    path = tmp_path / "a.edq"
    path.write_bytes(b"\xef\xbb\xbfkp >= 5\n")
    file = QueryFile(str(path))
    for text in ("kp >= 6\n", "\ufeffkp >= 7\n", "kp >= 8\n"):
        file.save(text)
        assert path.read_bytes() == b"\xef\xbb\xbf" + text.removeprefix("\ufeff").encode()
    assert file.read().text == "kp >= 8\n"


def test_a_text_that_cannot_be_written_is_refused(bench, path):
    answer = bench.post("save", {"text": "# \ud800"}, **TRUSTED)
    assert answer.status == 409
    assert path.read_text() == TEXT


def test_of_many_that_save_at_once_each_leaves_a_whole_text(tmp_path):
    path = tmp_path / "a.edq"
    file = QueryFile(str(path))
    texts = [f"# {number}\n" * 1000 for number in range(8)]
    threads = [threading.Thread(target=file.save, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() in texts
    assert os.listdir(tmp_path) == ["a.edq"]


def test_a_link_stays_a_link(tmp_path, path):
    link = tmp_path / "link.edq"
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("no links here")
    QueryFile(str(link)).save(QUERY)
    assert link.is_symlink()
    assert path.read_text() == QUERY


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a" * (2**20 + 1)])
def test_what_is_no_query_file_is_not_opened(tmp_path, content):
    path = tmp_path / "a.edq"
    path.write_bytes(content)
    with pytest.raises(QueryFileError):
        QueryFile(str(path))
    with pytest.raises(QueryFileError):
        QueryFile(str(tmp_path))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.write_bytes(b"kp \xff 5"), "is not UTF-8: see byte 4"),
        (lambda path: path.write_bytes(b"#" * (2**20 + 1)), "larger than 1 MiB"),
        (lambda path: (path.unlink(), path.mkdir()), "is not a regular file"),
    ],
)
def test_a_file_that_turns_bad_takes_its_text_away_and_not_the_page(tmp_path, spoil, says):
    path = tmp_path / "a.edq"
    path.write_text(TEXT)
    with workbench(tmp_path / "state", file=QueryFile(str(path))) as service:
        bench = Bench(service)
        spoil(path)
        setting = bench.get("setting", **TRUSTED).json
        assert setting["vocabulary"]["products"]
        assert (setting["file"]["name"], setting["file"]["text"], setting["file"]["digest"]) == ("a.edq", None, "")
        assert says in setting["file"]["reason"]
        saved = bench.post("save", {"text": QUERY}, **TRUSTED)
        assert (saved.status, says in saved.json["diagnostics"][0]["message"]) == (409, True)


# Requests by mail


def test_without_an_archive_nobody_sends_files(bench):
    body = {"text": QUERY, "files": NAMES, "dry": True}
    answer = bench.post("request", body, **TRUSTED)
    assert answer.status == 409
    assert "--upstream" in answer.json["diagnostics"][0]["help"]


@pytest.fixture(scope="module")
def delivering(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archived")
    archive = archive_of(folder / "archive", {"2019/05/01/FAI/" + NAMES[0]: b"x"})
    with workbench(folder / "state", archive=str(archive)) as service:
        yield Bench(service)


@pytest.fixture
def archived(delivering):
    """A workbench with an archive, and no request in its ledger."""
    (delivering.service.state.parent / "ledger.sqlite").unlink(missing_ok=True)
    return delivering


def test_a_file_whose_name_cannot_be_encoded_is_not_sent(archived):
    body = {"text": TEXT, "files": ["\ud800"], "dry": False, "email": "a@x.example"}
    assert archived.post("request", body, **TRUSTED).status == 409


def test_what_would_be_sent_is_shown_and_nothing_is_sent(archived, tmp_path):
    assert archived.get("setting").json["mail"]
    answer = archived.post(
        "request", {"text": QUERY, "files": NAMES[:2], "dry": True, "email": "me@x.example"}, **TRUSTED
    )
    assert answer.status == 200
    assert not answer.json["sent"]
    assert (answer.json["files"], answer.json["absent"]) == (2, 1)
    assert answer.json["parameters"]["email"] == "me@x.example"
    assert [text.split()[0] for text in answer.json["parameters"]["result_filenames"]] == NAMES[:2]
    assert archived.get("requests", **TRUSTED).json == {"requests": []}
    assert list(archived.service.jobs()) == []


def test_a_request_is_in_the_ledger_and_its_mail_comes(archived, tmp_path):
    body = {"text": QUERY, "files": NAMES[:1], "dry": False, "email": "me@x.example"}
    answer = archived.post("request", body, **TRUSTED)
    assert answer.status == 200
    assert answer.json["sent"]
    assert answer.json["answer"].split()[:2] == RECEIPT.split()[:2]
    (mail,) = wait_for(lambda: list(archived.service.outbox()))
    assert mail["To"] == "me@x.example"
    (entry,) = archived.get("requests", **TRUSTED).json["requests"]
    assert (entry["number"], entry["outcome"], entry["query"]) == (answer.json["number"], "accepted", QUERY)
    # The same files again are most often a mistake.
    again = archived.post("request", body, **TRUSTED)
    assert again.status == 409
    assert "request 1" in again.json["diagnostics"][0]["message"]
    assert archived.post("request", {**body, "again": True}, **TRUSTED).json["number"] == 2


def test_a_request_that_is_refused_is_in_the_ledger_as_refused(tmp_path):
    archive = archive_of(tmp_path / "archive", {"2019/05/01/FAI/" + NAMES[0]: b"x"})
    with workbench(tmp_path / "state", archive=str(archive), limits={"deliveries_of_address": 0}) as service:
        bench = Bench(service)
        answer = bench.post("request", {"text": QUERY, "files": NAMES, "dry": False, "email": "a@x.example"}, **TRUSTED)
    assert answer.status == 429
    (entry,) = ledger.entries(str(tmp_path / "state" / "ledger.sqlite"))
    assert entry.receipt == "refused"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "no address"}, 400),
        ({"email": None}, 400),
        ({"files": []}, 400),
        ({"files": ["nosuch.zip"]}, 409),
        ({"text": "kp >= 50"}, 422),
        ({"dry": 1}, 400),
    ],
)
def test_a_request_that_cannot_be_sent_is_not(archived, change, status):
    body = {
        "text": "product fai-lv1-hdf5-images; date 2019-05-01",
        "files": NAMES,
        "dry": False,
        "email": "a@x.example",
    }
    assert archived.post("request", {**body, **change}, **TRUSTED).status == status
    assert archived.get("requests", **TRUSTED).json == {"requests": []}


def test_a_ledger_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ledger.sqlite").write_bytes(b"no database" * 1000)
    with workbench(tmp_path / "state") as service:
        answer = Bench(service).get("requests", **TRUSTED)
    assert answer.status == 503
    assert "ledger" in answer.json["diagnostics"][0]["message"]
