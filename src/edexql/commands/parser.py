"""Parsers of the words behind verbs: argparse with options and other words in any order."""

from __future__ import annotations

import argparse

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from edexql.commands.registry import Implementation


class Parser(argparse.ArgumentParser):
    """A parser of a verb."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))

    def choices(self, option: str) -> Sequence[str]:
        """What may stand behind an option."""
        return tuple(self._option_string_actions[option].choices or ())


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


def add_arguments(verb: Implementation, parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb to a parser, and what stands on the command line for those that the prompt adds."""
    parser.set_defaults(prompt=None, current=None)
    verb.arguments(parser)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """A formatter that is told its width: left to find it, argparse imports compression libraries to do so."""
    from edexql.terminal.diagnostics import columns

    return argparse.RawDescriptionHelpFormatter(prog, width=columns() - 2)
