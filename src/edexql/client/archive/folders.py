"""Folders of the archive looked through: one, or all that may hold files of some days, instruments and products.

One request at a time, each folder once a call, and no more folders than a limit. Where many days of a month are
asked for, the month's own page is read first, so that days that are not there are not asked for."""

from __future__ import annotations

import re
from datetime import date, timedelta

from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.client.archive.locations import Place, address, spacecraft_of
from edexql.client.archive.request import MissingFolderError, get
from edexql.client.endpoints import archive
from edexql.client.errors import ServiceError
from edexql.formats.availability import instruments_of
from edexql.formats.pages import text as page_text
from edexql.formats.pages.folders import Address
from edexql.formats.pages.links import MOST_LINKS
from edexql.formats.pages.page import once, read
from edexql.formats.signatures import title_of
from edexql.model.filename import span_of_name
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import requests

    from edexql.formats.pages.page import Entry
    from edexql.model.vocabulary import Vocabulary


_WORDS = {
    page_text.NO_LISTING: "{url} is not a listing of a folder{title}",
    page_text.NO_TABLE: "{url} is a page of h5ai without a table of its files: it cannot be read",
    page_text.OTHER_JSON: "{url} answered with JSON that is not a listing of a folder",
    page_text.BROKEN_JSON: "{url} is not a listing of a folder{title}",
    page_text.BROKEN_OFF: "the page of {url} is cut off: try again later",
    page_text.ENDLESS_MARK: "the page of {url} cannot be read: an HTML tag that begins in line {line} does not end",
    page_text.TOO_MANY_LINKS: "the page of {url} has more than {most:,} links, the limit",
}


class Folder(Record):
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
    listing = read(body, Address(url), content_type)
    if listing.problem is not None:
        words = title_of(body)
        title = f": {words}" if words else ""
        line = listing.problem.line
        raise ServiceError(_WORDS[listing.problem.what].format(url=url, title=title, line=line, most=MOST_LINKS), url)
    refused = dict.fromkeys(one.name for one in listing.refused)
    return Folder(path, url, once(listing.entries), tuple(refused), listing.elsewhere, listing.cut)


MOST_FOLDERS = 5000
# So many days of one month are worth a look at the month.
_MANY_DAYS = 4
# After so many folders in a row that could not be read the archive is left alone.
_MOST_FAILURES = 3


class ArchiveFile(Record):
    """A file, the folder in which it lies, and its product, None where its name tells none of the vocabulary."""

    entry: Entry
    place: Place
    product: str | None


class Unread(Record):
    """A folder or name that is not looked into, and why: files may be there all the same."""

    url: str
    reason: str


def browse(path: str, session: requests.Session, base: str | None = None) -> Folder:
    """One folder, by its path below the archive's address: `2019/05/01/FAI`, `2019`, or nothing for the first.

    Raises MissingFolderError where the archive has no such folder, ServiceError where it cannot be read.
    """
    url = address(path, base)
    answer = get(url, session)
    if not answer.url.endswith(address(path, "http://archive").removeprefix("http://archive")):
        raise ServiceError(f"{url} redirects to another folder, {printable(answer.url)[:200]}", url)
    return page(answer.body, answer.url, answer.content_type, path.strip("/"))


def walk(
    days: Iterable[date],
    instruments: Sequence[str],
    products: Sequence[str],
    session: requests.Session,
    base: str | None = None,
    vocabulary: Vocabulary | None = None,
    progress: Callable[[str], object] | None = None,
    *,
    daily: bool = False,
) -> Iterator[ArchiveFile | Unread]:
    """The files of some days, day by day, and what could not be looked into.

    `instruments` are names in any case, with what files of the spacecraft begin with (`cas`) for its daily products;
    none are all. `daily` is for the daily products alone. `products` are names of the vocabulary (the package's own,
    unless one is given); none are all, files of no known product among them. `progress` is called with the path of each
    folder before it is asked for. Folders that are not there hold no files. Raises ServiceError for an instrument or a
    product that there is not, when more than MOST_FOLDERS would be asked for, and when several folders in a row cannot
    be read.
    """
    from edexql.model.vocabulary import load

    vocabulary = vocabulary or load()
    base = base or archive(vocabulary.mission)
    there = _Holders(frozenset(instruments_of(vocabulary)), frozenset(spacecraft_of(vocabulary)), vocabulary)
    wanted = frozenset((DAILY,)) if daily else there.wanted(instruments, products, base)
    product_of = products_by_name(vocabulary)
    visit = _Visit(session, base, progress)
    requested = sorted(set(days))
    before = set(days_before(requested))
    for day in _days_there(sorted({*requested, *before}), visit):
        if isinstance(day, Unread):
            yield day
            continue
        # Those of the spacecraft are of one day each.
        of_day = wanted - {DAILY} if day in before else wanted
        for item in _of_day(day, of_day, there, visit) if of_day else ():
            if isinstance(item, Unread):
                # Of the day before only what cannot be read at all matters.
                if day not in before or item.url in item.reason:
                    yield item
                continue
            entry, place = item
            if day in before and not _goes_on(entry.name, day, vocabulary):
                continue
            product = product_of(entry.name)
            if not products or product in products:
                yield ArchiveFile(entry, place, product)


def days_before(days: Iterable[date]) -> list[date]:
    """The days before periods of days, in whose folders are the files that go on over midnight."""
    requested = set(days)
    return sorted({day - timedelta(days=1) for day in requested if day > date.min} - requested)


def _goes_on(name: str, day: date, vocabulary: Vocabulary) -> bool:
    """Whether a file ends on the day after that on which it begins, by its name."""
    period = span_of_name(name, vocabulary.name_forms)
    midnight = (day.toordinal() + 1 - date(1970, 1, 1).toordinal()) * DAY
    return period is not None and period.end is not None and period.end > midnight


def products_by_name(vocabulary: Vocabulary) -> Callable[[str], str | None]:
    """A function from the name of a file to its product, by the patterns of the vocabulary; None for no product."""
    patterns = [(re.compile(e["names"]), name) for name, e in vocabulary.products.items() if e.get("names")]

    def of_name(name: str) -> str | None:
        return next((product for pattern, product in patterns if pattern.fullmatch(name)), None)

    return of_name


class _Visit:
    """What one call has asked for so far, which has an end."""

    def __init__(self, session: requests.Session, base: str, progress: Callable[[str], object] | None) -> None:
        self._session = session
        self._base = base
        self._progress = progress
        self._count = 0
        self._failures = 0

    def folder(self, path: str) -> Folder | Unread | None:
        """A folder, None where there is none. Raises ServiceError when the limits are reached."""
        if self._count >= MOST_FOLDERS:
            raise ServiceError(
                f"more than {MOST_FOLDERS:,} folders would be read: name fewer days or instruments", self._base
            )
        self._count += 1
        if self._progress is not None:
            self._progress(path)
        try:
            folder = browse(path, self._session, self._base)
        except MissingFolderError:
            self._failures = 0
            return None
        except ServiceError as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise ServiceError(
                    f"{error} (the last of {_MOST_FAILURES} folders in a row that could not be read)", error.url
                ) from error
            return Unread(error.url, str(error))
        self._failures = 0
        return folder


def _days_there(days: Sequence[date], visit: _Visit) -> Iterator[date | Unread]:
    """The days that may be there. A month whose page cannot be read may have them all."""
    months: dict[tuple[int, int], list[date]] = {}
    for day in days:
        months.setdefault((day.year, day.month), []).append(day)
    for (year, month), some in months.items():
        folder = visit.folder(f"{year:04}/{month:02}") if len(some) >= _MANY_DAYS else Unread("", "")
        if folder is None:
            continue
        if isinstance(folder, Unread):
            yield from some
            continue
        there = {entry.name for entry in folder.folders()}
        yield from (day for day in some if f"{day.day:02}" in there)
        yield from _refused(folder)


def _of_day(
    day: date, wanted: frozenset[str], holders: _Holders, visit: _Visit
) -> Iterator[tuple[Entry, Place] | Unread]:
    """The files of a day: of its own folder where the spacecraft's are wanted, and of its instruments."""
    there = wanted - {DAILY}
    if len(wanted) > 1 or DAILY in wanted:
        place = Place(day, None)
        folder = visit.folder(str(place))
        if folder is None:
            return
        if isinstance(folder, Unread):
            # Its instruments are found by requesting each of them.
            yield folder
        else:
            if DAILY in wanted:
                yield from ((entry, place) for entry in folder.files())
            yield from _refused(folder)
            names = {entry.name for entry in folder.folders()}
            if wanted == holders.everything:
                yield from (
                    Unread(entry.url, f"it is not a folder of an instrument{holders.of}")
                    for entry in folder.folders()
                    if entry.name not in holders.instruments
                )
            there = there & names
    for instrument in sorted(there):
        place = Place(day, instrument)
        folder = visit.folder(str(place))
        if isinstance(folder, Unread):
            yield folder
        elif folder is not None:
            yield from ((entry, place) for entry in folder.files())
            yield from (
                Unread(entry.url, "folders inside the folder of an instrument are not read")
                for entry in folder.folders()
            )
            yield from _refused(folder)


def _refused(folder: Folder) -> Iterator[Unread]:
    for reason in doubts(folder):
        yield Unread(folder.url, reason)


def doubts(folder: Folder) -> list[str]:
    """What of the page of a folder is no entry of it."""
    reasons = [f"{shown(name)} on its page cannot be the name of a file" for name in folder.refused]
    reasons += [f"{shown(link)} on its page leads to another host, and is not followed" for link in folder.elsewhere]
    if folder.cut:
        reasons.append(f"{folder.url} has more files or folders than its page lists")
    return reasons


# In place of an instrument: the daily products of the spacecraft.
DAILY = ""


class _Holders:
    """The folders of a day that may hold files: those of instruments, and the day's own."""

    def __init__(self, instruments: frozenset[str], spacecraft: frozenset[str], vocabulary: Vocabulary) -> None:
        self.instruments = instruments
        self.everything = instruments | {DAILY}
        self.of = vocabulary.mission.of
        self._spacecraft = spacecraft
        self._vocabulary = vocabulary

    def wanted(self, instruments: Sequence[str], products: Sequence[str], base: str) -> frozenset[str]:
        """The instruments, and DAILY, whose folders may hold what is asked for."""
        named = frozenset(name.upper() for name in instruments)
        if foreign := sorted(named - self.instruments - self._spacecraft):
            known = ", ".join(sorted(self.instruments | self._spacecraft))
            raise ServiceError(f"there is no instrument {shown(foreign[0])}: there are {known}", base)
        wanted = frozenset(DAILY if name in self._spacecraft else name for name in named) or self.everything
        if not products:
            return wanted
        holders = set()
        for name in products:
            entry = self._vocabulary.products.get(name)
            if entry is None:
                raise ServiceError(f"unknown product {shown(name)}", base)
            if not entry.get("names"):
                raise ServiceError(f"the file names of {shown(name)} are unknown: name its instrument instead", base)
            holders.add((entry.get("instrument") or DAILY).upper())
        return wanted & holders
