"""How a verb is run and what its end means: exit codes, the errors that end it with one, and their messages."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from edexql.commands.registry import Implementation


FINE = 0
MISTAKES = 1
USAGE = 2
SERVICE = 3
INTERRUPTED = 130
TERMINATED = 143


class UsageError(Exception):
    """The command was used wrongly: a file that cannot be read, options that do not go together."""


def run_verb(
    verb: Implementation,
    parser: argparse.ArgumentParser,
    words: Sequence[str],
    given: argparse.Namespace | None = None,
) -> int:
    """Run a verb and return its exit code. `given` holds what stands for options that the words do not name."""
    try:
        options = parser.parse_args(words, given)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    return guarded(lambda: verb.run(options), options)


def guarded(run: Callable[[], int], options: argparse.Namespace) -> int:
    """The exit code of something that may fail with errors that are reported. Other errors are let through."""
    try:
        code = _run_guarded(run, options)
    finally:
        if getattr(options, "counted", None):
            from edexql.terminal.diagnostics import report_counted

            report_counted(options)
    return code


def _run_guarded(run: Callable[[], int], options: argparse.Namespace) -> int:
    try:
        code = run()
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except UsageError as error:
        say(str(error))
        return USAGE
    except Exception as error:
        exit_code = _report_error(error, options)
        if exit_code is None:
            raise
        return exit_code
    return USAGE if getattr(options, "unread", False) else code


def _report_error(error: Exception, options: argparse.Namespace) -> int | None:
    """Report an error, and return its exit code; None for an error that is not reported."""
    from edexql.base.errors import EdexqlError
    from edexql.client.errors import ServiceError
    from edexql.language.diagnostics.query_error import QueryError
    from edexql.terminal.diagnostics import report

    if isinstance(error, QueryError):
        report(error.diagnostics, options)
        return MISTAKES
    if isinstance(error, EdexqlError):
        say(str(error))
        return SERVICE if isinstance(error, ServiceError) else USAGE
    return None


def say(text: str) -> None:
    """Tell a person something, on standard error."""
    from edexql.base.text import printable

    if "@" in text:
        from edexql.client.credentials import redact

        text = redact(text)
    sys.stderr.write(f"edexql: {printable(text)}\n")
