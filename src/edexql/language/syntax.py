"""The syntax tree: what a text says, statement by statement, with the place of every part.

Nothing in it knows what a field or a product is; names, numbers and dates are still text.
"""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.language.lexer import Tokens
    from edexql.language.source import Source, Span


class Word(Record):
    """A name, unit or key as written, and where."""

    text: str
    span: Span


class Bound(Record):
    """A single value as written.

    `kind` is one of number, moment, clock, name, string, pattern, address, parameter, or missing where the
    parser supplied what the writer left out. `unit` stands after a number, and `gap` is what stands between the two.
    """

    kind: str
    text: str
    span: Span
    unit: Word | None = None
    gap: str = ""

    @property
    def written(self) -> str:
        """All of it, as it was typed."""
        return self.text if self.unit is None else self.text + self.gap + self.unit.text


class Item(Record):
    """One element of a list: a value, or two of them and how they are joined.

    `form` is single, between (`a..b`), since (`a..`), until (`..b`), interval (`a/b`), path (`a > b`)
    or a comparison sign; `first` is absent from until and comparisons, `second` from single and since.
    """

    form: str
    first: Bound | None
    second: Bound | None
    span: Span

    @property
    def written(self) -> str:
        """All of it, as it was typed but for spaces around its sign."""
        first, second = (bound.written if bound else "" for bound in (self.first, self.second))
        sign = {"single": "", "between": "..", "since": "..", "until": "..", "interval": "/", "path": " > "}
        return first + sign.get(self.form, f"{self.form} ") + second


class Constraint(Record):
    """`date`, a field or instrument by name, `experiment`, or `raw`, with its items.

    `head` is the word it begins with. `key` and `json` belong to `raw`: the text of the JSON value,
    without comments. `label` is the name given to it, if any.
    """

    kind: str
    head: Word
    items: Sequence[Item]
    span: Span
    label: Word | None = None
    key: Bound | None = None
    json: Word | None = None


class Product(Record):
    items: Sequence[Item]
    span: Span


class Email(Record):
    item: Item
    span: Span


class Let(Record):
    name: Word
    item: Item
    span: Span


NOT, AND, OR, GROUP = -1, -2, -3, -4


class Expression(Record):
    """A logical expression in postfix order.

    `code` holds operators (NOT, AND, OR, and GROUP for a pair of brackets), the index of the token of
    each number or label, and each constraint written in place. Postfix keeps any depth and any
    length flat, so nothing that reads it needs recursion.
    """

    code: tuple[int | Constraint, ...]
    tokens: Tokens

    def __repr__(self) -> str:
        return f"<expression of {len(self.code)} parts>"

    def constraints(self) -> Iterator[Constraint]:
        """The constraints written in place, in the order of the text."""
        for part in self.code:
            if not isinstance(part, int):
                yield part


class Logic(Record):
    """`logic` or `where`, as `keyword` says, and its expression."""

    keyword: str
    expression: Expression
    span: Span


Statement = Constraint | Product | Email | Let | Logic


class Program(Record):
    """A whole text: its statements in order, and the tokens they were read from.

    `lost` holds the spans of statements that could not be read; they are in no other list. `damaged`
    says whether there were any syntax errors.
    """

    source: Source
    tokens: Tokens
    statements: tuple[Statement, ...]
    lost: tuple[Span, ...] = ()
    damaged: bool = False


Node = Program | Statement | Expression | Item | Bound | Word


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes in it, each before its parts, in the order of the text.

    >>> import edexql
    >>> from edexql.syntax import Bound, walk
    >>> [node.written for node in walk(edexql.parse("kp 5..7; altitude < 400 km")) if isinstance(node, Bound)]
    ['5', '7', '400 km']
    """
    rest: list[Node] = [node]
    while rest:
        node = rest.pop()
        yield node
        rest += [part for part in reversed(_parts(node)) if part is not None]


def _parts(node: Node) -> Sequence[Node | None]:
    if isinstance(node, Program):
        return node.statements
    if isinstance(node, Constraint):
        return (node.label, node.head, node.key, *node.items, node.json)
    if isinstance(node, Product):
        return node.items
    if isinstance(node, (Email, Let)):
        return (node.item,) if isinstance(node, Email) else (node.name, node.item)
    if isinstance(node, Logic):
        return (node.expression,)
    if isinstance(node, Expression):
        return (*node.constraints(),)
    if isinstance(node, Item):
        return (node.first, node.second)
    return (node.unit,) if isinstance(node, Bound) else ()
