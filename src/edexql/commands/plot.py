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
from edexql.model.vocabulary import load
from edexql.pictures.picture import KINDS
from edexql.terminal.diagnostics import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser

DESCRIPTION = """\
Draw a query on a catalogue, or on another engine. `track` is the ground track on a map with coast line, night and
stations, `dial` magnetic latitude against magnetic local time, `panels` indices and orbit over time with rows of
position, `timeline` when files exist and match. What matches is in colour. Without --start, --end, --match and --file,
the dates of the query are shown if they are one day at the most, else the first time that matches. --match 2 shows the
second one, of those between --start and --end where these are given. Without --svg and --png, the drawing is in
characters."""
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
    setting, folder = local.settings(options)
    query = local.one_query(options, setting)
    with engines.asked(engines.choice(options), options, setting.vocabulary or load(), folder) as asked:
        from edexql.pictures.kinds import picture

        span = pictures.span(options, setting)
        with pictures.advice():
            drawn = picture(options.kind, query, asked.evidence, span, file=options.file, match=options.match)
        if options.svg is None and options.png is None:
            pictures.draw(drawn, options.width or max(20, columns() - NAMES), options)
        pictures.write(lambda: drawn, options)
        if drawn.match and drawn.matches and drawn.matches > 1 and not options.quiet:
            sys.stderr.write(f"note: match {drawn.match:,} of {drawn.matches:,}; --match N shows another\n")
        if asked.is_sample and not options.quiet:
            sys.stderr.write("note: this is the sample catalogue, a dozen files of the archive\n")
    return FINE
