"""Files asked for by mail: once, in the tutorial's form, with what came of it kept."""

from __future__ import annotations

import json
import threading

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.client.delivery import ledger
from edexql.client.delivery.ledger import LedgerError
from edexql.client.delivery.mail import ReportError, delivery_parameters, is_address, request_report
from edexql.client.endpoints import Endpoints
from edexql.client.http.recording import Recording
from edexql.client.http.replay import Replay
from edexql.client.http.session import session
from edexql.client.listing import fetch
from edexql.client.settings.declarations import Network
from serving import archive_of, link_in, serve, wait_for
from stand_in import Answer, StandIn, nobody_there, page, raw, redirect
from tutorial import FILES, NAMES, PARAMETERS, QUERY, QUERY_WITH_EMAIL, RECEIPT, WIRE_WITH_EMAIL

EMAIL = "youremail@example.ca"
SENT = WIRE_WITH_EMAIL.replace(b'"result_filenames": []', b'"result_filenames": ' + json.dumps(FILES).encode())


def reported(service, query=QUERY, files=FILES, email=EMAIL, **named):
    url = service if isinstance(service, str) else service.url
    return request_report(edexql.compile(query), files, email, url, **named)


def refused(answer, tmp_path):
    """What is said, and what is in the ledger, when the service answers so."""
    path = str(tmp_path / "ledger.sqlite")
    with StandIn(answer) as service, pytest.raises(ReportError) as caught:
        reported(service, ledger_path=path)
    assert len(service.requests) == 1
    entry = ledger.one(path, caught.value.number)
    assert entry.receipt == caught.value.outcome
    return caught.value


@pytest.mark.parametrize("query", [QUERY, QUERY_WITH_EMAIL, f"{QUERY}; email other@example.ca"])
def test_the_request_is_that_of_the_tutorial(query):
    with StandIn() as service:
        receipt = reported(service, query)
    (request,) = service.requests
    assert (request.method, request.path, request.body) == ("POST", "/api_prepare_report", SENT)
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept"] == "text/plain"
    assert receipt.text == RECEIPT


def test_a_listing_and_its_request_go_to_hosts_and_endpoints_of_their_own():
    with StandIn() as lists, StandIn(Answer(200, b"ok")) as delivers:
        places = Endpoints(f"{lists.url}/api_fetch_data", f"{delivers.url}/prepareReport")
        request = edexql.compile(QUERY)
        found = fetch(request, places)
        receipt = request_report(request, [file.text for file in found[:1]], EMAIL, places)
    assert receipt.text == "ok"
    assert delivers.requests[0].path == "/prepareReport"
    assert json.loads(delivers.requests[0].body)["result_filenames"] == FILES[:1]


def test_the_embedded_service_takes_the_request_and_sends_its_link(tmp_path):
    archive = archive_of(tmp_path / "archive", {f"2019/05/01/FAI/{name}": b"PK" for name in NAMES})
    path = str(tmp_path / "ledger.sqlite")
    with serve(tmp_path / "state", archive=str(archive)) as service:
        receipt = reported(service, query=QUERY, ledger_path=path)
        assert "You will receive an email" in receipt.text
        (mail,) = wait_for(service.outbox)
        entry = ledger.receive_link(path, receipt.number, link_in(mail))
    assert (entry.state, entry.receipt, entry.answer, entry.query) == ("link received", "accepted", receipt.text, "")


def test_what_was_asked_is_in_the_ledger_before_the_service_has_it(tmp_path):
    path = str(tmp_path / "ledger.sqlite")
    seen = []

    def answer(received):
        seen.append(ledger.one(path, 1))
        return Answer(200, RECEIPT.encode())

    with StandIn(answer) as service:
        receipt = reported(service, query=QUERY, ledger_path=path)
    assert [(entry.receipt, entry.files) for entry in seen] == [("unknown", tuple(FILES))]
    entry = ledger.one(path, receipt.number)
    assert (entry.receipt, entry.answer) == ("accepted", RECEIPT)
    assert json.loads(entry.wire) == json.loads(SENT)


def test_without_a_ledger_to_write_to_nothing_is_sent(tmp_path):
    (tmp_path / "file").write_text("")
    with StandIn() as service, pytest.raises(LedgerError):
        reported(service, ledger_path=str(tmp_path / "file" / "ledger.sqlite"))
    assert service.requests == []


def test_a_receipt_that_cannot_be_kept_is_not_lost(tmp_path):
    path = tmp_path / "ledger.sqlite"

    def answer(received):
        path.write_bytes(b"not a database" * 1000)
        return Answer(200, RECEIPT.encode())

    with StandIn(answer) as service:
        receipt = reported(service, ledger_path=str(path))
    assert receipt.text == RECEIPT
    assert "cannot use the ledger" in receipt.unkept


@pytest.mark.parametrize(
    "email",
    [
        *("", "me", "me@", "@x.ca", "me@x..ca", "a b@x.ca", "me@x.ca\n", "me@x.ca,you@x.ca", "é@x.ca", "me@-x.ca"),
        *("me\r\nBcc: x@y.ca", f"{'a' * 65}@x.ca", f"me@{'a' * 64}.ca", f"me@{'a.' * 130}ca", ".me@x.ca"),
    ],
)
def test_what_is_no_address_is_told_and_nothing_is_sent(email):
    with StandIn() as service, pytest.raises(ReportError, match="is not an e-mail address") as caught:
        reported(service, email=email)
    assert service.requests == []
    assert caught.value.outcome == "not sent"
    assert str(caught.value).isprintable()


@given(st.emails())
def test_ordinary_addresses_are_taken(email):
    assert is_address(email)


def test_a_long_text_is_no_address_and_told_in_time():
    assert not is_address("a." * 500_000)
    assert not is_address("a@" + "a-" * 500_000)


def test_no_files_is_told_and_nothing_is_sent():
    with StandIn() as service, pytest.raises(ReportError, match="no files to send"):
        reported(service, files=[])
    assert service.requests == []


REFUSALS = {
    "bad request": (Answer(400, b"no query in the body"), "refused", "400 Bad Request: no query in the body"),
    "too many": (Answer(429, b"", (("Retry-After", "1"),)), "refused", "429"),
    "not there": (Answer(404), "refused", "404 Not Found"),
    "broken": (page(500, "Oh no"), "unknown", "500 Internal Server Error: Oh no"),
    "a gateway": (Answer(504), "unknown", "504"),
    "busy": (Answer(503, b"", (("Retry-After", "0"),)), "unknown", "503"),
    "elsewhere": (redirect(302, "/login"), "unknown", "a redirect to /login"),
    "a page": (page(200, "Please log in"), "unknown", "Please log in: that is not plain text, but a page"),
    "data": (Answer(200, b'{"error": "no"}'), "unknown", "a page or data"),
    "nothing": (Answer(200), "unknown", "an empty body"),
    "another success": (Answer(204), "unknown", "204"),
    "reset": (Answer(reset=True), "unknown", "it is unknown whether the request was received"),
    "hung up": (raw(""), "unknown", "it is unknown whether the request was received"),
    "cut off": (raw("HTTP/1.1 200 OK\nContent-Length: 1000\n\n", b"Prep"), "unknown", "it is unknown"),
    "another protocol": (raw("SSH-2.0-OpenSSH_9.2\n"), "unknown", "it is unknown"),
    "too long": (Answer(200, b"a" * (2**20 + 1)), "unknown", "more than 1 MiB"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_came_of_it_is_told_and_it_is_never_sent_again(tmp_path, case):
    answer, outcome, told = REFUSALS[case]
    error = refused(answer, tmp_path)
    assert error.outcome == outcome
    assert told in str(error)
    assert isinstance(error, edexql.ServiceError)


@pytest.mark.parametrize("network", [Network(read=0.2), Network(seconds=0.2)])
def test_a_service_that_is_silent_leaves_it_unknown(tmp_path, network):
    free = threading.Event()

    def answer(received):
        free.wait(5)
        return Answer(200, b"late")

    path = str(tmp_path / "ledger.sqlite")
    with StandIn(answer) as service:
        with session(network) as impatient, pytest.raises(ReportError) as caught:
            reported(service, ledger_path=path, session=impatient)
        free.set()
    assert caught.value.outcome == "unknown"
    assert len(service.requests) == 1
    assert ledger.one(path, 1).receipt == "unknown"


def test_a_service_that_is_not_there_got_nothing(tmp_path):
    path = str(tmp_path / "ledger.sqlite")
    with nobody_there() as url, pytest.raises(ReportError, match="refused: nothing was sent") as caught:
        reported(url, ledger_path=path)
    assert caught.value.outcome == "not sent"
    assert ledger.one(path, 1).receipt == "not sent"


@pytest.mark.parametrize(
    "url", ["http://a..b", "http://[::1", "nonsense", "http://127.0.0.1:99999", "http://", "ftp://x"]
)
def test_an_address_that_cannot_be_one_got_nothing(url):
    with pytest.raises(ReportError) as caught:
        reported(url)
    assert caught.value.outcome == "not sent"


def test_an_error_of_before_does_not_pass_for_this_one():
    with StandIn(Answer(reset=True)) as service, nobody_there() as nowhere:
        try:
            requests.get(nowhere, timeout=5)
        except requests.ConnectionError:
            with pytest.raises(ReportError) as caught:
                reported(service)
    assert caught.value.outcome == "unknown"


def test_a_proxy_that_is_not_there_got_nothing():
    with nobody_there() as url, session() as made:
        made.proxies = {"http": url}
        with pytest.raises(ReportError) as caught:
            reported("http://service.invalid", session=made)
    assert caught.value.outcome == "not sent"


def test_a_recorded_request_is_replayed_for_whoever_asks(tmp_path):
    with StandIn() as service, session(carrier=Recording(str(tmp_path))) as made:
        reported(service, session=made)
    for mine in ("someone@institute.example", EMAIL):
        with session(carrier=Replay(str(tmp_path))) as made:
            assert reported(service, email=mine, session=made).text.startswith(RECEIPT[:40])
    with (
        session(carrier=Replay(str(tmp_path))) as made,
        pytest.raises(ReportError, match="not in the rec") as caught,
    ):
        reported(service, files=FILES[:1], session=made)
    assert caught.value.outcome == "not sent"


def test_a_broken_connection_is_as_unknown_in_the_replay(tmp_path):
    with StandIn(Answer(reset=True)) as service, session(carrier=Recording(str(tmp_path / "a"))) as made:
        with pytest.raises(ReportError) as first:
            reported(service, session=made)
        assert first.value.outcome == "unknown"
    with nobody_there() as url, session(carrier=Recording(str(tmp_path / "b"))) as made:
        with pytest.raises(ReportError) as second:
            reported(url, session=made)
        assert second.value.outcome == "not sent"
    for folder, error in (("a", first.value), ("b", second.value)):
        with session(carrier=Replay(str(tmp_path / folder))) as made, pytest.raises(ReportError) as again:
            reported(error.url.removesuffix("/api_prepare_report"), session=made)
        assert (str(again.value), again.value.outcome) == (str(error), error.outcome)


def test_a_certificate_that_proves_nothing_got_nothing():
    error = requests.exceptions.SSLError(OSError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"))

    class Refusing(requests.adapters.BaseAdapter):
        def send(self, *args, **named):
            raise error

        def close(self):
            pass

    with session(carrier=Refusing()) as made, pytest.raises(ReportError) as caught:
        reported("https://127.0.0.1:1", session=made)
    assert caught.value.outcome == "not sent"


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "x"]), st.integers()))
def test_a_delivery_has_everything_of_the_listing_once(parameters):
    made = delivery_parameters(parameters, FILES, EMAIL)
    assert {**parameters, "email": EMAIL, "result_filenames": FILES} == made
    if "result_filenames" in parameters:
        keys = list(made)
        assert keys.index("email") + 1 == keys.index("result_filenames")
