"""The table of an answer's files: what its keys do, how it is drawn, and how it looks on a terminal."""

from __future__ import annotations

import itertools
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.utils import get_cwidth

import edexql
from edexql.client.listing import listing
from edexql.commands.exits import UsageError
from edexql.model.answer import File
from edexql.repl.table import drawing, plain, rows, table
from edexql.repl.table.rows import KEYS, ORDERS, Row
from edexql.repl.table.screen import show
from edexql.repl.table.table import Table, Tally
from edexql.terminal import cells
from screen import Terminal
from tutorial import FILES, NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

UP, DOWN, PAGE_DOWN, ESCAPE, ENTER, CTRL_C, BACKSPACE = "\x1b[A", "\x1b[B", "\x1b[6~", "\x1b", "\r", "\x03", "\x7f"
MAY_DAY = 1556668800


def row(name: str, size: int | None = None, start: int | None = None, length: int = 600, **changes: object) -> Row:
    values = {"size_text": "", "matched": None, "product": None, "synthetic": False, "state": "matched", **changes}
    return Row(name=name, size=size, start=start, end=None if start is None else start + length, **values)


MIXED = (
    row("FAI_b.zip", 200_000_000, MAY_DAY, matched=60),
    row("FAI_a.zip", None, None, state="unknown"),
    row("RRI_c.h5", 5_000, MAY_DAY + 86400, matched=7200, length=7200),
    row("MGF_15_d.lv2", 3_000_000_000, MAY_DAY + 86399, matched=0, synthetic=True),
)

NASTY = st.text(st.one_of(st.characters(), st.sampled_from("漢字\t\x1b…é\u0301")), max_size=40)
NUMBERS = st.one_of(st.none(), st.integers(0, 50), st.integers(0, 2**50))
ROWS = st.lists(
    st.builds(
        row,
        st.one_of(NASTY, st.sampled_from(NAMES), st.text("ab_.15", max_size=6)),
        NUMBERS,
        st.one_of(st.none(), st.integers(MAY_DAY - 200_000, MAY_DAY + 200_000), st.integers(-(2**60), 2**60)),
        st.integers(1, 90_000),
        matched=NUMBERS,
        product=st.one_of(st.none(), NASTY),
        synthetic=st.booleans(),
        state=st.sampled_from(["matched", "unknown"]),
        size_text=st.one_of(st.just(""), NASTY),
    ),
    max_size=12,
)
FILTERS = st.sampled_from(
    ["", "a", "_ 1", "*_15*", "?*", ">100MB", "<=20B", ">1min", "2019-05-01", "..2019-05-01", "fai"]
)
ACTIONS = st.one_of(
    st.builds(lambda steps: lambda t: table.moved(t, steps), st.integers(-20, 20)),
    st.builds(lambda pages: lambda t: table.paged(t, pages), st.integers(-3, 3)),
    st.builds(lambda page: lambda t: table.resized(t, page), st.integers(-1, 30)),
    st.builds(lambda order: lambda t: table.sorted_by(t, order), st.sampled_from(ORDERS)),
    st.builds(lambda text: lambda t: table.filtered(t, text), FILTERS),
    st.sampled_from(
        [
            table.first,
            table.last,
            table.sorted_by_next,
            table.reversed_order,
            table.toggled,
            table.all_ticked,
            table.none_ticked,
            table.inverted,
        ]
    ),
)


@st.composite
def tables(draw) -> Table:
    """A table after some keys."""
    found = table.opened(tuple(draw(ROWS)))
    for action in draw(st.lists(ACTIONS, max_size=10)):
        found = action(found)
    return found


def names(found: Table) -> list[str]:
    return [found.rows[position].name for position in found.shown]


def ticked_names(found: Table) -> list[str]:
    return [row.name for row in table.ticked(found)]


def tally(found: Sequence[Row]) -> Tally:
    sizes = [row.size for row in found]
    return Tally(len(sizes), sum(size or 0 for size in sizes), sizes.count(None))


# Rows


def test_the_rows_of_edex_have_the_times_of_their_names():
    first, *_ = found = rows.of_answer(listing({"result_filenames": [*FILES, "notes.txt   1KB"]}, None))
    assert [row.name for row in found] == [*NAMES, "notes.txt"]
    assert (first.size, first.size_text) == (540_570_000, "540.57MB")
    assert (first.start, first.end) == (MAY_DAY + 15 * 3600 + 5 * 60 + 34, MAY_DAY + 15 * 3600 + 13 * 60 + 7)
    assert (first.matched, first.state, found[-1].start) == (None, "matched", None)


def test_files_of_edex_whose_times_cannot_be_judged_are_unknown():
    request = edexql.compile("product fai-lv1-hdf5-images; date 2019-05-01T15:00..T16:00")
    answer = {"result_filenames": [FILES[0], "notes.txt   1KB"]}
    assert [row.state for row in rows.of_answer(listing(answer, request.residual))] == ["matched", "unknown"]


def test_the_rows_of_a_catalogue_say_how_much_matches_and_which_files_are_unknown():
    found = edexql.evaluate("product fai-lv1-hdf5-images; date 2019-05-01T15:10..T17:00")
    matched = rows.of_answer(found)
    assert [(row.name, row.size, row.matched, row.state) for row in matched] == [
        (NAMES[0], 540_570_000, 187, "matched"),
        (NAMES[1], 542_650_000, 453, "matched"),
    ]


def test_how_much_of_an_unknown_file_matches_is_not_known():
    (unknown,) = rows.of_files([File("a.zip", matched=0, start=0, end=60, state="unknown")])
    assert (unknown.matched, unknown.state, rows.length_of(unknown)) == (None, "unknown", None)


# Movement


@given(tables())
def test_the_cursor_is_always_on_a_row_and_on_the_page(found: Table):
    assert found.page >= 1
    assert 0 <= found.top <= max(len(found.shown) - found.page, 0)
    if found.shown:
        assert 0 <= found.cursor < len(found.shown)
        assert found.top <= found.cursor < found.top + found.page
    else:
        assert (found.cursor, found.top) == (0, 0)


def test_pages_and_ends():
    found = table.resized(table.opened([row(str(number)) for number in range(25)]), 10)
    assert table.paged(found, 1).top == table.paged(found, 1).cursor == 10
    assert (table.last(found).cursor, table.last(found).top) == (24, 15)
    assert table.paged(table.paged(found, 5), -1).cursor == 14
    assert table.first(table.last(found)) == found
    assert (table.moved(found, 10).cursor, table.moved(found, 10).top) == (10, 1)


# Order


@given(tables())
def test_an_order_loses_no_row_and_the_filter_no_order(found: Table):
    assert sorted(found.ordering) == list(range(len(found.rows)))
    shown = set(found.shown)
    assert list(found.shown) == [position for position in found.ordering if position in shown]


@given(ROWS, st.sampled_from([*KEYS]), st.sampled_from([1, 2]))
def test_sorting_is_stable_and_what_has_no_value_comes_last(some: list[Row], column: str, times: int):
    found = table.opened(some)
    for _ in range(times):
        found = table.sorted_by(found, column)
    assert found.descending == (times == 2)
    values = [(KEYS[column](some[position]), position) for position in found.ordering]
    known = [pair for pair in values if pair[0] is not None]
    assert values[: len(known)] == known
    unknown = [position for _, position in values[len(known) :]]
    assert unknown == sorted(unknown)
    for (a, first), (b, second) in itertools.pairwise(known):
        assert (a > b if found.descending else a < b) or (a == b and first < second)


def test_the_next_column_goes_round_to_the_order_as_listed():
    found = table.opened(MIXED)
    orders = []
    for _ in ORDERS:
        found = table.sorted_by_next(found)
        orders.append(found.order)
    assert orders == ["name", "size", "length", "start", "product", "listed"]
    assert names(found) == [row.name for row in MIXED]
    assert names(table.reversed_order(found)) == [row.name for row in MIXED][::-1]


def test_another_order_begins_at_its_first_row():
    found = table.last(table.opened(MIXED))
    assert table.current(table.sorted_by(found, "size")) == MIXED[2]
    assert table.current(table.reversed_order(found)) == MIXED[3]


# Filter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "badc"),
        ("fai", "ba"),
        ("FAI zip b", "b"),
        ("*_15*", "d"),
        ("*.zip", "ba"),
        ("[fr]*", "bac"),
        (">100MB", "bd"),
        ("<0.2GB", "c"),
        (">=0.2gb", "bd"),
        ("=5KB", "c"),
        ("<1h", "bd"),
        (">=2h", "c"),
        ("<=1min <1s", "d"),
        ("2019-05-01", "bd"),
        ("2019-05-02", "cd"),
        ("2019-05-01..2019-05-02", "bcd"),
        ("2019-05-01T00:09..T00:11", "b"),
        ("2019-05-01T00:10..T00:11", ""),
        ("2019-05-03..", ""),
        ("..2019-04", ""),
        ("2019-05 >1B fai", "b"),
    ],
)
def test_a_filter_shows_the_files_that_all_its_words_fit(text: str, expected: str):
    found = table.filtered(table.opened(MIXED), text)
    assert {name.rpartition(".")[0][-1] for name in names(found)} == set(expected)
    assert found.filter_text == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (">", "cannot read `>`: compare as in >100MB, <1h, >=5min"),
        ("<1", "cannot read `<1`"),
        (">5 MB", "cannot read `>5`"),
        (">5m", "there is no unit `m`"),
        (">5parsecs", "there is no unit `parsecs`: use B, KB, MB"),
        (">99999999TB", "cannot read the size `99999999TB`"),
        ("2019-13", "there is no month 13"),
        ("2019-05-02..2019-05-01", "this period ends before it starts"),
        ("2019-", None),
        ("2019-05-01,2019-05-02", None),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_with_the_way_out(text: str, said: str | None):
    if said is None:
        # Not a time, so a part of a name.
        assert names(table.filtered(table.opened(MIXED), text)) == []
        return
    with pytest.raises(UsageError) as caught:
        table.filtered(table.opened(MIXED), text)
    assert str(caught.value).startswith(said)


@given(st.one_of(NASTY, st.text("0123456789-.:TZ+d<>=MBhs*[]? \n;#,", max_size=14)))
def test_any_text_is_a_filter_or_refused(text: str):
    found = table.opened(MIXED)
    try:
        narrowed = table.filtered(found, text)
    except UsageError:
        return
    assert set(names(narrowed)) <= set(names(found))


def test_the_cursor_stays_on_its_file_while_the_filter_shows_it():
    found = table.moved(table.opened(MIXED), 2)
    assert table.current(found) == MIXED[2]
    assert table.current(table.filtered(found, "c")) == MIXED[2]
    assert table.current(table.filtered(table.filtered(found, "c"), "")) == MIXED[2]
    assert table.current(table.filtered(found, "fai")) == MIXED[0]
    assert table.current(table.filtered(found, "nothing")) is None


# Ticks


@given(tables())
def test_what_is_counted_is_what_there_is(found: Table):
    assert found.whole == tally(found.rows)
    assert found.ticked == tally(table.ticked(found))
    assert found.visible == tally([found.rows[position] for position in found.shown])


@given(tables(), st.sampled_from(ORDERS), FILTERS)
def test_ticks_do_not_depend_on_order_and_filter(found: Table, order: str, text: str):
    other = table.filtered(table.sorted_by(found, order), text)
    assert sorted(map(repr, table.ticked(other))) == sorted(map(repr, table.ticked(found)))
    assert other.unticked == found.unticked


@given(tables())
def test_ticks_of_what_is_shown(found: Table):
    shown = set(found.shown)

    def marks(changed: Table) -> list[int]:
        return [tick for position, tick in enumerate(changed.ticks) if position in shown]

    assert set(marks(table.all_ticked(found))) <= {1}
    assert set(marks(table.none_ticked(found))) <= {0}
    assert marks(table.inverted(found)) == [1 - tick for tick in marks(found)]
    assert table.inverted(table.inverted(found)) == found
    assert table.toggled(table.toggled(found)) == found
    for change in (table.all_ticked, table.none_ticked, table.inverted, table.toggled):
        hidden = [position for position in range(len(found.rows)) if position not in shown]
        assert [change(found).ticks[position] for position in hidden] == [found.ticks[p] for p in hidden]


@given(tables())
def test_a_table_opened_with_the_names_without_ticks_has_them(found: Table):
    again = table.opened(found.rows, found.unticked)
    assert again.unticked == found.unticked
    assert again.ticked == tally(table.ticked(again))


def test_ticked_files_come_in_the_order_of_the_table():
    found = table.sorted_by(table.toggled(table.opened(MIXED)), "name")
    assert ticked_names(found) == ["FAI_a.zip", "MGF_15_d.lv2", "RRI_c.h5"]
    assert found.unticked == {"FAI_b.zip"}


# Drawing


def drawn_lines(found: Table, width: int, height: int) -> list[str]:
    below = (drawing.status(found, width), drawing.keys(width))
    found = table.resized(found, drawing.layout(height, 2).rows)
    lines = drawing.lines(found, width, height, below)
    return ["".join(text for _, text in line) for line in lines]


@given(tables(), st.integers(1, 150), st.integers(1, 30))
def test_every_drawing_fills_the_terminal_and_no_more(found: Table, width: int, height: int):
    lines = drawn_lines(found, width, height)
    assert len(lines) == height
    for line in lines:
        assert line.isprintable()
        assert get_cwidth(line) == width
    for help in drawing.help_lines(width, height, 3):
        assert get_cwidth("".join(text for _, text in help)) == width
    assert len(drawing.help_lines(width, height, 3)) == height


@given(NASTY, st.integers(0, 30), st.integers(0, 20), st.integers(0, 20))
def test_cut_texts_have_room(text: str, room: int, before: int, after: int):
    text = text if text.isprintable() else ascii(text)
    before = min(before, len(text))
    after = min(after, len(text) - before)
    found = (cells.cut(text, room), cells.cut_in_the_middle(text, room), cells.cut_round(text, room, before, after))
    for short in found:
        assert cells.width(short) <= room
        assert short == text or cells.width(text) > room
    if cells.width(text) > room > 0:
        assert all("…" in short for short in found)


def test_a_row_says_all_of_a_file_where_there_is_room():
    some = [*MIXED[:3], row("MGF.lv2", 3_000_000_000, MAY_DAY, matched=0, synthetic=True, product="mgf-lv2")]
    found = table.moved(table.toggled(table.sorted_by(table.opened(some), "size")), 1)
    header, *lines, status, keys = drawn_lines(found, 150, 7)
    assert header.split() == ["1", "name", "2", "size", "▲", "3", "matched", "4", "start", "5", "product"]
    assert [line.split() for line in lines] == [
        ["[", "]", "RRI_c.h5", "5.00", "kB", "2:00:00", "h", "2019-05-02T00:00:00Z"],
        [">[x]", "FAI_b.zip", "200.00", "MB", "1:00", "min", "2019-05-01T00:00:00Z"],
        ["[x]", "MGF.lv2", "3.00", "GB", "0", "s", "2019-05-01T00:00:00Z", "synthetic", "mgf-lv2"],
        ["[x]", "FAI_a.zip", "unknown"],
    ]
    assert status.startswith("3 of 4 files ticked, 3.20 GB and 1 of unknown size  ")
    assert status.endswith("  2/4")
    assert keys.split()[:2] == ["Space", "tick"]


def test_of_edex_the_table_shows_lengths_and_no_products():
    found = table.opened(rows.of_answer(listing({"result_filenames": FILES}, None)))
    header, first, *_ = drawn_lines(found, 150, 7)
    assert header.split() == ["1", "name", "2", "size", "3", "length", "4", "start"]
    assert first.split() == [">[x]", NAMES[0], "540.57", "MB", "7:33", "min", "2019-05-01T15:05:34Z"]


def test_narrow_drawings_keep_the_box_the_ends_of_the_name_and_the_marks():
    found = table.opened(MIXED)
    assert [line.rstrip() for line in drawn_lines(found, 20, 5)[1:3]] == [">[x] FAI_b.zip", " [x] FAI_a.zip    ?"]
    one = table.opened([row(NAMES[0], 1)])
    assert drawn_lines(one, 24, 4)[1] == ">[x] FAI_lv1_h…6.0.0.zip"
    three = table.opened([row(name, 1) for name in NAMES])
    shown = {line.split()[1] for line in drawn_lines(three, 40, 6)[1:4]}
    assert len(shown) == 3, "names that differ look different"


def test_the_column_that_sorts_is_told_where_it_is_not_shown():
    found = table.reversed_order(table.sorted_by(table.opened(MIXED), "start"))
    assert "by start ▼" in drawn_lines(found, 70, 8)[-2]
    assert "by start" not in drawn_lines(found, 150, 8)[-2]


def test_on_one_line_the_row_is_what_is_left():
    assert drawn_lines(table.opened(MIXED), 20, 1) == [">[x] FAI_b.zip      "]
    assert [line[:6] for line in drawn_lines(table.opened(MIXED), 20, 2)] == [">[x] F", "4 of 4"]


def test_an_empty_table_says_so():
    assert drawn_lines(table.opened([]), 60, 5)[1].strip() == "there are no files"
    assert drawn_lines(table.filtered(table.opened(MIXED), "zzz"), 60, 5)[1].strip() == "no file matches the filter"


def test_the_help_fits_a_terminal_of_forty_columns():
    assert max(map(len, drawing.HELP_LINES)) <= 40


# Lines


def test_the_table_as_lines_is_numbered_in_its_order():
    found = table.toggled(table.sorted_by(table.opened(MIXED), "name"))
    assert list(plain.lines(found)) == [
        "[ ] 1 FAI_a.zip                 unknown\n",
        "[x] 2 FAI_b.zip      200.00 MB\n",
        "[x] 3 MGF_15_d.lv2     3.00 GB  synthetic\n",
        "[x] 4 RRI_c.h5         5.00 kB\n",
    ]
    assert list(plain.lines(table.opened([]))) == []


@given(tables(), st.data())
def test_numbers_mean_the_lines_that_they_stand_before(found: Table, data):
    if not found.shown:
        return
    number = st.integers(1, len(found.shown))
    ranges = data.draw(st.lists(st.tuples(number, number).map(sorted), min_size=1, max_size=4))
    text = ",".join(f"{a}-{b}" if a < b else str(a) for a, b in ranges)
    expected = [name for n, name in enumerate(names(found), 1) if any(a <= n <= b for a, b in ranges)]
    chosen = plain.names(found, text)
    assert chosen == tuple(dict.fromkeys(expected))
    assert set(chosen) <= table.unticked_by_name(found, chosen).unticked
    assert not set(chosen) & table.ticked_by_name(found, chosen).unticked


@given(tables(), st.sampled_from(["*", "*_15*", "a*", "?", "*.zip"]))
def test_a_glob_means_the_names_that_fit_it(found: Table, glob: str):
    expected = {name for name in names(found) if fnmatchcase(name.lower(), glob)}
    if expected:
        assert set(plain.names(found, glob)) >= expected
    elif all(name.isascii() for name in names(found)):
        with pytest.raises(UsageError):
            plain.names(found, glob)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "say which files: by number as in 1-3,7 or by name as in *_15*"),
        ("0", "there is no file number 0: the numbers go from 1 to 4"),
        ("2-5", "there is no file number 5: the numbers go from 1 to 4"),
        ("1-999999999999999999", "there is no file number 999999999999999999"),
        ("3-1", "3-1 goes backwards: write 1-3"),
        ("FAI", "no file that is shown is named `FAI`; for a part of the name write `*FAI*`"),
        ("*.png", "no file that is shown is named `*.png`"),
        ("1-", "no file that is shown is named `1-`"),
    ],
)
def test_a_list_that_means_no_files_is_refused_with_the_way_out(text: str, said: str):
    with pytest.raises(UsageError) as caught:
        plain.names(table.opened(MIXED), text)
    assert str(caught.value).startswith(said)


# The screen


def worked(found: Table, *keys: str) -> Table:
    """A table after it has been shown and some keys were pressed."""
    with create_pipe_input() as pipe:
        pipe.send_text("".join(keys))
        return show(found, input=pipe, output=DummyOutput())


@pytest.mark.parametrize("way_out", ["q", ENTER, "\x04"])
def test_ticks_are_kept_on_leaving(way_out: str):
    assert worked(table.opened(MIXED), DOWN, " ", " ", way_out).unticked == {"FAI_a.zip", "RRI_c.h5"}


def test_ctrl_c_brings_back_what_was():
    found = table.toggled(table.opened(MIXED))
    assert worked(found, DOWN, " ", "2", "/x", CTRL_C) == found
    assert worked(found, "?", CTRL_C) == found


@pytest.mark.parametrize(
    ("keys", "unticked"),
    [
        (" ", "b"),
        ("jj ", "c"),
        ("Gk ", "c"),
        ("Gg ", "b"),
        (PAGE_DOWN + UP + " ", "c"),
        ("n", "abcd"),
        ("n i", "b"),
        ("na", ""),
        (" i", "acd"),
        ("1 ", "a"),
        ("11 ", "c"),
        ("2 ", "c"),
        ("20 ", "b"),
        ("r ", "d"),
        ("ss ", "c"),
        ("/fai" + ENTER + "n", "ab"),
        ("/fai" + DOWN + ENTER + " ", "a"),
        ("/fax" + BACKSPACE + "i" + ENTER + "n", "ab"),
        ("?q ", "b"),
    ],
)
def test_keys_do_what_the_help_says(keys: str, unticked: str):
    left = worked(table.opened(MIXED), keys, "q")
    assert {name.rpartition(".")[0][-1] for name in left.unticked} == set(unticked)


def test_a_filter_that_cannot_be_read_cannot_be_kept():
    # The second q is typed into the filter, which is then mended.
    left = worked(table.opened(MIXED), "/>1M", ENTER, "q", BACKSPACE, "B", ENTER, "q")
    assert left.filter_text == ">1MB"


# The screen on a terminal

PROGRAM = """
from edexql.client.listing import listing
from edexql.repl.table import rows, screen, table
files = [f"RRI_2016041{day}_222759_223156_lv1_12.0.0.h5   {day}.5GB" for day in range(10)]
left = screen.show(table.opened(rows.of_answer(listing({"result_filenames": files}, None))))
print(len(left.unticked), left.order, left.descending, left.filter_text)
"""


def test_the_table_on_a_terminal():
    with Terminal(sys.executable, "-c", PROGRAM) as terminal:
        terminal.wait_for("10 of 10 files ticked, 50.00 GB")
        assert terminal.alternate
        assert terminal.display[0].split() == ["1", "name", "2", "size", "3", "length"]
        assert terminal.display[1].startswith(">[x] RRI_20160410_222759_223156_lv1_12.0.0.h5")
        assert terminal.style(1, 5).reverse
        assert not terminal.style(2, 5).reverse
        terminal.send("j ")
        terminal.wait_for("9 of 10 files ticked, 48.50 GB")
        assert terminal.display[2].startswith(" [ ] RRI_20160411")
        assert terminal.cursor == (3, 2)

        terminal.send("22")
        terminal.wait_for("2 size ▼")
        assert [line[13:17] for line in terminal.display[1:4]] == ["0419", "0418", "0417"]

        terminal.send("/>7G")
        terminal.wait_for("there is no unit `G`")
        terminal.send("B")
        terminal.wait_for("filter: >7GB (3 shown)")
        assert terminal.display[23] == "filter: >7GB"
        assert terminal.cursor == (23, 12)
        terminal.send(ESCAPE)
        terminal.wait_gone("filter: >7GB")
        assert terminal.display[10].startswith(" [x] RRI_20160410")
        terminal.send("/2016*")
        terminal.wait_for("no file matches the filter")
        terminal.send("\x15*041[0-3]*" + ENTER)
        terminal.wait_for("filter: *041[0-3]* (4 shown)")

        terminal.resize(40, 10)
        terminal.wait_until(lambda: terminal.display[9] == "Space tick  / filter  s sort  ? help", "draw itself anew")
        assert terminal.display[1].startswith(">[x] RRI_2")
        assert terminal.display[1].endswith(".h5     3.50 GB")
        assert len(set(terminal.display[1:5])) == 4
        assert terminal.display[8].startswith("9 of 10 files ticked, 48.50 GB")
        terminal.send("?")
        terminal.wait_for("any other key back")
        terminal.send("x")
        terminal.wait_for("2 size ▼")

        terminal.send("q")
        assert terminal.wait() == 0
        assert not terminal.alternate
        assert terminal.text == "1 size True *041[0-3]*"


def test_without_colour_nothing_is_coloured():
    with Terminal(sys.executable, "-c", PROGRAM, NO_COLOR="1") as terminal:
        terminal.wait_for("10 of 10 files ticked")
        seen = {(cell.fg, cell.bg) for cell in (terminal.style(line, 5) for line in range(24))}
        assert seen == {("default", "default")}
        terminal.send(CTRL_C)
        assert terminal.wait() == 0
        assert terminal.text == "0 listed False"
