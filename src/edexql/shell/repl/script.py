"""Lines from a file or a pipe: no prompt, no colour, nothing but results."""

from __future__ import annotations

import gc
import sys

from edexql.language.openness import is_open
from edexql.shell.exits import FINE, MISTAKES
from edexql.shell.repl.acting import act
from edexql.shell.repl.lines import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from edexql.shell.repl.session import Session


def run(session: Session, stream: BinaryIO, *, keep_going: bool) -> int:
    """Do what each line says, up to the first that fails unless told to keep going; 1 where any failed."""
    gc.enable()
    failed = False
    for text in inputs_of(stream):
        if act(session, text) != FINE:
            failed = True
            if not keep_going:
                break
        sys.stdout.flush()
        if session.over:
            break
    return MISTAKES if failed else FINE


def inputs_of(stream: BinaryIO) -> Iterator[str]:
    """The inputs of a stream, as soon as each is whole: a line, or several that a bracket or an operator joins.

    A line that is a comment is passed over: it belongs to no query.
    """
    held: list[str] = []
    for data in stream:
        text = data.decode("utf-8", "replace").rstrip("\r\n").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        held.append(text)
        whole = "\n".join(held)
        if line(whole).kind in ("verb", "shell") or not is_open(whole):
            held.clear()
            if not text.lstrip().startswith("#"):
                yield whole
    if held:
        yield "\n".join(held)
