"""Sections of the documentation, for `help E206` and `help logic`: the pages themselves, as a terminal shows them."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary

_HERE = os.path.dirname(os.path.dirname(__file__))
# Inside an installed package, and in a checkout.
_PLACES = (os.path.join(_HERE, "docs"), os.path.join(_HERE, "..", "..", "docs"))
_CODE = re.compile(r"[EW]\d{3}", re.IGNORECASE)
# What people call the sections of docs/language.md and docs/repl.md.
TOPICS = {
    "product": "Products",
    "date": "Periods",
    "period": "Periods",
    "range": "Ranges",
    "field": "Fields",
    "instrument": "Instruments",
    "experiment": "Experiments",
    "logic": "Logic",
    "where": "where",
    "let": "Parameters",
    "parameter": "Parameters",
    "label": "Labels",
    "number": "Numbers",
    "email": "Email",
    "raw": "When you know better",
    "unit": "Units",
    "comment": "Names, keywords and comments",
    "key": "Keys",
    "setting": "Settings",
    "script": "Scripts",
}
_FENCES = {"```edq bad": "gives it:\n", "```edq good": "does not:\n"}


def section(word: str) -> str | None:
    """What the documentation says of a diagnostic's code, a statement or a topic; None where it has no such section."""
    if _CODE.fullmatch(word):
        return _section("diagnostics.md", word.upper())
    word = word.lower()
    topic = TOPICS.get(word) or TOPICS.get(word.removesuffix("s")) or word
    return _section("language.md", topic) or _section("repl.md", topic)


def _section(page: str, heading: str) -> str | None:
    found = re.search(rf"^## ({re.escape(heading)}\n.*?)(?=^#{{1,2}} |\Z)", _page(page), _FLAGS)
    return None if found is None else _as_shown(found[1])


_FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE


def _page(name: str) -> str:
    path = next(path for folder in _PLACES if os.path.exists(path := os.path.join(folder, name)))
    with open(path, encoding="utf-8") as file:
        # Comment lines in an example are not headings.
        return re.sub(r"^```.*?^```", lambda block: block[0].replace("\n#", "\n\0#"), file.read(), flags=_FLAGS)


def _as_shown(text: str) -> str:
    lines: list[str] = []
    inside = False
    for line in text.replace("\0", "").rstrip().split("\n"):
        if line.startswith("```"):
            inside = not inside
            lines.append(_FENCES.get(line, "").rstrip())
        else:
            lines.append(f"    {line}" if inside and line else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def entry(word: str, vocabulary: Vocabulary | None = None) -> str | None:
    """What the vocabulary has of a field, an instrument or a product."""
    from edexql.compiler.ranges import example
    from edexql.model.vocabulary import load

    vocabulary = vocabulary or load()
    key = vocabulary.canonical(word)
    field, instrument = vocabulary.field(key), vocabulary.instrument(key)
    found = field or instrument or vocabulary.product(key)
    if found is None:
        return None
    lines = [f"{found.name}: {found.title}"]
    if field is not None and field.low is not None:
        lines.append(f"from {field.low} to {field.high}{f' {field.unit}' if field.unit else ''}")
        low, high = example(field)
        lines.append(f"for example  {field.name} >= {low}  or  {field.name} {low}..{high}")
    values = vocabulary.values(key)
    lines += [f"  {found.name} {name}  {value.title}".rstrip() for name, value in values.items()]
    lines.append("eDEx spells it so" if found.confirmed else "how eDEx spells it is not confirmed (`help W601`)")
    return "\n".join(lines) + "\n"
