"""Numbers as people write them: the fraction that a decimal means, and its shortest text."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

Number = int | float


@lru_cache(maxsize=1024, typed=True)
def exact(number: Number) -> Fraction:
    """A number as the decimal that it is written as; the difference of two floats is often not that of theirs."""
    from fractions import Fraction

    return Fraction(str(number))


def plain(number: Number) -> str:
    """A number without an exponent or a needless fraction."""
    if isinstance(number, int) or number == int(number):
        return str(int(number))
    text = repr(number)
    if "e" not in text:
        return text
    from decimal import Decimal

    return f"{Decimal(text):f}"
