"""`edexql compare`."""

from __future__ import annotations

import json
import sys

from edexql.compiler.request import meaning
from edexql.language.diagnostic import printable
from edexql.shell import inputs
from edexql.shell.exits import FINE, MISTAKES, UsageError
from edexql.shell.report import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.compiler.analysis.comparing import Comparison
    from edexql.language.source import Source
    from edexql.model.query import Query

DESCRIPTION = """\
Compare what two queries admit, whatever the data are: they are equal, one is narrower, or they overlap or have nothing
in common. Each difference comes with a moment that the one admits and the other does not. In the REPL, the
query under hand is the first of the two where only one is named.

Exit codes: 0 equal, 10 the first is narrower, 11 the second is narrower, 12 they overlap, 13 they have nothing in
common, 14 not analysed (too large or too entangled)."""
EXAMPLE = "edexql compare -e 'date 2019-05; kp >= 5' -e 'date 2019; kp >= 4'"

CODES = {"equal": FINE, "narrower": 10, "wider": 11, "overlapping": 12, "disjoint": 13, "not analysed": 14}
# Codes of what was found and not of what failed, so that a script of the REPL goes on.
ANSWERS = frozenset({10, 11, 12, 13})


def arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_inputs(parser)
    parser.add_argument("--output", choices=("text", "json"), default="text", help="(default: text)")
    inputs.add_setting(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors: the exit code tells")
    inputs.add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.compiler.analysis.comparing import compare

    setting = inputs.setting(options)
    sources = _two(options)
    queries: list[Query] = []
    for source in sources:
        resolved, diagnostics = meaning(source, setting)
        report([diagnostic for diagnostic in diagnostics if diagnostic.is_error], options)
        if not any(diagnostic.is_error for diagnostic in diagnostics):
            queries.append(resolved.query)
    if len(queries) < len(sources):
        return MISTAKES
    found = compare(queries[0], queries[1], resolved.vocabulary)
    if options.output == "json":
        sys.stdout.write(json.dumps(found.to_dict(), indent=2) + "\n")
    elif not options.quiet:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(found, *_names(sources))))
    return CODES[found.relation]


def _two(options: argparse.Namespace) -> list[Source]:
    """The two queries. Raises UsageError."""
    given = len(options.files) + len(options.texts)
    under_hand = getattr(options, "under_hand", None)
    first = [under_hand] if given == 1 and under_hand is not None and under_hand.text.strip() else []
    if len(first) + given != 2:
        raise UsageError("compare takes two queries: FILE FILE, - for standard input, -e TEXT")
    found = first + list(inputs.sources(options))
    if len(found) != 2:
        raise UsageError("there are no two queries to compare")
    return found


def _names(sources: list[Source]) -> tuple[str, str]:
    """What the two are called: by their files where these differ."""
    first, second = (printable(source.name) for source in sources)
    named = first != second and inputs.EXPRESSION not in (first, second)
    return (first, second) if named else ("the first", "the second")


def _lines(found: Comparison, first: str, second: str) -> list[str]:
    what = {
        "equal": f"equal: {first} and {second} admit the same",
        "narrower": f"narrower: all that {first} admits, {second} admits too",
        "wider": f"wider: all that {second} admits, {first} admits too",
        "overlapping": f"overlapping: {first} and {second} have something in common, and each has more",
        "disjoint": f"disjoint: {first} and {second} have nothing in common",
        "not analysed": f"not analysed: {found.reason}",
    }
    shown = ((f"only {first}", found.first_only), (f"only {second}", found.second_only), ("both", found.both))
    rows = [(who, printable(str(moment))) for who, moment in shown if moment is not None]
    width = max((len(who) for who, _ in rows), default=0)
    return [what[found.relation], *(f"  {who:{width}}  {moment}" for who, moment in rows)]
