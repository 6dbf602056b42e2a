"""`edexql config`."""

from __future__ import annotations

import json
import os
import sys
from fnmatch import fnmatchcase

from edexql.base.table import table_lines
from edexql.base.text import printable, shown
from edexql.client.credentials import public_url
from edexql.commands import environment
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_config, add_output, add_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from edexql.client.settings.configuration import Row
    from edexql.commands.parser import Parser

DESCRIPTION = """\
Show every setting, its value, and where the value comes from: a file, an environment variable, or the default.
A variable overrides the file, and an option of a command overrides both. Values that are not confirmed are marked."""
EXAMPLE = "edexql config network"
_HEAD = """\
# The configuration of edexql, with the values that it has without one.
# It is read from the file that `edexql config --path` names. A variable of the environment wins over it.
"""


def arguments(parser: Parser) -> None:
    names = parser.add_argument("names", metavar="NAME", nargs="*", help="a setting, a section or a pattern of these")
    names.completer = _names  # type: ignore[attr-defined]  # read by argcomplete
    add_config(parser, "the file that is read (default: the user's)")
    add_vocabulary(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--path", action="store_true", help="print the path of the file, which may not exist")
    what.add_argument("--example", action="store_true", help="print a file with all settings and their defaults")
    add_output(what)


def run(options: argparse.Namespace) -> int:
    from edexql.client.settings.configuration import FILE, default_path, rows

    if options.names and (options.path or options.example):
        raise UsageError("--path and --example take no NAME")
    if options.path:
        path = options.config or os.environ.get(FILE) or default_path()
        sys.stdout.write(f"{printable(path)}\n")
        return FINE
    if options.example:
        sys.stdout.write(example())
        return FINE
    try:
        configuration = environment.configured(options)
    except UsageError:
        # What is wrong may be a vocabulary file: the settings are shown all the same.
        configuration = environment.settings(options)
    selected = _chosen(rows(configuration), options.names)
    if options.output == "json":
        sys.stdout.write(json.dumps([_document(row) for row in selected], indent=2) + "\n")
    else:
        sys.stdout.write(_table(selected))
    return FINE


def example() -> str:
    """A configuration file with every setting, its meaning and its variable; one without a value is commented out."""
    from edexql.client.settings.configuration import Configuration
    from edexql.client.settings.declarations import SETTINGS

    defaults = Configuration()
    lines, section = [_HEAD], ""
    for setting in SETTINGS.values():
        if setting.section != section:
            section = setting.section
            lines.append(f"[{section}]\n")
        doubt = f"; {setting.doubt}" if setting.doubt else ""
        lines.append(f"# {setting.title} (${setting.variable}){doubt}\n")
        value = defaults.value(setting.full_name)
        lines.append(f"# {setting.name} =\n\n" if value is None else f"{setting.name} = {_toml(value)}\n\n")
    return "".join(lines)


def _names(**_: object) -> list[str]:
    from edexql.client.settings.declarations import SECTIONS, SETTINGS

    return [*SECTIONS, *SETTINGS]


def _chosen(every: tuple[Row, ...], names: Sequence[str]) -> list[Row]:
    """The settings that are named, in their order. Raises UsageError for a name of none."""
    if not names:
        return list(every)
    chosen: set[str] = set()
    for name in names:
        met = {row.name for row in every if fnmatchcase(row.name, name) or row.name.startswith(f"{name}.")}
        if not met:
            from edexql.base.text import did_you_mean, nearest

            help = did_you_mean(nearest(name, _names())) or "`edexql config` shows them all"
            raise UsageError(f"there is no setting {shown(name)}: {help}")
        chosen |= met
    return [row for row in every if row.name in chosen]


def _document(row: Row) -> dict[str, Any]:
    return {"name": row.name, "value": _shown(row.value), "origin": row.origin, "title": row.title, "doubt": row.doubt}


def _table(selected: Sequence[Row]) -> str:
    rows = [
        (row.name, "-" if row.value is None else _toml(_shown(row.value)), row.origin, row.doubt) for row in selected
    ]
    return "".join(f"{line}\n" for line in table_lines([[printable(cell) for cell in row] for row in rows]))


def _shown(value: Any) -> Any:
    """A value without the name and password of an address."""
    return public_url(value) if isinstance(value, str) and "://" in value else value


def _toml(value: Any) -> str:
    """A value as TOML has it, whose texts and lists of texts are those of JSON but for one character."""
    written = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    return written.replace("\x7f", "\\u007f")
