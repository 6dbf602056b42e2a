"""The words in a catalogue of the service, whose exact form is not known: lists, objects and lists in lists are read.

Known is that each of the four catalogues is a JSON list. Whatever is not understood is reported, never dropped.
"""

from __future__ import annotations

import json
import re

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    # What two texts in a list of their own are.
    Pairs = Literal["group and word", "word and title"]
    # A value, the groups that it is in, and whether it is an element of a list.
    Node = tuple[Any, tuple[str, ...], bool]

DEEPEST = 100
MOST_NODES = 200_000
MOST_REJECTED = 100
LONGEST = 200
_NAMES = ("slug", "wire", "tag", "product", "field", "key", "value", "id", "name", "label", "title")
_TITLES = ("title", "label", "display_name", "displayName", "description", "text", "name")
_GROUPS = ("instrument", "group", "category", "parent", "experiment")
_CHILDREN = ("products", "tags", "fields", "values", "children", "items", "options", "constraints", "experiments")
_WRAPPERS = frozenset((*_CHILDREN, "data", "result", "results", "response", "list", "content"))
# The keys of a refusal, in place of a list.
_MESSAGES = frozenset(("error", "errors", "message", "messages", "detail", "status", "code", "success", "ok"))
_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


class Word(Record):
    """A word of a catalogue: its spelling, a title where there is one, the groups that it is in, outermost first.

    `low`, `high` and `unit` describe the values of a field.
    """

    text: str
    title: str = ""
    groups: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str | None = None


class Words(Record):
    """The words of a catalogue in their order, each once, and the beginnings of what was not understood."""

    words: tuple[Word, ...]
    not_understood: tuple[str, ...]


class _Reader:
    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self.words: dict[tuple[str, tuple[str, ...]], Word] = {}
        self.strange: list[str] = []

    def word(self, text: str, groups: tuple[str, ...], title: str = "", more: Mapping[str, Any] | None = None) -> None:
        text = text.strip()
        if not _usable(text):
            self.reject(text)
            return
        more = more or {}
        low, high = _number(more, "min", "minimum", "low"), _number(more, "max", "maximum", "high")
        if low is None or high is None or low >= high:
            low = high = None
        unit = _first(more, ("unit", "units"))
        word = Word(text, title.strip() if _usable(title) else "", groups, low, high, unit)
        self.words.setdefault((text, groups), word)

    def reject(self, value: Any) -> None:
        if len(self.strange) < MOST_REJECTED:
            self.strange.append(_beginning(value))


def words(value: Any, pairs: Pairs) -> Words:
    """The words in a catalogue, whatever its form. `pairs` is how two texts in a list of their own are read."""
    reader = _Reader(pairs)
    stack: list[Node] = [(value, (), False)]
    count = 0
    while stack:
        node, groups, inside = stack.pop()
        count += 1
        if count > MOST_NODES or len(groups) > DEEPEST:
            reader.reject(node)
            if count > MOST_NODES:
                break
            continue
        if isinstance(node, str):
            reader.word(node, groups)
        elif isinstance(node, list):
            # What is inside stands on the stack in reverse, to come off it in order.
            stack += reversed(_in_list(node, groups, inside, reader))
        elif isinstance(node, dict):
            stack += reversed(_in_object(node, groups, reader))
        else:
            reader.reject(node)
    return Words(tuple(reader.words.values()), tuple(reader.strange))


def _in_list(node: list[Any], groups: tuple[str, ...], inside: object, reader: _Reader) -> list[Node]:
    if len(node) == 2 and isinstance(node[0], str) and _usable(node[0].strip()):
        first, second = node
        if isinstance(second, (list, dict)):
            return [(second, (*groups, first.strip()), False)]
        # Two texts as a whole catalogue, or as all that is in a group, are two words.
        if isinstance(second, str) and inside:
            if reader.pairs == "group and word" and not groups:
                return [(second, (first.strip(),), False)]
            if reader.pairs == "word and title" and _SLUG.fullmatch(first) and not _SLUG.fullmatch(second):
                reader.word(first, groups, second)
                return []
    return [(one, groups, True) for one in node]


def _in_object(node: dict[str, Any], groups: tuple[str, ...], reader: _Reader) -> list[Node]:
    group = _first(node, _GROUPS)
    name = next((key for key in _NAMES if _text(node, key)), None)
    inside = [node[key] for key in _CHILDREN if isinstance(node.get(key), (list, dict)) and node[key]]
    if name is None and group is not None and inside:
        return [(one, (*groups, group), False) for one in inside]
    if name is not None:
        text = str(node[name])
        groups = groups if group is None or group == text else (*groups, group)
        if inside and _usable(text.strip()):
            return [(one, (*groups, text.strip()), False) for one in inside]
        titles = [key for key in _TITLES if key != name and _text(node, key)]
        reader.word(text, groups, str(node[titles[0]]) if titles else "", node)
        return []
    return _in_mapping(node, groups, reader)


def _in_mapping(node: dict[str, Any], groups: tuple[str, ...], reader: _Reader) -> list[Node]:
    """An object that has no name in it: its keys are the names, or it is a wrapper."""
    wrapped = [key for key, value in node.items() if key.lower() in _WRAPPERS and isinstance(value, (list, dict))]
    nodes: list[Node] = []
    for key, value in node.items():
        if key.lower() in _MESSAGES:
            reader.reject({key: value})
        elif key in wrapped:
            nodes.append((value, groups, False))
        elif isinstance(value, dict) and not any(isinstance(inner, (list, dict)) for inner in value.values()) and value:
            _attributes(key, value, groups, reader, nodes)
        elif isinstance(value, (list, dict)):
            if _usable(key.strip()):
                nodes.append((value, (*groups, key.strip()), False))
            else:
                reader.reject(key)
        elif wrapped:
            reader.reject({key: value})
        else:
            reader.word(key, groups, value if isinstance(value, str) else "")
    return nodes


def _attributes(key: str, value: dict[str, Any], groups: tuple[str, ...], reader: _Reader, nodes: list[Node]) -> None:
    """An object of plain values: the facts of a word, or words of a group with their titles."""
    known = {*_NAMES, *_TITLES, *_GROUPS, "min", "max", "minimum", "maximum", "low", "high", "unit", "units", "type"}
    if known.isdisjoint(value) and _usable(key.strip()):
        nodes.append((value, (*groups, key.strip()), False))
    else:
        reader.word(key, groups, _first(value, _TITLES) or "", value)


def _text(node: Mapping[str, Any], key: str) -> bool:
    return isinstance(node.get(key), str) and bool(node[key].strip())


def _first(node: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((node[key].strip() for key in keys if _text(node, key) and _usable(node[key].strip())), None)


def _number(node: Mapping[str, Any], *keys: str) -> float | None:
    for key in keys:
        value = node.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
            return value
    return None


def _usable(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable()


def _beginning(value: Any) -> str:
    """What is kept of something that is not understood."""
    if isinstance(value, (list, dict)):
        inner = [type(one).__name__ for one in list(value)[:5]]
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}: {', '.join(inner)}"
    return json.dumps(value[:LONGEST] if isinstance(value, str) else value, default=str)[: 2 * LONGEST]
