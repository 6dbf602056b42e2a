"""The edits that recovery makes to the tokens and the stack of one parse, and the diagnostics that report them."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.language.diagnostics import MOST, Diagnostic, Fix, Note, empty
from edexql.language.lexer import BINARY, CLOSING, COMMENT, JOINED, KIND, NEWLINE, OPENING, join_lines
from edexql.language.recovery.surroundings import SEPARATORS, Surroundings
from edexql.language.recovery.token_names import expected_phrase
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens
    from edexql.language.source import Source


_SEMICOLON, _LET = KIND["_SEMICOLON"], KIND["_LET"]
# What to supply where something is missing, in this order.
SUPPLIES = tuple(KIND[name] for name in ("NUMBER", "NAME", "STRING", "_AND", "_COLON"))


class Repairs:
    """The edits that recovery makes to the tokens and the stack of one parse. A token that goes on to be read is
    named by its index, which is what each edit returns.

    `diagnostics` is what was reported, `lost` the statements given up.
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
        """Let no one judge the value before a token that was reported: the two may belong together."""
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
            help=f"expected {expected_phrase(self._driver.expected())}",
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


_CLOSER = {
    KIND["_OPEN"]: KIND["_CLOSE"],
    KIND["_OPEN_LIST"]: KIND["_CLOSE_LIST"],
    KIND["_OPEN_OBJECT"]: KIND["_CLOSE_OBJECT"],
}
_SIGN = {KIND["_CLOSE"]: ")", KIND["_CLOSE_LIST"]: "]", KIND["_CLOSE_OBJECT"]: "}"}


class Brackets:
    """Repairs the brackets of one parse. `opened` are the tokens of those open at a place, the innermost first."""

    def __init__(self, tokens: Tokens, driver: Driver, repairs: Repairs) -> None:
        self._tokens = tokens
        self._driver = driver
        self._repairs = repairs

    def closing(self, index: int, first: int, opened: list[int]) -> int | None:
        tokens, kind = self._tokens, self._tokens.kinds[index]
        span = tokens.span(index)
        if not opened:
            self._repairs.report(
                "E203",
                f"{shown(tokens.read(index))} has no opening bracket",
                span,
                help="remove it, or add the opening bracket",
            )
            return self._repairs.drop(index)
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if closer != kind:
            self._repairs.report(
                "E203",
                f"{shown(tokens.read(index))} does not close {shown(tokens.read(opened[0]))}",
                span,
                notes=(Note(tokens.span(opened[0]), "opened here"),),
                help=f"close it with `{_SIGN[closer]}`",
                fix=Fix(span, _SIGN[closer]),
            )
            repaired = self._repairs.as_kind(index, closer)
            return self._repairs.give_up(index, first) if repaired is None else repaired
        supply = self._repairs.supply_before(kind)
        if supply is None:
            return None
        opener = Note(tokens.span(opened[0]), "opened here")
        self._repairs.report_missing(self._repairs.near.before(index), index, span, notes=(opener,))
        return self._repairs.supply(supply, index)

    def unclosed(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open at the end of the statement, which ends before `index`."""
        tokens = self._tokens
        last = self._repairs.near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if not self._repairs.fits(closer):
            supply = self._repairs.supply_before(closer)
            if supply is None:
                return self._repairs.give_up(index, first)
            if last != opened[0]:
                self._repairs.report_missing(last, index, empty(tokens.ends[last]))
            self._driver.step(supply, tokens.supply(supply, tokens.ends[last]))
        for bracket in opened:
            closer = _CLOSER[tokens.kinds[bracket]]
            if not self._driver.step(closer, tokens.supply(closer, tokens.ends[last])):
                return self._repairs.give_up(index, first)
        return index if tokens.kinds[index] in SEPARATORS else self._repairs.begin_line(index)

    def unclosed_before(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open, and the statement should have ended before `index`, which was already read."""
        tokens = self._tokens
        last = self._repairs.near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        self._repairs.lost.append(Span(tokens.starts[first], tokens.ends[last]))
        self._repairs.unwind()
        return self._repairs.begin_line(index)

    def _report_unclosed(self, opened: list[int], end: int) -> None:
        tokens = self._tokens
        closers = "".join(_SIGN[_CLOSER[tokens.kinds[i]]] for i in opened[:10])
        sign = shown(tokens.read(opened[0]))
        self._repairs.report(
            "E202",
            f"unclosed bracket {sign}" if len(opened) == 1 else f"{len(opened)} unclosed brackets",
            tokens.span(opened[0]),
            notes=(
                *(Note(tokens.span(i), "also unclosed") for i in opened[1:4]),
                Note(empty(end), "the statement ends here"),
            ),
            help=f"close {'it' if len(opened) == 1 else 'them'} with `{closers}`",
            fix=Fix(empty(end), closers) if len(opened) == 1 and self._joins_two(opened[0], end) else None,
        )

    def _joins_two(self, bracket: int, end: int) -> bool:
        """Whether one AND or OR stands between a bracket and the end: then it is that which the brackets are around."""
        tokens = self._tokens
        operators = depth = 0
        for i in range(bracket + 1, tokens.count):
            if tokens.starts[i] >= end:
                break
            kind = tokens.kinds[i]
            depth += (kind in OPENING) - (kind in CLOSING)
            operators += kind in BINARY and not depth
        return operators == 1
