"""What stands between the products and the conditions: the period, what it leaves out, and the experiment."""

from __future__ import annotations

from edexql.compiler.sentence import periods
from edexql.compiler.sentence.listing import fitting, listed, more, nots_last
from edexql.compiler.sentence.words import experiment
from edexql.model.logic import AND, OR
from edexql.model.period import Period
from edexql.model.query import Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.compiler.sentence.parts import Parts

# How many characters each may take.
_PERIODS, _LEFT_OUT, _EXPERIMENTS = 150, 90, 120


def front(parts: Parts) -> tuple[str, list[int]]:
    """The text, and the operands of the whole that are not in it and all have to hold.

    One period or list of alternative periods, and one of experiments: `of 2017 and of 2018` would be heard as
    both years, where the logic means the times that lie in both.
    """
    when: list[int] = []
    left_out: list[int] = []
    during: list[int] = []
    rest: list[int] = []
    for operand in parts.chain(parts.root, AND):
        alternatives = parts.chain(operand, OR)
        alone = alternatives[0] if len(alternatives) == 1 else operand
        if _all(alternatives, Period, parts):
            if alone == alternatives[0] and _of(alone, parts).startswith("not "):
                left_out.append(alone)
                continue
            if not when:
                when = alternatives
                continue
        elif not during and _all(alternatives, Tag, parts) and not any(map(parts.negated, alternatives)):
            during = alternatives
            continue
        rest.append(alone)
    said = ""
    if when:
        said += " " + _periods(nots_last(_of(part, parts) for part in when), len(when), _PERIODS)
    if left_out:
        texts = (_of(part, parts).removeprefix("not ") for part in left_out)
        but_not = _periods(texts, len(left_out), _LEFT_OUT)
        said += f"{'' if when else ' of any time'}, but not {but_not}{',' if during or rest else ''}"
    if during:
        shown = fitting(_tags(during, parts), _EXPERIMENTS)
        named = listed([*shown, *more(len(during) - len(shown), "experiment")], "or")
        said += f" during the planned experiment {named}"
    return said, rest


def _all(alternatives: Sequence[int], kind: type, parts: Parts) -> bool:
    return all(not parts.operator(part) and isinstance(parts.constraint(part).value, kind) for part in alternatives)


def _of(part: int, parts: Parts) -> str:
    value = parts.constraint(part).value
    assert isinstance(value, Period)
    return periods.of(value, negated=parts.negated(part))


def _periods(texts: Iterable[str], count: int, room: int) -> str:
    shown = fitting(texts, room)
    return listed([*periods.together(shown), *more(count - len(shown), "period")], "or")


def _tags(alternatives: Iterable[int], parts: Parts) -> Iterator[str]:
    for part in alternatives:
        value = parts.constraint(part).value
        assert isinstance(value, Tag)
        yield experiment(value)
