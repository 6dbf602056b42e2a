"""A SAT solver: conflict-driven clause learning (CDCL) with two watched literals, in plain Python.

After M. Moskewicz et al., "Chaff: Engineering an Efficient SAT Solver" (DAC 2001), and N. Eén and N. Sörensson, "An
Extensible SAT-solver" (SAT 2003): first-UIP learning, assumptions, saved phases, and restarts after the Luby sequence.
Decisions take the variable that was last part of a conflict, as in A. Biere and A. Fröhlich, "Evaluating CDCL Variable
Scoring Schemes" (SAT 2015).

Inside, the literal of variable v is 2v, its opposite 2v + 1. A literal of level 0 holds always, one of level 1 follows
from the assumptions; decisions begin at level 2.
"""

from __future__ import annotations

from edexql.language.source import WATCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    # Why a literal holds: a long clause of which it is the first literal, the literal that implies it, or nothing.
    Reason = list[int] | int | None

# Conflicts between two restarts are a multiple of this.
_RESTART = 64
# Learned clauses that are kept at first, and how many more after each time that some were dropped.
_KEPT, _KEPT_MORE = 2000, 500
# No variable: the end of the queue of decisions.
_END = -1


class SatSolver:
    """Clauses over variables from 1, and whether they can hold at once. A literal is a number, its opposite negative.

    `steps` counts the work: literals that were propagated and clauses that were looked at.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.conflicts = 0
        # By literal: 1 where it holds, -1 where its opposite does, 0 where that is open; what it implies; the long
        # clauses to be looked at when it holds, since they watch its opposite.
        self._value = [0, 0]
        self._implied: list[list[int]] = [[], []]
        self._watching: list[list[list[int]]] = [[], []]
        # By variable.
        self._level = [0]
        self._reason: list[Reason] = [None]
        self._phase = [1]
        self._marked = [False]
        # The queue of decisions: the neighbours of each variable in it, and a number that grows along it. All after
        # `_next` are assigned.
        self._before, self._after, self._stamp = [_END], [_END], [0]
        self._first = self._last = self._next = _END
        self._newest = 0
        # What holds, in the order in which it was found, where each level begins, and how far it was propagated.
        self._trail: list[int] = []
        self._levels: list[int] = []
        self._propagated = 0
        self._learned: list[list[int]] = []
        self._most_learned = _KEPT
        self._broken = False
        self._model: list[int] = []

    def variable(self) -> int:
        """A new variable; it is decided upon after those that were there before."""
        number = len(self._level)
        self._value += (0, 0)
        self._implied += ([], [])
        self._watching += ([], [])
        self._level.append(0)
        self._reason.append(None)
        self._phase.append(1)
        self._marked.append(False)
        self._before.append(_END)
        self._after.append(self._first)
        self._stamp.append(-number)
        if self._first == _END:
            self._last = self._next = number
        else:
            self._before[self._first] = number
            if self._next == _END:
                self._next = number
        self._first = number
        return number

    def add(self, clause: Iterable[int]) -> None:
        """Have it that one of these literals holds."""
        self._backtrack(0)
        value = self._value
        literals = dict.fromkeys(literal + literal if literal > 0 else 1 - literal - literal for literal in clause)
        if any(value[literal] > 0 or literal ^ 1 in literals for literal in literals):
            return
        left = [literal for literal in literals if not value[literal]]
        self.steps += 1
        if not left:
            self._broken = True
        elif len(left) == 1:
            self._assign(left[0], None)
            self._broken = self._broken or self._propagate() is not None
        else:
            self._attach(left)

    def solve(self, assumptions: Sequence[int] = (), most: int | None = None) -> bool | None:
        """Whether all clauses can hold where these literals do; None where that takes more steps than `most`."""
        end = None if most is None else self.steps + most
        self._backtrack(0)
        given = [literal + literal if literal > 0 else 1 - literal - literal for literal in assumptions]
        restarts = 0
        while not self._broken:
            restarts += 1
            answer = self._search(given, _RESTART * _luby(restarts), end)
            if answer is not None:
                return answer
            if end is not None and self.steps > end:
                self._backtrack(0)
                return None
            self._backtrack(0)
            if len(self._learned) > self._most_learned:
                self._forget()
        return False

    def model(self) -> list[int]:
        """What the variables were in the answer to the last question, which was yes: a literal of each."""
        return [-(literal >> 1) if literal & 1 else literal >> 1 for literal in sorted(self._model)]

    def _search(self, given: Sequence[int], conflicts: int, end: int | None) -> bool | None:
        """An answer, or None after some conflicts or too many steps. Begins at level 0."""
        count = len(self._level) - 1
        while True:
            if WATCHES:
                from edexql.language.limit import look

                look()
            conflict = self._propagate() if self._levels else self._assume(given)
            if conflict is not None:
                if len(self._levels) <= 1:
                    self._broken = self._broken or not self._levels
                    return False
                self.conflicts += 1
                conflicts -= 1
                self._learn(conflict)
                if self._broken:
                    return False
                continue
            if conflicts <= 0 or (end is not None and self.steps > end):
                return None
            if len(self._trail) == count:
                self._model = self._trail[:]
                return True
            self._decide()

    def _assume(self, given: Sequence[int]) -> list[int] | None:
        """Begin level 1 with the assumptions; a clause that they break, if any."""
        self._levels.append(len(self._trail))
        for literal in given:
            if self._value[literal] < 0:
                return [literal]
            if not self._value[literal]:
                self._assign(literal, None)
        return self._propagate()

    def _decide(self) -> None:
        value, before, variable = self._value, self._before, self._next
        while value[variable + variable]:
            variable = before[variable]
        self._next = variable
        self._levels.append(len(self._trail))
        self._assign(variable + variable + self._phase[variable], None)

    def _assign(self, literal: int, reason: Reason) -> None:
        self._value[literal], self._value[literal ^ 1] = 1, -1
        self._level[literal >> 1] = len(self._levels)
        self._reason[literal >> 1] = reason
        self._trail.append(literal)

    def _propagate(self) -> list[int] | None:
        """Find all that follows from what holds; a clause that is broken, if any."""
        trail, value, level, reason = self._trail, self._value, self._level, self._reason
        implied, watching = self._implied, self._watching
        here, head = len(self._levels), self._propagated
        examined = head
        conflict: list[int] | None = None
        while head < len(trail) and conflict is None:
            literal = trail[head]
            head += 1
            for other in implied[literal]:
                known = value[other]
                if known > 0:
                    continue
                if known < 0:
                    conflict = [other, literal ^ 1]
                    break
                value[other], value[other ^ 1] = 1, -1
                level[other >> 1] = here
                reason[other >> 1] = literal
                trail.append(other)
            clauses = watching[literal]
            if not clauses or conflict is not None:
                continue
            examined -= len(clauses)
            false = literal ^ 1
            kept: list[list[int]] = []
            watching[literal] = kept
            for place, clause in enumerate(clauses):
                if clause[0] == false:
                    clause[0], clause[1] = clause[1], false
                first = clause[0]
                if value[first] > 0:
                    kept.append(clause)
                    continue
                for index in range(2, len(clause)):
                    other = clause[index]
                    if value[other] >= 0:
                        clause[1], clause[index] = other, false
                        watching[other ^ 1].append(clause)
                        break
                else:
                    kept.append(clause)
                    if value[first] < 0:
                        conflict = clause
                        kept += clauses[place + 1 :]
                        break
                    value[first], value[first ^ 1] = 1, -1
                    level[first >> 1] = here
                    reason[first >> 1] = clause
                    trail.append(first)
        self._propagated = head
        self.steps += head - examined
        return conflict

    def _learn(self, conflict: list[int]) -> None:
        """Learn the clause of the first unique implication point, and go back to where it has one open literal."""
        trail, level, marked = self._trail, self._level, self._marked
        here = len(self._levels)
        learned = [0]
        met: list[int] = []
        opened, index = 0, len(trail)
        literals = conflict
        while True:
            for literal in literals:
                variable = literal >> 1
                if not marked[variable] and level[variable]:
                    marked[variable] = True
                    met.append(variable)
                    if level[variable] == here:
                        opened += 1
                    else:
                        learned.append(literal)
            index -= 1
            while not marked[trail[index] >> 1]:
                index -= 1
            opened -= 1
            if not opened:
                break
            literals = self._causes(trail[index])
        learned[0] = trail[index] ^ 1
        # What follows from the others adds nothing.
        clause = learned[:1] + [one for one in learned[1:] if not self._follows(one)]
        for variable in met:
            marked[variable] = False
        self._promote(met)
        if len(clause) > 1:
            highest = max(range(1, len(clause)), key=lambda place: level[clause[place] >> 1])
            clause[1], clause[highest] = clause[highest], clause[1]
        self._backtrack(level[clause[1] >> 1] if len(clause) > 1 else 0)
        if len(clause) == 1:
            self._assign(clause[0], None)
            self._broken = self._propagate() is not None
        else:
            self._attach(clause)
            self._assign(clause[0], clause if len(clause) > 2 else clause[1] ^ 1)
            if len(clause) > 2:
                self._learned.append(clause)

    def _causes(self, literal: int) -> list[int]:
        """The literals, all false, but for which a literal would not hold."""
        reason = self._reason[literal >> 1]
        if isinstance(reason, int):
            return [reason ^ 1]
        return reason[1:] if reason else []

    def _follows(self, literal: int) -> bool:
        """Whether a literal of a clause that is being learned is false because of others of it alone."""
        if self._reason[literal >> 1] is None:
            return False
        return all(self._marked[one >> 1] or not self._level[one >> 1] for one in self._causes(literal ^ 1))

    def _attach(self, clause: list[int]) -> None:
        if len(clause) == 2:
            self._implied[clause[0] ^ 1].append(clause[1])
            self._implied[clause[1] ^ 1].append(clause[0])
        else:
            self._watching[clause[0] ^ 1].append(clause)
            self._watching[clause[1] ^ 1].append(clause)

    def _promote(self, variables: list[int]) -> None:
        """Put variables at the end of the queue, in the order in which they are in it."""
        before, after, stamp = self._before, self._after, self._stamp
        for variable in sorted(variables, key=stamp.__getitem__):
            self._newest += 1
            stamp[variable] = self._newest
            if variable == self._last:
                continue
            previous, following = before[variable], after[variable]
            if self._next == variable:
                # It is assigned, and so is all after it.
                self._next = previous if previous != _END else following
            before[following] = previous
            if previous == _END:
                self._first = following
            else:
                after[previous] = following
            after[self._last] = variable
            before[variable], after[variable] = self._last, _END
            self._last = variable

    def _backtrack(self, level: int) -> None:
        """Undo all above a level."""
        if len(self._levels) <= level:
            return
        trail, value, phase, stamp = self._trail, self._value, self._phase, self._stamp
        start, latest = self._levels[level], self._next
        for literal in trail[start:]:
            value[literal] = value[literal ^ 1] = 0
            variable = literal >> 1
            phase[variable] = literal & 1
            if stamp[variable] > stamp[latest]:
                latest = variable
        self._next = latest
        del trail[start:]
        del self._levels[level:]
        self._propagated = start

    def _forget(self) -> None:
        """Drop half of the learned clauses, long and old ones first. At level 0."""
        self._most_learned += _KEPT_MORE
        order = sorted(range(len(self._learned)), key=lambda place: (len(self._learned[place]), -place))
        kept = [self._learned[place] for place in sorted(order[: len(order) // 2])]
        dropped = {id(self._learned[place]) for place in order[len(order) // 2 :]}
        for clauses in self._watching:
            if clauses:
                clauses[:] = [clause for clause in clauses if id(clause) not in dropped]
        self._learned = kept


def _luby(number: int) -> int:
    """The Luby sequence from 1: 1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8, ..."""
    while True:
        power = number.bit_length()
        if number == (1 << power) - 1:
            return 1 << (power - 1)
        number -= (1 << (power - 1)) - 1
