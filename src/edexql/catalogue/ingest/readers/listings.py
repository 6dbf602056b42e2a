"""Saved listings of folders, as web servers write them: the files on them."""

from __future__ import annotations

from edexql.catalogue.ingest.batches import Fault, File
from edexql.catalogue.ingest.source import content, reader, shown
from edexql.formats.pages import page
from edexql.formats.pages.folders import Saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

# A page that is larger is no listing.
_MOST_BYTES = 64 * 2**20


@reader
def read(source: Source) -> Iterator[Batch]:
    """The files of a listing; folders, the way back and links that sort are left out."""
    body = content(source, _MOST_BYTES)
    listing = page.read(body[:_MOST_BYTES], Saved())
    for entry in listing.entries:
        if not entry.folder:
            yield _file(entry)
    for refused in listing.refused:
        yield Fault(refused.line, f"not a file name: {shown(refused.name)}")
    if listing.cut:
        yield Fault(0, "the folder has more files than this listing")
    if len(body) > _MOST_BYTES:
        yield Fault(0, "too long for a listing; the rest is not read")
    elif listing.problem is not None:
        yield Fault(listing.problem.line, listing.problem.what)


def _file(entry: page.Entry) -> File:
    if entry.listed is not None and entry.listed.exact:
        return File(entry.name, entry.listed.count, None, entry.url)
    return File(entry.name, None, entry.size_text or None, entry.url)
