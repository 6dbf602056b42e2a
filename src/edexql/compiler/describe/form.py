"""A query as the tabs of eDEx Web show it: products, numbered constraints with their values, logic as a flat tree.

Every statement and every comment of the text stands in exactly one place of it, with its offsets in the text (code
points, a byte order mark not counted), so that nothing is lost that a form cannot show.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler import values
from edexql.compiler.describe.form_logic import FormLogic, FormNode, logic_form
from edexql.compiler.editing.document import elements_of
from edexql.compiler.editing.product_edits import product_names
from edexql.compiler.editing.switches.comments import read_off
from edexql.language.diagnostics import Mistake
from edexql.language.lexer import COMMENT, FIRST_READ
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Constraint, Email, Logic, Product
from edexql.model.number import plain
from edexql.model.period import Period, moment
from edexql.model.query import Json, Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from edexql.compiler.editing.document import Element
    from edexql.compiler.request import Compilation
    from edexql.compiler.resolve import Resolved
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Item, Program, Statement
    from edexql.model.query import Constraint as Meant
    from edexql.model.vocabulary import Vocabulary

__all__ = [
    "Form", "FormComment", "FormConstraint", "FormEmail", "FormLogic", "FormNode", "FormOff", "FormOther",
    "FormProduct", "form",
]  # fmt: skip


class FormProduct(Record):
    """A product; `text` is what names it in the query: its name, an alias, or a pattern that names others too."""

    name: str
    text: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "text": self.text, "from": self.start, "to": self.end}


class FormConstraint(Record):
    """A numbered constraint.

    `tab` is date, geophysical, instrument, spacecraft, experiment or raw, and unknown for a name that is in no
    vocabulary. `head` is the name in the vocabulary, `text` the constraint as written, without its label. `place` is
    list, or where for one that is written in place. `wire` has its numbers in what is sent. `value` is plain data, None
    where it cannot be resolved: of a date its start and end, which is exclusive, in ISO 8601, and what was written; of
    a field the bounds in its unit as texts; a value of an instrument; group and tag of an experiment.

    The first constraint of a statement begins where the statement does, and the last ends there.
    """

    number: int
    label: str | None
    tab: str
    head: str
    text: str
    start: int
    end: int
    place: str
    in_logic: bool
    wire: tuple[int, ...]
    value: Mapping[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "label": self.label,
            "tab": self.tab,
            "head": self.head,
            "text": self.text,
            "from": self.start,
            "to": self.end,
            "place": self.place,
            "in_logic": self.in_logic,
            "wire": list(self.wire),
            "value": None if self.value is None else dict(self.value),
        }


class FormOther(Record):
    """What a form shows as its text: `let`, `raw` without numbers, and what is given once more than it can be."""

    kind: str
    text: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "from": self.start, "to": self.end}


class FormOff(Record):
    """A comment that holds what is switched off: a constraint, or `logic` and a part of the logic.

    `tab`, `head`, `label` and `text` are as those of a constraint; `tab` is logic for a part of the logic, and unknown
    for what cannot be read. `logic` is the expression that named it, as it stood.
    """

    text: str
    logic: str | None
    tab: str
    head: str
    label: str | None
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "logic": self.logic,
            "tab": self.tab,
            "head": self.head,
            "label": self.label,
            "from": self.start,
            "to": self.end,
        }


class FormComment(Record):
    """Any other comment."""

    text: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "from": self.start, "to": self.end}


class FormEmail(Record):
    """The statement with the e-mail address."""

    address: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"address": self.address, "from": self.start, "to": self.end}


class Form(Record):
    """A query as forms show it."""

    products: tuple[FormProduct, ...]
    constraints: tuple[FormConstraint, ...]
    others: tuple[FormOther, ...]
    off: tuple[FormOff, ...]
    comments: tuple[FormComment, ...]
    email: FormEmail | None
    logic: FormLogic

    def to_dict(self) -> dict[str, Any]:
        return {
            "products": [part.to_dict() for part in self.products],
            "constraints": [part.to_dict() for part in self.constraints],
            "others": [part.to_dict() for part in self.others],
            "off": [part.to_dict() for part in self.off],
            "comments": [part.to_dict() for part in self.comments],
            "email": None if self.email is None else self.email.to_dict(),
            "logic": self.logic.to_dict(),
        }


def form(done: Compilation) -> Form | None:
    """The form of a compilation; None where the text has errors of syntax. Errors of meaning leave values open."""
    resolved = done.resolved
    program = resolved.program
    if program.damaged:
        return None
    elements = tuple(elements_of(program))
    first = {Email: -1, Logic: -1}
    for index, statement in enumerate(program.statements):
        if first.get(type(statement)) == -1:
            first[type(statement)] = index
    logic = logic_form(program, first[Logic], elements, resolved.vocabulary)
    named = {number for node in logic.nodes for number in node.numbers}
    wire = {use.number: use.wire_numbers for use in done.lowered.uses}
    off, comments = _comments(program.tokens, resolved.vocabulary)
    email = program.statements[first[Email]] if first[Email] >= 0 else None
    return Form(
        tuple(_products(resolved)),
        tuple(_constraints(resolved, elements, named, wire)),
        tuple(_others(program, elements, first)),
        tuple(off),
        tuple(comments),
        _email(email, resolved) if isinstance(email, Email) else None,
        logic,
    )


def _products(resolved: Resolved) -> Iterator[FormProduct]:
    """Each product that the text names; with the first of a statement goes its keyword."""
    for statement in resolved.program.statements:
        if not isinstance(statement, Product):
            continue
        for place, item in enumerate(statement.items):
            text, start = item.written, item.span.start if place else statement.span.start
            for name in product_names(item, resolved.vocabulary) or (text,):
                yield FormProduct(name, text, start, item.span.end)


def _constraints(
    resolved: Resolved, elements: Sequence[Element], named: set[int], wire: Mapping[int, tuple[int, ...]]
) -> Iterator[FormConstraint]:
    program, tokens = resolved.program, resolved.program.tokens
    names = Names(resolved.vocabulary)
    resolved_values = {
        origin.span.start: constraint
        for origin, constraint in zip(resolved.origins, resolved.query.constraints, strict=True)
    }
    before: Constraint | None = None
    for place, element in enumerate(elements):
        constraint = element.constraint
        tab, head = names.of(constraint)
        start, end = tokens.starts[element.first], tokens.ends[element.last]
        following = elements[place + 1].constraint if place + 1 < len(elements) else None
        meant = resolved_values.get(start)
        if constraint.kind == "raw":
            text, value = f"{_raw_head(constraint)} [{_plain(tokens, element.first, element.last)}]", None
        else:
            text = f"{constraint.head.text.lower()} {constraint.items[element.place].written}"
            value = None if meant is None else _value(meant, constraint.items[element.place])
        label = constraint.label
        yield FormConstraint(
            element.number,
            None if label is None else label.text.lower(),
            tab,
            head,
            text,
            start if constraint is before else constraint.span.start,
            end if constraint is following else constraint.span.end,
            "where" if isinstance(program.statements[element.statement], Logic) else "list",
            element.number in named,
            wire.get(element.number, ()),
            value,
        )
        before = constraint


class Names:
    """The tab and the name in the vocabulary of each constraint."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, constraint: Constraint) -> tuple[str, str]:
        if constraint.kind == "raw":
            return "raw", _key(constraint)
        if constraint.kind != "field":
            return constraint.kind, constraint.kind
        word = constraint.head.text
        if word not in self._known:
            name = self._vocabulary.canonical(word)
            field = self._vocabulary.field(name)
            instrument = "unknown" if self._vocabulary.instrument(name) is None else "instrument"
            self._known[word] = instrument if field is None else field.tab, name
        return self._known[word]


def _key(constraint: Constraint) -> str:
    """The key of `raw`, as it is written where it cannot be resolved."""
    if constraint.key is None:
        return "raw"
    try:
        return values.string(constraint.key)
    except Mistake:
        return constraint.key.text


def _raw_head(constraint: Constraint) -> str:
    return f"raw {constraint.key.text if constraint.key else ''}".rstrip()


def _plain(tokens: Tokens, first: int, last: int) -> str:
    """The text of some tokens, on one line and without comments."""
    read = [index for index in range(first, last + 1) if tokens.kinds[index] >= FIRST_READ]
    if len(read) == last + 1 - first:
        return tokens.text[tokens.starts[first] : tokens.ends[last]]
    return "".join(map(tokens.read, read))


def _value(constraint: Meant, item: Item) -> Mapping[str, Any] | None:
    value = constraint.value
    if isinstance(value, Period):
        return {"start": _moment(value.start), "end": _moment(value.end), "written": item.written}
    if isinstance(value, str):
        return {"value": value}
    if isinstance(value, Tag):
        return {"group": value.group, "tag": value.name}
    if isinstance(value, Json):
        return None
    return {
        "low": None if value.low is None else plain(value.low),
        "high": None if value.high is None else plain(value.high),
        "low_open": value.without_low,
        "high_open": value.without_high,
    }


def _moment(second: int | None) -> str | None:
    if second is None:
        return None
    text = moment(second)
    return None if text == ".." else text


def _others(program: Program, elements: Sequence[Element], first: Mapping[type, int]) -> Iterator[FormOther]:
    numbered = {element.statement for element in elements}
    for index, statement in enumerate(program.statements):
        if isinstance(statement, Product) or first.get(type(statement)) == index:
            continue
        if isinstance(statement, Constraint) and index in numbered:
            continue
        span = statement.span
        yield FormOther(_kind(statement), program.source.text[span.start : span.end], span.start, span.end)


def _kind(statement: Statement) -> str:
    if isinstance(statement, Logic):
        return statement.keyword
    return "raw" if isinstance(statement, Constraint) else type(statement).__name__.lower()


def _email(statement: Email, resolved: Resolved) -> FormEmail:
    address = resolved.query.email or statement.item.written
    return FormEmail(address, statement.span.start, statement.span.end)


def _comments(tokens: Tokens, vocabulary: Vocabulary) -> tuple[list[FormOff], list[FormComment]]:
    off: list[FormOff] = []
    comments: list[FormComment] = []
    names = Names(vocabulary)
    for index in range(tokens.count):
        if tokens.kinds[index] == COMMENT:
            text, start, end = tokens.read(index), tokens.starts[index], tokens.ends[index]
            switched_off = _off(text, start, end, names)
            if switched_off is None:
                comments.append(FormComment(text.rstrip(), start, end))
            else:
                off.append(switched_off)
    return off, comments


def _off(comment: str, start: int, end: int, names: Names) -> FormOff | None:
    held = read_off(comment)
    if held is None:
        return None
    logic = None if held.logic is None else held.logic.partition(" ")[2]
    program, diagnostics = parse(Source(held.text))
    statement = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    if isinstance(statement, Logic):
        return FormOff(held.text, logic, "logic", statement.keyword, None, start, end)
    if not isinstance(statement, Constraint):
        return FormOff(held.text, logic, "unknown", "", None, start, end)
    tab, head = names.of(statement)
    label = None if statement.label is None else statement.label.text.lower()
    text = program.source.text[statement.head.span.start : statement.span.end]
    return FormOff(text, logic, tab, head, label, start, end)
