"""What has become of the files of a selection: which are new, gone, or replaced by a newer version."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.client.selection.file import Choice, Selection, now
from edexql.model.filename import KNOWN_FORMS, version_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.model.answer import Answer, File
    from edexql.model.mission import NameForms


class Replaced(Record):
    """A file, and the one in its place."""

    old: File
    new: File


class Comparison(Record):
    """Two lists of files. A file is in one of these, or the same in both.

    `replaced` are files with the newer versions in their place, `changed` those that have the same name and
    another size, which should not be.
    """

    new: tuple[File, ...]
    gone: tuple[File, ...]
    replaced: tuple[Replaced, ...]
    changed: tuple[Replaced, ...]

    @property
    def same(self) -> bool:
        return not (self.new or self.gone or self.replaced or self.changed)


def compare(old: Iterable[File], new: Iterable[File], forms: NameForms = KNOWN_FORMS) -> Comparison:
    """What is different in the second of two lists of files, each file by its name.

    `forms` say how the mission writes versions.
    """
    before = {file.name: file for file in old}
    after = {file.name: file for file in new}
    changed = [
        Replaced(file, after[name])
        for name, file in before.items()
        if name in after and after[name].size_shown != file.size_shown
    ]
    newest: dict[str, list[File]] = {}
    for name, file in after.items():
        if name not in before:
            newest.setdefault(version_of_name(name, forms)[0], []).append(file)
    for versions in newest.values():
        versions.sort(key=lambda file: version_of_name(file.name, forms)[1])
    replaced, gone = [], []
    # The newest of the old versions comes first: to it belongs the newest of the new ones.
    for file in sorted(before.values(), key=lambda file: version_of_name(file.name, forms)[1], reverse=True):
        if file.name in after:
            continue
        stem, version = version_of_name(file.name, forms)
        versions = newest.get(stem, [])
        if versions and version_of_name(versions[-1].name, forms)[1] > version:
            replaced.append(Replaced(file, versions.pop()))
        else:
            gone.append(file)
    places = {name: place for place, name in enumerate(before)}
    replaced.sort(key=lambda pair: places[pair.old.name])
    gone.sort(key=lambda file: places[file.name])
    left = {file.name for versions in newest.values() for file in versions}
    added = tuple(file for name, file in after.items() if name in left)
    return Comparison(added, tuple(gone), tuple(replaced), tuple(changed))


def refreshed(selection: Selection, answer: Answer, forms: NameForms = KNOWN_FORMS) -> Selection:
    """A selection with the files that are listed now. What was not ticked is not, in a newer version too."""
    ticks = {choice.file.name: choice.ticked for choice in selection.files}
    difference = compare((choice.file for choice in selection.files), answer.files, forms)
    ticks |= {pair.new.name: ticks[pair.old.name] for pair in difference.replaced}
    files = tuple(Choice(file, ticks.get(file.name, True)) for file in answer.files)
    return Selection(selection.query, selection.wire, selection.service, now(), files, selection.parameters)
