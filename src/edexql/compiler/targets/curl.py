"""The listing request as a curl command."""

from __future__ import annotations

import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.request import Request


def curl(request: Request, address: str) -> str:
    """A command that lists the files of a request; a POSIX shell runs it as it stands."""
    words = ["curl", "--silent", "--show-error", "--fail", "--request", "GET"]
    words += ["--header", "Content-Type: application/json", "--data", request.json(), address]
    command = " ".join(shlex.quote(word) for word in words)
    if request.residual is None:
        return f"{command}\n"
    return f"# Keep of the files listed only those that meet {request.residual} (UTC).\n{command}\n"
