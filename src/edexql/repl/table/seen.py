"""What the screen of the table is showing: the table as it is now, the filter being typed, the help."""

from __future__ import annotations

from edexql.commands.exits import UsageError
from edexql.repl.table import drawn
from edexql.repl.table import table as tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.buffer import Buffer

    from edexql.repl.table.drawn import Fragment
    from edexql.repl.table.table import Table

TABLE, FILTER, HELP = "table", "filter", "help"


class Seen:
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
            room = drawn.layout(height, 1)
            self._help_top = max(min(self._help_top, len(drawn.HELP_LINES) - room.rows - room.header), 0)
            return drawn.help_lines(width, height, self._help_top)
        self._catch_up()
        below = [(drawn.MESSAGE, self._message) if self._message else drawn.status(self.table, width)]
        if self.mode == TABLE:
            below.append(drawn.keys(width))
        self.table = tables.resized(self.table, drawn.layout(height, len(below)).rows)
        return drawn.lines(self.table, width, height, below)

    def cursor_line(self, height: int) -> int:
        """The line in which the cursor stands after `lines` has been asked for that height."""
        below = 1 if self.mode == FILTER else 2
        return min(drawn.layout(height, below).header + self.table.cursor - self.table.top, height - 1)

    def _catch_up(self) -> None:
        """Filter by what has been typed: only when that is needed, once for all keys that came together."""
        if self.mode != FILTER:
            return
        try:
            self.table = tables.filtered(self.table, self.typed.text)
            self._message = ""
        except UsageError as error:
            self._message = str(error)
