"""Logic that comments of what is switched off record: what it leaves now, and its numbers as others come and go.

A recorded logic has the numbers of the constraints that stand in the query, of the one that its comment holds, and of
those that were switched off after it, whose logic is shorter.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.document import (
    EditError,
    Element,
    Sheet,
    logic_of,
    on_line,
    ranges_of,
    read,
    spliced,
    within,
)
from edexql.compiler.editing.logic_edits import number_of, operands, renumbered
from edexql.compiler.editing.logic_tree import NOT, OPERAND, OR, tree
from edexql.compiler.editing.switches.comments import SwitchedOff, read_off, written_off
from edexql.compiler.editing.switches.lists import constraint_of, value_text
from edexql.language.formatter import single_line
from edexql.language.lexer import COMMENT, KIND, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from edexql.compiler.editing.switches.lists import Splice
    from edexql.language.lexer import Tokens

_NUMBER = KIND["NUMBER"]


class Held(Record):
    """Something switched off with a logic: its comment and the token of it, and how long that logic is."""

    comment: str
    token: int
    off: SwitchedOff
    operands: int

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the logic, not a constraint."""
        return self.off.text.lower().startswith(("logic ", "where "))


def with_records(sheet: Sheet, place: int, step: int, some: Iterable[Held]) -> Sheet:
    """A query in which recorded logic has the numbers of constraints when the one at a token comes (1) or goes (-1)."""
    everything = [held for held in all_held(sheet) if not held.is_part]
    standing = sum(element.last < place for element in sheet.elements)
    splices: list[Splice] = []
    for held in some:
        there = [other for other in everything if 0 < other.operands < held.operands or other.token == held.token]
        number = standing + sum(other.token < place for other in there) + 1
        logic = None if held.off.logic is None else _shifted(held.off.logic, number, step)
        text = _shifted(held.off.text, number, step) if held.is_part else held.off.text
        new = written_off(held.off.__replace__(text=text, logic=logic))
        if new != held.comment:
            splices.append((sheet.tokens.starts[held.token], sheet.tokens.ends[held.token], new))
    return read(spliced(sheet.text, splices)) if splices else sheet


def _shifted(logic: str, number: int, step: int) -> str:
    """A logic on one line with the numbers from one on moved by a step."""

    def renamed(old: int) -> str:
        if old < number:
            return str(old)
        # What goes and is named by a logic that is off has no number: 0 says so, and is not another's.
        return str(0 if step < 0 and old == number else old + step)

    return with_numbers(logic, renamed)


def with_numbers(logic: str, renamed: Callable[[int], str]) -> str:
    """A logic on one line with other numbers."""
    found = read_logic(logic)
    if found is None:
        return logic
    statement, tokens = found
    splices: list[Splice] = []
    for first, _, constraint in operands(statement, tokens):
        if constraint is None and tokens.kinds[first] == _NUMBER:
            splices.append((tokens.starts[first], tokens.ends[first], renamed(number_of(tokens.read(first)))))
    return spliced(logic, splices)


def read_logic(text: str) -> tuple[Logic, Tokens] | None:
    """The statement of a recorded logic and the tokens of its text, None where it is not one logic alone."""
    program, diagnostics = parse(Source(text))
    statement = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    return (statement, program.tokens) if isinstance(statement, Logic) else None


def all_held(sheet: Sheet) -> list[Held]:
    """What is switched off and has the logic that named it, and logic that is off as a whole."""
    found: list[Held] = []
    for index in comments_of(sheet):
        off = read_off(sheet.tokens.read(index))
        if off is None:
            continue
        held = Held(sheet.tokens.read(index).rstrip(), index, off, operand_count(off.logic or off.text))
        if off.logic is not None or held.is_part:
            found.append(held)
    return found


def operand_count(logic: str) -> int:
    """How many values and names a logic has, 0 where it cannot be read."""
    found = read_logic(logic)
    if found is None:
        return 0
    statement, tokens = found
    parts = (constraint for _, _, constraint in operands(statement, tokens))
    return sum(1 if part is None else len(ranges_of(part, tokens)) for part in parts)


def line(logic: str | None) -> str | None:
    """A logic on one line, without comments."""
    return None if logic is None else single_line(tokenize(logic))


def without(sheet: Sheet, index: int, numbers: Collection[int], stretch: tuple[int, int] = (0, -1)) -> str | None:
    """The logic without some constraints and a stretch of tokens, the rest renumbered; None where nothing is left."""
    gone = set(numbers)
    for element in sheet.elements:
        if element.statement == index and stretch[0] <= element.first <= stretch[1]:
            gone.add(element.number)
    left = [element.number for element in sheet.elements if element.number not in gone]
    of_label: dict[str, list[int]] = {}
    for element in sheet.elements:
        if element.constraint.label is not None:
            of_label.setdefault(element.constraint.label.text.lower(), []).append(element.number)
    labels = {label for label, some in of_label.items() if gone.issuperset(some)}
    renumbering = {number: new for new, number in enumerate(left, 1)}
    return renumbered(sheet, index, renumbering, labels, stretch)


def comments_of(sheet: Sheet) -> list[int]:
    """The tokens of the comments of a query."""
    return [index for index in range(sheet.tokens.count) if sheet.tokens.kinds[index] == COMMENT]


def is_in_place(off: SwitchedOff) -> bool:
    """Whether what a comment holds was written in the `where` that it recorded."""
    if off.logic is None or not off.logic.lower().startswith("where"):
        return False
    try:
        sheet = read(off.logic)
    except EditError:
        return False
    return any(value_text(sheet.tokens, element) == off.text for element in sheet.elements)


class Back(Record):
    """The logic of a query once something is back, and the comments that then record another logic."""

    logic: str
    comments: dict[str, str]


def recorded(sheet: Sheet, own: Held) -> Back | None:
    """The logic with what a comment holds back, as recorded; None where the logic is not what switching off left.

    What was switched off later stays so, and its comment records the logic as it would have stood.
    """
    after = [held for held in all_held(sheet) if not held.is_part and 0 < held.operands < own.operands]
    later = sorted(after, key=lambda held: -held.operands)
    now = logic_of(sheet.program)
    current = None if now is None else logic_line(sheet, now)
    # A shorter logic may be older, or written by hand: first as if nothing went later.
    return _back(sheet, own, [], current) or (_back(sheet, own, later, current) if later else None)


def _back(sheet: Sheet, own: Held, later: Sequence[Held], current: str | None) -> Back | None:
    """What `recorded` gives if some, and only they, were switched off later."""
    full = _as_left(sheet, own, later, current)
    if full is None:
        return None
    index = logic_of(full.sheet.program)
    assert index is not None
    if not _is_complete(full.sheet, index):
        return None
    gone = full.numbers if own.is_part else full.numbers[1:]
    comments: dict[str, str] = {}
    for place, held in enumerate(later):
        record = line(without(full.sheet, index, gone[:place]))
        comments[held.comment] = written_off(held.off.__replace__(logic=record))
    return Back(line(without(full.sheet, index, gone)) or "", comments)


def is_joined_otherwise(sheet: Sheet, own: Held, *, alone: bool) -> bool:
    """Whether the recorded logic has what a comment holds under NOT or OR; for one that comes back alone, under NOT."""
    try:
        record = read(own.off.logic or "")
    except EditError:
        return False
    statement = record.program.statements[0] if len(record.program.statements) == 1 else None
    if not isinstance(statement, Logic):
        return False
    label = None if own.is_part else constraint_of(own.off).label
    words = {str(number) for number in _numbers_then(sheet, own)} | ({label.text.lower()} if label else set())
    stretches = set(_stretches(record, 0, own)) if own.is_part else set()
    in_place = {element.first: value_text(record.tokens, element) for element in record.elements}
    nodes = tree(statement, record.tokens)
    above = {child: place for place, node in enumerate(nodes) for child in node.children}
    for place, node in enumerate(nodes):
        if own.is_part:
            is_own = (node.first, node.last) in stretches
        elif node.operator != OPERAND:
            continue
        elif node.constraint is not None:
            is_own = any(text == own.off.text for at, text in in_place.items() if node.first <= at <= node.last)
        else:
            is_own = on_line(record.tokens, node.first, node.last).strip("() ").lower() in words
        if not is_own:
            continue
        at = place
        while (upper := above.get(at)) is not None:
            at = upper
            if nodes[at].operator == NOT or (nodes[at].operator == OR and not alone):
                return True
    return False


def _numbers_then(sheet: Sheet, own: Held) -> set[int]:
    """The numbers that a constraint may have had: as if nothing went later, and as if all with a shorter logic did."""
    number = 1 + sum(element.last < own.token for element in sheet.elements)
    off = [held for held in all_held(sheet) if not held.is_part and 0 < held.operands < own.operands]
    return {number, number + sum(held.token < own.token for held in off)}


def _is_complete(sheet: Sheet, index: int) -> bool:
    """Whether each number in a recorded logic is that of a constraint."""
    logic, tokens = sheet.program.statements[index], sheet.tokens
    assert isinstance(logic, Logic)
    numbers = [tokens.read(i) for i, _, one in operands(logic, tokens) if one is None and tokens.kinds[i] == _NUMBER]
    return all(1 <= number_of(number) <= len(sheet.elements) for number in numbers)


# Of constraints in a `where` that are written alike, so many are tried.
_MOST_ALIKE = 20


def _as_left(sheet: Sheet, own: Held, later: Sequence[Held], current: str | None) -> _Full | None:
    """What a comment recorded, where it leaves the current logic without what is off; None where it leaves another."""
    try:
        logic = read(own.off.logic or "")
    except EditError:
        return None
    if len(logic.program.statements) != 1 or not isinstance(logic.program.statements[0], Logic):
        return None
    alike: dict[str, list[Element]] = {}
    for element in logic.elements:
        alike.setdefault(value_text(logic.tokens, element), []).append(element)
    for which in range(_MOST_ALIKE):
        full = _full(sheet, later if own.is_part else [own, *later], logic, alike, which)
        if full is None:
            return None
        for stretch in _stretches(full.sheet, 0, own):
            if line(without(full.sheet, 0, full.numbers, stretch)) == current:
                return full
        if own.is_part or own.off.text not in alike:
            return None
    return None


def _stretches(sheet: Sheet, index: int, own: Held) -> Iterator[tuple[int, int]]:
    """The tokens of a recorded logic that are the part which a comment holds; none of a constraint."""
    if not own.is_part:
        yield 0, -1
        return
    logic = sheet.program.statements[index]
    assert isinstance(logic, Logic)
    part = own.off.text.partition(" ")[2]
    for node in tree(logic, sheet.tokens):
        text = on_line(sheet.tokens, node.first, node.last)
        if part == text[node.brackets : len(text) - node.brackets]:
            yield node.first, node.last


class _Full(Record):
    """A recorded logic with the constraints that it could name, and the numbers of some that are switched off."""

    sheet: Sheet
    numbers: tuple[int, ...]


def _full(
    sheet: Sheet, some: Sequence[Held], own: Sheet, alike: Mapping[str, Sequence[Element]], which_alike: int
) -> _Full | None:
    """A recorded logic over the constraints of a query and some that are switched off; None where that cannot be.

    `alike` has the constraints in place by their texts; for the first that is off, it is that at `which_alike` of them.
    """
    now = logic_of(sheet.program)
    in_place: dict[int, int] = {}
    # By the token at which each stands: the place in `some`, or -1.
    entries = [(e.first, -1, e.__replace__(statement=-1)) for e in sheet.elements if e.statement != now]
    place = sheet.tokens.count if now is None else within(sheet.tokens, sheet.program.statements[now].span)[0]
    for which, held in enumerate(some):
        text = held.off.text
        if text in alike:
            free = [element.number for element in alike[text] if element.number not in in_place]
            turn = 0 if which else which_alike
            if turn >= len(free):
                return None
            in_place[free[turn]] = which
            place = min(place, held.token) if now is None else place
            continue
        try:
            entries.append((held.token, which, Element(0, -1, constraint_of(held.off), 0, 0, 0)))
        except EditError:
            return None
    entries += [(place, in_place.get(e.number, -1), e) for e in own.elements]
    entries.sort(key=lambda entry: entry[0])
    elements = tuple([element.__replace__(number=n) for n, (_, _, element) in enumerate(entries, 1)])
    numbers = {which: n for n, (_, which, _) in enumerate(entries, 1) if which >= 0}
    return _Full(Sheet(own.text, own.program, elements), tuple([numbers[which] for which in range(len(some))]))


def logic_line(sheet: Sheet, index: int) -> str:
    """The statement of the logic on one line, without comments."""
    span = sheet.program.statements[index].span
    return single_line(tokenize(sheet.text[span.start : span.end]))
