"""Warnings about what is asked for at all: the product, the time of the mission, parts that are missing."""

from __future__ import annotations

from edexql.base.dates import date
from edexql.language.diagnostics.value import Diagnostic
from edexql.language.source import Span
from edexql.language.syntax import Constraint, Logic, Product
from edexql.model.period import DAY, Period, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.syntax import Statement


def product_not_served(resolved: Resolved) -> Iterator[Diagnostic]:
    if any(diagnostic.is_error for diagnostic in resolved.diagnostics):
        return
    query, vocabulary = resolved.query, resolved.vocabulary
    entries = [vocabulary.products.get(vocabulary.canonical(name), {}) for name in query.products]
    makers = [entry.get("instrument") for entry in entries]
    if not makers or not all(makers):
        return
    named = set(query.effective_code())
    asked = {
        number: constraint.key
        for number, constraint in enumerate(query.constraints, 1)
        if number in named and vocabulary.instrument(constraint.key) is not None
    }
    if set(asked.values()) & set(makers):
        return
    named_makers = sorted(map(str, set(makers)))
    theirs = " and ".join(maker.upper() for maker in named_makers)
    instead = " or ".join(f"`{maker} has-data`" for maker in named_makers)
    seen: set[str] = set()
    for number, key in asked.items():
        if key not in seen:
            seen.add(key)
            yield Diagnostic(
                "W622",
                f"no product of this query is from {key.upper()}: its state selects files of {theirs}",
                resolved.program.source,
                resolved.origins[number - 1].span,
                help=f"if you want data of {theirs}, write {instead}",
            )


def missing_parts(resolved: Resolved) -> Iterator[Diagnostic]:
    program = resolved.program
    if program.damaged or any(diagnostic.is_error for diagnostic in resolved.diagnostics):
        return
    source = program.source
    whole = Span(0, 0)
    if not any(isinstance(statement, Constraint) or _in_place(statement) for statement in program.statements):
        yield Diagnostic(
            "W606",
            "the query has no constraint: it selects every file of its products",
            source,
            whole,
            help="add a date, as in `date 2019-05-01`",
        )
    if not any(isinstance(statement, Product) for statement in program.statements):
        yield Diagnostic(
            "W607",
            "the query has no product",
            source,
            whole,
            help="add one, as in `product fai-lv1-hdf5-images`; it is not known what eDEx does without one",
        )


def _in_place(statement: Statement) -> bool:
    return isinstance(statement, Logic) and any(True for _ in statement.expression.constraints())


def outside_mission(resolved: Resolved) -> Iterator[Diagnostic]:
    source, today = resolved.program.source, resolved.today
    launch = date.fromisoformat(resolved.vocabulary.launch[:10])
    first, tomorrow = midnight(launch), midnight(today) + DAY
    for place, constraint in enumerate(resolved.query.constraints):
        period = constraint.value
        if not isinstance(period, Period) or period.end is None:
            continue
        if period.end <= first:
            yield Diagnostic(
                "W604",
                f"this period ends before the launch on {launch}",
                source,
                resolved.origins[place].span,
                help="there are no data from that time",
            )
        elif period.start is not None and period.start >= tomorrow:
            yield Diagnostic(
                "W605",
                f"this period is in the future: today is {today}",
                source,
                resolved.origins[place].span,
                help="the query is sent unchanged; --today sets another day",
            )


CHECKS = (missing_parts, outside_mission, product_not_served)
