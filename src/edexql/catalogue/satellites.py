"""A query by satellite: what its products are of decides whose position, attitude and logs its constraints mean.

Each file is judged by the satellite that its product is of; a query without products is about those of all.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.model.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary


class Part(Record):
    """The part of a query that is about one satellite: its products, and the catalogue as seen from it.

    `title` is what people call the satellite; "" where there is no other, or none.
    """

    title: str
    query: Query
    catalogue: Catalogue


def parts(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> list[Part]:
    """A query by satellite, in the order of the vocabulary; those that it names no product of are left out."""
    if len(vocabulary.satellites) < 2:
        return [Part("", query, catalogue.of(vocabulary.only_satellite))]
    there = [name for name, _ in catalogue.product_ranges() if name is not None]
    return [
        Part(title, one, catalogue.of(satellite)) for satellite, title, one in by_satellite(query, there, vocabulary)
    ]


def by_satellite(query: Query, there: Iterable[str], vocabulary: Vocabulary) -> list[tuple[str | None, str, Query]]:
    """A query by satellite: its name, what people call it, "" where there is no other, and the query with its products.

    `there` are the products of which there are files.
    """
    if len(vocabulary.satellites) < 2:
        return [(vocabulary.only_satellite, "", query)]
    products: dict[str | None, list[str]] = {name: [] for name in vocabulary.satellites}
    for product in query.products or dict.fromkeys([*vocabulary.products, *there]):
        products.setdefault(vocabulary.satellite_of(product), []).append(product)
    titles: Mapping[str | None, str] = {name: one.title for name, one in vocabulary.satellites.items()}
    return [
        (satellite, titles.get(satellite, ""), _with_products(query, tuple(named)))
        for satellite, named in products.items()
        if named or not any(products.values())
    ]


def views(catalogue: Catalogue, vocabulary: Vocabulary) -> list[tuple[str, Catalogue]]:
    """A catalogue as seen from each satellite, with its title; "" where there is no other."""
    if len(vocabulary.satellites) < 2:
        return [("", catalogue.of(vocabulary.only_satellite))]
    return [(one.title, catalogue.of(name)) for name, one in vocabulary.satellites.items()]


def of_product(product: str | None, catalogue: Catalogue, vocabulary: Vocabulary) -> Catalogue:
    """The catalogue as seen from the satellite of a product; of None from the only one."""
    return catalogue.of(vocabulary.only_satellite if product is None else vocabulary.satellite_of(product))


def _with_products(query: Query, products: tuple[str, ...]) -> Query:
    return Query(products, query.constraints, query.logic, query.email, query.extras)
