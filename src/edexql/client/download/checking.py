"""Whether a file is whole, as far as its own format tells."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from typing import BinaryIO


@record(frozen=True, slots=True)
class Verdict:
    """`wrong` is what is wrong with a file, None if nothing is; `whole` says that its end is where it should be.

    `content` says that sums in the file itself were held against all of its content.
    """

    whole: bool
    wrong: str | None = None
    content: bool = False


# The format does not tell, or it would take too long to find out.
UNTOLD = Verdict(whole=False)
WHOLE = Verdict(whole=True)
SOUND = Verdict(whole=True, content=True)
# What is here has the right sums, and more may be missing.
SUMMED = Verdict(whole=False, content=True)


class Stopped(Exception):
    """The check was stopped before it came to a verdict."""


def sum_of(file: BinaryIO, algorithm: str, look: Callable[[], None] = lambda: None) -> str:
    """The sum of a file by an algorithm of edexql.formats.digests; `look` is called now and then, and may raise."""
    if algorithm.startswith(("crc-32c", "crc-64")):
        from edexql.client.download import crc

        return crc.sum_of(file, algorithm, look)
    from edexql.formats import digests

    return digests.sum_of(file, algorithm, look)


def check(kind: str, file: BinaryIO, size: int, stop: threading.Event) -> Verdict:
    """Look through a file of a kind. Raises Stopped, and OSError where the file cannot be read."""
    from edexql.client.download import marks, zipped

    checks = {
        "zip": zipped.check,
        "gzip": marks.check_gzip,
        "png": marks.check_png,
        "hdf5": marks.check_hdf5,
        "netcdf": marks.check_hdf5,
        "tar": marks.check_tar,
    }
    return checks[kind](file, size, stop) if kind in checks else UNTOLD
