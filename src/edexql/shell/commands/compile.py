"""`edexql compile`."""

from __future__ import annotations

import json
import sys

from edexql.compiler.request import compilation, request_of
from edexql.shell import inputs
from edexql.shell.exits import FINE, MISTAKES, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.compiler.request import Compilation

DESCRIPTION = """\
Compile queries into the parameter dictionary that eDEx takes, one JSON document a query, or into a
curl command, a Python script, or canonical query text. Warnings go to standard error."""
EXAMPLE = "edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2'"


def arguments(parser: argparse.ArgumentParser) -> None:
    inputs.add_inputs(parser)
    parser.add_argument(
        "--to", choices=("wire", "curl", "python", "text"), default="wire", help="what to compile to (default: wire)"
    )
    parser.add_argument("--compact", action="store_true", help="JSON on one line")
    parser.add_argument("--service", metavar="URL", help="base address of eDEx in curl and Python")
    inputs.add_setting(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no warnings")
    inputs.add_colour(parser)


def run(options: argparse.Namespace) -> int:
    if options.compact and options.to != "wire":
        raise UsageError("--compact goes with --to wire")
    setting = inputs.setting(options)
    failed = False
    for source in inputs.sources(options):
        done = compilation(source, setting)
        if done.diagnostics:
            from edexql.shell.report import report

            report(done.diagnostics, options)
        if done.failed:
            failed = True
        else:
            sys.stdout.write(_written(done, options))
    return MISTAKES if failed else FINE


def _written(done: Compilation, options: argparse.Namespace) -> str:
    request = request_of(done)
    if options.to == "wire":
        return (request.json() if options.compact else json.dumps(request.parameters, indent=2)) + "\n"
    if options.to == "text":
        from edexql.compiler.canonical import canonical

        return canonical(done.resolved.query, done.resolved.vocabulary)
    from edexql.service import addresses

    base = options.service or addresses.SERVICE
    if options.to == "curl":
        from edexql.compiler.targets.curl import curl

        return curl(request, addresses.listing(base))
    from edexql.compiler.targets.python import python

    return python(request, addresses.listing(base), addresses.delivery(options.service))
