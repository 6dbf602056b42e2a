"""Where an export stands: a folder of this machine, or an object store.

A file is there whole or not at all, in both; one that is there is never opened for writing. On this machine it
gets its name when it is on the disk. In an object store nothing is renamed: a file is sent as a whole.
"""

from __future__ import annotations

import os
from contextlib import suppress

from edexql.base.extras import extra
from edexql.base.files import atomic
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Place(Record):
    """`text` is what the user named, without secrets, `path` the folder; `filesystem` is of pyarrow, None of this
    machine. All methods take paths below it, with `/`, and raise CatalogueError."""

    text: str
    path: str
    filesystem: Any

    def files(self) -> dict[str, int]:
        """The sizes of all files below it, by path."""
        try:
            return self._local_files() if self.filesystem is None else self._remote_files()
        except OSError as error:
            raise self._failure("read", error) from error

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where it is not there."""
        try:
            if self.filesystem is None:
                with open(self._below(path), "rb") as file:
                    return file.read()
            with self.filesystem.open_input_stream(self._below(path)) as stream:
                data: bytes = stream.read()
                return data
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failure("read", error) from error

    def write(self, path: str, data: Any) -> None:
        """Write a file as a whole."""
        whole = self._below(path)
        try:
            if self.filesystem is None:
                os.makedirs(os.path.dirname(whole), exist_ok=True)
                atomic.overwrite(whole, data)
            else:
                with self.filesystem.open_output_stream(whole) as stream:
                    stream.write(data)
        except OSError as error:
            raise self._failure("write to", error) from error

    def remove(self, path: str) -> None:
        """Remove a file, which may be gone already, and the folders that are empty then."""
        whole = self._below(path)
        try:
            if self.filesystem is None:
                atomic.remove(whole)
                self._remove_empty(os.path.dirname(whole))
            else:
                with suppress(FileNotFoundError):
                    self.filesystem.delete_file(whole)
        except OSError as error:
            raise self._failure("remove files of", error) from error

    def _below(self, path: str) -> str:
        return f"{self.path}/{path}" if self.filesystem is not None else os.path.join(self.path, *path.split("/"))

    def _local_files(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for folder, _, names in os.walk(self.path):
            below = os.path.relpath(folder, self.path).replace(os.sep, "/")
            for name in names:
                path = name if below == "." else f"{below}/{name}"
                found[path] = os.lstat(os.path.join(folder, name)).st_size
        return found

    def _remote_files(self) -> dict[str, int]:
        fs = extra("pyarrow.fs", "parquet")
        infos = self.filesystem.get_file_info(fs.FileSelector(self.path, recursive=True, allow_not_found=True))
        return {info.path[len(self.path) + 1 :]: info.size for info in infos if info.type == fs.FileType.File}

    def _remove_empty(self, folder: str) -> None:
        with suppress(OSError):
            while len(folder) > len(self.path):
                os.rmdir(folder)
                folder = os.path.dirname(folder)

    def _failure(self, what: str, error: OSError) -> CatalogueError:
        said = error.strerror or str(error).strip().partition("\n")[0][:300]
        return CatalogueError(f"cannot {what} {self.text}: {printable(said)}")


def place_of(text: str) -> Place:
    """The place that a user names: a folder, or an address as `s3://bucket/folder` or `file:///folder`.

    Raises CatalogueError for what is no folder and no address, MissingExtra without the package pyarrow.
    """
    scheme, sign, _ = text.partition("://")
    if not sign or scheme == "file":
        path = os.path.abspath(os.path.expanduser(text.removeprefix("file://")))
        if os.path.lexists(path) and not os.path.isdir(path):
            raise CatalogueError(f"{printable(path)} exists and is no folder; export to a new or an empty folder")
        return Place(printable(text), path, None)
    arrow, fs = extra("pyarrow", "parquet"), extra("pyarrow.fs", "parquet")
    # What Spark calls it.
    address = "s3" + text[len(scheme) :] if scheme in ("s3a", "s3n") else text
    shown = _shown(text)
    try:
        filesystem, path = fs.FileSystem.from_uri(address)
    except (OSError, ValueError, arrow.ArrowException) as error:
        said = printable(str(error).strip().partition("\n")[0][:300])
        # What is said may have the address, with its secrets.
        raise CatalogueError(f"cannot export to {shown}: {said.replace(address, shown)}") from None
    return Place(shown, path.rstrip("/"), filesystem)


def _shown(text: str) -> str:
    """An address without the name, password and options that it may have."""
    scheme, _, rest = text.partition("?")[0].partition("://")
    host, slash, path = rest.partition("/")
    return printable(f"{scheme}://{host.rpartition('@')[2]}{slash}{path}")
