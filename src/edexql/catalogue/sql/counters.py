# ruff: noqa: S608  # every text of the query's has become a literal before it comes here
"""What the sweep counts: rows of intervals, and in each what goes up where it begins and down where it ends.

Of most predicates one counter goes up where it holds and another where its table knows, so that it is true, false or
NULL by both. A counter is a digit of base 4 in one of the columns `change_N`, because what it counts is disjoint by the
schema; so one running sum has many of them. Each table is read by one select. A condition on the ephemeris is one
digit, 1 where it is true and 2 where it is unknown; these come first.
"""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue.intervals import BEGINNING, END, NEVER
from edexql.catalogue.sql.conditions import text
from edexql.catalogue.sql.predicates import Dates, Held, Logged, Sampled, check
from edexql.catalogue.sql.rows import month_of
from edexql.catalogue.sql.schema import NO_MONTH
from edexql.catalogue.store.index import ANY_WORD
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edexql.catalogue.intervals import Intervals, Seconds
    from edexql.catalogue.sql.predicates import Hull, Predicate

    # The sum of the digits that a row counts for, by column.
    Change = dict[int, int]
    Counter = tuple[int, int]


# Two bits each, and the sign stays free.
DIGITS = 30
# Ranges of whole days that are compared with; of more, each day is a row.
_MOST_RANGES = 50
MOST_DAYS = 200_000
_PERIODS_TOGETHER = 10_000
# Far enough in the past that the remainder of every time is positive.
_FAR = 10**8 * DAY
# The days that stand for "nothing before" and "nothing after".
FIRST_DAY, LAST_DAY = -(10**7) * DAY, 10**7 * DAY


def midnight(second: str) -> str:
    """The midnight before a second, as SQL."""
    return f"{second} - MOD({second} + {_FAR}, {DAY})"


class Counters(Record):
    """What the sweep begins with.

    `periods` are times that the query names, as rows of counter, start and end, each in one day; `edges` are the
    midnights at which longer ones begin and end. `selects` give all other rows: satellite, midnight, start_second,
    end_second and the columns `change_N`, of which there are `width`. `states` are the predicates, in terms of the
    running sums `level_N` and of `midnight`.
    """

    periods: tuple[tuple[int, int, int], ...]
    edges: tuple[int, ...]
    selects: tuple[str, ...]
    states: tuple[str, ...]
    width: int


def counters_of(predicates: Sequence[Predicate], satellites: Sequence[str], hull: Hull) -> Counters:
    """The rows that decide predicates in a stretch of time: one select a table, however many it decides.

    Raises SqlError where the times that the query names are too many.
    """
    sampled = list(dict.fromkeys(one.condition for one in predicates if isinstance(one, Sampled)))
    counting = _Counting(len(sampled))
    present = counting.new() if sampled else None
    states = []
    for predicate in predicates:
        if isinstance(predicate, Dates):
            states.append(counting.dates(predicate.times, hull))
        elif isinstance(predicate, Sampled):
            assert present is not None
            states.append(_sampled_state(sampled.index(predicate.condition), present))
        else:
            states.append(counting.held(predicate) if isinstance(predicate, Held) else counting.logged(predicate))
    check("days of long periods", len(counting.periods), MOST_DAYS)
    width = counting.width
    selects = []
    if counting.periods:
        selects.append(_periods(counting.of_periods, satellites, width))
    if counting.by_word:
        selects.append(_by_word("logged", counting.by_word, satellites, hull, width))
        selects.append(_by_word("covered", counting.known_words, satellites, hull, width))
    if counting.by_field:
        selects.append(_by_field(counting.by_field, satellites, hull, width))
    if present is not None:
        selects.append(
            f"SELECT {_INTERVAL}{_changes({present[0]: str(4 ** present[1])}, width)} "
            f"FROM present WHERE {within(hull, satellites)}"
        )
        selects.append(_runs(sampled, satellites, hull, width))
    return Counters(tuple(counting.periods), tuple(counting.edges), tuple(selects), tuple(states), width)


class _Counting:
    """What is asked of each table."""

    def __init__(self, sampled: int) -> None:
        # The first ones are of conditions on the ephemeris.
        self._count = sampled
        self.periods: list[tuple[int, int, int]] = []
        self.of_periods: dict[int, Counter] = {}
        self.edges: dict[int, None] = {}
        # By key and word as literals.
        self.by_word: dict[tuple[str, str], Change] = {}
        self.known_words: dict[tuple[str, str], Change] = {}
        # The conditions on rows of a field as literal, and what they count for; None is for every row.
        self.by_field: dict[str, list[tuple[str | None, Counter]]] = {}
        self._known_fields: dict[str, Counter] = {}

    @property
    def width(self) -> int:
        return -(-self._count // DIGITS)

    def new(self) -> Counter:
        self._count += 1
        return divmod(self._count - 1, DIGITS)

    def dates(self, times: Intervals, hull: Hull) -> str:
        """Whether it is one of some times, by ranges of whole days that are compared with, and rows for the rest."""
        start, end = hull
        times = times.within(start, end) if start < end else NEVER
        if len(times) < 2 and (not len(times) or (int(times.starts[0]), int(times.ends[0])) == hull):
            return "TRUE" if len(times) else "FALSE"
        spans, days = _parts(times)
        compared = [_day_range(start, end) for start, end in days]
        self.edges |= dict.fromkeys(edge for pair in days for edge in pair if BEGINNING < edge < END)
        if spans:
            yes, number = self.new(), len(self.of_periods) + 1
            self.of_periods[number] = yes
            self.periods += [(number, start, end) for start, end in spans]
            compared.append(_is_positive(yes))
        return f"({' OR '.join(compared)})"

    def logged(self, predicate: Logged) -> str:
        yes, known = self.new(), self.new()
        key, word = text(predicate.key), text(predicate.word)
        self.by_word[key, word] = {yes[0]: 4 ** yes[1]}
        for covered in (word, text(ANY_WORD)):
            change = self.known_words.setdefault((key, covered), {})
            change[known[0]] = change.get(known[0], 0) + 4 ** known[1]
        return _by(_is_positive(yes), _is_positive(known))

    def held(self, predicate: Held) -> str:
        field = text(predicate.field)
        asked = self.by_field.setdefault(field, [])
        if field not in self._known_fields:
            self._known_fields[field] = self.new()
            asked.append((None, self._known_fields[field]))
        yes = self.new()
        asked.append((predicate.condition, yes))
        return _by(_is_positive(yes), _is_positive(self._known_fields[field]))


def _by(yes: str, known: str) -> str:
    return f"CASE WHEN {yes} THEN TRUE WHEN {known} THEN FALSE END"


def _is_positive(counter: Counter, bits: int = 3) -> str:
    column, digit = counter
    return f"(level_{column} & CAST({bits * 4**digit} AS BIGINT)) > 0"


def _sampled_state(place: int, present: Counter) -> str:
    """A condition on the ephemeris: its digit is 1 where it is true, 2 where it is unknown."""
    mine = divmod(place, DIGITS)
    return (
        f"CASE WHEN {_is_positive(mine, 1)} THEN TRUE "
        f"WHEN {_is_positive(mine, 2)} THEN NULL WHEN {_is_positive(present)} THEN FALSE END"
    )


def _day_range(start: int, end: int) -> str:
    sides = [f"midnight >= {start}"] * (start != BEGINNING) + [f"midnight < {end}"] * (end != END)
    return f"({' AND '.join(sides)})" if sides else "TRUE"


def _parts(times: Intervals) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Spans that each lie in one day, and ranges of whole days, of which there are few."""
    starts, ends = times.starts, times.ends
    first = np.where(starts == BEGINNING, BEGINNING, -(-starts // DAY) * DAY)
    last = np.where(ends == END, END, ends // DAY * DAY)
    whole = first < last
    heads = np.where(first < ends, first, ends)
    tails = np.where(first < ends, np.maximum(last, first), ends)
    spans = [*_real(starts, heads), *_real(tails, ends)]
    long = sorted(_real(first[whole], last[whole]), key=lambda pair: pair[0] - pair[1])
    for start, end in long[_MOST_RANGES:]:
        check("days of long periods", (end - start) // DAY + len(spans), MOST_DAYS)
        spans += [(day, day + DAY) for day in range(start, end, DAY)]
    return sorted(spans), sorted(long[:_MOST_RANGES])


def _real(starts: Seconds, ends: Seconds) -> list[tuple[int, int]]:
    there = starts < ends
    return list(zip(starts[there].tolist(), ends[there].tolist(), strict=True))


def periods_select(rows: tuple[tuple[int, int, int], ...]) -> str:
    """The rows of periods as a select, written so that all dialects read it alike."""
    selects = []
    for begin in range(0, len(rows), _PERIODS_TOGETHER):
        listed = ",\n    ".join(f"({n}, {start}, {end})" for n, start, end in rows[begin : begin + _PERIODS_TOGETHER])
        selects.append(
            "  SELECT\n    counter,\n    CAST(start_second AS BIGINT) AS start_second,\n"
            "    CAST(end_second AS BIGINT) AS end_second\n"
            f"  FROM (VALUES\n    {listed}) AS period(counter, start_second, end_second)"
        )
    return "\n  UNION ALL\n".join(selects)


_INTERVAL = f"satellite, day * {DAY} AS midnight, start_second, end_second"


def _changes(terms: Mapping[int, str], width: int) -> str:
    """The columns `change_N` of a select."""
    return "".join(f", CAST({terms.get(column, '0')} AS BIGINT) AS change_{column}" for column in range(width))


def _periods(counters: Mapping[int, Counter], satellites: Sequence[str], width: int) -> str:
    cases: dict[int, list[str]] = {}
    for number, (column, digit) in counters.items():
        cases.setdefault(column, []).append(f"WHEN {number} THEN {4**digit}")
    terms = {column: f"CASE counter {' '.join(ones)} ELSE 0 END" for column, ones in cases.items()}
    return f"""
        SELECT satellite, {midnight("start_second")} AS midnight, start_second, end_second{_changes(terms, width)}
        FROM (SELECT counter, start_second, end_second, {each(satellites)} AS satellite FROM period) AS asked"""


def each(values: Iterable[str]) -> str:
    """A column of a select that makes of a row one for each value."""
    return f"UNNEST(ARRAY[{', '.join(values)}])"


def _by_word(
    table: str, changes: Mapping[tuple[str, str], Change], satellites: Sequence[str], hull: Hull, width: int
) -> str:
    """The rows of a table of keys and words that are asked for."""
    columns = sorted({column for change in changes.values() for column in change})
    listed = ", ".join(
        f"({key}, {word}{''.join(f', {change.get(column, 0)}' for column in columns)})"
        for (key, word), change in changes.items()
    )
    named = "".join(f", digits_{column}" for column in columns)
    keys = ", ".join(dict.fromkeys(key for key, _ in changes))
    return f"""
        SELECT {_INTERVAL}{_changes({column: f"digits_{column}" for column in columns}, width)}
        FROM {table} JOIN (VALUES {listed}) AS asked(asked_key, asked_word{named})
        ON asked_key = key AND asked_word = word
        WHERE {within(hull, satellites)} AND key IN ({keys})"""


def _by_field(
    asked: Mapping[str, list[tuple[str | None, Counter]]], satellites: Sequence[str], hull: Hull, width: int
) -> str:
    """The rows of `held`, in one scan."""
    cases: dict[int, dict[str, list[str]]] = {}
    for field, ones in asked.items():
        for condition, (column, digit) in ones:
            term = f"{4**digit}" if condition is None else f"CASE WHEN {condition} THEN {4**digit} ELSE 0 END"
            cases.setdefault(column, {}).setdefault(field, []).append(term)
    terms = {
        column: f"CASE field {' '.join(f'WHEN {field} THEN {_sum(ones)}' for field, ones in fields.items())} ELSE 0 END"
        for column, fields in cases.items()
    }
    return f"""
        SELECT {_INTERVAL}{_changes(terms, width)}
        FROM held WHERE {within(hull, satellites)} AND field IN ({", ".join(asked)})"""


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(f"CAST({term} AS BIGINT)" for term in terms)


def _runs(conditions: Sequence[str], satellites: Sequence[str], hull: Hull, width: int) -> str:
    """Runs of seconds in which no condition changes, as far as one of them is true or unknown.

    Their changes are digits of base 4, for true and for unknown. The seconds of each minute and state are gathered
    first, as bits of one number, so that a sixtieth of the rows has to be brought together; minutes with gaps are taken
    apart again. Runs are minutes of which end and seconds so far differ by the same, day by day; the sweep joins what
    midnight cuts.
    """
    columns = range(-(-len(conditions) // DIGITS))
    # Each condition stands here once: a text twice as long is more than Spark compiles.
    digits = [
        f"COALESCE(CAST({condition} AS INTEGER), 2) * CAST({4 ** (place % DIGITS)} AS BIGINT)"
        for place, condition in enumerate(conditions)
    ]
    sums = ", ".join(
        f"{' + '.join(digits[column * DIGITS : (column + 1) * DIGITS])} AS state_{column}" for column in columns
    )
    states = ", ".join(f"state_{column}" for column in columns)
    some = " OR ".join(f"state_{column} > 0" for column in columns)
    run = f"PARTITION BY satellite, midnight, {states}"
    return f"""
        SELECT satellite, midnight, MIN(start_second) AS start_second, MAX(end_second) AS end_second
            {_changes({column: f"state_{column}" for column in columns}, width)}
        FROM (
            SELECT satellite, midnight, {states}, start_second, end_second,
                end_second - CAST(SUM(end_second - start_second) OVER ({run} ORDER BY start_second) AS BIGINT) AS island
            FROM (
                SELECT satellite, {midnight("minute")} AS midnight, {states}, start_second,
                    CASE WHEN last_second - first_second < seconds THEN last_second ELSE start_second END + 1
                    AS end_second
                FROM (
                    SELECT satellite, minute, {states}, first_second, last_second, seconds, bits,
                        GENERATE_SERIES(
                            first_second, last_second,
                            CAST(CASE WHEN last_second - first_second < seconds THEN 60 ELSE 1 END AS BIGINT)
                        ) AS start_second
                    FROM (
                        SELECT satellite, minute, {states}, MIN(second) AS first_second, MAX(second) AS last_second,
                            COUNT(second) AS seconds,
                            CAST(SUM(CAST(1 AS BIGINT) << CAST(second - minute AS INTEGER)) AS BIGINT) AS bits
                        FROM (
                            SELECT satellite, second, second - MOD(second + {_FAR}, 60) AS minute, {sums}
                            FROM ephemeris WHERE {samples_within(hull, satellites)}
                        ) AS sample
                        WHERE {some}
                        GROUP BY satellite, minute, {states}
                    ) AS gathered
                ) AS part
                WHERE (bits & (CAST(1 AS BIGINT) << CAST(start_second - minute AS INTEGER))) > 0
            ) AS piece
        ) AS numbered
        GROUP BY satellite, midnight, {states}, island"""


def changes_of(counters: Counters) -> list[str]:
    """The names of the columns `change_N`."""
    return [f"change_{n}" for n in range(counters.width)]


def edges(counters: Counters, sides: Sequence[str], satellite: str = "satellite") -> str:
    """What changes where intervals begin (side 1), where they end (side -1) and at midnight before (other sides).

    A day that ends, ends what is in it.
    """
    changes = "".join(
        f", CASE side WHEN 1 THEN {change} WHEN -1 THEN -{change} ELSE 0 END AS {change}"
        for change in changes_of(counters)
    )
    named = "".join(f", {change}" for change in changes_of(counters))
    return f"""
        SELECT {satellite} AS satellite, midnight,
            CASE side WHEN 1 THEN start_second WHEN -1 THEN end_second ELSE midnight END AS second{changes}
        FROM (
            SELECT satellite, midnight, start_second, end_second{named}, {each(sides)} AS side
            FROM ({" UNION ALL ".join(counters.selects)}) AS counted
        ) AS sided
        WHERE NOT (side = -1 AND end_second = midnight + {DAY})"""


def within(hull: Hull, satellites: Sequence[str]) -> str:
    """What keeps the scan of a table of intervals to some satellites and to the time that the query can be about."""
    return _limits(hull, satellites, "end_second >", "start_second <")


def samples_within(hull: Hull, satellites: Sequence[str]) -> str:
    """The same of `ephemeris`."""
    return _limits(hull, satellites, "second >=", "second <")


def _limits(hull: Hull, satellites: Sequence[str], after: str, before: str) -> str:
    start, end = hull
    bounds = [*_partitions(hull, satellites)]
    if start != BEGINNING:
        bounds.append(f"{after} {start}")
    if end != END:
        bounds.append(f"{before} {end}")
    return " AND ".join(bounds)


def of_satellites(satellites: Sequence[str]) -> str:
    """What keeps a scan to some satellites."""
    return f"satellite IN ({', '.join(satellites)})"


def _partitions(hull: Hull, satellites: Sequence[str]) -> Iterable[str]:
    start, end = hull
    yield of_satellites(satellites)
    if start != BEGINNING:
        yield f"month >= {month_of(start)}"
    if end != END:
        yield f"month <= {month_of(end - 1)}"


def file_months(hull: Hull) -> str:
    """The months of which files can reach into a stretch of time: a file ends at latest in the month after its own."""
    start, end = hull
    sides = []
    if start != BEGINNING:
        month = month_of(start)
        sides.append(f"month >= {month - 1 if month % 100 > 1 else month - 89}")
    if end != END:
        sides.append(f"month <= {month_of(end - 1)}")
    return f"(month = {NO_MONTH} OR {' AND '.join(sides)})" if sides else "TRUE"
