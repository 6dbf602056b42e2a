"""Checks of installed packages: found by their entry points, loaded where they are named, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from commands import environment

MODULE = """
import edexql
@edexql.lint.check("X777", "a storm")
def storm(context):
    yield context.finding("a check of a package", 1)
"""
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01"


@pytest.fixture
def installed(tmp_path):
    """A folder with a package that has two kinds of checks, one of which cannot be imported."""
    site = tmp_path / "site"
    about = site / "storm_checks-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: storm-checks\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[edexql.checks]\nstorms = storm_checks\nbroken = storm_checks_broken\n")
    (site / "storm_checks.py").write_text(MODULE)
    (site / "storm_checks_broken.py").write_text("import a_module_that_is_nowhere")
    return site


def edexql(installed, *words, **variables):
    environ = environment(PYTHONPATH=str(installed), **variables)
    return subprocess.run(
        [sys.executable, "-m", "edexql", *words], env=environ, capture_output=True, text=True, check=False
    )


def test_checks_look_at_queries_only_where_they_are_named(installed, tmp_path):
    configuration = tmp_path / "config.toml"
    configuration.write_text('[check]\nchecks = ["storms"]\n')
    words = ("check", "--output", "plain", "-e", QUERY)
    assert "X777" not in edexql(installed, *words).stdout
    assert "warning[X777] a check of a package" in edexql(installed, *words, "--checks", "storms").stdout
    assert "X777" in edexql(installed, *words, EDEXQL_CONFIG=str(configuration)).stdout
    assert "X777" in edexql(installed, *words, EDEXQL_CHECK_CHECKS="storms").stdout
    assert "X777" in edexql(installed, "compile", "--checks", "storms,storms", "-e", QUERY).stderr


def test_a_name_that_is_not_installed_or_cannot_be_imported_says_what_to_do(installed):
    done = edexql(installed, "check", "--checks", "storm", "-e", QUERY)
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "no checks `storm` are installed; did you mean `storms`?" in done.stderr
    done = edexql(installed, "check", "--checks", "elsewhere", "-e", QUERY)
    assert "there are broken, storms; install the package that has them" in done.stderr
    done = edexql(installed, "check", "--checks", "broken", "-e", QUERY)
    assert "the checks `broken` of storm-checks 1.2 (storm_checks_broken) cannot be loaded" in done.stderr
    assert "No module named 'a_module_that_is_nowhere'" in done.stderr
    assert "Traceback" not in done.stderr


def test_python_loads_them_once_and_nothing_is_looked_for_before(installed):
    program = f"""if True:
    import sys, edexql
    edexql.check({QUERY!r})
    assert "importlib.metadata" not in sys.modules
    edexql.lint.load("storms")
    edexql.lint.load("storms", "storms")
    print([d.code for d in edexql.check({QUERY!r}) if d.code[0] == "X"])
    try:
        edexql.lint.load("broken")
    except edexql.EdexqlError as error:
        print(type(error.__cause__).__name__)"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(PYTHONPATH=str(installed)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['X777']\nModuleNotFoundError\n"
