"""`edexql catalogue export` and `edexql catalogue views`."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager

from edexql.base.table import table_lines
from edexql.base.units import size
from edexql.commands import inputs, local
from edexql.commands.exits import FINE, INTERRUPTED, TERMINATED, UsageError, say
from edexql.commands.options import add_dry_run, add_quiet, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import FrameType

    from edexql.catalogue.export.export import Outcome
    from edexql.commands.parser import Parser

_DIALECTS = ("duckdb", "spark")


class Terminated(BaseException):
    """The process is asked to end."""


def export_arguments(parser: Parser) -> None:
    """The arguments of `export`."""
    parser.add_argument(
        "folder",
        metavar="PLACE",
        help="a new or empty folder, or an earlier export; or an address, s3://BUCKET/FOLDER; of a database"
        " postgresql://USER@HOST/DATABASE",
    )
    parser.add_argument(
        "--to",
        choices=("parquet", "postgres"),
        default="parquet",
        help="files, or tables of PostgreSQL (default: parquet)",
    )
    parser.add_argument("--schema", metavar="NAME", help="the schema of PostgreSQL that is replaced (default: edexql)")
    parser.add_argument("--satellite", metavar="NAME", help="export what is of this satellite alone (default: all)")
    parser.add_argument("--again", action="store_true", help="write also the months that did not change")
    parser.add_argument(
        "--jobs",
        type=number,
        metavar="N",
        help="processes that write months at once (default: by processors and rows, 4 at most)",
    )
    add_dry_run(parser, "show what would be written, and write nothing")
    add_quiet(parser, "no progress, no summary")


def views_arguments(parser: Parser) -> None:
    """The arguments of `views`."""
    parser.add_argument("folder", metavar="PLACE", help="the folder or the address of an export")
    parser.add_argument("--dialect", choices=_DIALECTS, default=_DIALECTS[0], help="whose SQL (default: duckdb)")


def export(options: argparse.Namespace) -> int:
    """Bring an export up to date."""
    from edexql.catalogue.export import export as exports
    from edexql.terminal.progress import Bar

    if options.to == "postgres":
        return _to_postgres(options)
    if options.folder.startswith(("postgresql://", "postgres://")):
        raise UsageError("a database is filled with --to postgres")
    if options.schema is not None:
        raise UsageError("--schema is of a database: write --to postgres, and its address as PLACE")
    if options.dry_run:
        return _forecast(options)
    try:
        with _terminable(), local.catalogue(options) as catalogue, Bar("months", quiet=options.quiet) as bar:
            done = exports.export(
                catalogue,
                inputs.vocabulary(options),
                options.folder,
                options.satellite,
                again=options.again,
                processes=options.jobs,
                count=bar.count,
            )
    except (KeyboardInterrupt, Terminated) as stop:
        say("interrupted; an export that was there before is whole, and the same command goes on from here")
        return INTERRUPTED if isinstance(stop, KeyboardInterrupt) else TERMINATED
    return _done(done, options)


def _to_postgres(options: argparse.Namespace) -> int:
    """Fill the tables of a database."""
    from edexql.catalogue.export import postgres
    from edexql.catalogue.export.database import USUAL_SCHEMA
    from edexql.terminal.progress import Bar

    if options.again or options.dry_run or options.jobs is not None:
        raise UsageError("--again, --jobs and --dry-run are of Parquet: --to postgres writes all, in one transaction")
    name = USUAL_SCHEMA if options.schema is None else options.schema
    try:
        with _terminable(), local.catalogue(options) as catalogue, Bar("months", quiet=options.quiet) as bar:
            done = postgres.load(
                catalogue,
                inputs.vocabulary(options),
                options.folder,
                options.satellite,
                name=name,
                count=bar.count,
                say=bar.write,
            )
    except (KeyboardInterrupt, Terminated) as stop:
        say("interrupted; the database is as it was before")
        return INTERRUPTED if isinstance(stop, KeyboardInterrupt) else TERMINATED
    return _done(done, options)


def _done(done: Outcome, options: argparse.Namespace) -> int:
    if done.empty:
        sys.stderr.write(f"left empty, because the package aacgmv2 is not installed: {', '.join(done.empty)}\n")
    if not options.quiet:
        sys.stderr.write(f"{_summary(done)}\n")
    return FINE


def _forecast(options: argparse.Namespace) -> int:
    from edexql.catalogue.export import export as exports

    with local.catalogue(options) as catalogue:
        found = exports.forecast(
            catalogue, inputs.vocabulary(options), options.folder, options.satellite, again=options.again
        )
    rows = [(one.satellite, _month(one.month), f"{one.rows:,}", size(one.bytes)) for one in found.months]
    for line in table_lines([("satellite", "month", "rows", "bytes"), *rows], right=(2, 3)) if rows else []:
        sys.stdout.write(f"{line}\n")
    if not options.quiet:
        total, whole = (sum(getattr(one, name) for one in found.months) for name in ("rows", "bytes"))
        unchanged = f", {found.unchanged:,} did not change" if found.unchanged else ""
        amount = f"about {total:,} rows, {size(whole)}"
        sys.stderr.write(f"{len(rows):,} months would be written{unchanged}; {amount}; nothing was written\n")
    return FINE


def views(options: argparse.Namespace) -> int:
    """Write the statements that make the views of an export."""
    from edexql.catalogue.export import views as statements

    sys.stdout.write(statements.views(options.folder, options.dialect))
    return FINE


def _month(number: int) -> str:
    year, month = divmod(number, 100)
    return f"{year}-{month:02}" if number else "-"


def _summary(done: Outcome) -> str:
    unchanged = f", {done.unchanged:,} did not change" if done.unchanged else ""
    return f"{done.months:,} months written{unchanged}; {done.rows:,} rows, {size(done.bytes)}"


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends what is done here as an interrupt does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
