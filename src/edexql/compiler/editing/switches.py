"""Parts of a query switched off, as comments in their place, and on again; the logic loses them and gets them back.

What the logic was before stands in the comment. Where the logic is what switching off left, the recorded one comes back
as it was; else the part is joined by AND.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.editing.document import (
    EditError,
    finished,
    line_end,
    logic_of,
    ranges_of,
    read,
    spliced,
    there_are,
    token_at,
    within,
)
from edexql.compiler.editing.entry import entered
from edexql.compiler.editing.logic_edits import number_of, operands, renumbered, splice_of
from edexql.compiler.editing.logic_tree import OR, tree
from edexql.compiler.editing.off_comments import SwitchedOff, read_off, written_off
from edexql.compiler.editing.value_lists import constraint_of, off_splice, on_line, restored, value_text
from edexql.language.formatter import single_line
from edexql.language.lexer import COMMENT, KIND, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from edexql.compiler.editing.document import Element, Sheet
    from edexql.compiler.editing.logic_tree import Node
    from edexql.compiler.editing.value_lists import Splice

_NUMBER = KIND["NUMBER"]


def switched_off(text: str, number: int) -> str:
    """A query in which a constraint, or one value of several, is a comment, laid out; the logic has it no more.

    One that is written in `where` becomes a comment above it. Raises EditError where there is no such constraint.
    """
    sheet = read(text)
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {number}", there_are(len(sheet.elements)))
    element = sheet.elements[number - 1]
    index = logic_of(sheet.program)
    held = None
    if index is not None and _is_named(sheet, index, element):
        held = logic_line(sheet, index)
    else:
        sheet = _with_records(sheet, element.first, -1, _all_held(sheet))
        element = sheet.elements[number - 1]
    splices: list[Splice] = []
    if index is not None:
        splices.append(_logic_splice(sheet, index, _without(sheet, index, {number})))
    if element.statement == index:
        comment = written_off(SwitchedOff(value_text(sheet.tokens, element), held))
        splices = [(start, end, f"{comment}\n{new}") for start, end, new in splices]
    else:
        splices.append(off_splice(sheet, element, held))
    return finished(spliced(sheet.text, splices))


def logic_switched_off(text: str, node: int) -> str:
    """A query whose logic has lost a node, which a comment above it holds, laid out. The root is all of the logic.

    Raises EditError where there is no such node.
    """
    sheet = read(text)
    index = logic_of(sheet.program)
    statement = None if index is None else sheet.program.statements[index]
    if index is None or not isinstance(statement, Logic):
        raise EditError("the query has no logic of which a part could be switched off", "switch off a constraint")
    nodes = tree(statement, sheet.tokens)
    if not 0 <= node < len(nodes):
        raise EditError(f"the logic has no part {node}")
    part = nodes[node]
    old = logic_line(sheet, index)
    start, end = statement.span.start, line_end(sheet.text, statement.span.end)
    if node == len(nodes) - 1:
        trailing = sheet.text[statement.span.end : end].strip()
        comments = "".join(f"{comment}\n" for comment in _inner_comments(sheet, index))
        off = written_off(SwitchedOff(old, None, trailing or None))
        return finished(spliced(sheet.text, [(start, end, f"{comments}{off}\n")]))
    written = on_line(sheet.tokens, part.first, part.last)
    for _ in range(part.brackets):
        written = written[1:-1].strip()
    comment = written_off(SwitchedOff(f"{statement.keyword} {written}", old))
    new = _without(sheet, index, (), (part.first, part.last))
    start, end, new_text = _logic_splice(sheet, index, new)
    return finished(spliced(sheet.text, [(start, end, f"{comment}\n{new_text}")]))


def switched_on(text: str, offset: int) -> str:
    """A query in which the comment that begins at an offset of `text` is what it holds again, laid out.

    Raises EditError where there is no such comment, or where it holds nothing that could be a part of the query.
    """
    sheet = read(text)
    comment = _comment_at(text, offset, sheet)
    off = None if comment is None else read_off(sheet.tokens.read(comment))
    if comment is None or off is None:
        raise EditError("there is nothing switched off at this place", "give the place of a comment with `# off:`")
    program, diagnostics = parse(Source(off.text))
    if not diagnostics and len(program.statements) == 1 and isinstance(program.statements[0], Logic):
        return _logic_on(sheet, comment, off)
    constraint_of(off)
    exact = _as_recorded(sheet, comment, off)
    if exact is not None:
        return exact
    # Of those with a logic, the ones that went after it; without a logic, any.
    count = _count(off.logic or "")
    others = [held for held in _all_held(sheet) if held.token != comment and (not count or held.operands < count)]
    place = _comments(sheet).index(comment)
    sheet = _with_records(sheet, comment, 1, others)
    comment = _comments(sheet)[place]
    back = restored(sheet, comment, off)
    draft = read(spliced(sheet.text, [back.splice]))
    index = logic_of(draft.program)
    if index is None:
        return finished(draft.text)
    numbers = {n: n + (n >= back.number) for n in range(1, len(draft.elements) + 1)}
    new = renumbered(draft, index, numbers) or ""
    if off.logic is not None:
        new = _joined(draft, index, new, str(back.number))
    return finished(spliced(draft.text, [_logic_splice(draft, index, new)]))


def logic_line(sheet: Sheet, index: int) -> str:
    """The statement of the logic on one line, without comments."""
    span = sheet.program.statements[index].span
    return single_line(tokenize(sheet.text[span.start : span.end]))


def _comment_at(text: str, offset: int, sheet: Sheet) -> int | None:
    """The token of a comment in the layout of a text, from where it begins in the text."""
    tokens = tokenize(Source(text).text)
    index = token_at(tokens, offset)
    if index >= tokens.count or tokens.starts[index] != offset or tokens.kinds[index] != COMMENT:
        return None
    place = tokens.kinds[:index].count(COMMENT)
    return _comments(sheet)[place]


def _comments(sheet: Sheet) -> list[int]:
    """The tokens of the comments of a query."""
    return [index for index in range(sheet.tokens.count) if sheet.tokens.kinds[index] == COMMENT]


def _is_named(sheet: Sheet, index: int, element: Element) -> bool:
    """Whether the logic names an element, and loses it with it: by its number, its label, or in place."""
    if element.statement == index:
        return True
    label = element.constraint.label
    alone = sum(other.statement == element.statement for other in sheet.elements) == 1
    logic = sheet.program.statements[index]
    assert isinstance(logic, Logic)
    for first, _, constraint in operands(logic, sheet.tokens):
        if constraint is not None:
            continue
        word = sheet.tokens.read(first).lower()
        if sheet.tokens.kinds[first] == _NUMBER:
            if number_of(word) == element.number:
                return True
        elif label is not None and alone and word == label.text.lower():
            return True
    return False


def _without(sheet: Sheet, index: int, numbers: Collection[int], stretch: tuple[int, int] = (0, -1)) -> str | None:
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


def _logic_splice(sheet: Sheet, index: int, new: str | None) -> Splice:
    """What puts another text in place of the logic; where nothing is left of it, its comments stay."""
    span = sheet.program.statements[index].span
    if new is not None:
        return splice_of(sheet.text, span, new)
    end = line_end(sheet.text, span.end)
    trailing = sheet.text[span.end : end].strip()
    comments = [*_inner_comments(sheet, index), *([trailing] if trailing else [])]
    return span.start, end, "".join(f"{comment}\n" for comment in comments)


def _inner_comments(sheet: Sheet, index: int) -> list[str]:
    first, last = within(sheet.tokens, sheet.program.statements[index].span)
    tokens = sheet.tokens
    return [tokens.read(i).rstrip() for i in range(first, last + 1) if tokens.kinds[i] == COMMENT]


def _joined(sheet: Sheet, index: int, logic: str, part: str) -> str:
    """A logic and a part that has to hold too."""
    statement = sheet.program.statements[index]
    assert isinstance(statement, Logic)
    keyword, _, expression = logic.partition(" ")
    if tree(statement, sheet.tokens)[-1].operator == OR and not tree(statement, sheet.tokens)[-1].brackets:
        expression = f"({expression})"
    return f"{keyword} {expression} AND {part}"


class _Held(Record):
    """Something switched off with a logic: its comment and the token of it, and how long that logic is."""

    comment: str
    token: int
    off: SwitchedOff
    operands: int

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the logic, not a constraint."""
        return self.off.text.lower().startswith(("logic ", "where "))


def _with_records(sheet: Sheet, place: int, step: int, some: Iterable[_Held]) -> Sheet:
    """A query in which recorded logic has the numbers of constraints when the one at a token comes (1) or goes (-1)."""
    everything = [held for held in _all_held(sheet) if not held.is_part]
    standing = sum(element.last < place for element in sheet.elements)
    splices: list[Splice] = []
    for held in some:
        there = [other for other in everything if 0 < other.operands < held.operands or other.token == held.token]
        number = standing + sum(other.token < place for other in there) + 1
        logic = _shifted(held.off.logic or "", number, step)
        text = _shifted(held.off.text, number, step) if held.is_part else held.off.text
        new = written_off(held.off.__replace__(text=text, logic=logic))
        if new != held.comment:
            splices.append((sheet.tokens.starts[held.token], sheet.tokens.ends[held.token], new))
    return read(spliced(sheet.text, splices)) if splices else sheet


def _shifted(logic: str, number: int, step: int) -> str:
    """A logic on one line with the numbers from one on moved by a step."""
    program, diagnostics = parse(Source(logic))
    statement = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    if not isinstance(statement, Logic):
        return logic
    tokens = program.tokens
    splices: list[Splice] = []
    for first, _, constraint in operands(statement, tokens):
        if constraint is None and tokens.kinds[first] == _NUMBER and number_of(tokens.read(first)) >= number:
            splices.append((tokens.starts[first], tokens.ends[first], str(number_of(tokens.read(first)) + step)))
    return spliced(logic, splices)


def _as_recorded(sheet: Sheet, comment: int, off: SwitchedOff) -> str | None:
    """The query with the logic that a comment recorded; None where the logic is not what switching off left.

    Others may have been switched off after it: their logic is shorter, and is recorded again as it would have been.
    """
    if off.logic is None:
        return None
    own = _Held(sheet.tokens.read(comment).rstrip(), comment, off, _count(off.logic))
    after = [held for held in _all_held(sheet) if 0 < held.operands < own.operands]
    later = [held for held in after if not held.is_part]
    later.sort(key=lambda held: -held.operands)
    full = _with_all(sheet, [own, *later], off.logic)
    index = None if full is None else logic_of(full.sheet.program)
    if full is None or index is None:
        return None
    now = logic_of(sheet.program)
    left = _line(_without(full.sheet, index, full.numbers))
    if left != (None if now is None else logic_line(sheet, now)):
        return None
    # The text with this one back, the logic as recorded without those switched off later, and their records.
    place = _comments(sheet).index(comment)
    moved = _with_records(sheet, comment, 1, [held for held in after if held.is_part])
    alone = _with_all(moved, [own.__replace__(token=_comments(moved)[place])], None)
    if alone is None:
        return None
    gone = list(full.numbers[1:])
    new = _line(_without(full.sheet, index, gone)) or ""
    comments: list[tuple[str, str]] = []
    for place, held in enumerate(later):
        record = _line(_without(full.sheet, index, gone[:place]))
        comments.append((held.comment, written_off(held.off.__replace__(logic=record))))
    return _with_logic(alone.sheet, new, comments)


def _with_logic(sheet: Sheet, logic: str, comments: Sequence[tuple[str, str]]) -> str:
    """A query with another logic, and with other texts for some comments."""
    splices: list[Splice] = []
    tokens = sheet.tokens
    texts = dict(comments)
    for index in _comments(sheet):
        text = texts.get(tokens.read(index).rstrip())
        if text is not None:
            splices.append((tokens.starts[index], tokens.ends[index], text))
    index_of_logic = logic_of(sheet.program)
    if index_of_logic is None:
        return entered(spliced(sheet.text, splices), logic).text or ""
    kept = "".join(f"{comment}\n" for comment in _inner_comments(sheet, index_of_logic))
    span = sheet.program.statements[index_of_logic].span
    splices.append((span.start, span.end, f"{kept}{logic}"))
    return finished(spliced(sheet.text, splices))


class _Full(Record):
    """A query with some switched-off constraints back, and the numbers that they have."""

    sheet: Sheet
    numbers: tuple[int, ...]


def _with_all(sheet: Sheet, some: Sequence[_Held], logic: str | None) -> _Full | None:
    """The query with constraints back and with a logic, the one it has where None; None where that cannot be."""
    numbers: list[int] = []
    in_place = 0
    try:
        for held in some:
            comment = next(i for i in _comments(sheet) if sheet.tokens.read(i).rstrip() == held.comment)
            if _is_in_place(held.off):
                start = sheet.tokens.starts[comment]
                sheet = read(spliced(sheet.text, [(start, line_end(sheet.text, start), "")]))
                numbers.append(0)
                in_place += 1
                continue
            back = restored(sheet, comment, held.off)
            sheet = read(spliced(sheet.text, [back.splice]))
            numbers = [number + (number >= back.number > 0 and number > 0) for number in numbers]
            numbers.append(back.number)
        if logic is not None:
            index = logic_of(sheet.program)
            span = sheet.program.statements[index].span if index is not None else None
            place = (span.start, span.end) if span else (len(sheet.text), len(sheet.text))
            sheet = read(spliced(sheet.text, [(*place, logic if span else f"{logic}\n")]))
    except EditError:
        return None
    if in_place and logic is not None:
        found = _numbers_in_place(sheet, [held.off for held, n in zip(some, numbers, strict=True) if not n])
        if found is None:
            return None
        rest = iter(found)
        numbers = [number or next(rest) for number in numbers]
    return _Full(sheet, tuple(numbers))


def _is_in_place(off: SwitchedOff) -> bool:
    """Whether what a comment holds was written in the `where` that it recorded."""
    if off.logic is None or not off.logic.lower().startswith("where"):
        return False
    try:
        sheet = read(off.logic)
    except EditError:
        return False
    return any(value_text(sheet.tokens, element) == off.text for element in sheet.elements)


def _numbers_in_place(sheet: Sheet, some: Iterable[SwitchedOff]) -> list[int] | None:
    """The numbers of constraints in the `where`, by their texts; None where one is not there."""
    index = logic_of(sheet.program)
    free = [element for element in sheet.elements if element.statement == index]
    numbers: list[int] = []
    for off in some:
        element = next((e for e in free if value_text(sheet.tokens, e) == off.text), None)
        if element is None:
            return None
        free.remove(element)
        numbers.append(element.number)
    return numbers


def _all_held(sheet: Sheet) -> list[_Held]:
    """What is switched off and has the logic that named it."""
    found: list[_Held] = []
    for index in _comments(sheet):
        off = read_off(sheet.tokens.read(index))
        if off is not None and off.logic is not None:
            found.append(_Held(sheet.tokens.read(index).rstrip(), index, off, _count(off.logic)))
    return found


def _count(logic: str) -> int:
    """How many values and names a logic has, 0 where it cannot be read."""
    program, diagnostics = parse(Source(logic))
    statement = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    if not isinstance(statement, Logic):
        return 0
    parts = (constraint for _, _, constraint in operands(statement, program.tokens))
    return sum(1 if part is None else len(ranges_of(part, program.tokens)) for part in parts)


def _line(logic: str | None) -> str | None:
    """A logic on one line, without comments."""
    return None if logic is None else single_line(tokenize(logic))


def _logic_on(sheet: Sheet, comment: int, off: SwitchedOff) -> str:
    """A query with a part of the logic, or all of it, back."""
    start = sheet.tokens.starts[comment]
    gap = (start, line_end(sheet.text, start))
    now = logic_of(sheet.program)
    if now is None and off.logic is None:
        remark = f"  {off.comment}" if off.comment else ""
        return finished(spliced(sheet.text, [(*gap, f"{off.text}{remark}\n")]))
    rest = read(spliced(sheet.text, [(*gap, "")]))
    if off.logic is not None:
        exact = _part_as_recorded(sheet, rest, off)
        if exact is not None:
            return exact
    index = logic_of(rest.program)
    part = off.text.partition(" ")[2]
    if index is None:
        return entered(rest.text, off.text).text or ""
    nodes = _nodes_of(off.text)
    part = f"({part})" if nodes and nodes[-1].operator == OR and not nodes[-1].brackets else part
    new = _joined(rest, index, rest.text[slice(*_span(rest, index))], part)
    return finished(spliced(rest.text, [_logic_splice(rest, index, new)]))


def _span(sheet: Sheet, index: int) -> tuple[int, int]:
    span = sheet.program.statements[index].span
    return span.start, span.end


def _nodes_of(logic: str) -> Sequence[Node]:
    program, diagnostics = parse(Source(logic))
    statement = program.statements[0] if program.statements and not diagnostics else None
    return tree(statement, program.tokens) if isinstance(statement, Logic) else ()


def _part_as_recorded(sheet: Sheet, rest: Sheet, off: SwitchedOff) -> str | None:
    """The query with a recorded logic, where the logic is that without the part; None where it is another."""
    assert off.logic is not None
    now = logic_of(sheet.program)
    current = None if now is None else logic_line(sheet, now)
    full = _with_all(rest, (), off.logic)
    index = None if full is None else logic_of(full.sheet.program)
    if full is None or index is None:
        return None
    statement = full.sheet.program.statements[index]
    assert isinstance(statement, Logic)
    for node in tree(statement, full.sheet.tokens):
        if _line(_without(full.sheet, index, (), (node.first, node.last))) == current:
            return _with_logic(rest, off.logic, ())
    return None
