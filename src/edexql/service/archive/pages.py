"""The page of a folder, as web servers write it.

They are Apache (plain, fancy, as a table), nginx (HTML, JSON) and its fancyindex, h5ai, IIS, Caddy, lighttpd, Jetty,
Python's http.server, and the XML of S3 (ListObjects).

What the pages of the archive itself look like is not known, so what listings have in common is read, and nothing is
concluded from how a page looks: an entry is a link that leads straight below the folder, with date and size in what
comes after it, up to the end of its line of the table or list, or before, as IIS has it. h5ai writes such a table for
browsers without JavaScript; where its items, or those of nginx, are there as JSON, they are read from that.
"""

from __future__ import annotations

import json
import re

from edexql.base.units import exact_size
from edexql.formats import bucket
from edexql.record import record
from edexql.service.archive.links import Address, decoded, links_of
from edexql.service.archive.sizes import json_moment, json_size, modified_in, size_in, utc_moment
from edexql.service.errors import ServiceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.base.units import Size
    from edexql.service.archive.links import Link, Step

_SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_BEGIN = re.compile(r"<html[\s>]", re.IGNORECASE)
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_HEADING = re.compile(r"index of\b|directory listing (?:for|of)\b|directory: /|[\w.:-]+ - /", re.IGNORECASE)
# Of h5ai; of Caddy.
_TABLE = re.compile(r"\bclass=[\"']?fb-n\b|\baria-describedby=[\"']?summary\b", re.IGNORECASE)
_JSON = ("application/json", "text/json")
# What nginx calls "other" can be neither downloaded nor opened.
_TYPES = ("file", "directory")


@record(frozen=True, slots=True)
class Entry:
    """A file or folder on a page.

    `size` is in bytes, to the byte or as near as it is written (M is 2^20, MB 10^6), None where the page does not
    tell; `listed` says how near that is. `modified` is an ISO 8601 time: in UTC if it ends in Z, else by the clock
    of the server, whose zone pages do not tell.
    """

    name: str
    url: str
    folder: bool
    size: int | None = None
    size_text: str = ""
    modified: str | None = None
    listed: Size | None = None


@record(frozen=True, slots=True)
class Page:
    """The entries of a page, each address once, and the names on it that no file can have, as they stand there.

    `elsewhere` are the links of entries to other hosts, which are no part of the folder. `cut` says that the page has
    a part of the entries only.
    """

    entries: tuple[Entry, ...]
    refused: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    cut: bool = False


def listing(body: bytes, url: str, content_type: str = "") -> tuple[Entry, ...]:
    """The entries on the page of a folder, whose address is `url`.

    Whatever the bytes are, there is a result, or ServiceError for a page that is no listing, with its title.
    """
    return page(body, url, content_type).entries


def page(body: bytes, url: str, content_type: str = "") -> Page:
    """The same with the names that are refused: they have a separator in them, or what cannot be shown."""
    text = decoded(body, content_type)
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _JSON or text.lstrip()[:1] in ("[", "{"):
        items = _items(text)
        if items is None:
            raise _no_listing(body, url)
        return _of_json(items, url)
    if bucket.is_listing(text):
        return _of_bucket(text, url)
    markup, scripts = _parted(text)
    for script in scripts:
        items = _items(script)
        # h5ai has items of the folders above as well; a page without any of this folder may have a table.
        if items and (found := _of_json(items, url)).entries:
            return found
    return _of_markup(markup, body, url)


def _of_markup(markup: str, body: bytes, url: str) -> Page:
    address = Address(url)
    found: dict[str, Entry] = {}
    refused: dict[str, None] = {}
    elsewhere: dict[str, None] = {}
    parent = False
    links, headings = links_of(markup, url)
    for link in links:
        step = address.step(link.href)
        if step is None:
            parent = parent or address.is_parent(link.href)
            if _is_entry(link) and address.elsewhere(link.href):
                elsewhere[link.href.strip()] = None
            continue
        if step.name is None:
            refused[step.written] = None
            continue
        entry = _entry(step, link)
        old = found.get(step.url)
        # The icon of an entry may be a link too, and has neither date nor size after it.
        if old is None or (old.listed is None and old.modified is None):
            found[step.url] = entry
    known = any(_HEADING.match(heading) for heading in headings) or _TABLE.search(markup) is not None
    if not known and not (parent and found):
        if any("powered by h5ai" in heading for heading in headings):
            raise ServiceError(f"{url} is a page of h5ai without a table of its files: it cannot be read", url)
        raise _no_listing(body, url)
    # No server leaves the end out, and a length that is told too short cuts entries off.
    if _BEGIN.search(markup) and not _END.search(markup):
        raise ServiceError(f"the page of {url} breaks off before its end: try again later", url)
    return Page(tuple(found.values()), tuple(refused), tuple(elsewhere))


def _is_entry(link: Link) -> bool:
    """Whether a link has a date beside it, as entries have."""
    return modified_in(link.after)[0] is not None or modified_in(link.before)[0] is not None or link.moment != ""


def _entry(step: Step, link: Link) -> Entry:
    modified, beside = modified_in(link.after)
    if modified is None:
        told, before = modified_in(link.before)
        modified, beside = (told, before) if told is not None else (modified, beside)
    modified = utc_moment(link.moment) or modified
    if step.folder:
        return Entry(step.name or "", step.url, step.folder, modified=modified)
    if link.size.isdecimal() and len(link.size) < 18:
        exact = exact_size(int(link.size))
        return Entry(step.name or "", step.url, step.folder, exact.count, link.size, modified, exact)
    size, text, listed = size_in(beside, dated=modified is not None, cut_to_kilobytes=link.cut_to_kilobytes)
    return Entry(step.name or "", step.url, step.folder, size, text, modified, listed)


def _items(text: str) -> list[Any] | None:
    """The items of nginx's or h5ai's JSON; None for what is not of their form."""
    from edexql.base.nesting import too_deep

    try:
        data = None if too_deep(text) else json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict):
        data = data.get("items")
    return data if isinstance(data, list) and all(isinstance(item, dict) for item in data) else None


def _of_json(items: list[Any], url: str) -> Page:
    """The entries of nginx's objects (`name`, `type`, `mtime`, `size`) or of h5ai's (`href`, `time`, `size`)."""
    address = Address(url)
    found: dict[str, Entry] = {}
    refused: dict[str, None] = {}
    for item in items:
        name, href, kind = item.get("name"), item.get("href"), item.get("type")
        if isinstance(href, str):
            step = address.step(href)
        elif isinstance(name, str) and isinstance(kind, str):
            step = address.named(name, folder=kind == "directory")
        else:
            raise ServiceError(f"{url} answered with JSON that is no listing of a folder", url)
        if step is None:
            continue
        if step.name is None or (kind is not None and kind not in _TYPES):
            refused[step.written] = None
            continue
        listed = None if step.folder else json_size(item.get("size"))
        moment = json_moment(item.get("time") if isinstance(href, str) else item.get("mtime"))
        size = None if listed is None else listed.most
        text = "" if size is None else str(size)
        found.setdefault(step.url, Entry(step.name, step.url, step.folder, size, text, moment, listed))
    return Page(tuple(found.values()), tuple(refused))


def _of_bucket(text: str, url: str) -> Page:
    """The entries of a listing of S3, whose keys are whole paths in the bucket."""
    listing = bucket.read(text)
    address = Address(bucket.folder_of(url, listing.prefix))
    found: dict[str, Entry] = {}
    refused: dict[str, None] = {}
    for key, modified, count in listing.files:
        name = key.removeprefix(listing.prefix)
        if not name or not key.startswith(listing.prefix):
            continue
        step = address.named(name.removesuffix("/"), folder=name.endswith("/"))
        if step.name is None:
            refused[step.written] = None
            continue
        listed = None if step.folder else json_size(count)
        size = None if listed is None else listed.most
        text_of_size = "" if size is None else str(size)
        entry = Entry(step.name, step.url, step.folder, size, text_of_size, utc_moment(modified), listed)
        found.setdefault(step.url, entry)
    return Page(tuple(found.values()), tuple(refused), (), listing.cut)


def _parted(text: str) -> tuple[str, list[str]]:
    """A page without its scripts, and those of them that are JSON."""
    markup: list[str] = []
    scripts: list[str] = []
    place = 0
    while begin := _SCRIPT.search(text, place):
        markup.append(text[place : begin.start()])
        end = _SCRIPT_END.search(text, begin.end())
        stop = end.start() if end else len(text)
        if "json" in begin[1].lower():
            scripts.append(text[begin.end() : stop])
        # A script that does not end is one to the end of the page, for browsers too.
        place = stop if end else len(text)
    return "".join([*markup, text[place:]]), scripts


def _no_listing(body: bytes, url: str) -> ServiceError:
    from edexql.service.download.page import told

    # A number of so many digits is no character, and Python refuses to read it.
    words = told(re.sub(rb"&#[0-9]{9,};?", b"?", body[: 2**16]))
    return ServiceError(f"{url} is no listing of a folder{': ' + words if words else ''}", url)
