"""What people type in the notations of other languages, what they are told, and the query that they meant.

The files in `wrong_queries` have one entry for each: what was `typed` (behind the statements of `with`, where there are
any), the `message`, and what was `meant`, `-` where the language cannot say it or nobody knows. To write the messages
anew, run with UPDATE_GOLDEN=1, and read every one that changed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edexql.compiler.fixes import statement_at
from edexql.compiler.request import Setting, compilation
from edexql.language.source import Source
from edexql.model.vocabulary import load
from literate import TODAY
from strategies import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql import Diagnostic
    from edexql.compiler.request import Compilation

FOLDER = Path(__file__).parent / "wrong_queries"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
# Lines are offered in backticks, and so are words.
QUOTED = re.compile(r"`([^`]+)`")
LINE = re.compile(r"(?:write|mean|or) `([^`]+)`")


@dataclass
class Entry:
    path: Path
    before: str
    typed: str
    message: str
    meant: str

    @property
    def text(self) -> str:
        return f"{self.before}; {self.typed}" if self.before else self.typed

    def with_line(self, line: str) -> str:
        return f"{self.before}; {line}" if self.before else line

    def written(self) -> str:
        before = f"with     {self.before}\n" if self.before else ""
        return f"{before}typed    {self.typed}\nmessage  {self.message}\nmeant    {self.meant}\n"


def entries(path: Path) -> Iterator[Entry]:
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        fields = dict(re.match(r"(\w+)\s+(.*)", line).groups() for line in block.splitlines())  # type: ignore[union-attr]
        yield Entry(path, fields.get("with", ""), fields["typed"], fields["message"], fields["meant"])


FILES = {path: list(entries(path)) for path in sorted(FOLDER.glob("*.txt"))}
ENTRIES = [entry for found in FILES.values() for entry in found]


def compiled(text: str) -> Compilation:
    return compilation(Source(text), Setting(today=TODAY))


def first(entry: Entry) -> Diagnostic:
    """The first error; without one, the warning of a comma, which makes two numbers of one that was meant."""
    found = compiled(entry.text).diagnostics
    return next((d for d in found if d.is_error), None) or next(d for d in found if d.code == "W625")


def said(entry: Entry) -> str:
    """The first error as one line, with the way out."""
    found = first(entry)
    return f"{found.code} {found.message} ({found.help})"


def offered(entry: Entry) -> list[str]:
    """The lines in the way out of the first error: what stands in backticks and is no single word."""
    return QUOTED.findall(first(entry).help or "")


def same(line: str, entry: Entry) -> bool:
    """Whether a line that is pasted in place of what was typed compiles to what was meant."""
    pasted, meant = compiled(entry.with_line(line)), compiled(entry.with_line(entry.meant))
    assert not meant.failed, f"{entry.path.name}: what was meant has errors: {entry.meant}"
    sent = [(one.lowered.parameters, one.lowered.residual) for one in (pasted, meant)]
    return not pasted.failed and sent[0] == sent[1]


@pytest.fixture(scope="module", autouse=True)
def _written_anew() -> None:
    if UPDATE:
        for path, found in FILES.items():
            for entry in found:
                entry.message = said(entry)
            path.write_text("\n".join(entry.written() for entry in found), encoding="utf-8")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.path.stem}: {entry.typed}")
def test_what_was_typed_leads_to_what_was_meant(entry: Entry) -> None:
    assert said(entry) == entry.message
    lines = offered(entry)
    if entry.meant != "-":
        assert any(same(line, entry) for line in lines), lines
    assert not any(line.startswith("raw") for line in lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_line_that_is_offered_is_wrong_itself(path: Path) -> None:
    for entry in FILES[path]:
        for line in LINE.findall(entry.message):
            assert " " not in line or not compiled(entry.with_line(line)).failed, line


def assert_lines_hold(text: str) -> None:
    """Every line that is offered for a whole statement can be pasted in its place, and is right there."""
    text = text.removeprefix("\ufeff")
    before = compiled(text)
    for found in before.diagnostics:
        for line in LINE.findall(found.help or "") if found.is_error and found.source.text == text else ():
            # A part of a statement, such as `>= 2019-05-01`, or years from now on, which nothing can be asked of yet.
            if not re.match(r"[a-z$#-]+:? (?!> 2[1-9])", line):
                continue
            place = statement_at(text, found.span.start, found.span.end)
            after = compiled(f"{text[: place.start]}{line}{text[place.end :]}")
            left = [d for d in after.diagnostics if d.is_error]
            end = place.start + len(line)
            assert not any(d.span.start < end and d.span.end > place.start for d in left), (text, found, line)


MIXTURE = """
    kp mlt altitude fai rri date product latitude glat dst f10.7 umbra has-data has data eclipse experiment email logic
    where storm: and or not && || & | ! ~ ( ) [ ] { } , : = == != <> >= <= > < .. - between in is null to from above
    below at least 5 6.5 22 300 500 4,67 60 -50 22:00 2019-05-01 '2019-05-01' 2019 km deg N W images on SELECT * FROM
    WHERE LIMIT 10 ;
"""


@settings(max_examples=60)
@given(st.lists(st.sampled_from(MIXTURE.split()), min_size=2, max_size=12).map(" ".join))
def test_a_line_for_a_text_in_any_mixture_of_notations_holds(text: str) -> None:
    assert_lines_hold(text)


@settings(max_examples=40)
@given(st.sampled_from(ENTRIES), st.sampled_from(ENTRIES), st.sampled_from(["; ", "\n", " and ", " "]))
def test_a_line_for_two_statements_of_the_table_holds(one: Entry, other: Entry, between: str) -> None:
    assert_lines_hold(f"{one.text}{between}{other.text}")


@settings(max_examples=60)
@given(texts)
def test_a_line_for_a_generated_text_holds(text: str) -> None:
    assert_lines_hold(text)


@pytest.mark.parametrize(
    "text",
    [
        "kp 5~7",
        "kp ! 5",
        "kp 5 and 6",
        "kp > 5 and kp < 3",
        "kp > 5 or 6",
        "FAI and MGF data for May 2019",
        "find images where mlt is between 22 and 2",
        "kp >= 5 and unknown-thing 3",
        "where kp 5 fai has-data",
        "fai and not rri",
        "date 2019-05; kp >= 5 and mlt >= 22; rri has-data; logic 1 AND 2",
        "kp in (5, 6); date 2019; logic 1 AND 2",
        "kp >= $x and kp <= $y",
    ],
)
def test_nothing_is_offered_where_it_is_not_clear_what_was_meant(text: str) -> None:
    found = [d for d in compiled(text).diagnostics if d.is_error]
    lines = [line for d in found for line in LINE.findall(d.help or "") if line.split(" ")[0] in ("kp", "where", "fai")]
    assert [line for line in lines if not compiled(line).failed and line != "where date 2019 AND kp >= 5"] == []


@pytest.mark.parametrize("field", [f for f in load().fields if load().fields[f]["shape"] != "word"])
def test_the_example_of_a_field_leaves_something_out(field: str) -> None:
    found = next(d for d in compiled(f"{field} word").diagnostics if d.code == "E405")
    low, high = load().fields[field]["example"]
    assert found.help == f"write a range, as in `{field} {low}..{high}`, `{field} >= {low}` or `{field} < {high}`"
    for line in QUOTED.findall(found.help):
        warned = {d.code for d in compiled(line).diagnostics}
        assert not warned & {"W614", "W615", "W616", "W619"}, line
        assert not compiled(line).failed


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_a_text_in_a_wide_encoding_is_named(encoding: str) -> None:
    data = "product fai-lv1-hdf5-images\r\ndate 2019-05-01\r\n".encode(encoding)
    (found,) = compilation(Source.from_bytes(data, "query.edq"), Setting(today=TODAY)).diagnostics
    name = encoding.upper()[:6]
    assert (found.code, found.message, found.help) == (
        "E209",
        f"this text is in {name}, not in UTF-8",
        "save the file as UTF-8",
    )


def test_the_table_is_large_and_most_of_it_has_a_line_to_paste() -> None:
    assert len(ENTRIES) >= 150
    assert len({entry.text for entry in ENTRIES}) == len(ENTRIES)
    assert sum(entry.meant != "-" for entry in ENTRIES) >= 140


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("altitude below 400 km", "below"),
        ("altitude is less than 400", "less than"),
        ("storm: kp AT  least 5", "AT  least"),
        ("kp greater than or equal to 5", "greater than or equal to"),
        ("dst not below -50; fai has-data", "not below"),
        ("altitude au-dessus de 500", "au-dessus de"),
    ],
)
def test_a_comparison_in_words_is_what_the_error_points_at(typed: str, words: str) -> None:
    text = f"product fai-lv1-hdf5-images; {typed}"
    found = next(d for d in compiled(text).diagnostics if d.is_error)
    assert text[found.span.start : found.span.end] == words
    assert found.message == f"unexpected `{' '.join(words.split())}`"


@pytest.mark.parametrize("typed", ["fai below 400", "altitude below above 400"])
def test_where_no_comparison_is_proposed_the_error_points_at_the_word_that_does_not_fit(typed: str) -> None:
    found = next(d for d in compiled(typed).diagnostics if d.is_error)
    assert typed[: found.span.start].endswith("below ")


@pytest.mark.parametrize("text", ["product product", "products product", "product product; kp >= 5"])
def test_a_keyword_that_nothing_follows_is_an_error_of_the_query(text):
    assert any(one.is_error for one in compilation(Source(text), Setting()).diagnostics)
