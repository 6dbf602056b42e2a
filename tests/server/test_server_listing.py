"""The service lists files as eDEx does, over real sockets."""

from __future__ import annotations

import gc
import json
import re
import shutil
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

import edexql
from catalogues import take, texts, tree
from commands import run, run_program
from edexql.model.period import Period, midnight
from edexql.model.vocabulary import load
from edexql.server import catalogue
from edexql.server.listing import query_of
from edexql.server.settings import Limits
from places import ROOT
from serving import PASSES, FakeCatalogue, File, serve
from tutorial import DELIVERY, FILES, LISTING, NAMES, PARAMETERS, PRINTED, RECEIPT, SCRIPT, WIRE_WITH_EMAIL


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.mark.parametrize("path", ["/api_fetch_data", "/api", "/api/api_fetch_data", "/api/api"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_the_listing_works(service, method, path):
    answer = service.ask(method, path, PARAMETERS)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {**PARAMETERS, "result_filenames": FILES}


def test_the_response_is_the_request_with_its_files_and_keys_in_order(service):
    answer = service.ask("GET", "/api_fetch_data", WIRE_WITH_EMAIL)
    assert list(answer.json) == list(PARAMETERS)
    assert answer.json["result_filenames"] == FILES


def test_a_list_that_was_missing_comes_last(service):
    answer = service.list({"date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( 1 ) "})
    assert list(answer.json) == ["date", "query-logic", "result_filenames"]


def test_requests_sends_a_body_with_its_get(service):
    answer = requests.get(f"{service.url}/api_fetch_data", json=PARAMETERS, timeout=30)
    assert answer.json()["result_filenames"] == FILES


def test_the_query_is_the_one_that_was_sent(tmp_path):
    fake = FakeCatalogue()
    with serve(tmp_path, fake) as service:
        service.list({**PARAMETERS, "new-key": [{"a": 1}], "query-logic": " ( 1 AND ( 2 OR 3 ) ) "})
    (query,) = fake.queries
    assert query.products == ("fai-lv1-hdf5-images",)
    assert [(c.kind, c.key) for c in query.constraints] == [("date", "date"), ("word", "fai"), ("raw", "new-key")]
    start = midnight(date(2019, 5, 1))
    assert query.constraints[0].value == Period(start, start + 86400)
    assert str(query.logic) == "1 AND (2 OR 3)"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (File("a.h5", 540_574_999, None, "a.h5"), "a.h5   540.57MB"),
        (File("a.h5", 0, None, "a.h5"), "a.h5   0B"),
        (File("a.h5", 1_234_567_890, None, "a.h5"), "a.h5   1234.57MB"),
        (File("a.h5", 540_574_999, "1.5GB", "a.h5"), "a.h5   1.5GB"),
        (File("a.h5", None, None, "a.h5"), "a.h5"),
    ],
)
def test_sizes_are_written_as_in_the_tutorial(tmp_path, file, text):
    with serve(tmp_path, FakeCatalogue([file])) as service:
        assert service.list(PARAMETERS).json["result_filenames"] == [text]


def test_the_client_of_this_package_reads_the_answer(service):
    found = edexql.fetch("product fai-lv1-hdf5-images; date 2019-05-01; fai has-data", service=service.url)
    assert [file.text for file in found.files] == FILES
    done = run("fetch", "-q", "-e", "product fai-lv1-hdf5-images; date 2019-05-01", "--service", service.url)
    assert done.code == 0
    assert done.out.split()[::2] == [file.name for file in PASSES]


def test_the_tutorial_script_works_with_two_addresses_changed(service, tmp_path):
    script = tmp_path / "script.py"
    text = SCRIPT.replace(LISTING, f"{service.url}/api_fetch_data")
    script.write_text(text.replace(DELIVERY, f"{service.url}/api_prepare_report"))
    done = run_program(sys.executable, str(script))
    receipt = "Preparing report... You will receive an email from edexql@localhost shortly."
    assert done == (0, PRINTED.replace(RECEIPT, receipt), "")


LISTS = {
    "get_instrument_products": "fai-lv1-hdf5-images",
    "get_experiment_tags": ["Point of Interest", "Fort McMurray Fire"],
    "get_spacecraft_constraint_fields": "altitude",
    "get_geophysical_constraint_fields": "kp",
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("base", ["", "/api"])
def test_the_four_catalogues_are_lists(service, base, name):
    answer = service.ask("GET", f"{base}/{name}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json, list)
    assert LISTS[name] in answer.json


def test_fields_are_in_the_list_of_their_tab_alone(service):
    spacecraft = service.ask("GET", "/get_spacecraft_constraint_fields").json
    geophysical = service.ask("GET", "/get_geophysical_constraint_fields").json
    assert not set(spacecraft) & set(geophysical)


BAD_QUERIES = {
    "logic beyond the constraints": ({"query-logic": " ( 1 AND 7 ) "}, 409, ["E413"], "query-logic"),
    "logic not closed": ({"query-logic": " ( 1 AND 2 "}, 409, ["E413"], "query-logic"),
    "logic that is none": ({"query-logic": "drop table"}, 409, ["E413"], "query-logic"),
    "logic of another kind": ({"query-logic": 1}, 422, ["E413"], "query-logic"),
    "product of another kind": ({"product": "fai"}, 422, ["E413"], "product"),
    "products of another kind": ({"product": [1]}, 422, ["E413"], "product"),
    "mail of another kind": ({"email": ["a@b.ca"]}, 422, ["E413"], "email"),
    "files of another kind": ({"result_filenames": "a.zip"}, 422, ["E413"], "result_filenames"),
    "files that are no texts": ({"result_filenames": [1]}, 422, ["E413"], "result_filenames"),
    "dates of another kind": ({"date": "2019-05-01"}, 422, ["E403"], "date"),
    "a day for a period": ({"date": ["2019-05-01"]}, 422, ["E403"], "date"),
    "no such day": ({"date": [["2019-02-30", "2019-03-01"]]}, 422, ["E401"], "date"),
    "a day written otherwise": ({"date": [["01.05.2019", "2019-05-01"]]}, 422, ["E401"], "date"),
    "a period turned round": ({"date": [["2019-05-02", "2019-05-01"]]}, 409, ["E402"], "date"),
}


@pytest.mark.parametrize("case", BAD_QUERIES)
def test_a_bad_query_is_refused_with_what_is_wrong(service, case):
    change, status, codes, key = BAD_QUERIES[case]
    answer = service.list({**PARAMETERS, "query-logic": " ( 1 ) ", **change})
    assert (answer.status, answer.codes) == (status, codes)
    (diagnostic,) = answer.json["diagnostics"]
    assert diagnostic["key"] == key
    assert diagnostic["severity"] == "error"
    assert diagnostic["message"]
    assert set(diagnostic) == {"code", "severity", "message", "key", "help"}


def test_the_documented_error_is_the_real_one(service):
    text = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"(?<=```json\n).*?(?=```)", text, re.DOTALL)
    assert service.list({**PARAMETERS, "query-logic": " ( 1 AND 7 ) "}).json == json.loads(shown)


def test_all_errors_of_a_query_are_reported_together(service):
    answer = service.list({"product": 1, "email": 2, "query-logic": 3, "date": [["2019-05-01", "2019-05-01"]]})
    assert answer.codes == ["E413"] * 3


BAD_BODIES = {
    "nothing": (b"", 400, "E413", "the request has no body"),
    "no JSON": (b"{", 400, "E413", "not JSON"),
    "not UTF-8": (b'{"a": "\xff"}', 400, "E209", "UTF-8"),
    "a list": (b"[]", 422, "E413", "not a JSON object"),
    "a text": (b'"a"', 422, "E413", "not a JSON object"),
    "no number": (b'{"a": NaN}', 400, "E413", "NaN"),
    "infinity": (b'{"a": -Infinity}', 400, "E413", "Infinity"),
    "beyond all numbers": (b'{"a": 1e999}', 400, "E413", "1e999 is too large"),
    "a number without end": (b'{"a": ' + b"9" * 10_000 + b"}", 400, "E413", "digits"),
    "a key twice": (b'{"date": [], "date": []}', 400, "E413", "`date` occurs twice"),
    "deep": (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", 400, "E412", "deep"),
    "very deep": (b"[" * 500_000, 400, "E412", "deep"),
    "quotes without end": (b'{"a": "' + b'\\"' * 200_000, 400, "E413", "not JSON"),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_bad_body_is_refused_with_what_is_wrong(service, method, case):
    body, status, code, told = BAD_BODIES[case]
    answer = service.ask(method, "/api_fetch_data", body)
    assert (answer.status, answer.codes) == (status, [code])
    assert told in answer.json["diagnostics"][0]["message"]


def test_a_get_without_a_body_is_refused_with_help(service):
    answer = service.ask("GET", "/api_fetch_data")
    assert answer.status == 400
    assert "body" in answer.json["diagnostics"][0]["help"]


def test_every_json_value_is_returned_unchanged(service):
    odd = {"query-logic": "", "half a pair": "\ud800", "null": "\0", "": [], "bigger": 2**200, "small": 1e-300}
    answer = service.list(odd)
    assert answer.status == 200
    assert answer.json == {**odd, "result_filenames": FILES}


def test_unknown_keys_are_constraints(service):
    answer = service.list({"some-key": [["x", 1], None, True], "query-logic": " ( 1 OR ( 2 AND 3 ) ) "})
    assert answer.json["result_filenames"] == FILES


def test_two_hundred_requests_at_once_are_all_answered(service):
    body = json.dumps(PARAMETERS).encode()

    def ask(_):
        return service.ask("GET", "/api_fetch_data", body)

    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(ask, range(200)))
    assert {answer.status for answer in answers} == {200}
    assert all(answer.json["result_filenames"] == FILES for answer in answers)


def test_many_listings_go_over_one_connection(service):
    with requests.Session() as session:
        for _ in range(3):
            assert session.get(f"{service.url}/api_fetch_data", json=PARAMETERS, timeout=30).status_code == 200
            bad = session.post(f"{service.url}/api_fetch_data", data="{", headers={"Content-Type": "application/json"})
            assert bad.status_code == 400


# What holds for every answer


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "S404"),
        ("GET", "/nothing", 404, "S404"),
        ("GET", "/api_fetch_data/", 404, "S404"),
        ("DELETE", "/api_fetch_data", 405, "S405"),
        ("GET", "/api_prepare_report", 405, "S405"),
        ("TRACE", "/download", 405, "S405"),
        ("POST", "/get_experiment_tags", 405, "S405"),
    ],
)
def test_an_unknown_address_gives_diagnostics(service, method, path, status, code):
    answer = service.ask(method, path)
    assert (answer.status, answer.codes) == (status, [code])
    assert answer.headers["content-type"] == "application/json"
    assert ("allow" in answer.headers) == (status == 405)


def test_options_names_the_methods(service):
    answer = service.ask("OPTIONS", "/api_fetch_data")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_has_the_headers_of_get(service):
    head, get = service.ask("HEAD", "/get_experiment_tags"), service.ask("GET", "/get_experiment_tags")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("path", ["/get_experiment_tags", "/nothing", "/openapi.json"])
def test_every_response_has_the_protective_headers(service, path):
    headers = service.ask("GET", path).headers
    assert headers["server"] == f"edexql/{edexql.__version__}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert parsedate_to_datetime(headers["date"])


def test_the_description_has_every_address(service):
    described = service.ask("GET", "/openapi.json").json
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        filled = path.replace("{session}", "x").replace("{token}", "x").replace("{name}", "x")
        allowed = service.ask("OPTIONS", filled).headers["allow"].split(", ")
        assert {method.upper() for method in operations} == set(allowed) - {"OPTIONS", "HEAD"}


# The catalogue of this package


NEW_FILE, GONE_FILE = ("RRI_20160503_020000_021000_lv1_13.0.0.h5", "RRI_20160503_040000_041000_lv1_12.0.0.h5")
OF_DAY = {"product": ["rri-lv1-hdf5-radio-data"], "date": [["2016-05-03", "2016-05-03"]], "query-logic": " ( 1 ) "}


@pytest.fixture
def growing(tmp_path, monkeypatch):
    """A catalogue that a running service answers from, and what adds files to it."""
    monkeypatch.setattr(catalogue, "REFRESH_INTERVAL", 0.0)
    taken = []

    def grow(name):
        taken.append(name)
        take(tmp_path / "catalogue", tree(tmp_path / f"tree{len(taken)}", [f"RRI/{name}"]))

    grow(GONE_FILE)
    return str(tmp_path / "catalogue"), grow


def test_all_threads_go_over_to_a_newer_state_at_once(growing):
    folder, grow = growing
    local = catalogue.LocalCatalogue(folder, load())
    query = query_of(OF_DAY, SimpleNamespace(vocabulary=load(), limits=Limits()))
    with ThreadPoolExecutor(8) as threads:
        assert {len(files) for files in threads.map(lambda _: local.listing(query), range(40))} == {1}
        grow(NEW_FILE)
        # The first to ask afterwards makes the change for all.
        assert len(local.listing(query)) == 2
        assert {len(files) for files in threads.map(lambda _: local.listing(query), range(40))} == {2}


def test_a_listed_file_can_be_requested_after_it_left_the_catalogue(growing, monkeypatch):
    folder, grow = growing
    local = catalogue.LocalCatalogue(folder, load())
    place = {GONE_FILE: f"2016/05/03/RRI/{GONE_FILE}"}
    assert local.places([GONE_FILE, NEW_FILE]) == place
    shutil.rmtree(folder)
    grow(NEW_FILE)
    assert local.places([GONE_FILE, NEW_FILE]) == {**place, NEW_FILE: f"2016/05/03/RRI/{NEW_FILE}"}
    # After the grace it cannot.
    later = time.monotonic() + catalogue.RETENTION + 60
    # Not that of the module `time`, by which the loop of another service goes that runs meanwhile.
    monkeypatch.setattr(catalogue, "time", SimpleNamespace(monotonic=lambda: later))
    assert local.places([GONE_FILE, NEW_FILE]).keys() == {NEW_FILE}


def test_only_the_files_of_earlier_states_are_kept_open(growing, tmp_path):
    folder, grow = growing
    take(tmp_path / "catalogue", *texts(tmp_path / "texts"))
    local = catalogue.LocalCatalogue(folder, load())
    first = local._current
    assert first.segments
    assert first.orbit is not None
    seen, count = weakref.ref(first), first.files
    del first
    grow(NEW_FILE)
    assert local.places([NEW_FILE, GONE_FILE]).keys() == {NEW_FILE, GONE_FILE}
    ((_, earlier),) = local._earlier
    assert (earlier.files, earlier.segments, earlier.orbit) == (count, {}, None)
    gc.collect()
    assert seen() is None


def test_the_present_state_is_used_while_a_newer_one_cannot_be_opened(growing):
    folder, grow = growing
    local = catalogue.LocalCatalogue(folder, load())
    Path(folder, "manifest").rename(Path(folder, "away"))
    assert local.places([GONE_FILE]).keys() == {GONE_FILE}
    Path(folder, "away").rename(Path(folder, "manifest"))
    grow(NEW_FILE)
    assert local.places([GONE_FILE, NEW_FILE]).keys() == {GONE_FILE, NEW_FILE}


def test_every_listed_file_can_be_requested_while_the_catalogue_grows(growing, tmp_path):
    folder, grow = growing
    names = [f"RRI_20160503_0{hour}0000_0{hour}1000_lv1_12.0.0.h5" for hour in range(1, 9)]

    def ask(number):
        listed = service.list(OF_DAY).json["result_filenames"]
        return service.report(result_filenames=listed, email=f"reader{number}@example.ca").status

    with (
        serve(tmp_path / "state", catalogue.LocalCatalogue(folder, load())) as service,
        ThreadPoolExecutor(4) as threads,
    ):
        asked = threads.map(ask, range(60))
        for name in names:
            grow(name)
        assert set(asked) == {200}
        assert len(service.list(OF_DAY).json["result_filenames"]) == len(names)


def test_a_damaged_catalogue_gives_503(growing, tmp_path):
    folder, _ = growing
    for path in Path(folder, "segments").iterdir():
        data = path.read_bytes()
        path.write_bytes(data.replace(GONE_FILE[:12].encode(), b"RRI_20160504"))
    with serve(tmp_path / "state", catalogue.LocalCatalogue(folder, load())) as service:
        answer = service.list(OF_DAY)
    assert answer.status == 503
    assert folder not in answer.body.decode()


def test_many_threads_query_the_sample(tmp_path):
    with serve(tmp_path, catalogue.LocalCatalogue(None, load())) as service, ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: service.list(PARAMETERS), range(40)))
    assert [answer.json["result_filenames"] for answer in answers] == [FILES] * 40


def test_a_name_of_the_sample_is_found_among_many():
    names = [f"no-{number}" for number in range(1200)]
    assert catalogue.LocalCatalogue(None, load()).places([*names, *NAMES]).keys() == set(NAMES)
