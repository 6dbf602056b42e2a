"""What can be wrong with a page."""

from __future__ import annotations

from edexql.base.record import record

NO_LISTING = "it is not a listing of a folder"
NO_TABLE = "it is a page of h5ai without a table of its files"
OTHER_JSON = "it is JSON, but not a listing of a folder"
BROKEN_JSON = "its JSON is damaged or cut off; the rest is not read"
BROKEN_OFF = "it is cut off"
ENDLESS_MARK = "an HTML tag begins here and does not end"
TOO_MANY_LINKS = "it has too many links; the rest is not read"


@record(frozen=True, slots=True)
class Problem:
    """One of the above, and the line in which it is, 0 for the whole page."""

    what: str
    line: int = 0
