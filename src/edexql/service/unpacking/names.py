"""Names that are one file in the folder, whatever the system and whichever program looks at them."""

from __future__ import annotations

import os
import re

LONGEST_PART = 240
LONGEST = 1000
# Unpacking has folders of its own under such names.
OURS = ".edexql-unpack-"
_FORBIDDEN = '<>:"|?*\\'
_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"
}


class Unsafe(Exception):
    """A name that no file is to have; the message says why."""


def parts_of(name: str, depth: int) -> tuple[str, ...]:
    """The folders and the name of a member, whose slash at the end, if any, is left out. Raises Unsafe.

    () is the root of the archive itself.
    """
    if name in ("./", "."):
        return ()
    plain = name.removeprefix("./").removesuffix("/")
    if plain.startswith(("/", "\\")):
        raise Unsafe("its name is absolute and leads out of the folder")
    if _DRIVE.match(plain):
        raise Unsafe("its name begins with a drive and leads out of the folder")
    parts = tuple(plain.split("/"))
    if ".." in parts or ".." in plain.replace("\\", "/").split("/"):
        raise Unsafe("its name leads out of the folder")
    if len(parts) - 1 > depth:
        raise Unsafe(f"it is in {len(parts) - 1} folders, one in the other, and {depth} are the limit")
    if len(plain.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Unsafe(f"its name is longer than {LONGEST} bytes")
    for part in parts:
        _check(part)
    return parts


def _check(part: str) -> None:
    if part in ("", "."):
        raise Unsafe("its name has an empty part")
    if not part.isprintable():
        raise Unsafe("its name has characters that cannot be shown")
    if set(part) & set(_FORBIDDEN):
        raise Unsafe(f"its name has one of {' '.join(_FORBIDDEN)}, which some systems do not allow")
    if part[-1] in ". ":
        raise Unsafe("its name ends with a dot or a blank, which some systems drop")
    if part.partition(".")[0].rstrip(" ").casefold() in _RESERVED:
        raise Unsafe("its name is a device's on Windows")
    if part.casefold().startswith(OURS):
        raise Unsafe("its name is kept for unpacking itself")
    try:
        os.fsencode(part)
    except UnicodeEncodeError:
        raise Unsafe("its name has characters that this system cannot write") from None
    if len(part.encode()) > LONGEST_PART:
        raise Unsafe(f"its name is longer than {LONGEST_PART} bytes")
