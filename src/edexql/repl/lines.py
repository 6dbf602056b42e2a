"""What a line typed at the prompt is: a verb, a command of the shell, a dictionary from a script, part of a query."""

from __future__ import annotations

import re
import shlex

from edexql.base.record import Record
from edexql.commands.exits import UsageError
from edexql.commands.registry import PROMPT, implementation, verb_named, verbs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edexql.commands.registry import Verb

VERBS = verbs_of(PROMPT)

_WORD = re.compile(r"\s*(?:edexql\s+)?\.?([a-z][a-z-]*|\?)(?!\s*:)(?=[\s;]|\Z)", re.IGNORECASE)
# `2: drop`, and a label in place of the number: the verb behind what it is about.
_BEHIND = re.compile(r"\s*([a-z][a-z0-9-]*|\d+)\s*:\s*(drop|remove)[\s;]*", re.IGNORECASE | re.ASCII)
_NUMBERED = re.compile(r"\s*(\d+)\s*:(?!\d)\s*", re.ASCII)
_REQUEST = re.compile(r"""["'](?:query-logic|result_filenames|product)["']\s*:""")
_ASSIGNED = re.compile(r"\s*(?:\{|\w+\s*=\s*\{|import\b|from\b|#!)", re.ASCII)
# What the prompt writes before a line, and before one that goes on: text that was copied begins with it.
ASKS, GOES_ON = "edexql> ", "      > "
_ASKS = re.compile(r"\s*(?:edexql>\s?)+")


class Line(Record):
    """A line. `kind` is nothing, shell, verb, numbered, parameters or query.

    `name` is that of a verb, or the number of the constraint that is to be changed; `text` the rest, or all of it.
    """

    kind: str
    text: str
    name: str = ""


def line(text: str) -> Line:
    """What a text is."""
    if not text.strip():
        return Line("nothing", "")
    if text.lstrip().startswith("!"):
        return Line("shell", text.lstrip()[1:].strip())
    verb = _WORD.match(text)
    if verb is not None:
        named = verb_named(verb[1])
        if named is not None and named.name in VERBS:
            return Line("verb", text[verb.end() :].strip().removesuffix(";").rstrip(), named.name)
    behind = _BEHIND.fullmatch(text)
    if behind is not None:
        return Line("verb", behind[1], "drop")
    numbered = _NUMBERED.match(text)
    if numbered is not None:
        return Line("numbered", text[numbered.end() :], numbered[1])
    if _ASSIGNED.match(text) and _REQUEST.search(text):
        return Line("parameters", text)
    return Line("query", text)


def inputs(text: str) -> list[str]:
    """The inputs of a text that was typed or pasted: one, unless there are verbs among the lines of a query, several
    verbs with semicolons between them, or prompts, behind which inputs stand and between which answers do.
    """
    lines = text.split("\n")
    if any(map(_ASKS.match, lines)):
        lines = list(_behind_prompts(lines))
        text = "\n".join(lines)
    kind = line(text).kind
    if len(lines) == 1 and kind == "verb":
        return _parts(text)
    if len(lines) == 1 or kind == "parameters" or not any(map(verb_in, lines)):
        return [text]
    return [one for one in joined(lines) if one.strip()]


def _behind_prompts(lines: Iterable[str]) -> Iterator[str]:
    goes_on = False
    for one in lines:
        if _ASKS.match(one):
            goes_on = True
            yield without_prompt(one)
        elif goes_on and one.startswith(GOES_ON):
            yield one.removeprefix(GOES_ON)
        else:
            goes_on = False


def without_prompt(text: str) -> str:
    """A line without the prompt that was copied with it."""
    match = _ASKS.match(text)
    return text[match.end() :] if match else text


def _parts(text: str) -> list[str]:
    """A line of verbs, cut at the semicolons that stand in no quotes."""
    parts, quote, begin = [], "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == ";":
            parts.append(text[begin:place])
            begin = place + 1
    parts.append(text[begin:])
    return [part for part in parts if part.strip()]


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Inputs, each as soon as it is whole: a line, or several that a bracket or an operator joins.

    A line that is a comment is skipped, as it belongs to no query; but one that allows warnings is meant.
    """
    from edexql.language.diagnostics.suppressions import is_marked
    from edexql.language.lexer import is_open

    held: list[str] = []
    for one in lines:
        text = without_prompt(one)
        held.append(text)
        whole = "\n".join(held)
        if line(whole).kind in ("verb", "shell") or not is_open(whole):
            held.clear()
            comment = text.lstrip().startswith("#") and not is_marked(text.lstrip())
            yield "" if comment else whole
    if held:
        yield "\n".join(held)


def verb_in(text: str) -> str | None:
    """The verb that a text begins with, None where it begins with none."""
    parsed = line(text)
    return parsed.name if parsed.kind == "verb" else None


def words_of(verb: Verb, text: str) -> list[str]:
    """The words behind a verb, as a shell would cut them. Raises UsageError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{verb.name}: {error}".lower()) from error
    bare = bare_words(verb)
    return [part for word in words for part in bare.get(word, (word,))]


def bare_words(verb: Verb) -> dict[str, tuple[str, str]]:
    """The words that may stand behind a verb without their option, with what each stands for."""
    if verb.bare_option is None:
        return {}
    from edexql.commands.parser import parser_of

    option = verb.bare_option
    choices = parser_of(implementation(verb), verb.name).options()[option].choices
    return {choice: (option, choice) for choice in choices or ()}
