"""Optional packages: imported when they are first needed, and missed with advice."""

from __future__ import annotations

from importlib import import_module

from edexql.base.errors import EdexqlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class MissingExtra(EdexqlError, ImportError):
    """A package that only some work needs is not installed; the message says how to install it."""


def extra(module: str, name: str) -> ModuleType:
    """A module of an optional package that comes with the extra `name`; raises MissingExtra without it."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        message = (
            f"this needs the package {package}, which is not installed; install it with `pip install 'edexql[{name}]'`"
        )
        raise MissingExtra(message, name=package) from error
