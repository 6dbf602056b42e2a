"""Work grows with the text and no faster, from 2^12 parts on: counted, so that it does not depend on the machine.

Up to 2^14 parts are tried in every run, 2^16 with `-m thorough`. Two things are counted. *Calls* of functions are
cheap to count, so every shape is tried; they show each loop and each step of ours that runs too often. A single call
in C can do quadratic work too, such as a copy or a search of what was read so far, and is one call all the same:
*instructions*, counted by callgrind (valgrind), show it. That is fifty times slower, so a few shapes are tried with
fewer parts; three lengths are compared, which takes off what the start costs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import edexql
from commands import environment
from growing_texts import COMPARED, GROWING, checked
from lines_run import calls

if TYPE_CHECKING:
    from pathlib import Path

# 16 times the parts; with their logarithm it would be 21.
SHORT, LONG, MOST = 2**12, 2**16, 17.0
# These take a minute at the full length.
LONGEST = {"unclosed statements": 2**13, "parameters": 2**14}


@pytest.mark.parametrize(
    "most_parts", [pytest.param(2**14, marks=pytest.mark.slow), pytest.param(LONG, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("name", sorted(set(GROWING) - COMPARED))
def test_calls_grow_with_the_text_and_no_faster(name, most_parts):
    parts = min(most_parts, LONGEST.get(name, LONG))
    most = MOST * parts / LONG
    # Whatever is made once is there by then.
    checked(edexql.check, GROWING[name](10))()
    short, long = (calls(checked(edexql.check, GROWING[name](n))) for n in (SHORT, parts))
    assert long < most * short, f"{short:,} calls for {SHORT:,} parts, {long:,} for {parts:,}: {long / short:.2f} times"


def test_at_least_25_shapes_are_tried_at_the_full_length():
    assert len(set(GROWING) - COMPARED - set(LONGEST)) >= 25


def test_a_loop_that_is_planted_is_noticed():
    def planted(text: str) -> None:
        edexql.check(text)
        seen: list[str] = []
        for part in text.split(","):
            # Every fourth part before it.
            for _ in seen[::4]:
                id(part)
            seen.append(part)

    short, long = (calls(checked(lambda text, today: planted(text), GROWING["periods"](n))) for n in (2**9, 2**11))
    assert long > MOST * short / 4


# Instructions

CHILD = """
import sys
from contextlib import suppress
import edexql
with open(sys.argv[1]) as file:
    text = file.read()
with suppress(edexql.QueryError):
    edexql.check(text)
"""
PLANTED = """
parts = text.split()
for part in parts[::8]:
    parts.count(part)
"""


def growth(program: str, name: str, folder: Path, smallest: int) -> float:
    """How much more the second doubling of a text executes than the first: 2 where work grows with the text."""
    counts = [executed(program, GROWING[name](smallest * factor), folder) for factor in (1, 2, 4)]
    return (counts[2] - counts[1]) / (counts[1] - counts[0])


def executed(program: str, text: str | bytes, folder: Path) -> int:
    path = folder / "text.edq"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    valgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    done = subprocess.run(
        [*valgrind, sys.executable, "-c", program, path],
        env=environment(PYTHONHASHSEED="0"),
        capture_output=True,
        text=True,
        check=True,
    )
    (count,) = re.findall(r"^==\d+== Collected : (\d+)$", done.stderr, re.MULTILINE)
    return int(count)


needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="instructions are counted by valgrind")


@needs_valgrind
@pytest.mark.parametrize(
    ("name", "smallest"),
    [
        pytest.param("brackets", 2**11, marks=pytest.mark.thorough),
        pytest.param("operands", 2**11, marks=pytest.mark.slow),
        pytest.param("periods", 2**9, marks=pytest.mark.thorough),
        pytest.param("typographic quotes that are not closed", 2**11, marks=pytest.mark.thorough),
    ],
)
def test_instructions_grow_with_the_text_and_no_faster(name, smallest, tmp_path):
    assert growth(CHILD, name, tmp_path, smallest) < 2.1


@needs_valgrind
@pytest.mark.slow
def test_a_long_row_of_hyphens_costs_little(tmp_path):
    assert executed(CHILD, GROWING["hyphens"](2**13), tmp_path) < 1.1 * executed(CHILD, "-", tmp_path)


@needs_valgrind
@pytest.mark.slow
def test_a_search_in_c_that_is_planted_is_noticed(tmp_path):
    assert growth(CHILD + PLANTED, "operands", tmp_path, 2**10) > 2.2
