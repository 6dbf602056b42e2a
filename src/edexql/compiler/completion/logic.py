"""Logic: numbers and labels of constraints, operators and brackets."""

from __future__ import annotations

from collections import Counter

from edexql.compiler.canonical import constraint_text
from edexql.compiler.completion.matching import Offer
from edexql.compiler.request import meaning
from edexql.language.source import Source
from edexql.language.syntax import Constraint, Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.request import Setting
    from edexql.compiler.resolve import Resolved
    from edexql.language.cursor import Place
    from edexql.language.syntax import Statement

# How many constraints of a label are described.
_MOST_SHOWN = 3


def operators(place: Place) -> Iterator[Offer]:
    """What follows an operand."""
    if place.fits("_AND"):
        yield Offer("AND", "operator", "both must hold")
    if place.fits("_OR"):
        yield Offer("OR", "operator", "one of the two must hold")
    if place.fits("_CLOSE"):
        yield Offer(")", "operator", "closes the bracket")


def operands(place: Place, setting: Setting) -> Iterator[Offer]:
    """Numbers and labels of constraints, those first that the logic does not have yet; NOT and `(`."""
    text = place.tokens.text
    # An operand in place of the word, so that the next line is not taken for one.
    mended = Source(f"{text[: place.start]} 1 {text[place.end :]}")
    resolved = meaning(mended, setting)[0]
    numbers, labels = _constraints(place, resolved)
    named = _named(place, resolved)
    used = {n for n in numbers if str(n) in named}.union(*(labels[label] for label in labels if label in named))
    offers = [(n in used, Offer(str(n), "number", text)) for n, text in numbers.items()]
    named_ones = []
    for label, labelled_numbers in labels.items():
        texts = [numbers[n] for n in labelled_numbers[:_MOST_SHOWN]] + ["…"] * (len(labelled_numbers) > _MOST_SHOWN)
        named_ones.append((used.issuperset(labelled_numbers), Offer(label, "label", ", ".join(texts))))
    # Who writes constraints in place counts them less.
    offers = named_ones + offers if place.fits("_DATE") else offers + named_ones
    yield from (offer for late, offer in offers if not late)
    yield Offer("NOT", "operator", "must not hold")
    yield Offer("(", "operator", "opens a bracket")
    yield from (offer for late, offer in offers if late)


def _constraints(place: Place, resolved: Resolved) -> tuple[dict[int, str], dict[str, list[int]]]:
    """The constraints by number, those of the same statement left out, and the numbers of each label given above.

    Those that have mistakes in their values have numbers as well, and are shown as they are written.
    """
    begin = place.tokens.starts[place.first]
    known = dict(zip(resolved.numbers, resolved.query.constraints, strict=True))
    elements = Counter(origin.head.start for origin in resolved.origins)
    numbers: dict[int, str] = {}
    labels: dict[str, list[int]] = {}
    count = 0
    for statement in resolved.program.statements:
        for written in _written(statement):
            texts = _texts(written, resolved.program.source.text) or [""] * elements[written.head.span.start]
            own = range(count + 1, count + len(texts) + 1)
            count += len(texts)
            if isinstance(statement, Logic) and statement.span.start == begin:
                continue
            numbers |= {
                n: constraint_text(known[n]) if n in known else text for n, text in zip(own, texts, strict=True)
            }
            if written.label is not None and written.span.start < begin and texts:
                labels.setdefault(written.label.text.lower(), list(own))
    return numbers, labels


def _written(statement: Statement) -> Iterator[Constraint]:
    if isinstance(statement, Constraint):
        yield statement
    elif isinstance(statement, Logic):
        yield from statement.expression.constraints()


def _texts(constraint: Constraint, text: str) -> list[str]:
    """Each element as it is written; none of `raw`, which has no items."""
    head = constraint.head.text
    return [" ".join([head, *text[item.span.start : item.span.end].split()]) for item in constraint.items]


def _named(place: Place, resolved: Resolved) -> set[str]:
    """The numbers and labels that the logic has already, without the one that stands for the word."""
    tokens, begin = resolved.program.tokens, place.tokens.starts[place.first]
    here = [s for s in resolved.program.statements if isinstance(s, Logic) and s.span.start == begin]
    parts = [part for logic in here for part in logic.expression.code if isinstance(part, int) and part >= 0]
    return {tokens.read(part).lower() for part in parts if tokens.starts[part] != place.start + 1}
