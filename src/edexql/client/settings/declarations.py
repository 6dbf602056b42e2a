"""Every setting: its name, what it may be, its value where nobody says otherwise, and its variable."""

from __future__ import annotations

from edexql.base.record import record
from edexql.client import endpoints
from edexql.client.settings.kinds import (
    ADDRESS,
    BYTES,
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
    from typing import Any

ARCHIVE = "https://epop-data.phys.ucalgary.ca"


@record(frozen=True, slots=True)
class Service:
    """Where eDEx is: the hosts that list and deliver, the endpoints there, and how a listing is asked for."""

    listing: str = endpoints.SERVICE
    delivery: str = endpoints.DELIVERY
    listing_endpoint: str = endpoints.LISTING_ENDPOINT
    delivery_endpoint: str = endpoints.DELIVERY_ENDPOINT
    method: str = "GET"


@record(frozen=True, slots=True)
class Archive:
    """Where the dated tree of files is."""

    address: str = ARCHIVE


@record(frozen=True, slots=True)
class Direct:
    """The endpoints of the direct download and of its progress. They are not known; None switches it off."""

    start_endpoint: str | None = None
    progress_endpoint: str | None = None


@record(frozen=True, slots=True)
class Network:
    """How services are treated: silences and times in seconds, the lowest speed in bytes a second."""

    user_agent: str = ""
    about: str = ""
    requests: int = 10_000
    connections: int = 6
    total: int = 8
    connect: float = 10.0
    read: float = 120.0
    lowest_speed: float = 1024.0
    window: float = 30.0
    tries: int = 6
    seconds: float = 600.0


@record(frozen=True, slots=True)
class Unpacking:
    """How much is unpacked at most: files and folders, bytes, bytes to packed bytes, folders in each other."""

    members: int = 100_000
    size: int = 64 * 2**30
    ratio: float = 200.0
    depth: int = 32


@record(frozen=True, slots=True)
class Paths:
    """Where files go, which catalogue is asked (None: the sample), and vocabularies beside that of the package."""

    folder: str = "."
    catalogue: str | None = None
    vocabulary: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Check:
    """What is said of queries: the codes of warnings that are allowed, and not given."""

    allow: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Serve:
    """Where `edexql serve` listens, what it serves, keeps and sends, and for how many days its links work.

    None is none, and for `state` the user's own folder, for `sender` and `address` what the service finds itself.
    """

    host: str = "127.0.0.1"
    port: int = 8339
    archive: str | None = None
    state: str | None = None
    smtp: str | None = None
    sender: str | None = None
    address: str | None = None
    days: float = 7.0


@record(frozen=True, slots=True)
class Setting:
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


_UNCONFIRMED = "unconfirmed: how eDEx calls it is not known"
SECTIONS: dict[str, type[Any]] = {
    "service": Service,
    "archive": Archive,
    "direct": Direct,
    "network": Network,
    "unpacking": Unpacking,
    "paths": Paths,
    "check": Check,
    "serve": Serve,
}


def _setting(full_name: str, kind: Kind, title: str, variable: str = "", doubt: str = "") -> Setting:
    section, _, name = full_name.partition(".")
    return Setting(section, name, kind, title, variable or f"EDEXQL_{section}_{name}".upper(), doubt)


SETTINGS = {
    setting.full_name: setting
    for setting in (
        _setting("service.listing", ADDRESS, "the host that lists files"),
        _setting("service.delivery", ADDRESS, "the host that sends files by mail"),
        _setting("service.listing_endpoint", PLACE, "what lists files there"),
        _setting("service.delivery_endpoint", PLACE, "what takes the request for mail there"),
        _setting("service.method", METHOD, "how a listing is asked for"),
        _setting("archive.address", ADDRESS, "the dated tree of files"),
        _setting("direct.start_endpoint", PLACE, "what starts a direct download", "", _UNCONFIRMED),
        _setting("direct.progress_endpoint", PLACE, "what tells how far it is", "", _UNCONFIRMED),
        _setting("network.user_agent", HEADER, "the name that services are given, edexql's own where empty"),
        _setting("network.about", HEADER, "an address at which more is said of who asks"),
        _setting("network.requests", COUNT, "requests in one run"),
        _setting("network.connections", COUNT, "connections to one host at once"),
        _setting("network.total", COUNT, "files on their way at once"),
        _setting("network.connect", SECONDS, "the longest silence before there is a connection"),
        _setting("network.read", SECONDS, "the longest silence on a connection"),
        _setting("network.lowest_speed", RATIO, "bytes a second, below which a download is begun anew"),
        _setting("network.window", SECONDS, "the time in which that speed is measured"),
        _setting("network.tries", COUNT, "tries in a row that bring nothing"),
        _setting("network.seconds", SECONDS, "the time in which nothing comes before a file is given up"),
        _setting("unpacking.members", COUNT, "files and folders in an archive"),
        _setting("unpacking.size", BYTES, "bytes of an archive, unpacked"),
        _setting("unpacking.ratio", RATIO, "bytes unpacked to bytes packed"),
        _setting("unpacking.depth", COUNT, "folders in each other"),
        _setting("paths.folder", PATH, "where files go", "EDEXQL_FOLDER"),
        _setting("paths.catalogue", PATH, "the catalogue that is asked", "EDEXQL_CATALOGUE"),
        _setting("paths.vocabulary", PATHS, "vocabulary files", "EDEXQL_VOCABULARY"),
        _setting("check.allow", WARNINGS, "codes of warnings that are not given, such as W601"),
        _setting("serve.host", HOST, "the address that `edexql serve` listens on"),
        _setting("serve.port", PORT, "the port that it listens on; 0 is any"),
        _setting("serve.archive", PATH, "the folder of the files that it serves"),
        _setting("serve.state", PATH, "where it keeps jobs, reports and unsent mail"),
        _setting("serve.smtp", RELAY, "the mail server that it sends through", "EDEXQL_SMTP"),
        _setting("serve.sender", EMAIL, "the e-mail address that its mail comes from"),
        _setting("serve.address", ADDRESS, "the address under which clients know it"),
        _setting("serve.days", DAYS, "how many days its links work"),
    )
}
VARIABLES = {setting.variable: setting for setting in SETTINGS.values()}
