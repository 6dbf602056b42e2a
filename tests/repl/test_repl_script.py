"""The REPL fed from a pipe or a file: lines done one by one, nothing but results, a stop at the first mistake."""

from __future__ import annotations

import json
import re
from argparse import Namespace

import pytest

from commands import repl, run, run_shell
from edexql.commands.registry import COMMAND_LINE, verbs_of
from edexql.repl.execution import act
from edexql.repl.files import query_of_parameters
from edexql.repl.lines import VERBS, joined, line
from edexql.repl.session import Session
from edexql.repl.state import in_memory
from tutorial import NAMES as FILES
from tutorial import PARAMETERS, QUERY, SCRIPT, WIRE

MAY_DAY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data"


# What a line is


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("", "nothing", ""),
        ("   ", "nothing", ""),
        ("show", "verb", "show"),
        ("  SHOW --text", "verb", "show"),
        (".edit", "verb", "edit"),
        ("exit", "verb", "quit"),
        ("fetch", "verb", "fetch"),
        ("why X", "verb", "why"),
        ("show: kp >= 5", "query", ""),
        ("showy >= 5", "query", ""),
        ("!ls -l", "shell", ""),
        ("3: kp >= 6", "numbered", "3"),
        ("12 :kp >= 6", "numbered", "12"),
        ("storm: kp >= 6", "query", ""),
        ("kp >= 6", "query", ""),
        ("logic 1 AND 2", "query", ""),
        ("AND 2", "query", ""),
        ("{'product': ['fai-lv1-hdf5-images']}", "parameters", ""),
        ('parameters = {"query-logic": " ( 1 ) "}', "parameters", ""),
        ('raw "product" {"a": 1}', "query", ""),
        ("2019-05-01", "query", ""),
        ("?", "verb", "help"),
        ("? logic", "verb", "help"),
    ],
)
def test_a_line_is_what_it_looks_like(text, kind, name):
    found = line(text)
    assert (found.kind, found.name) == (kind, name)


def test_verbs_are_no_words_of_the_language():
    from edexql.language.tables import WORDS
    from edexql.model.vocabulary import load

    assert not set(VERBS) & ({*WORDS} | {*load().constraint_names()})


def test_every_command_is_a_verb_but_those_that_begin_a_repl_or_serve_a_shell():
    assert set(verbs_of(COMMAND_LINE)) - set(VERBS) == {"repl", "completion"}


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["a", "b"], ["a", "b"]),
        (["logic (1", "OR 2) AND 3", "show"], ["logic (1\nOR 2) AND 3", "show"]),
        (["logic 1 AND", "2"], ["logic 1 AND\n2"]),
        (["logic 1 AND"], ["logic 1 AND"]),
        (["# a comment", "show"], ["show"]),
        (["label 1 and", "show"], ["label 1 and", "show"]),
    ],
)
def test_lines_are_put_together_as_the_language_does(lines, whole):
    assert [text for text in joined(lines) if text] == whole


# What comes out


def test_a_line_is_an_answer():
    done = repl(f"{MAY_DAY}; logic 1 AND 2\n")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "product  fai-lv1-hdf5-images",
        "1        date 2019-05-01  no influence",
        "2        fai has-data     no influence",
        "logic    1 AND 2",
        "sent as  ( 1 AND 2 )",
        "3 files, 1.63 GB, 22:39 min of matched time  (sample catalogue)",
    ]


def test_constraints_entered_one_by_one_are_numbered_and_kept():
    done = repl("product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\nkp >= 3\nshow --text\n")
    assert done.code == 0, done.err
    assert done.out.endswith("product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\nkp >= 3\n")
    assert re.search(r"3 +kp >= 3 +keeps out 2 files \(15:06 min\)", done.out)
    assert "logic    1 AND 2 AND 3  (none written: this is the default)" in done.out


@pytest.mark.parametrize("words", [["repl"], ["-"]])
def test_it_reads_standard_input_either_way(words):
    assert run(*words, stdin="vocabulary products fai-lv1-hdf5\n").out.startswith("products:\n  fai-lv1-hdf5-images")


def test_a_script_from_a_file_through_the_shell(tmp_path):
    (tmp_path / "steps").write_text(f"{MAY_DAY}\ncompile --compact wire\n")
    done = run_shell("edexql repl < steps", cwd=tmp_path)
    assert done.out.splitlines()[-1] == WIRE.decode()
    assert "\x1b" not in done.out + done.err


def test_it_begins_with_the_query_of_a_file(tmp_path):
    (tmp_path / "may.edq").write_text(QUERY)
    done = repl("kp >= 3\nsave\n", str(tmp_path / "may.edq"))
    assert done.code == 0, done.err
    assert (tmp_path / "may.edq").read_text().splitlines()[-2:] == ["kp >= 3", "logic 1 AND 2"]


# Changes


def test_constraints_change_by_number_and_by_label():
    steps = [MAY_DAY, "storm: kp >= 3", "3: kp >= 4", "storm: kp >= 2", "1: date 2019-05", "show --text"]
    done = repl("set answer none\n" + "\n".join(steps) + "\n")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        *("product fai-lv1-hdf5-images", "date 2019-05", "fai has-data", "storm: kp >= 2"),
    ]


def test_dropping_numbers_anew_and_undo_brings_back():
    steps = [MAY_DAY, "kp >= 3", "logic 1 AND (2 OR 3)", "drop 2", "show --text", "undo", "show --text", "redo"]
    done = repl("set answer none\n" + "\n".join([*steps, "show --text"]) + "\n")
    assert done.code == 0, done.err
    product, date, kp = "product fai-lv1-hdf5-images", "date 2019-05-01", "kp >= 3"
    after = [product, date, kp, "logic 1 AND 2"]
    assert done.out.splitlines() == [*after, product, date, "fai has-data", kp, "logic 1 AND (2 OR 3)", *after]


def test_what_is_switched_off_names_the_same_after_a_part_was_dropped_or_has_a_name():
    steps = ["product fai-lv1-hdf5-images", "kp >= 1", "ap >= 2", "dst >= 3  # off: logic 2 OR 3; logic 1 AND (2 OR 3)"]
    done = repl("set answer none\n" + "\n".join([*steps, "a: bz 1", "drop 1", "label 1 new", "show --text"]) + "\n")
    assert done.code == 0, done.err
    assert "# off: logic 1 OR 2; logic 0 AND (1 OR 2)" in done.out


def test_parts_are_switched_off_by_number_and_name_and_on_again():
    steps = [MAY_DAY, "storm: kp >= 3", "logic 1 AND (2 OR storm)", "off storm 2", "show --text", "on 2", "on all"]
    done = repl("set answer none\n" + "\n".join([*steps, "show --text", "undo", "undo", "undo", "show --text"]) + "\n")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    before = [
        "product fai-lv1-hdf5-images",
        "date 2019-05-01",
        "fai has-data",
        "storm: kp >= 3",
        "logic 1 AND (2 OR storm)",
    ]
    assert [line for line in lines[:5] if not line.startswith("# off:")] == [*before[:2], "logic 1"]
    assert lines[5:] == [*before, *before]


@pytest.mark.parametrize("verb", ["off 9", "off nothing", "on 1", "on all", "off 1; on 2"])
def test_switching_what_is_not_there_says_so(verb):
    done = repl(f"set answer none\n{MAY_DAY}\n{verb}\n")
    assert "there is no constraint" in done.err or "nothing" in done.err


def test_what_is_off_is_listed_with_its_number():
    done = repl(f"{MAY_DAY}\noff 2\n")
    assert any(line.split() == ["off", "1", "fai", "has-data"] for line in done.out.splitlines())


@pytest.mark.parametrize(
    ("verbs", "logic"),
    [
        ("operator 2 storm", "1 AND 2 AND storm"),
        ("operator storm", "1 AND 2 AND storm"),
        ("operator 1 2", "1 OR 2 OR storm"),
        ("operator all", "1 OR 2 OR storm"),
        ("operator 2 3; operator all", "1 OR 2 OR storm"),
        ("off 2; operator all; on 1", "1 OR 2 OR storm"),
        ("drop logic; operator 1 2", "1 OR 2 OR 3"),
        ("operator 1 2; undo", "1 AND (2 OR storm)"),
    ],
)
def test_and_becomes_or_where_it_joins_what_is_named(verbs, logic):
    steps = [MAY_DAY, "storm: kp >= 3", "logic 1 AND (2 OR storm)", *verbs.split("; "), "show --text"]
    done = repl("set answer none\n" + "\n".join(steps) + "\n")
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == f"logic {logic}"


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        ("operator 9", "there is no constraint `9`"),
        ("operator 3", "the logic does not name constraint 3"),
        ("drop 2 3; operator 1", "the logic joins nothing by AND or OR"),
        ("drop product 1 2 3; operator all", "the query has no constraints and no logic"),
    ],
)
def test_an_operator_that_is_not_there_is_an_error(verb, error):
    done = repl(f"set answer none\n{MAY_DAY}\nkp >= 3\nlogic 1 AND 2\n" + verb.replace("; ", "\n") + "\n")
    assert error in done.err


def test_a_label_can_be_used_in_logic():
    done = repl(f"{MAY_DAY}\nlabel 1 day\nlogic day AND 2\ncompile --compact\n")
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == WIRE.decode()


def test_logic_goes_on_in_the_next_line():
    done = repl(f"{MAY_DAY}\nlogic 1\nAND 2\ncompile --compact -q\n")
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == WIRE.decode()


def test_a_whole_query_takes_the_place_of_the_current_one():
    done = repl("kp >= 3\nproduct fai-lv1-hdf5-images; date 2019-05-01\nshow --text\n")
    assert done.out.endswith("(sample catalogue)\nproduct fai-lv1-hdf5-images\ndate 2019-05-01\n")


@pytest.mark.parametrize("text", [json.dumps(PARAMETERS), repr(PARAMETERS)])
def test_a_dictionary_is_taken_as_the_query_it_is(text):
    done = repl(f"{text}\ncompile --compact -q\n")
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[-1]) == PARAMETERS


def test_a_script_of_old_is_opened(tmp_path):
    (tmp_path / "old.py").write_text(SCRIPT)
    done = repl(f"open {tmp_path / 'old.py'}\nshow --text\n")
    assert done.code == 0, done.err
    assert "product fai-lv1-hdf5-images" in done.out


# Mistakes


def test_it_stops_at_the_first_mistake():
    done = repl("date 2019-05-01\nkp >= banana\nvocabulary products\n")
    assert done.code == 1
    assert "E4" in done.err
    assert " --> <line>:1:7" in done.err
    assert "products:" not in done.out


def test_it_goes_on_when_told_to_and_tells_in_the_end():
    done = repl("kp >= banana\nvocabulary products\n", "--keep-going")
    assert done.code == 1
    assert "products:" in done.out


def test_a_mistake_changes_nothing():
    done = repl("date 2019-05-01\nfai has-dat\nlogic 7\nshow --text\n", "--keep-going")
    assert done.out.endswith("\ndate 2019-05-01\n")
    assert done.err.count("error[") == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shwo", "did you mean `show`?"),
        ("udno", "did you mean `undo`?"),
        ("fecth --times", "did you mean `fetch`?"),
        ("undo", "nothing to undo"),
        ("redo", "nothing to redo"),
        ("ls", "`help` lists what there is"),
        ("{'product': []}", "has no query"),
        ("open /dev/zero", "is not a file"),
        ("save a\0b", "name a file"),
        ("!echo hello", "at a prompt only"),
        ("use http://\x1b[31mx y", "folder"),
        ("edit", "$EDITOR"),
        ("drop 3", "3"),
        ("label 3 storm", "3"),
        ("show --frobnicate", "--frobnicate"),
        ("open nowhere.edq", "nowhere.edq"),
        ("save", "save FILE.edq"),
        ("use ftp://x", "https://"),
        ("use local nowhere", "nowhere"),
        ("set theme pink", "light"),
        ("set today yesterday", "takes a day as 2019-05-01, not yesterday: write 20"),
        ("help nosuchthing", "nosuchthing"),
        ("why nosuchfile", "no current query"),
        ("explain", "no current query"),
        ("fetch", "no current query"),
        ("show 'a", "quotation"),
        ("!exit 3", "--shell"),
        ("AND 2", "logic"),
        ("diff", "FILE"),
    ],
)
def test_each_mistake_is_told_of_in_one_line_and_ends_with_1(text, told):
    done = repl(f"{text}\n")
    assert done.code == 1
    assert told in done.err


def test_output_nobody_reads_ends_it_quietly():
    done = run_shell("for i in $(seq 200); do echo vocabulary; done | edexql repl | head -1; echo ${PIPESTATUS[1]}")
    assert done.out.splitlines()[-1] == "0"
    assert done.err == ""


# Verbs


def test_help_is_one_screen():
    lines = repl("help\n").out.splitlines()
    # With the prompt, its menu and the toolbar below it, on 24 lines of 80 columns.
    assert len(lines) <= 17
    assert max(map(len, lines)) <= 80
    named = set(" ".join(lines).replace(",", " ").split())
    assert {name for name in VERBS if name not in named} == set()


@pytest.mark.parametrize(
    ("word", "shown"), [("fetch", "usage: fetch"), ("e206", "What to do: use `NOT`"), ("logic", "evaluated first")]
)
def test_help_tells_of_verbs_codes_and_statements(word, shown):
    done = repl(f"help {word}\n")
    assert (done.code, done.err) == (0, "")
    assert shown in done.out
    # Of a verb, the usage is that of the prompt.
    assert done.out.replace("usage: fetch", "usage: edexql fetch")[:40] == run("help", word).out[:40]


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_verb_has_help(name):
    done = repl(f"{name} --help\n")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"usage: {name}")
    assert "example:" in done.out


def test_saving_is_careful(tmp_path):
    (tmp_path / "other.edq").write_text("kp >= 9\n")
    done = repl("date 2019-05-01\nsave other.edq\n", cwd=tmp_path)
    assert (done.code, (tmp_path / "other.edq").read_text()) == (1, "kp >= 9\n")
    assert "--force" in done.err
    done = repl("date 2019-05-01\nsave --force other.edq\nsave new.edq\nkp >= 3\nsave\n", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / "other.edq").read_text() == "date 2019-05-01\n"
    assert (tmp_path / "new.edq").read_text() == "date 2019-05-01\nkp >= 3\n"


def test_an_older_query_is_not_that_of_the_file_opened_since(tmp_path):
    (tmp_path / "a.edq").write_text("kp >= 1\n")
    (tmp_path / "b.edq").write_text("kp >= 2\n")
    done = repl("open a.edq\nopen b.edq\nundo\nsave\n", cwd=tmp_path)
    assert done.code == 1
    assert "save FILE.edq" in done.err
    done = repl("open a.edq\nopen b.edq\nkp >= 3\nundo\nredo\nsave\n", cwd=tmp_path)
    assert done.code == 0, done.err
    assert [(tmp_path / name).read_text() for name in ("a.edq", "b.edq")] == ["kp >= 1\n", "kp >= 2\nkp >= 3\n"]


def test_a_dictionary_opened_is_no_query_of_the_file_before(tmp_path):
    (tmp_path / "a.edq").write_text("kp >= 1\n")
    (tmp_path / "old.json").write_text(json.dumps(PARAMETERS))
    assert repl("open a.edq\nopen old.json\nsave\n", cwd=tmp_path).code == 1
    assert (tmp_path / "a.edq").read_text() == "kp >= 1\n"


def test_what_another_wrote_meanwhile_is_not_written_over(tmp_path):
    (tmp_path / "a.edq").write_text("kp >= 1\n")
    done = repl("open a.edq\n!echo 'kp >= 7 # precious' > a.edq\nkp >= 3\nsave\n", "--shell", cwd=tmp_path)
    assert done.code == 1
    assert "changed by another" in done.err
    assert "precious" in (tmp_path / "a.edq").read_text()


def test_a_script_given_as_a_query_is_told_how_it_is_run(tmp_path):
    (tmp_path / "steps").write_text(f"{MAY_DAY}\nshow\n")
    done = repl("", "steps", cwd=tmp_path)
    assert done.code == 1
    assert "edexql repl < steps" in done.err


def test_a_dictionary_in_the_middle_of_a_page_is_taken():
    page = f"import requests\nparameters = {PARAMETERS!r}\n\nYou'll need this, and that's it\n"
    assert "product fai-lv1-hdf5-images" in query_of_parameters(in_process(), page, "<page>")


def in_process():
    options = Namespace(color="never", service=None, catalogue=None, today="2026-11-22", vocabulary=[], values=[])
    return Session(in_memory(), options, interactive=False)


def test_lines_that_were_pasted_with_verbs_among_them_are_done_one_by_one(capsys):
    session = in_process()
    assert act(session, f"{MAY_DAY}\nlogic (1 AND\n2)\nshow --text\nkp >= 3") == 0
    assert session.current.text.splitlines()[-2:] == ["kp >= 3", "logic (1 AND 2)"]
    assert "logic (1 AND 2)" in capsys.readouterr().out


def test_the_line_that_fails_is_told_by_its_number():
    assert "line 3 failed" in repl(f"{MAY_DAY}\n\nkp >= banana\n").err


def test_it_is_said_that_two_ranges_of_one_field_are_alternatives():
    done = repl("date 2019-05-01\nkp >= 3\nkp <= 5\n")
    assert "logic    1 AND (2 OR 3)  (none written: values of one kind are joined by OR;" in done.out


def test_options_stand_behind_the_dash_too():
    assert "products:" in run("-", "--keep-going", stdin="kp >= banana\nvocabulary products\n").out


def test_influence_of_a_logic_that_nobody_reads_is_left_out():
    done = repl(f"{MAY_DAY}\nlogic {'NOT ' * 1000}1\nshow\n")
    assert done.code == 0, done.err


def test_help_tells_of_fields_and_instruments():
    assert "from 0 to 9" in repl("help kp\n").out
    assert "fai has-data" in repl("help fai\n").out


@pytest.mark.parametrize(("word", "shown"), [("keys", "Alt-Enter"), ("settings", "NO_COLOR"), ("units", "km")])
def test_help_tells_of_keys_and_settings(word, shown):
    assert shown in repl(f"help {word}\n").out


def test_undo_takes_a_number():
    done = repl(f"set answer none\n{MAY_DAY}\nkp >= 1\nkp >= 2\nundo 2\nshow --text\n")
    assert done.out == MAY_DAY.replace("; ", "\n") + "\n"


def test_the_editor_changes_the_query(tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/2019-05-01/2019-05-02/ "$1"\n')
    editor.chmod(0o755)
    done = repl(f"{MAY_DAY}\nedit\nshow --text\n", VISUAL=None, EDITOR=str(editor))
    assert done.code == 0, done.err
    assert "date 2019-05-02" in done.out
    assert repl("kp >= 3\nedit\n", VISUAL=None, EDITOR="false").code == 1


def test_diff_shows_lines_and_files(tmp_path):
    (tmp_path / "may.edq").write_text(f"{MAY_DAY}\n".replace("; ", "\n"))
    done = repl("kp >= 3\ndiff\n", str(tmp_path / "may.edq"))
    assert done.code == 0, done.err
    assert "+kp >= 3" in done.out
    assert "files: 3 before, 1 now; 0 added, 2 removed" in done.out


def test_results_are_listed_unticked_and_stay_so():
    done = repl(f"{MAY_DAY}\nresults --untick '*_1646*'\nresults --names\nkp >= 3\nresults\n")
    assert done.code == 0, done.err
    assert f"[ ] 2 {FILES[1]}" in done.out
    assert "2 of 3 files ticked, 1.08 GB" in done.out
    assert f"\n{FILES[0]}\n{FILES[2]}\n" in done.out
    assert "1 file, all ticked" in done.out


def test_fetch_asks_what_use_says(tmp_path):
    from stand_in import StandIn

    with StandIn() as service:
        done = repl(
            f"set answer none\n{QUERY}\nuse {service.url}\nfetch --output names\nresults --names\n"
            "use local\nfetch --count\n"
        )
    assert done.code == 0, done.err
    assert done.out.splitlines()[1:7] == [*FILES, *FILES]
    assert done.out.splitlines()[-1].startswith("3 files, 1.63 GB")
    assert len(service.requests) == 2


def test_verbs_of_the_command_line_take_the_current_query():
    name = FILES[0]
    steps = f"set answer none\n{MAY_DAY}; kp >= 3\nexplain\ncheck\ninfluence\nwhy {name}\ntimeline\nfmt\n"
    done = repl(steps)
    assert done.code == 0, done.err
    outside = [run(*words, "-e", f"{MAY_DAY}; kp >= 3").out for words in (["influence"], ["why", name], ["timeline"])]
    assert all(text in done.out for text in outside)


def test_what_fmt_and_check_rewrite_is_the_current_query(tmp_path):
    done = repl(
        "set answer none\ndate 2019; kp >= 5; ap > 3\nlogic 1 OR 1 AND 2 OR 3\ncheck --fix -q\nshow --text\n"
        "undo\nshow --text\nfmt --simplify\nshow --text\n",
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    assert [one for one in done.out.splitlines() if one.startswith("logic")] == [
        "logic 1 OR (1 AND 2) OR 3",
        "logic 1 OR 1 AND 2 OR 3",
        "logic 1 OR 3",
    ]
    assert "fixed the current query; `undo` takes that back" in done.err
    assert "reformatted the current query; `undo` takes that back" in done.err
    assert not list(tmp_path.iterdir())


def test_what_compare_finds_stops_no_script():
    others = ["kp >= 5", "kp >= 4", "kp >= 6", "kp 4..5", "kp < 5"]
    done = repl("set answer none\nkp >= 5\n" + "".join(f"compare -e '{one}'\n" for one in others))
    assert done.code == 0, done.err
    found = [one.split(":")[0] for one in done.out.splitlines() if not one.startswith(" ")]
    assert found == ["equal", "narrower", "wider", "overlapping", "disjoint"]


def test_what_is_compiled_for_edex_is_for_edex_wherever_files_are_asked_for():
    done = repl(f"set answer none\n{QUERY}\ncompile curl\nuse http://localhost:7/x\ncompile curl\n")
    first, told, second = done.out.splitlines()
    assert first.endswith("https://api.edex.phys.ucalgary.ca/api_fetch_data")
    assert "localhost:7" in told
    assert second.endswith("http://localhost:7/x/api_fetch_data")


def test_a_command_of_the_shell_runs_in_a_script_only_where_that_is_allowed(tmp_path):
    assert repl("!echo hello there\n", "--shell").out == "hello there\n"
    done = repl(f"!touch {tmp_path}/made\n")
    assert done.code == 1
    assert "`edexql repl --shell` allows them in scripts" in done.err
    assert not (tmp_path / "made").exists()


def test_nothing_is_written_to_the_state_folder(tmp_path):
    repl("date 2019-05-01\nset theme dark\n", EDEXQL_STATE=str(tmp_path / "state"))
    assert not (tmp_path / "state").exists()


def test_settings_are_told():
    assert "theme    auto" in repl("set\n").out


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("quit;", "quit"),
        ("fetch --output names;", "fetch --output names"),
        ("show ;", "show"),
        ("2: drop", "drop 2"),
        ("2: drop;", "drop 2"),
        ("storm: drop", "drop storm"),
        ("edexql> kp >= 4", "kp >= 4"),
        ("  edexql> edexql> drop 2", "drop 2"),
        ("edexql fetch --count", "fetch --count"),
        ("drop 2; undo; drop storm", "drop 2\nundo\ndrop storm"),
        ("check -q -e 'product fai-*; date 2019'; show", "check -q -e 'product fai-*; date 2019'\nshow"),
    ],
)
def test_what_is_typed_out_of_habit_is_taken_as_meant(typed, same):
    query = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; storm: kp >= 3\n"
    one, other = (repl(f"{query}{text}\nshow\n", "--keep-going") for text in (typed, same))
    assert (one.out, one.code) == (other.out, other.code)
    assert re.sub(r"line \d+ ", "", one.err) == re.sub(r"line \d+ ", "", other.err)


def test_a_session_that_is_pasted_is_its_inputs():
    from edexql.repl.lines import inputs

    pasted = """\
edexql> product fai-lv1-hdf5-images; date 2019-05-01
product  fai-lv1-hdf5-images
1        date 2019-05-01  no influence
3 files, 1.63 GB, 22:39 min of matched time  (sample catalogue)
edexql> where (date 2019-05
      > OR kp >= 3)
logic    1 OR 2
edexql> drop 1; show;
edexql>"""
    assert inputs(pasted) == [
        "product fai-lv1-hdf5-images; date 2019-05-01",
        "where (date 2019-05\nOR kp >= 3)",
        "drop 1; show;",
    ]
    assert inputs("drop 1; show;") == ["drop 1", " show"]
    assert inputs("kp\n      > 5") == ["kp\n      > 5"]
