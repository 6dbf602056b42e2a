"""`edexql serve`."""

from __future__ import annotations

import os
import sys

from edexql.base import system
from edexql.base.text import printable
from edexql.cli import service
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
    from edexql.server.settings import Settings

DESCRIPTION = """\
Serve a catalogue as eDEx does: list the files of queries, put them into zips from a local archive, and send the
links by mail. It listens on this machine only, unless --host gives another address. The exit
code is 0 after SIGTERM and 130 after an interrupt. docs/service.md has the details."""
EXAMPLE = "edexql serve --archive /data/epop --smtp smtp://localhost"


def arguments(parser: Parser) -> None:
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    service.add_port(parser, "port to listen on; 0 is any (default: 8339)")
    add_catalogue(parser)
    service.add_sources(parser)
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
    service.with_extra(lambda: _serve(options))
    return FINE


def _serve(options: argparse.Namespace) -> None:
    from edexql.client.settings.declarations import Serve
    from edexql.compiler.request import Setting
    from edexql.server.app import application
    from edexql.server.connections import address_of, is_loopback
    from edexql.web import token
    from edexql.web.routes import routes

    configuration = environment.configured(
        options, **{f"serve__{name}": getattr(options, name) for name in Serve.__match_args__}
    )
    serve = configuration.serve
    vocabulary = _vocabulary([*configuration.paths.vocabulary, *options.vocabulary])
    service.check_sources(configuration, options)
    _check(serve)
    catalogue = local.catalogue_folder(options)
    source = service.files_of(serve.upstream, catalogue, vocabulary)
    with service.listening_socket(serve.host, serve.port) as listener:
        address = address_of(listener)
        hosts = service.host_names(listener, serve.host, serve.address or address)
        settings = settings_of(serve, vocabulary, address, hosts)
        setting = Setting(vocabulary, None, None, frozenset(configuration.check.allow))
        secret = token.existing(system.state_folder()) if is_loopback(listener) else None
        workbench = service.workbench_of(setting, source, configuration, token=secret)
        try:
            app = application(source, settings, routes(workbench))
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"cannot use {settings.state}: {reason}; name another folder with --state") from error
        service.run(
            app, settings.limits, listener, lambda: _report_start(listener, settings, catalogue, serve.upstream)
        )


def settings_of(serve: Serve, vocabulary: Vocabulary, address: str, hosts: tuple[str, ...]) -> Settings:
    """A service as it is configured, reached at an `address` where no other is configured. Raises UsageError."""
    from edexql.server.settings import DAY, SENDER, Settings

    return Settings(
        state=os.path.abspath(
            serve.state or os.environ.get(system.STATE) or os.path.join(system.user_folder("state"), "service")
        ),
        vocabulary=vocabulary,
        archive=serve.archive and os.path.abspath(serve.archive),
        base=(serve.address or address).rstrip("/"),
        hosts=hosts,
        sender=serve.sender or SENDER,
        mail_server=service.mail_server(serve.smtp),
        lifetime=serve.days * DAY,
    )


def _check(serve: Serve) -> None:
    from edexql.server.jobs.mail import is_address

    if serve.sender is not None and not is_address(serve.sender):
        raise UsageError(f"--sender takes an e-mail address, not {serve.sender}")


def _vocabulary(paths: list[str]) -> Vocabulary:
    from edexql.model.vocabulary import load

    try:
        return load(*paths)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _report_start(listener: socket.socket, settings: Settings, catalogue: str | None, upstream: str | None) -> None:
    """Say where the service is, and have it say what it does, on standard error."""
    import logging

    from edexql.client.credentials import public_url
    from edexql.server.connections import address_of, is_loopback

    service.write_log(logging.INFO)
    source = f"the catalogue in {os.path.abspath(catalogue)}" if catalogue else "the sample catalogue of edexql"
    if upstream is not None:
        source = f"{public_url(upstream)}, in the workbench alone"
    lines = [f"listening on {address_of(listener)}", f"answering from {source}"]
    lines.append(f"the workbench is at {settings.base}/workbench/")
    if not is_loopback(listener):
        lines.append("warning: other machines can reach this address, and anyone there can use the service")
    if settings.archive is None:
        lines.append("there is no --archive: files are listed, and none can be delivered")
    if settings.mail_server is None:
        lines.append(f"there is no --smtp: mail is put into {os.path.join(settings.state, 'outbox')}")
    for line in lines:
        sys.stderr.write(f"edexql: {printable(line)}\n")
    sys.stderr.flush()
