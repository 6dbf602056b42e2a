"""The registry of verbs: each has all that a verb takes, none is left out, and each is told of where people look."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import edexql
from edexql.cli.completion import full_parser
from edexql.commands.help import entry, page
from edexql.commands.parser import parser_of
from edexql.commands.registry import (
    BOTH,
    COMMAND_LINE,
    PROMPT,
    Implementation,
    implementation,
    program,
    verb_named,
    verbs,
    verbs_of,
)
from edexql.language.tables import WORDS
from edexql.model.vocabulary import snapshot

SOURCE = Path(edexql.__file__).parent
ROOT = SOURCE.parents[1]
PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")

VERBS = verbs()


def functions_in(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_has_all_that_it_takes(name):
    verb = VERBS[name]
    done = implementation(verb)
    assert verb.summary
    assert set(verb.faces) <= {*BOTH}
    assert done.description.strip()
    assert name in done.example
    assert callable(done.run)
    assert parser_of(done, name).format_help().startswith(f"usage: {name} ")


@pytest.mark.parametrize("name", VERBS)
def test_the_help_of_a_verb_is_no_wider_than_the_terminal(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = parser_of(implementation(VERBS[name]), program(VERBS[name], PROMPT)).format_help()
    # An example stands on one line, to be copied.
    wide = [line.strip() for line in text.splitlines() if len(line) > 80]
    assert wide in ([], implementation(VERBS[name]).example.splitlines()[-1:])
    words = " ".join(implementation(VERBS[name]).description.split())
    assert words in " ".join(text.split())


def test_every_module_in_the_form_of_a_verb_is_registered():
    paths = [*(SOURCE / "commands").glob("*.py"), *(SOURCE / "cli").glob("*.py")]
    written = {f"{path.parent.name}.{path.stem}" for path in paths if functions_in(path) >= {"arguments", "run"}}
    registered = {verb.place for verb in VERBS.values() if ":" not in verb.place}
    assert written == registered, "each such module has a Verb in commands/registry.py, and each Verb such a module"


@pytest.mark.parametrize("path", sorted((SOURCE / "repl" / "verbs").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_verb_in_a_module_of_several_is_registered(path):
    module = import_module(f"edexql.repl.verbs.{path.stem}")
    written = {name for name, value in vars(module).items() if isinstance(value, Implementation)}
    places = [verb.place.partition(":") for verb in VERBS.values()]
    assert written == {name for place, _, name in places if place == f"repl.verbs.{path.stem}"}


def test_no_name_means_two_verbs_or_a_word_of_the_language():
    names = [*VERBS, *(other for verb in VERBS.values() for other in verb.other_names)]
    assert len(names) == len(set(names))
    assert not set(names) & {*WORDS}


def test_a_verb_is_found_by_each_of_its_names_in_any_case():
    assert verb_named("EXIT") == VERBS["quit"]
    assert verb_named("Compile") == VERBS["compile"]
    assert verb_named("nosuch") is None


@pytest.mark.parametrize("name", verbs_of(COMMAND_LINE))
def test_the_page_of_commands_tells_of_every_command(name):
    row = re.search(rf"^\|.*`edexql {name}\b.*`.* \|.+\|$", PAGE, re.MULTILINE)
    assert row, f"add a row of `edexql {name}` to docs/commands.md"


def test_shells_complete_every_command():
    (commands,) = (action for action in full_parser()._actions if action.dest == "command")
    assert set(commands.choices) == set(verbs_of(COMMAND_LINE))


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("face", BOTH)
def test_help_tells_of_a_verb_wherever_it_is_asked_for(name, face):
    verb = VERBS[name]
    text = page(name, face)
    assert text.startswith(f"usage: {program(verb, face)} ")
    assert ("is a verb of the prompt" in text) == (face == COMMAND_LINE and COMMAND_LINE not in verb.faces)
    assert ("is a command of the shell" in text) == (face == PROMPT and PROMPT not in verb.faces)


@pytest.mark.parametrize("word", ["logic", "E206", "kp", "fai", "fai-lv1-hdf5-images", "dates"])
def test_help_on_other_words_is_the_same_everywhere(word):
    vocabulary = snapshot()
    shown = page(word, COMMAND_LINE) or entry(word, vocabulary)
    assert shown is not None
    assert shown == (page(word, PROMPT) or entry(word, vocabulary))
