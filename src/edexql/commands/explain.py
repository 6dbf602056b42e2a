"""`edexql explain`."""

from __future__ import annotations

import sys

from edexql.base.stdlib import indented_json
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES
from edexql.commands.options import add_colour, add_inputs, add_output, add_quiet, add_setting
from edexql.compiler.describe.explanation import explanation
from edexql.compiler.request import compilation
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser

DESCRIPTION = """\
Show how a query is compiled: for each constraint its number as written and as sent, its label, its text and what
is sent for it; the logic as written (or the default) and as sent; and the residual, the part that eDEx cannot be
asked and that is applied to its answer."""
EXAMPLE = "edexql explain -e 'fai has-data; date 2018; date 2018-11; logic 1 AND 2 AND NOT 3'"


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    add_output(parser)
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    setting = inputs.setting(options)
    code = FINE
    separator = ""
    for source in inputs.sources(options):
        done = compilation(source, setting)
        report(done.diagnostics, options)
        if done.failed:
            code = MISTAKES
            continue
        explained = explanation(done)
        if options.output == "json":
            sys.stdout.write(indented_json(explained.to_dict()) + "\n")
        else:
            sys.stdout.write(f"{separator}{explained}\n")
            separator = "\n"
    return code
