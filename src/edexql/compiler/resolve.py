"""Syntax tree into query: names looked up, values read, constraints numbered, logic bound to numbers."""

from __future__ import annotations

from itertools import repeat

import edexql.base as base
from edexql.base.record import Record
from edexql.compiler import values
from edexql.compiler.expressions import LabelWords, Operands, Origin, bind, spelled
from edexql.compiler.periods import explained, period
from edexql.language import syntax
from edexql.language.diagnostics import MOST, AlreadyReported, Diagnostic, Fix, Mistake, Note, in_order
from edexql.language.lexer import KIND
from edexql.language.source import WATCHES, Span
from edexql.language.tables import WORDS
from edexql.model.query import Constraint, Json, Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from typing import TypeVar

    from edexql.compiler.long_lists import Origins
    from edexql.compiler.parameters import Given, Parameters
    from edexql.language.source import Source
    from edexql.language.syntax import Item, Program
    from edexql.model.field import Field
    from edexql.model.logic import Logic
    from edexql.model.period import Period
    from edexql.model.query import Tag
    from edexql.model.range import Range
    from edexql.model.vocabulary import Vocabulary

    T = TypeVar("T")
    Value = Period | Range | str | Tag


class Resolved(Record):
    """A query and how it hangs on its text.

    `numbers` and `origins` run in parallel with the constraints of the query; where errors left some out,
    the numbers have gaps and the query has no logic, but `logic` is still that of the text, as far as it could
    be read. `places` says where `product NAME` and `raw KEY` stand.
    """

    program: Program
    query: Query
    numbers: Sequence[int]
    origins: Sequence[Origin]
    logic: Logic | None
    places: dict[str, Span]
    vocabulary: Vocabulary
    today: date
    used_parameters: frozenset[str]
    unused_parameters: tuple[tuple[str, Source, Span], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        return bool(self.diagnostics) and any(diagnostic.is_error for diagnostic in self.diagnostics)


def resolve(
    program: Program,
    vocabulary: Vocabulary,
    today: date,
    outside: Mapping[str, Given],
) -> Resolved:
    """Resolve a syntax tree. There is always a query: of what could be resolved, where there are errors."""
    return _Resolver(program, vocabulary, today, outside).run()


def _parameters(program: Program, outside: Mapping[str, Given]) -> Parameters | None:
    """The parameters of a text, None where it neither sets nor uses any and none are given beside it."""
    lets = [statement for statement in program.statements if isinstance(statement, syntax.Let)]
    if not lets and not outside and KIND["PARAMETER"] not in program.tokens.kinds:
        return None
    from edexql.compiler.parameters import Parameters

    return Parameters(outside, {let.name.text.lower(): let.name.span for let in reversed(lets)})


class _Resolver:
    def __init__(self, program: Program, vocabulary: Vocabulary, today: date, outside: Mapping[str, Given]) -> None:
        self._program = program
        self._vocabulary = vocabulary
        self._today = today
        self._parameters = _parameters(program, outside)
        self._diagnostics: list[Diagnostic] = []
        self._products: dict[str, Span] = {}
        self._constraints: list[Constraint | None] = []
        self._origins: list[Origin] | Origins = []
        self._labels: dict[str, tuple[Span, list[int]]] = {}
        # Labels with an underscore, and where all labels stand, once that is asked for.
        self._misspelled: set[str] = set()
        self._label_words: LabelWords | None = None
        self._extras: dict[str, tuple[Json, Span]] = {}
        self._email: tuple[str | None, Span] | None = None
        # What `_reader` gave for the names of constraints that stand in runs.
        self._readers: dict[str, tuple[str, str, Callable[[Item], Value], Field | None] | None] = {}
        self._logic: syntax.Logic | None = None
        # The statement of which it was looked for numbers with commas, and these.
        self._commas: tuple[syntax.Constraint | None, dict[Span, str]] = (None, {})
        self._in_place: list[int] = []

    def run(self) -> Resolved:
        statements: Iterable[syntax.Statement] = self._program.statements
        if WATCHES:
            from edexql.language.limit import watched

            statements = watched(statements)
        for statement in statements:
            try:
                self._statement(statement)
            except Mistake as mistake:
                self._report(mistake)
            except AlreadyReported:
                pass
        logic = None
        if self._logic is not None:
            operands = Operands(len(self._constraints), self._labels, self._in_place, self._lost_labels())
            logic, mistakes = bind(self._logic.expression, operands, guess=not self._program.lost)
            for problem in mistakes:
                self._report(problem)
        numbers, origins = self._kept()
        kept = [c for c in self._constraints if c is not None]
        query = Query(
            tuple(self._products),
            tuple(kept),
            logic if len(kept) == len(self._constraints) else None,
            self._email[0] if self._email else None,
            tuple((key, value) for key, (value, _) in self._extras.items()),
        )
        used, unused = self._parameters.uses(self._program.source) if self._parameters else (frozenset(), ())
        return Resolved(
            self._program,
            query,
            numbers,
            origins,
            logic,
            {f"product {name}": span for name, span in self._products.items()}
            | {f"raw {key}": span for key, (_, span) in self._extras.items()},
            self._vocabulary,
            self._today,
            used,
            unused,
            in_order(self._diagnostics),
        )

    # Statements

    def _statement(self, statement: syntax.Statement) -> None:
        if isinstance(statement, syntax.Constraint):
            self._constraint(statement)
        elif isinstance(statement, syntax.Product):
            for item in statement.items:
                self._try(self._product, item)
        elif isinstance(statement, syntax.Email):
            if self._email:
                raise self._twice("email", statement.span, self._email[1])
            self._email = (None, statement.span)
            self._email = (values.address(self._filled(statement.item)), statement.span)
        elif isinstance(statement, syntax.Let):
            if self._parameters:
                self._parameters.define(statement)
        else:
            in_place = [len(self._constraints) + 1]
            for constraint in statement.expression.constraints():
                if type(constraint) is syntax.Constraint:
                    self._constraint(constraint)
                else:
                    self._plain(constraint)
                in_place.append(len(self._constraints) + 1)
            if self._logic is not None:
                raise self._twice("logic", statement.span, self._logic.span)
            self._logic, self._in_place = statement, in_place

    def _product(self, item: Item) -> None:
        for name in values.products(self._filled(item), self._vocabulary):
            self._products.setdefault(name, item.span)

    def _constraint(self, statement: syntax.Constraint) -> None:
        first = len(self._constraints)
        if statement.kind == "raw":
            self._try(self._raw, statement)
        elif statement.kind == "field":
            self._field(statement)
        elif statement.kind == "date":
            self._elements(statement, "date", "date", lambda item: period(item, self._today))
        else:
            name = "experiment"
            self._elements(statement, "experiment", name, lambda item: values.tag(item, self._vocabulary))
        if statement.label is not None:
            self._label(statement.label, list(range(first + 1, len(self._constraints) + 1)))

    def _field(self, statement: syntax.Constraint) -> None:
        known = self._reader(statement.head.text)
        if known is not None:
            self._elements(statement, *known)
            return
        for item in statement.items:
            self._add(None, item.span, statement.head.span)
        if len(self._diagnostics) < MOST:
            text = self._program.source.text[statement.span.start : statement.span.end]
            self._report(_undated(statement, text, self._today) or _unknown_name(statement, self._vocabulary))

    def _reader(self, name: str) -> tuple[str, str, Callable[[Item], Value], Field | None] | None:
        """The kind and the key of constraints that begin with a name, what reads their items, and the field of ranges.

        None where the name is unknown.
        """
        vocabulary = self._vocabulary
        key = vocabulary.canonical(name)
        field = vocabulary.field(key)
        if field is not None and field.shape != "word":
            from edexql.compiler.ranges import value_range

            return "range", key, lambda item: value_range(item, field), field
        if field is not None or vocabulary.instrument(key) is not None:
            return "word", key, lambda item: values.value(item, key, vocabulary), None
        return None

    def _elements(
        self,
        statement: syntax.Constraint,
        kind: str,
        key: str,
        read: Callable[[Item], Value],
        field: Field | None = None,
    ) -> None:
        label = statement.label.text.lower() if statement.label else None
        head, items = statement.head.span, statement.items

        def element(item: Item) -> Constraint | None:
            filled = item
            try:
                filled = self._filled(item)
                return Constraint(kind, key, read(filled), label)
            except Mistake as mistake:
                self._report(self._explained(mistake, item, filled, statement, field))
            except AlreadyReported:
                pass
            return None

        if isinstance(items, tuple):
            for item in items:
                self._add(element(item), item.span, head)
            return
        from edexql.compiler.long_lists import periods
        from edexql.language.repetition import Items

        assert isinstance(items, Items)
        origins = self._long_origins(head)
        known = periods(items, self._today) if kind == "date" else repeat(None, len(items))
        for place, value in enumerate(known):
            constraint = element(items[place]) if value is None else Constraint(kind, key, value, label)
            self._constraints.append(constraint)
            origins.add_item(items, place)

    def _explained(
        self, mistake: Mistake, item: Item, filled: Item, statement: syntax.Constraint, field: Field | None
    ) -> Mistake:
        """A mistake in an item, with what to write instead; `filled` is the item with the values of its parameters."""
        if statement.kind == "date":
            typed = self._program.source.text[item.span.start : item.span.end] if filled is item else None
            if len(self._diagnostics) < MOST:
                mistake = explained(mistake, filled, typed, self._today)
        if self._parameters:
            mistake.message += self._parameters.values_of(item)
        if field is not None:
            if statement is not self._commas[0]:
                self._commas = statement, _with_commas(statement, self._program.source)
            mistake.help = self._commas[1].get(item.span, mistake.help)
        return mistake

    def _plain(self, constraint: syntax.Constraint) -> None:
        """A constraint of a run of operands. Where anything is wrong with it, it is read as all others are."""
        from edexql.language.repetition import PlainConstraint

        assert isinstance(constraint, PlainConstraint)
        name = constraint.name
        if name not in self._readers:
            self._readers[name] = self._reader(name)
        known = self._readers[name]
        origins = self._long_origins(None)
        if known is not None:
            kind, key, read, _ = known
            try:
                self._constraints.append(Constraint(kind, key, read(constraint.unplaced_item())))
            except (Mistake, AlreadyReported):
                pass
            else:
                origins.add_token(constraint.first + 1)
                return
        self._constraint(constraint.node())
        origins.shorten(constraint.first + 1)

    def _long_origins(self, head: Span | None) -> Origins:
        from edexql.compiler.long_lists import Origins

        if not isinstance(self._origins, Origins):
            self._origins = Origins(self._program.tokens, self._origins)
        self._origins.begin(head)
        return self._origins

    def _kept(self) -> tuple[Sequence[int], Sequence[Origin]]:
        """The numbers of the constraints that could be read, and where they stand."""
        origins = self._origins
        if not isinstance(origins, list) and all(c is not None for c in self._constraints):
            return range(1, len(origins) + 1), origins
        numbers = [number for number, c in enumerate(self._constraints, 1) if c is not None]
        return tuple(numbers), tuple([origins[number - 1] for number in numbers])

    def _raw(self, statement: syntax.Constraint) -> None:
        if statement.key is None or statement.json is None or statement.key.kind == "missing":
            raise AlreadyReported
        key = values.raw_key(statement.key)
        value = values.raw_value(statement.json)
        if isinstance(value, list):
            if key in self._extras:
                raise self._twice(f"raw {base.text.shown(key)}", statement.span, self._extras[key][1])
            label = statement.label.text.lower() if statement.label else None
            for element in value:
                self._add(Constraint("raw", key, element, label), statement.json.span, statement.head.span)
            return
        if statement.label is not None:
            raise Mistake(
                "E305",
                "this label has no constraint: only the elements of a list are constraints",
                statement.label.span,
                help="remove the label, or put the value in [ ]",
            )
        if key in self._extras:
            raise self._twice(f"raw {base.text.shown(key)}", statement.span, self._extras[key][1])
        if any(c is not None and c.kind == "raw" and c.key == key for c in self._constraints):
            raise Mistake("E310", f"the key {base.text.shown(key)} already has numbered elements", statement.span)
        self._extras[key] = (value, statement.span)

    # Parts

    def _filled(self, item: Item) -> Item:
        return self._parameters.filled(item) if self._parameters else item

    def _add(self, constraint: Constraint | None, span: Span, head: Span) -> None:
        self._constraints.append(constraint)
        self._origins.append(Origin(span, head))

    def _label(self, word: syntax.Word, numbers: list[int]) -> None:
        name = word.text.lower()
        if "_" in name:
            self._misspelled.add(name)
            raise self._underscored(word, spelled(name))
        if name in self._labels:
            raise Mistake(
                "E305",
                f"the label `{name}` is defined twice",
                word.span,
                notes=(Note(self._labels[name][0], "first defined here"),),
                help="choose another name for one of the two",
            )
        self._labels[name] = (word.span, numbers)

    def _underscored(self, word: syntax.Word, right: str) -> Mistake:
        help, fix = "a label has letters, digits and hyphens", None
        if len(self._diagnostics) < MOST:
            self._label_words = self._label_words or LabelWords(self._program)
            fix = self._label_words.renamed(word, right)
            if fix is None:
                help += ": choose another name"
            else:
                help += f": write `{right}`" + (" here and in the logic" if fix.span != word.span else "")
        return Mistake("E305", f"{base.text.shown(word.text)} cannot be a label", word.span, help=help, fix=fix)

    def _lost_labels(self) -> frozenset[str]:
        """Labels of statements that could not be read, and those that are none."""
        text = self._program.source.text
        heads = (text[span.start : span.end].partition(":") for span in self._program.lost)
        return frozenset(name.strip().lower() for name, colon, _ in heads if colon) | self._misspelled

    def _twice(self, what: str, span: Span, first: Span) -> Mistake:
        return Mistake(
            "E310",
            f"{what} is given twice",
            span,
            notes=(Note(first, "first given here"),),
            help="a query has one logic: join the two with AND or OR" if what == "logic" else "keep one of the two",
        )

    def _try(self, action: Callable[[T], None], argument: T) -> None:
        try:
            action(argument)
        except Mistake as mistake:
            self._report(mistake)
        except AlreadyReported:
            pass

    def _report(self, mistake: Mistake) -> None:
        if len(self._diagnostics) < MOST:
            self._diagnostics.append(mistake.diagnostic(self._program.source))


def _undated(statement: syntax.Constraint, text: str, today: date) -> Mistake | None:
    """A statement such as `since 2019-05-01`: a period without the word `date`."""
    from edexql.language.recovery.period_notations import read

    reading = read(text, today) if statement.label is None else None
    if reading is None or not reading.certain:
        return None
    right = f"date {reading.texts[0]}"
    message = "a date needs the word `date` before it"
    return Mistake("E301", message, statement.span, help=f"write `{right}`", fix=Fix(statement.span, right))


def _with_commas(statement: syntax.Constraint, source: Source) -> dict[Span, str]:
    """What to write in place of items that are parts of a number with commas, by where they stand."""
    from edexql.compiler.digit_groups import thousands

    help_at = {Span(0, 0): ""}
    for part in thousands(statement, source.text):
        for item in statement.items[part.first : part.last + 1]:
            help_at[item.span] = f"a comma separates values: write {base.text.shown(part.number)}"
    return help_at


def _unknown_name(statement: syntax.Constraint, vocabulary: Vocabulary) -> Mistake:
    name = statement.head.text
    starts = [word for word in WORDS if word not in ("and", "or", "not")]
    near = base.text.nearest(name, [*starts, *vocabulary.constraint_names()])
    help = base.text.did_you_mean(near)
    if name.lower() == "result_filenames":
        help = "the client fills it from the listing: remove it"
    elif help is None:
        help = "`edexql vocabulary` lists all names"
    return Mistake(
        "E301",
        f"unknown statement, instrument or field {base.text.shown(name)}",
        statement.head.span,
        help=help,
        fix=Fix(statement.head.span, near[0]) if base.text.certain(name, near) else None,
    )
