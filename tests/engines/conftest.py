"""The catalogue that engines are tried on, and its export."""

from __future__ import annotations

import pytest

import engine_servers
from edexql.catalogue.export.export import export
from edexql.catalogue.store.catalogue import open_catalogue
from engine_catalogue import VOCABULARY, build


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of the catalogue."""
    path = str(tmp_path_factory.mktemp("engines") / "catalogue")
    build(path)
    return path


@pytest.fixture(scope="session")
def catalogue(folder):
    with open_catalogue(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def exported(catalogue, folder):
    """The folder of the export."""
    path = f"{folder}-export"
    export(catalogue, VOCABULARY, path)
    return path


@pytest.fixture(scope="module")
def address(catalogue):
    """The address of a PostgreSQL that has the catalogue, with a password in it."""
    with engine_servers.postgres(catalogue, VOCABULARY) as place:
        yield place
