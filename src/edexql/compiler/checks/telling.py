"""What findings about the meaning of a query say of its constraints."""

from __future__ import annotations

from edexql.compiler.canonical import constraint_text
from edexql.language.diagnostic import Note, printable, shown
from edexql.model.period import Period
from edexql.model.range import Range, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edexql.compiler.analysis.axes import Admitted
    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span
    from edexql.model.query import Constraint

_MOST_LISTED = 3
_MOST_NOTES = 8


class Told:
    """A query without errors, what was found of it, and its constraints, by number, as messages name them.

    `examined` goes by the present day and values of parameters, `lasting` holds whatever these are; `in_general` are
    the constraints as that knows them, `changes` the numbers of those that change, with the words that do it.
    """

    def __init__(
        self,
        resolved: Resolved,
        examined: Examined,
        lasting: Examined,
        in_general: Sequence[Constraint],
        changes: Mapping[int, Sequence[str]],
    ) -> None:
        self.resolved = resolved
        self.examined = examined
        self.lasting = lasting
        self.in_general = in_general
        self.changes = changes
        self._sets: dict[int, Admitted | None] = {}

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
        texts = [self.text(number) for number in numbers[:_MOST_LISTED]]
        if len(numbers) > _MOST_LISTED:
            texts[-1:] = [texts[-1], f"{len(numbers) - _MOST_LISTED} more"]
        return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"

    def notes(self, numbers: Iterable[int], message: str) -> tuple[Note, ...]:
        return tuple(Note(self.span(number), message) for number in list(numbers)[:_MOST_NOTES])

    def numbers_at(self, places: Iterable[int]) -> list[int]:
        """The constraints at places of the logic, in the order of the text."""
        code = self.resolved.query.effective_code()
        return sorted({code[place] for place in places})

    def nothing(self, number: int) -> bool:
        """Whether no value meets a constraint."""
        found = self._set(number)
        return found is not None and found.nothing

    def everything(self, number: int) -> bool:
        """Whether all values meet a constraint."""
        found = self._set(number)
        return found is not None and found.everything

    def reason_of_value(self, part: Sequence[int], operand: range, *, value: bool) -> str:
        """Why an operand of the logic has one value: what the constraints at some places of it have to do with it."""
        from edexql.compiler.analysis.shape import negated

        code = self.resolved.query.effective_code()[operand[0] : operand[-1] + 1]
        behind_not = negated(code)
        ways = {behind_not[place - operand[0]] for place in part}
        numbers = self.numbers_at(part)
        texts = self.listed(numbers)
        # Whether it goes by what the constraints never are, or by what they always are.
        never = len(ways) == 1 and value in ways
        always = len(ways) == 1 and not never
        if len(numbers) == 1:
            if never and self.nothing(numbers[0]):
                return f"no {self.key(numbers[0])} meets {texts}"
            if always and self.everything(numbers[0]):
                return f"every {self.key(numbers[0])} meets {texts}"
            return f"{texts} {'and its opposite are alternatives' if value else 'is asked for and ruled out at once'}"
        if never and len(numbers) == 2 and self.apart(*numbers):
            return f"{texts} exclude each other"
        if always:
            return f"{texts} together leave nothing out"
        return (
            f"as the logic joins {texts}, {'one of them always lets it in' if value else 'they contradict each other'}"
        )

    def for_now(self, *, lasting: bool) -> str:
        """What to add to the help of a finding that goes by what changes: by the day, or the value of a parameter."""
        if lasting:
            return ""
        words = list(dict.fromkeys(f"`{word}`" for words in self.changes.values() for word in words))
        if len(words) > _MOST_LISTED:
            words[_MOST_LISTED - 1 :] = [f"{len(words) - _MOST_LISTED + 1} more"]
        return f"; this goes by what {' and '.join(words)} {'stands' if len(words) == 1 else 'stand'} for now"

    def apart(self, a: int, b: int) -> bool:
        """Whether two constraints, as they are, exclude each other."""
        from edexql.compiler.analysis.axes import overlap

        one, other = self._set(a), self._set(b)
        return one is not None and other is not None and one.axis == other.axis and not overlap(one, other)

    def reason(self, number: int) -> tuple[str, tuple[Note, ...]]:
        """Why a constraint makes no difference, as far as one other constraint tells."""
        from edexql.compiler.analysis.axes import includes

        mine = self._set(number)
        if mine is None:
            return "", ()
        if mine.everything:
            return f"every {self.key(number)} meets it", ()
        for other in self.resolved.query.logic_numbers():
            theirs = self._set(other)
            if other == number or theirs is None or theirs.axis != mine.axis:
                continue
            if includes(mine, theirs):
                return f"it holds wherever {self.text(other)} does", self.notes([other], "this says more")
            if includes(theirs, mine):
                return f"{self.text(other)} holds wherever it does", self.notes([other], "this admits more")
        return "", ()

    def bounds(self, number: int) -> str | None:
        """How far the field of a constraint goes."""
        field = self.resolved.vocabulary.field(self.resolved.query.constraints[number - 1].key)
        if field is None or field.low is None or field.high is None:
            return None
        unit = f" {field.unit}" if field.unit else ""
        return f"{field.name} goes from {plain(field.low)} to {plain(field.high)}{unit}"

    def _set(self, number: int) -> Admitted | None:
        if number not in self._sets:
            self._sets[number] = self._admitted(number)
        return self._sets[number]

    def _admitted(self, number: int) -> Admitted | None:
        constraint = self.resolved.query.constraints[number - 1]
        if not isinstance(constraint.value, (Period, Range)):
            return None
        from edexql.compiler.analysis.axes import admitted, axis_of

        axis = axis_of(constraint, self.resolved.vocabulary)
        return None if axis is None else admitted(constraint, axis)
