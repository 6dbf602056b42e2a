"""Queries made of Python values: conditions, joined by `&`, `|` and `~`, and the query of them.

A condition is only a form until `build` gives it a vocabulary. It is kept as a tree of pairs, which is put in
order without recursion: conditions can be joined in a loop, however many there are.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from numbers import Integral, Real

from edexql.base.stdlib import date as day
from edexql.base.text import did_you_mean, nearest, shown
from edexql.compiler.canonical import canonical
from edexql.compiler.query_parts import QueryValueError, checked, is_number, json_of
from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.logic import AND, NOT, OR, Logic, any_of
from edexql.model.period import DAY, Period, midnight
from edexql.model.query import Constraint, Query, Tag
from edexql.model.range import Range
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Literal

    from edexql.model.number import Number
    from edexql.model.vocabulary import Vocabulary

    Moment = str | day | datetime
    Made = Callable[[Vocabulary], list[Constraint]]

_SIGNS = {AND: "&", OR: "|"}
# Characters of a condition that are shown.
_SHOWN = 200


class Condition:
    """Something that a file's times have to meet. Join conditions with `&`, `|` and `~`; `build` makes a query of one.

    Python's `and`, `or`, `not` and chained comparisons raise TypeError, as they would silently lose a part.
    """

    __slots__ = ("parts",)
    __module__ = "edexql"

    def __init__(self, *parts: Any) -> None:
        # An operator with one or two conditions; or a text for people, with what makes the constraints of a vocabulary
        # of which any may hold.
        self.parts = parts

    def __and__(self, other: Condition) -> Condition:
        return Condition(AND, self, other) if isinstance(other, Condition) else NotImplemented

    def __or__(self, other: Condition) -> Condition:
        return Condition(OR, self, other) if isinstance(other, Condition) else NotImplemented

    def __invert__(self) -> Condition:
        return Condition(NOT, self)

    def __bool__(self) -> Literal[False]:
        raise TypeError(
            "a condition is neither true nor false yet: join conditions with &, | and ~, each in brackets, and write"
            " field(name).between(low, high) for low <= field(name) <= high"
        )

    def __reduce__(self) -> Any:
        return _joined, (tuple(_postfix(self)),)

    def __repr__(self) -> str:
        text = ""
        for piece in _written(self):
            text += piece
            if len(text) > _SHOWN:
                text = f"{text[: _SHOWN - 1]}…"
                break
        return f"<condition {text}>"


def _written(condition: Condition) -> Iterable[str]:
    """The pieces of a condition's text, from the left."""
    rest: list[Condition | str] = [condition]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            yield item
            continue
        operator, *operands = item.parts
        if operator == NOT:
            rest += [operands[0], "~"]
        elif operator in _SIGNS:
            rest += [")", operands[1], f" {_SIGNS[operator]} ", operands[0], "("]
        else:
            yield operator


def _postfix(condition: Condition) -> Iterator[Any]:
    """The parts of a condition in postfix order: operators, and of what is no operator its own parts."""
    rest: list[Condition | int] = [condition]
    while rest:
        item = rest.pop()
        if isinstance(item, int):
            yield item
            continue
        operator, *operands = item.parts
        if isinstance(operator, int):
            rest.append(operator)
            rest += reversed(operands)
        else:
            yield item.parts


def _joined(postfix: tuple[Any, ...]) -> Condition:
    """The condition whose parts these are."""
    stack: list[Condition] = []
    for part in postfix:
        if not isinstance(part, int):
            stack.append(Condition(*part))
        elif part == NOT:
            stack.append(~stack.pop())
        else:
            right = stack.pop()
            stack.append(Condition(part, stack.pop(), right))
    (condition,) = stack
    return condition


class FieldName:
    """A field whose values are to be compared, as in `field("kp") >= 5` or `field("kp").between(5, 7)`."""

    __slots__ = ("_name",)
    __module__ = "edexql"

    def __init__(self, name: str) -> None:
        self._name = name

    def between(self, low: Number, high: Number) -> Condition:
        """From `low` to `high`, both included. In a field that is a circle, such as longitude, `low` may be greater."""
        return self._range(Range(self._number(low), self._number(high)))

    def __ge__(self, low: Number) -> Condition:
        return self._range(Range(self._number(low), None))

    def __gt__(self, low: Number) -> Condition:
        return self._range(Range(self._number(low), None, without_low=True))

    def __le__(self, high: Number) -> Condition:
        return self._range(Range(None, self._number(high)))

    def __lt__(self, high: Number) -> Condition:
        return self._range(Range(None, self._number(high), without_high=True))

    def __eq__(self, value: object) -> Condition:  # type: ignore[override]  # as in SQLAlchemy and pandas
        if isinstance(value, str):
            return _leaf(f"{self._name} {value}", partial(_word_of_field, self._name, value))
        number = self._number(value)
        return self._range(Range(number, number))

    def __ne__(self, value: object) -> Condition:  # type: ignore[override]
        return ~(self == value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<field {self._name}>"

    def _number(self, value: object) -> Number:
        """A number of any kind, NumPy's among them, as one of Python."""
        if isinstance(value, Real) and not isinstance(value, bool):
            number = int(value) if isinstance(value, Integral) else float(value)
            if is_number(number):
                return number
        raise QueryValueError(f"{shown(self._name)}: {value!r} is not a number")

    def _range(self, values: Range) -> Condition:
        return _leaf(f"{self._name} {values}", partial(_range_of_field, self._name, values))


def field(name: str) -> FieldName:
    """A geophysical or spacecraft field by its name in the vocabulary, to be compared with numbers or a word.

    >>> import edexql
    >>> (edexql.field("kp") >= 5) & (edexql.field("latitude").between(40, 60))
    <condition (kp >= 5 & latitude 40..60)>
    """
    _require_text(name, "a field")
    return FieldName(name)


def date(first: Moment, last: Moment | None = None) -> Condition:
    """A period. A text is what `date` takes in a query: a day, month or year, a time, or `2019-05-01..2019-05-03`.

    Other moments are `datetime.date`, a day, or `datetime.datetime`, a second, in UTC where it names no zone. Given
    two, the period goes from the one to the other, the day or second named last in it. Raises QueryValueError.

    >>> import edexql
    >>> from datetime import date, datetime
    >>> edexql.date(date(2019, 5, 1), datetime(2019, 5, 3, 12)) | edexql.date("2018-11")
    <condition (date 2019-05-01T00:00:00..2019-05-03T12:00:00 | date 2018-11)>
    """
    if isinstance(first, str) and (last is None or isinstance(last, str)):
        text = first if last is None else f"{first}..{last}"
        return _leaf(f"date {text}", partial(_dates, text))
    start, end = _period(first), _period(first if last is None else last)
    if start.start is None or end.end is None or start.start >= end.end:
        raise QueryValueError(f"date: {last} is before {first}")
    period = Period(start.start, end.end)
    return _leaf(f"date {period}", partial(_always, Constraint("date", "date", period)))


def instrument(name: str, *values: str) -> Condition:
    """An instrument by its name, in any of some modes: `instrument("fai", "has-data")`.

    >>> import edexql
    >>> ~edexql.instrument("fai", "has-data")
    <condition ~fai has-data>
    """
    for word in (name, *values):
        _require_text(word, "an instrument and its modes")
    if not values:
        raise QueryValueError(f"instrument {shown(name)}: which of its modes? `has-data` is one of each")
    return _leaf(f"{name} {', '.join(values)}", partial(_modes, name, values))


def experiment(group: str, name: str) -> Condition:
    """A planned experiment by its group and its name in the group, as the archive writes them."""
    for word in (group, name):
        _require_text(word, "a planned experiment and its group")
    constraint = Constraint("experiment", "experiment", Tag(group, name))
    return _leaf(f"experiment {group} > {name}", partial(_always, constraint))


def raw(key: str, value: Any) -> Condition:
    """An element of a key of the parameter dictionary, sent as it is: a value that JSON has."""
    _require_text(key, "a key")
    element = json_of(value, f"raw {shown(key)}")
    return _leaf(f"raw {key} {element.text}", partial(_always, Constraint("raw", key, element)))


def build(
    *,
    products: Iterable[str] = (),
    where: Condition | None = None,
    email: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> Query:
    """The query for products, with a condition on times.

    Its constraints are numbered in the order in which they stand in the condition; equal ones are one. Raises
    QueryValueError, which says which part it is, for names that the vocabulary does not have and for values of
    another kind, and QueryError, with the place in the query's text, for values that a query may not have.

    >>> import edexql
    >>> query = edexql.build(
    ...     products=["fai-lv1-hdf5-images"],
    ...     where=edexql.date("2019-05") & (edexql.field("kp") >= 5) & ~edexql.instrument("fai", "has-data"),
    ... )
    >>> print(edexql.to_text(query), end="")
    product fai-lv1-hdf5-images
    date 2019-05
    kp >= 5
    fai has-data
    logic 1 AND 2 AND NOT 3
    """
    if isinstance(products, str):
        raise QueryValueError("products: a list of names is needed, not one text")
    if where is not None and not isinstance(where, Condition):
        raise QueryValueError(f"where: a condition is needed, not {type(where).__name__}")
    known = vocabulary or load()
    constraints, code = _in_order(where, known) if where is not None else ((), ())
    names = tuple([_product(name, known) for name in products])
    query = checked(Query(names, constraints, Logic(code) if code else None, email))
    # As the language reads it: 5.3 is 5 and a third in Kp.
    return query_of(Source(canonical(query, known), "<query>"), Setting(known))


def _in_order(condition: Condition, vocabulary: Vocabulary) -> tuple[tuple[Constraint, ...], tuple[int, ...]]:
    """The constraints of a condition, and its postfix form over their numbers."""
    numbers: dict[Constraint, int] = {}
    code: list[int] = []
    for part in _postfix(condition):
        if isinstance(part, int):
            code.append(part)
        else:
            _, made = part
            code += any_of([numbers.setdefault(one, len(numbers) + 1) for one in made(vocabulary)])
    return tuple(numbers), tuple(code)


def _require_text(word: object, what: str) -> None:
    if not isinstance(word, str):
        raise QueryValueError(f"{what}: a text is needed, not {type(word).__name__}")


def _leaf(text: str, made: Made) -> Condition:
    return Condition(text, made)


def _always(constraint: Constraint, _: Vocabulary) -> list[Constraint]:
    return [constraint]


def _range_of_field(name: str, values: Range, vocabulary: Vocabulary) -> list[Constraint]:
    return [Constraint("range", _field(name, vocabulary), values)]


def _word_of_field(name: str, value: str, vocabulary: Vocabulary) -> list[Constraint]:
    return [_word(_field(name, vocabulary), value, vocabulary)]


def _product(name: str, vocabulary: Vocabulary) -> str:
    _require_text(name, "products")
    if vocabulary.product(name) is None:
        raise QueryValueError(_unknown("product", name, vocabulary.products))
    return vocabulary.canonical(name)


def _field(name: str, vocabulary: Vocabulary) -> str:
    found = vocabulary.field(name)
    if found is None:
        raise QueryValueError(_unknown("field", name, vocabulary.fields))
    return found.name


def _modes(name: str, values: tuple[str, ...], vocabulary: Vocabulary) -> list[Constraint]:
    found = vocabulary.instrument(name)
    if found is None:
        raise QueryValueError(_unknown("instrument", name, vocabulary.instruments))
    return [_word(found.name, value, vocabulary) for value in values]


def _word(key: str, value: str, vocabulary: Vocabulary) -> Constraint:
    known = vocabulary.values(key)
    if known and value not in known:
        raise QueryValueError(_unknown(f"value of {key}", value, known))
    return Constraint("word", key, value)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    help = did_you_mean(nearest(name, known))
    return f"unknown {kind} {shown(name)}" + (f"; {help}" if help else "")


def _dates(text: str, vocabulary: Vocabulary) -> list[Constraint]:
    """The constraints of a text that `date` takes. Raises QueryError, and QueryValueError where it is more."""
    query = query_of(Source(f"date {text}", "<date>"), Setting(vocabulary))
    if query != Query(constraints=query.constraints) or {c.kind for c in query.constraints} != {"date"}:
        raise QueryValueError(f"date {shown(text)}: one period is needed, or several with commas between them")
    return list(query.constraints)


def _period(moment: Moment) -> Period:
    """The day or second that is named; NumPy's times are those of Python that they hold."""
    moment = moment.item() if hasattr(moment, "item") else moment
    if isinstance(moment, datetime):
        if moment.microsecond:
            raise QueryValueError(f"date {moment}: whole seconds are needed")
        utc = moment.astimezone(timezone.utc) if moment.tzinfo else moment
        second = midnight(utc.date()) + utc.hour * 3600 + utc.minute * 60 + utc.second
        return Period(second, second + 1)
    if isinstance(moment, day):
        start = midnight(moment)
        return Period(start, start + DAY)
    if isinstance(moment, str):
        raise QueryValueError(f"date {shown(moment)}: two texts are needed, or two moments of Python")
    raise QueryValueError(f"date: a text, a date or a datetime is needed, not {type(moment).__name__}")
