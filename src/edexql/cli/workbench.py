"""`edexql workbench`."""

from __future__ import annotations

import os
import sys

from edexql.base import system
from edexql.base.text import printable
from edexql.cli import service
from edexql.commands import environment, inputs, local
from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_catalogue, add_config, add_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from starlette.applications import Starlette

    from edexql.client.settings.configuration import Configuration
    from edexql.commands.parser import Parser
    from edexql.server.catalogue import FileSource
    from edexql.server.settings import Settings
    from edexql.web.query_file import QueryFile
    from edexql.web.workbench import Workbench

DESCRIPTION = """\
Show the tabs of eDEx as a page in the browser, with the text of the query beside them. It answers from a catalogue on
this machine, or from the eDEx that --upstream names. FILE is opened, and made when it is saved if it is missing;
at the prompt the current query is shown where no FILE is named. It listens on this machine only, until it is
interrupted. docs/workbench.md has the details."""
EXAMPLE = "edexql workbench may.edq"

_HOST = "127.0.0.1"
# Of several workbenches at once, each has a folder for what it prepares.
_MOST = 100
# Characters of a query that an address has room for.
_LONGEST = 20_000
# Browsers for the terminal: they do not run the page, and take the terminal away.
_WITHOUT_SCRIPTS = {"links", "elinks", "lynx", "w3m", "www-browser"}


def arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="file with a query")
    add_catalogue(parser)
    service.add_sources(parser)
    service.add_port(parser, "port to listen on (default: any that is free)")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    add_config(parser)
    add_environment(parser)


def run(options: argparse.Namespace) -> int:
    service.with_extra(lambda: _show(options))
    return FINE


def _show(options: argparse.Namespace) -> None:
    import logging

    from edexql.server.connections import address_of

    configuration = environment.configured(
        options, serve__archive=options.archive, serve__upstream=options.upstream, serve__port=options.port
    )
    file = _file(options.file)
    service.check_sources(configuration, options)
    setting = inputs.setting_with(options, configuration)
    folder = local.catalogue_folder(options)
    source = service.files_of(configuration.serve.upstream, folder, inputs.vocabulary(options))
    with service.listening_socket(_HOST, options.port or 0) as listener:
        workbench = service.workbench_of(setting, source, configuration, file=file, token=_token())
        app, settings = _application(source, configuration, workbench, address_of(listener))
        page = f"{settings.base}/workbench/#token={workbench.token}{_current(options)}"
        service.write_log(logging.WARNING)

        def started() -> None:
            sys.stderr.write(f"edexql: the workbench is at {page}\n")
            if file is not None:
                sys.stderr.write(f"edexql: its file is {printable(file.path)}\n")
            sys.stderr.flush()
            if not options.no_browser:
                _open(page)

        service.run(app, settings.limits, listener, started)


def _file(path: str | None) -> QueryFile | None:
    """The query file that is opened. Raises UsageError and QueryFileError."""
    if path is None:
        return None
    if path == "-":
        raise UsageError("standard input cannot be saved to: name a FILE, which is made when it is missing")
    from edexql.web.query_file import QueryFile

    file = QueryFile(path)
    folder = os.path.dirname(file.path)
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder {printable(folder)} that {printable(file.name)} could be saved in")
    return file


def _current(options: argparse.Namespace) -> str:
    """What the address has of the current query of the prompt, which is shown where no file is named."""
    if options.current is None or options.file is not None:
        return ""
    from urllib.parse import quote

    text: str = options.current.source.text
    return f"&q={quote(text, safe='')}" if text.strip() and len(text) <= _LONGEST else ""


def _token() -> str:
    from edexql.web import token

    folder = system.state_folder()
    try:
        return token.kept(folder)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror or error}; name another folder with ${system.STATE}"
        ) from error


def _application(
    source: FileSource, configuration: Configuration, workbench: Workbench, address: str
) -> tuple[Starlette, Settings]:
    """The service with the workbench, in the first folder that no other workbench uses. Raises UsageError."""
    from edexql.server.app import application
    from edexql.server.jobs.store import FolderInUse
    from edexql.server.settings import DAY, SENDER, Settings
    from edexql.web.routes import routes

    serve = configuration.serve
    for number in range(1, _MOST + 1):
        settings = Settings(
            state=os.path.join(system.state_folder(), f"workbench-{number}"),
            vocabulary=workbench.vocabulary,
            archive=serve.archive and os.path.abspath(serve.archive),
            base=address,
            hosts=("localhost", _HOST),
            sender=serve.sender or SENDER,
            mail_server=service.mail_server(serve.smtp),
            lifetime=serve.days * DAY,
        )
        try:
            return application(source, settings, routes(workbench)), settings
        except FolderInUse:
            continue
        except OSError as error:
            raise UsageError(f"cannot use {settings.state}: {error.strerror or error}") from error
    raise UsageError(f"there are {_MOST} workbenches already: close one")


def _open(page: str) -> None:
    """Open a page in the browser of the user, if there is one that shows it. The address is printed in any case."""
    import threading
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if getattr(browser, "name", "") in _WITHOUT_SCRIPTS:
        return
    # Some browsers end only when they are closed.
    threading.Thread(target=browser.open, args=(page,), daemon=True).start()
