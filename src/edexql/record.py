"""Frozen value classes that do not cost the start-up time of `dataclasses`.

Importing `dataclasses` takes longer than starting Python does, because it reads in `inspect`, and it
compiles code for every class; `edexql compile` is to answer in three times that. A type checker sees
the standard decorator; at run time `record` makes the same kind of class: slots, an initialiser with
defaults, equality and hash over the fields, a repr, and no assignment.
"""

from __future__ import annotations

__all__ = ["record"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen, slots):
        """Make `@record(frozen=True, slots=True)` read and work as `@dataclass` with the same arguments."""
        if not (frozen and slots):
            raise TypeError("a record is frozen and has slots")
        return _build

    def _build(cls):
        fields = tuple(cls.__annotations__)
        namespace = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
        defaults = {name: namespace.pop(name) for name in fields if name in namespace}
        namespace["__slots__"] = namespace["__match_args__"] = fields
        namespace["__setattr__"] = namespace["__delattr__"] = _refuse
        namespace["__reduce__"] = _reduce
        for name, function in (("__eq__", _equal), ("__hash__", _hash), ("__repr__", _repr)):
            namespace.setdefault(name, function)
        made = type(cls)(cls.__name__, cls.__bases__, namespace)
        setters = tuple(made.__dict__[name].__set__ for name in fields)
        count = len(fields)

        def initialise(self, *values, **named):
            if named or len(values) != count:
                values = _bound(cls.__name__, fields, defaults, values, named)
            for store, value in zip(setters, values, strict=True):
                store(self, value)

        made.__init__ = initialise
        return made

    def _bound(name, fields, defaults, values, named):
        """The values of all fields, from arguments by position, by name, and defaults."""
        given = dict(zip(fields, values, strict=False))
        wrong = [n for n in named if n in given or n not in fields]
        missing = [n for n in fields if n not in given and n not in named and n not in defaults]
        if wrong or missing or len(values) > len(fields):
            raise TypeError(f"{name}() takes {', '.join(fields)}; missing {missing}, wrong {wrong}")
        given = {**defaults, **given, **named}
        return [given[n] for n in fields]

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

    def _refuse(self, name, value=None):  # noqa: ARG001
        raise AttributeError(f"{type(self).__name__} is frozen: cannot assign {name!r}")

    def _reduce(self):
        return type(self), _values(self)
