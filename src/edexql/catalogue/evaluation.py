"""A query over a catalogue: the times that meet it, and the files of those times."""

from __future__ import annotations

from functools import reduce
from math import inf
from operator import add

import numpy as np

from edexql.catalogue.constraints import DATE, SCAN, cost, effort, of_dates, when, when_ranges
from edexql.catalogue.files import candidates
from edexql.catalogue.intervals import ALWAYS, Intervals
from edexql.catalogue.notes import notes
from edexql.catalogue.plan import plan
from edexql.catalogue.satellites import parts
from edexql.catalogue.three_valued import Truth, any_of, known
from edexql.model.answer import UNKNOWN, Answer, Note
from edexql.model.logic import AND, NOT
from edexql.model.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.files import Files
    from edexql.catalogue.plan import Node, Plan
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def evaluate(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> Answer:
    """The files of a query: newest versions, of the products named, of which the span meets its times.

    Each is judged by the satellite of its product; the times of the answer are those of any satellite.
    """
    each = parts(query, catalogue, vocabulary)
    files, unknown, answers, remarks = zip(
        *(_evaluate(part.query, part.catalogue, vocabulary) for part in each), strict=True
    )
    return Answer(
        reduce(add, files), reduce(add, unknown), any_of(answers), titled([part.title for part in each], remarks)
    )


def titled(titles: Sequence[str], notes: Sequence[tuple[Note, ...]]) -> tuple[Note, ...]:
    """The notes on what is the same for all satellites, and those of each with its title."""
    found: dict[Note, None] = {}
    for title, of_part in zip(titles, notes, strict=True):
        for note in of_part:
            same = all(note in others for others in notes)
            found.setdefault(note if same else Note(note.subject, f"{title}: {note.text}", note.seconds))
    return tuple(found)


def _evaluate(
    query: Query, catalogue: Catalogue, vocabulary: Vocabulary
) -> tuple[Files, Files, Truth, tuple[Note, ...]]:
    """Files that match, files that may, when the query holds, and notes, for the products of one satellite."""
    files = candidates(query.products, catalogue)
    window = files.covered()
    whole = plan(query)
    timeless = files.timeless()
    if whole is None:
        nothing = np.zeros(len(files), bool)
        return files.chosen(~nothing, window), files.chosen(nothing, window, UNKNOWN), known(window), ()
    answer = of_plan(whole, Lookup(query, catalogue, vocabulary), window)
    matched = files.meeting(answer.yes)
    possible = matched if answer.yes is answer.may else files.meeting(answer.may)
    return (
        files.chosen(matched & ~timeless, answer.yes),
        files.chosen((possible & ~matched) | timeless, answer.yes, UNKNOWN),
        answer,
        notes([query.constraints[number - 1] for number in whole.others()], catalogue, vocabulary, window),
    )


def times(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals = ALWAYS) -> Truth:
    """When a query holds for a satellite of its products, in a window; of no constraints, always."""
    each = parts(query, catalogue, vocabulary)
    return any_of([_times(part.query, part.catalogue, vocabulary, window) for part in each])


def _times(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> Truth:
    whole = plan(query)
    return known(window) if whole is None else of_plan(whole, Lookup(query, catalogue, vocabulary), window)


def holding(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> Answer:
    """The times of a query for any satellite of its products, whatever files there are, and what they rest on."""
    each = parts(query, catalogue, vocabulary)
    answers = [_times(part.query, part.catalogue, vocabulary, ALWAYS) for part in each]
    remarks = [
        _notes_on_times(part.query, answer, part.catalogue, vocabulary)
        for part, answer in zip(each, answers, strict=True)
    ]
    return Answer((), (), any_of(answers), titled([part.title for part in each], remarks))


def notes_within(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> tuple[Note, ...]:
    """What a query rests on at the times of a window, for each satellite of its products."""
    each = parts(query, catalogue, vocabulary)
    remarks = [_notes(part.query, part.catalogue, vocabulary, window) for part in each]
    return titled([part.title for part in each], remarks)


def _notes_on_times(query: Query, answer: Truth, catalogue: Catalogue, vocabulary: Vocabulary) -> tuple[Note, ...]:
    return _notes(query, catalogue, vocabulary, window_of_times(query, answer))


def _notes(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> tuple[Note, ...]:
    whole = plan(query)
    if whole is None:
        return ()
    return notes([query.constraints[number - 1] for number in whole.others()], catalogue, vocabulary, window)


def window_of_times(query: Query, answer: Truth) -> Intervals:
    """Of which times it is said what a query rests on: its dates, where it holds at no others, else any."""
    dates = [one.value for one in query.constraints if isinstance(one.value, Period)]
    window = of_dates(dates).yes if dates else ALWAYS
    return ALWAYS if len(answer.may - window) else window


# Of more ranges the effort is not estimated.
_MOST_RANGES = 16


class Lookup:
    """How the times of the constraints of a query are found in a catalogue."""

    def __init__(self, query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
        self.query = query
        self.catalogue = catalogue
        self.vocabulary = vocabulary
        self._costs: dict[tuple[str, str], int] = {}

    def cost(self, number: int) -> int:
        constraint = self.query.constraints[number - 1]
        key = constraint.kind, constraint.key
        if key not in self._costs:
            self._costs[key] = cost(constraint, self.catalogue, self.vocabulary)
        return self._costs[key]

    def when(self, number: int, window: Intervals) -> Truth:
        """When a constraint holds, as far as a window goes."""
        return when(self.query.constraints[number - 1], self.catalogue, self.vocabulary, window)

    def together(self, node: Node) -> list[tuple[int, ...]]:
        """The operands of a node, those in one tuple that are ranges of one field and can be found in one go."""
        ranges: dict[str, list[int]] = {}
        groups: list[tuple[int, ...]] = []
        for operand in node.operands:
            constraint = self.query.constraints[operand - 1] if operand > 0 else None
            if constraint is None or constraint.kind != "range" or node.operator == NOT:
                groups.append((operand,))
            else:
                ranges.setdefault(constraint.key, []).append(operand)
        return groups + [tuple(numbers) for numbers in ranges.values()]

    def ranges(self, numbers: tuple[int, ...], operator: int, window: Intervals) -> Truth:
        """When ranges of one field hold, any of them or all."""
        constraints = [self.query.constraints[number - 1] for number in numbers]
        return when_ranges(constraints, operator, self.catalogue, self.vocabulary, window)

    def effort(self, numbers: tuple[int, ...], operator: int) -> float:
        """The effort to find when ranges of one field hold, any of them or all."""
        constraints = [self.query.constraints[number - 1] for number in numbers]
        if len(constraints) > _MOST_RANGES or any(one.kind != "range" for one in constraints):
            return inf
        return effort(constraints, operator, self.catalogue, self.vocabulary)

    def dates(self, numbers: tuple[int, ...]) -> Truth:
        """When any of some dates is."""
        constraints = self.query.constraints
        return of_dates([constraints[number - 1].value for number in numbers])  # type: ignore[misc]


class Remembered(Lookup):
    """A lookup that finds the times of each constraint once, in one window for all."""

    def __init__(self, query: Query, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> None:
        super().__init__(query, catalogue, vocabulary)
        self._window = window
        self._answers: dict[int, Truth] = {}

    def when(self, number: int, window: Intervals) -> Truth:  # noqa: ARG002
        if number not in self._answers:
            self._answers[number] = super().when(number, self._window).within(self._window)
        return self._answers[number]

    def together(self, node: Node) -> list[tuple[int, ...]]:
        return [(operand,) for operand in node.operands]


class _Frame:
    """A node under way: the operands that remain, the dearest first, and what was found so far, of an AND as one."""

    __slots__ = ("node", "rest", "truths", "window")

    def __init__(self, node: Node, rest: list[tuple[int, ...]], window: Intervals) -> None:
        self.node = node
        self.rest = rest
        self.window = window
        self.truths: list[Truth] = []

    def take(self, answer: Truth) -> None:
        """Add what was found of an operand, and leave those times open that later ones may still change."""
        if answer.yes == answer.may:
            # One set, so that nothing that follows is worked out twice.
            answer = known(answer.yes)
        if self.node.operator == AND:
            # It lies in what those before left open: all that counts of them is what they leave in doubt.
            if self.truths and (before := self.truths.pop()).yes is not before.may:
                answer = Truth(before.yes & answer.yes, answer.may)
            self.window = answer.may
        elif self.node.operator != NOT and self.rest and len(answer.yes):
            self.window = self.window - answer.yes
        self.truths.append(answer)

    def next(self) -> tuple[int, ...] | None:
        """The next operand or operands to be looked at, None where no time is open any more."""
        if self.truths and not len(self.window):
            self.rest.clear()
        return self.rest.pop() if self.rest else None

    def joined(self) -> Truth:
        if self.node.operator == AND:
            return self.truths[0]
        if self.node.operator == NOT:
            return (~self.truths[0]).within(self.window)
        return any_of(self.truths)


def of_plan(whole: Plan, look_up: Lookup, window: Intervals) -> Truth:
    """When a plan holds in a window: cheap operands first, dear ones only for the times that are still open."""
    if whole.root > 0:
        return look_up.when(whole.root, window).within(window)
    costs: list[int] = []
    for node in whole.nodes:
        costs.append(max([_cost(one, costs, look_up) for one in node.operands], default=DATE))
    frames = [_begun(whole, whole.root, costs, look_up, window)]
    while True:
        frame = frames[-1]
        operands = frame.next()
        if operands is None:
            frames.pop()
            answer = frame.joined()
            if not frames:
                return answer
            frames[-1].take(answer)
        elif len(operands) > 1:
            frame.take(look_up.ranges(operands, frame.node.operator, frame.window).within(frame.window))
        elif operands[0] > 0:
            frame.take(look_up.when(operands[0], frame.window).within(frame.window))
        else:
            frames.append(_begun(whole, operands[0], costs, look_up, frame.window))


def _cost(operand: int, costs: list[int], look_up: Lookup) -> int:
    return look_up.cost(operand) if operand > 0 else costs[~operand]


def _effort(whole: Plan, group: tuple[int, ...], operator: int, look_up: Lookup) -> float:
    """The effort to find when some operands hold, the highest for what is not ranges of one field."""
    if group[0] > 0:
        return look_up.effort(group, operator)
    node = whole.nodes[~group[0]]
    groups = look_up.together(node)
    if node.operator == NOT or node.dates or len(groups) > 1 or groups[0][0] < 0:
        return inf
    return look_up.effort(groups[0], node.operator)


def _begun(whole: Plan, operand: int, costs: list[int], look_up: Lookup, window: Intervals) -> _Frame:
    node = whole.nodes[~operand]
    rest = sorted(look_up.together(node), key=lambda group: _cost(group[0], costs, look_up), reverse=True)
    if node.operator == AND:
        # Of several that read values, the later ones are read only where the earlier ones hold.
        scans = [place for place, group in enumerate(rest) if _cost(group[0], costs, look_up) == SCAN]
        if len(scans) > 1:
            part = slice(scans[0], scans[-1] + 1)
            rest[part] = sorted(rest[part], key=lambda group: _effort(whole, group, AND, look_up), reverse=True)
    frame = _Frame(node, rest, window)
    if node.dates:
        frame.take(look_up.dates(node.dates).within(window))
    return frame
