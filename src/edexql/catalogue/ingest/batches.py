"""What readers give: plain facts, apart from any store.

All times are whole UTC seconds since 1970-01-01, leap seconds not counted; a span is `[start, end)`. `satellite` is
the name of a satellite in the vocabulary; NO_SATELLITE stands for facts of none, such as indices and experiments,
which count for all.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.spacecraft import NO_SATELLITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class File(Record):
    """A file of the archive: its name, its size in bytes as far as it is known, and where it was seen.

    `size_text` is the size as a listing writes it (`540.57MB`), None where the size is exact. `place` is its
    path below the folder or the address that was read. `product` is None where its name decides.
    """

    name: str
    size: int | None
    size_text: str | None
    place: str
    product: str | None = None


class Spans(Record):
    """Times at which something held: an instrument had data or ran in a mode, an experiment took place.

    `key` is an instrument of the vocabulary and `word` its value (`has-data`, a mode); or `key` is
    `experiment` and `word` is `GROUP > TAG`; or `key` is a field of words and `word` its value. `starts`
    and `ends` are int64 arrays of shape (n,).
    """

    key: str
    word: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    satellite: str = NO_SATELLITE


class Covered(Record):
    """A stretch of time of which a log says everything: where it names no span, the answer is no.

    `word` None stands for all words of the key.
    """

    key: str
    word: str | None
    start: int
    end: int
    satellite: str = NO_SATELLITE


class Samples(Record):
    """Values of fields, each holding over `[time, time + holds)`.

    `times` is an int64 array of shape (n,), ascending, at distances that are multiples of `holds` seconds;
    `columns` maps names of fields to float64 arrays of shape (n,) in the field's own unit, NaN where there
    is no value. `series` groups what is stored together: `ephemeris` for the spacecraft at one a second, or
    the name of an index (`kp`, `omni`). `linear` says that between two samples that are `holds` seconds
    apart a value runs straight from the one to the other (round the circle the short way), instead of
    holding. A file may give several batches, and the same time in two of them: the later one counts.
    """

    series: str
    times: NDArray[np.int64]
    holds: int
    columns: Mapping[str, NDArray[np.float64]]
    linear: bool = False
    satellite: str = NO_SATELLITE


class Positions(Record):
    """Positions of a satellite: `xyz` is a float64 array of shape (n, 3), metres, Earth-fixed (ITRF/WGS 84).

    `times` is a float64 array of shape (n,) of UTC seconds since 1970, ascending.
    """

    times: NDArray[np.float64]
    xyz: NDArray[np.float64]
    satellite: str = NO_SATELLITE


class Elements(Record):
    """Two-line element sets of a satellite, as the two lines of each, in the order of the file."""

    pairs: tuple[tuple[str, str], ...]
    satellite: str = NO_SATELLITE


class Fault(Record):
    """Something in a file that cannot be read: its line (from 1, 0 for the whole file) and what is wrong."""

    line: int
    message: str


class Note(Record):
    """What a reader left out of a sound file, and why: no fault of the file, and nothing that the store keeps."""

    message: str


Batch = File | Spans | Covered | Samples | Positions | Elements | Fault | Note
