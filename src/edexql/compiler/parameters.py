"""Parameters: `let NAME = VALUE` in the text, `-D NAME=VALUE` from outside, `$NAME` where they are used."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.text import did_you_mean, nearest, shown
from edexql.language.diagnostics import MOST, AlreadyReported, Diagnostic, Mistake, Note
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Bound, Item, Let

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Parameters:
    """The values known so far. What comes from outside wins over `let`."""

    def __init__(self, outside: Mapping[str, Given], later: Mapping[str, Span]) -> None:
        self._outside = outside
        self._values: dict[str, Item] = {name: given.item for name, given in outside.items()}
        self._later = later
        self.set_at: dict[str, Span] = {}
        self.used: set[str] = set()
        # The names offered in place of those that are not set.
        self.suggested: set[str] = set()
        self._unset = 0

    def define(self, let: Let) -> None:
        """Take in a `let`. Raises Mistake for a name defined twice or a value that is itself unset."""
        name = let.name.text.lower()
        if name in self.set_at:
            raise Mistake(
                "E308",
                f"the parameter `{name}` is set twice",
                let.name.span,
                notes=(Note(self.set_at[name], "first set here"),),
                help="remove one of the two",
            )
        self.set_at[name] = let.name.span
        value = self.filled(let.item)
        if name not in self._outside:
            self._values[name] = value

    def filled(self, item: Item) -> Item:
        """An item with the values of its parameters in their place. Raises Mistake for one that is not set."""
        first, second = item.first, item.second
        if first is not None and first.kind == "parameter" and item.form == "single":
            value = self._value(first)
            return Item(value.form, _at(value.first, item.span), _at(value.second, item.span), item.span)
        if (first is None or first.kind != "parameter") and (second is None or second.kind != "parameter"):
            return item
        return Item(item.form, self._single(first), self._single(second), item.span)

    def values_of(self, item: Item) -> str:
        """The values of the parameters in an item, for a message."""
        names = [b.text for b in (item.first, item.second) if b is not None and b.kind == "parameter"]
        known = [(name, self._values[name[1:].lower()]) for name in names if name[1:].lower() in self._values]
        listed = ", ".join(f"{shown(name)} is {shown(value.written)}" for name, value in known)
        return f" ({listed})" if listed else ""

    def uses(self, source: Source) -> tuple[frozenset[str], tuple[tuple[str, Source, Span], ...]]:
        """The names that are set and used; and those that are set and not used, with the places where they are set."""
        # A use that is misspelt is a use.
        meant = self.used | self.suggested
        unused = {name: (source, span) for name, span in self.set_at.items() if name not in meant}
        for name, given in self._outside.items():
            if name not in meant and name not in unused:
                unused[f"-D {name}"] = (given.source, Span(0, len(given.source.text)))
        used = frozenset(self.used.intersection((*self.set_at, *self._outside)))
        return used, tuple((name, *place) for name, place in unused.items())

    def _single(self, bound: Bound | None) -> Bound | None:
        if bound is None or bound.kind != "parameter":
            return bound
        value = self._value(bound)
        if value.form != "single":
            raise Mistake(
                "E309",
                f"{shown(bound.text)} has two values, and only one can be used here",
                bound.span,
                help="set one parameter for each end",
            )
        return _at(value.first, bound.span)

    def _value(self, bound: Bound) -> Item:
        name = bound.text[1:].lower()
        self.used.add(name)
        if name in self._values:
            return self._values[name]
        self._unset += 1
        if name in self.set_at or self._unset > MOST:
            raise AlreadyReported
        later = self._later.get(name)
        near = nearest(name, self._values)
        self.suggested.update(near)
        raise Mistake(
            "E307",
            f"the parameter {shown(bound.text)} is " + ("set only later" if later else "not set"),
            bound.span,
            notes=(Note(later, "set here"),) if later else (),
            help="move the `let` above this line"
            if later
            else did_you_mean(tuple("$" + n for n in near))
            or f"write `let {name} = …` above this line, or use -D {name}=…",
        )


def _at(bound: Bound | None, span: Span) -> Bound | None:
    return None if bound is None else Bound(bound.kind, bound.text, span, bound.unit, bound.gap)


class Given(Record):
    """A value given beside the text, and the text that it was read from."""

    item: Item
    source: Source


def from_outside(values: Mapping[str, str]) -> tuple[dict[str, Given], list[Diagnostic]]:
    """Read the values given beside the text, each by the grammar of a value."""
    given: dict[str, Given] = {}
    diagnostics: list[Diagnostic] = []
    for name, value in values.items():
        source = Source(f"let {name} = {value}", f"-D {name}={value}"[:60])
        program, problems = parse(source)
        let = program.statements[0] if len(program.statements) == 1 and not problems else None
        whole = Span(0, len(source.text))
        item = Item("single", Bound("missing", "", whole), None, whole)
        if not isinstance(let, Let) or any(b and b.kind == "parameter" for b in (let.item.first, let.item.second)):
            message = f"{shown(f'{name}={value}')} does not set a parameter"
            help = f"write -D NAME=VALUE with one value, as in {_example(name, value)}"
            diagnostics.append(Diagnostic("E309", message, source, whole, help=help))
        else:
            item = let.item
        given[name.lower()] = Given(item, source)
    return given, diagnostics


def _example(name: str, value: str) -> str:
    from edexql.language.recovery.period_notations import read

    reading = read(value)
    return f"-D {name}={reading.texts[0]}" if reading and reading.certain else "-D day=2019-05-01"
