"""Numbers as the fractions that they mean: decimals as they are written."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.range import Number


@lru_cache(maxsize=1024, typed=True)
def exact(number: Number) -> Fraction:
    """A number as the decimal that it is written as; the difference of two floats is often not that of theirs."""
    return Fraction(str(number))
