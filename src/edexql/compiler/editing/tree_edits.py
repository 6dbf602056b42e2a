"""Edits of the logic as a tree: parts are moved, grouped, negated, removed, or joined by the other operator.

They work on `logic`, on `where` with the constraints that are written in it, and on the default logic, which is then
written. Brackets are put where the new grouping needs them; those that were written stay where they stand.
"""

from __future__ import annotations

from edexql.compiler.editing.document import (
    EditError,
    finished,
    labels_of,
    logic_of,
    numbers_named,
    on_line,
    read,
    spliced,
    within,
)
from edexql.compiler.editing.entry import entered
from edexql.compiler.editing.logic_edits import number_of, splice_of
from edexql.compiler.editing.logic_tree import AND, NOT, OPERAND, OR, default_expression, tree
from edexql.compiler.editing.removal import without_logic
from edexql.language.lexer import COMMENT, KIND
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.model.vocabulary import Vocabulary

_NUMBER = KIND["NUMBER"]


def moved(text: str, node: int, target: int, place: str, vocabulary: Vocabulary) -> str:
    """A query in which a part of the logic stands before or after another, or as the last `into` one, laid out.

    Before and after a part is beside it, under the operator that joins it; beside the whole it is joined by AND, and
    beside what NOT negates it is beside the NOT. A NOT of which nothing is left goes. Raises EditError where a part
    would be moved into itself, or into one that is no AND and no OR.
    """
    page = _Page(text, vocabulary)
    part, beside = page.part(node), page.part(target)
    if part in beside.lineage():
        raise EditError("a part of the logic cannot be moved into itself")
    if place == "into" and beside.operator not in (AND, OR):
        raise EditError("only AND and OR can take a part in", "group the two by AND or OR instead")
    gap = part.leave()
    if place == "into":
        beside.insert(len(beside.children), part)
    else:
        while beside.parent is not None and beside.parent.operator == NOT:
            beside = beside.parent
        home = beside.parent
        if home is None:
            home = page.root = _Part(AND)
            home.insert(0, beside)
        home.insert(home.children.index(beside) + (place == "after"), part)
    page.close(gap)
    return page.text()


def grouped(text: str, nodes: Sequence[int], operator: str, vocabulary: Vocabulary) -> str:
    """A query in which parts of the logic are joined by an operator, where the first of them stood, laid out.

    Raises EditError for fewer than two parts, and where one of them is within another.
    """
    page = _Page(text, vocabulary)
    parts = [page.part(node) for node in sorted(set(nodes))]
    if len(parts) < 2:
        raise EditError("a group needs two parts of the logic at least")
    if any(other in part.lineage() for part in parts for other in parts if other is not part):
        raise EditError("a part of the logic cannot be grouped with a part of itself")
    group = _Part(operator)
    gaps = [part.leave() for part in parts]
    for part in parts:
        group.insert(len(group.children), part)
    page.put(gaps[0], group)
    for gap in gaps[1:]:
        page.close(gap)
    return page.text()


def operator_over(text: str, references: Sequence[str], vocabulary: Vocabulary) -> tuple[int, str]:
    """The smallest part of the logic that joins some constraints by AND or OR, and which of the two it is.

    A reference is a number, a label, or `all` for the outermost part. Raises EditError where there is none of them.
    """
    page = _Page(text, vocabulary)
    is_all = any(reference.strip().lower() == "all" for reference in references)
    wanted = set() if is_all else numbers_named(page.sheet, references)
    labels = labels_of(page.sheet.program)
    of_statement: dict[int, set[int]] = {}
    for element in page.sheet.elements:
        of_statement.setdefault(element.statement, set()).add(element.number)
    found: tuple[int, str] | None = None
    under: dict[_Part, set[int]] = {}
    for node, part in enumerate(page.parts):
        below = {part.number, *part.numbers, *of_statement.get(labels.get(part.words.lower(), -1), ())}
        under[part] = below.intersection(wanted).union(*(under[child] for child in part.children))
        if part.operator in (AND, OR) and under[part] == wanted:
            found = node, part.operator
            if not is_all:
                break
    if found is None:
        missing = sorted(wanted - under[page.root])
        if missing:
            raise EditError(f"the logic does not name constraint {missing[0]}", "name constraints that it joins")
        raise EditError("the logic joins nothing by AND or OR", "enter another constraint, or `logic`")
    return found


def with_operator(text: str, node: int, operator: str, vocabulary: Vocabulary) -> str:
    """A query in which a part of the logic joins by AND what it joined by OR, or the other way, laid out.

    Brackets that then separate nothing go.
    """
    page = _Page(text, vocabulary)
    part = page.part(node)
    if part.operator not in (AND, OR):
        raise EditError("this part of the logic joins nothing", "group it with another by AND or OR")
    part.operator = operator
    # Brackets around one chain within another of the same operator say nothing.
    for inner in (part, *part.children):
        if inner.parent is not None and inner.parent.operator == inner.operator:
            inner.brackets = 0
            page.merged.append(inner)
    return page.text()


def negated(text: str, node: int, vocabulary: Vocabulary) -> str:
    """A query in which a part of the logic is negated, or is not any more, laid out."""
    page = _Page(text, vocabulary)
    part = page.part(node)
    positive = part.children[0] if part.operator == NOT else part
    if positive.parent is not None and positive.parent.operator == NOT:
        negation = positive.parent
        positive.brackets = 0
        page.put(negation, positive)
    else:
        negation = _Part(NOT)
        gap = part.leave()
        negation.insert(0, part)
        page.put(gap, negation)
    return page.text()


def removed(text: str, node: int, vocabulary: Vocabulary) -> str:
    """A query whose logic has lost a part, laid out; constraints stay but for those written in place.

    The whole takes the statement with it, and leaves its comments. Raises EditError where a number elsewhere names a
    constraint that goes.
    """
    page = _Page(text, vocabulary)
    part = page.part(node)
    if part is page.root:
        return without_logic(page.sheet.text)
    page.close(part.leave())
    return page.text()


class _Part:
    """An operand or an operator. `brackets` are the pairs that were written around it and stay."""

    __slots__ = ("brackets", "children", "comments", "number", "numbers", "operator", "parent", "words")

    def __init__(self, operator: str) -> None:
        self.operator = operator
        self.parent: _Part | None = None
        self.children: list[_Part] = []
        self.brackets = 0
        # Of an operand: its text, the number that it is, those of the constraints in it, and the comments behind it.
        self.words = ""
        self.number = 0
        self.numbers: list[int] = []
        self.comments: list[str] = []

    def lineage(self) -> list[_Part]:
        """This part and all that it is in."""
        parts = [self]
        while (parent := parts[-1].parent) is not None:
            parts.append(parent)
        return parts

    def insert(self, place: int, part: _Part) -> None:
        self.children.insert(place, part)
        part.parent = self

    def leave(self) -> _Part:
        """Leave a gap in its place."""
        gap = _Part("")
        gap.parent = self.parent
        if self.parent is not None:
            self.parent.children[self.parent.children.index(self)] = gap
        self.parent = None
        self.brackets = 0
        return gap


class _Page:
    """The logic of a query while it is edited."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        sheet = read(text)
        index = logic_of(sheet.program)
        if index is None:
            expression = default_expression(sheet.elements, vocabulary)
            if not expression:
                raise EditError("the query has no constraints and no logic", "enter a constraint, as in `kp >= 5`")
            sheet = read(entered(sheet.text, f"logic {expression}").text or "")
            index = logic_of(sheet.program)
        assert index is not None
        self.sheet = sheet
        self._index = index
        self.parts = _parts_of(sheet, index)
        self.root = self.parts[-1]
        # Parts that are of the chain in which they stand.
        self.merged: list[_Part] = []

    def part(self, node: int) -> _Part:
        if not 0 <= node < len(self.parts):
            raise EditError(f"the logic has no part {node}")
        return self.parts[node]

    def put(self, place: _Part, part: _Part) -> None:
        """Put a part in place of another."""
        parent = place.parent
        part.parent = parent
        if parent is None:
            self.root = part
        else:
            parent.children[parent.children.index(place)] = part

    def close(self, gap: _Part) -> None:
        """Close a gap: a NOT with nothing behind it goes, and an operator with one part becomes that part."""
        while gap.parent is not None and gap.parent.operator == NOT:
            gap = gap.parent
        parent = gap.parent
        if parent is None:
            return
        parent.children.remove(gap)
        if len(parent.children) == 1:
            (only,) = parent.children
            only.brackets = 0
            self.put(parent, only)

    def text(self) -> str:
        """The query with the logic as it is now. Raises EditError where a number names a constraint that is gone."""
        sheet, statement = self.sheet, self.sheet.program.statements[self._index]
        assert isinstance(statement, Logic)
        order = list(_in_order(self.root))
        numbers = self._numbers([part for part, is_end in order if not part.children and not is_end])
        pieces = [statement.keyword]
        for part, is_end in order:
            around = max(part.brackets, _needs_brackets(part, self))
            if part.children:
                if is_end:
                    pieces += [")"] * around
                else:
                    pieces += [*_sign_before(part), *["("] * around, *(["NOT"] if part.operator == NOT else [])]
                continue
            words = part.words
            if 1 <= part.number <= len(sheet.elements):
                if part.number not in numbers:
                    raise EditError(
                        f"the logic names constraint {part.number}, which would go", "remove that part of it first"
                    )
                words = str(numbers[part.number])
            pieces += [*_sign_before(part), *["("] * around, words]
            pieces += [f" {comment}\n" for comment in part.comments]
            pieces += [")"] * around
        new = " ".join(pieces)
        return finished(spliced(sheet.text, [splice_of(sheet.text, statement.span, new)]))

    def _numbers(self, operands: Sequence[_Part]) -> dict[int, int]:
        """The new number of each constraint that stays; those written in place are numbered in their new order."""
        in_place = iter([number for part in operands for number in part.numbers])
        numbers: dict[int, int] = {}
        last = 0
        for element in self.sheet.elements:
            number = element.number
            if element.statement == self._index:
                following = next(in_place, None)
                if following is None:
                    continue
                number = following
            last += 1
            numbers[number] = last
        return numbers


def _parts_of(sheet: Sheet, index: int) -> list[_Part]:
    """The parts of a logic, in the order of its nodes, joined to one tree."""
    logic, tokens = sheet.program.statements[index], sheet.tokens
    assert isinstance(logic, Logic)
    in_place = iter([element for element in sheet.elements if element.statement == index])
    counts: dict[int, int] = {}
    for element in sheet.elements:
        if element.statement == index:
            start = element.constraint.span.start
            counts[start] = counts.get(start, 0) + 1
    parts: list[_Part] = []
    operands: list[tuple[int, _Part]] = []
    for node in tree(logic, tokens):
        part = _Part(node.operator)
        part.brackets = node.brackets
        for child in node.children:
            part.insert(len(part.children), parts[child])
        if node.operator == OPERAND:
            first, last = node.first, node.last
            part.words = on_line(tokens, first, last)
            for _ in range(node.brackets):
                part.words = part.words[1:-1].strip()
            if node.constraint is not None:
                part.numbers = [next(in_place).number for _ in range(counts.get(node.constraint.span.start, 0))]
            else:
                part.number = number_of(part.words)
            operands.append((first, part))
        parts.append(part)
    _attach_comments(sheet, index, operands)
    return parts


def _attach_comments(sheet: Sheet, index: int, operands: Sequence[tuple[int, _Part]]) -> None:
    """Give each comment in a logic to the operand before it, or to the first."""
    tokens = sheet.tokens
    first, last = within(tokens, sheet.program.statements[index].span)
    place = 0
    for token in range(first, last + 1):
        while place + 1 < len(operands) and operands[place + 1][0] <= token:
            place += 1
        if tokens.kinds[token] == COMMENT:
            operands[place][1].comments.append(tokens.read(token).rstrip())


def _in_order(root: _Part) -> Iterator[tuple[_Part, bool]]:
    """The parts in the order of the text; an operator comes before its parts and again, as an end, behind them."""
    work = [(root, False)]
    while work:
        part, is_end = work.pop()
        yield part, is_end
        if part.children and not is_end:
            work.append((part, True))
            work += [(child, False) for child in reversed(part.children)]


def _sign_before(part: _Part) -> list[str]:
    """The operator between a part and the one before it."""
    parent = part.parent
    if parent is None or parent.operator == NOT or parent.children[0] is part:
        return []
    return [parent.operator.upper()]


def _needs_brackets(part: _Part, page: _Page) -> int:
    """Whether a part would be read as another without brackets."""
    if part.parent is None or part.operator not in (AND, OR) or part in page.merged:
        return 0
    return int((part.operator, part.parent.operator) != (AND, OR))
