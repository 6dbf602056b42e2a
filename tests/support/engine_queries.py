"""Queries over the catalogue of `engine_catalogue`, and the rows that they are to give."""

from __future__ import annotations

import random
from importlib.util import find_spec

from edexql.catalogue import evaluation
from edexql.catalogue.intervals import BEGINNING, END
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range
from engine_catalogue import DAY, FAI, HOUR, MGF, MIDNIGHT, ODD_TAGS, RRI, START, STOP, VOCABULARY

# Fields that need an optional package where the ephemeris does not have them, and whether it is there.
WITHOUT_AACGM = {"aacgm-latitude", "aacgm-longitude", "aacgm-mlt"}
HAS_AACGM = find_spec("aacgmv2") is not None


def date(start: int | None, end: int | None) -> Constraint:
    return Constraint("date", "date", Period(start, end))


def ranged(field: str, low: float | None, high: float | None, **bounds: bool) -> Constraint:
    return Constraint("range", field, Range(low, high, **bounds))


def word(key: str, value: str) -> Constraint:
    return Constraint("word", key, value)


def tag(name: str) -> Constraint:
    return Constraint("experiment", "experiment", Tag("Odd", name))


_RAW = Constraint("raw", "anything", Json("[1]"))
_MAY_DAY = date(MIDNIGHT, MIDNIGHT + DAY)

# One of each kind of constraint, and of each table.
TYPICAL = Query(
    (FAI,),
    (
        date(MIDNIGHT, MIDNIGHT + DAY),
        word("fai", "has-data"),
        ranged("kp", 4.67, None),
        ranged("altitude", None, 500, without_high=True),
        ranged("magnetic-latitude", 65, None),
        tag("it's"),
    ),
    Logic((1, 2, 3, OR, AND, 4, 5, AND, 6, NOT, OR, AND)),
)
QUERIES: dict[str, Query] = {
    "no constraint": Query((FAI,)),
    "nothing named": Query(),
    "no such product": Query(("it's 'none'\\",), (_MAY_DAY,)),
    "a day": Query((FAI,), (_MAY_DAY,)),
    "as in the tutorial": Query((FAI,), (_MAY_DAY, word("fai", "has-data"))),
    "an open period": Query((FAI, RRI), (date(None, MIDNIGHT),)),
    "not a period": Query((MGF,), (date(MIDNIGHT, None),), Logic((1, NOT))),
    "periods that touch and overlap": Query(
        (), (date(START, MIDNIGHT), date(MIDNIGHT, MIDNIGHT + 60), date(START + 5, START + 9), date(STOP, STOP + 1))
    ),
    "a word with its own log": Query((), (word("fai", "nir"),)),
    "not a word": Query((), (word("fai", "has-data"),), Logic((1, NOT))),
    "an instrument with files only": Query((), (word("mgf", "has-data"),)),
    "a word nobody wrote of": Query((), (word("nms", "has-data"), word("rri", "gain-low"))),
    "eclipse": Query((), (word("eclipse", "umbra"), word("eclipse", "penumbra"))),
    "odd tags": Query((), tuple(map(tag, ODD_TAGS))),
    "one odd tag of each": Query(
        (FAI, RRI, MGF), tuple(map(tag, ODD_TAGS[:4])), Logic((1, NOT, 2, AND, 3, OR, 4, NOT, OR))
    ),
    "a text that no table has": Query((), (word("fai", "a\0b"), tag("half \ud800"))),
    "low and north": Query((FAI,), (ranged("altitude", None, 500, without_high=True), ranged("latitude", 60, 90))),
    "not low or not north": Query(
        (), (ranged("altitude", None, 500), ranged("latitude", 60, None)), Logic((1, NOT, 2, NOT, OR))
    ),
    "through the seam": Query((), (ranged("longitude", 170, -170), ranged("mlt", 22, 2))),
    "all round": Query((), (ranged("longitude", -180, 180), ranged("yaw", -10, 10)), Logic((1, 2, AND))),
    "a point and nothing": Query(
        (), (ranged("altitude", 900, 900), ranged("altitude", 900.01, 900.02)), Logic((1, 2, OR))
    ),
    "nothing admitted": Query((), (ranged("yaw", 0.001, 0.002),), Logic((1, NOT))),
    "substitutes": Query((), (ranged("magnetic-latitude", 65, None), ranged("mlt", 10, 14)), Logic((1, 2, NOT, AND))),
    "no values": Query((FAI,), (ranged("roll", 0, 10), _MAY_DAY)),
    "whole numbers": Query((), (ranged("orbit", 30001, 30003), ranged("orbit", 30009, None, without_low=True))),
    "other series fill in": Query((), (ranged("latitude", -5, 5), date(MIDNIGHT - 900, MIDNIGHT + 1800))),
    "lines round the circle": Query((), (ranged("longitude", -30, 100), date(MIDNIGHT - 900, MIDNIGHT + 1800))),
    "a held track": Query((), (ranged("altitude", None, 320), ranged("pitch", 0, None)), Logic((1, 2, OR))),
    "from positions": Query(
        (), (ranged("qd-latitude", 55, None), ranged("dipole-mlt", 20, 4), ranged("gei-z", 0, None))
    ),
    "from positions every few seconds": Query((), (ranged("qd-mlt", 20, 4), ranged("qd-longitude", 100, -100))),
    "kp": Query((), (ranged("kp", 4.67, 9),)),
    "not kp": Query((), (ranged("kp", 2, 5.33, without_low=True),), Logic((1, NOT))),
    "several values of one index": Query((), (ranged("kp", 1, 1), ranged("kp", 3.33, 3.33), ranged("ap", 0, 20))),
    "an index on lines": Query((), (ranged("imf-bz", None, -5.25), ranged("solar-wind-speed", 350, None))),
    "storm in the dark": Query(
        (FAI, RRI),
        (ranged("dst", None, -20), word("eclipse", "umbra"), ranged("kp", 5, None), date(MIDNIGHT - HOUR, None)),
    ),
    "two times, two regions": Query(
        (),
        (date(START, MIDNIGHT), ranged("latitude", 50, 90), date(MIDNIGHT, STOP), ranged("latitude", -90, -50)),
        Logic((1, 2, AND, 3, 4, AND, OR)),
    ),
    "nobody knows": Query((FAI,), (_RAW,)),
    "nobody knows, or a day": Query((), (_RAW, _MAY_DAY, ranged("kp", 3, None)), Logic((1, 3, AND, 2, OR))),
    "an unknown field": Query((RRI,), (ranged("no-such-field", 1, 2), date(MIDNIGHT, None)), Logic((1, NOT, 2, AND))),
    "never": Query((), (_MAY_DAY, date(STOP + DAY, None), ranged("kp", 3, None)), Logic((1, 2, AND, 3, AND))),
}

_FIELDS = {
    "altitude": (310, 1490),
    "latitude": (-85, 85),
    "longitude": (-180, 179),
    "magnetic-latitude": (-85, 85),
    "mlt": (0, 24),
    "yaw": (-180, 179),
    "orbit": (29990, 30020),
    "pitch": (-100, 100),
    "qd-latitude": (-85, 85),
    "qd-mlt": (0, 24),
    "dipole-longitude": (-180, 179),
    **({"aacgm-latitude": (-85, 85)} if HAS_AACGM else {}),
    "gei-x": (-7000, 7000),
    "kp": (0, 9),
    "ap": (0, 80),
    "dst": (-60, 20),
    "imf-bz": (-12, 12),
    "f107": (60, 200),
}


def generated(seed: int) -> Query:
    """A query of random constraints and random logic."""
    chance = random.Random(seed)
    constraints = tuple(_constraint(chance) for _ in range(chance.randrange(1, 7)))
    products = tuple(chance.sample((FAI, RRI, MGF, "cas-txt-ephemeris"), chance.choice((0, 0, 1, 2))))
    return Query(products, constraints, chance.choice((None, _logic(chance, len(constraints)))))


def _constraint(chance: random.Random) -> Constraint:
    kind = chance.choice(("date", "date", "range", "range", "range", "range", "word", "tag", "raw"))
    if kind == "date":
        start, end = sorted(START - HOUR + chance.randrange(40 * HOUR) for _ in range(2))
        return date(chance.choice((None, start, start, start)), chance.choice((None, end + 1, end + 1, end + 1)))
    if kind == "range":
        field = chance.choice(list(_FIELDS))
        low, high = (round(chance.uniform(*_FIELDS[field]), chance.choice((0, 1, 2))) for _ in range(2))
        if VOCABULARY.fields[field].get("period") is None:
            low, high = sorted((low, high))
            low, high = chance.choice(((low, None), (None, high), (low, high), (low, high), (low, low)))
        return ranged(
            field, low, high,
            without_low=low is not None and chance.random() < 0.2,
            without_high=high is not None and chance.random() < 0.2,
        )  # fmt: skip
    if kind == "word":
        return word(*chance.choice((("fai", "has-data"), ("fai", "nir"), ("rri", "dipole"), ("eclipse", "umbra"))))
    return tag(chance.choice(ODD_TAGS)) if kind == "tag" else _RAW


def _logic(chance: random.Random, count: int) -> Logic:
    parts = [[number] for number in range(1, count + 1)]
    parts += [[chance.randrange(1, count + 1)] for _ in range(chance.randrange(3))]
    while len(parts) > 1:
        chance.shuffle(parts)
        right, left = parts.pop(), parts.pop()
        parts.append([*left, *right, chance.choice((AND, AND, OR))])
        if chance.random() < 0.3:
            parts[-1].append(NOT)
    return Logic(tuple(parts[0]))


def expected(query: Query, catalogue) -> list[tuple[str, str, int]]:
    """The rows of the files of a query, by the catalogue itself."""
    answer = evaluation.evaluate(query, catalogue, VOCABULARY)
    rows = [
        (position, file.name, state, file.matched)
        for files, state in ((answer.files, "matched"), (answer.unknown, "unknown"))
        for position, file in zip(files.positions.tolist(), files, strict=True)
    ]
    return [row[1:] for row in sorted(rows)]


def expected_times(query: Query, catalogue) -> list[tuple[int | None, int | None, str]]:
    """The rows of the times of a query, by the catalogue itself."""
    answer = evaluation.times(query, catalogue, VOCABULARY)
    rows = sorted(
        (start, end, state)
        for times, state in ((answer.yes, "matched"), (answer.unknown, "unknown"))
        for start, end in times
    )
    return [(None if start == BEGINNING else start, None if end == END else end, state) for start, end, state in rows]
