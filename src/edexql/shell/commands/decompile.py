"""`edexql decompile`."""

from __future__ import annotations

import sys

from edexql.compiler.decompile import decompiled, read_parameters
from edexql.compiler.errors import EdexqlError
from edexql.shell import inputs
from edexql.shell.exits import FINE, MISTAKES
from edexql.shell.report import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Turn the parameter dictionary of a request back into a query. It may be JSON, a Python dictionary, or a
Python script that holds one, such as those in circulation for eDEx; a script is read, never run."""
EXAMPLE = """edexql decompile -e '{"date": [["2017-11-01", "2017-11-30"]], "query-logic": " ( 1 ) "}'"""


def arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_inputs(parser, "a parameter dictionary")
    inputs.add_environment(parser)
    inputs.add_allow(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no warnings")
    inputs.add_colour(parser)


def run(options: argparse.Namespace) -> int:
    setting = inputs.setting(options)
    code = FINE
    for source in inputs.sources(options):
        try:
            done = decompiled(read_parameters(source), setting, source)
        except EdexqlError as error:
            report(error.diagnostics, options)
            code = MISTAKES
            continue
        report(done.diagnostics, options)
        sys.stdout.write(done.text)
    return code
