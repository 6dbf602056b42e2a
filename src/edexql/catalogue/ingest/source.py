"""The bytes of a file, plain or gzip-ed, in blocks of whole lines, and the account of what is damaged in it."""

from __future__ import annotations

import os
import zlib
from functools import wraps

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.model.spacecraft import other_in_name, satellite_in_name
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedIOBase

    from edexql.catalogue.ingest.batches import Batch
    from edexql.model.vocabulary import Vocabulary

    # Reads the file of a path, by the names of a vocabulary; None is that of the package.
    Reader = Callable[..., Iterator[Batch]]

# What the mapping of a table is named after the table.
MAPPING_SUFFIX = ".mapping.json"
BLOCK = 4 * 2**20
MOST_FAULTS = 100
MOST_ROWS = 100_000
HEAD = 8192
# Servers have their styles at the beginning of a page.
_HEAD_OF_PAGE = 2**16
_LONGEST_LINE = 2**16
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Source(Record):
    """A file that is being read: its path, its name without `.gz`, and the damage that kept bytes from being read.

    `vocabulary` has the names by which its facts are known.
    """

    path: str
    name: str
    damage: list[Fault]
    vocabulary: Vocabulary


def reader(read: Callable[[Source], Iterator[Batch]]) -> Reader:
    """Make a reader of paths, which raises for no file, and names no more than a hundred faults of one.

    It takes a path and a vocabulary, by whose names facts are known; None is that of the package.
    """

    @wraps(read)
    def bounded(path: str, vocabulary: Vocabulary | None = None) -> Iterator[Batch]:
        source = Source(path, plain_name(path), [], vocabulary or snapshot())
        count = 0
        for batch in read(source):
            count += isinstance(batch, Fault)
            if not isinstance(batch, Fault) or count <= MOST_FAULTS:
                yield batch
        yield from source.damage
        if count > MOST_FAULTS:
            yield Fault(0, f"and {count - MOST_FAULTS:,} more lines that cannot be read")

    return bounded


def satellite_of_file(source: Source) -> str | Fault:
    """The satellite that a file is of: the one that its name begins with, else the only one of the vocabulary."""
    satellites = source.vocabulary.satellites.values()
    satellite = satellite_in_name(source.name, satellites)
    if satellite is not None:
        return satellite.name
    titles = ", ".join(one.title for one in satellites)
    other = other_in_name(source.name, satellites)
    if other is not None:
        return Fault(0, f"its name is of {shown(other)}, not {titles}; nothing is ingested")
    return source.vocabulary.only_satellite or Fault(0, f"its name does not say which satellite it is of: {titles}")


def plain_name(path: str) -> str:
    """The name of a file, without `.gz`."""
    name = os.path.basename(path)
    return name[:-3] if name.lower().endswith(".gz") else name


def head(path: str) -> bytes:
    """The first 8 KiB of a file, of a page 64, unpacked as far as can be. Raises OSError where it cannot be opened."""
    start, most = b"", HEAD
    with _opened(path) as file:
        try:
            while len(start) < most and (piece := file.read1(most - len(start))):
                start += piece
                if start.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"<"):
                    most = _HEAD_OF_PAGE
        except (OSError, EOFError, zlib.error):
            pass
    return start.removeprefix(_BYTE_ORDER_MARK)


def beginning(path: str) -> bytes:
    """The first bytes of a file as they are. Raises OSError where it cannot be opened."""
    with open(path, "rb") as file:
        return file.read(2)


def blocks(source: Source, size: int = BLOCK) -> Iterator[tuple[int, bytes]]:
    """The content in blocks that end with a line, each with the number of its first line.

    A line feed ends a line; the last line gets one, unless damage cut it off: it is left out then. What is beyond
    64 KiB of a line is left out as far as it fills whole blocks.
    """
    line, rest = 1, b""
    for piece in _pieces(source, size):
        end = piece.rfind(b"\n") + 1
        if not end:
            rest = (rest + piece)[:_LONGEST_LINE]
            continue
        block = rest + piece[:end]
        rest = piece[end:]
        yield line, block
        line += block.count(b"\n")
    if rest and not source.damage:
        yield line, rest + b"\n"


def lines(source: Source) -> Iterator[tuple[int, str]]:
    """The lines, without their ends, each with its number. What is not UTF-8 is taken for Latin-1."""
    for first, block in blocks(source, 2**20):
        try:
            text = block.decode()
        except UnicodeDecodeError:
            text = block.decode("latin-1")
        # Not splitlines, which also ends lines at form feeds and the like.
        for number, line in enumerate(text.split("\n")[:-1], first):
            yield number, line.rstrip("\r")


def whole(source: Source, most: int) -> str | None:
    """The text of a file, None where it has more bytes than `most`. What is not UTF-8 is taken for Latin-1."""
    data = content(source, most)
    if len(data) > most:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def content(source: Source, most: int) -> bytes:
    """The bytes of a file, unpacked; where there are more than `most`, no less than one more."""
    gathered: list[bytes] = []
    size = 0
    for piece in _pieces(source, 2**20):
        gathered.append(piece)
        size += len(piece)
        if size > most:
            break
    return b"".join(gathered)


def shown(text: str) -> str:
    """A piece of a file as a message shows it: short, and without control characters."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def _pieces(source: Source, size: int) -> Iterator[bytes]:
    gathered: list[bytes] = []
    count, mark = 0, _BYTE_ORDER_MARK
    try:
        with _opened(source.path) as file:
            # Not read, which throws away what it has unpacked before the data break off.
            while piece := file.read1(size - count):
                gathered.append(piece)
                count += len(piece)
                if count == size:
                    yield b"".join(gathered).removeprefix(mark)
                    gathered, count, mark = [], 0, b""
    except (EOFError, zlib.error):
        source.damage.append(Fault(0, "the compressed data are damaged or cut off; what comes after is not read"))
    except OSError as problem:
        source.damage.append(Fault(0, f"cannot be read: {problem.strerror or problem}"))
    if gathered:
        yield b"".join(gathered).removeprefix(mark)


def _opened(path: str) -> BufferedIOBase:
    file = open(path, "rb")  # noqa: SIM115
    if file.peek(2)[:2] != _GZIP:
        return file
    file.close()
    import gzip

    return gzip.open(path, "rb")
