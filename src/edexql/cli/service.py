"""What `serve` and `workbench` have in common: the source of files, the workbench in a service, its socket, its run."""

from __future__ import annotations

from edexql.commands import environment, local
from edexql.commands.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    import socket
    from argparse import _ActionsContainer as Options
    from collections.abc import Callable

    from starlette.applications import Starlette

    from edexql.client.endpoints import Endpoints
    from edexql.client.settings.configuration import Configuration
    from edexql.compiler.request import Setting
    from edexql.model.vocabulary import Vocabulary
    from edexql.server.catalogue import FileSource
    from edexql.server.settings import Limits, MailServer
    from edexql.web.query_file import QueryFile
    from edexql.web.workbench import Upstream, Workbench

_EXTRA = ("starlette", "uvicorn", "anyio", "numpy", "h11")


def add_sources(parser: Options) -> None:
    """Options for where files and answers come from, beside a catalogue."""
    parser.add_argument("--archive", metavar="FOLDER", help="folder of the files of the catalogue (default: none)")
    parser.add_argument(
        "--upstream", metavar="URL", help="base address of an eDEx that the workbench asks in place of a catalogue"
    )


def add_port(parser: Options, about: str) -> None:
    parser.add_argument("--port", type=int, help=about)


def with_extra(action: Callable[[], None]) -> None:
    """Do something that needs the packages of a service. Raises UsageError where one of them is missing."""
    try:
        action()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise UsageError(f"{error.name} is needed to serve: pip install 'edexql[serve]'") from error


def check_sources(configuration: Configuration, options: argparse.Namespace) -> None:
    """Raises UsageError where there is no archive, or where both a catalogue and an eDEx are named to be asked."""
    import os

    archive, upstream = configuration.serve.archive, configuration.serve.upstream
    # At the prompt it is the one that is in use, not one of the words.
    catalogue = options.catalogue if options.prompt is None else None
    if archive is not None and not os.path.isdir(archive):
        raise UsageError(f"--archive: there is no folder {archive}")
    if upstream is not None and catalogue is not None:
        raise UsageError("--upstream asks an eDEx in place of a catalogue: leave --catalogue out")


def files_of(upstream: str | None, folder: str | None, vocabulary: Vocabulary) -> FileSource:
    """What knows the files of a service. Raises UsageError."""
    from edexql.catalogue.store.schema import CatalogueError
    from edexql.server.catalogue import LocalCatalogue
    from edexql.web.upstream import NoCatalogue

    if upstream is not None:
        return NoCatalogue(upstream)
    if local.lacks_catalogue(folder, vocabulary):
        raise UsageError(local.NO_CATALOGUE)
    try:
        return LocalCatalogue(folder, vocabulary)
    except CatalogueError as error:
        raise UsageError(str(error)) from error


def mail_server(url: str | None) -> MailServer | None:
    """The mail server of an address, None of none. Raises UsageError."""
    from edexql.server.settings import mail_server_of

    try:
        return mail_server_of(url) if url else None
    except ValueError as error:
        raise UsageError(f"--smtp: {error}") from None


def workbench_of(
    setting: Setting,
    source: FileSource,
    configuration: Configuration,
    *,
    file: QueryFile | None = None,
    token: str | None = None,
) -> Workbench:
    """The workbench of a service with a source of files."""
    from edexql.compiler.targets import Addresses
    from edexql.server.catalogue import LocalCatalogue
    from edexql.web.workbench import Workbench

    upstream = _upstream(configuration)
    places = upstream.endpoints if upstream else _own_endpoints(configuration)
    return Workbench(
        setting=setting,
        catalogue=source if isinstance(source, LocalCatalogue) else None,
        ledger=environment.ledger(),
        addresses=None if places is None else Addresses(places.listing, places.delivery),
        upstream=upstream,
        file=file,
        token=token,
    )


def _upstream(configuration: Configuration) -> Upstream | None:
    """The eDEx that is asked in place of a catalogue, within limits that leave time for the answer to a page."""
    base = configuration.serve.upstream
    if base is None:
        return None
    from edexql.client.credentials import public_url
    from edexql.client.endpoints import Endpoints
    from edexql.client.settings.declarations import Network
    from edexql.web.listings import Listings
    from edexql.web.upstream import SECONDS
    from edexql.web.workbench import Upstream

    base, names, network = base.rstrip("/"), configuration.service, configuration.network
    fields = {name: getattr(network, name) for name in Network.__match_args__}
    fields |= {name: min(fields[name], SECONDS) for name in ("connect", "read", "seconds")}
    places = Endpoints(f"{base}/{names.listing_endpoint}", f"{base}/{names.delivery_endpoint}", names.method)
    return Upstream(public_url(base), places, Network(**fields), Listings())


def _own_endpoints(configuration: Configuration) -> Endpoints | None:
    """The addresses of eDEx as they are configured, None where the mission has none."""
    from edexql.client.endpoints import NoAddressError
    from edexql.client.settings.configuration import service_endpoints

    try:
        return service_endpoints(configuration)
    except NoAddressError:
        return None


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises UsageError."""
    from edexql.server.connections import listening_socket as listening

    try:
        return listening(host, port)
    except (OSError, UnicodeError, OverflowError) as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {getattr(error, 'strerror', None) or error}"
        ) from error


def host_names(listener: socket.socket, host: str, base: str) -> tuple[str, ...]:
    """The names that a service goes by: those of this machine, or any where it is there for others."""
    from urllib.parse import urlsplit

    from edexql.server.connections import is_loopback

    if not is_loopback(listener):
        return ()
    return ("localhost", "127.0.0.1", "::1", host.lower(), urlsplit(base).hostname or "localhost")


def run(app: Starlette, limits: Limits, listener: socket.socket, started: Callable[[], None]) -> None:
    """Serve until a signal; `started` is called when everything is ready."""
    import gc
    import signal

    from edexql.server import connections
    from edexql.terminal.signals import outlive_terminal

    server = connections.http_server(app, limits)
    # The server stops in good order at either signal, and raises it again when it has; this one is no failure.
    before = signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    outlive_terminal()
    # A command does without; what runs for days does not.
    gc.enable()
    try:
        started()
        server.run(sockets=[listener])
    finally:
        # At the prompt the process goes on.
        signal.signal(signal.SIGTERM, before)


def write_log(level: int) -> None:
    """Have the service say what it does, on standard error."""
    import logging
    import sys

    from edexql.server.errors import LOG

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.handlers = [handler]
    LOG.setLevel(level)
    LOG.propagate = False
    # What the server itself has to say beside these is not said without the text of errors.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
