"""Text into a syntax tree and diagnostics."""

from __future__ import annotations

from edexql.language.builder import HANDLERS, Builder
from edexql.language.diagnostics import MOST, Diagnostic, in_order
from edexql.language.driver import Driver
from edexql.language.lexer import END, FIRST_READ, KIND, LONG, MARK, NEWLINE, tokenize
from edexql.language.source import Span
from edexql.language.syntax import Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.language.lexer import Tokens
    from edexql.language.recovery.recovery import Recovery
    from edexql.language.source import Source

# What ends a statement, and what is skipped.
_BETWEEN = frozenset({END, NEWLINE, KIND["_SEMICOLON"], *range(1, FIRST_READ)})
_SAMPLE = 400
_SAVE = "save the file as UTF-8"


def parse(source: Source) -> tuple[Program, tuple[Diagnostic, ...]]:
    """Read a whole text. There is always a tree: of what could be read, where there are errors."""
    wide = _wide_encoding(source.text[:_SAMPLE])
    if wide is not None:
        everything = Span(0, len(source.text))
        diagnostic = Diagnostic("E209", f"this text is in {wide}, not in UTF-8", source, Span(0, 1), help=_SAVE)
        return Program(source, tokenize(""), (), (everything,), damaged=True), (diagnostic,)
    tokens = tokenize(source.text)
    output: list[object] = []
    builder = Builder(tokens, output)
    driver = Driver(HANDLERS, output, builder)
    recovery: Recovery | None = None
    kinds, behind_run = _runs(tokens, driver)
    step = driver.step
    index, fresh = 0, True
    while True:
        kind = kinds[index]
        if kind in _BETWEEN:
            if 0 < kind < FIRST_READ:
                index += 1
                continue
            builder.after = index
            fresh = True
        elif fresh:
            builder.first = index
            fresh = False
        if step(kind, index):
            if kind == END:
                break
            index += 1
            continue
        if kind == MARK:
            index = behind_run(index)
            continue
        if recovery is None:
            from edexql.language.recovery.recovery import Recovery

            # Recovery changes kinds: from here on nothing is marked.
            kinds, recovery = tokens.kinds, Recovery(source, tokens, driver)
        index = recovery.recover(index, builder.first)
        fresh = index <= builder.first
    statements = tuple(driver.result)
    if recovery is None and not source.undecodable:
        return Program(source, tokens, statements), ()
    lost = tuple(recovery.lost) if recovery else ()
    diagnostics = recovery.diagnostics if recovery else []
    diagnostics += undecodable(source)
    return Program(source, tokens, statements, lost, bool(diagnostics)), in_order(diagnostics)


def _runs(tokens: Tokens, driver: Driver) -> tuple[bytearray, Callable[[int], int]]:
    """The kinds to read, with marks in a long text, and what gives the place to go on from a mark."""
    if tokens.count <= LONG:
        return tokens.kinds, int
    from edexql.language.repetition import Runs

    runs = Runs(tokens, driver)
    return runs.kinds, runs.read


def _wide_encoding(sample: str) -> str | None:
    """The encoding of a text that has two or four bytes for each letter, where the beginning shows it."""
    zeros = sample.count("\0")
    if zeros < 2 or zeros * 3 < len(sample) or zeros * 5 > len(sample) * 4:
        return None
    return "UTF-32" if zeros * 3 > len(sample) * 2 - 3 else "UTF-16"


def undecodable(source: Source) -> list[Diagnostic]:
    """A diagnostic for each run of bytes that is not UTF-8."""
    return [
        Diagnostic(
            "E209",
            f"invalid UTF-8: {run.length} byte{'s' * (run.length > 1)} at offset {run.byte_offset} of the file",
            source,
            run.span,
            help=_SAVE,
        )
        for run in source.undecodable[:MOST]
    ]
