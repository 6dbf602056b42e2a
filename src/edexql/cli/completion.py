"""What a shell asks when the tab key is pressed, answered by argcomplete from the commands' own options."""

from __future__ import annotations

import argcomplete

from edexql.commands.parser import Parser, add_arguments
from edexql.commands.registry import COMMAND_LINE, implementation, verbs_of


def complete() -> None:
    """Answer and exit."""
    argcomplete.autocomplete(full_parser())


def full_parser() -> Parser:
    """One parser of all commands."""
    parser = Parser(prog="edexql")
    parser.add_argument("--version", action="store_true")
    commands = parser.add_subparsers(dest="command")
    for name, verb in verbs_of(COMMAND_LINE).items():
        command = commands.add_parser(name, help=verb.summary)
        add_arguments(implementation(verb), command)
    return parser
