"""The public names with their signatures are those of the stored list. UPDATE_GOLDEN=1 writes the list anew."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import edexql

STORED = Path(__file__).parent / "public_names.txt"


def described(name: str) -> list[str]:
    """A public name as lines: its signature; of a class its base, and what of it is public."""
    thing = getattr(edexql, name)
    if inspect.isfunction(thing):
        return [f"{name}{inspect.signature(thing)}"]
    if not inspect.isclass(thing):
        return [f"{name}: {type(thing).__name__}"]
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


def test_public_names_are_those_of_the_stored_list() -> None:
    text = "".join(f"{line}\n" for name in sorted(edexql.__all__) for line in described(name))
    if os.environ.get("UPDATE_GOLDEN"):
        STORED.write_text(text, encoding="utf-8")
    assert text == STORED.read_text(encoding="utf-8")
