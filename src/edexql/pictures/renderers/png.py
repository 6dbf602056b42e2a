"""A drawing as PNG: the SVG of one theme turned into points by an optional package."""

from __future__ import annotations

from edexql.pictures.model import PictureError
from edexql.pictures.renderers import style, svg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.pictures.model import Drawing


def drawn(drawing: Drawing, theme: str = style.LIGHT) -> bytes:
    """A PNG picture, two pixels a point. Raises PictureError where CairoSVG, or the Cairo that it needs, is missing."""
    text = svg.drawn(drawing, theme)
    try:
        from importlib import import_module

        converter = import_module("cairosvg")
    # CairoSVG raises OSError where the library below it is not installed.
    except (ImportError, OSError) as error:
        raise PictureError(
            "PNG needs the package CairoSVG and Cairo itself: pip install cairosvg, or write SVG instead"
        ) from error
    picture: bytes = converter.svg2png(bytestring=text.encode(), scale=2)
    return picture
