"""`edexql fmt`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_colour, add_inputs, add_setting
from edexql.language.formatter import layout
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser

DESCRIPTION = """\
Format queries: one statement on a line, comments kept, meaning unchanged. Files are rewritten in place, with LF
line ends and without a byte order mark; standard input and -e are printed. With --simplify, the logic becomes
smaller, only where it is proved to mean the same on every day and with every -D."""
EXAMPLE = "edexql fmt -e 'fai has-data;date 2018-11,2017-11;logic 1 & (2|!3)'"


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a file would change")
    how.add_argument("--diff", action="store_true", help="the same, and print what would change")
    parser.add_argument("--simplify", action="store_true", help="a smaller logic, where it is proved to mean the same")
    parser.add_argument(
        "--proof", action="store_true", help="with --simplify, print how large the proof of a smaller logic was"
    )
    add_setting(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    code = FINE
    if options.proof and not options.simplify:
        raise UsageError("--proof needs --simplify")
    for source in inputs.sources(options):
        program, diagnostics = parse(source)
        if diagnostics:
            report(diagnostics, options)
            code = MISTAKES
            continue
        text = layout(program.tokens)
        if options.simplify:
            text = _simplified(Source(text, source.name), options)
        if _written(source, text, options):
            code = MISTAKES
    return code


def _simplified(source: Source, options: argparse.Namespace) -> str:
    """The layout of a query with a smaller logic, and words about it."""
    from edexql.compiler.solver.rewrites import simplified

    result = simplified(source, inputs.setting(options))
    name = printable(source.name)
    if result.why:
        sys.stderr.write(f"{name}: the logic stays as it is: {result.why}\n")
    else:
        operands = "1 operand" if result.after == 1 else f"{result.after} operands"
        sys.stderr.write(f"{name}: the logic has {operands} instead of {result.before}\n")
    if options.proof and not result.why:
        sys.stderr.write(f"{name}: proved by {result.questions} questions about {result.clauses} clauses\n")
    return layout(parse(Source(result.text, source.name))[0].tokens)


def _written(source: Source, text: str, options: argparse.Namespace) -> bool:
    """Do with a layout what the options say; whether it is a change that was only asked about."""
    changes = text != source.text or source.bom
    if options.diff:
        if changes:
            sys.stdout.write(_diff(source, text))
        return changes
    if options.check:
        if changes:
            sys.stderr.write(f"would reformat {printable(source.name)}\n")
        return changes
    inputs.put_back(source, text, "reformatted", options)
    return False


def _diff(source: Source, text: str) -> str:
    import difflib

    before = source.text.splitlines(keepends=True)
    name = printable(source.name)
    lines = difflib.unified_diff(before, text.splitlines(keepends=True), name, f"{name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
