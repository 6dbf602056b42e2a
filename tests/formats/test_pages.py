"""Pages of folders: what a server sends and what people save of it are read as the same files."""

from __future__ import annotations

import gzip
import re
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import NAMES, apache_pre, apache_table, faults, h5ai, nginx, written
from edexql.catalogue.ingest.batches import Fault, File
from edexql.catalogue.ingest.readers import listings
from edexql.catalogue.ingest.registry import format_of
from edexql.formats.pages import page
from edexql.formats.pages import text as page_text
from edexql.formats.pages.folders import Address, Saved
from edexql.formats.pages.text import Problem

PAGES = Path(__file__).parent / "listing_pages"
SAMPLES = {path.name: path.read_bytes() for path in sorted(PAGES.iterdir()) if path.name != "login.html"}
MARKUP = {name: body for name, body in SAMPLES.items() if name.endswith(".html") and name != "h5ai_embedded.html"}
URL = "https://archive.example/2016/04/18/RRI/"
RRI = "RRI_20160418_222759_223156_lv1_12.0.0.h5"
LAST = "read me & more.txt"
HREF = re.compile(rb"(<a\b[^>]*\bhref=[\"'])([^\"'>]*)", re.IGNORECASE)


@pytest.fixture
def saved(tmp_path):
    return partial(written, tmp_path)


def live(body: bytes) -> list[tuple[str, int | None, str | None]]:
    """The files of a page that came from its address: names, sizes where they are exact, other sizes as written."""
    found = page.read(body, Address(URL))
    assert found.problem is None
    files = [entry for entry in page.once(found.entries) if not entry.folder]
    exact = [entry.listed is not None and entry.listed.exact for entry in files]
    return [
        (entry.name, entry.size if sure else None, None if sure else entry.size_text or None)
        for entry, sure in zip(files, exact, strict=True)
    ]


def kept(path: str) -> list[tuple[str, int | None, str | None]]:
    """The files of a page that was saved, which is one that has nothing wrong with it."""
    found = list(listings.read(path))
    assert faults(found) == []
    return [(file.name, file.size, file.size_text) for file in found]


def names(path: str) -> list[str]:
    return [file.name for file in listings.read(path) if isinstance(file, File)]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_saved_page_of_any_server_gives_the_files_that_it_gives_when_it_is_sent(saved, name):
    files = live(SAMPLES[name])
    assert [file[0] for file in files] == [RRI, LAST]
    wide = SAMPLES[name].decode().encode("utf-16")
    for data in (SAMPLES[name], gzip.compress(SAMPLES[name]), b"\xef\xbb\xbf" + SAMPLES[name], wide):
        path = saved(data, "saved")
        assert format_of(path).name == "listing"
        assert kept(path) == files


EXACT = [
    *("iis.html", "caddy.html", "jetty.html", "nginx.html"),
    *("nginx.json", "h5ai_items.json", "h5ai_embedded.html", "s3.xml"),
]


@pytest.mark.parametrize("name", EXACT)
def test_sizes_to_the_byte_are_known_of_a_saved_page(saved, name):
    assert kept(saved(SAMPLES[name])) == [(RRI, 983_456_789, None), (LAST, 12_345, None)]


def test_other_sizes_are_kept_as_they_are_written(saved):
    sizes = {name: [file[1:] for file in kept(saved(body))] for name, body in MARKUP.items() if name not in EXACT}
    assert sizes == {
        "apache_fancy.html": [(None, "938M"), (None, "12K")],
        "apache_plain.html": [(None, None), (None, None)],
        "apache_table.html": [(None, "938M"), (None, "12K")],
        "fancyindex.html": [(None, "937.9 MiB"), (None, "12.1 KiB")],
        "h5ai.html": [(None, "983456 KB"), (None, "12 KB")],
        "lighttpd.html": [(None, "937.9M"), (None, "12.0K")],
        "python.html": [(None, None), (None, None)],
    }


@pytest.mark.parametrize("name", MARKUP)
def test_a_page_whose_links_a_browser_has_made_absolute_gives_the_same_files(saved, name):
    def whole(found: re.Match[bytes]) -> bytes:
        return found[1] + urljoin(URL, found[2].decode()).encode()

    absolute = HREF.sub(whole, MARKUP[name])
    assert absolute.count(URL.encode()) >= 3
    mark = f"<!-- saved from url=({len(URL):04}){URL} -->\n".encode()
    path = saved(mark + absolute)
    assert format_of(path).name == "listing"
    assert kept(path) == kept(saved(MARKUP[name]))


def test_a_page_with_its_styles_at_the_beginning_is_recognised(saved):
    styles = "<style>\n" + "body { color: #333; }\n" * 1500 + "</style>"
    body = SAMPLES["caddy.html"].replace(b"<head>", b"<head>" + styles.encode())
    assert format_of(saved(body)).name == "listing"
    assert [file.name for file in listings.read(saved(body))] == [RRI, LAST]


@pytest.mark.parametrize(
    "text",
    [
        (PAGES / "login.html").read_text("utf-8"),
        "<html><title>404 Not Found</title><ul><li><a href='a.txt'>a.txt</a></ul></html>",
        '<?xml version="1.0"?><rss><channel><title>News</title></channel></rss>',
        '[{"name": "kp", "type": "float"}]',
        '[{"name": "kp", "type": "file"}]',
        '{"type": "FeatureCollection", "features": []}',
        '{"items": [{"href": "https://archive.example/a.h5", "rel": "self"}]}',
        "[[[[",
        "{" * 2000,
        "[1, 2]",
        "<",
    ],
)
def test_what_is_no_listing_is_not_taken_for_one(saved, text):
    assert format_of(saved(text)) is None


# Damage


@pytest.mark.parametrize("name", MARKUP)
def test_a_page_that_breaks_off_keeps_the_files_before_that(saved, name):
    body = MARKUP[name]
    path = saved(body[: body.rindex(b"more.txt") + len(b"more.txt")])
    assert format_of(path).name == "listing"
    found = list(listings.read(path))
    assert [file.name for file in found if isinstance(file, File)][:1] == [RRI]
    assert found[-1] == Fault(0, "it is cut off")


@pytest.mark.parametrize("name", ["nginx.json", "h5ai_items.json"])
def test_json_that_breaks_off_keeps_the_files_before_that(saved, name):
    path = saved(SAMPLES[name][:-30])
    assert format_of(path).name == "listing"
    assert list(listings.read(path))[1:] == [Fault(0, page_text.BROKEN_JSON)]
    assert names(path) == [RRI]


def test_a_script_of_items_that_breaks_off_keeps_the_files_before_that(saved):
    body = SAMPLES["h5ai_embedded.html"]
    path = saved(body[: body.index(b"more.txt")])
    assert format_of(path).name == "listing"
    assert names(path) == [RRI]
    assert faults(listings.read(path)) == [(0, page_text.NO_TABLE)]


def test_a_bucket_that_breaks_off_or_has_more_says_so(saved):
    body = SAMPLES["s3.xml"]
    more = body.replace(b"<IsTruncated>false", b"<IsTruncated>true")
    for data, files in ((body[: body.rindex(b"<Contents>") + 50], [RRI]), (more, [RRI, LAST])):
        assert names(saved(data)) == files
        assert faults(listings.read(saved(data))) == [(0, "the folder has more files than this listing")]


@pytest.mark.parametrize("name", MARKUP)
def test_a_mark_that_never_ends_takes_no_file_before_it_and_is_told_with_its_line(saved, name):
    lines = MARKUP[name].rstrip().split(b"\n")
    path = saved(b"\n".join([*lines, b"<a " * 2**16]))
    assert names(path) == [RRI, LAST]
    assert faults(listings.read(path)) == [(len(lines) + 1, page_text.ENDLESS_MARK)]


def test_lines_are_counted_past_scripts(saved):
    page_of = nginx([(NAMES[0], "12"), ("up%2Fdown", "12")]).replace("up%252Fdown", "up%2Fdown")
    text = page_of.replace(">up%2Fdown", ">up/down").replace("<body>", "<script>\nlet x\n</script>\n<body>")
    line = text[: text.index("up%2F")].count("\n") + 1
    assert faults(listings.read(saved(text))) == [(line, "not a file name: 'up/down'")]


def test_a_page_of_too_many_links_or_too_many_bytes_is_read_as_far_as_that(saved, monkeypatch):
    text = nginx((f"{number}.txt", "12") for number in range(3000))
    monkeypatch.setattr("edexql.formats.pages.links.MOST_LINKS", 100)
    found = list(listings.read(saved(text)))
    assert len(found) > 100
    assert found[-1].message == page_text.TOO_MANY_LINKS
    monkeypatch.undo()
    monkeypatch.setattr(listings, "_MOST_BYTES", 10_000)
    found = list(listings.read(saved(text)))
    assert 50 < len(found) < 1000
    assert faults(found) == [(0, "too long for a listing; the rest is not read")]


def test_h5ai_without_a_table_is_told(saved):
    path = saved(SAMPLES["h5ai.html"].split(b"<table>")[0])
    assert format_of(path).name == "listing"
    assert list(listings.read(path)) == [Fault(0, "it is a page of h5ai without a table of its files")]


def test_a_script_of_other_json_hides_no_files():
    script = b'<script type="application/ld+json">[{"name": "x"}]</script><table'
    for folder in (Address(URL), Saved()):
        found = page.read(SAMPLES["h5ai.html"].replace(b"<table", script), folder)
        assert found.problem is None
        assert [entry.name for entry in found.entries if not entry.folder] == [RRI, LAST]


# Entries


def test_a_saved_bucket_of_folders_in_folders_gives_all_its_files(saved):
    keys = ("2016/04/18/RRI/a.h5", "2016/04/19/", "2016/04/19/MGF/b.h5", "2016/..", "2016/")
    rows = "".join(f"<Contents><Key>{key}</Key><Size>5</Size></Contents>" for key in keys)
    text = f"<ListBucketResult><Prefix>2016/</Prefix>{rows}</ListBucketResult>"
    found = list(listings.read(saved(text)))
    assert found == [
        File("a.h5", 5, None, "2016/04/18/RRI/a.h5"),
        File("b.h5", 5, None, "2016/04/19/MGF/b.h5"),
        Fault(0, "not a file name: '..'"),
    ]


def test_a_saved_page_without_a_title_is_known_by_the_way_back(saved):
    rows = f'<tr><td><a href="../">..</a></td></tr><tr><td><a href="{RRI}">{RRI}</a></td><td>12</td></tr>'
    assert kept(saved(f"<html><table>{rows}</table></html>")) == [(RRI, 12, None)]
    assert format_of(saved(f"<html><table>{rows}</table></html>")).name == "listing"
    other = f"<html><table>{rows.replace('../', 'https://archive.example/')}</table></html>"
    assert format_of(saved(other)) is None


@given(
    st.sampled_from((apache_table, apache_pre, nginx, h5ai)),
    st.dictionaries(
        st.text(
            st.characters(exclude_characters="/\\<>&", exclude_categories=["C", "Z"]), min_size=1, max_size=60
        ).filter(lambda name: name.strip(".")),
        st.integers(0, 10**12).map(str) | st.sampled_from(("938M", "1.2K", "12 KB", "540.57MB", "-")),
        max_size=6,
    ),
)
def test_a_page_that_was_saved_and_one_that_was_sent_have_the_same_files(tmp_path_factory, server, files):
    body = server(files.items()).encode()
    found = kept(written(tmp_path_factory.mktemp("s"), body))
    assert found == live(body)
    assert [file[0] for file in found] == list(files)


# Any bytes

PIECES = (
    "<a href=' '> </a> <pre> <table><tr><td> </td> ../ <title> </title> <![ &# %2f javascript: // index&#32;of ]} < <a "
    """<script/type='application/json'> </script> {"items":[ [ {"href":" "} {"name":" ","type":"file"} , " """
    f"<ListBucketResult> <Contents> <Key> &#{'9' * 5000}; </Key> <Size> </Contents> x..&gt; … <style> data-size='9' "
)
MARKS = st.sampled_from(PIECES.split())


@given(st.one_of(st.binary(), st.lists(MARKS | st.text(max_size=5), max_size=40).map(lambda x: "".join(x).encode())))
def test_any_bytes_are_a_page(body):
    for folder in (Address(URL), Saved()):
        for content_type in ("", "text/html;charset=utf-16"):
            found = page.read(body, folder, content_type)
            assert all(entry.name.isprintable() and "/" not in entry.name for entry in found.entries)
    page.is_listing(body)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["<script ", "<script type=json>", "<Contents>", '{"name":"a","type":"file"},', "<a\n"]
)
@pytest.mark.parametrize("begin", ["", "<title>Index of /</title>", "<ListBucketResult>", "[", '{"items":['])
def test_megabytes_of_the_same_are_read_in_bounded_time(begin, piece):
    # Twice the square of this would take hours.
    body = (begin + piece * (2**21 // len(piece))).encode()
    for folder in (Address(URL), Saved()):
        assert not any(entry.folder for entry in page.read(body, folder).entries)


def test_what_is_wrong_has_its_line():
    body = b"<title>Index of /</title>\n<script>\n\n</script>\n" + b"<a " * 2**16
    assert page.read(body, Saved()).problem == Problem(page_text.ENDLESS_MARK, 5)
