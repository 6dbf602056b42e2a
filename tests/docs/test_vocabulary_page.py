"""The page about vocabularies shows what commands print, and has every key. UPDATE_VOCABULARY=1 writes both."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from edexql import schemas
from edexql.model.vocabulary import form as vocabulary_form
from literate import as_run
from places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "vocabulary.md"
UPDATE = bool(os.environ.get("UPDATE_VOCABULARY"))
HEADING = "## Sections and keys\n"
# Definitions of the schema in the order of the page, with what the page calls each.
TITLES = {
    "mission": "`mission`",
    "satellite": "An entry of `satellites`",
    "product": "An entry of `products`",
    "instrument": "An entry of `instruments`",
    "field": "An entry of `fields`",
    "value": "An entry of `values`",
    "files": "`files`",
    "service": "`service`",
    "archive": "`archive`",
    "date": "`date`",
    "experiments": "`experiments`",
    "group": "An entry of `groups`",
    "tag": "An entry of `tags`",
}


def table(definition: dict[str, Any], ours: str) -> Iterator[str]:
    yield f"| {ours} | what it is |"
    yield "|---|---|"
    for key, value in definition["properties"].items():
        yield f"| `{key}` | {value.get('description', '')} |"


def reference() -> str:
    """The tables of the page, from the schema."""
    schema = schemas.schema("vocabulary")
    lines = [*table(schema, "section"), ""]
    for name, title in TITLES.items():
        lines += [f"**{title}**", "", *table(schema["$defs"][name], "key"), ""]
    return "\n".join(lines)


def test_each_definition_of_the_schema_is_on_the_page() -> None:
    assert {*TITLES, "removal", "authorities"} == set(schemas.schema("vocabulary")["$defs"])
    assert len(vocabulary_form.FORMS) == len(TITLES) + 1


def test_the_tables_are_those_of_the_schema() -> None:
    text = PAGE.read_text("utf-8")
    before, heading, behind = text.partition(HEADING)
    introduction = behind.partition("\n| section |")[0].strip()
    expected = f"{before}{heading}\n{introduction}\n\n{reference()}"
    if UPDATE:
        PAGE.write_text(expected, "utf-8")
    assert PAGE.read_text("utf-8") == expected, "write the tables with UPDATE_VOCABULARY=1"


@pytest.mark.slow
def test_transcripts_are_what_the_commands_print(tmp_path: Path) -> None:
    text, ran = PAGE.read_text(encoding="utf-8"), as_run(PAGE, tmp_path)
    if UPDATE:
        PAGE.write_text(ran, encoding="utf-8")
    assert ran == text
