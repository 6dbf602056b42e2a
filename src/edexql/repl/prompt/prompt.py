"""The prompt: prompt_toolkit's line editor with the language's colours, completion, underlines and a live toolbar."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, vi_navigation_mode
from prompt_toolkit.output.color_depth import ColorDepth

from edexql.repl.lines import ASKS, GOES_ON
from edexql.repl.prompt.keys import keys
from edexql.repl.prompt.live import Live
from edexql.repl.prompt.menu import Menu, Suggestions, Typed
from edexql.repl.prompt.style import LineColours, LineMarks, style
from edexql.repl.session import ON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from edexql.repl.prompt.mistakes import Mistake
    from edexql.repl.session import Session

# To wrap the lines of a text, the editor measures each of them at each key.
MOST_WRAPPED = 100
SEARCHES = "search> "
_SEARCH_HELP = "words of what was typed before; Ctrl-R or Down goes on, Enter takes it, Escape goes back"


class Prompt:
    """Reads at a terminal. `input` and `output` are those of the process where None."""

    def __init__(self, session: Session, input: Input | None = None, output: Output | None = None) -> None:
        self._session = session
        self._menu = Menu(session)
        self._live = Live(session, self._redraw)
        self._other: tuple[tuple[Mistake, ...], int, tuple[Mistake, ...]] = ((), 0, ())
        self._prompt: PromptSession[str] = PromptSession(
            message=self._message,
            prompt_continuation=[("class:prompt", GOES_ON)],
            multiline=True,
            wrap_lines=Condition(lambda: self._prompt.default_buffer.document.line_count <= MOST_WRAPPED),
            lexer=LineColours(),
            input_processors=[LineMarks(self._mistakes)],
            completer=self._menu,
            complete_in_thread=True,
            complete_while_typing=True,
            history=Typed(session.state),
            auto_suggest=Suggestions(session.state),
            key_bindings=keys(self._menu, self._live.goes_on),
            bottom_toolbar=self._toolbar,
            enable_suspend=True,
            reserve_space_for_menu=6,
            input=input,
            output=output,
        )
        self._prompt.default_buffer.on_text_changed += self._changed

    def __enter__(self) -> Prompt:
        return self

    def __exit__(self, *_: object) -> None:
        self._live.close()

    def read(self) -> str:
        """The next input. Raises EOFError and KeyboardInterrupt."""
        session, prompt = self._session, self._prompt
        self._menu.searching = False
        theme = session.choice("theme")
        prompt.style = style("none" if session.colourless else theme)
        prompt.editing_mode = EditingMode.VI if session.choice("keys") == "vi" else EditingMode.EMACS
        prompt.auto_suggest = Suggestions(session.state) if session.choice("suggest") == ON else None
        prompt.color_depth = ColorDepth.DEPTH_1_BIT if session.colourless else None
        return prompt.prompt(default=session.draft, pre_run=self._begun)

    def _begun(self) -> None:
        self._live.typed(self._prompt.default_buffer.text)

    def _changed(self, buffer: Buffer) -> None:
        if not self._menu.searching:
            self._live.typed(buffer.text)

    def _redraw(self) -> None:
        self._prompt.app.invalidate()

    def _message(self) -> StyleAndTextTuples:
        return [("class:prompt", SEARCHES if self._menu.searching else ASKS)]

    def _toolbar(self) -> StyleAndTextTuples:
        if self._menu.searching:
            return [("class:toolbar.help", _SEARCH_HELP)]
        buffer = self._prompt.default_buffer
        width = self._prompt.app.output.get_size().columns
        said = self._live.toolbar(buffer.text, self._mistakes(buffer.text), buffer.cursor_position, width)
        return [("class:toolbar.help", "[command] "), *said] if vi_navigation_mode() else [*said]

    def _mistakes(self, text: str) -> tuple[Mistake, ...]:
        """The mistakes of the line, without that of a word for which the menu offers others."""
        mistakes = self._live.mistakes(text)
        buffer = self._prompt.default_buffer
        if not mistakes or buffer.complete_state is None:
            return mistakes
        cursor = buffer.cursor_position
        if self._other[0] is not mistakes or self._other[1] != cursor:
            self._other = (mistakes, cursor, tuple([one for one in mistakes if one.span.end < cursor]))
        return self._other[2]
