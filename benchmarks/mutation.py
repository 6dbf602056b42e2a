"""Do the tests of the analysis of queries notice mistakes in it? Mistakes are made on purpose, one at a time.

From the root of a checkout, with edexql's `test` extra installed:

    python benchmarks/mutation.py

A copy of the sources gets one change after another, and the tests that should notice run on each: `killed` where one
fails, `survived` where none does. By default a sample of all changes is tried, `--all` tries all. It needs `os.fork`.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
LOGIC = "src/edexql/model/logic.py"
ANALYSIS = "src/edexql/compiler/solver"
ORACLE, PROPERTIES = "tests/compiler/test_analysis_oracle.py", "tests/compiler/test_logic_properties.py"
FINDINGS = "tests/compiler/test_analysis.py"
# What only hands over to the others is tried with the tests of the package's interface.
ONLY_A_DOOR = ("__init__.py", "asking.py")
# Budgets and the like, of which it is no mistake to be one higher.
MOST_NUMBER = 100
MEMORY = 4 << 30
# What the tests read of a checkout.
COPIED = ("src", "tests", "grammar", "docs", "examples", "tools", "pyproject.toml", "README.md", "CHANGELOG.md")

_COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_TWINS = {"both": "either", "either": "both", "min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """A change of a file: of the node that is the `index`-th of its tree, in the `way`-th manner."""

    file: str
    index: int
    way: int
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: `{self.before}` -> `{self.after}`"


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in place of a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value < MOST_NUMBER:
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, (ast.IfExp, ast.If)):
        other = type(node)(**{name: getattr(node, name) for name in node._fields})
        other.test = ast.UnaryOp(ast.Not(), node.test)
        yield other
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.AugAssign, ast.Continue, ast.Break, ast.Delete)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()
    elif isinstance(node, ast.Call):
        yield from _changed_call(node)


def _changed_call(node: ast.Call) -> Iterator[ast.Call]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _TWINS:
        func: ast.expr = ast.Name(_TWINS[name])
        if isinstance(node.func, ast.Attribute):
            func = ast.Attribute(node.func.value, _TWINS[name])
        yield ast.Call(func, node.args, node.keywords)
    # Functions handed over side by side, as `fold` takes them, and an implication the other way round.
    handed = [getattr(arg, "attr", getattr(arg, "id", "")) for arg in node.args]
    if handed[-2:] == ["both", "either"] or name == "implies":
        yield ast.Call(node.func, [*node.args[:-2], node.args[-1], node.args[-2]], node.keywords)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every node that code runs, as its parent, the parent's field and the place in that; in one order always."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params", "exc", "msg"):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for place, child in children:
            if isinstance(child, ast.AST) and not _is_beside_the_point(child):
                yield tree, name, place
                yield from places(child)


def _is_beside_the_point(node: ast.AST) -> bool:
    """Whether it never runs, is no more than a check, or is there to be read."""
    names = [getattr(part, "id", "") for part in ast.iter_child_nodes(node)]
    only_for_types = isinstance(node, (ast.If, ast.Assign)) and "TYPE_CHECKING" in names
    return only_for_types or isinstance(node, (ast.JoinedStr, ast.ImportFrom, ast.Import, ast.Assert))


def _child(parent: ast.AST, name: str, place: int | None) -> ast.AST:
    found = getattr(parent, name)
    return found if place is None else found[place]


def mutants(file: str, text: str) -> list[Mutant]:
    found = []
    for index, where in enumerate(places(ast.parse(text))):
        node = _child(*where)
        for way, other in enumerate(changed(node)):
            before, after = (ast.unparse(ast.fix_missing_locations(n)).split("\n")[0] for n in (node, other))
            found.append(Mutant(file, index, way, node.lineno, before, after))
    return found


def text_with(mutant: Mutant, text: str) -> str:
    tree = ast.parse(text)
    parent, name, place = list(places(tree))[mutant.index]
    other = list(changed(_child(parent, name, place)))[mutant.way]
    if place is None:
        setattr(parent, name, other)
    else:
        getattr(parent, name)[place] = other
    return ast.unparse(ast.fix_missing_locations(tree))


@contextlib.contextmanager
def replaced(path: Path, text: str) -> Iterator[None]:
    """Meanwhile, the source file has another text; what was compiled of it is removed."""
    before = path.read_text(encoding="utf-8")
    for old in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        old.unlink()
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def run(folder: Path, tests: Sequence[str], limit: float, *, bytecode: bool = False) -> str:
    """Run tests on the sources in a folder: `killed`, `survived` or `timeouts`."""
    process = os.fork()
    if not process:
        code = 99
        try:
            os.setpgid(0, 0)
            code = _pytest(folder, tests, bytecode=bytecode)
        finally:
            os._exit(code)
    end = monotonic() + limit
    while monotonic() < end:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return "killed" if status else "survived"
        sleep(0.02)
    os.killpg(process, signal.SIGKILL)  # with the command lines that the tests have started
    os.waitpid(process, 0)
    return "timeouts"


def _pytest(folder: Path, tests: Sequence[str], *, bytecode: bool) -> int:
    import pytest

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    if "EDEXQL_MUTATION_SHOW" not in os.environ:
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
    os.chdir(folder)
    sys.path[:0] = [str(folder / "src"), str(folder / "tests" / "support")]
    os.environ["PYTHONPATH"] = str(folder / "src")  # for the command lines that tests run
    sys.dont_write_bytecode = not bytecode
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    code = int(pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]))
    import edexql

    assert edexql.__file__.startswith(str(folder)), "the tests were of other sources"
    return code


def tests_of(file: str) -> tuple[str, ...]:
    if file == LOGIC:
        return PROPERTIES, ORACLE
    # What a query means on other days is a matter of texts, of which the oracle has none.
    return (FINDINGS,) if file.endswith("/lasting.py") else (ORACLE,)


def prepared(folder: Path) -> None:
    """What every run needs is loaded once; no time goes into making a failure small."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(ROOT / name, folder)
    import hypothesis
    import numpy  # noqa: F401
    import pytest  # noqa: F401

    hypothesis.settings.register_profile(
        "mutation",
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="try all changes")
    parser.add_argument("--count", type=int, default=120, help="how many to try otherwise (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which ones these are")
    parser.add_argument("--minutes", type=float, default=None, help="after which no more are tried")
    parser.add_argument("--only", default="", help="only those of files with this in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edexql-mutation-") as name:
        folder = Path(name)
        prepared(folder)
        names = sorted(path.name for path in (folder / ANALYSIS).glob("*.py"))
        files = [LOGIC, *(f"{ANALYSIS}/{name}" for name in names if name not in ONLY_A_DOOR)]
        texts = {file: (folder / file).read_text(encoding="utf-8") for file in files if options.only in file}
        every = [mutant for file, text in texts.items() for mutant in mutants(file, text)]
        chosen = every if options.all else random.Random(options.seed).sample(every, min(options.count, len(every)))
        limits = {}
        for tests in sorted({tests_of(file) for file in files}):
            start = monotonic()
            if run(folder, tests, 600, bytecode=True) != "survived":
                sys.exit("the tests fail on the sources as they are")
            limits[tests] = 20 + 3 * (monotonic() - start)
        counts, survivors = tried(folder, texts, chosen, limits, options.minutes)
    print(f"\n{len(every)} changes are possible, {sum(map(sum_of, counts.values()))} of them were tried.\n")
    print("| file | mutants | killed | survived | timeouts |\n|---|--:|--:|--:|--:|")
    for file, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        cells = [str(sum_of(count)), *(str(count[outcome]) for outcome in ("killed", "survived", "timeouts"))]
        print(f"| {file.removeprefix('src/edexql/')} | {' | '.join(cells)} |")
    print("\nSurvivors:\n")
    for mutant in survivors:
        print(f"- {mutant}")


def sum_of(count: Counter[str]) -> int:
    return sum(count.values())


def tried(
    folder: Path,
    texts: dict[str, str],
    chosen: list[Mutant],
    limits: dict[tuple[str, ...], float],
    minutes: float | None,
) -> tuple[dict[str, Counter[str]], list[Mutant]]:
    """The outcomes by file, and what survived."""
    counts: dict[str, Counter[str]] = {file: Counter() for file in texts}
    survivors = []
    start = monotonic()
    for mutant in chosen:
        if minutes is not None and monotonic() - start > 60 * minutes:
            break
        tests = tests_of(mutant.file)
        with replaced(folder / mutant.file, text_with(mutant, texts[mutant.file])):
            outcome = run(folder, tests, limits[tests])
        counts[mutant.file][outcome] += 1
        if outcome == "survived":
            survivors.append(mutant)
        print(f"{monotonic() - start:6.0f} s  {outcome}  {mutant}", file=sys.stderr, flush=True)
    return counts, survivors


if __name__ == "__main__":
    main()
