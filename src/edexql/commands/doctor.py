"""`edexql doctor`: what edexql needs on a machine and in the network, looked at one by one."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import suppress

from edexql.base import system
from edexql.base.files import disk
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.base.units import size
from edexql.client.credentials import public_proxy_url, public_url
from edexql.commands import environment, inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_colour, add_engine, add_network, add_output, add_vocabulary
from edexql.terminal.diagnostics import coloured

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from typing import Literal

    import requests

    from edexql.client.settings.configuration import Configuration
    from edexql.commands.engines import Choice
    from edexql.commands.parser import Parser

    State = Literal["ok", "not", "unknown"]


DESCRIPTION = """\
Check what edexql needs: packages, configuration, folders and disk, proxies, the vocabulary, the catalogue, engines,
and, with one small request each, whether eDEx and the archive answer. For each problem it says what to do. Nothing
waits for longer than --patience."""
EXAMPLE = "edexql doctor --offline"
_COLOURS = {"ok": "\x1b[32m", "not": "\x1b[1;31m", "unknown": "\x1b[33m"}


def arguments(parser: Parser) -> None:
    parser.add_argument("--offline", action="store_true", help="do not use the network")
    parser.add_argument(
        "--patience", type=_seconds, metavar="S", default=30.0, help="seconds for the answers (default: 30)"
    )
    add_output(parser)
    add_network(parser)
    add_engine(parser)
    add_vocabulary(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:

    results = []
    for finding in findings(options):
        results.append(finding)
        if options.output == "text":
            # Line by line: who waits for the network sees what it waits for.
            sys.stdout.write(_lines(finding, colour=coloured(sys.stdout, options.color)))
            sys.stdout.flush()
    if options.output == "json":
        rows = [{"name": x.name, "state": x.state, "told": x.message, "way_out": x.way_out} for x in results]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    return MISTAKES if any(one.state == "not" for one in results) else FINE


def _lines(finding: Finding, *, colour: bool) -> str:
    state = f"{_COLOURS[finding.state]}{finding.state:7}\x1b[0m" if colour else f"{finding.state:7}"
    way_out = f"{'':24}{printable(finding.way_out)}\n" if finding.way_out else ""
    return f"{state}  {finding.name:13}  {printable(finding.message)}\n{way_out}"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3600:
        raise ValueError(text)
    return seconds


# Optional packages, by the extra that brings them.
EXTRAS = {
    "fast": ("zlib_ng",),
    "orbit": ("sgp4",),
    "magnetic": ("aacgmv2",),
    "png": ("cairosvg",),
    "parquet": ("pyarrow",),
    "sql": ("sqlglot",),
    "serve": ("starlette", "uvicorn"),
    "duckdb": ("duckdb",),
    "datafusion": ("datafusion",),
    "postgres": ("psycopg",),
    "spark": ("pyspark",),
}
# Room for a pass of FAI, packed and unpacked.
LEAST_FREE = 2 * 10**9
# An update of the vocabulary that is older than half a year may be out of date.
OLD = 183
# The day of the Canadian Space Agency's tutorial.
DAY = "2019/05/01"
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2"


class Finding(Record):
    """A thing that was checked: it is ok, it is not, or that is unknown; and what to do about it."""

    name: str
    state: State
    message: str
    way_out: str = ""


def findings(options: argparse.Namespace) -> Iterator[Finding]:
    """All that is to be looked at, each as soon as it is known. Raises nothing for what is wrong."""
    yield _program()
    yield _extras()
    from edexql.client.settings.configuration import Configuration

    try:
        configuration = environment.settings(options)
        yield _configuration(configuration)
    except UsageError as error:
        configuration = Configuration()
        yield Finding("configuration", "not", str(error), "correct it; everything else was checked with the defaults")
    with suppress(UsageError):
        configuration = environment.configured(options)
    yield _state()
    yield _disk(configuration)
    yield _proxy(configuration)
    yield _vocabulary(configuration, options)
    yield _catalogue(configuration)
    yield _engines(options)
    yield from _network(options, configuration)


def _program() -> Finding:
    from edexql.base.version import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return Finding("edexql", "ok", f"version {__version__}, Python {python} on {system.NAME}")


def _extras() -> Finding:
    from importlib.util import find_spec

    there = [extra for extra, names in EXTRAS.items() if all(find_spec(name) for name in names)]
    missing = [extra for extra in EXTRAS if extra not in there]
    message = f"installed: {', '.join(there) or 'none'}" + (f"; not installed: {', '.join(missing)}" if missing else "")
    way_out = f"where one is needed: pip install 'edexql[{','.join(missing)}]'" if missing else ""
    return Finding("extras", "ok", message, way_out)


def _configuration(configuration: Configuration) -> Finding:
    said = [name for name, origin in configuration.origins if origin.kind != "default"]
    return Finding("configuration", "ok", f"{counted(len(said), 'setting')} of your own; `edexql config` shows all")


def _state() -> Finding:
    folder = system.state_folder()
    way_out = f"make it writable, or name another one with {system.STATE}"
    return _writable("state", folder, way_out) or Finding("state", "ok", f"{folder} can be written to")


def _disk(configuration: Configuration) -> Finding:
    folder = os.path.abspath(configuration.paths.folder)
    if wrong := _writable("disk", folder, "name another folder with EDEXQL_FOLDER"):
        return wrong
    free = disk.free_space(folder)
    if free is None:
        return Finding("disk", "unknown", f"the system does not say how much is free in {folder}")
    message = f"{size(free)} free in {folder}"
    if free < LEAST_FREE:
        return Finding("disk", "not", message, f"a large file takes {size(LEAST_FREE)}, packed and unpacked")
    return Finding("disk", "ok", message)


def _nearest(folder: str) -> str:
    """A folder, or the nearest one above it that is there."""
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return folder


def _writable(name: str, folder: str, way_out: str) -> Finding | None:
    """What is wrong with a folder for files; one that is not there yet is looked for above."""
    import tempfile

    if os.path.lexists(folder) and not os.path.isdir(folder):
        return Finding(name, "not", f"{folder} is not a folder", way_out)
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder)):
            return None
    except OSError as error:
        return Finding(name, "not", f"{folder} cannot be written to: {error.strerror or error}", way_out)


def _proxy(configuration: Configuration) -> Finding:
    from requests.utils import get_environ_proxies, select_proxy

    proxies: list[str] = []
    for url in filter(None, _addresses(configuration).values()):
        try:
            proxy = select_proxy(url, get_environ_proxies(url))
        except (OSError, ValueError) as error:
            return Finding("proxy", "unknown", f"the settings of proxies cannot be read: {error}")
        if proxy:
            proxies.append(f"{public_url(url)} through {public_proxy_url(proxy)}")
    if not proxies:
        return Finding("proxy", "ok", "none")
    return Finding("proxy", "ok", "; ".join(proxies))


def _addresses(configuration: Configuration) -> dict[str, str | None]:
    """Where the services are, by the names of settings."""
    from edexql.client.settings.configuration import rows

    return {row.name: row.value for row in rows(configuration) if row.name in _PLACES}


_PLACES = ("service.listing", "service.delivery", "archive.address")


def counted(count: int, what: str) -> str:
    """A number of things in words."""
    return f"{count} {what}{'s' * (count != 1)}"


def _vocabulary(configuration: Configuration, options: argparse.Namespace) -> Finding:
    from edexql.model.vocabulary import load

    if configuration.vocabulary is not None and configuration.vocabulary.replaced:
        data = configuration.vocabulary.data
        counts = ", ".join(
            counted(len(data[section]), section[:-1]) for section in ("products", "instruments", "fields")
        )
        name = configuration.mission.name or "a mission of your own"
        return Finding("vocabulary", "ok", f"that of {name}: {counts}")
    path = inputs.vocabulary_path()
    files = [path] * os.path.exists(path) + [*configuration.paths.vocabulary, *options.vocabulary]
    try:
        vocabulary = load(*files)
    except ValueError as error:
        return Finding(
            "vocabulary", "not", str(error), "correct it, or create it again with `edexql vocabulary update`"
        )
    entries = [entry for section in ("products", "fields") for entry in vocabulary.data[section]]
    sure = sum(bool(entry.get("confirmed")) for entry in entries)
    message = f"confirmed spellings of products and fields: {sure} of {len(entries)}"
    about = vocabulary.data.get("about", {})
    if not about.get("updated"):
        return Finding(
            "vocabulary", "unknown", f"the one that comes with edexql: {message}", "ask eDEx: edexql vocabulary update"
        )
    from edexql.commands.vocabulary import age, days_since

    when = str(about["updated"])
    message = f"updated on {when}{age(when)}: {message}"
    old = days_since(when)
    if old is None or old > OLD:
        return Finding("vocabulary", "unknown", message, "it may be out of date: edexql vocabulary update")
    return Finding("vocabulary", "ok", message)


def _catalogue(configuration: Configuration) -> Finding:
    from edexql.commands.local import lacks_catalogue, opened_catalogue

    folder = configuration.paths.catalogue
    try:
        if lacks_catalogue(folder, configuration.vocabulary):
            return Finding("catalogue", "unknown", "none is configured", "name one with EDEXQL_CATALOGUE")
        with opened_catalogue(folder, configuration.vocabulary) as catalogue:
            count = catalogue.files
    except UsageError as error:
        way_out = "create it again with `edexql catalogue`, or unset EDEXQL_CATALOGUE" if folder else ""
        return Finding("catalogue", "not", str(error), way_out)
    return Finding("catalogue", "ok", f"{folder or 'the sample of the package'}, {counted(count, 'file')}")


def _engines(options: argparse.Namespace) -> Finding:
    """Which engines there are, or whether the one that the options name can be asked."""
    from importlib import metadata

    from edexql.commands import engines
    from edexql.engines import registry

    chosen = engines.choice(engines.settled(options, listing=True))
    if chosen is not None:
        return _engine(chosen, options)
    there = []
    for name in registry.names():
        kind = registry.TABLES.get(name)
        if kind is None:
            there.append(name)
            continue
        with suppress(metadata.PackageNotFoundError):
            there.append(f"{name} ({kind.distribution} {metadata.version(kind.distribution)})")
    return Finding("engines", "ok", f"{', '.join(there)}; --engine NAME --at PLACE looks at the tables of one")


def _engine(chosen: Choice, options: argparse.Namespace) -> Finding:
    from edexql.base.errors import EdexqlError
    from edexql.commands import engines, inputs
    from edexql.engines import registry
    from edexql.engines.exports import check_sums, place_of
    from edexql.engines.sources import evidence
    from edexql.terminal.progress import Bar

    in_folder = chosen.name in (registry.DUCKDB, registry.DATAFUSION) and "://" not in chosen.place
    if options.offline and not in_folder:
        return Finding("engines", "unknown", f"{chosen.name} was not asked")
    try:
        with engines.opened(chosen, options) as engine:
            products = evidence(engine, inputs.vocabulary(options)).products
            message = f"{engine.title} can be asked, and has files of {counted(len(products), 'product')}"
        if in_folder:
            with Bar("files", quiet=False) as bar:
                check_sums(place_of(chosen.place), bar.file)
            message += "; the sums of the manifest are right"
    except (EdexqlError, UsageError) as error:
        what, _, way_out = str(error).partition("; ")
        return Finding("engines", "not", what, way_out)
    return Finding("engines", "ok", message)


def _network(options: argparse.Namespace, configuration: Configuration) -> Iterator[Finding]:
    """Whether services answer, both asked at once and waited for within the patience."""
    every: dict[str, tuple[str | None, Callable[[requests.Session, Configuration], Finding]]] = {
        "service": (_addresses(configuration)["service.listing"], _service),
        "archive": (_addresses(configuration)["archive.address"], _archive),
    }
    questions = {name: (url, check) for name, (url, check) in every.items() if url is not None}
    for name in every:
        if name not in questions:
            yield Finding(name, "ok", f"the vocabulary has no {name}")
    if options.offline:
        for name, (url, _) in questions.items():
            yield Finding(name, "unknown", f"{public_url(url)} was not asked")
        return
    end = time.monotonic() + options.patience
    checks = {name: _Check(name, check, options, configuration) for name, (_, check) in questions.items()}
    for name, one in checks.items():
        finding = one.finding(end)
        if finding is None:
            message = f"{public_url(questions[name][0])} did not answer in {options.patience:g} s"
            finding = Finding(name, "not", message, "try again later, or check the connection and the proxy")
        yield finding


class _Check:
    """A question put to a service in a thread of its own, which is left to itself when it takes too long."""

    def __init__(
        self,
        name: str,
        check: Callable[[requests.Session, Configuration], Finding],
        options: argparse.Namespace,
        configuration: Configuration,
    ) -> None:
        self._findings: list[Finding] = []
        self._errors: list[Exception] = []

        def work() -> None:
            from edexql.client.errors import ServiceError

            try:
                with environment.session(options, configuration) as session:
                    self._findings.append(check(session, configuration))
            except ServiceError as error:
                message = str(error)
                self._findings.append(Finding(name, "not", message, "check the connection, the proxy and the address"))
            except Exception as error:  # noqa: BLE001  # it is raised in the thread that waits for this one
                self._errors.append(error)

        # Names of hosts are looked up, and answers trickle in, for as long as they like.
        self._thread = threading.Thread(target=work, name=f"doctor-{name}", daemon=True)
        self._thread.start()

    def finding(self, end: float) -> Finding | None:
        """What came of it until a moment, None where nothing did."""
        self._thread.join(max(0.0, end - time.monotonic()))
        if self._errors:
            raise self._errors[0]
        return self._findings[0] if self._findings else None


def _service(session: requests.Session, configuration: Configuration) -> Finding:
    from edexql.client.http.request import Retries
    from edexql.client.listing import fetch
    from edexql.client.settings.configuration import service_endpoints
    from edexql.compiler.request import Setting, request
    from edexql.language.source import Source

    places, vocabulary = service_endpoints(configuration), configuration.vocabulary
    # Of another mission any answer is one: no product of it is known to have files on some day.
    text = QUERY if vocabulary is None or not vocabulary.replaced else "date 2019-05-01"
    made = request(Source(text, "<doctor>"), Setting(vocabulary))
    files = fetch(made, places, session=session, retries=Retries(tries=1), vocabulary=vocabulary)
    return Finding("service", "ok", f"{public_url(places.listing)} lists {counted(len(files), 'file')} of 2019-05-01")


def _archive(session: requests.Session, configuration: Configuration) -> Finding:
    from edexql.client.archive.folders import browse
    from edexql.client.settings.configuration import archive_address

    another = configuration.vocabulary is not None and configuration.vocabulary.replaced
    listing = browse("" if another else DAY, session, archive_address(configuration))
    message = f"{listing.url} has {counted(len(listing.folders()), 'folder')}"
    message += f" and {counted(len(listing.files()), 'file')}"
    return Finding("archive", "ok", message)
