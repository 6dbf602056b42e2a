"""Influence is what deleting a constraint changes; reasons are what the oracle says; bins are sets of seconds."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import catalogues
from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.files import every_file
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.engines import why as reasons
from edexql.engines.influence import MOST_PARTS, Amount, Influence, influences, remark
from edexql.engines.kinds.local import CatalogueEvidence
from edexql.engines.timeline import EXISTS, MATCHES, MAY_MATCH, NOTHING, timeline
from edexql.engines.why import MATCHED, UNKNOWN, UNMATCHED, why
from edexql.model.logic import Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Query
from edexql.model.vocabulary import load
from oracle import AND, NO, NOT, OR, YES, Day, Product, both, logic_of
from oracle import UNKNOWN as PERHAPS
from oracle_days import RRI, catalogue_of, made, query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from edexql.catalogue.store.catalogue import Catalogue

VOCABULARY = load()
MIDNIGHT = 1556755200
Tree = "int | tuple[Any, ...]"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Day, Catalogue]]:
    day = made("over midnight", 1, MIDNIGHT - 7000, 15000)
    with open_catalogue(catalogue_of(day, str(tmp_path_factory.mktemp("day")))) as catalogue:
        yield day, catalogue


def queries(seed: int, count: int, day: Day) -> Iterator[Query]:
    rng = random.Random(seed)
    while count:
        one = query(rng, day)
        if 0 < len(one.constraints) < 12:
            yield one
            count -= 1


# A logic as a tree of its own: a number, or an operator and its operands.


def tree_of(code: Sequence[int]) -> Any:
    """Chains of one operator are one node."""
    stack: list[Any] = []
    for part in code:
        if part > 0:
            stack.append(part)
        elif part == NOT:
            stack.append((NOT, stack.pop()))
        else:
            right, left = stack.pop(), stack.pop()
            sides = [side[1:] if isinstance(side, tuple) and side[0] == part else (side,) for side in (left, right)]
            stack.append((part, *sides[0], *sides[1]))
    return stack[0]


def code_of(tree: Any) -> list[int]:
    if isinstance(tree, int):
        return [tree]
    operator, first, *rest = tree
    code = code_of(first)
    for side in rest:
        code += [*code_of(side), operator]
    return [*code, NOT] if operator == NOT else code


def dropped(tree: Any, is_dropped: Any, place: tuple[int, ...] = ()) -> Any:
    """A tree without some operands; None where nothing remains."""
    if is_dropped(tree, place):
        return None
    if isinstance(tree, int):
        return tree
    sides = [dropped(side, is_dropped, (*place, number)) for number, side in enumerate(tree[1:])]
    sides = [side for side in sides if side is not None]
    if not sides or (len(sides) == 1 and tree[0] != NOT):
        return sides[0] if sides else None
    return (tree[0], *sides)


def larger_parts(tree: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The operands that are operators themselves, each with where it stands."""
    if isinstance(tree, tuple):
        if place:
            yield place, tree
        for number, side in enumerate(tree[1:]):
            yield from larger_parts(side, (*place, number))


def with_logic(one: Query, tree: Any) -> Query:
    return Query(one.products, one.constraints, Logic(tuple(code_of(tree))))


# What is met, by the oracle


def met(one: Query, tree: Any, day: Day) -> tuple[set[str], bytes, set[str], bytes]:
    """The files that surely meet a logic, YES at the seconds that do, where files of the products are, the files
    that may meet it, and YES at the seconds that may.
    """
    window = day.covered(one.products)
    states = window if tree is None else both(day.answer(with_logic(one, tree)), window)
    files = {file.name for file in day.newest(one.products) if YES in day.part(states, file)}
    possible = files | {file.name for file in day.newest(one.products) if PERHAPS in day.part(states, file)}
    sure, perhaps = (states.translate(bytes.maketrans(bytes([PERHAPS]), bytes([as_]))) for as_ in (NO, YES))
    return files, sure, possible, perhaps


def amount(found: Any, day: Day, one: Query) -> tuple[int, int, int]:
    timeless = {file.name for file in day.newest(one.products) if not file.seconds()}
    return len(found[0]), found[1].count(YES), len((found[2] - found[0]) | timeless)


def difference(found: Any, other: Any) -> tuple[int, int, int]:
    inverse = other[3].translate(bytes.maketrans(bytes([NO, YES]), bytes([YES, NO])))
    unknown = (found[0] & (other[2] - other[0])) | (found[2] - found[0] - other[2])
    return len(found[0] - other[2]), both(found[1], inverse).count(YES), len(unknown)


@pytest.mark.parametrize("seed", range(4))
def test_influence_is_what_deleting_a_part_changes(asked: tuple[Day, Catalogue], seed: int) -> None:
    day, catalogue = asked
    for one in queries(seed, 25, day):
        tree = tree_of(logic_of(one))
        whole = met(one, tree, day)
        found = influences(one, CatalogueEvidence(catalogue, VOCABULARY))
        assert (found.whole.files, found.whole.seconds, found.whole.unknown) == amount(whole, day, one), one

        def expected(
            without: Any, alone: Any, one: Query = one, whole: Any = whole
        ) -> tuple[tuple[int, int, int], ...]:
            rest, own = met(one, without, day), met(one, alone, day)
            return amount(rest, day, one), amount(own, day, one), difference(rest, whole), difference(whole, rest)

        numbers = sorted(set(code_of(tree)) - {AND, OR, NOT})
        of_numbers = [expected(dropped(tree, lambda part, _, n=n: part == n), n) for n in numbers]
        of_parts = [
            expected(dropped(tree, lambda _, at, place=place: at == place), part) for place, part in larger_parts(tree)
        ]
        told = [
            tuple((a.files, a.seconds, a.unknown) for a in (part.without, part.alone, part.keeps_out, part.lets_in))
            for part in found.parts
        ]
        assert [part.number for part in found.parts] == numbers + [None] * len(of_parts), one
        assert told[: len(numbers)] == of_numbers, one
        assert sorted(told[len(numbers) :]) == sorted(of_parts), one


def test_influence_agrees_with_asking_again(asked: tuple[Day, Catalogue]) -> None:
    day, catalogue = asked
    for one in queries(77, 40, day):
        found = influences(one, CatalogueEvidence(catalogue, VOCABULARY))
        tree = tree_of(logic_of(one))
        whole = evaluate(one, catalogue, VOCABULARY)
        assert found.whole.unknown == len(whole.unknown)
        for part in found.parts:
            if not found.whole.unknown and not part.without.unknown:
                assert part.without.files - found.whole.files == part.keeps_out.files - part.lets_in.files
            nothing = (0, 0, 0)
            changes = [(a.files, a.seconds, a.unknown) for a in (part.keeps_out, part.lets_in)]
            assert not part.none or changes == [nothing, nothing]
            if part.number is None:
                continue
            alone = evaluate(with_logic(one, part.number), catalogue, VOCABULARY)
            assert part.alone.seconds == alone.times.yes.seconds
            assert part.alone.files == len([file for file in alone.files if file.matched])
            rest = dropped(tree, lambda operand, _, n=part.number: operand == n)
            if rest is not None:
                without = evaluate(with_logic(one, rest), catalogue, VOCABULARY)
                assert part.without.seconds == without.times.yes.seconds
                assert part.without.files == len(without.files)
                assert part.without.unknown == len(without.unknown)
                same = without.times.yes == whole.times.yes and without.times.may == whole.times.may
                assert part.none == same


def test_influence_of_nothing_and_of_too_much(asked: tuple[Day, Catalogue]) -> None:
    day, catalogue = asked
    found = influences(Query((RRI,)), CatalogueEvidence(catalogue, VOCABULARY))
    assert (found.parts, found.whole.seconds) == ((), day.covered((RRI,)).count(YES))
    dates = tuple(Constraint("date", "date", Period(n, n + 1)) for n in range(MOST_PARTS + 1))
    with pytest.raises(ValueError, match=f"{MOST_PARTS + 1} parts"):
        influences(Query((), dates), CatalogueEvidence(catalogue, VOCABULARY))


# Why


def stands(states: bytes) -> str:
    return MATCHED if YES in states else UNKNOWN if PERHAPS in states else UNMATCHED


def nearest(states: bytes, one: Product, day: Day) -> set[int]:
    """How far the nearest seconds are at which a state is YES, of those that the oracle looks at."""
    first, last = one.first - day.start, one.last - day.start
    inside = states[: day.end - day.start]
    before, after = inside.rfind(YES, 0, first), inside.find(YES, last + 1)
    return {distance for distance, at in ((first - before, before), (after - last, after)) if at >= 0}


@pytest.mark.parametrize("seed", range(3))
def test_reasons_are_what_the_oracle_says(asked: tuple[Day, Catalogue], seed: int) -> None:
    day, catalogue = asked
    rng = random.Random(seed)
    files = [one for one in day.of(Product) if one.first is not None]
    for one in queries(seed, 120, day):
        file = rng.choice(files)
        tree = tree_of(logic_of(one))
        found = why(file.name, one, CatalogueEvidence(catalogue, VOCABULARY))
        what = f"{file.name}: {one}"
        numbers = sorted(set(code_of(tree)) - {AND, OR, NOT})
        assert [reason.number for reason in found.constraints] == numbers, what
        state = stands(day.part(day.answer(with_logic(one, tree)), file))
        assert found.whole.state == state, what
        for reason in (found.whole, *found.constraints):
            states = day.answer(with_logic(one, tree if reason.number is None else reason.number))
            here = day.part(states, file)
            assert (reason.state, reason.matched, reason.unknown) == (
                stands(here),
                here.count(YES),
                here.count(PERHAPS),
            ), what
            if reason.number is not None:
                rest = dropped(tree, lambda part, _, n=reason.number: part == n)
                other = MATCHED if rest is None else stands(day.part(day.answer(with_logic(one, rest)), file))
                assert reason.decisive == (other != state), what
            distances = nearest(states, file, day)
            if reason.state == MATCHED:
                assert reason.nearest is None
                assert reason.apart is None
            elif distances:
                check_nearest(reason, states, min(distances), file, day)


def check_nearest(reason: Any, states: bytes, distance: int, file: Product, day: Day) -> None:
    """The interval named is one of the seconds that match, as long as it can be, and none is nearer."""
    start, end = reason.nearest
    second, beyond = (start, end) if start > file.last else (end - 1, start - 1)
    gap = start - file.last - 1 if start > file.last else end - file.first
    assert reason.apart == gap
    if end <= day.start:
        # Indices begin some hours before the seconds that the oracle looks at.
        assert abs(gap) + 1 < distance
        return
    assert abs(gap) + 1 == distance
    assert states[second - day.start] == YES
    if day.start <= beyond < day.end:
        assert states[beyond - day.start] != YES


def test_reasons_of_files_without_times_and_of_unknown_names(asked: tuple[Day, Catalogue]) -> None:
    _, catalogue = asked
    date = Query((RRI,), (Constraint("date", "date", Period(None, None)),))
    timeless = why("RRI_raw_lv1_3.0.0.h5", date, CatalogueEvidence(catalogue, VOCABULARY))
    assert (timeless.whole.state, timeless.constraints) == (UNKNOWN, ())
    assert timeless.remarks == ("its name has no times",)
    assert why("RRI_raw_lv1_3.0.0.h5", Query(), CatalogueEvidence(catalogue, VOCABULARY)).whole.state == MATCHED
    with pytest.raises(LookupError):
        why("RRI_nowhere.h5", date, CatalogueEvidence(catalogue, VOCABULARY))


def test_remarks_name_products_and_newer_versions(asked: tuple[Day, Catalogue]) -> None:
    day, catalogue = asked
    newest = {(one.product, one.stem): one for one in day.newest(())}
    for one in day.of(Product):
        remarks = why(one.name, Query((RRI,)), CatalogueEvidence(catalogue, VOCABULARY)).remarks
        said = [remark for remark in remarks if "the query asks for" in remark]
        assert bool(said) == (one.product != RRI)
        newer = newest.get((one.product, one.stem), one)
        expected = one.product is not None and newer != one
        if one.product is not None:
            assert (f"there is a newer version of it, {newer.name}" in remarks) == expected


# Timeline


def spanned(one: Query, day: Day) -> tuple[int, int]:
    """The dates that a query names; where it leaves them open, the whole hours about the files."""
    periods = [constraint.value for constraint in one.constraints if constraint.kind == "date"]
    if periods and all(period.start is not None and period.end is not None for period in periods):
        return min(period.start for period in periods), max(period.end for period in periods)
    known = day.covered(one.products)
    first, end = day.start + known.find(YES), day.start + known.rfind(YES) + 1
    return first // 3600 * 3600, -(-end // 3600) * 3600


def marked(exists: bytes, states: bytes) -> int:
    """What a bin shows, by the seconds in it."""
    here = both(exists, states)
    return MATCHES if YES in here else MAY_MATCH if PERHAPS in here else EXISTS if YES in exists else NOTHING


@pytest.mark.parametrize("bins", [1, 7, 60, 500])
def test_bins_are_sets_of_seconds(asked: tuple[Day, Catalogue], bins: int) -> None:
    day, catalogue = asked
    for one in queries(bins, 40, day):
        found = timeline(one, CatalogueEvidence(catalogue, VOCABULARY), bins)
        if YES not in day.covered(one.products):
            assert found is None
            continue
        start, end = spanned(one, day)
        assert (found.start, found.end) == (start, end), one
        edges = [start + (end - start) * place // bins for place in range(bins + 1)]
        parts = [
            slice(*(min(max(0, edge - day.start), day.end - day.start) for edge in pair)) for pair in pairwise(edges)
        ]
        states = day.answer(one)
        for line in found.lines:
            products = [
                name
                for name, entry in VOCABULARY.products.items()
                if (entry.get("instrument") or name) == line.instrument and (not one.products or name in one.products)
            ]
            exists = day.covered(tuple(products))
            assert products
            assert list(line.bins) == [marked(exists[part], states[part]) for part in parts], (line.instrument, one)


@pytest.fixture(scope="module")
def day_of_files(tmp_path_factory):
    """A catalogue of one day's files, with positions of two hours and indices of four days."""
    folder = tmp_path_factory.mktemp("day")
    catalogues.take(folder / "catalogue", catalogues.tree(folder / "tree"), *catalogues.texts(folder / "texts"))
    with open_catalogue(str(folder / "catalogue")) as opened:
        yield opened


@pytest.mark.parametrize(
    "text",
    [
        "kp >= 3; kp >= 8",
        "date 2016-05-03T22:00..",
        "date ..2016-01; kp < 9",
        "latitude > 60; kp >= 1",
        "rri dipole",
        "date 2016-05-02; fai has-data",
        "dipole-mlt 3..4",
        "date 2013, 2020; logic NOT 1 AND NOT 2",
    ],
)
def test_the_nearest_time_is_the_same_whether_all_times_are_looked_at_or_not(day_of_files, text, monkeypatch):
    asked = catalogues.query(text)
    for file in every_file(day_of_files):
        near = reasons.why(file.name, asked, CatalogueEvidence(day_of_files, load()))
        monkeypatch.setattr(reasons, "_REACHES", ())
        assert near == reasons.why(file.name, asked, CatalogueEvidence(day_of_files, load()))
        monkeypatch.undo()


def test_large_numbers_of_files_are_remarked_on_with_separators():
    nothing = Amount(0, 0)
    part = Influence(1, "1", nothing, nothing, Amount(24_672, 60, 1_200), Amount(0, 0, 3_000), none=False)
    assert remark(part) == "keeps out 24,672 files (1:00 min) and 1,200 unknown, lets in 3,000 unknown files"
