"""The table on the whole of a terminal, worked with keys; on leaving, what stood there before is there again."""

from __future__ import annotations

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition
from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl, UIContent, UIControl
from prompt_toolkit.styles import Style, merge_styles

from edexql.repl.table.keys import bindings
from edexql.repl.table.seen import FILTER, HELP, Seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output
    from prompt_toolkit.styles import BaseStyle

    from edexql.repl.table.table import Table

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
    seen = Seen(table, Buffer(multiline=False))
    application: Application[Table] = Application(
        layout=_layout(seen),
        key_bindings=bindings(seen),
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

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

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


def _layout(seen: Seen) -> Layout:
    drawing = Window(_Drawing(seen))
    prompt = Window(FormattedTextControl(PROMPT), width=len(PROMPT), height=1)
    typed = VSplit([prompt, Window(BufferControl(seen.typed), height=1)])
    typing = Condition(lambda: seen.mode == FILTER)
    return Layout(HSplit([drawing, ConditionalContainer(typed, typing)]), drawing)
