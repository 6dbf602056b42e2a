"""Where jobs are kept: one file each, in a folder that belongs to one service at a time."""

from __future__ import annotations

import os
import threading

from edexql.server import atomic
from edexql.server.job import from_json, to_json
from edexql.server.journal import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from edexql.server.job import Job

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
                atomic.remove(os.path.join(folder, ZIPS, name))

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
            atomic.write(self._path(job), to_json(job))
            self._jobs[job.id] = job
            self._ids[job.token] = job.id

    def drop(self, job: Job) -> None:
        """Forget a job."""
        with self._lock:
            atomic.remove(self._path(job))
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
