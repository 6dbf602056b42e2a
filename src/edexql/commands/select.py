"""`edexql select`."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands import inputs, selections, service
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import (
    add_catalogue,
    add_colour,
    add_engine,
    add_environment,
    add_network,
    add_output,
    add_pick,
    add_quiet,
    add_service,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.client.selection.file import Selection
    from edexql.commands.parser import Parser
    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
Show a selection: the files of a listing that `fetch --save` wrote, with numbers and ticks. --pick ticks these files
and no others, --drop removes their ticks; both save the selection. FILES are numbers (1-3,7), names and
patterns (*_15*), sizes (>1GB) and times (2019-05-01T15:00..T16:00); !WORD means all others. --compare shows the
differences from another selection; --again asks once more and shows which files are new, gone or replaced by
a newer version."""
EXAMPLE = """\
edexql fetch --local -q -e 'product fai-*; date 2019-05-01' --save may.edqs && edexql select may.edqs --drop 2"""


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a selection, as `fetch --save` and `results --save` write it")
    add_pick(parser, "tick these and no others")
    parser.add_argument("--drop", metavar="FILES", action="append", default=[], help="remove the ticks of these")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--compare", metavar="OTHER", help="show the differences from another, later selection")
    what.add_argument("--again", action="store_true", help="ask the service again, and show the differences")
    parser.add_argument("--update", action="store_true", help="with --again: save the new listing")
    add_output(
        parser,
        "a list, the names of the ticked files, a table for programs, or JSON (default: text)",
        ("text", "names", "csv", "json"),
    )
    add_service(parser, "with --again: ask this service, not that of the selection")
    add_network(parser)
    add_catalogue(parser)
    add_engine(parser)
    add_environment(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.client.selection import file as selection_file

    differing = options.compare is not None or options.again
    if differing and (options.pick or options.drop):
        raise UsageError(
            "--pick and --drop change the ticks, --again and --compare only show differences: use one after the other"
        )
    if differing and options.output in ("names", "csv"):
        raise UsageError("--again and --compare print text or json")
    if options.update and not options.again:
        raise UsageError("--update needs --again")
    vocabulary = inputs.vocabulary(options)
    shown = selection_file.load(options.file, vocabulary)
    if differing:
        return _differ(shown, options, vocabulary)
    if options.pick or options.drop:
        shown = _chosen(shown, options)
        selection_file.save(options.file, shown)
    sys.stdout.write(selections.selection(shown, options.output))
    selections.write_message(selections.summary(shown))
    return FINE


def _chosen(shown: Selection, options: argparse.Namespace) -> Selection:
    """A selection with other ticks. Raises PickError."""
    from edexql.client.selection.picks import pick

    files = [choice.file for choice in shown.files]
    ticks = tuple(choice.ticked for choice in shown.files)
    if options.pick:
        ticks = pick(files, selections.words(files, options.pick))
    if options.drop:
        dropped = pick(files, selections.words(files, options.drop))
        ticks = tuple(tick and not drop for tick, drop in zip(ticks, dropped, strict=True))
    return shown.with_ticks(ticks)


def _differ(shown: Selection, options: argparse.Namespace, vocabulary: Vocabulary) -> int:
    """Tell what is different in another selection, or in what is listed now."""
    from edexql.client.selection import file as selection_file
    from edexql.client.selection.comparison import compare, refreshed

    forms = vocabulary.name_forms
    before = [choice.file for choice in shown.files]
    if options.compare is not None:
        other = selection_file.load(options.compare, vocabulary)
        comparison = compare(before, (choice.file for choice in other.files), forms)
    else:
        listed, base = service.listing_again(shown, options)
        comparison = compare(before, listed.files, forms)
    sys.stdout.write(selections.comparison(comparison, options.output))
    selections.write_message(selections.difference(comparison, shown.listed_at))
    if options.update:
        new = refreshed(shown, listed, forms)
        kept = selection_file.Selection(new.query, new.wire, base, new.listed_at, new.files, new.parameters)
        selection_file.save(options.file, kept)
        sys.stderr.write(f"saved to {printable(options.file)}\n")
    return FINE
