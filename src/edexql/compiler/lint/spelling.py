"""W601: a spelling that no source confirms, once each."""

from __future__ import annotations

from edexql.base.text import printable
from edexql.language.diagnostics.value import Diagnostic
from edexql.model.period import Period
from edexql.model.query import Tag
from edexql.model.range import Range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span
    from edexql.model.field import Entry, Field
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# What is spelled (product, field, ...), its spelling, the section that would confirm it and whether it does, and where
# it was used.
Use = tuple[str, str, str, bool, "Span"]


def unconfirmed(resolved: Resolved) -> Iterator[Diagnostic]:
    vocabulary = resolved.vocabulary
    uses: dict[tuple[str, str], Use] = {}
    for use in _uses(resolved):
        uses.setdefault((use[0], use[1]), use)
    for what, spelling, section, confirmed, span in uses.values():
        if confirmed:
            continue
        address = vocabulary.authority(section)
        listed = f"look it up at {address} or in the web UI" if address else "look it up in the web UI"
        yield Diagnostic(
            "W601",
            f"unconfirmed name: eDEx may not call this {what} `{printable(spelling)}`",
            resolved.program.source,
            span,
            help=f"{listed}; confirm it in a vocabulary file with --vocabulary",
            counted=(printable(spelling), len(uses)),
        )


def _uses(resolved: Resolved) -> Iterator[Use]:
    vocabulary = resolved.vocabulary
    for name in resolved.query.products:
        yield _use("product", name, "products", vocabulary.product(name), resolved.places[f"product {name}"])
    seen: set[tuple[str, object]] = set()
    for place, constraint in enumerate(resolved.query.constraints):
        # What is spelled is the key, and a value that is no number or time.
        value = constraint.value
        spelled = constraint.key, None if isinstance(value, (Period, Range)) else value
        if spelled not in seen:
            seen.add(spelled)
            origin = resolved.origins[place]
            yield from _constraint(constraint, vocabulary, origin.head, origin.span)
    for key, _ in resolved.query.extras:
        yield "key", key, "", False, resolved.places[f"raw {key}"]


def _constraint(constraint: Constraint, vocabulary: Vocabulary, head: Span, span: Span) -> Iterator[Use]:
    value, key = constraint.value, constraint.key
    field, instrument = vocabulary.field(key), vocabulary.instrument(key)
    if constraint.kind == "raw":
        known = any(wire == key and _known(vocabulary, section) for wire, section in vocabulary.wire_order())
        yield "key", key, "", known, span
    elif isinstance(value, Tag):
        group, tags = vocabulary.groups().get(value.group, (None, {}))
        tag = tags.get(value.name)
        yield _use("key", key, "experiments", vocabulary.experiment, head)
        known = group is not None and group.confirmed and tag is not None and tag.confirmed
        yield "experiment", f"{value.group} > {value.name}", "experiments", known, span
    elif field is not None:
        yield _use("field", key, field.tab, field, head)
        if isinstance(value, str):
            yield _use(f"value of {key}", value, field.tab, vocabulary.values(key).get(value), span)
    elif instrument is not None:
        yield _use("instrument", key, "instruments", instrument, head)
        if isinstance(value, str):
            yield _use(f"value of {key}", value, "instruments", vocabulary.values(key).get(value), span)


def _use(what: str, name: str, section: str, entry: Entry | Field | None, span: Span) -> Use:
    """A use of an entry of the vocabulary; without one, of a name that is sent as it is."""
    return what, entry.wire if entry else name, section, entry is not None and entry.confirmed, span


def _known(vocabulary: Vocabulary, section: str) -> bool:
    if section == "date":
        return vocabulary.date.confirmed
    if section == "experiment":
        return vocabulary.experiment.confirmed
    entry = vocabulary.field(section) or vocabulary.instrument(section)
    return entry is not None and entry.confirmed


CHECKS = (unconfirmed,)
