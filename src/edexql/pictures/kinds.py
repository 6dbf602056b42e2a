"""Every kind of picture of a query, by its name: what pages, commands and Python call."""

from __future__ import annotations

from edexql.catalogue import timeline as chart
from edexql.model.answer import Answer
from edexql.pictures import dial, panels, track
from edexql.pictures.model import TIMES, PictureError
from edexql.pictures.picture import KINDS, TIMELINE, Picture
from edexql.pictures.scene import matches, scene
from edexql.pictures.timeline import WIDTH, of_timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
    from edexql.pictures.model import Drawing
    from edexql.pictures.scene import Scene, Span

TIMELINE_TITLE = "When files exist and match"
# How each kind but the timeline draws a scene, and how many seconds it shows before and after a file.
_DRAWN: dict[str, tuple[Callable[[Scene, float], Drawing], int]] = {
    "track": (track.drawing, track.MARGIN),
    "dial": (dial.drawing, dial.MARGIN),
    "panels": (panels.drawing, panels.MARGIN),
}
# The same of a timeline, about one of several matches.
MARGIN = 10 * 60
LEAST_WIDTH, MOST_WIDTH = 400, 4000


def picture(
    kind: str,
    what: Query | Answer,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    span: Span = (None, None),
    *,
    file: str | None = None,
    match: int | None = None,
    width: float = WIDTH,
) -> Picture:
    """A picture of a query, or of the files of an answer, on a catalogue: `timeline`, `track`, `dial` or `panels`.

    `span` is `(start, end)` in UTC seconds since 1970, None where it is open, `file` the name of a file that is shown
    alone, `match` the number of a time that matches, from 1 on; `width` is in points. Without these, it is about the
    dates of the query, or about the first time that matches (see `scene`). Raises PictureError where a picture cannot
    be made, with the way out, MissingExtra where a field needs a package that is not installed, and ValueError for
    another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"a picture is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {kind!r}")
    width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    if kind == TIMELINE:
        if isinstance(what, Answer):
            raise PictureError("a timeline is of a query: name the query, not its answer")
        if file is None and match is None:
            return picture_of(timeline(what, catalogue, vocabulary, span, round(width)), width)
        shown = scene(what, catalogue, vocabulary, span, file, 0 if match is None else MARGIN, match)
        found = timeline(what, catalogue, vocabulary, (shown.start, shown.end), round(width))
        return _picture(kind, shown, of_timeline(found, TIMELINE_TITLE, width, str(shown.match or "")))
    draw, margin = _DRAWN[kind]
    shown = scene(what, catalogue, vocabulary, span, file, margin, match)
    return _picture(kind, shown, draw(shown, width))


def _picture(kind: str, shown: Scene, drawn: Drawing) -> Picture:
    number = shown.match.number if shown.match else None
    return Picture(kind, shown.start, shown.end, drawn, number, matches(shown))


def picture_of(found: chart.Timeline, width: float = WIDTH) -> Picture:
    """The picture of a timeline."""
    return Picture(TIMELINE, found.start, found.end, of_timeline(found, TIMELINE_TITLE, width))


def timeline(query: Query, catalogue: Catalogue, vocabulary: Vocabulary, span: Span, bins: int) -> chart.Timeline:
    """The lines of a timeline. Raises PictureError where there is nothing to draw."""
    try:
        found = chart.timeline(query, catalogue, vocabulary, bins, span)
    except ValueError as error:
        raise PictureError(str(error)) from error
    if found is not None:
        return found
    if catalogue.empty:
        raise PictureError("the catalogue is empty: `edexql catalogue ingest` ingests files and folders")
    if not catalogue.files:
        raise PictureError("the catalogue has no files, and the query no dates to draw the times between", TIMES)
    raise PictureError("the catalogue has no files of these products")
