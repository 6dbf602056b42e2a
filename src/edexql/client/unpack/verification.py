"""Archives and the zips in them, verified by their checksums."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack

from edexql.base.record import Record
from edexql.client.unpack import archive, tar
from edexql.client.unpack.model import Limits, Refusal, UnpackError, inside, is_folder
from edexql.client.unpack.paths import PathAllocator
from edexql.client.unpack.source import Section, content
from edexql.formats.compression import STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from typing import IO

    from edexql.client.unpack.model import Contents, Member, Unpacked, Watch
    from edexql.client.unpack.source import Source


_LIMITS = Limits()
# Of zips in each other; those that are deeper are held to the checksum that they have as a whole.
_LEVELS = 3
_IN_MEMORY = 2**24


class Verification(Record):
    """The files of an archive with their sizes, those of the zips in it as `outer.zip/inner`, and what is wrong."""

    files: tuple[tuple[str, int], ...]
    problems: tuple[Refusal, ...]


def check(path: str, *, watch: Watch, stop: threading.Event, limits: Limits = _LIMITS) -> Verification:
    """Read an archive to its depth; nothing is written where it could be found. Raises UnpackError where the archive
    itself cannot be read, and with the code "interrupted" once `stop` is set."""
    with archive.opened(path) as file:
        size = archive.fingerprint_of(file).size
        kind, source = archive.source_of(file, size, limits)
        contents = archive.contents_of(source, kind, limits)
        # A stream was read to its end for that.
        _, source = archive.source_of(file, size, limits)
        checking = _Verifier(size, watch, stop, limits)
        checking.archive(source, contents)
    return Verification(tuple(checking.files), tuple(checking.problems))


class _Verifier:
    def __init__(self, packed: int, watch: Watch, stop: threading.Event, limits: Limits) -> None:
        self._arranging = PathAllocator(packed, limits)
        self._watch = watch
        self._stop = stop
        self._limits = limits
        self._done = self._total = 0
        self._read_already: set[int] = set()
        self.files: list[tuple[str, int]] = []
        self.problems: list[Refusal] = []

    def archive(self, source: Source, contents: Contents) -> None:
        """Read an archive, and the zips in it, each before what comes after it."""
        waiting = [("", source, self._members("", contents, 0), ExitStack())]
        try:
            while waiting:
                place, current, members, held = waiting[-1]
                member = next(members, None)
                if member is None:
                    waiting.pop()
                    held.close()
                    continue
                name = f"{place}/{member.name}" if place else member.name
                nested = len(waiting) <= _LEVELS and member.name.lower().endswith(".zip")
                with ExitStack() as stack:
                    try:
                        inner = self._read(current, member, name, stack if nested else None)
                        self.files.append((name, member.size))
                        if inner is not None:
                            below = self._members(name, archive.contents_of_nested(inner, self._limits), len(waiting))
                            waiting.append((name, inner, below, stack.pop_all()))
                    except UnpackError as error:
                        self._note(place, name, error)
        finally:
            for *_, held in waiting:
                held.close()
        if not isinstance(source, Section):
            tar.finish(source, max((e.offset + e.packed for e in contents.members), default=0))

    def _members(self, place: str, contents: Contents, level: int) -> Iterator[Member]:
        root = (str(level), place) if place else ()
        arranged = self._arranging.arrange(contents, root)
        for refusal in arranged.refused:
            member = refusal.member if not place else f"{place}/{refusal.member}" if refusal.member else place
            self.problems.append(Refusal(refusal.code, refusal.reason, member))
        self._total += sum(member.size for member in contents.members)
        # What is too much is not read.
        too_much = any(refusal.code == "too-much" for refusal in arranged.refused)
        files = [] if too_much else [member for member in contents.members if not is_folder(member)]
        return iter(sorted(files, key=lambda member: member.offset))

    def _read(self, source: Source, member: Member, name: str, stack: ExitStack | None) -> Section | None:
        """Read a member, and give it back as an archive where a `stack` is there to close it."""
        self._watch.file(name)
        if member.size and member.offset in self._read_already and not isinstance(source, Section):
            # A copy in a stream, which is not read twice.
            return None
        self._read_already.add(member.offset)
        kept: IO[bytes] | None = None
        plain = isinstance(source, Section) and member.method == STORED
        if stack is not None and not plain:
            kept = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
        for piece in content(source, member):
            if self._stop.is_set():
                raise UnpackError("interrupted", "stopped before the archive was verified")
            if kept is not None:
                kept.write(piece)
            self._done += len(piece)
            self._watch.count(self._done, self._total)
        if kept is not None:
            return Section(kept, 0, member.size)
        if stack is None or not isinstance(source, Section):
            return None
        return source.within(member.offset, member.packed)

    def _note(self, place: str, name: str, error: UnpackError) -> None:
        if error.code in ("interrupted", "unreadable", "changed"):
            raise error
        if error.member is None or error.member == name:
            whole = inside(name, UnpackError(error.code, error.reason))
        else:
            whole = inside(place, error) if place else error
        self.problems.append(Refusal(whole.code, whole.reason, whole.member))


# What is wrong with the place of a member is wrong only once it is unpacked.
_OF_PLACES = frozenset(("unsafe-name", "not-a-file", "duplicate"))


def damaged(done: Unpacked, *, watch: Watch, stop: threading.Event, limits: Limits) -> Iterator[tuple[str, str]]:
    """The zips of an unpacked archive that are damaged, or cannot be checked to their depth: the path of each, and why.

    Raises UnpackError with the code "interrupted" once `stop` is set.
    """
    for name in (*done.written, *done.replaced, *done.present):
        if name.lower().endswith(".zip"):
            path = os.path.join(done.folder, name)
            reason = _reason(path, watch, stop, limits)
            if reason is not None:
                yield path, reason


def _reason(path: str, watch: Watch, stop: threading.Event, limits: Limits) -> str | None:
    try:
        problems = check(path, watch=watch, stop=stop, limits=limits).problems
    except UnpackError as error:
        if error.code == "interrupted":
            raise
        return str(error)
    problem = next((problem for problem in problems if problem.code not in _OF_PLACES), None)
    if problem is None:
        return None
    return f"{problem.member}: {problem.reason}" if problem.member else problem.reason
