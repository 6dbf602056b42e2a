"""Query into what eDEx takes: elements under their keys, and logic over their numbers.

NOT is pushed down to the constraints and turned into complements there. Elements are numbered in the
order in which they stand on the wire, and only elements that the logic names are sent. What is sent
admits every file that the query admits.
"""

from __future__ import annotations

from itertools import chain, islice
from operator import lt

from edexql.base import stdlib
from edexql.base.record import Record
from edexql.compiler.elements import Mission, Sent, Unsendable, sent
from edexql.compiler.expressions import MOST_OPERANDS, SHORTER, TOO_LONG
from edexql.model.logic import AND, FALSE, NOT, OR, any_of, simplified, wire_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from edexql.base.stdlib import date
    from edexql.compiler.residual import Residual
    from edexql.model.period import Period
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


class Problem(Record):
    """Something about constraint `number` (or the query as a whole, None) that cannot be sent as it is meant."""

    code: str
    message: str
    number: int | None
    way_out: str


class Use(Record):
    """How a constraint is sent: itself or its opposite, and the numbers it has on the wire."""

    number: int
    negated: bool
    key: str
    elements: tuple[Any, ...]
    wire_numbers: tuple[int, ...]


class Uses:
    """How each constraint is sent, in the order of the source: made when they are looked at, since few are."""

    __slots__ = ("_form", "_literals", "_wire")

    def __init__(self, literals: Sequence[int], wire: _Wire, form: Callable[[int], Sent]) -> None:
        self._literals = literals
        self._wire = wire
        self._form = form

    def __iter__(self) -> Iterator[Use]:
        for literal in self._literals:
            form, numbers = self._form(literal), self._wire.numbers(literal)
            yield Use(literal // 2, bool(literal % 2), form.key, form.elements, tuple(numbers))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, Uses)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class Lowered(Record):
    """A query on the wire. `parameters` is empty where a problem is an error."""

    parameters: dict[str, Any]
    uses: Iterable[Use]
    residual: Residual | None
    problems: tuple[Problem, ...]


def lower(query: Query, vocabulary: Vocabulary, today: date) -> Lowered:
    """Compile a query. Problems with a code that begins with E make it one that cannot be sent."""
    logic = query.effective_logic()
    if logic is None:
        return Lowered(_parameters(query, vocabulary, {}, ""), (), None, ())
    mission = Mission(vocabulary.launch_day, today)

    def form(literal: int) -> Sent:
        return sent(query.constraints[literal // 2 - 1], vocabulary, mission, negated=bool(literal % 2))

    literals = pushed_down(logic.code)
    named = [part for part in literals if part > 0]
    if not all(map(lt, named, islice(named, 1, None))):
        named = sorted(set(named))
    wire, problems = _sent(named, form, vocabulary)
    if not problems and sum([wire.counts.get(part, 1) for part in literals if part > 0]) > MOST_OPERANDS:
        problems.append(_TOO_LONG)
    if problems:
        return Lowered({}, (), None, tuple(problems))
    expanded = _expanded(literals, wire)
    code = simplified(expanded)
    if code == [FALSE]:
        return Lowered({}, (), None, (_NEVER,))
    if FALSE in expanded:
        # Only what is still named is sent, and has a number.
        left = set(code)
        named = [literal for literal in named if not left.isdisjoint(wire.numbers(literal))]
        before, (wire, _) = wire, _sent(named, form, vocabulary)
        pairs = [zip(before.numbers(literal), wire.numbers(literal), strict=True) for literal in named]
        numbers = dict(chain.from_iterable(pairs))
        code = [numbers.get(part, part) for part in code]
    both = next((key for key, _ in query.extras if key in wire.lists), None)
    if both is not None:
        message = f"`raw` sets all of the key `{both}`, but constraints add elements to it"
        return Lowered({}, (), None, (Problem("E310", message, None, "write all its elements in one list"),))
    rest, problems = _rest(literals, named, wire, form, mission)
    problems += [_wider(literal) for literal in wire.wider]
    if any(problem.code.startswith("E") for problem in problems):
        return Lowered({}, (), None, tuple(problems))
    parameters = _parameters(query, vocabulary, wire.lists, wire_text(code))
    return Lowered(parameters, Uses(named, wire, form), rest, tuple(problems))


# Beyond all bounds, the first behind the last.
_NO_BOUNDS = 2**62, -(2**62)

# A literal is a constraint or its opposite: 2n for constraint n, 2n + 1 for its opposite.


def pushed_down(code: Sequence[int]) -> list[int]:
    """An expression over constraint numbers as one over literals, without NOT."""
    if NOT not in code:
        return [2 * part if part > 0 else part for part in code]
    backwards: list[int] = []
    polarities = [False]
    for part in reversed(code):
        negated = polarities.pop()
        if part == NOT:
            polarities.append(not negated)
        elif part > 0:
            backwards.append(2 * part + negated)
        else:
            backwards.append(AND + OR - part if negated else part)
            polarities += (negated, negated)
    return backwards[::-1]


class _Wire(Record):
    """Literals as they are sent.

    `lists` are their elements under their keys, in the order of the wire. `firsts` has the number there of the first
    element of each literal, by the literal; `counts` how many elements a literal has that has not one. `exact` are the
    literals that say more than their elements, `wider` those of which the elements say more.
    """

    lists: dict[str, list[Any]]
    firsts: list[int]
    counts: dict[int, int]
    exact: int | None
    bounds: tuple[int, int]
    wider: list[int]

    def numbers(self, literal: int) -> range:
        first = self.firsts[literal]
        return range(first, first + self.counts.get(literal, 1))


def _sent(literals: Sequence[int], form: Callable[[int], Sent], vocabulary: Vocabulary) -> tuple[_Wire, list[Problem]]:
    """What is sent for some literals, given in the order of the source."""
    by_key: dict[str, list[int]] = {}
    elements: dict[str, list[Any]] = {}
    counts: dict[int, int] = {}
    exact: int | None = None
    bounds = _NO_BOUNDS
    wider: list[int] = []
    problems: list[Problem] = []
    for literal in literals:
        try:
            one = form(literal)
        except Unsendable as error:
            problems.append(Problem(error.code, str(error), literal // 2, error.way_out))
            continue
        key = one.key
        if key not in elements:
            elements[key] = []
            by_key[key] = []
        by_key[key].append(literal)
        elements[key] += one.elements
        if len(one.elements) != 1:
            counts[literal] = len(one.elements)
        if one.exact is not None:
            exact = exact or literal
            bounds = _extended(bounds, one.exact)
        if one.wider:
            wider.append(literal)
    firsts = [0] * (literals[-1] + 1)
    number = 1
    places = vocabulary.wire_places
    keys = sorted(by_key, key=lambda key: places.get(key, len(places)))
    for key in keys:
        for literal in by_key[key]:
            firsts[literal] = number
            number += counts.get(literal, 1)
    lists = {key: elements[key] for key in keys}
    return _Wire(lists, firsts, counts, exact, bounds, wider), problems


def _extended(bounds: tuple[int, int], periods: Iterable[Period]) -> tuple[int, int]:
    """Bounds that hold those of some periods too."""
    first, last = bounds
    for period in periods:
        for bound in (period.start, period.end):
            if bound is not None:
                first, last = min(first, bound), max(last, bound)
    return first, last


def _expanded(literals: Iterable[int], wire: _Wire) -> list[int]:
    """An expression over literals as one over the numbers of their elements."""
    firsts, counts = wire.firsts, wire.counts
    if not counts:
        return [firsts[part] if part > 0 else part for part in literals]
    code: list[int] = []
    for part in literals:
        if part < 0:
            code.append(part)
        elif part not in counts:
            code.append(firsts[part])
        else:
            code += any_of(wire.numbers(part)) or [FALSE]
    return code


def _rest(
    literals: Sequence[int], named: Sequence[int], wire: _Wire, form: Callable[[int], Sent], mission: Mission
) -> tuple[Residual | None, list[Problem]]:
    if wire.exact is None:
        return None, []
    from edexql.compiler.residual import TooMuch, residual

    number = wire.exact // 2
    there = set(named)
    try:
        rest, faithful = residual(
            literals, wire.bounds, lambda literal: form(literal) if literal in there else None, mission
        )
    except TooMuch as error:
        return None, [Problem("E506", str(error), number, "use whole days, or split the query")]
    if rest is None:
        return None, []
    if not faithful:
        message = (
            "this time of day applies to a part of the query only, and file names do not show which part a file matches"
        )
        return None, [Problem("E505", message, number, "write one query for each part, or use whole days")]
    message = "eDEx takes whole days only: times of day are applied to the files that it lists"
    return rest, [Problem("W603", message, number, f"`edexql fetch` keeps {rest.files}")]


def _wider(literal: int) -> Problem:
    return Problem(
        "W608",
        "the excluded bound is sent too: a range in eDEx includes its ends",
        literal // 2,
        "files with exactly this value may be listed",
    )


_NEVER = Problem("E507", "nothing can match this logic: NOT excludes everything", None, "remove a NOT")
_TOO_LONG = Problem("E506", TOO_LONG, None, SHORTER)


def _parameters(query: Query, vocabulary: Vocabulary, lists: dict[str, list[Any]], logic: str) -> dict[str, Any]:
    """The dictionary, its keys in the order of the request that is known in full."""
    parameters: dict[str, Any] = {}
    if query.products:
        known = ((vocabulary.product(name), name) for name in query.products)
        parameters["product"] = [entry.wire if entry else name for entry, name in known]
    parameters |= lists
    parameters |= {key: stdlib.read_json(value.text) for key, value in query.extras}
    if query.email is not None:
        parameters["email"] = query.email
    parameters["result_filenames"] = []
    parameters["query-logic"] = logic
    return parameters
