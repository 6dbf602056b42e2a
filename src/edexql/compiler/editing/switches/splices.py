"""What puts another logic in place of one, and which comments of two queries hold the same."""

from __future__ import annotations

from edexql.compiler.editing.document import (
    finished,
    line_end,
    logic_of,
    spliced,
    within,
)
from edexql.compiler.editing.entry import entered
from edexql.compiler.editing.logic_edits import renumbered, splice_of
from edexql.compiler.editing.logic_tree import OR, tree
from edexql.compiler.editing.switches.losses import (
    Gone,
    places_left,
    rendered,
)
from edexql.language.lexer import COMMENT
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.editing.document import Sheet
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering
    from edexql.compiler.editing.switches.records import Recorded


def comment_pairs(old: Numbering, new: Numbering, without: int = -1, gone: int = -1) -> dict[int, int]:
    """The comments of two queries that hold the same, by their tokens, but for one of the new or one of the old."""
    there: dict[str, list[int]] = {}
    for off in reversed(new.offs):
        if off.token != without:
            there.setdefault(off.comment, []).append(off.token)
    return {off.token: there[off.comment].pop() for off in old.offs if off.token != gone and there.get(off.comment)}


def logic_with_lists(numbers: Numbering, record: Recorded, gone: Gone) -> str:
    """A recorded logic, numbered as such, with all that is off but for what was written in place or is a part of it."""
    away = Gone(in_place=gone.in_place, operands=gone.operands)
    return rendered(numbers, record, away, numbers.space(len(places_left(record, away))).number) or record.text


def line_of(sheet: Sheet, token: int) -> tuple[int, int]:
    """Where a comment begins, and where its line ends."""
    start = sheet.tokens.starts[token]
    return start, line_end(sheet.text, start)


def logic_without(sheet: Sheet, index: int, gone: set[int] | tuple[()], lost: range = range(0)) -> str | None:
    """The logic without some constraints and a stretch of tokens, the rest renumbered; None where nothing is left."""
    away = set(gone)
    away.update(e.number for e in sheet.elements if e.statement == index and e.first in lost)
    left = [element.number for element in sheet.elements if element.number not in away]
    of_label: dict[str, list[int]] = {}
    for element in sheet.elements:
        if element.constraint.label is not None:
            of_label.setdefault(element.constraint.label.text.lower(), []).append(element.number)
    labels = {label for label, some in of_label.items() if away.issuperset(some)}
    return renumbered(sheet, index, {number: new for new, number in enumerate(left, 1)}, labels, lost)


def logic_splice(sheet: Sheet, index: int, new: str | None) -> Splice:
    """What puts another text in place of the logic; where nothing is left of it, its comments stay."""
    span = sheet.program.statements[index].span
    if new is not None:
        return splice_of(sheet.text, span, new)
    end = line_end(sheet.text, span.end)
    trailing = sheet.text[span.end : end].strip()
    comments = [*inner_comments(sheet, index), *([trailing] if trailing else [])]
    return span.start, end, "".join(f"{comment}\n" for comment in comments)


def inner_comments(sheet: Sheet, index: int) -> list[str]:
    first, last = within(sheet.tokens, sheet.program.statements[index].span)
    tokens = sheet.tokens
    return [tokens.read(i).rstrip() for i in range(first, last + 1) if tokens.kinds[i] == COMMENT]


def joined_by_and(sheet: Sheet, index: int, logic: str, part: str) -> str:
    """A logic and a part that has to hold too."""
    statement = sheet.program.statements[index]
    assert isinstance(statement, Logic)
    keyword, _, expression = logic.partition(" ")
    nodes = tree(statement, sheet.tokens)
    if nodes[-1].operator == OR and not nodes[-1].brackets:
        expression = f"({expression})"
    return f"{keyword} {expression} AND {part}"


def with_logic(sheet: Sheet, logic: str | None) -> str:
    """A query with another logic, or without; comments in the one that there was stand above it."""
    index = logic_of(sheet.program)
    if index is None:
        return sheet.text if logic is None else entered(sheet.text, logic).text or ""
    if logic is None:
        return finished(spliced(sheet.text, [logic_splice(sheet, index, None)]))
    kept = "".join(f"{comment}\n" for comment in inner_comments(sheet, index))
    span = sheet.program.statements[index].span
    return finished(spliced(sheet.text, [(span.start, span.end, f"{kept}{logic}")]))
