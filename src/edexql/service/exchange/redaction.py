"""What is not kept of a request and of headers: e-mail addresses, passwords and cookies."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from edexql.service.exchange.masking import QUERY_NAME, addresses, masked, replaced, without_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edexql.service.exchange.masking import Found

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
    """Whether bytes of which no type is told look like text, by how they begin."""
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


def _word(found: re.Match[str]) -> str:
    """A part of an address or form: as a whole it goes where there is an e-mail address in it."""
    return ADDRESS.decode() if any(addresses(unquote_to_bytes(found[0]))) else found[0]


def _constant(data: bytes, found: Found) -> bytes:  # noqa: ARG001
    return ADDRESS
