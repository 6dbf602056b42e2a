"""A workbench that asks an eDEx: our own service, and others that behave badly."""

from __future__ import annotations

import json
import time

import pytest

import edexql
from commands import PATIENCE
from edexql.client.settings.declarations import Network
from edexql.web import listings, upstream
from serving import archive_of, serve
from stand_in import Answer, StandIn, endless, listing, nobody_there, redirect
from tutorial import FILES, NAMES, QUERY, RECEIPT
from workbenches import TOKEN, Bench, workbench

TRUSTED = {"x_edexql_token": TOKEN}
# Limits of a network in which nothing has to be waited for long.
SHORT = Network(connect=5.0, read=0.5, seconds=0.5)


@pytest.fixture(scope="module")
def edex(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edex")
    archive = archive_of(folder / "archive", {"2019/05/01/FAI/" + NAMES[0]: b"x"})
    with serve(folder / "state", archive=str(archive)) as service:
        yield service


@pytest.fixture(scope="module")
def bench(tmp_path_factory, edex):
    with workbench(tmp_path_factory.mktemp("bench"), upstream=edex.url) as service:
        yield Bench(service)


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """A workbench that asks a service, with little patience."""
    folder = tmp_path_factory.mktemp("asking")
    with (
        StandIn() as service,
        workbench(folder, upstream=service.url.replace("//", "//me:secret@"), network=SHORT) as running,
    ):
        yield Bench(running), service


@pytest.fixture
def other(asking, monkeypatch):
    """The service that is asked, as it is before each test, when nothing is remembered of it."""
    bench, service = asking
    monkeypatch.setattr(listings, "SECONDS", 0.0)
    service.answer = None
    service.requests.clear()
    (bench.service.state.parent / "ledger.sqlite").unlink(missing_ok=True)
    return service


@pytest.fixture
def answer(asking, other):
    """The answer of the workbench, where the service gives some answer to a text."""

    def answered(given=None, text=QUERY):
        other.answer = given
        return asking[0].post("answer", {"text": text})

    return answered


def test_the_files_are_those_that_edex_lists(bench, edex):
    setting = bench.get("setting").json
    assert (setting["mode"], setting["upstream"], setting["mail"]) == ("upstream", edex.url, True)
    assert not setting["archive"]
    assert {product["files"] for product in setting["vocabulary"]["products"]} == {None}
    answer = bench.ask("answer", QUERY)
    assert answer["rows"]["name"] == NAMES
    assert answer["rows"]["size_text"] == [text.split()[1] for text in FILES]
    assert answer["rows"]["matched"] == [None] * 3
    assert answer["seconds"] is None


def test_the_residual_of_a_query_is_applied_to_what_edex_lists(bench):
    answer = bench.ask("answer", "product fai-lv1-hdf5-images; date 2019-05-01T15:00..2019-05-01T15:10")
    assert answer["rows"]["name"] == NAMES[:1]
    assert answer["notes"] == ["2 files left out by the times of day of the query"]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("influence", {}),
        ("why", {"file": NAMES[0]}),
        ("field", {"name": "kp"}),
        ("calendar", {"year": 2019}),
        ("presence", {"instrument": "fai", "value": "has-data"}),
        ("picture", {"kind": "timeline"}),
    ],
)
def test_what_only_a_catalogue_knows_is_refused_with_the_reason(bench, name, more):
    answer = bench.post(name, {"text": QUERY, **more})
    assert (answer.status, answer.codes) == (409, ["S409"])
    assert "only a catalogue has" in answer.json["diagnostics"][0]["message"]


def test_what_needs_no_catalogue_works(bench):
    assert bench.ask("read", QUERY)["sentence"]
    assert bench.ask("plan", QUERY, files=NAMES) == {
        "command": f"edexql download {' '.join(NAMES)}",
        "bytes": None,
        "links": [],
        "unpack": None,
    }


def test_the_interface_of_edex_says_where_it_is(bench, edex):
    answer = bench.service.list({"date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( 1 ) "})
    assert answer.status == 409
    assert edex.url in answer.json["diagnostics"][0]["help"]
    assert bench.service.report().status == 409


def test_files_are_sent_by_that_edex(bench, edex):
    body = {"text": QUERY, "files": NAMES[:1], "email": "upstream@x.example"}
    dry = bench.post("request", {**body, "dry": True}, **TRUSTED)
    assert dry.json["service"] == f"{edex.url}/api_prepare_report"
    assert dry.json["absent"] is None
    assert not [job for job in edex.jobs() if job["email"] == "upstream@x.example"]
    sent = bench.post("request", {**body, "dry": False}, **TRUSTED)
    assert sent.status == 200, sent.body
    assert sent.json["answer"].split()[0] == RECEIPT.split()[0]
    # As it was listed, sizes included.
    assert sent.json["parameters"]["result_filenames"] == FILES[:1]
    assert [job for job in edex.jobs() if job["email"] == "upstream@x.example"]
    (entry,) = bench.get("requests", **TRUSTED).json["requests"]
    assert (entry["outcome"], entry["service"]) == ("accepted", f"{edex.url}/api_prepare_report")


# Services that behave badly


def test_a_redirect_is_not_followed(answer, other):
    with StandIn() as elsewhere:
        found = answer(redirect(302, f"{elsewhere.url}/api_fetch_data"))
        assert elsewhere.requests == []
    assert found.status == 502
    assert "redirect" in found.json["diagnostics"][0]["message"]


def trickling():
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"
    for _ in range(20 * PATIENCE):
        time.sleep(0.05)
        yield b" "


def test_a_body_that_never_ends_is_cut(answer, monkeypatch):
    monkeypatch.setattr(upstream, "MOST_BYTES", 2**20)
    found = answer(endless(8))
    assert found.status == 502
    assert "more than 1 MiB" in found.json["diagnostics"][0]["message"]


def test_a_body_that_trickles_is_cut(answer):
    found = answer(Answer(raw=trickling()))
    assert found.status == 502
    assert "within 0.5 s" in found.json["diagnostics"][0]["message"]


@pytest.mark.parametrize(
    "given",
    [
        Answer(500, b"no"),
        Answer(503, b"later", (("Retry-After", "1000"),)),
        Answer(401, b"who"),
        Answer(200, b"<html><title>Log in</title></html>"),
        Answer(200, b'{"result_filenames": [1]}'),
        Answer(200, b"[" * 100_000),
        Answer(200, b'{"result_filenames": NaN}'),
        Answer(reset=True),
        Answer(raw=(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",)),
        Answer(raw=(b"\x00\x01\x02",)),
    ],
)
def test_an_answer_that_is_none_is_reported_once(answer, other, given):
    found = answer(given)
    assert (found.status, found.codes) == (502, ["S502"])
    assert found.json["diagnostics"][0]["message"]
    # A page that asks at every key does not ask several times by itself.
    assert len(other.requests) == 1


def test_nobody_answers(tmp_path):
    with nobody_there() as url, workbench(tmp_path, upstream=url) as service:
        answer = Bench(service).post("answer", {"text": QUERY})
    assert answer.status == 502
    assert "cannot reach" in answer.json["diagnostics"][0]["message"]


@pytest.mark.parametrize("name", ["x\n<script>.zip", "\x1b[2Jx.zip", "../../etc/passwd", "x" * 5000, "\u202egpj.exe"])
def test_any_name_is_a_name(answer, name):
    found = answer(listing([name]))
    assert found.status == 200
    assert found.json["files"] == 1


def test_a_name_and_password_in_the_address_are_shown_nowhere(asking, answer, other):
    found = answer(Answer(500, b"no"))
    assert found.status == 502
    setting = asking[0].get("setting")
    assert setting.json["upstream"] == other.url
    assert b"secret" not in found.body + setting.body


def test_a_query_is_sent_as_it_is_compiled_and_nothing_else(answer, other):
    answer()
    (received,) = other.requests
    assert (received.method, received.path) == ("GET", "/api_fetch_data")
    assert json.loads(received.body) == edexql.compile(QUERY).parameters
    names = {name.lower() for name in received.headers}
    assert not names & {"cookie", "x-edexql-token", "origin", "referer"}


def test_a_request_that_is_refused_or_lost_is_in_the_ledger(asking, other):
    bench, _ = asking
    body = {"text": QUERY, "files": NAMES, "email": "a@x.example", "dry": False}
    other.answer = lambda received: listing(FILES) if received.method == "GET" else Answer(403, b"no")
    assert bench.post("request", body, **TRUSTED).status == 502
    (entry,) = bench.get("requests", **TRUSTED).json["requests"]
    assert entry["outcome"] == "refused"
    other.answer = lambda received: listing(FILES) if received.method == "GET" else Answer(reset=True)
    assert bench.post("request", body, **TRUSTED).status == 502
    assert bench.get("requests", **TRUSTED).json["requests"][0]["outcome"] == "unknown"
    # Mail may come all the same.
    assert bench.post("request", body, **TRUSTED).status == 409


def test_what_was_listed_a_moment_ago_is_not_asked_for_again(answer, other, monkeypatch):
    monkeypatch.setattr(listings, "SECONDS", 60.0)
    text = "product fai-lv1-hdf5-images; date 2019-05-03"
    first = answer(text=text)
    # A comment changes nothing of what is sent.
    again = answer(text=f"{text}\n# the same")
    assert first.json["rows"] == again.json["rows"]
    assert len(other.requests) == 1
    answer(text="product fai-lv1-hdf5-images; date 2019-05-02")
    assert len(other.requests) == 2


def test_a_listing_is_remembered_for_a_minute_and_the_oldest_of_many_is_forgotten():
    now = [0.0]
    known = listings.Listings(lambda: now[0])
    for number in range(listings.MOST + 1):
        known.put(str(number), {"number": number})
    assert known.get("0") is None
    assert known.get("1") == {"number": 1}
    known.put("1", {"number": 2})
    now[0] = listings.SECONDS - 1
    assert known.get("1") == {"number": 2}
    now[0] = listings.SECONDS
    assert known.get("1") is None
