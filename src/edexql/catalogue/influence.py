"""What each part of a query contributes: what it rules out, and what it would give alone."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue.evaluation import Remembered, of_plan
from edexql.catalogue.files import candidates
from edexql.catalogue.plan import part, plan, text, without
from edexql.catalogue.three_valued import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.files import Candidates
    from edexql.catalogue.plan import Plan
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.three_valued import Truth
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

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


class Influences(Record):
    """The amount that a query gives, and the influence of its parts, constraints first."""

    whole: Amount
    parts: tuple[Influence, ...]


def influences(query: Query, catalogue: Catalogue, vocabulary: Vocabulary) -> Influences:
    """The influence of each constraint that the logic names, and of each larger operand of the logic.

    Raises ValueError for a logic of more than MOST_PARTS parts.
    """
    files = candidates(query.products, catalogue)
    window = files.covered()
    whole = plan(query)
    if whole is None:
        return Influences(Amount(len(files), window.seconds), ())
    larger = [~position for position in range(len(whole.nodes)) if ~position != whole.root]
    parts = [*sorted(whole.numbers()), *larger]
    if len(parts) > MOST_PARTS:
        raise ValueError(f"the logic has {len(parts)} parts; the influence of at most {MOST_PARTS} can be computed")
    look_up = Remembered(query, catalogue, vocabulary, window)

    def when(one: Plan | None) -> Truth:
        return known(window) if one is None else of_plan(one, look_up, window)

    answer = when(whole)

    def influence(one: int) -> Influence:
        other = when(without(whole, one))
        return Influence(
            one if one > 0 else None,
            text(whole, one),
            _amount(other, files),
            _amount(when(part(whole, one)), files),
            _difference(other, answer, files),
            _difference(answer, other, files),
            none=other.yes == answer.yes and other.may == answer.may,
        )

    return Influences(_amount(answer, files), tuple(map(influence, parts)))


def _amount(answer: Truth, files: Candidates) -> Amount:
    sure = files.meeting(answer.yes)
    # There is no information about a file whose name has no times.
    unknown = (files.meeting(answer.may) & ~sure) | files.timeless()
    return Amount(int(sure.sum()), answer.yes.seconds, int(unknown.sum()))


def _difference(one: Truth, other: Truth, files: Candidates) -> Amount:
    """What is in one answer and not in the other."""
    yes, may = files.meeting(one.yes), files.meeting(one.may)
    other_yes, other_may = files.meeting(other.yes), files.meeting(other.may)
    unknown = (yes & other_may & ~other_yes) | (may & ~yes & ~other_may)
    return Amount(int((yes & ~other_may).sum()), (one.yes - other.may).seconds, int(unknown.sum()))
