"""A drawing as SVG: the same in pages, documentation and notebooks, on light and on dark ground, without script.

The document has a title and a description for screen readers and colours of its own on its own ground, and asks for
nothing elsewhere. Colours stand as attributes, which every viewer understands, and in a style sheet, by which
browsers choose light or dark.
"""

from __future__ import annotations

import zlib

from edexql.base.text import printable
from edexql.pictures.model import END, MIDDLE, ROWS, START, Area, Bands, Circle, Line, Marks, Panel, Text
from edexql.pictures.renderers import style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.pictures.model import Axis, Drawing, Entry, Points, Shape

    Scale = Callable[[float], float]

# Points: above the panels, at the sides, and from line to line below them.
_HEAD, _SIDE, _LINE, _NOTE = 60, 24, 20, 16
# Points of a filled area that are nearer to the last one are left out.
_NEAR = 0.6
# What is shorter than a hair is drawn as one.
_HAIR = 0.8
# The mean width of a letter, in parts of its size.
_LETTER = 0.53
_FONT = "font-family=\"system-ui,'Segoe UI',Helvetica,Arial,sans-serif\""


def drawn(drawing: Drawing, theme: str | None = None) -> str:
    """An SVG document; with a `theme` (style.LIGHT or style.DARK) in its colours alone, else with both."""
    return _Document(drawing, theme).text()


def escaped(text: str) -> str:
    """A text as XML has it; what XML cannot have is written with a backslash."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Document:
    """A document while it is written, with the roles that it uses."""

    def __init__(self, drawing: Drawing, theme: str | None) -> None:
        self._drawing = drawing
        self._theme = theme or style.LIGHT
        self._themed = theme is None
        self._roles: set[str] = set()
        self._wide = drawing.width - 2 * _SIDE
        self._title = _folded(drawing.title, self._wide, 17)
        self._subtitle = _folded(drawing.subtitle, self._wide, 12)
        self._head = _HEAD + 21 * (len(self._title) - 1) + _NOTE * (len(self._subtitle) - 1)
        # A page of several pictures has all their names.
        self._name = f"edexql-{zlib.crc32((drawing.title + drawing.description).encode()):08x}"

    def text(self) -> str:
        drawing, name = self._drawing, self._name
        notes = [part for note in drawing.notes for part in _folded(note, self._wide, 11)]
        legend, rows = self._legend(self._head + drawing.height + 18)
        below = self._head + drawing.height + 10 + _LINE * rows
        height = below + _NOTE * len(notes) + 16
        body = [
            self._box(0, 0, drawing.width, height, "ground"),
            *self._heading(),
            *(part for place, panel in enumerate(drawing.panels) for part in self._panel(place, panel)),
            *legend,
            *(self._words(_SIDE, below + 12 + _NOTE * n, note, START, "quiet", 11) for n, note in enumerate(notes)),
        ]
        size = f'viewBox="0 0 {_n(drawing.width)} {_n(height)}" width="{_n(drawing.width)}" height="{_n(height)}"'
        labels = f'role="img" aria-labelledby="{name}-title {name}-desc"'
        head = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="edexql" {size} {labels} {_FONT}>',
            f'<title id="{name}-title">{escaped(drawing.title)}</title>',
            f'<desc id="{name}-desc">{escaped(drawing.description)}</desc>',
        ]
        if self._themed:
            head.append(f"<style>{style.sheet(self._roles)}</style>")
        return "\n".join([*head, *body, "</svg>\n"])

    def _heading(self) -> Iterator[str]:
        for number, line in enumerate(self._title):
            yield self._words(_SIDE, 27 + 21 * number, line, START, "ink", 16, ' font-weight="600"')
        for number, line in enumerate(self._subtitle):
            below = 46 + 21 * (len(self._title) - 1) + _NOTE * number
            yield self._words(_SIDE, below, line, START, "quiet", 12)

    # Inks

    def _filled(self, role: str, edge: str = "") -> str:
        self._roles |= {role, edge} - {""}
        classes = f"f-{role} s-{edge}" if edge else f"f-{role}"
        named = f'class="{classes}" ' if self._themed else ""
        border = f" {style.stroke(edge, self._theme)}" if edge else ""
        return f"{named}{style.fill(role, self._theme)}{border}"

    def _stroked(self, role: str, width: float | None = None) -> str:
        self._roles.add(role)
        named = f'class="s-{role}" ' if self._themed else ""
        return f'{named}fill="none" {style.stroke(role, self._theme, width)}'

    def _box(self, left: float, top: float, width: float, height: float, role: str) -> str:
        place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"'
        return f"<rect {place} {self._filled(role)}/>"

    def _words(
        self, x: float, y: float, text: str, anchor: str, role: str = "quiet", size: float = 11, more: str = ""
    ) -> str:
        anchored = "" if anchor == START else f' text-anchor="{anchor}"'
        return (
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size:g}"{anchored}{more} {self._filled(role)}>'
            f"{escaped(text)}</text>"
        )

    def _words_over_lines(self, shape: Text, x: Scale, y: Scale) -> Iterator[str]:
        """Words, and below them the same words with a wide edge in the colour of the ground.

        There is an attribute for that, `paint-order`, but CairoSVG and others do not know it.
        """
        self._roles.add("ground")
        named = 'class="s-ground" ' if self._themed else ""
        place = f'x="{_n(x(shape.x) + shape.right)}" y="{_n(y(shape.y) + shape.down)}" font-size="{shape.size:g}"'
        anchored = "" if shape.anchor == START else f' text-anchor="{shape.anchor}"'
        edge = f'{named}fill="none" {style.stroke("ground", self._theme, 3)} stroke-linejoin="round" aria-hidden="true"'
        text = escaped(shape.text)
        yield f"<text {place}{anchored} {edge}>{text}</text>"
        yield f"<text {place}{anchored} {self._filled(shape.role)}>{text}</text>"

    # Panels

    def _panel(self, place: int, panel: Panel) -> Iterator[str]:
        top = self._head + panel.top
        x, y = _scale(panel.x, panel.left, panel.width), _scale(panel.y, top + panel.height, -panel.height)
        name = f"{self._name}-{place}"
        frame = f'x="{_n(panel.left)}" y="{_n(top)}" width="{_n(panel.width)}" height="{_n(panel.height)}"'
        yield f'<clipPath id="{name}"><rect {frame}/></clipPath>'
        yield f'<g clip-path="url(#{name})">'
        for shape in panel.ground:
            yield from self._shape(shape, x, y)
        yield from self._grid(panel, x, y)
        for shape in panel.shapes:
            if not isinstance(shape, Text):
                yield from self._shape(shape, x, y)
        yield "</g>"
        if panel.framed:
            yield f"<rect {frame} {self._stroked('frame')}/>"
        for shape in panel.shapes:
            if isinstance(shape, Text):
                yield from self._words_over_lines(shape, x, y)
        yield from self._labels(panel, x, y)

    def _grid(self, panel: Panel, x: Scale, y: Scale) -> Iterator[str]:
        top, left = self._head + panel.top, panel.left
        lines = [f"M{_n(x(tick.place))} {_n(top)}v{_n(panel.height)}" for tick in panel.x.ticks if tick.grid]
        lines += [f"M{_n(left)} {_n(y(tick.place))}h{_n(panel.width)}" for tick in panel.y.ticks if tick.grid]
        if lines:
            yield f'<path d="{"".join(lines)}" {self._stroked("grid")}/>'

    def _labels(self, panel: Panel, x: Scale, y: Scale) -> Iterator[str]:
        top, bottom = self._head + panel.top, self._head + panel.top + panel.height
        if panel.title:
            yield self._words(panel.left, top - 7, panel.title, START, "ink", 12)
        for row, title in enumerate(panel.x.rows):
            yield self._words(panel.left - 44, bottom + 17 + 15 * row, title, END)
        for tick in panel.x.ticks:
            for row, line in enumerate(tick.label):
                yield self._words(x(tick.place), bottom + 17 + 15 * row, line, MIDDLE)
        for tick in panel.y.ticks:
            role, size = ("ink", 12) if panel.y.kind == ROWS else ("quiet", 11)
            for line in tick.label:
                yield self._words(panel.left - 8, y(tick.place) + 4, line, END, role, size)
        lines = panel.y.title.split("\n") if panel.y.title else []
        for row, line in enumerate(lines):
            middle = (top + bottom) / 2 + 4 + 14 * (row - (len(lines) - 1) / 2)
            yield self._words(panel.left - 44, middle, line, END, "quiet" if row else "ink", 11 if row else 12)

    def _shape(self, shape: Shape, x: Scale, y: Scale) -> Iterator[str]:
        if isinstance(shape, Bands):
            yield from self._bands(shape, x, y)
        elif isinstance(shape, Area):
            rings = "".join(_path(ring, x, y, _NEAR) + "z" for ring in shape.rings)
            yield f'<path d="{rings}" {self._filled(shape.role, shape.edge)}/>'
        elif isinstance(shape, Line):
            parts = "".join(_path(part, x, y) for part in shape.parts)
            yield f'<path d="{parts}" {self._stroked(shape.role)} stroke-linejoin="round"/>'
        elif isinstance(shape, Circle):
            radius = abs(x(shape.x + shape.radius) - x(shape.x))
            place = f'cx="{_n(x(shape.x))}" cy="{_n(y(shape.y))}" r="{_n(radius)}"'
            yield f"<circle {place} {self._stroked(shape.role)}/>"
        elif isinstance(shape, Marks):
            yield from self._marks(shape, x, y)

    def _bands(self, shape: Bands, x: Scale, y: Scale) -> Iterator[str]:
        bottom, top = y(shape.bottom), y(shape.top)
        height, middle = bottom - top, (top + bottom) / 2
        yield f"<g><title>{escaped(shape.title)}</title>" if shape.title else "<g>"
        for role in dict.fromkeys(role for _, _, role in shape.spans):
            ends = [(x(left), x(right)) for left, right, one in shape.spans if one == role]
            form = style.ROLES[role].form
            if form == style.BAR:
                steps = (f"M{_n(a)} {_n(top)}h{_n(max(b - a, _HAIR))}v{_n(height)}H{_n(a)}z" for a, b in ends)
                yield f'<path d="{"".join(steps)}" {self._filled(role)}/>'
            else:
                steps = (f"M{_n(a)} {_n(middle)}h{_n(max(b - a, _HAIR))}" for a, b in ends)
                width = height * 0.36 if form == style.HATCH else None
                yield f'<path d="{"".join(steps)}" {self._stroked(role, width)}/>'
        yield "</g>"

    def _marks(self, shape: Marks, x: Scale, y: Scale) -> Iterator[str]:
        titles = shape.titles or ("",) * len(shape.places)
        yield f"<g {self._stroked(shape.role, 1.5) if shape.shape == 'ring' else self._filled(shape.role)}>"
        for (a, b), title in zip(shape.places, titles, strict=True):
            yield _mark(shape.shape, x(a), y(b), shape.size, f"<title>{escaped(title)}</title>" if title else "")
        yield "</g>"

    # The legend

    def _legend(self, top: float) -> tuple[list[str], int]:
        """The entries of the legend, side by side in rows, and how many rows there are."""
        parts: list[str] = []
        left, row = float(_SIDE), 0
        for entry in self._drawing.legend:
            width = 44 + len(entry.text) * 11 * _LETTER + 22
            if left > _SIDE and left + width > self._drawing.width:
                left, row = float(_SIDE), row + 1
            middle = top + _LINE * row
            parts += [*self._sample(entry, left, middle), self._words(left + 36, middle + 4, entry.text, START)]
            left += width
        return parts, row + 1 if parts else 0

    def _sample(self, entry: Entry, left: float, middle: float) -> Iterator[str]:
        def along(value: float) -> float:
            return left + 28 * value

        def down(value: float) -> float:
            return middle + 6 - 12 * value

        if entry.form == "band":
            yield from self._bands(Bands(0, 1, ((0, 1, entry.role),)), along, down)
        elif entry.form == "area":
            # What is light, or one sees through, has an edge.
            yield from self._shape(Area((((0, 0), (1, 0), (1, 1), (0, 1)),), entry.role, "frame"), along, down)
        elif entry.form == "line":
            yield from self._shape(Line((((0, 0.5), (1, 0.5)),), entry.role), along, down)
        else:
            yield from self._marks(Marks(entry.form, entry.role, ((0.5, 0.5),)), along, down)


def _mark(shape: str, x: float, y: float, size: float, title: str) -> str:
    if shape == "triangle":
        steps = f"M{_n(x)} {_n(y - size)}l{_n(0.9 * size)} {_n(1.6 * size)}h{_n(-1.8 * size)}z"
        return f'<path d="{steps}">{title}</path>' if title else f'<path d="{steps}"/>'
    place = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}"'
    return f"<circle {place}>{title}</circle>" if title else f"<circle {place}/>"


def _scale(axis: Axis, start: float, length: float) -> Scale:
    return lambda value: start + length * axis.part(value)


def _path(points: Points, x: Scale, y: Scale, near: float = 0) -> str:
    """Points joined by lines, each from the last one, in tenths of a point; those nearer than `near` are left out."""
    steps: list[str] = []
    last_x = last_y = 0.0
    for place, (a, b) in enumerate(points):
        here_x, here_y = round(x(a), 1), round(y(b), 1)
        if place and place < len(points) - 1 and abs(here_x - last_x) + abs(here_y - last_y) < near:
            continue
        if place:
            steps.append(f"{_n(here_x - last_x)} {_n(here_y - last_y)}")
        else:
            steps.append(f"M{_n(here_x)} {_n(here_y)}l")
        last_x, last_y = here_x, here_y
    return steps[0][:-1] if len(steps) == 1 else steps[0] + " ".join(steps[1:]) if steps else ""


def _folded(text: str, width: float, size: float) -> list[str]:
    """A text in lines that fit, in letters of so many points."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and (len(line) + 1 + len(word)) * size * _LETTER > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _n(value: float) -> str:
    """A number of points, to a tenth."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")
