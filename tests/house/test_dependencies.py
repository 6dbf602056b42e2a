"""What edexql installs harms nothing that its users have: no module of the field comes from another distribution."""

from __future__ import annotations

import sys
from collections import defaultdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from requirements import dependencies, extras_of_users, named

if sys.version_info >= (3, 11):
    pass
else:
    pass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELD = Path(__file__).parent / "samples" / "field_modules.txt"
# Extras that bring no part of edexql, but what it is tested with.
_ENDINGS = (".py", ".so", ".pyd", ".pyi")


def field_modules() -> dict[str, set[str]]:
    """The distributions that may bring a module, by its name as a system without case would see it."""
    lines = (line.split() for line in FIELD.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {module.casefold(): set(map(named, distributions)) for module, *distributions in lines}


def clashes(modules: Mapping[str, Iterable[str]]) -> list[str]:
    """What is wrong with the top-level modules of distributions: `module of distribution`."""
    field = field_modules()
    brought = defaultdict(set)
    for distribution, names in modules.items():
        for name in names:
            brought[name.casefold()].add(named(distribution))
    return sorted(
        f"{name} of {distribution}"
        for name, distributions in brought.items()
        for distribution in distributions
        if len(distributions) > 1 or distribution not in field.get(name, {distribution})
    )


def modules_of(distribution: metadata.Distribution) -> set[str]:
    """The top-level modules and packages that a distribution has, by the list of its files."""
    found = set()
    for file in distribution.files or ():
        first = file.parts[0]
        if first in ("..", "__pycache__") or first.endswith((".dist-info", ".data", ".pth", ".libs")):
            continue
        if len(file.parts) > 1 or first.endswith(_ENDINGS):
            found.add(first.partition(".")[0])
    return found


def test_no_dependency_brings_a_module_of_the_field():
    there = dependencies(extras_of_users())
    # All of it is looked at that comes with the tests.
    assert {"numpy", "requests", "urllib3", "prompt-toolkit", "sgp4", "pyarrow", "starlette", "uvicorn"} <= set(there)
    modules = {name: modules_of(distribution) for name, distribution in there.items()}
    assert all(modules.values())
    assert clashes({**modules, "edexql": {"edexql"}}) == []


def test_what_brings_a_module_of_another_is_noticed():
    solver = {"python-sat": ["pysat", "pysolvers", "pycard"]}
    assert clashes(solver) == ["pysat of python-sat"]
    assert clashes({"pysat": ["pysat"], "sgp4": ["sgp4"], "NumPy": ["numpy"]}) == []
    assert clashes({"pysat": ["pysat"], **solver}) == ["pysat of pysat", "pysat of python-sat"]
    assert clashes({"one": ["common"], "other": ["Common"]}) == ["common of one", "common of other"]
    assert clashes({"other": ["NetCDF4"]}) == ["netcdf4 of other"]
    assert clashes({"kamodo_core": ["kamodo"]}) == []


def test_the_modules_of_a_distribution_are_those_of_its_files(tmp_path):
    folder = tmp_path / "python_sat-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: python-sat\nVersion: 1.0\n", encoding="utf-8")
    files = [
        "../../bin/tool,,",
        "__pycache__/single.cpython-311.pyc,,",
        "pycard.cpython-311-x86_64-linux-gnu.so,,",
        "pysat/__init__.py,,",
        "pysat/data/table.txt,,",
        "python_sat-1.0.dist-info/METADATA,,",
        "python_sat.libs/libc.so,,",
        "single.py,,",
        "notes.txt,,",
    ]
    (folder / "RECORD").write_text("\n".join(files), encoding="utf-8")
    for line in files[1:]:
        # Some versions of Python name no file that is not there.
        path = tmp_path / line.partition(",")[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = metadata.Distribution.at(folder)
    assert modules_of(found) == {"pycard", "pysat", "single"}
    assert clashes({found.metadata["Name"]: modules_of(found)}) == ["pysat of python-sat"]


def test_what_every_user_needs_is_pure_python_but_for_numpy():
    """What is installed may be a faster build; that each of these has a pure wheel too is looked up elsewhere."""
    known = {"charset-normalizer", "tomli", "wcwidth"}
    built = set()
    for name, distribution in dependencies(()).items():
        if "Root-Is-Purelib: true" not in (distribution.read_text("WHEEL") or ""):
            built.add(name)
    assert built - known == {"numpy"}
