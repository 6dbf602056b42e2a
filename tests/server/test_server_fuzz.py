"""The fuzzer schemathesis finds nothing between the service and its own description, with all of its checks."""

from __future__ import annotations

import collections
import logging
import os
import shutil
import subprocess
from importlib.util import find_spec

import pytest

from commands import BIN, environment
from serving import PASSES, archive_of, load, serve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not find_spec("schemathesis"), reason="schemathesis needs Python 3.11"),
]

EXAMPLES = 40


def test_the_fuzzer_passes_all_its_checks(tmp_path, caplog):
    from edexql.server.catalogue import LocalCatalogue

    archive = archive_of(tmp_path / "archive", {PASSES[0].place: b"x" * 1000})
    program = shutil.which("schemathesis", path=BIN)
    command = [program, "run", "--checks", "all", "--max-examples", str(EXAMPLES), "--no-color"]
    command += ["--seed", "1"] if "CI" in os.environ else []
    with (
        caplog.at_level(logging.INFO, "edexql.server"),
        serve(tmp_path / "state", LocalCatalogue(None, load()), archive=str(archive)) as service,
    ):
        command.append(f"{service.url}/openapi.json")
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=600, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    # It did come to what it was to test: each of the main answers was given.
    lines = [record.getMessage().split() for record in caplog.records if record.name == "edexql.server"]
    seen = collections.Counter((path, status) for _, _, path, status, *_ in lines)
    for path, status in (
        ("/api_fetch_data", "200"),
        ("/api_fetch_data", "409"),
        ("/api_fetch_data", "422"),
        ("/api_prepare_report", "200"),
        ("/api_prepare_report", "409"),
        ("/api_prepare_report", "422"),
        ("/download", "202"),
        ("/download", "409"),
    ):
        assert seen[path, status], (path, status, seen)
    assert not any(status.startswith("5") for _, status in seen)
