"""Parts of a query that are switched on again: they come back where they stood, are joined by AND, or stay off."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.compiler.editing.document import (
    EditError,
    finished,
    labels_of,
    logic_of,
    read,
    spliced,
    token_at,
)
from edexql.compiler.editing.entry import entered
from edexql.compiler.editing.logic_edits import renumbered
from edexql.compiler.editing.logic_tree import OR, tree
from edexql.compiler.editing.switches.batches import alone_on
from edexql.compiler.editing.switches.comments import parts_off, written_off
from edexql.compiler.editing.switches.lists import constraint_of, restored
from edexql.compiler.editing.switches.losses import (
    Gone,
    current_logic,
    is_joined_otherwise,
    is_named,
    places_left,
    plain,
    readings,
    rendered,
    returns,
)
from edexql.compiler.editing.switches.numbers import carried, comments_of, numbering
from edexql.compiler.editing.switches.records import IN_PLACE, LISTED, recorded, with_names
from edexql.compiler.editing.switches.splices import (
    comment_pairs,
    joined_by_and,
    line_of,
    logic_splice,
    logic_with_lists,
    with_logic,
)
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.compiler.editing.logic_tree import Node
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.numbers import Numbering, Off
    from edexql.compiler.editing.switches.records import Name, Recorded

# What stands where a logic comes back until that is known.
_PLACEHOLDER = "logic 1\n"


def switched_on(text: str, offset: int) -> str:
    """A query in which the comment that begins at an offset of `text` is what it holds again, laid out.

    Raises EditError where there is no such comment, where it holds nothing that could be a part of the query, and where
    the logic has changed since and the part stood in it under NOT or OR.
    """
    sheet = read(text)
    numbers = numbering(sheet)
    comment = _comment_at(text, offset, sheet)
    own = None if comment is None else numbers.of(comment)
    if own is None:
        raise EditError("there is nothing switched off at this place", "give the place of a comment with `# off:`")
    if own.is_part and recorded(own.off.text) is not None:
        return _whole_on(numbers, own) if own.off.logic is None else _part_on(numbers, own)
    constraint_of(own.off)
    record = None if own.off.logic is None or _is_in_label(numbers, own) else recorded(own.off.logic)
    if numbers.whole is not None:
        whole = _whole_with(numbers, own, record)
        if own.token in numbers.in_place:
            draft, number = read(spliced(sheet.text, [*whole, (*line_of(sheet, own.token), "")])), None
        else:
            back = restored(sheet, own.token, own.off)
            draft, number = read(spliced(sheet.text, [*whole, back.splice])), back.number
        return _with_own(numbers, own, draft, number, None, None)
    gone = None if record is None else _gone_with(numbers, record, own)
    if gone is not None and own.token in numbers.in_place:
        instead = _PLACEHOLDER if numbers.index is None else ""
        draft, number = read(spliced(sheet.text, [(*line_of(sheet, own.token), instead)])), None
    else:
        back = restored(sheet, own.token, own.off)
        draft, number = read(spliced(sheet.text, [back.splice])), back.number
    return _with_own(numbers, own, draft, number, record, gone)


def all_switched_on(text: str) -> str:
    """A query in which all that is off is switched on, whatever the order in which that can be done.

    Statements of one value come back together, with one reading of the text.

    Raises EditError, of the first that stays off, where not all comes back.
    """
    text = alone_on(text) or text
    parts = len(parts_off(tokenize(text)))
    while parts:
        refused: EditError | None = None
        for offset, _ in reversed(parts_off(tokenize(text))):
            try:
                text = switched_on(text, offset)
                break
            except EditError as error:
                refused = error
        else:
            assert refused is not None
            raise refused
        parts = len(parts_off(tokenize(text)))
    return text


def _is_in_label(numbers: Numbering, own: Off) -> bool:
    """Whether a constraint comes back under a label that others still have, and the record has no number of it."""
    if not own.label or all(own.label != label for label in labels_of(numbers.sheet.program)):
        return False
    record = recorded(own.off.logic or "")
    return record is None or not is_named(
        numbers, record, own.__replace__(off=own.off.__replace__(text=""), comment="")
    )


def _whole_with(numbers: Numbering, own: Off, record: Recorded | None) -> list[Splice]:
    """What makes a logic that is off as a whole have a part of it that comes back. Raises EditError."""
    off = numbers.whole
    whole = None if off is None else recorded(off.off.text)
    if off is None or whole is None or record is None:
        return []
    if not own.is_part and own.token not in numbers.in_place and is_named(numbers, whole, own):
        return []
    ways = returns(numbers, record, own)
    if len(ways) != 1:
        raise EditError(
            f"the logic has changed since {shown(own.off.text)} was switched off, and is switched off itself",
            "switch on the logic first",
        )
    tokens, text = numbers.sheet.tokens, logic_with_lists(numbers, record, ways[0])
    return [(tokens.starts[off.token], tokens.ends[off.token], written_off(off.off.__replace__(text=text)))]


def _gone_with(numbers: Numbering, record: Recorded, own: Off) -> Gone | None:
    """What is gone from the record of something once that is back; None where it is joined by AND. Raises EditError."""
    ways = returns(numbers, record, own)
    was = f"remove `# off:` in the text and write the logic that you mean; it was {shown(own.off.logic or '')}"
    if len(ways) > 1:
        raise EditError(
            f"{shown(own.off.text)} stood in more than one place of the logic, and it is not known in which",
            f"switch on the other comments first that hold the same; or {was}",
        )
    lost = own.is_part and not is_named(numbers, record, own)
    if not ways and (lost or is_joined_otherwise(numbers, record, own, alone=numbers.index is None)):
        raise EditError(
            f"the logic has changed since {shown(own.off.text)} was switched off, and it was not just joined by AND",
            was,
        )
    parts = [off for off in numbers.offs if off.is_part and off.off.logic != own.off.logic]
    covered = ways and own.token in numbers.in_place and parts
    if covered and rendered(numbers, record, ways[0], plain) == current_logic(numbers):
        raise EditError(f"what {shown(own.off.text)} stood in is switched off", "switch that on first")
    return ways[0] if ways else None


def _with_own(
    numbers: Numbering, own: Off, draft: Sheet, number: int | None, record: Recorded | None, gone: Gone | None
) -> str:
    """The query with a constraint back, as `number` of the draft where it stands in a list, and with its logic."""
    after = numbering(draft)
    listed = [e.first for e in draft.elements if e.statement != after.index]
    token = -1 if number is None else draft.elements[number - 1].first
    before = [e.first for e in numbers.sheet.elements if e.statement != numbers.index]
    pairs = dict(zip(before, [first for first in listed if first != token], strict=False))
    if token >= 0:
        pairs[own.token] = token
    pairs |= comment_pairs(numbers, after, gone=own.token)
    if gone is not None and record is not None:
        new = _record_in(numbers, record, gone, after, pairs)
        text = with_logic(after.sheet, new)
    elif after.index is not None and number is not None:
        renumbering = {n: n + (n >= number) for n in range(1, len(draft.elements) + 1)}
        logic = renumbered(draft, after.index, renumbering) or ""
        if own.off.logic is not None and not _is_in_label(numbers, own):
            logic = joined_by_and(draft, after.index, logic, str(number))
        text = finished(spliced(draft.text, [logic_splice(draft, after.index, logic)]))
    else:
        text = finished(draft.text)
    return _followed(numbers, after, text, pairs)


def _followed(numbers: Numbering, draft: Numbering, text: str, pairs: Mapping[int, int]) -> str:
    """The text of a query after its draft; recorded logic names what it named. `pairs` has the tokens of the draft."""
    last = numbering(read(text))
    old = [e.first for e in draft.sheet.elements if e.statement != draft.index]
    new = [e.first for e in last.sheet.elements if e.statement != last.index]
    moved = dict(zip(old, new, strict=False)) | comment_pairs(draft, last)
    return carried(numbers, last, {a: moved[b] for a, b in pairs.items() if b in moved})


def _record_in(
    numbers: Numbering, record: Recorded, gone: Gone, after: Numbering, pairs: Mapping[int, int]
) -> str | None:
    """A recorded logic, without what is gone from it, with the numbers of another query, in which it is to stand."""
    rank = {numbers.ranks[a]: after.ranks[b] for a, b in pairs.items() if a in numbers.ranks and b in after.ranks}
    size = len(places_left(record, gone))
    there = after if after.index is not None else after.__replace__(before=len(after.ranks))

    def number(name: Name) -> int:
        kind, place = name
        return there.own_number((kind, rank.get(place, 0) if kind == LISTED else place), size)

    return rendered(numbers, record, gone, number)


def _comment_at(text: str, offset: int, sheet: Sheet) -> int | None:
    """The token of a comment in the layout of a text, from where it begins in the text."""
    tokens = tokenize(Source(text).text)
    index = token_at(tokens, offset)
    if index >= tokens.count or tokens.starts[index] != offset or tokens.kinds[index] != COMMENT:
        return None
    place = tokens.kinds[:index].count(COMMENT)
    return comments_of(sheet)[place]


def _whole_on(numbers: Numbering, own: Off) -> str:
    """A query with all of the logic back."""
    sheet, off = numbers.sheet, own.off
    record = recorded(off.text)
    assert record is not None
    _check_gone(numbers, record)
    gap = line_of(sheet, own.token)
    if numbers.index is not None:
        return _part_joined(numbers, own, record, gap)
    ways = readings(numbers, record)
    if not ways:
        raise EditError("all that this logic names is switched off", "switch on one of its constraints first")
    if len(ways) > 1:
        raise EditError(
            "the logic has something in more than one place that is switched off, and it is not known in which",
            "switch that on first",
        )
    pairs = {token: token for token in numbers.ranks}
    text = _record_in(numbers, record, ways[0], numbers.__replace__(index=-1), pairs)
    remark = f"  {off.comment}" if off.comment else ""
    splices: list[Splice] = [(*gap, f"{text}{remark}\n")]
    # What went off meanwhile is in this logic, and gets back into it.
    for other in numbers.offs:
        if not other.is_part and other.off.logic is None and is_named(numbers, record, other):
            written = written_off(other.off.__replace__(logic=off.text))
            splices.append((sheet.tokens.starts[other.token], sheet.tokens.ends[other.token], written))
    return finished(spliced(sheet.text, splices))


def _part_on(numbers: Numbering, own: Off) -> str:
    """A query with a part of the logic back."""
    sheet, off = numbers.sheet, own.off
    part, record = recorded(off.text), recorded(off.logic or "")
    assert part is not None
    _check_gone(numbers, part)
    gap = line_of(sheet, own.token)
    if numbers.whole is not None and record is not None:
        return finished(spliced(sheet.text, [*_whole_with(numbers, own, record), (*gap, "")]))
    gone = None if record is None else _gone_with(numbers, record, own)
    if gone is None or record is None:
        return _part_joined(numbers, own, part, gap)
    _check_named(numbers, own, part)
    draft = numbering(read(spliced(sheet.text, [(*gap, _PLACEHOLDER if numbers.index is None else "")])))
    before = [e.first for e in sheet.elements if e.statement != numbers.index]
    listed = [e.first for e in draft.sheet.elements if e.statement != draft.index]
    pairs = dict(zip(before, listed, strict=True)) | comment_pairs(numbers, draft, gone=own.token)
    new = _record_in(numbers, record, gone, draft, pairs)
    text = with_logic(draft.sheet, new)
    return _followed(numbers, draft, text, pairs)


def _check_named(numbers: Numbering, own: Off, part: Recorded) -> None:
    """Raises EditError where all that a part names is off, and would come back without it."""
    off = [other for other in numbers.offs if not other.is_part and is_named(numbers, part, other)]
    live = {element.constraint.label.text.lower() for element in numbers.sheet.elements if element.constraint.label}
    gone = Gone(
        frozenset(numbers.ranks.get(other.token, 0) for other in off), frozenset(other.label for other in off) - live
    )
    if rendered(numbers, part, gone, plain) is None and any(other.off.logic != own.off.logic for other in off):
        raise EditError(
            "all that this part of the logic names is switched off", f"switch on {shown(off[0].off.text)} first"
        )


def _check_gone(numbers: Numbering, part: Recorded) -> None:
    """Raises EditError where a part of the logic names a constraint that is gone."""
    space = numbers.space(len(part.in_place))
    for operand in part.operands:
        if operand.number == 0 or (operand.number > 0 and space.name(operand.number)[0] not in (LISTED, IN_PLACE)):
            raise EditError(
                "this part of the logic names a constraint that is gone",
                "remove `# off:` in the text and write the number that you mean",
            )


def _part_joined(numbers: Numbering, own: Off, part: Recorded, gap: tuple[int, int]) -> str:
    """A query with a part of the logic joined to it by AND. Raises EditError where it names what is off."""
    sheet = numbers.sheet
    for off in numbers.offs:
        if not off.is_part and is_named(numbers, part, off):
            raise EditError(f"this part of the logic names {shown(off.off.text)}, which is off", "switch that on first")
    size = len(part.in_place)
    own_size = sum(element.statement == numbers.index for element in sheet.elements)

    def number(recorded_number: int) -> int:
        return numbers.own_number(numbers.space(size).name(recorded_number), own_size)

    text = with_names(own.off.text, number)
    rest = read(spliced(sheet.text, [(*gap, "")]))
    index = logic_of(rest.program)
    expression = text.partition(" ")[2]
    if index is None:
        return entered(rest.text, text).text or ""
    nodes = _nodes_of(part)
    expression = f"({expression})" if nodes[-1].operator == OR and not nodes[-1].brackets else expression
    span = rest.program.statements[index].span
    new = joined_by_and(rest, index, rest.text[span.start : span.end], expression)
    return finished(spliced(rest.text, [logic_splice(rest, index, new)]))


def _nodes_of(part: Recorded) -> Sequence[Node]:
    return tree(part.logic, part.tokens)
