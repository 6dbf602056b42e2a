"""Every example of the language reference and of the page of diagnostics does what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest

import edexql
from edexql.language.diagnostics.codes import CODES
from edexql.model.vocabulary import snapshot
from literate import (
    TODAY,
    Block,
    Example,
    Row,
    blocks,
    codes_of_parameters,
    codes_of_query,
    content,
    rows,
    sections,
    setting,
)
from places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGE = ROOT / "docs" / "language.md"
DIAGNOSTICS = ROOT / "docs" / "diagnostics.md"
RESULTS = {"json", "text explain", "text format", "text codes"}


def examples() -> list[Example]:
    """The queries of the language reference, each with the result that stands directly under it."""
    page = blocks(LANGUAGE)
    following = [*page[1:], None]
    found = []
    for block, after in zip(page, following, strict=True):
        if block.language == "edq":
            has_result = after is not None and after.follows and after.info in RESULTS
            found.append(Example(block, after if has_result else None))
    return found


def titled(block: Block) -> str:
    return f"line {block.line}"


@pytest.mark.parametrize("example", examples(), ids=lambda example: titled(example.query))
def test_an_example_of_the_language_reference_does_what_is_said(example: Example) -> None:
    query, options = content(example.query), setting(example.query)
    if example.result is None:
        edexql.compile(query, **options)
    elif example.result.info == "json":
        sent = edexql.compile(query, **options).parameters
        assert json.dumps(sent) == json.dumps(json.loads(example.result.text))
    elif example.result.info == "text explain":
        assert f"{edexql.explain(query, **options)}\n" == example.result.text
    elif example.result.info == "text format":
        assert edexql.format(query) == example.result.text
    else:
        assert codes_of_query(example.query) == example.result.text.split()


@pytest.mark.parametrize("row", rows(LANGUAGE), ids=lambda row: f"line {row.line}: {row.written}")
def test_a_row_of_the_language_reference_shows_what_is_sent(row: Row) -> None:
    request = edexql.compile(f"product fai-lv1-hdf5-images\n{row.written}", today=TODAY)
    values = [v for key, v in request.parameters.items() if key not in ("product", "result_filenames", "query-logic")]
    assert values == [json.loads(f"[{row.sent}]")]
    assert (request.residual and str(request.residual)) == row.applied


def test_the_language_reference_shows_no_result_without_its_query() -> None:
    results = [example.result for example in examples()]
    assert [titled(b) for b in blocks(LANGUAGE) if b.info in RESULTS and b not in results] == []


def test_the_language_reference_lists_every_field_with_its_unit() -> None:
    lines = LANGUAGE.read_text("utf-8").splitlines()
    listed: dict[str, str] = {}
    for line in takewhile(bool, lines[lines.index("| geophysical | unit | | spacecraft | unit |") + 2 :]):
        left, left_unit, _, right, right_unit = (cell.strip() for cell in line.strip("|").split("|"))
        for names, unit in ((left, left_unit), (right, right_unit)):
            # Other names of a field stand in parentheses.
            listed |= dict.fromkeys(re.findall(r"`([^`]+)`", re.sub(r"\(.*?\)", "", names)), unit)
    fields = filter(None, map(snapshot().field, snapshot().fields))
    assert listed == {field.name: field.unit or "" for field in fields}, (
        'mend the table of "Fields" in docs/language.md'
    )


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    found = [name for name in sections(DIAGNOSTICS) if re.fullmatch(r"[EW]\d\d\d", name)]
    assert found == list(CODES), "docs/diagnostics.md has a section for each code of diagnostics/codes.py, in its order"


def judged() -> list[object]:
    """The examples of the page of diagnostics, with their code and whether they are the bad ones."""
    return [
        pytest.param(block, id=f"{block.heading} {word}, line {block.line}")
        for block in blocks(DIAGNOSTICS)
        for word in ("bad", "good")
        if word in block.words
    ]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_bad_and_a_good_example(code: str) -> None:
    words = {word for block in blocks(DIAGNOSTICS) if block.heading == code for word in block.words}
    assert {"bad", "good"} <= words, f"{code} in docs/diagnostics.md: an `edq bad` and an `edq good` example"


@pytest.mark.parametrize("block", judged())
def test_an_example_of_a_diagnostic_gives_it_or_does_not(block: Block, tmp_path: Path) -> None:
    codes = found_in(block, tmp_path)
    errors = {code for code in codes if code.startswith("E")}
    if "good" in block.words:
        assert block.heading not in codes
        assert not errors
        return
    assert codes.count(block.heading) == 1
    # Doubts about spellings and missing parts are no news here; any other code would be.
    assert set(codes) - {block.heading, "W601", "W607"} == set()


def found_in(block: Block, tmp_path: Path) -> list[str]:
    if block.language == "json":
        return codes_of_parameters(block)
    if block.language == "python":
        # The page's own text: a query too long to be shown, as the expression that makes it.
        made = eval(block.text, {"__builtins__": {}}, {})
        return codes_of_query(Block("edq", made, block.line, block.heading, block.follows))
    return codes_of_query(block, vocabulary_of(block, tmp_path))


def vocabulary_of(block: Block, tmp_path: Path) -> Path | None:
    """The vocabulary file that the section of an example shows, if it shows one."""
    shown = [b for b in blocks(DIAGNOSTICS) if b.heading == block.heading and b.info == "json vocabulary"]
    if not shown:
        return None
    path = tmp_path / "vocabulary.json"
    path.write_text(shown[0].text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(b, id=f"{page.name} line {b.line}")
        for page in (LANGUAGE, DIAGNOSTICS)
        for b in blocks(page)
        if b.info == "console"
    ],
)
def test_a_session_of_a_page_goes_as_it_is_shown(session: Block, tmp_path: Path) -> None:
    for block in blocks(DIAGNOSTICS):
        if block.info.startswith("edq file="):
            (tmp_path / block.info.removeprefix("edq file=")).write_bytes(content(block))
    command, _, expected = session.text.removeprefix("$ edexql ").partition("\n")
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "edexql", *shlex.split(command)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout + done.stderr).strip("\n") == expected.strip("\n")
