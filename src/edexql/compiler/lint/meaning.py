"""What warnings about the meaning of a query say of its constraints."""

from __future__ import annotations

from edexql.base.stdlib import date
from edexql.base.text import printable, shown
from edexql.compiler.canonical import constraint_text
from edexql.language.diagnostics import Note
from edexql.model.number import plain
from edexql.model.period import Period, midnight
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edexql.compiler.resolve import Resolved
    from edexql.compiler.solver.analysis import Examined
    from edexql.compiler.solver.axes import Admitted, Axis
    from edexql.compiler.solver.places import WrittenLogic
    from edexql.language.source import Span
    from edexql.model.query import Constraint

_MOST_LISTED = 3
# The times that can be written.
_FIRST, _LAST = midnight(date.min), midnight(date.max)
_MOST_NOTES = 8


class Meaning:
    """A query without errors, what was found of it, and its constraints, by number, as messages name them.

    `examined` depends on the present day and values of parameters, `lasting` holds whatever these are; `in_general` are
    the constraints as that knows them, `changes` the numbers of those that change, with the words that do it.
    `written` is the logic as it stands in the text, None where there is none.
    """

    def __init__(
        self,
        resolved: Resolved,
        examined: Examined,
        lasting: Examined,
        in_general: Sequence[Constraint],
        changes: Mapping[int, Sequence[str]],
        written: WrittenLogic | None = None,
    ) -> None:
        self.resolved = resolved
        self.code = resolved.query.effective_code()
        self.written = written
        self.examined = examined
        self.lasting = lasting
        self.in_general = in_general
        self.changes = changes
        self._sets: dict[int, Admitted | None] = {}
        self._axes: dict[str, Axis | None] = {}
        self._twice: dict[int, int] | None = None

    def span(self, number: int) -> Span:
        return self.resolved.origins[number - 1].span

    def key(self, number: int) -> str:
        return printable(self.resolved.query.constraints[number - 1].key)

    def name(self, number: int) -> str:
        """The label or the number of a constraint."""
        return f"`{self.resolved.query.constraints[number - 1].label or number}`"

    def text(self, number: int) -> str:
        return shown(constraint_text(self.resolved.query.constraints[number - 1]))

    def listed(self, numbers: Sequence[int]) -> str:
        """Some constraints in words."""
        return _joined([self.text(number) for number in numbers])

    def notes(self, numbers: Iterable[int], message: str) -> tuple[Note, ...]:
        return tuple(Note(self.span(number), message) for number in list(numbers)[:_MOST_NOTES])

    def numbers_at(self, places: Iterable[int]) -> list[int]:
        """The constraints at places of the logic, in the order of the text."""
        return sorted({self.code[place] for place in places})

    def numbers_in(self, operand: range) -> list[int]:
        """The constraints in an operand of the logic, in the order of the text."""
        return sorted({self.code[place] for place in operand if self.code[place] > 0})

    def twice(self) -> dict[int, int]:
        """Constraints that the logic names and that were there before, each with the first of its kind."""
        if self._twice is not None:
            return self._twice
        named = set(self.code)
        first: dict[tuple[object, ...], int] = {}
        first_of = self._twice = {}
        for number, one in enumerate(self.resolved.query.constraints, 1):
            if number in named:
                value = one.value
                said = (value.start, value.end) if isinstance(value, Period) else (value,)
                before = first.setdefault((one.kind, one.key, *said), number)
                if before != number:
                    first_of[number] = before
        return first_of

    def nothing(self, number: int) -> bool:
        """Whether no value meets a constraint."""
        if self._is_plain(self.resolved.query.constraints[number - 1]):
            return False
        values = self._set(number)
        return values is not None and values.nothing

    def everything(self, number: int) -> bool:
        """Whether all values meet a constraint."""
        values = self._set(number)
        return values is not None and values.everything

    def reason_of_value(self, part: Sequence[int], operand: range, *, value: bool) -> str:
        """Why an operand of the logic has one value: what the constraints at some places of it have to do with it."""
        from edexql.compiler.solver.operands import negated

        code = self.code[operand[0] : operand[-1] + 1]
        behind_not = negated(code)
        ways = {behind_not[place - operand[0]] for place in part}
        numbers = self.numbers_at(part)
        texts = self.listed(numbers)
        # Whether it depends on what the constraints never are, or by what they always are.
        never = len(ways) == 1 and value in ways
        always = len(ways) == 1 and not never
        if never and all(map(self.nothing, numbers)):
            return self._each(numbers, "no")
        if always and all(map(self.everything, numbers)):
            return self._each(numbers, "every")
        if len(numbers) == 1:
            how = "and its opposite are joined by OR" if value else "is required and excluded at the same time"
            return f"{texts} {how}"
        if never and len(numbers) == 2 and self.apart(*numbers):
            return f"{texts} exclude each other"
        if always:
            return f"{texts} together cover everything"
        return f"as the logic joins {texts}, {'one of them always matches' if value else 'they contradict each other'}"

    def for_now(self, numbers: Iterable[int], *, lasting: bool) -> str:
        """What to add to the help of a warning about the logic that depends on what changes: the day, or a parameter.

        `numbers` are the constraints that it is about.
        """
        if lasting:
            return ""
        named = set(self.code) & set(self.changes)
        keys = {self.key(number) for number in numbers}
        return self.for_now_of({number for number in named if self.key(number) in keys} or named)

    def for_now_of(self, numbers: Iterable[int]) -> str:
        """What to add to the help of a warning that depends on what these constraints, and no others, say for now."""
        changing = sorted(set(numbers) & set(self.changes))
        words = list(dict.fromkeys(f"`{word}`" for number in changing for word in self.changes[number]))
        if not words:
            return ""
        return f"; this depends on the present value{'s' * (len(words) > 1)} of {_joined(words)}"

    def _each(self, numbers: Iterable[int], how: str) -> str:
        """`no value of kp matches X, and no value of ap matches Y`."""
        texts = list(
            dict.fromkeys(f"{how} value of {self.key(number)} matches {self.text(number)}" for number in numbers)
        )
        if len(texts) > _MOST_LISTED:
            texts[_MOST_LISTED:] = [f"the same for {len(texts) - _MOST_LISTED} more"]
        return ", and ".join(texts)

    def apart(self, a: int, b: int) -> bool:
        """Whether two constraints, as they are, exclude each other."""
        from edexql.compiler.solver.axes import overlap

        one, other = self._set(a), self._set(b)
        return one is not None and other is not None and one.axis == other.axis and not overlap(one, other)

    def reason(self, number: int) -> tuple[str, tuple[Note, ...]]:
        """Why a constraint makes no difference, as far as it follows from one other alone."""
        from edexql.compiler.solver.axes import includes, overlap
        from edexql.compiler.solver.operands import standing

        mine, how = self._set(number), standing(self.code, number)
        if mine is None or how is None:
            return "", ()
        if mine.everything and how.idle_as:
            return f"every value of {self.key(number)} matches it", ()
        # Rather one that is to stay.
        for other, holds in sorted(how.others, key=lambda one: (one[0] in self.examined.idle, one[0])):
            theirs = self._set(other)
            if theirs is None or theirs.axis != mine.axis:
                continue
            if holds and how.idle_as and includes(mine, theirs):
                return f"it is true whenever {self.text(other)} is true", self.notes([other], "this is narrower")
            if holds and not how.idle_as and not overlap(mine, theirs):
                return f"it is never true when {self.text(other)} is true", self.notes([other], "this excludes it")
            if not holds and not how.idle_as and includes(theirs, mine):
                return f"{self.text(other)} is true whenever it is true", self.notes([other], "this is wider")
        return "", ()

    def bounds(self, number: int) -> str | None:
        """How far the field of a constraint goes."""
        field = self.resolved.vocabulary.field(self.resolved.query.constraints[number - 1].key)
        if field is None or field.low is None or field.high is None:
            return None
        unit = f" {field.unit}" if field.unit else ""
        return f"{field.name} goes from {plain(field.low)} to {plain(field.high)}{unit}"

    def _is_plain(self, constraint: Constraint) -> bool:
        """Whether it is seen at once that a constraint has values: its bounds are within its axis, and in order."""
        value = constraint.value
        if isinstance(value, Period):
            start, end = value.start, value.end
            return start is not None and end is not None and _FIRST <= start < end <= _LAST
        if not isinstance(value, Range):
            return False
        field = self.resolved.vocabulary.field(constraint.key)
        if field is None or field.low is None or field.high is None:
            return False
        if value.low is None or value.high is None:
            # It goes to the end of the axis, and has the value there.
            bound = value.high if value.low is None else value.low
            return bound is not None and field.low < bound < field.high
        if value.low >= value.high or field.integer:
            return False
        return field.low <= value.low and value.high <= field.high and not (value.without_low or value.without_high)

    def _set(self, number: int) -> Admitted | None:
        if number not in self._sets:
            self._sets[number] = self._admitted(number)
        return self._sets[number]

    def _admitted(self, number: int) -> Admitted | None:
        constraint = self.resolved.query.constraints[number - 1]
        if not isinstance(constraint.value, (Period, Range)):
            return None
        from edexql.compiler.solver.axes import admitted, axis_of

        if constraint.key not in self._axes:
            self._axes[constraint.key] = axis_of(constraint, self.resolved.vocabulary)
        axis = self._axes[constraint.key]
        return None if axis is None else admitted(constraint, axis)


def _joined(texts: Sequence[str]) -> str:
    """`a, b and c`; of many, the first, and how many more."""
    if len(texts) > _MOST_LISTED:
        texts = [*texts[:_MOST_LISTED], f"{len(texts) - _MOST_LISTED} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
