"""The configuration: from a file, the environment and the command line, the later the stronger."""

from __future__ import annotations

import os
import re
import sys

from edexql.base.errors import EdexqlError
from edexql.base.files import regular
from edexql.base.record import Record
from edexql.base.system import user_folder
from edexql.base.text import did_you_mean, nearest, printable, shown
from edexql.client.endpoints import Endpoints, archive, listing
from edexql.client.settings.declarations import (
    SECTIONS,
    SETTINGS,
    VARIABLES,
    Archive,
    Check,
    Direct,
    Network,
    Paths,
    Serve,
    Service,
    Setting,
    Unpacking,
)
from edexql.client.settings.kinds import wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from edexql.model.mission import Mission
    from edexql.model.vocabulary import Vocabulary

    Kind = Literal["default", "file", "environment", "flag"]


_SECTION = re.compile(r"\s*\[\s*[\"']?([^\]\"'.]+?)[\"']?\s*\]")
_KEY = re.compile(r"\s*[\"']?([^\"'=.#\[\]]+?)[\"']?\s*(?:\.\s*[\"']?([^\"'=.#\[\]]+?)[\"']?\s*)?=")


class Lines:
    """The lines of a file by what they begin."""

    def __init__(self, text: str) -> None:
        self._sections: dict[str, int] = {}
        self._keys: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            # A longer line begins with no name of ours, and matching it would only take time.
            if match := _SECTION.match(line[:200]):
                section = match[1]
                self._sections.setdefault(section, number)
            elif match := _KEY.match(line[:200]):
                inner = (match[1], match[2]) if match[2] and not section else (section, match[1])
                self._keys.setdefault(inner, number)

    def of_section(self, section: str) -> int | None:
        """The line of a section, or of the key that stands in its place."""
        inside = (line for (name, _), line in self._keys.items() if name == section)
        return self._sections.get(section) or self._keys.get(("", section)) or next(inside, None)

    def of_key(self, section: str, key: str) -> int | None:
        """The line of a key of a section, or that of the section."""
        return self._keys.get((section, key)) or self.of_section(section)


FILE = "EDEXQL_CONFIG"
MOST_BYTES = 2**20


class ConfigurationError(EdexqlError, ValueError):
    """A configuration that cannot be used; `problems` are all that is wrong with it, a line each."""

    __module__ = "edexql"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Origin(Record):
    """Where a value came from: nowhere, a line of a file, a variable, or a flag."""

    kind: Kind
    where: str = ""

    def __str__(self) -> str:
        return self.where or self.kind


class Configuration(Record):
    """Every setting with its value, and where each value came from (`origins`, by `section.name`).

    `vocabulary` is the one in use, None for the package's: its mission has the addresses that nobody sets.
    """

    service: Service = Service()
    archive: Archive = Archive()
    direct: Direct = Direct()
    network: Network = Network()
    unpacking: Unpacking = Unpacking()
    paths: Paths = Paths()
    check: Check = Check()
    serve: Serve = Serve()
    origins: tuple[tuple[str, Origin], ...] = ()
    vocabulary: Vocabulary | None = None

    def with_vocabulary(self, vocabulary: Vocabulary | None) -> Configuration:
        """The same settings with another vocabulary in use."""
        sections = {name: getattr(self, name) for name in SECTIONS}
        return Configuration(**sections, origins=self.origins, vocabulary=vocabulary)

    @property
    def mission(self) -> Mission:
        """The mission of the vocabulary."""
        from edexql.model.vocabulary import snapshot

        return (self.vocabulary or snapshot()).mission

    def value(self, full_name: str) -> Any:
        """The value of a setting by its full name."""
        section, _, name = full_name.partition(".")
        return getattr(getattr(self, section), name)


class Row(Record):
    """A setting as it is shown: name, value, where that came from, what it is, and what is in doubt about it."""

    name: str
    value: Any
    origin: str
    title: str
    doubt: str


def read(
    path: str | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Configuration:
    """The configuration.

    `path` is a file that has to be there; where it is None, EDEXQL_CONFIG names it, or it is `config.toml` in the
    user's folder for such things if there is one. `environment` is that of the process where None. `flags` gives
    values to settings by `section.name`; None is no value. Raises ConfigurationError with all that is wrong.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    problems: list[str] = []
    named = path or environment.get(FILE)
    layers = (
        _of_file(named or default_path(), problems, must_exist=bool(named)),
        _of_environment(environment, problems),
        _of_flags(flags or {}, problems),
    )
    for layer in layers:
        for name, (value, origin) in layer.items():
            values[name], origins[name] = value, origin
    if problems:
        raise ConfigurationError(tuple(problems))
    sections = {
        section: made(**{name.partition(".")[2]: value for name, value in values.items() if _in(name, section)})
        for section, made in SECTIONS.items()
    }
    all_origins = tuple((name, origins.get(name, Origin("default"))) for name in SETTINGS)
    return Configuration(**sections, origins=all_origins)


def default_path() -> str:
    """Where the file of the configuration is when nobody says otherwise."""
    return os.path.join(user_folder("config"), "config.toml")


def service_endpoints(configuration: Configuration) -> Endpoints:
    """The addresses of eDEx, as they are configured. Raises NoAddressError where the mission has none."""
    service, delivery = configuration.service, delivery_address(configuration)
    return Endpoints(
        f"{listing_address(configuration)}/{service.listing_endpoint}",
        f"{delivery}/{service.delivery_endpoint}" if delivery else "",
        service.method,
    )


def listing_address(configuration: Configuration) -> str:
    """The base address of the service that lists files. Raises NoAddressError where the mission has none."""
    return configuration.service.listing or listing(configuration.mission)


def delivery_address(configuration: Configuration) -> str | None:
    """The base address of the service that sends files by mail; None where the mission has none."""
    return configuration.service.delivery or configuration.mission.delivery


def archive_address(configuration: Configuration) -> str:
    """The address of the archive. Raises NoAddressError where the mission has none."""
    return configuration.archive.address or archive(configuration.mission)


def rows(configuration: Configuration) -> tuple[Row, ...]:
    """All settings with their values, an address that nobody sets as the vocabulary has it."""
    origins = dict(configuration.origins)
    mission = configuration.mission
    addresses = {
        "service.listing": mission.listing,
        "service.delivery": mission.delivery,
        "archive.address": mission.archive,
    }
    found = []
    for name, setting in SETTINGS.items():
        value, origin = configuration.value(name), str(origins.get(name, Origin("default")))
        if value is None and name in addresses:
            value, origin = addresses[name], origin if configuration.vocabulary is None else "vocabulary"
        found.append(Row(name, value, origin, setting.title, setting.doubt))
    return tuple(found)


_Layer = dict[str, tuple["Any", Origin]]


def _in(name: str, section: str) -> bool:
    return name.startswith(f"{section}.")


def _of_file(path: str, problems: list[str], *, must_exist: bool) -> _Layer:
    where = printable(path)
    try:
        text = regular.read(path, MOST_BYTES).decode("utf-8-sig")
        tables = _toml(text)
    except FileNotFoundError as error:
        if must_exist:
            problems.append(f"{where}: {error.strerror}")
        return {}
    except OSError as error:
        problems.append(f"{where}: {error.strerror or type(error).__name__}")
        return {}
    except UnicodeDecodeError as error:
        problems.append(f"{where}: byte {error.start + 1} is not UTF-8")
        return {}
    except RecursionError:
        problems.append(f"{where}: its values are nested too deep")
        return {}
    except ValueError as error:
        problems.append(f"{where}: not TOML: {printable(str(error))[:200]}")
        return {}
    return _of_tables(tables, where, Lines(text), problems)


def _of_tables(tables: dict[str, Any], where: str, lines: Lines, problems: list[str]) -> _Layer:
    layer: _Layer = {}
    for section, table in tables.items():
        if section not in SECTIONS:
            place = _place(where, lines.of_section(section))
            problems.append(f"{place}: there is no section {shown(section)}; {_way_out(section, SECTIONS)}")
        elif not isinstance(table, dict):
            place = _place(where, lines.of_section(section))
            problems.append(f"{place}: {section} is a section: write `[{section}]` and its settings below")
        else:
            known = [setting.name for setting in SETTINGS.values() if setting.section == section]
            for name, value in table.items():
                place = _place(where, lines.of_key(section, name))
                if name not in known:
                    problems.append(f"{place}: there is no setting {shown(name)} in {section}; {_way_out(name, known)}")
                    continue
                setting = SETTINGS[f"{section}.{name}"]
                _take(layer, setting, value, Origin("file", place), f"{place}: {name}", problems)
    return layer


def _of_environment(environment: Mapping[str, str], problems: list[str]) -> _Layer:
    layer: _Layer = {}
    for variable, text in environment.items():
        if not variable.startswith("EDEXQL_"):
            continue
        setting = VARIABLES.get(variable)
        if setting is None:
            # Other programs may have such variables too, and other versions; only a slip of the pen is an error.
            near = () if variable in _OTHERS else nearest(variable, VARIABLES)
            if near:
                problems.append(f"there is no variable {shown(variable)}; {did_you_mean(near)}")
        elif text:
            value = setting.kind.text(text)
            _take(layer, setting, value, Origin("environment", variable), variable, problems)
    return layer


_OTHERS = frozenset((FILE, "EDEXQL_STATE"))


def _of_flags(flags: Mapping[str, object], problems: list[str]) -> _Layer:
    layer: _Layer = {}
    for name, value in flags.items():
        if value is None:
            continue
        setting = SETTINGS.get(name)
        if setting is None:
            problems.append(f"there is no setting {shown(name)}; {_way_out(name, SETTINGS)}")
            continue
        given = setting.kind.text(value) if isinstance(value, str) else value
        flag = f"--{setting.name.replace('_', '-')}"
        _take(layer, setting, given, Origin("flag", flag), flag, problems)
    return layer


def _take(layer: _Layer, setting: Setting, value: Any, origin: Origin, name: str, problems: list[str]) -> None:
    try:
        layer[setting.full_name] = (setting.kind.value(value), origin)
    except ValueError as error:
        problems.append(wrong(name, value, error))


def _way_out(word: str, known: Any) -> str:
    return did_you_mean(nearest(word, known)) or f"there are {', '.join(known)}"


def _place(where: str, line: int | None) -> str:
    return where if line is None else f"{where}:{line}"


def _toml(text: str) -> dict[str, Any]:
    from importlib import import_module

    # In Python since 3.11; before that a package of the same functions.
    tables: dict[str, Any] = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text)
    return tables
