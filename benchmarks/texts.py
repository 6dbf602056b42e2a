"""The texts that are parsed: queries of edexql, and the same boolean expression in each library's own syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = "product fai-lv1-hdf5-images; date 2019-05-01..2019-05-01; fai has-data; logic 1 AND 2"

TUTORIAL = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data"

MANY = 100_000


class Syntax(NamedTuple):
    """How a library writes `name = number`, a period of days, the connectives, and what stands around it all."""

    equal: str = "{} = {}"
    within: str = "tt BETWEEN DATE('{}') AND DATE('{}')"
    conjunction: str = " AND "
    disjunction: str = " OR "
    negation: str = "NOT {}"
    whole: str = "{}"


SYNTAXES = {
    "edexql": Syntax(within="tt {}..{}", whole="where {}"),
    "lark": Syntax(within="tt {}..{}", whole="where {}"),
    "pygeofilter": Syntax(),
    "luqum": Syntax(equal="{}:{}", within="tt:[{} TO {}]"),
    "sqlglot": Syntax(),
    "cql2": Syntax(),
    "prqlc": Syntax(
        equal="{} == {}",
        within="(tt | in @{}..@{})",
        conjunction=" && ",
        disjunction=" || ",
        negation="!({})",
        whole="from t\nfilter {}",
    ),
}


def small(syntax: Syntax) -> str:
    """`aa = 1 AND (bb = 2 OR NOT cc = 3)`."""
    first, second, third = (syntax.equal.format(name, n + 1) for n, name in enumerate(("aa", "bb", "cc")))
    rest = second + syntax.disjunction + syntax.negation.format(third)
    return syntax.whole.format(f"{first}{syntax.conjunction}({rest})")


def wide(syntax: Syntax, count: int) -> str:
    """`aa = 0 OR bb = 1 AND cc = 2 AND aa = 3 OR ...`, without brackets."""
    operands = (syntax.equal.format(("aa", "bb", "cc")[n % 3], n % 10) for n in range(count))
    return syntax.whole.format(_chain(operands, syntax.conjunction, syntax.disjunction))


def deep(syntax: Syntax, depth: int) -> str:
    """`aa = 1 AND (aa = 1 AND ( ... ))`."""
    operand = syntax.equal.format("aa", 1)
    head = f"{operand}{syntax.conjunction}("
    return syntax.whole.format(head * depth + operand + ")" * depth)


def periods(syntax: Syntax, count: int) -> str:
    """`tt 2014-01-01..2014-01-02 OR tt 2015-02-02..2015-02-03 OR ...`."""
    days = (f"20{14 + n % 6}-{n % 12 + 1:02}-{n % 27 + 1:02}" for n in range(count))
    return syntax.whole.format(syntax.disjunction.join(syntax.within.format(day, day[:-2] + "28") for day in days))


# Whole queries, which compile.

_HEAD = "product fai-lv1-hdf5-images\n"
_CONSTRAINTS = "date 2019-05-01..2019-05-02\nfai has-data\nkp 5..9\n"


def numbers(count: int) -> str:
    """Three constraints and `logic 1 AND 2 AND 3 OR 1 ...`."""
    return f"{_HEAD}{_CONSTRAINTS}logic {_chain((str(n % 3 + 1) for n in range(count)), ' AND ', ' OR ')}"


def constraints(count: int) -> str:
    """`where kp 5..9 AND fai has-data ...`: each operand a constraint written in place."""
    leaves = ("kp 5..9", "fai has-data", "latitude 40..60")
    return f"{_HEAD}where {_chain((leaves[n % 3] for n in range(count)), ' AND ', ' OR ')}"


def distinct(count: int) -> str:
    """The same, with numbers that are all different."""
    leaves = (
        lambda n: f"altitude {300 + n % 500}.{n:06}..{900 + n % 300}.{n:06}",
        lambda n: f"kp {n % 9}..9",
        lambda n: f"latitude {-(n % 80)}.{n:06}..80",
    )
    return f"{_HEAD}where {_chain((leaves[n % 3](n) for n in range(count)), ' AND ', ' OR ')}"


def brackets(depth: int) -> str:
    return f"{_HEAD}{_CONSTRAINTS}logic 2 AND {'(' * depth}1 OR 3{')' * depth}"


def dates(count: int) -> str:
    """One `date` statement with a list of periods."""
    days = (f"20{14 + n % 6}-{n % 12 + 1:02}-{n % 27 + 1:02}" for n in range(count))
    return f"{_HEAD}date {', '.join(f'{day}..{day[:-2]}28' for day in days)}"


def clock_times(count: int) -> str:
    """One `date` statement with a list of periods of hours and minutes."""
    days = (f"20{14 + n % 6}-{n % 12 + 1:02}-{n % 27 + 1:02}T{n % 23:02}" for n in range(count))
    return f"{_HEAD}date {', '.join(f'{day}:00..{day}:{n % 59 + 1:02}' for n, day in enumerate(days))}"


def _chain(operands: Iterable[str], conjunction: str, disjunction: str) -> str:
    """Every third connective is OR."""
    parts: list[str] = []
    for n, operand in enumerate(operands):
        parts += (conjunction if n % 3 else disjunction, operand)
    return "".join(parts[1:])
