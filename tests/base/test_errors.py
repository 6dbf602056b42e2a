"""One root of errors: `except edexql.EdexqlError` catches what users meet, and its module draws the tree of them."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import edexql
from edexql.base import errors

# What never leaves the package: an end of work inside a part, or what the command line makes an exit code of.
INSIDE = {"FramingError", "KnotsError", "MailError", "RequestError", "UsageError", "_LinkError"}


def import_everything():
    for module in pkgutil.walk_packages(edexql.__path__, "edexql."):
        if module.name != "edexql.__main__":
            import_module(module.name)


def subclasses(kind):
    """The kinds of an error with how deep they stand below it, each once, parents first."""
    for one in sorted(kind.__subclasses__(), key=lambda one: one.__name__):
        yield 1, one
        yield from ((depth + 1, below) for depth, below in subclasses(one))


def test_the_module_of_the_root_draws_the_tree():
    import_everything()
    drawn = re.findall(r"^( *)(\w+) {2,}\S", errors.__doc__, re.MULTILINE)
    parents = {}
    path = ["EdexqlError"]
    for indent, name in drawn:
        depth = len(indent) // 2
        path[depth:] = [name]
        parents[name] = path[depth - 1]
    there = {one.__name__: next(base.__name__ for base in one.__mro__[1:] if base in everything()) for one in kinds()}
    assert parents == there


def kinds():
    return {one for _, one in subclasses(errors.EdexqlError)}


def everything():
    return kinds() | {errors.EdexqlError}


def test_every_error_is_of_the_root_but_those_that_stay_inside():
    import_everything()
    named = {
        one.__name__
        for one in all_subclasses(Exception)
        if one.__name__.endswith("Error") and (one.__module__ == "edexql" or one.__module__.startswith("edexql."))
    }
    assert named - {one.__name__ for one in everything()} == INSIDE


def all_subclasses(kind):
    found, left = set(), [kind]
    while left:
        for one in left.pop().__subclasses__():
            if one not in found:
                found.add(one)
                left.append(one)
    return found


@pytest.mark.parametrize("name", [name for name in edexql.__all__ if name.endswith("Error")])
def test_every_public_error_is_caught_by_the_root(name):
    assert issubclass(getattr(edexql, name), edexql.EdexqlError)


def test_errors_of_values_are_value_errors_too():
    for name in ("VocabularyError", "ConfigurationError", "SelectionError", "PickError"):
        assert issubclass(getattr(edexql, name), ValueError)


def test_an_error_of_a_query_carries_its_diagnostics():
    with pytest.raises(edexql.EdexqlError) as caught:
        edexql.compile("kp 5~")
    assert isinstance(caught.value, edexql.QueryError)
    assert [one.code for one in caught.value.diagnostics if one.is_error] == ["E205"]
