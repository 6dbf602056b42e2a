"""The token of the workbench: a secret that whoever writes has to send.

It is made once and stays in the user's folder of state: a page that was open when the workbench stopped works with the
next one. It stands once in the address that `edexql workbench` opens, behind `#`, where neither a server
nor a log sees it.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets

from edexql.base.files import atomic, locks, regular

HEADER = "x-edexql-token"
NAME = "workbench-token"
_FORM = re.compile(r"[A-Za-z0-9_-]{43}\Z")
# Seconds to wait for another process that makes it.
_PATIENCE = 5.0


def kept(folder: str) -> str:
    """The token of a folder of state, made where it is missing or damaged. Raises OSError."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, NAME)
    with locks.waited(f"{path}.lock", _PATIENCE):
        token = existing(folder)
        if token is None:
            token = secrets.token_urlsafe(32)
            atomic.write(path, token.encode("ascii"))
    return token


def existing(folder: str) -> str | None:
    """The token of a folder of state, None where there is none that can be used."""
    try:
        token = regular.read_regular(os.path.join(folder, NAME), 100).decode("ascii")
    except (OSError, ValueError):
        return None
    return token if _FORM.match(token) else None


def is_right(given: str, token: str | None) -> bool:
    """Whether a request has the token, found in a time that does not depend on how much of it is right."""
    return token is not None and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode("ascii"))
