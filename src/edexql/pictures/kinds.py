"""Every kind of picture of a query, by its name: what pages, commands and Python call."""

from __future__ import annotations

from edexql.engines import timeline as chart
from edexql.model.answer import Answer
from edexql.pictures import dial, panels, track
from edexql.pictures.model import TIMES, PictureError
from edexql.pictures.picture import KINDS, TIMELINE, Picture
from edexql.pictures.scene import matches, remarks_on, remarks_on_answer, scene
from edexql.pictures.timeline import WIDTH, of_timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.engines.evidence import Evidence
    from edexql.model.query import Query
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
    evidence: Evidence,
    span: Span = (None, None),
    *,
    file: str | None = None,
    match: int | None = None,
    width: float = WIDTH,
) -> Picture:
    """A picture of a query, or of the files of an answer, on an engine: `timeline`, `track`, `dial` or `panels`.

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
        shown = None
        if file is not None or match is not None:
            shown = scene(what, evidence, span, file, 0 if match is None else MARGIN, match)
            span = shown.start, shown.end
        found = timeline(what, evidence, span, round(width))
        if isinstance(what, Answer):
            notes = remarks_on_answer(what)
        else:
            notes = remarks_on(what, evidence, (found.start, found.end))
        which = str(shown.match) if shown and shown.match else ""
        drawn = of_timeline(found, TIMELINE_TITLE, width, which, notes)
        return _picture(kind, shown, drawn) if shown else Picture(kind, found.start, found.end, drawn)
    draw, margin = _DRAWN[kind]
    shown = scene(what, evidence, span, file, margin, match)
    return _picture(kind, shown, draw(shown, width))


def _picture(kind: str, shown: Scene, drawn: Drawing) -> Picture:
    number = shown.match.number if shown.match else None
    return Picture(kind, shown.start, shown.end, drawn, number, matches(shown))


def picture_of(found: chart.Timeline) -> Picture:
    """The picture of a timeline, without what it rests on."""
    return Picture(TIMELINE, found.start, found.end, of_timeline(found, TIMELINE_TITLE))


def timeline(what: Query | Answer, evidence: Evidence, span: Span, bins: int) -> chart.Timeline:
    """The lines of a timeline of a query, or of the files of an answer. Raises PictureError for nothing to draw."""
    try:
        if isinstance(what, Answer):
            found = chart.of_answer(what, evidence.vocabulary, bins, span)
        else:
            found = chart.timeline(what, evidence, bins, span)
    except ValueError as error:
        raise PictureError(str(error)) from error
    if found is not None:
        return found
    if isinstance(what, Answer):
        some = what.files or what.unknown
        raise PictureError("no file of the answer has times in its name" if some else "the answer has no files")
    if evidence.empty:
        raise PictureError("the catalogue is empty: `edexql catalogue ingest` ingests files and folders")
    if not evidence.has_files:
        raise PictureError("the catalogue has no files, and the query no dates to draw the times between", TIMES)
    raise PictureError("the catalogue has no files of these products")
