"""The main job over a real socket: a query is compiled, sent as eDEx takes it, and its answer read."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import xml.etree.ElementTree
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import EDEXQL, PATIENCE, environment, run, run_program, run_shell
from edexql.base.extras import MissingExtra
from edexql.client.endpoints import Endpoints
from edexql.client.http import request as exchange
from edexql.client.http.request import Retries
from edexql.client.listing import fetch
from edexql.client.listing import listing as list_of
from edexql.model.answer import columns
from stand_in import Answer, StandIn, as_in_the_tutorial, endless, listing, nobody_there, page, raw, redirect
from tutorial import (
    DELIVERY,
    FILES,
    LISTING,
    NAMES,
    PRINTED,
    QUERY,
    QUERY_WITH_EMAIL,
    RECEIPT,
    SCRIPT,
    WIRE,
    WIRE_WITH_EMAIL,
)

EMPTY = b'{"result_filenames": []}'
AFTERNOON = "product fai-lv1-hdf5-images; date 2019-05-01T16:00..T17:00; fai has-data; logic 1 AND 2"


def fetched(answer=None, *words, query=QUERY):
    """What `edexql fetch` of a query says when the service answers so."""
    with StandIn(answer) as service:
        return run("fetch", "-e", query, "--service", service.url, *words)


# The request


def test_the_seed_s_query_reaches_the_service_as_the_seed_s_request():
    with StandIn() as service:
        done = run("fetch", "-e", QUERY, "--service", service.url)
    assert done.code == 0
    (request,) = service.requests
    assert (request.method, request.path) == ("GET", "/api_fetch_data")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Content-Length"] == str(len(WIRE))
    assert request.body == WIRE


def test_the_address_for_the_report_is_sent_where_the_seed_has_it():
    with StandIn() as service:
        done = run("fetch", "-e", QUERY_WITH_EMAIL, "--service", service.url)
    assert done.code == 0
    assert service.requests[0].body == WIRE_WITH_EMAIL


def test_the_request_says_which_program_sent_it():
    with StandIn() as service:
        run("fetch", "-e", QUERY, "--service", service.url)
    assert service.requests[0].headers["User-Agent"] == f"edexql/{edexql.__version__}"


def test_a_base_address_may_end_in_a_slash_and_have_a_path():
    with StandIn(listing(FILES)) as service:
        done = run("fetch", "-e", QUERY, "--service", f"{service.url}/mirror/")
    assert done.code == 0
    assert service.requests[0].path == "/mirror/api_fetch_data"


def test_every_file_and_expression_is_sent_once_and_in_order(tmp_path):
    (tmp_path / "a.edq").write_text(QUERY)
    with StandIn() as service:
        words = ["a.edq", "-", "-e", "date 2021", "-e", "date 2022"]
        done = run("fetch", *words, "-q", "--service", service.url, stdin="date 2020", cwd=tmp_path)
    assert done.code == 0
    dates = [json.loads(request.body)["date"][0][0] for request in service.requests]
    assert dates == ["2019-05-01", "2020-01-01", "2021-01-01", "2022-01-01"]


def test_nothing_is_sent_when_one_of_the_queries_has_an_error():
    with StandIn() as service:
        done = run("fetch", "-e", QUERY, "-e", "prodcut x", "--service", service.url)
    assert (done.code, done.out) == (1, "")
    assert "did you mean `product`?" in done.err
    assert service.requests == []


def test_a_dry_run_prints_the_request_and_sends_nothing():
    with StandIn() as service:
        done = run("fetch", "-e", QUERY, "--service", service.url, "--dry-run")
    assert done.code == 0
    first, _, rest = done.out.partition("\n")
    assert first == f"GET {service.url}/api_fetch_data"
    assert json.dumps(json.loads(rest)).encode() == WIRE
    assert service.requests == []


# The answer


def test_names_and_sizes_are_printed_and_the_total_is_told():
    done = fetched()
    assert [line.split() for line in done.out.splitlines()] == [text.split() for text in FILES]
    assert done.err == "3 files, 1.63 GB\n"


def test_names_alone_can_be_had_for_other_programs():
    done = fetched(None, "--output", "names")
    assert done.out.splitlines() == NAMES


def test_the_answer_can_be_had_as_json_as_it_came():
    done = fetched(listing(FILES, version=[1, "é"]), "--output", "json")
    assert json.loads(done.out) == {"result_filenames": FILES, "version": [1, "é"]}


def test_no_files_is_an_answer_too():
    done = fetched(Answer(200, EMPTY))
    assert done == (0, "", "0 files\n")


def test_files_outside_the_times_of_day_are_taken_out_and_counted():
    done = fetched(None, "-q", query=AFTERNOON)
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [NAMES[1]]
    assert "1 file," in done.err
    assert "2 more do not match the times of day" in done.err


@pytest.mark.parametrize("output", ["names", "json"])
def test_times_of_day_hold_for_every_output(output):
    done = fetched(None, "-q", "--output", output, query=AFTERNOON)
    left = done.out.splitlines() if output == "names" else json.loads(done.out)["result_filenames"]
    assert [name.split()[0] for name in left] == [NAMES[1]]


def test_the_request_for_times_of_day_asks_for_the_whole_day():
    with StandIn() as service:
        done = run("fetch", "-e", AFTERNOON, "--service", service.url)
    assert service.requests[0].body == WIRE
    assert "W603" in done.err


def test_a_file_without_times_in_its_name_is_kept_and_told():
    done = fetched(listing(["readme.txt   2KB", *FILES]), "-q", query=AFTERNOON)
    assert [line.split()[0] for line in done.out.splitlines()] == ["readme.txt", NAMES[1]]
    assert "have no times" in done.err


def test_a_session_over_midnight_counts_for_both_days():
    night = "FAI_lv1_h5_20190501_235500_000500_6.0.0.zip"
    query = "product fai-lv1-hdf5-images; date {}; logic 1"
    answer = listing([f"{night}   1MB"])
    before = fetched(answer, "-q", "--output", "names", query=query.format("2019-05-01T23:50..T23:56"))
    after = fetched(answer, "-q", "--output", "names", query=query.format("2019-05-02T00:04..T00:30"))
    later = fetched(answer, "-q", "--output", "names", query=query.format("2019-05-02T00:06..T00:30"))
    assert (before.out, after.out, later.out) == (f"{night}\n", f"{night}\n", "")


# Answers to be careful with


def test_control_characters_of_names_do_not_reach_the_terminal():
    hostile = ["\x1b]0;owned\x07a\x1b[31mb\u202ec\r\nd\x9b\x00   1MB", "e\ud800f   2MB"]
    for output in ("text", "names", "json"):
        done = fetched(listing(hostile), "--output", output)
        assert done.code == 0
        raw_characters = set(done.out + done.err) - {"\n"}
        assert all(character.isprintable() for character in raw_characters)
        assert "\\x1b" in done.out or "\\u001b" in done.out
    assert json.loads(done.out)["result_filenames"][0] == hostile[0]


@pytest.mark.parametrize(
    ("text", "name", "size"),
    [
        ("a b.zip   3.5GB", "a b.zip", 3_500_000_000),
        ("  a.zip 12B  ", "a.zip", 12),
        ("a.zip\t1.5kb", "a.zip", 1500),
        ("a.zip", "a.zip", None),
        ("a.zip   lots", "a.zip", None),
        ("a.zip   -1MB", "a.zip", None),
        ("1MB", "1MB", None),
        ("", "", None),
        ("a.zip   1.2.3MB", "a.zip", None),
    ],
)
def test_odd_blanks_and_sizes_are_read_or_left_as_they_are(text, name, size):
    with StandIn(listing([text])) as service:
        (file,) = edexql.fetch(QUERY, service=service.url).files
    assert (file.text, file.name, file.size) == (text, name, size)


def test_a_size_beyond_all_measure_is_no_reason_to_crash():
    done = fetched(listing([f"{NAMES[0]}   {'9' * 400}MB"]), "--output", "names")
    assert done.code == 0
    assert done.out.startswith(NAMES[0])


def test_an_answer_as_deep_as_json_is_read_can_also_be_written():
    # Python 3.12 reads deeper than it writes.
    for depth in (900, 988, 1200, 1400, 9000):
        deep = b'{"result_filenames": [], "x": ' + b"[" * depth + b"]" * depth + b"}"
        done = fetched(Answer(200, deep), "--output", "json")
        assert done.code == (0 if done.out else 3)


def test_json_that_is_passed_on_is_json():
    done = fetched(Answer(200, b'{"result_filenames": [], "x": NaN, "y": -Infinity}'), "--output", "json")
    if done.out:
        json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    else:
        assert done.code == 3


def test_a_wrong_content_length_does_not_hide_a_complete_answer():
    done = fetched(raw("HTTP/1.1 200 OK\nContent-Length: many\n\n", json.dumps({"result_filenames": FILES}).encode()))
    assert done.code == 0
    assert len(done.out.splitlines()) == 3


BAD_ANSWERS = {
    "server error with a page": (
        page(500, "Internal \x1b[31mmess"),
        "500 Internal Server Error: Internal \\x1b[31mmess",
    ),
    "server error without a word": (Answer(503), "503 Service Unavailable"),
    "not found": (Answer(404, b"no such \x1b[5mthing"), "404 Not Found: no such \\x1b[5mthing"),
    "refused": (Answer(403, b"\xff\xfe\x00binary"), "403 Forbidden"),
    "nothing to say": (Answer(204), "204 No Content"),
    "a page in place of JSON": (page(200, "Down for maintenance"), "did not answer with JSON: Down for maintenance"),
    "empty": (Answer(200), "did not answer with JSON"),
    # It takes the square of its length to find that out when every quote is tried anew.
    "a string without an end": (Answer(200, b'"' + b'\\"' * 500_000), "did not answer with JSON"),
    "text": (Answer(200, b"Preparing report..."), "did not answer with JSON: Preparing report..."),
    "not UTF-8": (Answer(200, b'{"result_filenames": ["\xff"]}'), "did not answer with JSON"),
    "a list": (Answer(200, json.dumps(FILES).encode()), "without a list of result_filenames"),
    "a text as JSON": (Answer(200, b'"result_filenames"'), "without a list of result_filenames"),
    "null": (Answer(200, b"null"), "without a list of result_filenames"),
    "another key": (Answer(200, b'{"error": "no such \\u001b key"}'), "without a list of result_filenames"),
    "no list": (Answer(200, b'{"result_filenames": "a.zip"}'), "without a list of result_filenames"),
    "numbers in the list": (Answer(200, b'{"result_filenames": ["a.zip", 7]}'), "without a list of result_filenames"),
    "lists in the list": (Answer(200, b'{"result_filenames": [["a.zip"]]}'), "without a list of result_filenames"),
    "deep": (Answer(200, b"[" * 200_000), "did not answer with JSON"),
    "deep and closed": (Answer(200, b"[" * 200_000 + b"]" * 200_000), "answer"),
    "a number without end": (Answer(200, b'{"result_filenames": [], "n": ' + b"9" * 10_000 + b"}"), "answer"),
    "cut off": (raw("HTTP/1.1 200 OK\nContent-Length: 1000\n\n", b'{"result_filen'), "cannot reach"),
    "cut off in a chunk": (raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nff\n", EMPTY), "cannot reach"),
    "bad chunks": (raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n", EMPTY), "cannot reach"),
    "two lengths": (raw("HTTP/1.1 200 OK\nContent-Length: 5, 7\n\n", EMPTY), "cannot reach"),
    "not gzip": (raw("HTTP/1.1 200 OK\nContent-Encoding: gzip\n\n", EMPTY), "cannot reach"),
    "headers without end": (raw("HTTP/1.1 200 OK\n" + "X-Y: 1\n" * 1_100 + "\n", EMPTY), "cannot reach"),
    "a header without end": (raw(f"HTTP/1.1 200 OK\nX: {'a' * 70_000}\n\n", EMPTY), "cannot reach"),
    "another protocol": (raw("SSH-2.0-OpenSSH_9.2\n"), "cannot reach"),
    "not a word": (raw(""), "cannot reach"),
    "a reason with escapes": (raw("HTTP/1.1 500 \x1b[31mred\x9b\nContent-Length: 0\n\n"), "500 \\x1b[31mred\\x9b"),
    "connection reset": (Answer(reset=True), "cannot reach"),
    "redirects in a circle": (redirect(307, "/api_fetch_data"), "redirect"),
    "redirect to a file": (redirect(302, "file:///etc/passwd"), "/api_fetch_data"),
    "redirect to nowhere": (redirect(302, ""), "/api_fetch_data"),
    "redirect to a host that cannot be": (redirect(302, "http://a..b/"), "/api_fetch_data"),
    "redirect to bytes": (
        raw("HTTP/1.1 302 Found\nLocation: http://\xff\xfe/\nContent-Length: 0\n\n"),
        "/api_fetch_data",
    ),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_a_bad_answer_is_told_in_one_line_and_ends_with_3(case):
    answer, told = BAD_ANSWERS[case]
    done = fetched(answer)
    assert (done.code, done.out) == (3, "")
    assert_one_line(done.err)
    assert told in done.err


def assert_one_line(text):
    """A message of ours: one line, short enough to read, with nothing in it that a terminal acts on."""
    assert text.startswith("edexql: ")
    assert text.endswith("\n")
    assert text[:-1].isprintable()
    assert len(text) < 500


@pytest.mark.parametrize(
    "answer", [endless(300), Answer(200, gzip.compress(bytes(300 * 2**20), 1), (("Content-Encoding", "gzip"),))]
)
def test_an_answer_that_does_not_end_is_given_up(answer):
    done = fetched(answer)
    assert (done.code, done.out) == (3, "")
    assert_one_line(done.err)
    assert "more than 256 MiB" in done.err


def test_a_service_that_is_not_there_ends_with_3():
    with nobody_there() as url:
        done = run("fetch", "-e", QUERY, "--service", url)
    assert (done.code, done.out) == (3, "")
    assert_one_line(done.err)
    assert "cannot reach" in done.err
    assert "refused" in done.err


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://127.0.0.1:99999",
        "http://[::1",
        f"http://{'a' * 70}",
        "http://a..b",
        "http://a b",
        "http://\x1b[31m",
    ],
)
def test_an_address_that_cannot_be_one_is_told_in_one_line(url):
    done = run("fetch", "-e", QUERY, "--service", url)
    assert done.code in (2, 3)
    assert done.out == ""
    assert_one_line(done.err)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "", "file:///etc"])
def test_an_address_of_another_kind_is_wrong_usage(url):
    done = run("fetch", "-e", QUERY, "--service", url)
    assert (done.code, done.out) == (2, "")
    assert "http://" in done.err


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_never_loses_the_query_on_the_way(status):
    # Clients drop the body of a redirected GET: the service would then answer a question nobody asked.
    with StandIn() as new, StandIn(redirect(status, f"{new.url}/api_fetch_data")) as old:
        done = run("fetch", "-e", QUERY, "--service", old.url)
    assert [request.body for request in new.requests] in ([], [WIRE])
    assert done.code == (0 if new.requests else 3)


def test_an_interrupt_while_waiting_for_the_answer_ends_with_130():
    with StandIn() as service:
        waiting = subprocess.Popen(
            [EDEXQL, "fetch", "-e", QUERY, "--service", service.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )

        def interrupt(received):
            waiting.send_signal(signal.SIGINT)
            waiting.wait(PATIENCE)
            return listing(FILES)

        service.answer = interrupt
        out, err = waiting.communicate(timeout=PATIENCE)
    assert (waiting.returncode, out, err) == (130, "", "edexql: interrupted\n")


# From Python


def test_the_same_from_python():
    with StandIn() as service:
        found = edexql.fetch(QUERY, service=service.url)
    assert isinstance(found, edexql.Answer)
    assert [file.name for file in found.files] == NAMES
    assert [file.size for file in found.files] == [540_570_000, 542_650_000, 543_110_000]
    assert [file.text for file in found.files] == FILES
    assert service.requests[0].body == WIRE


def test_a_compiled_request_can_be_fetched_again_and_again():
    request = edexql.compile(AFTERNOON)
    with StandIn() as service:
        first = edexql.fetch(request, service=service.url)
        second = edexql.fetch(request, service=service.url)
    assert first == second
    assert [file.name for file in first.files] == [NAMES[1]]
    assert [file.name for file in first.removed] == [NAMES[0], NAMES[2]]
    assert [request.body for request in service.requests] == [WIRE, WIRE]


def test_a_service_error_says_what_was_asked():
    with StandIn(page(500, "Oh no")) as service, pytest.raises(edexql.ServiceError, match=r"500.*Oh no") as caught:
        edexql.fetch(QUERY, service=service.url)
    assert caught.value.url == f"{service.url}/api_fetch_data"


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_from_python_a_bad_answer_is_a_service_error_and_nothing_else(case):
    with StandIn(BAD_ANSWERS[case][0]) as service, pytest.raises(edexql.ServiceError):
        edexql.fetch(QUERY, service=service.url)


def test_a_query_with_errors_is_not_sent_from_python():
    with StandIn() as service, pytest.raises(edexql.QueryError, match="ADN"):
        edexql.fetch("date 2019; fai has-data; logic 1 ADN 2", service=service.url)
    assert service.requests == []


# What is listed, from Python

NIGHT = "FAI_lv1_h5_20190501_235500_000500_6.0.0.zip   1.5GB"
RADIO = "RRI_20160418_222759_223156_lv1_12.0.0.h5   300KB"
ODD = "<b>readme</b>.txt   lots"


def found_of(*texts, query=QUERY):
    with StandIn(listing(list(texts))) as service:
        return edexql.fetch(query, service=service.url)


def test_a_listing_is_gone_through_counted_indexed_and_sliced():
    found = found_of(*FILES)
    assert [file.name for file in found] == NAMES
    assert len(found) == 3
    assert found[-1].name == NAMES[2]
    assert [file.name for file in found[:2]] == NAMES[:2]
    assert isinstance(found[:2], edexql.Answer)
    assert found[:] == found
    assert len(found_of()) == 0
    assert not found_of()
    assert found


def test_a_listing_is_filtered_and_its_files_without_judgement_with_it():
    found = found_of("readme.txt   2KB", *FILES, query=AFTERNOON)
    assert [file.name for file in found] == ["readme.txt", NAMES[1]]
    large = found.filter(lambda file: (file.size or 0) > 1_000_000)
    assert [file.name for file in large] == [NAMES[1]]
    assert (large.unjudged, len(large.removed)) == ((), 2)
    assert [file.name for file in found[:1].unjudged] == ["readme.txt"]


def test_totals_are_told_in_all_for_each_day_and_for_each_product():
    found = found_of(*FILES, NIGHT, RADIO, ODD)
    assert (found.total.files, found.total.bytes, found.total.unsized) == (6, 3_126_630_000, 1)
    days = {day: (total.files, total.bytes) for day, total in found.per_day().items()}
    assert days == {"": (1, 0), "2016-04-18": (1, 300_000), "2019-05-01": (4, 3_126_330_000)}
    assert list(days) == ["", "2016-04-18", "2019-05-01"]
    products = {product: total.files for product, total in found.per_product().items()}
    assert products == {"": 1, "fai-lv1-hdf5-images": 4, "rri-lv1-hdf5-radio-data": 1}


@given(st.lists(st.sampled_from([*FILES, NIGHT, RADIO, ODD, "", "x   1MB"])))
def test_the_totals_of_parts_are_the_total(texts):
    found = list_of({"result_filenames": texts}, None)
    for parts in (found.per_day(), found.per_product()):
        assert sum(part.files for part in parts.values()) == found.total.files == len(found) == len(texts)
        assert sum(part.bytes for part in parts.values()) == found.total.bytes
        assert sum(part.unsized for part in parts.values()) == found.total.unsized


def test_a_notebook_shows_a_table_in_which_nothing_is_markup():
    shown = found_of(*FILES, ODD, "\x1b[31m.zip   1MB")._repr_html_()
    root = xml.etree.ElementTree.fromstring(f"<div>{shown}</div>")
    rows = [[cell.text for cell in row] for row in root.findall("./table/tbody/tr")]
    assert [row[1] for row in rows] == [*NAMES, "<b>readme</b>.txt", "\\x1b[31m.zip"]
    assert rows[0] == ["1", NAMES[0], "540.57MB", "2019-05-01T15:05:34Z", "2019-05-01T15:13:07Z"]
    assert root.findtext("p") == "5 files, 1.63 GB, 1 of unknown size"


def test_a_notebook_shows_the_first_of_many_files():
    shown = found_of(*(f"{number}.zip   1MB" for number in range(5000)))._repr_html_()
    assert "and 4900 more" in shown
    assert len(shown) < 50_000


def test_without_pandas_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match="pip install pandas"):
        found_of(*FILES).to_pandas()


def test_the_columns_for_pandas_have_bytes_and_times():
    made = columns(found_of(FILES[0], ODD).files)
    assert made == {
        "name": [NAMES[0], "<b>readme</b>.txt"],
        "product": ["fai-lv1-hdf5-images", None],
        "size": [540_570_000, None],
        "size_text": ["540.57MB", "lots"],
        "start": ["2019-05-01T15:05:34Z", None],
        "end": ["2019-05-01T15:13:07Z", None],
    }


def test_with_pandas_it_is_a_table():
    pandas = pytest.importorskip("pandas")
    table = found_of(FILES[0], ODD).to_pandas()
    assert table["size"].sum() == 540_570_000
    assert table["start"][0] == pandas.Timestamp("2019-05-01T15:05:34Z")


# Asked otherwise, and again


def test_a_listing_can_be_asked_for_by_post_and_at_other_endpoints():
    with StandIn(listing(FILES)) as service:
        places = Endpoints(f"{service.url}/api", f"{service.url}/prepareReport", "POST")
        found = fetch(edexql.compile(QUERY), places)
    assert [file.name for file in found] == NAMES
    (request,) = service.requests
    assert (request.method, request.path, request.body) == ("POST", "/api", WIRE)


def test_a_listing_is_asked_for_with_the_session_that_is_given():
    with StandIn() as service, requests.Session() as session:
        session.headers["User-Agent"] = "institute/1"
        fetch(edexql.compile(QUERY), service.url, session=session)
    assert service.requests[0].headers["User-Agent"] == "institute/1"


def failing(*answers):
    """Answers one after the other, and then as in the tutorial."""
    waiting = list(answers)
    return lambda received: waiting.pop(0) if waiting else as_in_the_tutorial(received)


QUICK = Retries(pause=0.01)
PASSING = {
    "busy": Answer(503),
    "too many": Answer(429),
    "too early": Answer(425),
    "a gateway": page(502, "Bad gateway"),
    "reset": Answer(reset=True),
    "hung up": raw(""),
    "cut off": raw("HTTP/1.1 200 OK\nContent-Length: 1000\n\n", b"{"),
    "an error that passes": Answer(500, b"", (("Retry-After", "0"),)),
}


@pytest.mark.parametrize("case", PASSING)
def test_what_passes_is_asked_again(case):
    told = []
    with StandIn(failing(PASSING[case], PASSING[case])) as service:
        found = fetch(
            edexql.compile(QUERY), service.url, retries=QUICK, waiting=lambda seconds, why: told.append((seconds, why))
        )
    assert [file.name for file in found] == NAMES
    assert [request.body for request in service.requests] == [WIRE] * 3
    assert len(told) == 2
    assert all(seconds < 1 and service.url in why for seconds, why in told)


@pytest.mark.parametrize("answer", [Answer(500), Answer(404), Answer(403), Answer(200, b"x"), redirect(302, "/x")])
def test_what_does_not_pass_is_asked_once(answer):
    with StandIn(answer) as service, pytest.raises(edexql.ServiceError):
        fetch(edexql.compile(QUERY), service.url, retries=QUICK)
    assert len(service.requests) == 1


def test_it_is_asked_a_few_times_only():
    with StandIn(Answer(503)) as service, pytest.raises(edexql.ServiceError, match="503"):
        fetch(edexql.compile(QUERY), service.url, retries=QUICK)
    assert len(service.requests) == 3


@pytest.mark.parametrize("after", ["3600", format_datetime(datetime(2100, 1, 1, tzinfo=timezone.utc), usegmt=True)])
def test_a_service_that_wants_to_be_left_alone_for_long_is(after):
    told = []
    alone = pytest.raises(edexql.ServiceError, match=r"429 Too Many Requests; it asks to wait \d+ s")
    with StandIn(Answer(429, b"", (("Retry-After", after),))) as service, alone:
        fetch(edexql.compile(QUERY), service.url, waiting=lambda seconds, why: told.append(seconds))
    assert len(service.requests) == 1
    assert told == []


@pytest.mark.parametrize(
    "after", ["7", "in 7 seconds", format_datetime(datetime(2000, 1, 1, tzinfo=timezone.utc), usegmt=True)]
)
def test_it_is_waited_as_long_as_the_service_asks(after, monkeypatch):
    told = []
    with StandIn(failing(Answer(429, b"", (("Retry-After", after),)))) as service:
        monkeypatch.setattr(exchange, "with_retries", partial(exchange.with_retries, sleep=lambda seconds: None))
        fetch(edexql.compile(QUERY), service.url, retries=QUICK, waiting=lambda seconds, why: told.append(seconds))
    (seconds,) = told
    assert seconds >= 7 if after == "7" else seconds < 1


# Scripts and curl


def run_script(text, tmp_path):
    script = tmp_path / "request.py"
    script.write_text(text, encoding="utf-8")
    return run_program(sys.executable, str(script))


def test_the_script_of_the_tutorial_runs_against_the_stand_in_and_prints_what_the_tutorial_shows(tmp_path):
    with StandIn() as service:
        text = SCRIPT.replace(LISTING, f"{service.url}/api_fetch_data")
        text = text.replace(DELIVERY, f"{service.url}/api_prepare_report")
        done = run_script(text, tmp_path)
    assert done == (0, PRINTED, "")
    assert [(request.method, request.path) for request in service.requests] == [
        ("GET", "/api_fetch_data"),
        ("POST", "/api_prepare_report"),
    ]
    assert service.requests[0].body == WIRE_WITH_EMAIL


def compiled(to, query, service, *words):
    done = run("compile", "-q", "--to", to, "-e", query, "--service", service.url, *words)
    assert done.code == 0, done.err
    return done.out


def test_the_script_that_compile_makes_does_what_the_tutorial_s_does(tmp_path):
    with StandIn() as service:
        done = run_script(compiled("python", QUERY_WITH_EMAIL, service), tmp_path)
        original = SCRIPT.replace(LISTING, f"{service.url}/api_fetch_data")
        run_script(original.replace(DELIVERY, f"{service.url}/api_prepare_report"), tmp_path)
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line in FILES] == FILES
    assert done.out.endswith(f"<Response [200]>\n{RECEIPT}\n")
    ours, original = service.requests[:2], service.requests[2:]
    for mine, theirs in zip(ours, original, strict=True):
        assert (mine.method, mine.path, mine.body) == (theirs.method, theirs.path, theirs.body)


def test_without_an_email_the_script_asks_for_no_delivery(tmp_path):
    with StandIn() as service:
        done = run_script(compiled("python", QUERY, service), tmp_path)
    assert [line for line in done.out.splitlines() if line in FILES] == FILES
    assert [(request.method, request.body) for request in service.requests] == [("GET", WIRE)]


def test_the_script_keeps_times_of_day_and_has_only_those_files_delivered(tmp_path):
    with StandIn() as service:
        done = run_script(compiled("python", f"{AFTERNOON}; email youremail@example.ca", service), tmp_path)
    assert [line for line in done.out.splitlines() if "zip" in line] == [FILES[1]]
    asked, delivery = service.requests
    assert asked.body == WIRE_WITH_EMAIL
    assert json.loads(delivery.body) == {**json.loads(WIRE_WITH_EMAIL), "result_filenames": [FILES[1]]}


def test_the_script_and_fetch_keep_the_same_files(tmp_path):
    names = [
        *NAMES,
        "FAI_lv1_h5_20190501_235500_163000_6.0.0.zip",
        "FAI_lv1_h5_20190430_235500_160000_6.0.0.zip",
        "FAI_lv1_h5_20190501_170000_170500_6.0.0.zip",
        "FAI_lv1_h5_20190501_170001_170500_6.0.0.zip",
        "FAI_lv1_h5_20190501_155500_155959_6.0.0.zip",
        "FAI_lv1_h5_20190501_155500_160000_6.0.0.zip",
        "CAS_Orbit_GEO_20190501T000000_20190501T235959_1.1.0.sp3",
        "CAS_Orbit_GEO_20190502T000000_20190502T235959_1.1.0.sp3",
        "RRI_20190501_163000_163100_lv1_v2.h5",
        "readme.txt",
        "FAI_20191345_150000_160000.zip",
        "FAI_20190231_150000_140000.zip",
        "FAI_20190501_250000_260000.zip",
        "FAI_120190501_100000_110000.zip",
    ]
    with StandIn(listing([f"{name}   1.00MB" for name in names])) as service:
        script = run_script(compiled("python", AFTERNOON, service), tmp_path)
        fetch = run("fetch", "-q", "-e", AFTERNOON, "--service", service.url, "--output", "names")
    assert fetch.code == script.code == 0
    assert [line.split()[0] for line in script.out.splitlines() if line.endswith("MB")] == fetch.out.split()


def test_the_script_tells_of_a_refusal_instead_of_going_on(tmp_path):
    with StandIn(page(500, "Oh no")) as service:
        script = tmp_path / "request.py"
        script.write_text(compiled("python", QUERY_WITH_EMAIL, service))
        done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode != 0
    assert "500" in done.stderr
    assert [request.method for request in service.requests] == ["GET"]


def test_the_script_holds_any_text_of_the_query(tmp_path):
    odd = """product "it's \\" \\\\ é 😀 {x} %s \\n"; date 2019; raw "k'ey" [true, null, 1.5, "{0}"]; logic 1 AND 2"""
    with StandIn(listing(FILES)) as service:
        done = run_script(compiled("python", odd, service), tmp_path)
    assert done.code == 0, done.err
    assert json.loads(service.requests[0].body) == edexql.compile(odd).parameters


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("query", [QUERY, QUERY_WITH_EMAIL, AFTERNOON])
def test_the_curl_command_runs_in_a_shell_and_lists_the_files(shell, query):
    with StandIn() as service:
        done = run_shell(compiled("curl", query, service), shell=shell)
    assert done.code == 0, done.err
    assert json.loads(done.out) == {"result_filenames": FILES}
    (request,) = service.requests
    assert (request.method, request.path) == ("GET", "/api_fetch_data")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == edexql.compile(query).parameters


def test_the_curl_command_holds_any_text_of_the_query():
    odd = """product "it's $HOME `id` \\" \\\\ é 😀 !x"; date 2019; raw "k'ey" ["@/etc/passwd", "\\n"]; logic 1 AND 2"""
    with StandIn(listing([])) as service:
        done = run_shell(compiled("curl", odd, service))
    assert done.code == 0, done.err
    assert json.loads(service.requests[0].body) == edexql.compile(odd).parameters


def test_the_curl_command_says_which_times_it_cannot_ask_for():
    with StandIn() as service:
        text = compiled("curl", AFTERNOON, service)
    assert text.startswith("# ")
    assert "2019-05-01T16:00:00..2019-05-01T17:00:00" in text.splitlines()[0]


def test_the_curl_command_fails_where_the_service_refuses():
    with StandIn(page(500, "Oh no")) as service:
        done = run_shell(compiled("curl", QUERY, service))
    assert done.code != 0
    assert done.out == ""


def test_the_curl_command_of_a_long_query_is_not_too_long_for_the_system():
    # A single word of a command line holds 128 KiB on Linux.
    days = ", ".join(str(date(2014, 1, 1) + timedelta(days=number)) for number in range(4400))
    query = f"product fai-lv1-hdf5-images; date {days}"
    with StandIn(listing(FILES)) as service:
        text = run("compile", "-q", "--to", "curl", "-", "--service", service.url, stdin=query).out
        done = run_program("bash", stdin=text)
    assert done.code == 0, done.err
    assert json.loads(service.requests[0].body) == edexql.compile(query).parameters


def test_a_notebook_shows_the_times_that_tables_for_programs_have():
    found = found_of(*FILES)
    root = xml.etree.ElementTree.fromstring(f"<div>{found._repr_html_()}</div>")
    shown = [[cell.text for cell in row][3:] for row in root.findall("./table/tbody/tr")]
    table = columns(found.files)
    assert shown == [list(pair) for pair in zip(table["start"], table["end"], strict=True)]
