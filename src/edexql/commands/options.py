"""The options of verbs: the parser of the words behind one, and the options that several have, each declared once."""

from __future__ import annotations

import argparse
import re

from edexql.base.text import printable
from edexql.commands import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import _ActionsContainer as Options
    from collections.abc import Mapping, Sequence
    from typing import Any, NoReturn

    from edexql.commands.registry import Implementation

# The titles under which options of many verbs stand in the help.
_READING, _NETWORK, _MESSAGES = "how queries are read", "network", "messages"
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
                    # Its value is missing, which argparse tells of where nothing stands behind it.
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


def _formatter(prog: str) -> argparse.HelpFormatter:
    """A formatter that is told its width: left to find it, argparse imports compression libraries to do so."""
    from edexql.terminal.diagnostics import columns

    return argparse.RawDescriptionHelpFormatter(prog, width=columns() - 2)


# Queries, and what they are read with


def add_inputs(parser: Options, what: str = "a query") -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help=f"file with {what}; - is standard input")
    parser.add_argument("-e", metavar="TEXT", dest="texts", action="append", default=[], help=f"{what} itself")


def add_setting(parser: Parser) -> None:
    """What a query is compiled with."""
    parser.group(_READING).add_argument(
        "-D", metavar="NAME=VALUE", dest="values", action="append", default=[], help="set the parameter $NAME"
    )
    add_environment(parser)
    add_allow(parser)


def add_environment(parser: Parser) -> None:
    parser.group(_READING).add_argument(
        "--today",
        metavar="DAY",
        help="the day at which open periods end, 2019-05-01 or 2019-121; today (UTC) if not given",
    )
    add_vocabulary(parser)


def add_vocabulary(parser: Parser) -> None:
    parser.group(_READING).add_argument(
        "--vocabulary",
        metavar="FILE",
        action="append",
        default=[],
        help="vocabulary entries that replace those of the package",
    )


def add_allow(parser: Parser) -> None:
    messages = parser.group(_MESSAGES)
    messages.add_argument(
        "--allow",
        metavar="CODE",
        action="append",
        default=[],
        help="suppress a warning, such as W601; several with commas",
    )
    messages.add_argument(
        "--all-warnings", action="store_true", help="show each unconfirmed spelling (W601), not one line for all"
    )


# Whom a verb asks


def add_catalogue(parser: Options) -> None:
    parser.add_argument(
        "--catalogue",
        metavar="FOLDER",
        help=f"the catalogue that is asked (default: ${environment.CATALOGUE}, else `catalogue` in [paths] of the"
        " configuration, else the sample that comes with edexql)",
    )


def add_service(parser: Options, about: str = "base address of eDEx (default: as configured)") -> None:
    parser.add_argument("--service", metavar="URL", help=about)


def add_archive(parser: Options) -> None:
    parser.add_argument("--archive", metavar="URL", help="address of the archive (default: as configured)")


def add_config(parser: Options, about: str = "configuration (default: the user's; `edexql config` shows it)") -> None:
    parser.add_argument("--config", metavar="FILE", help=about)


def add_network(parser: Parser) -> None:
    """Options of every verb that goes over the network."""
    network = parser.group(_NETWORK)
    add_config(network)
    how = network.add_mutually_exclusive_group()
    how.add_argument("--record", metavar="DIR", help="keep every exchange in a folder, addresses of people masked")
    how.add_argument("--replay", metavar="DIR", help="answer from such a folder, and ask no network")


def add_dry_run(parser: Options, about: str) -> None:
    parser.add_argument("--dry-run", action="store_true", help=about)


# Files that are chosen, and where they go


def add_pick(parser: Options, about: str) -> None:
    parser.add_argument("--pick", metavar="FILES", action="append", default=[], help=about)


def add_folder(parser: Options) -> None:
    parser.add_argument("--to", metavar="FOLDER", help="where the files go (default: paths.folder)")


def add_replace(parser: Options) -> None:
    parser.add_argument("--replace", action="store_true", help="replace files of the same name")


def add_nested(parser: Options) -> None:
    parser.add_argument("--nested", action="store_true", help="unpack the zips in an archive too, each into a folder")


def add_downloading(parser: Options) -> None:
    """Options of every verb that downloads."""
    add_replace(parser)
    parser.add_argument(
        "--parallel",
        metavar="N",
        help="files at once; no more of one host than network.connections (default: network.total)",
    )
    add_dry_run(parser, "show files, bytes and room on the disk; ask for nothing")
    add_output(parser)


# What a verb writes


def add_output(
    parser: Options, about: str = "text or JSON (default: text)", choices: Sequence[str] = ("text", "json")
) -> None:
    """How the result is written: as the first of the choices where the option is not given."""
    parser.add_argument("--output", choices=choices, default=choices[0], help=about)


def add_width(parser: Options) -> None:
    """How wide a drawing is."""
    parser.add_argument("--width", type=_width, metavar="N", help="columns of time (default: as wide as the terminal)")


def _width(text: str) -> int:
    width = int(text)
    if not 1 <= width <= 10_000:
        raise ValueError(text)
    return width


def add_quiet(parser: Parser, about: str = "no warnings") -> None:
    parser.group(_MESSAGES).add_argument("-q", "--quiet", action="store_true", help=about)


def add_colour(parser: Parser) -> None:
    parser.group(_MESSAGES).add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in messages; auto: on a terminal, unless NO_COLOR is set",
    )
