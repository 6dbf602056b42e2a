"""Query into what eDEx takes: elements under their keys, and logic over their numbers.

NOT is pushed down to the constraints and turned into complements there. Elements are numbered in the
order in which they stand on the wire, and only elements that the logic names are sent. What is sent
admits every file that the query admits.
"""

from __future__ import annotations

from edexql.base import json_plain
from edexql.base.dates import date
from edexql.base.record import record
from edexql.compiler.elements import Mission, Sent, Unsendable, sent
from edexql.compiler.expressions import MOST_OPERANDS, SHORTER, TOO_LONG
from edexql.model.logic import AND, FALSE, NOT, OR, any_of, simplified, wire_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from edexql.compiler.residual import Residual
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


@record(frozen=True, slots=True)
class Problem:
    """Something about constraint `number` (or the query as a whole, None) that cannot be sent as it is meant."""

    code: str
    message: str
    number: int | None
    way_out: str


@record(frozen=True, slots=True)
class Use:
    """How a constraint is sent: itself or its opposite, and the numbers it has on the wire."""

    number: int
    negated: bool
    key: str
    elements: tuple[Any, ...]
    wire_numbers: tuple[int, ...]


@record(frozen=True, slots=True)
class Lowered:
    """A query on the wire. `parameters` is empty where a problem is an error."""

    parameters: dict[str, Any]
    uses: tuple[Use, ...]
    residual: Residual | None
    problems: tuple[Problem, ...]


def lower(query: Query, vocabulary: Vocabulary, today: date) -> Lowered:
    """Compile a query. Problems with a code that begins with E make it one that cannot be sent."""
    logic = query.effective_logic()
    if logic is None:
        return Lowered(_parameters(query, vocabulary, {}, ""), (), None, ())
    mission = Mission(date.fromisoformat(vocabulary.launch[:10]), today)
    literals = pushed_down(logic.code)
    forms, problems = _forms(query, literals, vocabulary, mission)
    if not problems and sum(len(forms[part].elements) for part in literals if part > 0) > MOST_OPERANDS:
        problems.append(_TOO_LONG)
    if problems:
        return Lowered({}, (), None, tuple(problems))
    places = _places(forms)
    code = simplified(_expanded(literals, places))
    if code == [FALSE]:
        return Lowered({}, (), None, (_NEVER,))
    named = set(code)
    forms = {literal: form for literal, form in forms.items() if named.intersection(places[literal])}
    lists, numbers = _numbered(forms, places, vocabulary)
    both = next((key for key, _ in query.extras if key in lists), None)
    if both is not None:
        message = f"`raw` sets all of the key `{both}`, but constraints add elements to it"
        return Lowered({}, (), None, (Problem("E310", message, None, "write all its elements in one list"),))
    rest, problems = _rest(literals, forms, mission)
    problems += [_wider(literal) for literal, form in forms.items() if form.wider]
    if any(problem.code.startswith("E") for problem in problems):
        return Lowered({}, (), None, tuple(problems))
    text = wire_text([numbers.get(part, part) for part in code])
    uses = tuple(
        Use(literal // 2, bool(literal % 2), form.key, form.elements, tuple(numbers[p] for p in places[literal]))
        for literal, form in forms.items()
    )
    return Lowered(_parameters(query, vocabulary, lists, text), uses, rest, tuple(problems))


# A literal is a constraint or its opposite: 2n for constraint n, 2n + 1 for its opposite.


def pushed_down(code: Sequence[int]) -> list[int]:
    """An expression over constraint numbers as one over literals, without NOT."""
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


def _forms(
    query: Query, literals: Iterable[int], vocabulary: Vocabulary, mission: Mission
) -> tuple[dict[int, Sent], list[Problem]]:
    """The form on the wire of each literal, in the order of the source."""
    forms: dict[int, Sent] = {}
    problems: list[Problem] = []
    for literal in sorted({part for part in literals if part > 0}):
        number, negated = divmod(literal, 2)
        try:
            forms[literal] = sent(query.constraints[number - 1], vocabulary, mission, negated=bool(negated))
        except Unsendable as error:
            problems.append(Problem(error.code, str(error), number, error.way_out))
    return forms, problems


def _places(forms: Mapping[int, Sent]) -> dict[int, range]:
    """A number, provisional and its own, for each element of each form."""
    places: dict[int, range] = {}
    first = 1
    for literal, form in forms.items():
        places[literal] = range(first, first + len(form.elements))
        first += len(form.elements)
    return places


def _expanded(literals: Iterable[int], places: Mapping[int, range]) -> list[int]:
    """An expression over literals as one over their elements."""
    code: list[int] = []
    for part in literals:
        if part < 0:
            code.append(part)
        else:
            code += any_of(places[part]) or [FALSE]
    return code


def _numbered(
    forms: Mapping[int, Sent], places: Mapping[int, range], vocabulary: Vocabulary
) -> tuple[dict[str, list[Any]], dict[int, int]]:
    """The elements under their keys in the order of the wire, and the wire number of each place."""
    by_key: dict[str, list[int]] = {key: [] for key, _ in vocabulary.wire_order()}
    for literal, form in forms.items():
        by_key.setdefault(form.key, []).append(literal)
    lists: dict[str, list[Any]] = {}
    numbers: dict[int, int] = {}
    for key, literals in by_key.items():
        for literal in literals:
            lists.setdefault(key, []).extend(forms[literal].elements)
            for place in places[literal]:
                numbers[place] = len(numbers) + 1
    return lists, numbers


def _rest(
    literals: Sequence[int], forms: Mapping[int, Sent], mission: Mission
) -> tuple[Residual | None, list[Problem]]:
    exact = {literal: form.exact for literal, form in forms.items() if form.exact is not None}
    if not exact:
        return None, []
    from edexql.compiler.residual import TooMuch, residual

    number = min(exact) // 2
    try:
        rest, faithful = residual(literals, exact, forms, mission)
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
    parameters |= {key: json_plain.from_text(value.text) for key, value in query.extras}
    if query.email is not None:
        parameters["email"] = query.email
    parameters["result_filenames"] = []
    parameters["query-logic"] = logic
    return parameters
