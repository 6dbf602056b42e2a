"""`edexql compare`."""

from __future__ import annotations

import json
import sys

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_colour, add_inputs, add_output, add_quiet, add_setting
from edexql.compiler.request import meaning
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser
    from edexql.compiler.solver.comparison import Comparison
    from edexql.language.source import Source
    from edexql.model.query import Query

DESCRIPTION = """\
Compare what two queries admit, whatever the data are: they are equal, one is narrower, or they overlap or have nothing
in common. Each difference comes with a moment that one query admits and the other does not. At the prompt,
the current query is the first of the two if you name only one.

Exit codes: 0 equal, 10 the first is narrower, 11 the second is narrower, 12 they overlap, 13 they have nothing in
common, 14 not analysed (too large or too complex)."""
EXAMPLE = "edexql compare -e 'date 2019-05; kp >= 5' -e 'date 2019; kp >= 4'"

CODES = {"equal": FINE, "narrower": 10, "wider": 11, "overlapping": 12, "disjoint": 13, "not analysed": 14}
# Codes of what was found and not of what failed, so that a script of the REPL goes on.
ANSWERS = frozenset({10, 11, 12, 13})


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    add_output(parser)
    add_setting(parser)
    add_quiet(parser, "print errors only: the exit code is the answer")
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.compiler.solver.comparison import compare_queries

    setting, sources = inputs.setting(options), _two(options)
    queries: list[Query] = []
    for source in sources:
        resolved, diagnostics = meaning(source, setting)
        report([diagnostic for diagnostic in diagnostics if diagnostic.is_error], options)
        if not any(diagnostic.is_error for diagnostic in diagnostics):
            queries.append(resolved.query)
    if len(queries) < 2:
        return MISTAKES
    comparison = compare_queries(queries[0], queries[1], resolved.vocabulary)
    if not options.quiet:
        if options.output == "json":
            sys.stdout.write(json.dumps(comparison.to_dict(), indent=2) + "\n")
        else:
            sys.stdout.write("".join(f"{line}\n" for line in _lines(comparison, *_names(sources))))
    return CODES[comparison.relation]


def _two(options: argparse.Namespace) -> list[Source]:
    """The two queries, or one where the other cannot be read, which was reported. Raises UsageError."""
    given = len(options.files) + len(options.texts)
    if options.current is not None and given == 1:
        if not options.current.source.text.strip():
            raise UsageError("there is no current query yet to compare with: type one, or name two")
        return [options.current.source, *inputs.sources(options)]
    if given != 2:
        raise UsageError("compare takes two queries: FILE FILE, - for standard input, -e TEXT")
    if options.files.count("-") > 1:
        raise UsageError("standard input can be only one of the two")
    return list(inputs.sources(options))


def _names(sources: list[Source]) -> tuple[str, str]:
    """What the two are called: by their files where these differ."""
    first, second = (printable(source.name) for source in sources)
    named = first != second and inputs.EXPRESSION not in (first, second)
    return (first, second) if named else ("the first", "the second")


def _lines(comparison: Comparison, first: str, second: str) -> list[str]:
    what = {
        "equal": f"equal: {first} and {second} admit the same",
        "narrower": f"narrower: all that {first} admits, {second} admits too",
        "wider": f"wider: all that {second} admits, {first} admits too",
        "overlapping": f"overlapping: {first} and {second} have something in common, and each has more",
        "disjoint": f"disjoint: {first} and {second} have nothing in common",
        "not analysed": f"not analysed: {comparison.reason}",
    }
    if comparison.first_never or comparison.second_never:
        other = "either" if comparison.relation == "equal" else first if comparison.first_never else second
        what[comparison.relation] = f"{comparison.relation}: nothing can match {other}"
    shown = (
        (f"only {first}", comparison.first_only),
        (f"only {second}", comparison.second_only),
        ("both", comparison.both),
    )
    rows = [(who, printable(str(moment))) for who, moment in shown if moment is not None]
    return [what[comparison.relation], *table_lines(rows, indent="  ")]
