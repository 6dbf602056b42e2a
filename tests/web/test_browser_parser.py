"""The parser for browsers reads every text as the parser of the package does."""

from __future__ import annotations

import re

import pytest

from browser_parser import asked, assert_same, generated
from edexql.language.highlight import classes
from literate import blocks
from places import ROOT
from strategies import GARBAGE, TOKENS


def shown_queries() -> list[str]:
    """Every query of the examples and of the pages."""
    files = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.edq"))]
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [*files, *(block.text for page in pages for block in blocks(page) if block.language == "edq")]


def test_the_examples_and_pages_are_read_alike(tmp_path):
    queries = shown_queries()
    assert len(queries) > 60
    places = [(query, at) for query in queries for at in {0, len(query), *range(7, len(query), 41)}]
    answers = assert_same(tmp_path, places)
    assert sum(accepted for _, accepted, _ in answers) > len(answers) * 0.8


def test_what_is_easily_read_otherwise_is_read_alike(tmp_path):
    texts = [
        "# \U0001f6f0 over the Arctic \U0001f30c\nkp >= 5 # \U0001f600\nlogic 1",
        '"\U0001f600" kp \U0001f600\U0001f600 5',
        "date 2019,\r\n  2020\r\nkp 5\rap 3\r\r\nfai has-data",
        "\ufeffkp 5",
        "LOG\u0130C 1; ema\u0131l a; \u212ap 5; \u017f",
        "date 2019\u20135, \u0662\u0660\u0661\u0669-05, 2019-05\u201330",
        "fai \u201chas data\u201d, \u201copen, 'x', 'open",
        'fai "a\\\nb", "a\\\rb", "a\u2028b\\\u2028c"',
        "km-s km/s 5km/s 5 m/s 2019- 5-3 5+ .5 ..5 5.. 5...6 1e5 1e 1T15:00 T15:00z",
        "fai \ud800 x",
        "-" * 70 + "@a " + "-" * 200 + "*",
        "kp 5 km; logic 5 km\na # b\n: c; a: 5: b",
        "(\nlogic 1",
        "logic 1\n# why\nAND 2\n\nOR 3",
        'experiment "a\x1c\x85 \n; fai "a b, c" "d\nx "a" b" c',
        "date 2019-05-01t; kp \u00a7.; kp 5 \u00a7\u00a7. x, \u00a7$a",
        "kp 5 > 3\nlogic 1\nfai x\nlogic 1 AND\n2\n",
        "date 2019,\n-\ndate 2019,\n\u00a7$a, 5-3, kp 5-",
        'date 01/05/2019, 2019-05-01..2019-06\n.\nexperiment "a" >= "b"',
        "kp >= 5, <= 6, > 7..8\n# why a\nkp 5# why",
        " \t\f",
        "",
    ]
    assert_same(tmp_path, [(text, place) for text in texts for place in range(len(text) + 1)])


def test_each_token_alone_and_before_another_is_read_alike(tmp_path):
    words = sorted({*TOKENS, *GARBAGE})
    texts = [
        text for word in words for text in (word, f"kp {word}", f"{word}{word}", f"logic {word} 1", f'raw "k" [{word}')
    ]
    assert_same(tmp_path, [(text, len(text)) for text in texts])


def test_texts_of_all_kinds_are_read_alike(tmp_path):
    assert_same(tmp_path, list(generated(500, seed=1)))


@pytest.mark.slow
def test_ten_thousand_texts_of_all_kinds_are_read_alike(tmp_path):
    answers = assert_same(tmp_path, list(generated(10_000, seed=16)))
    readable = sum(accepted for _, accepted, _ in answers)
    assert readable > 1_000
    assert len(answers) - readable > 1_000


def test_brackets_have_their_partners_within_a_statement(tmp_path):
    expected = {
        "logic (1 AND (2))": [(6, 16), (13, 15), (15, 13), (16, 6)],
        'raw "(" [{"a": [1]}]': [(8, 19), (9, 18), (15, 17), (17, 15), (18, 9), (19, 8)],
        "logic (1 # (\n)": [(6, 13), (13, 6)],
        "logic (1; 2)": [(6, -1), (11, -1)],
        "logic (1\nlogic 2)": [(6, -1), (16, -1)],
        "logic (1]": [(6, -1), (8, -1)],
        "# \U0001f600\nlogic (1)": [(11, 13), (13, 11)],
        "logic )(": [(6, -1), (7, -1)],
    }
    found = asked(tmp_path, "brackets", [{"text": text} for text in expected])
    assert [[tuple(pair) for pair in pairs] for pairs in found] == list(expected.values())


def test_statements_brackets_and_comments_of_many_lines_are_folded(tmp_path):
    expected = {
        "kp 5\nap 6\n": [],
        "date 2019,\n  2020\nkp 5": ["\n  2020"],
        "date 2019, # spring\n  2020 # summer\nkp 5": ["\n  2020"],
        "logic (1\n  OR 2)\nAND 3": ["1\n  OR 2", "\n  OR 2)\nAND 3"],
        'raw "k" {\n"a": [1,\n2]}': ['\n"a": [1,\n2]}', '\n"a": [1,\n2]', "1,\n2"],
        "# one\n# two\n# three\nkp 5 # four": ["\n# two\n# three"],
        "# one\n\n# two\nkp 5": [],
        "# one\r\n# two\r\nkp 5": ["\r\n# two"],
        "kp 5 # one\n# two\n# three": ["\n# three"],
        "date 2019,\n\n2020; kp 5,\n6": ["\n\n2020", "\n6"],
    }
    found = asked(tmp_path, "folds", [{"text": text} for text in expected])
    folded = {text: [text[begin:end] for begin, end in folds] for text, folds in zip(expected, found, strict=True)}
    assert folded == expected


@pytest.mark.slow
def test_long_texts_are_read_without_recursion_and_at_a_cost_that_grows_with_them(tmp_path):
    many = 100_000
    texts = {
        "logic " + "1 AND " * many + "1": [2 * many + 2, True, 0, 0],
        "logic " + "(" * many + "1" + ")" * many: [2 * many + 2, True, 2 * many, 0],
        "logic " + "(\n" * many + "1" + ")" * many: [3 * many + 2, True, 2 * many, many + 1],
        "logic " + "NOT " * many + "1": [many + 2, True, 0, 0],
        "kp 5\n" * many: [3 * many, True, 0, 0],
        'raw "k" ' + "[" * many + "]" * many: [2 * many + 2, True, 2 * many, 0],
        "-" * many: [1, False, 0, 0],
        "\u201c" * many: [1, False, 0, 0],
        "# a\n" * many: [2 * many, True, 0, 1],
    }
    answers = asked(tmp_path, "counts", [{"text": text} for text in texts])
    assert [answer[:4] for answer in answers] == list(texts.values())


def test_the_editor_has_a_look_for_every_class():
    theme = (ROOT / "editors" / "workbench" / "src" / "theme.js").read_text(encoding="utf-8")
    bundle = (ROOT / "src" / "edexql" / "web" / "static" / "editor.js").read_text(encoding="utf-8")
    shown = {name for query in shown_queries() for _, _, name in classes(query)}
    shown |= {name for word in (*TOKENS, *GARBAGE) for _, _, name in classes(f"kp 5 {word}")}
    looks = set(re.findall(r'"\.edq-([a-z]+)"', theme))
    assert shown >= {"keyword", "label", "stray", "comment"}
    assert shown <= looks
    assert all(f".edq-{name}" in bundle for name in shown)
