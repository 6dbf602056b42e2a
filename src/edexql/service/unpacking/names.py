"""Names that are one file in the folder, whichever program looks at them."""

from __future__ import annotations

import os
import re

LONGEST_PART = 255
LONGEST = 3000
# Unpacking has folders of its own under such names.
OURS = ".edexql-unpack-"
_OF_WINDOWS = os.name == "nt"
_FORBIDDEN = '<>:"|?*\\'
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
# Nearly all names are so, and need not be looked at twice.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}(?<!\.)")


class Unsafe(Exception):
    """A name that no file is to have; the message says why."""


def parts_of(name: str, depth: int, *, portable: bool = _OF_WINDOWS) -> tuple[str, ...]:
    """The folders and the name of a member, whose slash at the end, if any, is left out. Raises Unsafe.

    () is the root of the archive itself. Characters and endings that Windows does not allow are replaced where the
    names are `portable`, and are as good as others elsewhere.
    """
    plain = name.removeprefix("./").removesuffix("/")
    if name and plain in ("", "."):
        return ()
    if plain.startswith(("/", "\\")):
        raise Unsafe("its name is absolute and leads out of the folder")
    if _DRIVE.match(plain):
        raise Unsafe("its name begins with a drive and leads out of the folder")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if not parts:
        raise Unsafe("its name is empty")
    if ".." in parts or ".." in plain.replace("\\", "/").split("/"):
        raise Unsafe("its name leads out of the folder")
    if len(parts) - 1 > depth:
        raise Unsafe(
            f"it is in {len(parts) - 1} folders, one in the other, and {depth} are the limit: set unpacking.depth"
            " in the configuration (EDEXQL_UNPACKING_DEPTH)"
        )
    if len(plain.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Unsafe(f"its name is longer than {LONGEST} bytes")
    if portable:
        parts = tuple(_portable(part) for part in parts)
    for part in parts:
        if not _PLAIN.fullmatch(part):
            _check(part)
    return parts


def is_plain(part: str) -> bool:
    """Whether a name is the same on every system."""
    return _portable(part) == part


def _portable(part: str) -> str:
    """The name that a file has on Windows: what is not allowed there is replaced, and a device is none."""
    found = "".join("_" if letter in _FORBIDDEN else letter for letter in part)
    if found[-1:] in (".", " "):
        found = found[:-1] + "_"
    return f"_{found}" if _RESERVED.fullmatch(found) else found


def _check(part: str) -> None:
    if not part.isprintable():
        raise Unsafe("its name has characters that cannot be shown")
    if part.casefold().startswith(OURS):
        raise Unsafe("its name is kept for unpacking itself")
    try:
        os.fsencode(part)
    except UnicodeEncodeError:
        raise Unsafe("its name has characters that this system cannot write") from None
    if len(part.encode()) > LONGEST_PART:
        raise Unsafe(f"its name is longer than {LONGEST_PART} bytes")
