"""Edits of the logic as a tree, made on recorded logic too: what is off comes back into the logic as it was edited.

A node of the logic is that node of the record which is left of it without all that is off. Where a record does not
hold, or could be read in several ways, or the same edit of it would leave another logic than the query has, it stays
as it is, and what is off stays off where it was not just joined by AND.
"""

from __future__ import annotations

from edexql.compiler.editing.document import EditError, Element, logic_of, read, spliced
from edexql.compiler.editing.logic_tree import AND, OPERAND, OR, default_expression, default_kinds, tree
from edexql.compiler.editing.switches.comments import written_off
from edexql.compiler.editing.switches.lists import constraint_of
from edexql.compiler.editing.switches.losses import Gone, is_gone, readings_that_hold, returns
from edexql.compiler.editing.switches.numbers import numbering
from edexql.compiler.editing.switches.records import logic_line, recorded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering
    from edexql.compiler.editing.switches.records import Recorded
    from edexql.model.vocabulary import Vocabulary

    Again = Callable[[str, Mapping[int, int]], str]

# So many recorded logics follow an edit.
_MOST_RECORDS = 6


def tree_followed(before: str, after: str, again: Again, vocabulary: Vocabulary) -> str:
    """The text after an edit of the logic as a tree, laid out, in which recorded logic has been edited like it.

    `again` does the edit on another text, with the place of each node there.
    """
    old = numbering(read(before))
    if not old.offs:
        return after
    if old.index is None:
        return _with_default(old, after, again, vocabulary)
    logics = list(dict.fromkeys(off.off.logic for off in old.offs if off.off.logic is not None))
    for logic in logics[:_MOST_RECORDS]:
        record = recorded(logic)
        ways = [] if record is None else readings_that_hold(old, record)
        if record is None or len(ways) != 1:
            continue
        new = _edited(old, record, ways[0], again)
        if new is not None:
            changed = _with_record(after, logic, new)
            after = changed if _holds(changed, new) else after
    return after


def _with_default(old: Numbering, after: str, again: Again, vocabulary: Vocabulary) -> str:
    """The text after an edit that wrote the default logic: what is off gets the default logic of all as its record."""
    if old.whole is not None or any(off.is_part or off.off.logic is not None for off in old.offs):
        return after
    ranks = old.ranks
    live = [element.__replace__(number=ranks[element.first]) for element in old.sheet.elements]
    away: list[Element] = []
    for off in old.offs:
        try:
            constraint = constraint_of(off.off)
        except EditError:
            return after
        away.append(Element(ranks[off.token], -1, constraint, 0, off.token, off.token))
    kinds = default_kinds([*live, *away], vocabulary)
    in_order = [element for kind in kinds for element in sorted(kind, key=lambda element: element.number)]
    record = recorded(f"logic {default_expression(in_order, vocabulary)}")
    if record is None:
        return after
    gone = Gone(frozenset(element.number for element in away))
    new = _edited(old, record, gone, again)
    changed = after if new is None else _with_record(after, None, new)
    return changed if new is not None and _holds(changed, new) else _with_record(after, None, record.text)


def _edited(old: Numbering, record: Recorded, gone: Gone, again: Again) -> str | None:
    """A recorded logic after the edit, on one line; None where it cannot be done on it."""
    space = old.space(len(record.in_place))
    others = ["kp 1\n"] * space.count
    text = "".join([*others[: space.before], f"{record.text}\n", *others[space.before :]])
    try:
        sheet = read(again(text, dict(enumerate(_nodes_left(old, record, gone)))))
    except (EditError, KeyError):
        return None
    index = logic_of(sheet.program)
    return None if index is None else logic_line(sheet, index)


def _nodes_left(old: Numbering, record: Recorded, gone: Gone) -> list[int]:
    """The nodes of a record that its logic has without what is gone, in order: an operator that joins nothing goes."""
    there = {one.first for one in record.operands if not is_gone(old, record, one, gone)}
    nodes = tree(record.logic, record.tokens)
    starts = sorted(one.first for one in record.operands)
    left: list[int] = []
    is_left: list[bool] = []
    operand = 0
    for place, node in enumerate(nodes):
        if node.operator == OPERAND:
            stays = starts[operand] in there
            operand += 1
            is_left.append(stays)
        else:
            some = sum(is_left[child] for child in node.children)
            is_left.append(some > 0)
            stays = some > (node.operator in (AND, OR))
        if stays:
            left.append(place)
    return left


def _with_record(after: str, was: str | None, logic: str) -> str:
    """The query with another recorded logic in each comment that has `was`."""
    new = numbering(read(after))
    tokens = new.sheet.tokens
    splices: list[Splice] = [
        (tokens.starts[off.token], tokens.ends[off.token], written_off(off.off.__replace__(logic=logic)))
        for off in new.offs
        if off.off.logic == was
    ]
    return spliced(new.sheet.text, splices)


def _holds(text: str, logic: str) -> bool:
    """Whether a recorded logic, without all that is off, is the logic of a query."""
    record = recorded(logic)
    return record is not None and bool(returns(numbering(read(text)), record, None))
