"""What is left out of recorded requests, headers and bodies: names, passwords, tokens and addresses.

In bodies they are found as these come in pieces, in time that is linear in their length. A secret is what stands in
JSON under a name such as `access_token` or `password`, or in an address behind one.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


# The sign itself, and as addresses in links, JSON and HTML have it.
_AT = re.compile(rb"@|%40|\\u0040|&#0*64;|&#x0*40;|&commat;", re.IGNORECASE)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + bytes(range(128, 256))
# RFC 5322, 3.2.3, with the backslash of JSON's escapes.
_LOCAL = _LETTERS + b"!#$%&'*+/=?^_`{|}~.-\\"
_RUN = _LOCAL + b"@;:[]"
_DOMAIN = re.compile(
    rb"(?:[A-Za-z0-9\x80-\xff-]|\\u[0-9A-Fa-f]{4}|\.(?=[A-Za-z0-9\x80-\xff\\])){1,1500}|\[[0-9A-Za-z:.]{1,64}\]"
)
_LONGEST_LOCAL = 400
# A run without any sign that ends an address is let go when it is longer, all but its end.
_LONGEST_RUN = 8192
_KEPT_BACK = 2048
# The longest secret that is seen where it comes in two pieces.
_LONGEST_SECRET = 8000
_KEYS = "token|passw(?:or)?d|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|signature|credentials?"
# A name of a secret in JSON, and in addresses and forms, where shorter ones are usual.
JSON_NAME = rf"[A-Za-z0-9_.-]{{0,40}}(?:{_KEYS})[A-Za-z0-9_.-]{{0,40}}|authori[sz]ation"
QUERY_NAME = rf"[A-Za-z0-9_.-]{{0,40}}(?:{_KEYS})[A-Za-z0-9_.-]{{0,40}}|key|sig|auth"
_IN_BODY = rb'"(?:[^"\\]|\\.)*"'
_JSON = re.compile(
    rb'("(?:%s)"\s*:\s*)(%s|-?[0-9][0-9.eE+-]*)' % (JSON_NAME.encode(), _IN_BODY), re.IGNORECASE | re.DOTALL
)
_BEFORE = rb"(?:[?&;]|\\u0026|\\u003f)"
_QUERY = re.compile(rb"""(%s(?:%s)=)([^&;#"'<>\s\\]+)""" % (_BEFORE, QUERY_NAME.encode()), re.IGNORECASE)
# What may go on as a secret in the next piece.
_OPEN = re.compile(
    rb"""(?:"[A-Za-z0-9_.-]{0,90}|"(?:%s)"\s{0,99}(?::\s{0,99}(?:"(?:[^"\\]|\\.){0,%d}\\?"?|-?[0-9.eE+-]{0,40})?)?"""
    rb"""|%s[A-Za-z0-9_.-]{0,90}|%s(?:%s)=[^&;#"'<>\s\\]{0,%d}|\\(?:u0{0,2}[23]?)?)\Z"""
    % (JSON_NAME.encode(), _LONGEST_SECRET, _BEFORE, _BEFORE, QUERY_NAME.encode(), _LONGEST_SECRET),
    re.IGNORECASE | re.DOTALL,
)


class AddressSpan(Record):
    """An address: where it begins and ends, and the sign between its parts."""

    start: int
    at: int
    after: int
    end: int


def addresses(data: bytes) -> Iterator[AddressSpan]:
    """The e-mail addresses in a text."""
    last = 0
    for sign in _AT.finditer(data):
        if sign.start() < last:
            continue
        start = _beginning(data, last, sign.start())
        last = sign.end()
        domain = _DOMAIN.match(data, sign.end()) if start < sign.start() else None
        if domain:
            last = domain.end()
            yield AddressSpan(start, sign.start(), sign.end(), domain.end())


def _beginning(data: bytes, last: int, end: int) -> int:
    """Where the part before the sign begins; not before `last`."""
    first = max(last, end - _LONGEST_LOCAL)
    start = first + len(data[first:end].rstrip(_LOCAL))
    if start > first:
        return start
    # The escape that a cut would go through belongs to it as a whole.
    escape = data.rfind(b"\\", max(last, start - 5), start)
    if escape < 0 or data[escape:start].strip(_LOCAL):
        return start
    before = data[last : escape + 1]
    begins = (len(before) - len(before.rstrip(b"\\"))) % 2 == 1
    return escape if begins else start


def replaced(data: bytes, other: Callable[[bytes, AddressSpan], bytes]) -> bytes:
    """A text with something else for each address in it."""
    parts = []
    place = 0
    for address in addresses(data):
        parts += [data[place : address.start], other(data, address)]
        place = address.end
    return b"".join([*parts, data[place:]])


def masked(data: bytes) -> bytes:
    """A text with `x` for the letters of its addresses and secrets; its length stays what a header says that it is."""
    return without_secrets(replaced(data, _mask))


def without_secrets(data: bytes) -> bytes:
    """A text with `x` for the letters of its secrets, and 1 for the digits of numbers."""
    return _QUERY.sub(_hidden, _JSON.sub(_hidden, data)) if b":" in data or b"=" in data else data


def _hidden(match: re.Match[bytes]) -> bytes:
    value = match[2]
    if value.startswith(b'"'):
        return match[1] + b'"' + b"x" * (len(value) - 2) + b'"'
    return match[1] + (re.sub(rb"[0-9]", b"1", value) if match[1].endswith((b":", b" ")) else b"x" * len(value))


class Masker:
    """The same for a text in pieces: an address may stand across two of them."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What can be let go of the text so far."""
        held = self._held + data
        cut = len(held.rstrip(_RUN))
        if len(held) - cut > _LONGEST_RUN:
            cut = len(held) - _KEPT_BACK
            cut = next((address.start for address in addresses(held) if address.start < cut < address.end), cut)
        self._held, let_go = _parted(held, cut)
        return masked(let_go)

    def end(self) -> bytes:
        """The rest."""
        rest, self._held = self._held, b""
        return masked(rest)


def _parted(held: bytes, cut: int) -> tuple[bytes, bytes]:
    """What is kept of a text and what can be let go, where no secret stands across the two."""
    start = max(0, len(held) - _LONGEST_SECRET - 300)
    if opened := _OPEN.search(held, start):
        cut = min(cut, opened.start())
    for secrets in (_JSON, _QUERY):
        cut = next((match.start() for match in secrets.finditer(held, start) if match.start() < cut < match.end()), cut)
    return held[cut:], held[:cut]


def _mask(data: bytes, address: AddressSpan) -> bytes:
    local, domain = data[address.start : address.at], data[address.after : address.end]
    return re.sub(rb"[^.]", b"x", local) + data[address.at : address.after] + re.sub(rb"[^.]", b"x", domain)


# All addresses are one, so that a recording answers whoever asks.
ADDRESS = b"redacted@example.invalid"
SECRET = "redacted"  # noqa: S105
_DROPPED = frozenset(
    (
        *("authorization", "proxy-authorization", "authentication-info", "x-api-key", "x-auth-token"),
        *("cookie", "cookie2", "set-cookie", "set-cookie2"),
    )
)
_LINKS = frozenset(("location", "content-location", "referer", "link", "refresh"))
_SECRETS = re.compile(
    rf"((?:^|[?&;])(?:{QUERY_NAME})=)[^&;#]*",
    re.IGNORECASE,
)
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")
_WORD = re.compile(r"[^/?&;#=]+")
_TEXT = re.compile(
    r"\s*(?:text/.*|application/(?:json|xml|xhtml\+xml|javascript|ecmascript|x-javascript|x-www-form-urlencoded"
    r"|problem\+json|yaml|x-yaml|toml|.*\+json|.*\+xml)|message/.*|multipart/.*)\s*",
    re.IGNORECASE,
)
_FORM = "application/x-www-form-urlencoded"


def url(text: str) -> str:
    """An address without its user, the secrets in it and the e-mail addresses. Doing it twice changes nothing."""
    return _words(_USER.sub(r"\g<1>//", text))


def body(data: bytes, kind: str) -> bytes:
    """The body of a request of a content type, without e-mail addresses and secrets."""
    if kind.partition(";")[0].strip().lower() == _FORM:
        return _words(data.decode("latin-1")).encode("latin-1")
    if not kind and not plain(data):
        return data
    return without_secrets(replaced(data, _constant)) if not kind or is_text(kind) else data


def headers(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers without those that say who someone is, and without addresses in the others."""
    return [(name, _header(name, value)) for name, value in pairs if name.lower() not in _DROPPED]


def is_text(kind: str) -> bool:
    """Whether a content type is one of text."""
    return _TEXT.fullmatch(kind.partition(";")[0]) is not None


def plain(data: bytes) -> bool:
    """Whether bytes without a type look like text, by how they begin."""
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:1024])


def words(text: str) -> str:
    """A message without e-mail addresses and secrets."""
    return masked(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def kind_of(named: Mapping[str, str]) -> str:
    """The content type among headers, empty where there is none."""
    return next((value for name, value in named.items() if name.lower() == "content-type"), "")


def _header(name: str, value: str) -> str:
    if name.lower() in _LINKS:
        return url(value)
    return masked(value.encode("latin-1", "replace")).decode("latin-1")


def _words(text: str) -> str:
    return _WORD.sub(_word, _SECRETS.sub(rf"\g<1>{SECRET}", text))


def _word(match: re.Match[str]) -> str:
    """A part of an address or form: as a whole it goes where there is an e-mail address in it."""
    return ADDRESS.decode() if any(addresses(unquote_to_bytes(match[0]))) else match[0]


def _constant(data: bytes, address: AddressSpan) -> bytes:  # noqa: ARG001
    return ADDRESS
