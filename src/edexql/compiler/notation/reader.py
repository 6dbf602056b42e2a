"""A statement of another notation, read into conditions: comparisons of programs and of plain English, in any mixture.

Operators are put in order by two stacks, so that nothing here recurses.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from edexql.compiler.notation import conditions, phrases
from edexql.compiler.notation.conditions import All, Condition, Interval, NoEquivalent
from edexql.compiler.notation.names import plain_name
from edexql.compiler.notation.words import END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.notation.archive import Archive, Thing
    from edexql.compiler.notation.conditions import Expression, Value
    from edexql.compiler.notation.words import Word
    from edexql.model.vocabulary import Field

_COMPARISONS = frozenset((">", "<", ">=", "<=", "=", "!="))
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}
_PRECEDENCE = {"or": 1, "and": 2, "not": 3}
_LISTS = {"(": ")", "[": "]", "{": "}"}
_BETWEEN_METHODS = frozenset(("between", "isbetween", "is-between"))
_IN_METHODS = frozenset(("isin", "is-in", "in", "in-list"))
# What says of an instrument that it has data, and that it has none.
_ANYTHING = frozenset(
    ("data", "notnull", "notna", "not-null", "exists", "available", "true", "on", "active", "operating", "running")
)
_NOTHING = frozenset(("null", "none", "nan", "isnull", "isna", "false", "off"))
_BETWEEN_VALUES = frozenset((":", "=", "is", "in", "has", "have", "with", "isin", "value"))


class Reader:
    """Reads the words of one statement. `pairs_are_ranges` and `commas_are_points` say how `5, 9` and `4,67` are read.

    `joins` says
    whether conditions side by side must all hold.

    `pairs` tells whether there was a pair that could be a range as well as two values, `swapped` whether ends
    were put in order.
    """

    def __init__(
        self,
        words: Sequence[Word],
        archive: Archive,
        *,
        pairs_are_ranges: bool = False,
        commas_are_points: bool = False,
        joins: bool = True,
    ) -> None:
        self._words = words
        self._archive = archive
        self._pairs_are_ranges = pairs_are_ranges
        self._commas_are_points = commas_are_points
        self._joins = joins
        self._at = 0
        self.pairs = False
        self.swapped = False
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
        if len(values) > 1:
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

    # Words

    def _word(self, ahead: int = 0) -> Word:
        at = self._at + ahead
        return self._words[at] if 0 <= at < len(self._words) else END

    def _lower(self, ahead: int = 0) -> str:
        return self._word(ahead).text.lower() if self._word(ahead).kind != "string" else ""

    def _take(self, *texts: str) -> bool:
        if self._lower() in texts and self._lower():
            self._at += 1
            return True
        return False

    def _need(self, *texts: str) -> None:
        if not self._take(*texts):
            raise NoEquivalent

    def _is_known(self) -> bool:
        return self._archive.field_at(self._words, self._at) is not None

    def _ahead(self) -> list[str]:
        return [self._lower(i) for i in range(phrases.LONGEST)]

    def _phrase(self, known: dict[tuple[str, ...], str]) -> str | None:
        found = phrases.phrase(self._ahead(), known)
        if found is None:
            return None
        self._at += found[1]
        return found[0]

    # Conditions

    def _condition(self) -> Expression | None:
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
        found = self._archive.thing_at(self._words, self._at)
        if found is not None:
            return self._thing(*found)
        sign = self._phrase(phrases.COMPARISONS)
        if sign is not None:
            return self._dated(sign)
        raise NoEquivalent

    def _thing(self, thing: Thing, taken: int) -> Expression | None:
        self._at += taken
        if not thing.products:
            return All((Condition(thing.key, (thing.text,)),))
        self.products += thing.products
        while self._take(",", "or") and (more := self._archive.thing_at(self._words, self._at)):
            self.products += more[0].products
            self._at += more[1]
            if not more[0].products:
                raise NoEquivalent
        return None

    def _worded(self, key: str) -> Expression:
        """The condition on an instrument or a field of words, whose name was just read."""
        values, items = self._archive.values(key), []
        brackets = 0
        negated = False
        while self._at < len(self._words):
            word = plain_name(self._lower() or self._word().text)
            if self._lower() in ("(", "["):
                brackets += 1
            elif brackets and self._lower() in (")", "]"):
                brackets -= 1
            elif self._lower() in ("not", "!", "!=", "no"):
                negated = not negated
            elif word in _NOTHING:
                negated = not negated
                items.append("has-data")
            elif word in values:
                items.append(word)
            elif word in _ANYTHING or (word == "1" and self._word(-1).text == "="):
                items.append("has-data")
            elif not (
                self._lower() in _BETWEEN_VALUES or (self._lower() in (",", "or", "|") and self._has_more(values))
            ):
                break
            self._at += 1
        wanted = tuple(dict.fromkeys(items)) or ("has-data",)
        if brackets or negated or not set(wanted) <= set(values):
            raise NoEquivalent
        return All((Condition(key, wanted),))

    def _has_more(self, values: Sequence[str]) -> bool:
        return plain_name(self._word(1).text) in values

    def _of_text(self, word: Word) -> Expression:
        found = self._archive.named_in_text(word.text)
        if found is None:
            raise NoEquivalent
        self._at += 1
        if found.key == "experiment":
            return All((Condition(found.key, (found.text,)),))
        return self._about(found.key, self._archive.field(found.key))

    def _about(self, key: str, field: Field | None) -> Expression:
        """The condition on a field, or on dates, whose name was just read."""
        while self._take(":", "=", "is", "are", "was", "value", "index", "]", "on", "of"):
            pass
        if self._take("from", "du", "von"):
            return _from(self._values(key, field))
        if self._take("(") and not self._at_list():
            # `kp (>= 5)`
            found = self._about_bare(key, field)
            self._need(")")
            return found
        return self._about_bare(key, field)

    def _at_list(self) -> bool:
        """Whether the bracket that was just passed begins a list of values; then it is not passed."""
        sign = self._lower() in _COMPARISONS
        if not sign:
            self._at -= 1
        return not sign

    def _about_bare(self, key: str, field: Field | None) -> Expression:
        negated = self._take("not")
        method = self._lower().rpartition(".")[2]
        if method in phrases.BETWEEN or method in _BETWEEN_METHODS:
            self._at += 1
            found = self._range_between(key, field)
        elif method in _IN_METHODS:
            self._at += 1
            bracket = method != "in" and self._take("(") and self._word().text in _LISTS
            listed = self._word().text in _LISTS
            found = self._listed(key, field, pair=False) if listed else self._values(key, field)
            if bracket:
                self._need(")")
        elif self._word().text in _LISTS:
            found = self._listed(key, field)
        else:
            sign = self._comparison()
            if sign == "!=":
                negated, sign = not negated, "="
            found = self._compared(key, field, sign) if sign else self._values(key, field)
        return conditions.opposite(found) if negated else found

    def _comparison(self) -> str | None:
        if self._lower() in _COMPARISONS:
            sign = self._lower()
            self._at += 1
            if sign == "!" and self._take("="):
                return "!="
            return sign
        return self._phrase(phrases.COMPARISONS)

    def _compared(self, key: str, field: Field | None, sign: str) -> Expression:
        if sign == "=":
            return self._values(key, field)
        bracket = self._take("(")
        value = self._value(field)
        if bracket:
            self._need(")")
        return _one(key, _compared(sign, value), field)

    def _value_first(self) -> Expression:
        """`60 < lat < 90`, `5 <= kp`, and a date that stands alone."""
        at = self._at
        if self._word().kind == "moment" or (self._word().kind == "number" and self._year_alone()):
            found = self._values("date", None)
            if self._lower() not in _COMPARISONS:
                return found
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
        first = _compared(_TURNED[self._lower()], value)
        self._at = sign_at + 1 + taken
        if self._lower() not in _COMPARISONS:
            return _one(key, first, field)
        second = self._lower()
        self._at += 1
        other = _compared(second, self._value(field))
        low, high = (first, other) if first.low is not None else (other, first)
        if low.low is None or high.high is None or low.high is not None or high.low is not None:
            raise NoEquivalent
        return _one(key, Interval(low.low, high.high, low.low_out, high.high_out), field)

    def _sign_ahead(self) -> int:
        """How far ahead the next comparison stands, within a value and its unit; 0 where there is none."""
        return next((i for i in range(1, 4) if self._lower(i) in _COMPARISONS), 0)

    def _year_alone(self) -> bool:
        word = self._word()
        return len(word.text) == 4 and word.text.startswith(("19", "20")) and self._lower(1) not in _COMPARISONS

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
        found = self._ranged(named[0], self._archive.field(named[0]))
        if bracket:
            self._need(")")
        return found

    def _range_between(self, key: str, field: Field | None) -> Expression:
        bracket = self._lower() if self._take("(", "[") else ""
        found = self._ranged(key, field)
        if bracket:
            if self._take(","):
                # pandas: between(5, 9, inclusive="both")
                self._need("inclusive")
                self._need("=")
                if self._word().text != "both":
                    raise NoEquivalent
                self._at += 1
            self._need(")", "]")
        return found

    def _ranged(self, key: str, field: Field | None) -> Expression:
        low = self._value(field)
        self._need(",", *phrases.TO)
        return _one(key, self._interval(low, self._value(field), field), field)

    def _interval(self, low: Value, high: Value, field: Field | None) -> Interval:
        """A range between two ends, which are put in order where the values run on a line."""
        if field is None or field.period is not None or isinstance(low, str) or isinstance(high, str) or low <= high:
            return Interval(low, high)
        self.swapped = True
        return Interval(high, low)

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
        there = _compared(sign, value)
        if sign in ("<", "<="):
            return _one(key, Interval(-value, value, there.high_out, there.high_out), field)
        mirrored = Interval(there.high and -value, -value, high_out=there.low_out)
        return All((Condition(key, (mirrored, there), field),))

    def _listed(self, key: str, field: Field | None, *, pair: bool = True) -> Expression:
        """`(5, 6)`, `[5, 9]`, `[5 TO 9]`, `(5 OR 6)`, `[[5, 9]]`."""
        opener = self._word().text
        self._at += 1
        if self._word().text in _LISTS:
            inner = self._listed_pairs(key, field)
            self._need(_LISTS[opener])
            return inner
        values = [self._value(field)]
        low_out = opener == "{"
        while self._word().text not in (")", "]", "}"):
            if self._take("to"):
                high = self._value(field)
                high_out = self._word().text == "}"
                self._need(")", "]", "}")
                return _one(key, Interval(values[0], high, low_out, high_out), field)
            self._need(",", "or", "|", ";")
            if self._word().text not in (")", "]", "}"):
                values.append(self._value(field))
        self._at += 1
        return self._alternatives(key, field, values, pair=pair and opener == "[")

    def _listed_pairs(self, key: str, field: Field | None) -> Expression:
        """The inside of `[[5, 9], [1, 2]]`, as a request has ranges."""
        items: list[Interval] = []
        while self._word().text in _LISTS:
            closer = _LISTS[self._word().text]
            self._at += 1
            low = self._value(field)
            self._need(",")
            items.append(Interval(low, self._value(field)))
            self._need(closer)
            self._take(",")
        return All((Condition(key, tuple(items), field),))

    def _values(self, key: str, field: Field | None) -> Expression:
        """`5`, `5..9`, `5-9`, `5 to 9`, `5, 6`, `5 or more`, `between` left out."""
        items: list[Interval] = []
        values: list[Value] = []
        while True:
            if self._take(".."):
                items.append(Interval(None, self._value(field)))
            else:
                low = self._value(field)
                sign = self._phrase(phrases.BEHIND)
                if sign:
                    items.append(_compared(sign, low))
                elif self._is_range():
                    self._at += 1
                    if self._starts_value():
                        items.append(self._interval(low, self._value(field), field))
                    else:
                        items.append(Interval(low, None))
                else:
                    values.append(low)
                    items.append(Interval(low, low))
            if self._lower() == "," and self._starts_value(1):
                self._at += 1
                continue
            break
        if len(values) == len(items):
            return self._alternatives(key, field, values, pair=True)
        return All((Condition(key, tuple(items), field),))

    def _is_range(self) -> bool:
        word = self._lower()
        if word == "..":
            return True
        if word not in phrases.TO or not self._starts_value(1):
            return False
        if word == "-":
            return True
        if word == "and":
            # `kp 5 and 6` may be two values or a slip of `between`.
            return False
        return word != "a" or self._word(1).kind == "number"

    def _starts_value(self, ahead: int = 0) -> bool:
        word = self._word(ahead)
        if word.text in ("-", "+"):
            word = self._word(ahead + 1)
        return word.kind in ("number", "moment", "clock") or (word.kind == "string" and word.text[:1].isdigit())

    def _alternatives(self, key: str, field: Field | None, values: list[Value], *, pair: bool) -> Expression:
        if pair and len(values) == 2 and field is not None:
            self.pairs = True
            if self._pairs_are_ranges:
                return _one(key, self._interval(values[0], values[1], field), field)
        return All((Condition(key, tuple(Interval(value, value) for value in values), field),))

    def _dated(self, sign: str) -> Expression:
        """A comparison without a name before it is one of dates, or of the field behind it, as in `at least kp 5`."""
        named = self._archive.field_at(self._words, self._at)
        if named is not None:
            self._at += named[1]
            return self._compared(named[0], self._archive.field(named[0]), sign)
        return _one("date", _compared(sign, self._value(None)), None)

    # Values

    def _value(self, field: Field | None) -> Value:
        """A value of a field in its unit, or a day or time where there is no field."""
        if field is None:
            return self._moment()
        sign = -1 if self._lower() == "-" else 1
        self._take("-", "+")
        word = self._word()
        if word.kind == "string" and (bare := word.text.strip()) and bare.replace(".", "", 1).lstrip("-+").isdigit():
            self._at += 1
            return Decimal(bare)
        if word.kind == "clock" and field.unit == "h":
            self._at += 1
            hours, minutes, seconds = [*map(int, word.text.split(":")), 0][:3]
            return Decimal(hours) + Decimal(minutes * 60 + seconds) / 3600
        if word.kind != "number":
            raise NoEquivalent
        self._at += 1
        text = word.text
        if self._commas_are_points and self._word().text == "," and word.touches(self._word()):
            fraction = self._word(1)
            if fraction.kind == "number" and fraction.text.isdigit() and self._word().touches(fraction):
                text += f".{fraction.text}"
                self._at += 2
        try:
            value = sign * Decimal(text)
        except InvalidOperation:
            raise NoEquivalent from None
        unit, taken = self._archive.factor(self._words, self._at, field)
        self._at += taken
        return value * unit

    def _moment(self) -> str:
        word = self._word()
        found = self._archive.moment(word.text)
        if found is None or word.kind not in ("moment", "string", "number", "name"):
            raise NoEquivalent
        self._at += 1
        if word.kind == "moment" and len(found) == 10 and self._word().kind == "clock":
            found += f"T{self._word().text}"
            self._at += 1
        return found


def _apply_down_to(bracket: str, values: list[Expression | None], operators: list[str]) -> None:
    """Apply the operators behind an opening bracket, and take that away; all of them where there is none."""
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


def _from(found: Expression) -> Expression:
    """`from 5` without an end is everything from there on."""
    if not isinstance(found, All):
        return found
    (condition,) = found.conditions
    items = tuple(
        Interval(item.low, None) if isinstance(item, Interval) and item.low == item.high else item
        for item in condition.items
    )
    return All((Condition(condition.key, items, condition.field),))


def _one(key: str, item: Interval, field: Field | None) -> Expression:
    return All((Condition(key, (item,), field),))


def _compared(sign: str, value: Value) -> Interval:
    if sign == "=":
        return Interval(value, value)
    if sign in (">", ">="):
        return Interval(value, None, low_out=sign == ">")
    if sign in ("<", "<="):
        return Interval(None, value, high_out=sign == "<")
    raise NoEquivalent
