"""The command line as a person uses it: what comes out, on which stream, and with which exit code."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import stat
import subprocess
import sys
from contextlib import suppress

import pytest

import edexql
from commands import BIN, EDEXQL, PATIENCE, environment, run, run_anew, run_on_terminal, run_program, run_shell
from edexql.commands.help import TOPICS, page
from edexql.commands.registry import COMMAND_LINE, PROMPT, verbs_of
from edexql.language.diagnostics.codes import CODES
from tutorial import PARAMETERS, QUERY, QUERY_WITH_EMAIL, SCRIPT, WIRE, WIRE_WITH_EMAIL

COMMANDS = tuple(verbs_of(COMMAND_LINE))
MISTAKEN = "prodcut fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 ADN 2"
STORM = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 5; kp <= 8; logic 1 AND 2 AND 3"


@pytest.fixture
def here(tmp_path):
    """A directory with a good query, a mistaken one, and one that only warns."""
    (tmp_path / "good.edq").write_text(QUERY)
    (tmp_path / "bad.edq").write_text(MISTAKEN)
    (tmp_path / "warned.edq").write_text(STORM)
    return tmp_path


# The program


def test_without_a_word_it_tells_its_usage_and_that_this_was_wrong():
    done = run()
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: edexql COMMAND")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_command(words):
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    listed = [line.split()[0] for line in done.out.splitlines() if line.startswith("  ") and line.strip()]
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("words", [["--version"], ["-V"]])
def test_version(words):
    assert run(*words) == (0, f"edexql {edexql.__version__}\n", "")


def test_it_runs_as_a_module_too():
    done = run_program(sys.executable, "-m", "edexql", "compile", "--compact", "-e", QUERY)
    assert done == (0, f"{WIRE.decode()}\n", "")


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_has_an_example_that_runs(command, tmp_path):
    done = run_anew(*filter(None, [command, "--help"]))
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    example = lines[lines.index("example:") + 1].strip()
    assert "edexql" in example
    if command in ("serve", "workbench", "continue"):
        # Two would go on serving, the third needs a mail that has come.
        assert example.startswith(f"edexql {command} ")
        return
    if command == "completion":
        example += " && complete -p edexql"
    ran = run_shell(example, cwd=tmp_path)
    # The example of `check` is there to show what a mistake looks like, that of `compare` a narrower query.
    assert ran.code == {"check": 1, "compare": 10}.get(command, 0), ran.err
    assert ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_can_be_asked_for_in_words(command):
    assert run("help", command) == run(command, "--help")


def test_help_fits_the_width_it_is_given():
    wide, narrow = (run("compile", "--help", COLUMNS=columns).out for columns in ("200", "60"))
    assert len(wide.splitlines()) < len(narrow.splitlines())


def test_an_unknown_command_gets_the_near_one():
    done = run("comple", "a.edq")
    assert (done.code, done.out) == (2, "")
    assert done.err == "edexql: there is no command `comple`: did you mean `compile`?\n"


def test_a_command_like_no_other_gets_the_way_to_the_list():
    done = run("zzzzzzzz")
    assert done.code == 2
    assert "--help" in done.err
    assert "did you mean" not in done.err


def test_a_file_in_place_of_a_command_gets_the_command_for_files(here):
    done = run("good.edq", cwd=here)
    assert done.code == 2
    assert "edexql compile good.edq" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["--frobnicate"],
        ["-x"],
        ["compile", "--frobnicate", "-e", QUERY],
        ["compile", "--to", "cobol", "-e", QUERY],
        ["compile", "--compact", "--to", "text", "-e", QUERY],
        ["compile", "-e"],
        ["check", "--output", "xml", "-e", QUERY],
        ["fmt", "--check", "--diff", "-e", QUERY],
        ["completion"],
        ["completion", "tcsh"],
        ["vocabulary", "a", "b", "c"],
        # An option cut short would change its meaning when another one is added.
        ["compile", "--comp", "-e", QUERY],
    ],
)
def test_wrong_options_end_with_2_and_write_no_result(words):
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("command", ["compile", "check", "fmt", "explain", "decompile", "fetch"])
def test_with_nothing_to_read_it_says_what_it_takes(command):
    done = run(command)
    assert (done.code, done.out) == (2, "")
    assert "FILE" in done.err
    assert "-e TEXT" in done.err


@pytest.mark.parametrize(
    ("command", "path"),
    [(command, "missing.edq") for command in ("compile", "check", "fmt", "explain", "decompile", "fetch")]
    + [("compile", path) for path in (".", "good.edq/below", "\x1b[31m.edq")],
)
def test_a_file_that_cannot_be_read_is_named_and_ends_with_2(command, path, here):
    done = run(command, path, cwd=here)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"edexql: cannot read {path}: ".replace("\x1b", "\\x1b"))
    assert done.err[:-1].isprintable()


@pytest.mark.parametrize(
    ("command", "day"),
    [(command, "2019-02-29") for command in ("compile", "check", "explain", "decompile", "fetch", "vocabulary")]
    + [("compile", day) for day in ("yesterday", "", "\x1b[31m")],
)
def test_a_today_that_is_no_day_ends_with_2(command, day):
    words = [] if command == "vocabulary" else ["-e", QUERY]
    done = run(command, *words, "--today", day)
    assert (done.code, done.out) == (2, "")
    assert "--today" in done.err
    assert done.err[:-1].isprintable()


# compile


def test_compile_writes_exactly_the_request_of_the_seed():
    done = run("compile", "-e", QUERY)
    assert (done.code, done.err) == (0, "")
    assert json.dumps(json.loads(done.out)).encode() == WIRE


def test_compile_puts_the_address_where_the_seed_has_it():
    assert run("compile", "--compact", "-e", QUERY_WITH_EMAIL) == (0, f"{WIRE_WITH_EMAIL.decode()}\n", "")


def test_compile_reads_files_standard_input_and_texts_alike(here):
    one = run("compile", "good.edq", cwd=here)
    assert run("compile", "-", stdin=QUERY) == run("compile", "-e", QUERY) == one


def test_compile_writes_a_document_for_each_query(here):
    (here / "second.edq").write_text("date 2018")
    words = ["good.edq", "-", "second.edq", "-e", "date 2021", "-e", "date 2022"]
    done = run("compile", "-q", "--compact", *words, stdin="date 2020", cwd=here)
    assert done.code == 0
    dates = [json.loads(line)["date"][0][0] for line in done.out.splitlines()]
    assert dates == ["2019-05-01", "2020-01-01", "2018-01-01", "2021-01-01", "2022-01-01"]


def test_a_bad_file_does_not_stop_the_others(here):
    done = run("compile", "-q", "--compact", "bad.edq", "good.edq", "-e", "logic 1", "-e", QUERY, cwd=here)
    assert done.code == 1
    assert done.out.encode() == (WIRE + b"\n") * 2
    assert "bad.edq:1:1" in done.err
    assert "<-e>:1:7" in done.err


def test_warnings_are_told_beside_the_result_and_can_be_silenced(here):
    told, silent = (run("compile", "warned.edq", *words, cwd=here) for words in ([], ["-q"]))
    assert told.code == silent.code == 0
    assert told.out == silent.out
    assert "W601" in told.err
    assert silent.err == ""


def test_errors_cannot_be_silenced(here):
    done = run("compile", "-q", "bad.edq", cwd=here)
    assert (done.code, done.out) == (1, "")
    assert "did you mean `product fai-lv1-hdf5-images`?" in done.err
    assert "did you mean `logic 1 AND 2`?" in done.err


def test_parameters_are_set_from_outside():
    text = "let first = 2019-05-01; product fai-lv1-hdf5-images; date $first..$last; fai has-data; logic 1 AND 2"
    words = ["compile", "--compact", "-e", text, "-D", "last=2019-05-03"]
    assert json.loads(run(*words).out)["date"] == [["2019-05-01", "2019-05-03"]]
    assert json.loads(run(*words, "-D", "first=2019-05-02").out)["date"] == [["2019-05-02", "2019-05-03"]]


def test_a_parameter_that_is_not_set_is_an_error():
    done = run("compile", "-e", "product fai-lv1-hdf5-images; date $day")
    assert (done.code, done.out) == (1, "")
    assert "`$day`" in done.err
    assert "-D day=" in done.err


@pytest.mark.parametrize("value", ["day", "=2019", "", " = "])
def test_a_parameter_without_name_or_value_is_wrong_usage(value):
    done = run("compile", "-e", QUERY, "-D", value)
    assert (done.code, done.out) == (2, "")
    assert "NAME=VALUE" in done.err


def test_a_value_of_a_parameter_is_not_more_of_the_query():
    done = run("compile", "-e", "product fai-lv1-hdf5-images; date $day", "-D", "day=2019-05-01; fai has-data")
    assert (done.code, done.out) == (1, "")


def test_today_ends_what_is_open():
    text = "product fai-lv1-hdf5-images; date 2019; logic NOT 1"
    done = run("compile", "--compact", "-e", text, "--today", "2022-03-04")
    assert json.loads(done.out)["date"] == [["2013-09-29", "2018-12-31"], ["2020-01-01", "2022-03-04"]]


def test_today_is_only_written_in_the_form_it_is_asked_in():
    # Newer versions of Python read more forms: a script must not work on one machine and fail on another.
    assert run("compile", "-e", QUERY, "--today", "20220304").code == 2


def test_text_is_the_same_query_in_its_canonical_form(here):
    done = run("compile", "-q", "--to", "text", "warned.edq", cwd=here)
    assert done.code == 0
    assert done.out.startswith("product fai-lv1-hdf5-images\n")
    assert run("compile", "-q", "-", stdin=done.out).out == run("compile", "-q", "warned.edq", cwd=here).out


def test_python_and_curl_are_for_the_real_service_unless_another_is_given():
    script, command = (run("compile", "--to", to, "-e", QUERY_WITH_EMAIL).out for to in ("python", "curl"))
    assert "https://api.edex.phys.ucalgary.ca/api_fetch_data" in script
    assert "https://edex.phys.ucalgary.ca/api_prepare_report" in script
    assert command.rstrip().endswith("https://api.edex.phys.ucalgary.ca/api_fetch_data")
    words = ["compile", "--to", "python", "-e", QUERY_WITH_EMAIL, "--service", "https://example.org/edex/"]
    script = run(*words).out
    assert "'https://example.org/edex/api_fetch_data'" in script
    assert "'https://example.org/edex/api_prepare_report'" in script
    ast.parse(script)


# The vocabulary that queries are compiled with


def test_an_unconfirmed_spelling_is_warned_of_once_until_a_file_confirms_it(tmp_path):
    (tmp_path / "mine.json").write_text('{"fields": [{"name": "kp", "confirmed": true, "source": "my own request"}]}')
    before = run("compile", "-e", STORM)
    after = run("compile", "-e", STORM, "--vocabulary", "mine.json", cwd=tmp_path)
    assert before.err.count("W601") == 1
    assert "--vocabulary" in run("check", "-e", STORM).out
    assert (after.code, after.err) == (0, "")
    assert after.out == before.out


def test_a_vocabulary_changes_spellings_and_adds_names_and_a_later_one_wins(tmp_path):
    (tmp_path / "a.json").write_text('{"fields": [{"name": "kp", "wire": "Kp_A"}], "products": [{"name": "new"}]}')
    (tmp_path / "b.json").write_text('{"fields": [{"name": "kp", "wire": "Kp_B"}]}')
    words = ["compile", "-q", "--compact", "-e", "product new; kp 5..6", "--vocabulary", "a.json"]
    assert '"product": ["new"], "Kp_A": [[5, 6]]' in run(*words, cwd=tmp_path).out
    assert '"Kp_B": [[5, 6]]' in run(*words, "--vocabulary", "b.json", cwd=tmp_path).out


BROKEN_VOCABULARIES = {
    "empty": b"",
    "not JSON": b"products: [fai]",
    "cut off": b'{"products": [',
    "not UTF-8": b'{"products": [{"name": "\xff"}]}',
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "a text": b'"products"',
    "null": b"null",
    "an unknown section": b'{"product": []}',
    "a section that is no list": b'{"products": 5}',
    "names alone": b'{"products": ["a"]}',
    "an entry without a name": b'{"products": [{"wire": "a"}]}',
    "a name that is no text": b'{"products": [{"name": 7}]}',
    "a spelling that is no text": b'{"products": [{"name": "fai-lv1-hdf5-images", "wire": null}]}',
    "a key that is no text": b'{"instruments": [{"name": "fai", "wire": []}]}',
    "a date key that is no text": b'{"date": {"wire": 5}}',
    "aliases that are no list": b'{"products": [{"name": "a", "aliases": 5}]}',
    "values without names": b'{"instruments": [{"name": "fai", "values": [5]}]}',
    "tags without names": b'{"experiments": {"groups": [{"name": "x", "tags": [1]}]}}',
    "experiments that are a number": b'{"experiments": 5}',
    "a launch that is no time": b'{"mission": {"launch": "once"}}',
    "a mission that is a list": b'{"mission": []}',
    "a bound that is no number": b'{"fields": [{"name": "kp", "low": "x"}]}',
    "units that are a list": b'{"fields": [{"name": "kp", "units": ["nT"]}]}',
    "a shape that there is not": b'{"fields": [{"name": "kp", "shape": "blob"}]}',
    "a period of nothing": b'{"fields": [{"name": "kp", "period": 0}]}',
    "a doubtful confirmation": b'{"fields": [{"name": "kp", "confirmed": "no"}]}',
}


@pytest.mark.parametrize("case", BROKEN_VOCABULARIES)
def test_a_broken_vocabulary_is_named_and_ends_with_2(case, tmp_path):
    (tmp_path / "mine.json").write_bytes(BROKEN_VOCABULARIES[case])
    done = run("compile", "-e", STORM, "--vocabulary", "mine.json", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("edexql: mine.json")
    assert done.err[:-1].isprintable()


@pytest.mark.parametrize("command", ["check", "explain", "decompile", "vocabulary", "fetch"])
def test_a_vocabulary_that_is_not_there_ends_every_command_with_2(command, tmp_path):
    words = [] if command == "vocabulary" else ["-e", QUERY]
    done = run(command, *words, "--vocabulary", "missing.json", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "missing.json" in done.err


# check


def test_check_finds_nothing_wrong_with_the_seed_s_query(here):
    assert run("check", "good.edq", cwd=here) == (0, "", "1 query checked: nothing found\n")


def test_check_shows_each_mistake_with_its_line_and_the_way_out(here):
    done = run("check", "bad.edq", cwd=here)
    assert done.code == 1
    assert (
        done.out
        == f"""\
error[E301]: unknown statement, instrument or field `prodcut`
 --> bad.edq:1:1
  |
1 | {MISTAKEN}
  | ^^^^^^^
  = help: did you mean `product fai-lv1-hdf5-images`?

error[E206]: unknown operator `ADN`
 --> bad.edq:1:69
  |
1 | {MISTAKEN}
  | {" " * 68}^^^
  = help: did you mean `logic 1 AND 2`?

"""
    )
    assert done.err == "1 query checked: 2 errors\n"


def test_check_counts_over_all_files(here):
    done = run("check", "good.edq", "bad.edq", "warned.edq", "-", stdin="logic 1 ADN", cwd=here)
    assert done.code == 1
    assert done.err.startswith("4 queries checked: ")
    assert all(name in done.out for name in ("bad.edq:1:", "warned.edq:1:", "<stdin>:1:"))
    assert "good.edq" not in done.out


def test_warnings_alone_are_fine_unless_check_is_strict(here):
    words = ["check", "warned.edq"]
    assert [run(*words, *more, cwd=here).code for more in ([], ["--strict"], ["-q"], ["-q", "--strict"])] == [
        0,
        1,
        0,
        0,
    ]
    assert run(*words, "-q", cwd=here).out == ""


FINDINGS = 'date 2019 # é😀\nproduct "😀😀"; fai has-dat; kp 5..\r\nlogic 1 ADN ('


def test_json_has_the_fields_that_were_promised(here):
    (here / "odd.edq").write_bytes(FINDINGS.encode())
    done = run("check", "--output", "json", "odd.edq", "bad.edq", cwd=here)
    assert (done.code, done.err) == (1, "")
    found = json.loads(done.out)
    assert {entry["file"] for entry in found} == {"odd.edq", "bad.edq"}
    assert {entry["severity"] for entry in found} == {"error", "warning"}
    for entry in found:
        assert set(entry) >= {"code", "severity", "message", "file", "start", "end", "help", "fix"}
        assert entry["severity"] == ("warning" if entry["code"].startswith("W") else "error")
        assert entry["message"]
        assert entry["help"] is None or entry["help"]
        assert_place(entry)
        if entry["fix"] is not None:
            assert set(entry["fix"]) == {"start", "end", "text"}
            assert_place(entry["fix"])
    assert any(entry["fix"] is None for entry in found)
    fixes = {entry["fix"]["text"] for entry in found if entry["fix"]}
    assert fixes >= {"has-data", "AND", "product"}


def assert_place(entry):
    start, end = (tuple(place.values()) for place in (entry["start"], entry["end"]))
    assert list(entry["start"]) == ["line", "column", "offset", "utf16"]
    assert (1, 1, 0, 0) <= start <= end


def test_json_counts_columns_in_code_points_and_the_end_is_exclusive(here):
    (here / "odd.edq").write_bytes(b"\xef\xbb\xbf" + FINDINGS.encode())
    found = {entry["code"]: entry for entry in json.loads(run("check", "--output", "json", "odd.edq", cwd=here).out)}
    assert places(found["E303"]) == [(2, 19), (2, 26)]
    assert places(found["E206"]) == places(found["E206"]["fix"]) == [(3, 9), (3, 12)]
    assert found["E206"]["fix"]["text"] == "AND"
    text = FINDINGS.splitlines(keepends=True)
    for entry in found.values():
        for (line, column), place in zip(places(entry), (entry["start"], entry["end"]), strict=True):
            before = "".join(text[: line - 1]) + text[line - 1][: column - 1]
            assert place["offset"] == len(before)
            assert place["utf16"] == len(before.encode("utf-16-le")) // 2
    assert any(entry["start"]["offset"] != entry["start"]["utf16"] for entry in found.values())


def places(entry):
    """Line and column of the start and the end."""
    return [(place["line"], place["column"]) for place in (entry["start"], entry["end"])]


def test_json_of_nothing_found_is_an_empty_array():
    done = run("check", "--output", "json", "-e", QUERY)
    assert (done.code, json.loads(done.out), done.err) == (0, [], "")


def test_sarif_is_what_code_hosts_read(here):
    done = run("check", "--output", "sarif", "bad.edq", "warned.edq", cwd=here)
    assert (done.code, done.err) == (1, "")
    log = json.loads(done.out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (sarif_run,) = log["runs"]
    driver = sarif_run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("edexql", edexql.__version__)
    assert sarif_run["columnKind"] == "unicodeCodePoints"
    results = sarif_run["results"]
    assert [result["ruleId"] for result in results] == ["E301", "E206", "W601"]
    assert [result["level"] for result in results] == ["error", "error", "warning"]
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] in ("bad.edq", "warned.edq")
        assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert min(place["region"].values()) >= 1
    assert results[1]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 69,
        "endLine": 1,
        "endColumn": 72,
    }
    (change,) = results[1]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "bad.edq"}
    assert change["replacements"][0]["insertedContent"] == {"text": "AND"}
    assert "fixes" not in results[2]


def test_sarif_of_nothing_found_is_a_run_without_results():
    log = json.loads(run("check", "--output", "sarif", "-e", QUERY).out)
    assert log["runs"][0]["results"] == []


def test_sarif_shows_where_the_bracket_was_opened():
    log = json.loads(run("check", "--output", "sarif", "-e", "date 2019\nfai has-data\nlogic (1 AND\n  2").out)
    (result,) = [found for found in log["runs"][0]["results"] if found["level"] == "error"]
    places = [*result["locations"], *result.get("relatedLocations", [])]
    regions = [place["physicalLocation"]["region"] for place in places]
    assert {"startLine": 3, "startColumn": 7} in [{k: r[k] for k in ("startLine", "startColumn")} for r in regions]


def test_sarif_writes_a_name_as_an_address(here):
    (here / "my query#1.edq").write_text(MISTAKEN)
    log = json.loads(run("check", "--output", "sarif", "my query#1.edq", cwd=here).out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20query%231.edq"


def test_plain_is_one_line_for_each_finding(here):
    done = run("check", "--output", "plain", "bad.edq", cwd=here)
    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "bad.edq:1:1: error[E301] unknown statement, instrument or field `prodcut` "
        "(did you mean `product fai-lv1-hdf5-images`?)\n"
        "bad.edq:1:69: error[E206] unknown operator `ADN` (did you mean `logic 1 AND 2`?)\n"
    )


def test_github_gets_its_workflow_commands(here):
    (here / "a,b:c%.edq").write_text(MISTAKEN)
    done = run("check", "--output", "github", "a,b:c%.edq", cwd=here)
    assert (done.code, done.err) == (1, "")
    second = done.out.splitlines()[1]
    place = "file=a%2Cb%3Ac%25.edq,line=1,endLine=1,col=69,endColumn=72"
    assert second == f"::error {place},title=edexql E206::unknown operator `ADN`%0Adid you mean `logic 1 AND 2`?"


@pytest.mark.parametrize("output", ["terminal", "plain", "json", "sarif", "github"])
def test_no_output_passes_on_what_a_terminal_would_act_on(output, here):
    name = "\x1b]0;x\x07\u202e\r.edq"
    (here / name).write_text('# \x1b[2J\nproduct "\x1b[31m\u202e"; fai \x9b\x00; experiment "\x1b]0;" > "\x07"\n')
    done = run("check", "--output", output, name, cwd=here)
    assert done.code == 1
    unwanted = {c for c in done.out + done.err if not c.isprintable() and c != "\n"}
    assert unwanted == set()


# check --fix


def test_fix_makes_the_certain_changes_and_reports_the_rest(here):
    path = here / "bad.edq"
    path.write_text(f"{MISTAKEN}\n# kept\nkp >= 6 knots\n")
    done = run("check", "--fix", "bad.edq", cwd=here)
    assert done.code == 1
    assert path.read_text() == (
        "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2\n# kept\nkp >= 6 knots\n"
    )
    assert "knots" in done.out
    assert "E301" not in done.out
    assert "E206" not in done.out
    assert done.err.startswith("fixed bad.edq\n")


def test_after_a_fix_that_leaves_nothing_the_end_is_good(here):
    done = run("check", "--fix", "bad.edq", cwd=here)
    assert (done.code, done.out) == (0, "")
    assert run("compile", "--compact", "bad.edq", cwd=here).out.encode() == WIRE + b"\n"


def test_fix_keeps_mode_link_byte_order_mark_and_line_ends(here):
    path, link = here / "bad.edq", here / "link.edq"
    path.write_bytes(b"\xef\xbb\xbf" + MISTAKEN.replace("; ", "\r\n").encode() + b"\r\n# \xc3\xa9 \xf0\x9f\x98\x80")
    path.chmod(0o640)
    link.symlink_to("bad.edq")
    assert run("check", "--fix", "-q", "link.edq", cwd=here).code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + QUERY_ON_LINES + b"\r\n# \xc3\xa9 \xf0\x9f\x98\x80"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert link.readlink().name == "bad.edq"


QUERY_ON_LINES = b"product fai-lv1-hdf5-images\r\ndate 2019-05-01\r\nfai has-data\r\nlogic 1 AND 2"


@pytest.mark.parametrize("words", [["check", "--fix"], ["fmt"]])
def test_a_file_is_replaced_as_a_whole_and_nothing_is_left_behind(words, here):
    # Whoever has the old file open still reads all of it: there is no moment at which it is half written.
    text = f"prodcut   fai-lv1-hdf5-images  # {'long ' * 9999}\n"
    if words == ["fmt"]:
        text = text.replace("prodcut", "product")
    (here / "bad.edq").write_text(text)
    with (here / "bad.edq").open() as old:
        run(*words, "bad.edq", cwd=here)
        assert old.read() == text
    assert (here / "bad.edq").read_text() != text
    assert sorted(os.listdir(here)) == ["bad.edq", "good.edq", "warned.edq"]


@pytest.mark.parametrize("words", [["check", "--fix"], ["fmt"]])
def test_a_file_that_needs_nothing_is_not_touched(words, here):
    path = here / "good.edq"
    path.write_text("product fai-lv1-hdf5-images\ndate 2019-05-01\n")
    before = path.stat()
    assert run(*words, "good.edq", cwd=here).code == 0
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_without_fix_check_changes_nothing(here):
    run("check", "bad.edq", cwd=here)
    assert (here / "bad.edq").read_text() == MISTAKEN


def test_fix_of_standard_input_and_texts_prints_them():
    expected = f"{MISTAKEN.replace('prodcut', 'product').replace('ADN', 'AND')}\n"
    assert run("check", "--fix", "-", stdin=MISTAKEN).out == expected
    assert run("check", "--fix", "-e", MISTAKEN).out == expected


def test_fix_leaves_bytes_that_are_not_utf_8_alone(here):
    data = b"prodcut fai-lv1-hdf5-images # \xff\n"
    (here / "bad.edq").write_bytes(data)
    done = run("check", "--fix", "bad.edq", cwd=here)
    assert done.code == 1
    assert "E209" in done.out
    assert (here / "bad.edq").read_bytes() == data


@pytest.mark.parametrize("words", [["check", "--fix"], ["fmt"], ["fmt", "--check"], ["fmt", "--diff"]])
def test_what_is_said_of_a_file_escapes_its_name(words, here):
    (here / "\x1b[31m.edq").write_text("prodcut   fai-lv1-hdf5-images" if "--fix" in words else "date   2019")
    done = run(*words, "\x1b[31m.edq", cwd=here)
    assert "\\x1b[31m.edq" in done.out + done.err
    assert "\x1b" not in done.out + done.err


# fmt

LOOSE = "# two Novembers\r\nfai   has-data;DATE 2018-11,2017-11\r\nlogic 1 & (2|!3)   # why"
LAID_OUT = "# two Novembers\nfai has-data\ndate 2018-11, 2017-11\nlogic 1 AND (2 OR NOT 3)  # why\n"


def test_fmt_rewrites_files_in_place(here):
    (here / "loose.edq").write_bytes(b"\xef\xbb\xbf" + LOOSE.encode())
    done = run("fmt", "loose.edq", cwd=here)
    assert done == (0, "", "reformatted loose.edq\n")
    assert (here / "loose.edq").read_bytes() == LAID_OUT.encode()
    assert run("fmt", "loose.edq", cwd=here) == (0, "", "")


def test_fmt_keeps_mode_and_link(here):
    (here / "loose.edq").write_text(LOOSE)
    (here / "loose.edq").chmod(0o604)
    (here / "link.edq").symlink_to(here / "loose.edq")
    assert run("fmt", "link.edq", cwd=here).code == 0
    assert (here / "loose.edq").read_text() == LAID_OUT
    assert stat.S_IMODE((here / "loose.edq").stat().st_mode) == 0o604
    assert (here / "link.edq").is_symlink()


def test_fmt_prints_standard_input_and_texts():
    assert run("fmt", "-", stdin=LOOSE) == run("fmt", "-e", LOOSE) == (0, LAID_OUT, "")


def test_fmt_check_only_tells(here):
    (here / "loose.edq").write_text(LOOSE)
    (here / "tidy.edq").write_text(LAID_OUT)
    done = run("fmt", "--check", "loose.edq", "tidy.edq", cwd=here)
    assert done == (1, "", "would reformat loose.edq\n")
    assert (here / "loose.edq").read_text() == LOOSE.replace("\r\n", "\n")
    assert run("fmt", "--check", "tidy.edq", cwd=here) == (0, "", "")


def test_fmt_diff_shows_what_would_change(here):
    (here / "loose.edq").write_text("date   2019\nfai has-data")
    (here / "tidy.edq").write_text(LAID_OUT)
    done = run("fmt", "--diff", "loose.edq", "tidy.edq", cwd=here)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        "--- loose.edq",
        "+++ loose.edq (formatted)",
        "@@ -1,2 +1,2 @@",
        "-date   2019",
        "-fai has-data",
        "\\ No newline at end of file",
        "+date 2019",
        "+fai has-data",
    ]
    assert (here / "loose.edq").read_text() == "date   2019\nfai has-data"
    assert run("fmt", "--diff", "tidy.edq", cwd=here) == (0, "", "")


def test_fmt_leaves_a_file_it_cannot_read_and_goes_on_to_the_next(here):
    (here / "broken.edq").write_text("date  2019; logic ((1")
    (here / "loose.edq").write_text(LOOSE)
    done = run("fmt", "broken.edq", "loose.edq", cwd=here)
    assert (done.code, done.out) == (1, "")
    assert "broken.edq:1:" in done.err
    assert (here / "broken.edq").read_text() == "date  2019; logic ((1"
    assert (here / "loose.edq").read_text() == LAID_OUT


# explain

EXPLAINED = "product fai-lv1-hdf5-images; fai has-data; later: date 2018-11, 2017-11; logic 1 AND (2 OR NOT 3)"


def test_explain_shows_both_numbers_of_every_constraint():
    done = run("explain", "-e", EXPLAINED, "--today", "2020-01-01")
    # All of November 2018 is outside November 2017.
    assert (done.code, done.err.count("warning"), done.err.count("W616")) == (0, 1, 1)
    rows = [line.split() for line in done.out.splitlines() if line[:1].isdigit()]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert "1 AND (2 OR NOT 3)" in done.out
    assert "later" in done.out
    assert '["2018-11-01", "2018-11-30"]' in done.out


def test_explain_as_json_has_everything_for_other_programs():
    done = run("explain", "-e", EXPLAINED, "--today", "2020-01-01", "--output", "json")
    explained = json.loads(done.out)
    wire = json.loads(run("compile", "--compact", "-e", EXPLAINED, "--today", "2020-01-01").out)
    # The numbers that explain tells are those of the request, element by element.
    elements = [element for key in ("date", "fai") for element in wire[key]]
    for constraint in explained["constraints"]:
        for sent in constraint["sent"]:
            assert [elements[number - 1] for number in sent["wire_numbers"]] == sent["wire_values"]
    assert [(c["number"], c["label"]) for c in explained["constraints"]] == [(1, None), (2, "later"), (3, "later")]
    assert [c["text"] for c in explained["constraints"]] == ["fai has-data", "date 2018-11", "date 2017-11"]
    assert [c["sent"][0]["negated"] for c in explained["constraints"]] == [False, False, True]
    assert explained["logic"]["written"] == "1 AND (2 OR NOT 3)"
    assert explained["logic"]["default"] is None
    assert explained["logic"]["sent"] == wire["query-logic"]
    assert explained["residual"] is None
    assert explained["products"] == wire["product"]


def test_explain_prints_the_logic_that_was_not_written():
    text = "product fai-lv1-hdf5-images; date 2018-11, 2017-11; fai has-data"
    explained = json.loads(run("explain", "-e", text, "--output", "json").out)
    assert explained["logic"]["written"] is None
    assert explained["logic"]["default"] == "(1 OR 2) AND 3"
    assert "(1 OR 2) AND 3" in run("explain", "-e", text).out


def test_explain_tells_what_stays_behind():
    text = "product fai-lv1-hdf5-images; date 2019-05-01T16:00..T17:00"
    explained = json.loads(run("explain", "-q", "-e", text, "--output", "json").out)
    (period,) = explained["residual"]["periods"]
    assert (period["start"], period["end"] - period["start"]) == (1556726400, 3601)
    assert "2019-05-01T16:00:00..2019-05-01T17:00:00" in run("explain", "-q", "-e", text).out


def test_explain_of_a_mistake_is_the_mistake(here):
    done = run("explain", "bad.edq", cwd=here)
    assert (done.code, done.out) == (1, "")
    assert "E206" in done.err


# decompile


@pytest.mark.parametrize("text", [json.dumps(PARAMETERS), json.dumps(PARAMETERS, indent=2), repr(PARAMETERS), SCRIPT])
def test_decompile_reads_json_python_and_whole_scripts(text):
    done = run("decompile", "-", stdin=text)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\nlogic 1 AND 2\nemail youremail@example.ca\n"
    )
    assert run("compile", "--compact", "-", stdin=done.out).out.encode() == WIRE_WITH_EMAIL + b"\n"


def test_decompile_reads_its_own_script_back():
    script = run("compile", "--to", "python", "-e", QUERY_WITH_EMAIL).out
    text = run("decompile", "-", stdin=script).out
    assert run("compile", "--compact", "-", stdin=text).out.encode() == WIRE_WITH_EMAIL + b"\n"


def test_decompile_reads_scripts_and_never_runs_them(tmp_path):
    script = f"open({str(tmp_path / 'ran')!r}, 'w')\n{SCRIPT}"
    assert run("decompile", "-", stdin=script).code == 0
    assert not (tmp_path / "ran").exists()


def test_decompile_of_several_goes_on_after_a_bad_one(tmp_path):
    (tmp_path / "bad.json").write_text('{"date": [[')
    (tmp_path / "good.json").write_bytes(WIRE)
    done = run("decompile", "bad.json", "good.json", cwd=tmp_path)
    assert done.code == 1
    assert done.out.startswith("product fai-lv1-hdf5-images\n")
    assert "bad.json:1:12" in done.err


NO_PARAMETERS = [
    *("", "[]", "7", "null", '"date"', "import os", "PARAMS = {}", "date 2019", '{"product": ', "{'product': x}"),
    *("\0", "(" * 9999, "[" * 100_000, '{"query-logic": 5}'),
    '{"query-logic": " ( 1 ", "date": [["2019-05-01", "2019-05-01"]]}',
]


@pytest.mark.parametrize("text", NO_PARAMETERS)
def test_decompile_of_anything_else_says_why_not(text):
    done = run("decompile", "-", stdin=text)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error[E")


def test_decompile_does_not_pass_over_bytes_that_are_not_utf_8():
    done = run("decompile", "-", stdin=b'{"product": ["\xff"], "date": [["2019-05-01", "2019-05-01"]]}')
    assert (done.code, done.out) == (1, "")
    assert "E209" in done.err


# vocabulary


def test_vocabulary_lists_everything_and_says_what_is_confirmed():
    done = run("vocabulary")
    assert (done.code, done.err) == (0, "")
    heads = [line for line in done.out.splitlines() if line and not line.startswith(" ")]
    assert heads == ["products:", "fields:", "experiments:"]
    marks = {line.split()[0]: line.split()[1] for line in done.out.splitlines() if line.startswith("  fai-lv1")}
    assert marks == {"fai-lv1-hdf5-images": "confirmed", "fai-lv1-png-images": "unconfirmed"}


def listed(*words):
    done = run("vocabulary", *words, "--output", "json")
    assert done.code == 0, done.err
    return {(entry["section"], entry["name"]): entry for entry in json.loads(done.out)}


def test_vocabulary_can_be_narrowed_to_a_section_and_a_word():
    everything = listed()
    for section in ("products", "fields", "experiments"):
        assert listed(section) == {key: entry for key, entry in everything.items() if key[0] == section}
    assert {("fields", "magnetic-latitude"), ("fields", "magnetic-longitude")} <= set(listed("fields", "MAGNETIC"))
    assert all(section == "fields" for section, _ in listed("fields", "magnetic"))
    assert ("experiments", '"Point of Interest" > "Fort McMurray Fire"') in listed("mcmurray")


def test_vocabulary_offers_what_people_think_in():
    names = {name for section, name in listed("fields") if section == "fields"}
    assert names >= {
        "kp",
        "ap",
        "dst",
        "ae",
        "latitude",
        "longitude",
        "altitude",
        "yaw",
        "pitch",
        "roll",
        "fai has-data",
    }


def test_vocabulary_without_a_match_says_so():
    done = run("vocabulary", "products", "nosuchthing\x1b")
    assert (done.code, done.out) == (1, "")
    assert "nosuchthing\\x1b" in done.err


def test_vocabulary_shows_the_entries_of_a_file(tmp_path):
    (tmp_path / "mine.json").write_text('{"products": [{"name": "mine", "title": "my \\u001b[31mproduct"}]}')
    done = run("vocabulary", "mine", "--vocabulary", "mine.json", cwd=tmp_path)
    assert done.out == "products:\n  mine  unconfirmed  my \\x1b[31mproduct\n"


# Streams, terminals, interrupts


def test_a_reader_that_has_had_enough_is_no_error():
    done = run_shell('set -o pipefail; edexql vocabulary | head -1; echo "${PIPESTATUS[@]}"')
    assert (done.out, done.err) == ("products:\n0 0\n", "")


def test_a_closed_pipe_is_quiet_even_when_much_is_written():
    done = run_shell('seq 20000 | sed "s/^/date 2019 # /" | edexql fmt - | head -1; echo "${PIPESTATUS[@]: -2}"')
    assert (done.out, done.err) == ("date 2019  # 1\n0 0\n", "")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("edexql compile -e 'date 2019' -q >/dev/full", "No space left on device"),
        ("edexql vocabulary >/dev/full", "No space left on device"),
        ("edexql --help >/dev/full", "No space left on device"),
        ("edexql compile -e 'date 2019' -q >&-", ""),
        ("edexql compile - <&-", ""),
    ],
)
def test_a_stream_that_cannot_be_used_is_told_in_one_line(command, says):
    done = run_shell(command)
    assert done.code in (1, 2)
    assert done.err.startswith("edexql: ")
    assert done.err.count("\n") == 1
    assert says in done.err


def test_closed_standard_error_does_not_lose_the_result():
    done = run_shell(f"edexql compile --compact -e '{STORM}' 2>&-")
    assert done.code == 0
    assert json.loads(done.out)["kp"] == [[5, 9], [0, 8]]


def test_an_interrupt_while_reading_ends_with_130_and_without_noise(here):
    waiting = subprocess.Popen(
        [EDEXQL, "check", "--fix", "bad.edq", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=here,
        env=environment(),
    )
    # It says so when the first file is done; then it waits for standard input, where nothing comes.
    assert waiting.stderr.readline() == b"fixed bad.edq\n"
    # A signal that comes in the moment before the read is seen after it: then a user presses Ctrl-C again.
    for _ in range(PATIENCE // 5):
        waiting.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            waiting.wait(5)
            break
    out, err = waiting.communicate(timeout=PATIENCE)
    assert (waiting.returncode, out, err) == (130, b"", b"edexql: interrupted\n")


def test_colour_is_for_terminals_only(here):
    on_terminal = run_on_terminal("check", str(here / "bad.edq"))
    assert on_terminal.code == 1
    assert "\x1b[1;31merror[E206]\x1b[0m" in on_terminal.out
    piped = run("check", "bad.edq", cwd=here)
    assert "\x1b" not in piped.out
    plain = on_terminal.out.replace(str(here / "bad.edq"), "bad.edq")
    assert without_colour(plain) == piped.out


def without_colour(text):
    for style in ("1;31", "1;33", "34", "36", "32", "1", "0"):
        text = text.replace(f"\x1b[{style}m", "")
    return text


@pytest.mark.parametrize(
    ("words", "changes", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_left_out_where_it_is_not_wanted(words, changes, coloured):
    done = run_on_terminal("check", "-e", MISTAKEN, *words, **changes)
    assert ("\x1b[" in done.out) is coloured
    assert "did you mean" in done.out


def test_colour_can_be_had_in_a_pipe_by_asking():
    assert "\x1b[1;31m" in run("check", "-e", MISTAKEN, "--color", "always").out


def test_each_stream_is_coloured_for_itself():
    done = run_on_terminal("compile", "-e", STORM, streams=("stderr",))
    assert "\x1b[1;33mwarning[W601]\x1b[0m" in done.err
    assert json.loads(done.out)["kp"] == [[5, 9], [0, 8]]
    done = run_on_terminal("compile", "-e", STORM, streams=("stdout",))
    assert "\x1b" not in done.out + done.err
    assert "W601" in done.err


@pytest.mark.parametrize("command", ["compile", "explain", "fetch", "decompile", "fmt"])
def test_results_go_to_standard_output_and_all_else_to_standard_error(command):
    words = ["--dry-run"] if command == "fetch" else []
    # What a dictionary has beside a query cannot be kept, and is warned of.
    text = '{"date": [["2019-05-01", "2019-05-01"]], "result_filenames": ["a.zip"], "query-logic": " ( 1 ) "}'
    done = run(command, "-e", text if command == "decompile" else STORM, *words)
    assert done.code == 0
    assert done.out
    assert "warning" not in done.out
    assert ("warning" in done.err) is (command != "fmt")


# Locales that cannot say everything

EMOJI = '# é😀\nproduct "é😀"\ndate 2019\nlogic 1\n'
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "words",
    [
        ["compile"],
        ["compile", "--to", "text"],
        ["compile", "--to", "python"],
        ["compile", "--to", "curl"],
        ["check"],
        ["check", "--output", "plain"],
        ["check", "--output", "json"],
        ["check", "--output", "sarif"],
        ["check", "--output", "github"],
        ["explain"],
        ["explain", "--output", "json"],
        ["fetch", "--dry-run"],
    ],
)
def test_a_locale_that_cannot_say_it_all_is_no_reason_to_crash(words, tmp_path):
    (tmp_path / "odd.edq").write_text(EMOJI, encoding="utf-8")
    done = run(*words, "odd.edq", cwd=tmp_path, **ASCII)
    assert done.code == 0, done.err
    assert "W601" in done.out + done.err


# The second is what a pipe is on Windows.
@pytest.mark.parametrize("changes", [ASCII, {"PYTHONIOENCODING": "latin-1"}])
def test_query_text_is_written_as_utf_8_whatever_the_locale(changes):
    # A query is UTF-8 by definition: a formatter in a pipe must not change what the text says.
    done = run("fmt", "-", stdin=EMOJI, **changes)
    assert done == (0, EMOJI, "")


@pytest.mark.parametrize("to", ["text", "python", "curl"])
def test_what_other_programs_read_means_the_same_in_every_locale(to, tmp_path):
    words = ["compile", "-q", "--to", to, "-"]
    here, there = run(*words, stdin=EMOJI), run(*words, stdin=EMOJI, **ASCII)
    if to == "python":
        here, there = (run("decompile", "-q", "-", stdin=done.out) for done in (here, there))
    assert there == here


def test_a_query_in_the_command_is_read_as_utf_8_whatever_the_locale():
    text = 'product fai-lv1-hdf5-images; raw "x" ["é😀"]; date 2019; logic 1 AND 2'
    here, there = (run("compile", "-q", "-e", text, **changes) for changes in ({}, ASCII))
    assert json.loads(here.out)["x"] == ["é😀"]
    assert there == here


def test_bytes_in_the_command_that_are_not_utf_8_are_told_with_their_place():
    done = run("compile", "-e", b'product "\xff"; date 2019')
    assert (done.code, done.out) == (1, "")
    assert "E209" in done.err


def test_bytes_in_a_file_that_are_not_utf_8_are_told_with_their_offset(tmp_path):
    (tmp_path / "bad.edq").write_bytes(b'\xef\xbb\xbf# \xc3\xa9\nproduct "\xff\xfe"; date 2019')
    done = run("check", "--output", "json", "bad.edq", cwd=tmp_path)
    (found,) = [entry for entry in json.loads(done.out) if entry["code"] == "E209"]
    assert places(found)[0] == (2, 10)
    assert "17" in found["message"] + (found["help"] or "")


def test_a_file_whose_name_is_not_utf_8_is_read_like_any_other(tmp_path):
    name = b"\xff.edq"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(MISTAKEN.encode())
    for output in ("terminal", "plain", "json", "sarif", "github"):
        done = run("check", "--output", output, name, cwd=tmp_path)
        assert done.code == 1
        assert "E206" in done.out


def test_completion_prints_a_script_for_each_shell():
    scripts = {shell: run("completion", shell) for shell in ("bash", "zsh", "fish")}
    assert {(done.code, done.err) for done in scripts.values()} == {(0, "")}
    assert all("edexql" in done.out for done in scripts.values())
    assert BIN not in scripts["bash"].out


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["product fai-*; date 2019"], "'product fai-*; date 2019'"),
        (["kp >= 5"], "'kp >= 5'"),
        (["product", "fai-lv1-hdf5-images"], "'date 2019-05-01; kp >= 3'"),
    ],
)
def test_a_query_in_the_place_of_its_file_is_told_where_it_stands(words, text):
    done = run("check", *words)
    why = "No such file or directory; a query itself stands behind -e, in quotes"
    said = f"edexql: cannot read {words[0]}: {why}: -e {text}"
    assert done.code == 2
    assert done.err.splitlines()[0] == said
    assert "-e" not in run("check", "../no such file.edq", "a=b.edq").err


# Unconfirmed spellings

UNCONFIRMED = "product fai-lv1-hdf5-images; date 2019; fai has-data; kp >= 5; mlt 3..4; dst < -50; eclipse umbra"
COUNTED = "warning[W601]: 5 of 8 spellings are unconfirmed: kp, mlt, dst, eclipse, umbra"
WAYS_OUT = " (`check` shows each)\n"


@pytest.mark.parametrize("command", [("compile",), ("explain",), ("fetch", "--dry-run"), ("request", "--dry-run")])
def test_unconfirmed_spellings_are_one_line(command):
    words = [*command, *(["--email", "a@b.ca"] if command[0] == "request" else [])]
    done = run(*words, "-e", UNCONFIRMED)
    assert done.code == 0
    assert [line + "\n" for line in done.err.splitlines() if "W601" in line] == [COUNTED + WAYS_OUT]
    assert run(*words, "--all-warnings", "-e", UNCONFIRMED).err.count("eDEx may spell it differently") == 5
    assert "W601" not in run(*words, "--allow", "W601", "-e", UNCONFIRMED).err


def test_check_shows_each_unconfirmed_spelling():
    assert run("check", "-e", UNCONFIRMED).out.count("warning[W601]: unconfirmed ") == 5
    found = json.loads(run("check", "--output", "json", "-e", UNCONFIRMED).out)
    assert [
        one["message"].removeprefix("unconfirmed ").partition(":")[0] for one in found if one["code"] == "W601"
    ] == [
        "field `kp`",
        "field `mlt`",
        "field `dst`",
        "field `eclipse`",
        "value of eclipse `umbra`",
    ]


def test_unconfirmed_spellings_of_several_queries_are_one_line_and_many_are_cut_short():
    done = run(
        "compile", "-e", "product fai-lv1-hdf5-images; date 2019; kp 5", "-e", "product fai-lv1-hdf5-images; mlt 3"
    )
    assert [line for line in done.err.splitlines() if "W601" in line] == [
        "warning[W601]: 2 spellings are unconfirmed: kp, mlt" + WAYS_OUT.rstrip()
    ]
    done = run("compile", "-e", "product *; date 2019")
    (line,) = [line for line in done.err.splitlines() if "W601" in line]
    assert re.search(r"spellings are unconfirmed: (?:[^,]+, ){7}[^,]+ and \d+ more \(", line)
    done = run("compile", "-e", "product fai-lv1-hdf5-images; kp 5; date 2019-02-30")
    assert done.err.endswith("warning[W601]: 1 of 2 spellings is unconfirmed: kp" + WAYS_OUT)


def test_unconfirmed_spellings_are_told_of_once_a_session():
    lines = "product fai-lv1-hdf5-images; kp 5\nmlt 3\nexplain\ndst < -50\n"
    done = run("repl", stdin=lines)
    assert [line for line in done.err.splitlines() if "W601" in line] == [
        "warning[W601]: 1 of 2 spellings is unconfirmed: kp" + WAYS_OUT.rstrip()
    ]
    done = run("repl", "--all-warnings", stdin=lines)
    assert done.err.count("warning[W601]: unconfirmed field") >= 4


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("mlt", "mlt: magnetic local time, "),
        ("lat", "latitude: geographic latitude of the spacecraft\n"),
        ("fai", "fai: Fast Auroral Imager\n"),
        ("fai-lv1-hdf5-images", "fai-lv1-hdf5-images: FAI level 1 images, "),
        ("E206", "E206\n"),
        ("date", "Periods\n"),
        ("fetch", "usage: edexql fetch "),
    ],
)
def test_help_knows_the_words_of_the_language_and_of_the_vocabulary(word, first):
    done = run("help", word)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(first)


def test_help_shows_the_pages_as_plain_text():
    """The pages are Markdown: comments for programs and addresses of links are of no use on a terminal."""
    shown = [page(word, COMMAND_LINE) or "" for word in ("verbs", *TOPICS, *CODES)]
    assert all("<!--" not in text and "](" not in text for text in shown)
    assert "What eDEx cannot say." in (page("date", COMMAND_LINE) or "")


def test_help_shows_the_tables_of_the_pages_in_columns():
    shown = [page(word, COMMAND_LINE) or "" for word in ("verbs", *TOPICS, *CODES)]
    assert [line for text in shown for line in text.splitlines() if line.startswith("|") or "---|" in line] == []
    lines = shown[0].splitlines()
    head = next(line for line in lines if line.startswith("  verb "))
    column = head.index("what it does")
    assert all(f"  {name:{column - 2}}{verb.summary}" in lines for name, verb in verbs_of(PROMPT).items())


def test_help_on_what_there_is_not_says_where_to_look():
    assert run("help", "nosuch").err == (
        "edexql: no help for `nosuch`; `edexql help` lists the commands, `edexql vocabulary` the names\n"
    )


def test_help_on_a_verb_of_the_prompt_says_where_it_is_typed():
    done = run("help", "results")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("usage: results [")
    assert "is a verb of the prompt" in done.out


def test_a_command_ends_with_all_that_waits_for_its_end():
    words = [sys.executable, "-c"]
    code = "import atexit, sys\nfrom edexql.cli import main\n{}\n"
    code += "sys.argv = ['edexql', 'compile', '--quiet', '-e', 'kp 5']\nmain()"
    after = subprocess.run(
        [*words, code.format("atexit.register(print, 'the end')")], capture_output=True, text=True, check=True
    )
    assert after.stdout.endswith("}\nthe end\n")
    code += "\nprint('not reached')"
    # Where Python buffers what is written, as it does unless it is told otherwise.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    alone = subprocess.run([*words, code.format("")], capture_output=True, text=True, check=True, env=buffered)
    assert alone.stdout + "the end\n" == after.stdout
    watched = [sys.executable, "-m", "cProfile", "-m", "edexql", "compile", "-e", "kp 5"]
    assert "function calls" in subprocess.run(watched, capture_output=True, text=True, check=True).stdout
