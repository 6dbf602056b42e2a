"""What is handed out: the wheel, built from the sources that are handed out, and installed where nothing else is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import edexql
from commands import environment
from stand_in import StandIn
from tutorial import FILES, NAMES, PARAMETERS, QUERY, WIRE

pytestmark = pytest.mark.slow

SOURCE = Path(edexql.__file__).parent
ROOT = SOURCE.parent.parent


def checked(*words, cwd, **more):
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, env=environment(), check=False, **more)
    assert done.returncode == 0, f"{words}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A directory with the source distribution, and the wheel that was built from that distribution alone."""
    place = tmp_path_factory.mktemp("dist")
    checked(sys.executable, "-m", "build", "--outdir", str(place), str(ROOT), cwd=place)
    return place


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The programs of an environment that has the wheel and what it depends on, and nothing else."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=True)
    (wheel,) = built.glob("*.whl")
    checked(place / "bin" / "python", "-m", "pip", "install", "--quiet", str(wheel), cwd=place)
    return place / "bin"


@pytest.fixture
def run(installed, tmp_path):
    """Run `edexql` of that environment from an empty directory; its output. Fails where it fails."""
    return lambda *words, **more: checked(installed / "edexql", *words, cwd=tmp_path, **more)


def names_of(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_every_file_of_the_package_and_the_grammar(built):
    names = set(names_of(built))
    parts = (*SOURCE.rglob("*.py"), *(SOURCE / "web" / "static").rglob("*.*"))
    ours = {f"edexql/{path.relative_to(SOURCE)}" for path in parts}
    assert names >= ours
    assert names >= {
        "edexql/grammar/edq.lark",
        "edexql/model/vocabulary/vocabulary.json",
        "edexql/docs/diagnostics.md",
        "edexql/py.typed",
    }


def test_the_wheel_holds_nothing_else(built):
    for name in names_of(built):
        assert name.startswith(("edexql/", f"edexql-{edexql.__version__}.dist-info/")), name
        assert "test" not in name.lower(), name
        assert not name.endswith((".pyc", ".orig", ".tmp")), name


def test_the_wheel_comes_with_its_licence_and_needs_what_it_says(built, installed, tmp_path):
    assert any(name.endswith("/licenses/LICENSE") for name in names_of(built))
    code = "import importlib.metadata as m; print(*sorted(d.metadata['Name'].lower() for d in m.distributions()))"
    there = set(checked(installed / "python", "-c", code, cwd=tmp_path).split())
    assert there >= {"edexql", "argcomplete", "lark", "platformdirs", "prompt_toolkit", "requests"}
    assert not there & {"hypothesis", "pytest", "ruff", "mypy", "pyte"}


def test_the_sources_that_are_handed_out_can_be_tested(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {"pyproject.toml", "grammar/edq.lark", "tools/make_tables.py", "LICENSE", "README.md"}
    assert names >= {
        "tests/house/test_wheel.py",
        "tests/support/stand_in.py",
        "src/edexql/model/vocabulary/vocabulary.json",
    }


def test_the_seed_s_query_compiles(run):
    assert run("compile", "--compact", "-e", QUERY) == f"{WIRE.decode()}\n"


def test_every_command_runs(run, tmp_path):
    (tmp_path / "seed.edq").write_text(QUERY)
    (tmp_path / "seed.json").write_text(json.dumps(PARAMETERS))
    assert run("--version") == f"edexql {edexql.__version__}\n"
    assert run("--help").startswith("usage: edexql")
    assert run("check", "--output", "json", "seed.edq") == "[]\n"
    assert "sent as   ( 1 AND 2 )" in run("explain", "seed.edq")
    assert run("fmt", "-", input=QUERY).startswith("product fai-lv1-hdf5-images\n")
    assert "email youremail@example.ca" in run("decompile", "seed.json")
    assert "fai-lv1-hdf5-images" in run("vocabulary", "products")
    assert all("edexql" in run("completion", shell) for shell in ("bash", "zsh", "fish"))
    assert run("compile", "--to", "curl", "seed.edq").startswith("curl ")
    with StandIn() as service:
        assert run("fetch", "--output", "names", "seed.edq", "--service", service.url).split() == NAMES
    assert service.requests[0].body == WIRE


@pytest.mark.parametrize("command", ["serve", "workbench"])
def test_a_service_says_what_it_needs(installed, tmp_path, command):
    words = [installed / "edexql", command]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("is needed to serve: pip install 'edexql[serve]'\n")


def test_the_script_that_it_makes_runs_there_too(run, installed, tmp_path):
    with StandIn() as service:
        (tmp_path / "request.py").write_text(run("compile", "--to", "python", "-e", QUERY, "--service", service.url))
        printed = checked(installed / "python", "request.py", cwd=tmp_path)
    assert [line for line in printed.splitlines() if line in FILES] == FILES


def test_the_grammar_is_inside(installed, tmp_path):
    code = "import edexql; print(edexql.lark_parser().parse('logic 1 AND 2').children[0].data, edexql.__file__)"
    rule, place = checked(installed / "python", "-c", code, cwd=tmp_path).split()
    assert rule == "logic"
    assert str(SOURCE) not in place


@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_programs_that_embed_edexql_are_typed_against_what_is_installed(checker, installed, tmp_path):
    pytest.importorskip(checker)
    python = installed / "python"
    shutil.copytree(ROOT / "examples" / "embedding", tmp_path / "embedding")
    if checker == "mypy":
        words = ("--strict", "--no-incremental", "--python-executable", str(python), "embedding")
        checked(sys.executable, "-m", "mypy", *words, cwd=tmp_path)
        return
    # In the words of pyright itself: its report is of these files alone.
    configuration = {"typeCheckingMode": "strict", "pythonVersion": "3.10", "include": ["embedding"]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration))
    done = json.loads(
        checked(sys.executable, "-m", "basedpyright", "--pythonpath", str(python), "--outputjson", cwd=tmp_path)
    )
    assert done["summary"]["filesAnalyzed"] == len(list((tmp_path / "embedding").glob("*.py")))
