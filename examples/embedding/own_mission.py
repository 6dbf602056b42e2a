"""A query about the satellites of another mission, made in Python: which of its products, and what is asked for.

python examples/embedding/own_mission.py examples/missions/swarm/vocabulary.json mag-lr
"""

from __future__ import annotations

import sys

import edexql
from edexql.model import Query, Vocabulary


def storm_query(vocabulary: Vocabulary, kind: str) -> Query:
    """The products of a kind of all satellites, while Dst was low. Raises LookupError for no such products."""
    products = [name for name in vocabulary.products if name.endswith(kind)]
    if not products:
        raise LookupError(f"no products of the kind {kind}; there are {', '.join(vocabulary.products)}")
    where = edexql.date("2014-02") & (edexql.field("dst") < -80)
    return edexql.build(products=products, where=where, vocabulary=vocabulary)


def main(path: str, kind: str) -> int:
    """Print the satellites that a query is about, the query as text, and in a sentence."""
    try:
        vocabulary = edexql.load_vocabulary(path)
        query = storm_query(vocabulary, kind)
    except (edexql.EdexqlError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    satellites = {vocabulary.satellite_of(product): None for product in query.products}
    titles = [vocabulary.satellites[name].title for name in satellites if name is not None]
    print(f"about {', '.join(titles)}")
    print(edexql.to_text(query, vocabulary=vocabulary), end="")
    print(edexql.explain(query, vocabulary=vocabulary).sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
