"""Listings and selections on the command line: asked of configured hosts, written for programs, kept, compared."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import run
from edexql.base.text import printable
from edexql.client.listing import listing as list_of
from edexql.client.selection.file import load
from edexql.commands import answers, selections
from edexql.model.answer import listed, total
from hostile import HANG, Hostile, head
from stand_in import Answer, StandIn, listing, nobody_there, page
from tutorial import FILES, NAMES, QUERY, WIRE

pytestmark = pytest.mark.slow

OTHERS = ["RRI_20160418_222759_223156_lv1_12.0.0.h5   1.2GB", "readme.txt"]
LATER = [FILES[0].replace("6.0.0", "6.1.0"), FILES[2], "FAI_lv1_h5_20190501_200000_201000_6.0.0.zip   1MB"]


@pytest.fixture
def kept(tmp_path):
    """The path of a selection of the tutorial's files, as `fetch --save` keeps it."""
    with StandIn() as service:
        done = run("fetch", "-e", QUERY, "--service", service.url, "--save", "may.edqs", cwd=tmp_path)
    assert done.code == 0, done.err
    return tmp_path / "may.edqs"


def select(path, *words, **changes):
    return run("select", path.name, *words, cwd=path.parent, **changes)


def ticks(path):
    return [choice.ticked for choice in load(str(path)).files]


# Asking


def test_hosts_endpoints_and_method_are_those_of_the_configuration(tmp_path):
    with StandIn(listing(FILES)) as service:
        text = f'[service]\nlisting = "{service.url}"\nlisting_endpoint = "api/list"\nmethod = "POST"\n'
        (tmp_path / "edexql.toml").write_text(text)
        done = run("fetch", "-e", QUERY, "--config", "edexql.toml", "--output", "names", cwd=tmp_path)
        flag = run("fetch", "-e", QUERY, "--config", "edexql.toml", "--service", f"{service.url}/x", cwd=tmp_path)
    assert (done.code, done.out.split()) == (0, NAMES)
    assert flag.code == 0
    assert [(r.method, r.path) for r in service.requests] == [("POST", "/api/list"), ("POST", "/x/api/list")]
    assert {r.body for r in service.requests} == {WIRE}


def test_a_configuration_that_cannot_be_used_is_told_before_anything_is_asked(tmp_path):
    (tmp_path / "edexql.toml").write_text('[service]\nmethod = "BREW"\n')
    done = run("fetch", "-e", QUERY, "--config", "edexql.toml", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "edexql.toml:2" in done.err


def test_a_recorded_listing_is_answered_again_without_a_network(tmp_path):
    with StandIn() as service:
        first = run("fetch", "-e", QUERY, "--service", service.url, "--record", "r", cwd=tmp_path)
        url = service.url
    again = run("fetch", "-e", QUERY, "--service", url, "--replay", "r", cwd=tmp_path)
    assert first.code == 0
    assert again == first
    other = run("fetch", "-e", "date 2020", "-q", "--service", url, "--replay", "r", cwd=tmp_path)
    assert other.code != 0
    assert other.out == ""
    assert "is not in the recording" in other.err


def test_a_listing_that_fails_for_a_while_is_asked_for_again():
    answers = [Answer(503), listing(FILES)]
    with StandIn(lambda received: answers.pop(0)) as service:
        done = run("fetch", "-e", QUERY, "--service", service.url, "--output", "names")
    assert (done.code, done.out.split()) == (0, NAMES)
    assert len(service.requests) == 2


def test_how_often_is_asked_can_be_configured():
    with StandIn(Answer(503)) as service:
        done = run("fetch", "-e", QUERY, "--service", service.url, EDEXQL_NETWORK_TRIES="1")
    assert done.code == 3
    assert len(service.requests) == 1


# Far more pieces than a test waits for, so slow that no silence is long.
SLOWLY = 3000
BEGUN = head(Content_Type="application/json", Content_Length=SLOWLY)
UNENDING = {
    "nothing at all": [0.01] * SLOWLY,
    "go on, go on": [head("100 Continue"), 0.01] * SLOWLY,
    "a head byte by byte": [b"HTTP/1.1 200 OK\r\nX: ", *[b"x", 0.01] * SLOWLY],
    "a body byte by byte": [BEGUN, *[b" ", 0.01] * SLOWLY],
    "a body byte by byte, its length untold": [head(), *[b" ", 0.01] * SLOWLY],
}
ASKING = {"fetch": ("fetch", "-e", QUERY, "--service"), "browse": ("browse", "2019/05/01", "--archive")}


@pytest.mark.parametrize("command", ASKING)
@pytest.mark.parametrize("case", UNENDING)
def test_an_answer_that_does_not_end_is_left_after_the_time_that_is_configured(case, command):
    ended = []

    def play(asked):
        yield from UNENDING[case]
        ended.append(asked)

    with Hostile(play) as service:
        done = run(*ASKING[command], service.url, EDEXQL_NETWORK_SECONDS="0.5", EDEXQL_NETWORK_READ="60")
        assert not ended
    assert (done.code, done.out) == (3, "")
    assert "did not answer within 0.5 s" in done.err
    assert len(service.asked) == 1


@pytest.mark.parametrize("command", ASKING)
def test_a_silence_lasts_no_longer_than_is_configured(command):
    with Hostile([HANG]) as service:
        done = run(*ASKING[command], service.url, EDEXQL_NETWORK_READ="0.2", EDEXQL_NETWORK_TRIES="1")
    assert (done.code, done.out) == (3, "")
    assert "timed out" in done.err or "did not answer in time" in done.err


@pytest.mark.parametrize("command", ASKING)
def test_limits_of_time_may_be_as_large_as_one_likes(command):
    limits = dict.fromkeys(("EDEXQL_NETWORK_CONNECT", "EDEXQL_NETWORK_READ", "EDEXQL_NETWORK_SECONDS"), "1e17")
    with StandIn(Answer(404)) as service:
        done = run(*ASKING[command], service.url, **limits)
    assert done.code in (1, 3)
    assert len(service.requests) == 1


def test_what_was_cut_is_no_answer_in_a_recording_either(tmp_path):
    body = json.dumps({"result_filenames": FILES}).encode()
    with Hostile([head(Content_Type="application/json"), body, HANG]) as service:
        words = ("fetch", "-e", QUERY, "--service", service.url)
        first = run(*words, "--record", "r", cwd=tmp_path, EDEXQL_NETWORK_SECONDS="0.5")
    again = run(*words, "--replay", "r", cwd=tmp_path, EDEXQL_NETWORK_TRIES="1")
    assert (first.code, first.out) == (again.code, again.out) == (3, "")


# What is written


def fetched(files, *words):
    with StandIn(listing(files)) as service:
        return run("fetch", "-e", QUERY, "--service", service.url, *words)


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_listing_can_be_had_as_csv():
    done = fetched([FILES[0], *OTHERS], "--output", "csv")
    rows = table(done.out)
    assert [row["name"] for row in rows] == [NAMES[0], OTHERS[0].split()[0], "readme.txt"]
    assert rows[0] == {
        "name": NAMES[0],
        "product": "fai-lv1-hdf5-images",
        "size": "540570000",
        "size_text": "540.57MB",
        "start": "2019-05-01T15:05:34Z",
        "end": "2019-05-01T15:13:07Z",
    }
    assert (rows[2]["size"], rows[2]["start"]) == ("", "")


def test_the_files_of_a_catalogue_can_be_had_as_csv_with_what_it_knows_besides():
    done = run("fetch", "--local", "-q", "-e", QUERY, "--output", "csv")
    rows = table(done.out)
    assert [row["name"] for row in rows] == NAMES
    assert {(row["matched_seconds"], row["synthetic"]) for row in rows} == {("453", "false")}


def test_several_queries_make_one_table():
    with StandIn() as service:
        done = run("fetch", "-e", QUERY, "-e", QUERY, "--service", service.url, "--output", "csv")
    assert [row["name"] for row in table(done.out)] == NAMES * 2


def test_totals_per_day_and_product_stand_below_the_table():
    done = fetched([*FILES, *OTHERS], "--by", "day")
    files, _, totals = done.out.partition("\n\n")
    assert len(files.splitlines()) == 5
    assert [line.split("  ", 1)[0] for line in totals.splitlines()] == [
        "no times in the name",
        "2016-04-18",
        "2019-05-01",
    ]
    assert totals.splitlines()[2].endswith("3 files, 1.63 GB")
    assert "no known product" in fetched(OTHERS, "--by", "product").out


@pytest.mark.parametrize("words", [[], ["--local"]])
def test_totals_can_be_had_for_programs(words):
    with StandIn() as service:
        where = words or ["--service", service.url]
        as_csv = run("fetch", "-q", "-e", QUERY, *where, "--by", "day", "--output", "csv")
        as_json = run("fetch", "-q", "-e", QUERY, *where, "--by", "product", "--output", "json")
    assert table(as_csv.out) == [
        {"day": "2019-05-01", "files": "3", "bytes": "1626330000", "files_of_unknown_size": "0"}
    ]
    assert json.loads(as_json.out) == [
        {"product": "fai-lv1-hdf5-images", "files": 3, "bytes": 1626330000, "files_of_unknown_size": 0}
    ]


@given(st.lists(st.sampled_from([*FILES, *OTHERS, *LATER])))
def test_totals_of_parts_are_the_total_of_all(texts):
    found = list_of({"result_filenames": texts}, None)
    for parts in (found.per_day(), found.per_product()):
        whole = total(found.files)
        assert sum(part.files for part in parts.values()) == whole.files
        assert sum(part.bytes for part in parts.values()) == whole.bytes
        assert sum(part.unsized for part in parts.values()) == whole.unsized


@given(st.lists(st.text(), max_size=5), st.booleans())
def test_csv_has_every_cell_and_nothing_that_a_terminal_acts_on(cells, head):
    text = answers.csv({"a": cells, "b": list(range(len(cells)))}, head=head)
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["a", "b"]] * head + [[printable(cell), str(number)] for number, cell in enumerate(cells)]
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "words",
    [
        ["--by", "day", "--output", "names"],
        ["--local", "--by", "day", "--count"],
        ["--local", "--output", "csv", "--times"],
        ["--local", "--save", "x.edqs", "--times"],
        ["--local", "--replay", "r"],
        ["--save", "x.edqs", "-e", QUERY],
        ["--local", "--save", "x.edqs", "-e", QUERY],
    ],
)
def test_options_that_do_not_go_together_are_told(words, tmp_path):
    done = run("fetch", "-e", QUERY, *words, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("edexql: ")
    assert list(tmp_path.iterdir()) == []


# Selections


def test_a_listing_that_is_kept_has_all_that_it_takes_to_go_on(kept):
    selection = load(str(kept))
    assert (selection.query, selection.wire.encode()) == (QUERY, WIRE)
    assert [choice.file.text for choice in selection.files] == FILES
    assert ticks(kept) == [True] * 3
    assert selection.service.startswith("http://127.0.0.1:")


def test_the_answer_of_a_catalogue_can_be_kept_from_standard_input_too(tmp_path):
    done = run("fetch", "--local", "-q", "-", "--save", "a.edqs", stdin=QUERY, cwd=tmp_path)
    assert done.code == 0, done.err
    selection = load(str(tmp_path / "a.edqs"))
    assert (selection.service, [choice.file.text for choice in selection.files]) == ("local", FILES)
    again = run("select", "a.edqs", "--again", cwd=tmp_path)
    assert (again.code, again.out) == (0, "")
    assert "the same files" in again.err


def test_a_file_that_is_no_selection_is_left_alone(tmp_path, kept):
    (tmp_path / "thesis.tex").write_text("ten years")
    for words in (["--local"], ["--service", "http://127.0.0.1:9"]):
        done = run("fetch", "-q", "-e", QUERY, *words, "--save", "thesis.tex", cwd=tmp_path)
        assert done.code in (2, 3)
    assert (tmp_path / "thesis.tex").read_text() == "ten years"
    done = run("fetch", "--local", "-q", "-e", QUERY, "--save", kept.name, cwd=tmp_path)
    assert done.code == 0
    assert load(str(kept)).service == "local"


def test_a_selection_is_shown_numbered_and_ticked(kept):
    done = select(kept)
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()] == [
        ["[x]", str(number), *text.split()] for number, text in enumerate(FILES, 1)
    ]
    assert done.err.startswith("3 of 3 ticked: 3 files, 1.63 GB; listed 20")


def test_ticks_are_set_and_taken_away_and_stay_so(kept):
    assert select(kept, "--drop", "2").out.count("[x]") == 2
    assert ticks(kept) == [True, False, True]
    assert select(kept, "--drop", "*_1505*").code == 0
    assert ticks(kept) == [False, False, True]
    assert select(kept, "--pick", ">541MB", "--drop", "2019-05-01T18:00..T19:00").code == 0
    assert ticks(kept) == [False, True, False]
    assert select(kept, "--output", "names").out.split() == [NAMES[1]]
    assert select(kept, "--pick", "1-2,3").code == 0
    assert ticks(kept) == [True, True, True]


def test_a_word_that_means_no_file_changes_nothing(kept):
    before = kept.read_bytes()
    for words in (["--pick", "4"], ["--drop", "nothing*"], ["--pick", ">much"], ["--pick", ""]):
        done = select(kept, *words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("edexql: ")
        assert done.err.count("\n") == 1
    assert kept.read_bytes() == before


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.data())
def test_the_name_of_a_file_is_one_word_whatever_is_in_it(texts, data):
    files = [listed(text) for text in texts]
    name = data.draw(st.sampled_from([file.name for file in files]))
    assert selections.words(files, [name]) == [name]


def test_a_selection_can_be_had_for_programs(kept):
    select(kept, "--drop", "1")
    assert [row["ticked"] for row in table(select(kept, "--output", "csv").out)] == ["false", "true", "true"]
    document = json.loads(select(kept, "--output", "json").out)
    assert [file["ticked"] for file in document["files"]] == [False, True, True]
    assert document["query"] == QUERY


def test_what_has_become_of_a_selection_is_told(kept, tmp_path):
    (tmp_path / "later.edqs").write_text(kept.read_text().replace("540.57MB", "1MB").replace("_182724_", "_190000_"))
    done = select(kept, "--compare", "later.edqs")
    assert [line.split()[0] for line in done.out.splitlines()] == ["new", "gone", "changed"]
    assert "540.57MB before, 1MB now" in done.out
    document = json.loads(select(kept, "--compare", "later.edqs", "--output", "json").out)
    assert {key: len(value) for key, value in document.items()} == {"new": 1, "gone": 1, "replaced": 0, "changed": 1}


def test_asking_again_tells_what_is_new_gone_and_replaced_and_keeps_it_when_told_to(kept):
    select(kept, "--drop", "1")
    before = kept.read_bytes()
    with StandIn(listing(LATER)) as service:
        looked = select(kept, "--again", "--service", service.url)
        unchanged = kept.read_bytes() == before
        updated = select(kept, "--again", "--update", "--service", service.url)
    assert service.requests[0].body == WIRE
    assert [line.split()[0] for line in looked.out.splitlines()] == ["new", "gone", "replaced"]
    assert f"replaced  {NAMES[0]} by {LATER[0].split()[0]}" in looked.out
    assert unchanged
    assert updated.code == 0
    assert [choice.file.text for choice in load(str(kept)).files] == LATER
    # What was unticked is so in its newer version.
    assert ticks(kept) == [False, True, True]
    assert load(str(kept)).service == service.url


def test_a_service_that_fails_leaves_a_selection_as_it_was(kept):
    before = kept.read_bytes()
    with StandIn(page(404, "Gone")) as service:
        done = select(kept, "--again", "--update", "--service", service.url)
    assert (done.code, done.out) == (3, "")
    assert kept.read_bytes() == before


def test_who_was_asked_is_asked_again(kept):
    with nobody_there() as url:
        kept.write_text(kept.read_text().replace(load(str(kept)).service, url))
        done = select(kept, "--again", EDEXQL_NETWORK_TRIES="1")
    assert done.code == 3
    assert url in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.edqs"], "No such file"),
        (["may.edqs", "--again", "--pick", "1"], "one after the other"),
        (["may.edqs", "--update"], "--again"),
        (["may.edqs", "--again", "--output", "csv"], "print text or json"),
        (["query.edq"], "this is not a selection"),
        (["may.edqs", "--compare", "query.edq"], "this is not a selection"),
    ],
)
def test_wrong_usage_of_select_is_told(words, told, kept, tmp_path):
    (tmp_path / "query.edq").write_text(QUERY)
    done = run("select", *words, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


@pytest.mark.parametrize("output", ["text", "names", "csv", "json"])
def test_names_from_outside_are_not_trusted_to_a_terminal(output, tmp_path):
    with StandIn(listing(["\x1b]0;owned\x07a\u202e.zip   1MB", "b\r\nc.zip   2MB"])) as service:
        run("fetch", "-e", QUERY, "--service", service.url, "--save", "a.edqs", cwd=tmp_path)
        later = run("select", "a.edqs", "--output", output, cwd=tmp_path)
    assert later.code == 0
    assert (later.out + later.err).replace("\n", "").isprintable()


def test_ticks_of_results_can_be_kept_in_the_repl(tmp_path):
    with StandIn() as service:
        lines = f"set answer none\n{QUERY}\nuse {service.url}\nresults --untick 2\nresults --save a.edqs\n"
        remote = run("-", stdin=f"{lines}select a.edqs --output names\n", cwd=tmp_path)
    assert remote.code == 0, remote.err
    assert remote.out.splitlines()[-2:] == [NAMES[0], NAMES[2]]
    assert ticks(tmp_path / "a.edqs") == [True, False, True]
    assert [choice.file.text for choice in load(str(tmp_path / "a.edqs")).files] == FILES
    assert len(service.requests) == 1
    local = run("-", stdin=f"{QUERY}\nresults --untick 1 --save b.edqs\n", cwd=tmp_path)
    assert local.code == 0, local.err
    assert load(str(tmp_path / "b.edqs")).service == "local"
    assert ticks(tmp_path / "b.edqs") == [False, True, True]


def test_a_selection_is_the_same_from_python(kept):
    selection = load(str(kept))
    assert json.loads(selection.wire) == edexql.compile(QUERY).parameters
