"""Lines from a file or a pipe: no prompt, no colour, nothing but results."""

from __future__ import annotations

import gc
import sys

from edexql.commands.exits import FINE, MISTAKES, say
from edexql.repl.acting import act
from edexql.repl.lines import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from edexql.repl.session import Session


def run(session: Session, stream: BinaryIO, *, keep_going: bool) -> int:
    """Do what each line says, up to the first that fails unless told to keep going; 1 where any failed."""
    gc.enable()
    failed = False
    number = 0

    def counted() -> Iterator[str]:
        nonlocal number
        for number, text in enumerate(lines_of(stream), 1):  # noqa: B007  # the last one read is told of
            yield text

    for text in joined(counted()):
        if act(session, text) != FINE:
            failed = True
            say(f"line {number} failed" + ("" if keep_going else "; --keep-going goes on after one that does"))
            if not keep_going:
                break
        sys.stdout.flush()
        if session.over:
            break
    return MISTAKES if failed else FINE


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, as they come."""
    for data in stream:
        yield data.decode("utf-8", "replace").rstrip("\r\n").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
