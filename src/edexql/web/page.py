"""The page of the workbench and its files, as they come with the package.

A browser keeps them, and asks each time whether they are still the same (ETag): a new version of edexql is never mixed
with an old one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from email.utils import formatdate

from starlette.responses import RedirectResponse, Response

from edexql.base.record import Record
from edexql.server.archive import is_public_name
from edexql.server.errors import http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.requests import Request

    from edexql.server.service import Endpoint

FOLDER = os.path.join(os.path.dirname(__file__), "static")
INDEX = "index.html"
# What the page may load and do. Styles of the editor are put in by its script, and its marks are pictures in `data:`.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
    "vary": "Accept-Encoding",
}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
_COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".md"}


class _File(Record):
    """A file of the page: its bytes, also compressed where that is of use, and what it is known by."""

    stamp: tuple[int, int]
    data: bytes
    compressed: bytes | None
    media_type: str
    digest: str


class Page:
    """The files of a folder, read when they are first asked for, and again when they have changed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def index(self) -> Endpoint:
        """The endpoint of the page itself."""

        async def endpoint(request: Request) -> Response:
            return self._response(request, INDEX)

        return endpoint

    def static(self) -> Endpoint:
        """The endpoint of its files, by their paths below the folder."""

        async def endpoint(request: Request) -> Response:
            return self._response(request, request.path_params["name"])

        return endpoint

    def _response(self, request: Request, name: str) -> Response:
        file = self._file(name)
        packed = file.compressed is not None and _accepts_gzip(request.headers.get("accept-encoding", ""))
        # The two forms are different bytes, and a strong validator is of bytes.
        tag = f'"{file.digest}-gzip"' if packed else f'"{file.digest}"'
        headers = {**_HEADERS, "etag": tag, "last-modified": formatdate(file.stamp[0] // 10**9, usegmt=True)}
        if _is_known(request.headers.get("if-none-match", ""), file.digest):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["content-encoding"] = "gzip"
        body = file.compressed if packed and file.compressed is not None else file.data
        return Response(body, headers=headers, media_type=file.media_type)

    def _file(self, name: str) -> _File:
        """A file by its path. Raises RequestError where there is none."""
        steps = name.split("/")
        path = os.path.join(self._folder, *steps)
        try:
            if not all(map(is_public_name, steps)):
                raise FileNotFoundError(name)
            status = os.stat(path)
            stamp = (status.st_mtime_ns, status.st_size)
            file = self._files.get(name)
            if file is None or file.stamp != stamp:
                with open(path, "rb") as opened:
                    file = _file(name, opened.read(), stamp)
                self._files[name] = file
        except (OSError, ValueError):
            raise http_error(404, "the workbench has no such file") from None
        return file


def _file(name: str, data: bytes, stamp: tuple[int, int]) -> _File:
    suffix = os.path.splitext(name)[1]
    packed = gzip.compress(data, mtime=0) if suffix in _COMPRESSED else None
    smaller = packed if packed is not None and len(packed) < len(data) else None
    digest = hashlib.sha256(data).hexdigest()[:32]
    return _File(stamp, data, smaller, _TYPES.get(suffix, "application/octet-stream"), digest)


def _accepts_gzip(accepted: str) -> bool:
    """Whether a header Accept-Encoding admits gzip."""
    for item in accepted.lower().split(","):
        coding, _, parameters = item.partition(";")
        if coding.strip() == "gzip":
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_known(tags: str, digest: str) -> bool:
    """Whether a header If-None-Match names the content of a digest, in either form."""
    known = {f'"{digest}"', f'"{digest}-gzip"', "*"}
    return any(tag.strip().removeprefix("W/") in known for tag in tags.split(","))


async def to_page(request: Request) -> Response:
    """Send a browser to the page, with what it asks for; for other programs there is nothing here."""
    if request.url.path == "/" and not _wants_page(request.headers.get("accept", "")):
        help = "see /openapi.json for the addresses of this service, or open /workbench/ in a browser"
        raise http_error(404, "there is nothing at this address", help=help)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"workbench/{query}", 307, {"vary": "Accept"})


def _wants_page(accepted: str) -> bool:
    return any(item.partition(";")[0].strip().lower() == "text/html" for item in accepted.split(","))
