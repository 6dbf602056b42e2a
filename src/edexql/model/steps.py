"""Values of an index that comes in steps, such as Kp in thirds, as they are written with few decimals.

Kp is published as `5-` or as decimals: GFZ has 4.667, OMNI and CelesTrak have 47 for 4.7, and people write 4.67
or 4.7. A number means a step if it is within half of its last decimal place of that step.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from edexql.model.number import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.model.field import Field
    from edexql.model.number import Number

# The decimals with which a step is written, so that the number is read as that step alone.
_DECIMALS = 2


def step_at(number: Number, field: Field) -> Fraction | None:
    """The step that a number means; None where it means none, or the field does not come in steps."""
    step = field.step
    # By its two numbers: the hash of a fraction takes longer.
    return None if step is None else _nearest(number, step.numerator, step.denominator)


@lru_cache(maxsize=1024, typed=True)
def _nearest(number: Number, numerator: int, denominator: int) -> Fraction | None:
    value, step = exact(number), Fraction(numerator, denominator)
    nearest = round(value / step) * step
    half = min(Fraction(1, 2 * 10 ** _decimals(number)), step / 6)
    return nearest if abs(value - nearest) <= half or float(nearest) == number else None


def settled(number: Number, field: Field) -> Fraction:
    """A number as the step that it means, else as the decimal that it is."""
    step = step_at(number, field)
    return exact(number) if step is None else step


def neighbours(number: Number, field: Field) -> tuple[Fraction, ...]:
    """The steps next to a number that means none, within the bounds of the field."""
    assert field.step is not None
    place = exact(number) / field.step
    steps = (floor(place) * field.step, ceil(place) * field.step)
    return tuple(
        step
        for step in steps
        if (field.low is None or step >= exact(field.low)) and (field.high is None or step <= exact(field.high))
    )


def written(step: Fraction, field: Field) -> Number:
    """The number with which a step is written: two decimals where it has no end, more where steps are close."""
    assert field.step is not None
    if step.denominator == 1:
        return int(step)
    if _ends(step):
        return float(step)
    decimals = _DECIMALS
    while Fraction(1, 2 * 10**decimals) > field.step / 6:
        decimals += 1
    return float(round(step, decimals))


def least(number: Number, field: Field) -> Fraction:
    """The least number that any notation has for the values from a bound on: of 14/3, written 4.6 or 4.7, it is 4.6."""
    step = field.step
    return exact(number) if step is None else _least(number, step.numerator, step.denominator)


@lru_cache(maxsize=1024, typed=True)
def _least(number: Number, numerator: int, denominator: int) -> Fraction:
    bound, step = _settled(number, numerator, denominator), Fraction(numerator, denominator)
    return min(bound, _rounded(ceil(bound / step) * step, step, floor))


def greatest(number: Number, field: Field) -> Fraction:
    """The greatest number that any notation has for the values up to a bound: of 14/3 it is 4.7."""
    step = field.step
    return exact(number) if step is None else _greatest(number, step.numerator, step.denominator)


@lru_cache(maxsize=1024, typed=True)
def _greatest(number: Number, numerator: int, denominator: int) -> Fraction:
    bound, step = _settled(number, numerator, denominator), Fraction(numerator, denominator)
    return max(bound, _rounded(floor(bound / step) * step, step, ceil))


def _settled(number: Number, numerator: int, denominator: int) -> Fraction:
    step = _nearest(number, numerator, denominator)
    return exact(number) if step is None else step


def as_sent(low: Number, high: Number, field: Field) -> tuple[Number, Number]:
    """The bounds of which `least` and `greatest` are these, as steps are written; else what the numbers mean."""
    assert field.step is not None
    first, last = ceil(exact(low) / field.step) * field.step, floor(exact(high) / field.step) * field.step
    start, end = written(first, field), written(last, field)
    return (
        start if least(start, field) == exact(low) else _plain(low, field),
        end if greatest(end, field) == exact(high) else _plain(high, field),
    )


def _plain(number: Number, field: Field) -> Number:
    step = step_at(number, field)
    return number if step is None else written(step, field)


def _rounded(step: Fraction, distance: Fraction, way: Callable[[Fraction], int]) -> Fraction:
    """A step with as few decimals as distinguish it from its neighbours, rounded down or up."""
    if _ends(step):
        return step
    scale = 1
    while Fraction(1, 2 * scale) > distance / 6:
        scale *= 10
    return Fraction(way(step * scale), scale)


def _ends(number: Fraction) -> bool:
    """Whether the decimals of a number come to an end."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _decimals(number: Number) -> int:
    exponent = Decimal(repr(number)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
