"""Values at nodes to values at every second, by the cubic through four nodes.

At 32 seconds apart, a coordinate of an orbit of 100 minutes errs by 5e-8 of its size.
"""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Few = NDArray[np.float32]

NODE = 32
# Nodes before the first second and after the last that are needed beside those at every 32nd.
BEFORE, AFTER = 1, 2


def _weights() -> Few:
    place = np.arange(NODE) / NODE
    nodes = (-1, 0, 1, 2)
    rows = [np.prod([(place - other) / (own - other) for other in nodes if other != own], axis=0) for own in nodes]
    return np.array(rows, dtype=np.float32)


_WEIGHTS = _weights()


def spread(nodes: NDArray[np.float64]) -> Few:
    """Values at every second, shape (32 * n,), of values at nodes, shape (n + 3,), one before and two after."""
    small = nodes.astype(np.float32)
    count = len(small) - BEFORE - AFTER
    four = np.stack([small[step : step + count] for step in range(4)], axis=1)
    return np.asarray((four @ _WEIGHTS).ravel())


def held(nodes: NDArray[np.float64], turn: float) -> Few:
    """The same straight from node to node, the short way round a circle of `turn`: for slow angles."""
    first = nodes[BEFORE:-AFTER]
    ahead = np.mod(nodes[BEFORE + 1 : -AFTER + 1] - first + turn / 2, turn) - turn / 2
    place = np.arange(NODE, dtype=np.float32) / NODE
    return np.asarray((first.astype(np.float32)[:, None] + ahead.astype(np.float32)[:, None] * place).ravel())
