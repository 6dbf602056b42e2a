"""The command line: which command is meant, and what its end means to the shell."""

from __future__ import annotations

import gc
import os
import sys

from edexql.shell.commands import COMMANDS
from edexql.shell.exits import FINE, INTERRUPTED, MISTAKES, SERVICE, USAGE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

_EXAMPLE = """\
example:
  edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'

exit codes: 0 fine, 1 errors in the input, 2 wrong usage, 3 network or service failure, 130 interrupted.
`edexql COMMAND --help` tells more of each command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # A command is over before there is garbage worth the search for it, at its end too.
    gc.disable()
    try:
        return _ended(words)
    finally:
        gc.freeze()


def _ended(words: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if "_ARGCOMPLETE" in os.environ:
        from edexql.shell.completion import complete

        complete()
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough: nothing more can be written, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return code


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
    except UsageError as error:
        _say(str(error))
        return USAGE
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
        raise
    return code


def parser_of(command: str) -> argparse.ArgumentParser:
    """The parser of one command's options."""
    import argparse

    module = module_of(command)
    parser = argparse.ArgumentParser(
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
