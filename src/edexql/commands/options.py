"""The options that several verbs have, each declared once."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import _ActionsContainer as Options
    from collections.abc import Sequence

    from edexql.commands.parser import Parser

CATALOGUE = "EDEXQL_CATALOGUE"
# The titles under which options of many verbs stand in the help.
_READING, _NETWORK, _MESSAGES = "how queries are read", "network", "messages"


# Queries, and what they are read with


def add_inputs(parser: Options, what: str = "a query") -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help=f"file with {what}; - is standard input")
    parser.add_argument("-e", metavar="TEXT", dest="texts", action="append", default=[], help=f"the text of {what}")


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
        "--checks",
        metavar="NAME",
        action="append",
        default=[],
        help="checks of an installed package that look at queries too; several with commas",
    )
    messages.add_argument(
        "--all-warnings", action="store_true", help="show each unconfirmed spelling (W601), not one line for all"
    )


# What a verb asks


def add_catalogue(parser: Options) -> None:
    parser.add_argument(
        "--catalogue",
        metavar="FOLDER",
        help=f"the catalogue to use (default: ${CATALOGUE}, else `catalogue` in [paths] of the"
        " configuration, else the sample that comes with edexql)",
    )


def add_service(parser: Options, about: str = "base address of eDEx (default: as configured)") -> None:
    parser.add_argument("--service", metavar="URL", help=about)


def add_engine(parser: Options, group: Options | None = None) -> None:
    """An engine over tables; `group` has the options that name another one."""
    (group or parser).add_argument(
        "--engine", metavar="NAME", help="ask this engine: local, edex, duckdb, datafusion, postgres, spark or another"
    )
    parser.add_argument(
        "--at", metavar="PLACE", help="where its tables are: a folder, s3://…, postgresql://…, sc://…#…"
    )


def add_archive(parser: Options) -> None:
    parser.add_argument("--archive", metavar="URL", help="address of the archive (default: as configured)")


def add_config(parser: Options, about: str = "configuration (default: the user's; `edexql config` shows it)") -> None:
    parser.add_argument("--config", metavar="FILE", help=about)


def add_network(parser: Parser) -> None:
    """Options of every verb that goes over the network."""
    network = parser.group(_NETWORK)
    add_config(network)
    how = network.add_mutually_exclusive_group()
    how.add_argument(
        "--record", metavar="DIR", help="record requests and responses in a folder, e-mail addresses masked"
    )
    how.add_argument("--replay", metavar="DIR", help="answer from such a folder, without the network")


def add_dry_run(parser: Options, about: str) -> None:
    parser.add_argument("--dry-run", action="store_true", help=about)


# Files that are chosen, and where they go


def add_pick(parser: Options, about: str) -> None:
    parser.add_argument("--pick", metavar="FILES", action="append", default=[], help=about)


def add_folder(parser: Options) -> None:
    parser.add_argument("--to", metavar="FOLDER", help="folder for the files (default: paths.folder)")


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
        help="files at once; from one host at most network.connections (default: network.total)",
    )
    add_dry_run(parser, "show files, sizes and free space; download nothing")
    add_output(parser)


# What a verb writes


def add_output(
    parser: Options, about: str = "text or JSON (default: text)", choices: Sequence[str] = ("text", "json")
) -> None:
    """How the result is written: as the first of the choices where the option is not given."""
    parser.add_argument("--output", choices=choices, default=choices[0], help=about)


def add_width(parser: Options) -> None:
    """How wide a drawing is."""
    parser.add_argument("--width", type=_width, metavar="N", help="width in columns (default: that of the terminal)")


def _width(text: str) -> int:
    width = int(text)
    if not 1 <= width <= 10_000:
        raise ValueError(text)
    return width


def number(text: str) -> int:
    """A whole number from 1 on."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def add_pictures(parser: Options) -> None:
    """Files that a picture is written to."""
    parser.add_argument("--svg", metavar="FILE", help="write a picture too, as SVG")
    parser.add_argument("--png", metavar="FILE", help="write a picture too, as PNG (needs the extra png)")


def add_span(
    parser: Options,
    first: str = "first time: 2019-05-01T15:00, 2019-05-01 (default: that of the dates of the query)",
    last: str = "last time; a day or month as a whole (default: that of the dates of the query)",
    metavar: str = "TIME",
) -> None:
    """From when to when."""
    parser.add_argument("--start", metavar=metavar, help=first)
    parser.add_argument("--end", metavar=metavar, help=last)


def add_quiet(parser: Parser, about: str = "no warnings") -> None:
    parser.group(_MESSAGES).add_argument("-q", "--quiet", action="store_true", help=about)


def add_colour(parser: Parser) -> None:
    parser.group(_MESSAGES).add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in messages; auto: on a terminal, unless NO_COLOR is set",
    )
