"""A job in all the states it can be in, and the folder in which jobs, their zips and unsent mail are kept."""

from __future__ import annotations

import errno
import json
import os
import threading

from edexql.base.files import atomic, locks
from edexql.base.record import Record
from edexql.server.errors import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

# There is no zip yet; the zip is made and its mail is not sent yet; all is done; there is nothing to deliver;
# the zip was removed.
WAITING, ZIPPED, DONE, FAILED, EXPIRED = "waiting", "zipped", "done", "failed", "expired"
STATES = (WAITING, ZIPPED, DONE, FAILED, EXPIRED)
JOBS, ZIPS, OUTBOX = "jobs", "zips", "outbox"
_TYPES: dict[str, type | tuple[type, ...]] = {
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


class JobFile(Record):
    """A file to be delivered: its name and its place, as the catalogue had them when the job was accepted."""

    name: str
    place: str


class Job(Record):
    """One request for files. Times are seconds since 1970-01-01T00:00:00 UTC.

    `id` names its files on the disk and is never sent to a client; `token` is the secret of its link. `email` is None
    for a direct download, and once the job has expired. `due` is the time of its next step; `tries` counts the failed
    tries in its present state. `size` is the size of the zip in bytes, None where no file could be put into it;
    `missing` are the names of files that are not in it, and `reason` says why there is no zip.
    """

    id: str
    token: str
    created: float
    expires: float
    due: float
    state: str
    email: str | None
    files: tuple[JobFile, ...]
    missing: tuple[str, ...] = ()
    size: int | None = None
    tries: int = 0
    reason: str | None = None

    @property
    def zip_name(self) -> str:
        """The name under which clients fetch the zip."""
        return f"edexql-{self.id[:8]}.zip"


def replaced(job: Job, **fields: Any) -> Job:
    """The same job with other values in some fields."""
    return Job(**{name: fields.get(name, getattr(job, name)) for name in Job.__match_args__})


def job_json(job: Job) -> bytes:
    """A job as it is stored. Its files stand under the key `wanted`, as in every earlier version."""
    entries = {name: getattr(job, name) for name in Job.__match_args__ if name != "files"}
    return json.dumps({**entries, "wanted": [[file.name, file.place] for file in job.files]}, indent=1).encode("ascii")


def job_of(data: bytes) -> Job:
    """A job as it was stored. Raises ValueError."""
    try:
        entries = json.loads(data)
        files = tuple(JobFile(str(name), str(place)) for name, place in entries.pop("wanted"))
        job = Job(**{**entries, "files": files, "missing": tuple(map(str, entries["missing"]))})
        well_typed = all(isinstance(getattr(job, name), types) for name, types in _TYPES.items())
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a job: {error}") from error
    if not well_typed or job.state not in STATES:
        raise ValueError("not a job: a value has the wrong type")
    return job


class FolderInUse(OSError):
    """Another service uses the folder."""


class JobStore:
    """All jobs, in memory and on the disk: a job that was put here is still here after a crash.

    Each job is one file. Raises FolderInUse where another process uses the folder, OSError where it cannot be used.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._lock_file = _locked_file(os.path.join(folder, "lock"))
        for part in (JOBS, ZIPS, OUTBOX):
            os.makedirs(os.path.join(folder, part), mode=0o700, exist_ok=True)
            self._remove_unfinished(os.path.join(folder, part))
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._ids: dict[str, str] = {}
        for name in sorted(os.listdir(os.path.join(folder, JOBS))):
            if name.endswith(".json"):
                self._load(os.path.join(folder, JOBS, name))
        for name in os.listdir(os.path.join(folder, ZIPS)):
            if name.removesuffix(".zip") not in self._jobs:
                atomic.remove(os.path.join(folder, ZIPS, name))

    def _remove_unfinished(self, folder: str) -> None:
        """Remove what a killed service was writing; an unfinished mail has an e-mail address."""
        for name in os.listdir(folder):
            if name.endswith(atomic.UNFINISHED):
                atomic.remove(os.path.join(folder, name))

    def _load(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                job = job_of(file.read())
            if os.path.basename(path) != f"{job.id}.json":
                raise ValueError("its name is that of another job")  # noqa: TRY301  # logged below with the others
        except (OSError, ValueError) as error:
            LOG.error("cannot read the job in %s, and skip it: %s", path, type(error).__name__)
            return
        self._jobs[job.id] = job
        self._ids[job.token] = job.id

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Keep a job, and replace the one of the same id. Raises OSError."""
        with self._lock:
            atomic.write(self._job_path(job), job_json(job))
            self._jobs[job.id] = job
            self._ids[job.token] = job.id

    def drop(self, job: Job) -> None:
        """Forget a job."""
        with self._lock:
            atomic.remove(self._job_path(job))
            self._jobs.pop(job.id, None)
            self._ids.pop(job.token, None)

    def get(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def by_token(self, token: str) -> Job | None:
        """The job whose link has this secret."""
        return self._jobs.get(self._ids.get(token, ""))

    def jobs(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def zip_path(self, job: Job) -> str:
        """The path of the zip of a job. It is made of the id alone, of nothing that a client sent."""
        return os.path.join(self.folder, ZIPS, f"{job.id}.zip")

    def put_mail(self, job: Job, mail: bytes) -> None:
        """Put the unsent mail of a job into the outbox. Raises OSError."""
        atomic.write(self._mail_path(job), mail)

    def remove_delivery(self, job: Job) -> None:
        """Remove the zip of a job, and its unsent mail, which has an e-mail address."""
        atomic.remove(self.zip_path(job))
        atomic.remove(self._mail_path(job))

    def _mail_path(self, job: Job) -> str:
        return os.path.join(self.folder, OUTBOX, f"{job.id}.eml")

    def _job_path(self, job: Job) -> str:
        return os.path.join(self.folder, JOBS, f"{job.id}.json")

    def close(self) -> None:
        self._lock_file.close()


def _locked_file(path: str) -> IO[bytes]:
    """An open file that is locked as long as it is open. Raises OSError, also where its file system has no locks."""
    file = open(path, "ab")  # noqa: SIM115  # it is open as long as the service is
    try:
        if not locks.required(locks.lock(file.fileno())):
            raise FolderInUse(errno.EAGAIN, "another service uses this folder", path)
    except OSError:
        file.close()
        raise
    return file
