"""The links of a page, with what stands after each, and where they lead, seen from the folder of the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from edexql.base.names import acceptable, quoted
from edexql.record import record
from edexql.service.errors import ServiceError

_PIECE = 2**16
# What begins and does not end is looked at again with every piece, so that it must not grow for ever.
_LONGEST_MARK = 2**16
# At the end of the page every mark that does not end is tried from its every beginning.
_LONGEST_LAST_MARK = 2**12
# Dates, sizes and descriptions are shorter.
_LONGEST_AFTER = 400
_LONGEST_NAME = 1000
# No folder of the archive has nearly as many; a page of more is made to keep its reader busy.
_MOST_LINKS = 300_000
_ENDS_OF_ENTRIES = {"tr", "li", "pre", "table", "ul", "ol", "hr", "br", "p", "div", "address"}
# In a cell they are parts of it.
_BLOCKS = {"p", "div", "br"}
_CELLS = {"td", "span", "time"}
_HEADINGS = {"title", "h1"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*(utf-?(?:16|32)[a-z-]*)", re.IGNORECASE)
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Nearly all links are so, and need not be taken apart.
_SIMPLE = re.compile(r"[A-Za-z0-9_%~-][A-Za-z0-9_%~.-]*/?")
_NO_MARK = re.compile(r"<+(?![A-Za-z/!?])")
_LONG_REFERENCE = re.compile(r"&#[0-9]{9,};?")


@record(frozen=True, slots=True)
class Link:
    """A link: where it leads as it is written, what stands after it, and whether sizes there are cut to KB.

    `before` is what stands before it in its line, as IIS has it. `size` and `moment` are what cells say to machines,
    as Caddy writes them, empty where they do not.
    """

    href: str
    after: str
    cut_to_kilobytes: bool
    before: str = ""
    size: str = ""
    moment: str = ""


@record(frozen=True, slots=True)
class Step:
    """A step from a folder to what lies straight below it. `name` is None where it is one that no file can have."""

    name: str | None
    url: str
    folder: bool
    written: str


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page. What is said of its character set is believed of UTF-16 and UTF-32 alone.

    Anything else is UTF-8, or Latin-1 where it cannot be: servers say the one and send the other, and the marks
    of HTML and nearly all names are the same in both.
    """
    name = next((_MARKS[mark] for mark in _MARKS if body.startswith(mark)), None)
    said = _CHARSET.search(content_type)
    for encoding in (name, said[1] if said else None, "utf-8-sig"):
        try:
            text = body.decode(encoding) if encoding else None
        except (UnicodeDecodeError, LookupError):
            continue
        # A page of half-width characters that is said to be UTF-16 decodes, and has no mark of HTML or JSON in it.
        if text is not None and (encoding == "utf-8-sig" or any(sign in text for sign in "<[{")):
            return text
    return body.decode("latin-1")


def links_of(markup: str, url: str) -> tuple[list[Link], list[str]]:
    """The links of a page, and its title and headings. Raises ServiceError for markup that is damaged beyond that."""
    # Python's parser raises for a marked section that it does not know, and for numbers of too many digits.
    markup = _LONG_REFERENCE.sub("\ufffd", markup).replace("<![", "<! [")
    # A page of nothing but these would take it very long.
    markup = _NO_MARK.sub(" ", markup)
    parser = _Parser()
    for start in range(0, len(markup), _PIECE):
        parser.feed(markup[start : start + _PIECE])
        last = start + _PIECE >= len(markup)
        if len(parser.rawdata) > (_LONGEST_LAST_MARK if last else _LONGEST_MARK):
            line = parser.getpos()[0]
            raise ServiceError(f"the page of {url} cannot be read: a mark that begins in line {line} never ends", url)
        if len(parser.links) > _MOST_LINKS:
            raise ServiceError(f"the page of {url} has more than {_MOST_LINKS:,} links: that is not read", url)
    parser.close()
    parser.finish()
    return parser.links, ["".join(heading).strip() for heading in parser.headings]


class Address:
    """The address of a folder, and which links lead straight below it."""

    def __init__(self, url: str) -> None:
        from urllib.parse import unquote, urljoin, urlsplit

        self._unquote, self._join, self._split = unquote, urljoin, urlsplit
        parts = urlsplit(url)
        self._host = _host(parts.scheme, parts.netloc)
        self._path = parts.path.rpartition("/")[0] + "/"
        self._plain = unquote(self._path)
        self.url = f"{parts.scheme}://{parts.netloc}{self._path}"

    def step(self, href: str) -> Step | None:
        """Where a link leads; None if that is not straight below."""
        path = self._path_of(href)
        if path is None:
            return None
        cut = len(self._path) if path.startswith(self._path) else self._below(path)
        rest = "" if cut is None else path[cut:]
        folder = rest.endswith("/")
        step = rest[:-1] if folder else rest
        if not step or "/" in step:
            return None
        return self._step(self._unquote(step, errors="surrogateescape"), step, folder=folder)

    def elsewhere(self, href: str) -> str | None:
        """The host that a link leads to, if that is another one."""
        try:
            parts = self._split(self._join(self.url, href.strip()))
            host = _host(parts.scheme, parts.netloc)
        except ValueError:
            return None
        return host if parts.scheme in ("http", "https") and host != self._host else None

    def named(self, name: str, *, folder: bool) -> Step:
        """What a page calls by its name alone."""
        return self._step(name, quoted(name), folder=folder)

    def is_parent(self, href: str) -> bool:
        """Whether a link leads to the folder above."""
        path = self._path_of(href)
        above = self._plain.rstrip("/").rpartition("/")[0]
        return path is not None and self._unquote(path).rstrip("/") == above and self._plain != "/"

    def _path_of(self, href: str) -> str | None:
        """The path of a link within this host; None for a link elsewhere, or to a part or another view of a page."""
        if _SIMPLE.fullmatch(href):
            return self._path + href
        href = href.strip()
        if not href or href[0] in "?#" or "?" in href or "#" in href:
            return None
        try:
            parts = self._split(self._join(self.url, href))
            if parts.scheme not in ("http", "https") or _host(parts.scheme, parts.netloc) != self._host:
                return None
        except ValueError:
            return None
        return parts.path

    def _below(self, path: str) -> int | None:
        """Where the part of a path begins that lies below this folder, though it is written otherwise."""
        count = self._path.count("/")
        place = -1
        for _ in range(count):
            place = path.find("/", place + 1)
            if place < 0:
                return None
        return place + 1 if self._unquote(path[: place + 1]) == self._plain else None

    def _step(self, name: str, step: str, *, folder: bool) -> Step:
        fine = acceptable(name) and len(name) <= _LONGEST_NAME
        # Built from our own address, so that a link can neither change the scheme nor add a user's name.
        url = f"{self.url}{step}{'/' if folder else ''}"
        return Step(name if fine else None, url, folder, step[:_LONGEST_NAME])


class _Parser(HTMLParser):
    """Gathers links with what comes after them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self.headings: list[list[str]] = []
        self._href: str | None = None
        self._after: list[str] = []
        self._length = 0
        self._cut = False
        self._inside = False
        self._heading: list[str] | None = None
        self._before = self._line = ""
        self._size = self._moment = ""
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._cells = 0
        if tag in _ENDS_OF_ENTRIES and not (tag in _BLOCKS and self._cells):
            self.finish()
        if tag == "a":
            before = self._line
            self.finish()
            self._href, self._before = dict(attrs).get("href"), before
            self._inside = True
        elif tag in _CELLS:
            self._cells += tag == "td"
            self._told(tag, dict(attrs))
            self._inside = self._inside and tag == "span"
            self._add(" ")
            # The class of the cell in which h5ai writes sizes, which it cuts to whole thousands of bytes.
            self._cut = self._cut or (tag == "td" and ("class", "fb-s") in attrs)
        elif tag in _HEADINGS and len(self.headings) < 4:
            self._heading = []
            self.headings.append(self._heading)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False
        elif tag in _ENDS_OF_ENTRIES and not (tag in _BLOCKS and self._cells):
            self.finish()
        elif tag in _CELLS:
            self._cells -= tag == "td" and self._cells > 0
            self._add(" ")
        elif tag in _HEADINGS:
            self._heading = None

    def handle_data(self, data: str) -> None:
        if self._heading is not None and len(self._heading) < 20:
            self._heading.append(data[:_LONGEST_AFTER])
        if not self._inside:
            self._add(data)
            self._line = (self._line + data)[-_LONGEST_AFTER:].rpartition("\n")[2]

    def _told(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Keep what a cell says to machines."""
        if self._href is None:
            return
        if tag == "time":
            self._moment = self._moment or attributes.get("datetime") or ""
        self._size = self._size or attributes.get("data-order") or attributes.get("data-size") or ""

    def _add(self, data: str) -> None:
        if self._href is not None and self._length < _LONGEST_AFTER:
            self._after.append(data[:_LONGEST_AFTER])
            self._length += len(data)

    def finish(self) -> None:
        """What comes from here on belongs to no link so far."""
        if self._href is not None:
            after = "".join(self._after)
            self.links.append(Link(self._href, after, self._cut, self._before, self._size, self._moment))
        self._href, self._after, self._length, self._cut, self._inside = None, [], 0, False, False
        self._before = self._line = self._size = self._moment = ""


def _host(scheme: str, netloc: str) -> str:
    """A host with its port, the usual ones left out, whichever of the two schemes it is."""
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))
