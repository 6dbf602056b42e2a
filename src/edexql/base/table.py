"""Tables of text: rows of cells to lines whose columns stand under each other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence


def table_lines(
    rows: Sequence[Sequence[str]],
    right: Collection[int] = (),
    least: Mapping[int, int] | None = None,
    indent: str = "",
) -> list[str]:
    """The lines of a table, a line for each row, all rows with the same number of cells.

    A column is as wide as its widest cell in characters, or as `least` has it by the number of the column (from 0) if
    that is more. Two blanks stand between columns, `indent` before the first, and no blank at the end of a line.
    The columns in `right` are aligned right.
    """
    columns = list(zip(*rows, strict=True))
    return [] if not rows else _form(columns, right, least or {}, indent)(columns)


def column_lines(
    columns: Sequence[Sequence[str]],
    right: Collection[int] = (),
    least: Mapping[int, int] | None = None,
    *,
    at_once: int,
) -> Iterator[str]:
    """The same table of its columns, of equal lengths, as texts of `at_once` lines, each line with its end."""
    lines = _form(columns, right, least or {}, "")
    for start in range(0, len(columns[0]), at_once):
        part = lines([column[start : start + at_once] for column in columns])
        yield "\n".join([*part, ""])


def _form(
    columns: Sequence[Sequence[str]], right: Collection[int], least: Mapping[int, int], indent: str
) -> Callable[[Sequence[Sequence[str]]], list[str]]:
    """A function from rows, by columns, to their lines, for columns as wide as those that are given."""
    widths = [max(max(map(len, column), default=0), least.get(number, 0)) for number, column in enumerate(columns)]
    form = indent.replace("%", "%%") + "  ".join(
        f"%{'' if number in right else '-'}{width}s" for number, width in enumerate(widths)
    )
    return lambda part: [(form % row).rstrip() for row in zip(*part, strict=True)]
