"""Generated queries, and what they mean by rules of their own: nothing here asks edexql.

A logical expression is a nested tuple: ("and", a, b), ("or", a, b), ("not", a), and anything else is an
operand. A query is a `Program`: statements as lists of tokens, which `spell` writes as text in one of
many ways that mean the same, and the `Element` behind each constraint number.
"""

from __future__ import annotations

import calendar
import itertools
import json
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# A quarter of the examples of a profile, for tests that take long for each.
a_few = settings(max_examples=settings().max_examples // 4)

DAY = 86400
LAUNCH, TODAY = date(2013, 9, 29), date(2024, 6, 15)

Expression = Any

# Expressions


def expressions(operands: st.SearchStrategy[Any], *, most: int = 12) -> st.SearchStrategy[Expression]:
    """Nested tuples over operands."""
    return st.recursive(
        operands,
        lambda inner: st.one_of(
            st.tuples(st.just("not"), inner),
            st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        ),
        max_leaves=most,
    )


def is_node(expression: Expression) -> bool:
    return isinstance(expression, tuple) and expression[0] in ("and", "or", "not")


def truth(expression: Expression, value: Callable[[Any], bool]) -> bool:
    """The oracle: what Python's own operators make of an expression."""
    if not is_node(expression):
        return value(expression)
    sides = [truth(side, value) for side in expression[1:]]
    return {"and": all, "or": any, "not": lambda s: not s[0]}[expression[0]](sides)


def operands_of(expression: Expression) -> list[Any]:
    """The operands from left to right."""
    if not is_node(expression):
        return [expression]
    return [operand for side in expression[1:] for operand in operands_of(side)]


def replaced(expression: Expression, change: Callable[..., Any], *, positive: bool = True) -> Expression:
    """The expression with other operands; `change` is told whether an operand stands under an even number of NOTs."""
    if not is_node(expression):
        return change(expression, positive=positive)
    positive ^= expression[0] == "not"
    return (expression[0], *(replaced(side, change, positive=positive) for side in expression[1:]))


def assignments(names: Iterable[Any]) -> list[dict[Any, bool]]:
    """All ways to make some names true or false."""
    listed = list(dict.fromkeys(names))
    return [dict(zip(listed, values, strict=True)) for values in itertools.product((False, True), repeat=len(listed))]


_SPELLINGS = {"and": ("AND", "and", "And", "&"), "or": ("OR", "or", "oR", "|"), "not": ("NOT", "not", "nOt", "!")}


def expression_tokens(expression: Expression, rng: random.Random | None) -> list[str]:
    """An expression as tokens: brackets where its structure needs them, and some more where there is an `rng`."""
    tokens: list[str] = []

    def operator(name: str) -> str:
        return _SPELLINGS[name][0] if rng is None else rng.choice(_SPELLINGS[name])

    def write(part: Expression, *, bracketed: bool) -> None:
        extra = bracketed + (rng is not None and rng.random() < 0.1) + (rng is not None and rng.random() < 0.03)
        tokens.extend(["("] * extra)
        if not is_node(part):
            tokens.extend(part.tokens if isinstance(part, Statement) else [str(part)])
        elif part[0] == "not":
            tokens.append(operator("not"))
            write(part[1], bracketed=is_node(part[1]) and part[1][0] != "not")
        else:
            write(part[1], bracketed=is_node(part[1]) and (part[0], part[1][0]) == ("and", "or"))
            tokens.append(operator(part[0]))
            write(
                part[2],
                bracketed=is_node(part[2]) and (part[2][0] == part[0] or (part[0], part[2][0]) == ("and", "or")),
            )
        tokens.extend([")"] * extra)

    write(expression, bracketed=False)
    return tokens


# The logic on the wire


def read_wire(text: str) -> list[Any]:
    """A reader of `query-logic` that knows no precedence: brackets round everything, AND and OR never side by side.

    Gives numbers and (operator, count) in postfix order. Raises ValueError.
    """
    if text != " " + " ".join(text.split()) + " ":
        raise ValueError("no single blank round every token")
    code: list[Any] = []
    frames: list[list[Any]] = [["", 0]]  # operator, operands
    wants_operand = True
    for token in text.split():
        if token == "(" and wants_operand:
            frames.append(["", 0])
        elif token.isdigit() and token[0] != "0" and wants_operand:
            if len(frames) == 1:
                raise ValueError("a number outside brackets")
            code.append(int(token))
            frames[-1][1] += 1
            wants_operand = False
        elif token == ")" and not wants_operand and len(frames) > 1:
            operator, count = frames.pop()
            if operator:
                code.append((operator, count))
            frames[-1][1] += 1
        elif token in ("AND", "OR") and not wants_operand and len(frames) > 1:
            if frames[-1][0] not in ("", token):
                raise ValueError("AND and OR side by side")
            frames[-1][0] = token
            wants_operand = True
        else:
            raise ValueError(f"{token} does not fit")
    if frames != [["", 1]]:
        raise ValueError("not one expression in brackets")
    return code


def wire_truth(code: Iterable[Any], value: Callable[[int], bool]) -> bool:
    """The value of what `read_wire` gives."""
    stack: list[bool] = []
    for part in code:
        if isinstance(part, int):
            stack.append(value(part))
        else:
            operator, count = part
            sides = stack[-count:]
            stack[-count:] = [all(sides) if operator == "AND" else any(sides)]
    (result,) = stack
    return result


# Elements: what one constraint number stands for


def midnight(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


@dataclass(frozen=True)
class Element:
    """An item of a constraint. `key` is the field; `start` and `end` are those of a date, `[start, end)`, None open;
    `low`, `high`, `open_low`, `open_high` those of a range; `wire` the value of anything else."""

    kind: str
    key: str
    tokens: tuple[str, ...]
    start: int | None = None
    end: int | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False
    wire: str = ""

    def at(self, second: int) -> bool:
        """Whether a date has a second."""
        return (self.start is None or self.start <= second) and (self.end is None or second < self.end)

    def has(self, value: Fraction) -> bool:
        """Whether a range has a value; values of a circle count modulo its length."""
        field = FIELDS[self.key]
        low, high = self.low, self.high
        if field.period is None:
            return self._above(value, low) and self._below(value, high)
        low = field.low if low is None else low
        high = field.high if high is None else high
        while high < low:
            high += field.period
        turns = [value + turn * field.period for turn in range(-4, 5)]
        return any(self._above(turn, low) and self._below(turn, high) for turn in turns)

    def _above(self, value: Fraction, low: Fraction | None) -> bool:
        return low is None or value > low or (value == low and not self.open_low)

    def _below(self, value: Fraction, high: Fraction | None) -> bool:
        return high is None or value < high or (value == high and not self.open_high)


@dataclass(frozen=True)
class Known:
    """A field as its users know it."""

    low: Fraction
    high: Fraction
    period: Fraction | None = None
    whole: bool = False
    units: tuple[tuple[str, Fraction], ...] = ()


def _known(
    low: int, high: int, period: int | None = None, *, whole: bool = False, units: dict[str, str] | None = None
) -> Known:
    factors = tuple((unit, Fraction(factor)) for unit, factor in (units or {}).items())
    return Known(Fraction(low), Fraction(high), None if period is None else Fraction(period), whole, factors)


_DEGREES = {"deg": "1", "degrees": "1", "°": "1"}
FIELDS = {
    "kp": _known(0, 9),
    "ap": _known(0, 400, whole=True),
    "dst": _known(-2000, 200, whole=True, units={"nT": "1", "nt": "1"}),
    "imf-by": _known(-200, 200, units={"nT": "1"}),
    "solar-wind-speed": _known(0, 5000, units={"km/s": "1", "m/s": "1/1000"}),
    "latitude": _known(-90, 90, units=_DEGREES),
    "longitude": _known(-180, 180, 360, units=_DEGREES),
    "altitude": _known(0, 2000, units={"km": "1", "m": "1/1000"}),
    "mlt": _known(0, 24, 24, units={"h": "1", "hours": "1"}),
    "roll": _known(-180, 180, 360, units=_DEGREES),
    "orbit": _known(0, 200000, whole=True),
}
ALIASES = {"latitude": ("lat",), "longitude": ("lon",), "altitude": ("alt",), "imf-by": ("by",)}

# Dates


@dataclass(frozen=True)
class Named:
    """A day, month, year or second by its name: `[start, end)`."""

    text: str
    start: int
    end: int


def _month_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


@st.composite
def days(draw: st.DrawFn) -> Named:
    if draw(st.integers(0, 15)) == 0:
        return Named("today", midnight(TODAY), midnight(TODAY) + DAY)
    span = (date(2013, 9, 1), date(2024, 7, 1)) if draw(st.integers(0, 7)) else (date(1990, 1, 1), date(2060, 1, 1))
    day = draw(st.dates(*span))
    start = midnight(day)
    form = draw(st.sampled_from(["day", "day", "month", "year"]))
    if form == "month":
        return Named(f"{day:%Y-%m}", midnight(day.replace(day=1)), midnight(_month_after(day.year, day.month)))
    if form == "year":
        return Named(f"{day:%Y}", midnight(date(day.year, 1, 1)), midnight(date(day.year + 1, 1, 1)))
    return Named(str(day), start, start + DAY)


@st.composite
def seconds(draw: st.DrawFn) -> Named:
    """A time of day, with its day."""
    day = draw(st.dates(date(2013, 10, 1), date(2024, 6, 14)))
    hour, minute, second = draw(st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)))
    form = draw(st.sampled_from(["{h:02}", "{h:02}:{m:02}", "{h:02}:{m:02}:{s:02}", "{h:02}:{m:02}:{s:02}Z"]))
    minute, second = minute * ("{m" in form), second * ("{s" in form)
    start = midnight(day) + hour * 3600 + minute * 60 + second
    mark = draw(st.sampled_from("TTt"))
    return Named(f"{day}{mark}{form.format(h=hour, m=minute, s=second)}", start, start + 1)


def moved(second: int, months: int, more: int) -> int:
    """A second some calendar months and seconds later; the 31st of a shorter month is its last day."""
    day = date(1970, 1, 1) + timedelta(days=second // DAY)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return midnight(date(year, month + 1, min(day.day, last))) + second % DAY + more


_LENGTHS = {"d": (0, DAY), "days": (0, DAY), "w": (0, 7 * DAY), "h": (0, 3600), "min": (0, 60), "s": (0, 1)}
_LENGTHS |= {"mo": (1, 0), "months": (1, 0), "y": (12, 0)}
_ISO = {"D": (0, DAY), "W": (0, 7 * DAY), "M": (1, 0), "Y": (12, 0)}


@st.composite
def periods(draw: st.DrawFn, *, clocks: bool = True) -> Element:
    """An item of `date`, in every form that it has."""
    moments = st.one_of(days(), days(), seconds()) if clocks else days()
    form = draw(
        st.sampled_from(
            ["single", "between", "between", "slash", "since", "until", "compared", "length", "iso"]
            + ["clock"] * clocks
        )
    )
    a = draw(moments)
    if form in ("between", "slash"):
        b = draw(moments)
        a, b = sorted((a, b), key=lambda m: (m.start, m.end))
        if a.start >= b.end:
            b = a
        return _dated((a.text, ".." if form == "between" else "/", b.text), a.start, b.end)
    if form == "since":
        return _dated((a.text, ".."), a.start, None)
    if form == "until":
        return _dated(("..", a.text), None, a.end)
    if form == "compared":
        sign = draw(st.sampled_from([">", ">=", "<", "<=", "="]))
        start = {">": a.end, ">=": a.start, "=": a.start}.get(sign)
        end = {"<": a.start, "<=": a.end, "=": a.end}.get(sign)
        return _dated((sign, a.text), start, end)
    if form == "length":
        unit = draw(st.sampled_from(sorted(_LENGTHS))) if clocks else draw(st.sampled_from(["d", "w", "mo", "y"]))
        return _lasting(draw, a, _LENGTHS[unit], lambda n: (f"+{n}", unit), "..")
    if form == "iso":
        unit = draw(st.sampled_from(sorted(_ISO)))
        return _lasting(draw, a, _ISO[unit], lambda n: (f"P{n}{unit}",), draw(st.sampled_from(["/", ".."])))
    if form == "clock":
        hour, minute = draw(st.integers(0, 23)), draw(st.integers(0, 59))
        end = a.start - a.start % DAY + hour * 3600 + minute * 60 + 1
        if end > a.start:
            mark = draw(st.sampled_from(["T", ""]))
            return _dated((a.text, "..", f"{mark}{hour:02}:{minute:02}"), a.start, end)
    return _dated((a.text,), a.start, a.end)


def _lasting(
    draw: st.DrawFn, a: Named, unit: tuple[int, int], written: Callable[[int], tuple[str, ...]], sign: str
) -> Element:
    count = draw(st.integers(1, 40))
    end = moved(a.start, unit[0] * count, unit[1] * count)
    return _dated((a.text, sign, *written(count)), a.start, end)


def _dated(tokens: tuple[str, ...], start: int | None, end: int | None) -> Element:
    return Element("date", "date", tokens, start=start, end=end)


# Ranges


@st.composite
def numbers(draw: st.DrawFn, low: Fraction, high: Fraction) -> tuple[str, Fraction]:
    """A number as written, and its exact value."""
    places = draw(st.sampled_from([0, 0, 1, 2, 6]))
    scale = 10**places
    value = Fraction(draw(st.integers(-(-low * scale // 1), high * scale // 1)), scale)
    text = _decimal(value, places)
    form = draw(st.integers(0, 9))
    if form == 0 and not text.startswith("-"):
        text = f"+{text}"
    elif form == 1 and text.startswith("0."):
        text = text[1:]
    elif form == 2:
        text += "e0" if "." in text else ".0"
    return text, value


def _after_dots(text: str) -> str:
    """A number behind `..` needs its digit before the point: `0...5` has three dots."""
    return f"0{text}" if text.startswith(".") else text


def _decimal(value: Fraction, places: int) -> str:
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    text = (digits[: len(digits) - places] or "0") + ("." + digits[len(digits) - places :] if places else "")
    return ("-" if value < 0 else "") + text


@st.composite
def ranges(draw: st.DrawFn, key: str | None = None) -> Element:
    """An item of a field: a range, a comparison or a single value, with units."""
    key = key or draw(st.sampled_from(sorted(FIELDS)))
    field = FIELDS[key]
    form = draw(st.sampled_from(["between", "between", "between", "since", "until", ">", ">=", "<", "<=", "=", ""]))
    unit, factor = draw(st.sampled_from([("", Fraction(1)), ("", Fraction(1)), *field.units]))
    margin = field.period or 0 if form == "between" else 0
    bound = numbers((field.low - margin) / factor, (field.high + margin) / factor)
    a, first = draw(bound)
    behind = (unit,) if unit else ()
    first *= factor
    if form == "between":
        b, second = draw(bound)
        second *= factor
        if second < first and field.period is None:
            a, b, first, second = b, a, second, first
        both = behind if draw(st.booleans()) else ()
        return Element("range", key, (a, *both, "..", _after_dots(b), *behind), low=first, high=second)
    if form in ("since", ">", ">="):
        tokens = (a, *behind, "..") if form == "since" else (form, a, *behind)
        return Element("range", key, tokens, low=first, open_low=form == ">")
    if form in ("until", "<", "<="):
        tokens = ("..", _after_dots(a), *behind) if form == "until" else (form, a, *behind)
        return Element("range", key, tokens, high=first, open_high=form == "<")
    return Element("range", key, (*([form] if form else []), a, *behind), low=first, high=first)


# Everything else that has a number

_WORDS = {"fai": ["has-data", "nir", "visible"], "rri": ["has-data", "dipole", "gain-low"], "eclipse": ["umbra"]}
_STRANGE = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["today", "AND", "x # y", 'a "b" \\c'])


@st.composite
def word_items(draw: st.DrawFn, key: str) -> Element:
    known = draw(st.sampled_from([*_WORDS[key], None]))
    word = draw(_STRANGE) if known is None else known
    text = json.dumps(word, ensure_ascii=draw(st.booleans())) if known is None else draw(cased(word))
    return Element("opaque", key, (text,), wire=json.dumps(word))


@st.composite
def tag_items(draw: st.DrawFn) -> Element:
    group, name = draw(
        st.one_of(
            st.just(("Point of Interest", "Fort McMurray Fire")),
            st.tuples(_STRANGE, _STRANGE).filter(lambda pair: pair[0].lower() != "point of interest"),
        )
    )
    tokens = (json.dumps(group), ">", json.dumps(name))
    return Element("opaque", "experiment", tokens, wire=json.dumps([group, name]))


def cased(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word, word.upper(), word.title()])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | _STRANGE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_STRANGE, inner, max_size=3),
    max_leaves=4,
)


def json_tokens(value: Any) -> list[str]:
    """A JSON value as tokens of the language."""
    if isinstance(value, list):
        inner = [token for item in value for token in (",", *json_tokens(item))][1:]
        return ["[", *inner, "]"]
    if isinstance(value, dict):
        pairs = [t for k, v in value.items() for t in (",", json.dumps(k), ":", *json_tokens(v))][1:]
        return ["{", *pairs, "}"]
    return [json.dumps(value)]


# Statements and programs


@dataclass(frozen=True)
class Statement:
    """A constraint: its tokens and elements, and its label."""

    tokens: tuple[str, ...]
    elements: tuple[Element, ...]
    label: str | None = None

    @property
    def has_opposite(self) -> bool:
        return all(element.kind != "opaque" for element in self.elements)


@dataclass(frozen=True)
class Program:
    """A query: statements in order, the elements by number, and the logic over their numbers (None: the default)."""

    statements: tuple[tuple[str, ...], ...]
    elements: tuple[Element, ...]
    logic: Expression
    written: Expression = None

    def text(self, seed: int = 0, *, comments: Callable[[], str] | None = None) -> str:
        """One of the many texts of it; 0 is the plainest. `comments` is asked for one in every place there can be."""
        rng = random.Random(seed) if seed else None
        statements = list(self.statements)
        if self.written is not None:
            keyword = "where" if any(isinstance(o, Statement) for o in operands_of(self.written)) else "logic"
            keyword = "where" if rng and rng.random() < 0.2 else keyword
            statements.append((keyword, *expression_tokens(self.written, rng)))
        return spell(statements, rng, comments)

    def holds(self, value: Callable[[Element], bool]) -> bool:
        """Whether the query as written holds, when each element has a value."""
        return truth(self.logic, lambda number: value(self.elements[number - 1]))


def any_of(numbers: Sequence[int]) -> Expression:
    expression: Expression = numbers[0]
    for number in numbers[1:]:
        expression = ("or", expression, number)
    return expression


def default_logic(elements: Sequence[Element]) -> Expression:
    """Values of one kind are alternatives, different kinds must all hold."""
    kinds: dict[str, list[int]] = {}
    for number, element in enumerate(elements, 1):
        kinds.setdefault(element.key, []).append(number)
    expression: Expression = None
    for numbers_of_kind in kinds.values():
        side = any_of(numbers_of_kind)
        expression = side if expression is None else ("and", expression, side)
    return expression


KINDS = ("date", "range", "word", "experiment", "raw")


@st.composite
def statements(draw: st.DrawFn, kinds: Sequence[str] = KINDS, *, clocks: bool = True) -> Statement:
    """A constraint without a label."""
    kind = draw(st.sampled_from(list(kinds)))
    if kind == "raw":
        key = draw(st.sampled_from(["new-key", "Other Key", "k"]))
        values = draw(st.lists(json_values, min_size=1, max_size=3))
        elements = [Element("opaque", key, (), wire=json.dumps(value)) for value in values]
        return Statement(("raw", json.dumps(key), *json_tokens(values)), tuple(elements))
    if kind == "date":
        item, head = periods(clocks=clocks), "date"
    elif kind == "range":
        key = draw(st.sampled_from(sorted(FIELDS)))
        item, head = ranges(key), draw(st.sampled_from([key, key, *ALIASES.get(key, ())]))
    elif kind == "word":
        key = draw(st.sampled_from(sorted(_WORDS)))
        item, head = word_items(key), key
    else:
        item, head = tag_items(), "experiment"
    found = draw(st.lists(item, min_size=1, max_size=3))
    tokens = [token for element in found for token in (",", *element.tokens)][1:]
    return Statement((draw(cased(head)), *tokens), tuple(found))


_LABELS = ("storm", "notes", "android", "product-x", "a", "p1", "t-2", "order", "e5", "date-range")


@st.composite
def programs(
    draw: st.DrawFn,
    kinds: Sequence[str] = KINDS,
    *,
    clocks: bool = True,
    extras: bool = True,
    least: int = 0,
    most: int = 4,
) -> Program:
    """A query that means something: its constraints, logic that names them, and what else a query has."""
    listed = draw(st.lists(statements(kinds, clocks=clocks), min_size=least, max_size=most))
    labels = iter(draw(st.permutations(_LABELS)))
    listed = [replace(s, label=next(labels)) if draw(st.integers(0, 3)) == 0 else s for s in listed]
    elements = [element for statement in listed for element in statement.elements]
    lines = [(*([s.label, ":"] if s.label else []), *s.tokens) for s in listed]
    expanded: dict[Any, list[int]] = {number: [number] for number in range(1, len(elements) + 1)}
    first = 1
    for statement in listed:
        numbers = list(range(first, first + len(statement.elements)))
        first += len(numbers)
        if statement.label:
            expanded[statement.label] = numbers
    written, logic = None, None
    if elements and draw(st.integers(0, 3)):
        in_place = kinds if draw(st.integers(0, 2)) == 0 else ()
        written, logic = _logic(draw, elements, expanded, in_place, clocks=clocks)
    if logic is None:
        logic = default_logic(elements) if elements else None
    if extras:
        lines = _with_parameters(draw, lines)
        lines = _with_extras(draw, lines)
    return Program(tuple(map(tuple, lines)), tuple(elements), logic, written)


def _logic(
    draw: st.DrawFn, elements: list[Element], expanded: dict[Any, list[int]], in_place: Sequence[str], *, clocks: bool
) -> tuple[Expression, Expression]:
    """An expression as written and over numbers; NOT stands before dates and ranges only. Adds constraints in place."""
    names = list(expanded)
    sendable = [n for n in names if all(elements[i - 1].kind != "opaque" for i in expanded[n])]
    opposites = [kind for kind in in_place if kind in ("date", "range")]
    shape = draw(expressions(st.integers(0, 99), most=8))
    if not sendable or (in_place and not opposites):
        shape = _without_not(shape)

    def fill(seed: int, *, positive: bool) -> Any:
        if in_place and seed % 3 == 0:
            return draw(statements(in_place if positive else opposites, clocks=clocks))
        pool = names if positive else sendable
        return pool[seed % len(pool)]

    written = replaced(shape, fill)

    def number(operand: Any, *, positive: bool) -> Expression:
        if not isinstance(operand, Statement):
            return any_of(expanded[operand])
        elements.extend(operand.elements)
        count = len(operand.elements)
        return any_of(range(len(elements) - count + 1, len(elements) + 1))

    return written, replaced(written, number)


def _without_not(expression: Expression) -> Expression:
    if not is_node(expression):
        return expression
    sides = [_without_not(side) for side in expression[1:]]
    return sides[0] if expression[0] == "not" else (expression[0], *sides)


def _with_parameters(draw: st.DrawFn, lines: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Some values named by `let` and used as `$name`; a number that a unit follows stays."""
    lets = []
    for name in draw(st.sampled_from([(), (), ("day",), ("lo", "x-1")])):
        places = [
            (i, j)
            for i, line in enumerate(lines)
            for j, token in enumerate(line)
            if "raw" not in line
            and (token[0].isdigit() or token == "today")
            and (j + 1 == len(line) or line[j + 1] in (",", ".."))
        ]
        if places:
            i, j = draw(st.sampled_from(places))
            lets.append(("let", name, "=", lines[i][j]))
            lines[i] = (*lines[i][:j], f"${name}", *lines[i][j + 1 :])
    return lets + lines


def _with_extras(draw: st.DrawFn, lines: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    more: list[tuple[str, ...]] = []
    products = draw(
        st.sampled_from([(), ("fai-lv1-hdf5-images",), ("fai-*",), ('"quite new"', ",", "gap-netcdf-vtec")])
    )
    if products:
        more.append(("product", *products))
    if draw(st.integers(0, 3)) == 0:
        more.append(("email", draw(st.sampled_from(["me@example.ca", "a.b+c@x-y.org", '"me@example.ca"']))))
    if draw(st.integers(0, 7)) == 0:
        value = draw(json_values.filter(lambda v: not isinstance(v, list) or not v))
        more.append(("raw", '"extra"', *json_tokens(value)))
    for line in more:
        lines.insert(draw(st.integers(0, len(lines))), line)
    return lines


# Spelling


_JOINS = {"AND", "OR", "NOT", "&", "|", "!", ",", "/", ">", "<", ">=", "<=", "="}
_PUNCTUATION = set("()[]{},:&|!=<>/;")
_REMARKS = ("", " why", " AND ( ; \" '", " date 2019 # twice", "\t\N{SNOWMAN}  ", "#", ' "', " \\")


def spell(lines: Sequence[Sequence[str]], rng: random.Random | None, comments: Callable[[], str] | None = None) -> str:
    """Statements as text: blanks, line breaks and comments wherever they mean nothing, at random."""
    newline = "\n" if rng is None else rng.choice(["\n", "\n", "\r\n", "\r"])
    pieces: list[str] = [] if rng is None else [_between(rng, newline, comments)] * (rng.random() < 0.5)
    for number, line in enumerate(lines):
        if number:
            pieces.append(newline if rng is None and comments is None else _end(rng, newline, comments))
        depth = 0
        for i, token in enumerate(line):
            if i:
                pieces.append(_gap(line[i - 1], token, depth, rng, newline, comments))
            depth += (token in "([{") - (token in ")]}")
            pieces.append(token)
    if lines:
        pieces.append("" if rng is None and comments is None else _end(rng, newline, comments))
    return "".join(pieces)


def _gap(
    before: str, after: str, depth: int, rng: random.Random | None, newline: str, comments: Callable[[], str] | None
) -> str:
    """What stands between two tokens of a statement."""
    may_break = depth > 0 or before.upper() in _JOINS or after.upper() in _JOINS or after == ".."
    if comments is not None and may_break:
        return f" {comments()}{newline}"
    if rng is None:
        return " "
    glued = before in _PUNCTUATION or after in _PUNCTUATION or ".." in (before, after) or before in (">=", "<=")
    glued = glued or after in (">=", "<=")
    if before.isdigit() and after.isalpha() and after[0] not in "eETt" and not (after[0] in "pP" and len(after) > 1):
        glued = True
    if may_break and rng.random() < 0.15:
        return _between(rng, newline, None)
    return "" if glued and rng.random() < 0.4 else _blank(rng)


def _blank(rng: random.Random) -> str:
    return rng.choice([" ", " ", " ", "  ", "\t", " \f"])


def _between(rng: random.Random | None, newline: str, comments: Callable[[], str] | None) -> str:
    """Line breaks and comments that end nothing."""
    if comments is not None:
        return f"{comments()}{newline}"
    assert rng is not None
    lines = [f"{_blank(rng)}#{rng.choice(_REMARKS)}" if rng.random() < 0.4 else _blank(rng) for _ in range(2)]
    return newline.join([*lines[: rng.randint(1, 2)], ""]) + rng.choice(["", " "])


def _end(rng: random.Random | None, newline: str, comments: Callable[[], str] | None) -> str:
    """What ends a statement."""
    if comments is not None:
        more = "" if rng is None else rng.choice(["", newline, f"; {comments()}{newline}", f"  {comments()}{newline}"])
        return f" {comments()}{newline}{more}"
    assert rng is not None
    return rng.choice([newline, newline, ";", " ; ", ";;" + newline, _between(rng, newline, None)])


seeds = st.integers(0, 2**16)


@st.composite
def program_texts(draw: st.DrawFn, **choices: Any) -> str:
    """A whole query as text."""
    return draw(programs(**choices)).text(draw(seeds))


# Texts that may be anything

# fmt: off
TOKENS = (
    "product", "date", "experiment", "raw", "email", "let", "logic", "where", "not", "and", "or", "AND", "Or", "NOT",
    "kp", "fai", "has-data", "storm", "notes", "product-x", "today", "mlt", "km", "x_1", "P7D", "T15",
    "1", "2", "007", "-3", "+7", ".5", "1e3", "2019", "9999999999999999999999", "1e999",
    "2019-05", "2019-05-01", "2019-13-01", "2019-05-01T15:00:00Z", "01/05/2019", "2019-1-1", "15:00", "T15:00:30",
    "0001-01-01", "9999-12-31", "2019-05-01T15:00:00.5+02:00",
    "..", "/", ">", "<", ">=", "<=", "=", ",", ":", ";", "(", ")", "[", "]", "{", "}", "!", "&", "|",
    '"a b"', '""', '"\\u00e9"', '"\\q"', '"open', '"a\\', "'x'", "“y”", "fai-*", "me@example.ca", "$day", "$",
    "km/s", "°", "%", "null", "# remark", "#", "\n", "\r\n", "\r", "\n\n",
)
# Characters that mean nothing here, and letters that case folding or \w would take for others.
GARBAGE = (
    "§", "\x00", "\x1b[31m", "\N{GRINNING FACE}", "\ufeff", "\u00a0", "\u2013", "\u2265", "\\", "\\\n", "\v",
    "\u2028", "\x85", "ema\u0131l", "LOG\u0130C", "\u0130", "\u212ap", "\u017f", "\u0660", "...", "'", "`", "~",
)
# fmt: on

soups = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(TOKENS), st.sampled_from(TOKENS), st.sampled_from(GARBAGE), st.text(max_size=3)),
        st.sampled_from(["", " ", " ", " ", "\n"]),
    ),
    max_size=25,
).map(lambda pairs: "".join(itertools.chain.from_iterable(pairs)))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A query with a few tokens or characters lost, doubled, swapped or put in."""
    text = draw(program_texts(most=3))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 6))
        put = draw(st.sampled_from(["", "", text[at : at + length] * 2, *TOKENS, *GARBAGE]))
        text = text[:at] + put + text[at + length :]
    return text


texts = st.one_of(soups, damaged(), program_texts(most=3))
