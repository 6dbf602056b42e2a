"""The system that this runs on: what it has and what it lacks. All else asks here, so that tests can change it."""

from __future__ import annotations

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


STATE = "EDEXQL_STATE"
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


def state_folder() -> str:
    """Where edexql keeps what it remembers for a user: the folder that EDEXQL_STATE names, else that of the system."""
    named = os.environ.get(STATE)
    return os.path.abspath(named) if named else user_folder("state")
