"""Engines of other packages: the recipe for Trino, and entry points."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import pytest
import sqlglot
from sqlglot import exp

import edexql
from commands import run_anew
from edexql.commands.doctor import EXTRAS
from edexql.engines import TableEngine, duckdb, registry, statements
from engine_catalogue import VOCABULARY
from engine_queries import QUERIES, generated
from places import ROOT
from requirements import project

PACKAGE = """
from edexql.engines import duckdb

class Mine:
    name, dialect = "mine", "duckdb"
    def __init__(self, place):
        self._inner = duckdb(place)
        self.place, self.title = self._inner.place, "Mine"
        self.relation, self.marks = self._inner.relation, self._inner.marks
        self.run, self.close = self._inner.run, self._inner.close

def broken(place):
    raise RuntimeError("no such thing")

class Half:
    name = "half"
    def __init__(self, place):
        pass
"""


@pytest.fixture
def trino(monkeypatch):
    """The class of the recipe, over a package that keeps what it is asked."""
    asked = []

    class Cursor:
        description = (("found",),)

        def execute(self, sql):
            asked.append(sql)
            return self

        def fetchall(self):
            return [(1,)]

    connection = SimpleNamespace(cursor=Cursor, close=lambda: asked.append("closed"))
    dbapi, exceptions = SimpleNamespace(connect=lambda **_: connection), SimpleNamespace(Error=OSError)
    package = SimpleNamespace(dbapi=dbapi, exceptions=exceptions)
    monkeypatch.setitem(sys.modules, "trino", package)
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (recipe,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "class Trino" in block)
    names: dict = {}
    exec(recipe, names)
    return names["Trino"]("trino://me@host:8443/hive/epop"), asked


def test_the_engine_of_the_recipe_is_one(trino):
    engine, asked = trino
    assert isinstance(engine, TableEngine)
    assert engine.run("SELECT 1 AS found").to_pylist() == [{"found": 1}]
    engine.close()
    assert asked == ["SELECT 1 AS found", "closed"]


@pytest.mark.parametrize("query", [QUERIES["storm in the dark"], QUERIES["odd tags"], generated(3)], ids=str)
def test_the_texts_for_trino_are_of_its_dialect(query, trino):
    engine, _ = trino
    for write in (statements.files, statements.times):
        (statement,) = sqlglot.parse(write(query, VOCABULARY, engine), read="trino")
        tables = [table for table in statement.find_all(exp.Table) if table.catalog]
        assert tables
        assert {table.sql("trino").partition(" AS ")[0] for table in tables} <= {
            f'"hive"."epop"."{name}"' for name in ("file", "logged", "covered", "held", "ephemeris", "present")
        }
        # A series stands behind FROM alone.
        columns = [one.unalias() for select in statement.find_all(exp.Select) for one in select.expressions]
        assert not [one for one in columns if isinstance(one, (exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries))]


def test_an_installed_package_brings_an_engine(exported, tmp_path):
    (tmp_path / "edexql_mine.py").write_text(PACKAGE)
    described = tmp_path / "edexql_mine-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: edexql-mine\nVersion: 1.0\n")
    names = "mine = edexql_mine:Mine\nbroken = edexql_mine:broken\nhalf = edexql_mine:Half\nduckdb = nowhere:X\n"
    (described / "entry_points.txt").write_text(f"[edexql.engines]\n{names}")

    def fetch(engine):
        words = ("fetch", "--count", "--engine", engine, "--at", exported, "-q", "-e", "kp >= 5")
        return run_anew(*words, PYTHONPATH=str(tmp_path))

    mine, own = fetch("mine"), fetch("duckdb")
    assert (mine.code, mine.out) == (0, own.out)
    assert "the engine broken cannot be used: RuntimeError: no such thing" in fetch("broken").err
    assert "the engine half is not one: it lacks a part of edexql.engines.TableEngine" in fetch("half").err
    assert "there is no engine mnie; did you mean `mine`?" in fetch("mnie").err


@pytest.mark.parametrize("name", registry.TABLES)
def test_every_engine_has_its_function_its_extra_and_its_row(name):
    assert callable(getattr(edexql.engines, name))
    assert f"`engines.{name}(" in (ROOT / "docs" / "engines.md").read_text("utf-8")
    extra = project()["optional-dependencies"][name]
    assert any(line.startswith(registry.TABLES[name].distribution) for line in extra)
    assert name in EXTRAS


def test_no_engine_brings_java():
    extras = project()["optional-dependencies"]
    assert not [line for name in registry.TABLES for line in extras[name] if re.match(r"pyspark\b(?!-client)", line)]


def test_a_package_that_is_missing_is_named_with_what_installs_it(monkeypatch, exported):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ImportError, match=r"pip install 'edexql\[duckdb\]'"):
        duckdb(exported)
