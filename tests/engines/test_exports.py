"""What is no export of this version is refused in words that say what to do."""

from __future__ import annotations

import shutil

import pyarrow.parquet
import pytest

import edexql
from edexql import engines


def refusal(place) -> str:
    with pytest.raises(edexql.EngineError) as error:
        edexql.fetch("kp >= 5", engine=engines.duckdb(str(place)))
    return str(error.value)


@pytest.fixture
def copied(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "export")


def test_a_folder_that_is_not_there(copied):
    assert refusal(copied.parent / "exprot").endswith("exprot; did you mean `export`?")
    assert refusal(copied / "a" / "b").endswith("b; `edexql catalogue export FOLDER` writes an export")


def test_a_folder_that_is_something_else(copied, folder):
    assert "is the folder of one table; name the folder above it" in refusal(copied / "ephemeris")
    assert "it is a catalogue; ask it with --local" in refusal(folder)
    assert "it has none of the tables" in refusal(copied.parent)


def test_an_export_without_a_table(copied):
    shutil.rmtree(copied / "covered")
    assert "it has no table covered; export the catalogue again" in refusal(copied)


def written(path, change):
    """A file of an export with its table changed."""
    pyarrow.parquet.write_table(change(pyarrow.parquet.read_table(path, partitioning=None)), path)


def test_an_export_of_another_schema(copied):
    for path in copied.rglob("*.parquet"):
        written(path, lambda table: table.replace_schema_metadata({"edexql.schema": "77"}))
    assert "has tables of schema 77, and this edexql reads schema" in refusal(copied)
    for path in copied.rglob("*.parquet"):
        written(path, lambda table: table.replace_schema_metadata({}))
    assert "was not written by `edexql catalogue export`" in refusal(copied)


def test_an_export_with_other_columns(copied):
    for path in (copied / "ephemeris").rglob("*.parquet"):
        written(path, lambda table: table.drop_columns(["mlt", "yaw", "orbit", "pitch"]))
    assert "has no column mlt, yaw, pitch and 1 more: export the catalogue again" in refusal(copied)


def test_a_damaged_file(copied):
    path = min((copied / "held").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-100])
    assert "cannot read the table held" in refusal(copied)


def test_a_service_and_an_engine_are_not_both_named():
    with pytest.raises(ValueError, match="not both"):
        edexql.fetch("kp >= 5", engine=engines.local(), service="https://example.org")
    with pytest.raises(TypeError, match=r"what a function of edexql\.engines gives, not str"):
        edexql.fetch("kp >= 5", engine="duckdb")
