"""What each part of a query contributes: what it rules out, and what it would give alone."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.evaluation import of_plan
from edexql.catalogue.plan import part, plan, text, without
from edexql.catalogue.three_valued import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.evaluation import Lookup
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.plan import Plan
    from edexql.catalogue.three_valued import Truth
    from edexql.engines.evidence import Evidence, Spans, View
    from edexql.model.query import Query

# Parts of a logic beyond which the answer would take longer than anyone waits, and be read by nobody.
MOST_PARTS = 1000


class Amount(Record):
    """Files, and seconds within the times that files of the products cover: those that surely meet something.

    `unknown` are files that may match.
    """

    files: int
    seconds: int
    unknown: int = 0


class Influence(Record):
    """The influence of one part of a query.

    `number` is that of a constraint, None for a larger part of the logic; `text` is the part as logic.
    `without` is what the query gives when the part is taken out of it, `alone` what the part gives on its
    own. `keeps_out` is what surely meets the query without the part and surely does not with it, `lets_in` the reverse;
    their `unknown` files are those of which one of the two is known and the other is not. `none` says that the query
    gives the same without the part, in what is sure and in what is not.
    """

    number: int | None
    text: str
    without: Amount
    alone: Amount
    keeps_out: Amount
    lets_in: Amount
    none: bool


class _Judge(Record):
    """The files of a satellite, the times that they cover, and how constraints are looked up for them."""

    files: Spans
    window: Intervals
    look_up: Lookup


class Influences(Record):
    """The amount that a query gives, and the influence of its parts, constraints first."""

    whole: Amount
    parts: tuple[Influence, ...]


def influences(query: Query, evidence: Evidence) -> Influences:
    """The influence of each constraint that the logic names, and of each larger operand of the logic.

    Raises ValueError for a logic of more than MOST_PARTS parts.
    """
    judges = [_judge(view) for view in evidence.views(query)]
    whole = plan(query)
    if whole is None:
        covered = intervals.union([judge.window for judge in judges])
        return Influences(Amount(sum(len(judge.files) for judge in judges), covered.seconds), ())
    larger = [~position for position in range(len(whole.nodes)) if ~position != whole.root]
    parts = [*sorted(whole.numbers()), *larger]
    if len(parts) > MOST_PARTS:
        raise ValueError(f"the logic has {len(parts)} parts; the influence of at most {MOST_PARTS} can be computed")

    def when(one: Plan | None) -> list[Truth]:
        """When a part holds, for the files of each satellite."""
        return [known(judge.window) if one is None else of_plan(one, judge.look_up, judge.window) for judge in judges]

    answer = when(whole)

    def influence(one: int) -> Influence:
        other = when(without(whole, one))
        return Influence(
            one if one > 0 else None,
            text(whole, one),
            _amount(other, judges),
            _amount(when(part(whole, one)), judges),
            _difference(other, answer, judges),
            _difference(answer, other, judges),
            none=all(a.yes == b.yes and a.may == b.may for a, b in zip(other, answer, strict=True)),
        )

    return Influences(_amount(answer, judges), tuple(map(influence, parts)))


def _judge(view: View) -> _Judge:
    window = view.covered()
    return _Judge(view.files(), window, view.look_up(window))


def _amount(answer: Sequence[Truth], judges: Sequence[_Judge]) -> Amount:
    sure_files = unknown_files = 0
    for truth, judge in zip(answer, judges, strict=True):
        sure = judge.files.meeting(truth.yes)
        # There is no information about a file whose name has no times.
        unknown = (judge.files.meeting(truth.may) & ~sure) | judge.files.timeless()
        sure_files, unknown_files = sure_files + int(sure.sum()), unknown_files + int(unknown.sum())
    return Amount(sure_files, intervals.union([truth.yes for truth in answer]).seconds, unknown_files)


def _difference(one: Sequence[Truth], other: Sequence[Truth], judges: Sequence[_Judge]) -> Amount:
    """What is in one answer and not in the other."""
    sure_files = unknown_files = 0
    times = []
    for truth, without_it, judge in zip(one, other, judges, strict=True):
        meeting = judge.files.meeting
        yes, may = meeting(truth.yes), meeting(truth.may)
        other_yes, other_may = meeting(without_it.yes), meeting(without_it.may)
        unknown = (yes & other_may & ~other_yes) | (may & ~yes & ~other_may)
        sure_files, unknown_files = sure_files + int((yes & ~other_may).sum()), unknown_files + int(unknown.sum())
        times.append(truth.yes - without_it.may)
    return Amount(sure_files, intervals.union(times).seconds, unknown_files)


def remark(part: Influence) -> str:
    """The influence of a constraint in a few words."""
    if part.none:
        return "no influence"
    effects = [("keeps out", part.keeps_out), ("lets in", part.lets_in)]
    changes = [
        f"{verb} {_in_words(amount)}" for verb, amount in effects if amount.files or amount.seconds or amount.unknown
    ]
    return ", ".join(changes) or "changes what is unknown"


def _in_words(amount: Amount) -> str:
    if not amount.files and amount.unknown:
        return f"{amount.unknown:,} unknown file{'s' * (amount.unknown != 1)}"
    files = f"{amount.files:,} file{'s' * (amount.files != 1)}"
    text = f"{files} ({duration(amount.seconds)})" if amount.files else duration(amount.seconds)
    return f"{text} and {amount.unknown:,} unknown" if amount.unknown else text
