"""The catalogue that SQL is tried on, its export, and DuckDB over that."""

from __future__ import annotations

import pytest

import engines
from edexql.catalogue.export.export import export
from edexql.catalogue.store.catalogue import open_catalogue
from engine_catalogue import VOCABULARY, build
from engine_queries import WITHOUT_AACGM


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("sql") / "catalogue")
    build(folder)
    with open_catalogue(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def exported(tmp_path_factory, catalogue):
    folder = tmp_path_factory.mktemp("sql") / "export"
    assert set(export(catalogue, VOCABULARY, str(folder)).empty) <= WITHOUT_AACGM
    return folder


@pytest.fixture(scope="module")
def duck(exported):
    with engines.duckdb(str(exported)) as rows:
        yield rows
