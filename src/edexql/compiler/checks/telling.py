"""What findings about the meaning of a query say of its constraints."""

from __future__ import annotations

from edexql.compiler.canonical import constraint_text
from edexql.language.diagnostic import Note, printable, shown
from edexql.model.period import Period
from edexql.model.range import Range, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.compiler.analysis.axes import Admitted
    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span

_MOST_LISTED = 3
_MOST_NOTES = 8


class Told:
    """The constraints of a query without errors, by number, as messages name them."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._sets: dict[int, Admitted | None] = {}

    def span(self, number: int) -> Span:
        return self._resolved.origins[number - 1].span

    def key(self, number: int) -> str:
        return printable(self._resolved.query.constraints[number - 1].key)

    def name(self, number: int) -> str:
        """The label or the number of a constraint."""
        return f"`{self._resolved.query.constraints[number - 1].label or number}`"

    def text(self, number: int) -> str:
        return shown(constraint_text(self._resolved.query.constraints[number - 1]))

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
        code = self._resolved.query.effective_code()
        return sorted({code[place] for place in places})

    def nothing(self, number: int) -> bool:
        """Whether no value meets a constraint."""
        found = self._set(number)
        return found is not None and found.nothing

    def everything(self, number: int) -> bool:
        """Whether all values meet a constraint."""
        found = self._set(number)
        return found is not None and found.everything

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
            return f"every {self.key(number)} is in it", ()
        for other in self._resolved.query.logic_numbers():
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
        field = self._resolved.vocabulary.field(self._resolved.query.constraints[number - 1].key)
        if field is None or field.low is None or field.high is None:
            return None
        unit = f" {field.unit}" if field.unit else ""
        return f"{field.name} goes from {plain(field.low)} to {plain(field.high)}{unit}"

    def _set(self, number: int) -> Admitted | None:
        if number not in self._sets:
            self._sets[number] = self._admitted(number)
        return self._sets[number]

    def _admitted(self, number: int) -> Admitted | None:
        constraint = self._resolved.query.constraints[number - 1]
        if not isinstance(constraint.value, (Period, Range)):
            return None
        from edexql.compiler.analysis.axes import admitted, axis_of

        axis = axis_of(constraint, self._resolved.vocabulary)
        return None if axis is None else admitted(constraint, axis)
