"""`edexql availability`."""

from __future__ import annotations

import json
import sys

from edexql.base.text import printable
from edexql.commands import environment, inputs, local, pictures
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import (
    add_archive,
    add_catalogue,
    add_colour,
    add_dry_run,
    add_environment,
    add_network,
    add_output,
    add_pictures,
    add_quiet,
    add_width,
)
from edexql.model.period import moment
from edexql.terminal.diagnostics import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser
    from edexql.model.availability import Availability
    from edexql.model.timeset import TimeSet
    from edexql.model.vocabulary import Vocabulary
    from edexql.pictures.picture import Picture

DESCRIPTION = """\
Draw when the instruments had data, one line for each instrument, from the availability text of the archive. Days
without such a text, and lines that cannot be read, are "no information", which is not the same as no data.
With --local, a catalogue on this machine answers, from its logs and its files: a file shows that its instrument had
data."""
EXAMPLE = "edexql availability 2019-05-01..2019-05-03 --dry-run"
# Columns for the names of the instruments.
NAMES = 6
# Doubts that are shown one by one.
MOST_DOUBTS = 20


def arguments(parser: Parser) -> None:
    days = parser.add_argument("days", metavar="DAYS", help="as `date` takes them: 2019-05-01..2019-05-03, 2019-05")
    days.completer = lambda **_: ()  # type: ignore[attr-defined]  # no file
    add_pictures(parser)
    add_width(parser)
    where = parser.add_mutually_exclusive_group()
    add_archive(where)
    where.add_argument("--local", action="store_true", help="ask a catalogue on this machine, not the archive")
    add_catalogue(parser)
    add_output(parser, "a drawing or JSON (default: text)")
    add_dry_run(parser, "print the addresses that would be requested, and request none")
    add_quiet(parser, "no notes and progress")
    add_network(parser)
    add_environment(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.client.archive.availability import availability_of
    from edexql.client.settings.configuration import archive_address
    from edexql.compiler.request import today
    from edexql.terminal.progress import Bar

    setting = inputs.setting(options)
    vocabulary = setting.vocabulary
    assert vocabulary is not None
    days = environment.days(options.days, setting.today or today(), vocabulary)
    if not days:
        raise UsageError("there are no such days between the launch and today")
    if options.local:
        if options.dry_run or options.record or options.replay:
            raise UsageError("--dry-run, --record and --replay are for the archive: --local does not use the network")
        with local.catalogue(options) as catalogue:
            from edexql.catalogue.availability import available as available_locally

            return _answered(available_locally(days, catalogue, vocabulary), len(days), options, vocabulary)
    configuration = environment.configured(options, archive__address=options.archive)
    base = archive_address(configuration)
    if options.dry_run:
        from edexql.client.archive.locations import Place, address

        sys.stdout.write("".join(f"GET {printable(address(str(Place(day, None)), base))}\n" for day in days))
        return FINE
    with environment.session(options, configuration) as session, Bar("files", quiet=options.quiet) as bar:
        availability = availability_of(days, session, base, bar.file, vocabulary)
    return _answered(availability, len(days), options, vocabulary)


def _answered(availability: Availability, days: int, options: argparse.Namespace, vocabulary: Vocabulary) -> int:
    """Write what is known, and return the exit code."""
    title = f"When the instruments{vocabulary.mission.of} had data"
    if options.output == "json":
        sys.stdout.write(json.dumps(_document(availability), indent=2) + "\n")
    else:
        names = max([NAMES, *(len(line.instrument) + 2 for line in availability.lines)])
        width = options.width or max(20, columns() - names)
        pictures.draw(_picture(availability, title, width), width, options)
    pictures.write(lambda: _picture(availability, title), options)
    return _write_doubts(availability, days, options)


def _picture(availability: Availability, title: str, bins: int | None = None) -> Picture:
    from edexql.pictures.picture import Picture
    from edexql.pictures.timeline import of_availability

    return Picture(
        "availability", availability.start, availability.end, of_availability(availability, title, bins=bins)
    )


def _write_doubts(availability: Availability, days: int, options: argparse.Namespace) -> int:
    """What the drawing rests on, on standard error, and the exit code."""
    if not options.quiet:
        for doubt in availability.doubts[:MOST_DOUBTS]:
            sys.stderr.write(f"note: {printable(doubt)}\n")
        if len(availability.doubts) > MOST_DOUBTS:
            sys.stderr.write(f"note: and {len(availability.doubts) - MOST_DOUBTS} more; --output json has them all\n")
    if not availability.sources:
        of = "this day" if days == 1 else f"these {days} days"
        what = "catalogue has no log and no file" if options.local else "archive has no availability text"
        read = "" if options.local else " that can be read"
        sys.stderr.write(f"edexql: the {what} for {of}{read}\n")
        return MISTAKES
    return FINE


def _document(availability: Availability) -> dict[str, object]:
    return {
        "start": moment(availability.start),
        "end": moment(availability.end),
        "instruments": {
            line.instrument: {"on": _spans(line.on), "known": _spans(line.known)} for line in availability.lines
        },
        "sources": list(availability.sources),
        "doubts": list(availability.doubts),
    }


def _spans(times: TimeSet) -> list[list[str]]:
    return [[moment(a), moment(b)] for a, b in zip(times[::2], times[1::2], strict=True)]
