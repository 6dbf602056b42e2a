"""What there is to say of a line while it is typed: its mistakes."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler import editing
from edexql.language.lexer import is_open
from edexql.language.source import Span
from edexql.repl.lines import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.request import Setting

# What the next word or line can still mend.
_UNFINISHED = frozenset({"E201", "E202", "E208"})
EDIT_KINDS = frozenset({"query", "numbered"})


class Mistake(Record):
    """A diagnostic at its place in the line, as short as a toolbar has room for."""

    span: Span
    code: str
    message: str
    help: str | None = None

    @property
    def severity(self) -> str:
        return "warning" if self.code.startswith("W") else "error"


def goes_on(text: str) -> bool:
    """Whether the statement at the end of a text goes on in the next line."""
    return line(text).kind not in ("verb", "shell") and is_open(text)


def mistakes(current: str, text: str, setting: Setting) -> tuple[Mistake, ...]:
    """The mistakes and doubts of a text that is typed under the current query, in the order of the text."""
    typed = line(text)
    if typed.kind not in EDIT_KINDS:
        return ()
    cut = len(text) - len(typed.text)
    try:
        whole = edited(current, text)
    except editing.EditError as error:
        return (Mistake(Span(0, len(text)), "E500", error.message, error.help),)
    unfinished = is_open(typed.text) or typed.text[-1:] == " "
    result = []
    for one in editing.diagnosed(whole, typed.text, setting):
        if unfinished and one.code in _UNFINISHED and one.span.end >= len(typed.text.rstrip()):
            continue
        here = one.source.text == typed.text
        span = Span(one.span.start + cut, one.span.end + cut) if here else Span(len(text), len(text))
        result.append(Mistake(span, one.code, one.message, one.help))
    return tuple(result)


def edited(current: str, text: str) -> editing.Edited:
    """The current query with a line that is typed. Raises EditError."""
    typed = line(text)
    if typed.kind == "numbered":
        return editing.replaced(current, typed.name, typed.text)
    return editing.entered(current, typed.text)
