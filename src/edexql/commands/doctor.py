"""`edexql doctor`."""

from __future__ import annotations

import json
import sys

from edexql.base.text import printable
from edexql.commands.exits import FINE, MISTAKES
from edexql.commands.options import add_colour, add_network, add_output
from edexql.terminal.diagnostics import coloured

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.examining import Finding

DESCRIPTION = """\
Look at what edexql needs, one thing after the other: packages, configuration, folders and disk, proxies, the
vocabulary and the catalogue, and, with one small request each, whether eDEx and the archive answer. Of what is
not as it should be the way out is told. Nothing waits for longer than --patience."""
EXAMPLE = "edexql doctor --offline"
_COLOURS = {"ok": "\x1b[32m", "not": "\x1b[1;31m", "unknown": "\x1b[33m"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="ask no network")
    parser.add_argument(
        "--patience", type=_seconds, metavar="S", default=30.0, help="seconds for the answers (default: 30)"
    )
    add_output(parser)
    add_network(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.commands.examining import findings

    found = []
    for finding in findings(options):
        found.append(finding)
        if options.output == "text":
            # Line by line: who waits for the network sees what it waits for.
            sys.stdout.write(_lines(finding, colour=coloured(sys.stdout, options.color)))
            sys.stdout.flush()
    if options.output == "json":
        keys = ("name", "state", "told", "way_out")
        sys.stdout.write(json.dumps([{key: getattr(one, key) for key in keys} for one in found], indent=2) + "\n")
    return MISTAKES if any(one.state == "not" for one in found) else FINE


def _lines(finding: Finding, *, colour: bool) -> str:
    state = f"{_COLOURS[finding.state]}{finding.state:7}\x1b[0m" if colour else f"{finding.state:7}"
    way_out = f"{'':24}{printable(finding.way_out)}\n" if finding.way_out else ""
    return f"{state}  {finding.name:13}  {printable(finding.told)}\n{way_out}"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3600:
        raise ValueError(text)
    return seconds
