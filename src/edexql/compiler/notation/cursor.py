"""A place among the words of a statement, and the values and comparisons that are read there."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from edexql.compiler.notation import phrases
from edexql.compiler.notation.conditions import NoEquivalent
from edexql.compiler.notation.names import COMPASS
from edexql.compiler.notation.words import END
from edexql.language.literals import grouped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.notation.conditions import Value
    from edexql.compiler.notation.names import Archive
    from edexql.compiler.notation.words import Word
    from edexql.model.field import Field

# No value of a field is larger.
_LARGEST = 10**12
_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})\s*")
# Of a field that goes so far, `1,500` is not 1.5.
_MOST_IN_DECIMALS = 100
COMPARISONS = frozenset((">", "<", ">=", "<=", "=", "!="))


class Cursor:
    """Goes through words. `commas_are_points` says whether `4,67` is a number, and `1,500` where the field has 1500."""

    def __init__(self, words: Sequence[Word], archive: Archive, *, commas_are_points: bool) -> None:
        self._words = words
        self._archive = archive
        self._commas_are_points = commas_are_points
        self._at = 0

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

    def _ahead(self) -> list[str]:
        return [self._lower(i) for i in range(phrases.LONGEST)]

    def _phrase(self, known: dict[tuple[str, ...], str]) -> str | None:
        match = phrases.phrase(self._ahead(), known)
        if match is None:
            return None
        self._at += match[1]
        return match[0]

    def _comparison(self) -> str | None:
        if self._lower() in COMPARISONS:
            sign = self._lower()
            self._at += 1
            if sign == "!" and self._take("="):
                return "!="
            return sign
        return self._phrase(phrases.COMPARISONS)

    def _starts_value(self, ahead: int = 0) -> bool:
        word = self._word(ahead)
        if word.text in ("-", "+"):
            word = self._word(ahead + 1)
        return word.kind in ("number", "moment", "clock") or (word.kind == "string" and word.text[:1].isdigit())

    def _is_range(self) -> bool:
        word = self._lower()
        if word == "..":
            return True
        if word not in phrases.TO or not self._starts_value(1):
            return False
        if word == "-":
            return True
        if word in phrases.AND_WORDS:
            # `kp 5 and 6` may be two values or a slip of `between`.
            return False
        return word != "a" or self._word(1).kind == "number"

    def _value(self, field: Field | None) -> Value:
        """A value of a field in its unit, or a day or time where there is no field."""
        if field is None:
            return self._moment()
        sign = -1 if self._lower() == "-" else 1
        self._take("-", "+")
        word = self._word()
        if word.kind == "string" and _NUMBER.fullmatch(word.text):
            self._at += 1
            return Decimal(word.text.strip())
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
                if not grouped(text, fraction.text) or (field.high is not None and field.high < _MOST_IN_DECIMALS):
                    text = f"{text}.{fraction.text}"
                elif _has(field, sign * int(text + fraction.text)):
                    text += fraction.text
                else:
                    raise NoEquivalent
                self._at += 2
        try:
            value = sign * Decimal(text)
        except InvalidOperation:
            raise NoEquivalent from None
        if abs(value) > _LARGEST:
            raise NoEquivalent
        unit, taken = self._archive.factor(self._words, self._at, field)
        self._at += taken
        # `-60 S` is 60 south: nobody takes a sign and a letter to cancel out.
        return -abs(value * unit) if unit < 0 else value * unit

    def _at_compass(self) -> bool:
        """Whether the word before this place is a point of the compass."""
        return self._lower(-1) in COMPASS

    def _moment(self) -> str:
        word = self._word()
        moment = self._archive.moment(word.text)
        if moment is None or word.kind not in ("moment", "string", "number", "name"):
            raise NoEquivalent
        self._at += 1
        if word.kind == "moment" and len(moment) == 10 and self._word().kind == "clock":
            moment += f"T{self._word().text}"
            self._at += 1
        return moment


def _has(field: Field, number: int) -> bool:
    """Whether a number lies within the bounds of a field."""
    return (field.low is None or field.low <= number) and (field.high is None or number <= field.high)
