"""Exit codes, and the errors that end a command with one of them."""

from __future__ import annotations

FINE = 0
MISTAKES = 1
USAGE = 2
SERVICE = 3
INTERRUPTED = 130


class UsageError(Exception):
    """The command was used wrongly: a file that cannot be read, options that do not go together."""
