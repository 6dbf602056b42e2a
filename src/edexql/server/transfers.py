"""Responses that send a file or a tar, counted while they are under way."""

from __future__ import annotations

import os
from urllib.parse import quote

from starlette.responses import FileResponse, StreamingResponse

from edexql.server.errors import busy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from edexql.server.archive import Tar
    from edexql.server.service import Service


def check_room(service: Service, under_way: set[Response]) -> None:
    """Raises Refusal where no more files can be sent at once."""
    if len(under_way) >= service.settings.limits.transfers:
        raise busy("too many files are being fetched", after=60)


class Transfer(FileResponse):
    """An open file on its way, counted among those `under_way`; it arrives whole though its link expires meanwhile.

    With a `name` it is an attachment of that name.
    """

    def __init__(
        self, file: IO[bytes], name: str | None, under_way: set[Response], media_type: str = "application/zip"
    ) -> None:
        state = os.fstat(file.fileno())
        super().__init__(_again(file), filename=name, media_type=media_type, stat_result=state)
        self._file = file
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._under_way.add(self)
        try:
            with self._file:
                await super().__call__(scope, receive, send)
        finally:
            self._under_way.discard(self)


def _again(file: IO[bytes]) -> str:
    """A path at which an open file can be opened, though it may have been removed since.

    The answer has begun by the time that the framework opens the file: what is gone then drops the connection.
    """
    handle = f"/dev/fd/{file.fileno()}"
    # Where there are no such paths, on Windows, a file that is open is not removed either.
    return handle if os.path.exists(handle) else file.name


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
