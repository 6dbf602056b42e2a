"""Edits of the logic as a tree, made on recorded logic too: what is off comes back into the logic as it was edited.

A node of the logic is that node of the record which is left of it without all that is off. Where a record does not
hold, or could be read in several ways, or the same edit of it would leave another logic than the query has, it stays
as it is, and what is off stays off where it was not just joined by AND.
"""

from __future__ import annotations

from contextlib import suppress

from edexql.compiler.editing.document import EditError, Element, logic_of, read, spliced
from edexql.compiler.editing.logic_tree import AND, NOT, OPERAND, OR, default_expression, default_kinds, tree
from edexql.compiler.editing.switches.comments import written_off
from edexql.compiler.editing.switches.lists import constraint_of
from edexql.compiler.editing.switches.losses import (
    Gone,
    is_gone,
    is_joined_otherwise,
    is_named,
    readings_that_hold,
    returns,
)
from edexql.compiler.editing.switches.numbers import numbering
from edexql.compiler.editing.switches.records import logic_line, recorded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering, Off
    from edexql.compiler.editing.switches.records import Recorded
    from edexql.model.vocabulary import Vocabulary

    Again = Callable[[str, Mapping[int, int]], str]
    # An operator, or that of an operand, and what it joins: other forms, or numbers.
    Form = tuple[str, frozenset[Any]]

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
        new = _edited(old, record, _nodes_left(old, record, ways[0]), again)
        if new is not None:
            changed = _with_records(after, [off.off.logic == logic for off in numbering(read(after)).offs], new)
            after = changed if _holds(changed, new) else after
    return after


def _with_default(old: Numbering, after: str, again: Again, vocabulary: Vocabulary) -> str:
    """The text after an edit that wrote the default logic: what is off gets the default logic of all as its record.

    The kinds of constraints stand in another order where the first of one is off. Where the edit then means something
    else, what is off keeps the default logic without the edit.
    """
    ranks = old.ranks
    live = [element.__replace__(number=ranks[element.first]) for element in old.sheet.elements]
    away: list[Element] = []
    for off in old.offs:
        if _is_in_default(old, off):
            with suppress(EditError):
                away.append(Element(ranks[off.token], -1, constraint_of(off.off), 0, off.token, off.token))
    record = _default_record([*live, *away], vocabulary)
    if record is None or not away:
        return after
    tokens = {element.first for element in away}
    which = [off.token in tokens for off in old.offs]
    gone = Gone(frozenset(element.number for element in away))
    left = _nodes_left(old, record, gone)
    new = _edited(old, record, left, again)
    in_order = _default_record(sorted([*live, *away], key=lambda element: element.number), vocabulary)
    if new is not None and in_order is not None and in_order.text != record.text:
        forms, others = _forms(record, gone.ranks), _forms(in_order, gone.ranks)
        places = {forms[place]: place for place in left}
        there = {others[place]: place for place in _nodes_left(old, in_order, gone)}
        other = _edited(old, in_order, [there[form] for form in places], again)
        new = new if other is not None and _means(new) == _means(other) else None
    changed = after if new is None else _with_records(after, which, new)
    return changed if new is not None and _holds(changed, new) else _with_records(after, which, record.text)


def _is_in_default(old: Numbering, off: Off) -> bool:
    """Whether something that is off would come back as a constraint of the default logic."""
    if off.is_part or off.token in old.in_place:
        return False
    record = None if off.off.logic is None else recorded(off.off.logic)
    if record is None:
        return True
    if old.whole is not None:
        whole = recorded(old.whole.off.text)
        return whole is not None and is_named(old, whole, off)
    return not returns(old, record, off) and not is_joined_otherwise(old, record, off, alone=True)


def _default_record(elements: Sequence[Element], vocabulary: Vocabulary) -> Recorded | None:
    """The default logic of constraints, the kinds in the order in which their first ones are given."""
    kinds = default_kinds(elements, vocabulary)
    in_order = [element for kind in kinds for element in sorted(kind, key=lambda element: element.number)]
    return recorded(f"logic {default_expression(in_order, vocabulary)}")


def _forms(record: Recorded, gone: frozenset[int] = frozenset()) -> list[Form]:
    """What each node of a logic of numbers means without some of them, in whatever order and brackets."""
    forms: list[Form] = []
    numbers = iter([operand.number for operand in sorted(record.operands, key=lambda operand: operand.first)])
    for node in tree(record.logic, record.tokens):
        if node.operator == OPERAND:
            forms.append((OPERAND, frozenset((next(numbers),)) - gone))
            continue
        below = [forms[child] for child in node.children if forms[child][1]]
        if len(below) == 1 and (node.operator != NOT or below[0][0] == NOT):
            (form,) = below[0][1] if node.operator == NOT else below
        else:
            parts = (inner if operator == node.operator else {(operator, inner)} for operator, inner in below)
            form = (node.operator, frozenset().union(*parts))
        forms.append(form)
    return forms


def _means(logic: str) -> Form | None:
    record = recorded(logic)
    return None if record is None else _forms(record)[-1]


def _edited(old: Numbering, record: Recorded, nodes: Sequence[int], again: Again) -> str | None:
    """A recorded logic after the edit, on one line; None where it cannot be done on it.

    `nodes` are the places in it of the nodes of the query's logic.
    """
    space = old.space(len(record.in_place))
    others = ["kp 1\n"] * space.count
    text = "".join([*others[: space.before], f"{record.text}\n", *others[space.before :]])
    try:
        sheet = read(again(text, dict(enumerate(nodes))))
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


def _with_records(after: str, which: Sequence[bool], logic: str) -> str:
    """The query with another recorded logic in some of the comments that hold what is off."""
    new = numbering(read(after))
    tokens = new.sheet.tokens
    splices: list[Splice] = [
        (tokens.starts[off.token], tokens.ends[off.token], written_off(off.off.__replace__(logic=logic)))
        for off, is_one in zip(new.offs, which, strict=True)
        if is_one
    ]
    return spliced(new.sheet.text, splices)


def _holds(text: str, logic: str) -> bool:
    """Whether a recorded logic, without all that is off, is the logic of a query."""
    record = recorded(logic)
    return record is not None and bool(returns(numbering(read(text)), record, None))
