"""Unpack what was planned: into a temporary folder, checked, and from there into place, all of it or nothing."""

from __future__ import annotations

import os
from contextlib import suppress

from edexql.service.unpacking import folders, opening, tar_members
from edexql.service.unpacking.arranging import Arranging
from edexql.service.unpacking.placing import Placing
from edexql.service.unpacking.planning import look_into
from edexql.service.unpacking.plans import Nested, Unpacked
from edexql.service.unpacking.problem import UnpackError, inside, unwritable
from edexql.service.unpacking.source import Stretch
from edexql.service.unpacking.staging import Staging, check_room
from edexql.service.unpacking.standing import Target
from edexql.service.unpacking.temporary import Temporary, sweep

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from typing import IO

    from edexql.service.unpacking.entries import Refusal
    from edexql.service.unpacking.folders import Folder
    from edexql.service.unpacking.plans import Member, Plan, Watch
    from edexql.service.unpacking.source import Source

_TRIES = 20


def unpack(plan: Plan, *, watch: Watch, stop: threading.Event) -> Unpacked:
    """Write what was planned.

    `watch` hears of each file and of the bytes done; once `stop` is set, the unpacking ends with the code
    "interrupted". Raises UnpackError, and then nothing of the archive is in the target: it is unpacked into a
    temporary folder there, checked, and moved into place at the end. A process that is killed leaves that folder,
    which the next one removes.
    """
    _assert_admitted(plan.refused)
    with opening.opened(plan.archive) as file:
        if opening.stamp_of(file) != plan.stamp:
            raise UnpackError("changed", "the archive has changed since it was looked at: plan it again")
        made: list[str] = []
        try:
            with _entered(plan.folder, made) as root:
                sweep(root)
                with Temporary(root) as temporary, Target(root) as target:
                    work = _staged(plan, file, temporary.folder, target, watch, stop)
                    # One process at a time, so that what one finds there is not taken back by another.
                    while not root.lock():
                        work.staging.wait()
                    return _placed(work)
        except BaseException as error:
            for path in reversed(made):
                with suppress(OSError):
                    os.rmdir(path)
            if isinstance(error, OSError):
                raise unwritable(error) from error
            raise


class _Work:
    """One archive on its way from its file to the temporary folder."""

    def __init__(self, plan: Plan, source: Source, temporary: Folder, target: Target, staging: Staging) -> None:
        self.plan = plan
        self.source = source
        self.temporary = temporary
        self.target = target
        self.staging = staging
        self.arranging = Arranging(plan.stamp.size, plan.limits)
        self.arranging.planned(plan)
        self.folders = list(plan.folders)
        self.present: list[str] = []

    def members(self, source: Source, members: Sequence[Member]) -> None:
        """Unpack those that are not in the target already."""
        for member in members:
            if self._is_there(member):
                self.present.append(member.path)
                self.staging.expect(-member.size)
            else:
                self.staging.member(source, member)

    def nested(self, nested: Nested) -> None:
        """Unpack what is in an archive in the archive."""
        entry = nested.entry
        if nested.members is not None and isinstance(self.source, Stretch):
            self.staging.check(self.source, entry)
            self._inner(nested, self.source.within(entry.offset, entry.packed))
            return
        name = self.staging.scratch(self.source, entry)
        with self.temporary.read(name) as file:
            inner = Stretch(file, 0, entry.size)
            seen, refused = look_into(nested, inner, self.arranging, self.target, self.plan.limits, self.plan.existing)
            _assert_admitted(refused)
            size = sum(member.size for member in seen.members or ())
            check_room(self.plan.folder, size)
            self.staging.expect(size)
            self._inner(seen, inner)
        self.temporary.remove(name)

    def _inner(self, nested: Nested, inner: Stretch) -> None:
        self.folders += nested.folders or ()
        try:
            self.members(inner, nested.members or ())
        except UnpackError as error:
            if error.member is None:
                raise
            raise inside(nested.name, error) from error

    def _is_there(self, member: Member) -> bool:
        """Whether a file of the same content is there still; another may have come since the plan."""
        parts, crc = tuple(member.path.split("/")), member.entry.crc
        try:
            return self.target.state(parts, member.size, crc, self.plan.existing) == "already there"
        except UnpackError as error:
            raise UnpackError(error.code, error.reason, member.name) from error


def _staged(
    plan: Plan, file: IO[bytes], temporary: Folder, target: Target, watch: Watch, stop: threading.Event
) -> _Work:
    """All that is to be written, in the temporary folder."""
    wanted = sum(member.size for member in plan.files if member.state != "already there")
    unknown = sum(nested.entry.size for nested in plan.nested if nested.members is None)
    check_room(plan.folder, wanted + unknown)
    total = sum(member.size for member in plan.files) + sum(nested.entry.size for nested in plan.nested)
    staging = Staging(temporary, total, watch, stop)
    _, source = opening.source_of(file, plan.stamp.size, plan.limits)
    work = _Work(plan, source, temporary, target, staging)
    last = 0
    # A compressed tar can be read onwards only.
    jobs: list[Member | Nested] = [*plan.members, *plan.nested]
    for job in sorted(jobs, key=lambda job: job.entry.offset):
        if isinstance(job, Nested):
            work.nested(job)
        else:
            work.members(source, (job,))
        last = max(last, job.entry.offset + job.entry.packed)
    if not isinstance(source, Stretch):
        tar_members.finish(source, last)
    staging.settle()
    return work


def _placed(work: _Work) -> Unpacked:
    """All of it, in its place."""
    # A folder that was looked at before may have been taken away by a process that had it made.
    work.target.close()
    with Placing(work.temporary, work.target, work.plan.existing) as placing:
        for path in work.folders:
            placing.folder(tuple(path.split("/")))
        for staged in work.staging.staged:
            placing.file(staged)
        for path in work.present:
            placing.found(tuple(path.split("/")))
        placing.settle()
    return Unpacked(
        folder=work.plan.folder,
        written=tuple(placing.written),
        replaced=tuple(placing.replaced),
        present=(*work.present, *placing.present),
        size=placing.size,
    )


def _assert_admitted(refused: Sequence[Refusal]) -> None:
    for refusal in refused:
        raise UnpackError(refusal.code, refusal.reason, refusal.member)


def _entered(folder: str, made: list[str]) -> Folder:
    """The target folder, made where it is missing; `made` says which folders that took. Raises OSError."""
    for _ in range(_TRIES):
        # Another process takes away the folder that it made when it fails, and may do so right now.
        with suppress(FileExistsError, FileNotFoundError):
            _make(folder, made)
            return folders.opened(folder)
    _make(folder, made)
    return folders.opened(folder)


def _make(folder: str, made: list[str]) -> None:
    missing = []
    path = os.path.realpath(folder)
    while not os.path.isdir(path) and path != os.path.dirname(path):
        missing.append(path)
        path = os.path.dirname(path)
    for path in reversed(missing):
        os.mkdir(path)
        made.append(path)
