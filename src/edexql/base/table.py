"""Tables of text: rows of cells to lines whose columns stand under each other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, width in (least or {}).items():
        widths[number] = max(widths[number], width)
    form = "  ".join(f"{{:{'>' if number in right else ''}{width}}}" for number, width in enumerate(widths))
    return [indent + form.format(*row).rstrip() for row in rows]
