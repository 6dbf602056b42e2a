"""The parser of the words behind a verb, over argparse: any order of options, help, and what is wrong with them."""

from __future__ import annotations

import argparse
import re
from itertools import groupby

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import _ActionsContainer as Options
    from collections.abc import Mapping, Sequence
    from typing import Any, NoReturn

    from edexql.commands.registry import Implementation

_NEGATIVE = re.compile(r"-\d+|-\d*\.\d+")


class Parser(argparse.ArgumentParser):
    """A parser of a verb. Options may stand before, between and behind the other words."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))

    def options(self) -> Mapping[str, argparse.Action]:
        """The options by the words that they are written with."""
        return self._option_string_actions

    def group(self, title: str) -> Options:
        """The options that stand under a title in the help."""
        return next((one for one in self._action_groups if one.title == title), None) or self.add_argument_group(title)

    def parse_args(  # type: ignore[override]  # the overloads of the base are about types alone
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        for subcommand in self._subcommands().values() if namespace is not None else ():
            # argparse gives a subcommand its own namespace, in which these would be missing.
            subcommand.set_defaults(**vars(namespace))
        return super().parse_args(None if args is None else self.ordered(args), namespace)

    def ordered(self, words: Sequence[str]) -> list[str]:
        """The same words with the options first, since argparse takes others only where they stand together.

        Options of a subcommand may stand before it.
        """
        subcommands = self._subcommands()
        known = self.options()
        early = {name: action for one in subcommands.values() for name, action in one.options().items()}
        every = {**early, **known}
        first: list[str] = []
        behind: list[str] = []
        others: list[str] = []
        rest = list(words)
        while rest and rest[0] != "--":
            word = rest.pop(0)
            if word in subcommands and not others:
                return [*first, word, *subcommands[word].ordered([*behind, *rest])]
            if not _is_option(word, every):
                others.append(word)
                continue
            option = [word]
            if _takes_next(word, every):
                if not rest or rest[0] == "--":
                    # Its value is missing, which argparse reports if nothing follows.
                    (first if rest else others).append(word)
                    continue
                if not _is_option(rest[0], every):
                    option.append(rest.pop(0))
            (behind if option[0] in early and option[0] not in known else first).extend(option)
        if rest:
            # Words behind `--` are no options; argparse takes all behind the first for such.
            return [*first, *behind, "--", *others, *rest[1:]]
        return [*first, *behind, *others]

    def _subcommands(self) -> dict[str, Parser]:
        return next((one.choices for one in self._actions if isinstance(one.choices, dict)), {})


def _is_option(word: str, known: Mapping[str, argparse.Action]) -> bool:
    """Whether argparse takes a word for an option: `-` is standard input, `-5` a number, `-x > 3` a text."""
    if word[:1] != "-" or word in ("-", "--") or _NEGATIVE.fullmatch(word):
        return False
    return " " not in word or word.partition("=")[0] in known or word[:2] in known


def _takes_next(word: str, known: Mapping[str, argparse.Action]) -> bool:
    """Whether the value of an option is the next word; short ones may be written as `-qe TEXT` and as `-eTEXT`."""
    if word in known or word.startswith("--"):
        return word in known and known[word].nargs != 0
    for place, letter in enumerate(word[1:], 2):
        action = known.get(f"-{letter}")
        if action is None or action.nargs != 0:
            return action is not None and place == len(word)
    return False


def parser_of(verb: Implementation, program: str) -> Parser:
    """The parser of the options of a verb, which is called `program`."""
    parser = Parser(
        prog=program,
        description=verb.description,
        epilog=f"example:\n  {verb.example}",
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    add_arguments(verb, parser)
    return parser


def add_arguments(verb: Implementation, parser: Parser) -> None:
    """Add the options of a verb to a parser, and what stands on the command line for those that the prompt adds."""
    parser.set_defaults(prompt=None, current=None)
    verb.arguments(parser)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Descriptions are cut between words where they are too wide; lines that are set in stand as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        import textwrap

        lines: list[str] = []
        for is_example, some in groupby(text.splitlines(), key=lambda line: not line or line[0] == " "):
            paragraph = list(some)
            if is_example or max(map(len, paragraph)) <= width:
                lines += paragraph
            else:
                lines += textwrap.wrap(" ".join(paragraph), width, break_on_hyphens=False, break_long_words=False)
        return "".join(f"{indent}{line}\n" for line in lines)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """A formatter that is given its width: left to find it, argparse imports compression libraries to do so."""
    from edexql.terminal.diagnostics import columns

    return _Formatter(prog, width=columns() - 2)
