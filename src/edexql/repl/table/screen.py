"""The table on the whole of a terminal, worked with keys; on leaving, what stood there before is there again."""

from __future__ import annotations

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl, UIContent, UIControl
from prompt_toolkit.styles import Style, merge_styles

from edexql.commands.exits import UsageError
from edexql.repl.table import drawing
from edexql.repl.table import table as tables
from edexql.repl.table.rows import ORDERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent
    from prompt_toolkit.output import Output
    from prompt_toolkit.styles import BaseStyle

    from edexql.repl.table.drawing import Fragment
    from edexql.repl.table.table import Table

    Action = Callable[[Table], Table]


TABLE, FILTER, HELP = "table", "filter", "help"


class ScreenState:
    """The state of the screen. `mode` says what keys are for: the table, its filter as it is typed, or the help."""

    def __init__(self, table: Table, typed: Buffer) -> None:
        self.given = self.table = table
        self.typed = typed
        self.mode = TABLE
        self._message = ""
        self._before = ""
        self._help_top = 0

    def act(self, action: Callable[[Table], Table]) -> None:
        """Do something with the table as it is after all that has been typed."""
        self._catch_up()
        if self.mode == TABLE:
            self._message = ""
        self.table = action(self.table)

    def start_filter(self) -> None:
        self._before = self.typed.text = self.table.filter_text
        self.typed.cursor_position = len(self._before)
        self._message = ""
        self.mode = FILTER

    def keep_filter(self) -> None:
        """Take the filter as typed; one that cannot be read is left for the user to mend."""
        self._catch_up()
        if not self._message:
            self.mode = TABLE

    def drop_filter(self) -> None:
        """Go back to the filter that was there before."""
        self.table = tables.filtered(self.table, self._before)
        self._message = ""
        self.mode = TABLE

    def start_help(self) -> None:
        self._help_top = 0
        self.mode = HELP

    def scroll_help(self, lines: int) -> None:
        self._help_top += lines

    def end_help(self) -> None:
        self.mode = TABLE

    def lines(self, width: int, height: int) -> list[list[Fragment]]:
        """All lines of the screen but that in which the filter is typed."""
        if self.mode == HELP:
            room = drawing.layout(height, 1)
            self._help_top = max(min(self._help_top, len(drawing.HELP_LINES) - room.rows - room.header), 0)
            return drawing.help_lines(width, height, self._help_top)
        self._catch_up()
        below = [(drawing.MESSAGE, self._message) if self._message else drawing.status(self.table, width)]
        if self.mode == TABLE:
            below.append(drawing.keys(width))
        self.table = tables.resized(self.table, drawing.layout(height, len(below)).rows)
        return drawing.lines(self.table, width, height, below)

    def cursor_line(self, height: int) -> int:
        """The line in which the cursor stands after `lines` has been asked for that height."""
        below = 1 if self.mode == FILTER else 2
        return min(drawing.layout(height, below).header + self.table.cursor - self.table.top, height - 1)

    def _catch_up(self) -> None:
        """Filter by what has been typed: only when that is needed, once for all keys that came together."""
        if self.mode != FILTER:
            return
        try:
            self.table = tables.filtered(self.table, self.typed.text)
            self._message = ""
        except UsageError as error:
            self._message = str(error)


_VERTICAL: dict[str, Action] = {
    "up": lambda table: tables.moved(table, -1),
    "down": lambda table: tables.moved(table, 1),
    "pageup": lambda table: tables.paged(table, -1),
    "pagedown": lambda table: tables.paged(table, 1),
}
_ACTIONS: dict[str, Action] = {
    **_VERTICAL,
    "k": _VERTICAL["up"],
    "j": _VERTICAL["down"],
    "home": tables.first,
    "g": tables.first,
    "end": tables.last,
    "G": tables.last,
    " ": lambda table: tables.moved(tables.toggled(table), 1),
    "a": tables.all_ticked,
    "n": tables.none_ticked,
    "i": tables.inverted,
    "s": tables.sorted_by_next,
    "r": tables.reversed_order,
}
_HELP_LINES = {"down": 1, "j": 1, " ": 1, "up": -1, "k": -1, "pagedown": 8, "pageup": -8}


def bindings(state: ScreenState) -> KeyBindingsBase:
    """All keys; which of them work depends on what the screen shows."""
    return merge_key_bindings([_table_keys(state), _filter_keys(state), _help_keys(state), _ways_out(state)])


def _table_keys(state: ScreenState) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: state.mode == TABLE)
    for key, action in _ACTIONS.items():
        keys.add(key, filter=here)(_acting(state, action))
    for number, order in enumerate(ORDERS):
        keys.add(str(number), filter=here)(_acting(state, _sorting(order)))

    @keys.add("/", filter=here)
    def start(event: KeyPressEvent) -> None:
        state.start_filter()
        event.app.layout.focus(state.typed)

    @keys.add("?", filter=here)
    def help(event: KeyPressEvent) -> None:  # noqa: ARG001
        state.start_help()

    return keys


def _filter_keys(state: ScreenState) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: state.mode == FILTER)
    for key, action in _VERTICAL.items():
        keys.add(key, filter=here, eager=True)(_acting(state, action))

    @keys.add("enter", filter=here, eager=True)
    def keep(event: KeyPressEvent) -> None:
        state.keep_filter()
        if state.mode == TABLE:
            event.app.layout.focus_last()

    @keys.add("escape", filter=here, eager=True)
    def drop(event: KeyPressEvent) -> None:
        state.drop_filter()
        event.app.layout.focus_last()

    return keys


def _help_keys(state: ScreenState) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: state.mode == HELP)

    @keys.add("<any>", filter=here)
    def back(event: KeyPressEvent) -> None:  # noqa: ARG001
        state.end_help()

    for key, lines in _HELP_LINES.items():
        keys.add(key, filter=here)(_scrolling(state, lines))
    return keys


def _ways_out(state: ScreenState) -> KeyBindings:
    keys = KeyBindings()
    table = Condition(lambda: state.mode == TABLE)

    @keys.add("q", filter=table)
    @keys.add("enter", filter=table)
    @keys.add("c-d", filter=table)
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(result=state.table)

    @keys.add("c-c", eager=True)
    @keys.add("<sigint>", eager=True)
    def cancel(event: KeyPressEvent) -> None:
        event.app.exit(result=state.given)

    @keys.add("c-z", filter=table)
    def suspend(event: KeyPressEvent) -> None:
        event.app.suspend_to_background()

    return keys


def _acting(state: ScreenState, action: Action) -> Callable[[KeyPressEvent], None]:
    def act(event: KeyPressEvent) -> None:  # noqa: ARG001
        state.act(action)

    return act


def _sorting(order: str) -> Action:
    return lambda table: tables.sorted_by(table, order)


def _scrolling(state: ScreenState, lines: int) -> Callable[[KeyPressEvent], None]:
    def scroll(event: KeyPressEvent) -> None:  # noqa: ARG001
        state.scroll_help(lines)

    return scroll


PROMPT = "filter: "
# Seconds to wait for the rest of an escape sequence before a lone Escape is taken for one.
ESCAPE = 0.05
# Without colours, so that it looks right whatever those of the terminal are.
STYLE = Style.from_dict(
    {"table.header": "bold", "table.cursor": "reverse", "table.status": "reverse", "table.message": "bold"}
)


def show(
    table: Table, input: Input | None = None, output: Output | None = None, style: BaseStyle | None = None
) -> Table:
    """Let the user work with a table until they leave it, and return it as it was left.

    Left with Ctrl-C, or when its input ends, it is returned as it was given. `input` and `output` are those of
    the terminal where None; `style` adds to the table's own, which has no colours.
    """
    state = ScreenState(table, Buffer(multiline=False))
    application: Application[Table] = Application(
        layout=_layout(state),
        key_bindings=bindings(state),
        style=STYLE if style is None else merge_styles([STYLE, style]),
        full_screen=True,
        mouse_support=False,
        input=input,
        output=output,
    )
    application.ttimeoutlen = application.timeoutlen = ESCAPE
    try:
        return application.run()
    except (EOFError, KeyboardInterrupt):
        return table


class _Drawing(UIControl):
    """What is drawn of the table, as prompt_toolkit puts it on the screen."""

    def __init__(self, state: ScreenState) -> None:
        self._seen = state

    def create_content(self, width: int, height: int | None) -> UIContent:
        assert height is not None
        lines = self._seen.lines(width, height)
        # The cursor stands on the box, so that what reads the screen aloud or enlarges it follows.
        return UIContent(
            lambda line: [*lines[line]],
            len(lines),
            Point(min(2, width - 1), self._seen.cursor_line(height)),
            show_cursor=self._seen.mode != HELP,
        )

    def is_focusable(self) -> bool:
        return True


def _layout(state: ScreenState) -> Layout:
    drawing = Window(_Drawing(state))
    prompt = Window(FormattedTextControl(PROMPT), width=len(PROMPT), height=1)
    typed = VSplit([prompt, Window(BufferControl(state.typed), height=1)])
    typing = Condition(lambda: state.mode == FILTER)
    return Layout(HSplit([drawing, ConditionalContainer(typed, typing)]), drawing)
