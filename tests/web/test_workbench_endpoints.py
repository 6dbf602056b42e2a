"""The endpoints that the page asks: what each says of a text, and how each refuses what it cannot answer."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalogues
import edexql
from commands import run
from edexql.pictures.picture import KINDS
from edexql.server.settings import Limits
from edexql.web import answers, command_lines
from edexql.web.bodies import LONGEST_TEXT
from edexql.web.endpoints import ENDPOINTS
from tutorial import NAMES, QUERY
from workbenches import TOKEN, Bench, workbench

WIDE = "\N{ROCKET}"
TEXT = f"# {WIDE}\nproduct fai-lv1-hdf5-images\ndate 2019-05-01; kp >= 3"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with workbench(tmp_path_factory.mktemp("state")) as service:
        yield Bench(service)


def in_utf16(text: str) -> list[str]:
    """The units of a text, one character each, as a browser sees it."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[place : place + 2].decode("utf-16-le", "surrogatepass") for place in range(0, len(data), 2)]


def part(text: str, start: int, end: int) -> str:
    units = "".join(in_utf16(text)[start:end])
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def test_the_setting_has_the_vocabulary_with_the_files_that_there_are(bench):
    answer = bench.get("setting")
    assert answer.status == 200
    setting = answer.json
    assert setting["mode"] == "catalogue"
    assert setting["catalogue"] == {"title": "the sample catalogue of edexql", "synthetic": False}
    assert (setting["archive"], setting["mail"], setting["file"], setting["writes"]) == (False, False, None, False)
    products = {product["name"]: product for product in setting["vocabulary"]["products"]}
    assert products["fai-lv1-hdf5-images"]["files"] == 3
    assert products["fai-lv1-hdf5-images"]["confirmed"]
    fields = {field["name"]: field for field in setting["vocabulary"]["fields"]}
    assert (fields["kp"]["tab"], fields["kp"]["low"], fields["kp"]["high"]) == ("geophysical", 0, 9)
    assert fields["longitude"]["circle"] == 360
    instruments = {one["name"]: one for one in setting["vocabulary"]["instruments"]}
    assert "has-data" in [value["name"] for value in instruments["fai"]["values"]]
    assert setting["vocabulary"]["experiments"][0]["tags"]


def test_what_is_read_of_a_query_is_what_other_faces_say(bench):
    read = bench.ask("read", QUERY, version=7)
    assert read["version"] == 7
    assert read["readable"]
    assert read["diagnostics"] == []
    explained = edexql.explain(QUERY)
    assert read["sentence"] == explained.sentence
    assert read["sent"] == explained.logic_sent.strip()
    assert read["parameters"] == edexql.compile(QUERY).parameters
    assert read["residual"] is None


def test_what_cannot_be_sent_is_said_beside_it(bench):
    read = bench.ask("read", "product fai-lv1-hdf5-images; date 2019-05-01T15:00..2019-05-01T16:00; fai has-data")
    assert "2019-05-01T15:00" in read["residual"]


def test_places_are_counted_as_a_browser_counts(bench):
    text = f"# {WIDE}{WIDE}\nkp >= 5 # {WIDE}\nlogic 1 ADN 2"
    (error,) = [one for one in bench.ask("read", text)["diagnostics"] if one["code"] == "E206"]
    assert part(text, error["from"], error["to"]) == "ADN"
    assert error["severity"] == "error"
    assert error["help"] == "did you mean `AND`?"


def test_a_byte_order_mark_moves_no_place(bench):
    text = "\ufeffkp >= 5\nlogic 1 ADN 2"
    (error,) = [one for one in bench.ask("read", text)["diagnostics"] if one["code"] == "E206"]
    assert part(text, error["from"], error["to"]) == "ADN"


def test_a_fix_is_an_edit_that_can_be_made(bench):
    text = f"# {WIDE}\nkp => 5"
    (found,) = [one for one in bench.ask("read", text)["diagnostics"] if one["fixes"]]
    (edit,) = found["fixes"][0]["edits"]
    assert found["fixes"][0]["title"]
    units = in_utf16(text)
    fixed = part("".join([*units[: edit["from"]], edit["insert"], *units[edit["to"] :]]), 0, 1000)
    assert fixed == f"# {WIDE}\nkp >= 5"


def test_a_label_is_renamed_by_the_words_that_change(bench):
    text = "product fai-lv1-hdf5-images\nmy_l: kp >= 3\nb: fai has-data\nlogic b AND (my_l OR b)\n"
    (found,) = [one for one in bench.ask("read", text)["diagnostics"] if one["fixes"]]
    edits = found["fixes"][0]["edits"]
    assert [(text[edit["from"] : edit["to"]], edit["insert"]) for edit in edits] == [
        ("my_l:", "my-l:"),
        ("(my_l", "(my-l"),
    ]


def test_a_text_that_cannot_be_read_says_so_and_gives_no_sentence(bench):
    read = bench.ask("read", "product fai-lv1-hdf5-images; kp >= (")
    assert not read["readable"]
    assert read["sentence"] is read["form"] is read["parameters"] is None
    assert [one for one in read["diagnostics"] if one["severity"] == "error"]


def test_errors_of_meaning_leave_a_text_readable(bench):
    read = bench.ask("read", "product fai-lv1-hdf5-images; kp >= 50")
    assert read["readable"]
    assert read["sentence"] is None
    assert "E406" in [one["code"] for one in read["diagnostics"]]


def test_completion_is_at_the_place_of_the_caret(bench):
    text = f"# {WIDE}\nfai has-"
    position = len(in_utf16(text))
    candidates = bench.ask("complete", text, position=position)["candidates"]
    first = candidates[0]
    assert first["text"] == "has-data"
    assert part(text, first["from"], first["to"]) == "has-"
    # A caret beyond the end is at the end.
    assert bench.ask("complete", text, position=10**6)["candidates"] == candidates


def test_the_files_are_those_of_the_catalogue(bench):
    answer = bench.ask("answer", QUERY)
    given = edexql.evaluate(QUERY)
    assert answer["rows"]["name"] == NAMES
    assert (answer["files"], answer["unknown"]) == (3, 0)
    assert answer["bytes"] == given.total.bytes
    assert answer["seconds"] == given.total.matched
    assert answer["rows"]["start"][0] == "2019-05-01T15:05:34Z"
    assert answer["rows"]["state"] == ["matched"] * 3
    assert answer["rows"]["instrument"] == ["fai"] * 3
    assert answer["emptiness"] is None
    assert len({len(column) for column in answer["rows"].values()}) == 1


def test_the_page_has_each_kind_of_picture_with_its_title(bench):
    pictures = bench.get("setting").json["pictures"]
    assert [each["kind"] for each in pictures] == list(KINDS)
    assert all(each["title"] and each["words"] for each in pictures)


def test_simulated_data_are_marked(tmp_path):
    catalogues.take(
        tmp_path / "made", *catalogues.texts(tmp_path / "texts"), catalogues.tree(tmp_path / "tree"), synthetic=True
    )
    with workbench(tmp_path / "state", catalogue=str(tmp_path / "made")) as service:
        bench = Bench(service)
        assert bench.get("setting").json["catalogue"] == {"title": "catalogue made", "synthetic": True}
        assert bench.ask("answer", "date 2016-05-03")["synthetic"] is True


def test_an_empty_answer_says_why(bench):
    answer = bench.ask("answer", "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 8")
    assert answer["files"] == 0
    assert "kp >= 8" in answer["emptiness"]


def test_of_very_many_files_the_first_have_rows_and_all_are_counted(bench, monkeypatch):
    monkeypatch.setattr(answers, "MOST_ROWS", 2)
    answer = bench.ask("answer", QUERY)
    assert answer["rows"]["name"] == NAMES[:2]
    assert (answer["files"], answer["bytes"]) == (3, edexql.evaluate(QUERY).total.bytes)
    command = shlex.split(answer["all"].replace("\\\n", ""))
    assert command[:4] == ["edexql", "fetch", "--service", bench.service.url]
    assert command[command.index("-e") + 1] == QUERY.strip()


def test_the_command_for_all_files_gives_them(bench, monkeypatch):
    monkeypatch.setattr(answers, "MOST_ROWS", 2)
    text = QUERY + "# it's $HOME; `date`\n"
    body = {"text": text}
    fetch, download = bench.post("answer", body, x_edexql_token=TOKEN).json["all"].replace("\\\n", "").rsplit(" | ", 1)
    names = run(*shlex.split(fetch)[1:]).out
    assert names.split() == NAMES
    shown = run(*shlex.split(download)[1:], "--dry-run", stdin=names).out
    assert [line.split()[0] for line in shown.splitlines()[:3]] == NAMES
    longer = bench.post("answer", {"text": text + "# more\n" * 1000}, x_edexql_token=TOKEN).json["all"]
    assert "query.edq" in longer


def test_influence_and_reasons_are_those_of_the_prompt(bench):
    text = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
    influence = bench.ask("influence", text)
    assert influence["whole"]["files"] == 1
    assert [(part["number"], part["keepsOut"]["files"]) for part in influence["parts"]] == [(1, 0), (2, 2)]
    assert influence["parts"][1]["remark"].startswith("keeps out 2 files")
    why = bench.ask("why", text, file=NAMES[0])
    assert why["whole"]["state"] == "not matched"
    assert [(reason["number"], reason["state"], reason["decisive"]) for reason in why["constraints"]] == [
        (1, "matched", False),
        (2, "not matched", True),
    ]
    assert why["constraints"][1]["text"] == "kp >= 3"
    assert why["constraints"][1]["nearest"]


def test_a_file_that_the_catalogue_does_not_have_has_no_reasons(bench):
    answer = bench.post("why", {"text": QUERY, "file": "nosuch.zip"})
    assert (answer.status, answer.codes) == (404, ["S404"])


@pytest.mark.parametrize("name", ["answer", "influence"])
def test_a_query_with_errors_is_refused_with_all_of_them(bench, name):
    answer = bench.post(name, {"text": "kp >= 50; dst > 10000000"})
    assert answer.status == 422
    assert answer.codes[0] == "E406"
    assert answer.json["diagnostics"][0]["message"]


def test_influence_of_a_long_logic_is_left_to_the_command(bench):
    answer = bench.post("influence", {"text": "; ".join(f"kp >= {n % 9}.33" for n in range(110))})
    assert answer.status == 409
    assert "edexql influence" in answer.json["diagnostics"][0]["help"]


def test_a_query_is_given_in_every_form_and_taken_from_each(bench):
    for target in ("json", "curl", "python"):
        file = bench.ask("compile", QUERY, target=target)
        assert file["name"].startswith("query.")
        back = bench.ask("import", file["text"])["text"]
        assert edexql.compile(back) == edexql.compile(QUERY)
    assert "https://edex.example/api_fetch_data" in bench.ask("compile", QUERY, target="curl")["text"]
    assert bench.ask("compile", TEXT, target="edq")["text"] == TEXT
    assert json.loads(bench.ask("compile", QUERY, target="json")["text"]) == edexql.compile(QUERY).parameters


@pytest.mark.parametrize("target", ["json", "curl", "python"])
@pytest.mark.parametrize("text", ["kp >= 3\nlogic 1 ADN 1", "fai has-dta"])
def test_a_query_with_errors_is_given_in_no_form(text, target, bench):
    answer = bench.post("compile", {"text": text, "target": target})
    assert answer.status == 422
    assert answer.json["diagnostics"][0]["severity"] == "error"


def test_what_is_no_parameter_dictionary_is_not_imported(bench):
    answer = bench.post("import", {"text": "print('hello')"})
    assert answer.status == 422
    assert answer.json["diagnostics"][0]["message"]


# Forms and their edits


def edited(text, edits):
    """A text after edits, counted as a browser counts."""
    units = in_utf16(text)
    for edit in reversed(edits):
        units[edit["from"] : edit["to"]] = in_utf16(edit["insert"])
    return part("".join(units), 0, len(units))


def test_every_part_of_a_form_is_where_the_text_has_it(bench):
    text = f"# {WIDE}\nproduct fai-lv1-hdf5-images # {WIDE}\nstorm: kp >= 3; email a@x.example\nlogic storm"
    form = bench.ask("read", text)["form"]
    (product,), (constraint,) = form["products"], form["constraints"]
    assert part(text, product["from"], product["to"]).endswith("fai-lv1-hdf5-images")
    assert part(text, constraint["from"], constraint["to"]) == "storm: kp >= 3"
    assert part(text, form["email"]["from"], form["email"]["to"]) == "email a@x.example"
    assert [part(text, one["from"], one["to"]) for one in form["comments"]] == [f"# {WIDE}", f"# {WIDE}"]
    assert part(text, form["logic"]["from"], form["logic"]["to"]).endswith("storm")
    (node,) = form["logic"]["nodes"]
    assert part(text, node["from"], node["to"]) == "storm"


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_an_edit_is_the_least_change_of_the_text(bench, start):
    text = f"{start}# {WIDE}\nproduct   fai-lv1-hdf5-images # {WIDE}\nkp>=3;dst < 0"
    answer = bench.ask("edit", text, edit={"kind": "replace", "reference": 1, "typed": "kp >= 5"})
    assert edited(text, answer["edits"]) == answer["text"]
    assert answer["text"] == text.replace("kp>=3", "kp>=5")
    answer = bench.ask("edit", text, edit={"kind": "product", "name": "rri-lv1-hdf5-radio-data", "on": True})
    assert edited(text, answer["edits"]) == answer["text"]
    assert answer["text"].replace(", rri-lv1-hdf5-radio-data", "") == text


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_what_is_switched_off_is_switched_on_at_its_place(bench, start):
    text = f"{start}# {WIDE}\nproduct fai-lv1-hdf5-images\nkp >= 3  # {WIDE}\ndst < 0\nlogic 1 OR 2"
    off = bench.ask("edit", text, edit={"kind": "off", "number": 1})
    assert edited(text, off["edits"]) == off["text"] != text
    (part_off,) = bench.ask("read", off["text"])["form"]["off"]
    assert "kp >= 3" in part(off["text"], part_off["from"], part_off["to"])
    on = bench.ask("edit", off["text"], edit={"kind": "on", "from": part_off["from"]})
    assert on["text"] == text


def test_an_edit_that_is_refused_says_why(bench):
    for edit in ({"kind": "drop", "references": ["9"]}, {"kind": "nosuch"}, {}, {"kind": "label", "number": 1}):
        answer = bench.ask("edit", TEXT, edit=edit)
        assert answer.keys() == {"refused"}
        assert answer["refused"]["message"]


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        ({"kind": "enter", "typed": f"# {WIDE}\nkp >= 50"}, "50"),
        ({"kind": "replace", "reference": 1, "typed": "date 2019-13"}, "2019-13"),
        ({"kind": "logic", "expression": "1 ADN 2"}, "ADN"),
    ],
)
def test_what_was_typed_wrong_is_marked_in_what_was_typed(bench, edit, wrong):
    answer = bench.ask("edit", TEXT, edit=edit)
    typed = edit.get("typed", edit.get("expression"))
    (found,) = [one for one in answer["diagnostics"] if one["severity"] == "error"]
    assert part(typed, found["from"], found["to"]) == wrong


# Bodies of another form

OTHERS = {
    "text": QUERY,
    "position": 0,
    "target": "json",
    "file": NAMES[0],
    "name": "kp",
    "year": 2019,
    "kind": "timeline",
}
OTHERS |= {
    "edit": {"kind": "enter", "typed": "kp >= 5"},
    "instrument": "fai",
    "value": "has-data",
    "files": NAMES,
    "dry": True,
}
POSTS = [name for name, action in ENDPOINTS.items() if action.method == "POST"]


@pytest.mark.parametrize("name", POSTS)
def test_a_body_of_another_form_is_refused_with_the_key(bench, name):
    for key, kind in ENDPOINTS[name].form.required.items():
        whole = {key: OTHERS.get(key) for key in ENDPOINTS[name].form.required}
        for wrong in (None, [], {}, True, -1, 2**40, 1.5):
            if kind.holds(wrong):
                continue
            answer = bench.post(name, {**whole, key: wrong}, x_edexql_token="t" * 43)
            assert answer.status == 400, (key, wrong)
            assert answer.json["diagnostics"][0]["key"] == key
            assert f"`{key}` is not" in answer.json["diagnostics"][0]["message"]
        missing = {other: value for other, value in whole.items() if other != key}
        assert f"`{key}` is missing" in bench.post(name, missing, x_edexql_token="t" * 43).body.decode()


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[", 400), (b"\xff", 400), (b"[]", 400), (b"[" * 5000, 400), (b'{"a":1,"a":2}', 400)],
)
def test_what_is_no_object_of_json_is_refused(bench, body, status):
    answer = bench.post("read", body)
    assert answer.status == status
    wrong = answer.json["diagnostics"][0]
    if wrong["code"] == "E413":
        assert wrong["help"] == 'send a JSON object, {"text": …}, as application/json'


def test_a_text_of_wide_characters_may_be_as_long_as_any(bench):
    text = "#" + WIDE * (LONGEST_TEXT - 1)
    for body in (json.dumps({"text": text}), json.dumps({"text": text}, ensure_ascii=False)):
        assert bench.post("complete", body.encode()[:-1] + b', "position": 0}').status == 200


def test_a_text_that_is_too_long_is_refused(bench):
    answer = bench.post("read", {"text": "#" * (LONGEST_TEXT + 1)})
    assert (answer.status, answer.codes) == (413, ["S413"])
    assert bench.post("read", b'{"text": "' + b"#" * Limits().body + b'"}').status == 413


def test_an_endpoint_that_there_is_not_and_a_method_that_it_has_not(bench):
    assert bench.post("nosuch", {"text": ""}).status == 404
    assert bench.get("read").status == 405
    assert bench.post("setting", {}).status == 405


# What helps to choose


def test_a_field_is_drawn_from_the_catalogue_within_the_dates(bench):
    found = bench.ask("field", "date 2019-05-01", name="kp")
    assert (found["low"], found["high"], found["unit"]) == (0, 9, None)
    assert len(found["edges"]) == len(found["counts"]) + 1
    assert sum(found["counts"]) == pytest.approx(86400, abs=40)
    assert "CelesTrak" in found["source"]
    assert bench.ask("field", "date 2019-05-01", name="dst")["counts"] == []
    assert bench.post("field", {"text": "", "name": "nosuch"}).status == 404


def test_a_calendar_shows_where_files_are_and_which_match(bench):
    text = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
    assert bench.ask("calendar", text, year=2019)["days"] == {"2019-05-01": [3, 1]}
    assert bench.ask("calendar", text, year=2018)["days"] == {}
    assert bench.post("calendar", {"text": text, "year": 99999}).status == 400


def test_how_many_files_a_value_of_an_instrument_changes(bench):
    text = "product fai-lv1-hdf5-images, rri-lv1-hdf5-radio-data\ndate 2013..2020"
    without = len(edexql.evaluate(text).files)
    with_it = len(edexql.evaluate(f"{text}; fai has-data").files)
    assert with_it < without
    found = bench.ask("presence", text, instrument="fai", value="has-data")
    assert found == {"now": without, "with": with_it, "without": without}
    found = bench.ask("presence", f"{text}\nfai has-data", instrument="fai", value="has-data")
    assert found == {"now": with_it, "with": with_it, "without": without}
    assert bench.post("presence", {"text": text, "instrument": "fai", "value": "nosuch"}).status == 404


def test_a_picture_is_svg_with_its_words(bench):
    text = "product fai-lv1-hdf5-images; date 2019-05-01"
    whole = bench.ask("picture", text, kind="timeline")
    assert whole["svg"].startswith("<svg ")
    assert "<script" not in whole["svg"]
    assert whole["title"] in whole["svg"]
    assert "22:39 min" in whole["description"]
    assert (whole["from"], whole["to"]) == ("2019-05-01T00:00:00Z", "2019-05-02T00:00:00Z")
    part = bench.ask(
        "picture", text, kind="timeline", **{"from": whole["from"], "to": "2019-05-01T12:00:00Z", "width": 400}
    )
    assert part["to"] == "2019-05-01T12:00:00Z"
    assert 'width="400"' in part["svg"]


def test_a_timeline_says_how_many_matches_there_are_to_go_to(bench):
    text = "product fai-lv1-hdf5-images; date 2019-05-01"
    assert bench.ask("picture", text, kind="timeline")["matches"] == 3
    part = bench.ask("picture", text, kind="timeline", **{"from": "2019-05-01T16:00", "to": "2019-05-02"})
    assert part["matches"] == 2
    second = bench.ask("picture", text, kind="timeline", match=2)
    assert (second["match"], second["matches"]) == (2, 3)


def test_spellings_of_one_pattern_are_one_finding_without_options_of_commands(bench):
    read = bench.ask("read", "product mgf-lv?-*; date 2019-05-01; kp 3")
    products, kp = [one for one in read["diagnostics"] if one["code"] == "W601"]
    assert (products["from"], products["to"]) == (8, 17)
    assert [note["message"] for note in products["notes"]] == ["the same of 1 more: `mgf-lv3-magnetic-field`"]
    assert kp["notes"] == []
    assert kp["help"].endswith("; confirm it in a vocabulary file")
    (future,) = [one for one in bench.ask("read", "date 2100")["diagnostics"] if one["code"] == "W605"]
    assert future["help"] == "the query is sent unchanged"


def test_pictures_go_from_match_to_match(bench):
    text = "product fai-lv1-hdf5-images; date 2019-05-01"
    whole = bench.ask("picture", text, kind="panels")
    assert (whole["match"], whole["matches"]) == (None, 3)
    second = bench.ask("picture", text, kind="panels", match=2)
    assert (second["match"], second["matches"]) == (2, 3)
    assert whole["from"] < second["from"] < second["to"] < whole["to"]
    fourth = bench.post("picture", {"text": text, "kind": "panels", "match": 4})
    assert (fourth.status, fourth.json["diagnostics"][0]["message"]) == (409, "there is no match 4: 3 times match")


def test_pictures_are_of_all_kinds_and_say_what_is_missing(bench):
    panels = bench.ask("picture", "product fai-*; date 2019-05-01; kp >= 3", kind="panels", width=700)
    assert panels["title"] == "CASSIOPE: kp"
    assert (panels["from"], panels["to"]) == ("2019-05-01T00:00:00Z", "2019-05-02T00:00:00Z")
    for kind in ("track", "dial"):
        answer = bench.post("picture", {"text": "date 2019-05-01", "kind": kind})
        assert answer.status == 409
        assert "`edexql catalogue ingest` reads" in answer.json["diagnostics"][0]["message"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"from": "yesterday"}, 400),
        ({"from": "2019-05-01; kp >= 5"}, 400),
        ({"from": "2019-06", "to": "2019-05"}, 409),
        ({"width": 5}, 400),
        ({"match": 0}, 400),
        ({"match": "2"}, 400),
        ({"kind": "nosuch"}, 400),
    ],
)
def test_a_picture_of_no_times_is_refused(bench, more, status):
    answer = bench.post("picture", {"text": "date 2019-05-01", "kind": "timeline", **more})
    assert answer.status == status, answer.body
    assert answer.json["diagnostics"][0]["message"]


# Files


def test_the_plan_has_a_command_that_downloads_the_files(bench):
    plan = bench.ask("plan", QUERY, files=[*NAMES, NAMES[0]])
    words = shlex.split(plan["command"])
    assert words == ["edexql", "download", *NAMES]
    assert plan["bytes"] == edexql.evaluate(QUERY).total.bytes
    assert plan["unpack"] is None
    assert bench.post("plan", {"text": QUERY, "files": []}).status == 400


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1),
        min_size=1,
        max_size=30,
        unique=True,
    )
)
def test_no_name_of_a_file_is_anything_else_in_the_command(names):
    words = shlex.split(command_lines.download(names).replace(" \\\n", " "))
    assert words[:2] == ["edexql", "download"]
    assert words[2:] in (names, ["--", *names])
    assert words[2] == "--" or not any(name.startswith("-") for name in names)


def test_names_that_cannot_be_shown_are_in_no_command(bench):
    assert bench.post("plan", {"text": QUERY, "files": ["a\nrm -rf x"]}).status == 409
    assert bench.post("plan", {"text": QUERY, "files": ["\x1b[2J"]}).status == 409


def test_a_name_that_cannot_be_encoded_is_that_of_no_file(bench):
    assert bench.post("why", {"text": QUERY, "file": "\ud800"}).status == 404
    assert bench.post("plan", {"text": QUERY, "files": ["\ud800"]}).status == 409


def test_the_plan_looks_into_zips_of_the_archive(tmp_path):
    from zipfile import ZipFile

    place = next(file.place for file in edexql.evaluate(QUERY) if file.name == NAMES[0])
    path = tmp_path / "archive" / place
    path.parent.mkdir(parents=True)
    with ZipFile(path, "w") as archive:
        archive.writestr("a.h5", b"x" * 100)
        archive.writestr("b.h5", b"x" * 50)
    with workbench(tmp_path / "state", archive=str(tmp_path / "archive")) as service:
        plan = Bench(service).ask("plan", QUERY, files=NAMES)
        assert service.ask("GET", f"/{place}").body == path.read_bytes()
    assert plan["links"] == [{"name": NAMES[0], "href": f"../{place}", "size": path.stat().st_size}]
    unpack = plan["unpack"]
    assert (unpack["files"], unpack["bytes"], unpack["more"]) == (2, 150, 2)
    assert unpack["archives"] == [{"name": NAMES[0], "files": 2, "bytes": 150, "refused": []}]
