"""The page of a folder, as web servers write it.

They are Apache (plain, fancy, as a table), nginx (HTML, JSON) and its fancyindex, h5ai, IIS, Caddy, lighttpd, Jetty,
Python's http.server, and the XML of S3 (ListObjects).

What the pages of the archive itself look like is not known, so what listings have in common is read, and nothing is
concluded from how a page looks: an entry is a link that leads straight below the folder, with date and size in what
comes after it, up to the end of its line of the table or list, or before, as IIS has it. h5ai writes such a table for
browsers without JavaScript; where its items, or those of nginx, are there as JSON, they are read from that.
"""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.base.units import exact_size
from edexql.formats.pages import bucket
from edexql.formats.pages.cells import json_moment, json_size, modified_in, size_in, utc_moment
from edexql.formats.pages.folders import Saved
from edexql.formats.pages.items import items
from edexql.formats.pages.links import links_of
from edexql.formats.pages.text import (
    BROKEN_JSON,
    BROKEN_OFF,
    NO_LISTING,
    NO_TABLE,
    OTHER_JSON,
    Problem,
    decoded,
    parted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.base.units import Size
    from edexql.formats.pages.folders import Address, Step
    from edexql.formats.pages.items import Items
    from edexql.formats.pages.links import Link

_BEGIN = re.compile(r"<html[\s>]", re.IGNORECASE)
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_HEADING = re.compile(r"index of\b|directory listing (?:for|of)\b|directory: /|[\w.:-]+ - /", re.IGNORECASE)
_H5AI = "powered by h5ai"
# Of h5ai; of Caddy.
_TABLE = re.compile(r"\bclass=[\"']?fb-n\b|\baria-describedby=[\"']?summary\b", re.IGNORECASE)
_JSON = ("application/json", "text/json")
# What nginx calls "other" can be neither downloaded nor opened.
_TYPES = ("file", "directory")


class Entry(Record):
    """A file or folder on a page.

    `url` is its address, on a saved page where the page says that it is. `size` is in bytes, to the byte or as near
    as it is written (M is 2^20, MB 10^6), None where the page does not tell; `listed` says how near that is.
    `modified` is an ISO 8601 time: in UTC if it ends in Z, else by the clock of the server, whose zone pages do not
    tell.
    """

    name: str
    url: str
    folder: bool
    size: int | None = None
    size_text: str = ""
    modified: str | None = None
    listed: Size | None = None


class Refused(Record):
    """A name that no file can have, as it stands on a page, and its line, 0 where lines say nothing."""

    name: str
    line: int


class Page(Record):
    """The entries of a page in their order, and the names on it that no file can have.

    `known` says that it shows what it is, a listing, even where it has no entries. `problem` is what is wrong with it,
    though what could be read is there. `elsewhere` are the links of entries to other hosts, which are no part of the
    folder. `cut` says that the page has a part of the entries only.
    """

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    known: bool
    problem: Problem | None = None
    elsewhere: tuple[str, ...] = ()
    cut: bool = False


def read(body: bytes, folder: Address | Saved, content_type: str = "") -> Page:
    """The page of a folder. Whatever the bytes are, there is a result."""
    text = decoded(body, content_type)
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _JSON or text.lstrip()[:1] in ("[", "{"):
        listed = items(text)
        return Page((), (), known=False, problem=Problem(NO_LISTING)) if listed is None else _of_items(listed, folder)
    if bucket.is_listing(text):
        return _of_bucket(text, folder)
    markup, scripts = parted(text)
    damaged = None
    for script in scripts:
        listed = items(script)
        page = _of_items(listed, folder) if listed else None
        # h5ai has items of the folders above as well; a page without any of this folder may have a table.
        if page is not None and page.entries:
            if page.problem is None:
                return page
            damaged = page
    page = _of_markup(markup, folder)
    if damaged is None or page.entries:
        return page
    return Page(damaged.entries, damaged.refused, page.known, page.problem or damaged.problem)


def is_listing(beginning: bytes) -> bool:
    """Whether a file that begins so is the page of a folder that was saved."""
    return read(beginning, Saved()).known


def once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each address once. The icon of an entry may be a link too, and has neither date nor size after it."""
    unique: dict[str, Entry] = {}
    for entry in entries:
        old = unique.get(entry.url)
        if old is None or (old.listed is None and old.modified is None):
            unique[entry.url] = entry
    return tuple(unique.values())


def _of_markup(markup: str, folder: Address | Saved) -> Page:
    entries: list[Entry] = []
    refused: list[Refused] = []
    elsewhere: dict[str, None] = {}
    parent = False
    marked = links_of(markup)
    for link in marked.links:
        step = folder.step(link)
        if step is None:
            parent = parent or folder.is_parent(link)
            if folder.is_elsewhere(link) and _has_date(link):
                elsewhere[link.href.strip()] = None
        elif step.name is None:
            refused.append(Refused(step.written, link.line))
        else:
            entries.append(_entry(step.name, step, link))
    known = any(_HEADING.match(heading) for heading in marked.headings) or _TABLE.search(markup) is not None
    known = known or (parent and bool(entries))
    h5ai = any(_H5AI in heading for heading in marked.headings)
    problem = marked.problem
    if problem is None and not known:
        problem = Problem(NO_TABLE if h5ai else NO_LISTING)
    # No server leaves the end out, and a length that is given too short cuts entries off.
    if problem is None and _BEGIN.search(markup) and not _END.search(markup):
        problem = Problem(BROKEN_OFF)
    return Page(tuple(entries), tuple(refused), known or h5ai, problem, tuple(elsewhere))


def _has_date(link: Link) -> bool:
    """Whether a link has a date beside it, as entries have."""
    return modified_in(link.after)[0] is not None or modified_in(link.before)[0] is not None or link.moment != ""


def _entry(name: str, step: Step, link: Link) -> Entry:
    modified, beside = modified_in(link.after)
    if modified is None:
        earlier, before = modified_in(link.before)
        modified, beside = (earlier, before) if earlier is not None else (modified, beside)
    modified = utc_moment(link.moment) or modified
    if step.folder:
        return Entry(name, step.url, step.folder, modified=modified)
    if link.size.isdecimal() and len(link.size) < 18:
        exact = exact_size(int(link.size))
        return Entry(name, step.url, step.folder, exact.count, link.size, modified, exact)
    size, text, listed = size_in(beside, dated=modified is not None, cut_to_kilobytes=link.cut_to_kilobytes)
    return Entry(name, step.url, step.folder, size, text, modified, listed)


def _of_items(given: Items, folder: Address | Saved) -> Page:
    entries: list[Entry] = []
    refused: list[Refused] = []
    problem = None if given.whole else Problem(BROKEN_JSON)
    for item in given.objects:
        name, href, kind = item.get("name"), item.get("href"), item.get("type")
        if isinstance(href, str):
            step = folder.to(href)
        elif isinstance(name, str) and isinstance(kind, str):
            step = folder.named(name, folder=kind == "directory")
        else:
            problem = problem or Problem(OTHER_JSON)
            continue
        if step is None:
            continue
        if step.name is None or (kind is not None and kind not in _TYPES):
            refused.append(Refused(step.written, 0))
            continue
        moment = json_moment(item.get("time") if isinstance(href, str) else item.get("mtime"))
        entries.append(_exact(step.name, step, item.get("size"), moment))
    # Objects with names are in many a JSON; those with times are files.
    known = any(entry.modified is not None for entry in entries)
    return Page(tuple(entries), tuple(refused), known, problem)


def _of_bucket(text: str, folder: Address | Saved) -> Page:
    """The entries of a listing of S3, whose keys are whole paths in the bucket."""
    listing = bucket.read(text)
    step_of = folder.keys(listing.prefix)
    entries: list[Entry] = []
    refused: list[Refused] = []
    for key, modified, count in listing.files:
        step = step_of(key)
        if step is None:
            continue
        if step.name is None:
            refused.append(Refused(step.written, 0))
        else:
            entries.append(_exact(step.name, step, count, utc_moment(modified)))
    return Page(tuple(entries), tuple(refused), known=True, cut=listing.cut)


def _exact(name: str, step: Step, count: object, modified: str | None) -> Entry:
    """An entry of a page for machines, whose size is to the byte."""
    listed = None if step.folder else json_size(count)
    size = None if listed is None else listed.most
    return Entry(name, step.url, step.folder, size, "" if size is None else str(size), modified, listed)
