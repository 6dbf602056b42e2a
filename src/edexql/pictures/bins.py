"""A timeline cut into equal bins, each with one of three states."""

from __future__ import annotations

from itertools import pairwise

from edexql.model import timeset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.availability import Availability, Line
    from edexql.model.timeset import TimeSet

NO_INFORMATION, OFF, ON = range(3)
NAMES = ("no information", "off", "on")


def edges(availability: Availability, count: int) -> list[int]:
    """The bounds of `count` bins, or of as many as there are seconds."""
    length = availability.end - availability.start
    count = max(1, min(count, length))
    return [availability.start + length * place // count for place in range(count + 1)]


def states(line: Line, bounds: list[int]) -> list[int]:
    """The state of each bin: ON with data at any time in it, OFF where it is known of all of it that there are none."""
    unknown = timeset.complement(line.known)
    values = []
    for start, end in pairwise(bounds):
        if timeset.meets(line.on, start, end):
            values.append(ON)
        else:
            values.append(NO_INFORMATION if timeset.meets(unknown, start, end) else OFF)
    return values


def runs(values: list[int]) -> list[tuple[int, int, int]]:
    """Equal values beside each other as one: the first place, the place after the last, the value."""
    spans: list[tuple[int, int, int]] = []
    for place, value in enumerate(values):
        if spans and spans[-1][2] == value:
            spans[-1] = (spans[-1][0], place + 1, value)
        else:
            spans.append((place, place + 1, value))
    return spans


def seconds(times: TimeSet) -> int:
    """How long a set of times is, all of them closed."""
    return sum(times[1::2]) - sum(times[::2])
