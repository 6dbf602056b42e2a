"""W601: a spelling that no source confirms, once each."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, printable
from edexql.model.query import Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# What is spelled (product, field, ...), its spelling, the section that confirms it, and where it was used.
Use = tuple[str, str, str, "Span"]


def unconfirmed(resolved: Resolved) -> Iterator[Diagnostic]:
    vocabulary = resolved.vocabulary
    seen: set[tuple[str, str]] = set()
    for what, spelling, section, span in _uses(resolved):
        if (what, spelling) in seen:
            continue
        seen.add((what, spelling))
        address = vocabulary.authority(section)
        listed = f"look it up in {address} or in the web UI" if address else "look it up in the web UI"
        yield Diagnostic(
            "W601",
            f"no source confirms that eDEx spells this {what} `{printable(spelling)}`",
            resolved.program.source,
            span,
            help=f"{listed}, then give a file that says so with --vocabulary",
        )


def _uses(resolved: Resolved) -> Iterator[Use]:
    vocabulary = resolved.vocabulary
    for name in resolved.query.products:
        entry = vocabulary.product(name)
        if entry is None or not entry.confirmed:
            yield "product", entry.wire if entry else name, "products", resolved.places[f"product {name}"]
    for constraint, origin in zip(resolved.query.constraints, resolved.origins, strict=True):
        yield from _constraint(constraint, vocabulary, origin.head, origin.span)
    for key, _ in resolved.query.extras:
        yield "key", key, "", resolved.places[f"raw {key}"]


def _constraint(constraint: Constraint, vocabulary: Vocabulary, head: Span, span: Span) -> Iterator[Use]:
    value, key = constraint.value, constraint.key
    field, instrument = vocabulary.field(key), vocabulary.instrument(key)
    if constraint.kind == "raw":
        if not any(wire == key and _known(vocabulary, section) for wire, section in vocabulary.wire_order()):
            yield "key", key, "", span
    elif isinstance(value, Tag):
        group, tags = vocabulary.groups().get(value.group, (None, {}))
        if not vocabulary.experiment.confirmed:
            yield "key", vocabulary.experiment.wire, "experiments", head
        if group is None or not group.confirmed or value.name not in tags or not tags[value.name].confirmed:
            yield "experiment", f"{value.group} > {value.name}", "experiments", span
    elif field is not None:
        if not field.confirmed:
            yield "field", field.wire, field.tab, head
        if isinstance(value, str):
            yield from _value(value, key, field.tab, vocabulary, span)
    elif instrument is not None:
        if not instrument.confirmed:
            yield "instrument", instrument.wire, "instruments", head
        if isinstance(value, str):
            yield from _value(value, key, "instruments", vocabulary, span)


def _value(value: str, key: str, section: str, vocabulary: Vocabulary, span: Span) -> Iterator[Use]:
    entry = vocabulary.values(key).get(value)
    if entry is None or not entry.confirmed:
        yield f"value of {key}", entry.wire if entry else value, section, span


def _known(vocabulary: Vocabulary, section: str) -> bool:
    if section == "date":
        return vocabulary.date.confirmed
    if section == "experiment":
        return vocabulary.experiment.confirmed
    entry = vocabulary.field(section) or vocabulary.instrument(section)
    return entry is not None and entry.confirmed
