"""Frozen value classes that do not cost the start-up time of `dataclasses`.

Importing `dataclasses` takes longer than starting Python does, because it reads in `inspect`, and
`edexql compile` is to answer in three times that. A type checker sees the standard decorator; at
run time `record` makes the same kind of class: slots, an initialiser with defaults, equality and
hash over the fields, a repr, and no assignment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    _store = object.__setattr__

    def record(*, frozen, slots):
        """Make `@record(frozen=True, slots=True)` read and work as `@dataclass` with the same arguments."""
        assert frozen
        assert slots
        return _build

    def _build(cls):
        fields = tuple(cls.__annotations__)
        namespace = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
        defaults = {name: namespace.pop(name) for name in fields if name in namespace}
        parameters = ", ".join(f"{n}=_defaults[{n!r}]" if n in defaults else n for n in fields)
        body = "".join(f"\n    _store(self, {n!r}, {n})" for n in fields)
        scope = {"_store": _store, "_defaults": defaults}
        exec(f"def __init__(self, {parameters}):{body or ' pass'}", scope)
        namespace |= {
            "__slots__": fields,
            "__match_args__": fields,
            "__init__": scope["__init__"],
            "__setattr__": _refuse,
            "__delattr__": _refuse,
            "__reduce__": _reduce,
        }
        for name, function in (("__eq__", _equal), ("__hash__", _hash), ("__repr__", _repr)):
            namespace.setdefault(name, function)
            if namespace[name] is None:
                namespace[name] = function
        return type(cls)(cls.__name__, cls.__bases__, namespace)

    def _values(self):
        return tuple(getattr(self, name) for name in self.__slots__)

    def _equal(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return _values(self) == _values(other)

    def _hash(self):
        return hash(_values(self))

    def _repr(self):
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__slots__)})"

    def _refuse(self, name, value=None):
        raise AttributeError(f"{type(self).__name__} is frozen: cannot assign {name!r}")

    def _reduce(self):
        return type(self), _values(self)
