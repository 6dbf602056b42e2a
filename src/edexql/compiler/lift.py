"""A parameter dictionary back into a query."""

from __future__ import annotations

import json
import re
from collections import Counter
from math import inf

from edexql.base.record import Record
from edexql.compiler.elements import Mission, Unsendable, sent
from edexql.compiler.expressions import Operands, bind
from edexql.compiler.values import RESERVED, compact
from edexql.language import syntax
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.model.logic import OR, Logic
from edexql.model.period import DAY, Period, midnight
from edexql.model.query import Constraint, Query, Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import Any

    from edexql.compiler.elements import Sent
    from edexql.model.number import Number
    from edexql.model.vocabulary import Vocabulary

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Doubt(Record):
    """Something about the entry `key` of a dictionary: an error or warning by its code."""

    code: str
    message: str
    key: str
    help: str | None = None


def lift(parameters: Mapping[str, Any], vocabulary: Vocabulary, today: date) -> tuple[Query, list[Doubt]]:
    """The query whose compilation gives these parameters, and what is doubtful about them.

    Elements that no statement of the language would send as they are become `raw`, but for ranges that are sent wider
    for their bounds: those become what they say, with a warning.
    """
    doubts: list[Doubt] = list(_known_parts(parameters))
    products = parameters.get("product", [])
    email = parameters.get("email")
    elements: list[tuple[str, Any]] = []
    extras = []
    sections = dict(vocabulary.wire_order())
    mission = Mission(vocabulary.launch_day, today)
    for key, value in parameters.items():
        if key in RESERVED:
            continue
        if isinstance(value, list) and value:
            elements += [(key, element) for element in value]
        else:
            extras.append((key, compact(value)))
    doubts += _order(parameters, list(sections))
    logic, new_doubts = _logic(parameters, len(elements))
    doubts += new_doubts
    constraints, logic, new_doubts = _constraints(elements, logic, sections, vocabulary, mission)
    doubts += new_doubts
    names: dict[str, str] = {entry["wire"]: name for name, entry in vocabulary.products.items()}
    named = tuple(names.get(str(p), str(p)) for p in products) if isinstance(products, list) else ()
    return Query(named, tuple(constraints), logic, email if isinstance(email, str) else None, tuple(extras)), doubts


def _known_parts(parameters: Mapping[str, Any]) -> Iterator[Doubt]:
    products = parameters.get("product", [])
    if not isinstance(products, list) or not all(isinstance(name, str) for name in products):
        yield Doubt("E413", "`product` is not a list of strings", "product", 'write it as ["NAME"]')
    if not isinstance(parameters.get("email", ""), str):
        yield Doubt("E413", "`email` is not a string", "email")
    if not isinstance(parameters.get("query-logic", ""), str):
        yield Doubt("E413", "`query-logic` is not a string", "query-logic", 'write " ( 1 AND 2 ) "')
    if parameters.get("result_filenames"):
        yield Doubt(
            "W612",
            "the files named under `result_filenames` are an answer, not part of the query",
            "result_filenames",
            "they are ignored; `edexql fetch` lists them again",
        )


def _order(parameters: Mapping[str, Any], tabs: list[str]) -> Iterator[Doubt]:
    keys = [key for key, value in parameters.items() if key in tabs and isinstance(value, list) and value]
    if keys != sorted(keys, key=tabs.index):
        yield Doubt(
            "W611",
            "the keys are not in the order of the web UI's tabs, so its constraints can be numbered in two ways",
            keys[0],
            "here they are numbered in the order of the keys: check that the logic means these constraints",
        )


def _constraints(
    elements: list[tuple[str, Any]],
    logic: Logic | None,
    sections: Mapping[str, str],
    vocabulary: Vocabulary,
    mission: Mission,
) -> tuple[list[Constraint], Logic | None, list[Doubt]]:
    """The constraints that elements are sent for, the logic over them, and what is doubtful.

    Two elements are one constraint where they are the two parts of a range around a circle, and the logic has them
    together wherever it has one of them.
    """
    constraints: list[Constraint] = []
    doubts: list[Doubt] = []
    together = _joined_by_or(logic.code) if logic else set()
    numbers: dict[int, int] = {}
    merged: set[int] = set()
    for number, (key, element) in enumerate(elements, 1):
        if number - 1 in merged:
            continue
        both = None
        if number in together and elements[number][0] == key:
            both = _of_two(key, element, elements[number][1], sections, vocabulary, mission)
        if both is not None:
            merged.add(number)
            constraints.append(both)
        else:
            one, doubt = _constraint(key, element, sections, vocabulary, mission)
            constraints.append(one)
            doubts += [doubt] if doubt else []
        numbers[number] = len(constraints)
    if logic is not None:
        code = iter(logic.code)
        kept = []
        for part in code:
            kept.append(part)
            if part in merged:
                next(code), next(code)
        logic = Logic(tuple(kept)).renumbered(numbers)
    return constraints, logic, doubts


def _joined_by_or(code: Sequence[int]) -> set[int]:
    """The numbers that stand nowhere but in `n OR n + 1`, and their successors neither."""
    named = Counter(part for part in code if part > 0)
    pairs = Counter(
        a for a, b, operator in zip(code, code[1:], code[2:], strict=False) if a > 0 and b == a + 1 and operator == OR
    )
    return {number for number, count in pairs.items() if count == named[number] == named[number + 1]}


def _constraint(
    key: str, element: Any, sections: Mapping[str, str], vocabulary: Vocabulary, mission: Mission
) -> tuple[Constraint, Doubt | None]:
    constraint = _recognised(element, sections.get(key, ""), vocabulary)
    if constraint is not None:
        form = _form(constraint, vocabulary, mission)
        if form is not None and form.key == key and form.exact is None:
            if form.elements == (element,):
                return constraint, None
            if isinstance(constraint.value, Range) and any(_within(element, part) for part in form.elements):
                return constraint, _wider(constraint, key, form.elements)
    return Constraint("raw", key, compact(element)), None


def _of_two(
    key: str, first: Any, second: Any, sections: Mapping[str, str], vocabulary: Vocabulary, mission: Mission
) -> Constraint | None:
    """The range around a circle that is sent as two elements."""
    field = vocabulary.field(sections.get(key, ""))
    one, other = _pair(first), _pair(second)
    if field is None or field.period is None or one is None or other is None:
        return None
    for low, high in (one, (one[0], other[1])):
        constraint = Constraint("range", field.name, Range(low, high))
        form = _form(constraint, vocabulary, mission)
        if form is not None and form.key == key and form.elements == (first, second):
            return constraint
    return None


def _form(constraint: Constraint, vocabulary: Vocabulary, mission: Mission) -> Sent | None:
    try:
        return sent(constraint, vocabulary, mission, negated=False)
    except Unsendable:
        return None


def _within(element: Any, other: Any) -> bool:
    """Whether a pair on the wire lies in another of the same form."""
    inner, outer = _pair(element), _pair(other)
    if isinstance(element, dict) != isinstance(other, dict):
        return False
    return inner is not None and outer is not None and outer[0] <= inner[0] <= inner[1] <= outer[1]


def _pair(element: Any) -> tuple[Number, Number] | None:
    if isinstance(element, dict) and element.keys() == {"min", "max"}:
        element = [element["min"], element["max"]]
    if isinstance(element, list) and len(element) == 2 and all(type(e) in (int, float) for e in element):
        return element[0], element[1]
    return None


def _wider(constraint: Constraint, key: str, elements: tuple[Any, ...]) -> Doubt:
    sent_now = ", ".join(map(json.dumps, elements))
    return Doubt(
        "W627",
        f"this is read as `{constraint.key} {constraint.value}`, which is sent as a wider range now: {sent_now}",
        key,
        "the ends of a circle are one value with two numbers, and thirds are rounded in more than one way",
    )


def _recognised(element: Any, section: str, vocabulary: Vocabulary) -> Constraint | None:
    """The constraint that would be sent as an element, as far as its shape shows."""
    if section == "date":
        period = _period(element)
        return Constraint("date", "date", period) if period else None
    if section == "experiment":
        return _experiment(element, vocabulary)
    field = vocabulary.field(section)
    if field is not None and field.shape != "word":
        pair = _pair(element)
        low, high = (-inf if field.low is None else field.low), (inf if field.high is None else field.high)
        if pair is None or not all(low <= bound <= high for bound in pair):
            return None
        if field.step is not None:
            from edexql.model.steps import as_sent

            pair = as_sent(*pair, field)
        return Constraint("range", section, Range(*pair))
    if section and isinstance(element, str):
        names = {entry.wire: name for name, entry in vocabulary.values(section).items()}
        return Constraint("word", section, names.get(element, element))
    return None


def _period(element: Any) -> Period | None:
    if not (isinstance(element, list) and len(element) == 2 and all(isinstance(e, str) for e in element)):
        return None
    days = [_day(text) for text in element]
    if days[0] is None or days[1] is None or days[1] < days[0]:
        return None
    return Period(midnight(days[0]), midnight(days[1]) + DAY)


def _day(text: str) -> date | None:
    from datetime import date

    match = _DAY.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _experiment(element: Any, vocabulary: Vocabulary) -> Constraint | None:
    groups = vocabulary.groups()
    if isinstance(element, list) and len(element) == 2 and all(isinstance(e, str) for e in element):
        by_wire: dict[str, str] = {entry.wire: name for name, (entry, _) in groups.items()}
        group, tag = str(element[0]), str(element[1])
        group = by_wire.get(group, group)
        tags = groups[group][1] if group in groups else {}
        if any(_only_case(name, known) for name, known in ((group, groups), (tag, tags))):
            return None
        return Constraint("experiment", "experiment", Tag(group, _tag_name(group, tag, vocabulary)))
    if isinstance(element, str):
        for group, (_, tags) in groups.items():
            if any(tag.wire == element for tag in tags.values()):
                return Constraint("experiment", "experiment", Tag(group, _tag_name(group, element, vocabulary)))
    return None


def _only_case(name: str, known: Iterable[str]) -> bool:
    """Whether a name differs from a known one in its case alone, so that it would be read as that one."""
    return name not in known and name.lower() in map(str.lower, known)


def _tag_name(group: str, wire: str, vocabulary: Vocabulary) -> str:
    tags = vocabulary.groups().get(group, (None, {}))[1]
    return next((name for name, entry in tags.items() if entry.wire == wire), wire)


def _logic(parameters: Mapping[str, Any], count: int) -> tuple[Logic | None, list[Doubt]]:
    text = parameters.get("query-logic", "")
    if not isinstance(text, str) or not text.strip():
        if not count:
            return None, []
        doubt = Doubt("W612", "there is no `query-logic`: it is not known what eDEx does without it", "query-logic")
        return None, [doubt]
    if not count:
        return None, [Doubt("E413", "`query-logic` names constraints, but there are none", "query-logic")]
    source = Source("logic " + " ".join(text.split()))
    program, diagnostics = parse(source)
    statement = program.statements[0] if len(program.statements) == 1 else None
    if diagnostics or not isinstance(statement, syntax.Logic):
        reason = diagnostics[0].message if diagnostics else "it has more than one expression"
        return None, [Doubt("E413", f"`query-logic` cannot be read: {reason}", "query-logic", 'write " ( 1 AND 2 ) "')]
    logic, mistakes = bind(statement.expression, Operands(count, {}, (), frozenset()), guess=True)
    doubts = [Doubt("E413", f"`query-logic`: {m.message}", "query-logic", m.help) for m in mistakes]
    if syntax.NOT in statement.expression.code:
        doubts.append(
            Doubt(
                "W613",
                "`query-logic` has NOT, which is not known to work in eDEx",
                "query-logic",
                "here it means the opposite; compiled again, the complement is sent instead",
            )
        )
    if _side_by_side(statement.expression):
        doubts.append(
            Doubt(
                "W610",
                "`query-logic` has AND and OR without brackets, and eDEx documents no precedence",
                "query-logic",
                "here AND is evaluated before OR; add brackets",
            )
        )
    return logic, doubts


def _side_by_side(expression: syntax.Expression) -> bool:
    """Whether AND and OR are mixed without brackets between them."""
    stack: list[int] = []
    for part in expression.code:
        if part in (syntax.AND, syntax.OR):
            right, left = stack.pop(), stack.pop()
            other = syntax.AND + syntax.OR - part
            if other in (left, right):
                return True
            stack.append(part)
        elif part in (syntax.NOT, syntax.GROUP):
            stack[-1] = part
        else:
            stack.append(0)
    return False
