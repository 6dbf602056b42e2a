"""The mission that a vocabulary is of: what it is called, where it answers, and what the names of its files say."""

from __future__ import annotations

import re

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Mission(Record):
    """A mission.

    `name` is its short name, as in "the instruments of e-POP", and `title` its data, as in "queries for the e-POP data
    of CASSIOPE"; both may be empty. `listing` and `delivery` are the base addresses of the services that list files
    and send them by mail, `archive` is that of the dated tree of files, and `availability` a pattern of the names of
    its texts of when instruments had data; None where there is none.
    """

    name: str = ""
    title: str = ""
    listing: str | None = None
    delivery: str | None = None
    archive: str | None = None
    availability: str | None = None

    @property
    def of(self) -> str:
        """` of e-POP`, for behind a word; nothing where the mission has no name."""
        return f" of {self.name}" if self.name else ""


class NameForms(Record):
    """What names of files of a mission say in a way of their own.

    `times` are patterns of the times in a name, tried before the ones that are known; `version` is that of the
    version, used in place of the known one.
    """

    times: tuple[re.Pattern[str], ...] = ()
    version: re.Pattern[str] | None = None


def mission_of(data: Mapping[str, Any]) -> Mission:
    """The mission of the data of a vocabulary."""
    mission, service, archive = (data.get(section, {}) for section in ("mission", "service", "archive"))
    name = mission.get("name", "")
    return Mission(
        name,
        mission.get("title") or (f"{name} data" if name else ""),
        service.get("listing"),
        service.get("delivery", service.get("listing")),
        archive.get("address"),
        archive.get("availability"),
    )


def name_forms_of(data: Mapping[str, Any]) -> NameForms:
    """What names of files say by the data of a vocabulary."""
    files = data.get("files", {})
    version = files.get("version")
    return NameForms(tuple(map(re.compile, files.get("times", ()))), re.compile(version) if version else None)
