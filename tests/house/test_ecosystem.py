"""edexql beside what its users have: no file of the one is changed by the other, in whichever order they come.

Packages are downloaded and installed in environments of their own, so that this is run before a release only:
`pytest -m ecosystem --numprocesses=0`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from places import ROOT
from requirements import dependencies

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.ecosystem

OTHERS = ["pysat", "sunpy", "spacepy", "pyspedas", "viresclient"]
# The files of each distribution and their sums, and what is claimed by two. What Python compiles is left out.
FILES = """
import hashlib, json, sys
from importlib import metadata
found, owners = {}, {}
for one in metadata.distributions():
    name = one.metadata["Name"].lower()
    files = found.setdefault(name, {"version": one.version, "files": {}})["files"]
    for file in one.files or ():
        path = one.locate_file(file).resolve()
        if path.suffix != ".pyc" and path.is_file():
            files[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
            owners.setdefault(str(path), set()).add(name)
twice = {path: sorted(names) for path, names in owners.items() if len(names) > 1}
json.dump({"found": found, "twice": twice}, sys.stdout)
"""
IMPORT = """
import importlib, sys
module = importlib.import_module(sys.argv[1])
print(module.__file__, getattr(module, "__version__", ""))
"""


class Environment:
    """An empty environment, and what is in it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self._python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        self._folder = folder

    def install(self, what: str) -> None:
        self._run("-m", "pip", "install", "-q", what)

    def files(self) -> dict[str, dict[str, str]]:
        """The sums of the files of each distribution, by its name and version. None is of two."""
        state = json.loads(self._run("-c", FILES))
        assert state["twice"] == {}
        return {f"{name} {one['version']}": one["files"] for name, one in state["found"].items()}

    def imported(self, module: str) -> str:
        """Where a module comes from, and its version."""
        return self._run("-c", IMPORT, module).splitlines()[-1]

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [self._python, *words], capture_output=True, text=True, cwd=self._folder, timeout=3600, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> str:
    """edexql as it would be released, with the extras that most people have."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT], check=True)
    (path,) = folder.glob("edexql-*.whl")
    return f"{path}[all]"


def assert_nothing_is_changed(environment: Environment, first: str, second: str, modules: list[str]) -> None:
    """Install one after the other: the files of the first stay, but for what pip itself replaced by another version."""
    environment.install(first)
    before, imported = environment.files(), [environment.imported(module) for module in modules]
    environment.install(second)
    after = environment.files()
    replaced = set(before) - set(after)
    assert not {name.split()[0] for name in replaced} & {"edexql", *OTHERS}
    for name in set(before) - replaced:
        assert after[name] == before[name], name
    assert [environment.imported(module) for module in modules] == imported


@pytest.mark.parametrize("other", OTHERS)
def test_edexql_is_installed_after(other, wheel, tmp_path):
    assert_nothing_is_changed(Environment(tmp_path / "env"), other, wheel, [other])


@pytest.mark.parametrize("other", OTHERS)
def test_edexql_is_installed_before(other, wheel, tmp_path):
    environment = Environment(tmp_path / "env")
    assert_nothing_is_changed(environment, wheel, other, ["edexql", "edexql.compiler.solver.encoding"])
    assert "site-packages" in environment.imported(other)


def test_all_of_them_are_installed_beside_edexql(wheel, tmp_path):
    environment = Environment(tmp_path / "env")
    for other in OTHERS:
        environment.install(other)
    environment.install(wheel)
    assert set(OTHERS) <= {name.split()[0] for name in environment.files()}
    for module in ("edexql", *OTHERS):
        assert "site-packages" in environment.imported(module)


def test_the_core_has_pure_wheels_but_for_numpy(tmp_path):
    """Each dependency, and what that needs, is there as a wheel for any system and any Python."""
    wanted = sorted(set(dependencies(())) - {"numpy"})
    for_any = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.10"]
    command = [sys.executable, "-m", "pip", "download", "-q", *for_any, "-d", str(tmp_path), "tomli", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    wheels = [path.name for path in tmp_path.iterdir()]
    assert len(wheels) > len(wanted)
    assert all(name.endswith("-none-any.whl") for name in wheels)
