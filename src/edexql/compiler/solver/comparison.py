"""Two queries compared by what they admit; each difference is shown by a moment that only one of them admits."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.compiler.request import Setting, query_of, within
from edexql.compiler.solver.analysis import spelled
from edexql.compiler.solver.encoding import BUDGET, Atoms, NotAnalysed, Solver, gate_of
from edexql.compiler.solver.witness import Moment, moment
from edexql.language.source import Source, source_of
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any, Literal

    from edexql.language.limit import Limit
    from edexql.model.query import Constraint, Query
    from edexql.model.vocabulary import Vocabulary

    Relation = Literal["equal", "narrower", "wider", "overlapping", "disjoint", "not analysed"]

# Operands of both queries together beyond which they are not compare_queries.
MOST_OPERANDS = 20_000


class Comparison(Record):
    """How the first of two queries is to the second: `equal`, `narrower`, `wider`, `overlapping` or `disjoint`.

    `first_only`, `second_only` and `both` are moments that the first query admits and the second does not, the
    reverse, and that both admit; None where there is none. `reason` says why they were not analysed.
    """

    relation: Relation
    first_only: Moment | None = None
    second_only: Moment | None = None
    both: Moment | None = None
    reason: str = ""

    @property
    def first_never(self) -> bool:
        """Whether it is known that nothing meets the first query."""
        return self._known and self.first_only is None and self.both is None

    @property
    def second_never(self) -> bool:
        """Whether it is known that nothing meets the second query."""
        return self._known and self.second_only is None and self.both is None

    @property
    def _known(self) -> bool:
        return self.relation != "not analysed"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `edexql compare --output json` gives them."""
        moments = {"first_only": self.first_only, "second_only": self.second_only, "both": self.both}
        witnesses = {name: one.to_dict() if one else None for name, one in moments.items()}
        return {"relation": self.relation, **witnesses, "reason": self.reason or None}


def compare_queries(first: Query, second: Query, vocabulary: Vocabulary, budget: int = BUDGET) -> Comparison:
    """Compare two queries by the products and times that they admit. Who gets the report is no part of that."""
    if first.extras != second.extras:
        return Comparison("not analysed", reason="the two give `raw` keys that are not numbered, and not the same")
    if sum(part > 0 for query in (first, second) for part in query.effective_code()) > MOST_OPERANDS:
        return Comparison("not analysed", reason=f"together they have more than {MOST_OPERANDS} operands")
    try:
        return _Pair(first, second, vocabulary, Solver(budget)).comparison()
    except NotAnalysed:
        return Comparison("not analysed", reason="it would take too long")


def compare(
    first: str | bytes | Query,
    second: str | bytes | Query,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> Comparison:
    """Compare what two queries admit, whatever the data are.

    Other arguments as for `compile`. The `relation` of the result is "equal", "narrower" (all that the first admits,
    the second admits too), "wider", "overlapping", "disjoint", or "not analysed" where they are too large or too
    complex; `first_only`, `second_only` and `both` are moments that show it. Raises QueryError where a query has
    errors.

    >>> import edexql
    >>> comparison = edexql.compare("date 2019-05; kp >= 5", "date 2019; kp >= 4")
    >>> comparison.relation, str(comparison.second_only)
    ('narrower', '2019-05-01T00:00:00Z, kp 4')
    """
    setting = Setting(vocabulary, today, parameters)
    read = [source_of(query) if isinstance(query, (str, bytes)) else query for query in (first, second)]
    longest = max((one for one in read if isinstance(one, Source)), key=lambda one: len(one.text), default=Source(""))

    def compared() -> Comparison:
        one, other = (query_of(each, setting) if isinstance(each, Source) else each for each in read)
        return compare_queries(one, other, vocabulary or load())

    return within(limit, longest, compared)


class _Pair:
    def __init__(self, first: Query, second: Query, vocabulary: Vocabulary, solver: Solver) -> None:
        self._queries = first, second
        self._vocabulary = vocabulary
        self._solver = solver
        self._named = [_named(query) for query in (first, second)]
        self._atoms = Atoms(solver, sorted(set().union(*self._named), key=spelled), vocabulary)
        self._gates = [self._gate(query) for query in (first, second)]

    def comparison(self) -> Comparison:
        first_only = self._difference(0, 1)
        second_only = self._difference(1, 0)
        common, product = _common(*(query.products for query in self._queries))
        both = self._moment(product, {0: True, 1: True}) if common else None
        relation: Relation = "overlapping"
        if first_only is None:
            relation = "equal" if second_only is None else "narrower"
        elif second_only is None:
            relation = "wider"
        elif both is None:
            relation = "disjoint"
        return Comparison(relation, first_only, second_only, both)

    def _difference(self, one: int, other: int) -> Moment | None:
        """A moment that one query admits and the other does not."""
        ours, theirs = self._queries[one].products, self._queries[other].products
        common, product = _common(ours, theirs)
        witness = self._moment(product, {one: True, other: False}) if common else None
        if witness is not None or not theirs or (ours and set(ours) <= set(theirs)):
            return witness
        return self._moment(min(set(ours) - set(theirs), default=OTHER), {one: True})

    def _moment(self, product: str | None, wanted: dict[int, bool]) -> Moment | None:
        """A moment that these queries admit, or do not, with a product that both take; checked on the queries."""
        gates = [self._gates[one] if admits else -self._gates[one] for one, admits in wanted.items()]
        if not self._solver.possible(*gates):
            return None
        values, facts = self._atoms.moment(self._solver.holding())
        witness = moment(product, values, facts, set().union(*self._named))
        if any(witness.admitted_by(self._queries[one], self._vocabulary) != admits for one, admits in wanted.items()):
            raise NotAnalysed
        return witness

    def _gate(self, query: Query) -> int:
        code = query.effective_code()
        named = set(code)
        literals = [
            self._atoms.literal(one) if number in named else 0 for number, one in enumerate(query.constraints, 1)
        ]
        return gate_of(self._solver, code, literals) if code else self._solver.true


# A product that a query does not name, for a query that names none and so takes any.
OTHER = "any other product"


def _named(query: Query) -> set[Constraint]:
    from edexql.compiler.solver.encoding import without_label

    return {without_label(query.constraints[number - 1]) for number in set(query.effective_code()) if number > 0}


def _common(ours: Iterable[str], theirs: Iterable[str]) -> tuple[bool, str | None]:
    """Whether two lists of products have one in common, and which; an empty list has all."""
    a, b = set(ours), set(theirs)
    if not a or not b:
        return True, min(a | b, default=None)
    return bool(a & b), min(a & b, default=None)
