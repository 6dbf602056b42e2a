"""Sizes: read from what services, pages and people write, and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.base.units import bytes_of, exact_bytes, listed, name_and_size, read_size, size
from edexql.client.listing import listed as listed_file


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("540.57MB", 540_570_000),
        ("512 KiB", 524_288),
        ("512 kib", 524_288),
        ("1e3MB", 1_000_000_000),
        ("1.5E+2 kB", 150_000),
        ("1.5GB", 1_500_000_000),
        ("1.5G", 1_610_612_736),
        ("64 GiB", 64 * 2**30),
        ("2Ti", 2**41),
        ("97,624", 97_624),
        ("1,234,567 bytes", 1_234_567),
        ("540,57MB", 540_570_000),
        ("104438", 104_438),
        ("1 byte", 1),
        ("12B", 12),
        ("1.0B", 1),
        ("0", 0),
    ],
)
def test_a_size_is_read(text, count):
    assert bytes_of(text) == count
    assert read_size(f" {text} ").text == text


@given(
    st.from_regex(r"[0-9٣.,]{0,14}[.,]?[0-9٣]{0,3} ?[kMGm]?i?[bB]?", fullmatch=True) | st.text("01.,kMGB ", max_size=9)
)
def test_the_bytes_of_a_size_are_those_that_it_is_read_as(text):
    read = read_size(text)
    assert bytes_of(text) == (None if read is None else read.count)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "MB",
        "about 5MB",
        "0.5B",
        "97,5 B",
        "1.2.3MB",
        "1e99MB",
        "5 parsecs",
        "٣MB",
        "-3kB",
        "1,23,456",
        "0x10",
        "5 MB 3",
    ],
)
def test_what_is_no_size_is_none(text):
    assert read_size(text) is None


def test_a_rounded_size_stands_for_all_files_that_are_listed_with_it():
    found = read_size("0.60MB")
    assert [found.admits(count) for count in (594_000, 595_000, 604_999, 606_000)] == [False, True, True, False]
    # eDEx does not say whether its MB is 10^6 or 2^20.
    assert found.admits(629_146)
    assert not found.exact
    assert read_size("97,624").spans == ((97_624, 97_624),)


@pytest.mark.parametrize(
    ("text", "name", "size_text"),
    [
        ("FAI_6.0.0.zip   540.57MB", "FAI_6.0.0.zip", "540.57MB"),
        ("FAI_6.0.0.zip   512 KiB", "FAI_6.0.0.zip", "512 KiB"),
        ("FAI_6.0.0.zip   1e3MB", "FAI_6.0.0.zip", "1e3MB"),
        ("FAI_6.0.0.zip   97,624", "FAI_6.0.0.zip", "97,624"),
        ("FAI_6.0.0.zip\t1234", "FAI_6.0.0.zip", "1234"),
        ("FAI_6.0.0.zip 12B", "FAI_6.0.0.zip", "12B"),
        ("FAI_6.0.0.zip   unknown size", "FAI_6.0.0.zip", "unknown size"),
        ("  a b.h5   1.00MB ", "a b.h5", "1.00MB"),
        ("a  b.h5", "a  b.h5", ""),
        ("Report 2019", "Report 2019", ""),
        ("12MB", "12MB", ""),
        ("", "", ""),
    ],
)
def test_the_last_run_of_blanks_divides_name_and_size(text, name, size_text):
    assert name_and_size(text) == (name, size_text)
    found = listed_file(text)
    assert (found.text, found.name, found.size_text, found.size) == (text, name, size_text, bytes_of(size_text))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (999_994, "999.99 kB"),
        (999_999, "1.00 MB"),
        (540_570_000, "540.57 MB"),
        (999_999_999, "1.00 GB"),
        (5 * 10**15, "5000.00 TB"),
    ],
)
def test_a_size_is_written_for_people(count, text):
    assert size(count) == text


def test_bytes_are_written_with_their_thousands():
    assert [exact_bytes(count) for count in (0, 1, 97_624)] == ["0 bytes", "1 byte", "97,624 bytes"]


def test_no_file_that_has_bytes_is_listed_as_having_none():
    assert [listed(count) for count in (0, 1, 9_999, 10_000, 540_570_000)] == [
        *("0B", "1B", "9999B"),
        *("0.01MB", "540.57MB"),
    ]


@given(st.integers(0, 10**17))
def test_what_is_written_is_read_and_admits_what_it_was_written_of(count):
    for text in (size(count), listed(count), exact_bytes(count), f"{count}"):
        assert read_size(text).admits(count)
    assert bytes_of(exact_bytes(count)) == count
    assert name_and_size(f"a.zip   {listed(count)}") == ("a.zip", listed(count))


@given(st.text())
def test_any_text_is_divided_and_none_is_lost(text):
    name, rest = name_and_size(text)
    assert (text.strip().startswith(name), text.strip().endswith(rest)) == (True, True)
    assert "".join((name + rest).split()) == "".join(text.split())


@given(
    st.text(min_size=1).filter(lambda text: text.split() == [text]), st.text("0.,9MB\u00a0\t x", min_size=1, max_size=6)
)
def test_three_blanks_part_a_name_from_what_stands_behind(name, behind):
    words = behind.split()
    if len(words) == 1:
        assert name_and_size(f"{name}   {words[0]}") == (name, words[0])
        assert name_and_size(f"  {name} \t {words[0]}\n") == (name, words[0])
