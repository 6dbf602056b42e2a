"""Recovery at brackets: closed without being opened, closed by another one, or never closed."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.language.diagnostic import Fix, Note, empty
from edexql.language.lexer import KIND
from edexql.language.source import Span
from edexql.language.surroundings import SEPARATORS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens
    from edexql.language.mending import Mending

_CLOSER = {
    KIND["_OPEN"]: KIND["_CLOSE"],
    KIND["_OPEN_LIST"]: KIND["_CLOSE_LIST"],
    KIND["_OPEN_OBJECT"]: KIND["_CLOSE_OBJECT"],
}
_SIGN = {KIND["_CLOSE"]: ")", KIND["_CLOSE_LIST"]: "]", KIND["_CLOSE_OBJECT"]: "}"}


class Brackets:
    """Mends the brackets of one parse. `opened` are the tokens of those open at a place, the innermost first."""

    def __init__(self, tokens: Tokens, driver: Driver, do: Mending) -> None:
        self._tokens = tokens
        self._driver = driver
        self._do = do

    def closing(self, index: int, first: int, opened: list[int]) -> int | None:
        tokens, kind = self._tokens, self._tokens.kinds[index]
        span = tokens.span(index)
        if not opened:
            self._do.report(
                "E203",
                f"{shown(tokens.read(index))} closes a bracket that was never opened",
                span,
                help="remove it, or open a bracket before it",
            )
            return self._do.drop(index)
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if closer != kind:
            self._do.report(
                "E203",
                f"{shown(tokens.read(index))} does not close {shown(tokens.read(opened[0]))}",
                span,
                notes=(Note(tokens.span(opened[0]), "opened here"),),
                help=f"close it with `{_SIGN[closer]}`",
                fix=Fix(span, _SIGN[closer]),
            )
            mended = self._do.as_kind(index, closer)
            return self._do.give_up(index, first) if mended is None else mended
        supply = self._do.supply_before(kind)
        if supply is None:
            return None
        opener = Note(tokens.span(opened[0]), "the bracket was opened here")
        self._do.report_missing(self._do.near.before(index), index, span, notes=(opener,))
        return self._do.supply(supply, index)

    def unclosed(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open at the end of the statement, which ends before `index`."""
        tokens = self._tokens
        last = self._do.near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if not self._do.fits(closer):
            supply = self._do.supply_before(closer)
            if supply is None:
                return self._do.give_up(index, first)
            if last != opened[0]:
                self._do.report_missing(last, index, empty(tokens.ends[last]))
            self._driver.step(supply, tokens.supply(supply, tokens.ends[last]))
        for bracket in opened:
            closer = _CLOSER[tokens.kinds[bracket]]
            if not self._driver.step(closer, tokens.supply(closer, tokens.ends[last])):
                return self._do.give_up(index, first)
        return index if tokens.kinds[index] in SEPARATORS else self._do.begin_line(index)

    def unclosed_before(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open, and the statement should have ended before `index`, which was already read."""
        tokens = self._tokens
        last = self._do.near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        self._do.lost.append(Span(tokens.starts[first], tokens.ends[last]))
        self._do.unwind()
        return self._do.begin_line(index)

    def _report_unclosed(self, opened: list[int], end: int) -> None:
        tokens = self._tokens
        closers = "".join(_SIGN[_CLOSER[tokens.kinds[i]]] for i in opened[:10])
        sign = shown(tokens.read(opened[0]))
        self._do.report(
            "E202",
            f"{sign} is never closed" if len(opened) == 1 else f"{len(opened)} brackets are never closed",
            tokens.span(opened[0]),
            notes=(
                *(Note(tokens.span(i), "nor is this one") for i in opened[1:4]),
                Note(empty(end), "the statement ends here"),
            ),
            help=f"close {'it' if len(opened) == 1 else 'them'} with `{closers}`",
        )
