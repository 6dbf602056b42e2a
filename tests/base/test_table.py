"""Tables of text: columns stand under each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edexql.base.table import table_lines

CELLS = st.text(st.characters(categories=["L", "N"]), min_size=1)


def test_columns_are_as_wide_as_their_widest_cell():
    rows = [("a", "12.5 MB", "x"), ("longer", "3 kB", "")]
    assert table_lines(rows) == ["a       12.5 MB  x", "longer  3 kB"]
    assert table_lines(rows, right=(1,)) == ["a       12.5 MB  x", "longer     3 kB"]
    assert table_lines(rows, right=(1,), least={1: 10}, indent="  ") == [
        "  a          12.5 MB  x",
        "  longer        3 kB",
    ]


def test_a_table_without_rows_has_no_lines():
    assert table_lines([]) == []


@given(st.integers(1, 5).flatmap(lambda count: st.lists(st.lists(CELLS, min_size=count, max_size=count), min_size=1)))
def test_the_cells_of_a_column_begin_at_the_same_place(rows):
    lines = table_lines(rows)
    places = [sum(max(map(len, column)) + 2 for column in [*zip(*rows, strict=True)][:n]) for n in range(len(rows[0]))]
    for row, line in zip(rows, lines, strict=True):
        assert [line[place : place + len(cell)] for place, cell in zip(places, row, strict=True)] == row
        assert line.split() == row
