"""Text into a syntax tree and diagnostics: the loop over the tokens, and what each rule of the grammar makes of its
children.

Operands and operators of a logical expression are emitted one by one as they are reduced, which is postfix order, and
are collected when the statement or the constraint is complete.
"""

from __future__ import annotations

from edexql.language.diagnostics import MOST, Diagnostic, in_order
from edexql.language.driver import Driver, reductions
from edexql.language.lexer import CLOSING, END, FIRST_READ, KIND, LONG, MARK, NEWLINE, OPENING, tokenize
from edexql.language.source import WATCHES, Span
from edexql.language.syntax import (
    AND,
    GROUP,
    NOT,
    OR,
    Bound,
    Constraint,
    Email,
    Expression,
    Item,
    Let,
    Logic,
    Product,
    Program,
    Word,
)
from edexql.language.tables import NODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from edexql.language.lexer import Tokens
    from edexql.language.recovery.recovery import Recovery
    from edexql.language.source import Source


# What ends a statement, and what is skipped.
_BETWEEN = frozenset({END, NEWLINE, KIND["_SEMICOLON"], *range(1, FIRST_READ)})
_SAMPLE = 400
_SAVE = "save the file as UTF-8"


def parse(source: Source) -> tuple[Program, tuple[Diagnostic, ...]]:
    """Read a whole text. There is always a tree: of what could be read, where there are errors."""
    wide = _wide_encoding(source.text[:_SAMPLE])
    if wide is not None:
        everything = Span(0, len(source.text))
        diagnostic = Diagnostic("E209", f"this text is in {wide}, not in UTF-8", source, Span(0, 1), help=_SAVE)
        return Program(source, tokenize(""), (), (everything,), damaged=True), (diagnostic,)
    tokens = tokenize(source.text)
    output: list[object] = []
    builder = Builder(tokens, output)
    driver = Driver(_REDUCTIONS, output, builder)
    recovery: Recovery | None = None
    kinds, behind_run = _runs(tokens, driver)
    step: Callable[[int, Any], bool] = driver.step
    if WATCHES:
        from edexql.language.limit import watched_step

        step = watched_step(step)
    index, fresh = 0, True
    while True:
        kind = kinds[index]
        if kind in _BETWEEN:
            if 0 < kind < FIRST_READ:
                index += 1
                continue
            builder.after = index
            fresh = True
        elif fresh:
            builder.first = index
            fresh = False
        if step(kind, index):
            if kind == END:
                break
            index += 1
            continue
        if kind == MARK:
            index = behind_run(index)
            continue
        if recovery is None:
            from edexql.language.recovery.recovery import Recovery

            # Recovery changes kinds: from here on nothing is marked.
            kinds, recovery = tokens.kinds, Recovery(source, tokens, driver)
        index = recovery.recover(index, builder.first)
        fresh = index <= builder.first
    statements = tuple(driver.result)
    if recovery is None and not source.undecodable:
        return Program(source, tokens, statements), ()
    lost = tuple(recovery.lost) if recovery else ()
    diagnostics = recovery.diagnostics if recovery else []
    diagnostics += undecodable(source)
    return Program(source, tokens, statements, lost, bool(diagnostics)), in_order(diagnostics)


def _runs(tokens: Tokens, driver: Driver) -> tuple[bytearray, Callable[[int], int]]:
    """The kinds to read, with marks in a long text, and what gives the place to go on from a mark."""
    if tokens.count <= LONG:
        return tokens.kinds, int
    from edexql.language.repetition import Runs

    runs = Runs(tokens, driver)
    return runs.kinds, runs.read


def _wide_encoding(sample: str) -> str | None:
    """The encoding of a text that has two or four bytes for each letter, where the beginning shows it."""
    zeros = sample.count("\0")
    if zeros < 2 or zeros * 3 < len(sample) or zeros * 5 > len(sample) * 4:
        return None
    return "UTF-32" if zeros * 3 > len(sample) * 2 - 3 else "UTF-16"


def undecodable(source: Source) -> list[Diagnostic]:
    """A diagnostic for each run of bytes that is not UTF-8."""
    return [
        Diagnostic(
            "E209",
            f"invalid UTF-8: {run.length} byte{'s' * (run.length > 1)} at offset {run.byte_offset} of the file",
            source,
            run.span,
            help=_SAVE,
        )
        for run in source.undecodable[:MOST]
    ]


_BOUND_KINDS = {
    KIND[name]: name.lower()
    for name in ("NUMBER", "MOMENT", "CLOCK", "NAME", "STRING", "PATTERN", "ADDRESS", "PARAMETER")
}


def _open(record: Any) -> Any:
    """A class with the slots of a record, to which can be assigned: its objects are filled in, and become records.

    Python lets an object change its class where both have the same slots. An initialiser takes twice as long.
    """
    return type(record.__name__, (), {"__slots__": record.__match_args__})


# Of what is made most.
_OpenSpan, _OpenWord, _OpenBound, _OpenItem, _OpenConstraint = map(_open, (Span, Word, Bound, Item, Constraint))


def _span(start: int, end: int) -> Span:
    span = _OpenSpan()
    span.start = start
    span.end = end
    span.__class__ = Span
    made: Span = span
    return made


def _word(text: str, span: Span) -> Word:
    word = _OpenWord()
    word.text = text
    word.span = span
    word.__class__ = Word
    made: Word = word
    return made


def _bound(kind: str, text: str, span: Span, unit: Word | None, gap: str) -> Bound:
    bound = _OpenBound()
    bound.kind = kind
    bound.text = text
    bound.span = span
    bound.unit = unit
    bound.gap = gap
    bound.__class__ = Bound
    made: Bound = bound
    return made


def _single(bound: Bound) -> Item:
    item = _OpenItem()
    item.form = "single"
    item.first = bound
    item.second = None
    item.span = bound.span
    item.__class__ = Item
    made: Item = item
    return made


def _constraint(kind: str, head: Word, items: Sequence[Item], span: Span) -> Constraint:
    constraint = _OpenConstraint()
    constraint.kind = kind
    constraint.head = head
    constraint.items = items
    constraint.span = span
    constraint.label = constraint.key = constraint.json = None
    constraint.__class__ = Constraint
    made: Constraint = constraint
    return made


# A list with a run in it has at least this many children.
LONG_LIST = 3


class Builder:
    """One method a rule, each given the children that the grammar keeps (tokens as their indices).

    `first` is the index of the first token of the statement being read and `after` that of the token
    after it; the parser sets both.
    """

    def __init__(self, tokens: Tokens, output: list[Any]) -> None:
        self._tokens = tokens
        self._output = output
        self._emit = output.append
        self.first = 0
        self.after = 0

    def start(self, children: list[Any]) -> list[Any]:
        return children

    # Values

    def bound(self, children: list[Any]) -> Bound:
        tokens = self._tokens
        index = children[0]
        if index >= tokens.count or index in tokens.mistaken:
            return Bound("missing", "", tokens.span(index))
        start, end = tokens.starts[index], tokens.ends[index]
        kind = _BOUND_KINDS[tokens.kinds[index]]
        if len(children) == 1:
            return _bound(kind, tokens.text[start:end], _span(start, end), None, "")
        unit = self._word(children[1])
        gap = tokens.text[end : unit.span.start]
        return _bound(kind, tokens.text[start:end], _span(start, unit.span.end), unit, gap)

    def between(self, children: list[Any]) -> Item:
        first, _, second = children
        return Item("between", first, second, _span(first.span.start, second.span.end))

    def since(self, children: list[Any]) -> Item:
        first, dots = children
        return Item("since", first, None, _span(first.span.start, self._tokens.ends[dots]))

    def until(self, children: list[Any]) -> Item:
        dots, second = children
        return Item("until", None, second, _span(self._tokens.starts[dots], second.span.end))

    def interval(self, children: list[Any]) -> Item:
        first, _, second = children
        return Item("interval", first, second, _span(first.span.start, second.span.end))

    def comparison(self, children: list[Any]) -> Item:
        sign, bound = children
        return Item(self._tokens.read(sign), None, bound, _span(self._tokens.starts[sign], bound.span.end))

    def path(self, children: list[Any]) -> Item:
        first, _, second = children
        return Item("path", first, second, _span(first.span.start, second.span.end))

    # Constraints

    def date(self, children: list[Any]) -> Constraint:
        return self._constraint("date", children)

    def field(self, children: list[Any]) -> Constraint:
        head = self._word(children[0])
        items = self._items(children[1:])
        return _constraint("field", head, items, _span(head.span.start, items[-1].span.end))

    def experiment(self, children: list[Any]) -> Constraint:
        return self._constraint("experiment", children)

    def raw(self, children: list[Any]) -> Constraint:
        tokens = self._tokens
        key: int = children[0]
        value, whole = self._json_after(key)
        end = tokens.ends[value[-1]]
        json = Word("".join(map(tokens.read, value)), _span(tokens.starts[value[0]], end)) if whole else None
        head = self._word_before(tokens.starts[key])
        span = _span(head.span.start, end)
        return Constraint("raw", head, (), span, key=self.bound([key]), json=json)

    def labelled(self, children: list[Any]) -> Constraint:
        label, c = self._word(children[0]), children[1]
        return Constraint(c.kind, c.head, c.items, _span(label.span.start, c.span.end), label, c.key, c.json)

    # Statements

    def product(self, children: list[Any]) -> Product:
        return Product(self._items(children), self._statement())

    def email(self, children: list[Any]) -> Email:
        return Email(_item(children[0]), self._statement())

    def let(self, children: list[Any]) -> Let:
        name, _, item = children
        return Let(self._word(name), _item(item), self._statement())

    def logic(self, children: list[Any]) -> Logic:
        return self._expression("logic")

    def where(self, children: list[Any]) -> Logic:
        return self._expression("where")

    # Logic: emitted, not returned

    def by_number(self, children: list[Any]) -> None:
        self._emit(children[0])

    def by_label(self, children: list[Any]) -> None:
        self._emit(children[0])

    def in_place(self, children: list[Any]) -> None:
        self._emit(children[0])

    def not_(self, children: list[Any]) -> None:
        self._emit(NOT)

    def and_(self, children: list[Any]) -> None:
        self._emit(AND)

    def or_(self, children: list[Any]) -> None:
        self._emit(OR)

    def group(self, children: list[Any]) -> None:
        self._emit(GROUP)

    # Parts

    def _constraint(self, kind: str, children: list[Any]) -> Constraint:
        items = self._items(children)
        head = self._word_before(items[0].span.start)
        return _constraint(kind, head, items, _span(head.span.start, items[-1].span.end))

    def _items(self, children: list[Any]) -> Sequence[Item]:
        if len(children) == 1:
            return (_item(children[0]),)
        items = tuple([_single(child) if type(child) is Bound else child for child in children])
        if len(items) < LONG_LIST or all(map(_is_item, items)):
            return items
        from edexql.language.repetition import Items

        return Items(self._tokens, items)

    def _expression(self, keyword: str) -> Logic:
        expression = Expression(tuple(self._output), self._tokens)
        self._output.clear()
        return Logic(keyword, expression, self._statement())

    def _statement(self) -> Span:
        return _span(self._tokens.starts[self.first], self._tokens.ends[self._before(self.after)])

    def _word(self, index: int) -> Word:
        tokens = self._tokens
        start, end = tokens.starts[index], tokens.ends[index]
        return _word(tokens.text[start:end], _span(start, end))

    def _word_before(self, offset: int) -> Word:
        tokens = self._tokens
        second = self.first + 1
        while second < tokens.count and tokens.kinds[second] < FIRST_READ:
            second += 1
        if second < tokens.count and tokens.starts[second] == offset:
            return self._word(self.first)
        from bisect import bisect_left

        return self._word(self._before(bisect_left(self._tokens.starts, offset, 0, self._tokens.count)))

    def _before(self, index: int) -> int:
        kinds = self._tokens.kinds
        while index > 1:
            index -= 1
            if kinds[index] >= FIRST_READ:
                return index
        return 0

    def _json_after(self, key: int) -> tuple[list[int], bool]:
        """The tokens of the JSON value after a key, and whether all of it is there as it was written."""
        kinds = self._tokens.kinds
        value: list[int] = []
        depth = 0
        for index in self._tokens.following(key + 1):
            kind = kinds[index]
            depth += (kind in OPENING) - (kind in CLOSING)
            value.append(index)
            if depth <= 0 or kind == END:
                break
        return value, depth == 0 and not self._tokens.mistaken.intersection(value)


# The method of each rule. Rules that pass a child on, make a list, or read JSON need none: `start` stands in.
_REDUCTIONS = reductions([getattr(Builder, name or "start", Builder.start) for name in NODES])


def _is_item(child: object) -> bool:
    return type(child) is Item


def _item(child: Item | Bound) -> Item:
    return _single(child) if isinstance(child, Bound) else child
