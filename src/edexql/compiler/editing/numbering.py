"""The logic of a text after its constraints were taken away or numbered anew."""

from __future__ import annotations

from edexql.compiler.editing.pruning import operands, pruned
from edexql.compiler.editing.rewriting import rewritten, without_elements
from edexql.compiler.editing.sheet import ranges_of, within
from edexql.language.lexer import KIND
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edexql.compiler.editing.sheet import Sheet

_NUMBER = KIND["NUMBER"]


def renumbered(sheet: Sheet, index: int, numbers: Mapping[int, int], gone_labels: Collection[str] = ()) -> str | None:
    """The text of the logic that is statement `index`, without what is gone; None where nothing is left of it.

    `numbers` has the new number of every constraint that stays, elements of constraints in place among them;
    `gone_labels` are labels that no statement has any more.
    """
    tokens, logic = sheet.tokens, sheet.program.statements[index]
    assert isinstance(logic, Logic)
    in_place = iter([element for element in sheet.elements if element.statement == index])
    instead: dict[int, str] = {}
    lost: set[int] = set()
    gone: set[int] = set()
    count = len(sheet.elements)
    for first, _, constraint in operands(logic, tokens):
        if constraint is not None:
            ranges = ranges_of(constraint, tokens)
            places = {place for place in range(len(ranges)) if next(in_place).number not in numbers}
            if ranges and len(places) == len(ranges):
                lost.add(first)
            elif places:
                gone |= without_elements(tokens, ranges, places)
        elif tokens.kinds[first] == _NUMBER:
            number = number_of(tokens.read(first))
            if 1 <= number <= count:
                if number not in numbers:
                    lost.add(first)
                elif numbers[number] != number:
                    instead[first] = str(numbers[number])
        elif tokens.read(first).lower() in gone_labels:
            lost.add(first)
    found = pruned(logic, tokens, lost.__contains__) if lost else set()
    if found is None:
        return None
    return rewritten(tokens, *within(tokens, logic.span), gone | found, instead)


def number_of(text: str) -> int:
    """The constraint number that a text is, 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
