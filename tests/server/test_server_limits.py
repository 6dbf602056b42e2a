"""The service takes so much and no more, of anything, and says so."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from commands import PATIENCE
from edexql.server import connections
from edexql.server.deliveries import HOUR, RateLimit
from edexql.server.errors import RequestError
from serving import PASSES, FakeCatalogue, File, archive_of, link_in, serve, wait_for
from tutorial import FILES, PARAMETERS


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service with the limits that it has where nothing else is said, but for those of a query."""
    with serve(tmp_path_factory.mktemp("state"), limits={"elements": 10, "logic": 200}) as running:
        yield running


def test_a_body_beyond_the_limit_is_refused_and_the_refusal_is_read(service):
    # More than sockets hold: it is sent while the service has already made up its mind.
    for size in (2**20 + 1, 5 * 2**20):
        answer = service.list(b'{"a": "' + b"x" * size)
        assert (answer.status, answer.codes) == (413, ["S413"])
    assert service.list({"a": "x" * (2**20 - 10)}).status == 200


def test_a_body_without_a_length_is_counted_as_it_comes(tmp_path):
    with serve(tmp_path, limits={"body": 1000}) as service:
        head = b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        chunk = b"64\r\n" + b"x" * 100 + b"\r\n"
        body = head + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk * 11
        assert service.raw(body + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_a_false_length_is_refused(tmp_path):
    with serve(tmp_path, limits={"body": 1000, "body_seconds": 0.3}) as service:
        head = b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
        # Too short: the rest is no request. Too long: the rest never comes. Very long: nobody waits for it.
        assert service.raw(head + b"Content-Length: 2\r\n\r\n" + b"x" * 2000).startswith(b"HTTP/1.1 400 ")
        assert service.raw(head + b"Content-Length: 900\r\n\r\n{}").startswith(b"HTTP/1.1 408 ")
        assert service.raw(head + b"Content-Length: 99999999999\r\n\r\n" + b"x" * 2000).startswith(b"HTTP/1.1 413 ")


def test_expect_100_is_answered_before_the_body_is_sent(service):
    head = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    received = service.raw(head)
    assert received.startswith(b"HTTP/1.1 404 ")
    assert b"connection: close" in received.lower()
    body = json.dumps(PARAMETERS).encode()
    head = b"GET /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head += b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
    assert service.raw(head + body).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_content_type_without_preflight_is_refused(service, kind):
    for path in ("/api_fetch_data", "/api_prepare_report", "/download"):
        answer = service.ask("POST", path, json.dumps(PARAMETERS).encode(), Content_Type=kind)
        assert (answer.status, answer.codes) == (415, ["S415"])


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_every_spelling_of_the_json_content_type_is_accepted(service, kind):
    assert service.ask("POST", "/api", json.dumps(PARAMETERS).encode(), Content_Type=kind).status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"fai": ["has-data"] * 11},
        {"fai": ["has-data"] * 6, "rri": ["has-data"] * 5},
        {"date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( " + " OR ".join(["1"] * 100) + " ) "},
    ],
)
def test_a_query_beyond_the_limit_is_refused(service, query):
    answer = service.list(query)
    assert (answer.status, answer.codes) == (413, ["S413"])
    assert service.list({"fai": ["has-data"] * 10}).status == 200


def test_a_listing_beyond_the_limit_is_refused_not_cut(tmp_path):
    files = [File(f"{number}.h5", 1, None, f"{number}.h5") for number in range(11)]
    with serve(tmp_path, FakeCatalogue(files), limits={"files": 10}) as service:
        answer = service.list(PARAMETERS)
        assert (answer.status, answer.codes) == (409, ["S409"])
        assert "11 files" in answer.json["diagnostics"][0]["message"]


class Gate:
    """Questions that wait until they are let through, and how many have come this far."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, query: object) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.open.wait(PATIENCE)
        with self._lock:
            self.inside -= 1


def at_once(count, ask):
    """Start so many threads that ask; their answers, as they come."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def test_the_number_of_waiting_queries_is_limited(tmp_path):
    gate = Gate()
    with serve(tmp_path, FakeCatalogue(before=gate), limits={"evaluations": 2, "waiting": 3}) as service:
        threads, answers = at_once(8, lambda: service.list(PARAMETERS))
        wait_for(lambda: len(answers) == 3)
        assert {(a.status, a.headers["retry-after"]) for a in answers} == {(503, "5")}
        assert answers[0].codes == ["S503"]
        # What asks nothing of the catalogue is answered meanwhile.
        assert service.ask("GET", "/get_experiment_tags").status == 200
        gate.open.set()
        for thread in threads:
            thread.join()
        assert sorted(a.status for a in answers) == [200] * 5 + [503] * 3
        assert gate.most == 2
        assert service.list(PARAMETERS).status == 200


def test_a_query_that_takes_too_long_counts_until_it_ends(tmp_path):
    gate = Gate()
    limits = {"evaluations": 1, "waiting": 0, "seconds": 0.2}
    with serve(tmp_path, FakeCatalogue(before=gate), limits=limits) as service:
        first = service.list(PARAMETERS)
        assert (first.status, first.codes) == (503, ["S503"])
        assert "0.2 seconds" in first.json["diagnostics"][0]["message"]
        assert "too many" in service.list(PARAMETERS).json["diagnostics"][0]["message"]
        gate.open.set()
        wait_for(lambda: service.list(PARAMETERS).status == 200)


def test_the_number_of_waiting_deliveries_is_limited(tmp_path):
    with serve(tmp_path, limits={"deliveries": 2, "spare": 2**62}, archive=str(tmp_path), delays=(3600.0,)) as service:
        archive_of(tmp_path, {file.place: b"" for file in PASSES})
        assert [service.report(email=f"{n}@x.ca").status for n in range(3)] == [200, 200, 503]
        answer = service.ask("POST", "/download", {"result_filenames": FILES})
        assert (answer.status, answer.codes) == (503, ["S503"])
        assert int(answer.headers["retry-after"]) > 0


def test_the_number_of_stored_deliveries_is_limited(tmp_path):
    with serve(tmp_path, limits={"kept": 2}) as service:
        assert [service.report(email=f"{n}@x.ca").status for n in range(3)] == [200, 200, 503]


def test_the_number_of_mails_to_one_mailbox_is_limited(tmp_path):
    with serve(tmp_path, limits={"deliveries_of_address": 2}) as service:
        answers = [service.report() for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].codes == ["S429"]
        assert int(answers[2].headers["retry-after"]) > 0
        assert service.report(email="other@x.ca").status == 200


@pytest.mark.parametrize("email", ["NAME@X.CA", "Name+tag@x.ca", "name+a+b@X.ca"])
def test_every_spelling_of_an_address_counts_for_its_mailbox(tmp_path, email):
    with serve(tmp_path, limits={"deliveries_of_address": 1}) as service:
        assert service.report(email="name@x.ca").status == 200
        assert service.report(email=email).status == 429
        assert service.report(email="name2@x.ca").status == 200


def test_the_number_of_downloads_of_one_client_is_limited(tmp_path):
    def begin(**headers):
        return service.ask("POST", "/download", {"result_filenames": FILES}, **headers)

    with serve(tmp_path, limits={"downloads_of_client": 2}) as service:
        assert service.ask("POST", "/download", {"result_filenames": 1}).status == 422
        answers = [begin() for _ in range(3)]
        assert [answer.status for answer in answers] == [202, 202, 429]
        assert 3500 < int(answers[2].headers["retry-after"]) <= 3600
        # The web server in front, on the same machine, names its clients last.
        assert begin(X_Forwarded_For="127.0.0.9, 192.0.2.1").status == 202
        assert begin(X_Forwarded_For="192.0.2.7, 192.0.2.1").status == 202
        assert begin(X_Forwarded_For="192.0.2.1").status == 429
        assert begin(X_Forwarded_For="not an address").status == 429
        # An IPv6 client has as many addresses as it likes in its network.
        networks = [f"2001:db8::{n}" for n in range(3)]
        assert [begin(X_Forwarded_For=address).status for address in networks] == [202, 202, 429]


def test_the_rate_limit_counts_the_last_hour():
    now = 0.0
    rate_limit = RateLimit(1, lambda: now)
    rate_limit.take("a")
    with pytest.raises(RequestError) as refused:
        rate_limit.take("a")
    assert refused.value.headers == {"Retry-After": "3601"}
    rate_limit.take("b")
    now = HOUR
    rate_limit.take("a")


def test_the_number_of_files_in_a_delivery_is_limited(tmp_path):
    with serve(tmp_path, limits={"delivery_files": 2}) as service:
        answer = service.report()
        assert (answer.status, answer.codes) == (413, ["S413"])
        assert service.report(result_filenames=FILES[:2]).status == 200


def test_the_number_of_transfers_at_once_is_limited(tmp_path):
    archive = archive_of(tmp_path / "archive", {PASSES[0].place: bytes(2**25)})
    with serve(tmp_path / "state", archive=str(archive), limits={"transfers": 1}) as service:
        service.report(result_filenames=FILES[:1])
        (mail,) = wait_for(service.outbox)
        path = service.path_of(link_in(mail))
        with socket.create_connection(("127.0.0.1", service.port)) as slow:
            slow.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            slow.recv(1)
            answer = service.ask("GET", path)
            assert (answer.status, answer.codes) == (503, ["S503"])
        assert wait_for(lambda: (found := service.ask("GET", path)).status == 200 and found)


# Connections


def test_a_missing_head_ends_the_connection(tmp_path):
    with serve(tmp_path, limits={"head_seconds": 0.2}) as service:
        assert service.raw(b"").startswith(b"HTTP/1.1 408 ")
        assert service.raw(b"GET /api HTTP/1.1\r\nHost: x\r\nX-A").startswith(b"HTTP/1.1 408 ")
        # The second head on a connection is not waited for either.
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as connection:
            connection.sendall(b"GET /get_experiment_tags HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
            connection.sendall(b"GET /ap")
            wait_for(lambda: b"HTTP/1.1 408 " in connection.recv(65536))


def test_a_slow_head_ends_the_connection(tmp_path):
    with serve(tmp_path, limits={"head_seconds": 0.3}) as service:
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE)
        with connection:
            connection.sendall(b"GET /api HTTP/1.1\r\n")
            dripping = threading.Event()

            def drip():
                while not dripping.wait(0.02):
                    try:
                        connection.sendall(b"X: y\r\n")
                    except OSError:
                        return

            thread = threading.Thread(target=drip)
            thread.start()
            assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
            dripping.set()
            thread.join()


def test_the_time_for_a_head_does_not_end_a_slow_response(tmp_path):
    with serve(tmp_path, FakeCatalogue(before=lambda query: time.sleep(0.4)), limits={"head_seconds": 0.1}) as service:
        assert service.list(PARAMETERS).status == 200


def test_a_slow_body_is_refused(tmp_path):
    with serve(tmp_path, limits={"body_seconds": 0.2}) as service:
        head = b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        received = service.raw(head)
        assert received.startswith(b"HTTP/1.1 408 ")
        assert b'"S408"' in received


def test_a_client_that_does_not_read_is_disconnected(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "STALL_LIMIT", 0.2)
    archive = archive_of(tmp_path / "archive", {PASSES[0].place: bytes(2**25)})
    with serve(tmp_path / "state", archive=str(archive), limits={"transfers": 1}) as service:
        service.report(result_filenames=FILES[:1])
        (mail,) = wait_for(service.outbox)
        path = service.path_of(link_in(mail))
        with socket.create_connection(("127.0.0.1", service.port)) as lazy:
            lazy.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            # The only transfer there can be is given up, although its reader is still there.
            wait_for(lambda: service.ask("HEAD", path).status == 503)
            wait_for(lambda: service.ask("HEAD", path).status == 200)


def test_the_number_of_connections_is_limited(tmp_path):
    with serve(tmp_path, limits={"connections": 3}) as service:
        held = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(3)]
        received = service.raw(b"")
        assert received.startswith(b"HTTP/1.1 503 ")
        assert b'"S503"' in received
        for connection in held:
            connection.close()
        wait_for(lambda: service.raw(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 404 "))


def test_many_open_connections_do_not_block_a_request(tmp_path):
    with serve(tmp_path) as service:
        held = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(100)]
        for connection in held:
            connection.sendall(b"GET /api HTTP/1.1\r\nX-")
        assert service.list(PARAMETERS).status == 200
        for connection in held:
            connection.close()


class RecordedTransport:
    """A transport that keeps what is written to it."""

    def __init__(self, transport, pieces):
        self.transport = transport
        self.pieces = pieces

    def __getattr__(self, name):
        return getattr(self.transport, name)

    def write(self, data):
        self.pieces.append(bytes(data))
        self.transport.write(data)


@pytest.fixture
def writes(monkeypatch):
    """What services write to their sockets, in the pieces in which they write it."""
    pieces = []
    made = connections.LimitedConnection.connection_made

    def recorded(connection, transport):
        made(connection, RecordedTransport(transport, pieces))

    monkeypatch.setattr(connections.LimitedConnection, "connection_made", recorded)
    return pieces


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", f"/{PASSES[0].place}", {}, 200),
        ("GET", f"/{PASSES[0].place}", {"Range": "bytes=3-9"}, 206),
        ("GET", f"/{PASSES[0].place}", {"Range": "bytes=99999-"}, 416),
        ("HEAD", f"/{PASSES[0].place}", {}, 200),
        ("GET", "/2019/05/01/FAI/", {}, 200),
        ("GET", "/nothing", {}, 404),
    ],
)
def test_a_small_response_is_written_at_once(tmp_path, writes, method, path, headers, status):
    archive = archive_of(tmp_path / "archive", {PASSES[0].place: bytes(range(256)) * 40})
    with serve(tmp_path / "state", archive=str(archive)) as service:
        answer = service.ask(method, path, **headers)
    (response,) = writes
    head, _, body = response.partition(b"\r\n\r\n")
    assert answer.status == status
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert body == answer.body


def test_the_responses_of_a_connection_are_written_one_by_one(tmp_path, writes):
    request = b"GET /nothing HTTP/1.1\r\nHost: x\r\n"
    with serve(tmp_path) as service:
        received = service.raw(2 * (request + b"\r\n") + request + b"Connection: close\r\n\r\n")
    assert b"".join(writes) == received
    assert [piece.count(b"HTTP/1.1 404 ") for piece in writes] == [1, 1, 1]


def test_the_head_of_a_response_without_a_body_is_written_at_its_end(tmp_path, writes, monkeypatch):
    place = PASSES[0].place
    archive = archive_of(tmp_path / "archive", {place: b"x" * 10})

    def failing(*_):
        raise OSError("the disk is broken")
        yield

    monkeypatch.setattr("edexql.server.archive.Tar.pieces", failing)
    tar = b"POST /2019/05/01/FAI/?action=download&as=FAI.tar&type=php-tar&baseHref=/2019/05/01/FAI/&hrefs= HTTP/1.1"
    with serve(tmp_path / "state", archive=str(archive)) as service:
        received = service.raw(tar + b"\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.endswith(b"\r\n\r\n")
    assert writes == [received]
