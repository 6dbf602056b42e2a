"""The house rules that keep the parts apart and the start quick, read off the source itself."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import edexql
from commands import environment
from tutorial import QUERY, WIRE

SOURCE = Path(edexql.__file__).parent
# What each part may import, itself beside. The compiler is not called `compile`, because a package of that name
# would hide the function edexql.compile.
FLOORS = {
    "base": set(),
    "schemas": {"base"},
    "language": {"base"},
    "model": {"base"},
    "formats": {"base", "model"},
    "compiler": {"base", "language", "model", "formats"},
    "catalogue": {"base", "model", "formats"},
    "client": {"base", "language", "model", "formats", "compiler"},
    "engines": {"base", "language", "model", "formats", "compiler", "catalogue", "client"},
    "pictures": {"base", "model", "catalogue", "engines"},
    "server": {"base", "language", "model", "formats", "compiler", "catalogue"},
    "api": {"base", "language", "model", "formats", "compiler", "catalogue", "client", "engines", "pictures"},
    "terminal": {"base", "language", "model", "formats", "compiler", "catalogue", "client"},
    "commands": {
        *("base", "language", "model", "formats", "compiler", "catalogue", "client", "engines"),
        *("pictures", "server", "api"),
        "terminal",
    },
    "repl": {
        *("base", "language", "model", "formats", "compiler", "catalogue", "client", "engines"),
        *("pictures", "server", "api"),
        *("terminal", "commands"),
    },
    "web": {
        *("base", "language", "model", "formats", "compiler", "catalogue", "client", "engines"),
        *("pictures", "server", "api"),
    },
    "cli": {
        *("base", "language", "model", "compiler", "catalogue", "client", "server", "terminal", "commands", "repl"),
        "web",
    },
    # Faces for other tools.
    "lint": {"base", "compiler"},
    "plot": {"base", "pictures", "api"},
    "syntax": {"base", "language"},
    "__init__": {
        "base",
        "language",
        "model",
        "compiler",
        "catalogue",
        "client",
        "engines",
        "api",
        "lint",
        "plot",
        "schemas",
        "syntax",
    },
    "__main__": {"cli"},
}
# `import edexql` alone, and `edexql compile FILE` with nothing to warn of, in Python 3.10 to 3.13.
MOST_MODULES = {"import": 3, "compile": 89}
HEAVY = {
    "argparse",
    "lark",
    "requests",
    "urllib3",
    "prompt_toolkit",
    "argcomplete",
    "typing",
    "dataclasses",
    "inspect",
    "shutil",
}


def modules() -> dict[str, Path]:
    """Every module of the package with its file."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


def imported(nodes, *, everywhere: bool):
    """The modules of ours that code imports: everywhere in it, or only what runs when it is imported itself."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            for alias in node.names:
                yield node.module, alias.name
        elif everywhere:
            yield from imported(ast.iter_child_nodes(node), everywhere=True)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from imported(node.orelse, everywhere=False)
        else:
            yield from imported(ast.iter_child_nodes(node), everywhere=False)


def targets(name: str, *, everywhere: bool) -> set[str]:
    """The modules of the package that a module imports."""
    found = set()
    for module, member in imported(tree(name).body, everywhere=everywhere):
        if module == "edexql" or module.startswith("edexql."):
            whole = f"{module}.{member}"
            found.add(whole if whole in MODULES else module)
    return found


def floor_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def test_every_part_of_the_package_has_its_floor():
    assert {floor_of(name) for name in MODULES} == set(FLOORS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_only_down(name):
    # Those for the type checker count as well: a type from above is knowledge of what is above.
    floor = floor_of(name)
    for module, member in imported(tree(name).body, everywhere=True):
        assert module != "edexql" or f"edexql.{member}" in MODULES, f"{name} imports the package itself"
        if module.split(".")[0] == "edexql":
            below = floor_of(module if module != "edexql" else f"edexql.{member}")
            assert below == floor or below in FLOORS[floor], f"{name} ({floor}) imports {module} ({below})"


def test_the_rule_about_floors_is_one_that_can_be_broken():
    assert targets("edexql.commands.fetch", everywhere=True) >= {
        "edexql.client.selection.file",
        "edexql.commands.inputs",
    }
    assert "edexql.compiler.request" in targets("edexql.client.listing", everywhere=True)
    assert "edexql.compiler.request" not in targets("edexql.client.listing", everywhere=False)


def test_nothing_imports_in_a_circle():
    # Imports in functions and those for the type checker count as well.
    graph = {name: targets(name, everywhere=True) for name in MODULES}
    done: set[str] = set()
    while ready := {name for name in graph if name not in done and graph[name] - {name} <= done}:
        done |= ready
    assert not set(graph) - done, f"in a circle, or waiting for one: {sorted(set(graph) - done)}"


@pytest.mark.parametrize(
    ("part", "foreign"),
    [
        ("model", {"lark", "requests", "argparse", "unicodedata"}),
        ("compiler", {"lark", "requests", "urllib", "http", "socket", "argparse"}),
        ("language", {"requests", "urllib.request", "http", "socket", "argparse"}),
        ("catalogue", {"requests", "urllib.request", "http", "socket", "argparse", "pandas", "duckdb"}),
        ("server", {"requests", "argparse", "argcomplete", "prompt_toolkit"}),
        ("client", {"argparse", "argcomplete", "prompt_toolkit"}),
    ],
)
def test_no_part_uses_what_belongs_to_another(part, foreign):
    for name in MODULES:
        if floor_of(name) == part:
            used = {module for module, _ in imported(tree(name).body, everywhere=True)}
            roots = used | {module.split(".")[0] for module in used}
            assert not roots & foreign, f"{name} imports {roots & foreign}"


def python(code: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def imported_by(statement: str, *words: str) -> set[str]:
    """The modules that a statement brings into a fresh interpreter."""
    code = f"""
import sys
before = set(sys.modules)
{statement}
sys.stderr.write(" ".join(sorted(set(sys.modules) - before)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def roots(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def test_importing_the_package_imports_next_to_nothing():
    found = imported_by("import edexql")
    assert "edexql" in found
    assert not roots(found) & (HEAVY | {"argparse", "json", "re"})
    assert len(found) <= MOST_MODULES["import"], sorted(found)


def test_compiling_a_file_imports_no_more_than_it_needs(tmp_path):
    path = tmp_path / "seed.edq"
    path.write_text(QUERY)
    run = "import io; from edexql.cli import main; out, sys.stdout = sys.stdout, io.StringIO(); "
    run += "code = main(sys.argv[1:]); text = sys.stdout.getvalue(); sys.stdout = out; "
    run += f"assert (code, text) == (0, {WIRE.decode()!r} + '\\n'), text"
    found = imported_by(run, "compile", "--compact", str(path))
    assert "edexql.compiler.lower" in found
    assert "edexql.language.scanner" not in found
    assert not roots(found) & HEAVY
    assert len(found) <= MOST_MODULES["compile"], f"{len(found)}: {sorted(found)}"


def test_asking_a_catalogue_imports_numpy_and_no_optional_package():
    found = imported_by(f"import edexql; assert len(edexql.evaluate({QUERY!r}).files) == 3")
    assert "numpy" in found
    optional = {"sgp4", "aacgmv2", "pyarrow", "sqlglot", "starlette", "uvicorn", "duckdb", "pandas", "tqdm"}
    assert not roots(found) & (optional | {"requests", "argparse", "lark"})
    assert len({name for name in found if name.startswith("edexql")}) <= 75, sorted(found)


def test_compiling_from_python_imports_no_client_and_no_parser_generator():
    found = imported_by(f"import edexql; edexql.compile({QUERY!r})")
    assert not roots(found) & (HEAVY | {"argparse"})


# The public face


def test_every_public_name_is_there():
    # Each in a process that has imported nothing before, so that nothing imported before helps.
    code = """
import os, sys
missing = []
for name in sys.argv[1:]:
    process = os.fork()
    if process == 0:
        import edexql
        os._exit(getattr(edexql, name, None) is None)
    if os.waitpid(process, 0)[1]:
        missing.append(name)
print(missing)
"""
    names = [edexql.__all__]
    if not hasattr(os, "fork"):
        code = "import sys, edexql; print([name for name in sys.argv[1:] if getattr(edexql, name, None) is None])"
        names = [[name] for name in edexql.__all__]
    assert {python(code, *some) for some in names} == {"[]\n"}
    assert set(edexql.__all__) <= set(dir(edexql))


def test_a_name_that_is_not_there_is_an_ordinary_error():
    with pytest.raises(AttributeError, match="nosuchname"):
        edexql.nosuchname  # noqa: B018


def test_all_public_names_come_with_a_star():
    code = "from edexql import *; import edexql; print(sorted(set(edexql.__all__) - set(globals())))"
    assert python(code) == "[]\n"


@pytest.mark.parametrize("package", ["edexql", "edexql.model"])
def test_a_type_checker_sees_all_public_names(package):
    (block,) = [node for node in tree(package).body if isinstance(node, ast.If)]
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    # What makes names at run time would hide a misspelt one, and is not seen.
    assert [node.name for node in block.orelse if isinstance(node, ast.FunctionDef)] == ["__getattr__"]
    assert not [node for node in tree(package).body if getattr(node, "name", None) == "__getattr__"]
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(importlib.import_module(package).__all__)


def test_every_name_of_the_model_is_there():
    module = importlib.import_module("edexql.model")
    assert all(getattr(module, name) is not None for name in module.__all__)
    with pytest.raises(AttributeError, match="nosuchname"):
        module.nosuchname  # noqa: B018


@pytest.mark.parametrize("name", [name for name in edexql.__all__ if name != "__version__"])
def test_every_public_name_is_documented(name):
    thing = getattr(edexql, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        assert thing.__doc__.splitlines()[0].endswith(".")


API = sorted(name for name in MODULES if name.startswith("edexql.api."))


def test_public_functions_of_every_module_of_the_api_are_documented():
    for node in (node for name in API for node in tree(name).body):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
            assert node.returns is not None, node.name


def test_the_examples_of_docstrings_are_true():
    names = sorted(name for name, path in MODULES.items() if ">>> " in path.read_text("utf-8"))
    results = [doctest.testmod(import_module(name)) for name in names]
    assert sum(result.attempted for result in results) >= 42
    assert [name for name, result in zip(names, results, strict=True) if result.failed] == []


def test_errors_of_ours_have_public_bases():
    assert issubclass(edexql.QueryError, Exception)
    assert issubclass(edexql.ServiceError, Exception)
    assert issubclass(edexql.VocabularyError, Exception)


def test_the_package_says_that_it_is_typed():
    assert (SOURCE / "py.typed").is_file()


# Habits


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_can_be_read_in_one_sitting(path):
    if path.relative_to(SOURCE).as_posix() == "language/tables.py":
        assert "generated" in path.read_text("utf-8")[:1000].lower(), "only what is generated may be longer"
        return
    assert len(path.read_text("utf-8").splitlines()) <= 500


def test_every_module_says_what_it_is():
    assert [name for name in MODULES if not ast.get_docstring(tree(name))] == []


FIRST_COLUMN = re.compile(r" *(\w+/?(?:, \w+/?)*)(?:  |(?<=/) )")
ROOMS = sorted(name for name, path in MODULES.items() if path.name == "__init__.py" and name != "edexql")


@pytest.mark.parametrize("room", ROOMS)
def test_the_face_of_a_room_has_a_line_for_each_of_its_files(room):
    # The verbs are listed in `commands.registry`, each with a line of its own.
    parts = [
        name.rpartition(".")[2]
        for name in MODULES
        if name.rpartition(".")[0] == room
        and not re.search(r"^DESCRIPTION = ", MODULES[name].read_text("utf-8"), re.MULTILINE)
    ]
    lines = (ast.get_docstring(tree(room)) or "").splitlines()
    columns = [match[1] for match in map(FIRST_COLUMN.match, lines) if match]
    names = {name.strip(" /") for column in columns for name in column.split(",")}
    assert [part for part in parts if part not in names] == []


OF_THE_SYSTEM = re.compile(
    r"fcntl|msvcrt|dir_fd|O_NOFOLLOW|O_NONBLOCK|O_BINARY|O_DIRECTORY|SIGHUP|SIGALRM|sys\.platform|os\.name"
)


def test_what_depends_on_the_system_stands_in_three_places():
    users = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if OF_THE_SYSTEM.search(path.read_text("utf-8"))
    }
    rooms = {name for name in users if name.startswith(("base/files/", "terminal/"))}
    assert users - rooms == {"base/system.py"}
    assert {"base/files/locks.py", "base/files/folder.py", "terminal/signals.py"} <= rooms


def test_the_limit_of_recursion_is_left_alone():
    users = [path.name for path in SOURCE.rglob("*.py") if "setrecursionlimit" in path.read_text("utf-8")]
    assert users == []


# The page about the house

HOUSE = (SOURCE.parents[1] / "docs" / "architecture.md").read_text("utf-8")


def test_the_page_about_the_house_has_every_room():
    table = HOUSE.partition("| room | what it holds |")[2].partition("\n\n")[0]
    assert [line.split("`")[1] for line in table.splitlines()[2:]] == [
        room for room in FLOORS if room.strip("_") == room
    ]


def test_the_page_about_the_house_names_modules_and_functions_that_there_are():
    named = set(re.findall(rf"`((?:{'|'.join(FLOORS)})(?:\.[a-z_]+)+)`", HOUSE))
    assert len(named) > 15
    for name in named:
        module = f"edexql.{name}"
        if module not in MODULES:
            module, _, member = module.rpartition(".")
            assert hasattr(import_module(module), member), name
