"""The page on what queries mean shows what the commands print. UPDATE_SEMANTICS=1 writes what they did."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from edexql.model.field import OTHER_QUANTA
from edexql.model.vocabulary import snapshot
from literate import CONSOLE, as_run
from places import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "semantics.md"


@pytest.mark.slow
def test_transcripts_are_what_the_commands_print(tmp_path: Path) -> None:
    text, ran = PAGE.read_text(encoding="utf-8"), as_run(PAGE, tmp_path)
    if os.environ.get("UPDATE_SEMANTICS"):
        PAGE.write_text(ran, encoding="utf-8")
    assert ran == text
    assert len(CONSOLE.findall(text)) >= 15


def steps() -> dict[str, tuple[Fraction, tuple[int, int] | None]]:
    """The table of steps: for each field, its step and its circle."""
    found: dict[str, tuple[Fraction, tuple[int, int] | None]] = {}
    lines = PAGE.read_text(encoding="utf-8").split("\n")
    for line in lines[lines.index("| fields | step | circle |") + 2 :]:
        if not line.startswith("|"):
            break
        names, step, circle = (cell.strip() for cell in line.strip("|").split("|"))
        round_ = tuple(int(bound) for bound in circle.split("..")) if circle else None
        for name in re.findall(r"`([a-z0-9-]+)`", names) or ["any other"]:
            assert name not in found, name
            found[name] = (Fraction(step), round_)
    return found


def test_the_table_of_steps_is_that_of_the_program() -> None:
    fields = filter(None, map(snapshot().field, snapshot().fields))
    expected = {
        field.name: (Fraction(1, field.quanta), None if field.period is None else (field.low, field.high))
        for field in fields
    }
    assert steps() == {**expected, "any other": (Fraction(1, OTHER_QUANTA), None)}, (
        "mend the table in docs/semantics.md"
    )


def test_the_tables_of_kleene_are_those_of_the_program() -> None:
    import numpy as np

    from catalogues import all_of
    from edexql.catalogue.intervals import ALWAYS, NEVER, Intervals
    from edexql.catalogue.three_valued import NOBODY_KNOWS, any_of, known

    one = Intervals(np.array([0]), np.array([1]))
    values = {"yes": known(ALWAYS), "no": known(NEVER), "no information": NOBODY_KNOWS}

    def word(answer: object) -> str:
        here = answer.within(one)
        return "yes" if len(here.yes) else "no information" if len(here.may) else "no"

    lines = PAGE.read_text(encoding="utf-8").split("\n")
    rows = lines[lines.index("| `a` | `b` | `a AND b` | `a OR b` | `NOT a` |") + 2 :][:6]
    for row in rows:
        a, b, both, either, negated = (cell.strip() for cell in row.strip("|").split("|"))
        assert (both, either) == (word(all_of([values[a], values[b]])), word(any_of([values[a], values[b]])))
        assert (both, either) == (word(all_of([values[b], values[a]])), word(any_of([values[b], values[a]])))
        assert negated == word(~values[a])


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
