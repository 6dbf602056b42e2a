"""The system that this runs on: what it has and what it lacks. All else asks here, so that tests can change it."""

from __future__ import annotations

import errno
import os
import sys

NAME = sys.platform
WINDOWS = sys.platform == "win32"
# Whether names that differ in case only are one file, as is usual there.
CASE_BLIND = sys.platform in ("win32", "darwin", "cygwin")
# Whether folders can be held open, and files be named from there.
FOLDER_HANDLES = os.open in os.supports_dir_fd and os.link in os.supports_dir_fd and os.listdir in os.supports_fd
# Flags of `os.open`, 0 where the system does not have them.
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
NO_WAIT = getattr(os, "O_NONBLOCK", 0)
BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
FOLDER_ONLY = getattr(os, "O_DIRECTORY", 0)
# Errors of a system that has no room left for a file.
DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
# Errors of systems and file systems that cannot give a file a second name, such as FAT and some networks'.
NO_HARD_LINKS = {
    errno.EPERM,
    getattr(errno, "ENOTSUP", errno.EOPNOTSUPP),
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EACCES,
    errno.EINVAL,
}
# Of what stat calls `st_file_attributes`: a link of Windows, of any kind.
REPARSE_POINT = 0x400

# Windows takes no longer paths than 260 characters, some of which a name beside needs, but for those so marked.
_LONG = 200
_MARK = "\\\\?\\"


def extended(path: str) -> str:
    """A path as the system takes it: one that is too long for Windows is marked so that it is taken there."""
    if not WINDOWS or len(path) < _LONG or path.startswith(_MARK):
        return path
    path = os.path.abspath(path)
    return f"{_MARK}UNC{path[1:]}" if path.startswith("\\\\") else _MARK + path


def free_space(folder: str) -> int | None:
    """The bytes that are free for the user where a folder is or would be; None where the system does not say."""
    # Importing shutil costs start-up time.
    from shutil import disk_usage

    folder = os.path.abspath(folder)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    try:
        return disk_usage(folder).free
    except OSError:
        return None


def begin_write_back(handle: int, start: int, count: int) -> None:
    """Have the system begin to write some bytes of a file to the disk, if it can, without waiting for it."""
    # On Linux this advice begins with it, and drops only what is on the disk already.
    if advise := getattr(os, "posix_fadvise", None):
        try:  # noqa: SIM105  # every command imports this module, and contextlib takes longer than most modules
            advise(handle, start, count, os.POSIX_FADV_DONTNEED)
        except OSError:
            pass


_FOLDERS = {"state": ("XDG_STATE_HOME", "~/.local/state"), "config": ("XDG_CONFIG_HOME", "~/.config")}


def user_folder(kind: str) -> str:
    """The user's folder of edexql for a `kind` of files, "state" or "config", as platformdirs has it."""
    variable, usual = _FOLDERS[kind]
    named = os.environ.get(variable, "")
    # Every command asks for these folders, and most end before platformdirs would have been imported.
    if NAME not in ("win32", "cygwin", "darwin") and "ANDROID_DATA" not in os.environ:
        if os.path.isabs(named) and named == named.strip():
            return os.path.join(named, "edexql")
        if not named and os.path.isabs(os.environ.get("HOME", "")):
            return os.path.join(os.path.expanduser(usual), "edexql")
    import platformdirs

    find = platformdirs.user_state_dir if kind == "state" else platformdirs.user_config_dir
    try:
        return find("edexql", appauthor=False)
    except RuntimeError:
        # Some versions refuse a HOME that names no folder, such as `~/x`.
        return os.path.join(os.path.expanduser(usual), "edexql")
