"""When instruments had data, drawn in characters, one line an instrument."""

from __future__ import annotations

from edexql.base.units import duration
from edexql.model.period import moment
from edexql.pictures import bins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.availability import Availability

# No information, off, on.
MARKS = "?.#"
_COLOURS = ("\x1b[33m", "\x1b[2m", "\x1b[1;32m")


def drawn(availability: Availability, width: int, *, colour: bool) -> str:
    """A drawing of at most `width` columns of time, with a legend, in lines that end in a line feed."""
    bounds = bins.edges(availability, width)
    count = len(bounds) - 1
    name = max((len(line.instrument) for line in availability.lines), default=0)
    first, last = moment(availability.start), moment(availability.end)
    text = [f"{'':{name}}  {first}{last:>{max(count - len(first), len(last) + 1)}}"]
    for line in availability.lines:
        stretches = bins.runs(bins.states(line, bounds))
        text.append(f"{line.instrument:{name}}  {''.join(_stretch(a, b, v, colour=colour) for a, b, v in stretches)}")
    step = duration((availability.end - availability.start) // count)
    text.append(f"{'':{name}}  # on  . off  ? no information; a column is {step}")
    return "\n".join(text) + "\n"


def _stretch(start: int, end: int, value: int, *, colour: bool) -> str:
    marks = MARKS[value] * (end - start)
    return f"{_COLOURS[value]}{marks}\x1b[0m" if colour else marks
