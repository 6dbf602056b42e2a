"""Selections: files chosen by a few words, kept in a file that people can read, asked again and compared."""

from __future__ import annotations

import json
import os
import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.client.listing import fetch, listed
from edexql.client.listing import listing as list_of
from edexql.client.selection.comparison import compare, refreshed
from edexql.client.selection.file import Selection, SelectionError, load, new_selection, request_of, save, text_of
from edexql.client.selection.picks import PickError, pick
from edexql.model.filename import version_of_name
from stand_in import StandIn, listing
from tutorial import FILES, NAMES, QUERY, WIRE

RADIO = "RRI_20160418_222759_223156_lv1_12.0.0.h5   300KB"
README = "readme.txt"
ALL = [listed(text) for text in [*FILES, RADIO, README]]


def chosen(*words, files=ALL):
    return [number for number, tick in enumerate(pick(files, words), 1) if tick]


def selection_of(*found, query=QUERY):
    request = edexql.compile(query)
    return new_selection(query, request, list_of({"result_filenames": list(found)}, request.residual), "http://x/api")


# Choosing


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], [1, 2, 3, 4, 5]),
        (["2"], [2]),
        (["2-4"], [2, 3, 4]),
        (["5", "1"], [1, 5]),
        (["!2"], [1, 3, 4, 5]),
        (["1-3", "!2"], [1, 3]),
        (["!1-3", "2"], [2, 4, 5]),
        (["*.zip"], [1, 2, 3]),
        (["FAI_*", "*.txt"], [1, 2, 3, 5]),
        ([NAMES[1]], [2]),
        ([">542MB"], [2, 3]),
        (["<=540.57MB"], [1, 4]),
        (["<1000000"], [4]),
        (["=300KB"], [4]),
        (["2016"], None),
        (["2016..2016"], [4]),
        (["2019-05"], [1, 2, 3]),
        (["2019-05-01T16:00..T17:00"], [2]),
        (["2019-05-01T16:00..T17:00", "1"], [1, 2]),
        (["..2018"], [4]),
        (["2019-05-01&!x"], None),
        (["*.zip&>541MB"], [2, 3]),
        (["*.zip & <541MB"], [1]),
        (["!*.zip&>541MB"], [1, 4, 5]),
        (["*"], [1, 2, 3, 4, 5]),
        (["2030"], None),
    ],
)
def test_files_are_chosen_by_numbers_names_sizes_and_times(words, numbers):
    if numbers is None:
        with pytest.raises(PickError):
            chosen(*words)
    else:
        assert chosen(*words) == numbers


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("0", "there is no file `0`: there are files 1 to 5"),
        ("6", "there is no file `6`: there are files 1 to 5"),
        ("2016", "for the year write 2016..2016"),
        ("3-9", "there is no file `3-9`"),
        ("*.hdf", "none of the 5 files is called `*.hdf`"),
        ("", "an empty word"),
        ("!", "an empty word"),
        (">many", "is not a size: write it as >1.5GB"),
        ("2019-13", "`2019-13`: "),
        ("2019-05-01; product x", "is not a time"),
        ("a\x1b[31m", "none of the 5 files is called `a\\x1b[31m`"),
        ("a" * 2000, "longer than a name"),
    ],
)
def test_a_word_that_chooses_nothing_that_could_be_meant_is_told(word, told):
    with pytest.raises(PickError) as caught:
        chosen(word)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_whose_name_has_signs_of_patterns_is_chosen_by_its_name():
    files = [listed("a[1].zip   1MB"), listed("a1.zip   1MB")]
    assert chosen("a[1].zip", files=files) == [1, 2]
    assert chosen("a[[]1].zip", files=files) == [1]


def test_a_file_whose_name_reads_as_something_else_is_chosen_by_its_name():
    files = [listed("2019-05-01.zip   1MB"), listed("7   1MB"), listed("a&b   1MB")]
    assert [chosen(file.name, files=files) for file in files] == [[1], [2], [3]]


def test_a_file_of_unknown_size_or_times_is_chosen_by_neither():
    assert chosen(">0B") == [1, 2, 3, 4]
    assert chosen("2000..2030") == [1, 2, 3, 4]


@given(st.lists(st.sampled_from(["1", "2-3", "*.zip", ">1MB", "2019-05", "R*"]), min_size=1, max_size=4))
def test_words_add_up_and_taking_away_all_leaves_nothing(words):
    together = set(chosen(*words))
    assert together == {number for word in words for number in chosen(word)}
    assert chosen(*words, "!*") == []
    rest = chosen(*(f"!{word}" for word in words))
    assert sorted([*rest, *together]) == [1, 2, 3, 4, 5]


@given(
    st.lists(st.text(max_size=12) | st.sampled_from(["2019-", "2019-05..", "today", ">1", "1-", "!", "[a"]), max_size=3)
)
def test_any_words_choose_or_are_told_in_a_line(words):
    try:
        ticks = pick(ALL, words)
    except PickError as error:
        message = str(error)
    else:
        message = ""
        assert len(ticks) == len(ALL)
    assert message.isprintable()


def test_many_stars_do_not_take_for_ever():
    with pytest.raises(PickError):
        chosen("*a" * 400 + "b")


# Files


def test_a_selection_is_read_as_it_was_written(tmp_path):
    made = selection_of(*FILES, RADIO).with_ticks([True, False, True, False])
    save(str(tmp_path / "may-day.edqs"), made)
    assert load(str(tmp_path / "may-day.edqs")) == made
    assert [file.name for file in made.ticked] == [NAMES[0], NAMES[2]]


def test_a_selection_is_a_small_file_that_people_can_read(tmp_path):
    made = selection_of(*FILES[:2]).with_ticks([True, False])
    lines = text_of(made).splitlines()
    assert lines[0] == "{"
    assert lines[1:3] == ['  "selection": 1,', f'  "query": "{QUERY}",']
    assert lines[4] == f'  "wire": {WIRE.decode()},'
    assert lines[-4:-2] == [
        f'    {{"ticked": true, "file": "{FILES[0]}"}},',
        f'    {{"ticked": false, "file": "{FILES[1]}"}}',
    ]
    assert json.loads(text_of(selection_of()))["files"] == []


@given(st.text(), st.lists(st.tuples(st.text(), st.booleans()), max_size=4), st.dictionaries(st.text(), st.text()))
def test_any_selection_is_read_as_it_was_written(tmp_path_factory, query, files, parameters):
    found = list_of({"result_filenames": [text for text, _ in files]}, None)
    made = new_selection(query, edexql.compile(QUERY), found, "http://x", parameters)
    made = made.with_ticks([tick for _, tick in files])
    path = str(tmp_path_factory.getbasetemp() / "any.edqs")
    save(path, made)
    assert load(path) == made


def test_a_selection_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    path = str(tmp_path / "a.edqs")
    small, large = selection_of(FILES[0]), selection_of(*FILES * 200)
    save(path, small)
    ended = threading.Event()
    seen = set()

    def read():
        while not ended.is_set():
            seen.add(len(load(path).files))

    reader = threading.Thread(target=read)
    reader.start()
    for made in (large, small) * 10:
        save(path, made)
    ended.set()
    reader.join()
    assert seen <= {1, 600}
    assert os.listdir(tmp_path) == ["a.edqs"]


GOOD = json.loads(text_of(selection_of(*FILES)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "this is not a selection"),
        (b"\xff", "this is not a selection"),
        (b"[]", 'it does not begin with "selection": 1'),
        (b"[" * 100_000, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        ({**GOOD, "selection": 2}, 'it does not begin with "selection": 1'),
        ({**GOOD, "fiels": []}, "there is no key `fiels`"),
        ({**GOOD, "query": 3}, "query must be a text"),
        ({**GOOD, "wire": []}, "wire must be an object"),
        ({**GOOD, "asked": "today"}, "asked must be a time"),
        ({**GOOD, "files": {}}, "files must be a list"),
        ({**GOOD, "files": [FILES[0]]}, "file 1 must be an object"),
        ({**GOOD, "files": [{"file": FILES[0], "ticked": 1}]}, "file 1: "),
        ({**GOOD, "parameters": {"a": 1}}, "parameters must be"),
        (b'{"selection": 1, "x": NaN}', "NaN is not a JSON value"),
        ({**GOOD, "\x1b[31m": 1}, "there is no key"),
    ],
)
def test_what_is_no_selection_is_told_in_a_line(tmp_path, content, told):
    path = tmp_path / "a.edqs"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(SelectionError) as caught:
        load(str(path))
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert str(caught.value).isprintable()


def test_a_selection_that_is_not_there_or_cannot_be_written_is_told(tmp_path):
    with pytest.raises(SelectionError, match="No such file"):
        load(str(tmp_path / "none.edqs"))
    with pytest.raises(SelectionError, match=r"irectory"):
        save(str(tmp_path), selection_of())


# Asked again, and compared


def test_a_selection_is_asked_again_as_it_was(tmp_path):
    made = selection_of(*FILES).with_ticks([True, False, True])
    newer = [FILES[0], FILES[1].replace("6.0.0", "7.0.0"), "FAI_lv1_h5_20190501_200000_200100_6.0.0.zip   1MB"]
    with StandIn(listing(newer)) as service:
        found = fetch(request_of(made), service.url)
    assert service.requests[0].body == WIRE
    difference = compare([choice.file for choice in made.files], found.files)
    assert [file.text for file in difference.new] == [newer[2]]
    assert [file.text for file in difference.gone] == [FILES[2]]
    assert [(pair.old.text, pair.new.text) for pair in difference.replaced] == [(FILES[1], newer[1])]
    assert difference.changed == ()
    again = refreshed(made, found)
    assert [(choice.file.text, choice.ticked) for choice in again.files] == [
        (newer[0], True),
        (newer[1], False),
        (newer[2], True),
    ]
    assert (again.query, again.wire) == (made.query, made.wire)


def test_times_of_day_are_kept_when_a_selection_is_asked_again():
    query = "product fai-lv1-hdf5-images; date 2019-05-01T16:00..T17:00; fai has-data; logic 1 AND 2"
    request = edexql.compile(query)
    made = new_selection(query, request, list_of({"result_filenames": FILES}, request.residual), "http://x")
    assert [choice.file.name for choice in made.files] == [NAMES[1]]
    assert request_of(made) == request


def test_an_open_period_ends_when_it_was_asked_for():
    query = "product fai-lv1-hdf5-images; date 2019-05-01..; fai has-data"
    request = edexql.compile(query, today=date(2020, 2, 3))
    made = Selection(query, request.json(), "http://x", "2020-02-03T04:05:06Z", ())
    assert request_of(made) == request


def test_parameters_are_kept():
    query = "product fai-lv1-hdf5-images; date $day; fai has-data; logic 1 AND 2"
    request = edexql.compile(query, parameters={"day": "2019-05-01"})
    made = new_selection(query, request, list_of({"result_filenames": FILES}, None), "http://x", {"day": "2019-05-01"})
    assert request_of(made) == request


def test_a_query_that_has_come_to_mean_something_else_is_told():
    made = selection_of(*FILES)
    other = Selection(made.query.replace("05-01", "05-02"), made.wire, made.service, made.listed_at, made.files)
    with pytest.raises(SelectionError, match="is a different request now"):
        request_of(other)
    broken = Selection("prodcut x", made.wire, made.service, made.listed_at, made.files)
    with pytest.raises(edexql.QueryError, match="product"):
        request_of(broken)


def test_a_file_with_the_same_name_and_another_size_is_told():
    difference = compare([listed(FILES[0])], [listed(FILES[0].replace("540", "541"))])
    assert [pair.old.name for pair in difference.changed] == [NAMES[0]]
    assert not difference.same
    assert compare([listed(FILES[0])], [listed(FILES[0])]).same


def test_an_older_version_is_no_newer_one():
    new, old = "RRI_20160418_222759_223156_lv1_12.0.0.h5   1MB", "RRI_20160418_222759_223156_lv1_v2.h5   1MB"
    forward, back = compare([listed(old)], [listed(new)]), compare([listed(new)], [listed(old)])
    assert [len(part) for part in (forward.new, forward.gone, forward.replaced)] == [0, 0, 1]
    assert [len(part) for part in (back.new, back.gone, back.replaced)] == [1, 1, 0]


_NAMES = st.builds("{}_{}.0.0.h5   {}MB".format, st.sampled_from("abc"), st.integers(1, 4), st.integers(1, 2)) | (
    st.sampled_from(["readme.txt", "x   1MB"])
)


@given(st.lists(_NAMES, max_size=8), st.lists(_NAMES, max_size=8))
def test_every_file_is_in_one_place_of_a_comparison(old, new):
    before, after = [listed(text) for text in old], [listed(text) for text in new]
    difference = compare(before, after)
    both = {file.name for file in before} & {file.name for file in after}
    lost = [file.name for file in difference.gone] + [pair.old.name for pair in difference.replaced]
    come = [file.name for file in difference.new] + [pair.new.name for pair in difference.replaced]
    assert sorted(lost) == sorted({file.name for file in before} - both)
    assert sorted(come) == sorted({file.name for file in after} - both)
    assert {pair.old.name for pair in difference.changed} <= both
    for pair in difference.replaced:
        (stem, version), (other, newer) = version_of_name(pair.old.name), version_of_name(pair.new.name)
        assert stem == other
        assert newer > version
    # Whatever is gone has no newer version among what is new.
    for file in difference.gone:
        stem, version = version_of_name(file.name)
        assert not any(
            version_of_name(one.name)[0] == stem and version_of_name(one.name)[1] > version for one in difference.new
        )
