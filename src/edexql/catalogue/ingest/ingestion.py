"""Ingestion: files and folders are recognised, read, and put into one change of a catalogue."""

from __future__ import annotations

import hashlib
import os

from edexql.base.record import Record
from edexql.catalogue.ingest import tree
from edexql.catalogue.ingest.batches import Covered, Elements, Fault, File, Note, Positions, Samples, Spans
from edexql.catalogue.ingest.registry import format_of, head_of, reason
from edexql.catalogue.ingest.source import MAPPING_SUFFIX, beginning
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.model.filename import product_classifier, version_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.store.writer import Writer
    from edexql.model.mission import NameForms
    from edexql.model.vocabulary import Vocabulary

    Classifier = Callable[[str], tuple[str | None, str | None]]
    # Told the path of every file that is looked at.
    Progress = Callable[[str], None]

NEW, KNOWN, UNRECOGNISED = "new", "known", "not recognised"
TREE = "tree"
_BASE_SERIES = ("kp", "f107")
# Identifies the base series, so that they are added once.
_BASE_DIGEST = "base series of edexql, 2013 to 2025"


class Outcome(Record):
    """What became of a file or folder: its format, NEW, KNOWN (read before) or UNRECOGNISED, and what it gave.

    `counts` are numbers of facts by kind: files, intervals, samples, positions, element sets. `notes` say what of a
    sound file was left out; `gone` are the names of files that an earlier reading found in a folder and that are there
    no more.
    """

    path: str
    format: str | None
    state: str
    counts: tuple[tuple[str, int], ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def ingest(
    paths: Iterable[str],
    writer: Writer,
    progress: Progress,
    *,
    synthetic: bool = False,
    read: Callable[[str], Iterator[Batch]] | None = None,
) -> Iterator[Outcome]:
    """Ingest files and folders, and report each as it is done; the caller commits.

    `read`, where given, reads every path in place of the format that it is recognised to be in.
    """
    for path in paths:
        if os.path.isdir(path):
            yield from _folder(path, writer, progress, synthetic=synthetic)
            continue
        progress(path)
        yield _file(path, writer, synthetic=synthetic, read=read)


def add_base_series(writer: Writer) -> Outcome:
    """Add the Kp, ap and F10.7 that come with edexql to a catalogue.

    They are those of the sample: CelesTrak's table, 2013 to 2025, with the source that the sample names. Values that
    the catalogue has from elsewhere for the same times stay, or replace them, as with any other file.
    """
    with open_catalogue() as sample:
        # Of one source, since the sample has them from one table.
        labels = {label for series in _BASE_SERIES for label in sample.named(f"origin:{series}:")}
        path, format = next((path, format) for _, path, format, *_ in sample.sources() if format in labels)
        if not writer.begin_source(path, format, _BASE_DIGEST, synthetic=False):
            return Outcome(path, format, KNOWN, (), ())
        count = sum(writer.add_series(sample, series) for series in _BASE_SERIES)
    return Outcome(path, format, NEW, (("samples", count),), ())


def _file(path: str, writer: Writer, *, synthetic: bool, read: Callable[[str], Iterator[Batch]] | None) -> Outcome:
    vocabulary = writer.vocabulary
    # Only what is done with the file itself: an error of the catalogue's own disk ends the whole change.
    try:
        form = format_of(path, vocabulary) if read is None else None
        digest = _digest(path)
    except OSError as error:
        return Outcome(path, None, UNRECOGNISED, (), (Fault(0, f"cannot be read: {error.strerror or error}"),))
    if read is not None:
        return _read(path, "table with a mapping", read, digest, writer, synthetic=synthetic)
    if form is None:
        return Outcome(path, None, UNRECOGNISED, (), (Fault(0, reason(head_of(path, vocabulary), beginning(path))),))
    return _read(path, form.title, lambda one: form.read(one, vocabulary), digest, writer, synthetic=synthetic)


def _folder(folder: str, writer: Writer, progress: Progress, *, synthetic: bool) -> Iterator[Outcome]:
    """The files of a tree as files of the archive, and the content of those that are in a known format."""
    seen: set[str] = set()
    faults: list[Fault] = []
    contents: list[str] = []
    classify = product_classifier(writer.vocabulary)
    writer.begin_source(folder, TREE, None, synthetic=synthetic)
    before = writer.connection.total_changes
    for item in tree.inputs(folder):
        if isinstance(item, Fault):
            faults.append(item)
            continue
        progress(item.path)
        if item.file is not None:
            writer.add(item.file)
            seen.add(item.file.name)
        if item.readable and _known(item.path, writer.vocabulary, classify):
            contents.append(item.path)
    for fault in faults:
        writer.add(fault)
    state = NEW if writer.connection.total_changes > before or faults else KNOWN
    # What cannot be read may be there all the same, and a folder with nothing in it is not the archive.
    gone = () if faults or not seen else tuple(name for name in writer.files_of(folder, TREE) if name not in seen)
    yield Outcome(folder, TREE, state, (("files", len(seen)),), tuple(faults), gone=gone)
    for path in contents:
        progress(path)
        yield _file(path, writer, synthetic=synthetic, read=None)


def _known(path: str, vocabulary: Vocabulary, classify: Classifier) -> bool:
    """Whether a file of a tree is read or reported: it is in a known format, cannot be opened, or has the name of a
    file of the spacecraft itself.
    """
    name = os.path.basename(path)
    prefixes = tuple(f"{one.prefix}_" for one in vocabulary.satellites.values() if one.prefix)
    try:
        return format_of(path, vocabulary) is not None or (name.startswith(prefixes) and classify(name)[1] is None)
    except OSError:
        return True


def _read(
    path: str, title: str, read: Callable[[str], Iterator[Batch]], digest: str, writer: Writer, *, synthetic: bool
) -> Outcome:
    if not writer.begin_source(path, title, digest, synthetic=synthetic):
        return Outcome(path, title, KNOWN, (), ())
    counts: dict[str, int] = {}
    faults: list[Fault] = []
    notes: list[str] = []
    rank = _rank(os.path.basename(path), writer.vocabulary.name_forms)
    for batch in read(path):
        if isinstance(batch, Note):
            notes.append(batch.message)
            continue
        writer.add(batch, rank)
        if isinstance(batch, Fault):
            faults.append(batch)
        else:
            kind, count = _counted(batch)
            counts[kind] = counts.get(kind, 0) + count
    return Outcome(path, title, NEW, tuple(counts.items()), tuple(faults), notes=tuple(notes))


def _counted(batch: Batch) -> tuple[str, int]:
    if isinstance(batch, Samples):
        return "samples", len(batch.times)
    if isinstance(batch, Spans):
        return "intervals", len(batch.starts)
    if isinstance(batch, Positions):
        return "positions", len(batch.times)
    if isinstance(batch, Elements):
        return "element sets", len(batch.pairs)
    assert isinstance(batch, (File, Covered))
    return ("files", 1) if isinstance(batch, File) else ("covered spans", 1)


def _rank(name: str, forms: NameForms) -> str:
    """A text that is greater for the newer version of a file."""
    return ".".join(f"{part:03}" for part in version_of_name(name, forms)[1])


def _digest(path: str) -> str:
    """The digest of a content, with that of a mapping beside it."""
    digest = hashlib.blake2b(digest_size=20)
    for part in (path, path + MAPPING_SUFFIX):
        if os.path.exists(part):
            with open(part, "rb") as file:
                while piece := file.read(2**20):
                    digest.update(piece)
    return digest.hexdigest()
