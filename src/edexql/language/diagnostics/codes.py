"""Every diagnostic code and what it stands for. A code never changes its meaning and is never used again.

Each has a section in docs/diagnostics.md, with an example that gives it and one that does not.
"""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.base.json_forms import Severity

CODES = {
    "E201": "unexpected text",
    "E202": "a bracket is not closed",
    "E203": "a closing bracket has no opening bracket",
    "E204": "a text has no closing quote, or is not in double quotes",
    "E205": "a character is unknown",
    "E206": "an operator is unknown",
    "E207": "an operator is missing",
    "E208": "a value, a number or a label is missing",
    "E209": "bytes are not UTF-8",
    "E210": "the query is empty",
    "E211": "the text is longer than the caller allows",
    "E212": "the work took longer than the caller allows, or was cancelled",
    "E301": "a statement, instrument or field is unknown",
    "E302": "a product is unknown",
    "E303": "a value of an instrument or field is unknown",
    "E304": "a label is unknown, or used before it is defined",
    "E305": "a label cannot be defined here",
    "E306": "a planned experiment is unknown or badly written",
    "E307": "a parameter is not set",
    "E308": "a parameter is set twice",
    "E309": "the value of a parameter does not fit",
    "E310": "a part that a query has once is given twice",
    "E401": "a date or time is not in the calendar",
    "E402": "a period or range ends before it starts",
    "E403": "a period is badly written",
    "E404": "a time has an offset from UTC",
    "E405": "a range is badly written",
    "E406": "a value lies outside its field",
    "E407": "a unit does not belong to its field",
    "E408": "an e-mail address is badly written",
    "E409": "a raw value is not JSON",
    "E410": "a text has an invalid escape sequence",
    "E411": "a key cannot be set with `raw`",
    "E412": "JSON is nested too deeply",
    "E413": "a parameter dictionary is not of the form that eDEx takes",
    "E501": "there is no constraint of that number",
    "E503": "NOT stands before a constraint that has no opposite in eDEx",
    "E504": "a one-sided range of a field without bounds cannot be sent",
    "E505": "times of day can be neither sent nor applied to the answer",
    "E506": "the query is too large to be sent",
    "E507": "nothing can match the logic",
    "W601": "a name is not confirmed",
    "W602": "a constraint is not in the logic",
    "W603": "times of day are applied to the answer",
    "W604": "a period ends before the launch",
    "W605": "a period is in the future",
    "W606": "there is no constraint",
    "W607": "there is no product",
    "W608": "an excluded bound is sent too",
    "W609": "a parameter is never used",
    "W610": "a parameter dictionary has AND and OR without brackets",
    "W611": "the constraints of a parameter dictionary can be numbered in two ways",
    "W612": "a part of a parameter dictionary is not part of the query",
    "W613": "a parameter dictionary has NOT",
    "W614": "nothing can match the query",
    "W615": "the logic restricts nothing",
    "W616": "a constraint has no effect",
    "W617": "an operand of the logic has no effect",
    "W618": "a constraint is written twice",
    "W619": "no value is in a range",
    "W620": "a range wraps around and covers most of a circle",
    "W621": "AND and OR without brackets",
    "W622": "a constraint is about an instrument that no product is from",
    "W623": "a comment `# edq:` suppresses no warning",
    "W624": "the query was not checked for contradictions",
    "W625": "a comma splits a number into a list",
    "W626": "a number is between two values of an index",
    "W627": "a range of a parameter dictionary is sent as a wider range now",
}


class OwnCode(Record):
    """The code of a check that another tool has registered: what it stands for, and the address of a page about it."""

    title: str
    severity: Severity
    documentation: str | None


# By code, of this process.
OWN: dict[str, OwnCode] = {}


def is_own(code: str) -> bool:
    """Whether a code is of those that are left to checks of other tools: X and three digits."""
    return len(code) == 4 and code[0] == "X" and code[1:].isascii() and code[1:].isdigit()


def title(code: str) -> str:
    """What a code stands for."""
    return OWN[code].title if code in OWN else CODES.get(code, "a check of another tool")
