"""How much is unpacked at most."""

from __future__ import annotations

from edexql.record import record


@record(frozen=True, slots=True)
class Limits:
    """Bounds on one archive, with everything that is unpacked from archives in it.

    `members` counts files and folders, those that only the paths of others name included, `size` the bytes that
    they have unpacked, `ratio` is of these to the packed ones, for each member and for all; it is not looked at
    below `small` bytes, where even the emptiest file is harmless. `depth` counts the folders in each other.
    """

    members: int = 100_000
    size: int = 64 * 2**30
    ratio: float = 200.0
    small: int = 2**20
    depth: int = 32
