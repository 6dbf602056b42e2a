"""Responses that send a file or a tar, counted while they are under way."""

from __future__ import annotations

import os
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, StreamingResponse

from edexql.server.errors import error_json, http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from starlette.types import Message, Receive, Scope, Send

    from edexql.server.archive import Tar
    from edexql.server.service import Service

_RANGE_ERRORS = {400: "the Range header is not valid", 416: "the range is outside the file"}


class FileTransfer(FileResponse):
    """An open file, whole or in ranges. It is sent whole even if the file is removed meanwhile.

    With a `name` it is an attachment of that name.
    """

    def __init__(
        self, file: IO[bytes], name: str | None, service: Service, media_type: str = "application/zip"
    ) -> None:
        super().__init__(_path_of(file), filename=name, media_type=media_type, stat_result=os.fstat(file.fileno()))
        self._file = file
        self._transfers = service.transfers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transfers.add(self)
        try:
            with self._file:
                await super().__call__(scope, receive, _with_json_errors(send))
        finally:
            self._transfers.discard(self)


class TarTransfer(StreamingResponse):
    """A tar that is made while it is sent."""

    def __init__(self, tar: Tar, name: str, service: Service) -> None:
        headers = {
            "Content-Length": str(tar.length()),
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}",
        }
        self._pieces = tar.pieces()
        super().__init__(self._pieces, headers=headers, media_type="application/x-tar")
        self._transfers = service.transfers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transfers.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            # When the client disconnects, nothing else ends the generator and closes the file that it reads.
            self._pieces.close()
            self._transfers.discard(self)


def _path_of(file: IO[bytes]) -> str:
    """A path at which an open file can be opened again, even if it was removed.

    The framework opens the file after it has sent the head of the response: a missing file would end the connection.
    """
    descriptor = f"/dev/fd/{file.fileno()}"
    # Windows has no such paths, and does not remove a file that is open.
    return descriptor if os.path.exists(descriptor) else file.name


def _with_json_errors(send: Send) -> Send:
    """Errors about ranges, which the framework sends as plain text, are sent as diagnostics."""
    body: bytes | None = None

    async def send_json(message: Message) -> None:
        nonlocal body
        if message["type"] == "http.response.start" and message["status"] in _RANGE_ERRORS:
            status = message["status"]
            body = error_json(http_error(status, _RANGE_ERRORS[status]))
            headers = MutableHeaders(scope=message)
            headers["content-type"] = "application/json"
            headers["content-length"] = str(len(body))
        elif message["type"] == "http.response.body" and body is not None:
            if message.get("more_body", False):
                return
            message = {"type": "http.response.body", "body": body}
        await send(message)

    return send_json
