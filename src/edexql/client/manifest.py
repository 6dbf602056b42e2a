"""What was to be downloaded into a folder and what became of it, saved in the folder itself.

`retry` resumes from it, and it has the checksums of verified files. A file a line, so that it can
be read; written all at once, and never believed about what is on the disk.
"""

from __future__ import annotations

import json
import os

from edexql.base import json_text, system
from edexql.base.errors import EdexqlError
from edexql.base.files import atomic, locks, regular
from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.client.credentials import public_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from edexql.client.download.model import RemoteFile, Report

FORMAT = 1
# No file that is downloaded can have such a name.
NAME = ".edexql-downloads.json"
MOST_BYTES = 64 * 2**20
THERE = ("downloaded", "already there")
_STATES = (*THERE, "failed", "interrupted", "skipped", "begun")
_PATIENCE = 5.0


class ManifestError(EdexqlError, ValueError):
    """A manifest that cannot be used or written; the message says what is wrong with it."""

    __module__ = "edexql"


class Entry(Record):
    """A file that was to be downloaded: its address, its name, and as `state` what became of it, or "begun".

    Addresses are without user name and password; `size_text` is what a listing said, None where it said nothing;
    `kind` and `form` are as in RemoteFile, `named` is its `service`; `reason` is what went wrong; `crc32` is the
    checksum of the file that was downloaded, None where it is not known.
    """

    name: str
    url: str
    state: str = "begun"
    size_text: str | None = None
    kind: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    reason: str = ""
    crc32: int | None = None
    named: str | None = None


def entries_of(wanted: Iterable[RemoteFile]) -> tuple[Entry, ...]:
    """What is noted of files before they are there."""
    return tuple(
        Entry(
            one.name,
            public_url(one.url),
            "begun",
            one.size.text if one.size else None,
            one.kind,
            one.form,
            crc32=one.crc32,
            named=None if one.service is None else public_url(one.service),
        )
        for one in wanted
    )


def finished(entry: Entry, report: Report) -> Entry:
    """The same after the download of the file."""
    # A checksum stays known, so that each run sees when the file has changed since.
    crc32 = entry.crc32 if report.crc32 is None else report.crc32
    return Entry(
        entry.name,
        entry.url,
        report.state,
        entry.size_text,
        entry.kind,
        entry.form,
        printable(report.reason),
        crc32,
        entry.named,
    )


def wanted_of(entry: Entry) -> RemoteFile:
    """The file of an entry, to be downloaded again."""
    from edexql.base.units import read_size
    from edexql.client.download.model import RemoteFile

    size = None if entry.size_text is None else read_size(entry.size_text)
    return RemoteFile(entry.url, entry.name, size, entry.kind, entry.form, entry.crc32, entry.named)


def with_sums(wanted: Sequence[RemoteFile], known: Iterable[Entry]) -> tuple[RemoteFile, ...]:
    """The same files, each with the sum that it had when it was downloaded from the same address, if it was."""
    from edexql.client.download.model import RemoteFile

    sums = {(one.name, public_url(one.url)): one.crc32 for one in known}
    return tuple(
        RemoteFile(
            one.url,
            one.name,
            one.size,
            one.kind,
            one.form,
            sums.get((one.name, public_url(one.url)), one.crc32),
            one.service,
        )
        for one in wanted
    )


def read(folder: str) -> tuple[Entry, ...]:
    """The entries of a folder, none where nothing was downloaded into it. Raises ManifestError."""
    path = os.path.join(folder, NAME)
    where = printable(path)
    try:
        document = json_text.loads(regular.read_regular(path, MOST_BYTES))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ManifestError(f"{where}: {error.strerror or type(error).__name__}") from error
    except (ValueError, RecursionError) as error:
        raise _unusable(where, printable(str(error))[:200]) from error
    if (
        not isinstance(document, dict)
        or document.get("downloads") != FORMAT
        or not isinstance(document.get("files"), list)
    ):
        raise _unusable(where, f'it does not have "downloads": {FORMAT} and a list of "files"')
    try:
        entries = [_entry(one, number) for number, one in enumerate(document["files"], 1)]
    except ValueError as error:
        raise _unusable(where, str(error)) from error
    return tuple({entry.name: entry for entry in entries}.values())


def note(folder: str, entries: Iterable[Entry]) -> None:
    """Put entries into the manifest of a folder, in place of those of the same names. Raises ManifestError."""
    try:
        os.makedirs(system.extended(folder), exist_ok=True)
        with locks.waited_folder(folder, _PATIENCE):
            noted = {entry.name: entry for entry in read(folder)}
            noted.update((entry.name, entry) for entry in entries)
            atomic.write(os.path.join(folder, NAME), text_of(noted.values()).encode())
    except OSError as error:
        where = printable(os.path.join(folder, NAME))
        raise ManifestError(f"cannot write {where}: {error.strerror or type(error).__name__}") from error


def text_of(entries: Iterable[Entry]) -> str:
    """Entries as the file has them."""
    lines = ",\n".join(f"  {json.dumps(_document(entry))}" for entry in entries)
    return f'{{"downloads": {FORMAT}, "files": [\n{lines}\n]}}\n'


def _document(entry: Entry) -> dict[str, Any]:
    more = {
        "size": entry.size_text,
        "kind": entry.kind,
        "form": None if entry.form is None else [list(field) for field in entry.form],
        "reason": entry.reason,
        "crc32": entry.crc32,
        "named": entry.named,
    }
    filled = {key: value for key, value in more.items() if value not in (None, "")}
    return {"name": entry.name, "url": entry.url, "state": entry.state, **filled}


def _entry(item: Any, number: int) -> Entry:
    from edexql.client.download.model import host_of

    if not isinstance(item, dict):
        raise ValueError(f"file {number} is not an object")  # noqa: TRY004  # of one class, for whoever reads a file
    name, url, state = (item.get(key) for key in ("name", "url", "state"))
    if not (isinstance(name, str) and isinstance(url, str) and isinstance(state, str)) or state not in _STATES:
        raise ValueError(f"file {number} has no name, url and state")
    size, kind, reason, crc32 = item.get("size"), item.get("kind"), item.get("reason", ""), item.get("crc32")
    named = item.get("named")
    texts = all(value is None or isinstance(value, str) for value in (size, kind, reason, named))
    if not texts or not (crc32 is None or (type(crc32) is int and 0 <= crc32 < 2**32)) or not _is_kind(kind):
        raise ValueError(f"file {number} ({shown(name)}) has an invalid value")
    if named is not None and host_of(named) is None:
        raise ValueError(f"file {number} ({shown(name)}) has a service that is not a web address")
    return Entry(name, url, state, size, kind, _form(item.get("form"), number), reason or "", crc32, named)


def _is_kind(kind: str | None) -> bool:
    from edexql.formats.signatures import KINDS

    return kind is None or kind in KINDS


def _form(pairs: Any, number: int) -> tuple[tuple[str, str], ...] | None:
    if pairs is None:
        return None
    fields = [tuple(field) for field in pairs if isinstance(field, list)] if isinstance(pairs, list) else None
    if fields is None or len(fields) != len(pairs) or any([type(part) for part in one] != [str, str] for one in fields):
        raise ValueError(f"file {number} has a form that is not a list of pairs of texts")
    return tuple((name, value) for name, value in fields)


def _unusable(where: str, why: str) -> ManifestError:
    return ManifestError(f"{where}: this is not a record of downloads: {why}; remove it, and name the files again")
