"""The links of a page, with what stands beside each."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from edexql.base.record import Record
from edexql.formats.pages.text import ENDLESS_MARK, TOO_MANY_LINKS, Problem, without_long_references

# No folder of the archive has nearly as many; a page of more is made to keep its reader busy.
MOST_LINKS = 300_000
_PIECE = 2**16
# What begins and does not end is looked at again with every piece, so that it must not grow for ever.
_LONGEST_MARK = 2**16
# At the end of the page every mark that does not end is tried from its every beginning.
_LONGEST_LAST_MARK = 2**12
# Dates, sizes and descriptions are shorter.
_LONGEST_AFTER = 400
# Longer than the names of files.
_LONGEST_TEXT = 2000
# Where listings have their entries.
_PLACES = {"table", "pre", "ul"}
_ENDS_OF_ENTRIES = {"tr", "li", "pre", "table", "ul", "ol", "hr", "br", "p", "div", "address"}
# In a cell they are parts of it.
_BLOCKS = {"p", "div", "br"}
_CELLS = {"td", "span", "time"}
_HEADINGS = {"title", "h1"}
_NO_MARK = re.compile(r"<+(?![A-Za-z/!?])")


class Link(Record):
    """A link: its line, where it leads as it is written, its text, and what stands beside it in its line.

    `placed` says that it stands in a table, a list or preformatted text, `cut_to_kilobytes` that sizes after it are.
    `before` is for IIS, which has date and size there. `size` and `moment` are what cells say to machines, as Caddy
    writes them, empty where they do not.
    """

    line: int
    href: str
    text: str
    placed: bool
    before: str
    after: str
    cut_to_kilobytes: bool
    size: str
    moment: str


class Marked(Record):
    """The links of a page, its title and headings, and the first thing that kept some of it from being read."""

    links: tuple[Link, ...]
    headings: tuple[str, ...]
    problem: Problem | None


def links_of(markup: str) -> Marked:
    """The links of a page, and what is said above them. Marks that never end are left out."""
    # Python's parser raises for a marked section that it does not know.
    markup = without_long_references(markup).replace("<![", "<! [")
    # A page of nothing but these would take it very long.
    markup = _NO_MARK.sub(" ", markup)
    parser = _Parser()
    problem = None
    for start in range(0, len(markup), _PIECE):
        parser.feed(markup[start : start + _PIECE])
        last = start + _PIECE >= len(markup)
        if len(parser.rawdata) > (_LONGEST_LAST_MARK if last else _LONGEST_MARK):
            problem = problem or Problem(ENDLESS_MARK, parser.getpos()[0])
            parser.forget()
        if len(parser.links) > MOST_LINKS:
            problem = problem or Problem(TOO_MANY_LINKS, parser.getpos()[0])
            parser.forget()
            break
    parser.close()
    parser.finish()
    return Marked(tuple(parser.links), tuple("".join(heading).strip() for heading in parser.headings), problem)


class _Parser(HTMLParser):
    """Gathers links with what stands beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self.headings: list[list[str]] = []
        self._href: str | None = None
        self._at = 0
        self._text: list[str] = []
        self._placed = False
        self._places = 0
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
        self._places += tag in _PLACES
        if tag == "a":
            before = self._line
            self.finish()
            self._href, self._before = dict(attrs).get("href"), before
            self._at, self._placed, self._inside = self.getpos()[0], self._places > 0, True
        elif tag in _CELLS:
            self._cells += tag == "td"
            self._add_attributes(tag, dict(attrs))
            self._inside = self._inside and tag == "span"
            self._add(" ")
            # The class of the cell in which h5ai writes sizes, which it cuts to whole thousands of bytes.
            self._cut = self._cut or (tag == "td" and ("class", "fb-s") in attrs)
        elif tag in _HEADINGS and len(self.headings) < 4:
            self._heading = []
            self.headings.append(self._heading)

    def handle_endtag(self, tag: str) -> None:
        self._places -= tag in _PLACES and self._places > 0
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
        if self._inside:
            self._text.append(data[:_LONGEST_TEXT])
        else:
            self._add(data)
            self._line = (self._line + data)[-_LONGEST_AFTER:].rpartition("\n")[2]

    def _add_attributes(self, tag: str, attributes: dict[str, str | None]) -> None:
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

    def forget(self) -> None:
        """Leave out what is not understood so far."""
        self.updatepos(0, len(self.rawdata))
        self.rawdata = ""

    def finish(self) -> None:
        """What comes from here on belongs to no link so far."""
        if self._href is not None:
            self.links.append(
                Link(
                    self._at,
                    self._href,
                    "".join(self._text)[:_LONGEST_TEXT],
                    self._placed,
                    self._before,
                    "".join(self._after),
                    self._cut,
                    self._size,
                    self._moment,
                )
            )
        self._href, self._text, self._after, self._length, self._cut, self._inside = None, [], [], 0, False, False
        self._before = self._line = self._size = self._moment = ""
