"""The page of the workbench and its files, as a browser is given them, and what keeps others out."""

from __future__ import annotations

import gzip
import re
import socket
import threading

import pytest

from commands import PATIENCE
from edexql.server import app
from edexql.server.service import QueryPool
from edexql.web import answers
from places import ROOT
from serving import serve, wait_for
from workbenches import TOKEN, Bench, workbench

STATIC = ROOT / "src" / "edexql" / "web" / "static"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with workbench(tmp_path_factory.mktemp("state")) as service:
        yield Bench(service)


def test_the_page_is_there_and_may_load_nothing_from_elsewhere(bench):
    answer = bench.service.ask("GET", "/workbench/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.body == (STATIC / "index.html").read_bytes()
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "set-cookie" not in answer.headers


def test_no_file_of_the_page_is_of_an_unknown_type(bench):
    for path in (path for path in STATIC.rglob("*") if path.is_file()):
        answer = bench.service.ask("GET", f"/workbench/static/{path.relative_to(STATIC).as_posix()}")
        assert answer.status == 200
        assert answer.body == path.read_bytes()
        assert answer.headers["content-type"] != "application/octet-stream", path.name


def test_a_browser_that_has_a_file_is_told_that_it_is_the_same(bench):
    for coding in ("identity", "gzip"):
        first = bench.service.ask("GET", "/workbench/", accept_encoding=coding)
        assert first.headers["cache-control"] == "no-cache"
        again = bench.service.ask("GET", "/workbench/", accept_encoding=coding, if_none_match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert bench.service.ask("GET", "/workbench/", if_none_match='"another"').status == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "GZIP"])
def test_files_are_compressed_for_those_who_can_read_that(tmp_path, accepted):
    (tmp_path / "long.js").write_text("export const ready = true;\n" * 100)
    with workbench(tmp_path / "state", folder=str(tmp_path)) as service:
        packed = service.ask("GET", "/workbench/static/long.js", accept_encoding=accepted)
        plain = service.ask("GET", "/workbench/static/long.js", accept_encoding="gzip;q=0")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body == (tmp_path / "long.js").read_bytes()
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    "name",
    [
        "nosuch.js",
        "../page.py",
        "..%2fpage.py",
        "%2e%2e/page.py",
        "/etc/passwd",
        "tabs",
        "",
        ".",
        "a\\..\\b",
        "%00",
        "index.html/",
        "index.html%00.js",
        "a" * 5000,
    ],
)
def test_nothing_but_files_of_the_page_is_sent(bench, name):
    answer = bench.service.ask("GET", f"/workbench/static/{name}")
    assert answer.status == 404
    assert answer.codes == ["S404"]


@pytest.mark.parametrize("path", ["/", "/workbench"])
def test_a_browser_is_sent_to_the_page_with_what_it_asks_for(bench, path):
    answer = bench.service.ask("GET", f"{path}?q=kp", accept="text/html,application/xhtml+xml;q=0.9")
    assert answer.status == 307
    # Behind a proxy that serves it below a path, too.
    assert answer.headers["location"] == "workbench/?q=kp"


def test_other_programs_are_told_what_is_there(bench):
    answer = bench.service.ask("GET", "/", accept="application/json")
    assert answer.status == 404
    assert "/openapi.json" in answer.json["diagnostics"][0]["help"]


def test_with_an_archive_its_root_stands_where_it_stood(tmp_path):
    (tmp_path / "archive" / "2019").mkdir(parents=True)
    with workbench(tmp_path / "state", archive=str(tmp_path / "archive")) as service:
        answer = service.ask("GET", "/", accept="text/html")
        assert (answer.status, b"2019" in answer.body) == (200, True)
        assert service.ask("GET", "/workbench/").status == 200


def test_the_interface_of_edex_is_the_same_beside_the_workbench(tmp_path, bench):
    with serve(tmp_path / "state") as plain:
        for path in ("/openapi.json", "/get_instrument_products"):
            assert plain.ask("GET", path).json == bench.service.ask("GET", path).json
        assert plain.ask("GET", "/workbench/").status == 404


def test_pages_of_other_sites_neither_read_nor_write(bench):
    text = {"text": "kp >= 5"}
    assert bench.post("read", text, origin="https://evil.example").status == 403
    assert bench.post("read", text, origin="null").status == 403
    assert bench.post("read", text, sec_fetch_site="cross-site").status == 403
    assert bench.get("setting", sec_fetch_site="cross-site").status == 403
    assert bench.get("setting", sec_fetch_site="same-site").status == 403
    assert bench.post("read", text, origin=bench.service.url, sec_fetch_site="same-origin").status == 200
    assert bench.get("setting", sec_fetch_site="same-origin").status == 200


def test_a_name_that_only_points_at_this_machine_is_not_one_of_the_service(tmp_path):
    with workbench(tmp_path / "state", hosts=("localhost", "127.0.0.1")) as service:
        assert service.ask("GET", "/workbench/", host="evil.example").status == 421
        assert service.ask("POST", "/workbench/api/read", {"text": ""}, host="evil.example:80").status == 421


def test_a_body_that_a_form_of_another_site_could_send_is_refused(bench):
    connection = bench.service.raw(
        b"POST /workbench/api/read HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n"
        b"Connection: close\r\n\r\n" + b'{"text": "a"}'
    )
    assert connection.startswith(b"HTTP/1.1 415")


def test_one_client_has_only_so_much_under_way(tmp_path, monkeypatch):
    started, resumed, answers_seen = threading.Event(), threading.Event(), []
    query = answers.query

    def slow(call):
        started.set()
        resumed.wait(PATIENCE)
        return query(call)

    monkeypatch.setattr(answers, "query", slow)
    with workbench(tmp_path / "state", limits={"requests_of_client": 1, "evaluations": 2}) as service:
        bench = Bench(service)
        waiting = threading.Thread(target=lambda: answers_seen.append(bench.post("answer", {"text": "kp >= 5"})))
        waiting.start()
        assert started.wait(PATIENCE)
        refused = bench.post("answer", {"text": "kp >= 5"})
        # What only reads a text has threads of its own.
        read = bench.post("read", {"text": "kp >= 5"})
        resumed.set()
        waiting.join()
    assert (refused.status, refused.codes, refused.headers["retry-after"]) == (429, ["S429"], "5")
    assert (read.status, answers_seen[0].status) == (200, 200)


def test_the_token_is_in_no_answer_and_no_address_of_the_service(bench):
    for answer in (bench.service.ask("GET", "/workbench/"), bench.get("setting", x_edexql_token=TOKEN)):
        assert TOKEN.encode() not in answer.body
        assert not re.search(TOKEN, str(answer.headers))


def test_what_a_client_no_longer_waits_for_is_not_begun(tmp_path, monkeypatch):
    started, resumed, begun, pools = threading.Event(), threading.Event(), [], []
    query = answers.query

    class Pool(QueryPool):
        def __init__(self, limits):
            super().__init__(limits)
            pools.append(self)

    def slow(call):
        begun.append(call.values["text"])
        started.set()
        resumed.wait(PATIENCE)
        return query(call)

    monkeypatch.setattr(answers, "query", slow)
    monkeypatch.setattr(app, "QueryPool", Pool)
    with workbench(tmp_path / "state", limits={"evaluations": 1}) as service:
        bench = Bench(service)
        first = threading.Thread(target=lambda: bench.post("answer", {"text": "kp >= 1"}))
        first.start()
        assert started.wait(PATIENCE)
        # As a page does at the next key: the request waits for a thread, and its client goes.
        body = b'{"text": "kp >= 2"}'
        head = f"POST /workbench/api/answer HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as connection:
            connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
            wait_for(lambda: len(pools[0]._under_way) == 2)
        wait_for(lambda: len(pools[0]._under_way) == 1)
        resumed.set()
        first.join()
        assert bench.post("answer", {"text": "kp >= 3"}).status == 200
    assert begun == ["kp >= 1", "kp >= 3"]
