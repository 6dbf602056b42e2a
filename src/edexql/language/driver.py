"""A table-driven LALR(1) parser: a loop, a stack of linked cells, and no recursion.

The tables are Lark's (see tools/make_tables.py). What a rule makes is up to its handler; a handler
may also emit into `output`, which receives everything in the order of the reductions, that is in
postfix order. When a token turns out not to fit, stack and output stand as before it was tried, so
that what could have stood there instead is known exactly.
"""

from __future__ import annotations

from edexql.language.tables import ACTIONS, END_STATE, FIRST_RULE, GOTOS, NODES, ORIGINS, SHAPE_OF, SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    # Of the builder and the children kept.
    Handler = Callable[[Any, list[Any]], Any]
    # The form of a rule, its nonterminal, and its handler; a rule without a handler makes a list.
    Reduction = tuple[int, int, Handler | None]
    # A cell of the stack: state, value, cell below.
    Cell = tuple[int, Any, Any]

# How the children of a rule are taken from the stack; those of one, two and three symbols stand together.
_PASSED_ON, _LIST, _ONE, _NONE = range(4)
_ONE_AND_LIST, _SECOND_LIST, _SECOND, _LIST_AND_SECOND = range(4, 8)
_LISTS_AND_THIRD, _LIST_AND_THIRD, _OUTER, _ALL = range(8, 12)
_OTHER = 12
# By the length of the rule, the positions kept, and those spliced.
_FORMS = {
    (1, (0,), (0,)): _LIST,
    (1, (0,), ()): _ONE,
    (1, (), ()): _NONE,
    (2, (0, 1), (1,)): _ONE_AND_LIST,
    (2, (1,), (1,)): _SECOND_LIST,
    (2, (1,), ()): _SECOND,
    (2, (0, 1), (0,)): _LIST_AND_SECOND,
    (3, (0, 1, 2), (0, 1)): _LISTS_AND_THIRD,
    (3, (0, 2), (0,)): _LIST_AND_THIRD,
    (3, (0, 2), ()): _OUTER,
    (3, (0, 1, 2), ()): _ALL,
}


def reductions(handlers: Sequence[Handler]) -> tuple[Reduction, ...]:
    """What a driver does for each rule: how it takes the children, and which of `handlers` it calls with them.

    A handler is called with the builder and the children kept. There is one for each rule, in their order.
    """
    forms = [
        _PASSED_ON if single and length == 1 else _FORMS.get((length, kept, spliced), _OTHER)
        for length, kept, spliced, single in SHAPES
    ]
    return tuple(
        [
            (forms[shape], nonterminal, None if name is None else handler)
            for shape, nonterminal, name, handler in zip(SHAPE_OF, ORIGINS, NODES, handlers, strict=True)
        ]
    )


class Driver:
    """The state of one parse."""

    __slots__ = ("_builder", "_reductions", "output", "result", "top")

    def __init__(self, reductions: tuple[Reduction, ...], output: list[Any], builder: object = None) -> None:
        self._reductions = reductions
        self._builder = builder
        self.top: Cell = (0, None, None)
        self.output = output
        self.result: Any = None

    def step(self, kind: int, value: Any) -> bool:
        """Read one token. False when it does not fit, and then nothing has changed."""
        top = self.top
        action = ACTIONS[top[0]][kind]
        emitted = len(self.output)
        reductions = self._reductions
        while action:
            if action < FIRST_RULE:
                self.top = (action, value, top)
                return True
            form, nonterminal, handler = reductions[action - FIRST_RULE]
            if form <= _NONE:
                below = top[2]
                if form == _PASSED_ON:
                    state = GOTOS[below[0]][nonterminal]
                    top = (state, top[1], below)
                    action = ACTIONS[state][kind]
                    continue
                children = [top[1]] if form == _ONE else top[1] if form == _LIST else []
            elif form <= _LIST_AND_SECOND:
                _, last, (_, first, below) = top
                if form == _LIST_AND_SECOND:
                    first.append(last)
                    children = first
                else:
                    children = last if form == _SECOND_LIST else [last] if form == _SECOND else [first, *last]
            elif form <= _ALL:
                _, last, (_, middle, (_, first, below)) = top
                if form <= _LIST_AND_THIRD:
                    if form == _LISTS_AND_THIRD:
                        first.extend(middle)
                    first.append(last)
                    children = first
                else:
                    children = [first, last] if form == _OUTER else [first, middle, last]
            else:
                children, below = _children(top, action - FIRST_RULE)
            result = children if handler is None else handler(self._builder, children)
            state = GOTOS[below[0]][nonterminal]
            top = (state, result, below)
            action = ACTIONS[state][kind]
        if kind == 0 and top[0] == END_STATE:
            self.result = top[1]
            return True
        del self.output[emitted:]
        return False

    def accepts(self, kinds: Iterable[int]) -> int:
        """How many of these tokens would fit here, one after the other; nothing changes."""
        cell: Any = self.top
        pushed: list[int] = []
        count = 0
        for kind in kinds:
            while True:
                state = pushed[-1] if pushed else cell[0]
                action = ACTIONS[state][kind]
                if not action:
                    return count + (kind == 0 and state == END_STATE)
                if action < FIRST_RULE:
                    pushed.append(action)
                    break
                rule = action - FIRST_RULE
                length = SHAPES[SHAPE_OF[rule]][0]
                if length <= len(pushed):
                    del pushed[len(pushed) - length :]
                else:
                    for _ in range(length - len(pushed)):
                        cell = cell[2]
                    pushed.clear()
                pushed.append(GOTOS[pushed[-1] if pushed else cell[0]][ORIGINS[rule]])
            count += 1
        return count

    def expected(self) -> frozenset[int]:
        """The kinds of token that fit here, exactly."""
        return frozenset(kind for kind in self._candidates() if self.accepts((kind,)))

    def _candidates(self) -> Iterable[int]:
        return [kind for kind, action in enumerate(ACTIONS[self.top[0]]) if action]


def _children(top: Cell, rule: int) -> tuple[list[Any], Cell]:
    """The children of a rule of any form, lists among them opened, and the cell below; a first list is reused."""
    length, kept, spliced, _ = SHAPES[SHAPE_OF[rule]]
    values: list[Any] = []
    for _ in range(length):
        values.append(top[1])
        top = top[2]
    values.reverse()
    children: list[Any] = []
    for i in kept:
        if i not in spliced:
            children.append(values[i])
        elif children:
            children.extend(values[i])
        else:
            children = values[i]
    return children, top
