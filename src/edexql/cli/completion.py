"""What a shell asks when the tab key is pressed, answered by argcomplete from the commands' own options."""

from __future__ import annotations

import argparse

import argcomplete

from edexql.commands import COMMANDS
from edexql.commands.running import module_of


def complete() -> None:
    """Answer and exit."""
    argcomplete.autocomplete(full_parser())


def full_parser() -> argparse.ArgumentParser:
    """One parser of all commands."""
    parser = argparse.ArgumentParser(prog="edexql")
    parser.add_argument("--version", action="store_true")
    commands = parser.add_subparsers(dest="command")
    for name, summary in COMMANDS.items():
        module = module_of(name)
        command = commands.add_parser(name, help=summary)
        module.arguments(command)
    return parser
