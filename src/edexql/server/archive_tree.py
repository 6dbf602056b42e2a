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

from edexql.server.archive import NotHeld, entries, is_shown, opened, path_of, tar_of
from edexql.server.errors import refusal
from edexql.server.transfers import Packed, Transfer, check_room

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import IO

    from starlette.requests import Request

    from edexql.server.archive import Entry
    from edexql.server.listing import Endpoint
    from edexql.server.service import Service


_KINDS = {".zip": "application/zip", ".txt": "text/plain", ".png": "image/png", ".tar": "application/x-tar"}
_OTHER = "application/octet-stream"
_TAR = "write it as ?action=download&as=FAI.tar&type=php-tar&baseHref=/2019/05/01/FAI/&hrefs="


class _Year(Convertor[str]):
    """Four digits, with which no other address of the service begins."""

    regex = "[0-9]{4}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("year", _Year())


def routes(service: Service, under_way: set[Response]) -> Iterator[Route]:
    """The routes to the tree. `under_way` are all files that are being sent."""
    looked, packed = _looked(service, under_way), _packed(service, under_way)

    async def either(request: Request) -> Response:
        return await (packed if request.method == "POST" else looked)(request)

    yield Route("/", looked, methods=["GET"])
    for path in ("/{year:year}", "/{year:year}/{rest:path}"):
        yield Route(path, either, methods=["GET", "POST"])


def _looked(service: Service, under_way: set[Response]) -> Endpoint:
    """The endpoint of pages and files."""
    root, limits = service.settings.archive, service.settings.limits

    async def looked(request: Request) -> Response:
        path: str = request.scope["path"]
        place = _place(path)
        try:
            if path.endswith("/"):
                found = await service.evaluations.run(partial(entries, root, place, limits.files))
                return HTMLResponse(page(path, found if place else filter(_is_year, found)))
            check_room(service, under_way)
            file = await service.evaluations.run(partial(_file_or_none, root, place))
        except NotHeld:
            raise _nothing() from None
        if file is None:
            # Relative, so that it holds as well where a web server in front has the tree under another path.
            return Response(status_code=301, headers={"Location": f"./{quote(place.rpartition('/')[2])}/"})
        return Transfer(file, None, under_way, _KINDS.get(place[-4:].lower(), _OTHER))

    return looked


def _packed(service: Service, under_way: set[Response]) -> Endpoint:
    """The endpoint that packs folders."""

    async def packed(request: Request) -> Response:
        path: str = request.scope["path"]
        place = _place(path)
        check_room(service, under_way)
        try:
            name = _name_of_tar(path, request.query_params)
            tar = await service.evaluations.run(partial(tar_of, place, service.settings))
        except NotHeld:
            raise _nothing() from None
        return Packed(tar, name, under_way)

    return packed


def _place(path: str) -> str:
    """The place of a path in the archive. Raises Refusal for one that cannot be in it."""
    steps = path.removeprefix("/").removesuffix("/").split("/")
    if path != "/" and not all(map(is_shown, steps)):
        raise _nothing()
    return "/".join(steps)


def _file_or_none(root: str | None, place: str) -> IO[bytes] | None:
    """A file, open for reading; None for a folder. Raises NotHeld where there is neither."""
    try:
        return opened(root, place)
    except NotHeld:
        if os.path.isdir(path_of(root, place)):
            return None
        raise


def _name_of_tar(path: str, fields: Mapping[str, str]) -> str:
    """The name that the tar is to have. Raises Refusal for a request that is not one for a whole folder."""
    if fields.get("action") != "download" or fields.get("type") != "php-tar":
        raise refusal(422, "only a tar of a whole folder can be asked for here", help=_TAR)
    if fields.get("hrefs"):
        raise refusal(422, "only whole folders are packed: `hrefs` has to be empty", help=_TAR)
    if fields.get("baseHref", path).strip("/") != path.strip("/"):
        raise refusal(422, "`baseHref` is another folder than that of the address", help=_TAR)
    name = fields.get("as", "")
    if not is_shown(name) or not name.endswith(".tar"):
        raise refusal(422, "`as` is no name of a tar", help=_TAR)
    return name


def _is_year(entry: Entry) -> bool:
    return entry.folder and len(entry.name) == 4 and entry.name.isascii() and entry.name.isdecimal()


def _nothing() -> Exception:
    return refusal(404, "there is nothing here", help="the archive is a tree of /YYYY/MM/DD/INSTRUMENT/")


_COLUMN = 60
_LAST_SECOND = 253_402_300_799


def page(path: str, entries: Iterable[Entry]) -> str:
    """The page of the folder at a path, which begins and ends with a slash: names, times in UTC, sizes in bytes."""
    title = f"Index of {escape(path)}"
    lines = [
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n<h1>{title}</h1><hr><pre>",
        *(['<a href="../">../</a>'] if path != "/" else []),
        *map(_line, entries),
        "</pre><hr></body></html>\n",
    ]
    return "\n".join(lines)


def _line(entry: Entry) -> str:
    name = f"{entry.name}/" if entry.folder else entry.name
    size = "-" if entry.folder else str(entry.size)
    blanks = " " * max(_COLUMN - len(name), 1)
    return f'<a href="{quote(name)}">{escape(name)}</a>{blanks}{_minute(entry.modified)} {size:>12}'


def _minute(seconds: float) -> str:
    moment = time.gmtime(min(max(seconds, 0), _LAST_SECOND))
    return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02} {moment.tm_hour:02}:{moment.tm_min:02}"
