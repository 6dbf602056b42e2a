"""Words that edexql does not use, as the list in docs/style.md has them, are in no text of it."""

from __future__ import annotations

import re

import pytest

from places import ROOT

STYLE = ROOT / "docs" / "style.md"
# The changelog is not among them: what it says of earlier versions quotes the words of these versions.
TEXTS = sorted(
    {
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "src").rglob("*.md"),
        *(ROOT / "src").rglob("*.json"),
        *(ROOT / "grammar").iterdir(),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs").glob("*.svg"),
        *(path for path in (ROOT / "examples").rglob("*.*") if "__pycache__" not in path.parts),
        *(ROOT / "tests" / "language" / "golden").rglob("*.*"),
        *(ROOT / "tests" / "compiler" / "wrong_queries").iterdir(),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "benchmarks" / "README.md",
    }
)


def words() -> list[str]:
    """The words in backticks in the first column of the table in docs/style.md."""
    section = STYLE.read_text(encoding="utf-8").partition("\n## Words that are not used\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\|([^|]*)\|", section, re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def texts_with(word: str) -> list[str]:
    """Where a word is used, as `file:line: text`, across ends of lines too. The tables of docs/style.md are exempt."""
    gap = r"\s+(?:# )?"
    pattern = re.compile(rf"\b{gap.join(map(re.escape, word.split()))}\b", re.IGNORECASE)
    uses = []
    for path in TEXTS:
        text = path.read_text(encoding="utf-8", errors="replace")
        if path == STYLE:
            text = re.sub(r"^\|.*\|$", "", text, flags=re.MULTILINE)
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            uses.append(f"{path.relative_to(ROOT)}:{line}: {' '.join(match[0].split())}")
    return uses


def test_the_list_has_words_and_there_are_texts() -> None:
    assert len(words()) > 20
    assert len(TEXTS) > 500


@pytest.mark.parametrize("word", words())
def test_no_text_has_a_word_that_is_not_used(word: str) -> None:
    assert not texts_with(word)


def test_a_word_that_a_text_has_is_found_across_the_end_of_a_line() -> None:
    assert texts_with("frozen values")
