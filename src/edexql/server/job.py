"""A job: files to be put into one zip, and someone to be told; in all the states it can be in."""

from __future__ import annotations

import json

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Nothing is there yet; the zip is there and its mail is not on its way; all is done; it could not be done;
# it was there and was taken away.
WAITING, ZIPPED, DONE, FAILED, EXPIRED = "waiting", "zipped", "done", "failed", "expired"
STATES = (WAITING, ZIPPED, DONE, FAILED, EXPIRED)
_KINDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "token": str,
    "created": (int, float),
    "expires": (int, float),
    "due": (int, float),
    "email": (str, type(None)),
    "size": (int, type(None)),
    "tries": int,
    "reason": (str, type(None)),
}


@record(frozen=True, slots=True)
class Wanted:
    """A file to be delivered: its name and its place, as the catalogue had them when the job was taken."""

    name: str
    place: str


@record(frozen=True, slots=True)
class Job:
    """One request for files. Times are seconds since 1970-01-01T00:00:00 UTC.

    `id` names its files on the disk and is told to nobody; `token` is the secret of its link. `email` is None
    where nobody is to be told, and once the job has expired. `due` is when there is something to do for it;
    `tries` are those that failed in its present state. `size` is that of the zip in bytes, None where no file
    could be put into it; `missing` are the names that are not in it, and why there is no zip is in `reason`.
    """

    id: str
    token: str
    created: float
    expires: float
    due: float
    state: str
    email: str | None
    wanted: tuple[Wanted, ...]
    missing: tuple[str, ...] = ()
    size: int | None = None
    tries: int = 0
    reason: str | None = None

    @property
    def zip_name(self) -> str:
        """The name under which the zip is fetched."""
        return f"edexql-{self.id[:8]}.zip"


def changed(job: Job, **fields: Any) -> Job:
    """The same job with other values in some fields."""
    return Job(**{name: fields.get(name, getattr(job, name)) for name in Job.__slots__})


def to_json(job: Job) -> bytes:
    fields = {name: getattr(job, name) for name in Job.__slots__}
    fields["wanted"] = [[wanted.name, wanted.place] for wanted in job.wanted]
    return json.dumps(fields, indent=1).encode("ascii")


def from_json(data: bytes) -> Job:
    """A job as it was written down. Raises ValueError."""
    try:
        fields = json.loads(data)
        wanted = tuple(Wanted(str(name), str(place)) for name, place in fields.pop("wanted"))
        job = Job(**{**fields, "wanted": wanted, "missing": tuple(map(str, fields["missing"]))})
        sound = all(isinstance(getattr(job, name), kinds) for name, kinds in _KINDS.items())
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a job: {error}") from error
    if not sound or job.state not in STATES:
        raise ValueError("not a job: a value in it cannot be one")
    return job
