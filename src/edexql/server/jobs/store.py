"""A job in all the states it can be in, and the folder in which jobs, their zips and unsent mail are kept."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress

from edexql.base.record import record
from edexql.server.errors import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any


JOBS, ZIPS, OUTBOX = "jobs", "zips", "outbox"


class InUse(OSError):
    """Another service has the folder."""


class Shelf:
    """All jobs, in memory and on the disk: one that was put here is there after a crash.

    Raises InUse where another process has the folder, OSError where it cannot be used.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._lock_file = _locked(os.path.join(folder, "lock"))
        for name in (JOBS, ZIPS, OUTBOX):
            os.makedirs(os.path.join(folder, name), mode=0o700, exist_ok=True)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._ids: dict[str, str] = {}
        for name in sorted(os.listdir(os.path.join(folder, JOBS))):
            if name.endswith(".json"):
                self._load(os.path.join(folder, JOBS, name))
        for name in os.listdir(os.path.join(folder, ZIPS)):
            if name.removesuffix(".zip") not in self._jobs:
                remove(os.path.join(folder, ZIPS, name))

    def _load(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                job = from_json(file.read())
            if os.path.basename(path) != f"{job.id}.json":
                raise ValueError("it is in the file of another")  # noqa: TRY301  # told below with the others
        except (OSError, ValueError) as error:
            LOG.error("the job in %s cannot be read and is passed over: %s", path, type(error).__name__)
            return
        self._jobs[job.id] = job
        self._ids[job.token] = job.id

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Keep a job, in the place of the one of the same id. Raises OSError."""
        with self._lock:
            write(self._path(job), to_json(job))
            self._jobs[job.id] = job
            self._ids[job.token] = job.id

    def drop(self, job: Job) -> None:
        """Forget a job."""
        with self._lock:
            remove(self._path(job))
            self._jobs.pop(job.id, None)
            self._ids.pop(job.token, None)

    def get(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def of_token(self, token: str) -> Job | None:
        """The job with a secret."""
        return self._jobs.get(self._ids.get(token, ""))

    def jobs(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def zip_of(self, job: Job) -> str:
        """The path of a job's zip: made of its id alone, of nothing that came from outside."""
        return os.path.join(self.folder, ZIPS, f"{job.id}.zip")

    def letter_of(self, job: Job) -> str:
        """The path of a job's mail in the outbox."""
        return os.path.join(self.folder, OUTBOX, f"{job.id}.eml")

    def _path(self, job: Job) -> str:
        return os.path.join(self.folder, JOBS, f"{job.id}.json")

    def close(self) -> None:
        self._lock_file.close()


def _locked(path: str) -> IO[bytes]:
    """An open file that is locked as long as it is open."""
    file = open(path, "ab")  # noqa: SIM115  # it is open as long as the service is
    try:
        import fcntl
    except ImportError:
        # Windows: two services in one folder are not told apart there.
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise InUse(error.errno, "another service uses this folder", path) from error
    return file


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


def write(path: str, data: bytes) -> None:
    """Put a file in its place all at once. Raises OSError."""
    unfinished = f"{path}.part"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError:
        remove(unfinished)
        raise
    settle(os.path.dirname(path))


def settle(folder: str) -> None:
    """Have the names in a folder on the disk, where the system can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.remove(path)
