"""Files asked for by mail and what becomes of them: from a query to unpacked files, whatever happens on the way."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import run
from edexql.client.delivery import ledger
from edexql.commands import continue_
from serving import FakeCatalogue, File, archive_of, link_in, serve, wait_for
from stand_in import Answer, StandIn, as_in_the_tutorial, listing, nobody_there, page, raw
from tutorial import FILES, NAMES, PARAMETERS, QUERY, QUERY_WITH_EMAIL, RECEIPT, WIRE

pytestmark = pytest.mark.slow

EMAIL = "youremail@example.ca"
ASK = ("-e", QUERY, "--email", EMAIL)


def zipped(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


# What is in the tutorial's files here: zips as the real ones are, of something else, and listed as large as they are.
CONTENTS = {name: zipped({f"{name[:-4]}.txt": f"images of {name}\n".encode() * 1000}) for name in NAMES}
LISTED = [f"{name}   {len(data) / 1000:.2f}KB" for name, data in CONTENTS.items()]
PASSES = [File(name, None, text.split()[1], f"2019/05/01/FAI/{name}") for name, text in zip(NAMES, LISTED, strict=True)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, beside a ledger of its own."""
    monkeypatch.setenv("EDEXQL_STATE", str(tmp_path / "books"))
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.fixture
def served(tmp_path):
    """The real service over an archive that has the tutorial's files."""
    archive = archive_of(tmp_path / "archive", {f"2019/05/01/FAI/{n}": data for n, data in CONTENTS.items()})
    with serve(tmp_path / "state", FakeCatalogue(PASSES), archive=str(archive)) as service:
        yield service


def books(here):
    return str(here.parent / "books" / "ledger.sqlite")


def request(here, service, *words, ask=ASK, **changes):
    return run("request", *ask, "--service", service.url, *words, cwd=here, **changes)


def go_on(here, *words, **changes):
    return run("continue", *words, cwd=here, **changes)


def mailed(service, count=1):
    """The link of the newest mail."""
    mails = wait_for(lambda: len(found := service.outbox()) >= count and found)
    return link_in(mails[-1])


def unpacked(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name in NAMES}


def as_listed(received):
    """The answers of the tutorial, with files as large as they are here."""
    return listing(LISTED) if received.method == "GET" else as_in_the_tutorial(received)


def states(here, number=1):
    return [step.state for step in ledger.one(books(here), number).steps]


# The whole way


def test_from_a_query_to_unpacked_files(here, served):
    asked = request(here, served)
    assert asked.code == 0, asked.err
    assert asked.out.startswith("Preparing report... You will receive an email from ")
    assert "edexql continue 1 LINK" in asked.err
    done = go_on(here, "1", mailed(served))
    assert done.code == 0, done.err
    assert unpacked(here) == CONTENTS
    assert [line.rpartition("/")[2] for line in done.out.splitlines()] == NAMES
    assert states(here) == list(ledger.STATES)
    listed = run("request", "--list", cwd=here)
    assert listed.code == 0
    assert listed.out.split("  ")[2:] == ["3 files, 162.54 kB", "unpacked\n"]


def test_the_mail_can_be_pasted_and_the_request_need_not_be_named(here, served):
    request(here, served)
    mailed(served)
    (mail,) = served.outbox()
    done = go_on(here, "-", "--to", "data", stdin=mail.as_string())
    assert done.code == 0, done.err
    assert unpacked(here / "data") == CONTENTS


def test_run_again_nothing_is_lost_and_nothing_is_asked_for(here, served):
    request(here, served)
    link = mailed(served)
    assert go_on(here, link, "--to", "data").code == 0
    (zip_file,) = (here / "data").glob("edexql-request-1-*.zip")
    (here / "data" / NAMES[0]).unlink()
    # From another folder too: the ledger knows where the zip is.
    again = run("continue", "1", cwd=here.parent)
    assert again.code == 0, again.err
    assert unpacked(here / "data") == CONTENTS
    zip_file.unlink()
    done = go_on(here, "1")
    assert (done.code, done.out) == (0, "")
    assert "was unpacked into" in done.err


def test_a_zip_that_was_damaged_meanwhile_is_downloaded_anew(here, served):
    request(here, served)
    assert go_on(here, mailed(served), "--no-unpack").code == 0
    assert unpacked(here) == {}
    assert ledger.one(books(here), 1).state == "verified"
    (zip_file,) = here.glob("*.zip")
    whole = zip_file.read_bytes()
    zip_file.write_bytes(whole.replace(b"images", b"damage", 1))
    done = go_on(here)
    assert done.code == 0, done.err
    assert "it is downloaded again" in done.err
    assert zip_file.read_bytes() == whole
    assert unpacked(here) == CONTENTS
    steps = ["asked", "link received", "downloaded", "verified"]
    assert states(here) == [*steps, *steps[1:], "unpacked"]


def test_a_zip_that_went_is_downloaded_anew(here, served):
    request(here, served)
    go_on(here, mailed(served), "--no-unpack")
    (zip_file,) = here.glob("*.zip")
    zip_file.unlink()
    done = go_on(here, "1")
    assert done.code == 0, done.err
    assert unpacked(here) == CONTENTS


def test_a_file_in_the_way_is_not_written_over_unless_that_is_said(here, served):
    request(here, served)
    (here / NAMES[1]).write_text("mine")
    done = go_on(here, mailed(served))
    assert done.code == 1
    assert NAMES[1] in done.err
    assert unpacked(here) == {NAMES[1]: b"mine"}
    assert ledger.one(books(here), 1).state == "verified"
    assert go_on(here, "1", "--replace").code == 0
    assert unpacked(here) == CONTENTS


def test_what_is_missing_from_a_delivery_is_told_and_the_rest_unpacked(here, tmp_path):
    archive = archive_of(tmp_path / "archive", {f"2019/05/01/FAI/{NAMES[0]}": CONTENTS[NAMES[0]]})
    with serve(tmp_path / "state", FakeCatalogue(PASSES), archive=str(archive)) as service:
        request(here, service)
        done = go_on(here, mailed(service), "--output", "json")
    assert done.code == 1
    assert "2 of the 3 requested files are missing" in done.err
    assert NAMES[1] in done.err
    document = json.loads(done.out)
    assert (document["missing"], document["state"], document["written"]) == (NAMES[1:], "unpacked", NAMES[:1])
    assert unpacked(here) == {NAMES[0]: CONTENTS[NAMES[0]]}


# A delivery that is not what it should be


def delivered(here, *answers, words=(), listed=None):
    """Ask a stand-in, and go on with a link that it answers in turn with these, the last one for ever."""
    left = list(answers)

    def answer(received):
        if received.path != "/zip":
            return as_listed(received) if listed is None or received.method != "GET" else listing(listed)
        return left.pop(0) if len(left) > 1 else left[0]

    with StandIn(answer) as service:
        assert request(here, service).code == 0
        return go_on(here, "1", f"{service.url}/zip", *words, EDEXQL_NETWORK_TRIES="2")


def test_the_zip_of_another_request_is_not_unpacked(here):
    done = delivered(here, Answer(200, zipped({"other.h5": b"x"})))
    assert (done.code, done.out.count("\n")) == (1, 1)
    assert "none of the 3 files" in done.err
    assert not (here / "other.h5").exists()
    assert ledger.one(books(here), 1).state == "asked"


def test_more_than_was_asked_for_is_told(here):
    done = delivered(here, Answer(200, zipped({**CONTENTS, "readme\x1b.txt": b"x", "notes.txt": b"x"})))
    # A name that cannot be a file's everywhere is not unpacked.
    assert done.code == 1
    assert "the zip has 2 files more than requested" in done.err
    assert "\x1b" not in done.err
    assert unpacked(here) == {}


def test_files_in_a_folder_of_the_zip_are_those_that_were_asked_for(here):
    done = delivered(here, Answer(200, zipped({f"delivery/{name}": data for name, data in CONTENTS.items()})))
    assert done.code == 0, done.err
    assert unpacked(here / "delivery") == CONTENTS


def test_zips_in_the_zip_are_unpacked_when_that_is_asked_for(here):
    inner = {name: zipped({"a.txt": name.encode()}) for name in NAMES}
    done = delivered(here, Answer(200, zipped(inner)), words=["--nested"], listed=NAMES)
    assert done.code == 0, done.err
    found = {path.parent.name: path.read_bytes() for path in here.rglob("a.txt")}
    assert sorted(found.values()) == [name.encode() for name in sorted(NAMES)]


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (Answer(404, b"gone"), 3, "may have expired"),
        (page(200, "Please log in"), 3, "Please log in"),
        (Answer(200, zipped(CONTENTS)[:-30]), 1, "its end"),
        (Answer(200, zipped(CONTENTS).replace(b"images", b"damage", 1)), 1, "is damaged"),
    ],
)
def test_a_link_that_does_not_lead_to_a_whole_zip_is_told_and_leaves_nothing(answer, code, told, here):
    done = delivered(here, answer)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert list(here.glob("*.zip")) == []
    assert unpacked(here) == {}
    # A link that leads nowhere leaves the request open.
    assert ledger.one(books(here), 1).state == ("asked" if code == 3 else "link received")


def test_a_delivery_that_was_cut_goes_on_when_it_is_run_again(here):
    data = zipped(CONTENTS)
    cut = raw(f'HTTP/1.1 200 OK\nContent-Length: {len(data)}\nETag: "1"\n\n', data[:20_000])
    with StandIn(lambda received: as_listed(received) if received.path != "/zip" else cut) as service:
        request(here, service)
        first = go_on(here, "1", f"{service.url}/zip", EDEXQL_NETWORK_TRIES="1")
        service.answer = Answer(200, data)
        second = go_on(here)
    assert first.code == 3
    assert second.code == 0, second.err
    assert unpacked(here) == CONTENTS


@pytest.mark.parametrize("nested", [[], ["--nested"]])
@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "of another size"])
def test_a_file_in_the_zip_that_is_damaged_or_of_another_size_is_told_each_time(damage, nested, here):
    bad = CONTENTS[NAMES[1]]
    changed = {
        "cut": bad[:-3000], "flipped": bad.replace(b"images", b"damage", 1), "empty": b"", "of another size": zipped({})
    }[damage]  # fmt: skip
    listed = LISTED if damage != "cut" else [*LISTED[:1], f"{NAMES[1]}   {len(changed) / 1000:.2f}KB", *LISTED[2:]]
    answer = Answer(200, zipped({**CONTENTS, NAMES[1]: changed}))
    done = delivered(here, answer, words=nested, listed=listed)
    assert done.code == 1, done.err
    assert NAMES[1] in done.err
    assert NAMES[0] not in done.err
    again = go_on(here, "1", *nested, EDEXQL_NETWORK_TRIES="1")
    assert again.code != 0
    # A damaged zip in the zip that is unpacked as well sends for the whole anew.
    assert NAMES[1] in again.err or (damage == "flipped" and nested)
    for path in here.glob("edexql-request-*.zip"):
        path.unlink()
    assert go_on(here, "1", *nested, EDEXQL_NETWORK_TRIES="1").code != 0


def test_a_link_that_was_not_there_leaves_the_request_open_for_the_right_one(here):
    good = Answer(200, zipped(CONTENTS))

    def answer(received):
        return {"/right.zip": good, "/wrong.zip": Answer(404, b"gone")}.get(received.path) or as_listed(received)

    with StandIn(answer) as service:
        request(here, service)
        wrong = go_on(here, f"{service.url}/wrong.zip")
        listed = run("request", "--list", cwd=here)
        right = go_on(here, f"{service.url}/right.zip")
    assert (wrong.code, right.code) == (3, 0), right.err
    assert "edexql continue 1 LINK" in wrong.err
    assert listed.out.endswith("asked, its link did not work\n")
    assert unpacked(here) == CONTENTS


def test_after_a_link_that_was_not_there_the_same_can_be_asked_for_again(here):
    with StandIn(lambda one: Answer(404, b"gone") if one.path == "/zip" else as_listed(one)) as service:
        request(here, service)
        go_on(here, "1", f"{service.url}/zip")
        assert request(here, service).code == 0


def test_the_link_of_another_request_leaves_this_one_open(here):
    answers = {"/other": Answer(200, zipped({"other.h5": b"x"})), "/right": Answer(200, zipped(CONTENTS))}
    with StandIn(lambda one: answers.get(one.path) or as_listed(one)) as service:
        request(here, service)
        assert go_on(here, f"{service.url}/other").code == 1
        done = go_on(here, f"{service.url}/right")
    assert done.code == 0, done.err
    assert unpacked(here) == CONTENTS


def test_a_password_in_an_address_is_sent_and_kept_nowhere(here):
    def answer(received):
        if received.headers.get("Authorization") != "Basic bWU6c2VjcmV0":
            return Answer(401, b"who are you?")
        return Answer(200, zipped(CONTENTS)) if received.path == "/zip" else as_listed(received)

    with StandIn(answer) as service:
        own = service.url.replace("://", "://me:secret@")
        words = ("--service", own, "--email", EMAIL)
        done = [
            run("fetch", "-e", QUERY, "--service", own, "--save", "may.edqs", cwd=here),
            run("fetch", "-e", QUERY, "--service", own, "--dry-run", cwd=here),
            run("select", "may.edqs", cwd=here),
            run("select", "may.edqs", "--output", "json", cwd=here),
            run("request", "may.edqs", *words, "--dry-run", cwd=here),
            run("request", "may.edqs", *words, "--output", "json", cwd=here),
            run("request", "--list", "--output", "json", cwd=here),
            run("compile", "--to", "curl", "-e", QUERY, "--service", own, cwd=here),
            run("config", "service", cwd=here, EDEXQL_SERVICE_LISTING=own),
            go_on(here, "1", f"{own}/zip"),
            run("download", f"{own}/zip/a.zip", "--dry-run", cwd=here),
        ]
        assert [one.code for one in done] == [0] * len(done), [one.err for one in done]
        refused = [
            run("fetch", "-e", QUERY, "--service", own.replace("secret", "wrong"), cwd=here),
            run("request", "-e", QUERY, *words[2:], "--service", own.replace("secret", "wrong"), cwd=here),
            run("download", f"{own}/none.h5".replace("secret", "wrong"), "--to", "to", cwd=here),
            run("fetch", "-e", QUERY, "--service", f"ftp://me:wrong@{service.url[7:]}", cwd=here),
        ]
        assert 0 not in [one.code for one in refused]
    shown = "".join(one.out + one.err for one in (*done, *refused))
    kept = b"".join(path.read_bytes() for path in here.parent.rglob("*") if path.is_file() and path.suffix != ".zip")
    assert service.url in shown
    for word in ("secret", "wrong"):
        assert word not in shown
        assert word.encode() not in kept


# Asking


def test_the_request_is_that_of_the_tutorial_and_its_answer_is_shown_as_it_is(here):
    with StandIn() as service:
        done = request(here, service)
    assert (done.code, done.out) == (0, f"{RECEIPT}\n")
    lists, sends = service.requests
    assert (lists.method, lists.path, lists.body) == ("GET", "/api_fetch_data", WIRE)
    assert (sends.method, sends.path) == ("POST", "/api_prepare_report")
    assert json.loads(sends.body) == {**PARAMETERS, "result_filenames": FILES}


def test_the_address_of_the_query_is_the_default(here):
    with StandIn() as service:
        assert request(here, service, ask=["-e", QUERY_WITH_EMAIL]).code == 0
        assert request(here, service, ask=["-e", QUERY_WITH_EMAIL, "--email", "other@example.ca"]).code == 0
        without = request(here, service, ask=["-e", QUERY])
    emails = [json.loads(one.body)["email"] for one in service.requests if one.method == "POST"]
    assert emails == [EMAIL, "other@example.ca"]
    assert (without.code, without.out) == (2, "")
    assert "--email" in without.err


def test_listing_and_delivery_go_to_the_hosts_of_the_configuration(here):
    with StandIn() as lists, StandIn(Answer(200, b"ok")) as delivers:
        told = {"EDEXQL_SERVICE_LISTING": lists.url, "EDEXQL_SERVICE_DELIVERY": delivers.url}
        done = run("request", *ASK, cwd=here, EDEXQL_SERVICE_DELIVERY_ENDPOINT="prepareReport", **told)
    assert (done.code, done.out) == (0, "ok\n")
    assert [one.path for one in lists.requests + delivers.requests] == ["/api_fetch_data", "/prepareReport"]


def test_only_some_of_the_files_can_be_asked_for(here):
    with StandIn() as service:
        assert request(here, service, "--pick", "1,3").code == 0
    assert json.loads(service.requests[-1].body)["result_filenames"] == [FILES[0], FILES[2]]
    assert ledger.one(books(here), 1).files == (FILES[0], FILES[2])


def test_the_ticked_files_of_a_selection_are_asked_of_the_service_that_listed_them(here):
    with StandIn() as service:
        run("fetch", "-e", QUERY, "--service", service.url, "--save", "may.edqs", cwd=here)
        run("select", "may.edqs", "--drop", "2", cwd=here)
        shown = run("request", "may.edqs", "--email", EMAIL, "--dry-run", cwd=here)
        before = len(service.requests)
        done = run("request", "may.edqs", "--email", EMAIL, cwd=here)
        other = run("request", "may.edqs", "--email", EMAIL, "--pick", "2", cwd=here)
        none = run("request", "may.edqs", "--email", EMAIL, "--pick", ">1TB", cwd=here)
    assert (done.code, other.code, none.code, before) == (0, 0, 2, 1)
    sent = [json.loads(one.body) for one in service.requests[1:]]
    assert [one["result_filenames"] for one in sent] == [[FILES[0], FILES[2]], [FILES[1]]]
    first, _, rest = shown.out.partition("\n")
    assert (first, json.loads(rest)) == (f"POST {service.url}/api_prepare_report", sent[0])


def test_a_selection_of_a_catalogue_names_no_service(here):
    run("fetch", "--local", "-q", "-e", QUERY, "--save", "a.edqs", cwd=here)
    done = run("request", "a.edqs", "--email", EMAIL, cwd=here)
    assert (done.code, done.out) == (2, "")
    assert "--service URL" in done.err
    with StandIn() as service:
        assert run("request", "a.edqs", "--email", EMAIL, "--service", service.url, cwd=here).code == 0
    assert json.loads(service.requests[0].body)["result_filenames"] == FILES


def test_a_dry_run_sends_nothing_and_notes_nothing(here):
    with StandIn() as service:
        done = request(here, service, "--dry-run", "--output", "json")
    assert done.code == 0
    get, post = json.loads(done.out)
    assert json.dumps(get["parameters"]).encode() == WIRE
    assert (post["method"], post["url"]) == ("POST", f"{service.url}/api_prepare_report")
    assert post["parameters"] == PARAMETERS
    assert service.requests == []
    assert ledger.entries(books(here)) == ()


def test_no_files_means_no_request(here):
    with StandIn(Answer(200, b'{"result_filenames": []}')) as service:
        done = request(here, service)
    assert (done.code, done.out) == (1, "")
    assert "nothing was requested" in done.err
    assert len(service.requests) == 1


@pytest.mark.parametrize("answer", [raw(""), page(500, "Oh no"), Answer(reset=True)])
def test_where_nobody_knows_whether_it_was_received_that_is_said_and_it_is_not_sent_again(answer, here):
    def answers(received):
        return answer if received.method == "POST" else as_in_the_tutorial(received)

    with StandIn(answers) as service:
        done = request(here, service)
        sent = [one for one in service.requests if one.method == "POST"]
        second = request(here, service)
        sent_then = [one for one in service.requests if one.method == "POST"]
        third = request(here, service, "--again")
        sent_at_last = [one for one in service.requests if one.method == "POST"]
    assert (done.code, done.out) == (3, "")
    assert "it is unknown whether the request was received" in done.err
    assert "edexql continue 1 LINK" in done.err
    assert (second.code, third.code) == (2, 3)
    assert "as request 1, and it is unknown whether" in second.err
    assert (len(sent), len(sent_then), len(sent_at_last)) == (1, 1, 2)
    listed = run("request", "--list", cwd=here)
    assert [line.split("  ")[3] for line in listed.out.splitlines()] == ["asked, unknown whether it was received"] * 2


def test_a_refusal_is_told_and_can_be_tried_again(here):
    answers = [Answer(422, b"no such product"), Answer(200, b"ok")]
    with StandIn(lambda one: answers.pop(0) if one.method == "POST" else as_in_the_tutorial(one)) as service:
        refused = request(here, service, "--output", "json")
        taken = request(here, service, "--output", "json")
    assert (refused.code, taken.code) == (3, 0)
    assert "no such product" in refused.err
    documents = [json.loads(done.out) for done in (refused, taken)]
    assert [(one["number"], one["outcome"]) for one in documents] == [(1, "refused"), (2, "accepted")]
    assert [one["answer"] for one in documents] == ["no such product", "ok"]


def test_where_nobody_is_there_nothing_was_sent(here):
    with StandIn() as service, nobody_there() as url:
        run("fetch", "-e", QUERY, "--service", service.url, "--save", "a.edqs", cwd=here)
        done = run("request", "a.edqs", "--email", EMAIL, "--service", url, cwd=here)
    assert (done.code, done.out) == (3, "")
    assert "nothing was sent" in done.err


def test_an_answer_is_not_trusted_to_a_terminal(here):
    answer = Answer(200, b"Preparing\x1b]0;owned\x07 ...\nsoon\x9b")
    with StandIn(lambda one: answer if one.method == "POST" else as_in_the_tutorial(one)) as service:
        done = request(here, service)
    assert done.code == 0
    assert done.out.count("\n") == 2
    assert done.out.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-e", QUERY, "--email", "me"], "is not an e-mail address"),
        (["-e", QUERY, "-e", QUERY, "--email", EMAIL], "give one query"),
        (["nowhere.edqs", "--email", EMAIL], "No such file"),
        (["--email", EMAIL], "nothing to read"),
        (["-e", QUERY, "--email", EMAIL, "--service", "ftp://x"], "http://"),
        (["-e", QUERY, "--list"], "leave the query out"),
    ],
)
def test_wrong_usage_of_request_is_told_and_nothing_is_noted(words, told, here):
    done = run("request", *words, cwd=here)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert ledger.entries(books(here)) == ()


def test_requests_are_listed_the_newest_first(here):
    none = run("request", "--list", cwd=here)
    with StandIn() as service:
        request(here, service)
        request(here, service, "--pick", "2")
    listed = json.loads(run("request", "--list", "--output", "json", cwd=here).out)
    assert (none.code, none.out, none.err) == (0, "", "no requests were made yet\n")
    assert [(one["number"], one["files"], one["state"]) for one in listed] == [
        (2, [FILES[1]], "asked"),
        (1, FILES, "asked"),
    ]
    assert listed[0]["query"] == QUERY


def test_the_repl_asks_for_the_current_query(here):
    with StandIn() as service:
        lines = f"set answer none\n{QUERY}\nuse {service.url}\nrequest --email {EMAIL}\n"
        done = run("-", stdin=lines, cwd=here)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == RECEIPT
    local = run("-", stdin=f"{QUERY}\nrequest --email {EMAIL}\n", cwd=here)
    assert local.code != 0
    assert "`use` one" in local.err


# Which request is meant


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        ([], "", "no request is open"),
        (["https://x/y.zip"], "", "edexql download LINK"),
        (["7"], "", "there is no request 7"),
        (["1", "2"], "", "continue takes a number and a link"),
        (["ftp://x"], "", "continue takes a number and a link"),
        (["-"], "nothing here", "there is no link"),
        (["-"], "https://a.ca/1 https://b.ca/2.", "instead of -: https://a.ca/1  https://b.ca/2"),
        (["-"], "http://a/1 http://a/2", "there are 2 links"),
    ],
)
def test_what_cannot_be_gone_on_with_is_told(words, stdin, told, here):
    done = go_on(here, *words, stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_request_without_its_link_waits_for_it(here):
    with StandIn() as service:
        request(here, service)
        done = go_on(here)
        request(here, service, "--pick", "1")
        several = go_on(here, f"{service.url}/x")
    assert (done.code, several.code) == (2, 2)
    assert "request 1 has no link yet" in done.err
    assert "several requests are open, 2, 1" in several.err


@given(st.text(st.characters(exclude_characters="<>\"'", categories=("L", "N")), min_size=1))
def test_a_link_is_found_whatever_stands_round_it(token):
    link = f"https://example.org/delivery/{token}"
    for text in (link, f"Hello,\n\n{link}\n\nbye", f"<{link}>", f"(see {link}).", f"{link} {link}"):
        with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()))):
            assert continue_._pasted() == link
