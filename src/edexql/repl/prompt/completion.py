"""What could stand at the cursor of a line: a verb with its options and files, or a part of a query."""

from __future__ import annotations

import os
import re

from edexql.commands.exits import UsageError
from edexql.commands.parser import parser_of
from edexql.commands.registry import implementation
from edexql.compiler.completion import Candidate, complete
from edexql.repl.lines import VERBS, bare_words, line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.repl.session import Session

# What stands for no constraint behind a number.
_NO_CONSTRAINTS = frozenset({"product", "logic", "where", "email", "let"})
_FIRST = re.compile(r"\s*(\.?[a-z-]*)\Z", re.IGNORECASE)


def completions(session: Session, text: str, position: int) -> list[Candidate]:
    """The candidates for a place in a line, the best first. Offsets are those of the line."""
    typed = line(text)
    before = text[:position]
    if typed.kind == "verb" and position > _verb_end(text):
        return list(_of_verb(session, typed.name, before))
    if typed.kind in ("shell", "parameters"):
        return []
    candidates = _of_query(session, text, position)
    first = _FIRST.match(before)
    return candidates + list(_verbs(first[1], first.start(1), position)) if first else candidates


def _of_query(session: Session, text: str, position: int) -> list[Candidate]:
    """What the language has for a place, the current query standing before the line."""
    typed = line(text)
    cut = len(text) - len(typed.text) if typed.kind == "numbered" else 0
    if position < cut:
        return []
    shift = len(session.current.text) - cut
    try:
        setting = session.setting()
    except UsageError:
        return []
    candidates = complete(session.current.text + text[cut:], position + shift, setting)
    return [
        Candidate(one.text, one.start - shift, one.end - shift, one.kind, one.detail, one.confirmed)
        for one in candidates
        if one.start >= shift and not (typed.kind == "numbered" and one.text in _NO_CONSTRAINTS)
    ]


def _verbs(word: str, start: int, position: int) -> Iterator[Candidate]:
    dot = word[:1] if word.startswith(".") else ""
    for name, verb in VERBS.items():
        if name.startswith(word[len(dot) :].lower()):
            yield Candidate(dot + name, start, position, "verb", verb.summary, None)


def _verb_end(text: str) -> int:
    match = re.match(r"\s*\S+", text)
    return match.end() if match else 0


def _of_verb(session: Session, name: str, before: str) -> Iterator[Candidate]:
    """The options, choices and files that could follow the words behind a verb."""
    from argcomplete.finders import CompletionFinder

    verb = VERBS[name]
    parser = parser_of(implementation(verb), name)
    parser.set_defaults(session=session, prompt=session)
    finder = CompletionFinder(parser, default_completer=_files, always_complete_options=False)  # type: ignore[arg-type]
    words = before[_verb_end(before) :].lstrip()
    for word, meant in bare_words(verb).items():
        if word.startswith(words):
            yield Candidate(word, len(before) - len(words), len(before), "word", " ".join(meant), None)
    start = len(before) - len(re.split(r"\s", words)[-1])
    number = 0
    while (candidate := finder.rl_complete(words, number)) is not None:
        number += 1
        word = candidate[len(words) - len(before) + start :].rstrip(" ")
        about = finder.get_display_completions().get(word, "")
        yield Candidate(word, start, len(before), "option" if word.startswith("-") else "word", about, None)


def _rank(entry: os.DirEntry[str]) -> tuple[bool, str]:
    """Queries and folders before other files."""
    return not (entry.name.endswith(".edq") or entry.is_dir()), entry.name


def _files(prefix: str, **_: object) -> Iterator[str]:
    """Files and folders that a name begins, hidden ones when asked for."""
    folder, name = os.path.split(prefix)
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder) or "."), key=_rank)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
            yield os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")
