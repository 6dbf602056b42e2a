"""`edexql plot`."""

from __future__ import annotations

import sys

from edexql.commands import engines, local, pictures
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import (
    add_catalogue,
    add_colour,
    add_engine,
    add_inputs,
    add_pictures,
    add_quiet,
    add_setting,
    add_span,
    add_width,
    number,
)
from edexql.pictures.picture import KINDS, TIMELINE
from edexql.terminal.diagnostics import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.engines import Choice
    from edexql.commands.parser import Parser
    from edexql.compiler.request import Setting
    from edexql.model.query import Query

DESCRIPTION = """\
Draw a query on a catalogue. `track` is the ground track on a map with coast line, night and stations, `dial` magnetic
latitude against magnetic local time, `panels` indices and orbit over time with rows of position, `timeline` when files
exist and match. What matches is in colour. Without --start, --end, --match and --file, the dates of the query are shown
if they are one day at the most, else the first time that matches. --match 2 shows the second one, of those between
--start and --end where these are given. Engines over tables (--engine) draw the timeline alone. Without --svg and
--png, the drawing is in characters."""
EXAMPLE = "edexql plot panels -e 'product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3'"
# Columns for numbers and names at the left of panels.
NAMES = 12


def arguments(parser: Parser) -> None:
    parser.add_argument("kind", choices=KINDS, help="what to draw")
    add_inputs(parser)
    add_catalogue(parser)
    add_engine(parser)
    add_span(parser)
    parser.add_argument("--match", metavar="N", type=number, help="show the N-th time that matches, from 1 on")
    parser.add_argument("--file", metavar="NAME", help="show the times of this file of the catalogue")
    add_pictures(parser)
    add_width(parser)
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    if options.file is not None and (options.start, options.end, options.match) != (None, None, None):
        raise UsageError("--file shows the times of a file: do not use --start, --end and --match")
    options = engines.settled(options)
    chosen = engines.choice(options)
    setting, folder = local.settings(options)
    query = local.one_query(options, setting)
    if chosen is not None:
        return _on_tables(query, chosen, options, setting)
    with local.catalogue_at(folder, setting.vocabulary) as catalogue:
        from edexql.model.vocabulary import load
        from edexql.pictures.kinds import picture

        span = pictures.span(options, setting)
        vocabulary, shown = setting.vocabulary or load(), {"file": options.file, "match": options.match}
        with pictures.advice():
            drawn = picture(options.kind, query, catalogue, vocabulary, span, **shown)
        if options.svg is None and options.png is None:
            pictures.draw(drawn, options.width or max(20, columns() - NAMES), options)
        pictures.write(lambda: drawn, options)
        if drawn.match and drawn.matches and drawn.matches > 1 and not options.quiet:
            sys.stderr.write(f"note: match {drawn.match:,} of {drawn.matches:,}; --match N shows another\n")
        if catalogue.is_sample and not options.quiet:
            sys.stderr.write("note: this is the sample catalogue, a dozen files of the archive\n")
    return FINE


def _on_tables(query: Query, chosen: Choice, options: argparse.Namespace, setting: Setting) -> int:
    """Draw the timeline of an engine over tables, which is what these have. Raises UsageError for anything else."""
    if options.kind != TIMELINE:
        raise UsageError(
            f"{options.kind} is drawn from the positions of a catalogue: name one with --engine local --at FOLDER;"
            f" {chosen.name} draws the timeline"
        )
    if options.file is not None or options.match is not None:
        raise UsageError(f"{chosen.name} draws the times between --start and --end, not those of --file or --match")
    from edexql.model.vocabulary import load

    with engines.asked(chosen, options, setting.vocabulary or load(), None) as asked:
        from edexql.pictures.kinds import timeline_of_evidence

        with pictures.advice():
            drawn = timeline_of_evidence(query, asked.evidence, pictures.span(options, setting))
        if options.svg is None and options.png is None:
            pictures.draw(drawn, options.width or max(20, columns() - NAMES), options)
        pictures.write(lambda: drawn, options)
    return FINE
