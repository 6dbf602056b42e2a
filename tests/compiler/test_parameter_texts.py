"""Parameter dictionaries as they stand in notebooks, scripts, curl commands and what edexql itself writes."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import run

FAI = {"product": ["fai-lv1-hdf5-images"], "date": [["2019-05-01", "2019-05-01"]], "query-logic": " ( 1 ) "}
RRI = {"date": [["2016-04-18", "2016-04-18"]], "rri": ["has-data"], "query-logic": " ( 1 AND 2 ) "}
FAI_TEXT = "product fai-lv1-hdf5-images\ndate 2019-05-01\nlogic 1\n"
RRI_TEXT = "date 2016-04-18\nrri has-data\nlogic 1 AND 2\n"


def notebook(*cells: str | list[str]) -> str:
    found = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    words = {"cell_type": "markdown", "source": ['{"product": ["mgf-lv2-magnetic-field"]}']}
    return json.dumps({"cells": [words, *found], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def wire(*texts: str) -> str:
    """The dictionaries of some queries."""
    return run("compile", "-q", "--compact", *(word for text in texts for word in ("-e", text))).out


TEXTS: dict[str, tuple[str, list[str]]] = {
    "two literals": (f"A = {FAI!r}\n\nprint(A)\nB = {RRI!r}\n", [FAI_TEXT, RRI_TEXT]),
    "a list of them": (f"QUERIES = [{FAI!r},\n {RRI!r}]\n", [FAI_TEXT, RRI_TEXT]),
    "in calls": (f"ask(json={FAI!r}, timeout=5)\nask(json={RRI!r})\n", [FAI_TEXT, RRI_TEXT]),
    "dict": (
        "P = dict(product=['fai-lv1-hdf5-images'], date=[['2019-05-01', '2019-05-01']], **{'query-logic': ' ( 1 ) '})",
        [FAI_TEXT],
    ),
    "dict of a dict and of pairs": (
        "P = dict({'product': ['fai-lv1-hdf5-images']}, date=[['2019-05-01', '2019-05-01']])\nP['query-logic'] = '1'",
        [FAI_TEXT],
    ),
    "merged": ("P = {**{'product': ['fai-lv1-hdf5-images']}, 'date': [['2019-05-01', '2019-05-01']]}", [FAI_TEXT[:-8]]),
    "by and by": (
        """
p = {}
head = {'User-Agent': name}
head['x'] = name
p['product'] = ['fai-lv1-hdf5-images']
p.update(date=[['2019-05-01', '2019-05-01']])
p['query-logic'] = ' ( 1 ) '
p['result_filenames'] = names
""",
        [FAI_TEXT],
    ),
    "used again with another date": (
        f"p = {FAI!r}\nask(p)\np['date'] = [['2020-05-01', '2020-05-01']]\nask(p)\n",
        [FAI_TEXT, FAI_TEXT.replace("2019", "2020")],
    ),
    "listing and delivery": (f"a = {FAI!r}\nb = {FAI | {'result_filenames': ['x   1MB']}!r}\n", [FAI_TEXT]),
    "a text of JSON in a script": (f"data = '''{json.dumps(FAI, indent=1)}'''\n", [FAI_TEXT]),
    "JSON documents": (f"{json.dumps(FAI)}\n{json.dumps(RRI, indent=2)}\n", [FAI_TEXT, RRI_TEXT]),
    "a JSON list": (json.dumps([FAI, RRI]), [FAI_TEXT, RRI_TEXT]),
    "a dry run": (
        f"GET https://x/api_fetch_data\n{json.dumps(FAI, indent=2)}\nPOST https://y\n{json.dumps(RRI)}\n",
        [FAI_TEXT, RRI_TEXT],
    ),
    "a notebook": (
        notebook(["%matplotlib inline\n", "!pip install requests\n", f"P = {FAI!r}\n"], "plot()", f"Q = {RRI!r}"),
        [FAI_TEXT, RRI_TEXT],
    ),
    "curl in a notebook": (notebook(f"!curl -d '{json.dumps(FAI)}' https://x"), [FAI_TEXT]),
    "curl over lines": (
        f"curl -X GET \\\n  -H 'A: b' \\\n  --data-raw '{json.dumps(FAI, indent=1)}' \\\n https://x\n",
        [FAI_TEXT],
    ),
    "curl with an equals sign": (f"$ curl --json='{json.dumps(FAI)}' https://x", [FAI_TEXT]),
    "curl in double quotes": (f"curl.exe -d {json.dumps(json.dumps(FAI))} https://x", [FAI_TEXT]),
    "curl twice": (f"cd /tmp\ncurl -d'{json.dumps(FAI)}' x; curl --data '{json.dumps(RRI)}' y", [FAI_TEXT, RRI_TEXT]),
    "a script with a command in its words": (f'"""\ncurl -d "x" y, or:\n"""\nP = {FAI!r}\n', [FAI_TEXT]),
    "curl from here": (f"curl --data @- x <<'QUERY'\n{json.dumps(FAI)}\nQUERY\n", [FAI_TEXT]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_every_dictionary_of_a_text_gives_its_query(text, expected):
    assert edexql.decompile_all(text) == expected
    assert edexql.decompile_all(text.replace("\n", "\r\n")) == expected
    if len(expected) == 1:
        assert edexql.decompile(text) == expected[0]
    else:
        with pytest.raises(edexql.QueryError, match=f"there are {len(expected)} parameter dictionaries here, at .*:"):
            edexql.decompile(text)


@pytest.mark.parametrize("to", ["wire", "curl", "python"])
def test_what_compile_writes_of_several_queries_is_read_back(to):
    texts = "date 2016-04-18; rri has-data", "product fai-lv1-hdf5-images; date 2019-05-01, 2019-05-03; kp 2..3"
    written = run("compile", "-q", "--to", to, *(word for text in texts for word in ("-e", text))).out
    assert wire(*edexql.decompile_all(written)) == wire(*texts)


def test_what_a_dry_run_shows_is_read_back():
    texts = "date 2016-04-18; rri has-data", "product fai-lv1-hdf5-images; date 2019-05-01"
    shown = run("fetch", "--dry-run", "-q", *(word for text in texts for word in ("-e", text))).out
    assert wire(*edexql.decompile_all(shown)) == wire(*texts)


def test_the_command_says_where_each_of_several_stands(tmp_path):
    (tmp_path / "two.ipynb").write_text(notebook("import requests", f"\nP = {FAI!r}", f"Q = {RRI!r}"))
    done = run("decompile", "-q", "two.ipynb", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"# query 1 of 2, two.ipynb, cell 3:2\n{FAI_TEXT}\n# query 2 of 2, two.ipynb, cell 4:1\n{RRI_TEXT}"
    )
    for text in done.out.split("\n\n"):
        assert run("check", "-q", "-", stdin=text).code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p = {'product': ['x']}\nfor day in days:\n    p['date'] = [[day, day]]\n", "this is not a plain value"),
        ("p = {'product': ['x'], 'date': []}\np['date'].append(['2019-05-01', '2019-05-02'])\n", "what this does"),
        ("p = {'product': ['x'], 'date': [1]}\np['date'][0] = 2\n", "what this does"),
        ("p = {'product': ['x']}\np |= more\n", "what this does"),
        ("p = {'product': ['x'], 'fai': []}\ndel p['fai']\n", "what this does"),
        ("p = {'product': ['x'], 'fai': []}\np.pop('fai')\n", "what this does"),
        ("p = {'product': ['x']}\np.update(more)\n", "what this does"),
        ("p = {'product': ['x'], **more}\n", "this is not a plain dictionary"),
        ("p = dict(more, product=['x'])\n", "this is not a plain dictionary"),
        ("p = {'date': days}\np = {}\np['date'] = days\np['product'] = ['x']\n", "this is not a plain value"),
        ("curl --data @query.json https://x\n", "the data are in the file query.json"),
        ("curl --data 'open https://x\n", "this curl command cannot be read: no closing quotation"),
        ("curl https://x\n", "no curl command here sends a parameter dictionary"),
        ('{"cells": [{"cell_type": "code", "source": "plot()"}]}', "this is not a parameter dictionary"),
        ('{"cells": [{"cell_type": "code", "source": "product = ("}]}', "this is neither JSON nor Python"),
        ('{"cells": [{"cell_type": "code", "source": 5}, 7, {"cell_type": "code"}]}', "this is not a parameter"),
    ],
)
def test_what_a_dictionary_holds_is_never_guessed(text, message):
    with pytest.raises(edexql.QueryError) as caught:
        edexql.decompile_all(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E413"
    assert diagnostic.message.startswith(message)


@given(st.sampled_from(sorted(TEXTS)), st.randoms(use_true_random=False))
def test_no_damage_to_a_text_is_more_than_an_error_of_ours(which, rng):
    text = TEXTS[which][0]
    for _ in range(rng.choice((1, 3))):
        at = rng.randrange(len(text) + 1)
        text = (
            text[:at] + rng.choice(("", "'", '"', "{", "}", "\\", "\n", "\0", "<<A\n", "curl ", "@-")) + text[at + 1 :]
        )
    with suppress(edexql.QueryError):
        for query in edexql.decompile_all(text):
            # What is given back is a query, not just any text.
            assert edexql.parse(query)
