"""Parts of a query switched off, as comments in their place, and on again; the logic loses them and gets them back.

What the logic is with all that is off stands in the comment. Where the logic is still what that leaves, the part comes
back where it stood; else it is joined by AND, and stays off where it stood under NOT or OR.
"""

from __future__ import annotations

from collections import Counter

from edexql.compiler.editing.document import (
    EditError,
    finished,
    line_end,
    on_line,
    read,
    spliced,
    there_are,
)
from edexql.compiler.editing.logic_tree import tree
from edexql.compiler.editing.switches.batches import alone_off
from edexql.compiler.editing.switches.comments import SwitchedOff, written_off
from edexql.compiler.editing.switches.lists import off_splice, value_text
from edexql.compiler.editing.switches.losses import (
    current_logic,
    is_named,
    master,
    places_left,
    plain,
    readings,
    rendered,
    returns,
)
from edexql.compiler.editing.switches.numbers import carried, numbering, own_record
from edexql.compiler.editing.switches.records import IN_PLACE, LISTED, Space, recorded, size_of, with_names
from edexql.compiler.editing.switches.splices import (
    comment_pairs,
    inner_comments,
    logic_splice,
    logic_with_lists,
    logic_without,
)
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edexql.compiler.editing.document import Element
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering, Off
    from edexql.compiler.editing.switches.records import Recorded


def switched_off(text: str, number: int) -> str:
    """A query in which a constraint, or one value of several, is a comment, laid out; the logic has it no more.

    One that is written in `where` becomes a comment above it. Raises EditError where there is no such constraint.
    """
    sheet = read(text)
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {number}", there_are(len(sheet.elements)))
    numbers = numbering(sheet)
    element = sheet.elements[number - 1]
    current = own_record(numbers)

    def made(logic: str | None) -> tuple[Numbering, Off]:
        """The query with the element as a comment."""
        splices: list[Splice] = []
        index = numbers.index
        if index is not None:
            splices.append(logic_splice(sheet, index, logic_without(sheet, index, {number})))
        if element.statement == index:
            comment = written_off(SwitchedOff(value_text(sheet.tokens, element), logic))
            splices = [(start, end, f"{comment}\n{new}") for start, end, new in splices]
        else:
            splices.append(off_splice(sheet, element, logic))
        return _carried_off(numbers, finished(spliced(sheet.text, splices)), element)

    held, wanted = master(numbers), current_logic(numbers)
    candidates = [held.text] if held is not None and numbers.whole is None else []
    for logic in [*candidates, *([current] if current is not None else [])]:
        after, own = made(logic)
        record = None if own.off.logic is None else recorded(own.off.logic)
        if record is None or not is_named(after, record, own):
            continue
        if numbers.index is None or _comes_back(after, record, own, wanted):
            return after.sheet.text
    named = current is not None and _names(numbers, current, element)
    return made(current if named else None)[0].sheet.text


def several_switched_off(text: str, numbers: Collection[int]) -> str:
    """A query in which some constraints are comments, laid out. Raises EditError where there is no such constraint.

    Statements of one value are switched off together, with one reading of the text.
    """
    left = set(numbers)
    together = alone_off(text, left)
    if together is not None:
        text, done = together
        left = {number - sum(other < number for other in done) for number in left - done}
    # From the last on: the numbers before it stay as they are.
    for number in sorted(left, reverse=True):
        text = switched_off(text, number)
    return text


def _comes_back(after: Numbering, record: Recorded, own: Off, wanted: str | None) -> bool:
    """Whether what was just switched off would come back as it was, and in one way alone."""
    ways = returns(after, record, own)
    return len(ways) == 1 and rendered(after, record, ways[0], plain) == wanted


def _comes_back_whole(after: Numbering, wanted: str | None) -> bool:
    """Whether a logic that was just switched off would come back as it was, and in one way alone."""
    record = None if after.whole is None else recorded(after.whole.off.text)
    ways = [] if record is None else readings(after, record)
    return record is not None and len(ways) == 1 and rendered(after, record, ways[0], plain) == wanted


def _names(numbers: Numbering, logic: str, element: Element) -> bool:
    """Whether a logic, as it is recorded, names an element of the query or has it."""
    if element.statement == numbers.index:
        return True
    record = recorded(logic)
    label = element.constraint.label
    word = None if label is None else label.text.lower()
    if record is None:
        return False
    number = numbers.space(len(record.in_place)).number((LISTED, numbers.ranks[element.first]))
    return any(number == operand.number or operand.label == word for operand in record.operands)


def _new_comment(before: Numbering, after: Numbering) -> Off:
    """What is switched off in a query and was not before."""
    known = Counter(off.comment for off in before.offs)
    now = Counter(off.comment for off in after.offs)
    (comment,) = now - known
    place = 0
    alike = [off for off in after.offs if off.comment == comment]
    if len(alike) > 1:
        old, new = ([off.comment for off in one.offs] for one in (before, after))
        place = new[: next((i for i, other in enumerate(old) if other != new[i]), len(old))].count(comment)
    return alike[min(place, len(alike) - 1)]


def _carried_off(numbers: Numbering, text: str, element: Element) -> tuple[Numbering, Off]:
    """A query in which an element has become a comment; recorded logic names what it named."""
    after = numbering(read(text))
    own = _new_comment(numbers, after)
    before = [e.first for e in numbers.sheet.elements if e.statement != numbers.index and e is not element]
    now = [e.first for e in after.sheet.elements if e.statement != after.index]
    pairs = dict(zip(before, now, strict=False))
    if element.statement != numbers.index:
        pairs[element.first] = own.token
    pairs |= comment_pairs(numbers, after, own.token)
    new = carried(numbers, after, pairs)
    if new == after.sheet.text:
        return after, own
    place = after.offs.index(own)
    after = numbering(read(new))
    return after, after.offs[place]


def logic_switched_off(text: str, node: int) -> str:
    """A query whose logic has lost a node, which a comment above it holds, laid out. The root is all of the logic.

    Raises EditError where there is no such node.
    """
    sheet = read(text)
    numbers = numbering(sheet)
    index = numbers.index
    statement = None if index is None else sheet.program.statements[index]
    if index is None or not isinstance(statement, Logic):
        raise EditError("the query has no logic of which a part could be switched off", "switch off a constraint")
    nodes = tree(statement, sheet.tokens)
    if not 0 <= node < len(nodes):
        raise EditError(f"the logic has no part {node}", _nodes_are(len(nodes)))
    current = own_record(numbers) or ""
    held, wanted = master(numbers), current_logic(numbers)
    start, end = statement.span.start, line_end(sheet.text, statement.span.end)
    if node == len(nodes) - 1:
        trailing = sheet.text[statement.span.end : end].strip()
        comments = "".join(f"{comment}\n" for comment in inner_comments(sheet, index))
        ways = [] if held is None else returns(numbers, held, None)
        old = logic_with_lists(numbers, held, ways[0]) if held is not None and len(ways) == 1 else current
        for logic in (old, current):
            off = written_off(SwitchedOff(logic, None, trailing or None))
            new = finished(spliced(sheet.text, [(start, end, f"{comments}{off}\n")]))
            if logic == current or _comes_back_whole(numbering(read(new)), wanted):
                return new
    part = nodes[node]
    written = on_line(sheet.tokens, part.first, part.last)
    for _ in range(part.brackets):
        written = written[1:-1].strip()
    rest = logic_without(sheet, index, (), range(part.first, part.last + 1))
    start, end, new_logic = logic_splice(sheet, index, rest)
    ways = [] if held is None else returns(numbers, held, None)
    left: dict[str, list[int]] = {current: list(range(size_of(current)))}
    if held is not None and len(ways) == 1:
        left = {held.text: places_left(held, ways[0]), **left}
    for logic in left:
        space = numbers.space(size_of(logic))

        def number(own: int, space: Space = space, places: Sequence[int] = left[logic]) -> int:
            kind, place = numbers.own_space(len(places)).name(own)
            if kind == LISTED:
                return space.number((kind, numbers.live[place - 1])) if own else 0
            return space.number((kind, places[place - 1] + 1 if kind == IN_PLACE else place))

        comment = written_off(SwitchedOff(with_names(f"{statement.keyword} {written}", number), logic))
        new = finished(spliced(sheet.text, [(start, end, f"{comment}\n{new_logic}")]))
        after, record = numbering(read(new)), recorded(logic)
        if logic == current or (record and _comes_back(after, record, _new_comment(numbers, after), wanted)):
            return new
    raise AssertionError


def _nodes_are(count: int) -> str:
    return f"its parts have the numbers 0 to {count - 1}"
