"""The zip of a job: written beside its place, and moved there when it is complete."""

from __future__ import annotations

import errno
import os
import time
import zipfile
from contextlib import suppress

from edexql.base.files import atomic, disk, regular
from edexql.base.record import Record
from edexql.server.archive import NotInArchive, is_plain_name, open_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.server.jobs.store import JobFile
    from edexql.server.settings import Settings

_PIECE = 2**20
# Bytes of a zip for each file beside its content: two headers with the name in each.
_OVERHEAD = 1024


class ServiceStopping(Exception):
    """The service stops; it continues the job when it starts again."""


class ZipTooLarge(Exception):
    """The files of one job are larger than a zip of the service may be."""


class ZipResult(Record):
    """The size of a zip in bytes, None where no file could be put into it, and the names that are missing from it."""

    size: int | None
    missing: tuple[str, ...]


def write_zip(
    files: tuple[JobFile, ...],
    target: str,
    settings: Settings,
    report_progress: Callable[[int, int], None],
    is_stopping: Callable[[], bool],
) -> ZipResult:
    """Put files of the archive into a zip. `report_progress` gets the bytes done and the bytes in all.

    Raises OSError, which is ENOSPC where the disk has too little space; ZipTooLarge; and ServiceStopping.
    """
    present, missing = _present_files(files, settings.archive)
    total = sum(size for _, size in present)
    limit = settings.limits.delivery_bytes
    if total > limit:
        raise ZipTooLarge(f"the files have {total} bytes; a zip has at most {limit}")
    if not present:
        return ZipResult(None, missing)
    folder = os.path.dirname(target)
    free = disk.free_space(folder)
    if free is not None and free < total + _OVERHEAD * len(present) + settings.limits.spare:
        raise OSError(errno.ENOSPC, "there is no space for the zip", folder)
    done = 0

    def count(size: int) -> None:
        nonlocal done
        if is_stopping():
            raise ServiceStopping
        done += size
        report_progress(done, total)

    count(0)
    unfinished = f"{target}{atomic.UNFINISHED}"
    try:
        with open(unfinished, "wb", opener=regular.private) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                for job_file, size in present:
                    _add(archive, job_file, size, settings.archive, count)
            file.flush()
            os.fsync(file.fileno())
        atomic.replace(unfinished, target)
    except NotInArchive as error:
        raise OSError(errno.ENOENT, "a file of the archive was removed while it was read") from error
    finally:
        atomic.remove(unfinished)
    with suppress(OSError):
        atomic.sync_folder(folder)
    return ZipResult(os.path.getsize(target), missing)


def _present_files(files: tuple[JobFile, ...], root: str | None) -> tuple[list[tuple[JobFile, int]], tuple[str, ...]]:
    """The files that are in the archive, with their sizes, and the names of those that are not."""
    present, missing = [], []
    for job_file in files:
        if not is_plain_name(job_file.name):
            missing.append(job_file.name)
            continue
        try:
            with open_file(root, job_file.place) as file:
                present.append((job_file, os.fstat(file.fileno()).st_size))
        except NotInArchive:
            missing.append(job_file.name)
    return present, tuple(missing)


def _add(
    archive: zipfile.ZipFile, job_file: JobFile, size: int, root: str | None, count: Callable[[int], None]
) -> None:
    """Copy a file into a zip, at most as much as it had when its size was read."""
    with open_file(root, job_file.place) as source:
        member = zipfile.ZipInfo(job_file.name, _zip_time(os.fstat(source.fileno()).st_mtime))
        member.external_attr = 0o644 << 16
        member.file_size = size
        with archive.open(member, "w") as target:
            while size > 0 and (piece := source.read(min(_PIECE, size))):
                target.write(piece)
                size -= len(piece)
                count(len(piece))
    if size:
        raise OSError(errno.EIO, "a file of the archive became shorter while it was read")


def _zip_time(modified: float) -> tuple[int, int, int, int, int, int]:
    """A time (UTC) as a zip can hold it, from 1980 on."""
    year, month, day, hour, minute, second, *_ = time.gmtime(max(modified, 0))
    return (year, month, day, hour, minute, second) if 1980 <= year <= 2107 else (1980, 1, 1, 0, 0, 0)
