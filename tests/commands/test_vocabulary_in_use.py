"""Every verb takes the vocabulary in use, by its option, its configuration and EDEXQL_VOCABULARY; none ignores it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commands import run
from edexql.commands.parser import parser_of
from edexql.commands.registry import COMMAND_LINE, implementation, program, verbs, verbs_of

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Finished

DAY = "2014-05-03"
FILE = f"zz_{DAY}_1.dat"
VOCABULARY = {
    "replace": True,
    "keep": ["fields/kp", "fields/altitude"],
    "mission": {"name": "Zeta", "launch": "2014-01-01"},
    "files": {"times": [r"_(?P<day>\d{4}-\d\d-\d\d)_"]},
    "satellites": [{"name": "zeta"}],
    "products": [{"name": "zz-data", "title": "Zeta data", "instrument": "zin", "names": "zz_.*"}],
    "instruments": [{"name": "zin", "title": "the one", "values": [{"name": "has-data"}]}],
    "fields": [{"name": "zeal", "title": "zeal of the satellite", "unit": "m", "low": 0, "high": 10}],
}
QUERY = f"product zz-data; date {DAY}; zeal > 5"
ARCHIVE = "the vocabulary has no archive of Zeta"
SERVICE = "no service that lists files of Zeta"
LOCAL = ("--catalogue", "catalogue")
# What each verb is told, beside the vocabulary, and what it says that it could not say without; a verb with several
# actions has several. `catalogue ingest` is run before.
CASES: dict[str, list[tuple[tuple[str, ...], str]]] = {
    "repl": [(("--catalogue", "catalogue"), "1 file")],
    "help": [(("zeal",), "zeal of the satellite")],
    "compile": [(("-e", QUERY), '"zeal": ['), (("--to", "curl", "-e", QUERY), SERVICE)],
    "check": [(("-e", QUERY), "1 query checked: nothing found")],
    "fmt": [],
    "compare": [(("-e", QUERY, "-e", "zeal > 6"), "zeal")],
    "explain": [(("-e", QUERY), "zeal")],
    "decompile": [(("query.json",), "zeal 5..10")],
    "vocabulary": [(("fields",), "zeal of the satellite"), (("update",), "all in its own file")],
    "fetch": [(("--local", *LOCAL, "-e", QUERY), FILE), (("-e", QUERY), SERVICE)],
    "select": [(("--output", "json", "listing.edqs"), '"start": "2014-05-03')],
    "request": [(("-e", QUERY, "--email", "a@b.example"), SERVICE)],
    "download": [((FILE,), ARCHIVE)],
    "browse": [(("2014",), ARCHIVE)],
    "availability": [((DAY, "--local", *LOCAL), "ZIN"), ((DAY,), "no archive of Zeta")],
    "influence": [((*LOCAL, "-e", QUERY), "zeal > 5")],
    "why": [((FILE, *LOCAL, "-e", QUERY), "zeal > 5")],
    "plot": [(("panels", *LOCAL, "-e", QUERY), "zeta: zeal")],
    "timeline": [((*LOCAL, "-e", QUERY), "zin")],
    "config": [(("archive",), "vocabulary")],
    "doctor": [(("--offline",), "that of Zeta")],
    "catalogue": [
        (("files", *LOCAL), "zz-data"),
        (("simulate", *LOCAL), "that of the package"),
        (("ingest", "--suggest-mapping", "zeal.csv"), '"zeal"'),
        (("info", *LOCAL), "zeal"),
    ],
    "serve": [((), "there is no sample catalogue of this mission")],
    "workbench": [((), "there is no sample catalogue of this mission")],
}
# Verbs that name nothing of a mission: they work on links, on files that are there, and on layouts of text.
WITHOUT = {"fmt", "unpack", "continue", "retry", "completion"}
# An action that is like them: it writes what the manifest of an export has.
ACTIONS_WITHOUT = {"views"}

VERBS = verbs()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the vocabulary, a catalogue of one file, and what the verbs read."""
    folder = tmp_path_factory.mktemp("zeta")
    (folder / "own.json").write_text(json.dumps(VOCABULARY), encoding="utf-8")
    (folder / "archive").mkdir()
    (folder / "archive" / FILE).write_bytes(b"")
    (folder / "zeal.csv").write_text(f"time,zeal\n{DAY}T00:00:00,7\n{DAY}T12:00:00,3\n")
    mapping = {"time": "time", "holds": 43200, "columns": {"zeal": "zeal"}, "satellite": "zeta"}
    (folder / "zeal.json").write_text(json.dumps(mapping))
    (folder / "query.json").write_text('{"product": ["zz-data"], "zeal": [[5, 10]], "query-logic": " 1 "}')
    for words in (("archive",), ("--mapping", "zeal.json", "zeal.csv")):
        done = told(folder, "catalogue", "ingest", *LOCAL, *words)
        assert done.code == 0, done.err
    done = told(folder, "fetch", "--local", *LOCAL, "-e", QUERY, "--save", "listing.edqs")
    assert done.code == 0, done.err
    return folder


def told(folder: Path, *words: str, **changes: str) -> Finished:
    return run(
        *words,
        cwd=folder,
        stdin=f"{QUERY}\n",
        **{"EDEXQL_STATE": str(folder / "state"), **changes, "EDEXQL_VOCABULARY": "own.json"},
    )


def test_each_verb_of_the_command_line_is_tried_here() -> None:
    assert set(CASES) | WITHOUT == set(verbs_of(COMMAND_LINE))
    assert [name for name, cases in CASES.items() if not cases] == ["fmt"]


@pytest.mark.parametrize(("verb", "words", "expected"), [(verb, *case) for verb in CASES for case in CASES[verb]])
@pytest.mark.parametrize("way", ["variable", "option", "configuration"])
def test_a_verb_uses_the_vocabulary(folder: Path, verb: str, words: tuple[str, ...], expected: str, way: str) -> None:
    changes: dict[str, str | None] = {"EDEXQL_STATE": str(folder / "state")}
    if way == "variable":
        changes["EDEXQL_VOCABULARY"] = "own.json"
    elif way == "option":
        words = (*words, "--vocabulary", "own.json")
    else:
        (folder / "config.toml").write_text(f'[paths]\nvocabulary = ["{folder / "own.json"}"]\n', encoding="utf-8")
        changes["EDEXQL_CONFIG"] = str(folder / "config.toml")
    done = run(verb, *words, cwd=folder, stdin=f"{QUERY}\n", **changes)
    assert expected in done.out + done.err, (done.out, done.err)


def actions(verb: str) -> list[object]:
    parser = parser_of(implementation(VERBS[verb]), program(VERBS[verb], COMMAND_LINE))
    choices = next((one.choices for one in parser._actions if isinstance(one.choices, dict)), None)
    return [one for name, one in choices.items() if name not in ACTIONS_WITHOUT] if choices else [parser]


@pytest.mark.parametrize("verb", sorted(set(CASES) - WITHOUT))
def test_a_verb_has_the_option(verb: str) -> None:
    for parser in actions(verb):
        assert "--vocabulary" in parser.format_help()
