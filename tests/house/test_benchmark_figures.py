"""The tables of benchmarks/README.md are those of the stored figures, and say which goals are met."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from places import ROOT

STORED = sorted((ROOT / "benchmarks" / "figures").glob("*.json"))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import figures

    return figures


def test_the_page_has_the_tables_of_the_newest_figures(figures):
    page = figures.README.read_text("utf-8")
    assert figures.rendered(page) == page
    assert all(f"<!-- begin {name} -->" in page for name in figures.PARTS)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_figures_can_be_stored_and_read_again_and_each_has_a_name_of_its_own(path, figures):
    parts = figures.load(path.stem)
    assert {name: figures.Part.read(part.data()) for name, part in parts.items()} == parts
    names = Counter(row.what for part in parts.values() for table in part.tables for row in table.rows)
    assert [name for name, count in names.items() if count > 1] == []


def test_a_goal_is_a_bound_from_above_or_from_below(figures):
    fast, slow = figures.Row("a", 0.5, goal=1.0), figures.Row("a", 1.5, goal=1.0)
    assert [fast.met, slow.met, figures.Row("a", 1.5).met] == [True, False, None]
    assert [row._replace(least=True).met for row in (fast, slow)] == [False, True]
    table = figures.markdown(figures.Table("", (slow,)), {"a": fast}, "0.1")
    assert table.splitlines()[2] == "| a | 1.50 × | ≤ 1 × | **no** | 0.50 × |"


def test_versions_are_in_the_order_of_their_numbers(figures, monkeypatch, tmp_path):
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    for version in ("0.10.0", "0.9.0", "1.0"):
        figures.store(version, {})
    assert figures.versions() == ["0.9.0", "0.10.0", "1.0"]
    assert [figures.before(version) for version in ("0.9.0", "0.10.0", "2.0")] == ["", "0.9.0", "1.0"]


@pytest.mark.parametrize(
    "name",
    ["start_up", "run", "catalogue", "serve_load", "repl", "download", "analysis", "workbench", "engines", "scale"],
)
def test_every_part_is_a_program_of_its_own(name, figures):
    assert name in figures.PARTS
    assert f'program("{name}", __doc__, tables' in (ROOT / "benchmarks" / f"{name}.py").read_text("utf-8")
