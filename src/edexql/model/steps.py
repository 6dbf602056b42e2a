"""Indices that come in steps: which step is meant by a number with few decimals."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

# A bound this near to a step means that step: of Kp in thirds, 4.67 and 4.6667 are both 5-.
_NEAR = (3, 100)


def settled(bound: Fraction) -> Fraction:
    """A bound counted in steps, made whole where it is nearly so: by 0.01 of Kp, whose steps are thirds."""
    from fractions import Fraction

    whole = Fraction(round(bound))
    return whole if abs(bound - whole) <= Fraction(*_NEAR) else bound
