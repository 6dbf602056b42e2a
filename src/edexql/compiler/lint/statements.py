"""Checks of what the statements of a query say, which need no solver."""

from __future__ import annotations

import edexql.base as base
from edexql.language import syntax
from edexql.language.diagnostics import Diagnostic, Fix
from edexql.language.lexer import COMMENT
from edexql.language.source import Span
from edexql.language.syntax import AND, GROUP, NOT, OR, Logic, Product
from edexql.model.period import DAY, Period, midnight
from edexql.model.query import Constraint, Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.syntax import Statement
    from edexql.model.field import Entry, Field
    from edexql.model.vocabulary import Vocabulary


def product_not_served(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.has_errors:
        return
    query, vocabulary = resolved.query, resolved.vocabulary
    entries = [vocabulary.products.get(vocabulary.canonical(name), {}) for name in query.products]
    makers = [entry.get("instrument") for entry in entries]
    if not makers or not all(makers):
        return
    words = [(number, one.key) for number, one in enumerate(query.constraints, 1) if one.kind == "word"]
    named = set(query.effective_code()) if words else set()
    keys = {number: key for number, key in words if number in named and vocabulary.instrument(key) is not None}
    if set(keys.values()) & set(makers):
        return
    named_makers = sorted(map(str, set(makers)))
    theirs = " and ".join(maker.upper() for maker in named_makers)
    instead = " or ".join(f"`{maker} has-data`" for maker in named_makers)
    seen: set[str] = set()
    for number, key in keys.items():
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
    if program.damaged or resolved.has_errors:
        return
    source = program.source
    kinds = {type(statement) for statement in program.statements}
    if syntax.Constraint not in kinds and not any(map(_in_place, program.statements)):
        yield Diagnostic(
            "W606",
            "the query has no constraint: it selects every file of its products",
            source,
            Span(0, 0),
            help="add a date, as in `date 2019-05-01`",
        )
    if Product not in kinds:
        yield Diagnostic(
            "W607",
            "the query has no product",
            source,
            Span(0, 0),
            help=f"add one, as in `product {resolved.vocabulary.example_product}`;"
            " it is not known what eDEx does without one",
        )


def _in_place(statement: Statement) -> bool:
    return isinstance(statement, Logic) and any(True for _ in statement.expression.constraints())


def outside_mission(resolved: Resolved) -> Iterator[Diagnostic]:
    source, today = resolved.program.source, resolved.today
    launch = resolved.vocabulary.launch_day
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


# What is spelled (product, field, ...), its spelling, the section that would confirm it and whether it does, and where
# it was used.
Use = tuple[str, str, str, bool, "Span"]


def unconfirmed(resolved: Resolved) -> Iterator[Diagnostic]:
    vocabulary = resolved.vocabulary
    every = [*_uses(resolved)]
    if all(confirmed for *_, confirmed, _ in every):
        return
    uses: dict[tuple[str, str], Use] = {}
    for use in every:
        uses.setdefault((use[0], use[1]), use)
    for what, spelling, section, confirmed, span in uses.values():
        if confirmed:
            continue
        address = vocabulary.authority(section)
        listed = f"look it up at {address} or in the web UI" if address else "look it up in the web UI"
        yield Diagnostic(
            "W601",
            f"unconfirmed {what} `{base.text.printable(spelling)}`: eDEx may spell it differently",
            resolved.program.source,
            span,
            help=f"{listed}; confirm it in a vocabulary file with --vocabulary",
            counted=(base.text.printable(spelling), len(uses)),
        )


def _uses(resolved: Resolved) -> Iterator[Use]:
    vocabulary = resolved.vocabulary
    for name in resolved.query.products:
        yield _use("product", name, "products", vocabulary.product(name), resolved.places[f"product {name}"])
    seen: set[tuple[str, object]] = set()
    for place, constraint in enumerate(resolved.query.constraints):
        # What is spelled is the key, and a value that is no number or time.
        value = constraint.value
        spelled = constraint.key, None if constraint.kind in ("date", "range") else value
        if spelled not in seen:
            seen.add(spelled)
            origin = resolved.origins[place]
            yield from _constraint(constraint, vocabulary, origin.head, origin.span)
    for key, _ in resolved.query.extras:
        yield "key", key, "", False, resolved.places[f"raw {key}"]


def _constraint(constraint: Constraint, vocabulary: Vocabulary, head: Span, span: Span) -> Iterator[Use]:
    value, key = constraint.value, constraint.key
    field, instrument = vocabulary.field(key), vocabulary.instrument(key)
    if constraint.kind == "raw":
        known = any(wire == key and _known(vocabulary, section) for wire, section in vocabulary.wire_order())
        yield "key", key, "", known, span
    elif isinstance(value, Tag):
        group, tags = vocabulary.groups().get(value.group, (None, {}))
        tag = tags.get(value.name)
        yield _use("key", key, "experiments", vocabulary.experiment, head)
        known = group is not None and group.confirmed and tag is not None and tag.confirmed
        yield "experiment", f"{value.group} > {value.name}", "experiments", known, span
    elif field is not None:
        yield _use("field", key, field.tab, field, head)
        if isinstance(value, str):
            yield _use(f"value of {key}", value, field.tab, vocabulary.values(key).get(value), span)
    elif instrument is not None:
        yield _use("instrument", key, "instruments", instrument, head)
        if isinstance(value, str):
            yield _use(f"value of {key}", value, "instruments", vocabulary.values(key).get(value), span)


def _use(what: str, name: str, section: str, entry: Entry | Field | None, span: Span) -> Use:
    """A use of an entry of the vocabulary; without one, of a name that is sent as it is."""
    return what, entry.wire if entry else name, section, entry is not None and entry.confirmed, span


def _known(vocabulary: Vocabulary, section: str) -> bool:
    if section == "date":
        return vocabulary.date.confirmed
    if section == "experiment":
        return vocabulary.experiment.confirmed
    entry = vocabulary.field(section) or vocabulary.instrument(section)
    return entry is not None and entry.confirmed


# Mistakes after which it is not certain what the logic would name: in statements, labels, or the logic itself.
_LEAVES_LOGIC_OPEN = frozenset({"E301", "E304", "E305", "E310"})


def unused_constraint(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged or resolved.logic is None:
        return
    if any(diagnostic.code in _LEAVES_LOGIC_OPEN for diagnostic in resolved.diagnostics):
        return
    named = set(resolved.logic.code)
    if named.issuperset(resolved.numbers):
        return
    from edexql.compiler.canonical import constraint_text

    constraints = resolved.query.constraints
    for number, constraint, origin in zip(resolved.numbers, constraints, resolved.origins, strict=True):
        if number not in named:
            name = constraint.label or number
            what = base.text.shown(constraint_text(constraint))
            yield Diagnostic(
                "W602",
                f"constraint {number}, {what}, is not in the logic and is not sent",
                resolved.program.source,
                origin.span,
                help=f"add it to the logic, as in `… AND {name}`, or remove it",
            )


def unused_parameter(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged:
        return
    known = [name for name, _, _ in resolved.unused_parameters] + list(resolved.used_parameters)
    for name, source, span in resolved.unused_parameters:
        plain = name.removeprefix("-D ")
        near = base.text.nearest(plain, (other for other in known if other != name))
        help = base.text.did_you_mean(near) or f"use it as `${plain}`, or remove it"
        yield Diagnostic("W609", f"the parameter `{plain}` is never used", source, span, help=help)


def suppressions(resolved: Resolved) -> Iterator[Diagnostic]:
    program = resolved.program
    if COMMENT not in program.tokens.kinds:
        return
    from edexql.language.diagnostics.suppressions import InvalidSuppression, suppressions_in

    for suppression in suppressions_in(program.tokens):
        if isinstance(suppression, InvalidSuppression):
            message, help, fix = suppression.diagnosis()
            yield Diagnostic("W623", message, program.source, suppression.span, help=help, fix=fix)


def mixed_operators(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged or resolved.logic is None or resolved.diagnostics:
        return
    logic = next((s for s in resolved.program.statements if isinstance(s, Logic)), None)
    if logic is None or not {AND, OR} <= {part for part in logic.expression.code if type(part) is int and part < 0}:
        return
    from edexql.compiler.solver.places import extents

    source = resolved.program.source
    for whole, parts in _mixed(logic.expression.code, extents(logic.expression)):
        yield Diagnostic(
            "W621",
            "AND and OR without brackets: AND is evaluated first",
            source,
            Span(*parts[0]),
            help="add brackets; `edexql check --fix` adds them around AND",
            fix=Fix(Span(*whole), _bracketed(source.text, whole, parts)),
        )


# Where something begins and ends.
_Place = tuple[int, int]


def _mixed(code: tuple[object, ...], places: Iterable[_Place]) -> Iterator[tuple[_Place, list[_Place]]]:
    """The chains of OR that have AND among their operands without brackets, and those operands, in order."""
    # For each operand: what it is joined by, where it stands, and the AND among its parts where that is OR.
    stack: list[tuple[object, _Place, list[_Place]]] = []
    for part, place in zip(code, places, strict=True):
        if type(part) is not int or part >= 0:
            stack.append((None, place, []))
            continue
        right = stack.pop()
        if part in (NOT, GROUP):
            if part == GROUP and right[2]:
                yield right[1], right[2]
            stack.append((None, place, []))
            continue
        left = stack.pop()
        inside: list[_Place] = []
        if part == OR:
            # The list of the left one is taken over: to copy it each time would take ever longer.
            inside = left[2] if left[0] == OR else [left[1]] * (left[0] == AND)
            inside += right[2] if right[0] == OR else [right[1]] * (right[0] == AND)
        stack.append((part, place, inside))
    if stack[0][2]:
        yield stack[0][1], stack[0][2]


def _bracketed(text: str, whole: _Place, parts: list[_Place]) -> str:
    pieces = []
    done, last = whole
    for start, end in parts:
        pieces += [text[done:start], "(", text[start:end], ")"]
        done = end
    return "".join([*pieces, text[done:last]])


def comma_in_number(resolved: Resolved) -> Iterator[Diagnostic]:
    source = resolved.program.source
    for statement in _constraints(resolved):
        # Those of a run have one item.
        if type(statement) is not syntax.Constraint or statement.kind != "field" or len(statement.items) < 2:
            continue
        field = resolved.vocabulary.field(statement.head.text)
        if field is None or field.shape == "word":
            continue
        from edexql.compiler.digit_groups import likely_thousands

        for group in likely_thousands(statement, source.text, field):
            count = group.last - group.first + 1
            yield Diagnostic(
                "W625",
                f"a comma separates values: this is a list of {count} values",
                source,
                group.span,
                help=f"write {base.text.shown(group.number)}, or {base.text.shown(group.listed)} if you mean a list",
            )


def _constraints(resolved: Resolved) -> Iterator[syntax.Constraint]:
    for statement in resolved.program.statements:
        if isinstance(statement, syntax.Constraint):
            yield statement
        elif isinstance(statement, syntax.Logic):
            yield from statement.expression.constraints()


# In this order; `own` adds those of other tools.
CHECKS: list[Callable[[Resolved], Iterator[Diagnostic]]] = [
    suppressions,
    unused_constraint,
    unused_parameter,
    comma_in_number,
    missing_parts,
    outside_mission,
    product_not_served,
    mixed_operators,
    unconfirmed,
]
