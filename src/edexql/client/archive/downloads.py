"""Downloads from the archive: files by their names, and a whole folder as one tar, which h5ai packs while it is sent.

The request for a tar is one that is known to work. Whether the archive packs a given folder is not known before it is
asked.
"""

from __future__ import annotations

from edexql.base.record import record
from edexql.client.archive.folders import browse
from edexql.client.archive.locations import Located, address, located
from edexql.client.endpoints import ARCHIVE
from edexql.client.errors import ServiceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from edexql.client.download.model import RemoteFile, Report
    from edexql.formats.pages.page import Entry
    from edexql.model.answer import File


@record(frozen=True, slots=True)
class TarRequest:
    """A POST that changes nothing: its address, the fields of its body (none: they are all in the address), the
    name for the file that comes, and the folder that it has."""

    url: str
    form: tuple[tuple[str, str], ...]
    name: str
    path: str
    base: str

    def wanted(self) -> RemoteFile:
        """The same for a download."""
        from edexql.client.download.model import RemoteFile

        return RemoteFile(self.url, self.name, kind="tar", form=self.form)


def tar_of(path: str, base: str = ARCHIVE) -> TarRequest:
    """The request for a folder, by its path below the archive's address: `2016/04/18/RRI`.

    The file is called after all of the path, `2016-04-18-RRI.tar`. Raises ServiceError for a path that is none.
    """
    from urllib.parse import unquote, urlencode, urlsplit

    folder = address(path, base)
    steps = [step for step in path.strip("/").split("/") if step]
    if not steps:
        raise ServiceError("the whole archive is no folder to pack: name one, as 2019/05/01/FAI", folder)
    fields = {
        "action": "download",
        "as": f"{steps[-1]}.tar",
        "type": "php-tar",
        "baseHref": unquote(urlsplit(folder).path),
        "hrefs": "",
    }
    return TarRequest(f"{folder}?{urlencode(fields)}", (), f"{'-'.join(steps)}.tar", "/".join(steps), base)


def refusal(request: TarRequest, status: int) -> str | None:
    """What to tell of an answer that is no tar, with the way out; None where the status says that all is well."""
    if status == 200:
        return None
    if status in (404, 410):
        return (
            f"the archive has no folder {request.path}, or does not pack it into a tar ({status}): "
            "download its files one by one"
        )
    return f"the archive does not pack {request.path} into a tar ({status}): download its files one by one"


def one_by_one(request: TarRequest, session: requests.Session) -> tuple[Entry, ...]:
    """The files of the folder, to be downloaded one by one where it is not packed.

    Raises NotThereError where there is no such folder, ServiceError where it cannot be read.
    """
    return browse(request.path, session, request.base).files()


def wanted(files: Sequence[str | File], archive: str) -> list[RemoteFile | Report]:
    """Files to be downloaded, in their order: addresses as they are, names from where they lie in the archive.

    A name that does not tell where that is becomes a report of its failure. Raises ServiceError for an `archive`
    that is no address.
    """
    from edexql.client.download.model import RemoteFile, Report

    names = [file if isinstance(file, str) else file.name for file in files]
    places = located(names, archive)
    found: list[RemoteFile | Report] = []
    for file, name, place in zip(files, names, places, strict=True):
        if name.lower().startswith(("http://", "https://")):
            found.append(RemoteFile(name, _last_step(name)))
        elif isinstance(place, Located):
            size = None if isinstance(file, str) else file.size_range
            found.append(RemoteFile(place.url, name, size))
        else:
            found.append(Report(name, "failed", code="address", reason=place.reason))
    return found


def _last_step(url: str) -> str:
    """The name of a file by its address."""
    from urllib.parse import unquote, urlsplit

    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        return ""
