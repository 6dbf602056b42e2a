"""`edexql check`."""

from __future__ import annotations

import sys

from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES
from edexql.commands.options import add_colour, add_inputs, add_output, add_quiet, add_setting
from edexql.compiler.request import compilation
from edexql.language.source import BOM, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import TextIO

    from edexql.commands.parser import Parser
    from edexql.compiler.request import Setting
    from edexql.language.diagnostics import Diagnostic

DESCRIPTION = """\
Report all errors and warnings of queries. With --fix, the certain fixes are applied to the files first (for
standard input and -e, the fixed text is printed), and the rest is reported."""
# Errors are fixed together, warnings one after the other: what a fix changes may be what the next one rests on.
MOST_ROUNDS = 50
EXAMPLE = "edexql check -e 'prodcut fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 ADN 2'"


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    add_output(
        parser, "format of the diagnostics (default: terminal)", ("terminal", "plain", "json", "sarif", "github")
    )
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are certain")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    setting = inputs.setting(options)
    diagnostics: list[Diagnostic] = []
    count = 0
    for source in inputs.sources(options):
        fixed = _fixed(source, setting, options) if options.fix else source
        diagnostics += compilation(fixed, setting).diagnostics
        count += 1
    if options.quiet:
        diagnostics = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    # A fixed text is the result and goes to standard output, so that what is left to say goes elsewhere.
    stream = sys.stderr if options.fix and ("-" in options.files or options.texts) else sys.stdout
    stream.write(rendered(diagnostics, stream, options))
    if options.output == "terminal" and count and not options.quiet:
        sys.stderr.write(_summary(diagnostics, count))
    return MISTAKES if any(d.is_error or options.strict for d in diagnostics) else FINE


def rendered(diagnostics: Sequence[Diagnostic], stream: TextIO, options: argparse.Namespace) -> str:
    """The findings as the option --output says."""
    if options.output != "terminal":
        from edexql.language.diagnostics.interchange import render

        return render(diagnostics, options.output)
    if not diagnostics:
        return ""
    from edexql.terminal.diagnostics import for_people

    return for_people(diagnostics, stream, options)


def _summary(diagnostics: Sequence[Diagnostic], count: int) -> str:
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    warnings = len(diagnostics) - errors
    files = "1 query" if count == 1 else f"{count} queries"
    listed = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return f"{files} checked: {' and '.join(listed) or 'nothing found'}\n"


def _fixed(source: Source, setting: Setting, options: argparse.Namespace) -> Source:
    """The source with all certain fixes made, put in its place."""
    text = source.text
    if source.undecodable:
        return source
    diagnostics = compilation(Source(text, source.name), setting).diagnostics
    for _ in range(MOST_ROUNDS):
        for better in (applied(text, [d for d in diagnostics if d.is_error]), applied(text, _first_fix(diagnostics))):
            after = compilation(Source(better, source.name), setting).diagnostics
            if better != text and _better(diagnostics, after):
                text, diagnostics = better, after
                break
        else:
            break
    if text != source.text or source.name in (inputs.STANDARD_INPUT, inputs.EXPRESSION):
        inputs.put_back(source, (BOM if source.bom else "") + text, "fixed", options)
    return Source(text, source.name)


def _first_fix(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.fix is not None][:1]


def _better(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Whether fixes left fewer errors and none of a new kind, or the same errors and fewer to fix, or to warn of."""
    from collections import Counter

    left = Counter(d.code for d in after if d.is_error)
    errors = Counter(d.code for d in before if d.is_error)
    if left != errors:
        return not left - errors
    fewer = sum(d.fix is not None for d in after) < sum(d.fix is not None for d in before)
    return len(after) < len(before) or (fewer and len(after) == len(before))


def applied(text: str, diagnostics: Sequence[Diagnostic]) -> str:
    """A text with the fixes of diagnostics made; of two that overlap, the first."""
    from edexql.compiler.fixes import with_fixes

    return with_fixes(text, (d.fix for d in diagnostics if d.fix is not None))
