"""`edexql timeline`."""

from __future__ import annotations

import json
import sys

from edexql.commands import engines, local, pictures
from edexql.commands.exits import FINE
from edexql.commands.options import (
    add_catalogue,
    add_colour,
    add_engine,
    add_inputs,
    add_output,
    add_pictures,
    add_quiet,
    add_setting,
    add_span,
    add_width,
)
from edexql.model.period import moment
from edexql.model.vocabulary import load
from edexql.terminal.diagnostics import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser
    from edexql.engines.timeline import Timeline
    from edexql.model.vocabulary import Vocabulary
    from edexql.pictures.picture import Picture

DESCRIPTION = """\
Draw when a catalogue has files of the products of a query, and when these match, with one line for each instrument.
--start and --end show a part of that time more closely."""
EXAMPLE = "edexql timeline -e 'product fai-lv1-hdf5-images, rri-*; date 2016; kp >= 3'"
# Columns for the names of the instruments.
NAMES = 12
_STATES = ("nothing", "exists", "no information", "matches")


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    add_catalogue(parser)
    add_engine(parser)
    add_span(parser)
    add_width(parser)
    add_pictures(parser)
    add_output(parser, "a drawing or JSON (default: text)")
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    options = engines.settled(options)
    setting, folder = local.settings(options)
    query = local.one_query(options, setting)
    vocabulary = setting.vocabulary or load()
    with engines.asked(engines.choice(options), options, vocabulary, folder) as asked:
        from edexql.pictures import kinds
        from edexql.pictures.picture import TIMELINE

        span = pictures.span(options, setting)
        width = options.width or max(20, columns() - _names(vocabulary))
        with pictures.advice():
            chart = kinds.timeline(query, asked.evidence, span, width)
        if options.output == "json":
            sys.stdout.write(json.dumps(_document(chart), indent=2) + "\n")
        else:
            pictures.draw(kinds.picture_of(chart), width, options)

        def picture() -> Picture:
            return kinds.picture(TIMELINE, query, asked.evidence, span)

        pictures.write(picture, options)
    return FINE


def _names(vocabulary: Vocabulary) -> int:
    """Columns for the names of lines: instruments, after their satellite where there are several."""
    titles = [one.title for one in vocabulary.satellites.values()]
    longest = max(map(len, vocabulary.instruments), default=0)
    return max(NAMES, *(len(title) + longest + 3 for title in titles)) if len(titles) > 1 else NAMES


def _document(chart: Timeline) -> dict[str, object]:
    return {
        "start": moment(chart.start),
        "end": moment(chart.end),
        "instruments": {line.instrument: [_STATES[value] for value in line.bins] for line in chart.lines},
    }
