"""A table-driven LALR(1) parser: a loop, a stack of linked cells, and no recursion.

The tables are Lark's (see tools/make_tables.py). What a rule makes is up to its handler; a handler
may also emit into `output`, which receives everything in the order of the reductions, that is in
postfix order. When a token turns out not to fit, stack and output stand as before it was tried, so
that what could have stood there instead is known exactly.
"""

from __future__ import annotations

from edexql.language.tables import ACTIONS, END_STATE, GOTOS, RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    # Of the builder and the children kept.
    Handler = Callable[[Any, list[Any]], Any]
    # A cell of the stack: state, value, cell below.
    Cell = tuple[int, Any, Any]

# For each rule: nonterminal, length, positions kept, positions spliced, whether it passes one child on.
_SHAPES = tuple(
    (nonterminal, length, kept, frozenset(spliced), single and len(kept) == 1, name is None)
    for nonterminal, length, name, kept, spliced, single in RULES
)
# The nonterminal of each rule that passes its only child on, None for the others.
_PASSED_ON = tuple(nonterminal if single and length == 1 else None for nonterminal, length, *_, single in RULES)


class Driver:
    """The state of one parse. `handlers` holds, rule by rule, what to call with `builder` and the children kept."""

    __slots__ = ("_builder", "_handlers", "output", "result", "top")

    def __init__(self, handlers: Sequence[Handler], output: list[Any], builder: object = None) -> None:
        self._handlers = handlers
        self._builder = builder
        self.top: Cell = (0, None, None)
        self.output = output
        self.result: Any = None

    def step(self, kind: int, value: Any) -> bool:
        """Read one token. False when it does not fit, and then nothing has changed."""
        top = self.top
        emitted = len(self.output)
        while True:
            action = ACTIONS[top[0]].get(kind)
            if action is None:
                if kind == 0 and top[0] == END_STATE:
                    self.result = top[1]
                    return True
                del self.output[emitted:]
                return False
            if action >= 0:
                self.top = (action, value, top)
                return True
            nonterminal = _PASSED_ON[~action]
            if nonterminal is not None:
                below = top[2]
                top = (GOTOS[below[0]][nonterminal], top[1], below)
                continue
            nonterminal, length, kept, spliced, single, makes_list = _SHAPES[~action]
            if length == 1:
                below = top[2]
                children = top[1] if spliced else [top[1]] if kept else []
            else:
                values, below = _popped(top, length)
                children = _spliced(values, kept, spliced) if spliced else [values[i] for i in kept]
            if single and len(children) == 1:
                result = children[0]
            elif makes_list:
                result = children
            else:
                result = self._handlers[~action](self._builder, children)
            top = (GOTOS[below[0]][nonterminal], result, below)

    def accepts(self, kinds: Iterable[int]) -> int:
        """How many of these tokens would fit here, one after the other; nothing changes."""
        cell: Any = self.top
        pushed: list[int] = []
        count = 0
        for kind in kinds:
            while True:
                state = pushed[-1] if pushed else cell[0]
                action = ACTIONS[state].get(kind)
                if action is None:
                    return count + (kind == 0 and state == END_STATE)
                if action >= 0:
                    pushed.append(action)
                    break
                nonterminal, length = _SHAPES[~action][:2]
                if length <= len(pushed):
                    del pushed[len(pushed) - length :]
                else:
                    for _ in range(length - len(pushed)):
                        cell = cell[2]
                    pushed.clear()
                pushed.append(GOTOS[pushed[-1] if pushed else cell[0]][nonterminal])
            count += 1
        return count

    def expected(self) -> frozenset[int]:
        """The kinds of token that fit here, exactly."""
        return frozenset(kind for kind in self._candidates() if self.accepts((kind,)))

    def _candidates(self) -> Iterable[int]:
        return ACTIONS[self.top[0]]


def _popped(top: Cell, count: int) -> tuple[Sequence[Any], Cell]:
    """The values of the topmost cells, the lowest first, and the cell below them."""
    if count == 1:
        return (top[1],), top[2]
    if count == 3:
        middle = top[2]
        first = middle[2]
        return (first[1], middle[1], top[1]), first[2]
    values: list[Any] = []
    for _ in range(count):
        values.append(top[1])
        top = top[2]
    values.reverse()
    return values, top


def _spliced(values: Sequence[Any], kept: Sequence[int], spliced: frozenset[int]) -> list[Any]:
    """The children of a rule with the lists among them opened; a list that comes first is reused."""
    children: list[Any] = []
    for i in kept:
        if i not in spliced:
            children.append(values[i])
        elif children:
            children.extend(values[i])
        else:
            children = values[i]
    return children
