"""Comments that hold what is switched off: `# off: kp >= 5`, and how the logic stood before.

    # off: storm: kp >= 5; logic 1 AND (2 OR storm)  # the comment of the statement
    # off: ..., date 2018-11, ...
    # off: logic 2 OR 3; logic 1 AND (2 OR 3)

Three dots before or after a value say that it is one of a list, and that others come before or after it.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.language.lexer import COMMENT, KIND, tokenize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.lexer import Tokens

_SEMICOLON = KIND["_SEMICOLON"]
_MARK = "off:"
_BEFORE, _BEHIND = "..., ", ", ..."


class SwitchedOff(Record):
    """What an `# off:` comment holds.

    `text` is a constraint with its label, or `logic` and a part of the logic (of `where`, the keyword is `where`).
    `logic` is the logic, with its keyword, that named it, as it stood; `comment` the comment after the statement.
    `before` and `behind` say whether other values of its list come before and after it.
    """

    text: str
    logic: str | None = None
    comment: str | None = None
    before: bool = False
    behind: bool = False


def is_off(comment: str) -> bool:
    """Whether a comment, with its `#`, holds something that is switched off."""
    return comment[1:].lstrip()[: len(_MARK)].lower() == _MARK


def read_off(comment: str) -> SwitchedOff | None:
    """What a comment, with its `#`, holds; None where it is another comment."""
    if not is_off(comment):
        return None
    text = comment[1:].lstrip()[len(_MARK) :].strip()
    before = text.startswith(_BEFORE)
    text = text[len(_BEFORE) :] if before else text
    tokens = tokenize(text)
    end, logic, remark = len(text), None, None
    for index in range(tokens.count):
        kind, start = tokens.kinds[index], tokens.starts[index]
        if kind == COMMENT:
            remark = tokens.read(index).rstrip()
            if logic is None:
                end = min(end, start)
            else:
                logic = logic[: start - end - 1]
            break
        if kind == _SEMICOLON and logic is None:
            end, logic = start, text[start + 1 :]
    text = text[:end].strip()
    behind = text.endswith(_BEHIND)
    text = text.removesuffix(_BEHIND).rstrip()
    return SwitchedOff(text, (logic or "").strip() or None, remark, before, behind)


def written_off(off: SwitchedOff) -> str:
    """The comment that holds something, on one line."""
    text = f"{_BEFORE * off.before}{off.text}{_BEHIND * off.behind}"
    logic = f"; {off.logic}" if off.logic else ""
    return f"# {_MARK} {text}{logic}" + (f"  {off.comment}" if off.comment else "")


def parts_off(tokens: Tokens) -> list[tuple[int, SwitchedOff]]:
    """What is switched off in a text, in order, each with the offset of its comment (code points)."""
    comments = (i for i in range(tokens.count) if tokens.kinds[i] == COMMENT)
    held = ((tokens.starts[i], read_off(tokens.read(i).rstrip())) for i in comments)
    return [(start, off) for start, off in held if off is not None]
