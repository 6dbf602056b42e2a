"""What to do when a token does not fit: say so once, repair the place, and go on.

Each repair is tried on the parser's own tables before it is made, so that it never causes the next
error: a misspelt word is read as the word meant, a missing operator, operand or bracket is supplied,
a token too many is skipped; and where none of that fits, the rest of the statement is given up.
"""

from __future__ import annotations

from edexql.base.text import certain, did_you_mean, nearest, shown
from edexql.language.diagnostics import MOST, Diagnostic, Fix, empty, quoted
from edexql.language.lexer import (
    AHEAD,
    BINARY,
    CLOSING,
    COMMENT,
    COMPARISONS,
    END,
    KIND,
    NAME,
    STRAY,
    STRAY_QUOTE,
)
from edexql.language.recovery.date_statements import date_items, later_items, statement_in_other_notation
from edexql.language.recovery.foreign_syntax import (
    ForeignSyntax,
    foreign_syntax,
    meant_characters,
    replacement_advice,
    unknown_characters,
)
from edexql.language.recovery.repairs import SUPPLIES, Brackets, Repairs
from edexql.language.recovery.surroundings import SEPARATORS
from edexql.language.recovery.token_names import KEYWORDS, expected_phrase, token_name
from edexql.language.source import Span
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.driver import Driver
    from edexql.language.lexer import Tokens
    from edexql.language.source import Source

_AND, _OR, _NOT, _STRING = KIND["_AND"], KIND["_OR"], KIND["_NOT"], KIND["STRING"]
_COMMA, _COLON, _DOTS, _MOMENT = KIND["_COMMA"], KIND["_COLON"], KIND["DOTS"], KIND["MOMENT"]
_MEANT = {
    "..": _DOTS,
    ">=": KIND["AT_LEAST"],
    "<=": KIND["AT_MOST"],
    "AND": _AND,
    "OR": _OR,
    "NOT": _NOT,
}
# How other notations call a statement.
_SYNONYMS = {"query-logic": "logic"}
# What follows these words; there are names of fields as near to what was written, such as `yaw` and `lat`.
_STANDS_BEFORE = {"raw": [_STRING], "let": [NAME, KIND["EQUAL"]]}
# Words of logic that are near to ours and mean something else.
_OTHER_LOGIC = {
    "xor": "write (a AND NOT b) OR (b AND NOT a)",
    "nor": "write NOT (a OR b)",
    "nand": "write NOT (a AND b)",
}


class Recovery:
    """Repairs one parse. `diagnostics` is what was found, `lost` the statements given up."""

    def __init__(self, source: Source, tokens: Tokens, driver: Driver) -> None:
        self._undecodable = frozenset(run.span.start for run in source.undecodable)
        self._tokens = tokens
        self._driver = driver
        self._repairs = Repairs(source, tokens, driver)
        self._brackets = Brackets(tokens, driver, self._repairs)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return self._repairs.diagnostics

    @property
    def lost(self) -> list[Span]:
        return self._repairs.lost

    def recover(self, index: int, first: int) -> int:
        """Deal with the token at `index`, in the statement that began at `first`; returns where to go on."""
        kind = self._tokens.kinds[index]
        if len(self.diagnostics) >= MOST:
            return self._repairs.give_up(index, first)
        dates = self._dates(index, first)
        if dates is not None:
            return dates
        if kind == STRAY:
            return self._stray(index, first)
        if kind == STRAY_QUOTE:
            return self._stray_quote(index, first)
        opened = self._repairs.near.open_brackets(self._driver.top)
        if opened and (kind in SEPARATORS or self._repairs.near.starts_anew(index)):
            return self._brackets.unclosed(index, first, opened)
        if opened and self._repairs.near.starts_anew(self._repairs.near.before(index)):
            return self._brackets.unclosed_before(self._repairs.near.before(index), first, opened)
        line = self._repairs.near.line_after_comma(index)
        if line is not None and not opened:
            return self._trailing_comma(line, first)
        misspelt = self._misspelt_statement(index, first)
        if misspelt is not None:
            return misspelt
        known = foreign_syntax(self._tokens, index, first)
        if known is not None:
            return self._foreign(known, index, first)
        if kind in CLOSING:
            step = self._brackets.closing(index, first, opened)
        elif self._repairs.fits(_AND):
            step = self._operator(index)
        else:
            step = self._operand(index)
        return self._unexpected(index, first) if step is None else step

    def _dates(self, index: int, first: int) -> int | None:
        """Dates in another notation are read as missing values of the statement, and reported once each."""
        tokens = self._tokens
        if not self._undecodable.isdisjoint(range(tokens.starts[index], tokens.ends[index])):
            return None
        items = date_items(tokens, index, first)
        if items:
            items += tuple(later_items(tokens, index, first))
        for item in items:
            reading = item.reading
            fix = Fix(item.span, reading.texts[0]) if reading.certain else None
            self._repairs.report(reading.code, reading.message(item.text), item.span, help=reading.help, fix=fix)
            tokens.kinds[item.tokens[0]] = _MOMENT
            tokens.mistaken.add(item.tokens[0])
            for dropped in item.tokens[1:]:
                self._repairs.drop(dropped)
        if items:
            self._repairs.unwind()
            return first
        whole = statement_in_other_notation(tokens, first)
        if whole is None:
            return None
        right = f"date {whole.reading.texts[0]}"
        fix = Fix(whole.span, right)
        self._repairs.report(
            "E201", "a date needs the word `date` before it", whole.span, help=f"write `{right}`", fix=fix
        )
        return self._repairs.give_up(index, first)

    def _stray(self, index: int, first: int) -> int:
        tokens = self._tokens
        span = tokens.span(index)
        fix = None
        if self._undecodable.isdisjoint(range(span.start, span.end)):
            text, message = tokens.read(index), ""
            fix = meant_characters(text)
            before = self._repairs.near.before(index)
            if fix == ".." and tokens.kinds[before] in COMPARISONS:
                fix = "-"
            if text.startswith(".") and tokens.kinds[before] == _DOTS and tokens.ends[before] == span.start:
                span, fix, message = (
                    Span(tokens.starts[before], span.start + 1),
                    "..",
                    "a range is written with two dots",
                )
            self._repairs.report(
                "E205",
                message or unknown_characters(text),
                span,
                help=replacement_advice(fix),
                fix=None if fix is None else Fix(span, fix),
            )
        following = self._repairs.near.kinds_after(index)[0]
        meant = _MEANT.get(fix or "")
        if meant is not None and self._repairs.fits(meant, following):
            tokens.kinds[index] = meant
            return index
        if self._repairs.fits(following):
            return self._repairs.drop(index)
        supply = self._repairs.supply_before(following)
        if supply is None:
            supply = next((kind for kind in SUPPLIES if self._repairs.fits(kind)), None)
        if supply is None:
            return self._repairs.give_up(index, first)
        tokens.kinds[index] = supply
        tokens.mistaken.add(index)
        return index

    def _stray_quote(self, index: int, first: int) -> int:
        tokens = self._tokens
        text, span = tokens.read(index), tokens.span(index)
        if text.startswith('"'):
            self._repairs.report("E204", "missing closing quote", span, help='end the text with `"` on the same line')
        else:
            meant = quoted(text.strip("'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"))
            self._repairs.report(
                "E204",
                "a text must be in double quotes",
                span,
                help=f"write {shown(meant)}",
                fix=Fix(span, meant),
            )
        tokens.mistaken.add(index)
        repaired = self._repairs.as_kind(index, _STRING)
        return self._repairs.give_up(index, first) if repaired is None else repaired

    def _operator(self, index: int) -> int | None:
        """An operator would fit and something else stands here."""
        tokens, kind = self._tokens, self._tokens.kinds[index]
        following = self._repairs.near.kinds_after(index)
        text, span = tokens.read(index), tokens.span(index)
        if kind == NAME:
            other = _OTHER_LOGIC.get(text.lower())
            near = () if other else nearest(text, ("and", "or"))
            stands_between = self._repairs.fits(_AND, *following[:1]) and following[0] not in SEPARATORS
            if near and stands_between:
                self._repairs.report(
                    "E206",
                    f"unknown operator {shown(text)}",
                    span,
                    help=did_you_mean(tuple(word.upper() for word in near)),
                    fix=Fix(span, near[0].upper()) if certain(text, near) else None,
                )
                tokens.kinds[index] = WORDS[near[0]]
                return index
            if stands_between and not self._repairs.fits(_AND, kind, *following[:1]):
                self._repairs.report(
                    "E206",
                    f"unknown operator {shown(text)}",
                    span,
                    help=other or "join constraints with AND, OR and NOT, or with & | !",
                )
                tokens.kinds[index] = _AND
                return index
        if self._repairs.fits(_AND, kind):
            before = self._repairs.near.before(index)
            if tokens.kinds[before] == NAME and "not" in nearest(tokens.read(before), ("not",)):
                wrong = tokens.span(before)
                self._repairs.report(
                    "E206",
                    f"unknown operator {shown(tokens.read(before))}",
                    wrong,
                    help="did you mean `NOT`?",
                    fix=Fix(wrong, "NOT") if certain(tokens.read(before), ("not",)) else None,
                )
                tokens.mistaken.add(before)
            else:
                self._repairs.report(
                    "E207",
                    f"missing operator before {token_name(tokens, index)}",
                    span,
                    help="join the two with AND or OR",
                )
            return self._repairs.supply(_AND, index)
        return None

    def _operand(self, index: int) -> int | None:
        """A value, a number or a label would fit, and something that can follow one stands here."""
        tokens, kind = self._tokens, self._tokens.kinds[index]
        if kind not in BINARY and kind not in SEPARATORS and kind != KIND["_COMMA"]:
            return None
        supply = self._repairs.supply_before(kind)
        if supply is None:
            return None
        before = self._repairs.near.before(index)
        self._repairs.report_missing(
            before, index, empty(tokens.ends[before]) if kind in SEPARATORS else tokens.span(index)
        )
        return self._repairs.supply(supply, index)

    def _misspelt_statement(self, index: int, first: int) -> int | None:
        """The statement begins with a name that is nearly a word of the language."""
        tokens = self._tokens
        if tokens.kinds[first] != NAME or first == index:
            return None
        text, span = tokens.read(first), tokens.span(first)
        synonym = _SYNONYMS.get(text.lower())
        near = (synonym,) if synonym else nearest(text, KEYWORDS)
        following = tokens.kinds[self._repairs.near.after(first)]
        if len(near) != 1 or WORDS[near[0]] in (_AND, _OR, _NOT) or following == _COLON:
            return None
        stands_before = _STANDS_BEFORE.get(near[0], [])
        if self._repairs.near.kinds_after(first)[: len(stands_before)] != stands_before:
            return None
        self._repairs.report(
            "E301",
            f"unknown statement {shown(text)}",
            span,
            help=did_you_mean(near),
            fix=Fix(span, near[0]) if synonym or certain(text, near) else None,
        )
        tokens.kinds[first] = WORDS[near[0]]
        self._repairs.unwind()
        return first

    def _foreign(self, known: ForeignSyntax, index: int, first: int) -> int:
        self._repairs.report(known.code, known.message, known.span, help=known.help, fix=known.fix)
        if known.read_as is not None and self._repairs.fits(known.read_as, *self._repairs.near.kinds_after(index)[:1]):
            self._tokens.kinds[index] = known.read_as
            return index
        return self._resume(index, first)

    def _trailing_comma(self, index: int, first: int) -> int:
        """A comma at the end of a line, and `index` begins the next statement."""
        tokens = self._tokens
        comma = self._repairs.near.before(index)
        self._repairs.report(
            "E201",
            "the comma at the end of this line continues the statement on the next line",
            tokens.span(comma),
            help="remove the comma",
            fix=Fix(tokens.span(comma), ""),
        )
        self.lost.append(Span(tokens.starts[first], tokens.ends[comma]))
        self._repairs.unwind()
        return self._repairs.begin_line(index)

    def _unexpected(self, index: int, first: int) -> int:
        tokens, kind = self._tokens, self._tokens.kinds[index]
        span = tokens.span(index)
        message = f"unexpected {token_name(tokens, index)}"
        if kind in SEPARATORS:
            span = empty(tokens.ends[self._repairs.near.before(index)])
            message = f"the {'text' if kind == END else 'statement'} ends too early"
        help = f"expected {expected_phrase(self._driver.expected())}"
        self._repairs.report("E201", message, span, help=help)
        return self._resume(index, first)

    def _resume(self, index: int, first: int) -> int:
        """Go on after something that was reported: at the next token, the next comma, or the next statement."""
        kinds = self._tokens.kinds
        following = self._repairs.near.kinds_after(index)
        if kinds[index] in SEPARATORS:
            return self._repairs.give_up(index, first)
        if following[0] not in SEPARATORS and self._repairs.fits(*following[:2]):
            self._repairs.distrust_value_before(index)
            return self._repairs.drop(index)
        for i in self._tokens.following(index + 1, AHEAD):
            if kinds[i] in SEPARATORS or kinds[i] == _COMMA:
                if not self._repairs.fits(kinds[i]):
                    break
                self._repairs.distrust_value_before(index)
                for dropped in range(index, i):
                    if kinds[dropped] != COMMENT:
                        self._repairs.drop(dropped)
                return i
        return self._repairs.give_up(index, first)
