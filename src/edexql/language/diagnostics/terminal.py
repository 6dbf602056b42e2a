"""For people: the message, the line it is about with the place underlined, what else belongs to it, what to do."""

from __future__ import annotations

import unicodedata

from edexql.base.text import printable
from edexql.language.diagnostics.codes import OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.diagnostics import Diagnostic
    from edexql.language.source import Source, Span

WIDTH = 100
_COLOURS = {"error": "1;31", "warning": "1;33", "frame": "34", "note": "36", "help": "32", "bold": "1"}


def terminal(diagnostics: Iterable[Diagnostic], *, colour: bool) -> str:
    """All diagnostics, a blank line between them; with ANSI colours where `colour` is true."""
    return "\n".join(_rendered(diagnostic, colour=colour) for diagnostic in diagnostics)


def _rendered(diagnostic: Diagnostic, *, colour: bool) -> str:
    def paint(text: str, style: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if colour and text else text

    source, severity = diagnostic.source, diagnostic.severity
    line, column = source.position(diagnostic.span.start)
    marks: list[tuple[Span, str, str, str]] = [(diagnostic.span, "^", "", severity)]
    marks += [(note.span, "-", note.message, "note") for note in diagnostic.notes]
    lines = {source.position(span.start)[0] for span, *_ in marks}
    gutter = len(str(max(lines)))
    bar = paint("|", "frame")
    blank = " " * gutter
    out = [
        f"{paint(f'{severity}[{diagnostic.code}]', severity)}{paint(': ' + printable(diagnostic.message), 'bold')}",
        f"{blank}{paint('-->', 'frame')} {printable(source.name)}:{line}:{column}",
        f"{blank} {bar}",
    ]
    previous = 0
    for number in sorted(lines):
        if previous and number > previous + 1:
            out.append(f"{paint('.' * gutter, 'frame')} {bar}")
        previous = number
        here = [mark for mark in marks if source.position(mark[0].start)[0] == number]
        first = min(source.position(mark[0].start)[1] for mark in here)
        text, offset = _window(source.line(number), first)
        out.append(f"{paint(str(number).rjust(gutter), 'frame')} {bar} {''.join(_cells(text))}".rstrip())
        for span, sign, message, style in here:
            start, end = _columns(source, span, number)
            pad = _width(text[: max(start - offset, 0)])
            under = max(_width(text[max(start - offset, 0) : max(end - offset, 0)]), 1)
            mark = paint(f"{sign * under} {printable(message)}".rstrip(), style)
            out.append(f"{blank} {bar} {' ' * pad}{mark}")
    if diagnostic.help:
        out.append(f"{blank} {paint('=', 'frame')} {paint('help', 'help')}: {printable(diagnostic.help)}")
    own = OWN.get(diagnostic.code)
    if own is not None and own.documentation:
        out.append(f"{blank} {paint('=', 'frame')} {paint('see', 'help')}: {printable(own.documentation)}")
    return "".join(f"{line}\n" for line in out)


def _columns(source: Source, span: Span, number: int) -> tuple[int, int]:
    """Where a span stands in its first line, in code points from 0."""
    start = source.position(span.start)[1] - 1
    last, end = source.position(span.end)
    return start, end - 1 if last == number else len(source.line(number))


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and where it begins."""
    if len(line) <= WIDTH:
        return line, 0
    start = min(max(column - 1 - WIDTH // 2, 0), len(line) - WIDTH)
    text = line[start : start + WIDTH]
    if start:
        text = "…" + text[1:]
    return (text[:-1] + "…" if start + WIDTH < len(line) else text), start


def _cells(text: str) -> list[str]:
    return [" " if character == "\t" else printable(character) for character in text]


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(_character_width(cell) for cell in _cells(text))


def _character_width(cell: str) -> int:
    if len(cell) > 1:
        return len(cell)
    if unicodedata.combining(cell):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1
