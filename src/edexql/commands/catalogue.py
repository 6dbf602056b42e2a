"""`edexql catalogue`."""

from __future__ import annotations

import os
import sys

from edexql.base.text import printable
from edexql.commands import catalogue_export, inputs, local
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import CATALOGUE, add_catalogue, add_output, add_quiet, add_span, add_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from datetime import date

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.ingestion import Outcome
    from edexql.catalogue.store.writer import Writer
    from edexql.commands.parser import Parser
    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
Create and maintain a catalogue: a folder on this machine that answers queries as eDEx does. Files are
recognised by their content. Ingesting the same file again changes nothing; an ingestion that is interrupted leaves
the catalogue as it was."""
EXAMPLE = """edexql catalogue info
  edexql catalogue ingest --catalogue ~/epop /mirror/epop-data SW-All.txt
  edexql fetch --local --catalogue ~/epop -e 'product rri-*; date 2016; kp >= 6'"""
# Faults of one file that are shown; the catalogue keeps them all.
MOST_FAULTS = 5


def arguments(parser: Parser) -> None:
    parsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    ingest = parsers.add_parser("ingest", help="read files and folders into it", allow_abbrev=False)
    ingest.add_argument("paths", metavar="PATH", nargs="*", help="a file, or the folder of a mirrored archive")
    ingest.add_argument("--mapping", metavar="FILE", help="what the columns of a table are, as JSON")
    ingest.add_argument(
        "--suggest-mapping",
        metavar="TABLE",
        help="write a first mapping for a table, for you to review; nothing is ingested",
    )
    ingest.add_argument(
        "--base-series", action="store_true", help="add Kp, ap and F10.7 of 2013 to 2025, those of the sample catalogue"
    )
    ingest.add_argument(
        "--prune", action="store_true", help="leave out files of earlier ingestions of a folder that are gone now"
    )
    ingest.add_argument("--synthetic", action="store_true", help="the data are simulated, and are marked as synthetic")
    add_quiet(ingest, "print faults only")

    simulate = parsers.add_parser("simulate", help="simulate the mission of the package", allow_abbrev=False)
    simulate.add_argument(
        "--years", type=float, default=1.0, metavar="N", help="length of the mission in years (default: 1)"
    )
    first, last = "first day (default: 2013-10-01, that of the real mission)", "last day (default: from --years)"
    add_span(simulate, first, last, "DAY")
    simulate.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same seed gives the same data (default: 1)"
    )
    simulate.add_argument(
        "--density",
        type=float,
        default=1.0,
        metavar="D",
        help="number of files, relative to the real mission (default: 1)",
    )
    add_quiet(simulate, "no progress")

    info = parsers.add_parser("info", help="its contents, and their sources", allow_abbrev=False)
    add_output(info)
    files = parsers.add_parser("files", help="its files in all versions, with their sources", allow_abbrev=False)
    files.add_argument("pattern", metavar="PATTERN", nargs="?", default="*", help="names, as in 'RRI_2016*'")
    sources = parsers.add_parser("sources", help="its sources, and when they were read", allow_abbrev=False)
    faults = parsers.add_parser("faults", help="what could not be read, by file and line", allow_abbrev=False)
    unrecognised = parsers.add_parser("unrecognised", help="files of no known product", allow_abbrev=False)
    upgrade = parsers.add_parser("upgrade", help="bring one of an earlier edexql up to date", allow_abbrev=False)
    export = parsers.add_parser("export", help="write it as tables, for other engines", allow_abbrev=False)
    catalogue_export.export_arguments(export)
    views = parsers.add_parser("views", help="the statements that make views of an export", allow_abbrev=False)
    catalogue_export.views_arguments(views)

    for one in (ingest, simulate, info, files, sources, faults, unrecognised, upgrade, export):
        add_catalogue(one)
    for one in (ingest, simulate, info, files, sources, faults, unrecognised, upgrade, export, views):
        add_vocabulary(one)


def run(options: argparse.Namespace) -> int:
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "ingest": _ingest,
        "simulate": _simulate,
        "info": _info,
        "files": _files,
        "sources": _sources,
        "faults": _faults,
        "unrecognised": _unrecognised,
        "upgrade": _upgrade,
        "export": catalogue_export.export,
        "views": catalogue_export.views,
    }
    return actions[options.action](options)


def _writer(options: argparse.Namespace) -> Writer:
    from edexql.catalogue.store.schema import CatalogueError
    from edexql.catalogue.store.writer import Writer

    folder = _folder(options)
    try:
        return Writer(folder, inputs.vocabulary(options))
    except CatalogueError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}") from error


def _folder(options: argparse.Namespace) -> str:
    """The folder of the catalogue that is to be changed; the sample is not. Raises UsageError."""
    folder = local.catalogue_folder(options)
    if not folder:
        raise UsageError(f"say which catalogue: --catalogue FOLDER, or set ${CATALOGUE}")
    return folder


def _ingest(options: argparse.Namespace) -> int:
    from edexql.catalogue.ingest.ingestion import ingest
    from edexql.terminal.progress import Bar

    if options.suggest_mapping:
        return _suggest(options)
    if not options.paths and not options.base_series:
        raise UsageError("name a file or folder to ingest")
    for path in options.paths:
        if not os.path.exists(path):
            raise UsageError(f"cannot read {path}: no such file or folder")
    read = None
    if options.mapping:
        read = _mapped(options.mapping, inputs.vocabulary(options))
    failed = False
    with _writer(options) as writer, Bar("files", quiet=options.quiet) as bar:
        if options.base_series:
            from edexql.catalogue.ingest.ingestion import add_base_series

            bar.write(_summary(add_base_series(writer)))
        for taken in ingest(options.paths, writer, bar.file, synthetic=options.synthetic, read=read):
            failed |= bool(taken.faults)
            if taken.faults or not options.quiet:
                bar.write(_summary(taken))
            if taken.gone:
                bar.write(_summary_of_missing(taken, pruned=options.prune))
                if options.prune:
                    writer.remove_files(taken.gone)
        writer.commit()
        for message in writer.messages:
            bar.write(f"left out: {printable(message)}")
    return MISTAKES if failed else FINE


def _suggest(options: argparse.Namespace) -> int:
    import json

    from edexql.catalogue.ingest.batches import Fault
    from edexql.catalogue.ingest.suggestion import suggestion

    path = options.suggest_mapping
    if options.paths or options.mapping:
        raise UsageError("--suggest-mapping ingests nothing; give it one table and no PATH")
    if not os.path.isfile(path):
        raise UsageError(f"cannot read {path}: no such file")
    proposal = suggestion(path, inputs.vocabulary(options))
    if isinstance(proposal, Fault):
        sys.stderr.write(f"{printable(path)}: {printable(proposal.message)}\n")
        return MISTAKES
    sys.stdout.write(json.dumps(proposal.mapping, indent=2, ensure_ascii=False) + "\n")
    for remark in proposal.remarks:
        sys.stderr.write(f"note: {printable(remark)}\n")
    name = f"{printable(os.path.basename(path))}.mapping.json"
    sys.stderr.write(f"note: review it, and save it as {name} beside the table, or give it with --mapping\n")
    return FINE


def _mapped(path: str, vocabulary: Vocabulary) -> Callable[[str], Iterator[Batch]]:
    """A reader of tables by a mapping. Raises UsageError for one that cannot be read."""
    import json

    from edexql.catalogue.ingest.readers.tables import read_with_mapping

    try:
        with open(path, encoding="utf-8-sig") as file:
            mapping = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    return lambda table: read_with_mapping(table, mapping, vocabulary)


def _summary(taken: Outcome) -> str:
    what = taken.format or ""
    if taken.state == "new":
        what += ": " + (", ".join(_amount(kind, count) for kind, count in taken.counts) or "nothing")
    elif taken.state == "known":
        what += ": ingested before, nothing changes"
    lines = [f"{printable(taken.path)}: {what}".rstrip(": ")]
    lines += [f"  {printable(note)}" for note in taken.notes]
    for fault in taken.faults[:MOST_FAULTS]:
        where = f", line {fault.line}" if fault.line else ""
        lines.append(f"  {printable(taken.path)}{where}: {printable(fault.message)}")
    if len(taken.faults) > MOST_FAULTS:
        lines.append(f"  and {len(taken.faults) - MOST_FAULTS} more faults: see `edexql catalogue faults`")
    return "\n".join(lines)


def _summary_of_missing(taken: Outcome, *, pruned: bool) -> str:
    count = len(taken.gone)
    files = f"{count:,} file{'s' * (count != 1)} that {'were' if count != 1 else 'was'} there before"
    what = "left out" if pruned else "still listed (--prune leaves them out)"
    shown = "".join(f"\n  {printable(name)}" for name in taken.gone[:MOST_FAULTS])
    more = f"\n  and {count - MOST_FAULTS:,} more" if count > MOST_FAULTS else ""
    return f"{printable(taken.path)}: {files} and {'are' if count != 1 else 'is'} gone: {what}{shown}{more}"


def _amount(kind: str, count: int) -> str:
    return f"{count:,} {kind.removesuffix('s') if count == 1 else kind}"


def _simulate(options: argparse.Namespace) -> int:
    from edexql.catalogue.simulate.mission import fill
    from edexql.terminal.progress import Bar

    if not 0 < options.years <= 30 or not 0 < options.density <= 1000:
        raise UsageError("--years is more than 0 and at most 30, --density more than 0 and at most 1000")
    if inputs.vocabulary(options).replaced:
        raise UsageError("the simulated mission is that of the package, not that of this vocabulary")
    start, end, how = _simulated(options)
    path = f"edexql catalogue simulate {how} --seed {options.seed} --density {options.density:g}"
    with _writer(options) as writer, Bar("days", quiet=options.quiet) as bar:
        fill(writer, start, end, options.seed, options.density, bar.count, path)
        writer.commit()
    return FINE


def _simulated(options: argparse.Namespace) -> tuple[int, int, str]:
    """From when until when, and the words that say so. Raises UsageError."""
    from edexql.catalogue.simulate.orbit import START, YEAR
    from edexql.model.period import DAY, day_of, midnight

    first, last = (_day(options, name) for name in ("start", "end"))
    start = START if first is None else midnight(first)
    end = start + round(options.years * YEAR) if last is None else midnight(last) + DAY
    if start < START:
        raise UsageError(f"--start is {day_of(START)} at the earliest: there was no spacecraft before")
    if end <= start:
        raise UsageError(f"--end {last} is before --start {day_of(start)}")
    if end > START + 30 * YEAR:
        raise UsageError(f"30 years are simulated at most: --end is {day_of(int(START + 30 * YEAR))} at the latest")
    if first is None and last is None:
        return start, end, f"--years {options.years:g}"
    return start, end, f"--start {day_of(start)} --end {day_of(end - 1)}"


def _day(options: argparse.Namespace, name: str) -> date | None:
    text = getattr(options, name)
    return None if text is None else inputs.day(text, f"--{name}")


def _info(options: argparse.Namespace) -> int:
    from edexql.commands.catalogue_info import document, written

    with local.catalogue(options) as catalogue:
        if options.output == "json":
            import json

            sys.stdout.write(json.dumps(document(catalogue), indent=2) + "\n")
        else:
            sys.stdout.write(written(document(catalogue)))
    return FINE


def _files(options: argparse.Namespace) -> int:
    with local.catalogue(options) as catalogue:
        from fnmatch import fnmatchcase

        from edexql.catalogue.files import every_file, newest_version

        paths = {number: path for number, path, *_ in catalogue.sources()}
        every = every_file(catalogue)
        wanted = [(n, place) for place, n in enumerate(every.names) if fnmatchcase(n, options.pattern)]
        sources = every.sources
        for name, place in sorted(wanted):
            file, newest = every[place], newest_version(name, catalogue)
            size = file.size_text or ("unknown size" if file.size is None else f"{file.size} B")
            mark = "  synthetic" if file.synthetic else ""
            mark += "" if newest == name else f"  superseded by {newest}"
            line = f"{name}  {size}  {file.product or 'no known product'}  from {paths[sources[place]]}{mark}"
            sys.stdout.write(f"{printable(line)}\n")
    return FINE


def _sources(options: argparse.Namespace) -> int:
    with local.catalogue(options) as catalogue:
        for _, path, format, read_at, synthetic, _ in catalogue.sources():
            mark = "  SYNTHETIC" if synthetic else ""
            sys.stdout.write(f"{read_at}  {printable(path)}: {printable(format)}{mark}\n")
    return FINE


def _faults(options: argparse.Namespace) -> int:
    with local.catalogue(options) as catalogue:
        paths = {number: path for number, path, *_ in catalogue.sources()}
        for source, line, message in catalogue.faults():
            sys.stdout.write(f"{printable(paths[source])}:{line}: {printable(message)}\n")
    return FINE


def _unrecognised(options: argparse.Namespace) -> int:
    with local.catalogue(options) as catalogue:
        from edexql.catalogue.files import Files

        for product, (first, end) in catalogue.product_ranges():
            if product is None:
                import numpy as np

                files = Files.at(catalogue, np.arange(first, end))
                for name, place in sorted((file.name, file.place) for file in files):
                    sys.stdout.write(f"{printable(name)}  {printable(place)}\n")
    return FINE


def _upgrade(options: argparse.Namespace) -> int:
    from edexql.catalogue.store.schema import DATABASE

    folder = _folder(options)
    if not os.path.exists(os.path.join(folder, DATABASE)):
        raise UsageError(f"there is no catalogue in {folder}")
    with _writer(options) as writer:
        writer.commit()
        state = "is up to date now" if writer.upgraded else "is up to date: nothing changes"
    sys.stderr.write(f"the catalogue in {printable(folder)} {state}\n")
    return FINE
