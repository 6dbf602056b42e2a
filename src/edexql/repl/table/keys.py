"""The keys of the table's screen."""

from __future__ import annotations

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

from edexql.repl.table import table as tables
from edexql.repl.table.ordering import ORDERS
from edexql.repl.table.seen import FILTER, HELP, TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.key_binding import KeyBindingsBase, KeyPressEvent

    from edexql.repl.table.seen import Seen
    from edexql.repl.table.table import Table

    Action = Callable[[Table], Table]

_VERTICAL: dict[str, Action] = {
    "up": lambda table: tables.moved(table, -1),
    "down": lambda table: tables.moved(table, 1),
    "pageup": lambda table: tables.paged(table, -1),
    "pagedown": lambda table: tables.paged(table, 1),
}
_ACTIONS: dict[str, Action] = {
    **_VERTICAL,
    "k": _VERTICAL["up"],
    "j": _VERTICAL["down"],
    "home": tables.first,
    "g": tables.first,
    "end": tables.last,
    "G": tables.last,
    " ": lambda table: tables.moved(tables.toggled(table), 1),
    "a": tables.all_ticked,
    "n": tables.none_ticked,
    "i": tables.inverted,
    "s": tables.sorted_by_next,
    "r": tables.reversed_order,
}
_HELP_LINES = {"down": 1, "j": 1, " ": 1, "up": -1, "k": -1, "pagedown": 8, "pageup": -8}


def bindings(seen: Seen) -> KeyBindingsBase:
    """All keys; which of them work depends on what the screen shows."""
    return merge_key_bindings([_table_keys(seen), _filter_keys(seen), _help_keys(seen), _ways_out(seen)])


def _table_keys(seen: Seen) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: seen.mode == TABLE)
    for key, action in _ACTIONS.items():
        keys.add(key, filter=here)(_acting(seen, action))
    for number, order in enumerate(ORDERS):
        keys.add(str(number), filter=here)(_acting(seen, _sorting(order)))

    @keys.add("/", filter=here)
    def start(event: KeyPressEvent) -> None:
        seen.start_filter()
        event.app.layout.focus(seen.typed)

    @keys.add("?", filter=here)
    def help(event: KeyPressEvent) -> None:  # noqa: ARG001
        seen.start_help()

    return keys


def _filter_keys(seen: Seen) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: seen.mode == FILTER)
    for key, action in _VERTICAL.items():
        keys.add(key, filter=here, eager=True)(_acting(seen, action))

    @keys.add("enter", filter=here, eager=True)
    def keep(event: KeyPressEvent) -> None:
        seen.keep_filter()
        if seen.mode == TABLE:
            event.app.layout.focus_last()

    @keys.add("escape", filter=here, eager=True)
    def drop(event: KeyPressEvent) -> None:
        seen.drop_filter()
        event.app.layout.focus_last()

    return keys


def _help_keys(seen: Seen) -> KeyBindings:
    keys = KeyBindings()
    here = Condition(lambda: seen.mode == HELP)

    @keys.add("<any>", filter=here)
    def back(event: KeyPressEvent) -> None:  # noqa: ARG001
        seen.end_help()

    for key, lines in _HELP_LINES.items():
        keys.add(key, filter=here)(_scrolling(seen, lines))
    return keys


def _ways_out(seen: Seen) -> KeyBindings:
    keys = KeyBindings()
    table = Condition(lambda: seen.mode == TABLE)

    @keys.add("q", filter=table)
    @keys.add("enter", filter=table)
    @keys.add("c-d", filter=table)
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(result=seen.table)

    @keys.add("c-c", eager=True)
    @keys.add("<sigint>", eager=True)
    def cancel(event: KeyPressEvent) -> None:
        event.app.exit(result=seen.given)

    @keys.add("c-z", filter=table)
    def suspend(event: KeyPressEvent) -> None:
        event.app.suspend_to_background()

    return keys


def _acting(seen: Seen, action: Action) -> Callable[[KeyPressEvent], None]:
    def act(event: KeyPressEvent) -> None:  # noqa: ARG001
        seen.act(action)

    return act


def _sorting(order: str) -> Action:
    return lambda table: tables.sorted_by(table, order)


def _scrolling(seen: Seen, lines: int) -> Callable[[KeyPressEvent], None]:
    def scroll(event: KeyPressEvent) -> None:  # noqa: ARG001
        seen.scroll_help(lines)

    return scroll
