"""`help`: of verbs their options, of codes and topics the section of the documentation, of names the vocabulary."""

from __future__ import annotations

import os
import re
import sys

from edexql.commands.exits import FINE, UsageError
from edexql.commands.options import add_vocabulary
from edexql.commands.registry import COMMAND_LINE, PROMPT, implementation, program, verb_named, verbs, verbs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.commands.parser import Parser
    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
Show how to begin, or, with a word, explain a verb, a statement or topic of the language (date, logic, ...), a
field, instrument or product, or the code of a diagnostic (E206)."""
EXAMPLE = "edexql help logic"

_USAGE = """\
usage: edexql COMMAND [OPTIONS] [FILE...]

Queries for the e-POP data of the CASSIOPE satellite.

commands:
{commands}
options:
  --version   the version
  --help      this help

example:
  edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'

exit codes: 0 success, 1 errors in the input, 2 wrong usage, 3 network or service failure, 130 interrupted.
`edexql COMMAND --help` explains a command, `edexql help E206` a diagnostic. `edexql` alone, on a
terminal, starts the prompt; `edexql -` reads the same lines from standard input.
"""
_SCREEN = """\
Type a complete query, or one statement after the other. Each line is answered:
  {first}
  kp >= 3             adds a constraint (OR with others of its kind, else AND)
  3: kp >= 2          replaces constraint 3;  drop 3  removes it
  logic 1 AND NOT 3   joins them;  label 1 day  gives number 1 a name
  results             the files: page, sort, filter, untick;  undo  goes back
Tab completes, Right takes the grey suggestion, Ctrl-R searches the history,
Alt-Enter begins a new line, Ctrl-C stops, Ctrl-D leaves. The verbs:
{verbs}
`vocabulary products` lists the products; `help date`, `help logic` and
`help kp` explain the language, `help fetch` a verb, `help E206` a code.
"""
# The line behind the help on a verb that cannot be typed where it was asked for.
_ELSEWHERE = {
    COMMAND_LINE: "`{name}` is a verb of the prompt, which `edexql` alone starts.",
    PROMPT: "`edexql {name}` is a command of the shell.",
}

_HERE = os.path.dirname(os.path.dirname(__file__))
# Inside an installed package, and in a checkout.
_PLACES = (os.path.join(_HERE, "docs"), os.path.join(_HERE, "..", "..", "docs"))
_CODE = re.compile(r"[EW]\d{3}", re.IGNORECASE)
# What people call the sections of docs/language.md and docs/repl.md.
TOPICS = {
    "product": "Products",
    "date": "Periods",
    "period": "Periods",
    "range": "Ranges",
    "field": "Fields",
    "instrument": "Instruments",
    "experiment": "Experiments",
    "logic": "Logic",
    "where": "where",
    "let": "Parameters",
    "parameter": "Parameters",
    "label": "Labels",
    "number": "Numbers",
    "email": "Email",
    "raw": "When you know better",
    "unit": "Units",
    "comment": "Names, keywords and comments",
    "key": "Keys",
    "setting": "Settings",
    "script": "Scripts",
}
_LINK = re.compile(r"\[([^]\n]+)\]\([^)\s]+\)")
# The line below the heads of a table, and a cell that holds code and nothing else.
_RULE = re.compile(r"[|:\s-]+")
_CODE_ALONE = re.compile(r"\A`([^`]+)`\Z")
_COMMENT = re.compile(r"<!--.*-->")
_FENCES = {"```edq bad": "with it:\n", "```edq good": "without it:\n"}


def arguments(parser: Parser) -> None:
    word = parser.add_argument("word", metavar="WORD", nargs="?", help="a verb, statement, topic, name or code")
    word.completer = _words  # type: ignore[attr-defined]  # read by argcomplete
    add_vocabulary(parser)


def run(options: argparse.Namespace) -> int:
    face = COMMAND_LINE if options.prompt is None else PROMPT
    if options.word is None:
        sys.stdout.write(usage() if face == COMMAND_LINE else _screen(options))
        return FINE
    text = page(options.word, face)
    if text is None:
        from edexql.commands.inputs import vocabulary

        text = entry(options.word, vocabulary(options))
    if text is None:
        before, words = ("edexql ", "commands") if face == COMMAND_LINE else ("", "verbs")
        raise UsageError(
            f"no help for `{options.word}`; `{before}help` lists the {words}, `{before}vocabulary` the names"
        )
    sys.stdout.write(text)
    return FINE


def _screen(options: argparse.Namespace) -> str:
    """The text of `help` at the prompt, with names of the vocabulary in use."""
    import textwrap

    from edexql.commands.inputs import vocabulary

    known = vocabulary(options)
    first = f"product {known.example_product}; date 2019-05-01"
    instrument = next((name for name in known.instruments if known.values(name)), None) if known.replaced else "fai"
    if instrument is not None:
        first += f"; {instrument} {next(iter(known.values(instrument)))}"

    words = f"{' '.join(verbs_of(PROMPT))}    !COMMAND of the shell"
    return _SCREEN.format(first=first, verbs=textwrap.fill(words, 78, initial_indent="  ", subsequent_indent="  "))


def usage() -> str:
    """The text of `edexql --help`."""
    listed = verbs_of(COMMAND_LINE)
    width = max(map(len, listed))
    return _USAGE.format(commands="".join(f"  {name:{width}}  {verb.summary}\n" for name, verb in listed.items()))


def page(word: str, face: str) -> str | None:
    """What there is to say of a verb, a code or a topic on a face, the command line or the prompt; None of others."""
    verb = verb_named(word)
    if verb is None:
        return section(word)
    from edexql.commands.parser import parser_of

    text = parser_of(implementation(verb), program(verb, face)).format_help()
    return text if face in verb.faces else f"{text}\n{_ELSEWHERE[face].format(name=verb.name)}\n"


def _words(**_: object) -> dict[str, str]:
    from edexql.language.diagnostics.codes import CODES

    return {name: verb.summary for name, verb in verbs().items()} | dict.fromkeys(TOPICS, "the language") | CODES


def section(word: str) -> str | None:
    """What the documentation says of a diagnostic's code, a statement or a topic; None where it has no such section."""
    if _CODE.fullmatch(word):
        return _section("diagnostics.md", word.upper())
    word = word.lower()
    topic = TOPICS.get(word) or TOPICS.get(word.removesuffix("s")) or word
    return _section("language.md", topic) or _section("repl.md", topic)


def _section(page: str, heading: str) -> str | None:
    match = re.search(rf"^## ({re.escape(heading)}\n.*?)(?=^#{{1,2}} |\Z)", _page(page), _FLAGS)
    return None if match is None else _as_shown(match[1])


_FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE


def _page(name: str) -> str:
    path = next(path for folder in _PLACES if os.path.exists(path := os.path.join(folder, name)))
    with open(path, encoding="utf-8") as file:
        # Comment lines in an example are not headings.
        return re.sub(r"^```.*?^```", lambda block: block[0].replace("\n#", "\n\0#"), file.read(), flags=_FLAGS)


def _as_shown(text: str) -> str:
    """A section of a page as plain text: examples and tables set in, links without their addresses, no comments."""
    from edexql.base.table import table_lines

    lines: list[str] = []
    rows: list[list[str]] = []
    inside = False
    for line in [*text.replace("\0", "").rstrip().split("\n"), ""]:
        if line.startswith("|") and not inside:
            if not _RULE.fullmatch(line):
                rows.append([_CODE_ALONE.sub(r"\1", _LINK.sub(r"\1", cell.strip())) for cell in line[1:-1].split("|")])
            continue
        lines += table_lines(rows, indent="  ")
        rows = []
        if line.startswith("```"):
            inside = not inside
            lines.append(_FENCES.get(line, "").rstrip())
        elif inside:
            lines.append(f"    {line}" if line else line)
        elif not _COMMENT.fullmatch(line):
            lines.append(_LINK.sub(r"\1", line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def entry(word: str, vocabulary: Vocabulary) -> str | None:
    """What the vocabulary has of a field, an instrument or a product."""
    from edexql.compiler.ranges import example

    key = vocabulary.canonical(word)
    field, instrument = vocabulary.field(key), vocabulary.instrument(key)
    known = field or instrument or vocabulary.product(key)
    if known is None:
        return None
    lines = [f"{known.name}: {known.title}"]
    if field is not None and field.low is not None:
        lines.append(f"from {field.low} to {field.high}{f' {field.unit}' if field.unit else ''}")
        low, high = example(field)
        lines.append(f"for example  {field.name} >= {low}  or  {field.name} {low}..{high}")
    values = vocabulary.values(key)
    lines += [f"  {known.name} {name}  {value.title}".rstrip() for name, value in values.items()]
    lines.append("this spelling is confirmed" if known.confirmed else "this spelling is not confirmed (`help W601`)")
    return "\n".join(lines) + "\n"
