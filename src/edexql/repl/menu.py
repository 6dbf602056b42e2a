"""The menu under the cursor: candidates of completion, or what was typed before while that is searched."""

from __future__ import annotations

from prompt_toolkit.completion import Completer, Completion

from edexql.repl.verbs.settings import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from edexql.repl.session import Session

# More than anyone looks through.
MOST = 200
WIDEST = 60
UNSURE = " (not confirmed)"


class Menu(Completer):
    """What the menu offers. While `searching` it is the history, by the words of the line."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.searching = False

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        from edexql.repl.completing import completions

        text, position = document.text, document.cursor_position
        if self.searching:
            yield from self._history(text, position)
            return
        for one in completions(self._session, text, position)[:MOST]:
            unsure = "" if one.confirmed is not False else UNSURE
            # Only what stands before the cursor gives way: what stands behind it and belongs to the word stays.
            behind = text[position : one.end]
            yield Completion(
                one.text.removesuffix(behind),
                start_position=one.start - position,
                display=_clipped(one.text),
                display_meta=_clipped(one.detail, WIDEST - len(unsure)) + unsure,
            )

    def _history(self, text: str, position: int) -> Iterator[Completion]:
        words = text.split()
        state = self._session.state
        for found in state.search(words, MOST) if words else state.newest(MOST):
            yield Completion(found, start_position=-position, display=_clipped(one_line(found), 100))


def _clipped(text: str, limit: int = WIDEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
