"""`edexql compile`."""

from __future__ import annotations

import sys

from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_colour, add_inputs, add_quiet, add_service, add_setting
from edexql.compiler.request import compilation, meaning, request_of
from edexql.compiler.targets import TARGETS, Addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edexql.commands.parser import Parser
    from edexql.compiler.request import Compilation, Setting
    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostics import Diagnostic
    from edexql.language.source import Source

DESCRIPTION = """\
Compile queries into the parameter dictionary that eDEx takes, one JSON document for each query, or into a
curl command, a Python script, canonical query text, or SQL over the tables that `edexql catalogue export`
writes. Warnings go to standard error."""
ALL_TARGETS = (*TARGETS, "sql")
# Targets that name the service.
SERVICE_TARGETS = ("curl", "python")
DIALECTS = ("duckdb", "postgres", "spark")
EXAMPLE = "edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2'"


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    parser.add_argument(
        "--to",
        choices=ALL_TARGETS,
        default="wire",
        help="what to write (default: wire)",
    )
    parser.add_argument("--dialect", choices=DIALECTS, help=f"dialect of the SQL (default: {DIALECTS[0]})")
    parser.add_argument("--compact", action="store_true", help="JSON on one line")
    add_service(parser, "base address of eDEx in curl and Python")
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    if options.compact and options.to != "wire":
        raise UsageError("--compact needs --to wire")
    if options.dialect and options.to != "sql":
        raise UsageError("--dialect needs --to sql")
    setting = inputs.setting(options)
    failed = False
    for source in inputs.sources(options):
        written, diagnostics = _compiled(source, setting, options)
        if diagnostics:
            from edexql.terminal.diagnostics import report

            report(diagnostics, options)
        if written is None:
            failed = True
        else:
            sys.stdout.write(written)
    return MISTAKES if failed else FINE


def _compiled(source: Source, setting: Setting, options: argparse.Namespace) -> tuple[str | None, Sequence[Diagnostic]]:
    """What a text is compiled to, None where it has errors, and what there is to say of it."""
    if options.to == "sql":
        resolved, diagnostics = meaning(source, setting)
        failed = any(diagnostic.is_error for diagnostic in diagnostics)
        return None if failed else _sql(resolved, options.dialect or DIALECTS[0]), diagnostics
    done = compilation(source, setting)
    return None if done.failed else _written(done, options), done.diagnostics


def _sql(resolved: Resolved, dialect: str) -> str:
    from edexql.catalogue.sql.predicates import SqlError
    from edexql.catalogue.sql.text import sql
    from edexql.compiler.canonical import canonical
    from edexql.model.query import Query

    query = resolved.query
    # The text is for other people's machines: nothing is mailed from there.
    shown = Query(query.products, query.constraints, query.logic)
    try:
        return sql(query, resolved.vocabulary, dialect, canonical(shown, resolved.vocabulary))
    except SqlError as error:
        raise UsageError(str(error)) from error


def _written(done: Compilation, options: argparse.Namespace) -> str:
    if options.compact:
        return request_of(done).json() + "\n"
    return TARGETS[options.to](done, _addresses(options) if options.to in SERVICE_TARGETS else Addresses("", ""))


def _addresses(options: argparse.Namespace) -> Addresses:
    from edexql.client.credentials import public_url
    from edexql.client.endpoints import endpoints_of

    # A request for eDEx is for eDEx, whatever `use` says of the REPL.
    service = None if options.service == inputs.LOCAL else options.service
    # What is written here is passed on; curl and requests take names and passwords from ~/.netrc.
    service = service and public_url(service)
    places = endpoints_of(service, inputs.vocabulary(options).mission)
    return Addresses(places.listing, places.delivery)
