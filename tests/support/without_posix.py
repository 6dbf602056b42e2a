"""A program: `edexql` on a system that is as Windows is, as far as Linux can be made to look so.

`python without_posix.py FOLDER WORDS...` runs `edexql WORDS`. There is no fcntl, no termios and no signal of a
terminal; folders cannot be opened, nothing is named from an open folder, and links cannot be refused when a file is
opened. Locks are those of msvcrt. Below FOLDER names are one that differ in case only, paths of 260 characters and more
need the mark that Windows wants, a file that is open or mapped is neither removed nor renamed, and a name that is a
device, or that Windows changes, fails the test. `edexql` is told that this is Windows; Python's own modules are not.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
import re
import signal
import stat
import sys
import types
from contextlib import suppress

# What has to be imported before the system is changed: these look at what it has.
import asyncio  # noqa: F401  # isort: skip
import logging.handlers  # noqa: F401
import pathlib  # noqa: F401
import shutil
import sqlite3  # noqa: F401
import subprocess  # noqa: F401
import tempfile  # noqa: F401

import numpy  # noqa: F401
import requests  # noqa: F401

LONGEST = 259
MARK = "\\\\?\\"
DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE)
ROOT = ""
REAL = {name: getattr(os, name) for name in ("open", "stat", "lstat", "listdir", "scandir")}


def main() -> int:
    global ROOT
    ROOT = os.path.realpath(sys.argv[1])
    take_away()
    change_files()
    real = sys.platform
    sys.platform = "win32"
    import edexql.base.files.folder
    import edexql.base.files.locks
    import edexql.base.files.names
    import edexql.base.system

    sys.platform = real
    assert (edexql.base.system.WINDOWS, edexql.base.system.FOLDER_HANDLES) == (True, False)
    if os.environ.get("TEST_CONSOLE"):
        # A console of the code page 1252, which is what `isatty` is asked for.
        for stream in (sys.stdout, sys.stderr):
            stream.isatty = lambda: True  # type: ignore[method-assign]
    from edexql.cli import main as edexql_main

    sys.argv = ["edexql", *sys.argv[2:]]
    return edexql_main()


def take_away() -> None:
    for name in ("fcntl", "termios", "tty", "pwd", "grp", "resource", "readline"):
        sys.modules[name] = None  # type: ignore[assignment]
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_SYNC", "O_NOCTTY"):
        with suppress(AttributeError):
            delattr(os, name)
    for name in ("fchmod", "fchown", "chown", "sync", "fdatasync", "statvfs", "fstatvfs", "fork"):
        with suppress(AttributeError):
            delattr(os, name)
    for name in ("SIGHUP", "SIGALRM", "SIGKILL", "SIGWINCH", "setitimer", "alarm"):
        with suppress(AttributeError):
            delattr(signal, name)
    os.supports_dir_fd = set()
    os.supports_fd = set()
    os.supports_follow_symlinks = {os.stat}
    sys.modules["msvcrt"] = msvcrt()
    usage = shutil._ntuple_diskusage(2**40, 2**39, 2**39)
    shutil.disk_usage = lambda path: usage


def msvcrt() -> types.ModuleType:
    made = types.ModuleType("msvcrt")
    made.LK_UNLCK, made.LK_LOCK, made.LK_NBLCK = 0, 1, 2  # type: ignore[attr-defined]
    flock, exclusive = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB

    def locking(handle: int, mode: int, count: int) -> None:
        assert (mode, count) == (2, 1)
        # Nobody else could read what is there.
        assert os.fstat(handle).st_size <= os.lseek(handle, 0, os.SEEK_CUR) < 2**31 - 1
        try:
            flock(handle, exclusive)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None

    made.locking = locking  # type: ignore[attr-defined]
    return made


def change_files() -> None:
    for name in ("stat", "lstat", "mkdir", "rmdir", "listdir", "scandir", "chmod", "utime", "readlink", "access"):
        setattr(os, name, by_path(name))
    os.open = opening(os.open)  # type: ignore[assignment]
    os.remove = os.unlink = removing(os.remove)
    os.rename = moving(os.rename, replaces=False)
    os.replace = moving(os.replace, replaces=True)
    os.link = linking(os.link)
    os.fsync = syncing(os.fsync)
    builtins.open = io.open = opened(io.open)  # type: ignore[assignment]


def actual(path: object) -> object:
    """The path on this system of what is meant on the other one."""
    if isinstance(path, int):
        raise OSError(errno.EBADF, "a folder that is open is not looked into")
    text = os.fsdecode(path)  # type: ignore[arg-type]
    marked = text.startswith(MARK)
    text = text.removeprefix(MARK)
    whole = os.path.abspath(text)
    if not (whole + "/").startswith(ROOT + "/"):
        return text
    if len(whole) > LONGEST and not marked:
        raise FileNotFoundError(errno.ENOENT, "the path is too long", text)
    found = ROOT
    for part in whole[len(ROOT) :].split("/")[1:]:
        assert not DEVICE.fullmatch(part), f"{part} is a device"
        assert part[-1:] not in (".", " "), f"{part!r} ends so that Windows changes it"
        if set(part) & set('<>:"|?*\\'):
            raise OSError(errno.EINVAL, "the name has what no name can have", text)
        if not exists(os.path.join(found, part)):
            with suppress(OSError):
                for other in REAL["listdir"](found):
                    if other.casefold() == part.casefold():
                        part = other
                        break
        found = os.path.join(found, part)
    return found


def exists(path: str) -> bool:
    try:
        REAL["lstat"](path)
    except (OSError, ValueError):
        return False
    return True


def in_use(path: object) -> bool:
    """Whether this process has the file of a path open, or mapped."""
    try:
        found = REAL["lstat"](path)
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode):
        return False
    for handle in REAL["listdir"]("/proc/self/fd"):
        with suppress(OSError):
            if os.path.samestat(REAL["stat"](f"/proc/self/fd/{handle}"), found):
                return True
    with real_open("/proc/self/maps") as maps:
        return any(line.split()[4] == str(found.st_ino) and line.rstrip().endswith(str(path)) for line in maps)


real_open = io.open


def by_path(name: str):
    real = getattr(os, name)

    def changed(path=".", *rest, dir_fd=None, **more):
        assert dir_fd is None
        if name in ("stat", "utime") and isinstance(path, int):
            if name == "utime":
                raise NotImplementedError
            return os.fstat(path)
        return real(actual(path), *rest, **more)

    return changed


def opening(real):
    def changed(path, flags, mode=0o777, *, dir_fd=None):
        assert dir_fd is None
        path = actual(path)
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, flags, mode)

    return changed


def opened(real):
    def changed(file, *rest, **more):
        if isinstance(file, int) or more.get("opener") is not None or len(rest) > 6:
            return real(file, *rest, **more)
        return real(actual(file), *rest, **more)

    return changed


def removing(real):
    def changed(path, *, dir_fd=None):
        assert dir_fd is None
        path = actual(path)
        if in_use(path):
            raise PermissionError(errno.EACCES, "The process cannot access the file", path)
        real(path)

    return changed


def moving(real, *, replaces):
    def changed(source, target, *, src_dir_fd=None, dst_dir_fd=None):
        assert (src_dir_fd, dst_dir_fd) == (None, None)
        source, goal = actual(source), actual(target)
        if in_use(source) or in_use(goal):
            raise PermissionError(errno.EACCES, "The process cannot access the file", source)
        if os.path.isdir(source) and any_in_use(source):
            raise PermissionError(errno.EACCES, "The process cannot access a file in it", source)
        if exists(goal) and not os.path.samefile(source, goal):
            if not replaces:
                raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", goal)
            if os.path.isdir(goal):
                raise PermissionError(errno.EACCES, "Access is denied", goal)
        real(source, goal)

    return changed


def any_in_use(folder: str) -> bool:
    return any(in_use(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def linking(real):
    def changed(source, target, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True):
        assert (src_dir_fd, dst_dir_fd) == (None, None)
        real(actual(source), actual(target), follow_symlinks=False)

    return changed


def syncing(real):
    def changed(handle):
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(handle)

    return changed


if __name__ == "__main__":
    sys.exit(main())
