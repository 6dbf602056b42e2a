"""E-mail addresses, as far as the service takes them: plain ASCII ones, without quotes, comments or routes."""

from __future__ import annotations

import re

from edexql.base.text import shown
from edexql.server.refusal import Finding

# Written so that it is also a regular expression of JSON Schema; there is nothing in it to inject a header with.
PATTERN = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
# RFC 5321, 4.5.3.1: 64 octets before the @ and 256 in a path, its two angle brackets among them.
LONGEST = 254
LONGEST_NAME = 64
_WHOLE = re.compile(PATTERN[1:-1], re.ASCII)


def is_address(text: str) -> bool:
    return len(text) <= LONGEST and text.find("@") <= LONGEST_NAME and _WHOLE.fullmatch(text) is not None


def mailbox(email: str) -> str:
    """The mailbox behind an address, for counting: case makes no difference, nor what follows a plus sign.

    The part before the @ may be told apart by case (RFC 5321, 2.4), but hardly any server does; `name+tag` is delivered
    to `name` where subaddresses are in use (RFC 5233).
    """
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def check(value: object) -> list[Finding]:
    """What is wrong with the `email` of a request."""
    help = "write it as name@institute.example"
    if value is None:
        return [Finding("E408", "there is no `email` to send the report to", "email", help)]
    if not isinstance(value, str):
        return [Finding("E413", "`email` is not a text", "email", help)]
    return [] if is_address(value) else [Finding("E408", f"{shown(value)} is not an e-mail address", "email", help)]
