"""A drawing in characters: rows as letters, everything else as dots of Braille, with signs for the states above."""

from __future__ import annotations

from itertools import pairwise

from edexql.base.text import printable
from edexql.base.units import duration
from edexql.model.period import moment
from edexql.pictures.model import END, MIDDLE, ROWS, TIME, Area, Bands, Circle, Line, Marks, Text
from edexql.pictures.renderers import style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.pictures.model import Drawing, Panel, Points, Shape

# The bits of the dots of a Braille character, by column and row.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE = 0x2800
# Words below and above a drawing are folded at its width, and no narrower than a usual terminal.
_LEAST_WIDE = 80
_UNDRAWN = frozenset(("zero", "terminator", "tick"))


def drawn(drawing: Drawing, width: int, *, colour: bool) -> str:
    """A drawing whose panels are `width` columns wide, as lines that end in a line feed, with colours of ANSI or not.

    One of rows alone is the rows, between the ends of their time and what the letters mean.
    """
    name = max([0, *(len(label) for panel in drawing.panels for label in _names(panel))])
    rows_alone = all(panel.y.kind == ROWS for panel in drawing.panels)
    wide = max(_LEAST_WIDE, name + 2 + width)
    lines = [] if rows_alone else [*_folded(drawing.title, wide), *_folded(drawing.subtitle, wide), ""]
    panels = list(drawing.panels)
    while panels:
        beside = [one for one in panels if one.top == panels[0].top]
        panels = panels[len(beside) :]
        part = (width - 3 * (len(beside) - 1)) // len(beside)
        blocks = [_rows(one, part, name, colour=colour) for one in beside if one.y.kind == ROWS]
        blocks += [_canvas(one, part, name, colour=colour) for one in beside if one.y.kind != ROWS]
        lines += ["   ".join(parts) for parts in zip(*blocks, strict=True)]
    lines.append(_legend(drawing, width, name, rows_alone=rows_alone))
    lines += [] if rows_alone else [line for note in drawing.notes for line in _folded(note, wide)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _folded(text: str, width: int) -> list[str]:
    """A text in lines, those after the first one indented."""
    lines, line = [], ""
    for word in printable(text).split(" "):
        if line.strip() and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _names(panel: Panel) -> list[str]:
    """What stands at the left of a panel."""
    labels = [printable(line) for tick in panel.y.ticks for line in tick.label]
    return [*labels, *map(printable, panel.x.rows)]


def _rows(panel: Panel, width: int, name: int, *, colour: bool) -> list[str]:
    """Rows of time in letters, below the ends of the time."""
    low, high = int(panel.x.low), int(panel.x.high)
    first, last = moment(low), moment(high)
    lines = [f"{'':{name}}  {first}{last:>{max(width - len(first), len(last) + 1)}}"]
    labels = [printable(tick.label[0]) for tick in panel.y.ticks]
    bands = [shape for shape in panel.shapes if isinstance(shape, Bands)]
    for label, band in zip(labels, bands, strict=True):
        cells = [""] * width
        for left, right, role in band.spans:
            for place in range(_column(left, low, high, width), _column_before(right, low, high, width) + 1):
                cells[place] = role
        lines.append(
            f"{label:{name}}  {_coloured([(style.ROLES[r].sign if r else ' ', r) for r in cells], colour=colour)}"
        )
    return lines


def edge(place: int, low: int, high: int, width: int) -> int:
    """The first second of a column, of as many from `low` to `high`."""
    return low + (high - low) * place // width


def _column(second: float, low: int, high: int, width: int) -> int:
    """The column that a second is in."""
    place = min(max(int((second - low) * width // (high - low)), 0), width - 1)
    while place + 1 < width and edge(place + 1, low, high, width) <= second:
        place += 1
    return place


def _column_before(second: float, low: int, high: int, width: int) -> int:
    """The last column that has a time before a second."""
    place = _column(second, low, high, width)
    while place and edge(place, low, high, width) >= second:
        place -= 1
    return place


# Everything else


class _Canvas:
    """Cells of 2 by 4 dots each, with signs above them, in colours."""

    def __init__(self, panel: Panel, width: int) -> None:
        self.panel = panel
        self.width = max(width, 1)
        self.height = max(4, round(self.width * panel.height / panel.width / 2))
        self._bits = [[0] * self.width for _ in range(self.height)]
        self._signs = [[""] * self.width for _ in range(self.height)]
        self._roles = [[""] * self.width for _ in range(self.height)]

    def dot(self, x: float, y: float, role: str) -> None:
        """Draw a point: a dot, or the sign of its role. What is outside of the axes is not drawn."""
        across, down = self.panel.x.part(x) * self.width * 2, (1 - self.panel.y.part(y)) * self.height * 4
        # The upper ends belong to it.
        column = int(across) - (across == self.width * 2)
        row = int(down) - (down == self.height * 4)
        if not (across >= 0 and down >= 0 and column < self.width * 2 and row < self.height * 4):
            return
        sign = style.ROLES[role].sign
        if sign:
            self._signs[row // 4][column // 2] = sign
        elif self._signs[row // 4][column // 2]:
            return
        self._bits[row // 4][column // 2] |= _DOTS[column % 2][row % 4]
        self._roles[row // 4][column // 2] = role

    def line(self, points: Points, role: str) -> None:
        """Draw a line through points."""
        for (a, b), (c, d) in pairwise(points):
            across = abs(self.panel.x.part(c) - self.panel.x.part(a)) * self.width * 2
            down = abs(self.panel.y.part(d) - self.panel.y.part(b)) * self.height * 4
            steps = min(int(max(across, down)) + 1, 4 * (self.width + self.height) * 4)
            for step in range(steps + 1):
                part = step / steps
                self.dot(a + (c - a) * part, b + (d - b) * part, role)

    def fill(self, points: Points, role: str) -> None:
        """Fill the rectangle about some points."""
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        low, high = min(y for _, y in points), max(y for _, y in points)
        across = (self.panel.x.high - self.panel.x.low) / (self.width * 2)
        count = int((right - left) / across) + 1
        for step in range(count):
            x = left + (step + 0.5) * across
            if x < right or not step:
                self.line(((min(x, right), low), (min(x, right), high)), role)

    def write(self, text: Text) -> None:
        """Write a text where no sign is in the way."""
        words = printable(text.text)
        column = int(self.panel.x.part(text.x) * self.width + text.right / 8)
        row = int((1 - self.panel.y.part(text.y)) * self.height + text.down / 16)
        column -= {MIDDLE: len(words) // 2, END: len(words)}.get(text.anchor, 0)
        row, column = min(max(row, 0), self.height - 1), min(max(column, 0), max(self.width - len(words), 0))
        place = slice(column, column + len(words))
        if len(words) <= self.width and not any(self._signs[row][place]):
            self._signs[row][place] = words
            self._roles[row][place] = [text.role] * len(words)

    def rows(self) -> Iterator[list[tuple[str, str]]]:
        """The characters of each row, with their roles."""
        for signs, bits, roles in zip(self._signs, self._bits, self._roles, strict=True):
            yield [
                (sign or (chr(_BRAILLE + dots) if dots else " "), role)
                for sign, dots, role in zip(signs, bits, roles, strict=True)
            ]


def _canvas(panel: Panel, width: int, name: int, *, colour: bool) -> list[str]:
    canvas = _Canvas(panel, width)
    for shape in (*panel.ground, *panel.shapes):
        _draw(shape, canvas)
    for shape in panel.shapes:
        if isinstance(shape, Text):
            canvas.write(shape)
    labels = [""] * canvas.height
    for tick in panel.y.ticks:
        row = min(int((1 - panel.y.part(tick.place)) * canvas.height), canvas.height - 1)
        if tick.label and not labels[row]:
            labels[row] = printable(tick.label[0])
    gutter = f"{'':{name}}  " if name else ""
    words = printable(panel.title or ", ".join(panel.y.title.splitlines()))
    title = [f"{gutter}{words}".ljust(len(gutter) + canvas.width)] if words else []
    body = [
        (f"{label:>{name}}  " if name else "") + _coloured(cells, colour=colour)
        for label, cells in zip(labels, canvas.rows(), strict=True)
    ]
    return [*title, *body, *_ticks(panel, canvas.width, name)]


def _draw(shape: Shape, canvas: _Canvas) -> None:
    if isinstance(shape, Line) and shape.role not in _UNDRAWN:
        for part in shape.parts:
            canvas.line(part, shape.role)
    elif isinstance(shape, Area):
        for ring in shape.rings:
            if style.ROLES[shape.role].solid:
                canvas.fill(ring, shape.role)
            elif shape.edge:
                canvas.line(ring, shape.edge)
    elif isinstance(shape, Marks) and style.ROLES[shape.role].sign:
        for x, y in shape.places:
            canvas.dot(x, y, shape.role)
    elif isinstance(shape, Circle):
        canvas.line(_round(shape), shape.role)


def _round(circle: Circle) -> Points:
    from math import cos, pi, sin

    turn = [pi * step / 90 for step in range(181)]
    return tuple((circle.x + circle.radius * cos(one), circle.y + circle.radius * sin(one)) for one in turn)


def _ticks(panel: Panel, width: int, name: int) -> list[str]:
    """The labels below a panel, of as many ticks as there is room for."""
    count = max([0, *(len(tick.label) for tick in panel.x.ticks)])
    lines = [[" "] * width for _ in range(count)]
    end = -2
    for tick in panel.x.ticks:
        labels = [printable(label) for label in tick.label]
        longest = max([0, *map(len, labels)])
        left = int(panel.x.part(tick.place) * width) - longest // 2
        left = min(max(left, 0), width - longest)
        if not labels or left < end + 2 or left < 0:
            continue
        for line, label in zip(lines, labels, strict=False):
            start = left + (longest - len(label)) // 2
            line[start : start + len(label)] = label
        end = left + longest
    titles = [*map(printable, panel.x.rows), *[""] * count][:count]
    return [
        f"{title:>{name}}  {''.join(line)}" if name else "".join(line)
        for title, line in zip(titles, lines, strict=True)
    ]


def _legend(drawing: Drawing, width: int, name: int, *, rows_alone: bool) -> str:
    signs = [(style.ROLES[entry.role].sign, entry.text) for entry in drawing.legend]
    text = "  ".join(f"{sign} {printable(words)}" for sign, words in signs if sign)
    if rows_alone and drawing.panels and drawing.panels[0].x.kind == TIME:
        axis = drawing.panels[0].x
        text += f"; a column is {duration(int(axis.high - axis.low) // width)}"
    return f"{'':{name}}  {text}" if name else text


def _coloured(cells: list[tuple[str, str]], *, colour: bool) -> str:
    """Characters of one role beside each other, in its colour."""
    if not colour:
        return "".join(sign for sign, _ in cells)
    parts: list[str] = []
    last = ""
    for sign, role in cells:
        ink = style.ROLES[role].colour if role and sign != " " else ""
        if ink != last:
            parts.append((style.RESET if last else "") + ink)
            last = ink
        parts.append(sign)
    return "".join(parts) + (style.RESET if last else "")
