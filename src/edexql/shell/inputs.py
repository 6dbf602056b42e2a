"""The queries that a command is given: files, `-` for standard input, `-e TEXT`; and what they are read with."""

from __future__ import annotations

import sys

from edexql.language.source import Source
from edexql.shell.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from edexql.compiler.request import Setting

STANDARD_INPUT = "<stdin>"
EXPRESSION = "<-e>"


def add_inputs(parser: argparse.ArgumentParser, what: str = "a query") -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help=f"file with {what}; - is standard input")
    parser.add_argument("-e", metavar="TEXT", dest="texts", action="append", default=[], help=f"{what} itself")


def add_setting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-D", metavar="NAME=VALUE", dest="values", action="append", default=[], help="set the parameter $NAME"
    )
    add_environment(parser)


def add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--today", metavar="DAY", help="the day at which open periods end, YYYY-MM-DD; today (UTC) if not given"
    )
    parser.add_argument(
        "--vocabulary",
        metavar="FILE",
        action="append",
        default=[],
        help="vocabulary entries that replace those of the package",
    )


def add_colour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color",
        dest="color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in messages; auto: on a terminal, unless NO_COLOR is set",
    )


def sources(options: argparse.Namespace) -> Iterator[Source]:
    """Each input, read when its turn comes. Raises UsageError where there is none or it cannot be read."""
    if not options.files and not options.texts:
        raise UsageError("nothing to read: give a FILE, - for standard input, or -e TEXT")
    for path in options.files:
        yield read(path)
    for text in options.texts:
        yield Source(text, EXPRESSION)


def read(path: str) -> Source:
    """The text of a file, or of standard input for `-`. Raises UsageError."""
    if path == "-":
        return Source.from_bytes(sys.stdin.buffer.read(), STANDARD_INPUT)
    try:
        with open(path, "rb") as file:
            return Source.from_bytes(file.read(), path)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def setting(options: argparse.Namespace) -> Setting:
    """What the options say a query is compiled with. Raises UsageError."""
    from datetime import date

    from edexql.compiler.request import Setting
    from edexql.model.vocabulary import VocabularyError, load

    try:
        vocabulary = load(*options.vocabulary)
    except VocabularyError as error:
        raise UsageError(str(error)) from error
    today = None
    if options.today is not None:
        try:
            today = date.fromisoformat(options.today)
        except ValueError:
            raise UsageError(f"--today takes a day as YYYY-MM-DD, not {options.today}") from None
    return Setting(vocabulary, today, dict(map(_value, getattr(options, "values", []))))


def _value(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"-D takes NAME=VALUE, not {text}")
    return name.strip(), value
