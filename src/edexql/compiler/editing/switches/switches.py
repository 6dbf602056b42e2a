"""Parts of a query switched off, as comments in their place, and on again; the logic loses them and gets them back.

What the logic was before stands in the comment. Where the logic is what switching off left, the recorded one comes back
as it was; else the part is joined by AND, and stays off where it stood under NOT or OR.
"""

from __future__ import annotations

from edexql.compiler.editing.document import (
    EditError,
    finished,
    line_end,
    logic_of,
    on_line,
    read,
    spliced,
    there_are,
    token_at,
    within,
)
from edexql.compiler.editing.entry import entered
from edexql.compiler.editing.logic_edits import number_of, operands, renumbered, splice_of
from edexql.compiler.editing.logic_tree import OR, tree
from edexql.compiler.editing.switches.comments import SwitchedOff, read_off, written_off
from edexql.compiler.editing.switches.lists import constraint_of, off_splice, restored, value_text
from edexql.compiler.editing.switches.numbers import in_place_of, standing, whole_off, with_logic_on
from edexql.compiler.editing.switches.records import (
    Held,
    all_held,
    comments_of,
    is_in_place,
    is_joined_otherwise,
    logic_line,
    operand_count,
    read_logic,
    recorded,
    with_records,
    without,
)
from edexql.language.lexer import COMMENT, KIND, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.editing.document import Element, Sheet
    from edexql.compiler.editing.logic_tree import Node
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.records import Back

_NUMBER = KIND["NUMBER"]


def switched_off(text: str, number: int) -> str:
    """A query in which a constraint, or one value of several, is a comment, laid out; the logic has it no more.

    One that is written in `where` becomes a comment above it. Raises EditError where there is no such constraint.
    """
    sheet = read(text)
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {number}", there_are(len(sheet.elements)))
    whole = whole_off(sheet)
    if whole is not None and not in_place_of(sheet, whole):
        off = switched_off(with_logic_on(sheet, whole), number)
        if (again := _logic_off_again(off)) is not None:
            return again
    element = sheet.elements[number - 1]
    index = logic_of(sheet.program)
    held = None
    records = all_held(sheet)
    # A part of the logic that is off may name it, too.
    if index is not None and (_is_named(sheet, index, element) or any(record.is_part for record in records)):
        held = logic_line(sheet, index)
    else:
        sheet = with_records(sheet, element.first, -1, records)
        element = sheet.elements[number - 1]
    splices: list[Splice] = []
    if index is not None:
        splices.append(_logic_splice(sheet, index, without(sheet, index, {number})))
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
    new = without(sheet, index, (), (part.first, part.last))
    start, end, new_text = _logic_splice(sheet, index, new)
    return finished(spliced(sheet.text, [(start, end, f"{comment}\n{new_text}")]))


def switched_on(text: str, offset: int) -> str:
    """A query in which the comment that begins at an offset of `text` is what it holds again, laid out.

    Raises EditError where there is no such comment, where it holds nothing that could be a part of the query, and where
    the logic has changed since and the part stood in it under NOT or OR.
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
    whole = whole_off(sheet)
    if whole is not None and not in_place_of(sheet, whole):
        place = comments_of(sheet).index(comment)
        whole_comment = read_off(sheet.tokens.read(whole))
        lost = whole < comment and (whole_comment is None or whole_comment.comment is None)
        live = read(with_logic_on(sheet, whole))
        token = comments_of(live)[place - lost]
        if (again := _logic_off_again(switched_on(live.text, live.tokens.starts[token]))) is not None:
            return again
    if off.logic is not None:
        own = Held(sheet.tokens.read(comment).rstrip(), comment, off, operand_count(off.logic))
        back_logic = recorded(sheet, own)
        if back_logic is not None:
            return _as_recorded(sheet, own, back_logic)
        _refuse_by_and(sheet, own)
    # Of those with a logic, the ones that went after it; without a logic, any.
    count = operand_count(off.logic or "")
    others = [held for held in all_held(sheet) if held.token != comment and (not count or held.operands < count)]
    place = comments_of(sheet).index(comment)
    sheet = with_records(sheet, comment, 1, others)
    comment = comments_of(sheet)[place]
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


def _logic_off_again(text: str) -> str | None:
    """A query whose logic is off as a whole; None where it has none."""
    sheet = read(text)
    index = logic_of(sheet.program)
    statement = None if index is None else sheet.program.statements[index]
    if not isinstance(statement, Logic):
        return None
    return logic_switched_off(text, len(tree(statement, sheet.tokens)) - 1)


def _comment_at(text: str, offset: int, sheet: Sheet) -> int | None:
    """The token of a comment in the layout of a text, from where it begins in the text."""
    tokens = tokenize(Source(text).text)
    index = token_at(tokens, offset)
    if index >= tokens.count or tokens.starts[index] != offset or tokens.kinds[index] != COMMENT:
        return None
    place = tokens.kinds[:index].count(COMMENT)
    return comments_of(sheet)[place]


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


def _refuse_by_and(sheet: Sheet, own: Held) -> None:
    """Raise EditError where AND would join what stood under NOT or OR in the recorded logic."""
    if is_joined_otherwise(sheet, own, alone=logic_of(sheet.program) is None):
        raise EditError(
            f"the logic has changed since `{own.off.text}` was switched off, and it was not just joined by AND",
            f"remove `# off:` in the text and write the logic that you mean; it was `{own.off.logic}`",
        )


def _as_recorded(sheet: Sheet, own: Held, back: Back) -> str:
    """The query with a constraint back, and the logic that was recorded."""
    # Parts of the logic that went later do not name it, but their numbers follow from it.
    parts = [held for held in all_held(sheet) if held.is_part and held.operands < own.operands]
    place = comments_of(sheet).index(own.token)
    sheet = with_records(sheet, own.token, 1, parts)
    comment = comments_of(sheet)[place]
    if is_in_place(own.off):
        start = sheet.tokens.starts[comment]
        splice = (start, line_end(sheet.text, start), "")
    else:
        splice = restored(sheet, comment, own.off).splice
    return _with_logic(read(spliced(sheet.text, [splice])), back)


def _with_logic(sheet: Sheet, back: Back) -> str:
    """A query with a logic that was recorded, and with the comments that record another one."""
    splices: list[Splice] = []
    tokens = sheet.tokens
    texts, logic = back.comments, back.logic
    for index in comments_of(sheet):
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


def _logic_on(sheet: Sheet, comment: int, off: SwitchedOff) -> str:
    """A query with a part of the logic, or all of it, back."""
    start = sheet.tokens.starts[comment]
    gap = (start, line_end(sheet.text, start))
    now = logic_of(sheet.program)
    own = Held(sheet.tokens.read(comment).rstrip(), comment, off, operand_count(off.logic or off.text))
    if now is None and off.logic is None:
        remark = f"  {off.comment}" if off.comment else ""
        return finished(spliced(sheet.text, [(*gap, f"{standing(sheet, own)}{remark}\n")]))
    rest = read(spliced(sheet.text, [(*gap, "")]))
    if off.logic is not None:
        back = recorded(sheet, own)
        if back is not None:
            return _with_logic(rest, back)
        _refuse_by_and(sheet, own)
    index = logic_of(rest.program)
    text = standing(sheet, own)
    part = text.partition(" ")[2]
    if index is None:
        return entered(rest.text, text).text or ""
    nodes = _nodes_of(text)
    part = f"({part})" if nodes and nodes[-1].operator == OR and not nodes[-1].brackets else part
    new = _joined(rest, index, rest.text[slice(*_span(rest, index))], part)
    return finished(spliced(rest.text, [_logic_splice(rest, index, new)]))


def _span(sheet: Sheet, index: int) -> tuple[int, int]:
    span = sheet.program.statements[index].span
    return span.start, span.end


def _nodes_of(logic: str) -> Sequence[Node]:
    found = read_logic(logic)
    return () if found is None else tree(*found)
