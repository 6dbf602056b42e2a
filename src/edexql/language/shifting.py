"""Places in a text carried over to the text after an edit."""

from __future__ import annotations

from edexql.base.text import common_start
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def movement(before: str, after: str) -> Callable[[Span], Span | None]:
    """Where a span of the text `before` stands in `after`, which differs from it by one stretch.

    Spans before the stretch stay and those behind it shift; those that it touches are dropped. A stretch
    touches what it changes, and what it adjoins with no blank between: a word that is being typed on is
    another word.
    """
    shared = min(len(before), len(after))
    start = common_start(before, after, shared)
    behind = common_start(before[: start - len(before) - 1 : -1], after[: start - len(after) - 1 : -1], shared - start)
    end, end_after = len(before) - behind, len(after) - behind
    shift = len(after) - len(before)
    # What stands, after the edit, next to what was left alone on its either side.
    free_before = start == len(after) or after[start].isspace()
    free_behind = end_after == 0 or after[end_after - 1].isspace()

    def place(span: Span) -> Span | None:
        if start == end == end_after or span.end < start or (span.end == start and free_before):
            return span
        if span.start > end or (span.start == end and free_behind):
            return Span(span.start + shift, span.end + shift)
        return None

    return place
