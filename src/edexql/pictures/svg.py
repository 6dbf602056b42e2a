"""When instruments had data, as SVG that can be read on light and on dark ground, in colour and without.

States differ in shape as well as in colour: on is a bar, off a thin line, no information a row of dashes.
"""

from __future__ import annotations

from edexql.base.text import printable
from edexql.base.units import duration
from edexql.model.period import moment
from edexql.pictures import bins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.availability import Availability, Line

_COLUMNS = 1200
_LEFT, _RIGHT, _TOP, _ROW, _BELOW = 56, 24, 56, 26, 62
# Middle tones, at least 3:1 against white and against black; pages that tell their ground get better ones.
_STYLE = (
    "text{font:13px sans-serif;fill:#767676}.on{fill:#2f81c2}.off{stroke:#808080}.none{stroke:#b5762a}"
    "@media(prefers-color-scheme:light){text{fill:#333}}@media(prefers-color-scheme:dark){text{fill:#ccc}}"
)
# Distances of the marks of time in seconds, up to ten years.
_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 172800, 432000, 864000, 2592000, 7776000, 15552000, 31536000,
)  # fmt: skip
_MOST_MARKS = 8


def drawn(availability: Availability, title: str = "When the instruments had data") -> str:
    """An SVG document."""
    bounds = bins.edges(availability, _COLUMNS)
    count = len(bounds) - 1
    width, bottom = _LEFT + _COLUMNS + _RIGHT, _TOP + _ROW * len(availability.lines)
    height = bottom + _BELOW
    # Names of satellites and instruments need more room on the left than those of instruments alone.
    more = max(0, 8 * max((len(line.instrument) for line in availability.lines), default=0) - _LEFT + 8)
    size = f'viewBox="{-more} 0 {width + more} {height}" width="{width + more}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{_escaped(title)}</title>',
        f'<desc id="desc">{_escaped(described(availability))}</desc>',
        f"<style>{_STYLE}</style>",
        _text(_LEFT, 22, title, size=15),
        *_axis(availability, bottom),
    ]
    for place, line in enumerate(availability.lines):
        middle = _TOP + _ROW * place + _ROW // 2
        parts.append(f"<g><title>{_escaped(_sentence(line, availability))}</title>")
        parts.append(_text(_LEFT - 8, middle + 4, line.instrument, anchor="end"))
        for start, end, value in bins.runs(bins.states(line, bounds)):
            parts.append(_shape(_LEFT + _COLUMNS * start / count, _LEFT + _COLUMNS * end / count, middle, value))
        parts.append("</g>")
    parts += [*_legend(bottom + 46), "</svg>"]
    return "\n".join(parts) + "\n"


def described(availability: Availability) -> str:
    """The drawing in words, for those who do not see it."""
    first, last = moment(availability.start), moment(availability.end)
    return f"From {first} to {last}. " + " ".join(f"{_sentence(line, availability)}." for line in availability.lines)


def _sentence(line: Line, availability: Availability) -> str:
    on, known = bins.seconds(line.on), bins.seconds(line.known)
    unknown = availability.end - availability.start - known
    if not known:
        return f"{line.instrument}: no information"
    sentence = f"{line.instrument}: on for {duration(on)}, off for {duration(known - on)}"
    return f"{sentence}, no information for {duration(unknown)}" if unknown else sentence


def _shape(left: float, right: float, middle: float, value: int) -> str:
    if value == bins.ON:
        # What is shorter than a hair is drawn as one.
        width = max(right - left, 0.75)
        return f'<rect class="on" x="{left:.2f}" y="{middle - 8}" width="{width:.2f}" height="16" fill="#2f81c2"/>'
    ends = f'x1="{left:.2f}" y1="{middle}" x2="{right:.2f}" y2="{middle}"'
    if value == bins.OFF:
        return f'<line class="off" {ends} stroke="#808080" stroke-width="1.5"/>'
    return f'<line class="none" {ends} stroke="#b5762a" stroke-width="4" stroke-dasharray="2 5"/>'


def _axis(availability: Availability, bottom: int) -> list[str]:
    length = availability.end - availability.start
    step = next((step for step in _STEPS if length <= step * _MOST_MARKS), length)
    parts = []
    for second in range(-(-availability.start // step) * step, availability.end + 1, step):
        x = _LEFT + _COLUMNS * (second - availability.start) / length
        label = moment(second)
        label = label[:10] if step % 86400 == 0 else f"{label[5:10]} {label[11 : 16 if step % 60 == 0 else 19]}"
        parts.append(
            f'<line x1="{x:.2f}" y1="{_TOP - 6}" x2="{x:.2f}" y2="{bottom}" stroke="#808080" stroke-opacity="0.4"/>'
        )
        # The last one would stand out of the picture.
        anchor = "end" if x > _LEFT + _COLUMNS - 30 else "middle"
        parts.append(_text(x, bottom + 18, label, anchor=anchor))
    parts.append(_text(_LEFT, _TOP - 12, f"{moment(availability.start)} to {moment(availability.end)}"))
    return parts


def _legend(y: int) -> list[str]:
    parts = []
    for place, value in enumerate((bins.ON, bins.OFF, bins.NO_INFORMATION)):
        x = _LEFT + 160 * place
        parts += [_shape(x, x + 28, y - 4, value), _text(x + 36, y, bins.NAMES[value])]
    return parts


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    attributes = f'x="{x:.2f}" y="{y}" text-anchor="{anchor}" font-family="sans-serif" font-size="{size}"'
    return f'<text {attributes} fill="#767676">{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    """A text as XML has it; what XML cannot have is written with a backslash."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
