"""Names and values as they are said: of products, of instruments and fields, of experiments."""

from __future__ import annotations

import re

from edexql.compiler.sentence import periods, ranges
from edexql.compiler.sentence.listing import outside
from edexql.language.diagnostics.value import quoted
from edexql.model.period import Period
from edexql.model.query import Json, Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

TIME = "the time was"


def product(name: str, vocabulary: Vocabulary) -> str:
    """`FAI level-1 images`: what its title says before it comes to the form of the files."""
    found = vocabulary.product(name)
    title = found.title.partition(",")[0].strip() if found else ""
    if not title:
        return f"files of {_quoted(name)}"
    return outside(re.sub(r"\blevel (\d\w?)(?= \w)", r"level-\1", title[:100]), 60)


def told(constraint: Constraint, vocabulary: Vocabulary, *, negated: bool = False) -> tuple[str, str]:
    """A constraint, or its opposite, in two pieces, `Kp was` and `at least 5`; several can share the first."""
    key, value = constraint.key, constraint.value
    no = "not " if negated else ""
    if isinstance(value, Period):
        return TIME, periods.at(value, negated=negated)
    if isinstance(value, Range):
        return f"{_field(key, vocabulary)} was", ranges.said(value, vocabulary.field(key), negated=negated)
    if isinstance(value, Tag):
        return "the planned experiment was", no + experiment(value)
    if isinstance(value, Json):
        return f"raw {_quoted(key)} was", no + outside(value.text)
    found = vocabulary.values(key).get(value)
    named = f"{outside(value)} ({outside(found.title)})" if found and found.title else _quoted(value)
    if vocabulary.field(key) is not None:
        return f"{_field(key, vocabulary)} was", no + named
    if value == "has-data":
        return f"{outside(key.upper())} had", "no data" if negated else "data"
    return f"{outside(key.upper())} was", f"{no}set to {named}"


def experiment(tag: Tag) -> str:
    return f"{outside(tag.name)} ({outside(tag.group)})"


def _field(key: str, vocabulary: Vocabulary) -> str:
    found = vocabulary.field(key)
    title = re.split(r"[,(:;]| of the spacecraft", found.title[:200])[0].strip() if found else ""
    return outside((found and found.spoken) or title or key, 60)


def _quoted(text: str) -> str:
    return quoted(outside(text)) if text.isprintable() else f'"{outside(text)}"'
