"""A statement of another notation, read into conditions: comparisons of programs and of plain English, in any mixture.

Operators are put in order by two stacks, so that nothing here recurses.
"""

from __future__ import annotations

from decimal import Decimal

from edexql.compiler.notation import conditions, phrases
from edexql.compiler.notation.conditions import All, Condition, Interval, NoEquivalent
from edexql.compiler.notation.cursor import COMPARISONS
from edexql.compiler.notation.fields import FieldReader, compared, one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.notation.conditions import Expression
    from edexql.compiler.notation.names import Archive, Thing
    from edexql.compiler.notation.words import Word

_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}
_PRECEDENCE = {"or": 1, "and": 2, "not": 3}


class Reader(FieldReader):
    """Reads words of the text of one statement.

    `pairs_are_ranges` and `commas_are_points` say how `5, 9` and `4,67` are read, `joins` whether conditions side by
    side must all hold. Afterwards `products` are those that are named, `pairs` is whether there was a pair that could
    be a range as well as two values, and `swapped` whether the ends of a range were put in order.
    """

    def __init__(
        self,
        text: str,
        words: Sequence[Word],
        archive: Archive,
        *,
        pairs_are_ranges: bool = False,
        commas_are_points: bool = False,
        joins: bool = True,
    ) -> None:
        super().__init__(words, archive, pairs_are_ranges=pairs_are_ranges, commas_are_points=commas_are_points)
        self._text = text
        self._joins = joins
        self.products: list[str] = []

    def expression(self) -> Expression | None:
        """What all of the words ask for beside products, None where that is nothing. Raises NoEquivalent."""
        values: list[Expression | None] = []
        operators: list[str] = []
        due = True
        while self._at < len(self._words):
            due = self._operand(values, operators) if due else self._operator(values, operators)
        # What follows the last operator says nothing, if it is AND.
        if due and values and (not operators or operators.pop() != "and"):
            raise NoEquivalent
        _apply_down_to("", values, operators)
        # `FAI and MGF data` may ask for two products, or for one while the other instrument had data.
        if len(values) > 1 or (self.products and self.implied):
            raise NoEquivalent
        return values[0] if values else None

    def _operand(self, values: list[Expression | None], operators: list[str]) -> bool:
        """Read one word or one condition where a condition is due; returns whether one is still due."""
        word = self._word().text.lower()
        if word in phrases.NOT_WORDS or word == "(":
            operators.append("(" if word == "(" else "not")
        elif not phrases.is_filler(self._ahead()) or self._is_known():
            values.append(self._condition())
            return False
        elif word == "instrument" and self._lower(1) in (":", "="):
            self._at += 1
        self._at += 1
        return True

    def _operator(self, values: list[Expression | None], operators: list[str]) -> bool:
        """Read one operator, or none where conditions stand side by side; returns whether a condition is due."""
        word = self._word().text.lower()
        if word == ")":
            _apply_down_to("(", values, operators)
            self._at += 1
            return False
        written = word in phrases.OR_WORDS or word in phrases.AND_WORDS or word == ";"
        if not written and not self._joins:
            raise NoEquivalent
        self._at += written
        joined = "or" if word in phrases.OR_WORDS else "and"
        while operators and _PRECEDENCE.get(operators[-1], 0) >= _PRECEDENCE[joined]:
            _apply(operators.pop(), values)
        operators.append(joined)
        return True

    def _is_known(self) -> bool:
        return self._archive.field_at(self._words, self._at) is not None

    # Conditions

    def _condition(self) -> Expression | None:
        at, expression, end = self._at, None, -1
        try:
            expression = self._condition_here()
            end = self._at
        except NoEquivalent:
            pass
        self._at = at
        period = self._period()
        if period is not None and period[1] > end:
            self._at = period[1]
            return All((Condition("date", (period[0],)),))
        if end < 0:
            raise NoEquivalent
        self._at = end
        return expression

    def _period(self) -> tuple[str, int] | None:
        """The date or period in any notation that stands at the word of `_at`, and where it ends."""
        at = self._at
        named = self._archive.field_at(self._words, at)
        if named is not None and named[0] == "date":
            at += named[1]
            while at < len(self._words) and self._words[at].text.lower() in (":", "=", "is", "on", "in"):
                at += 1
        return self._archive.period_at(self._text, self._words, at)

    def _condition_here(self) -> Expression | None:
        word = self._word()
        if word.kind in ("number", "moment", "clock") or word.text in ("-", "+") or self._is_value_text():
            return self._value_first()
        if word.kind == "string":
            return self._of_text(word)
        if word.kind != "name":
            sign = self._comparison()
            if sign is None:
                raise NoEquivalent
            return self._dated(sign)
        if self._lower() in phrases.BETWEEN:
            return self._between_first()
        if self._lower() == "abs" and self._word(1).text == "(":
            return self._absolute()
        named = self._archive.field_at(self._words, self._at)
        if named is not None:
            key, taken = named
            if self._archive.values(key):
                product = self._archive.product_at(self._words, self._at)
                if product is not None:
                    return self._thing(*product)
                self._at += taken
                return self._worded(key)
            self._at += taken
            return self._about(key, self._archive.field(key))
        thing = self._archive.thing_at(self._words, self._at)
        if thing is not None:
            return self._thing(*thing)
        sign = self._phrase(phrases.COMPARISONS)
        if sign is not None:
            return self._dated(sign)
        raise NoEquivalent

    def _thing(self, thing: Thing, taken: int) -> Expression | None:
        self._at += taken
        if not thing.products:
            return All((Condition(thing.key, (thing.text,)),))
        self.products += thing.products
        while self._lower() in (",", "or", "and", "&") and (more := self._archive.more_at(self._words, self._at + 1)):
            self.products += more[0].products
            self._at += 1 + more[1]
        for _ in range(self._archive.brackets):
            self._need(")")
        self._archive.brackets = 0
        return None

    def _of_text(self, word: Word) -> Expression:
        thing = self._archive.named_in_text(word.text)
        if thing is None:
            raise NoEquivalent
        self._at += 1
        if thing.key == "experiment":
            return All((Condition(thing.key, (thing.text,)),))
        if self._archive.values(thing.key):
            return self._worded(thing.key)
        return self._about(thing.key, self._archive.field(thing.key))

    def _value_first(self) -> Expression:
        """`60 < lat < 90`, `5 <= kp`, and a date that stands alone."""
        at = self._at
        if self._word().kind == "moment" or (self._word().kind == "number" and self._year_alone()):
            expression = self._values("date", None)
            if self._lower() not in COMPARISONS:
                return expression
            self._at = at
        length = self._sign_ahead()
        sign_at = self._at + length
        named = self._archive.field_at(self._words, sign_at + 1)
        if named is None or not length:
            raise NoEquivalent
        key, taken = named
        field = self._archive.field(key)
        value = self._value(field)
        if self._at != sign_at:
            raise NoEquivalent
        first = compared(_TURNED[self._lower()], value)
        self._at = sign_at + 1 + taken
        if self._lower() not in COMPARISONS:
            return one(key, first, field)
        second = self._lower()
        self._at += 1
        other = compared(second, self._value(field))
        low, high = (first, other) if first.low is not None else (other, first)
        if low.low is None or high.high is None or low.high is not None or high.low is not None:
            raise NoEquivalent
        return one(key, Interval(low.low, high.high, low.low_out, high.high_out), field)

    def _sign_ahead(self) -> int:
        """How far ahead the next comparison stands, within a value and its unit; 0 where there is none."""
        return next((i for i in range(1, 4) if self._lower(i) in COMPARISONS), 0)

    def _year_alone(self) -> bool:
        word = self._word()
        return len(word.text) == 4 and word.text.startswith(("19", "20")) and self._lower(1) not in COMPARISONS

    def _is_value_text(self) -> bool:
        """Whether a quoted text is a date that stands alone."""
        word = self._word()
        return word.kind == "string" and self._archive.moment(word.text) is not None

    def _between_first(self) -> Expression:
        """`between(kp, 5, 9)`, and `between 2019-05-01 and 2019-05-03`."""
        self._at += 1
        bracket = self._take("(")
        named = self._archive.field_at(self._words, self._at)
        if named is None:
            if bracket:
                raise NoEquivalent
            return self._ranged("date", None)
        self._at += named[1]
        self._need(",")
        expression = self._ranged(named[0], self._archive.field(named[0]))
        if bracket:
            self._need(")")
        return expression

    def _absolute(self) -> Expression:
        """`abs(lat) > 60`: both sides of zero."""
        self._at += 2
        named = self._archive.field_at(self._words, self._at)
        if named is None:
            raise NoEquivalent
        key, field = named[0], self._archive.field(named[0])
        self._at += named[1]
        self._need(")")
        sign = self._comparison()
        value = self._value(field)
        if sign is None or sign == "!=" or not isinstance(value, Decimal) or value < 0:
            raise NoEquivalent
        there = compared(sign, value)
        if sign in ("<", "<="):
            return one(key, Interval(-value, value, there.high_out, there.high_out), field)
        mirrored = Interval(there.high and -value, -value, high_out=there.low_out)
        return All((Condition(key, (mirrored, there), field),))

    def _dated(self, sign: str) -> Expression:
        """A comparison without a name before it is one of dates, or of the field after it, as in `at least kp 5`."""
        named = self._archive.field_at(self._words, self._at)
        if named is not None:
            self._at += named[1]
            return self._compared(named[0], self._archive.field(named[0]), sign)
        if self._last is not None and self._archive.moment(self._word().text) is None:
            return self._compared(*self._last, sign)
        return one("date", compared(sign, self._value(None)), None)


def _apply_down_to(bracket: str, values: list[Expression | None], operators: list[str]) -> None:
    """Apply the operators after an opening bracket, and take that away; all of them where there is none."""
    while operators:
        operator = operators.pop()
        if operator == "(":
            if not bracket:
                raise NoEquivalent
            return
        _apply(operator, values)
    if bracket:
        raise NoEquivalent


def _apply(operator: str, values: list[Expression | None]) -> None:
    if not values:
        raise NoEquivalent
    last = values.pop()
    if operator == "not":
        if last is None:
            raise NoEquivalent
        values.append(conditions.opposite(last))
        return
    if not values:
        raise NoEquivalent
    first = values.pop()
    if first is None or last is None:
        if operator == "or" and (first is not None or last is not None):
            raise NoEquivalent
        values.append(first or last)
    else:
        values.append((conditions.both if operator == "and" else conditions.either)(first, last))
