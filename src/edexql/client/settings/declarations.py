"""Every setting: its default, what it may be, what it is, and the variable of the environment that gives it a value.

A setting is one entry of a section below. Its name in a configuration is `section.name`, and its variable is
`EDEXQL_SECTION_NAME` where it has no other.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.client import endpoints
from edexql.client.settings.kinds import (
    ADDRESS,
    BYTES,
    CHECK_NAMES,
    COUNT,
    DAYS,
    EMAIL,
    HEADER,
    HOST,
    METHOD,
    PATH,
    PATHS,
    PLACE,
    PORT,
    RATIO,
    RELAY,
    SECONDS,
    WARNINGS,
    Kind,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Section = TypeVar("Section", bound=type[Any])
    Value = TypeVar("Value")


class Setting(Record):
    """A setting by its section and name. `doubt` is what is not known of it, empty where nothing is in doubt."""

    section: str
    name: str
    kind: Kind
    title: str
    variable: str
    doubt: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.section}.{self.name}"


# By full name, in the order in which they stand below.
SETTINGS: dict[str, Setting] = {}


class _Entry(Record):
    kind: Kind
    title: str
    variable: str
    doubt: str


# Of the section that is being declared, in the order of its fields.
_ENTRIES: list[_Entry] = []


def setting(default: Value, kind: Kind, title: str, variable: str = "", doubt: str = "") -> Value:
    """An entry of a section: the value where nobody gives another, and what the setting is."""
    _ENTRIES.append(_Entry(kind, title, variable, doubt))
    return default


def section(made: Section) -> Section:
    """Put the entries of a class, which is called after its section, into SETTINGS."""
    name = made.__name__.lower()
    for key, entry in zip(made.__match_args__, _ENTRIES, strict=True):
        variable = entry.variable or f"EDEXQL_{name}_{key}".upper()
        SETTINGS[f"{name}.{key}"] = Setting(name, key, entry.kind, entry.title, variable, entry.doubt)
    _ENTRIES.clear()
    return made


_OF_VOCABULARY = " (if not set: that of the vocabulary)"
_UNCONFIRMED = "unconfirmed: its name in eDEx is unknown"


@section
class Service(Record):
    """Where eDEx is: the hosts that list and deliver, the endpoints there, and how a listing is asked for.

    Hosts that nobody sets are those of the vocabulary; None where it has none.
    """

    listing: str | None = setting(None, ADDRESS, f"the host that lists files{_OF_VOCABULARY}")
    delivery: str | None = setting(None, ADDRESS, f"the host that sends files by mail{_OF_VOCABULARY}")
    listing_endpoint: str = setting(endpoints.LISTING_ENDPOINT, PLACE, "the endpoint that lists files")
    delivery_endpoint: str = setting(endpoints.DELIVERY_ENDPOINT, PLACE, "the endpoint that takes requests for mail")
    method: str = setting("GET", METHOD, "the HTTP method of a listing")


@section
class Archive(Record):
    """Where the dated tree of files is: at the address of the vocabulary, where nobody sets another."""

    address: str | None = setting(None, ADDRESS, f"the dated tree of files{_OF_VOCABULARY}")


@section
class Direct(Record):
    """The endpoints of the direct download and of its progress. They are not known; None switches it off."""

    start_endpoint: str | None = setting(None, PLACE, "the endpoint that starts a direct download", doubt=_UNCONFIRMED)
    progress_endpoint: str | None = setting(None, PLACE, "the endpoint of its progress", doubt=_UNCONFIRMED)


@section
class Network(Record):
    """The limits of requests and downloads: times in seconds, the lowest speed in bytes a second."""

    user_agent: str = setting("", HEADER, "the User-Agent; empty for that of edexql")
    about: str = setting("", HEADER, "a web address for the User-Agent, with more about the client")
    requests: int = setting(10_000, COUNT, "requests in one run")
    connections: int = setting(8, COUNT, "connections to one host at once")
    total: int = setting(10, COUNT, "files downloaded at once")
    connect: float = setting(10.0, SECONDS, "the longest wait for a connection")
    read: float = setting(120.0, SECONDS, "the longest wait for data on a connection")
    lowest_speed: float = setting(1024.0, RATIO, "bytes per second; a slower download is restarted")
    window: float = setting(30.0, SECONDS, "the time in which that speed is measured")
    tries: int = setting(6, COUNT, "tries in a row without progress, then a file fails")
    seconds: float = setting(600.0, SECONDS, "the time without progress, then a file fails")


@section
class Unpacking(Record):
    """How much is unpacked at most: files and folders, bytes, bytes to packed bytes, folders in each other."""

    members: int = setting(100_000, COUNT, "files and folders in an archive")
    size: int = setting(64 * 2**30, BYTES, "bytes of an archive, unpacked")
    ratio: float = setting(200.0, RATIO, "unpacked bytes per packed byte")
    depth: int = setting(32, COUNT, "depth of folders")


@section
class Paths(Record):
    """Where files go, which catalogue is asked (None: the sample), and vocabularies beside that of the package."""

    folder: str = setting(".", PATH, "the folder for downloaded files", "EDEXQL_FOLDER")
    catalogue: str | None = setting(None, PATH, "the catalogue that queries use", "EDEXQL_CATALOGUE")
    vocabulary: tuple[str, ...] = setting((), PATHS, "vocabulary files", "EDEXQL_VOCABULARY")


@section
class Check(Record):
    """What is said of queries: the codes of warnings that are suppressed, and checks beside those of edexql."""

    allow: tuple[str, ...] = setting((), WARNINGS, "codes of warnings that are suppressed, such as W601")
    checks: tuple[str, ...] = setting((), CHECK_NAMES, "checks of installed packages that look at queries too")


@section
class Serve(Record):
    """Where `edexql serve` listens, what it serves, keeps and sends, and for how many days its links work.

    None is none, and for `state` the user's own folder, for `sender` and `address` what the service finds itself.
    `archive` and `upstream` are those of `edexql workbench`, too.
    """

    host: str = setting("127.0.0.1", HOST, "the address that `edexql serve` listens on")
    port: int = setting(8339, PORT, "the port that it listens on; 0 is any")
    archive: str | None = setting(None, PATH, "the folder of the files that it serves")
    upstream: str | None = setting(None, ADDRESS, "the eDEx that its workbench asks in place of a catalogue")
    state: str | None = setting(None, PATH, "where it keeps jobs, reports and unsent mail")
    smtp: str | None = setting(None, RELAY, "the mail server that it sends through", "EDEXQL_SMTP")
    sender: str | None = setting(None, EMAIL, "the e-mail address that its mail comes from")
    address: str | None = setting(None, ADDRESS, "the address under which clients know it")
    days: float = setting(7.0, DAYS, "how many days its links work")


SECTIONS: dict[str, type[Any]] = {
    made.__name__.lower(): made for made in (Service, Archive, Direct, Network, Unpacking, Paths, Check, Serve)
}
VARIABLES = {one.variable: one for one in SETTINGS.values()}
