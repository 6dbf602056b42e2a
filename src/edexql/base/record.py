"""Frozen value classes that do not cost the start-up time of `dataclasses`.

Importing `dataclasses` takes longer than starting Python does, because it reads in `inspect`, and it
compiles code for every class; `edexql compile` is to answer in little more than that. A class that
names `Record` as its base is for a type checker what a frozen dataclass is. At run time it is a class
with slots, an initialiser with defaults, equality and hash over the fields, a repr, and no assignment.
It is made once, as the class that it will be: `Record` is not among its bases. The functions of
`dataclasses` take it; what they need is made when they look for it. So it is with the names in its annotations:
they are imported when the annotations are read. `resolvable` gives the same to functions and other classes.
"""

from __future__ import annotations

__all__ = ["Record", "resolvable"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar, TypeVar

    from typing_extensions import Self, dataclass_transform

    Thing = TypeVar("Thing")

    def resolvable(thing: Thing) -> Thing:
        """A function, or a class with its methods, whose annotations `typing.get_type_hints` resolves from now on."""

    @dataclass_transform(frozen_default=True)
    class Record:
        """The base of a class of frozen values, whose annotated names are its fields."""

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __replace__(self, **changes: Any) -> Self: ...

else:
    from types import FunctionType

    class Annotations(dict):
        """Annotations as texts. Before they are read, the names in them are imported into their module."""

        __slots__ = ("module",)

        def _complete(self):
            from edexql.base.type_names import complete

            complete(self.module)
            return super()

        def __iter__(self):
            return self._complete().__iter__()

        def __getitem__(self, name):
            return self._complete().__getitem__(name)

        def get(self, name, default=None):
            return self._complete().get(name, default)

        def keys(self):
            return self._complete().keys()

        def values(self):
            return self._complete().values()

        def items(self):
            return self._complete().items()

    def resolvable(thing):
        if isinstance(thing, type):
            for cls in thing.__mro__:
                if cls.__module__.partition(".")[0] != "edexql":
                    continue
                annotations = vars(cls).get("__annotations__")
                if type(annotations) is dict:
                    cls.__annotations__ = annotations = Annotations(annotations)
                    annotations.module = cls.__module__
                for member in vars(cls).values():
                    _resolvable_function(_function(member))
        else:
            _resolvable_function(thing)
        return thing

    def _function(member):
        """The function of a property, a cached property, a class method or a static method."""
        for name in ("fget", "func", "__func__"):
            member = getattr(member, name, member)
        return member

    def _resolvable_function(function):
        annotations = function.__annotations__ if type(function) is FunctionType else None
        if annotations and type(annotations) is dict:
            function.__annotations__ = annotations = Annotations(annotations)
            annotations.module = function.__globals__["__name__"]

    # Initialisers by number of fields. A class gets the one of its size with the names of its fields for
    # parameters and its slots' setters for globals, so that no code is compiled at start-up.

    def _init1(self, a0):
        set0(self, a0)

    def _init2(self, a0, a1):
        set0(self, a0)
        set1(self, a1)

    def _init3(self, a0, a1, a2):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)

    def _init4(self, a0, a1, a2, a3):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)
        set3(self, a3)

    def _init5(self, a0, a1, a2, a3, a4):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)
        set3(self, a3)
        set4(self, a4)

    def _init6(self, a0, a1, a2, a3, a4, a5):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)
        set3(self, a3)
        set4(self, a4)
        set5(self, a5)

    def _init7(self, a0, a1, a2, a3, a4, a5, a6):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)
        set3(self, a3)
        set4(self, a4)
        set5(self, a5)
        set6(self, a6)

    # Of this size are files, of which an answer may have hundreds of thousands.
    def _init11(self, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10):
        set0(self, a0)
        set1(self, a1)
        set2(self, a2)
        set3(self, a3)
        set4(self, a4)
        set5(self, a5)
        set6(self, a6)
        set7(self, a7)
        set8(self, a8)
        set9(self, a9)
        set10(self, a10)

    _SETTERS = ("set0", "set1", "set2", "set3", "set4", "set5", "set6", "set7", "set8", "set9", "set10")
    _TEMPLATES = {
        f.__code__.co_argcount - 1: f for f in (_init1, _init2, _init3, _init4, _init5, _init6, _init7, _init11)
    }

    class _Records(type):
        """Makes a class of its own from a class statement that names Record as its base."""

        def __new__(cls, name, bases, namespace):
            if len(bases) != 1:
                raise TypeError(f"{name}: a record has no other base than Record")
            annotations = namespace.get("__annotations__", {})
            fields = tuple(annotations)
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            # What an initialiser stores with is known when the class is made, which is once it has its initialiser.
            scope = {}
            template = _TEMPLATES.get(len(fields))
            if template is None:
                initialise = _any_size(name, fields, defaults, scope)
            else:
                code = template.__code__.replace(co_varnames=("self", *fields), co_name="__init__")
                initialise = FunctionType(code, scope, "__init__", (*defaults.values(),))
            namespace["__init__"] = initialise
            namespace["__annotations__"] = annotations = Annotations(annotations)
            annotations.module = namespace.get("__module__")
            namespace["_field_defaults"] = defaults
            namespace["__slots__"] = namespace["__match_args__"] = fields
            made = type(name, (), _COMMON | namespace)
            members = made.__dict__
            for setter, field in zip(_SETTERS if template else fields, fields, strict=False):
                scope[setter] = members[field].__set__
            return made

    def _any_size(name, fields, defaults, scope):
        def initialise(self, *values, **named):
            if named or len(values) != len(fields):
                placed = dict(zip(fields, values, strict=False))
                given = {**defaults, **placed, **named}
                if len(values) > len(fields) or placed.keys() & named or given.keys() != set(fields):
                    raise TypeError(f"{name}() takes {', '.join(fields)}")
                values = [given[field] for field in fields]
            for store, value in zip(scope.values(), values, strict=True):
                store(self, value)

        return initialise

    _GETTERS = {}

    def _values(self):
        cls = type(self)
        return (_GETTERS.get(cls) or _getter(cls))(self)

    def _getter(cls):
        """What makes a tuple of the fields of a record of a class."""
        from operator import attrgetter

        names = cls.__slots__
        get = attrgetter(*names) if len(names) > 1 else lambda self: tuple([getattr(self, name) for name in names])
        return _GETTERS.setdefault(cls, get)

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

    def _replaced(self, /, **changes):
        return type(self)(**{**dict(zip(self.__slots__, _values(self), strict=True)), **changes})

    class _DataclassFields:
        """What `dataclasses` knows of a record, made when it is looked for."""

        def __get__(self, instance, cls):
            from dataclasses import field, make_dataclass

            # A class derived from a record has the fields of the record.
            record = next(base for base in cls.__mro__ if "_field_defaults" in vars(base))
            defaults = record._field_defaults
            each = [
                (name, kind, field(default=defaults[name])) if name in defaults else (name, kind)
                for name, kind in dict.items(record.__annotations__)
            ]
            record.__dataclass_fields__ = made = make_dataclass(record.__name__, each).__dataclass_fields__
            return made

    _COMMON = {
        "__eq__": _equal,
        "__hash__": _hash,
        "__repr__": _repr,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__reduce__": _reduce,
        "__replace__": _replaced,
        "__dataclass_fields__": _DataclassFields(),
    }

    Record = type.__new__(_Records, "Record", (), {"__doc__": "The base of a class of frozen values."})
