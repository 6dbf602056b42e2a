"""What is asked for, how the service is to be treated, and what is reported of each file."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from edexql.base.units import Size
    from edexql.client.download.fault import Code

    State = Literal["downloaded", "already there", "failed", "interrupted", "skipped"]
    # What becomes of a file that is there under the name of a wanted one, and is not that one.
    Existing = Literal["keep", "replace"]
    # What a file was held against: a sum that the service or an earlier download tells; the sums of its content
    # that its own format has; version and length, as the service has them; its length alone.
    Checked = Literal["sum", "content", "version", "length"]


@record(frozen=True, slots=True)
class Wanted:
    """A file to be downloaded. The name that it gets is `name` and nothing that the service says.

    `size` is what a listing says, `kind` one of edexql.formats.signatures.KINDS, None that of the name's ending.
    With `form` the file is asked for by a POST that sends these fields and changes nothing at the service.
    `crc32` is that of an earlier download where one is known, for a file that is there already. `named` is the
    service that the user named, where that is not the one of `url`: names and passwords are for its origin alone.
    """

    url: str
    name: str
    size: Size | None = None
    kind: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    crc32: int | None = None
    named: str | None = None


@record(frozen=True, slots=True)
class Manners:
    """How a service is treated: all times in seconds.

    `connect` and `read` are the longest silences, `lowest_speed` in bytes a second is held against each `window`.
    A file is given up after `tries` in a row, or `seconds`, that brought nothing new; `pause` is what the first
    wait between two tries is drawn from. `per_host` and `total` are files at once.
    """

    user_agent: str
    connect: float = 10.0
    read: float = 30.0
    lowest_speed: float = 1024.0
    window: float = 20.0
    tries: int = 5
    seconds: float = 300.0
    pause: float = 1.0
    per_host: int = 6
    total: int = 8


@record(frozen=True, slots=True)
class Report:
    """What became of a file: `moved` bytes came over the line in `tries` requests.

    `code` is None where all is well, `reason` in words what is not; `path` is where the file is, None where it is
    not. `size` and `crc32` are those of the file at `path`, as far as they were looked at, and `checked` is what
    its content was held against: by its length alone nobody can see that a byte of it is another.
    """

    name: str
    state: State
    moved: int = 0
    tries: int = 0
    code: Code | None = None
    reason: str = ""
    path: str | None = None
    size: int | None = None
    crc32: int | None = None
    checked: Checked | None = None
