"""Numbers in recorded logic while a query is edited: each goes on to stand for the constraint that it stood for.

Logic that is off as a whole goes through an edit as if it were on. In other records the numbers follow; 0 stands for a
constraint that is gone, and a part of the logic that names one is not switched on.
"""

from __future__ import annotations

import re

from edexql.compiler.editing.alignment import matches, stretches
from edexql.compiler.editing.document import EditError, constraints_of, line_end, logic_of, ranges_of, read, spliced
from edexql.compiler.editing.switches.comments import read_off, written_off
from edexql.compiler.editing.switches.lists import value_text
from edexql.compiler.editing.switches.records import Held, all_held, with_numbers
from edexql.language.lexer import KIND
from edexql.language.parser import parse
from edexql.language.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.compiler.editing.switches.lists import Splice

_NUMBER = KIND["NUMBER"]
_OFF = re.compile(r"#\s*off:", re.IGNORECASE)


def whole_off(sheet: Sheet) -> int | None:
    """The token of the last comment that holds a whole logic, in a query without another; else None."""
    if logic_of(sheet.program) is not None:
        return None
    tokens = [held.token for held in all_held(sheet) if held.is_part and held.off.logic is None and held.operands]
    return tokens[-1] if tokens else None


def in_place_of(sheet: Sheet, token: int) -> int:
    """How many constraints are written in the whole logic that a comment holds."""
    return next((_in_place(held) for held in all_held(sheet) if held.token == token), 0)


def with_logic_on(sheet: Sheet, token: int) -> str:
    """A query in which the comment at a token is the logic that it holds; its own comment stands above."""
    off = read_off(sheet.tokens.read(token))
    assert off is not None
    start = sheet.tokens.starts[token]
    remark = f"  {off.comment}" if off.comment else ""
    return spliced(sheet.text, [(start, line_end(sheet.text, start), f"{off.text}{remark}\n")])


def followed(before: str, after: str, *, in_place: bool) -> str:
    """The text after an edit, laid out, in which recorded logic names what it named before.

    `in_place` says that the edit may have put a constraint in place of another, which then goes by its number.
    """
    if not _OFF.search(before):
        return after
    old, new = read(before), read(after)
    records, now = all_held(old), all_held(new)
    alike = matches([held.comment for held in records], [held.comment for held in now]) or []
    if not alike:
        return after
    pairs = _pairs(old, new, in_place=in_place) | {records[i].token: now[j].token for i, j in alike}
    splices: list[Splice] = []
    for held, other in [(records[i], now[j]) for i, j in alike]:
        places = {place: number for number, place in enumerate(_space(new, other, now), 1)}
        numbers = {n: places.get(pairs.get(place, -1), 0) for n, place in enumerate(_space(old, held, records), 1)}

        def renamed(number: int, numbers: Mapping[int, int] = numbers) -> str:
            return str(numbers.get(number, 0))

        off = other.off
        text = with_numbers(off.text, renamed) if held.is_part else off.text
        logic = None if off.logic is None else with_numbers(off.logic, renamed)
        written = written_off(off.__replace__(text=text, logic=logic))
        if written != other.comment:
            splices.append((new.tokens.starts[other.token], new.tokens.ends[other.token], written))
    return spliced(new.text, splices) if splices else after


def standing(sheet: Sheet, held: Held) -> str:
    """A part of the logic that is off, with the numbers that constraints have in the query.

    Raises EditError where it names a constraint that is gone or that is off.
    """
    space = _space(sheet, held, all_held(sheet))
    then = [element.first for element in sheet.elements] + [held.token] * _in_place(held)
    first = {place: number for number, place in enumerate(sorted(then), 1)}

    def renamed(number: int) -> str:
        if not 1 <= number <= len(space):
            raise EditError(
                "this part of the logic names a constraint that is gone",
                "remove `# off:` in the text and write the number that you mean",
            )
        now = first.get(space[number - 1])
        if now is None:
            text = read_off(sheet.tokens.read(space[number - 1]))
            raise EditError(
                f"this part of the logic names `{text.text if text else ''}`, which is off", "switch that on first"
            )
        return str(now)

    return with_numbers(held.off.text, renamed)


def _space(sheet: Sheet, held: Held, everything: Sequence[Held]) -> list[int]:
    """The tokens of the constraints that the numbers of a record stand for, in order; `everything` is what is off."""
    own, operands = held.token, held.operands
    off = [
        each.token for each in everything if not each.is_part and (each.token == own or 0 < each.operands < operands)
    ]
    return sorted([*(element.first for element in sheet.elements), *[own] * _in_place(held), *off])


def _in_place(held: Held) -> int:
    """How many constraints are written in a logic that is off as a whole."""
    if not held.is_part or held.off.logic is not None:
        return 0
    program, _ = parse(Source(held.off.text))
    return sum(len(ranges_of(one, program.tokens)) for s in program.statements for one in constraints_of(s))


def _pairs(old: Sheet, new: Sheet, *, in_place: bool) -> dict[int, int]:
    """The constraints of a query, by their tokens, and where they are in the query after an edit."""
    before = [(element.first, value_text(old.tokens, element)) for element in old.elements]
    after = [(element.first, value_text(new.tokens, element)) for element in new.elements]
    texts, others = [text for _, text in before], [text for _, text in after]
    found = matches(texts, others) or []
    pairs = {before[i][0]: after[j][0] for i, j in found}
    taken = {j for _, j in found}
    free: dict[str, list[int]] = {}
    for j, text in enumerate(others):
        if j not in taken:
            free.setdefault(text, []).append(j)
    for i, text in enumerate(texts):
        if before[i][0] not in pairs and free.get(text):
            j = free[text].pop(0)
            taken.add(j)
            pairs[before[i][0]] = after[j][0]
    if in_place:
        for x, i, y, j in stretches(found, len(texts), len(others)):
            if i - x == j - y and not taken.intersection(range(y, j)):
                pairs |= {before[x + step][0]: after[y + step][0] for step in range(i - x)}
    return pairs
