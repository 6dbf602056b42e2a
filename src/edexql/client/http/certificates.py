"""Whose certificates are believed: those of all the files and folders that the variables of curl, requests and OpenSSL
name. Where several are named, none of them takes the others away: each was set by somebody who needs it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ssl import SSLContext

# In the order of requests; the last two are OpenSSL's own, which requests does not look at.
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def trusted() -> str | bool:
    """The first file or folder of certificates that is named, True where none is, as requests takes it."""
    return next(iter(_named()), True)


def context() -> SSLContext | None:
    """What begins an encrypted connection with the other files and folders; None where there are no others.

    Raises OSError where one of them cannot be read.
    """
    _, *others = _named() or {"": ""}
    if not others:
        return None
    from urllib3.util.ssl_ import create_urllib3_context

    made = create_urllib3_context()
    for path in others:
        try:
            if os.path.isdir(path):
                made.load_verify_locations(capath=path)
            else:
                made.load_verify_locations(cafile=path)
        except OSError as error:
            what = error.strerror or str(error)
            raise OSError(f"no TLS CA certificate bundle in {path}, which {_named()[path]} names: {what}") from None
    return made


def _named() -> dict[str, str]:
    """The paths that are named, each with the first variable that names it."""
    variables: dict[str, str] = {}
    for name in VARIABLES:
        if value := os.environ.get(name):
            variables.setdefault(value, name)
    return variables
