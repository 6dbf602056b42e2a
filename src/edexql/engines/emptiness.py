"""Why a query has no files on an engine: the smallest part of it that leaves none, or what is lacking."""

from __future__ import annotations

import re
from itertools import combinations

from edexql.catalogue.evaluation import of_plan
from edexql.catalogue.plan import part, plan, text
from edexql.catalogue.three_valued import Truth
from edexql.model.answer import Emptiness
from edexql.model.logic import AND
from edexql.model.period import day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.plan import Plan
    from edexql.engines.evidence import Evidence, Spans, View
    from edexql.model.answer import Answer
    from edexql.model.query import Query

# Operands of the whole logic of which every pair is tried, and of which a part is looked for at all.
MOST_PAIRED = 40
MOST_OPERANDS = 400
_LONGEST = 80


def emptiness(answer: Answer, query: Query, evidence: Evidence) -> Emptiness:
    """Why a query has no files, satellite by satellite where it is about several."""
    each = evidence.views(query)
    if len(each) == 1:
        return _emptiness(answer, each[0], evidence)
    reasons = [
        (view.title or "others", _emptiness(evidence.answer(view.query), view, evidence))
        for view in each
        if len(view.files())
    ]
    if not reasons:
        return _no_files(query, evidence)
    # What is lacking: information, where it is lacking of a satellite, since its files may match.
    _, first = min(reasons, key=lambda one: one[1].lacking != "information")
    if all((one.lacking, one.parts, one.minimal) == (first.lacking, first.parts, first.minimal) for _, one in reasons):
        if first.lacking == "information":
            return _no_information(first.parts, len(answer.unknown))
        files = [view.files() for view in each]
        without = sum(one.without or 0 for _, one in reasons)
        return _no_agreement(list(first.parts), without, files, query, minimal=first.minimal)
    said = "; ".join(f"{title}: {reason.text}" for title, reason in reasons)
    return Emptiness(first.lacking, first.parts, first.without, said, first.minimal)


def _emptiness(answer: Answer, view: View, evidence: Evidence) -> Emptiness:
    query, files = view.query, view.files()
    whole = plan(query)
    if not len(files) or whole is None:
        return _no_files(query, evidence)
    window = view.covered()
    operands = _operands(whole)
    look_up = view.look_up(window)
    truths = {one: of_plan(part(whole, one), look_up, window) for one in operands[:MOST_OPERANDS]}
    named = {one: _named(whole, one, query) for one in truths}
    if answer.unknown:
        return _no_information(_doubtful(answer, truths, named), len(answer.unknown))
    least, minimal = _least(truths, files, window)
    minimal = minimal and len(operands) == len(truths)
    # What would be left out first: a date last of all, and before it what holds for the fewest files.
    least.sort(key=lambda one: (named[one].startswith("date "), int(files.meeting(truths[one].yes).sum())))
    rest = _together([truths[one].yes for one in truths if one != least[0]], window) if len(least) else window
    without = int(files.meeting(rest).sum())
    return _no_agreement([named[one] for one in least], without, [files], query, minimal=minimal)


def _operands(whole: Plan) -> list[int]:
    """The operands that must all hold."""
    node = whole.node(whole.root)
    return list(node) if node is not None and node.operator == AND else [whole.root]


def _least(truths: dict[int, Truth], files: Spans, window: Intervals) -> tuple[list[int], bool]:
    """The fewest operands that no file meets together; whether none of them can be left out."""

    def empty(times: Intervals) -> bool:
        return not files.meeting(times).any()

    within = {one: truth.may & window for one, truth in truths.items()}
    for one, times in within.items():
        if empty(times):
            return [one], True
    if len(truths) <= MOST_PAIRED:
        for one, other in combinations(within, 2):
            if empty(within[one] & within[other]):
                return [one, other], True
    # When all operands from a place on hold.
    behind = [window]
    for times in reversed(within.values()):
        behind.append(behind[-1] & times)
    if not empty(behind.pop()):
        return list(truths), False
    kept: list[int] = []
    together = window
    for one, times in within.items():
        if not empty(together & behind.pop()):
            kept.append(one)
            together &= times
    return kept, True


def _together(times: Sequence[Intervals], window: Intervals) -> Intervals:
    for one in times:
        window = window & one
    return window


def _no_files(query: Query, evidence: Evidence) -> Emptiness:
    there = evidence.products
    if not there:
        said = "this catalogue has no files"
    else:
        names = _listed([f"`{name}`" for name in query.products[:3]], "or")
        said = f"this catalogue has no files of {names or 'a known product'}; it has files of {_few(there)}"
    return Emptiness("files", query.products, None, said)


def _doubtful(answer: Answer, truths: dict[int, Truth], named: dict[int, str]) -> tuple[str, ...]:
    """The operands of which nothing is known at times at which nothing is known of the query."""
    assert isinstance(answer.times, Truth)
    unknown = answer.times.unknown
    return tuple(named[one] for one, truth in truths.items() if len(truth.unknown & unknown))


def _no_information(parts: tuple[str, ...], count: int) -> Emptiness:
    of = "1 file" if count == 1 else f"{count:,} files"
    if parts:
        said = (
            f"this catalogue has no information on {_listed([f'`{one}`' for one in parts], 'and')} at the times of {of}"
        )
    else:
        said = f"the names of {of} have no times" if count > 1 else f"the name of {of} has no times"
    return Emptiness("information", parts, None, said)


def _no_agreement(parts: list[str], without: int, files: Sequence[Spans], query: Query, *, minimal: bool) -> Emptiness:
    shown = [f"`{one}`" for one in parts]
    of = "the files of this catalogue" if not query.products else f"the files of {_few(query.products)}"
    if len(parts) == 1 and re.fullmatch(r"date [^ ]+", parts[0]):
        spans = [(one, ~one.timeless()) for one in files if not one.timeless().all()]
        first = day_of(min(int(one.starts[timed].min()) for one, timed in spans))
        last = day_of(max(int(one.ends[timed].max()) for one, timed in spans) - 1)
        span = f"all of {first}" if first == last else f"from {first} to {last}"
        said = f"{of} are {span}, and none is of {parts[0].removeprefix('date ')}"
        return Emptiness("agreement", tuple(parts), without, said, minimal)
    if len(parts) == 1:
        said = f"{shown[0]} is true at no time of {of}"
    else:
        said = f"{_listed(shown, 'and')} are never true at the same time in {of}"
    if not minimal:
        said += ", and perhaps not even fewer of them"
    count = f"the query gives {without:,} file{'s' * (without != 1)}" if without else "the query gives no files either"
    return Emptiness("agreement", tuple(parts), without, f"{said}; without {shown[0]} {count}", minimal)


def _named(whole: Plan, operand: int, query: Query) -> str:
    """An operand as a query has it, its constraints in place, in a few words."""
    logic = text(whole, operand)[: _LONGEST * 4]
    written = re.sub(r"\d+", lambda number: str(query.constraints[int(number[0]) - 1])[:_LONGEST], logic)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"


def _listed(words: Sequence[str], joined: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joined} {words[-1]}" if words else ""


def _few(words: Sequence[str]) -> str:
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")
