"""A session of the REPL: the current query, what it is asked of, and how answers look."""

from __future__ import annotations

import os
from argparse import Namespace

from edexql.commands import inputs
from edexql.commands.exits import UsageError
from edexql.commands.local import THE_SAMPLE, catalogue_folder
from edexql.language.source import Source
from edexql.repl.current_query import CurrentQuery, edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.commands.engines import Choice
    from edexql.compiler.request import Setting
    from edexql.engines.protocol import TableEngine
    from edexql.repl.state import State
    from edexql.repl.table.table import Table

CURRENT_QUERY = "<query>"
ON, MISTAKES, OFF = "on", "mistakes", "off"
# The settings, what each may be, the first being how it is at the start, and what it is for.
CHOICES = {
    "theme": (("auto", "light", "dark", "none"), "colours that go with the terminal"),
    "keys": (("emacs", "vi"), "which editor's keys"),
    "answer": (
        ("full", "short", "none"),
        "after each line: the constraints with their influence, the totals alone, nothing",
    ),
    "suggest": ((ON, OFF), "suggestions from the history"),
    "live": ((ON, MISTAKES, OFF), "while typing: mistakes and counts, mistakes alone, nothing"),
}


class Session:
    """What the verbs work on. `interactive` is false where lines come from a file or a pipe; `on_screen` is
    true where things may be drawn over the whole of a terminal.

    `service` is what queries are asked of: `local`, the address of an eDEx, or an engine over tables as selections name
    it, which `tables` names with what may be secret. `draft` is a text that the
    next prompt begins with, `left` the query that the last run left without saving it. `service_given` is true where
    the command line says what is asked. `shell` is whether lines with `!` are run. `counted_shown` is whether the
    warnings that are counted were reported.
    """

    def __init__(self, state: State, options: Namespace, *, interactive: bool, on_screen: bool = False) -> None:
        self.state = state
        self.interactive = interactive
        self.on_screen = on_screen
        self.color: str = options.color
        self.current = CurrentQuery()
        self.service: str = options.service or inputs.LOCAL
        self.catalogue: str = catalogue_folder(options) or THE_SAMPLE
        self.tables: Choice | None = None
        self._engine: TableEngine | None = None
        self.today: str | None = options.today
        self.vocabulary: list[str] = options.vocabulary
        self.values: list[str] = options.values
        self.allow: list[str] = getattr(options, "allow", [])
        self.checks: list[str] = getattr(options, "checks", [])
        self.all_warnings: bool = getattr(options, "all_warnings", False)
        self.service_given = bool(options.service or options.catalogue)
        self.shell = interactive or getattr(options, "shell", False)
        self.left: str | None = None
        self.draft = ""
        self.over = False
        self.warned = False
        self.counted_shown = False
        self.results: tuple[object, Table] | None = None
        self._chosen: dict[str, str] = {}

    @property
    def query(self) -> Source:
        return Source(self.current.text, CURRENT_QUERY)

    def use(self, service: str, choice: Choice | None = None) -> None:
        """Ask something else from now on: a catalogue, an eDEx, or an engine over tables, which is opened.

        Raises EngineError and MissingExtra, and what was asked stays in use.
        """
        engine = None
        if choice is not None:
            from edexql.commands.engines import base_of
            from edexql.engines.registry import named

            engine = named(choice.name, choice.place)
            service = base_of(engine)
        self.close()
        self.service, self.tables, self._engine = service, choice, engine

    def engine(self) -> TableEngine:
        """The engine over tables that is asked, opened where it is not open. Raises EngineError and MissingExtra."""
        if self._engine is None:
            from edexql.engines.registry import named

            assert self.tables is not None
            self._engine = named(self.tables.name, self.tables.place)
        return self._engine

    def close(self) -> None:
        """Let go of an engine that is open."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def change(self, current: CurrentQuery) -> None:
        """Make another query the current one; it is on disk when this returns."""
        self.current = current
        self.state.hold(current.text, list(current.before), list(current.after), current.path)

    def change_text(self, text: str) -> None:
        self.change(edit(self.current, text))

    def choice(self, name: str) -> str:
        """The value of a setting."""
        values = CHOICES[name][0]
        value = self._chosen.get(name) or (self.state.setting(name) if self.interactive else None)
        return value if value in values else values[0]

    def choose(self, name: str, value: str) -> None:
        """Give a setting a value, for later sessions too."""
        self._chosen[name] = value
        if self.interactive:
            self.state.set(name, value)

    def given(self) -> Namespace:
        """What stands for the options that a verb's words do not name."""
        return Namespace(
            prompt=self,
            current=None,
            service=self.service,
            engine=None,
            at=None,
            catalogue=self.catalogue,
            today=self.today,
            vocabulary=self.vocabulary,
            values=self.values,
            allow=self.allow,
            checks=self.checks,
            all_warnings=self.all_warnings,
            color=self.colour,
        )

    @property
    def colour(self) -> str:
        """When messages have colour: auto, always or never."""
        plain = self.interactive and not self.on_screen
        return "never" if plain or self.choice("theme") == "none" else self.color

    @property
    def colourless(self) -> bool:
        """Whether what is drawn on the screen has no colours."""
        return self.colour == "never" or bool(os.environ.get("NO_COLOR"))

    def setting(self) -> Setting:
        """What the query is compiled with. Raises UsageError."""
        from edexql.commands.inputs import setting

        return setting(self.given())

    def path(self, name: str) -> str:
        """A file named by the user. Raises UsageError where there is no name to take."""
        if not name or "\0" in name:
            raise UsageError("name a file")
        return os.path.expanduser(name)
