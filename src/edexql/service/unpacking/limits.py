"""How much is unpacked at most, and what is said of more, with the setting that allows it."""

from __future__ import annotations

from edexql.base.units import size
from edexql.record import record
from edexql.service.unpacking.problem import UnpackError


@record(frozen=True, slots=True)
class Limits:
    """Bounds on one archive, with everything that is unpacked from archives in it.

    `members` counts files and folders, those that only the paths of others name included, `size` the bytes that
    they have unpacked, `ratio` is of these to the packed ones, for each member and for all; it is not looked at
    below `small` bytes, which are harmless: dark images and tables of zeros are a thousand times as large unpacked,
    and sound. `depth` counts the folders in each other.
    """

    members: int = 100_000
    size: int = 64 * 2**30
    ratio: float = 200.0
    small: int = 2**28
    depth: int = 32


def way_out(name: str) -> str:
    """Which setting allows more."""
    return f"if you trust where it is from, set unpacking.{name} in the configuration (EDEXQL_UNPACKING_{name.upper()})"


def too_many(count: int, limits: Limits) -> UnpackError:
    return UnpackError(
        "too-much", f"the archive has {count:,} members, and {limits.members:,} are the limit: {way_out('members')}"
    )


def too_large(count: int, limits: Limits) -> str:
    return f"it holds {size(count)}, and {size(limits.size)} are the limit: {way_out('size')}"


def too_dense(count: int, packed: int, limits: Limits) -> str:
    ratio = count / max(packed, 1)
    return (
        f"it would be {ratio:,.0f} times as large unpacked, {size(count)}, and {limits.ratio:,.0f} times are the limit"
        f" beyond {size(limits.small)}: {way_out('ratio')}"
    )
