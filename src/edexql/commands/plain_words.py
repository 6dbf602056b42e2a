"""Words of a command line that name options plainly, read without argparse.

Importing argparse and making a parser of it takes a fifth of the time of `edexql compile FILE`. Most command lines
need nothing of it: each option is written out, its value is a word of its own or stands behind `=`, and nothing is
wrong. Of any other, and of any declaration that is not one of the simple ones, `plain_options` says None; argparse
reads those, tells what is wrong, and writes the help. A test compares what both read.
"""

from __future__ import annotations

from types import SimpleNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from edexql.commands.registry import Implementation

_ACTIONS = (None, "append", "store_const", "store_true")


class NotPlain(Exception):
    """Words or a declaration that are argparse's to read."""


class _Argument:
    """An option, or another word, as `add_argument` of argparse takes it."""

    def __init__(
        self,
        *names: str,
        dest: str | None = None,
        action: str | None = None,
        nargs: str | None = None,
        default: Any = None,
        const: Any = None,
        choices: Sequence[str] | None = None,
        type: Any = str,
        metavar: str | None = None,  # noqa: ARG002  # for the help alone, which argparse writes
        help: str | None = None,  # noqa: ARG002
    ) -> None:
        self.is_option = names[0].startswith("-")
        if action not in _ACTIONS or nargs not in (None, "?", "*", "+") or (self.is_option and nargs):
            raise NotPlain
        long = [name for name in names if name.startswith("--")]
        self.names = names
        self.dest = dest or (long or names)[0].lstrip("-").replace("-", "_")
        self.appends = action == "append"
        self.takes_value = action in (None, "append")
        self.nargs = nargs
        self.const = True if action == "store_true" else const
        self.default = False if action == "store_true" else [] if nargs == "*" and default is None else default
        self.choices = choices
        self.type = type
        self.alternatives: Declarations | None = None

    def value(self, word: str) -> Any:
        try:
            value = self.type(word)
        except Exception as error:
            raise NotPlain from error
        if self.choices is not None and value not in self.choices:
            raise NotPlain
        return value


class Declarations:
    """What a verb declares, by the same calls as it declares it to `parser.Parser`.

    `whole` is what these are a part of: options of which one at most is given.
    """

    def __init__(self, whole: Declarations | None = None) -> None:
        self.options: dict[str, _Argument] = {} if whole is None else whole.options
        self.others: list[_Argument] = [] if whole is None else whole.others
        self.defaults: dict[str, Any] = {} if whole is None else whole.defaults
        self._alternatives = None if whole is None else self

    def add_argument(self, *names: str, **declared: Any) -> _Argument:
        argument = _Argument(*names, **declared)
        argument.alternatives = self._alternatives
        self.defaults.setdefault(argument.dest, argument.default)
        if argument.is_option:
            self.options.update(dict.fromkeys(names, argument))
        else:
            self.others.append(argument)
        return argument

    def group(self, _title: str) -> Declarations:
        return self

    def add_mutually_exclusive_group(self) -> Declarations:
        return Declarations(self)

    def __getattr__(self, name: str) -> Any:
        raise NotPlain(name)


def plain_options(verb: Implementation, words: Sequence[str]) -> Any:
    """The options of a verb that words on the command line name; None where argparse has to read them."""
    declarations = Declarations()
    try:
        verb.arguments(declarations)
        return SimpleNamespace(prompt=None, current=None, **_read(declarations, words))
    except NotPlain:
        return None


def _read(declarations: Declarations, words: Sequence[str]) -> dict[str, Any]:
    values = dict(declarations.defaults)
    given: dict[Declarations, _Argument] = {}
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        if word[:1] != "-" or word == "-":
            others.append(word)
            continue
        name, sign, text = word.partition("=")
        option = declarations.options.get(name)
        if option is None or (sign and not (option.takes_value and name.startswith("--"))):
            raise NotPlain
        if option.alternatives is not None and given.setdefault(option.alternatives, option) is not option:
            raise NotPlain
        if not option.takes_value:
            values[option.dest] = option.const
            continue
        if not sign:
            text = next(rest, "-")
            if text.startswith("-"):
                # It is missing, or argparse is to say whether it is a value.
                raise NotPlain
        value = option.value(text)
        values[option.dest] = [*values[option.dest], value] if option.appends else value
    values.update(_placed(declarations.others, others))
    return values


def _placed(arguments: Sequence[_Argument], words: Sequence[str]) -> dict[str, Any]:
    """Words that are no options, each in its place; the last place may take any number."""
    values: dict[str, Any] = {}
    rest = list(words)
    for argument in arguments:
        if argument.nargs in ("*", "+"):
            if argument is not arguments[-1] or (argument.nargs == "+" and not rest):
                raise NotPlain
            if rest:
                values[argument.dest] = [argument.value(word) for word in rest]
            rest = []
        elif rest:
            values[argument.dest] = argument.value(rest.pop(0))
        elif argument.nargs is None:
            raise NotPlain
    if rest:
        raise NotPlain
    return values
