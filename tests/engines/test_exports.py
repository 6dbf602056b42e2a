"""What is no export of this version is refused in words that say what to do."""

from __future__ import annotations

import json
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


def test_a_file_that_is_missing_or_cut_off(copied):
    path, *_ = (copied / "covered").rglob("*.parquet")
    data = path.read_bytes()
    path.write_bytes(data[:-100])
    assert f"{path.name} has {len(data) - 100:,} bytes where {len(data):,} were written" in refusal(copied)
    path.unlink()
    assert f"{path.name} is missing; `edexql catalogue export` to the same place writes it again" in refusal(copied)


def test_an_export_without_a_manifest(copied):
    (copied / "manifest.json").unlink()
    assert "it has no manifest, as those of earlier versions" in refusal(copied)
    (copied / "unfinished").mkdir()
    (copied / "unfinished" / "README.txt").touch()
    assert "its export was cut off" in refusal(copied)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', '{"format": 2}', "[" * 100_000])
def test_a_damaged_manifest(copied, text):
    (copied / "manifest.json").write_text(text)
    assert "cannot be read as an export: the manifest is" in refusal(copied)


def changed(copied, change):
    """Change the manifest of an export."""
    path = copied / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def test_an_export_of_another_schema(copied):
    changed(copied, lambda document: document.update(schema=77))
    assert "has tables of schema 77, and this edexql reads schema" in refusal(copied)


def test_an_export_with_another_vocabulary(copied):
    def others(document):
        document["vocabulary"]["digest"] = "another"

    def unit(document):
        document["vocabulary"]["fields"]["altitude"][1] = "m"

    def field(document):
        del document["vocabulary"]["fields"]["altitude"]

    def satellite(document):
        document["vocabulary"]["satellites"] = ["alpha", "beta"]

    changed(copied, others)
    edexql.fetch("kp >= 5", engine=engines.duckdb(str(copied)))
    changed(copied, unit)
    assert "the field altitude is another one there; export the catalogue again" in refusal(copied)
    changed(copied, field)
    assert "it does not know the field altitude" in refusal(copied)
    changed(copied, satellite)
    assert "its satellites are alpha, beta, here they are cassiope" in refusal(copied)


def test_an_export_with_other_columns(copied):
    sizes = {}
    for path in (copied / "ephemeris").rglob("*.parquet"):
        table = pyarrow.parquet.read_table(path, partitioning=None)
        pyarrow.parquet.write_table(table.drop_columns(["mlt", "yaw", "orbit", "pitch"]), path)
        sizes[path.relative_to(copied).as_posix()] = path.stat().st_size

    def written(document):
        for part in document["parts"]:
            for file in part["files"]:
                file["bytes"] = sizes.get(file["path"], file["bytes"])

    changed(copied, written)
    assert "has no column mlt, yaw, pitch and 1 more: export the catalogue again" in refusal(copied)


def test_files_of_another_state_are_not_read(copied):
    whole = edexql.fetch("date 2019", engine=engines.duckdb(str(copied))).total
    path = min((copied / "file").rglob("*.parquet"))
    shutil.copy(path, path.with_name("part-0.parquet"))
    assert edexql.fetch("date 2019", engine=engines.duckdb(str(copied))).total == whole


def test_a_service_and_an_engine_are_not_both_named():
    with pytest.raises(ValueError, match="not both"):
        edexql.fetch("kp >= 5", engine=engines.local(), service="https://example.org")
    with pytest.raises(TypeError, match=r"what a function of edexql\.engines gives, not str"):
        edexql.fetch("kp >= 5", engine="duckdb")
