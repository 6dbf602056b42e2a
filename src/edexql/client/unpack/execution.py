"""Unpack what was planned: into a temporary folder, verified, and from there to its place, all of it or nothing."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager, nullcontext

from edexql.base.files.folder import open_folder
from edexql.client.unpack import archive, journal, tar
from edexql.client.unpack.model import Nested, Unpacked, UnpackError, inside, unwritable
from edexql.client.unpack.paths import PathAllocator
from edexql.client.unpack.placement import Placement, StagedTree
from edexql.client.unpack.plan import examine_nested
from edexql.client.unpack.source import Section
from edexql.client.unpack.staging import StagingArea, Temporary, check_room, sweep
from edexql.client.unpack.target import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from typing import IO

    from edexql.base.files.folder import Folder
    from edexql.client.unpack.model import Plan, PlannedFile, Refusal, Watch
    from edexql.client.unpack.source import Source
    from edexql.client.unpack.staging import StagedFile

    Parts = tuple[str, ...]


def unpack(plan: Plan, *, watch: Watch, stop: threading.Event) -> Unpacked:
    """Write what was planned.

    `watch` hears of each file and of the bytes done; once `stop` is set, the unpacking ends with the code
    "interrupted". Raises UnpackError, and then nothing of the archive is in the target: it is unpacked into a
    temporary folder beside, checked, and moved into place at the end. A process that is killed leaves that folder,
    which the next one removes. Only one that is killed right while files are put into a folder that was there leaves
    a part of them, and a file that says so; the next one puts the rest there.
    """
    _assert_admitted(plan.refused)
    with archive.opened(plan.archive) as file:
        if archive.fingerprint_of(file) != plan.fingerprint:
            raise UnpackError("changed", "the archive has changed since it was read: plan it again")
        try:
            root, above = _entered(plan.folder)
            with root:
                notes: list[str] = []
                sweep(root, lambda left: journal.finish(root, left, notes))
                with Temporary(root) as temporary, Target(root) as target:
                    work = _staged(plan, file, temporary, target, above, watch, stop)
                    with _locked(root, above, work.staging):
                        return _placed(work, root, notes)
        except OSError as error:
            raise unwritable(error) from error


class _Work:
    """One archive on its way from its file to the temporary folder."""

    def __init__(
        self, plan: Plan, source: Source, temporary: Temporary, target: Target, above: Parts, staging: StagingArea
    ) -> None:
        self.plan = plan
        self.above = above
        self.source = source
        self.temporary = temporary
        self.target = target
        self.staging = staging
        self.paths = PathAllocator(plan.fingerprint.size, plan.limits)
        self.paths.planned(plan)
        self.folders = list(plan.folders)
        self.present: list[str] = []
        # A stream is not read twice: a copy of a file is made of what was unpacked.
        self.streamed: dict[int, StagedFile] = {}

    def files(self, source: Source, files: Sequence[PlannedFile]) -> None:
        """Unpack those that are not in the target already."""
        for file in files:
            # What was not there when it was planned is looked for when it is placed.
            if file.state == "already there" and self._is_there(file):
                self.present.append(file.path)
                self.staging.expect(-file.size)
            else:
                before = self.streamed.get(file.member.offset)
                self.staging.file(source, file, self.place(file.path), before)
                if not isinstance(source, Section) and file.size:
                    self.streamed[file.member.offset] = self.staging.staged[-1]

    def place(self, path: str) -> Parts:
        """The parts of a path, from the folder that is open."""
        return (*self.above, *path.split("/"))

    def nested(self, nested: Nested) -> None:
        """Unpack what is in an archive in the archive."""
        member = nested.member
        if nested.members is not None and isinstance(self.source, Section):
            self.staging.check(self.source, member)
            self._inner(nested, self.source.within(member.offset, member.packed))
            return
        name = self.staging.scratch(self.source, member)
        with self.temporary.folder.read(name) as file:
            inner = Section(file, 0, member.size)
            with self.target.below(self.above) as target:
                seen, refused = examine_nested(nested, inner, self.paths, target, self.plan.limits, self.plan.existing)
            _assert_admitted(refused)
            size = sum(planned.size for planned in seen.members or ())
            check_room(self.temporary.folder.path, size)
            self.staging.expect(size)
            self._inner(seen, inner)
        self.temporary.folder.remove(name)

    def _inner(self, nested: Nested, inner: Section) -> None:
        self.folders += nested.folders or ()
        try:
            self.files(inner, nested.members or ())
        except UnpackError as error:
            if error.member is None:
                raise
            raise inside(nested.name, error) from error

    def _is_there(self, file: PlannedFile) -> bool:
        """Whether a file of the same content is there still; another may have come since the plan."""
        parts, crc = self.place(file.path), file.member.crc
        try:
            return self.target.state(parts, file.size, crc, self.plan.existing) == "already there"
        except UnpackError as error:
            raise UnpackError(error.code, error.reason, file.name) from error


def _staged(
    plan: Plan,
    file: IO[bytes],
    temporary: Temporary,
    target: Target,
    above: Parts,
    watch: Watch,
    stop: threading.Event,
) -> _Work:
    """All that is to be written, in the temporary folder."""
    wanted = sum(planned.size for planned in plan.files if planned.state != "already there")
    unknown = sum(nested.member.size for nested in plan.nested if nested.members is None)
    check_room(temporary.folder.path, wanted + unknown)
    total = sum(planned.size for planned in plan.files) + sum(nested.member.size for nested in plan.nested)
    staging = StagingArea(temporary, total, watch, stop)
    _, source = archive.source_of(file, plan.fingerprint.size, plan.limits)
    work = _Work(plan, source, temporary, target, above, staging)
    last = 0
    # A compressed tar can be read onwards only.
    jobs: list[PlannedFile | Nested] = [*plan.members, *plan.nested]
    for job in sorted(jobs, key=lambda job: job.member.offset):
        if isinstance(job, Nested):
            work.nested(job)
        else:
            work.files(source, (job,))
        last = max(last, job.member.offset + job.member.packed)
    if not isinstance(source, Section):
        tar.finish(source, last)
    for path in ("", *work.folders):
        staging.folder(work.place(path) if path else above)
    staging.settle()
    return work


def _placed(work: _Work, root: Folder, notes: list[str]) -> Unpacked:
    """All of it, in its place."""
    # A folder that was looked at before may have been taken away by a process that had it made.
    work.target.close()
    existing = work.plan.existing
    staged = work.staging.staged
    structure = StagedTree(staged, work.staging.folders)
    placing = Placement(work.temporary.folder, work.temporary.tree, work.target, structure)
    steps = placing.steps(existing)
    written_down = journal.Journal(root, work.temporary, work.plan, len(staged)) if len(steps) > 1 else nullcontext()
    with written_down, placing:
        for step in steps:
            placing.place(step, existing)
        for path in work.present:
            placing.check_present(work.place(path))
        placing.settle()
    start = len(work.above)
    written, replaced, present = (
        tuple("/".join(one.parts[start:]) for one in done)
        for done in (placing.written, placing.replaced, placing.present)
    )
    return Unpacked(
        folder=work.plan.folder,
        written=written,
        replaced=replaced,
        present=(*work.present, *present),
        size=sum(one.size for one in (*placing.written, *placing.replaced)),
        notes=tuple(notes),
    )


@contextmanager
def _locked(root: Folder, above: Parts, staging: StagingArea) -> Iterator[None]:
    """One process at a time, so that what one finds there is not taken back by another."""
    while not root.lock():
        staging.wait()
    with ExitStack() as stack:
        folder = root
        # Another process may have made the target meanwhile, and others may be at work in it.
        for part in above:
            status = folder.look(part)
            if status is None or not stat.S_ISDIR(status.st_mode):
                break
            folder = stack.enter_context(folder.enter(part))
            while not folder.lock():
                staging.wait()
        yield


def _assert_admitted(refused: Sequence[Refusal]) -> None:
    for refusal in refused:
        raise UnpackError(refusal.code, refusal.reason, refusal.member)


def _entered(folder: str) -> tuple[Folder, Parts]:
    """The target folder, or the one above it that is there, with the folders that are missing. Raises OSError."""
    path = os.path.realpath(folder)
    missing: list[str] = []
    while not os.path.lexists(path) and path != os.path.dirname(path):
        path, name = os.path.split(path)
        missing.insert(0, name)
    return open_folder(path), tuple(missing)
