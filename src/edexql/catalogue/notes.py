"""Notes on an answer: the sources of its values, their age, and what of it is synthetic."""

from __future__ import annotations

from edexql.model.answer import Note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
_SYNTHETIC = "synthetic, "


def notes(
    constraints: Iterable[Constraint], catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals
) -> tuple[Note, ...]:
    """The remarks on what some constraints rest on for the times of a window, each once."""
    named = dict.fromkeys((constraint.kind, constraint.key) for constraint in constraints)
    all_notes = [note for kind, key in named for note in _of_constraint(kind, key, catalogue, vocabulary, window)]
    return tuple(dict.fromkeys(all_notes))


def _of_constraint(
    kind: str, key: str, catalogue: Catalogue, vocabulary: Vocabulary, times: Intervals
) -> Iterator[Note]:
    if kind == "raw":
        yield Note(f'raw "{key}"', "what it means is not known here: no information")
    elif kind == "range":
        yield from notes_on_field(key, catalogue, vocabulary, times)


def notes_on_field(key: str, catalogue: Catalogue, vocabulary: Vocabulary, times: Intervals) -> Iterator[Note]:
    """What the values of a field rest on at some times, or that there are none."""
    # Times without a source yet; sources have few intervals, so that subtracting them is cheap.
    left = times
    field = vocabulary.field(key)
    names = (key, *(field.substitutes if field else ()))
    for name in names:
        for series in catalogue.series_with(name):
            for label in catalogue.named(f"origin:{series}:"):
                known = catalogue.times(f"origin:{series}:{label}")
                here = left & known
                if len(here):
                    left = left - known
                    yield Note(key, f"{_from(label)}{_system(name)}", here.seconds)
        orbit = catalogue.orbit
        if orbit is not None and name in orbit.fields:
            here = left & orbit.covered
            if len(here):
                left = left - orbit.covered
                label = _SYNTHETIC * _synthetic_positions(catalogue, here) + orbit.describe(here)
                yield Note(key, f"{_from(label)}{_system(name)}", here.seconds)
    if left is times and not _has(names, catalogue):
        yield Note(key, "this catalogue has no values of it: no information")
    elif left is times and len(times):
        yield Note(key, "this catalogue has values of it, and none at these times: no information")


def _from(label: str) -> str:
    """Where values are from, by the label of their source."""
    origin = label.removeprefix(_SYNTHETIC)
    return f"from {origin}" if origin == label else f"synthetic values, from {origin}"


def _has(names: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether there are values of any of some fields at any time."""
    orbit = catalogue.orbit
    return any(
        (orbit is not None and name in orbit.fields and len(orbit.covered) > 0)
        or any(True for _ in catalogue.series_with(name))
        for name in names
    )


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
