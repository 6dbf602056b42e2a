"""Warnings that are allowed: in the text, on the command line, in the configuration and in Python, all together."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edexql
from commands import run
from edexql.compiler.editing import entered
from edexql.compiler.request import Setting, compilation, meaning
from edexql.language.diagnostics.codes import CODES
from edexql.language.diagnostics.suppressions import WARNINGS, Suppression, suppressions_in
from edexql.language.lexer import tokenize
from edexql.language.source import Source
from edexql.repl.execution import act
from edexql.repl.session import Session
from edexql.repl.state import in_memory
from strategies import TODAY, program_texts, programs, seeds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.diagnostics import Diagnostic
    from strategies import Program

# W601 for Kp, and W609 for what is never used.
QUERY = "product fai-lv1-hdf5-images\ndate 2019-05-01\nkp >= 3\nlet least = 3\n"
DICTIONARY = '{"fai": ["has-data"], "date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( 1 AND 2 ) "}'


@pytest.fixture
def alone(tmp_path):
    """An environment in which nobody has configured anything."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "EDEXQL_CONFIG": None, "EDEXQL_CHECK_ALLOW": None}


def codes(text: str, allow: Iterable[str] = ()) -> list[str]:
    return [found.code for found in edexql.check(text, today=TODAY, allow=allow)]


def checked(*words, **environment):
    """The codes that `edexql check --strict` gives, and its exit code."""
    done = run("check", "--strict", "--output", "json", *words, **environment)
    return [found["code"] for found in json.loads(done.out or "[]")], done.code


def said(found: Iterable[Diagnostic]) -> list[tuple[object, ...]]:
    return [(one.code, one.message, one.span, one.notes, one.help, edit(one)) for one in found]


def edit(found: Diagnostic) -> object:
    """The fix of a finding, whatever a comment within it allows."""
    return found.fix and (found.fix.span, re.sub("# e(dq|qd): allow W6[0-9]+", "#", found.fix.text))


# In the text


def test_without_a_word_both_warnings_are_given():
    assert codes(QUERY) == ["W601", "W609"]


@pytest.mark.parametrize(
    "comment",
    [
        "# edq: allow W601",
        "#edq:allow w601",
        "#\tEDQ:  Allow W601,",
        "# edq: allow , W601 ,, W605",
        "# edq: allow W605 W601",
        "# edq: allow W601  -- asked for, W609 is not meant",
        "# edq: allow W601 --for W609",
        "# edq: allow W601 # and not W609",
        "# edq: allow W601# and not W609",
    ],
)
def test_a_comment_allows_a_warning_wherever_it_stands(comment):
    assert codes(f"{comment}\n{QUERY}") == ["W609"]
    assert codes(f"{QUERY}{comment}") == ["W609"]
    assert codes(QUERY.replace("-05-01\n", f"-05-01 {comment}\n")) == ["W609"]
    assert codes(QUERY.replace("\n", f"  {comment}\r\n")) == ["W609"]
    assert codes(f"{QUERY}logic 1 AND {comment}\n 2") == ["W609"]


def test_several_comments_allow_what_each_of_them_does():
    assert codes(f"# edq: allow W601\n{QUERY}# edq: allow W609\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "# a word about edq: allow W601\n",
        "## edq: allow W601\n",
        "# edq : allow W601\n",
        "# edql: allow W601\n",
        'raw "note" ["# edq: allow W601"]\n',
        'experiment "# edq: allow W601" > "x"\n',
        'raw "note" ["\\"# edq: allow W601"]\n',
    ],
)
def test_other_comments_and_texts_in_quotes_allow_nothing(text):
    assert "W601" in codes(text + QUERY)
    assert "W623" not in codes(text + QUERY)


def test_to_allow_what_is_not_given_is_no_mistake():
    assert codes(f"{QUERY}# edq: allow W604, W612, W613\n") == ["W601", "W609"]


def test_the_formatter_keeps_it():
    assert codes(edexql.format(f"# edq: allow W601\n{QUERY}  # edq: allow W609")) == []


# What cannot be meant


@pytest.mark.parametrize(
    ("comment", "words", "help"),
    [
        ("# edq: alow W601", ["alow"], "did you mean `allow`?"),
        ("# edq: ignore W601", ["ignore"], "write it as `# edq: allow W601`"),
        ("# edq: allow", ["allow"], "write it as `# edq: allow W601`"),
        ("# edq: allow -- W601", ["allow"], "write it as `# edq: allow W601`"),
        ("# edq:", ["# edq:"], "write it as `# edq: allow W601`"),
        ("# edq: # allow W601", ["# edq:"], "write it as `# edq: allow W601`"),
        ("# edq: allow W0605", ["W0605"], "did you mean `W605`?"),
        ("# edq: allow w9", ["w9"], f"warning codes are W601 to {WARNINGS[-1]}"),
        ("# edq: allow E206, X99", ["E206", "X99"], "correct the error"),
        (
            "# edq: allow because it is so",
            ["because"],
            f"warning codes are W601 to {WARNINGS[-1]}; write a reason after ` -- `",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_place(comment, words, help):
    text = f"{QUERY}{comment}\n"
    found = [one for one in edexql.check(text, today=TODAY) if one.code == "W623"]
    assert [text[one.span.start : one.span.end] for one in found] == words
    assert found[0].help == help
    assert {"W601", "W609"} <= set(codes(text))


def test_what_is_right_beside_a_slip_counts():
    assert codes(f"{QUERY}# edq: allow W999, W601 W9\n") == ["W609", "W623", "W623"]
    assert codes(f"{QUERY}# edq: allow W601 so that W609 is seen\n") == ["W609", "W623"]


def test_errors_are_never_allowed():
    text = "prodcut fai-lv1-hdf5-images  # edq: allow E301"
    assert "E301" in codes(text)
    setting = Setting(today=TODAY, allow=frozenset(CODES))
    for found in (compilation(Source(text), setting).diagnostics, meaning(Source(text), setting)[1]):
        assert [one.code for one in found] == ["E301"]


def test_the_warning_about_slips_can_be_allowed_too():
    assert codes(f"{QUERY}# edq: allow W623, W999\n# edq: alow\n") == ["W601", "W609"]
    assert codes(f"{QUERY}# edq: alow\n", ["W623"]) == ["W601", "W609"]


def test_a_slip_in_the_keyword_is_mended(tmp_path):
    (tmp_path / "q.edq").write_text(f"# edq: alow W601\n{QUERY}")
    done = run("check", "--fix", "--output", "plain", "q.edq", cwd=tmp_path)
    assert (tmp_path / "q.edq").read_text().startswith("# edq: allow W601\n")
    assert "W601" not in done.out
    assert "W609" in done.out


# On the command line, in the configuration, in Python


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([], ["W601", "W609"]),
        (["--allow", "W601"], ["W609"]),
        (["--allow=w609"], ["W601"]),
        (["--allow", "W601", "--allow", "W609"], []),
        (["--allow", "W609,W601"], []),
        (["--allow", "W609, w601 W605"], []),
        (["--allow", "W612"], ["W601", "W609"]),
    ],
)
def test_an_option_allows(words, left, alone):
    assert checked("-e", QUERY, *words, **alone) == (left, int(bool(left)))


@pytest.mark.parametrize("output", ["terminal", "plain", "json", "sarif", "github"])
def test_no_output_has_what_is_allowed(output, alone):
    done = run("check", "--output", output, "--allow", "W601", "-e", QUERY, **alone)
    assert "W601" not in done.out
    assert "W609" in done.out


COMMANDS = [
    ["compile"],
    ["compile", "--to", "sql"],
    ["explain"],
    ["fetch", "--dry-run"],
    ["fetch", "--local"],
    ["influence"],
    ["timeline"],
    ["why", "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_that_compiles_has_the_option(words, alone):
    assert "W609" in run(*words, "-e", QUERY, **alone).err
    done = run(*words, "--allow", "W609", "-e", QUERY, **alone)
    assert done.code == 0, done.err
    assert "W609" not in done.err


def test_what_is_said_of_a_dictionary_can_be_allowed(alone):
    assert "W611" in run("decompile", "-e", DICTIONARY, **alone).err
    assert run("decompile", "--allow", "W611", "-e", DICTIONARY, **alone).err == ""
    assert "W611" in run("repl", stdin=f"{DICTIONARY}\n", **alone).err
    assert "W611" not in run("repl", "--allow", "W611", stdin=f"{DICTIONARY}\n", **alone).err


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("W0605", "`W0605` is not the code of a warning: did you mean `W605`?"),
        ("E206", "`E206` is the code of an error, and errors cannot be suppressed"),
        ("W601,all", "`all` is not the code of a warning"),
        ("\x1b[31m", "`\\x1b[31m` is not the code"),
    ],
)
def test_an_option_or_setting_that_cannot_be_meant_is_wrong_usage(word, told, tmp_path, alone):
    done = run("check", "--allow", word, "-e", QUERY, **alone)
    assert (done.code, done.out) == (2, "")
    assert f"edexql: --allow: {told}" in done.err
    assert run("repl", "--allow", word, **alone).code == 2
    done = run("check", "-e", QUERY, **{**alone, "EDEXQL_CHECK_ALLOW": word})
    assert (done.code, done.out) == (2, "")
    assert f"EDEXQL_CHECK_ALLOW must be a list of codes of warnings ({told}" in done.err
    (tmp_path / "own.toml").write_text(f"[check]\nallow = {json.dumps([word])}\n")
    done = run("compile", "-e", QUERY, **{**alone, "EDEXQL_CONFIG": str(tmp_path / "own.toml")})
    assert (done.code, done.out) == (2, "")
    assert f"own.toml:2: allow must be a list of codes of warnings ({told}" in done.err


@pytest.mark.parametrize("value", ['"W601"', "601", "[601]", "true", "{}"])
def test_a_setting_that_is_no_list_is_told(value, tmp_path, alone):
    (tmp_path / "own.toml").write_text(f"[check]\nallow = {value}\n")
    done = run("check", "-e", QUERY, **{**alone, "EDEXQL_CONFIG": str(tmp_path / "own.toml")})
    assert done.code == 2
    assert "allow must be a list of codes of warnings" in done.err


def test_the_configuration_allows_and_a_variable_wins_over_the_file(tmp_path, alone):
    path = tmp_path / "config" / "edexql" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[check]\nallow = ["w601"]\n')
    assert checked("-e", QUERY, **alone) == (["W609"], 1)
    first, _ = run("config", "check", **alone).out.splitlines()
    assert first == f'check.allow   ["W601"]  {path}:2'
    variable = {**alone, "EDEXQL_CHECK_ALLOW": "W609 W605"}
    assert checked("-e", QUERY, **variable) == (["W601"], 1)
    first, _ = run("config", "check", **variable).out.splitlines()
    assert first == 'check.allow   ["W605", "W609"]  EDEXQL_CHECK_ALLOW'


def test_what_each_of_the_three_allows_is_allowed(tmp_path, alone):
    alone["EDEXQL_CHECK_ALLOW"] = "W601"
    query = "date 2060-01-01\nkp >= 3\nlet least = 3\n"
    assert checked("-e", query, **alone) == (["W607", "W605", "W609"], 1)
    assert checked("-e", f"{query}# edq: allow W605", "--allow", "W607", **alone) == (["W609"], 1)


def test_python_allows_with_a_list_of_codes():
    assert codes(QUERY, ("W601",)) == ["W609"]
    assert codes(QUERY, iter(["w601", "W609"])) == []
    assert codes(QUERY, "W601, W609") == []
    assert edexql.compile(QUERY, allow=["W601", "W609"]).diagnostics == ()
    assert [one.code for one in edexql.explain(QUERY, allow=["W601"]).diagnostics] == ["W609"]
    for wrong in ("W999", "E201", "W"):
        with pytest.raises(ValueError, match=wrong):
            edexql.check(QUERY, allow=(wrong,))


# In the REPL


def repl(text, *words, **changes):
    done = run("repl", *words, stdin=text, **changes)
    assert done.code == 0, done.err
    return done


def test_the_repl_allows_what_it_was_started_with(alone):
    assert "W601" in repl(QUERY, **alone).err
    assert repl(QUERY, "--allow", "W601", **alone).err == ""
    assert repl(QUERY, **{**alone, "EDEXQL_CHECK_ALLOW": "W601"}).err == ""
    checks = f"{QUERY}check --strict --output plain\n"
    assert "W609" not in repl(checks, "--allow", "W601", "--allow", "W609", **alone).out


def test_an_option_of_a_verb_adds_to_those_of_the_session(alone):
    done = repl(f"{QUERY}check --output plain --allow W609\ncheck --output plain\n", "--allow", "W601", **alone)
    assert done.out.count("W609") == 1
    assert "W601" not in done.out


def test_a_file_that_is_opened_allows(tmp_path, alone):
    (tmp_path / "q.edq").write_text(f"{QUERY}# edq: allow W601, W609\n")
    assert (
        repl("open q.edq\ncheck --strict\nkp <= 2\n", cwd=tmp_path, **alone).err == "1 query checked: nothing found\n"
    )
    assert repl("check --strict\n", "q.edq", cwd=tmp_path, **alone).err == "1 query checked: nothing found\n"


def test_a_line_that_allows_belongs_to_the_query_and_gives_no_answer(alone):
    done = repl(f"# edq: allow W601, W609\n{QUERY}# another\nset answer none\nshow --text\n", **alone)
    assert done.err == ""
    assert done.out.startswith("product  fai-lv1-hdf5-images\n")
    assert "\n# edq: allow W601, W609\nproduct fai-lv1-hdf5-images\n" in done.out
    assert "# another" not in done.out
    assert repl(f"# edq: allow W0605\n{QUERY}", **alone).err.count("warning[W623]") == 1
    assert repl(f"{QUERY}# edq: allow W0605\n", **alone).err.count("warning[W623]") == 1


def test_a_whole_query_on_one_line_keeps_what_was_allowed_before(alone):
    one_line = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3; let least = 3"
    assert repl(f"# edq: allow W601\n# edq: allow W609\n{one_line}\n", **alone).err == ""
    # Another query has warnings of its own.
    assert "W601" in repl(f"# edq: allow W601\n{one_line}\n{one_line}\n", **alone).err


def test_a_comment_at_the_prompt_is_kept_and_gives_no_answer(capsys):
    options = Namespace(color="never", service=None, catalogue=None, today=None, vocabulary=[], values=[])
    session = Session(in_memory(), options, interactive=False)
    assert act(session, "# edq: allow W601") == 0
    assert act(session, "# why") == 0
    assert capsys.readouterr() == ("", "")
    assert act(session, "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3") == 0
    assert capsys.readouterr().err == ""
    assert session.current.text.splitlines()[:2] == ["# edq: allow W601", "# why"]


@given(program_texts(), st.sampled_from(["# a\n", "# a\n\n# b\n", "\n# a"]))
def test_a_query_that_is_typed_behind_comments_stands_behind_them(text, comments):
    edited = entered(comments, text)
    assume(edited.whole)
    assert edited.text == edexql.format(edexql.format(comments) + text)
    for piece in edited.pieces:
        assert edited.draft[piece.start :] == text[piece.typed_start : piece.typed_end]


# Whatever the query


@given(programs(), seeds, st.data())
def test_a_comment_takes_away_the_diagnostics_of_its_code_and_changes_nothing_else(
    program: Program, seed: int, data: st.DataObject
) -> None:
    gaps = gaps_of(program, seed)
    assume(gaps)
    gap = data.draw(st.sampled_from(gaps))
    # A comment of the same length that allows nothing, so that all places stay.
    before = with_comment(program, seed, gap, "# eqd: allow W601")
    found = edexql.check(before, today=TODAY)
    code = data.draw(st.sampled_from(sorted({one.code for one in found if not one.is_error}) or ["W601"]))
    after = with_comment(program, seed, gap, f"# edq: allow {code}")
    assert len(after) == len(before)
    assert said(edexql.check(after, today=TODAY)) == said(one for one in found if one.code != code)
    assert said(edexql.check(before, today=TODAY, allow=[code])) == said(one for one in found if one.code != code)
    setting = Setting(today=TODAY)
    plain, allowing = (compilation(Source(text), setting) for text in (before, after))
    assert allowing.lowered == plain.lowered
    assert allowing.resolved.query == plain.resolved.query
    done, other = (meaning(Source(text), setting)[1] for text in (after, before))
    assert said(done) == said(one for one in other if one.code != code)


def gaps_of(program: Program, seed: int) -> list[int]:
    """Which of the comments that a text of a query asks for it really has."""
    asked = count()
    text = program.text(seed, comments=lambda: f"#@{next(asked)}@")
    return [int(found) for found in re.findall(r"#@(\d+)@", text)]


def with_comment(program: Program, seed: int, gap: int, comment: str) -> str:
    """A text of a query with a comment in every gap, that in one of them being the one given."""
    asked = count()
    return program.text(seed, comments=lambda: comment if next(asked) == gap else "# -")


words = st.sampled_from(
    ["allow", "Allow", "alow", "W601", "w605", "W6", "E206", "--", "#", ",", " ", "\t", "why", "edq:"]
)


@given(st.lists(words | st.text(max_size=4), max_size=8), st.sampled_from(["", " ", ",", "  "]))
def test_whatever_stands_in_such_a_comment_is_read_or_told_of(parts, between):
    comment = f"# edq:{between.join(parts)}"
    assume(not set(comment) & {"\n", "\r"})
    text = f"{QUERY}{comment}"
    found = list(suppressions_in(tokenize(text)))
    assert found
    for one in found:
        assert len(QUERY) <= one.span.start < one.span.end <= len(text)
        word = text[one.span.start : one.span.end]
        if isinstance(one, Suppression):
            assert one.code == word.upper()
            assert one.code in CODES
        else:
            message, help, fix = one.diagnosis()
            assert message.isprintable()
            assert help.isprintable()
            assert fix is None or (fix.span, fix.text) == (one.span, "allow")
    edexql.check(text, today=TODAY)
