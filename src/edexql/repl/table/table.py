"""The table as a value, and what each key makes of it: movement, order, filter and ticks.

Only to sort, to filter and to tick all that is shown looks at every row; what else a key does takes no longer
with a million rows than with ten, but for a copy of their ticks.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.repl.table.rows import LISTED, MARKS, ORDERS, kept, marks_of, ordered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import Any

    from edexql.repl.table.rows import Row

PAGE = 20


class Tally(Record):
    """How many files, the bytes of those of known size, and how many are of unknown size."""

    files: int
    bytes: int
    unsized: int


class Table(Record):
    """Files as they stand in the table.

    `order` is `listed` or the name of a column. `ordering` has the positions of all rows in that order, `shown`
    those that the filter lets through. `ticks` has a byte for each row, 1 where it is ticked. `cursor` and `top`
    are places in `shown`: of the row that keys act on, and of the first on the page; `page` is how many rows
    there is room for. `whole` and `ticked` count all files and the ticked ones, `visible` those shown. `marks` are
    what is marked in any row: `synthetic`, `unknown`; `details` what is known of any of
    them beside name, size and times: `matched`, `product`.
    """

    rows: Sequence[Row]
    ticks: bytes
    ordering: Sequence[int]
    shown: Sequence[int]
    whole: Tally
    ticked: Tally
    visible: Tally
    marks: tuple[str, ...]
    details: tuple[str, ...]
    order: str = LISTED
    descending: bool = False
    filter_text: str = ""
    cursor: int = 0
    top: int = 0
    page: int = PAGE

    @property
    def unticked(self) -> frozenset[str]:
        """The names of the files without a tick."""
        return frozenset(row.name for row, tick in zip(self.rows, self.ticks, strict=True) if not tick)


def opened(rows: Sequence[Row], unticked: Collection[str] = frozenset()) -> Table:
    """A table of some rows in the order in which they are listed, ticked but for those with the names given."""
    ticks = bytes(row.name not in unticked for row in rows)
    whole = _tally(rows)
    ticked = whole if all(ticks) else _tally(row for row, tick in zip(rows, ticks, strict=True) if tick)
    positions = range(len(rows))
    marks = tuple(mark for mark in MARKS if any(mark in marks_of(row) for row in rows))
    details = tuple(field for field in ("matched", "product") if any(getattr(row, field) is not None for row in rows))
    return Table(rows, ticks, positions, positions, whole, ticked, whole, marks, details)


# Movement


def moved(table: Table, steps: int) -> Table:
    """The cursor so many rows further down, or up; it stops at the ends."""
    return _at(table, table.cursor + steps)


def paged(table: Table, pages: int) -> Table:
    """The cursor and the page so many pages further down, or up."""
    step = pages * table.page
    return _at(_changed(table, top=max(table.top + step, 0)), table.cursor + step)


def first(table: Table) -> Table:
    """The cursor on the first row."""
    return _at(table, 0)


def last(table: Table) -> Table:
    """The cursor on the last row."""
    return _at(table, len(table.shown) - 1)


def resized(table: Table, page: int) -> Table:
    """The same with room for so many rows."""
    return table if page == table.page else _at(_changed(table, page=max(page, 1)), table.cursor)


# Order and filter


def sorted_by(table: Table, order: str) -> Table:
    """In the order of a column, or as listed; in the same order again, reversed. The cursor goes to the first row."""
    return _sorted(table, order, descending=order == table.order and not table.descending)


def sorted_by_next(table: Table) -> Table:
    """In the order of the next column, after the last as listed."""
    return _sorted(table, ORDERS[(ORDERS.index(table.order) + 1) % len(ORDERS)], descending=False)


def reversed_order(table: Table) -> Table:
    """In the same order, from its other end."""
    return _sorted(table, table.order, descending=not table.descending)


def filtered(table: Table, text: str) -> Table:
    """Only the files that all words of a filter fit; the cursor stays on its file where that is still shown.

    Raises UsageError for a filter that cannot be read.
    """
    if text == table.filter_text:
        return table
    shown = kept(table.ordering, table.rows, text)
    current = table.shown[table.cursor] if table.shown else None
    cursor = next((place for place, position in enumerate(shown) if position == current), 0)
    visible = table.whole if len(shown) == len(table.rows) else _tally(table.rows[position] for position in shown)
    # As far down on the page as it stood.
    top = max(cursor - (table.cursor - table.top), 0)
    return _at(_changed(table, shown=shown, visible=visible, filter_text=text, top=top), cursor)


# Ticks


def current(table: Table) -> Row | None:
    """The row under the cursor, None where no row is shown."""
    return table.rows[table.shown[table.cursor]] if table.shown else None


def toggled(table: Table) -> Table:
    """The tick of the row under the cursor set or taken away."""
    if not table.shown:
        return table
    position = table.shown[table.cursor]
    tick = table.ticks[position]
    ticks = b"%b%c%b" % (table.ticks[:position], not tick, table.ticks[position + 1 :])
    one = _tally([table.rows[position]])
    return _changed(table, ticks=ticks, ticked=_sum(table.ticked, one, -1 if tick else 1))


def all_ticked(table: Table) -> Table:
    """All files that are shown ticked."""
    return _ticked(table, lambda tick: 1)  # noqa: ARG005


def none_ticked(table: Table) -> Table:
    """All files that are shown without a tick."""
    return _ticked(table, lambda tick: 0)  # noqa: ARG005


def inverted(table: Table) -> Table:
    """All files that are shown ticked where they were not, and the other way about."""
    return _ticked(table, lambda tick: 1 - tick)


def ticked_by_name(table: Table, names: Iterable[str]) -> Table:
    """The files with some names ticked, shown or not."""
    return _named(table, names, 1)


def unticked_by_name(table: Table, names: Iterable[str]) -> Table:
    """The files with some names without a tick, shown or not."""
    return _named(table, names, 0)


def ticked(table: Table) -> tuple[Row, ...]:
    """The ticked files, shown or not, in the order of the table."""
    return tuple(table.rows[position] for position in table.ordering if table.ticks[position])


def _at(table: Table, cursor: int) -> Table:
    """The cursor at a place, or at the nearest that there is, and on the page."""
    count = len(table.shown)
    cursor = max(min(cursor, count - 1), 0)
    highest = max(count - table.page, 0)
    top = min(max(min(table.top, cursor), cursor - table.page + 1), highest)
    return _changed(table, cursor=cursor, top=top)


def _sorted(table: Table, order: str, *, descending: bool) -> Table:
    ordering = ordered(table.rows, order, descending=descending)
    if len(table.shown) == len(table.rows):
        shown = ordering
    else:
        marks = bytearray(len(table.rows))
        for position in table.shown:
            marks[position] = 1
        shown = [position for position in ordering if marks[position]]
    return first(_changed(table, order=order, descending=descending, ordering=ordering, shown=shown))


def _ticked(table: Table, change: Callable[[int], int]) -> Table:
    ticks = bytearray(table.ticks)
    files = size = unsized = 0
    for position in table.shown:
        before = ticks[position]
        after = ticks[position] = change(before)
        if after != before:
            count = table.rows[position].size
            files += after - before
            size += (count or 0) * (after - before)
            unsized += (count is None) * (after - before)
    return _changed(table, ticks=bytes(ticks), ticked=_sum(table.ticked, Tally(files, size, unsized), 1))


def _named(table: Table, names: Iterable[str], tick: int) -> Table:
    wanted = frozenset(names)
    ticks = bytes(tick if row.name in wanted else before for row, before in zip(table.rows, table.ticks, strict=True))
    counted = _tally(row for row, tick in zip(table.rows, ticks, strict=True) if tick)
    return _changed(table, ticks=ticks, ticked=counted)


def _tally(rows: Iterable[Row]) -> Tally:
    sizes = [row.size for row in rows]
    known = [size for size in sizes if size is not None]
    return Tally(len(sizes), sum(known), len(sizes) - len(known))


def _sum(a: Tally, b: Tally, sign: int) -> Tally:
    return Tally(a.files + sign * b.files, a.bytes + sign * b.bytes, a.unsized + sign * b.unsized)


def _changed(table: Table, **changes: Any) -> Table:
    return Table(**{field: changes.get(field, getattr(table, field)) for field in Table.__match_args__})
