"""What the line editor offers: candidates of completion, and what was typed before, searched, recalled or suggested."""

from __future__ import annotations

import asyncio
from functools import partial

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import History

from edexql.repl.state.rows import is_private
from edexql.repl.verbs.settings import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator

    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from edexql.repl.session import Session
    from edexql.repl.state import State


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
        from edexql.repl.prompt.completion import completions

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
        for query in state.search(words, MOST) if words else state.newest(MOST):
            yield Completion(query, start_position=-position, display=_clipped(one_line(query), 100))


def _clipped(text: str, limit: int = WIDEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# Texts that the arrow keys go through; older ones are found by searching.
RECALLED = 500
# Texts that the editor takes before it looks at the keys again.
_SLICE = 50


class Typed(History):
    """The newest texts of a state. What is entered is remembered, but for what is private."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    async def load(self) -> AsyncGenerator[str, None]:
        if not self._loaded:
            loop = asyncio.get_running_loop()
            kept = await loop.run_in_executor(None, partial(self._state.newest, RECALLED))
            # What was entered since stands first, and once.
            if not self._loaded:
                entered = set(self._loaded_strings)
                self._loaded_strings += [text for text in kept if text not in entered]
                self._loaded = True
        for number, text in enumerate(list(self._loaded_strings), 1):
            yield text
            if number % _SLICE == 0:
                await asyncio.sleep(0)

    def load_history_strings(self) -> Iterable[str]:
        return self._state.newest(RECALLED)

    def append_string(self, string: str) -> None:
        if is_private(string):
            return
        if string in self._loaded_strings:
            self._loaded_strings.remove(string)
        super().append_string(string)

    def store_string(self, string: str) -> None:
        self._state.remember(string)


class Suggestions(AutoSuggest):
    """The rest of the newest text that begins with all that is typed."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:  # noqa: ARG002  # the editor's
        text = document.text
        if not text.strip() or not document.is_cursor_at_the_end:
            return None
        query = self._state.suggestion(text)
        return None if query is None else Suggestion(query[len(text) :])

    async def get_suggestion_async(self, buff: Buffer, document: Document) -> Suggestion | None:
        # In another thread, as another process may be writing to the disk that is asked.
        return await asyncio.get_running_loop().run_in_executor(None, partial(self.get_suggestion, buff, document))
