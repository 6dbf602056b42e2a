"""`edexql browse`."""

from __future__ import annotations

import json
import sys
from fnmatch import fnmatchcase

from edexql.base.table import table_lines
from edexql.base.text import printable, shown
from edexql.base.units import size
from edexql.client.credentials import public_url
from edexql.commands import environment, inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_archive, add_dry_run, add_environment, add_network, add_output, add_quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

    from edexql.client.archive.folders import Unread
    from edexql.client.settings.configuration import Configuration
    from edexql.commands.parser import Parser
    from edexql.formats.pages.page import Entry
    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
Browse the archive, a tree of folders by year, month, day and instrument: one folder, or with --days all files of
some days, instruments and products. Nothing is downloaded."""
EXAMPLE = "edexql browse 2019/05/01/FAI --dry-run"
COLUMNS = ("name", "folder", "product", "size", "modified", "url")
# Notes that are shown one by one.
MOST_NOTES = 20


def arguments(parser: Parser) -> None:
    path = parser.add_argument("path", nargs="?", metavar="PATH", help="a folder: 2019, 2019/05/01 or 2019/05/01/FAI")
    path.completer = lambda **_: ()  # type: ignore[attr-defined]  # no file
    parser.add_argument("--days", metavar="PERIOD", help="days, as `date` takes them: 2019-05-01..2019-05-03")
    parser.add_argument(
        "--instrument",
        metavar="NAME",
        action="append",
        default=[],
        help="with --days: files of this instrument, or of the spacecraft (cas)",
    )
    parser.add_argument(
        "--product",
        metavar="NAME",
        action="append",
        default=[],
        help="with --days: files of this product, or of a pattern such as fai-lv1-*",
    )
    add_archive(parser)
    add_output(parser, "(default: text, a table)", ("text", "names", "json", "csv"))
    add_dry_run(parser, "print the addresses that would be requested, and request none")
    add_quiet(parser, "no totals and no progress")
    add_network(parser)
    add_environment(parser)


def run(options: argparse.Namespace) -> int:
    if options.days is None and (options.instrument or options.product):
        raise UsageError("--instrument and --product need --days")
    if options.days is not None and options.path is not None:
        raise UsageError("give a PATH or --days, not both")
    configuration = environment.configured(options, archive__address=options.archive)
    return _folder(options, configuration) if options.days is None else _walk(options, configuration)


def _folder(options: argparse.Namespace, configuration: Configuration) -> int:
    from edexql.client.archive.folders import browse, doubts, products_by_name
    from edexql.client.archive.locations import address, path_of
    from edexql.client.archive.request import MissingFolderError
    from edexql.client.errors import ServiceError
    from edexql.client.settings.configuration import archive_address

    base, vocabulary = archive_address(configuration), inputs.vocabulary(options)
    try:
        path = path_of(options.path or "", base, vocabulary)
        url = address(path, base)
    except ServiceError as error:
        raise UsageError(str(error)) from error
    if options.dry_run:
        sys.stdout.write(f"GET {printable(url)}\n")
        return FINE
    with environment.session(options, configuration) as session:
        try:
            listing = browse(path, session, base)
        except MissingFolderError as error:
            sys.stderr.write(f"edexql: {printable(str(error))}\n")
            return MISTAKES
    product_of = products_by_name(vocabulary)
    rows = [_row(e, listing.path, None if e.folder else product_of(e.name)) for e in listing.entries]
    _write(rows, options, "size", "modified")
    _write_rows(options, rows, doubts(listing))
    return MISTAKES if listing.cut else FINE


def _walk(options: argparse.Namespace, configuration: Configuration) -> int:
    from edexql.client.archive.folders import ArchiveFile, walk
    from edexql.client.archive.locations import spacecraft_of
    from edexql.client.errors import ServiceError
    from edexql.client.settings.configuration import archive_address
    from edexql.compiler.request import today
    from edexql.terminal.progress import Bar

    setting = inputs.setting(options)
    vocabulary = setting.vocabulary
    assert vocabulary is not None
    days = environment.days(options.days, setting.today or today(), vocabulary)
    products = _products(options.product, vocabulary)
    base = archive_address(configuration)
    if options.dry_run:
        _plan(days, options.instrument, base, spacecraft_of(vocabulary))
        return FINE
    rows: list[dict[str, Any]] = []
    unseen: list[Unread] = []
    failure: ServiceError | None = None
    with environment.session(options, configuration) as session, Bar("folders", quiet=options.quiet) as bar:
        try:
            for item in walk(days, options.instrument, products, session, base, vocabulary, bar.file):
                if isinstance(item, ArchiveFile):
                    rows.append(_row(item.entry, str(item.place), item.product))
                else:
                    unseen.append(item)
        except ServiceError as error:
            failure = error
    # What was found until the archive failed is worth having.
    if rows or failure is None:
        _write(rows, options, "folder", "size", "modified")
        _write_rows(
            options, rows, [one.reason if one.url in one.reason else f"{one.url}: {one.reason}" for one in unseen]
        )
    if failure is not None:
        raise failure
    # The reason of a folder that could not be read names its address; others are there and need no second look.
    return MISTAKES if any(one.url in one.reason for one in unseen) else FINE


def _products(words: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The products that words name, with patterns for several. Raises UsageError."""
    products: list[str] = []
    for word in words:
        name = vocabulary.canonical(word)
        names = [product for product in vocabulary.products if fnmatchcase(product, name)]
        if not names:
            from edexql.base.text import did_you_mean, nearest

            help = did_you_mean(nearest(name, vocabulary.products)) or "`edexql vocabulary products` lists them"
            raise UsageError(f"there is no product {shown(word)}: {help}")
        # A pattern may meet products of which nobody knows what their files are called.
        known = [product for product in names if vocabulary.products[product].get("names")]
        products += known or names
    return list(dict.fromkeys(products))


def _plan(days: Sequence[date], instruments: Sequence[str], base: str, spacecraft: Sequence[str]) -> None:
    """The addresses that a walk may ask for; it asks for fewer where a page shows what is not there."""
    from edexql.client.archive.folders import days_before
    from edexql.client.archive.locations import Place, address

    before = set(days_before(days))
    for day in sorted({*days, *before}):
        wanted = [None, *(name.upper() for name in instruments)] if len(instruments) != 1 else [instruments[0].upper()]
        for name in wanted:
            if name in spacecraft and day in before:
                continue
            place = Place(day, None if name in spacecraft else name)
            sys.stdout.write(f"GET {printable(public_url(address(str(place), base)))}\n")


def _row(entry: Entry, folder: str, product: str | None) -> dict[str, Any]:
    return {
        "name": entry.name + "/" * entry.folder,
        "folder": folder,
        "product": product,
        "size": entry.size,
        "modified": entry.modified,
        "url": public_url(entry.url),
    }


def _write(rows: list[dict[str, Any]], options: argparse.Namespace, *columns: str) -> None:
    if options.output == "json":
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    elif options.output == "names":
        sys.stdout.write("".join(f"{printable(row['name'])}\n" for row in rows))
    elif options.output == "csv":
        import csv

        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    else:
        place = columns.index("size") + 1
        cells = [(printable(row["name"]), *(_shown(row, column) for column in columns)) for row in rows]
        sys.stdout.write("".join(f"{line}\n" for line in table_lines(cells, right=(place,), least={place: 11})))


def _shown(row: dict[str, Any], column: str) -> str:
    if column == "size":
        return "" if row["size"] is None else size(row["size"])
    return printable(row[column] or "")


def _cell(value: Any) -> Any:
    """A value for a table; programs for tables take a text that begins so for a formula."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _write_rows(options: argparse.Namespace, rows: list[dict[str, Any]], notes: list[str]) -> None:
    """Totals, and what was refused, on standard error."""
    for note in notes[:MOST_NOTES]:
        sys.stderr.write(f"note: {printable(note)}\n")
    if len(notes) > MOST_NOTES:
        sys.stderr.write(f"note: and {len(notes) - MOST_NOTES} more of this kind\n")
    if options.quiet:
        return
    files = [row for row in rows if not row["name"].endswith("/")]
    sizes = [row["size"] for row in files if row["size"] is not None]
    total = f", {size(sum(sizes))}" if sizes else ""
    unknown = f" and {len(files) - len(sizes)} of unknown size" if sizes and len(sizes) < len(files) else ""
    folders = len(rows) - len(files)
    beside = f"; {folders} folder{'s' * (folders != 1)}" if folders else ""
    sys.stderr.write(f"{len(files)} file{'s' * (len(files) != 1)}{total}{unknown}{beside}\n")
