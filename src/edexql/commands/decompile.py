"""`edexql decompile`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES
from edexql.commands.options import add_allow, add_colour, add_environment, add_inputs, add_quiet
from edexql.compiler.decompile import decompiled
from edexql.compiler.parameter_texts import parameters_in
from edexql.language.diagnostics.query_error import QueryError
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser

DESCRIPTION = """\
Turn the parameter dictionaries of requests back into queries. They can be JSON, or part of a Python script or
notebook, of a curl command, or of what `edexql fetch --dry-run` prints. A script is read, never run. Each dictionary
gives one query."""
EXAMPLE = """edexql decompile -e '{"date": [["2017-11-01", "2017-11-30"]], "query-logic": " ( 1 ) "}'"""


def arguments(parser: Parser) -> None:
    add_inputs(parser, "a parameter dictionary")
    add_environment(parser)
    add_allow(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    setting = inputs.setting(options)
    code = FINE
    for source in inputs.sources(options):
        try:
            parameters = parameters_in(source)
        except QueryError as error:
            report(error.diagnostics, options)
            code = MISTAKES
            continue
        for number, one in enumerate(parameters, 1):
            try:
                done = decompiled(one.parameters, setting, one.source, one.start)
            except QueryError as error:
                report(error.diagnostics, options)
                code = MISTAKES
                continue
            report(done.diagnostics, options)
            if len(parameters) > 1:
                line = one.source.position(one.start)[0]
                place = f"{printable(one.source.name)}:{line}"
                sys.stdout.write(f"{'' if number == 1 else chr(10)}# query {number} of {len(parameters)}, {place}\n")
            sys.stdout.write(done.text)
    return code
