"""The command line: which command is meant, and what its end means to the shell."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

from edexql.shell.commands import COMMANDS
from edexql.shell.exits import FINE, INTERRUPTED, MISTAKES, SERVICE, USAGE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any, NoReturn

_EXAMPLE = """\
example:
  edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'

exit codes: 0 fine, 1 errors in the input, 2 wrong usage, 3 network or service failure, 130 interrupted.
`edexql COMMAND --help` tells more of each command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. None is the one that the process was started with."""
    if arguments is not None:
        return _ended(list(arguments))
    # A process of one command ends before there is garbage worth the search for it, at its end too.
    gc.disable()
    _prepare_streams()
    code = _ended(sys.argv[1:])
    gc.freeze()
    return code


def _prepare_streams() -> None:
    """Results are UTF-8 wherever they go but to a terminal, and nothing that cannot be shown ends a command."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # for the rest of the process
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _ended(words: list[str]) -> int:
    if "_ARGCOMPLETE" in os.environ:
        from edexql.shell.completion import complete

        complete()
    if sys.stdout is None:
        _say("cannot write the result: standard output is closed")
        return USAGE
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except UsageError as error:
        _say(str(error))
        return USAGE
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _discard_output()
        return FINE
    except OSError as error:
        _discard_output()
        _say(f"cannot write the result: {error.strerror or error}")
        return USAGE
    return code


def _discard_output() -> None:
    """Nothing more can be written, when Python flushes its streams at the end neither."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        if len(words) > 1 and words[1] in COMMANDS:
            return _run([words[1], "--help"])
        sys.stdout.write(usage()) if words else sys.stderr.write(usage())
        return FINE if words else USAGE
    if words[0] in ("-V", "--version"):
        from edexql import __version__

        sys.stdout.write(f"edexql {__version__}\n")
        return FINE
    if words[0] not in COMMANDS:
        return _unknown(words[0])
    try:
        options = parser_of(words[0]).parse_args(words[1:])
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    return _guarded(words[0], options)


def _guarded(command: str, options: argparse.Namespace) -> int:
    try:
        code: int = module_of(command).run(options)
    except (UsageError, OSError):
        raise
    except Exception as error:
        from edexql.compiler.errors import EdexqlError
        from edexql.service.listing import ServiceError
        from edexql.shell.report import report

        if isinstance(error, EdexqlError):
            report(error.diagnostics, options)
            return MISTAKES
        if isinstance(error, ServiceError):
            _say(str(error))
            return SERVICE
        if _about_a_catalogue(error):
            _say(str(error))
            return USAGE
        raise
    return USAGE if getattr(options, "unread", False) else code


def _about_a_catalogue(error: Exception) -> bool:
    """Whether a catalogue cannot be used, or needs a package that is not installed."""
    catalogue = sys.modules.get("edexql.catalogue.store.schema")
    if catalogue and isinstance(error, catalogue.CatalogueError):
        return True
    orbit = sys.modules.get("edexql.catalogue.orbit.extras")
    return bool(orbit and isinstance(error, orbit.MissingExtra))


def parser_of(command: str) -> argparse.ArgumentParser:
    """The parser of one command's options."""
    import argparse

    from edexql.language.diagnostic import printable

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            super().error(printable(message))

    module = module_of(command)
    parser = Parser(
        prog=f"edexql {command}",
        description=module.DESCRIPTION,
        epilog=f"example:\n  {module.EXAMPLE}",
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """A formatter that is told its width: left to find it, argparse imports compression libraries to do so."""
    import argparse

    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        width = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=width - 2)


def module_of(command: str) -> Any:
    from importlib import import_module

    return import_module(f"edexql.shell.commands.{command}")


def usage() -> str:
    width = max(map(len, COMMANDS))
    listed = "".join(f"  {name:{width}}  {summary}\n" for name, summary in COMMANDS.items())
    head = "usage: edexql COMMAND [OPTIONS] [FILE...]\n\nQueries for the e-POP data of the CASSIOPE satellite.\n"
    return f"{head}\ncommands:\n{listed}\noptions:\n  --version   the version\n  --help      this help\n\n{_EXAMPLE}\n"


def _unknown(word: str) -> int:
    from edexql.language.diagnostic import shown
    from edexql.language.near import did_you_mean, nearest

    if word.startswith("-"):
        _say(f"there is no option {shown(word)} before a command; see `edexql --help`")
        return USAGE
    help = did_you_mean(nearest(word, COMMANDS)) or "see `edexql --help`"
    if os.path.exists(word):
        help = f"to compile the file, write `edexql compile {word}`"
    _say(f"there is no command {shown(word)}: {help}")
    return USAGE


def _say(text: str) -> None:
    from edexql.language.diagnostic import printable

    sys.stderr.write(f"edexql: {printable(text)}\n")
