"""The table as lines of styled text, as many and as wide as the terminal has room for.

Styles only repeat what the text says: without colours nothing is lost.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.base.units import duration, size
from edexql.model.period import moment
from edexql.repl.table.rows import KEYS, LISTED, length_of, marks_of, size_of
from edexql.terminal import cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.repl.table.rows import Row
    from edexql.repl.table.table import Table, Tally

    # A piece of a line: the class of its style, and its text.
    Fragment = tuple[str, str]

HEADER, ROW, CURSOR, UNTICKED, STATUS, MESSAGE, KEY_LINE, HELP = (
    f"class:table.{name}" for name in ("header", "row", "cursor", "unticked", "status", "message", "keys", "help")
)
UP, DOWN = "▲", "▼"
# The cursor and the box of a row.
BOX = 5
GAP = 2
# Columns beside the name, the most important first: their width, and what the name has to be left to show them.
_COLUMNS = {"size": (10, 14), "length": (11, 24), "start": (20, 44), "mark": (0, 44), "product": (20, 44)}
_MARKS = {"synthetic": "S", "unknown": "?"}
# In order of importance: what there is no room for is left out from the end.
_KEYS = (
    "Space tick",
    "/ filter",
    "s sort",
    "? help",
    "Enter done",
    "Ctrl-C cancel",
    "a all",
    "n none",
    "i invert",
    "r reverse",
    "1-5 column",
)
HELP_LINES = (
    "Space    tick or untick, and go down",
    "a n i    tick all shown, none, invert",
    "Up k     one row up",
    "Down j   one row down",
    "PgUp PgDn  one page up, down",
    "Home g   first row",
    "End G    last row",
    "1 to 5   sort by a column, again: back",
    "0        in the order of the answer",
    "s r      next column, reverse",
    "/        filter as you type: Enter",
    "         keeps it, Escape drops it",
    "Enter q  leave, keep the ticks",
    "Ctrl-C   leave, ticks as they were",
    "",
    "A filter is words that must all match:",
    "lv1 2019     name has both",
    "*_15*        the whole name",
    ">100MB <1GB  size",
    "<1h >=5min   column 3",
    "2019-05-01   time, also 2019-05 or",
    "             2019-05-01..2019-05-02",
    "",
    "S, synthetic  simulated",
    "?, unknown    may match",
)


class Layout(Record):
    """How many lines the header has, the rows, and what stands below them."""

    header: int
    rows: int
    below: int


def layout(height: int, below: int) -> Layout:
    """How a number of lines is shared: with few, first the last lines below go, then the header."""
    kept = min(below, max(height - 2, height > 1))
    header = int(height - kept > 1)
    return Layout(header, max(height - kept - header, 0), kept)


def lines(table: Table, width: int, height: int, below: Sequence[Fragment]) -> list[list[Fragment]]:
    """The table in exactly so many lines of exactly so many cells, with other lines below it.

    The rows begin at the table's `top`; `resized` gives the table the page that `layout` leaves it.
    """
    shared = layout(height, len(below))
    columns = _columns(table, width)
    fragments: list[Fragment] = [(HEADER, _header(table, columns))] if shared.header else []
    places = range(table.top, min(table.top + shared.rows, len(table.shown)))
    alike = _alike([printable(table.rows[table.shown[place]].name) for place in places])
    fragments += [_row(table, place, columns, alike) for place in places]
    if not places and shared.rows:
        fragments.append((ROW, "there are no files" if not table.rows else "no file matches the filter"))
    fragments += [(ROW, "")] * (shared.header + shared.rows - len(fragments))
    fragments += below[: shared.below]
    return [[(style, cells.filled(text, width))] for style, text in fragments]


def help_lines(width: int, height: int, top: int) -> list[list[Fragment]]:
    """The keys and what they do, from a line on, in exactly so many lines of exactly so many cells."""
    rows = layout(height, 1)
    text = list(HELP_LINES[top : top + rows.rows + rows.header])
    text += [""] * (rows.rows + rows.header - len(text))
    text += ["Down more  |  any other key back"][: rows.below]
    return [[(HELP, cells.filled(line, width))] for line in text]


def status(table: Table, width: int) -> Fragment:
    """What is ticked, the filter, and where the cursor stands."""
    counted = f"{table.ticked.files} of {_files(table.whole.files)} ticked{_bytes(table.ticked)}"
    if table.filter_text:
        counted += f"  |  filter: {printable(table.filter_text)} ({table.visible.files} shown)"
    if table.order != LISTED and table.order not in _columns(table, width):
        counted += f"  |  by {_title(table, table.order)}"
    place = f"{table.cursor + 1}/{len(table.shown)}" if table.shown else ""
    room = width - len(place) - GAP
    if cells.width(counted) <= room:
        counted = cells.filled(counted, room) + " " * GAP + place
    return STATUS, counted


def keys(width: int) -> Fragment:
    """The keys, as many as there is room for."""
    text = ""
    for key in _KEYS:
        longer = f"{text}  {key}".lstrip()
        if len(longer) > width:
            break
        text = longer
    return KEY_LINE, text


def _columns(table: Table, width: int) -> dict[str, int]:
    """The columns that there is room for and their widths, in the order in which they stand."""
    shown = {}
    short = len(table.marks) if table.marks and width > 2 * BOX else 0
    left = width - BOX - (short + GAP if short else 0)
    for column, (wide, name) in _COLUMNS.items():
        if column == "mark":
            wide = len(", ".join(table.marks)) - short - GAP
            if not short or wide <= 0:
                continue
        if left - wide - GAP < name or (column == "product" and "product" not in table.details):
            continue
        shown[column] = wide
        left -= wide + GAP
    long = shown.pop("mark", None)
    if short:
        product = shown.pop("product", None)
        shown["mark"] = short if long is None else long + short + GAP
        if product is not None:
            shown["product"] = product
    return {"name": max(left, 0), **shown}


def _title(table: Table, column: str) -> str:
    """The name of a column, and which way it is sorted."""
    title = "matched" if column == "length" and "matched" in table.details else column
    return f"{title} {DOWN if table.descending else UP}" if column == table.order else title


def _header(table: Table, columns: dict[str, int]) -> str:
    listed = f"  {DOWN}".ljust(BOX) if table.order == LISTED and table.descending else " " * BOX
    parts = []
    for column, room in columns.items():
        if column == "mark":
            parts.append(" " * room)
            continue
        title = f"{[*KEYS].index(column) + 1} {_title(table, column)}"
        parts.append((cells.filled_left if column in ("size", "length") else cells.filled)(title, room))
    return listed + (" " * GAP).join(parts)


def _row(table: Table, place: int, columns: dict[str, int], alike: tuple[int, int]) -> Fragment:
    position = table.shown[place]
    row, tick = table.rows[position], table.ticks[position]
    text = (" " * GAP).join(_cell(row, column, room, alike) for column, room in columns.items())
    style = CURSOR if place == table.cursor else ROW if tick else UNTICKED
    return style, f"{'>' if place == table.cursor else ' '}[{'x' if tick else ' '}] {text}"


def _alike(names: Sequence[str]) -> tuple[int, int]:
    """With how many characters all of some names begin, and with how many others all end."""
    least = len(min(names, key=len, default=""))
    before = _common(min(names, default=""), max(names, default=""))
    mirrored = [name[::-1] for name in names]
    after = _common(min(mirrored, default=""), max(mirrored, default=""))
    return before, min(after, least - before)


def _common(one: str, other: str) -> int:
    """With how many same characters two texts begin; of many texts the first and last in order tell it for all."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _cell(row: Row, column: str, room: int, alike: tuple[int, int]) -> str:
    if column == "name":
        return cells.filled(cells.cut_round(printable(row.name), room, *alike), room)
    if column == "size":
        return cells.filled_left(size_of(row), room)
    if column == "length":
        length = length_of(row)
        return cells.filled_left("" if length is None else duration(length), room)
    if column == "start":
        return cells.filled("" if row.start is None else moment(row.start), room)
    if column == "product":
        return cells.filled(cells.cut_in_the_middle(printable(row.product or ""), room), room)
    marks = marks_of(row)
    long = ", ".join(marks)
    return cells.filled(long if len(long) <= room else "".join(_MARKS[mark] for mark in marks), room)


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"


def _bytes(tally: Tally) -> str:
    sized = f", {size(tally.bytes)}" if tally.files > tally.unsized else ""
    return sized + (f" and {tally.unsized} of unknown size" if sized and tally.unsized else "")
