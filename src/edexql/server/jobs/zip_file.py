"""The zip of a job: made in pieces beside its place, and put there when it is whole."""

from __future__ import annotations

import errno
import os
import shutil
import time
import zipfile

from edexql.base.record import record
from edexql.server.archive import NotHeld, opened, plain
from edexql.server.jobs.store import remove, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.server.jobs.store import Wanted
    from edexql.server.settings import Settings

PIECE = 2**20
# What a zip needs for each file beside its content: two headers with the name in each.
_FRAME = 1024


class Stopped(Exception):
    """The service is being stopped; the job is taken up again when it starts."""


class TooLarge(Exception):
    """The files of one job are more than the service puts into one zip."""


@record(frozen=True, slots=True)
class Zipped:
    """The size of a zip in bytes, None where no file could be put into it, and the names that are missing from it."""

    size: int | None
    missing: tuple[str, ...]


def make(
    wanted: tuple[Wanted, ...],
    target: str,
    settings: Settings,
    told: Callable[[int, int], None],
    stop: Callable[[], bool],
) -> Zipped:
    """Put files of the archive into a zip. `told` hears how many bytes of how many are done.

    Raises OSError, which for want of room is ENOSPC; TooLarge; and Stopped once `stop()` holds.
    """
    held, missing = _looked_up(wanted, settings.archive)
    total = sum(size for _, size in held)
    if total > settings.limits.report_bytes:
        raise TooLarge(
            f"the files have {total} bytes, and no more than {settings.limits.report_bytes} are put into a zip"
        )
    if not held:
        return Zipped(None, missing)
    _check_room(os.path.dirname(target), total + _FRAME * len(held) + settings.limits.spare)
    done = 0

    def counted(piece: int) -> None:
        nonlocal done
        if stop():
            raise Stopped
        done += piece
        told(done, total)

    counted(0)
    unfinished = f"{target}.part"
    try:
        _write(unfinished, held, settings.archive, counted)
        os.replace(unfinished, target)
    except NotHeld as error:
        raise OSError(errno.ENOENT, "a file of the archive went while it was read") from error
    finally:
        remove(unfinished)
    settle(os.path.dirname(target))
    return Zipped(os.path.getsize(target), missing)


def _looked_up(wanted: tuple[Wanted, ...], root: str | None) -> tuple[list[tuple[Wanted, int]], tuple[str, ...]]:
    """The files that are there, with their sizes, and the names of those that are not."""
    held, missing = [], []
    for one in wanted:
        if not plain(one.name):
            missing.append(one.name)
            continue
        try:
            with opened(root, one.place) as file:
                held.append((one, os.fstat(file.fileno()).st_size))
        except NotHeld:
            missing.append(one.name)
    return held, tuple(missing)


def _write(path: str, held: list[tuple[Wanted, int]], root: str | None, counted: Callable[[int], None]) -> None:
    with open(path, "wb", opener=_private) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as bundle:
            for one, size in held:
                _put(bundle, one, size, root, counted)
        file.flush()
        os.fsync(file.fileno())


def _put(bundle: zipfile.ZipFile, one: Wanted, size: int, root: str | None, counted: Callable[[int], None]) -> None:
    """Copy a file into a zip, no more of it than it had when it was looked up."""
    with opened(root, one.place) as source:
        entry = zipfile.ZipInfo(one.name, _moment(os.fstat(source.fileno()).st_mtime))
        entry.external_attr = 0o644 << 16
        entry.file_size = size
        with bundle.open(entry, "w") as target:
            while size > 0 and (piece := source.read(min(PIECE, size))):
                target.write(piece)
                size -= len(piece)
                counted(len(piece))
    if size:
        raise OSError(errno.EIO, "a file of the archive became shorter while it was read")


def _moment(modified: float) -> tuple[int, int, int, int, int, int]:
    """A time as a zip can have it, from 1980 on (UTC)."""
    year, month, day, hour, minute, second, *_ = time.gmtime(max(modified, 0))
    return (year, month, day, hour, minute, second) if 1980 <= year <= 2107 else (1980, 1, 1, 0, 0, 0)


def _check_room(folder: str, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, "there is no room for the zip", folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
