"""A product added to a query, or taken out of it, also where a pattern names it."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.compiler import values
from edexql.compiler.editing.document import EditError, finished, line_end, read, spliced, within
from edexql.compiler.editing.logic_edits import rewritten, splice_of, without_elements
from edexql.language.diagnostics import AlreadyReported, Mistake, quoted
from edexql.language.lexer import NAME, tokenize
from edexql.language.syntax import Let, Product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.language.syntax import Item
    from edexql.model.vocabulary import Vocabulary


def with_product(text: str, name: str, vocabulary: Vocabulary) -> str:
    """A query with a product more, laid out: in the list of products there is, or above everything but `let`.

    A product that the query has already changes nothing. Raises EditError where the vocabulary has no such product.
    """
    sheet = read(text)
    wanted = _known(name, vocabulary)
    lists = [statement for statement in sheet.program.statements if isinstance(statement, Product)]
    if any(wanted in product_names(item, vocabulary) for statement in lists for item in statement.items):
        return sheet.text
    word = _word(wanted)
    if lists:
        end = lists[-1].items[-1].span.end
        return finished(spliced(sheet.text, [(end, end, f", {word}")]))
    place = _top(sheet)
    return finished(spliced(sheet.text, [(place, place, f"product {word}\n")]))


def without_product(text: str, name: str, vocabulary: Vocabulary) -> str:
    """A query without a product, laid out; a pattern that names it becomes a list of the others that it names.

    A statement of which nothing is left goes, with the comment after it. Raises EditError where the query has no such
    product.
    """
    sheet = read(text)
    wanted = vocabulary.canonical(name)
    splices = []
    for statement in sheet.program.statements:
        if not isinstance(statement, Product):
            continue
        gone: set[int] = set()
        instead: dict[int, str] = {}
        spans = [within(sheet.tokens, item.span) for item in statement.items]
        for place, (item, (first, _)) in enumerate(zip(statement.items, spans, strict=True)):
            names = product_names(item, vocabulary)
            if name not in names and wanted not in names:
                continue
            others = [_word(other) for other in names if other not in (name, wanted)]
            if others:
                instead[first] = ", ".join(others)
            else:
                gone.add(place)
        if len(gone) == len(spans):
            splices.append((statement.span.start, line_end(sheet.text, statement.span.end), ""))
        elif gone or instead:
            tokens = without_elements(sheet.tokens, spans, gone)
            new = rewritten(sheet.tokens, *within(sheet.tokens, statement.span), tokens, instead)
            splices.append(splice_of(sheet.text, statement.span, new))
    if not splices:
        raise EditError(f"the query has no product {shown(name)}")
    return finished(spliced(sheet.text, splices))


def product_names(item: Item, vocabulary: Vocabulary) -> Sequence[str]:
    """The products that an item of `product` names, none where it cannot be resolved."""
    try:
        return values.products(item, vocabulary)
    except (Mistake, AlreadyReported):
        return ()


def _known(name: str, vocabulary: Vocabulary) -> str:
    if vocabulary.product(name) is None:
        raise EditError(f"unknown product {shown(name)}", "enter `product` with its name in double quotes")
    return vocabulary.canonical(name)


def _word(name: str) -> str:
    """A product as a word, or in quotes where it is none."""
    tokens = tokenize(name)
    return name if tokens.count == 2 and tokens.kinds[0] == NAME else quoted(name)


def _top(sheet: Sheet) -> int:
    """Where the first line of a query begins, behind `let` and above the comment directly above it."""
    statements = sheet.program.statements
    lets = 0
    while lets < len(statements) and isinstance(statements[lets], Let):
        lets += 1
    if lets:
        return line_end(sheet.text, statements[lets - 1].span.end)
    if not statements:
        return len(sheet.text)
    blank = sheet.text.rfind("\n\n", 0, statements[0].span.start)
    return blank + 2 if blank >= 0 else 0
