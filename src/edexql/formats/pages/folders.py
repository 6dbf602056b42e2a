"""Which links of a page are the entries of its folder, seen from its address, or without one where it was saved.

A saved page does not tell its address, and a browser that saved it may have made links absolute: an entry is then a
link whose text is the name that it leads to.
"""

from __future__ import annotations

import re

from edexql.base.files.names import acceptable, quoted
from edexql.base.record import Record
from edexql.formats.pages.bucket import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.formats.pages.links import Link

_LONGEST_NAME = 1000
# Nearly all links are so, and need not be taken apart.
_SIMPLE = re.compile(r"[A-Za-z0-9_%~-][A-Za-z0-9_%~.-]*/?")
# What Apache, nginx and others write in place of the end of a long name.
_CUT_SHORT = ("..>", "...", "…")


class Step(Record):
    """A step from a folder to what lies straight below it. `name` is None where it is one that no file can have.

    `url` is its address, on a saved page where the page says that it is. `written` is how its name stands on the page.
    """

    name: str | None
    url: str
    folder: bool
    written: str


class Address:
    """The address of a folder: what its page links to straight below it are its entries."""

    def __init__(self, url: str) -> None:
        from urllib.parse import unquote, urljoin, urlsplit

        self._unquote, self._join, self._split = unquote, urljoin, urlsplit
        self._given = url
        parts = urlsplit(url)
        self._host = _host(parts.scheme, parts.netloc)
        self._path = parts.path.rpartition("/")[0] + "/"
        self._plain = unquote(self._path)
        self.url = f"{parts.scheme}://{parts.netloc}{self._path}"

    def step(self, link: Link) -> Step | None:
        """The entry that a link is; None if it leads elsewhere."""
        return self.to(link.href)

    def to(self, href: str) -> Step | None:
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

    def named(self, name: str, *, folder: bool) -> Step:
        """What a page calls by its name alone."""
        return self._step(name, quoted(name), folder=folder)

    def keys(self, prefix: str) -> Callable[[str], Step | None]:
        """What keys of a bucket are, all of which begin with a prefix."""
        below = Address(folder_of(self._given, prefix))

        def step(key: str) -> Step | None:
            name = key.removeprefix(prefix)
            if not name or not key.startswith(prefix):
                return None
            return below.named(name.removesuffix("/"), folder=name.endswith("/"))

        return step

    def is_elsewhere(self, link: Link) -> bool:
        """Whether a link leads to another host."""
        try:
            parts = self._split(self._join(self.url, link.href.strip()))
            return parts.scheme in ("http", "https") and _host(parts.scheme, parts.netloc) != self._host
        except ValueError:
            return False

    def is_parent(self, link: Link) -> bool:
        """Whether a link leads to the folder above."""
        path = self._path_of(link.href)
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


class Saved:
    """The folder of a page that was saved: what its page links to by its name are its entries."""

    def __init__(self) -> None:
        from urllib.parse import unquote

        self._unquote = unquote

    def step(self, link: Link) -> Step | None:
        """The entry that a link is; None where it is none."""
        folder = link.href.endswith("/")
        step = self._last(link.href.removesuffix("/"), link.href, folder=folder)
        text = link.text.strip()
        if step is None or not link.placed:
            return None
        return step if _names(text.removesuffix("/") if folder else text, step.written) else None

    def to(self, href: str) -> Step | None:
        """The file that h5ai says lies there; the folders that it says are those above as well."""
        return None if href.endswith("/") else self._last(href, href, folder=False)

    def named(self, name: str, *, folder: bool) -> Step:
        """What a page calls by its name alone."""
        return _saved(name, quoted(name), folder=folder)

    def keys(self, prefix: str) -> Callable[[str], Step | None]:
        """What keys of a bucket are, all of which begin with a prefix. A saved listing may be of folders in folders."""

        def step(key: str) -> Step | None:
            folder = key.endswith("/")
            name = key.removesuffix("/").rpartition("/")[2]
            return _saved(name, key, folder=folder) if key.startswith(prefix) and key != prefix else None

        return step

    def is_elsewhere(self, _: Link) -> bool:
        """Whether a link leads to another host: no saved page tells."""
        return False

    def is_parent(self, link: Link) -> bool:
        """Whether a link leads to the folder above."""
        return link.href.strip().rstrip("/").rpartition("/")[2] == ".."

    def _last(self, path: str, href: str, *, folder: bool) -> Step | None:
        name = self._unquote(path.rpartition("/")[2], errors="replace")
        if "?" in href or "#" in href or name in ("", ".", ".."):
            return None
        return _saved(name, href, folder=folder)


def _saved(name: str, place: str, *, folder: bool) -> Step:
    return Step(name if acceptable(name) else None, place, folder, name)


def _names(text: str, name: str) -> bool:
    """Whether the text of a link is a name, cut short or not."""
    if text == name or text == "".join(name.split("\n")):
        return True
    for mark in _CUT_SHORT:
        if text.endswith(mark) and len(text) > len(mark):
            return name.startswith(text.removesuffix(mark).rstrip())
    return False


def _host(scheme: str, netloc: str) -> str:
    """A host with its port, the usual ones left out, whichever of the two schemes it is."""
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))
