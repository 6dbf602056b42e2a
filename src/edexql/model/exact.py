"""Numbers as the fractions that they mean: decimals as written, and steps of an index that are written with few."""

from __future__ import annotations

from fractions import Fraction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.range import Number

# A bound this near to a step, in steps, means that step: of Kp in thirds, 4.67 and 4.6667 are both 5-.
NEAR = Fraction(3, 100)


def exact(number: Number) -> Fraction:
    """A number as the decimal that it is written as; the difference of two floats is often not that of theirs."""
    return Fraction(str(number))


def settled(bound: Fraction) -> Fraction:
    """A bound counted in steps, made whole where it is nearly so: by 0.01 of Kp, whose steps are thirds."""
    whole = Fraction(round(bound))
    return whole if abs(bound - whole) <= NEAR else bound
