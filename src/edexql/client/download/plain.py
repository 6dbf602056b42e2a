"""Opening plain files and nothing else: no link is followed, and no pipe waited for."""

from __future__ import annotations

import os

SAFE = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)  # fmt: skip


def safely(path: str, flags: int) -> int:
    """An opener for `open`. Raises OSError, for a link too."""
    return os.open(path, flags | SAFE, 0o666)
