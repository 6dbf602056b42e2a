"""Write the parse tables of the language from its grammar.

    python tools/make_tables.py            # writes src/edexql/language/tables.py and src/edexql/web/static/tables.json
    python tools/make_tables.py --check    # exits 1 when one of them is not what the grammar says

Lark reads grammar/edq.lark and computes the LALR(1) automaton; what is written here are its
terminals, rules and states as plain Python literals, so that a compiled query needs no Lark. A state or rule is a
byte: rows of bytes are read in at start-up in a fraction of the time that dictionaries take.

For browsers the same tables are written as JSON: of each row what is in it, of equal rows one, and the patterns as
a browser takes them.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from browser_tables import browser_tables
from lark import Lark
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

ROOT = Path(__file__).resolve().parent.parent
GRAMMAR = ROOT / "grammar" / "edq.lark"
TABLES = ROOT / "src" / "edexql" / "language" / "tables.py"
BROWSER_TABLES = ROOT / "src" / "edexql" / "web" / "static" / "tables.json"

# States and rules that a byte can tell apart.
MOST = 256

HEADER = '''"""The parse tables of the language. Generated from grammar/edq.lark by tools/make_tables.py."""

from __future__ import annotations

'''


def tables(grammar: str) -> str:
    lark = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
    lexer = lark.parser.lexer
    automaton = lark.parser.parser._parse_table

    name_pattern = next(t for t in lexer.terminals if t.name == "NAME").pattern
    words = {
        t.pattern.value: t.name
        for t in lexer.terminals
        if isinstance(t.pattern, PatternStr) and t.pattern.flags <= name_pattern.flags and t.pattern.value.isalpha()
    }
    scanned = [t for t in lexer.terminals if t.name not in words.values() and t.name not in lexer.ignore_types]
    ignored = [t for t in lexer.terminals if t.name in lexer.ignore_types]
    comment = next(t for t in ignored if t.name == "COMMENT")
    blank = next(t for t in ignored if t.name != "COMMENT")

    # Kinds of token: the end, what the parser passes over, what it reads, what is no token at all.
    kinds = ["$END", "JOINED", "COMMENT", *(t.name for t in scanned), *sorted(words.values()), "STRAY_QUOTE", "STRAY"]
    number = {name: index for index, name in enumerate(kinds)}

    rules = sorted(
        {rule for row in automaton.states.values() for action, rule in row.values() if action is not Shift},
        key=lambda rule: (str(rule.origin.name), rule.order, " ".join(s.name for s in rule.expansion)),
    )
    rule_number = {rule: index for index, rule in enumerate(rules)}
    nonterminals = sorted({str(rule.origin.name) for rule in rules})
    nonterminal_number = {name: index for index, name in enumerate(nonterminals)}

    states = _without_passing_on(automaton.states)
    order = _numbered(states, automaton.start_states["start"])
    # A byte of a row is a state to go to, or the number of states and a rule to reduce by. Nothing goes to state 0.
    first_rule = len(order)
    if first_rule + len(rules) > MOST:
        raise SystemExit(f"{first_rule} states and {len(rules)} rules: the tables hold {MOST} together")
    # The last column stands for a kind that no token has.
    actions = [bytearray(len(kinds) + 1) for _ in order]
    gotos = [bytearray(len(nonterminals)) for _ in order]
    for state in order:
        for symbol, (action, argument) in states[state].items():
            to = order[argument] if action is Shift else first_rule + rule_number[argument]
            if symbol in number:
                actions[order[state]][number[symbol]] = to
            else:
                gotos[order[state]][nonterminal_number[symbol]] = to

    lines = [HEADER]
    add = lines.append
    add(f"GRAMMAR_SHA256 = {hashlib.sha256(grammar.encode()).hexdigest()!r}\n\n")
    add("# Kinds of token, by number.\nKINDS = (\n")
    lines.extend(f"    {name!r},\n" for name in kinds)
    add(")\n\n# Words of the language and the kind of each.\n")
    add(f"WORDS = { {word: number[name] for word, name in sorted(words.items())} }\n\n")
    add("# What the scanner matches between blanks: group g is the kind SCANNED[g].\n")
    add(f"SCANNED = {(0, *(number[t.name] for t in scanned), number['COMMENT'])}\n")
    add(f"BLANK = {blank.pattern.to_regexp()!r}\n")
    add("PATTERNS = (\n")
    lines.extend(f"    {t.pattern.to_regexp()!r},  # {t.name}\n" for t in [*scanned, comment])
    add(")\n\n")
    shapes: dict[tuple[Any, ...], int] = {}
    shape_of = [shapes.setdefault(_shape(rule), len(shapes)) for rule in rules]
    add("# By rule: the name of its node. A rule without a name makes a list.\n")
    add("NODES = (\n")
    for rule in rules:
        origin = rule.origin.name
        name = None if origin.startswith("_") else str(rule.alias or rule.options.template_source or origin)
        add(f"    {name!r},  # {origin}: {' '.join(s.name for s in rule.expansion)}\n")
    add(")\n")
    add("# By rule: its nonterminal, and the place of its shape.\n")
    add(f"ORIGINS = {bytes(nonterminal_number[rule.origin.name] for rule in rules)!r}\n")
    add(f"SHAPE_OF = {bytes(shape_of)!r}\n")
    add("# (length, children kept, children whose list is spliced in, whether a single child stands for the node).\n")
    add("SHAPES = (\n")
    lines.extend(f"    {shape!r},\n" for shape in shapes)
    add(")\n\n")
    add("# By state and kind of token: the state to go to; from FIRST_RULE on, the rule to reduce by; 0 where\n")
    add("# it does not fit. The last column is that of a kind that no token has.\n")
    add(f"FIRST_RULE = {first_rule}\n")
    add(f"ACTIONS = {_rows(actions)}\n\n")
    add("# By state and nonterminal: the state to go to.\n")
    add(f"GOTOS = {_rows(gotos)}\n\n")
    add(f"END_STATE = {order[automaton.end_states['start']]}\n")
    return "".join(lines)


def _shape(rule: Any) -> tuple[int, tuple[int, ...], tuple[int, ...], bool]:
    """Of a rule its length, the children kept, those of them whose list is spliced in, and whether it is single."""
    symbols = rule.expansion
    kept = tuple(index for index, symbol in enumerate(symbols) if not (symbol.is_term and symbol.filter_out))
    spliced = tuple(index for index in kept if not symbols[index].is_term and symbols[index].name.startswith("_"))
    return len(symbols), kept, spliced, _is_single(rule)


def _is_single(rule: Any) -> bool:
    """Whether a single child stands for the node of a rule."""
    return bool(rule.options.expand1 and not rule.alias)


def _without_passing_on(states: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """The states, with each goto that leads to one that only passes its child on led to where that one goes.

    A token that does not fit is then refused a few reductions later, but before it is shifted, as in any LR parser.
    """
    passed_on = {}
    for state, row in states.items():
        moves = set(row.values())
        action, rule = moves.pop() if len(moves) == 1 else (Shift, None)
        if action is not Shift and _is_single(rule) and len(rule.expansion) == 1:
            passed_on[state] = rule.origin.name

    def behind(row: dict[str, Any], symbol: str) -> Any:
        action, argument = row[symbol]
        while action is Shift and argument in passed_on:
            symbol = passed_on[argument]
            argument = row[symbol][1]
        return action, argument

    return {state: {symbol: behind(row, symbol) for symbol in row} for state, row in states.items()}


def _numbered(states: dict[Any, dict[str, Any]], start: Any) -> dict[Any, int]:
    """Number the states in the order of a walk from the start, so that the file is always the same."""
    order = {start: 0}
    queue = [start]
    for state in queue:
        for _, (action, argument) in sorted(states[state].items()):
            if action is Shift and argument not in order:
                order[argument] = len(order)
                queue.append(argument)
    return order


def _rows(rows: list[bytearray]) -> str:
    return "(\n" + "".join(f"    {bytes(row)!r},\n" for row in rows) + ")"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    text = tables(GRAMMAR.read_text(encoding="utf-8"))
    wrong = []
    for path, said in ((TABLES, text), (BROWSER_TABLES, browser_tables(text))):
        if not check:
            path.write_text(said, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != said:
            wrong.append(str(path.relative_to(ROOT)))
    if wrong:
        print(f"{' and '.join(wrong)}: not what grammar/edq.lark says. Run python tools/make_tables.py")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
