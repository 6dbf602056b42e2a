"""Notes on an answer: the sources of its values, their age, and what of it is synthetic."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue.intervals import NEVER
from edexql.model.answer import Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# The systems of magnetic coordinates, by the beginning of a field's name.
SYSTEMS = {
    "magnetic": "the ephemeris product's own column, which does not name its magnetic coordinate system",
    "aacgm": "AACGM-v2",
    "qd": "quasi-dipole",
    "dipole": "centred dipole of IGRF-13",
}

# How the label of a source of simulated values begins.
SYNTHETIC = "synthetic, "


class Source(Record):
    """Where values of a field come from, and at which times; `label` says what it is called of some of them.

    Each value of a series holds for `step` seconds; what follows from the orbit has a value at any time, and 0 here.
    """

    times: Intervals
    label: Callable[[Intervals], str]
    step: int = 0


def notes(
    constraints: Iterable[Constraint], catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals
) -> tuple[Note, ...]:
    """The remarks on what some constraints rest on for the times of a window, each once."""
    return notes_from(constraints, lambda field: sources(field, catalogue), vocabulary, window)


def notes_from(
    constraints: Iterable[Constraint],
    sources_of: Callable[[str], Iterable[Source]],
    vocabulary: Vocabulary,
    window: Intervals,
) -> tuple[Note, ...]:
    """The same from the sources of each field, in the order in which a query looks."""
    named = dict.fromkeys((constraint.kind, constraint.key) for constraint in constraints)
    all_notes = [note for kind, key in named for note in _of_constraint(kind, key, sources_of, vocabulary, window)]
    return tuple(dict.fromkeys(all_notes))


def _of_constraint(
    kind: str, key: str, sources_of: Callable[[str], Iterable[Source]], vocabulary: Vocabulary, times: Intervals
) -> Iterator[Note]:
    if kind == "raw":
        yield Note(f'raw "{key}"', "what it means is not known here: no information")
    elif kind == "range":
        yield from notes_on_field(key, sources_of, vocabulary, times)


def sources(field: str, catalogue: Catalogue) -> Iterator[Source]:
    """Where a catalogue has values of a field from, in the order in which a query looks."""
    for series in catalogue.series_with(field):
        step = int(catalogue.segments[series][0][0].holds)
        labels = sorted(catalogue.named(f"origin:{series}:"))
        for label in labels:
            yield labelled(label, catalogue.times(f"origin:{series}:{label}"), step)
        if not labels:
            yield labelled("", NEVER, step)
    orbit = catalogue.orbit
    if orbit is not None and field in orbit.fields and len(orbit.covered):
        yield Source(
            orbit.covered, lambda here: SYNTHETIC * _synthetic_positions(catalogue, here) + orbit.describe(here)
        )


def labelled(label: str, times: Intervals, step: int) -> Source:
    """A series, or what of it is called the same at all times."""
    return Source(times, lambda _: label, step)


def notes_on_field(
    key: str, sources_of: Callable[[str], Iterable[Source]], vocabulary: Vocabulary, times: Intervals
) -> Iterator[Note]:
    """What the values of a field rest on at some times, by its sources, or that there are none."""
    # Times without a source yet; sources have few intervals, so that subtracting them is cheap.
    left = times
    known = False
    field = vocabulary.field(key)
    for name in (key, *(field.substitutes if field else ())):
        for source in sources_of(name):
            known = True
            here = left & source.times
            if len(here):
                left = left - source.times
                yield Note(key, f"{_from(source.label(here))}{_system(name)}", here.seconds)
    if not known:
        yield Note(key, "this catalogue has no values of it: no information")
    elif left is times and len(times):
        yield Note(key, "this catalogue has values of it, and none at these times: no information")


def _from(label: str) -> str:
    """Where values are from, by the label of their source."""
    origin = label.removeprefix(SYNTHETIC)
    return f"from {origin}" if origin == label else f"synthetic values, from {origin}"


def _synthetic_positions(catalogue: Catalogue, times: Intervals) -> bool:
    """Whether a position of some times comes from synthetic data."""
    labels = [name for name in catalogue.named("origin:positions") if ":synthetic" in name]
    return catalogue.array("synthetic-elements") is not None or any(
        len(catalogue.times(f"origin:positions{name}") & times) for name in labels
    )


def _system(field: str) -> str:
    """The magnetic coordinate system of a field, in brackets; nothing for a field of no such system."""
    system = SYSTEMS.get("magnetic" if field == "mlt" else field.partition("-")[0])
    return f" ({system})" if system else ""
