"""When instruments had data, as PNG: the SVG turned into points by an optional package."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.pictures import svg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.availability import Availability


class PictureError(EdexqlError):
    """A picture cannot be made: a package for it is missing."""


def drawn(availability: Availability, title: str = "When the instruments had data") -> bytes:
    """A PNG picture on white ground. Raises PictureError where CairoSVG, or the Cairo that it needs, is missing."""
    text = svg.drawn(availability, title)
    try:
        from importlib import import_module

        converter = import_module("cairosvg")
    # CairoSVG raises OSError where the library below it is not installed.
    except (ImportError, OSError) as error:
        raise PictureError(
            "PNG needs the package CairoSVG and Cairo itself: pip install cairosvg, or write SVG instead"
        ) from error
    picture: bytes = converter.svg2png(bytestring=text.encode(), background_color="white", scale=2)
    return picture
