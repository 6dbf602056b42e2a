"""Catalogues of several satellites: each file is judged by its own, and an answer is what each gives alone."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

import engines
from archive_samples import written
from catalogues import query as asked
from edexql.catalogue.availability import available
from edexql.catalogue.evaluation import holding, times
from edexql.catalogue.export.export import export
from edexql.catalogue.ingest.batches import Covered, Elements, File, Positions, Samples, Spans
from edexql.catalogue.ingest.readers import elements, sp3, tables
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql.text import sql, times_sql
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.orbits import ELEMENTS
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.writer import Writer
from edexql.engines import duckdb
from edexql.engines.influence import influences
from edexql.engines.kinds.local import CatalogueEvidence
from edexql.engines.sources import evaluate, evidence
from edexql.engines.timeline import timeline
from edexql.engines.why import why
from edexql.model.period import day_of
from edexql.model.query import Query
from edexql.model.spacecraft import NO_SATELLITE
from edexql.model.vocabulary import Vocabulary, snapshot
from edexql.pictures.kinds import picture
from edexql.pictures.model import PictureError
from oracle import Day, Held, Product, Sampled, both, either
from oracle_days import CAS, FAI, MGF, PNG, RRI, catalogue_of, made, query, states
from orbit_samples import SETS
from svg_reading import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from edexql.catalogue.store.catalogue import Catalogue

PRODUCTS = {"alpha": (FAI, PNG), "beta": (RRI, MGF, CAS)}
TITLES = {"alpha": "Alpha 1", "beta": "Beta 2"}
NUMBERS = {"alpha": 39265, "beta": 39452}


def vocabulary() -> Vocabulary:
    """That of the package, with its products on two satellites."""
    data = dict(snapshot().data)
    satellite_of = {product: name for name, products in PRODUCTS.items() for product in products}
    data["satellites"] = [
        {"name": name, "title": title, "norad": NUMBERS[name], "sp3": f"L{place}", "prefix": name.upper()[:3]}
        for place, (name, title) in enumerate(TITLES.items(), 10)
    ]
    data["products"] = [
        {**entry, "satellite": satellite_of[entry["name"]]}
        for entry in data["products"]
        if entry["name"] in satellite_of
    ]
    return Vocabulary(data)


VOCABULARY = vocabulary()


def days() -> dict[str, Day]:
    """What is known of each satellite: positions, logs and files of its own; indices and experiments of both."""
    midnight = 1556755200  # 2019-05-02
    whole = {
        "alpha": made("alpha", 1, midnight - 7000, 15000),
        "beta": made("beta", 21, midnight - 7000, 15000),
    }
    shared = [fact for fact in whole["alpha"].facts if satellite_of(fact, "alpha") == NO_SATELLITE]
    return {
        name: Day(name, day.start, day.end, [fact for fact in day.facts if satellite_of(fact, name) == name] + shared)
        for name, day in whole.items()
    }


def satellite_of(fact: object, name: str) -> str | None:
    """Which satellite a fact of a day is of; None of a file of another one's products."""
    if isinstance(fact, Sampled):
        return name if fact.series == "ephemeris" else NO_SATELLITE
    if isinstance(fact, Product):
        return name if fact.product in PRODUCTS[name] else None
    return NO_SATELLITE if fact.key == "experiment" else name


DAYS = days()


@pytest.fixture(scope="module")
def both_satellites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = str(tmp_path_factory.mktemp("both"))
    with Writer(folder, VOCABULARY) as writer:
        for name, day in DAYS.items():
            for number, fact in enumerate(day.facts):
                satellite = satellite_of(fact, name)
                assert satellite is not None
                # Those of both are read once.
                digest = f"{name} {number}" if satellite else repr(fact)
                if writer.begin_source(f"{name} {number}", "made up", digest, synthetic=True):
                    add(writer, fact, satellite)
        writer.commit()
    with open_catalogue(folder) as catalogue:
        yield catalogue


def add(writer: Writer, fact: object, satellite: str) -> None:
    if isinstance(fact, Sampled):
        columns = {n: np.array(v, np.float64) for n, v in fact.columns.items()}
        times = np.array(fact.times, np.int64)
        writer.add(Samples(fact.series, times, fact.holds, columns, fact.linear, satellite), fact.rank)
    elif isinstance(fact, Held):
        starts, ends = (np.array(side, np.int64) for side in zip(*fact.spans, strict=True))
        writer.add(Spans(fact.key, fact.word, starts, ends, satellite))
    elif isinstance(fact, Product):
        writer.add(File(fact.name, fact.size, None, fact.name))
    else:
        writer.add(Covered(fact.key, fact.word, fact.start, fact.end, satellite))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Catalogue]]:
    """A catalogue of each satellite, of a mission that has no other."""
    found = {name: open_catalogue(catalogue_of(day, str(tmp_path_factory.mktemp(name)))) for name, day in DAYS.items()}
    yield found
    for catalogue in found.values():
        catalogue.close()


def named(one: Query) -> list[str]:
    """The satellites that the products of a query are of."""
    return [name for name, products in PRODUCTS.items() if not one.products or set(products) & set(one.products)]


def queries(count: int, seed: int = 5) -> Iterator[Query]:
    rng = random.Random(seed)
    for _ in range(count):
        yield query(rng, DAYS["alpha"])


def test_each_file_is_judged_by_its_own_satellite(both_satellites: Catalogue) -> None:
    different = 0
    for one in queries(200):
        satellites = [DAYS[name] for name in named(one)]
        matched: dict[str, int] = {}
        unknown: set[str] = set()
        held = b"\0" * (DAYS["alpha"].end - DAYS["alpha"].start + 2)
        within = held
        for day in satellites:
            files, doubtful = day.files(one)
            matched |= files
            unknown |= doubtful
            held = either(held, day.answer(one))
            within = either(within, both(day.answer(one), day.covered(one.products)))
        answer = evaluate(one, CatalogueEvidence(both_satellites, VOCABULARY))
        assert {file.name: file.matched for file in answer.files} == matched, str(one)
        assert set(answer.unknown.names) == unknown, str(one)
        assert states(answer.times, DAYS["alpha"]) == within, str(one)
        assert states(times(one, both_satellites, VOCABULARY), DAYS["alpha"]) == held, str(one)
        assert states(holding(one, both_satellites, VOCABULARY).times, DAYS["alpha"]) == held, str(one)
        different += len(satellites) > 1 and satellites[0].answer(one) != satellites[1].answer(one)
    assert different > 20


def test_influence_is_that_of_each_satellite_together(both_satellites: Catalogue, alone: dict[str, Catalogue]) -> None:
    for one in queries(40):
        found = influences(one, CatalogueEvidence(both_satellites, VOCABULARY))
        each = [influences(one, CatalogueEvidence(alone[name], snapshot())) for name in named(one)]
        assert found.whole.files == sum(single.whole.files for single in each)
        for place, part in enumerate(found.parts):
            singles = [single.parts[place] for single in each]
            for kind in ("without", "alone", "keeps_out", "lets_in"):
                amounts = [getattr(single, kind) for single in singles]
                assert getattr(part, kind).files == sum(amount.files for amount in amounts)
                assert getattr(part, kind).unknown == sum(amount.unknown for amount in amounts)
            assert part.none == all(single.none for single in singles)


def test_the_reasons_of_a_file_are_those_of_its_satellite(
    both_satellites: Catalogue, alone: dict[str, Catalogue]
) -> None:
    for one in queries(15):
        for name, catalogue in alone.items():
            product = next(fact for fact in DAYS[name].of(Product) if fact.product == PRODUCTS[name][0])
            assert why(product.name, one, CatalogueEvidence(both_satellites, VOCABULARY)) == why(
                product.name, one, CatalogueEvidence(catalogue, snapshot())
            )


def test_a_timeline_has_lines_of_each_satellite(both_satellites: Catalogue, alone: dict[str, Catalogue]) -> None:
    for one in queries(20):
        found = timeline(one, CatalogueEvidence(both_satellites, VOCABULARY), 60)
        assert found is not None
        lines = {line.instrument: line.bins for line in found.lines}
        expected = {}
        for name in named(one):
            single = timeline(one, CatalogueEvidence(alone[name], snapshot()), 60)
            if single is not None and (single.start, single.end) == (found.start, found.end):
                expected |= {f"{TITLES[name]} {line.instrument}": line.bins for line in single.lines}
        assert expected
        assert expected.items() <= lines.items()


def test_a_track_is_of_each_satellite_and_panels_are_of_one(both_satellites: Catalogue) -> None:
    span = (DAYS["alpha"].start, DAYS["alpha"].end)
    of_both = Query((FAI, RRI))
    track = picture("track", of_both, CatalogueEvidence(both_satellites, VOCABULARY), span)
    assert track.title == "Ground track of Alpha 1 and Beta 2"
    assert [text for text in words(track.svg()) if text in TITLES.values()] == list(TITLES.values())
    assert any(text.startswith("Alpha 1: from") or ": Alpha 1:" in text for text in words(track.svg()))
    assert len(picture("dial", of_both, CatalogueEvidence(both_satellites, VOCABULARY), span).drawing.panels) == 2
    with pytest.raises(PictureError, match="the query is about Alpha 1, Beta 2: name products of one"):
        picture("panels", of_both, CatalogueEvidence(both_satellites, VOCABULARY), span)
    panels = picture("panels", Query((FAI,)), CatalogueEvidence(both_satellites, VOCABULARY), span)
    assert panels.title.startswith("Alpha 1: ")


def test_notes_say_which_satellite_they_are_about_where_they_differ(both_satellites: Catalogue) -> None:
    answer = evaluate(
        asked(f"product {PNG}, {MGF}; latitude > 0; kp > 0"), CatalogueEvidence(both_satellites, VOCABULARY)
    )
    seconds = {str(note): note.seconds for note in answer.notes if note.subject == "latitude"}
    assert set(seconds) == {f"latitude: {title}: synthetic values, from made up" for title in TITLES.values()}
    # What is the same for all is said once.
    shared = evaluate(asked(f"product {PNG}, {MGF}; dst > 0"), CatalogueEvidence(both_satellites, VOCABULARY))
    assert [str(note) for note in shared.notes] == ["dst: this catalogue has no values of it: no information"]


REASONS = {
    "date 2018": "the files of {png}, {mgf} are from 2019-05-01 to 2019-05-02, and none is of 2018",
    "kp 8..9": "`{0}` is true at no time of the files of {png}, {mgf}; without `{0}` the query gives 8 files",
    "yaw 40..41": "this catalogue has no information on `{0}` at the times of 5 files",
    "latitude > 89.9; altitude > 1280": "Alpha 1: `{1}` is true at no time of the files of {png}; "
    "without `{1}` the query gives 1 file; "
    "Beta 2: this catalogue has no information on `{0}` and `{1}` at the times of 1 file",
}


@pytest.mark.parametrize("text", REASONS)
def test_an_empty_answer_has_one_reason_where_it_is_the_same_for_all(both_satellites: Catalogue, text: str) -> None:
    expected = REASONS[text].format(*text.split("; "), png=PNG, mgf=MGF)
    one = asked(f"product {PNG}, {MGF}; {text}")
    assert str(evaluate(one, CatalogueEvidence(both_satellites, VOCABULARY)).emptiness) == expected


def test_each_satellite_has_lines_of_when_its_instruments_had_data(
    both_satellites: Catalogue, alone: dict[str, Catalogue]
) -> None:
    when = [day_of(DAYS["alpha"].start), day_of(DAYS["alpha"].end)]
    found = {line.instrument: line for line in available(when, both_satellites, VOCABULARY).lines}
    assert len(found) == 2 * len(VOCABULARY.instruments)
    for name, title in TITLES.items():
        for line in available(when, alone[name], snapshot()).lines:
            mine = found[f"{title} {line.instrument}"]
            assert (mine.on, mine.known) == (line.on, line.known)
    assert found["Alpha 1 FAI"].on != found["Beta 2 FAI"].on


def test_facts_of_one_satellite_are_not_seen_from_another(both_satellites: Catalogue) -> None:
    assert both_satellites.satellites == ("alpha", "beta")
    assert both_satellites.satellite is None
    assert both_satellites.orbit is None
    assert "ephemeris" not in both_satellites.segments
    assert "kp" in both_satellites.segments
    alpha, beta = (both_satellites.of(name).segments["ephemeris"] for name in ("alpha", "beta"))
    assert {segment.path for segment, _ in alpha}.isdisjoint(segment.path for segment, _ in beta)
    assert "ephemeris" not in both_satellites.of("gamma").segments
    assert both_satellites.of("gamma").array("yes:fai:has-data") is None
    assert both_satellites.of("gamma").array("yes:experiment:Point of Interest > Ottawa") is not None


@pytest.fixture(scope="module")
def exported(both_satellites: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("exported") / "export"
    export(both_satellites, VOCABULARY, str(folder))
    return str(folder)


@pytest.fixture(scope="module")
def rows_of(exported: str) -> Iterator[Callable[[str], list[Any]]]:
    with engines.duckdb(exported) as rows:
        yield rows


@pytest.mark.slow
@pytest.mark.parametrize("products", [(), (FAI, RRI, CAS), (MGF,)])
def test_an_engine_says_what_the_catalogue_says_of_several_satellites(
    both_satellites: Catalogue, exported: str, products: tuple[str, ...]
) -> None:
    engine = duckdb(exported)
    found, expected = evidence(engine, VOCABULARY), CatalogueEvidence(both_satellites, VOCABULARY)
    for one in queries(2, seed=7):
        query = Query(products, one.constraints, one.logic)
        answer, right = evaluate(query, found), evaluate(query, expected)
        assert tuple(answer.files) == tuple(right.files), str(query)
        assert tuple(answer.unknown) == tuple(right.unknown), str(query)
        assert answer.times is not None
        assert right.times is not None
        assert list(answer.times.yes) == list(right.times.yes), str(query)
        assert list(answer.times.may) == list(right.times.may), str(query)
        assert answer.emptiness == right.emptiness
        assert influences(query, found) == influences(query, expected)
        assert timeline(query, found, 40) == timeline(query, expected, 40)
        name = next(iter(expected.answer(Query(products)).files)).name
        assert why(name, query, found) == why(name, query, expected)
    engine.close()


@pytest.mark.parametrize("products", [(), (FAI, PNG), (FAI, RRI, CAS), (MGF,)])
def test_sql_judges_each_file_by_its_own_satellite(
    both_satellites: Catalogue, rows_of: Callable[[str], list[Any]], products: tuple[str, ...]
) -> None:
    for one in queries(12, seed=6):
        query = Query(products, one.constraints, one.logic)
        answer = evaluate(query, CatalogueEvidence(both_satellites, VOCABULARY))
        rows = rows_of(sql(query, VOCABULARY, "duckdb"))
        assert [row for row in rows if row[1] == "matched"] == [
            (file.name, "matched", file.matched) for file in answer.files
        ], str(query)
        assert [row[0] for row in rows if row[1] == "unknown"] == list(answer.unknown.names), str(query)
        when = times(query, both_satellites, VOCABULARY)
        listed = sorted(
            (start, end, state)
            for spans, state in ((when.yes, "matched"), (when.unknown, "unknown"))
            for start, end in spans
        )
        assert rows_of(times_sql(query, VOCABULARY, "duckdb")) == [
            (None if start == BEGINNING else start, None if end == END else end, state) for start, end, state in listed
        ], str(query)


def test_an_export_has_what_is_known_of_each_satellite(both_satellites: Catalogue, tmp_path: Path) -> None:
    export(both_satellites, VOCABULARY, str(tmp_path / "all"))
    export(both_satellites, VOCABULARY, str(tmp_path / "beta"), "beta")
    for table in engines.TABLES:
        folders = {path.name for path in (tmp_path / "all" / table.name).iterdir()}
        # No product is of none, and facts of none are known of each satellite too.
        assert folders - {"satellite=-"} == {"satellite=alpha", "satellite=beta"}
        (of_beta,) = (tmp_path / "beta" / table.name).iterdir()
        assert of_beta.name == "satellite=beta"
        for path in of_beta.rglob("*.parquet"):
            assert path.read_bytes() == (tmp_path / "all" / path.relative_to(tmp_path / "beta")).read_bytes()
    with pytest.raises(CatalogueError, match="unknown satellite gamma; the satellites are alpha, beta"):
        export(both_satellites, VOCABULARY, str(tmp_path / "export"), "gamma")


def test_files_whose_satellite_is_unknown_say_nothing_of_instruments(tmp_path: Path) -> None:
    with Writer(str(tmp_path), VOCABULARY) as writer:
        writer.begin_source("a", "made up", "a", synthetic=False)
        writer.add(File("MGF_20160503_000000_010000_notes_1.0.0.pdf", None, None, ""))
        writer.add(File("MGF_20160503_020000_030000_1.0.0.lv2", None, None, ""))
        writer.commit()
    with open_catalogue(str(tmp_path)) as catalogue:
        for satellite, seconds in (("alpha", 0), ("beta", 3601)):
            assert catalogue.of(satellite).times("yes:mgf:has-data").seconds == seconds


def test_each_satellite_has_an_orbit_of_its_own(tmp_path: Path, given_text: Callable[[str], str]) -> None:
    # Of the one the first set, of the other the second.
    sets = {name: tuple(with_number(line, NUMBERS[name]) for line in SETS[place]) for place, name in enumerate(NUMBERS)}
    for folder, names in (("alpha", ["alpha"]), ("beta", ["beta"]), ("both", ["alpha", "beta"])):
        with Writer(str(tmp_path / folder), VOCABULARY) as writer:
            writer.begin_source("a", "made up", "a", synthetic=False)
            text = "".join(f"{line}\n" for name in names for line in sets[name])
            for batch in elements.read(given_text(text), VOCABULARY):
                writer.add(batch)
            writer.commit()
    found = {}
    with open_catalogue(str(tmp_path / "both")) as both_of_them:
        for name in NUMBERS:
            with open_catalogue(str(tmp_path / name)) as single:
                found[name] = knots_of(single)
                assert found[name] == knots_of(both_of_them.of(name))
    assert found["alpha"] != found["beta"]


def knots_of(catalogue: Catalogue) -> list[Any]:
    assert catalogue.orbit is not None
    return [(start, knots.times.tolist(), knots.xyz.tolist()) for start, knots in catalogue.orbit.chunks(ELEMENTS)]


# What readers make of files


@pytest.fixture
def given_text(tmp_path: Path) -> Callable[[str], str]:
    return partial(written, tmp_path)


def text_of_sp3(*satellites: str) -> str:
    epochs = []
    for minute in range(12):
        positions = (
            f"P{one} {7000 + 10 * place:13.6f} {100 * minute:13.6f} {50.0:13.6f}"
            for place, one in enumerate(satellites)
        )
        epochs += [f"*  2019  5  2  0 {minute:2}  0.00000000", *positions]
    return "\n".join(["#cP2019  5  2  0  0  0.00000000      12 ORBIT", "%c L  cc UTC ccc", *epochs, "EOF", ""])


def test_positions_of_all_satellites_of_the_vocabulary_are_taken(given_text: Callable[[str], str]) -> None:
    found = list(sp3.read(given_text(text_of_sp3("L10", "L11", "G01")), VOCABULARY))
    positions = {one.satellite: one for one in found if isinstance(one, Positions)}
    assert list(positions) == ["alpha", "beta"]
    assert [len(one.times) for one in positions.values()] == [12, 12]
    assert positions["beta"].xyz[0, 0] - positions["alpha"].xyz[0, 0] == 10_000
    assert [str(one) for one in found if not isinstance(one, Positions)] == ["Note(message='satellite G01 skipped')"]


def test_element_sets_of_several_satellites_stand_apart(given_text: Callable[[str], str]) -> None:
    other = tuple(with_number(line, 39452) for line in SETS[0])
    text = "".join(f"{line}\n" for pair in (SETS[0], other, SETS[1]) for line in pair)
    found = list(elements.read(given_text(text), VOCABULARY))
    assert found == [Elements(SETS, "alpha"), Elements((other,), "beta")]


def with_number(line: str, number: int) -> str:
    line = f"{line[:2]}{number:05}{line[7:68]}"
    return line + str(elements.checksum(line + " "))


TABLE = "UTC,lat,Kp\n2019-05-02T00:00:00Z,10,3\n"
POSITION, INDEX = {"lat": "latitude"}, {"Kp": "kp"}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({"columns": POSITION}, 'a mapping has to say of which "satellite" it is: alpha, beta'),
        ({"columns": POSITION, "satellite": "beta"}, "beta"),
        (
            {"columns": POSITION, "satellite": "gamma"},
            "mapping: unknown satellite 'gamma'; the satellites are alpha, beta",
        ),
        ({"columns": INDEX}, NO_SATELLITE),
    ],
)
def test_a_table_of_positions_says_whose_they_are(
    given_text: Callable[[str], str], mapping: dict[str, Any], expected: str
) -> None:
    document = {"time": "UTC", "holds": 60, **mapping}
    (found,) = tables.read_with_mapping(given_text(TABLE), document, VOCABULARY)
    assert (found.satellite if isinstance(found, Samples) else found.message) == expected
