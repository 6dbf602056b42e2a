"""Removal of parts of a query, and new numbers for the rest."""

from __future__ import annotations

from edexql.base.text import did_you_mean, nearest, shown
from edexql.compiler.editing.document import (
    EditError,
    constraints_of,
    finished,
    labels_of,
    line_end,
    logic_of,
    ranges_of,
    read,
    spliced,
    there_are,
    within,
)
from edexql.compiler.editing.logic_edits import number_of, renumbered, rewritten, splice_of, without_elements
from edexql.compiler.editing.switches.comments import is_off
from edexql.language.lexer import COMMENT, KIND
from edexql.language.syntax import Email, Let, Logic, Product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.compiler.editing.document import Sheet

_PARAMETER = KIND["PARAMETER"]
_STATEMENTS = {
    "logic": (Logic, "logic"),
    "where": (Logic, "logic"),
    "product": (Product, "product"),
    "email": (Email, "e-mail address"),
}


def dropped(text: str, references: Sequence[str]) -> str:
    """A query without some of its parts, laid out.

    A reference is the number or the label of a constraint, a product, `$NAME` for a `let`, or one of the words
    `product` (all of them), `logic` and `email`. A constraint goes with the comment after it and vanishes from
    the logic, which then has the new numbers of the others; comments on lines of their own stay, and so does what
    is switched off.

    Raises EditError where there is no such part, or where another part needs it.
    """
    sheet = read(text)
    going = _Going(sheet)
    for reference in references:
        going.add(reference)
    going.settle()
    return finished(spliced(sheet.text, going.splices()))


def without_logic(text: str) -> str:
    """A query without its logic, laid out; the comments of it stay, each on a line of its own.

    Raises EditError where there is no logic.
    """
    sheet = read(text)
    spans = [statement.span for statement in sheet.program.statements if isinstance(statement, Logic)]
    if not spans:
        raise EditError("the query has no logic")
    splices: list[tuple[int, int, str]] = []
    for span in spans:
        end = line_end(sheet.text, span.end)
        comments = comments_between(sheet, span.start, end)
        splices.append((span.start, end, "".join(f"{comment}\n" for comment in comments)))
    return finished(spliced(sheet.text, splices))


def comments_between(sheet: Sheet, start: int, end: int) -> list[str]:
    """The comments between two places of a text."""
    tokens = sheet.tokens
    places = [i for i in range(tokens.count) if tokens.kinds[i] == COMMENT and start <= tokens.starts[i] < end]
    return [tokens.read(index).rstrip() for index in places]


class _Going:
    """What is to go: elements by number, whole statements by index, products by statement and place."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._statements: set[int] = set()
        self._numbers: set[int] = set()
        self._products: dict[int, set[int]] = {}
        self._logic = logic_of(sheet.program)
        self._labels = labels_of(sheet.program)
        self._named: dict[str, list[tuple[int, int]]] = {}
        self._lets: dict[str, int] = {}
        for index, statement in enumerate(sheet.program.statements):
            if isinstance(statement, Product):
                for place, item in enumerate(statement.items):
                    name = sheet.text[item.span.start : item.span.end].lower()
                    self._named.setdefault(name.strip('"'), []).append((index, place))
            elif isinstance(statement, Let):
                self._lets[f"${statement.name.text.lower()}"] = index

    def add(self, reference: str) -> None:
        """Take in a reference. Raises EditError where there is nothing of the name."""
        name = reference.strip().lower()
        statements = self._sheet.program.statements
        if name.isdigit():
            if not 1 <= number_of(name) <= len(self._sheet.elements):
                raise EditError(f"there is no constraint {shown(name)[1:-1]}", there_are(len(self._sheet.elements)))
            self._numbers.add(number_of(name))
        elif name in self._labels:
            self._statements.add(self._labels[name])
        elif name in self._lets:
            self._statements.add(self._lets[name])
        elif name in self._named:
            for index, place in self._named[name]:
                self._products.setdefault(index, set()).add(place)
        elif name in _STATEMENTS:
            kind, what = _STATEMENTS[name]
            indices = [index for index, statement in enumerate(statements) if isinstance(statement, kind)]
            if not indices:
                raise EditError(f"the query has no {what}")
            self._statements.update(indices)
        else:
            known = [*self._labels, *self._lets, *self._named]
            near = did_you_mean(nearest(name, known))
            raise EditError(
                f"the query has no part {shown(reference)}", near or "use the number of a part, as in `drop 2`"
            )

    def settle(self) -> None:
        """Statements nothing is left of go as a whole. Raises EditError where a part that stays needs one that goes."""
        touched: set[int] = set()
        for element in self._sheet.elements:
            if element.statement in self._statements:
                self._numbers.add(element.number)
            elif element.number in self._numbers:
                touched.add(element.statement)
        statements = self._sheet.program.statements
        left = {e.statement for e in self._sheet.elements if e.number not in self._numbers}
        self._statements |= {index for index in touched - left if index != self._logic}
        for index, places in self._products.items():
            statement = statements[index]
            if isinstance(statement, Product) and len(places) == len(statement.items):
                self._statements.add(index)
        self._check_parameters()

    def _check_parameters(self) -> None:
        sheet, statements = self._sheet, self._sheet.program.statements
        names = {name: index for name, index in self._lets.items() if index in self._statements}
        if not names:
            return
        partly = self._gone_tokens()
        for index, statement in enumerate(statements):
            if index in self._statements:
                continue
            first, last = within(sheet.tokens, statement.span)
            for token in range(first, last + 1):
                name = sheet.tokens.read(token).lower()
                if sheet.tokens.kinds[token] == _PARAMETER and name in names and token not in partly:
                    line = sheet.text[statement.span.start : statement.span.end]
                    raise EditError(f"{shown(name)} is used in {shown(line)}", "drop or change that first")

    def splices(self) -> Iterable[tuple[int, int, str]]:
        """What to put where in the text."""
        sheet, tokens = self._sheet, self._sheet.tokens
        left = [element.number for element in sheet.elements if element.number not in self._numbers]
        numbers = {number: new for new, number in enumerate(left, 1)}
        labels = {label for label, index in self._labels.items() if index in self._statements}
        gone = self._gone_tokens()
        changed = {element.statement for element in sheet.elements if element.number in self._numbers}
        changed |= self._products.keys()
        for index, statement in enumerate(sheet.program.statements):
            span = statement.span
            new: str | None
            if index in self._statements:
                new = None
            elif index == self._logic and self._numbers:
                new = renumbered(sheet, index, numbers, labels)
            elif index in changed:
                new = rewritten(tokens, *within(tokens, span), gone, {})
            else:
                continue
            if new is None:
                end = line_end(sheet.text, span.end)
                off = [comment for comment in comments_between(sheet, span.start, end) if is_off(comment)]
                yield span.start, end, "".join(f"{comment}\n" for comment in off)
            else:
                yield splice_of(sheet.text, span, new)

    def _gone_tokens(self) -> set[int]:
        """The tokens that go from statements of which something stays, without those of the logic."""
        sheet, tokens = self._sheet, self._sheet.tokens
        places: dict[int, set[int]] = {index: set(gone_places) for index, gone_places in self._products.items()}
        for element in sheet.elements:
            if element.number in self._numbers:
                places.setdefault(element.statement, set()).add(element.place)
        gone: set[int] = set()
        for index, lost in places.items():
            statement = sheet.program.statements[index]
            if isinstance(statement, Product):
                gone |= without_elements(tokens, [within(tokens, item.span) for item in statement.items], lost)
            elif index != self._logic:
                (constraint,) = constraints_of(statement)
                gone |= without_elements(tokens, ranges_of(constraint, tokens), lost)
        return gone
