"""Numbers in recorded logic: they count what is switched off, too, so that switching changes none of them.

While a query is edited, each number goes on to stand for the constraint that it stood for; 0 stands for one that is
gone, and a part of the logic that names it is not switched on.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from edexql.base.record import Record
from edexql.compiler.editing.alignment import matches, stretches
from edexql.compiler.editing.document import labels_of, logic_of, read, spliced, within
from edexql.compiler.editing.switches.comments import SwitchedOff, read_off, written_off
from edexql.compiler.editing.switches.lists import value_text
from edexql.compiler.editing.switches.records import (
    BEYOND,
    LISTED,
    Space,
    logic_line,
    recorded,
    size_of,
    with_names,
)
from edexql.language.lexer import COMMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.compiler.editing.switches.lists import Splice
    from edexql.compiler.editing.switches.records import Name, Recorded

_OFF = re.compile(r"#\s*off:", re.IGNORECASE)
_LABEL = re.compile(r"([a-z][a-z0-9-]*)\s*:", re.IGNORECASE)


class Off(Record):
    """Something that is switched off: its comment, the token of that, and what it holds."""

    comment: str
    token: int
    off: SwitchedOff

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the logic, or all of it; else it is a constraint."""
        return self.off.text[:6].lower() in ("logic ", "where ")

    @property
    def label(self) -> str:
        found = None if self.is_part else _LABEL.match(self.off.text)
        return found[1].lower() if found else ""


class Numbering(Record):
    """What the numbers of a query count, those in its recorded logic and its own.

    `ranks` has the place of each constraint that stands in a list, by its token, from 1 on; that of one that is
    switched off is the token of its comment. `before` of them stand before the logic. `live` are the ranks of those
    that are not off. `index` is the statement of the logic, `whole` the logic that is off where there is no other, and
    `in_place` the tokens of the comments with what was written in place.
    """

    sheet: Sheet
    offs: tuple[Off, ...]
    ranks: Mapping[int, int]
    live: tuple[int, ...]
    before: int
    index: int | None
    whole: Off | None
    in_place: frozenset[int]

    def space(self, size: int) -> Space:
        """What the numbers in a recorded logic count that has so many elements in place."""
        return Space(self.before, len(self.ranks), size)

    def own_space(self, size: int) -> Space:
        """What the numbers of the query count with a logic of so many elements in place."""
        return Space(bisect_right(self.live, self.before), len(self.live), size)

    def recorded_number(self, number: int, size: int, own_size: int) -> int:
        """The number in recorded logic for one of the query."""
        kind, place = self.own_space(own_size).name(number)
        return self.space(size).number((kind, self.live[place - 1] if kind == LISTED else place))

    def own_number(self, name: Name, size: int) -> int:
        """The number in the query of a name, whose place in lists is a rank."""
        kind, place = name
        return self.own_space(size).number((kind, bisect_left(self.live, place) + 1 if kind == LISTED else place))

    def of(self, token: int) -> Off | None:
        return next((off for off in self.offs if off.token == token), None)


def numbering(sheet: Sheet) -> Numbering:
    """What the numbers of a query count."""
    offs = tuple(all_off(sheet))
    index = logic_of(sheet.program)
    wholes = [off for off in offs if off.is_part and off.off.logic is None] if index is None else []
    whole = next((off for off in reversed(wholes) if recorded(off.off.text) is not None), None)
    place = -1
    if index is not None:
        place = within(sheet.tokens, sheet.program.statements[index].span)[0]
    elif whole is not None:
        place = whole.token
    in_place = _in_place(sheet, offs, index, whole, place)
    if place < 0:
        place = min(in_place, default=sheet.tokens.count)
    live = [element.first for element in sheet.elements if element.statement != index]
    off = [one.token for one in offs if not one.is_part and one.token not in in_place]
    ranks = {token: rank for rank, token in enumerate(sorted(live + off), 1)}
    before = sum(token < place for token in ranks)
    return Numbering(sheet, offs, ranks, tuple([ranks[token] for token in live]), before, index, whole, in_place)


def all_off(sheet: Sheet) -> Iterable[Off]:
    """What is switched off in a query."""
    for token in comments_of(sheet):
        comment = sheet.tokens.read(token).rstrip()
        off = read_off(comment)
        if off is not None:
            yield Off(comment, token, off)


def comments_of(sheet: Sheet) -> list[int]:
    """The tokens of the comments of a query."""
    return [index for index in range(sheet.tokens.count) if sheet.tokens.kinds[index] == COMMENT]


def _in_place(sheet: Sheet, offs: Sequence[Off], index: int | None, whole: Off | None, place: int) -> frozenset[int]:
    """The tokens of the comments that hold what was written in a `where`.

    A constraint of a list may be written like one in the `where`: so many comments are about this as have gone from it.
    """
    groups: dict[str, list[Off]] = {}
    for off in offs:
        if not off.is_part and off.off.logic is not None and off.off.logic[:6].lower() == "where ":
            groups.setdefault(off.off.text, []).append(off)
    if not groups:
        return frozenset()
    there: list[str] = []
    if index is not None:
        there = [value_text(sheet.tokens, element) for element in sheet.elements if element.statement == index]
    elif whole is not None and (read_whole := recorded(whole.off.text)) is not None:
        there = list(read_whole.in_place)
    for off in offs:
        part = recorded(off.off.text) if off.is_part and off.off.logic is not None else None
        there += part.in_place if part is not None else ()
    records: dict[str, Recorded | None] = {}
    found: set[int] = set()
    for text, group in groups.items():
        most = 0
        for off in group:
            logic = off.off.logic or ""
            if logic not in records:
                records[logic] = recorded(logic)
            record = records[logic]
            most = max(most, record.in_place.count(text) if record is not None else 0)
        gone = max(0, most - there.count(text))
        if gone:
            group.sort(key=lambda off: (0 <= place < off.token, -off.token))
            found.update(off.token for off in group[:gone])
    return frozenset(found)


def followed(before: str, after: str, *, in_place: bool) -> str:
    """The text after an edit, laid out, in which recorded logic names what it named before.

    `in_place` says that the edit may have put a constraint in place of another, which then goes by its number.
    """
    if not _OFF.search(before):
        return after
    old, new = numbering(read(before)), numbering(read(after))
    tokens = _pairs(old.sheet, new.sheet, in_place=in_place)
    alike = matches([off.comment for off in old.offs], [off.comment for off in new.offs]) or []
    pairs = {
        **{a: b for a, b in tokens.items() if a in old.ranks and b in new.ranks},
        **{old.offs[i].token: new.offs[j].token for i, j in alike},
    }
    labels = _label_pairs(old, new, tokens)
    kept = {new.offs[j].token for _, j in alike}
    return carried(old, new, pairs, labels, kept)


def carried(
    old: Numbering,
    new: Numbering,
    pairs: Mapping[int, int],
    labels: Mapping[str, str] | None = None,
    kept: Iterable[int] | None = None,
) -> str:
    """A query in which recorded logic names what it named; `pairs` has constraints by their tokens before and after.

    `labels` has the new name of each label that has another now, and `kept` the comments whose logic is that of before.
    """
    ranks = {old.ranks[a]: new.ranks[b] for a, b in pairs.items() if a in old.ranks and b in new.ranks}
    same = all(ranks.get(rank) == rank for rank in old.ranks.values())
    if same and not labels and (old.before == new.before or not any(_has_where(off) for off in new.offs)):
        return new.sheet.text
    texts: dict[str, str] = {}

    def renamed(logic: str) -> str:
        if logic not in texts:
            size = size_of(logic)
            was, now = old.space(size), new.space(size)

            def number(number: int) -> int:
                if number < 1:
                    return 0
                kind, place = was.name(number)
                if kind == LISTED:
                    place = ranks.get(place, 0)
                return now.number((kind, place)) if place else 0

            texts[logic] = with_names(logic, number, (lambda label: labels.get(label, label)) if labels else None)
        return texts[logic]

    chosen = None if kept is None else set(kept)
    splices: list[Splice] = []
    for off in new.offs:
        if chosen is not None and off.token not in chosen:
            continue
        text, logic = off.off.text, off.off.logic
        if off.is_part:
            text = renamed(text)
        elif labels and off.label and labels.get(off.label, "0") not in ("0", off.label):
            text = labels[off.label] + text[len(off.label) :]
        written = written_off(off.off.__replace__(text=text, logic=None if logic is None else renamed(logic)))
        if written != off.comment:
            tokens = new.sheet.tokens
            splices.append((tokens.starts[off.token], tokens.ends[off.token], written))
    return spliced(new.sheet.text, splices) if splices else new.sheet.text


def _has_where(off: Off) -> bool:
    return "where" in (off.off.text[:5].lower(), (off.off.logic or "")[:5].lower())


def _label_pairs(old: Numbering, new: Numbering, pairs: Mapping[int, int]) -> dict[str, str]:
    """The labels that constraints have after an edit in place of those that they had; 0 for one that is gone."""
    before, after = labels_of(old.sheet.program), labels_of(new.sheet.program)
    gone = {label for label in before if label not in after}
    if not gone:
        return {}
    found = dict.fromkeys(gone - {off.label for off in old.offs}, "0")
    now = {element.first: element.constraint.label for element in new.sheet.elements}
    for element in old.sheet.elements:
        label = element.constraint.label
        if label is not None and label.text.lower() in gone:
            other = now.get(pairs.get(element.first, -1))
            if other is not None and other.text.lower() not in before:
                found[label.text.lower()] = other.text.lower()
    return found


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


def own_record(numbers: Numbering) -> str | None:
    """The logic of a query on one line, with numbers as recorded logic has them; None where there is none."""
    if numbers.index is None:
        return None
    logic = logic_line(numbers.sheet, numbers.index)
    size = size_of(logic)
    return with_names(logic, lambda number: numbers.recorded_number(number, size, size) if number else 0)


__all__ = ["BEYOND", "Numbering", "Off", "all_off", "carried", "comments_of", "followed", "numbering", "own_record"]
