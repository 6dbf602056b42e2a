"""`edexql serve`."""

from __future__ import annotations

import os
import sys

from edexql.base import system
from edexql.base.text import printable
from edexql.commands import environment, local
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_catalogue, add_config, add_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    import socket

    from edexql.client.settings.declarations import Serve
    from edexql.commands.parser import Parser
    from edexql.model.vocabulary import Vocabulary
    from edexql.server.settings import MailServer, Settings

DESCRIPTION = """\
Serve a catalogue as eDEx does: list the files of queries, put them into zips from a local archive, and send the
links by mail. It listens on this machine only, unless --host gives another address. The exit
code is 0 after SIGTERM and 130 after an interrupt. docs/service.md has the details."""
EXAMPLE = "edexql serve --archive /data/epop --smtp smtp://localhost"

_EXTRA = ("starlette", "uvicorn", "anyio", "numpy", "h11")


def arguments(parser: Parser) -> None:
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on; 0 is any (default: 8339)")
    add_catalogue(parser)
    parser.add_argument("--archive", metavar="FOLDER", help="folder of the files of the catalogue (default: none)")
    parser.add_argument(
        "--state",
        metavar="FOLDER",
        help="folder for deliveries, unsent mail and jobs (default: $EDEXQL_STATE, or the user's own)",
    )
    parser.add_argument(
        "--smtp",
        metavar="URL",
        help="mail server, smtp://host:port or smtps://user:password@host:port (default: $EDEXQL_SMTP); "
        "without one, mail is put into the folder outbox of --state",
    )
    parser.add_argument("--sender", metavar="ADDRESS", help="e-mail address that mail comes from")
    parser.add_argument("--address", metavar="URL", help="address under which clients know the service, for links")
    parser.add_argument("--days", type=float, help="how long a link works (default: 7)")
    add_config(parser, "configuration; [serve] in it has all these options (default: the user's)")
    add_vocabulary(parser)


def run(options: argparse.Namespace) -> int:
    try:
        _serve(options)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise UsageError(f"{error.name} is needed to serve: pip install 'edexql[serve]'") from error
    return FINE


def _serve(options: argparse.Namespace) -> None:
    import gc
    import signal

    from edexql.catalogue.store.schema import CatalogueError
    from edexql.client.settings.declarations import Serve
    from edexql.server import connections
    from edexql.server.app import application
    from edexql.server.catalogue import LocalCatalogue
    from edexql.terminal.signals import outlive_terminal

    configuration = environment.configured(
        options, **{f"serve__{name}": getattr(options, name) for name in Serve.__match_args__}
    )
    serve = configuration.serve
    vocabulary = _vocabulary([*configuration.paths.vocabulary, *options.vocabulary])
    catalogue = local.catalogue_folder(options)
    if local.lacks_catalogue(catalogue, vocabulary):
        raise UsageError(local.NO_CATALOGUE)
    _check(serve)
    try:
        source = LocalCatalogue(catalogue, vocabulary)
    except CatalogueError as error:
        raise UsageError(str(error)) from error
    with _listening_socket(serve.host, serve.port) as listener:
        address = connections.address_of(listener)
        hosts = _hosts(listener, serve.host, serve.address or address)
        settings = settings_of(serve, vocabulary, address, hosts)
        try:
            app = application(source, settings)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"cannot use {settings.state}: {reason}; name another folder with --state") from error
        server = connections.http_server(app, settings.limits)
        # The server stops in good order at either signal, and raises it again when it has; this one is no failure.
        signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
        outlive_terminal()
        # A command does without; what runs for days does not.
        gc.enable()
        _report_start(listener, settings, catalogue)
        server.run(sockets=[listener])


def settings_of(serve: Serve, vocabulary: Vocabulary, address: str, hosts: tuple[str, ...]) -> Settings:
    """A service as it is configured, reached at an `address` where no other is configured. Raises UsageError."""
    from edexql.server.settings import DAY, SENDER, Settings

    return Settings(
        state=os.path.abspath(
            serve.state or os.environ.get(environment.STATE) or os.path.join(system.user_folder("state"), "service")
        ),
        vocabulary=vocabulary,
        archive=serve.archive and os.path.abspath(serve.archive),
        base=(serve.address or address).rstrip("/"),
        hosts=hosts,
        sender=serve.sender or SENDER,
        mail_server=_mail_server(serve.smtp),
        lifetime=serve.days * DAY,
    )


def _check(serve: Serve) -> None:
    from edexql.server.jobs.mail import is_address

    if serve.archive is not None and not os.path.isdir(serve.archive):
        raise UsageError(f"--archive: there is no folder {serve.archive}")
    if serve.sender is not None and not is_address(serve.sender):
        raise UsageError(f"--sender takes an e-mail address, not {serve.sender}")


def _vocabulary(paths: list[str]) -> Vocabulary:
    from edexql.model.vocabulary import load

    try:
        return load(*paths)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _mail_server(url: str | None) -> MailServer | None:
    from edexql.server.settings import mail_server_of

    try:
        return mail_server_of(url) if url else None
    except ValueError as error:
        raise UsageError(f"--smtp: {error}") from None


def _listening_socket(host: str, port: int) -> socket.socket:
    from edexql.server.connections import listening_socket

    try:
        return listening_socket(host, port)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {getattr(error, 'strerror', None) or error}"
        ) from error


def _hosts(listener: socket.socket, host: str, base: str) -> tuple[str, ...]:
    """The names that the service goes by: those of this machine, or any where it is there for others."""
    from urllib.parse import urlsplit

    from edexql.server.connections import is_loopback

    if not is_loopback(listener):
        return ()
    return ("localhost", "127.0.0.1", "::1", host.lower(), urlsplit(base).hostname or "localhost")


def _report_start(listener: socket.socket, settings: Settings, catalogue: str | None) -> None:
    """Say where the service is, and have it say what it does, on standard error."""
    import logging

    from edexql.server.connections import address_of, is_loopback
    from edexql.server.errors import LOG

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    # What the server itself has to say beside these is not said without the text of errors.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    source = f"the catalogue in {os.path.abspath(catalogue)}" if catalogue else "the sample catalogue of edexql"
    lines = [f"listening on {address_of(listener)}", f"answering from {source}"]
    if not is_loopback(listener):
        lines.append("warning: other machines can reach this address, and anyone there can use the service")
    if settings.archive is None:
        lines.append("there is no --archive: files are listed, and none can be delivered")
    if settings.mail_server is None:
        lines.append(f"there is no --smtp: mail is put into {os.path.join(settings.state, 'outbox')}")
    for line in lines:
        sys.stderr.write(f"edexql: {printable(line)}\n")
    sys.stderr.flush()
