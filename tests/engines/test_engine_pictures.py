"""Pictures of a query on tables are those of the catalogue, from the same values."""

from __future__ import annotations

import numpy as np
import pytest

import edexql
from edexql import engines
from edexql.engines import sources
from edexql.model.query import Query
from edexql.pictures.kinds import KINDS, picture
from edexql.pictures.model import PictureError
from engine_catalogue import DAY, FAI, HOUR, MIDNIGHT, RRI, START, STOP, VOCABULARY
from engine_queries import HAS_AACGM, QUERIES, WITHOUT_AACGM, ranged

# Without its package, AACGM is an error of the catalogue.
FIELDS = [name for name in VOCABULARY.fields if HAS_AACGM or name not in WITHOUT_AACGM]
STORM = Query((FAI, RRI), (ranged("kp", 2, None), ranged("altitude", None, 900), ranged("qd-latitude", 50, None)))
ASKED = [
    pytest.param(STORM, (START, START + 3 * HOUR), id="three fields"),
    pytest.param(STORM, (None, None), id="the first match"),
    pytest.param(QUERIES["substitutes"], (MIDNIGHT - 900, MIDNIGHT + 2 * HOUR), id="substitutes, over midnight"),
    pytest.param(QUERIES["no constraint"], (MIDNIGHT, MIDNIGHT + DAY), id="no constraint", marks=pytest.mark.slow),
    pytest.param(QUERIES["nobody knows, or a day"], (None, None), id="nobody knows, or a day", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=["duckdb", "datafusion"])
def both(request, exported, folder):
    engine = getattr(engines, request.param)(exported)
    yield [sources.evidence(one, VOCABULARY) for one in (engine, engines.local(folder))]
    engine.close()


def drawn(kind, query, evidence, span):
    """The picture, or why there is none."""
    try:
        return picture(kind, query, evidence, span)
    except PictureError as error:
        return str(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("query", "span"), ASKED)
def test_a_picture_is_that_of_the_catalogue(kind, query, span, both):
    found, expected = (drawn(kind, query, one, span) for one in both)
    assert found == expected


def test_most_of_these_pictures_are_drawn(both):
    each = [drawn(kind, one.values[0], both[0], one.values[1]) for kind in KINDS for one in ASKED[:3]]
    assert sum(not isinstance(one, str) for one in each) > 9


def test_values_and_their_sources_are_those_of_the_catalogue(both):
    found, expected = (one.views(Query((FAI,)))[0] for one in both)
    for times in (np.arange(START - 60, STOP + 60, 61), np.array([MIDNIGHT]), np.array([], int)):
        values = [view.values([*FIELDS, "no-such-field"], times) for view in (found, expected)]
        np.testing.assert_array_equal(*values)
        assert len(times) < 2 or not np.isnan(values[0]).all(axis=1).all()
    window = found.covered()
    for field in FIELDS:
        each = [[(one.label(window), one.step) for one in view.sources(field)] for view in (found, expected)]
        assert each[0] == each[1]


def test_python_draws_what_an_engine_knows(exported, folder):
    engine = engines.duckdb(exported)
    text = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3"
    for draw in (edexql.plot.track, edexql.plot.dial, edexql.plot.panels, edexql.plot.timeline):
        assert draw(text, engine=engine) == draw(text, catalogue=folder)
    with pytest.raises(ValueError, match="not both"):
        edexql.plot.track(text, engine=engine, catalogue=folder)
    with pytest.raises(edexql.EngineError, match="eDEx lists files alone"):
        edexql.plot.track(text, engine=engines.edex())
    engine.close()
