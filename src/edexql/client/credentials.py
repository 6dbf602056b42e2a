"""Names and passwords: where they may be sent, and addresses and messages without them.

Credentials stand in an address (`https://me:secret@host/`) or in the user's `.netrc`. They are for the origin that the
user named (scheme, host and port, RFC 6454), and no redirect takes them anywhere else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import requests

# A password may have an @ in it that should have been escaped: the last one before the path ends the credentials.
_IN_TEXT = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/?#\"'<>]*@")
_PORTS = {"http": 80, "https": 443}


def public_url(url: str) -> str:
    """An address without the name and password that may stand in it."""
    scheme, sign, rest = url.partition("://")
    end = next((place for place, sign in enumerate(rest) if sign in "/?#"), len(rest))
    return f"{scheme}{sign}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def public_proxy_url(url: str) -> str:
    """The address of a proxy without name and password; it has no path in which an @ could stand."""
    scheme, sign, rest = url.partition("://")
    return f"{scheme}{sign}{rest.rpartition('@')[2]}"


def redact(text: str) -> str:
    """A message, with the addresses in it without names and passwords."""
    return _IN_TEXT.sub(r"\1", text) if "@" in text else text


def host_part(url: str) -> str:
    """The beginning that all addresses of a host share, credentials included."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address. Raises ValueError where it has none that can be read."""
    return _origin(host_part(url)) if "://" in url else _origin(url)


@lru_cache(maxsize=256)
def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)


def no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The `auth` of a request that takes no credentials along, from `.netrc` neither."""
    return request
