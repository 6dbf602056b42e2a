"""Values that are words or texts: the items of `product`, of an instrument or a field of words, of `experiment` and
`email`; and `raw "KEY" JSON`, which is sent as it stands.
"""

from __future__ import annotations

import edexql.base as base
from edexql.language.diagnostics import AlreadyReported, Fix, Mistake, quoted
from edexql.model.query import Json, Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.language.syntax import Bound, Item, Word
    from edexql.model.vocabulary import Vocabulary


_ADDRESS = r"[^\s@\"(),:;<>\[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def string(bound: Bound) -> str:
    """The text between quotes, its escapes resolved. Raises Mistake."""
    import json

    try:
        return str(json.loads(bound.text, strict=False))
    except ValueError:
        raise Mistake(
            "E410",
            "this text has an invalid escape sequence",
            bound.span,
            help=r"write \\ for a backslash and \" for a quote",
        ) from None


def products(item: Item, vocabulary: Vocabulary) -> list[str]:
    """The products that an item names: one, or all that a pattern fits. Raises Mistake."""
    bound = _one(item, "E302", "product")
    if bound.kind == "string":
        return [string(bound)]
    known = list(vocabulary.products)
    if bound.kind == "pattern":
        import re
        from fnmatch import translate

        fits = re.compile(translate(bound.text.lower())).match
        names = [name for name in known if fits(name)]
        if not names:
            raise Mistake("E302", f"no product matches {base.text.shown(bound.text)}", bound.span, help=_list(known))
        return names
    if bound.kind != "name":
        raise Mistake("E302", f"{base.text.shown(bound.text)} is not a product", bound.span, help=_list(known))
    if vocabulary.product(bound.text) is None:
        raise _unknown("E302", "unknown product", bound, known)
    return [vocabulary.canonical(bound.text)]


def value(item: Item, key: str, vocabulary: Vocabulary) -> str:
    """A value of an instrument or of a field of words. Raises Mistake."""
    bound = _one(item, "E303", f"value of {key}")
    if bound.kind == "string":
        return string(bound)
    known = list(vocabulary.values(key))
    if bound.kind != "name":
        raise Mistake("E303", f"{key} has no value {base.text.shown(bound.text)}", bound.span, help=_list(known))
    if bound.text.lower() not in known:
        raise _unknown("E303", f"{key} has no value", bound, known)
    return bound.text.lower()


def tag(item: Item, vocabulary: Vocabulary) -> Tag:
    """A planned experiment. Known groups and tags may be written in any case; others are taken as they stand."""
    assert item.first
    if item.second is None:
        raise Mistake("E306", "an experiment needs a group and a tag", item.span, help=_GROUP)
    group, name = _text(item.first), _text(item.second)
    groups = vocabulary.groups()
    exact = next((g for g in groups if g.lower() == group.lower()), None)
    if exact is None:
        if item.first.kind == "name":
            raise _unknown_text("unknown experiment group", item.first, groups)
        return Tag(group, name)
    tags = groups[exact][1]
    known = next((t for t in tags if t.lower() == name.lower()), None)
    if known is None and item.second.kind == "name":
        raise _unknown_text(f"{quoted(exact)} has no experiment", item.second, tags)
    return Tag(exact, known or name)


def address(item: Item) -> str:
    """An e-mail address. Raises Mistake where it has not the shape of one."""
    bound = _one(item, "E408", "e-mail address")
    text = string(bound) if bound.kind == "string" else bound.text
    import re

    if not re.fullmatch(_ADDRESS, text):
        raise Mistake(
            "E408",
            f"{base.text.shown(text)} is not an e-mail address",
            bound.span,
            help="write it as name@institute.example",
        )
    return text


_GROUP = 'write experiment "Point of Interest" > "Fort McMurray Fire"'


def _one(item: Item, code: str, what: str) -> Bound:
    bound = item.first
    if bound is not None and bound.kind == "missing":
        raise AlreadyReported
    if bound is None and item.form != "until":
        raise Mistake(code, f"unexpected `{item.form}`; expected one {what}", item.span, help=f"remove `{item.form}`")
    if item.form != "single" or bound is None:
        raise Mistake(code, f"expected one {what}", item.span, help="put a comma between two values")
    return bound


def _text(bound: Bound) -> str:
    if bound.kind == "missing":
        raise AlreadyReported
    if bound.kind == "string":
        return string(bound)
    if bound.kind == "name":
        return bound.text
    raise Mistake("E306", f"{base.text.shown(bound.text)} is not the name of an experiment", bound.span, help=_GROUP)


def _unknown(code: str, message: str, bound: Bound, known: list[str]) -> Mistake:
    near = base.text.nearest(bound.text, known)
    passing = f'to send it unchanged, write "{bound.text}" in quotes' if len(bound.text) < 60 else ""
    return Mistake(
        code,
        f"{message} {base.text.shown(bound.text)}",
        bound.span,
        help=base.text.did_you_mean(near) or "; ".join(filter(None, (_list(known), passing))),
        fix=Fix(bound.span, near[0]) if base.text.certain(bound.text, near) else None,
    )


def _unknown_text(message: str, bound: Bound, known: Iterable[str]) -> Mistake:
    near = base.text.nearest(bound.text, known)
    return Mistake(
        "E306",
        f"{message} {base.text.shown(bound.text)}",
        bound.span,
        help=base.text.did_you_mean(tuple(map(quoted, near))) or "put it in quotes to send it unchanged",
        fix=Fix(bound.span, quoted(near[0])) if base.text.certain(bound.text, near) else None,
    )


def _list(known: list[str]) -> str:
    if not known:
        return "the vocabulary has no values for it"
    more = ", … (see `edexql vocabulary`)" if len(known) > 6 else ""
    return f"known: {', '.join(known[:6])}{more}"


RESERVED = {
    "product": "use the statement `product`",
    "email": "use the statement `email`",
    "query-logic": "use the statement `logic`",
    "result_filenames": "the client fills it from the listing",
}


def raw_key(bound: Bound) -> str:
    """The key, as the wire has it. Raises Mistake for those that have a statement of their own."""
    text = string(bound)
    if text in RESERVED:
        raise Mistake("E411", f"`raw` cannot set the key {base.text.shown(text)}", bound.span, help=RESERVED[text])
    return text


def raw_value(word: Word) -> list[Json] | Json:
    """The elements of a JSON list, or any other JSON value whole. Raises Mistake."""
    value = loads(word)
    if isinstance(value, list) and value:
        return [compact(element) for element in value]
    return compact(value)


def compact(value: Any) -> Json:
    import json

    return Json(json.dumps(value, separators=(",", ":")))


def loads(word: Word) -> Any:
    import json

    from edexql.base.json_text import DEEPEST, too_deep

    if too_deep(word.text):
        raise Mistake(
            "E412",
            f"this JSON is nested more than {DEEPEST} levels deep",
            word.span,
            help="write a plain list of values",
        )
    try:
        return json.loads(word.text, strict=False, parse_constant=_no_constant, parse_float=_finite)
    except ValueError as error:
        reason = str(error).partition(":")[0].lower()
        raise Mistake(
            "E409",
            f"invalid JSON: {reason}",
            word.span,
            help='write numbers, true, false, null, "texts", [lists] or {"key": value}',
        ) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text[:20]} is too large for a number")
    return number
