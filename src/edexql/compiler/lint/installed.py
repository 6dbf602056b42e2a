"""Checks that an installed distribution has: found by the entry points of the group `edexql.checks`.

To look for them takes longer than a compilation, so they are loaded only where they are asked for by name.
"""

from __future__ import annotations

from edexql.base.text import did_you_mean, nearest, shown
from edexql.compiler.lint.own import CheckError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "edexql.checks"
# By name, of this process.
_LOADED: set[str] = set()


def load(*names: str) -> None:
    """Import checks that are installed; they register themselves, with `edexql.lint.check`.

    `names` are those of entry points of the group `edexql.checks`, as in `edexql.lint.load("storms")`. What is loaded
    already is not loaded again. Raises CheckError where none has such a name, or where its import ends in an error.
    """
    for name in names:
        if name in _LOADED:
            continue
        entry = _entry(name)
        try:
            entry.load()
        except Exception as error:
            package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist else ""
            raise CheckError(
                f"the checks {shown(name)}{package} ({entry.value}) cannot be loaded: {type(error).__name__}: {error}; "
                "update or repair that package, or remove the name where it is set"
            ) from error
        _LOADED.add(name)


def _entry(name: str) -> EntryPoint:
    from importlib.metadata import entry_points

    there = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name in there:
        return there[name]
    known = f"there are {', '.join(sorted(there))}" if there else "no checks are installed"
    help = did_you_mean(nearest(name, there)) or f"{known}; install the package that has them"
    raise CheckError(f"no checks {shown(name)} are installed; {help}")
