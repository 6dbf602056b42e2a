"""A picture as those get it who ask for one: drawn as SVG, as PNG or in characters, and shown by notebooks."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.pictures.renderers import png, style, svg, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from edexql.pictures.model import Drawing


# The kinds of pictures of a query.
TIMELINE = "timeline"
KINDS = (TIMELINE, "track", "dial", "panels")


class Picture(Record):
    """A picture, not yet drawn; `kind` is timeline, availability, track, dial or panels.

    It is of the times `[start, end)`, in UTC seconds since 1970. Where it is of one of several times that match,
    `match` is its number, from 1 on. `matches` is how many there are, or where `match` is None, how many are seen;
    where nothing matches, times are counted that may match, or else have files. It is None where nobody counted them.
    A notebook shows a picture, `print` draws it in characters, `svg` and `png` draw it for a file.
    """

    kind: str
    start: int
    end: int
    drawing: Drawing
    match: int | None = None
    matches: int | None = None

    @property
    def title(self) -> str:
        """What it shows, in a few words."""
        return self.drawing.title

    @property
    def description(self) -> str:
        """What is seen in it, in words, for those who do not see it."""
        return self.drawing.description

    def svg(self) -> str:
        """An SVG document, for light and for dark pages, without script."""
        return svg.drawn(self.drawing)

    def png(self, theme: str = style.LIGHT) -> bytes:
        """A PNG picture on light ground, or on dark ground with the theme `dark`.

        Raises PictureError where CairoSVG (`pip install 'edexql[png]'`) or Cairo is missing, and ValueError for
        another theme.
        """
        if theme not in (style.LIGHT, style.DARK):
            raise ValueError(f"a theme is {style.LIGHT} or {style.DARK}, not {theme!r}")
        return png.drawn(self.drawing, theme)

    def text(self, width: int = 80, *, colour: bool = False) -> str:
        """The picture in characters, panels `width` columns wide; `colour` adds those of a terminal."""
        return text.drawn(self.drawing, width, colour=colour)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Picture: {self.kind}, {self.title}>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """What notebooks show: SVG, and the same in characters."""
        bundle = {"image/svg+xml": self.svg(), "text/plain": self.text()}
        return {
            kind: value
            for kind, value in bundle.items()
            if (include is None or kind in include) and not (exclude and kind in exclude)
        }
