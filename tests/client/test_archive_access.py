"""The archive over HTTP: pages of folders as servers write them, the dated tree, tars, availability text."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import NAMES, apache_pre, apache_table, availability_text, h5ai, nginx, seconds
from edexql.client.archive import folders
from edexql.client.archive import request as archive_request
from edexql.client.archive.availability import availability_of, read
from edexql.client.archive.folders import ArchiveFile, Unread, browse, page, walk
from edexql.client.archive.locations import Located, Place, Unlocated, located, place_of
from edexql.client.endpoints import archive as archive_address
from edexql.client.http.session import session as mannered
from edexql.client.listing import ServiceError
from edexql.client.settings.declarations import Network
from edexql.client.strategies.folder_tar import tar_of
from edexql.formats.availability import instruments_of
from edexql.model.vocabulary import snapshot
from hostile import Hostile, in_turn, whole
from places import TESTS
from stand_in import Answer, StandIn, nobody_there, raw, redirect
from stand_in import page as error_page

if TYPE_CHECKING:
    from edexql.formats.pages.page import Entry

pytestmark = pytest.mark.slow

PAGES = TESTS / "formats" / "listing_pages"
INSTRUMENTS = instruments_of(snapshot())
ARCHIVE = archive_address()
URL = "https://archive.example/2016/04/18/RRI/"
RRI = "RRI_20160418_222759_223156_lv1_12.0.0.h5"
TRUE_SIZES = {RRI: 983_456_789, "read me & more.txt": 12_345}
HTML = (("Content-Type", "text/html;charset=utf-8"),)
DAY = 86400


def saved(name: str) -> bytes:
    return (PAGES / name).read_bytes()


def kind_of(name: str) -> str:
    return "application/json" if name.endswith(".json") else "text/html"


def links(*hrefs: str, title: str = "Index of /") -> bytes:
    """A page with these links."""
    rows = "".join(f'<a href="{href}">x</a>\n' for href in hrefs)
    return f"<html><title>{title}</title><pre>{rows}</pre></html>".encode()


def listing(body: bytes, url: str, content_type: str = "") -> tuple[Entry, ...]:
    """The entries on the page of a folder, whose address is `url`."""
    return page(body, url, content_type).entries


def names(body: bytes, url: str = URL, content_type: str = "text/html") -> list[str]:
    return [entry.name for entry in listing(body, url, content_type)]


# Pages


@pytest.mark.parametrize(
    "name",
    [
        "apache_plain.html",
        "apache_fancy.html",
        "apache_table.html",
        "nginx.html",
        "nginx.json",
        "h5ai.html",
        "h5ai_embedded.html",
        "h5ai_items.json",
        "python.html",
        "iis.html",
        "caddy.html",
        "lighttpd.html",
        "fancyindex.html",
        "jetty.html",
        "s3.xml",
    ],
)
def test_pages_of_all_servers_give_their_files_and_folders(name):
    folder, *files = listing(saved(name), URL, kind_of(name))
    assert (folder.name, folder.folder, folder.url, folder.size) == ("quicklook", True, URL + "quicklook/", None)
    assert [file.name for file in files] == list(TRUE_SIZES)
    assert not any(file.folder for file in files)
    assert [unquote(file.url) for file in files] == [URL + name for name in TRUE_SIZES]
    if "plain" in name or "python" in name:
        assert all(file.size is None and file.listed is None and file.modified is None for file in files)
        return
    for file in files:
        assert file.listed.admits(TRUE_SIZES[file.name])
        assert not file.listed.admits(TRUE_SIZES[file.name] // 2)
        assert abs(file.size - TRUE_SIZES[file.name]) < 0.03 * TRUE_SIZES[file.name]
    zone = ":00Z" if any(word in name for word in ("json", "embedded", "caddy", "s3")) else ""
    zone = ":00" if name in ("lighttpd.html", "jetty.html") else zone
    assert [file.modified for file in files] == [f"2021-03-30T10:22{zone}", f"2016-05-02T07:01{zone}"]
    exact = (
        name in ("nginx.html", "iis.html", "caddy.html", "jetty.html", "s3.xml") or "json" in name or "embedded" in name
    )
    assert [file.listed.exact for file in files] == [exact, exact]


def test_links_of_entries_to_other_hosts_are_said_and_not_followed():
    body = (
        "<title>Index of /</title><pre>"
        f'<a href="https://mirror.example/a.h5">a</a> 2021-03-30 10:22  9M\n<a href="{RRI}">x</a> 2021-03-30 10:22  9'
        "</pre><p>Served by <a href='https://httpd.apache.org/'>Apache</a></p>"
    ).encode()
    found = page(body, URL)
    assert [entry.name for entry in found.entries] == [RRI]
    assert found.elsewhere == ("https://mirror.example/a.h5",)


def test_a_date_that_has_two_readings_is_not_told():
    def moment(text):
        body = f'<H1>host - /2016/</H1><pre><A HREF="/2016/">up</A><br> {text}  12 <A HREF="{URL}{RRI}">x</A><br></pre>'
        (file,) = listing(body.encode(), URL)
        return file.modified

    assert moment("5/2/2016 12:01 AM") == "2016-05-02T00:01"
    assert moment("Thursday, May 02, 2019  6:00 PM") == "2019-05-02T18:00"
    assert moment("2/5/2016 13:01") is None


def test_an_empty_folder_of_any_server_is_an_empty_listing():
    empty = '<H1>host - /x/</H1><pre><A HREF="/">[To Parent Directory]</A><br></pre>'
    for body in (empty, "<h1>Directory: /x/</h1>", '<table aria-describedby="summary"></table>', "<ListBucketResult/>"):
        assert listing(body.encode(), "https://archive.example/x/") == ()


def test_a_bucket_lists_what_lies_below_its_prefix_and_says_that_there_is_more():
    def bucket(keys, *, prefix="2016/", cut="false", end="</ListBucketResult>"):
        rows = "".join(f"<Contents><Key>{key}</Key><Size>5</Size></Contents>" for key in keys)
        return f"<ListBucketResult><Prefix>{prefix}</Prefix><IsTruncated>{cut}</IsTruncated>{rows}{end}".encode()

    root = "https://epop.s3.example/?list-type=2&prefix=2016/&delimiter=/"
    found = page(bucket(["2016/a.h5", "2015/b.h5", "2016/x&amp;y", "2016/..", "2016/c/d.h5"]), root)
    assert [(entry.name, entry.url, entry.size) for entry in found.entries] == [
        ("a.h5", "https://epop.s3.example/2016/a.h5", 5),
        ("x&y", "https://epop.s3.example/2016/x%26y", 5),
    ]
    assert (len(found.refused), found.cut) == (2, False)
    assert page(bucket(["2016/a"], cut="true"), root).cut
    assert page(bucket(["2016/a"], end=""), root).cut
    # Path style, and a server that lists folders so under their own address.
    assert page(bucket(["2016/a"]), "https://s3.example/epop").entries[0].url == "https://s3.example/epop/2016/a"
    assert page(bucket(["2016/a"]), "https://x.example/e/2016/").entries[0].url == "https://x.example/e/2016/a"
    for piece in ("<Contents>", "<Contents><Key>", "<Contents></", "<CommonPrefixes><Prefix>"):
        # Twice the square of this would take minutes.
        assert page(f"<ListBucketResult>{piece * 100_000}".encode(), root).cut
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult>'
    with pytest.raises(ServiceError):
        page(bomb, root)


def test_a_walk_finds_what_goes_on_from_the_day_before():
    over = "RRI_20160417_235500_000400_lv1_12.0.0.h5"
    early = "RRI_20160417_120000_120500_lv1_12.0.0.h5"
    tree = TREE | {f"2016/04/17/RRI/{name}": b"x" for name in (over, early)}
    with StandIn(Tree(tree)) as archive, requests.Session() as session:
        names_of = [
            one.partition("RRI/")[2] for one in found(walk([date(2016, 4, 18)], ["rri"], [], session, archive.url))
        ]
        assert names_of == [over, RRI, "RRI_quicklook.png"]
        both = found(walk([date(2016, 4, 17), date(2016, 4, 18)], ["rri"], [], session, archive.url))
    assert sorted(both) == sorted(
        {
            f"2016/04/17/RRI/{over}",
            f"2016/04/17/RRI/{early}",
            f"2016/04/18/RRI/{RRI}",
            "2016/04/18/RRI/RRI_quicklook.png",
        }
    )


@pytest.mark.parametrize(
    ("size", "nominal", "least", "most"),
    [
        ("967123", 967123, 967123, 967123),
        ("1.2M", 1258291, 1_205_863, 1_310_719),
        ("1.2 MiB", 1258291, 1_205_863, 1_310_719),
        ("540.57MB", 540_570_000, 540_565_000, 540_575_000),
        ("12 bytes", 12, 12, 12),
    ],
)
def test_rounded_sizes_say_how_near_they_are(size, nominal, least, most):
    (_, file) = listing(apache_table([(RRI, size)]).encode(), URL)
    assert (file.size, file.size_text) == (nominal, size)
    assert file.listed.admits(least)
    assert file.listed.admits(most)
    assert not file.listed.admits(least * 95 // 100 - 1)


@pytest.mark.parametrize("after", ["  - ", "", "5 apples", " 2 of 9 notes", "1.5", "5 M of notes", "twelve"])
def test_a_size_that_is_not_there_is_not_made_up(after):
    body = f'<title>Index of /</title><ul><li><a href="{RRI}">{RRI}</a> {after}</li></ul>'.encode()
    (file,) = listing(body, URL)
    assert (file.size, file.listed) == (None, None)


def test_a_description_is_no_size():
    body = (
        f'<title>Index of /</title><pre><a href="{RRI}">x</a> 2021-03-30 10:22  938M  12 good minutes\n</pre>'.encode()
    )
    (file,) = listing(body, URL)
    assert file.size_text == "938M"


def test_h5ai_cuts_sizes_where_others_round_them():
    (_, file) = listing(h5ai([(RRI, "12 KB")]).encode(), URL)
    assert [file.listed.admits(count) for count in (11_999, 12_000, 12_999, 13_000)] == [False, True, True, False]


def test_only_what_lies_straight_below_the_folder_counts():
    body = links(
        "in.h5",
        "./dot.h5",
        "/2016/04/18/RRI/absolute.h5",
        "//archive.example/2016/04/18/RRI/same%20host.h5",
        "http://archive.example/2016/04/18/RRI/unsafe.h5",
        "sub/",
        "../",
        "..",
        ".",
        "./",
        "",
        "/2016/04/18/",
        "/2016/04/18/MGF/other.h5",
        "sub/deep.h5",
        "../MGF/up.h5",
        "?C=N;O=D",
        "query.h5?download=1",
        "part.h5#one",
        "ftp://archive.example/2016/04/18/RRI/ftp.h5",
        "#top",
        "https://elsewhere.example/2016/04/18/RRI/stranger.h5",
        "https://archive.example:8443/2016/04/18/RRI/port.h5",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "mailto:someone@archive.example",
        "file:///etc/passwd",
        "http://[",
    )
    read = page(body, URL)
    found = read.entries
    assert read.refused == ()
    assert [e.name for e in found] == ["in.h5", "dot.h5", "absolute.h5", "same host.h5", "unsafe.h5", "sub"]
    assert [e.url for e in found if not e.url.startswith(URL)] == []


def test_names_are_decoded_once_and_impossible_ones_are_refused():
    body = links("a%2520b.txt", "a%2Fb.txt", "..%2f..%2fetc", "%2e%2e", "a%5Cb", "a%00b", "a%0Ab", "%ff.txt", "é.txt")
    read = page(body, URL)
    assert [entry.name for entry in read.entries] == ["a%20b.txt", "é.txt"]
    assert read.refused == ("a%2Fb.txt", "..%2f..%2fetc", "%2e%2e", "a%5Cb", "a%00b", "a%0Ab", "%ff.txt")


def test_names_in_json_are_no_paths():
    body = b'[{"name": "../up", "type": "file"}, {"name": "..", "type": "directory"}, {"name": "a", "type": "other"}]'
    read = page(body, URL, "application/json")
    assert read.entries == ()
    assert len(read.refused) == 3


def test_a_folder_whose_address_is_written_otherwise_is_the_same_folder():
    body = links("/2016/a b/one.h5", "/2016/a%20b/two.h5", "/2016/%61%20b/two.h5", "/2016/a%20b%2Fc/out.h5")
    assert names(body, "https://archive.example/2016/a%20b/") == ["one.h5", "two.h5"]


def test_an_empty_folder_is_an_empty_listing():
    assert listing(links("../"), URL) == ()
    assert listing(b"[]", URL, "application/json") == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (saved("login.html"), "University sign-in & more"),
        (b"", "not a listing"),
        (b'{"error": "down for repair"}', "down for repair"),
        (b'[{"id": 1}]', "not a listing"),
        (b"<title>&#" + b"1" * 5000 + b";</title>", "not a listing"),
        (b"<title>\x1b[2J wiped</title>", "\\x1b[2J wiped"),
        (saved("h5ai.html").split(b"<table>")[0], "page of h5ai without a table"),
        (b"\x89PNG\r\n\x1a\n", "not a listing"),
        (b'<title>Sorry</title><a href="help.html">Help</a>', "Sorry"),
    ],
)
def test_a_page_that_is_no_listing_is_told_with_its_title(body, words):
    with pytest.raises(ServiceError) as caught:
        listing(body, URL, "text/html")
    assert words in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert caught.value.url == URL


@pytest.mark.parametrize("said", ["text/html;charset=iso-8859-1", "text/html;charset=utf-16", "text/html", "charset=x"])
def test_a_wrong_character_set_takes_no_page_apart(said):
    body = "<title>Index of /é</title><a href='%C3%A9.h5'>é.h5</a>".encode()
    assert names(body, content_type=said) == ["é.h5"]
    assert names(body.decode().encode("latin-1"), content_type=said) == ["é.h5"]
    assert names(body.decode().encode("utf-16"), content_type=said) == ["é.h5"]


@pytest.mark.parametrize(
    ("server", "count"), [(nginx, 100_000), (apache_table, 10_000), (apache_pre, 10_000), (h5ai, 10_000)]
)
def test_a_hundred_thousand_entries_are_all_there(server, count):
    wanted = [f"RRI_20160418_222759_{number:06}_lv1_12.0.0.h5" for number in range(count)]
    found = names(server((name, "12345") for name in wanted).encode())
    assert found[1:] == wanted


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<a href='x'>",
        "<",
        "&",
        "<!--",
        "<script>",
        "x ",
        "<title>",
        "</a",
        "<![CDATA[",
        "\0",
        "<td class=",
        "[{",
    ],
)
def test_megabytes_of_the_same_are_no_listing(piece):
    with pytest.raises(ServiceError):
        listing((piece * (2**21 // len(piece))).encode(), URL)


@pytest.mark.parametrize(
    "name", ["apache_plain.html", "apache_fancy.html", "apache_table.html", "nginx.html", "h5ai.html"]
)
def test_a_page_that_is_cut_anywhere_is_no_listing(name):
    body = saved(name).rstrip()
    for length in range(0, len(body), 7):
        with pytest.raises(ServiceError):
            listing(body[:length], URL)


@pytest.mark.parametrize("mark", ["<a ", "<!-- x <b>", "<a href='"])
def test_a_mark_that_never_ends_is_told_with_its_line(mark):
    with pytest.raises(ServiceError, match="an HTML tag that begins in line 2 does not end"):
        listing(b"<title>Index of /</title>\n" + mark.encode() * 2**17, URL)


def test_ten_megabytes_of_text_round_a_listing_change_nothing():
    noise = "<p>all about the archive, " + "and more < of it & so on " * 400_000
    assert names((noise + nginx([(RRI, "12")]) + noise).encode()) == ["old", RRI]


def test_a_page_of_a_million_links_is_not_read():
    with pytest.raises(ServiceError, match=r"more than 300,000 links"):
        listing(b"<title>Index of /</title>" + b"<a href=x>" * 10**6, URL)


PIECES = (
    "<a href=' '> </a> <pre> <table><tr><td> </td> ../ <title> </title> <![ &# %2f javascript: // index&#32;of ]} < <a "
    """<script/type='application/json'> </script> {"items":[ {"href":" "} {"name":" ","type":"file"} """
)
MARKS = st.sampled_from(PIECES.split())


@given(st.one_of(st.binary(), st.lists(MARKS | st.text(max_size=5), max_size=40).map(lambda x: "".join(x).encode())))
def test_any_bytes_are_a_listing_of_what_lies_below_or_an_error_of_ours(body):
    for content_type in ("text/html", "application/json", "text/html;charset=utf-16"):
        try:
            found = listing(body, URL, content_type)
        except ServiceError:
            continue
        for entry in found:
            step = entry.url.removeprefix(URL)
            assert step != entry.url
            assert "/" not in step.removesuffix("/")
            assert entry.name not in ("", ".", "..")
            assert not set(entry.name) & {"/", "\\", "\0", "\n"}


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="/\\", exclude_categories=["C", "Z"]), min_size=1, max_size=30).filter(
            lambda name: name.strip(".")
        ),
        st.integers(0, 10**12),
        max_size=8,
    )
)
def test_what_a_server_lists_is_read_back(files):
    rows = "".join(f'<a href="./{quote(name)}">x</a>  02-May-2016 07:01  {size}\r\n' for name, size in files.items())
    body = f'<h1>Index of /</h1><pre><a href="../">../</a>\r\n{rows}</pre>'.encode()
    assert {entry.name: entry.size for entry in listing(body, URL)} == files


# Places


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (RRI, "2016/04/18/RRI"),
        ("FAI_lv1_h5_20190501_150534_151306_6.0.0.zip", "2019/05/01/FAI"),
        ("RRI_20171213_234044_001641_lv1_12.0.0.h5", "2017/12/13/RRI"),
        ("CAS_ephemeris_20201020T000000_20201020T235959_1.2.0.txt", "2020/10/20"),
        ("CAS_Orbit_GEO_20201020T000000_20201021T000000_1.1.0.sp3", "2020/10/20"),
        ("CAS_ePOP_Data_20190501_1.0.0.txt", "2019/05/01"),
        ("MGF_20160418_222505_224033_V_01_00_00.1sps.GEI.lv3", "2016/04/18/MGF"),
    ],
)
def test_a_name_tells_where_a_file_should_lie(name, path):
    assert str(place_of(name)) == path
    (found,) = located([name])
    assert found == Located(name, place_of(name), f"{ARCHIVE}/{path}/{name}")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("RRI_lv1_12.0.0.h5", "has no date"),
        ("XYZ_20160418_222759_223156.h5", "does not begin with an instrument"),
        ("rri_20160418_222759_223156.h5", "does not begin with an instrument"),
        ("../RRI_20160418_222759_223156.h5", "cannot be the name of a file"),
        ("RRI_20161318_222759_223156.h5", "has no date"),
        ("", "it is empty"),
    ],
)
def test_what_cannot_be_located_says_why(name, reason):
    (found,) = located([name])
    assert isinstance(found, Unlocated)
    assert reason in found.reason


def test_a_list_is_located_in_its_order_at_a_mirror():
    found = located([RRI, "notes.txt", NAMES[2]], "https://mirror.example/epop/")
    assert [type(one) for one in found] == [Located, Unlocated, Located]
    assert found[0].url == f"https://mirror.example/epop/2016/04/18/RRI/{RRI}"


@given(
    st.dates(date(1900, 1, 1)),
    st.sampled_from(INSTRUMENTS),
    st.integers(0, 235959),
    st.integers(0, 235959),
)
def test_every_session_lies_with_the_day_on_which_it_begins(day, instrument, start, end):
    name = f"{instrument}_{day:%Y%m%d}_{start:06}_{end:06}_lv1_1.0.0.h5"
    assert place_of(name) == Place(day, instrument)


@given(st.text())
def test_any_name_is_located_below_the_archive_or_not_at_all(name):
    (found,) = located([name])
    if isinstance(found, Located):
        assert found.url.startswith(ARCHIVE + "/")
        assert quote(name, safe="") == found.url.rpartition("/")[2]


@pytest.mark.parametrize("path", ["../secret", "2019/../../x", "2019//05", "a\nb", "a\\b", "/".join("a" * 20), "."])
def test_a_path_out_of_the_archive_is_not_asked_for(path):
    with (
        StandIn(Answer(200, links())) as archive,
        requests.Session() as session,
        pytest.raises(ServiceError, match="is not a folder of the archive"),
    ):
        browse(path, session, archive.url)
    assert archive.requests == []


@pytest.mark.parametrize("base", ["", "ftp://x", "https://", "https://x/?a=b", "https://x\n", "file:///etc"])
def test_a_base_that_is_no_address_is_told(base):
    with pytest.raises(ServiceError, match="is not an address of an archive"):
        located([RRI], base)


# Browsing


class Tree:
    """An archive of some files, by their paths; it lists its folders as one kind of server does."""

    def __init__(self, files: dict[str, bytes], server=nginx) -> None:
        self.files = files
        self.server = server
        self.instead: dict[str, Answer] = {}

    def __call__(self, request) -> Answer:
        path = urlsplit(request.path).path
        if path in self.instead:
            return self.instead[path]
        if path.lstrip("/") in self.files:
            return Answer(200, self.files[path.lstrip("/")], (("Content-Type", "text/plain"),))
        below = {
            name.removeprefix(path.lstrip("/")): body
            for name, body in self.files.items()
            if f"/{name}".startswith(path)
        }
        if not path.endswith("/") or not below:
            return error_page(404, "Not Found")
        rows = [(name.partition("/")[0] + "/" * ("/" in name), str(len(body))) for name, body in below.items()]
        return Answer(200, self.server(dict(rows).items(), path).encode(), HTML)


TREE = {
    "2016/04/18/CAS_ephemeris_20160418T000000_20160418T235959_1.2.0.txt": b"x",
    f"2016/04/18/RRI/{RRI}": b"x" * 99,
    "2016/04/18/RRI/RRI_quicklook.png": b"x",
    "2016/04/18/MGF/MGF_20160418_222505_224033_v2.1.0.lv2": b"x",
    "2016/04/18/MGF/old/MGF_20160418_222505_224033_v1.1.0.lv2": b"x",
    "2016/04/18/extra/notes.txt": b"x",
    "2016/04/20/RRI/RRI_20160420_215117_215514_lv1_12.0.0.h5": b"x",
}


def asked_for(archive: StandIn) -> list[str]:
    return [request.path for request in archive.requests]


def found(walked) -> list[str]:
    return [f"{one.place}/{one.entry.name}" for one in walked if isinstance(one, ArchiveFile)]


@pytest.mark.parametrize("server", [nginx, apache_table, apache_pre])
def test_one_folder_is_read(server):
    with StandIn(Tree(TREE, server)) as archive, requests.Session() as session:
        folder = browse("2016/04/18/RRI/", session, archive.url)
    assert {RRI, "RRI_quicklook.png"} <= {file.name for file in folder.files()}
    assert folder.path == "2016/04/18/RRI"
    assert asked_for(archive) == ["/2016/04/18/RRI/"]


def test_a_folder_of_a_plain_server_is_read(tmp_path):
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

    for name in ("2019/05/01/FAI/deeper/x.zip", "2019/05/01/FAI/FAI one & <two>.zip", f"2019/05/01/FAI/{NAMES[1]}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            with requests.Session() as session:
                folder = browse("2019/05/01/FAI", session, f"http://127.0.0.1:{server.server_address[1]}")
                bodies = [session.get(file.url, timeout=10).content.decode() for file in folder.files()]
        finally:
            server.shutdown()
    assert [entry.name for entry in folder.folders()] == ["deeper"]
    assert [file.name for file in folder.files()] == ["FAI one & <two>.zip", NAMES[1]]
    assert bodies == [f"2019/05/01/FAI/{file.name}" for file in folder.files()]


def test_a_walk_finds_the_files_of_a_day_with_their_products():
    with StandIn(Tree(TREE)) as archive, requests.Session() as session:
        walked = list(walk([date(2016, 4, 18)], [], [], session, archive.url))
    assert {one.entry.name: one.product for one in walked if isinstance(one, ArchiveFile)} == {
        "CAS_ephemeris_20160418T000000_20160418T235959_1.2.0.txt": "cas-txt-ephemeris",
        RRI: "rri-lv1-hdf5-radio-data",
        "RRI_quicklook.png": None,
        "MGF_20160418_222505_224033_v2.1.0.lv2": "mgf-lv2-magnetic-field",
    }
    # What is not looked into is not passed over in silence.
    unseen = {one.url.removeprefix(archive.url) for one in walked if isinstance(one, Unread)}
    assert {"/2016/04/18/extra/", "/2016/04/18/MGF/old/"} <= unseen
    assert sorted(asked_for(archive)) == [
        *("/2016/04/17/", "/2016/04/18/", "/2016/04/18/MGF/", "/2016/04/18/RRI/"),
    ]


def test_a_walk_asks_for_no_more_than_its_instruments_and_products_need():
    with StandIn(Tree(TREE)) as archive, requests.Session() as session:
        day = [date(2016, 4, 18)] * 2
        assert len(found(walk(day, ["rri"], [], session, archive.url))) == 2
        assert found(walk(day, [], ["rri-lv1-hdf5-radio-data"], session, archive.url)) == [f"2016/04/18/RRI/{RRI}"]
        assert asked_for(archive) == ["/2016/04/17/RRI/", "/2016/04/18/RRI/"] * 2
        assert found(walk(day, ["mgf"], ["rri-lv1-hdf5-radio-data"], session, archive.url)) == []
        assert len(asked_for(archive)) == 4


def test_days_that_a_month_does_not_have_are_not_asked_for():
    days = [date(2016, 4, 1) + timedelta(days=place) for place in range(61)]
    told: list[str] = []
    with StandIn(Tree(TREE)) as archive, requests.Session() as session:
        walked = list(walk(days, ["RRI"], [], session, archive.url, progress=told.append))
    assert len(found(walked)) == 3
    assert asked_for(archive) == ["/2016/03/31/RRI/", "/2016/04/", "/2016/04/18/RRI/", "/2016/04/20/RRI/", "/2016/05/"]
    assert [f"/{path}/" for path in told] == asked_for(archive)


def test_a_month_that_cannot_be_read_hides_no_day():
    tree = Tree(TREE)
    tree.instead["/2016/04/"] = error_page(403, "Forbidden")
    with StandIn(tree) as archive, requests.Session() as session:
        days = [date(2016, 4, day) for day in range(16, 22)]
        assert len(found(walk(days, ["RRI"], [], session, archive.url))) == 3


def test_a_folder_that_cannot_be_read_is_told_and_the_walk_goes_on():
    tree = Tree(TREE)
    tree.instead["/2016/04/18/MGF/"] = error_page(200, "Please sign in")
    with StandIn(tree) as archive, requests.Session() as session:
        walked = list(walk([date(2016, 4, 18)], ["mgf", "rri"], [], session, archive.url))
    assert len(found(walked)) == 2
    assert any("Please sign in" in one.reason for one in walked if isinstance(one, Unread))


def test_an_archive_that_is_not_there_is_left_alone_after_three_tries():
    with nobody_there() as url, requests.Session() as session:
        told: list[str] = []
        with pytest.raises(ServiceError, match=r"cannot read .*the last of 3 folders in a row"):
            list(walk([date(2016, 4, day) for day in range(1, 30)], ["rri"], [], session, url, progress=told.append))
    assert len(told) == 3


def test_a_walk_has_an_end(monkeypatch):
    monkeypatch.setattr(folders, "MOST_FOLDERS", 2)
    with (
        StandIn(Tree(TREE)) as archive,
        requests.Session() as session,
        pytest.raises(ServiceError, match="more than 2 folders"),
    ):
        list(walk([date(2016, 4, 18)], [], [], session, archive.url))


@pytest.mark.parametrize(
    ("instruments", "products", "words"),
    [
        (["xyz"], [], "there is no instrument `XYZ`"),
        ([], ["no-such"], "unknown product `no-such`"),
        ([], ["cer-zip-tec"], "are unknown: name its instrument"),
    ],
)
def test_what_there_is_not_is_told_before_anything_is_asked(instruments, products, words):
    with StandIn(Tree(TREE)) as archive, requests.Session() as session, pytest.raises(ServiceError, match=words):
        list(walk([date(2016, 4, 18)], instruments, products, session, archive.url))
    assert archive.requests == []


# Answers that are wrong

LISTING = nginx([(RRI, "12")]).encode()
HEAD = "HTTP/1.1 200 OK\nContent-Type: text/html\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error_page(404, "Not Found"), "the archive has no http"),
        (error_page(403, "Forbidden"), "refuses to show"),
        (Answer(503, b"", (("Retry-After", "30"),)), "asks to wait 30 s"),
        (error_page(200, "Sign in"), "Sign in"),
        (redirect(302, "https://login.example/"), "redirects to https://login.example/"),
        (redirect(302, "/2016/"), "redirects to another folder"),
        (redirect(302, "."), "without end"),
        (raw(HEAD + f"Content-Length: {len(LISTING) + 9}\n\n", LISTING), "is cut off"),
        (raw(HEAD + "Transfer-Encoding: chunked\n\n", b"5\r\n<html\r\n"), "is cut off or damaged"),
        (raw(HEAD + "Transfer-Encoding: chunked\n\n", b"ff\r\n<html></html>"), "is cut off or damaged"),
        (raw(HEAD + "\n", LISTING[:-40]), "is unknown whether"),
        (raw(HEAD + "Content-Encoding: gzip\nContent-Length: 3\n\n", b"xyz"), "compressed text"),
        (Answer(reset=True), "cannot read"),
        (raw("nonsense\n\n"), "cannot read"),
    ],
)
def test_a_wrong_answer_is_an_error_and_never_an_empty_folder(answer, words):
    def wrong(request) -> Answer:
        return answer if request.path == "/2016/04/18/RRI/" else Answer(200, LISTING, HTML)

    with StandIn(wrong) as archive, requests.Session() as session, pytest.raises(ServiceError) as caught:
        browse("2016/04/18/RRI", session, archive.url)
    assert re.search(words, str(caught.value))


def test_a_page_that_ends_with_its_own_mark_is_whole_without_a_length():
    with StandIn(raw(HEAD + "\n", LISTING)) as archive, requests.Session() as session:
        assert [file.name for file in browse("2016", session, archive.url).files()] == [RRI]


def test_a_redirect_within_the_archive_is_followed():
    def moved(request) -> Answer:
        return (
            Answer(200, LISTING, HTML) if request.path.startswith("/epop/") else redirect(301, f"/epop{request.path}")
        )

    with StandIn(moved) as archive, requests.Session() as session:
        folder = browse("2016", session, archive.url)
    assert [file.url for file in folder.files()] == [f"{archive.url}/epop/2016/{RRI}"]


def test_a_page_that_does_not_end_is_left():
    sent = []

    def pieces():
        yield (HEAD + "\n").replace("\n", "\r\n").encode()
        for _ in range(200):
            sent.append(1)
            yield b"<a href=x>" * 100_000

    with (
        StandIn(Answer(raw=pieces())) as archive,
        requests.Session() as session,
        pytest.raises(ServiceError, match="more than 32 MiB"),
    ):
        browse("2016", session, archive.url)
    assert len(sent) < 100


def test_a_page_that_trickles_is_left():
    from threading import Event

    stop = Event()

    def pieces():
        yield (HEAD + "\n").replace("\n", "\r\n").encode()
        for _ in range(1000):
            yield b" "
            if stop.wait(0.02):
                return

    with StandIn(Answer(raw=pieces())) as archive, requests.Session() as session:
        with pytest.raises(ServiceError, match="did not answer within"):
            archive_request.get(f"{archive.url}/2016/", session, seconds=0.2)
        stop.set()


def test_redirects_do_not_make_the_time_longer():
    from threading import Event

    stop = Event()

    def on(request) -> Answer:
        stop.wait(0.2)
        return redirect(302, "/x/")

    with StandIn(on) as archive, mannered(Network(seconds=0.5)) as session:
        with pytest.raises(ServiceError, match="did not answer within"):
            archive_request.get(f"{archive.url}/2016/", session)
        stop.set()
    assert len(archive.requests) <= 3


def test_the_end_of_the_time_of_one_answer_does_not_cut_the_next():
    from time import sleep

    answer = whole(LISTING, Content_Type="text/html")
    with Hostile(in_turn(answer, [2.0, *answer])) as archive, mannered(Network(seconds=4)) as session:
        first = browse("2016", session, archive.url)
        sleep(2.2)
        assert browse("2016", session, archive.url) == first


# Tars


def test_a_whole_folder_is_asked_for_as_h5ai_packs_it():
    with StandIn(Answer(200, b"tar", (("Content-Type", "application/octet-stream"),))) as archive:
        request = tar_of("2016/04/18/RRI/", archive.url)
        answer = requests.post(request.url, data=request.form, timeout=10)
    (received,) = archive.requests
    parts = urlsplit(received.path)
    assert (received.method, parts.path) == ("POST", "/2016/04/18/RRI/")
    assert parse_qsl(parts.query, keep_blank_values=True) == [
        ("action", "download"),
        ("as", "RRI.tar"),
        ("type", "php-tar"),
        ("baseHref", "/2016/04/18/RRI/"),
        ("hrefs", ""),
    ]
    assert received.body == b""
    assert request.name == "2016-04-18-RRI.tar"
    assert answer.status_code == 200


def test_a_folder_at_a_mirror_is_named_by_all_of_its_path():
    request = tar_of("2016", "https://mirror.example/epop")
    assert dict(parse_qsl(urlsplit(request.url).query))["baseHref"] == "/epop/2016/"


def test_where_a_folder_is_not_packed_its_files_are_there_one_by_one():
    tree = Tree(TREE)

    def no_tars(request) -> Answer:
        return error_page(404, "Not Found") if request.method == "POST" else tree(request)

    with StandIn(no_tars) as archive, requests.Session() as session:
        request = tar_of("2016/04/18/RRI", archive.url)
        assert session.post(request.url, data=request.form, timeout=10).status_code == 404
        files = {file.url for file in browse("2016/04/18/RRI", session, archive.url).files()}
    assert f"{archive.url}/2016/04/18/RRI/{RRI}" in files


def test_the_whole_archive_is_not_packed():
    with pytest.raises(ServiceError, match="the whole archive cannot be packed"):
        tar_of("/")


# Availability

FIRST = [("FAI", "2019-05-01T15:05:34", "2019-05-01T15:13:06"), ("GAP", "2019-04-30T23:00:00", "2019-05-01T01:00:00")]
STEM = "CAS_ePOP_Data_20190501T000000_20190501T235959"
START = seconds("2019-05-01")


def availability(files: dict[str, str], *days: int):
    tree = Tree({f"2019/05/{name}": text.encode() for name, text in files.items()})
    with StandIn(tree) as archive, requests.Session() as session:
        return availability_of([date(2019, 5, day) for day in days], session, archive.url)


def line_of(read, instrument: str):
    (line,) = [line for line in read.lines if line.instrument == instrument]
    return line


def test_availability_tells_on_off_and_no_information_apart():
    read = availability({f"01/{STEM}_1.0.0.txt": availability_text(FIRST), "02/CAS_other_20190502.txt": "x"}, 1, 2)
    assert (read.start, read.end) == (START, START + 2 * DAY)
    assert [line.instrument for line in read.lines] == list(INSTRUMENTS)
    fai, gap, sei = (line_of(read, name) for name in ("FAI", "GAP", "SEI"))
    assert fai.on == (seconds(FIRST[0][1]), seconds(FIRST[0][2]))
    assert gap.on == (START, START + 3600)
    assert sei.on == ()
    assert fai.known == gap.known == sei.known == (START, START + DAY)
    assert len(read.sources) == 1
    assert read.doubts == ()


def test_the_newest_version_of_a_day_is_the_one_that_counts():
    files = {f"01/{STEM}_{v}.txt": availability_text([("RRI", f"2019-05-01T{h}:00:00", f"2019-05-01T{h}:30:00")])
             for v, h in (("1.9.0", "01"), ("1.10.0", "02"), ("1.2.0", "03"))}  # fmt: skip
    read = availability(files, 1)
    assert line_of(read, "RRI").on == (START + 7200, START + 9000)
    assert read.sources[0].endswith("_1.10.0.txt")


def test_a_line_that_cannot_be_read_leaves_its_instrument_unknown_and_is_told():
    text = availability_text(FIRST) + "NMS, 2019-05-01T12:00:00, someday\n"
    read = availability({f"01/{STEM}_1.0.0.txt": text}, 1)
    assert line_of(read, "NMS").known == ()
    assert line_of(read, "FAI").known == (START, START + DAY)
    (doubt,) = read.doubts
    assert "line 5: not a date and time: 'someday'" in doubt


@pytest.mark.parametrize("text", ["<html><title>Sign in</title></html>\n\n\n", "", "one line\n", '{"a": 1}\n\n\n'])
def test_what_is_no_availability_text_says_nothing_about_instruments(text):
    found = availability({f"01/{STEM}_1.0.0.txt": text}, 1)
    assert all(line.known == line.on == () for line in found.lines)
    assert len(found.doubts) == 1
    assert "not an availability text" in found.doubts[0]


def test_a_name_without_a_date_proves_nothing_between_its_rows():
    rows = [("RRI", f"2019-05-0{day}T01:00:00", f"2019-05-0{day}T02:00:00") for day in (1, 5)]
    assert len(read(availability_text(rows).encode(), "CAS_ePOP_Data_1.0.0.txt", URL, snapshot()).days) == 0
    assert len(read(availability_text(rows[:1]).encode(), "CAS_ePOP_Data_1.0.0.txt", URL, snapshot()).days) == 1


@given(st.binary())
def test_any_bytes_are_availability_or_an_error_of_ours(body):
    try:
        told = read(b"a\nb\n" + body, f"{STEM}_1.0.0.txt", URL, snapshot())
    except ServiceError:
        return
    assert all(start < end for _, start, end in told.spans)


def test_no_days_and_too_many_are_told():
    with requests.Session() as session:
        for days in ([], [date(2000, 1, 1) + timedelta(days=day) for day in range(9999)]):
            with pytest.raises(ServiceError, match="availability is read for"):
                availability_of(days, session, "http://archive.example")
