"""`edexql fetch`."""

from __future__ import annotations

import json
import sys

from edexql.compiler.request import compilation, request_of
from edexql.language.diagnostic import printable
from edexql.model.vocabulary import load
from edexql.service import addresses
from edexql.service.listing import fetch
from edexql.shell import inputs, local
from edexql.shell.exits import FINE, UsageError
from edexql.shell.report import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.service.listing import Listing

DESCRIPTION = """\
Ask eDEx for the files of a query, and print their names and sizes. The part of a query that eDEx cannot
be asked is applied to the answer; how many files it took away is told on standard error. With --local a
catalogue on this machine is asked instead: each file then shows how long it meets the query, and files of
which that cannot be told are kept apart."""
EXAMPLE = "edexql fetch --local -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'"

SAMPLE_ONLY = """\
note: this is the sample catalogue, a dozen files of the archive; `edexql catalogue ingest` makes one of your own
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_inputs(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--service", metavar="URL", help=f"base address of eDEx (default: {addresses.SERVICE})")
    where.add_argument(
        "--local",
        dest="service",
        action="store_const",
        const=inputs.LOCAL,
        help="ask a catalogue on this machine, not eDEx",
    )
    parser.add_argument(
        "--output",
        choices=("text", "names", "json"),
        default="text",
        help="names and sizes, names alone, or the answer of the service (default: text)",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the request and send nothing")
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
    if options.service == inputs.LOCAL:
        return _run_locally(options)
    if options.times or options.count or options.unknown != "report":
        raise UsageError("--times, --count and --unknown go with --local")
    setting = inputs.setting(options)
    service = addresses.SERVICE if options.service is None else options.service
    if not service.startswith(("http://", "https://")):
        raise UsageError(f"--service takes an address that begins with http:// or https://, not {service}")
    compiled = []
    for source in inputs.sources(options):
        done = compilation(source, setting)
        report(done.diagnostics if done.failed or not options.quiet else (), options)
        compiled.append(done)
    requests = [request_of(done) for done in compiled if not done.failed]
    if len(requests) < len(compiled):
        from edexql.shell.exits import MISTAKES

        return MISTAKES
    for request in requests:
        if options.dry_run:
            sys.stdout.write(f"GET {addresses.listing(service)}\n{json.dumps(request.parameters, indent=2)}\n")
            continue
        found = fetch(request, service)
        sys.stdout.write(_written(found, options.output))
        _tell(found)
    return FINE


def _run_locally(options: argparse.Namespace) -> int:
    if options.dry_run:
        raise UsageError("--dry-run goes with eDEx; `edexql explain` shows how a query is read")
    asked = list(local.queries(options))
    with local.catalogue(options) as catalogue:
        from edexql.catalogue.evaluation import evaluate, times
        from edexql.shell import answers

        vocabulary = inputs.setting(options).vocabulary or load()
        for query in asked:
            if options.times:
                answers.times(times(query, catalogue, vocabulary), options.output, options.unknown)
                continue
            write = answers.counts if options.count else answers.files
            write(evaluate(query, catalogue, vocabulary), options.output, options.unknown)
        if asked and local.is_sample(catalogue) and not options.quiet:
            sys.stderr.write(SAMPLE_ONLY)
    return FINE


def _written(found: Listing, output: str) -> str:
    if output == "json":
        return json.dumps({**found.answer, "result_filenames": [file.text for file in found.files]}, indent=2) + "\n"
    if output == "names":
        return "".join(f"{printable(file.name)}\n" for file in found.files)
    width = max((len(file.name) for file in found.files), default=0)
    return "".join(
        f"{printable(file.name):{width}}  {printable(file.size_text):>10}".rstrip() + "\n" for file in found.files
    )


def _tell(found: Listing) -> None:
    """The totals, and what the residual did, on standard error."""
    sizes = [file.size for file in found.files if file.size is not None]
    count = len(found.files)
    total = f", {local.size(sum(sizes))}" if sizes else ""
    unknown = f" and {count - len(sizes)} of unknown size" if sizes and len(sizes) < count else ""
    sys.stderr.write(f"{count} file{'s' * (count != 1)}{total}{unknown}\n")
    if found.removed:
        do = "does" if len(found.removed) == 1 else "do"
        sys.stderr.write(f"{len(found.removed)} more {do} not meet the times of day of the query: left out\n")
    if found.unjudged:
        sys.stderr.write(f"kept without judgement, no times in their names: {len(found.unjudged)}\n")
