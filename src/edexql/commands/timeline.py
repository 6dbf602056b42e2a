"""`edexql timeline`."""

from __future__ import annotations

import json
import sys

from edexql.base.units import duration
from edexql.commands import local
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_catalogue, add_colour, add_inputs, add_output, add_quiet, add_setting, add_width
from edexql.model.period import moment
from edexql.terminal.diagnostics import coloured, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.timeline import Timeline
    from edexql.commands.parser import Parser
    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
Draw when a catalogue has files of the products of a query, and when these match, with one line for each instrument."""
EXAMPLE = "edexql timeline -e 'product fai-lv1-hdf5-images, rri-*; date 2016; kp >= 3'"
# Columns for the names of the instruments.
NAMES = 12
# Nothing, files, files that may match, files that match.
MARKS = " .?#"
_STATES = ("nothing", "exists", "no information", "matches")
_COLOURS = ("", "\x1b[2m", "\x1b[33m", "\x1b[1;32m")


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    add_catalogue(parser)
    add_width(parser)
    add_output(parser, "a drawing or JSON (default: text)")
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    setting, folder = local.settings(options)
    query = local.one_query(options, setting)
    with local.catalogue_at(folder, setting.vocabulary) as catalogue:
        from edexql.catalogue.timeline import timeline
        from edexql.model.vocabulary import load

        vocabulary = setting.vocabulary or load()
        chart = timeline(query, catalogue, vocabulary, options.width or max(20, columns() - _names(vocabulary)))
        if chart is None:
            raise UsageError(_nothing(catalogue))
        if options.output == "json":
            sys.stdout.write(json.dumps(_document(chart), indent=2) + "\n")
        else:
            sys.stdout.write(_drawn(chart, colour=coloured(sys.stdout, options.color)))
    return FINE


def _names(vocabulary: Vocabulary) -> int:
    """Columns for the names of lines: instruments, after their satellite where there are several."""
    titles = [one.title for one in vocabulary.satellites.values()]
    longest = max(map(len, vocabulary.instruments), default=0)
    return max(NAMES, *(len(title) + longest + 3 for title in titles)) if len(titles) > 1 else NAMES


def _nothing(catalogue: Catalogue) -> str:
    """Why there is nothing to draw."""
    if catalogue.empty:
        return "the catalogue is empty: `edexql catalogue ingest` ingests files and folders"
    if not catalogue.files:
        return "the catalogue has no files: name dates to draw the times between"
    return "the catalogue has no files of these products"


def _document(chart: Timeline) -> dict[str, object]:
    return {
        "start": moment(chart.start),
        "end": moment(chart.end),
        "instruments": {line.instrument: [_STATES[value] for value in line.bins] for line in chart.lines},
    }


def _drawn(chart: Timeline, *, colour: bool) -> str:
    name = max(len(line.instrument) for line in chart.lines)
    width = len(chart.lines[0].bins)
    first, last = moment(chart.start), moment(chart.end)
    lines = [f"{'':{name}}  {first}{last:>{max(width - len(first), len(last) + 1)}}"]
    for line in chart.lines:
        drawn = "".join(
            f"{_COLOURS[value]}{MARKS[value]}\x1b[0m" if colour and value else MARKS[value] for value in line.bins
        )
        lines.append(f"{line.instrument:{name}}  {drawn}".rstrip())
    step = duration((chart.end - chart.start) // width)
    lines.append(f"{'':{name}}  # matches  ? no information  . files that do not match; a column is {step}")
    return "\n".join(lines) + "\n"
