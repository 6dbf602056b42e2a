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
from edexql.catalogue.export.export import export
from edexql.catalogue.ingest.batches import File
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.commands.doctor import EXTRAS
from edexql.engines import TableEngine, duckdb, registry, statements
from engine_catalogue import VOCABULARY
from engine_queries import QUERIES, generated
from places import ROOT
from requirements import project
from same_answers import same

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


class Replaced:
    """An engine whose tables are replaced after each so many statements, as those of a database are."""

    name, dialect, place, title = "mine", "duckdb", "x", "Mine"

    def __init__(self, states, each):
        self._states, self._each, self._asked = states, each, 0

    def _number(self):
        return self._asked // self._each

    def _state(self):
        return self._states[min(self._number(), len(self._states) - 1)]

    def relation(self, table):
        return self._state().relation(table)

    def marks(self):
        return {**self._state().marks(), "edexql.catalogue": str(min(self._number(), len(self._states) - 1))}

    def run(self, sql):
        rows = self._state().run(sql)
        self._asked += 1
        return rows

    def close(self):
        pass


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """An export of fewer files."""
    path = tmp_path_factory.mktemp("earlier")
    with Writer(str(path / "catalogue"), VOCABULARY) as writer:
        writer.begin_source("archive", "listing", "1", synthetic=False)
        writer.add(File("FAI_lv1_h5_20190501_000000_000100_6.0.0.zip", 7, None, "fai"))
        writer.commit()
    with open_catalogue(str(path / "catalogue")) as opened:
        export(opened, VOCABULARY, str(path / "export"))
    return str(path / "export")


@pytest.mark.parametrize("each", [1, 2, 3])
def test_an_answer_is_of_one_state_of_tables_that_are_replaced_meanwhile(each, earlier, exported, folder):
    query = QUERIES["as in the tutorial"]
    states = [duckdb(earlier), duckdb(exported)]
    same(edexql.fetch(query, engine=Replaced(states, each)), edexql.evaluate(query, catalogue=folder))


def test_tables_that_are_replaced_again_and_again_are_an_error(earlier, exported):
    states = [duckdb(earlier), duckdb(exported)] * 20
    with pytest.raises(edexql.EngineError, match="replaced again and again: ask later"):
        edexql.fetch(QUERIES["as in the tutorial"], engine=Replaced(states, 1))
