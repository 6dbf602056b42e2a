"""Whether the zips that came out of an archive are sound themselves, whoever packed them damaged."""

from __future__ import annotations

import os

from edexql.service.unpacking import deep
from edexql.service.unpacking.problem import UnpackError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from edexql.service.unpacking.limits import Limits
    from edexql.service.unpacking.plans import Unpacked, Watch


# What is wrong with the place of a member is wrong only once it is unpacked.
_OF_PLACES = frozenset(("unsafe-name", "not-a-file", "duplicate"))


def damaged(done: Unpacked, *, watch: Watch, stop: threading.Event, limits: Limits) -> Iterator[tuple[str, str]]:
    """The zips of an unpacked archive that are damaged, or cannot be checked to their depth: the path of each, and why.

    Raises UnpackError with the code "interrupted" once `stop` is set.
    """
    for name in (*done.written, *done.replaced, *done.present):
        if name.lower().endswith(".zip"):
            path = os.path.join(done.folder, name)
            reason = _reason(path, watch, stop, limits)
            if reason is not None:
                yield path, reason


def _reason(path: str, watch: Watch, stop: threading.Event, limits: Limits) -> str | None:
    try:
        problems = deep.check(path, watch=watch, stop=stop, limits=limits).problems
    except UnpackError as error:
        if error.code == "interrupted":
            raise
        return str(error)
    found = [problem for problem in problems if problem.code not in _OF_PLACES]
    return None if not found else f"{found[0].member}: {found[0].reason}" if found[0].member else found[0].reason
