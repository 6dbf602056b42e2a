"""`edexql fetch`."""

from __future__ import annotations

import json
import sys

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.commands import answers, engines, inputs, local
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import (
    add_catalogue,
    add_colour,
    add_dry_run,
    add_engine,
    add_inputs,
    add_network,
    add_output,
    add_quiet,
    add_service,
    add_setting,
)
from edexql.compiler.request import compilation, request_of, request_of_meaning
from edexql.model.vocabulary import load
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from edexql.commands.local import Meaning
    from edexql.commands.parser import Parser
    from edexql.commands.service import Party
    from edexql.compiler.request import Request, Setting
    from edexql.language.source import Source
    from edexql.model.answer import Answer
    from edexql.model.query import Query

DESCRIPTION = """\
List the files that match a query, with their sizes. What eDEx cannot be asked (times of day, for example) is
applied to its answer; standard error says how many files that removed. With --local, a catalogue on this machine
answers: each file shows for how long it matches, and files without information are counted separately. --engine NAME
--at PLACE asks the tables of an export on another engine, with the same answer. --save writes the listing to a
selection, for `edexql select`, `edexql request` and `edexql download`."""
EXAMPLE = "edexql fetch --local -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'"

SAMPLE_ONLY = """\
note: this is the sample catalogue, a dozen files of the archive; `edexql catalogue ingest` creates your own
"""


class Output(Record):
    """What is written of an answer, and how: `what` is files, times or count; `by` is day, product or None.

    `unknown` says whether what nothing is known of is reported apart, included or excluded. `save` is the file in which
    the listing is kept, None for none.
    """

    what: str
    form: str
    by: str | None
    unknown: str
    save: str | None


class Compiled(Record):
    """A query that was compiled, once: its text, the query, and its request where that is sent or kept."""

    source: Source
    query: Query
    request: Request | None


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    where = parser.add_mutually_exclusive_group()
    add_service(where)
    where.add_argument(
        "--local",
        dest="service",
        action="store_const",
        const=inputs.LOCAL,
        help="ask a catalogue on this machine, not eDEx",
    )
    add_engine(parser, where)
    add_output(
        parser,
        "names and sizes, names alone, a table for programs, or the answer of the service (default: text)",
        ("text", "names", "csv", "json"),
    )
    parser.add_argument(
        "--by", choices=("product", "day"), help="totals per product or day: below the table, or instead of it"
    )
    parser.add_argument("--save", metavar="FILE", help="save the listing as a selection, all files ticked")
    add_dry_run(parser, "print the request and send nothing")
    add_network(parser)
    add_catalogue(parser)
    parser.add_argument(
        "--unknown",
        choices=("report", "include", "exclude"),
        default="report",
        help="with --local or --engine: files and times without information are counted separately, listed with the"
        " others, or left out (default: report)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--times", action="store_true", help="with --local or --engine: the times that match, not the files"
    )
    what.add_argument("--count", action="store_true", help="with --local or --engine: the totals alone")
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    options = engines.settled(options, listing=True)
    output = _output(options)
    if _asks_evidence(options):
        return _fetch_from_evidence(options, output)
    return _fetch_from_service(options, output)


def _asks_evidence(options: argparse.Namespace) -> bool:
    """Whether a catalogue is asked or the tables of an export, and not eDEx."""
    return options.service == inputs.LOCAL or engines.choice(options) is not None


def _output(options: argparse.Namespace) -> Output:
    """What the options say is written. Raises UsageError where they do not go together."""
    what = "times" if options.times else "count" if options.count else "files"
    if options.by and options.output == "names":
        raise UsageError("--by gives totals, which have no names: do not use --output names")
    if not _asks_evidence(options):
        if what != "files" or options.unknown != "report":
            raise UsageError("--times, --count and --unknown need --local or another engine than eDEx")
    elif options.dry_run:
        raise UsageError("--dry-run is for eDEx; `edexql explain` shows how a query is read")
    elif options.record or options.replay:
        raise UsageError("--record and --replay are for eDEx, and not for other engines")
    elif what != "files" and (options.by or options.save or options.output == "csv"):
        raise UsageError("--by, --save and --output csv are for files: do not use --times and --count")
    return Output(what, options.output, options.by, options.unknown, options.save)


def _fetch_from_service(options: argparse.Namespace, output: Output) -> int:
    from edexql.commands import service

    party, setting = service.party(options), inputs.setting(options)
    compilations = []
    for source in inputs.sources(options):
        done = compilation(source, setting)
        report(done.diagnostics, options)
        compilations.append((source, done))
    if any(done.failed for _, done in compilations):
        return MISTAKES
    compiled = [Compiled(source, done.resolved.query, request_of(done)) for source, done in compilations]
    _check_saved(compiled, output)
    if options.dry_run:
        for one in compiled:
            _show_request(one, party)
        return FINE
    vocabulary = setting.vocabulary

    def list_files(one: Compiled) -> Answer:
        assert one.request is not None
        return service.listing_of(one.request, party, options, vocabulary)

    return _write_all(compiled, list_files, party.base, setting, output)


def _fetch_from_evidence(options: argparse.Namespace, output: Output) -> int:
    setting, folder = local.settings(options)
    compiled = [_meant(one, kept=output.save is not None) for one in local.compiled(options, setting)]
    _check_saved(compiled, output)
    vocabulary = setting.vocabulary or load()
    with engines.asked(engines.choice(options), options, vocabulary, folder) as asked:
        from edexql.engines.sources import evaluate

        def answer(one: Compiled) -> Answer:
            if output.what == "times":
                return asked.evidence.holding(one.query)
            return evaluate(one.query, asked.evidence)

        code = _write_all(compiled, answer, asked.base, setting, output)
        if compiled and asked.is_sample and not options.quiet:
            sys.stderr.write(SAMPLE_ONLY)
    return code


def _meant(one: Meaning, *, kept: bool) -> Compiled:
    """A query for a catalogue, with its request where the listing is `kept`. Raises QueryError."""
    request = request_of_meaning(one.resolved, one.diagnostics) if kept else None
    return Compiled(one.source, one.resolved.query, request)


def _check_saved(compiled: Sequence[Compiled], output: Output) -> None:
    if output.save and len(compiled) != 1:
        raise UsageError("--save saves the listing of one query: give one")


def _show_request(one: Compiled, party: Party) -> None:
    """Print what would be sent."""
    from edexql.client.credentials import public_url

    assert one.request is not None
    document = json.dumps(one.request.parameters, indent=2)
    sys.stdout.write(f"{party.places.method} {printable(public_url(party.places.listing))}\n{document}\n")


def _write_all(
    compiled: Sequence[Compiled], list_files: Callable[[Compiled], Answer], base: str, setting: Setting, output: Output
) -> int:
    """Ask for each query and write the answer; `base` is who was asked, as selections have it."""
    for number, one in enumerate(compiled):
        answer = _with_wish(list_files(one), output.unknown)
        if output.save is not None:
            # A selection has files as values, which are then written as well.
            answer = answer.with_files(tuple(answer.files))
        _write(answer, output, setting, head=not number)
        if output.save is not None:
            _save(output.save, one, answer, base, setting)
    return FINE


def _with_wish(answer: Answer, unknown: str) -> Answer:
    """An answer in which what nothing is known of is reported apart, included or excluded."""
    if unknown == "include":
        return answer.with_unknown()
    return answer.without_unknown() if unknown == "exclude" else answer


def _write(answer: Answer, output: Output, setting: Setting, *, head: bool) -> None:
    if output.what == "times":
        answers.times(answer, output.form)
    elif output.what == "count":
        answers.counts(answer, output.form, apart=output.unknown == "report")
    elif output.by:
        answers.grouped(answer, output.by, output.form, setting.vocabulary, head=head)
    else:
        answers.files(answer, output.form, head=head)
    sys.stdout.flush()


def _save(path: str, one: Compiled, answer: Answer, base: str, setting: Setting) -> None:
    from edexql.client.selection.file import new_selection
    from edexql.commands import selections

    assert one.request is not None
    selections.save(path, new_selection(one.source.text, one.request, answer, base, setting.parameters))
    sys.stderr.write(f"saved to {printable(path)}\n")
