"""The endpoints of the dated tree of an archive: pages of folders, files, and a whole folder as one tar.

The addresses, and the request for a tar, are those of the University of Calgary's archive: `/YYYY/MM/DD/` has the
daily products, `/YYYY/MM/DD/INSTR/` the files of an instrument, and a folder is packed by a POST with `action`, `as`,
`type`, `baseHref` and `hrefs` in its address, an interface of h5ai's. How the pages of the real archive look, and how
it refuses a request, is not known: here that is a choice, and pages are plain lists as web servers write them.
"""

from __future__ import annotations

import os
import time
from functools import partial
from html import escape
from urllib.parse import quote

from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from edexql.server.archive import NotInArchive, folder_entries, is_public_name, open_file, real_path, tar_of
from edexql.server.errors import http_error
from edexql.server.service import get_or_post
from edexql.server.transfers import FileTransfer, TarTransfer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import IO

    from starlette.requests import Request

    from edexql.server.archive import Entry
    from edexql.server.errors import RequestError
    from edexql.server.service import Endpoint, Service

_MEDIA_TYPES = {".zip": "application/zip", ".txt": "text/plain", ".png": "image/png", ".tar": "application/x-tar"}
_OTHER_MEDIA_TYPE = "application/octet-stream"
_TAR_HELP = "write it as ?action=download&as=NAME.tar&type=php-tar&baseHref=/2019/05/01/NAME/&hrefs="
_SIZE_COLUMN = 60
# 9999-12-31T23:59:59Z
_LAST_SECOND = 253_402_300_799


class _Year(Convertor[str]):
    """Four digits, with which no other address of the service starts."""

    regex = "[0-9]{4}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("year", _Year())


def routes(service: Service) -> Iterator[Route]:
    """The routes to the tree."""
    page_or_file = _page_or_file_endpoint(service)
    either = get_or_post(page_or_file, _tar_endpoint(service))
    yield Route("/", page_or_file, methods=["GET"])
    for path in ("/{year:year}", "/{year:year}/{rest:path}"):
        yield Route(path, either, methods=["GET", "POST"])


def _page_or_file_endpoint(service: Service) -> Endpoint:
    root, limits = service.settings.archive, service.settings.limits

    async def endpoint(request: Request) -> Response:
        path: str = request.scope["path"]
        place = _place_of(path)
        try:
            if path.endswith("/"):
                entries = await service.queries.run(partial(folder_entries, root, place, limits.files))
                return HTMLResponse(folder_page(path, entries if place else filter(_is_year, entries)))
            service.check_transfers()
            file = await service.queries.run(partial(_file_or_none, root, place))
        except NotInArchive:
            raise _not_found() from None
        if file is None:
            # A relative address also holds where a reverse proxy has the tree under another path.
            return Response(status_code=301, headers={"Location": f"./{quote(place.rpartition('/')[2])}/"})
        return FileTransfer(file, None, service, _MEDIA_TYPES.get(place[-4:].lower(), _OTHER_MEDIA_TYPE))

    return endpoint


def _tar_endpoint(service: Service) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        path: str = request.scope["path"]
        place = _place_of(path)
        service.check_transfers()
        name = _tar_name(path, request.query_params)
        try:
            tar = await service.queries.run(partial(tar_of, place, service.settings))
        except NotInArchive:
            raise _not_found() from None
        return TarTransfer(tar, name, service)

    return endpoint


def _place_of(path: str) -> str:
    """The place of a path in the archive. Raises RequestError for a path that cannot be in it."""
    steps = path.removeprefix("/").removesuffix("/").split("/")
    if path != "/" and not all(map(is_public_name, steps)):
        raise _not_found()
    return "/".join(steps)


def _file_or_none(root: str | None, place: str) -> IO[bytes] | None:
    """A file, open for reading; None for a folder. Raises NotInArchive where there is neither."""
    try:
        return open_file(root, place)
    except NotInArchive:
        if os.path.isdir(real_path(root, place)):
            return None
        raise


def _tar_name(path: str, fields: Mapping[str, str]) -> str:
    """The name that the tar is to have. Raises RequestError for a request that is not for a whole folder."""
    if fields.get("action") != "download" or fields.get("type") != "php-tar":
        raise http_error(422, "a POST here can only request a tar of a whole folder", help=_TAR_HELP)
    if fields.get("hrefs"):
        raise http_error(422, "`hrefs` must be empty: a tar has a whole folder", help=_TAR_HELP)
    if fields.get("baseHref", path).strip("/") != path.strip("/"):
        raise http_error(422, "`baseHref` is not the folder of the address", help=_TAR_HELP)
    name = fields.get("as", "")
    if not is_public_name(name) or not name.endswith(".tar"):
        raise http_error(422, "`as` is not a file name that ends in .tar", help=_TAR_HELP)
    return name


def _is_year(entry: Entry) -> bool:
    return entry.folder and len(entry.name) == 4 and entry.name.isascii() and entry.name.isdecimal()


def _not_found() -> RequestError:
    return http_error(404, "there is nothing at this address", help="the archive is a tree of /YYYY/MM/DD/INSTRUMENT/")


def folder_page(path: str, entries: Iterable[Entry]) -> str:
    """The page of the folder at a path, which starts and ends with a slash: names, times in UTC, sizes in bytes."""
    title = f"Index of {escape(path)}"
    lines = [
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n<h1>{title}</h1><hr><pre>",
        *(['<a href="../">../</a>'] if path != "/" else []),
        *map(_page_line, entries),
        "</pre><hr></body></html>\n",
    ]
    return "\n".join(lines)


def _page_line(entry: Entry) -> str:
    name = f"{entry.name}/" if entry.folder else entry.name
    size = "-" if entry.folder else str(entry.size)
    blanks = " " * max(_SIZE_COLUMN - len(name), 1)
    return f'<a href="{quote(name)}">{escape(name)}</a>{blanks}{_minute(entry.modified)} {size:>12}'


def _minute(seconds: float) -> str:
    moment = time.gmtime(min(max(seconds, 0), _LAST_SECOND))
    return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02} {moment.tm_hour:02}:{moment.tm_min:02}"
