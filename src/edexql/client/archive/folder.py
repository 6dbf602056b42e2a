"""A folder of the archive, as its page has it."""

from __future__ import annotations

from edexql.base.record import record
from edexql.client.errors import ServiceError
from edexql.formats.pages import problem
from edexql.formats.pages.folders import Address
from edexql.formats.pages.links import MOST_LINKS
from edexql.formats.pages.page import once, read
from edexql.formats.signatures import title_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.formats.pages.page import Entry

_WORDS = {
    problem.NO_LISTING: "{url} is no listing of a folder{title}",
    problem.NO_TABLE: "{url} is a page of h5ai without a table of its files: it cannot be read",
    problem.OTHER_JSON: "{url} answered with JSON that is no listing of a folder",
    problem.BROKEN_JSON: "{url} is no listing of a folder{title}",
    problem.BROKEN_OFF: "the page of {url} breaks off before its end: try again later",
    problem.ENDLESS_MARK: "the page of {url} cannot be read: a mark that begins in line {line} never ends",
    problem.TOO_MANY_LINKS: "the page of {url} has more than {most:,} links: that is not read",
}


@record(frozen=True, slots=True)
class Folder:
    """A folder of the archive: its path and address, its entries, and names on its page that no file can have.

    `elsewhere` are links of its page to other hosts, which are not followed; `cut` says that the page has a part of
    its entries.
    """

    path: str
    url: str
    entries: tuple[Entry, ...]
    refused: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    cut: bool = False

    def files(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if not entry.folder)

    def folders(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.folder)


def page(body: bytes, url: str, content_type: str = "", path: str = "") -> Folder:
    """The folder whose page has come from an address, each entry once.

    Raises ServiceError for a page that is no listing, with its title, and for one that is damaged.
    """
    found = read(body, Address(url), content_type)
    if found.problem is not None:
        words = title_of(body)
        title = f": {words}" if words else ""
        line = found.problem.line
        raise ServiceError(_WORDS[found.problem.what].format(url=url, title=title, line=line, most=MOST_LINKS), url)
    refused = dict.fromkeys(one.name for one in found.refused)
    return Folder(path, url, once(found.entries), tuple(refused), found.elsewhere, found.cut)
