"""The values of a field at some seconds are those by which a query finds its times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from catalogues import query
from edexql.catalogue.evaluation import times
from edexql.catalogue.samples import values_at
from engine_catalogue import START, STOP, VOCABULARY

if TYPE_CHECKING:
    from edexql.catalogue.store.catalogue import Catalogue

# AACGM needs its package, eclipse has words.
FIELDS = [name for name in VOCABULARY.fields if not name.startswith("aacgm-") and name != "eclipse"]


def seconds(seed: int, count: int) -> np.ndarray:
    """Seconds about the catalogue's, in order, with neighbours among them."""
    rng = np.random.default_rng(seed)
    some = rng.integers(START - 4000, STOP + 4000, count)
    return np.unique(np.concatenate((some, some + 1, some - some % 60)))


@pytest.mark.parametrize("name", FIELDS)
def test_a_query_holds_where_the_value_says_so(catalogue: Catalogue, name: str) -> None:
    seen = catalogue.of(VOCABULARY.only_satellite)
    at = seconds(len(name), 400)
    values = values_at(name, at, seen, VOCABULARY)
    known = values[~np.isnan(values)]
    field = VOCABULARY.field(name)
    lowest = -32000 if field.low is None else float(field.low)
    # 0.33 is a third of Kp.
    near = 0.01 if field.step else 1e-9
    for bound in np.quantile(known, (0.1, 0.5, 0.8)).tolist() if len(known) else [float(lowest)]:
        bound = round(bound, 2)
        if bound < lowest:
            continue
        truth = times(query(f"where {name} {lowest:g}..{bound}"), seen, VOCABULARY)
        yes, may = (one.meets(at, at + 1) for one in (truth.yes, truth.may))
        assert np.array_equal(may & ~yes, np.isnan(values)), name
        judged = ~np.isnan(values) & (np.abs(values - bound) >= near)
        if field.period is not None:
            judged &= (np.abs(values - lowest) >= near) & (np.abs(values - lowest - field.period) >= near)
        assert np.array_equal(yes[judged], (values <= bound)[judged]), (name, bound)
