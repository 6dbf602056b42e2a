"""Many parts switched off or on with one reading of the text: statements of one value, which named logic has or not.

Each function gives None where the parts have to be switched one after the other: values of a list, what is written in
`where`, parts of the logic, and logic that has changed since.
"""

from __future__ import annotations

from edexql.compiler.editing.document import EditError, finished, labels_of, ranges_of, read, spliced
from edexql.compiler.editing.logic_edits import renumbered
from edexql.compiler.editing.switches.lists import constraint_of, off_splice, value_text
from edexql.compiler.editing.switches.losses import Gone, current_logic, master, plain, rendered, returns
from edexql.compiler.editing.switches.numbers import numbering, own_record
from edexql.compiler.editing.switches.records import LISTED, recorded
from edexql.compiler.editing.switches.splices import line_of, logic_splice, logic_without, with_logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from edexql.compiler.editing.document import Element
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering, Off
    from edexql.compiler.editing.switches.records import Recorded


def alone_off(text: str, wanted: Collection[int]) -> tuple[str, set[int]] | None:
    """A query in which those of some constraints are comments that are the one value of a statement, and their numbers.

    None where they have to be switched off one after the other, or there are fewer than two.
    """
    sheet = read(text)
    numbers = numbering(sheet)
    alone = {e.number for e in sheet.elements if e.number in wanted and _is_alone(numbers, e)}
    if len(alone) < 2 or not _is_plain(numbers):
        return None
    held = master(numbers)
    logic = own_record(numbers) if held is None else held.text
    record = None if logic is None else recorded(logic)
    named = set() if record is None else _named(numbers, record)
    splices: list[Splice] = []
    if numbers.index is not None:
        splices.append(logic_splice(sheet, numbers.index, logic_without(sheet, numbers.index, alone)))
    elements = [element for element in sheet.elements if element.number in alone]
    splices += [off_splice(sheet, one, logic if one.first in named else None) for one in elements]
    after = numbering(read(finished(spliced(sheet.text, splices))))
    holders = {one.first: value_text(sheet.tokens, one) for one in elements}
    if not _are_the_same(numbers, after, holders, {}):
        return None
    if record is not None:
        gone, before = _gone(after, after.offs), _gone(numbers, numbers.offs)
        if rendered(after, record, gone, plain) != current_logic(after):
            return None
        if rendered(numbers, record, before, plain) != current_logic(numbers):
            return None
    return after.sheet.text, alone


def alone_on(text: str) -> str | None:
    """A query in which all is on again that was a statement of one value.

    None where what is off has to be switched on one after the other, or it is fewer than two.
    """
    sheet = read(text)
    numbers = numbering(sheet)
    back = [off for off in numbers.offs if not off.is_part and not (off.off.before or off.off.behind)]
    labels = [off.label for off in back if off.label]
    logics = {off.off.logic for off in numbers.offs if off.off.logic is not None}
    if len(back) < 2 or not _is_plain(numbers) or len(logics) > 1:
        return None
    if len(set(labels)) < len(labels) or not labels_of(sheet.program).keys().isdisjoint(labels):
        return None
    record = recorded(logics.pop()) if logics else None
    if record is None and any(off.off.logic for off in back):
        return None
    if record is not None and len(returns(numbers, record, None)) != 1:
        return None
    named: set[int] = set() if record is None else _named(numbers, record)
    if any((off.off.logic is None) == (off.token in named) for off in back):
        return None
    splices: list[Splice] = []
    try:
        for off in back:
            constraint_of(off.off)
            remark = f"  {off.off.comment}" if off.off.comment else ""
            start, end = line_of(sheet, off.token)
            lead = "" if not start or sheet.text[start - 1] == "\n" else "\n"
            splices.append((start, end, f"{lead}{off.off.text}{remark}\n"))
        draft = numbering(read(spliced(sheet.text, splices)))
    except EditError:
        return None
    holders = {off.token: off.off.text for off in back}
    if not _are_the_same(numbers, draft, {}, holders):
        return None
    if record is not None:
        there = draft if draft.index is not None else draft.__replace__(before=len(draft.ranks))
        left = [off for off in numbers.offs if off.token not in holders]
        new = rendered(numbers, record, _gone(numbers, left), lambda name: there.own_number(name, 0))
        return with_logic(draft.sheet, new)
    if draft.index is None:
        return finished(draft.sheet.text)
    orders = {rank: order for order, rank in enumerate(draft.live, 1)}
    renumbering = {order: orders[rank] for order, rank in enumerate(numbers.live, 1)}
    logic = renumbered(draft.sheet, draft.index, renumbering)
    return finished(spliced(draft.sheet.text, [logic_splice(draft.sheet, draft.index, logic)]))


def _is_alone(numbers: Numbering, element: Element) -> bool:
    is_in_logic = element.statement == numbers.index
    return not is_in_logic and len(ranges_of(element.constraint, numbers.sheet.tokens)) == 1


def _is_plain(numbers: Numbering) -> bool:
    """Whether a query has no `where`, and no part of its logic is off: what is off is in each logic at one place."""
    if any(off.is_part for off in numbers.offs) or numbers.in_place:
        return False
    return all(element.statement != numbers.index for element in numbers.sheet.elements)


def _named(numbers: Numbering, record: Recorded) -> set[int]:
    """The constraints, by their tokens, that a recorded logic names."""
    numbered = {operand.number for operand in record.operands}
    labelled = {operand.label for operand in record.operands if operand.label}
    space = numbers.space(len(record.in_place))
    named = {token for token, rank in numbers.ranks.items() if space.number((LISTED, rank)) in numbered}
    for element in numbers.sheet.elements:
        label = element.constraint.label
        if label is not None and label.text.lower() in labelled:
            named.add(element.first)
    return named | {off.token for off in numbers.offs if off.label and off.label in labelled}


def _gone(numbers: Numbering, offs: Iterable[Off]) -> Gone:
    """What a recorded logic has lost by some constraints that are off."""
    away = list(offs)
    there = labels_of(numbers.sheet.program)
    labels = {off.label for off in away if off.label and off.label not in there}
    return Gone(frozenset(numbers.ranks[off.token] for off in away), frozenset(labels))


def _are_the_same(old: Numbering, new: Numbering, went: dict[int, str], came: dict[int, str]) -> bool:
    """Whether the constraints of two queries have the same ranks, but that some are comments now, or are none now.

    Both have the text of each such constraint, by its token before.
    """
    return len(old.ranks) == len(new.ranks) and _texts(old, went, came) == _texts(new, {}, {})


def _texts(numbers: Numbering, went: dict[int, str], came: dict[int, str]) -> list[tuple[bool, str]]:
    """Of each constraint, in order, whether it is off, and its text."""
    sheet = numbers.sheet
    texts = {e.first: (False, value_text(sheet.tokens, e)) for e in sheet.elements if e.first in numbers.ranks}
    texts |= {off.token: (True, off.off.text) for off in numbers.offs if off.token in numbers.ranks}
    texts |= {token: (True, text) for token, text in went.items()}
    texts |= {token: (False, text) for token, text in came.items()}
    return [texts[token] for token, _ in sorted(numbers.ranks.items(), key=lambda one: one[1])]
