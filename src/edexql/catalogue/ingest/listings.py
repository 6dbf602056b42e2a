"""Saved listings of folders as web servers write them: Apache (fancy, as a table or not, and plain), nginx, h5ai.

Which of them the archive's own pages are is not known, so what they have in common is read: an entry is a
link in a table, a preformatted text or a list, whose text is the name that it leads to (Apache cuts long ones
short), with date and size in what comes after it. h5ai's entries are those of the table it writes for browsers
without JavaScript.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from edexql.base.names import acceptable
from edexql.catalogue.ingest.batches import Fault, File
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

# A page that is larger is no listing.
_MOST_CHARACTERS = 64 * 2**20
_PIECE = 2**16
# What begins and does not end is looked at again with every piece, so that it must not grow for ever.
_LONGEST_MARK = 2**16
# At the end of the page every mark that does not end is tried from its every beginning.
_LONGEST_LAST_MARK = 2**12
_AREAS = {"table", "pre", "ul"}
_ENDS_OF_ENTRIES = {"tr", "li", "pre", "table", "ul", "hr"}
_DATES = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[-/ ][A-Z][a-z]{2}[-/ ]\d{4}|\d\d?:\d\d(?::\d\d)?(?: ?[AP]M)?")
_SIZE = re.compile(r"(?<!\S)(?:(-)|(\d+(?:\.\d+)? ?[kKMGTP](?:i?B)?)|(\d+)(?: ?(?:B|bytes))?)(?!\S)")


@record(frozen=True, slots=True)
class _Link:
    """A link that may be an entry: its line, where it leads, and its text and what comes after, in pieces."""

    line: int
    href: str
    text: list[str]
    after: list[str]


@reader
def read(source: Source) -> Iterator[Batch]:
    """The files of a listing; folders, the way back and links that sort are left out."""
    page = _Page()
    waiting: list[str] = []
    size = total = 0
    for _, text in lines(source):
        # Python's parser raises for a number of thousands of digits.
        line = re.sub(r"&#[0-9]{9,};?", "\N{REPLACEMENT CHARACTER}", text)
        # It raises too for a marked section that it does not know; this makes it a comment.
        waiting.append(line.replace("<![", "<! ["))
        size += len(line) + 1
        if size >= _PIECE:
            yield from _entries(page, waiting)
            waiting, total, size = [], total + size, 0
        if total >= _MOST_CHARACTERS:
            yield Fault(0, "too long for a listing; the rest is not read")
            return
    yield from _entries(page, waiting, _LONGEST_LAST_MARK)
    page.close()
    page.finish()
    yield from _found(page)


def _entries(page: _Page, waiting: list[str], longest: int = _LONGEST_MARK) -> Iterator[Batch]:
    page.feed("\n".join([*waiting, ""]))
    yield from _found(page)
    if len(page.rawdata) > longest:
        yield Fault(page.getpos()[0], "a mark of HTML begins here and does not end")
        page.forget()


def _found(page: _Page) -> Iterator[Batch]:
    for link in page.links:
        entry = _entry(link)
        if entry is not None:
            yield entry
    page.links.clear()


class _Page(HTMLParser):
    """Gathers the links of a page that stand where listings have their entries."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[_Link] = []
        self._open: list[str] = []
        self._current: _Link | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENDS_OF_ENTRIES:
            self.finish()
        if tag in _AREAS:
            self._open.append(tag)
        elif tag == "a" and self._open:
            href = dict(attrs).get("href") or ""
            # The icon of an entry may be a link too.
            if self._current is None or self._current.href != href or self._current.text:
                self.finish()
                self._current = _Link(self.getpos()[0], href, [], [])
            self._inside = True
        elif tag == "td" and self._current is not None and not self._inside:
            self._current.after.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False
        elif tag in _ENDS_OF_ENTRIES:
            self.finish()
        if tag in _AREAS and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._current is not None:
            (self._current.text if self._inside else self._current.after).append(data)

    def forget(self) -> None:
        """Leave out what is not understood so far."""
        self.updatepos(0, len(self.rawdata))
        self.rawdata = ""

    def finish(self) -> None:
        """What comes from here on belongs to no entry so far."""
        if self._current is not None:
            self.links.append(self._current)
        self._current, self._inside = None, False


def _entry(link: _Link) -> File | Fault | None:
    """The file of a link, None where it is no entry of a file."""
    if "?" in link.href or "#" in link.href or link.href.endswith("/"):
        return None
    # Importing urllib.parse costs start-up time, and is needed here only.
    from urllib.parse import unquote

    name = unquote(link.href.rpartition("/")[2], errors="replace")
    text = "".join(link.text).strip()
    if name in ("", ".", "..") or not _names(text, name):
        return None
    if not acceptable(name):
        return Fault(link.line, f"not a name of a file: {shown(name)}")
    size, size_text = _size(" ".join("".join(link.after).split()))
    return File(name, size, size_text, link.href)


def _names(text: str, name: str) -> bool:
    """Whether the text of a link is a name, cut short or not."""
    if text == name or text == "".join(name.split("\n")):
        return True
    for mark in ("..>", "...", "…"):
        if text.endswith(mark) and len(text) > len(mark):
            return name.startswith(text.removesuffix(mark).rstrip())
    return False


def _size(after: str) -> tuple[int | None, str | None]:
    """The size in bytes where it is exact, or else as the listing shows it."""
    found = _SIZE.search(_DATES.sub(" ", after))
    if found is None or found[1]:
        return None, None
    if found[2]:
        return None, found[2]
    # A number of more digits than this is no size.
    return (int(found[3]) if len(found[3]) < 19 else None), None
