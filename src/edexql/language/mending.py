"""What a mending does to a parse, and how it is told."""

from __future__ import annotations

from edexql.language import phrases
from edexql.language.diagnostic import MOST, Diagnostic
from edexql.language.lexer import COMMENT, JOINED, KIND, NEWLINE, join_lines
from edexql.language.source import Span
from edexql.language.surroundings import SEPARATORS, Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.language.diagnostic import Fix, Note
    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens
    from edexql.language.source import Source

_SEMICOLON, _LET = KIND["_SEMICOLON"], KIND["_LET"]
# What to supply where something is missing, in this order.
SUPPLIES = tuple(KIND[name] for name in ("NUMBER", "NAME", "STRING", "_AND", "_COLON"))


class Mending:
    """The edits that recovery makes to the tokens and the stack of one parse. A token that goes on to be read is
    named by its index, which is what each edit returns.

    `diagnostics` is what was told, `lost` the statements given up.
    """

    def __init__(self, source: Source, tokens: Tokens, driver: Driver) -> None:
        self._source = source
        self._tokens = tokens
        self._driver = driver
        self.near = Surroundings(tokens)
        self.diagnostics: list[Diagnostic] = []
        self.lost: list[Span] = []

    def give_up(self, index: int, first: int) -> int:
        """Pass over the rest of the statement."""
        tokens = self._tokens
        last = index
        for i in tokens.following(index):
            if tokens.kinds[i] in SEPARATORS:
                break
            last = i
        else:
            i = index
        self.lost.append(Span(tokens.starts[first], max(tokens.ends[last], tokens.starts[first])))
        self.unwind()
        return i

    def fits(self, *kinds: int) -> bool:
        return self._driver.accepts(kinds) >= len(kinds)

    def supply(self, kind: int, index: int) -> int:
        self._driver.step(kind, self._tokens.supply(kind, self._tokens.starts[index]))
        return index

    def supply_before(self, kind: int) -> int | None:
        """What could be supplied so that a token of this kind fits."""
        return next((supply for supply in SUPPLIES if self.fits(supply, kind)), None)

    def as_kind(self, index: int, kind: int) -> int | None:
        if not self.fits(kind):
            return None
        self._tokens.kinds[index] = kind
        return index

    def drop(self, index: int) -> int:
        self._tokens.kinds[index] = JOINED
        return index + 1

    def distrust_value_before(self, index: int) -> None:
        """Let no one judge the value before a token that was told of: the two may belong together."""
        before = self.near.before(index)
        self._tokens.mistaken |= {before, self.near.before(before)}

    def begin_line(self, index: int) -> int:
        """Let the line break before a token end the statement after all."""
        kinds = self._tokens.kinds
        line = index - 1
        while kinds[line] == COMMENT or kinds[line] == JOINED:
            line -= 1
        line += 1
        while kinds[line] == COMMENT:
            line += 1
        kinds[line] = NEWLINE
        join_lines(kinds, index)
        return line

    def unwind(self) -> None:
        """Forget the statement being read."""
        driver = self._driver
        cell: Any = driver.top
        cells = []
        while cell is not None:
            cells.append(cell)
            cell = cell[2]
        driver.output.clear()
        for cell in cells:
            driver.top = cell
            if self.fits(_SEMICOLON) and self.fits(_LET):
                return

    def report_missing(self, before: int, index: int, span: Span, notes: tuple[Note, ...] = ()) -> None:
        self.report(
            "E208",
            f"something is missing {self.near.between(before, index)}",
            span,
            notes=notes,
            help=f"expected {phrases.expected(self._driver.expected())}",
        )

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        notes: tuple[Note, ...] = (),
        help: str | None = None,
        fix: Fix | None = None,
    ) -> None:
        if len(self.diagnostics) < MOST:
            self.diagnostics.append(Diagnostic(code, message, self._source, span, notes, help, fix))
