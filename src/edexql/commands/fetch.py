"""`edexql fetch`."""

from __future__ import annotations

import json
import sys

from edexql.base.text import printable
from edexql.base.units import size
from edexql.client import endpoints
from edexql.client.credentials import without
from edexql.commands import client, inputs, listing_asking, listing_writing, local
from edexql.commands.exits import FINE, UsageError
from edexql.compiler.request import compilation, request_of
from edexql.compiler.request import request as request_in
from edexql.model.vocabulary import load
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from edexql.catalogue.evaluation import Evaluation
    from edexql.client.listing import Listing
    from edexql.compiler.request import Request
    from edexql.language.source import Source

DESCRIPTION = """\
Ask eDEx for the files of a query, and print their names and sizes. The part of a query that eDEx cannot
be asked is applied to the answer; how many files it took away is told on standard error. With --local a
catalogue on this machine is asked instead: each file then shows how long it meets the query, and files of
which that cannot be told are kept apart. --save keeps the listing as a selection, for `edexql select` and
`edexql request`."""
EXAMPLE = "edexql fetch --local -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'"

_LOCAL_COLUMNS = (
    *("name", "product", "size", "size_text", "start", "end"),
    *("matched_seconds", "place", "synthetic"),
)
SAMPLE_ONLY = """\
note: this is the sample catalogue, a dozen files of the archive; `edexql catalogue ingest` makes one of your own
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_inputs(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--service", metavar="URL", help=f"base address of eDEx (default: as configured, else {endpoints.SERVICE})"
    )
    where.add_argument(
        "--local",
        dest="service",
        action="store_const",
        const=inputs.LOCAL,
        help="ask a catalogue on this machine, not eDEx",
    )
    parser.add_argument(
        "--output",
        choices=("text", "names", "csv", "json"),
        default="text",
        help="names and sizes, names alone, a table for programs, or the answer of the service (default: text)",
    )
    parser.add_argument(
        "--by", choices=("product", "day"), help="totals per product or day: below the table, or in its place"
    )
    parser.add_argument("--save", metavar="FILE", help="keep the listing, all ticked, as a selection")
    parser.add_argument("--dry-run", action="store_true", help="print the request and send nothing")
    client.add_network(parser)
    local.add_catalogue(parser)
    parser.add_argument(
        "--unknown",
        choices=("report", "include", "exclude"),
        default="report",
        help="with --local: files and times of which nothing is known are counted apart, listed with the others,"
        " or passed over (default: report)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--times", action="store_true", help="with --local: the times that meet the query, not the files")
    what.add_argument("--count", action="store_true", help="with --local: the totals alone")
    inputs.add_setting(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no warnings")
    inputs.add_colour(parser)


def run(options: argparse.Namespace) -> int:
    if options.by and options.output == "names":
        raise UsageError("--by gives totals, which have no names: leave --output names out")
    if options.service == inputs.LOCAL:
        return _run_locally(options)
    if options.times or options.count or options.unknown != "report":
        raise UsageError("--times, --count and --unknown go with --local")
    asked = listing_asking.party(options)
    setting = inputs.setting(options)
    compiled = []
    for source in inputs.sources(options):
        done = compilation(source, setting)
        report(done.diagnostics if done.failed or not options.quiet else (), options)
        compiled.append((source, done))
    if any(done.failed for _, done in compiled):
        from edexql.commands.exits import MISTAKES

        return MISTAKES
    if options.save and len(compiled) != 1:
        raise UsageError("--save keeps the listing of one query: give one")
    for number, (source, done) in enumerate(compiled):
        request = request_of(done)
        if options.dry_run:
            document = json.dumps(request.parameters, indent=2)
            sys.stdout.write(f"{asked.places.method} {printable(without(asked.places.listing))}\n{document}\n")
            continue
        found = listing_asking.listing_of(request, asked, options)
        sys.stdout.write(_written(found, options, head=not number))
        sys.stdout.flush()
        _tell(found)
        if options.save:
            _save(options.save, source, request, found, asked.base, setting.parameters)
    return FINE


def _run_locally(options: argparse.Namespace) -> int:
    if options.dry_run:
        raise UsageError("--dry-run goes with eDEx; `edexql explain` shows how a query is read")
    if options.record or options.replay:
        raise UsageError("--record and --replay go with eDEx: a catalogue on this machine is asked without a network")
    if (options.times or options.count) and (options.by or options.save or options.output == "csv"):
        raise UsageError("--by, --save and --output csv are about files: leave --times and --count out")
    source = _one_source(options) if options.save else None
    asked = list(local.queries(options))
    with local.catalogue(options) as catalogue:
        from edexql.catalogue.emptiness import evaluate
        from edexql.catalogue.evaluation import notes_on_times, times
        from edexql.commands import answers

        setting = inputs.setting(options)
        vocabulary = setting.vocabulary or load()
        for number, query in enumerate(asked):
            if options.times:
                answer = times(query, catalogue, vocabulary)
                notes = notes_on_times(query, answer, catalogue, vocabulary)
                answers.times(answer, notes, options.output, options.unknown)
                continue
            found = evaluate(query, catalogue, vocabulary)
            if options.count:
                answers.counts(found, options.output, options.unknown)
            else:
                _answer(found, options, head=not number)
            if source is not None:
                files = listing_asking.of_evaluation(found, unknown=options.unknown == "include")
                request = request_in(source, setting)
                _save(options.save, source, request, files, inputs.LOCAL, setting.parameters)
        if asked and local.is_sample(catalogue) and not options.quiet:
            sys.stderr.write(SAMPLE_ONLY)
    return FINE


def _one_source(options: argparse.Namespace) -> Source:
    """The one query whose listing is to be kept; it is from now on what the options name."""
    sources = list(inputs.sources(options))
    if len(sources) != 1:
        raise UsageError("--save keeps the listing of one query: give one")
    options.files, options.texts, options.current = [], [], sources[0]
    return sources[0]


def _answer(found: Evaluation, options: argparse.Namespace, *, head: bool) -> None:
    """Write what a catalogue answers with."""
    from edexql.commands import answers

    if not options.by and options.output != "csv":
        answers.files(found, options.output, options.unknown)
        return
    listed = listing_asking.of_evaluation(found, unknown=options.unknown == "include")
    if options.by:
        if options.output == "text":
            answers.files(found, options.output, options.unknown)
            sys.stdout.write("\n")
        sys.stdout.write(_totals(listed, options, head=head))
        return
    rows = [answers.as_json(file) for file in (*found.files, *(found.unknown if options.unknown == "include" else ()))]
    columns = {name: [row[name] for row in rows] for name in _LOCAL_COLUMNS}
    sys.stdout.write(listing_writing.csv_of(columns, head=head))
    sys.stdout.flush()
    local.told(found.notes)


def _written(found: Listing, options: argparse.Namespace, *, head: bool) -> str:
    output = options.output
    if options.by and output != "text":
        return _totals(found, options, head=head)
    if output == "json":
        return json.dumps({**found.answer, "result_filenames": [file.text for file in found.files]}, indent=2) + "\n"
    if output == "names":
        return "".join(f"{printable(file.name)}\n" for file in found.files)
    if output == "csv":
        from edexql.client.tables import columns

        return listing_writing.csv_of(columns(found.files), head=head)
    width = max((len(printable(file.name)) for file in found.files), default=0)
    table = "".join(
        f"{printable(file.name):{width}}  {printable(file.size_text):>10}".rstrip() + "\n" for file in found.files
    )
    return f"{table}\n{_totals(found, options, head=head)}" if options.by else table


def _totals(found: Listing, options: argparse.Namespace, *, head: bool) -> str:
    from edexql.client.listing import per_product

    vocabulary = inputs.setting(options).vocabulary
    totals = found.per_day() if options.by == "day" else per_product(found.files, vocabulary)
    return listing_writing.totals(totals, options.by, options.output, head=head)


def _save(
    path: str, source: Source, request: Request, found: Listing, base: str, parameters: Mapping[str, str] | None
) -> None:
    from edexql.client.selection.file import selected

    listing_writing.save(path, selected(source.text, request, found, base, parameters))
    sys.stderr.write(f"kept in {printable(path)}\n")


def _tell(found: Listing) -> None:
    """The totals, and what the residual did, on standard error."""
    sizes = [file.size for file in found.files if file.size is not None]
    count = len(found.files)
    total = f", {size(sum(sizes))}" if sizes else ""
    unknown = f" and {count - len(sizes)} of unknown size" if sizes and len(sizes) < count else ""
    sys.stderr.write(f"{count} file{'s' * (count != 1)}{total}{unknown}\n")
    if found.removed:
        do = "does" if len(found.removed) == 1 else "do"
        sys.stderr.write(f"{len(found.removed)} more {do} not meet the times of day of the query: left out\n")
    if found.unjudged:
        sys.stderr.write(f"kept without judgement, no times in their names: {len(found.unjudged)}\n")
