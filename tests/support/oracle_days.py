"""Made-up days for the oracle, catalogues of them, and queries about them."""

from __future__ import annotations

import math
import random
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import numpy as np

from edexql.catalogue.ingest.batches import Covered, File, Samples, Spans
from edexql.catalogue.store.writer import Writer
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range
from edexql.model.vocabulary import load
from oracle import CIRCLES, FAR, QUANTA, Day, Held, Product, Sampled, Told, either

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.catalogue.three_valued import Truth

FAI, PNG, RRI, MGF, CAS = (
    "fai-lv1-hdf5-images", "fai-lv1-png-images", "rri-lv1-hdf5-radio-data", "mgf-lv2-magnetic-field",
    "cas-txt-ephemeris",
)  # fmt: skip
PRODUCTS = (FAI, PNG, RRI, MGF, CAS)
WORDS = [(one, "has-data") for one in ("fai", "rri", "mgf", "nms")] + [("rri", "dipole"), ("rri", "gain-low")]
TAGS = (Tag("Point of Interest", "Fort McMurray Fire"), Tag("Point of Interest", "Ottawa"), Tag("Other", "Never"))
# Multiples of the length of a chunk of samples at one a second, and of those of three hours.
CHUNK, INDEX_CHUNK = 2**22, 65536 * 10800


def days() -> list[Day]:
    """A handful: over midnight, over the edge of chunks, with positions or without, with logs alone."""
    midnight = 1556755200  # 2019-05-02
    return [
        made("over midnight", 1, midnight - 7000, 15000),
        made("over a chunk", 2, 372 * CHUNK - 6500, 14000, joint=True),
        made("over an index chunk", 3, 2 * INDEX_CHUNK - 7400, 15000, joint=True),
        made("logs alone", 4, midnight - 3600, 7200, sampled=False),
    ]


def made(name: str, seed: int, start: int, length: int, *, joint: bool = False, sampled: bool = True) -> Day:
    rng = random.Random(seed)
    end = start + length
    facts = [*_logs(rng, start, end), *_files(rng, start, end)]
    if sampled:
        facts += [*_spacecraft(rng, start, end, joint=joint), *_indices(rng, start, end), *_lines(rng, start, end)]
    return Day(name, start, end, facts)


def lines_over_a_chunk() -> Day:
    """A day of straight lines alone, an edge of chunks in the midst of them."""
    rng = random.Random(5)
    holds, start = 45, 480 * 65536 * 45 - 2000
    times = list(range(start + 20, start + 4000, holds))
    assert times[0] % holds == 0
    by = [_value(rng, "imf-by", 8 * math.sin(t / 900) + rng.uniform(-1, 1)) for t in times]
    return Day(
        "lines over a chunk", start, start + 4000, [Sampled("monitor", times, holds, {"imf-by": by}, linear=True)]
    )


def catalogue_of(day: Day, folder: str) -> str:
    """A catalogue that has been told the facts of a day, each by a source of its own."""
    with Writer(folder, load()) as writer:
        for number, fact in enumerate(day.facts):
            writer.begin_source(f"fact {number}", "made up", f"{number}", synthetic=True)
            if isinstance(fact, Sampled):
                columns = {n: np.array(v, np.float64) for n, v in fact.columns.items()}
                times = np.array(fact.times, np.int64)
                writer.add(Samples(fact.series, times, fact.holds, columns, fact.linear), fact.rank)
            elif isinstance(fact, Held):
                starts, ends = (np.array(side, np.int64) for side in zip(*fact.spans, strict=True))
                writer.add(Spans(fact.key, fact.word, starts, ends))
            elif isinstance(fact, Told):
                writer.add(Covered(fact.key, fact.word, fact.start, fact.end))
            else:
                writer.add(File(fact.name, fact.size, None, fact.name))
        writer.commit()
    return folder


def _value(rng: random.Random, name: str, value: float) -> float:
    """A value that is no tie between two quanta."""
    return (round(value * QUANTA[name]) + rng.uniform(-0.45, 0.45)) / QUANTA[name]


def _spacecraft(rng: random.Random, start: int, end: int, *, joint: bool) -> Iterator[Sampled]:
    gap = start + (end - start) // 3
    first = [*range(start + 900, gap), *range(gap + 1200, end - 700)]
    again = list(range(gap - 800, gap - 100))
    for times, rank in ((first, "006"), (again, "005"), (again[100:500], "007")):
        shift = 0 if rank == "006" else 400
        shapes = {
            "latitude": lambda t, s=shift: 89.99 * math.sin((t + s) / 500),
            "longitude": lambda t, s=shift: (t + s) / 3.1 % 360 - 180,
            "altitude": lambda t, s=shift: 800 + 490 * math.sin((t + s) / 700),
        }
        others = {
            "mlt": lambda t, s=shift: (t + s) / 80 % 24,
            "magnetic-latitude": lambda t, s=shift: 80 * math.sin((t + s) / 450),
            "dipole-latitude": lambda t, s=shift: 82 * math.sin((t + s) / 450),
            "yaw": lambda t, s=shift: rng.choice((-179.98, -0.5, 0.0, 0.5, 90.0, 179.99, 180.0)) + (t % 7) / 100,
            "attitude-accuracy": lambda t, s=shift: (t // 37) % 5 if t // 37 % 11 else 9,
        }
        groups = [{**shapes, **others}] if joint else [{name: f} for name, f in shapes.items()] + [others]
        # A field of the later ones may have no value, which does not replace one.
        missing = {"yaw": 0.05, "magnetic-latitude": 0.02, **({} if rank == "006" else {"altitude": 0.1})}
        for group in groups:
            columns = {
                name: _holes(rng, [_value(rng, name, f(t)) for t in times], missing.get(name, 0.0))
                for name, f in group.items()
            }
            yield Sampled("ephemeris", times, 1, columns, rank=rank)


def _holes(rng: random.Random, values: list[float], often: float) -> list[float | None]:
    found: list[float | None] = list(values)
    place = 0
    while often and place < len(found):
        length = rng.randint(1, 150)
        if rng.random() < often * 3:
            found[place : place + length] = [None] * len(found[place : place + length])
        place += length
    return found


def _indices(rng: random.Random, start: int, end: int) -> Iterator[Sampled]:
    first = start // 10800 * 10800 - 10800
    times = list(range(first, end, 10800))
    kp = [_value(rng, "kp", rng.choice((13, 14, 15, 16, 17, 20)) / 3) for _ in times]
    yield Sampled("kp", times[:-1], 10800, {"kp": kp[:-1], "ap": [rng.randint(5, 60) for _ in kp[:-1]]})
    hours = list(range(start // 3600 * 3600 - 7200, end, 3600))
    yield Sampled("omni", hours, 3600, {"kp": [_value(rng, "kp", rng.choice((4, 5, 6))) for _ in hours]})


def _lines(rng: random.Random, start: int, end: int) -> Iterator[Sampled]:
    """A sample every odd number of seconds, so that no second is a tie, and no edge of a chunk in the midst."""
    edges = ((n, -(-start // (65536 * n)) * 65536 * n) for n in range(35, 100, 2))
    holds = next(n for n, edge in edges if edge > end)
    times = [t for t in range(-(-(start + 700) // holds) * holds, end - 900, holds) if rng.random() < 0.97]
    by = [_value(rng, "imf-by", 8 * math.sin(t / 900) + rng.uniform(-1, 1)) for t in times]
    roll = [_value(rng, "roll", (t / 6 + rng.uniform(-9, 9)) % 360 - 180) for t in times]
    columns = {"imf-by": _holes(rng, by, 0.01), "roll": _holes(rng, roll, 0.01)}
    yield Sampled("monitor", times, holds, columns, linear=True)


def _logs(rng: random.Random, start: int, end: int) -> Iterator[Held | Told]:
    def some(count: int) -> list[tuple[int, int]]:
        begins = [rng.randrange(start - 500, end) for _ in range(count)]
        return [(begin, begin + rng.choice((1, 60, 600, 1500))) for begin in begins]

    for key, word in (("fai", "has-data"), ("rri", "dipole"), ("rri", "has-data"), *_tagged()):
        yield Held(key, word, some(6))
    yield Told("fai", None, start + 1000, end - 4000)
    yield Told("rri", "dipole", start + 3000, end)
    yield Told("rri", "gain-low", start, start + 5000)
    yield Told("experiment", None, start - 500, end - 2000)
    yield Told("mgf", "has-data", start + 200, start + 6000)


def _tagged() -> list[tuple[str, str]]:
    return [("experiment", f"{tag.group} > {tag.name}") for tag in TAGS[:2]]


def _files(rng: random.Random, start: int, end: int) -> Iterator[Product]:
    def clock(second: int, form: str) -> str:
        return f"{datetime.fromtimestamp(second, timezone.utc):{form}}"

    begins = sorted(rng.sample(range(start + 30, end - 1900), 22))
    midnight = -(-start // 86400) * 86400
    begins += [midnight - 200] * (start < midnight < end - 2000)
    for place, first in enumerate(begins):
        last = first + rng.choice((0, 59, 400, 1800))
        short = f"{clock(first, '%Y%m%d_%H%M%S')}_{clock(last, '%H%M%S')}"
        long = f"{clock(first, '%Y%m%dT%H%M%S')}_{clock(last, '%Y%m%dT%H%M%S')}"
        product, instrument, form = (
            (FAI, "fai", f"FAI_lv1_h5_{short}_{{}}.zip"),
            (PNG, "fai", f"FAI_lv1_NIR_{short}_{{}}.png"),
            (RRI, "rri", f"RRI_{short}_lv1_{{}}.h5"),
            (MGF, "mgf", f"MGF_{short}_{{}}.lv2"),
            (CAS, None, f"CAS_ephemeris_{long}_{{}}.txt"),
            (None, "mgf", f"MGF_{short}_notes_{{}}.pdf"),
        )[place % 6]
        versions = rng.choice((["6.0.0"], ["v2"], ["6.0.0", "5.9.9"], ["v9", "10.0.0", "9.12.3"]))
        for version in versions:
            parts = tuple(int(part) for part in version.lstrip("v").split("."))
            yield Product(form.format(version), product, instrument, form, parts, first, last)
    yield Product("RRI_raw_lv1_3.0.0.h5", RRI, "rri", "RRI_raw_lv1.h5", (3, 0, 0), None, None)
    yield Product("FAI_lv1_h5_someday_6.0.0.zip", FAI, "fai", "FAI_lv1_h5_someday.zip", (6, 0, 0), None, None)


# Answers

_TWICE = bytes.maketrans(b"\1", b"\2")


def states(answer: Truth, day: Day) -> bytes:
    """An answer as the oracle gives it: a byte a second, and the two far seconds."""
    length = day.end - day.start
    rows = []
    for found in (answer.yes, answer.may):
        row = bytearray(length + 2)
        for start, end in found:
            first, last = (max(0, min(length, second - day.start)) for second in (start, end))
            row[first:last] = b"\1" * (last - first)
            row[length] |= start <= day.start - FAR < end
            row[length + 1] |= start <= day.end + FAR < end
        rows.append(bytes(row))
    # What is sure and not possible would show as 2.
    return either(rows[0].translate(_TWICE), rows[1])


# Queries


def query(rng: random.Random, day: Day) -> Query:
    """A query about a day, its bounds near the values of the day."""
    one_field = rng.random() < 0.1
    count = rng.randint(8, 30) if one_field or rng.random() < 0.05 else rng.randint(0, 6)
    field = rng.choice(list(QUANTA))
    constraints = [
        _range(rng, day, field) if one_field and rng.random() < 0.9 else _constraint(rng, day) for _ in range(count)
    ]
    logic = Logic(tuple(_logic(rng, len(constraints)))) if constraints and rng.random() < 0.7 else None
    products = () if rng.random() < 0.3 else tuple(rng.sample(PRODUCTS, rng.randint(1, 3)))
    return Query(products, tuple(constraints), logic)


def _logic(rng: random.Random, count: int) -> Sequence[int]:
    """An expression over numbers, some of them several times, some not at all."""
    parts = [[rng.randint(1, count)] for _ in range(rng.randint(1, count + 2))]
    favourite = rng.choice((AND, OR))
    while True:
        place = rng.randrange(len(parts))
        if rng.random() < 0.2:
            parts[place] = [*parts[place], NOT]
        elif len(parts) > 1:
            other = parts.pop(place)
            place = rng.randrange(len(parts))
            parts[place] = [*parts[place], *other, rng.choice((AND, OR, favourite))]
        else:
            return parts[0]


def _constraint(rng: random.Random, day: Day) -> Constraint:
    kind = rng.random()
    if kind < 0.55:
        return _range(rng, day, rng.choice(list(QUANTA)))
    if kind < 0.75:
        first = rng.choice((rng.randrange(day.start - 900, day.end), *_edges(rng, day)))
        period = Period(first, first + rng.choice((1, 300, 4000)))
        if rng.random() < 0.2:
            period = rng.choice((Period(None, first), Period(first, None), Period(None, None)))
        return Constraint("date", "date", period)
    if kind < 0.9:
        key, word = rng.choice(WORDS)
        return Constraint("word", key, word)
    if kind < 0.97:
        return Constraint("experiment", "experiment", rng.choice(TAGS))
    return Constraint("raw", "what-is-this", Json("[1]"))


def _edges(rng: random.Random, day: Day) -> tuple[int, ...]:
    """The first second of a file, and the one after its last."""
    one = rng.choice([one for one in day.of(Product) if one.first is not None])
    return one.first, one.last + 1


def edges() -> Iterator[Query]:
    """Queries of one range each, at every bound where something special happens."""
    bounds = {name: (low, low + turn / 2, low + turn, low + turn / 3) for name, (low, turn) in CIRCLES.items()}
    bounds["kp"] = (4, 4.32, 4.323, 4.3433, 4.35, 4.65, 4.67, 4.99, 4.985, 5.01, 5.015, 5.02, 5.3333)
    for name, some in bounds.items():
        for low in some:
            forms = [Range(low, None, flag) for flag in (False, True)]
            forms += [Range(None, low, without_high=flag) for flag in (False, True)]
            forms += [Range(low, high, a, b) for high in some for a in (False, True) for b in (False, True)]
            yield from (Query((), (Constraint("range", name, form),)) for form in forms)


def _range(rng: random.Random, day: Day, name: str) -> Constraint:
    low, high = _bound(rng, day, name), _bound(rng, day, name)
    if low > high and (name not in CIRCLES or rng.random() < 0.5):
        low, high = high, low
    if name in CIRCLES and rng.random() < 0.1:
        high = round(high + rng.choice((-1, 1)) * CIRCLES[name][1], 6)
    flags = rng.random() < 0.3, rng.random() < 0.3
    form = rng.random()
    if form < 0.15:
        return Constraint("range", name, Range(low, low, *(flags if rng.random() < 0.1 else ())))
    if form < 0.35:
        return Constraint("range", name, Range(low, None, flags[0]))
    if form < 0.55:
        return Constraint("range", name, Range(None, high, without_high=flags[1]))
    return Constraint("range", name, Range(low, high, *flags))


def _bound(rng: random.Random, day: Day, name: str) -> float:
    if name == "kp" and rng.random() < 0.6:
        return rng.choice((4, 4.33, 4.3333, 4.34, 4.345, 4.66, 4.667, 4.7, 5, 5.01, 5.02, 5.33, 5.67, 6.6666))
    if name in CIRCLES and rng.random() < 0.1:
        return CIRCLES[name][0] + rng.choice((0, CIRCLES[name][1]))
    values = day.column(name)
    value = next((v for v in (rng.choice(values) for _ in range(9)) if v is not None), 0)
    exact = (value + rng.choice((0, 0, -1, 1, 0.5, -0.25, 0.01))) / QUANTA[name]
    bound = round(exact, 5)
    return int(bound) if bound == int(bound) and rng.random() < 0.5 else bound
