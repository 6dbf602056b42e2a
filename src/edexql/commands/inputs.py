"""The queries that a command is given: files, `-` for standard input, `-e TEXT`; and what they are read with."""

from __future__ import annotations

import os
import sys

import edexql.base as base
from edexql.base.system import state_folder, user_folder
from edexql.commands.exits import UsageError
from edexql.commands.options import CATALOGUE
from edexql.language.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from edexql.client.settings.configuration import Configuration
    from edexql.compiler.request import Setting
    from edexql.model.vocabulary import Vocabulary

STANDARD_INPUT = "<stdin>"
EXPRESSION = "<-e>"
# What stands in place of a service's address where a catalogue on this machine is asked.
LOCAL = "local"
# What sets something that queries and catalogues are read with, beside the file of the configuration.
_VARIABLES = ("EDEXQL_CONFIG", "EDEXQL_VOCABULARY", "EDEXQL_CHECK_ALLOW", "EDEXQL_CHECK_CHECKS", CATALOGUE)


def sources(options: argparse.Namespace) -> Iterator[Source]:
    """Each input, read when its turn comes; at the prompt, where none is named, the current query.

    Raises UsageError where there is none.
    One that cannot be read is reported and skipped, and `options.unread` set for the exit code.
    """
    if not options.files and not options.texts:
        if options.current is None:
            raise UsageError("nothing to read: give a FILE, - for standard input, or -e TEXT")
        if not options.current.source.text.strip():
            raise UsageError("there is no current query yet: type one, or name a FILE")
        yield options.current.source
    for path in options.files:
        try:
            source = read(path)
        except UsageError as error:
            sys.stderr.write(f"edexql: {base.text.printable(str(error))}\n")
            options.unread = True
        else:
            yield source
    for text in options.texts:
        # argparse gives an empty list in place of `--`.
        yield Source.from_bytes(os.fsencode(text if isinstance(text, str) else "--"), EXPRESSION)


def read(path: str) -> Source:
    """The text of a file, or of standard input for `-`. Raises UsageError."""
    if path == "-" and sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    if path == "-":
        return Source.from_bytes(sys.stdin.buffer.read(), STANDARD_INPUT)
    try:
        with open(path, "rb") as file:
            return Source.from_bytes(file.read(), path)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}{_as_text(path)}") from error


def _as_text(path: str) -> str:
    """What to say where a query stands in place of its file."""
    import re
    import shlex

    from edexql.language.tables import WORDS

    words = path.split(None, 1)
    if not words or (words[0].lower() not in WORDS and (len(words) == 1 or not re.search(r"[;=<>]", path))):
        return ""
    text = path if len(words) > 1 else "date 2019-05-01; kp >= 3"
    return f"; a query itself stands behind -e, in quotes: -e {shlex.quote(text)}"


def put_back(source: Source, text: str, done: str, options: argparse.Namespace) -> None:
    """Put what was made of an input in its place, and say that it is `done`: a file is rewritten, the current query
    changed; standard input and -e are printed, changed or not. Raises UsageError.
    """
    if source.name in (STANDARD_INPUT, EXPRESSION):
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    elif text == source.text and not source.bom:
        return
    elif options.current is not None and source is options.current.source:
        options.current.replace(text)
        sys.stderr.write(f"{done} the current query; `undo` takes that back\n")
    else:
        replace(source.name, text.encode())
        sys.stderr.write(f"{done} {base.text.printable(source.name)}\n")


def replace(path: str, data: bytes) -> None:
    """Make a file of this content, all at once; of one that is there links are followed and the mode stays.

    Raises UsageError.
    """
    from edexql.base.files import atomic

    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise UsageError(f"cannot write {path}: it is not a regular file")
    try:
        atomic.overwrite(path, data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def setting(options: argparse.Namespace) -> Setting:
    """What the options and the configuration say a query is compiled with. Raises UsageError."""
    return setting_with(options, own(options))


def own(options: argparse.Namespace) -> Configuration | None:
    """The configuration, None where nobody has one that is about queries and catalogues: reading it takes time.

    Raises UsageError.
    """
    # A file that is named has to be there; the user's own may be missing, and most often is.
    named = getattr(options, "config", None) or any(map(os.environ.get, _VARIABLES))
    if named or os.path.exists(os.path.join(user_folder("config"), "config.toml")):
        from edexql.commands.environment import settings

        return settings(options)
    return None


def setting_with(options: argparse.Namespace, own: Configuration | None) -> Setting:
    """The same, where the configuration was read already. Raises UsageError."""
    from edexql.compiler.request import Setting

    today = None if options.today is None else day(options.today, "--today")
    values = dict(map(_value, getattr(options, "values", [])))
    _load_checks(options, own)
    return Setting(_vocabulary(options, own), today, values, _allow(options, own))


def vocabulary(options: argparse.Namespace) -> Vocabulary:
    """The vocabulary in use: the package's, with the files of the configuration and the options. Raises UsageError."""
    return _vocabulary(options, own(options))


def _allow(options: argparse.Namespace, own: Configuration | None) -> frozenset[str]:
    """The codes of warnings that the configuration and the options allow, together. Raises UsageError."""
    allowed = frozenset(own.check.allow if own else ())
    given = getattr(options, "allow", ())
    if given:
        from edexql.language.diagnostics.suppressions import warnings_of

        try:
            allowed |= warnings_of(given)
        except ValueError as error:
            raise UsageError(f"--allow: {error}") from error
    return allowed


def _load_checks(options: argparse.Namespace, own: Configuration | None) -> None:
    """Load the checks that the configuration and the options name. Raises CheckError."""
    names = [name for text in getattr(options, "checks", ()) for name in text.replace(",", " ").split()]
    if own:
        names += own.check.checks
    if names:
        from edexql.compiler.lint.installed import load

        load(*names)


def vocabulary_path() -> str:
    """Where `edexql vocabulary update` puts what the service says; the file is there after the first update."""
    return os.path.join(state_folder(), "vocabulary.json")


def _vocabulary_files(options: argparse.Namespace, own: Configuration | None) -> list[str]:
    """The files whose entries replace those of the package, the later the stronger: what the service said when it
    was last asked, those of the configuration, and those that the options name.
    """
    updated = vocabulary_path()
    files = [updated] if os.path.exists(updated) else []
    return files + list(own.paths.vocabulary if own else ()) + list(getattr(options, "vocabulary", ()))


def _vocabulary(options: argparse.Namespace, own: Configuration | None) -> Vocabulary:
    from edexql.model.vocabulary import load_once

    try:
        return load_once(*_vocabulary_files(options, own))
    except ValueError as error:
        lost = vocabulary_path()
        way_out = ": `edexql vocabulary update` creates it again" if str(error).startswith(f"{lost}:") else ""
        raise UsageError(f"{error}{way_out}") from error


def day(text: str, name: str) -> date:
    """The day that an option or setting has, by month and day or by the day of the year. Raises UsageError."""
    from datetime import date

    from edexql.language.literals import NoSuchDay, by_calendar

    try:
        written = by_calendar(text) or text
        value = date.fromisoformat(written)
    except NoSuchDay as error:
        raise UsageError(f"{name}: {error}: {error.help}") from None
    except ValueError:
        value = None
    if value is None or str(value) != written:
        import re

        from edexql.compiler.request import today
        from edexql.language.recovery.period_notations import read

        reading = read(text, today())
        meant = reading.texts if reading and len(reading.texts) == 1 else ()
        right = [text for text in meant if re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
        raise UsageError(f"{name} takes a day as 2019-05-01, not {text}" + "".join(f": write {text}" for text in right))
    return value


def _value(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"-D takes NAME=VALUE, not {text}")
    return name.strip(), os.fsencode(value).decode("utf-8", "replace")
