"""Keys of the prompt beyond those of the editor that it works like."""

from __future__ import annotations

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys

from edexql.commands.exits import UsageError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from edexql.repl.prompt.menu import Menu


def keys(menu: Menu, goes_on: Callable[[str], bool]) -> KeyBindings:
    """Enter that knows what is open, Alt-Enter for a new line, Ctrl-R through the history and out of it.

    `goes_on` tells whether a text goes on in the next line.
    """
    bindings = KeyBindings()
    searching = Condition(lambda: menu.searching)
    before_search = Document()

    @bindings.add("enter", filter=~searching)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if _take_candidate(buffer):
            return
        if buffer.document.is_cursor_at_the_end and goes_on(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    bindings.add("tab", filter=~searching)(lambda event: _take_next(event.current_buffer))

    @bindings.add("escape", "enter", filter=~searching)
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @bindings.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        # Nothing of it is being typed, so no menu opens over it.
        text = event.data.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        event.current_buffer.insert_text(text, fire_event=False)

    @bindings.add("c-x", "c-e", filter=~searching)
    @bindings.add("v", filter=vi_navigation_mode)
    def _edit(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        run_in_terminal(lambda: _edited(buffer))

    @bindings.add("c-r", filter=~searching)
    def _search(event: KeyPressEvent) -> None:
        nonlocal before_search
        buffer = event.current_buffer
        before_search = buffer.document
        menu.searching = True
        buffer.start_completion(select_first=False)

    @bindings.add("c-r", filter=searching)
    def _next(event: KeyPressEvent) -> None:
        event.current_buffer.complete_next()

    @bindings.add("enter", filter=searching)
    def _accept_search(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        menu.searching = False
        state = buffer.complete_state
        if state is not None and state.current_completion is None and state.completions:
            buffer.complete_next()
        buffer.cancel_completion() if buffer.complete_state is None else _take_candidate(buffer)
        buffer.cursor_position = len(buffer.text)

    @bindings.add("escape", filter=searching, eager=True)
    @bindings.add("c-g", filter=searching)
    @bindings.add("c-c", filter=searching)
    def _back(event: KeyPressEvent) -> None:
        menu.searching = False
        event.current_buffer.cancel_completion()
        event.current_buffer.document = before_search

    return bindings


def _edited(buffer: Buffer) -> None:
    """Have the user's editor change a line, if it can."""
    from edexql.repl.verbs.editing import edited

    try:
        buffer.document = Document(edited(buffer.text).rstrip("\n"))
    except UsageError as error:
        say(str(error))


def _take_candidate(buffer: Buffer) -> bool:
    """Take what is chosen in the menu; whether anything was."""
    if buffer.complete_state is None or buffer.complete_state.current_completion is None:
        return False
    buffer.complete_state = None
    return True


def _take_next(buffer: Buffer) -> None:
    """Take the next candidate, behind the last one the first; the only one is taken for good."""
    state = buffer.complete_state
    if state is None:
        buffer.start_completion(insert_common_part=True)
    elif state.complete_index is None or state.complete_index + 1 < len(state.completions):
        buffer.complete_next()
    elif len(state.completions) == 1:
        _take_candidate(buffer)
    else:
        buffer.go_to_completion(0)
