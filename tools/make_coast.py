"""Make src/edexql/pictures/coast.bin, the coast line of maps, from the npm package world-atlas.

    npm install --ignore-scripts world-atlas@2.0.2
    python tools/make_coast.py node_modules/world-atlas/land-110m.json

Source: world-atlas 2.0.2 by Michael Bostock (ISC licence), land-110m.json, made from Natural Earth 1:110m, version
4.1, which is in the public domain (<https://www.naturalearthdata.com/about/terms-of-use/>).

The file has rings of land: pairs of int16, little-endian, longitude and latitude in hundredths of a degree, each ring
closed and followed by the pair -32768, -32768. No line of a ring crosses longitude 180: rings that do are cut there,
and that round the South Pole runs along its edge of the map.
"""

from __future__ import annotations

import argparse
import json
import struct
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Ring = list[tuple[float, float]]

TARGET = Path(__file__).parents[1] / "src" / "edexql" / "pictures" / "coast.bin"
END = struct.pack("<hh", -32768, -32768)


def rings(topology: dict[str, Any]) -> Iterator[Ring]:
    """The rings of all polygons, in degrees."""
    (scale_x, scale_y), (left, bottom) = (topology["transform"][name] for name in ("scale", "translate"))
    arcs = []
    for arc in topology["arcs"]:
        xs, ys = (list(accumulate(step[axis] for step in arc)) for axis in (0, 1))
        arcs.append([(x * scale_x + left, y * scale_y + bottom) for x, y in zip(xs, ys, strict=True)])
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for indices in polygon:
                ring: Ring = []
                for index in indices:
                    arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                    ring += arc[1:] if ring else arc
                yield ring


def unrolled(ring: Ring) -> Ring:
    """A ring whose longitudes run on beyond 180 degrees; one round a pole is closed along the edge of the map."""
    out = [ring[0]]
    for (before, _), (longitude, latitude) in pairwise(ring):
        step = (longitude - before + 180) % 360 - 180
        out.append((out[-1][0] + step, latitude))
    if abs(out[-1][0] - out[0][0]) > 1:
        pole = -90.0 if sum(latitude for _, latitude in out) < 0 else 90.0
        out = [(out[0][0], pole), *out, (out[-1][0], pole)]
    return out


def inside(ring: Ring, low: float) -> Ring:
    """The part of a ring from longitude `low` to `low + 360`, by Sutherland and Hodgman."""
    for limit, sign in ((low, 1), (low + 360, -1)):
        kept: Ring = []
        for (a, b), (c, d) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if sign * (a - limit) >= 0:
                kept.append((a, b))
            if (a - limit) * (c - limit) < 0:
                kept.append((limit, b + (d - b) * (limit - a) / (c - a)))
        ring = kept
    return ring


def on_the_map(ring: Ring) -> Iterator[list[tuple[int, int]]]:
    """The parts of a ring from -180 to 180 degrees, in hundredths, closed."""
    whole = unrolled(ring)
    first = (min(x for x, _ in whole) + 180) // 360
    last = (max(x for x, _ in whole) + 180) // 360
    for turn in range(int(first), int(last) + 1):
        points = [(round((x - 360 * turn) * 100), round(y * 100)) for x, y in inside(whole, 360 * turn - 180)]
        points = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
        if len(set(points)) > 2:
            yield [*points, points[0]] if points[0] != points[-1] else points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    topology = json.loads(parser.parse_args().path.read_text("utf-8"))
    parts = [part for ring in rings(topology) for part in on_the_map(ring)]
    TARGET.write_bytes(b"".join(b"".join(struct.pack("<hh", *point) for point in part) + END for part in parts))
    print(f"{TARGET}: {len(parts)} rings, {sum(map(len, parts))} points, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
