"""What edexql says that it needs, and what of it is installed."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from places import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# Extras that bring no part of edexql, but what it is tested with.
FOR_DEVELOPERS = {"dev", "engines", "test"}


def named(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def project() -> dict[str, Any]:
    """What is said of edexql where it is built."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(extras: Iterable[str]) -> list[str]:
    said = project()
    return [*said["dependencies"], *(line for extra in extras for line in said["optional-dependencies"][extra])]


def dependencies(extras: Iterable[str]) -> dict[str, metadata.Distribution]:
    """All that edexql needs with some extras, as far as it is installed."""
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = {("edexql", "")}
    work = [(line, "") for line in requirements(extras)]
    while work:
        line, extra = work.pop()
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        name = named(wanted.name)
        for more in {(name, one) for one in ("", *wanted.extras)} - seen:
            seen.add(more)
            if name == "edexql":
                work += [(one, "") for one in requirements([more[1]])]
                continue
            try:
                found[name] = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                continue
            work += [(one, more[1]) for one in found[name].requires or ()]
    return found


def extras_of_users() -> list[str]:
    return sorted(set(project()["optional-dependencies"]) - FOR_DEVELOPERS)
