"""Names that annotations use, imported when the annotations are read.

Modules import the types of their annotations under `if TYPE_CHECKING:`, which costs nothing at start-up, and are
modules in which `typing.get_type_hints` finds no such names. `complete` runs that part of a module.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_COMPLETE: set[str] = set()


def complete(module: str) -> None:
    """Add to an imported module, once, what it imports and defines for type checkers.

    A name that it has already stays; one that cannot be imported stays unknown. A module that imports names when they
    are asked for is left to do so.
    """
    if module in _COMPLETE or module not in sys.modules:
        return
    scope = vars(sys.modules[module])
    if "__getattr__" in scope:
        return
    for statement in _statements(scope):
        if isinstance(statement, ast.ImportFrom):
            _import_from(statement, scope)
        elif not _bound(statement) <= scope.keys():
            try:
                exec(compile(ast.Module([statement], []), module, "exec"), scope)  # noqa: S102
            except (ImportError, NameError, TypeError):
                continue
    # Two threads may both have done it: with the same result.
    _COMPLETE.add(module)


def _statements(scope: dict[str, Any]) -> Iterator[ast.stmt]:
    """What stands under `if TYPE_CHECKING:` in the text of a module; nothing where there is no text."""
    read = getattr(scope.get("__loader__"), "get_source", None)
    text = None if read is None else read(scope["__name__"])
    for statement in ast.parse(text or "").body:
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name):
            yield from statement.body if statement.test.id == "TYPE_CHECKING" else ()


def _import_from(statement: ast.ImportFrom, scope: dict[str, Any]) -> None:
    source = statement.module or ""
    for name, to in ((alias.name, alias.asname or alias.name) for alias in statement.names):
        if to in scope:
            continue
        try:
            module = import_module(source)
            if not hasattr(module, name):
                # It may stand under TYPE_CHECKING there, too.
                complete(source)
            scope[to] = getattr(module, name) if hasattr(module, name) else import_module(f"{source}.{name}")
        except ImportError:
            continue


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
        return {statement.name}
    if isinstance(statement, ast.Import):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
