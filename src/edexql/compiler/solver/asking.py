"""`edexql.compare` and `edexql.simplify`: what other tools call."""

from __future__ import annotations

from edexql.compiler.request import Setting, query_of
from edexql.compiler.solver import comparing
from edexql.compiler.solver.simplifying import simplified
from edexql.language.source import source_of
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from edexql.compiler.solver.comparing import Comparison
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def compare(
    first: str | bytes | Query,
    second: str | bytes | Query,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Comparison:
    """Compare what two queries admit, whatever the data are.

    Other arguments as for `compile`. The `relation` of the result is "equal", "narrower" (all that the first admits,
    the second admits too), "wider", "overlapping", "disjoint", or "not analysed" where they are too large or too
    entangled; `first_only`, `second_only` and `both` are moments that show it. Raises QueryError where a query has
    errors.

    >>> import edexql
    >>> found = edexql.compare("date 2019-05; kp >= 5", "date 2019; kp >= 4")
    >>> found.relation, str(found.second_only)
    ('narrower', '2019-01-01T00:00:00Z, kp 4')
    """
    setting = Setting(vocabulary, today, parameters)
    queries = [
        query_of(source_of(query), setting) if isinstance(query, (str, bytes)) else query for query in (first, second)
    ]
    return comparing.compare(queries[0], queries[1], vocabulary or load())


def simplify(
    text: str | bytes,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> str:
    """A query with a smaller logic that is proved to mean the same; the text as it was where none was found.

    Arguments as for `compile`; what is proved holds for every day and all values of parameters. Raises QueryError
    where the query has errors.

    >>> import edexql
    >>> edexql.simplify("date 2019; fai has-data; kp > 5; logic 1 AND 2 OR 3 AND 1")
    'date 2019; fai has-data; kp > 5; logic 1 AND (2 OR 3)'
    """
    source, setting = source_of(text), Setting(vocabulary, today, parameters)
    query_of(source, setting)
    return simplified(source, setting).text
