"""The options of verbs: each that several have is declared once, and they stand in any order with other words."""

from __future__ import annotations

import argparse
import ast
import random
from collections import Counter
from pathlib import Path

import pytest

import edexql
from commands import repl, run
from edexql.commands.parser import parser_of
from edexql.commands.plain_words import plain_options
from edexql.commands.registry import implementation, verbs
from tutorial import QUERY

SOURCE = Path(edexql.__file__).parent
SHARED = SOURCE / "commands" / "options.py"
# Words that mean something else to each of the two or three verbs that have them.
OWN = {"--again", "--days", "--dialect", "--from", "--list", "--local", "--save", "--to"}

VERBS = verbs()


def declared(path: Path) -> list[str]:
    """The options that a module declares, as often as it does."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    added = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"]
    words = [word.value for call in added for word in call.args if isinstance(word, ast.Constant)]
    return [word for word in words if word.startswith("-")]


def test_an_option_that_several_verbs_have_is_declared_once():
    shared = declared(SHARED)
    assert len(shared) == len(set(shared)) >= 20
    paths = [path for room in ("commands", "cli", "repl") for path in (SOURCE / room).rglob("*.py") if path != SHARED]
    others = Counter(word for path in paths for word in declared(path))
    # `compile --to` names a target, `serve --archive` a folder.
    again = {word for word in others if word in shared}
    assert again == {"--to", "--archive"}, "take the option from commands/options.py"
    twice = {word for word, times in others.items() if times > 1}
    assert twice == OWN, "declare the option once, in commands/options.py"
    assert max(others.values()) == 3


# Any order


def blocks_of(parser: argparse.ArgumentParser) -> tuple[list[list[str]], list[str]]:
    """Options of a parser that go together, each with its value, and other words that it takes."""
    exclusive = [action for group in parser._mutually_exclusive_groups for action in group._group_actions[1:]]
    options, others = [], []
    for action in parser._actions:
        if action.dest == "help" or action in exclusive or action.nargs == argparse.PARSER:
            continue
        value = str(next(iter(action.choices))) if action.choices else "7"
        if action.option_strings:
            word = action.option_strings[-1]
            options.append([word] if action.nargs == 0 else [word, value])
        else:
            others += [value] * (2 if action.nargs in ("*", "+") else 1)
    return options, others


def mixed(options: list[list[str]], others: list[str], order: random.Random) -> list[str]:
    """Options and other words in some order, the other words in theirs."""
    places = sorted(order.randrange(len(options) + 1) for _ in others)
    options = order.sample(options, len(options))
    words: list[str] = []
    for place in range(len(options) + 1):
        words += [word for word, at in zip(others, places, strict=True) if at == place]
        words += options[place] if place < len(options) else []
    return words


CASES = [(name, None) for name in VERBS if name != "catalogue"] + [
    ("catalogue", action)
    for action in (
        "ingest",
        "simulate",
        "info",
        "files",
        "sources",
        "faults",
        "unrecognised",
        "upgrade",
        "export",
        "views",
    )
]


@pytest.mark.parametrize(("name", "action"), CASES)
def test_the_words_behind_a_verb_mean_the_same_in_any_order(name, action):
    parser = parser_of(implementation(VERBS[name]), name)
    below = parser if action is None else next(one.choices for one in parser._actions if one.choices)[action]
    options, others = blocks_of(below)
    others = others if action is None else [action, *others]
    usual = vars(parser.parse_args([*others[:1], *(word for option in options for word in option), *others[1:]]))
    for seed in range(40):
        words = mixed(options, others, random.Random(seed))
        assert vars(parser.parse_args(words)) == usual, words


def test_the_actions_of_a_catalogue_are_those_that_were_mixed():
    parser = parser_of(implementation(VERBS["catalogue"]), "catalogue")
    assert {*next(one.choices for one in parser._actions if one.choices)} == {action for _, action in CASES if action}


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (["a", "-q", "b"], ["-q", "a", "b"]),
        (["a", "-qe", "text", "-"], ["-qe", "text", "a", "-"]),
        (["a", "-etext", "b"], ["-etext", "a", "b"]),
        (["a", "-D", "x=-1", "-DY=2", "b"], ["-D", "x=-1", "-DY=2", "a", "b"]),
        (["a", "-e", "-5", "b"], ["-e", "-5", "a", "b"]),
        (["a", "--to=curl", "b"], ["--to=curl", "a", "b"]),
        (["a", "--to", "curl", "--", "-q", "--", "b"], ["--to", "curl", "--", "a", "-q", "--", "b"]),
        (["a", "-x > 3", "-q"], ["-q", "a", "-x > 3"]),
        (["a", "-e", "-q > 3", "b"], ["-e", "-q > 3", "a", "b"]),
        (["a", "--nosuch", "b"], ["--nosuch", "a", "b"]),
        # A value is missing: nothing else is taken for it.
        (["a", "--to"], ["a", "--to"]),
        (["a", "-q", "--to", "--", "b"], ["-q", "--to", "--", "a", "b"]),
        (["a", "--to", "-q", "b"], ["--to", "-q", "a", "b"]),
    ],
)
def test_options_come_before_other_words(words, ordered):
    assert parser_of(implementation(VERBS["compile"]), "compile").ordered(words) == ordered


def test_an_option_stands_between_files(tmp_path):
    (tmp_path / "a.edq").write_text(QUERY)
    (tmp_path / "b.edq").write_text(QUERY)
    usual = run("compile", "--compact", "-q", "a.edq", "b.edq", cwd=tmp_path)
    assert usual.code == 0
    assert run("compile", "a.edq", "--compact", "b.edq", "-q", cwd=tmp_path) == usual


def test_an_option_stands_before_the_action_of_a_catalogue():
    usual = run("catalogue", "info", "--output", "json")
    assert (usual.code, usual.out[:1]) == (0, "{")
    assert run("catalogue", "--output", "json", "info") == usual


@pytest.mark.parametrize("words", [("a.edq", "--to"), ("-e", "--", "a.edq"), ("a.edq", "-e")])
def test_a_missing_value_is_told_of(words):
    done = run("compile", *words)
    assert (done.code, done.out) == (2, "")
    assert "expected one argument" in done.err


def test_a_file_whose_name_begins_with_a_hyphen_stands_behind_two(tmp_path):
    (tmp_path / "-q").write_text(QUERY)
    done = run("compile", "--compact", "--", "-q", cwd=tmp_path)
    assert (done.code, done.out[:1]) == (0, "{")


def test_the_order_is_free_at_the_prompt_too():
    done = repl(f"{QUERY}\nresults --list --untick 1\nresults --untick 2 --names\n")
    assert done.code == 0, done.err


def test_an_action_of_a_catalogue_is_about_the_one_that_the_prompt_asks(tmp_path):
    made = run("catalogue", "simulate", "--catalogue", "own", "--years", "0.01", "-q", cwd=tmp_path)
    assert made.code == 0
    done = repl("use local own\ncatalogue info\n", cwd=tmp_path)
    assert (done.code, done.out.splitlines()[1]) == (0, "catalogue own")
    assert repl("catalogue info\n").out.startswith("the sample catalogue")


# Without argparse


def read_by_argparse(name: str, words: list[str]) -> dict[str, object] | None:
    """None where argparse ends the command, for the help or with a message."""
    try:
        return vars(parser_of(implementation(VERBS[name]), name).parse_args(words))
    except SystemExit:
        return None


@pytest.mark.parametrize("name", [name for name, action in CASES if action is None])
def test_plain_words_mean_what_argparse_takes_them_for(name, capsys):
    verb = implementation(VERBS[name])
    parser = parser_of(verb, name)
    options, others = blocks_of(parser)
    flags = [word for word in parser.options() if word not in ("-h", "--help")]
    odd = ["", "-", "--", "-5", "-x > 3", "--nosuch", "--help", "7", "x=1", "--to=sql", "--output=", "-qe", *flags]
    read = 0
    for seed in range(400):
        order = random.Random(seed)
        some = order.sample(options, order.randrange(min(len(options), 4) + 1))
        words = mixed(some, others[: order.randrange(len(others) + 1)], order)
        for _ in range(order.randrange(3)):
            words.insert(order.randrange(len(words) + 1), order.choice(odd))
        found = plain_options(verb, words)
        if found is not None:
            read += 1
            assert vars(found) == read_by_argparse(name, words), words
    capsys.readouterr()
    assert read, "argparse reads all of them"
