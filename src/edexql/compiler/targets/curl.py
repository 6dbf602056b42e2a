"""The listing request as a curl command."""

from __future__ import annotations

import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.request import Request


# A word of a command can have 128 KiB on Linux; beyond this the request goes in by standard input.
LONGEST_WORD = 100_000


def curl(request: Request, address: str) -> str:
    """A command that lists the files of a request; a POSIX shell runs it as it stands."""
    words = ["curl", "--silent", "--show-error", "--fail", "--request", "GET"]
    words += ["--header", "Content-Type: application/json"]
    body = request.json()
    if len(body) < LONGEST_WORD:
        command = " ".join(shlex.quote(word) for word in [*words, "--data", body, address])
    else:
        command = " ".join(shlex.quote(word) for word in [*words, "--data", "@-", address])
        command += f" <<'QUERY'\n{body}\nQUERY"
    if request.residual is None:
        return f"{command}\n"
    return f"# Of the files listed, keep {request.residual.files} (UTC).\n{command}\n"
