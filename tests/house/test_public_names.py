"""The public names with their signatures are those of the stored list, and their annotations resolve.

UPDATE_GOLDEN=1 writes the list anew.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import typing
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

import edexql

STORED = Path(__file__).parent / "public_names.txt"
MODULES = ("edexql", "edexql.engines", "edexql.lint", "edexql.model", "edexql.plot", "edexql.schemas", "edexql.syntax")
NAMES = [
    (module, name)
    for module in MODULES
    for name in sorted(import_module(module).__all__)
    if f"{module}.{name}" not in MODULES
]


def described(module: str, name: str) -> list[str]:
    """A public name as lines: its signature; of a class its base, and what of it is public."""
    thing = getattr(import_module(module), name)
    known = getattr(edexql, name, None)
    name = f"{module}.{name}".removeprefix("edexql.")
    if "." in name and thing is known:
        return [f"{name}: see above"]
    if inspect.isfunction(thing):
        return [f"{name}{inspect.signature(thing)}"]
    if not inspect.isclass(thing):
        return [f"{name}: {type(thing).__name__}"]
    if typing.is_typeddict(thing):
        hints = typing.get_type_hints(thing)
        return [f"class {name}(TypedDict)", *(f"  {key}: {hints[key]}" for key in sorted(hints))]
    lines = [f"class {name}({', '.join(base.__name__ for base in thing.__bases__)})"]
    fields = {
        field: text for one in reversed(thing.__mro__) for field, text in getattr(one, "__annotations__", {}).items()
    }
    lines += [f"  {field}: {text}" for field, text in sorted(fields.items()) if not field.startswith("_")]
    for member in sorted(set(dir(thing)) - set(fields) - set(dir(Exception))):
        value = inspect.getattr_static(thing, member)
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            lines.append(f"  {member} -> {inspect.signature(value.fget).return_annotation}")
        elif callable(value) or isinstance(value, (classmethod, staticmethod)):
            lines.append(f"  {member}{inspect.signature(getattr(thing, member))}")
    return lines


def annotated(module: str, name: str) -> list[object]:
    """What has annotations of a public name: a function; a class, its bases and the functions in them."""
    thing = getattr(import_module(module), name)
    if not inspect.isclass(thing):
        return [thing] if inspect.isfunction(thing) else []
    ours = [one for one in thing.__mro__ if one.__module__.startswith("edexql")]
    members = [member for one in ours for member in vars(one).values()]
    for attribute in ("fget", "func", "__func__"):
        members = [getattr(member, attribute, member) for member in members]
    return [*ours, *(member for member in members if inspect.isfunction(member))]


def test_public_names_are_those_of_the_stored_list() -> None:
    text = "".join(f"{line}\n" for module, name in NAMES for line in described(module, name))
    if os.environ.get("UPDATE_GOLDEN"):
        STORED.write_text(text, encoding="utf-8")
    assert text == STORED.read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_annotations_of_public_names_resolve(module: str, name: str) -> None:
    for thing in annotated(module, name):
        hints = typing.get_type_hints(thing)
        assert not [value for value in hints.values() if isinstance(value, str)]
        # The annotations themselves stay as they are written.
        written = inspect.get_annotations(thing)
        assert all(
            isinstance(value, (str, typing.ForwardRef)) or typing.is_typeddict(thing) for value in written.values()
        )
        assert hints.keys() >= written.keys()


def test_annotations_of_values_resolve_as_far_as_they_lead() -> None:
    waiting = [thing for module, name in NAMES for thing in annotated(module, name)]
    seen: set[object] = set()
    while waiting:
        thing = waiting.pop()
        waiting += typing.get_args(thing)
        ours = isinstance(thing, type) and thing.__module__.startswith("edexql")
        if (ours or inspect.isfunction(thing)) and thing not in seen:
            seen.add(thing)
            waiting += typing.get_type_hints(thing).values()
    assert edexql.model.Period in seen


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("get_type_hints(edexql.compile)", {"parameters": "collections.abc.Mapping[str, str] | None"}),
        ("get_type_hints(edexql.Diagnostic.severity.fget)", {"return": "typing.Literal['error', 'warning']"}),
        # Of a class that was never asked for by its name.
        ("get_type_hints(type(edexql.query('kp >= 5').constraints[0]))", {"label": "str | None"}),
        ("get_type_hints(edexql.unpack)", {"nesting": "typing.Literal['leave', 'unpack']"}),
        ("get_type_hints(edexql.lint.check)", {"severity": "typing.Literal['error', 'warning']"}),
    ],
)
def test_annotations_resolve_where_nothing_else_was_done(code: str, wanted: dict[str, str]) -> None:
    program = f"""if True:
    import json, sys
    from typing import get_type_hints
    import edexql
    print(json.dumps({{name: str(hint) for name, hint in {code}.items()}}))"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    hints = json.loads(done.stdout)
    assert {name: hints[name] for name in wanted} == wanted


def test_names_of_annotations_are_imported_only_when_annotations_are_read() -> None:
    program = """if True:
    import sys
    from dataclasses import asdict, fields
    import edexql
    query = edexql.query("kp >= 5")
    asdict(query), fields(query), edexql.compile, edexql.Answer
    print("edexql.base.type_names" in sys.modules, "lark" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_name_that_cannot_be_imported_stays_unknown_and_others_resolve(tmp_path, monkeypatch) -> None:
    (tmp_path / "edexql_extra.py").write_text(
        """from __future__ import annotations
from edexql.base.record import Record, resolvable
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os.path
    from collections.abc import Mapping as Table
    from nowhere_at_all import Missing
    from edexql.compiler.build import Moment
    Either = Missing | int
    Pair = tuple[Table[str, int], Moment]
class Value(Record):
    pair: Pair
    place: os.PathLike[str]
@resolvable
def missing(value: Either) -> None: ...
"""
    )
    monkeypatch.syspath_prepend(tmp_path)
    extra = import_module("edexql_extra")
    hints = typing.get_type_hints(extra.Value)
    assert hints.keys() == {"pair", "place"}
    assert str(hints["pair"]).startswith("tuple[collections.abc.Mapping[str, int], str | ")
    assert [field.type for field in fields(extra.Value)] == ["Pair", "os.PathLike[str]"]
    with pytest.raises(NameError, match="Either"):
        typing.get_type_hints(extra.missing)
