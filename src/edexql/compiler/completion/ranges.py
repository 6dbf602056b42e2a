"""Ranges of a field, and its units."""

from __future__ import annotations

from edexql.compiler.completion.matching import Offer
from edexql.model.number import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.cursor import Place
    from edexql.model.field import Field


def ranges(place: Place, field: Field) -> Iterator[Offer]:
    """What a range of a field begins with, and what follows a number: its unit, or the other end."""
    whole = domain(field)
    within = f", within {whole}" if whole else ""
    if place.fits("AT_LEAST"):
        yield Offer(">= ", "range", f"at least{within}")
        yield Offer("<= ", "range", f"at most{within}")
        if place.typed:
            yield Offer("> ", "range", f"more than{within}")
            yield Offer("< ", "range", f"less than{within}")
            yield Offer("= ", "range", f"exactly{within}")
        yield Offer("..", "range", f"up to{within}")
        if field.low is not None and field.high is not None:
            yield Offer(f"{plain(field.low)}..{plain(field.high)}", "range", f"all of {field.name}: {whole}")
        return
    if place.fits("UNIT"):
        yield from _units(field)
    if place.fits("DOTS"):
        yield Offer("..", "range", f"up to a second number, or open{within}")


def domain(field: Field) -> str:
    """From where to where a field goes, and its unit; or the words that are its values."""
    if field.low is None or field.high is None:
        return ", ".join(value.name for value in field.values) or field.unit or ""
    return f"{plain(field.low)}..{plain(field.high)}" + (f" {field.unit}" if field.unit else "")


def _units(field: Field) -> Iterator[Offer]:
    if field.unit is None:
        return
    yield Offer(field.unit, "unit", f"the unit of {field.name}")
    for unit, factor in field.units:
        yield Offer(unit, "unit", f"1 {unit} is {plain(factor)} {field.unit}")
