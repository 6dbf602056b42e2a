"""A folder of the archive as one tar, made while it is sent: nothing of it is kept."""

from __future__ import annotations

import tarfile
from urllib.parse import quote

from starlette.responses import StreamingResponse

from edexql.base.record import record
from edexql.server import archive
from edexql.server.folder import files_below
from edexql.server.refusal import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from edexql.server.folder import Entry
    from edexql.server.settings import Settings

PIECE = 2**18
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)


@record(frozen=True, slots=True)
class Tar:
    """A tar to be: the root of the archive, the place of the folder, its files by their paths from there."""

    root: str | None
    place: str
    files: tuple[tuple[str, Entry], ...]

    def length(self) -> int:
        """How many bytes it has."""
        return len(_END) + sum(len(_head(*file)) + file[1].size + _missing(file[1].size) for file in self.files)

    def pieces(self) -> Generator[bytes]:
        """Its bytes. Raises OSError where a file is not as it was when it was listed."""
        for path, entry in self.files:
            yield _head(path, entry)
            yield from self._content(f"{self.place}/{path}", entry.size)
            yield bytes(_missing(entry.size))
        yield _END

    def _content(self, place: str, size: int) -> Iterator[bytes]:
        try:
            file = archive.opened(self.root, place)
        except archive.NotHeld as error:
            raise OSError("a file of the archive went while it was read") from error
        with file:
            while size > 0 and (piece := file.read(min(PIECE, size))):
                size -= len(piece)
                yield piece
        if size:
            raise OSError("a file of the archive became shorter while it was read")


def tar_of(place: str, settings: Settings) -> Tar:
    """The tar of a folder with all that is below it. Raises archive.NotHeld, and Refusal for one that is too large."""
    files = files_below(settings.archive, place, settings.limits.files)
    total = sum(entry.size for _, entry in files)
    if total > settings.limits.report_bytes:
        most = settings.limits.report_bytes
        raise refusal(413, f"the files have {total} bytes, and no more than {most} are put into one tar")
    return Tar(settings.archive, place, tuple(files))


class Packed(StreamingResponse):
    """A tar on its way, counted among the files `under_way`."""

    def __init__(self, tar: Tar, name: str, under_way: set[Response]) -> None:
        headers = {
            "Content-Length": str(tar.length()),
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}",
        }
        self._pieces = tar.pieces()
        super().__init__(self._pieces, headers=headers, media_type="application/x-tar")
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._under_way.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Where the client hung up, nobody goes on with them, and a file is open in them.
            self._pieces.close()
            self._under_way.discard(self)


def _head(path: str, entry: Entry) -> bytes:
    """What stands before the content of a file."""
    info = tarfile.TarInfo(path)
    info.size, info.mtime = entry.size, int(entry.modified)
    return info.tobuf(tarfile.PAX_FORMAT)


def _missing(size: int) -> int:
    """How many bytes are missing to a whole block."""
    return -size % _BLOCK
