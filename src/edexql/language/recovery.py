"""What to do when a token does not fit: say so once, mend the place, and go on.

Each mending is tried on the parser's own tables before it is made, so that it never causes the next
error: a misspelt word is read as the word meant, a missing operator, operand or bracket is supplied,
a token too many is passed over; and where none of that fits, the rest of the statement is given up.
"""

from __future__ import annotations

from edexql.language import characters, phrases
from edexql.language.diagnostic import Diagnostic, Fix, Note, empty, quoted, shown
from edexql.language.lexer import (
    BINARY,
    CLOSING,
    COMMENT,
    JOINED,
    KIND,
    NAME,
    NEWLINE,
    STRAY,
    STRAY_QUOTE,
    join_lines,
)
from edexql.language.near import certain, did_you_mean, nearest
from edexql.language.source import Span
from edexql.language.surroundings import SEPARATORS, Surroundings
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens
    from edexql.language.source import Source

MOST = 100
_AND, _OR, _NOT, _NUMBER, _STRING = KIND["_AND"], KIND["_OR"], KIND["_NOT"], KIND["NUMBER"], KIND["STRING"]
_SEMICOLON, _COLON = KIND["_SEMICOLON"], KIND["_COLON"]
_CLOSER = {
    KIND["_OPEN"]: KIND["_CLOSE"],
    KIND["_OPEN_LIST"]: KIND["_CLOSE_LIST"],
    KIND["_OPEN_OBJECT"]: KIND["_CLOSE_OBJECT"],
}
_SIGN = {KIND["_CLOSE"]: ")", KIND["_CLOSE_LIST"]: "]", KIND["_CLOSE_OBJECT"]: "}"}
_DROPPED = JOINED
_OPERATORS = BINARY | {_NOT, KIND["_BANG"]}
# What to supply where something is missing, in this order.
_SUPPLIES = (_NUMBER, NAME, _STRING, _AND, _COLON)
# Words of logic that are near to ours and mean something else.
_OTHER_LOGIC = {
    "xor": "write (a AND NOT b) OR (b AND NOT a)",
    "nor": "write NOT (a OR b)",
    "nand": "write NOT (a AND b)",
}


class Recovery:
    """Mends one parse. `diagnostics` is what was found, `lost` the statements given up."""

    def __init__(self, source: Source, tokens: Tokens, driver: Driver) -> None:
        self._source = source
        self._tokens = tokens
        self._driver = driver
        self._near = Surroundings(tokens, driver)
        self.diagnostics: list[Diagnostic] = []
        self.lost: list[Span] = []

    def mend(self, index: int, first: int) -> int:
        """Deal with the token at `index`, in the statement that began at `first`; returns where to go on."""
        kind = self._tokens.kinds[index]
        if kind == STRAY:
            return self._stray(index, first)
        if kind == STRAY_QUOTE:
            return self._stray_quote(index, first)
        opened = self._near.open_brackets()
        if opened and (kind in SEPARATORS or self._near.starts_anew(index)):
            return self._unclosed(index, first, opened)
        if opened and self._near.starts_anew(self._near.before(index)):
            return self._unclosed_before(self._near.before(index), first, opened)
        if kind in CLOSING:
            step = self._closing(index, first, opened)
        elif self._fits(_AND):
            step = self._operator(index)
        else:
            step = self._operand(index)
        if step is None:
            step = self._misspelt_statement(index, first)
        return self._unexpected(index, first) if step is None else step

    # The cases

    def _stray(self, index: int, first: int) -> int:
        tokens = self._tokens
        span = tokens.span(index)
        if not any(span.start <= u.span.start < span.end for u in self._source.undecodable):
            text = tokens.read(index)
            fix = characters.meant(text)
            self._report(
                "E205",
                characters.message(text),
                span,
                help=characters.advice(fix),
                fix=None if fix is None else Fix(span, fix),
            )
        following = self._near.kinds_after(index)[0]
        if self._fits(following):
            return self._drop(index)
        supply = self._supply_before(following)
        if supply is None:
            supply = next((kind for kind in _SUPPLIES if self._fits(kind)), None)
        if supply is None:
            return self._give_up(index, first)
        tokens.kinds[index] = supply
        tokens.mistaken.add(index)
        return index

    def _stray_quote(self, index: int, first: int) -> int:
        tokens = self._tokens
        text, span = tokens.read(index), tokens.span(index)
        if text.startswith('"'):
            self._report("E204", "this text in quotes is not closed", span, help='close it with `"` on the same line')
        else:
            meant = quoted(text.strip("'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"))
            self._report(
                "E204",
                "a text stands in double quotes",
                span,
                help=f"write {shown(meant)}",
                fix=Fix(span, meant),
            )
        tokens.mistaken.add(index)
        mended = self._as_kind(index, _STRING)
        return self._give_up(index, first) if mended is None else mended

    def _operator(self, index: int) -> int | None:
        """An operator would fit and something else stands here."""
        tokens, kind = self._tokens, self._tokens.kinds[index]
        following = self._near.kinds_after(index)
        text, span = tokens.read(index), tokens.span(index)
        if kind == NAME:
            other = _OTHER_LOGIC.get(text.lower())
            near = () if other else nearest(text, ("and", "or"))
            stands_between = self._fits(_AND, *following[:1]) and following[0] not in SEPARATORS
            if near and stands_between:
                self._report(
                    "E206",
                    f"{shown(text)} is no operator",
                    span,
                    help=did_you_mean(tuple(word.upper() for word in near)),
                    fix=Fix(span, near[0].upper()) if certain(text, near) else None,
                )
                tokens.kinds[index] = WORDS[near[0]]
                return index
            if stands_between and not self._fits(_AND, kind, *following[:1]):
                self._report(
                    "E206",
                    f"{shown(text)} is no operator",
                    span,
                    help=other or "constraints are joined by AND, OR and NOT, or by & | !",
                )
                tokens.kinds[index] = _AND
                return index
        if self._fits(_AND, kind):
            before = self._near.before(index)
            if tokens.kinds[before] == NAME and "not" in nearest(tokens.read(before), ("not",)):
                wrong = tokens.span(before)
                self._report(
                    "E206",
                    f"{shown(tokens.read(before))} is no operator",
                    wrong,
                    help="did you mean `NOT`?",
                    fix=Fix(wrong, "NOT") if certain(tokens.read(before), ("not",)) else None,
                )
                tokens.mistaken.add(before)
            else:
                self._report(
                    "E207",
                    f"an operator is missing before {phrases.found(tokens, index)}",
                    span,
                    help="join the two by AND or OR",
                )
            return self._supply(_AND, index)
        return None

    def _operand(self, index: int) -> int | None:
        """A value, a number or a label would fit, and something that can follow one stands here."""
        tokens, kind = self._tokens, self._tokens.kinds[index]
        if kind not in BINARY and kind not in SEPARATORS and kind != KIND["_COMMA"]:
            return None
        supply = self._supply_before(kind)
        if supply is None:
            return None
        before = self._near.before(index)
        self._report_missing(before, index, empty(tokens.ends[before]) if kind in SEPARATORS else tokens.span(index))
        return self._supply(supply, index)

    def _closing(self, index: int, first: int, opened: list[int]) -> int | None:
        tokens, kind = self._tokens, self._tokens.kinds[index]
        span = tokens.span(index)
        if not opened:
            self._report(
                "E203",
                f"{shown(tokens.read(index))} closes a bracket that was never opened",
                span,
                help="remove it, or open a bracket before it",
            )
            return self._drop(index)
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if closer != kind:
            self._report(
                "E203",
                f"{shown(tokens.read(index))} does not close {shown(tokens.read(opened[0]))}",
                span,
                notes=(Note(tokens.span(opened[0]), "opened here"),),
                help=f"close it with `{_SIGN[closer]}`",
                fix=Fix(span, _SIGN[closer]),
            )
            mended = self._as_kind(index, closer)
            return self._give_up(index, first) if mended is None else mended
        supply = self._supply_before(kind)
        if supply is None:
            return None
        opener = Note(tokens.span(opened[0]), "the bracket was opened here")
        self._report_missing(self._near.before(index), index, span, notes=(opener,))
        return self._supply(supply, index)

    def _unclosed(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open at the end of the statement, which ends before `index`."""
        tokens = self._tokens
        last = self._near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        closer = _CLOSER[tokens.kinds[opened[0]]]
        if not self._fits(closer):
            supply = self._supply_before(closer)
            if supply is None:
                return self._give_up(index, first)
            if last != opened[0]:
                self._report_missing(last, index, empty(tokens.ends[last]))
            self._driver.step(supply, tokens.supply(supply, tokens.ends[last]))
        for bracket in opened:
            closer = _CLOSER[tokens.kinds[bracket]]
            if not self._driver.step(closer, tokens.supply(closer, tokens.ends[last])):
                return self._give_up(index, first)
        return index if tokens.kinds[index] in SEPARATORS else self._begin_line(index)

    def _unclosed_before(self, index: int, first: int, opened: list[int]) -> int:
        """Brackets are open, and the statement should have ended before `index`, which was already read."""
        tokens = self._tokens
        last = self._near.before(index)
        self._report_unclosed(opened, tokens.ends[last])
        self.lost.append(Span(tokens.starts[first], tokens.ends[last]))
        self._unwind()
        return self._begin_line(index)

    def _report_unclosed(self, opened: list[int], end: int) -> None:
        tokens = self._tokens
        innermost = tokens.kinds[opened[0]]
        sign = shown(tokens.read(opened[0]))
        self._report(
            "E202",
            f"{sign} is never closed" if len(opened) == 1 else f"{len(opened)} brackets are never closed",
            tokens.span(opened[0]),
            notes=(
                *(Note(tokens.span(i), "nor is this one") for i in opened[1:4]),
                Note(empty(end), "the statement ends here"),
            ),
            help=f"close it with `{_SIGN[_CLOSER[innermost]]}`",
        )

    def _misspelt_statement(self, index: int, first: int) -> int | None:
        """The statement begins with a name that is nearly a word of the language."""
        tokens = self._tokens
        if tokens.kinds[first] != NAME or first == index:
            return None
        text, span = tokens.read(first), tokens.span(first)
        near = nearest(text, phrases.KEYWORDS)
        if len(near) != 1 or WORDS[near[0]] in (_AND, _OR, _NOT) or tokens.kinds[self._near.after(first)] == _COLON:
            return None
        self._report(
            "E301",
            f"there is no statement {shown(text)}",
            span,
            help=did_you_mean(near),
            fix=Fix(span, near[0]) if certain(text, near) else None,
        )
        tokens.kinds[first] = WORDS[near[0]]
        self._unwind()
        return first

    def _unexpected(self, index: int, first: int) -> int:
        tokens, kind = self._tokens, self._tokens.kinds[index]
        span = tokens.span(index)
        if kind in SEPARATORS:
            before = self._near.before(index)
            span = Span(tokens.ends[before], tokens.ends[before])
        self._report(
            "E201",
            f"unexpected {phrases.found(tokens, index)}",
            span,
            help="NOT, AND and OR stand in `logic` or `where`"
            if index == first and kind in _OPERATORS
            else f"expected {phrases.expected(self._driver.expected())}",
        )
        following = self._near.kinds_after(index)
        if kind not in SEPARATORS and following[0] not in SEPARATORS and self._fits(*following[:2]):
            return self._drop(index)
        return self._give_up(index, first)

    def _give_up(self, index: int, first: int) -> int:
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
        self._unwind()
        return i

    # What a mending does

    def _fits(self, *kinds: int) -> bool:
        return self._driver.accepts(kinds) >= len(kinds)

    def _supply(self, kind: int, index: int) -> int:
        self._driver.step(kind, self._tokens.supply(kind, self._tokens.starts[index]))
        return index

    def _supply_before(self, kind: int) -> int | None:
        """What could be supplied so that a token of this kind fits."""
        return next((supply for supply in _SUPPLIES if self._fits(supply, kind)), None)

    def _as_kind(self, index: int, kind: int) -> int | None:
        if not self._fits(kind):
            return None
        self._tokens.kinds[index] = kind
        return index

    def _drop(self, index: int) -> int:
        self._tokens.kinds[index] = _DROPPED
        return index + 1

    def _begin_line(self, index: int) -> int:
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

    def _unwind(self) -> None:
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
            if self._fits(_SEMICOLON) and self._fits(NAME):
                return

    # What is said

    def _report_missing(self, before: int, index: int, span: Span, notes: tuple[Note, ...] = ()) -> None:
        self._report(
            "E208",
            f"something is missing {self._near.between(before, index)}",
            span,
            notes=notes,
            help=f"expected {phrases.expected(self._driver.expected())}",
        )

    def _report(
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
