"""What a recorded logic has lost by what is switched off, and what it is with one part of that back.

All that is off is taken from the recorded logic. Where that leaves the logic of the query, the record holds, and what
comes back stands where it stood. Of texts that stand in it more than once, each that could be meant is tried.
"""

from __future__ import annotations

from itertools import combinations, islice

from edexql.base.record import Record
from edexql.compiler.editing.logic_edits import Lost, reduced
from edexql.compiler.editing.logic_tree import NOT, OR, tree
from edexql.compiler.editing.switches.numbers import own_record
from edexql.compiler.editing.switches.records import IN_PLACE, LISTED, recorded
from edexql.language.formatter import single_line
from edexql.language.lexer import tokenize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edexql.compiler.editing.switches.numbers import Numbering, Off
    from edexql.compiler.editing.switches.records import Name, Operand, Recorded

# So many ways to read a record are tried, and so many parts of another record are looked for in it.
_MOST_WAYS = 24
_MOST_PARTS = 40


class Gone(Record):
    """What is gone from a record: constraints by rank, labels, elements in place by order, operands by first token."""

    ranks: frozenset[int] = frozenset()
    labels: frozenset[str] = frozenset()
    in_place: frozenset[int] = frozenset()
    operands: frozenset[int] = frozenset()


def rendered(numbers: Numbering, record: Recorded, gone: Gone, number_of: Callable[[Name], int]) -> str | None:
    """A recorded logic without what is gone, on one line; None where nothing is left.

    `number_of` gives the number of a constraint, which has its rank or its order among the elements in place that stay.
    """
    space = numbers.space(len(record.in_place))
    places = {place: order for order, place in enumerate(places_left(record, gone), 1)}

    def renamed(number: int) -> int | None:
        if number < 1:
            return None
        kind, place = space.name(number)
        if kind == LISTED:
            return None if place in gone.ranks else number_of((kind, place))
        if kind == IN_PLACE:
            return number_of((kind, places[place - 1])) if place - 1 in places else None
        return number_of((kind, place))

    text = reduced(record.logic, record.tokens, renamed, Lost(gone.in_place, gone.labels, gone.operands))
    return None if text is None else single_line(tokenize(text))


def places_left(record: Recorded, gone: Gone) -> list[int]:
    """Which elements in place, from 0 on, a recorded logic has without what is gone."""
    there = set(range(len(record.in_place))) - gone.in_place
    for operand in record.operands:
        if operand.first in gone.operands:
            there.difference_update(operand.in_place)
    return sorted(there)


def current_logic(numbers: Numbering) -> str | None:
    """The logic of a query, numbered as no record is: None where there is none, or nothing is left of it.

    That which is off as a whole stands for it where there is no other.
    """
    text = own_record(numbers)
    record = recorded(text) if text is not None else None
    if record is not None:
        return rendered(numbers, record, Gone(), plain)
    whole = None if numbers.whole is None else recorded(numbers.whole.off.text)
    ways = [] if whole is None else readings(numbers, whole)
    return rendered(numbers, whole, ways[0], plain) if whole is not None and len(ways) == 1 else None


def returns(numbers: Numbering, record: Recorded, own: Off | None) -> list[Gone]:
    """What is gone from a recorded logic once `own` is back, for each way to read it that leaves the current logic.

    Without `own`, all that is off stays so.
    """
    wanted = current_logic(numbers)
    ways: dict[str | None, Gone] = {}
    # Parts that went from another logic need not have stood in this one.
    for with_others in (False, True):
        for before, after in _ways(numbers, record, own, with_others=with_others):
            if rendered(numbers, record, before, plain) == wanted:
                ways.setdefault(rendered(numbers, record, after, plain), after)
        if ways:
            break
    return list(ways.values())


def readings_that_hold(numbers: Numbering, record: Recorded) -> list[Gone]:
    """What is gone from a recorded logic by what is off, for each way to read it that leaves the current logic."""
    wanted = current_logic(numbers)
    for with_others in (False, True):
        ways = [gone for gone, _ in _ways(numbers, record, None, with_others=with_others)]
        held = [gone for gone in ways if rendered(numbers, record, gone, plain) == wanted]
        if held:
            return list(dict.fromkeys(held))
    return []


_OFFSETS = {LISTED: 0, IN_PLACE: 10**9}


def plain(name: Name) -> int:
    """A number for what a name stands for, whatever stands in the logic."""
    return name[1] + _OFFSETS.get(name[0], 10**10)


def _ways(numbers: Numbering, record: Recorded, own: Off | None, *, with_others: bool) -> Iterator[tuple[Gone, Gone]]:
    """What is gone from a record, and what is without `own`, for each way to read it.

    Parts of the logic are gone that went from this record; `with_others`, also those from another.
    """
    there = {e.constraint.label.text.lower() for e in numbers.sheet.elements if e.constraint.label is not None}
    constraints = [off for off in numbers.offs if not off.is_part]
    in_lists = [off for off in constraints if off.token not in numbers.in_place]
    ranks = frozenset(numbers.ranks[off.token] for off in in_lists)
    labels = frozenset(off.label for off in constraints if off.label) - there
    before = Gone(ranks, labels)
    after = before
    if own is not None and not own.is_part:
        after = Gone(ranks - {numbers.ranks.get(own.token, 0)}, labels - {own.label})
    texts: dict[str, int] = {}
    for off in constraints:
        if off.token in numbers.in_place:
            texts[off.off.text] = texts.get(off.off.text, 0) + 1
    pairs = [(before, after)]
    for text, count in texts.items():
        places = [place for place, other in enumerate(record.in_place) if other == text]
        is_own = own is not None and own.off.text == text and own.token in numbers.in_place
        pairs = list(islice(_without_places(pairs, places, count, is_own=is_own), _MOST_WAYS))
    parts = [off for off in numbers.offs if off.is_part and off.off.logic is not None]
    of_others = [off for off in parts if off.off.logic != record.text]
    if not with_others or len(of_others) > _MOST_PARTS:
        parts = [off for off in parts if off.off.logic == record.text]
    elif not of_others:
        return
    for off in parts:
        part = recorded(off.off.text)
        if part is not None:
            is_own = own is not None and off.token == own.token
            must = off.off.logic == record.text
            pairs = list(islice(_without_part(numbers, record, part, pairs, is_own=is_own, must=must), _MOST_WAYS))
    yield from pairs


def _without_places(
    pairs: Iterable[tuple[Gone, Gone]], places: Sequence[int], count: int, *, is_own: bool
) -> Iterator[tuple[Gone, Gone]]:
    for before, after in pairs:
        for some in combinations(places, min(count, len(places))):
            gone = before.__replace__(in_place=before.in_place | set(some))
            for one in some if is_own else (-1,):
                yield gone, after.__replace__(in_place=after.in_place | (set(some) - {one}))


def _without_part(
    numbers: Numbering,
    record: Recorded,
    part: Recorded,
    pairs: Iterable[tuple[Gone, Gone]],
    *,
    is_own: bool,
    must: bool,
) -> Iterator[tuple[Gone, Gone]]:
    """What is gone with a part of the logic, for each place of it; also what is without, if it need not be there."""
    for before, after in pairs:
        found = False
        for run in runs(numbers, record, part, before):
            found = True
            gone = before.__replace__(operands=before.operands | run)
            yield gone, after if is_own else after.__replace__(operands=after.operands | run)
        if not is_own and not (must and found):
            yield before, after


def runs(numbers: Numbering, record: Recorded, part: Recorded, gone: Gone) -> Iterator[frozenset[int]]:
    """The operands of a record, by their first tokens, that are those of a part of it, for each place where that is.

    A place where it stands as it is written comes before others; what is gone may be missing in it.
    """
    there = [operand for operand in record.operands if operand.first not in gone.operands]
    nodes = list(_nodes(record, part, {operand.first for operand in there}))
    if nodes:
        yield from nodes
        return
    found = list(islice(_matches(there, part.operands), _MOST_WAYS))
    if found:
        yield from found
        return
    own = [operand for operand in part.operands if not is_gone(numbers, part, operand, gone)]
    left = [operand for operand in there if not is_gone(numbers, record, operand, gone)]
    found = list(islice(_matches(left, own), _MOST_WAYS))
    yield from found
    if not found and own:
        rest = iter(there)
        scattered = [next((one.first for one in rest if _key(one) == _key(operand)), -1) for operand in own]
        if -1 not in scattered:
            yield frozenset(scattered)


def _nodes(record: Recorded, part: Recorded, there: set[int]) -> Iterator[frozenset[int]]:
    """The operands of each node of a record that is written like a part."""
    tokens, text = record.tokens, part.text.partition(" ")[2]
    for node in tree(record.logic, tokens):
        start, end = tokens.starts[node.first] + node.brackets, tokens.ends[node.last] - node.brackets
        if end - start == len(text) and tokens.text[start:end] == text:
            firsts = frozenset(one.first for one in record.operands if node.first <= one.first <= node.last)
            if firsts <= there:
                yield firsts


def _matches(left: Sequence[Operand], own: Sequence[Operand]) -> Iterator[frozenset[int]]:
    """The operands, by their first tokens, of each run of some that is alike to others."""
    if not own:
        return
    text = "".join(f"\n{_key(operand)}\n" for operand in left)
    wanted = "".join(f"\n{_key(operand)}\n" for operand in own)
    at = -1
    place, seen = 0, 0
    while (at := text.find(wanted, at + 1)) >= 0:
        place += text.count("\n", seen, at)
        seen = at
        begin = place // 2
        yield frozenset(operand.first for operand in left[begin : begin + len(own)])


def _key(operand: Operand) -> str:
    if operand.number >= 0:
        return str(operand.number)
    return f"= {operand.label}" if operand.label else f": {operand.head}"


def is_gone(numbers: Numbering, record: Recorded, operand: Operand, gone: Gone) -> bool:
    """Whether an operand of a record, all of it, is gone."""
    if operand.first in gone.operands:
        return True
    if operand.number >= 0:
        kind, place = numbers.space(len(record.in_place)).name(operand.number)
        return operand.number < 1 or (kind == LISTED and place in gone.ranks)
    if operand.label:
        return operand.label in gone.labels
    return bool(operand.in_place) and all(place in gone.in_place for place in operand.in_place)


def is_named(numbers: Numbering, record: Recorded, own: Off) -> bool:
    """Whether a recorded logic names what is switched off."""
    return bool(_own_runs(numbers, record, own))


def _own_runs(numbers: Numbering, record: Recorded, own: Off) -> list[frozenset[int]]:
    """Where a record has what is switched off: the operands, by their first tokens, of each place."""
    if own.is_part:
        part = recorded(own.off.text)
        return [] if part is None else list(islice(runs(numbers, record, part, Gone()), _MOST_WAYS))
    number = 0
    if own.token in numbers.ranks:
        number = numbers.space(len(record.in_place)).number((LISTED, numbers.ranks[own.token]))
    found: list[frozenset[int]] = []
    for operand in record.operands:
        here = own.token in numbers.in_place and any(record.in_place[at] == own.off.text for at in operand.in_place)
        if here or (number and operand.number == number) or (operand.label and operand.label == own.label):
            found.append(frozenset({operand.first}))
    return found


def is_joined_otherwise(numbers: Numbering, record: Recorded, own: Off, *, alone: bool) -> bool:
    """Whether a recorded logic has what is switched off under NOT or OR; for what comes back alone, under NOT."""
    nodes = tree(record.logic, record.tokens)
    above = {child: place for place, node in enumerate(nodes) for child in node.children}
    firsts = [operand.first for operand in record.operands]
    for run in _own_runs(numbers, record, own)[:_MOST_WAYS]:
        first, last = min(run), max(run)
        at = next(place for place, node in enumerate(nodes) if node.first <= first and last <= node.last)
        inside = sum(nodes[at].first <= operand <= nodes[at].last for operand in firsts)
        upper: int | None = at if inside > len(run) else above.get(at)
        while upper is not None:
            if nodes[upper].operator == NOT or (nodes[upper].operator == OR and not alone):
                return True
            upper = above.get(upper)
    return False


def master(numbers: Numbering) -> Recorded | None:
    """The recorded logic that holds: without what is off, it is the logic of the query. None where none is known."""
    counts: dict[str, int] = {}
    for off in numbers.offs:
        if off.off.logic is not None:
            counts[off.off.logic] = counts.get(off.off.logic, 0) + 1
    likely = sorted(counts, key=lambda logic: (-counts[logic], -len(logic)))
    for logic in likely[:_MOST_RECORDS]:
        record = recorded(logic)
        if record is not None and returns(numbers, record, None):
            return record
    return None


# So many recorded logics are tried, the most common first.
_MOST_RECORDS = 6


def readings(numbers: Numbering, record: Recorded) -> list[Gone]:
    """What is gone from a recorded logic by what is off, for each way to read it that leaves another logic."""
    ways: dict[str, Gone] = {}
    # Parts, and what was written in place, are in no logic that is off as a whole when they are off.
    off = [one for one in numbers.offs if not one.is_part and one.token not in numbers.in_place]
    lists = numbers.__replace__(offs=tuple(off))
    for before, _ in _ways(lists, record, None, with_others=False):
        text = rendered(numbers, record, before, plain)
        if text is not None:
            ways.setdefault(text, before)
    return list(ways.values())
