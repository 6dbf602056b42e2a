"""What is said of a field, an instrument or dates, once their name was read: values, lists, ranges, words."""

from __future__ import annotations

from edexql.compiler.notation import conditions, phrases
from edexql.compiler.notation.conditions import All, Condition, Interval, NoEquivalent
from edexql.compiler.notation.cursor import COMPARISONS, Cursor
from edexql.compiler.notation.names import plain_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.notation.conditions import Expression, Value
    from edexql.compiler.notation.names import Archive
    from edexql.compiler.notation.words import Word
    from edexql.model.field import Field

_LISTS = {"(": ")", "[": "]", "{": "}"}
_BETWEEN_METHODS = frozenset(("between", "isbetween", "is-between"))
_IN_METHODS = frozenset(("isin", "is-in", "in", "in-list"))
# What says of an instrument that it has data, and that it has none.
_ANYTHING = frozenset(
    ("data", "notnull", "notna", "not-null", "exists", "available", "true", "on", "active", "operating", "running")
)
_NOTHING = frozenset(("null", "none", "nan", "isnull", "isna", "false", "off"))
_BETWEEN_VALUES = frozenset((":", "=", "is", "in", "has", "have", "with", "isin", "value"))


class FieldReader(Cursor):
    """Reads conditions whose name is known. `pairs` says whether there was a pair that could be a range as well as two
    values, `pairs_are_ranges` how such a pair is read, `swapped` whether the ends of a range
    were put in order, and `implied` whether an instrument was named alone.
    """

    def __init__(
        self, words: Sequence[Word], archive: Archive, *, pairs_are_ranges: bool, commas_are_points: bool
    ) -> None:
        super().__init__(words, archive, commas_are_points=commas_are_points)
        self._pairs_are_ranges = pairs_are_ranges
        self.pairs = False
        self.swapped = False
        self.implied = False
        self._last: tuple[str, Field] | None = None

    def _about(self, key: str, field: Field | None) -> Expression:
        """The condition on a field, or on dates, whose name was just read."""
        self._last = None if field is None else (key, field)
        while self._take(":", "=", "is", "are", "was", "value", "index", "]", "on", "of", "de"):
            pass
        if self._take("from", "du", "von"):
            return _from(self._values(key, field))
        if self._take("(") and not self._at_list():
            # `kp (>= 5)`
            expression = self._about_bare(key, field)
            self._need(")")
            return expression
        return self._about_bare(key, field)

    def _at_list(self) -> bool:
        """Whether the bracket that was just passed begins a list of values; then it is not passed."""
        sign = self._lower() in COMPARISONS
        if not sign:
            self._at -= 1
        return not sign

    def _about_bare(self, key: str, field: Field | None) -> Expression:
        negated = self._take("not")
        method = self._lower().rpartition(".")[2]
        if method in phrases.BETWEEN or method in _BETWEEN_METHODS:
            self._at += 1
            expression = self._range_between(key, field)
        elif method in _IN_METHODS:
            self._at += 1
            bracket = method != "in" and self._take("(") and self._word().text in _LISTS
            listed = self._word().text in _LISTS
            expression = self._listed(key, field, pair=False) if listed else self._values(key, field)
            if bracket:
                self._need(")")
        elif self._word().text in _LISTS:
            expression = self._listed(key, field)
        else:
            sign = self._comparison()
            if sign == "!=":
                negated, sign = not negated, "="
            expression = self._compared(key, field, sign) if sign else self._values(key, field)
        return conditions.opposite(expression) if negated else expression

    def _compared(self, key: str, field: Field | None, sign: str) -> Expression:
        if sign == "=":
            return self._values(key, field)
        bracket = self._take("(")
        value = self._value(field)
        if bracket:
            self._need(")")
        return one(key, compared(sign, value), field)

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
        self.implied = self.implied or not items
        wanted = tuple(dict.fromkeys(items)) or ("has-data",)
        if brackets or negated or not set(wanted) <= set(values):
            raise NoEquivalent
        return All((Condition(key, wanted),))

    def _has_more(self, values: Sequence[str]) -> bool:
        return plain_name(self._word(1).text) in values

    def _range_between(self, key: str, field: Field | None) -> Expression:
        bracket = self._lower() if self._take("(", "[") else ""
        expression = self._ranged(key, field)
        if bracket:
            if self._take(","):
                # pandas: between(5, 9, inclusive="both")
                self._need("inclusive")
                self._need("=")
                if self._word().text != "both":
                    raise NoEquivalent
                self._at += 1
            self._need(")", "]")
        return expression

    def _ranged(self, key: str, field: Field | None) -> Expression:
        low = self._value(field)
        turned = self._at_compass()
        self._need(",", *phrases.TO)
        return one(key, self._range_to(low, field, turned=turned), field)

    def _range_to(self, low: Value, field: Field | None, *, turned: bool) -> Interval:
        """The range to the value that stands here. `turned`: a point of the compass stands after its first end."""
        high = self._value(field)
        if field is None or isinstance(low, str) or isinstance(high, str) or not self._at_compass():
            return self._interval(low, high, field)
        if high < 0 and not turned:
            # `60 to 70 S`: the letter after the second end counts for both.
            low = low and -abs(low)
        # From 10 W to 20 W nobody means the way around the globe.
        return self._interval(low, high, field, on_line=(low < 0) == (high < 0))

    def _interval(self, low: Value, high: Value, field: Field | None, *, on_line: bool = False) -> Interval:
        """A range between two ends, which are put in order where the values run on a line."""
        circle = field is None or (field.period is not None and not on_line)
        if circle or isinstance(low, str) or isinstance(high, str) or low <= high:
            return Interval(low, high)
        self.swapped = True
        return Interval(high, low)

    def _listed(self, key: str, field: Field | None, *, pair: bool = True) -> Expression:
        """`(5, 6)`, `[5, 9]`, `[5 TO 9]`, `(5 OR 6)`, `[[5, 9]]`."""
        opener = self._word().text
        self._at += 1
        if self._word().text in _LISTS:
            inner = self._listed_pairs(key, field)
            self._need(_LISTS[opener])
            return inner
        low = None if self._take("*") else self._value(field)
        if self._take("to", ".."):
            high = None if self._take("*") else self._value(field)
            closer = self._word().text
            self._need(")", "]", "}")
            left_out = (low is not None and opener == "{", high is not None and closer == "}")
            return one(key, Interval(low, high, *left_out), field)
        if low is None:
            raise NoEquivalent
        values = [low]
        while self._word().text not in (")", "]", "}"):
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
        commas = True
        while True:
            if self._take(".."):
                items.append(Interval(None, self._value(field)))
            else:
                item = self._item(field)
                items.append(item)
                if item.low is not None and item.low == item.high:
                    values.append(item.low)
            behind = self._lower(3 if self._word(1).text in ("-", "+") else 2)
            more = self._lower() == "," or (self._lower() in phrases.OR_WORDS and behind not in COMPARISONS)
            if more and self._starts_value(1):
                commas = commas and self._lower() == ","
                self._at += 1
                continue
            break
        if len(values) == len(items):
            return self._alternatives(key, field, values, pair=commas)
        return All((Condition(key, tuple(items), field),))

    def _item(self, field: Field | None) -> Interval:
        """`5`, `5..9`, `5-9`, `5 ± 1`, `5 or more`."""
        low = self._value(field)
        turned = self._at_compass()
        sign = self._phrase(phrases.BEHIND)
        if sign:
            return compared(sign, low)
        if self._take("±"):
            margin = self._value(field)
            if isinstance(low, str) or isinstance(margin, str):
                raise NoEquivalent
            return Interval(low - margin, low + margin)
        if not self._is_range():
            return Interval(low, low)
        self._at += not self._is_negative(low, field)
        return self._range_to(low, field, turned=turned) if self._starts_value() else Interval(low, None)

    def _is_negative(self, low: Value, field: Field | None) -> bool:
        """Whether a hyphen is the sign of the number that it touches, as in `-120 -100`, and not that of a range."""
        touches = self._lower() == "-" and self._word().touches(self._word(1))
        if not touches or self._word(-1).touches(self._word()) or field is None or isinstance(low, str):
            return False
        if field.low is not None and field.low >= 0:
            return False
        if low >= 0:
            # `60 -70` may run up to 70, or down to -70.
            raise NoEquivalent
        return True

    def _alternatives(self, key: str, field: Field | None, values: list[Value], *, pair: bool) -> Expression:
        if pair and len(values) == 2 and field is not None:
            self.pairs = True
            if self._pairs_are_ranges:
                return one(key, self._interval(values[0], values[1], field), field)
        return All((Condition(key, tuple(Interval(value, value) for value in values), field),))


def _from(expression: Expression) -> Expression:
    """`from 5` without an end is everything from there on."""
    if not isinstance(expression, All):
        return expression
    (condition,) = expression.conditions
    items = tuple(
        Interval(item.low, None) if isinstance(item, Interval) and item.low == item.high else item
        for item in condition.items
    )
    return All((Condition(condition.key, items, condition.field),))


def one(key: str, item: Interval, field: Field | None) -> Expression:
    return All((Condition(key, (item,), field),))


def compared(sign: str, value: Value) -> Interval:
    if sign == "=":
        return Interval(value, value)
    if sign in (">", ">="):
        return Interval(value, None, low_out=sign == ">")
    if sign in ("<", "<="):
        return Interval(None, value, high_out=sign == "<")
    raise NoEquivalent
