"""W622: what is asked of an instrument that no product of the query is of, and nothing of those that they are of."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def product_not_served(resolved: Resolved) -> Iterator[Diagnostic]:
    if any(diagnostic.is_error for diagnostic in resolved.diagnostics):
        return
    query, vocabulary = resolved.query, resolved.vocabulary
    entries = [vocabulary.products.get(vocabulary.canonical(name), {}) for name in query.products]
    makers = [entry.get("instrument") for entry in entries]
    if not makers or not all(makers):
        return
    named = set(query.effective_code())
    asked = {
        number: constraint.key
        for number, constraint in enumerate(query.constraints, 1)
        if number in named and vocabulary.instrument(constraint.key) is not None
    }
    if set(asked.values()) & set(makers):
        return
    named_makers = sorted(map(str, set(makers)))
    theirs = " and ".join(maker.upper() for maker in named_makers)
    instead = " or ".join(f"`{maker} has-data`" for maker in named_makers)
    seen: set[str] = set()
    for number, key in asked.items():
        if key not in seen:
            seen.add(key)
            yield Diagnostic(
                "W622",
                f"no product of this query is of {key.upper()}: files of {theirs} are chosen by what {key.upper()} did",
                resolved.program.source,
                resolved.origins[number - 1].span,
                help=f"if the data of {theirs} are meant, write {instead}",
            )
