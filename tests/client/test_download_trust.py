"""What a download believes and to whom it shows what: sums, addresses, credentials, certificates, proxies, the disk."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import json
import os
import random
import threading
import zlib

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import edexql
from commands import PATIENCE
from edexql.base.files import disk
from edexql.base.units import read_size
from edexql.client import credentials
from edexql.client.archive.request import get
from edexql.client.download import part
from edexql.client.download.batch import download
from edexql.client.download.connection import HostCache, Session
from edexql.client.download.model import RemoteFile, Watch
from edexql.client.errors import ServiceError
from edexql.client.http.request import Retries
from edexql.client.http.session import session
from edexql.client.listing import fetch
from edexql.formats import crc, digests
from hostile import CALM, CLOSE, POLICY, Hostile, chunks, dated, head, in_turn, ranged, report_of, start, tls, whole
from tutorial import FILES, QUERY

HDF5 = b"\x89HDF\r\n\x1a\n" + random.Random(5).randbytes(60_000)
FLIPPED = HDF5[:30_000] + bytes([HDF5[30_000] ^ 1]) + HDF5[30_001:]


def crc_of(algorithm: str, data: bytes) -> str:
    """The sum, a bit at a time, as the standards define it."""
    polynomial, bits = {"crc32c": (0x82F63B78, 32), "crc64nvme": (0x9A6C9329AC4BC9B5, 64)}[algorithm]
    state = ones = (1 << bits) - 1
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (polynomial if state & 1 else 0)
    return f"{state ^ ones:0{bits // 4}x}"


def b64(algorithm: str, data: bytes = HDF5) -> str:
    if algorithm in ("crc32c", "crc64nvme"):
        return base64.b64encode(bytes.fromhex(crc_of(algorithm, data))).decode()
    if algorithm == "crc32":
        return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    return base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


# Sums that the service tells

TOLD = {
    "Repr-Digest": {"Repr_Digest": f"sha-256=:{b64('sha256')}:"},
    "Repr-Digest of several": {"Repr_Digest": f"unknown=:{b64('md5')}:, sha-512=:{b64('sha512')}:, md5=:AAAA:"},
    "Content-Digest": {"Content_Digest": f"sha-256=:{b64('sha256')}:"},
    "Digest": {"Digest": f"SHA-256={b64('sha256')}"},
    "Digest of few bits": {"Digest": f"adler32={zlib.adler32(HDF5):08x}"},
    "Content-MD5": {"Content_MD5": b64("md5")},
    "S3": {"x_amz_checksum_sha256": b64("sha256")},
    "S3, of few bits": {"x_amz_checksum_crc32": b64("crc32"), "x_amz_checksum_type": "FULL_OBJECT"},
    "S3, with a CRC of 64 bits": {"x_amz_checksum_crc64nvme": b64("crc64nvme")},
    "Google, of a composed file": {"x_goog_hash": f"crc32c={b64('crc32c')}"},
    "Google": {"x_goog_hash": f"crc32c=AAAAAA==,md5={b64('md5')}"},
    "Artifactory": {"X_Checksum_Sha1": hashlib.sha1(HDF5).hexdigest()},
}


@pytest.mark.parametrize("told", TOLD)
def test_a_flipped_bit_is_seen_by_the_sum_that_the_service_tells(told, tmp_path):
    with Hostile(whole(FLIPPED, **TOLD[told])) as service:
        report = report_of(f"{service.url}/a.h5", "a.h5", tmp_path)
        assert (report.state, report.code) == ("failed", "damaged")
        assert told.split()[0].rstrip(",").lower().replace("s3", "x-amz-checksum") in report.reason.lower() or (
            told.startswith(("Google", "Artifactory"))
        )
        assert os.listdir(tmp_path) == []
        service._play = lambda asked: whole(HDF5, **TOLD[told])
        report = report_of(f"{service.url}/a.h5", "a.h5", tmp_path)
    assert (report.state, report.checked) == ("downloaded", "sum")


@pytest.mark.parametrize(
    "told",
    [
        {"Repr_Digest": "sha-256=:AAAA:"},
        {"Repr_Digest": "sha-256=nonsense"},
        {"Digest": "unixsum=12345"},
        {"Content_MD5": "not base64!"},
        {"x_amz_checksum_crc32": b64("crc32", b"other"), "x_amz_checksum_type": "COMPOSITE"},
        {"x_amz_checksum_sha256": b64("sha256", b"other") + "-7"},
        {"x_goog_hash": f"md5={b64('md5', b'other')}", "x_goog_stored_content_encoding": "gzip"},
    ],
)
def test_a_sum_that_is_none_of_the_file_says_nothing(told, tmp_path):
    with Hostile(whole(HDF5, **told)) as service:
        report = report_of(f"{service.url}/a.h5", "a.h5", tmp_path)
    assert (report.state, report.checked) == ("downloaded", "length")


@pytest.mark.parametrize("header", ["Repr-Digest", "repr-digest", "Repr-Digest: md5=:AAAA:\r\nREPR-DIGEST"])
@pytest.mark.parametrize("data", [HDF5, FLIPPED])
def test_a_sum_behind_the_last_chunk_is_read(data, header, tmp_path):
    end = f"0\r\n{header}: sha-256=:{b64('sha256')}:\r\n\r\n".encode()
    with Hostile([head(Transfer_Encoding="chunked", Trailer="Repr-Digest"), *chunks(data), end]) as service:
        report = report_of(f"{service.url}/a.h5", "a.h5", tmp_path)
    assert (report.code, report.checked) == ((None, "sum") if data is HDF5 else ("damaged", None))


def test_a_sum_behind_the_last_chunk_of_a_part_is_read(tmp_path):
    told = f"0\r\nrepr-digest: sha-256=:{b64('sha256')}:\r\n\r\n".encode()

    def rest(asked):
        span = f"bytes {asked.start}-{len(FLIPPED) - 1}/{len(FLIPPED)}"
        start = head("206 Partial Content", Content_Range=span, Transfer_Encoding="chunked", **dated())
        return [start, *chunks(FLIPPED[asked.start :]), told]

    with Hostile(in_turn([whole(HDF5)[0], HDF5[:20_000], CLOSE], rest, whole(HDF5))) as service:
        assert report_of(f"{service.url}/a.h5", "a.h5", tmp_path).state == "downloaded"
    assert (tmp_path / "a.h5").read_bytes() == HDF5


@pytest.mark.parametrize("again", ["in this run", "in another"])
def test_the_sum_of_the_first_answer_holds_for_what_is_gone_on_with(again, tmp_path):
    told = TOLD["Content-Digest"]
    cut = [whole(HDF5, **told)[0], HDF5[:20_000], CLOSE]
    tries = [cut] * (1 if again == "in this run" else POLICY.tries)
    with Hostile(in_turn(*tries, lambda asked: ranged(FLIPPED, asked), lambda asked: ranged(HDF5, asked))) as service:
        url = f"{service.url}/a.h5"
        if again == "in another":
            assert report_of(url, "a.h5", tmp_path).code == "cut"
        report = report_of(url, "a.h5", tmp_path)
    # What was joined of two answers is fetched anew, and is right then.
    assert report.state == "downloaded"
    assert (tmp_path / "a.h5").read_bytes() == HDF5


def test_a_sum_shows_that_a_file_is_whole_where_nothing_else_does(tmp_path):
    text = b"20190501 1.0\n" * 900
    told = f"sha-256=:{b64('sha256', text)}:"
    with Hostile(in_turn([head(Repr_Digest=told), text[:-1], CLOSE], [head(Repr_Digest=told), text, CLOSE])) as service:
        report = report_of(f"{service.url}/a.txt", "a.txt", tmp_path)
    assert (report.state, report.tries, report.checked) == ("downloaded", 2, "sum")
    assert (tmp_path / "a.txt").read_bytes() == text


@pytest.mark.parametrize(("kind", "known"), [("crc-32c", "e3069283"), ("crc-64nvme", "ae8b14860a799888")])
def test_sums_of_google_and_amazon_are_those_of_their_standards(kind, known, monkeypatch):
    assert crc.sum_of(io.BytesIO(b"123456789"), kind) == known
    monkeypatch.setattr(crc, "_LANES", 64)
    monkeypatch.setattr(crc, "_PIECE", 5000)
    for size in (0, 1, 63, 64, 65, 4999, 5000, 5001, 12_345):
        assert crc.sum_of(io.BytesIO(HDF5[:size]), kind) == crc_of(kind.replace("-", ""), HDF5[:size])


# Sums beside the file


def beside(files, answer=HDF5):
    """A service with files of sums beside /d/a.h5."""

    def play(asked):
        name = asked.path.rpartition("/")[2]
        if name in files:
            return whole(files[name].encode())
        return whole(answer) if name.endswith(".h5") else [head("404 Not Found", Content_Length=0)]

    return play


SUM, MD5 = hashlib.sha256(HDF5).hexdigest(), hashlib.md5(HDF5).hexdigest()
BESIDE = {
    "a list of GNU": {"SHA256SUMS": f"{'0' * 64}  b.h5\n{SUM} *a.h5\n"},
    "a list of BSD": {"SHA256SUMS": f"SHA256 (b.h5) = {'0' * 64}\nSHA256 (./a.h5) = {SUM}\n"},
    "a list with a byte order mark": {"SHA256SUMS": f"\ufeff{SUM}  a.h5\r\n{'0' * 64}  b.h5\r\n"},
    "one of its own, of a pipe": {"a.h5.sha256": f"{SUM}  -\n"},
    "one of its own": {"a.h5.sha256": f"{SUM}  a.h5\n"},
    "one of its own, with a path": {"a.h5.sha256": f"{SUM}  /build/out/a.h5\n"},
    "a sum alone": {"a.h5.sha256": SUM.upper()},
    "MD5": {"a.h5.md5": f"{MD5}  a.h5\n"},
    "MD5 of BSD": {"a.h5.md5": f"MD5 (a.h5) = {MD5}\n"},
}


@pytest.mark.parametrize("files", BESIDE)
def test_a_flipped_bit_is_seen_by_a_sum_beside_the_file(files, tmp_path):
    with Hostile(beside(BESIDE[files], FLIPPED), neighbours=True) as service:
        report = report_of(f"{service.url}/d/a.h5", "a.h5", tmp_path)
        assert (report.state, report.code) == ("failed", "damaged")
        assert next(iter(BESIDE[files])) in report.reason
        service._play = beside(BESIDE[files])
        report = report_of(f"{service.url}/d/a.h5", "a.h5", tmp_path)
    assert (report.state, report.checked, report.tries) == ("downloaded", "sum", 1)


@pytest.mark.parametrize(
    "files",
    [
        {"SHA256SUMS": f"{'0' * 64}  sub/a.h5\n{'1' * 64}  xa.h5\n"},
        {"SHA256SUMS": f"{'0' * 64}  a.h5\n{'1' * 64}  a.h5\n"},
        {"SHA256SUMS": "<html>no such file</html>"},
        {"a.h5.sha256": f"{'0' * 64}  b.h5\n"},
        {"a.h5.md5": "\0" * 100},
    ],
)
def test_a_list_that_does_not_have_the_file_says_nothing(files, tmp_path):
    with Hostile(beside(files), neighbours=True) as service:
        report = report_of(f"{service.url}/d/a.h5", "a.h5", tmp_path)
    assert (report.state, report.checked) == ("downloaded", "length")


def test_a_folder_without_sums_is_asked_for_them_once(tmp_path):
    with Hostile(beside({}), neighbours=True) as service:
        wanted = [RemoteFile(f"{service.url}/d/{number}.h5", f"{number}.h5") for number in range(9)]
        reports = download(wanted, str(tmp_path), network=CALM, watch=Watch(), stop=threading.Event())
        asked = [one.path for one in service.asked if not one.path.endswith(".h5")]
    assert {report.state for report in reports} == {"downloaded"}
    assert len(asked) == 3


def test_a_file_with_sums_of_its_own_needs_no_others(tmp_path):
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", "a")
    with Hostile(whole(made.getvalue()), neighbours=True) as service:
        report = report_of(f"{service.url}/d/a.zip", "a.zip", tmp_path)
        assert len(service.asked) == 1
    assert (report.state, report.checked) == ("downloaded", "content")


@given(st.text(max_size=60), st.sampled_from(["", "0" * 64 + "  ", "SHA256 (a) = "]))
def test_any_list_of_sums_is_read_or_passed_over(text, before):
    digests.in_list(before + text, "a", "x")
    digests.beside(before + text, "a", "x")
    names = ["Repr-Digest", "Content-Digest", "Digest", "Content-MD5", "x-goog-hash", "x-amz-checksum-sha256"]
    for digest in digests.of_headers(dict.fromkeys(names, text)):
        assert len(digest.value) == 2 * digests.ALGORITHMS[digest.algorithm]


# To whom credentials go


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login me password secret\nmachine localhost login me password secret\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


def leading_to(url, **headers):
    return [head("302 Found", Location=url, Content_Length=0, **headers)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("how", ["netrc", "address", "none"])
def test_nothing_is_followed_from_https_to_http(status, how, tmp_path, certificate, monkeypatch, request):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    if how == "netrc":
        request.getfixturevalue("netrc")
    with Hostile(whole(HDF5)) as there:
        with Hostile([head(status, Location=f"{there.url}/a.h5", Content_Length=0)], tls(certificate)) as here:
            url = here.url.replace("://", "://me:secret@") if how == "address" else here.url
            report = report_of(f"{url}/a.h5", "a.h5", tmp_path / "to")
        assert (report.state, report.code, there.asked) == ("failed", "redirect", [])
    assert "from https to http://127.0.0.1" in report.reason
    assert "secret" not in report.reason


@pytest.mark.usefixtures("netrc")
def test_the_environment_is_looked_up_once_for_all_sessions_of_a_download(monkeypatch):
    looked_up = []
    for name in ("get_netrc_auth", "get_environ_proxies"):
        original = getattr(requests.sessions, name)

        def recorded(url, *args, name=name, original=original, **options):
            looked_up.append((name, url))
            return original(url, *args, **options)

        monkeypatch.setattr(requests.sessions, name, recorded)
    with Hostile(whole(HDF5)) as service:
        cache = HostCache()
        for name in ("a", "b", "c"):
            with Session("edexql", cache=cache) as session:
                session.request_file(f"{service.url}/{name}", None, {}, (PATIENCE, PATIENCE)).close()
        first = f"{service.url}/a"
        assert sorted(looked_up) == [("get_environ_proxies", first), ("get_netrc_auth", first)]
        assert [one.path for one in service.asked] == ["/a", "/b", "/c"]
        assert all("authorization" in one.headers for one in service.asked)


@pytest.mark.parametrize("how", ["netrc", "address"])
@pytest.mark.parametrize("to", ["another port", "another host", "with a name in it", "https"])
def test_credentials_go_to_no_other_scheme_host_or_port(how, to, tmp_path, certificate, monkeypatch, request):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    if how == "netrc":
        request.getfixturevalue("netrc")
    with Hostile(whole(HDF5), tls(certificate) if to == "https" else None) as there:
        away = {
            "another host": there.url.replace("127.0.0.1", "localhost"),
            "with a name in it": there.url.replace("://", "://me:secret@"),
        }.get(to, there.url)
        with Hostile(leading_to(f"{away}/a.h5", Set_Cookie="id=secret; Path=/")) as here:
            url = here.url.replace("://", "://me:secret@") if how == "address" else here.url
            assert report_of(f"{url}/a.h5", "a.h5", tmp_path / "to").state == "downloaded"
        assert "authorization" in here.asked[0].headers
        assert [{"authorization", "cookie"} & set(asked.headers) for asked in there.asked] == [set()]


@pytest.mark.usefixtures("netrc")
def test_credentials_stay_where_a_redirect_stays(tmp_path):
    with Hostile(in_turn(leading_to("/there/a.h5"), whole(HDF5))) as service:
        assert report_of(f"{service.url}/a.h5", "a.h5", tmp_path / "to").state == "downloaded"
    assert ["authorization" in asked.headers for asked in service.asked] == [True, True]


def test_a_service_elsewhere_that_wants_a_password_is_named(tmp_path):
    with (
        Hostile([head("401 Unauthorized", WWW_Authenticate="Basic", Content_Length=0)]) as there,
        Hostile(leading_to(f"{there.url}/a.h5")) as here,
    ):
        report = report_of(f"{here.url}/a.h5", "a.h5", tmp_path)
    assert report.code == "refused"
    assert f"{there.url}/a.h5" in report.reason
    assert "~/.netrc" in report.reason


def test_a_password_in_an_address_is_nowhere_afterwards(tmp_path):
    with Hostile([whole(HDF5)[0], HDF5[:5000], CLOSE]) as service:
        url = service.url.replace("://", "://me:s%40cret@")
        report = report_of(f"{url}/a.h5", "a.h5", tmp_path)
        assert report.code == "cut"
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix == ".json")
        assert b"http://127.0.0.1" in kept
        assert b"cret" not in kept
        service._play = lambda asked: ranged(HDF5, asked)
        # What has come is of use whether the password comes from the address or from elsewhere.
        assert report_of(f"{service.url}/a.h5", "a.h5", tmp_path).moved < len(HDF5)
        assert report_of(f"{url.replace('http', 'ftp')}/b.h5", "b.h5", tmp_path).reason.find("cret") == -1


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("https://me:pw@host/a@b", "https://host/a@b"),
        ("https://me@host:8/x?u=a@b", "https://host:8/x?u=a@b"),
        ("https://me:p@w@host", "https://host"),
        ("https://host/a", "https://host/a"),
        ("you@example.ca", "you@example.ca"),
    ],
)
def test_an_address_without_its_credentials_is_the_same_otherwise(text, without):
    assert credentials.public_url(text) == without
    assert credentials.redact(f"cannot reach {text}: no") == f"cannot reach {without}: no"


# Certificates and proxies


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_the_certificates_of_the_environment_are_believed(variable, tmp_path, certificate, monkeypatch):
    with Hostile(whole(HDF5), tls(certificate)) as service:
        assert report_of(f"{service.url}/a.h5", "a.h5", tmp_path).code == "certificate"
        monkeypatch.setenv(variable, str(certificate / "cert.pem"))
        assert report_of(f"{service.url}/a.h5", "a.h5", tmp_path).state == "downloaded"
        monkeypatch.setenv(variable, "/no/such/file.pem")
        report = report_of(f"{service.url}/b.h5", "b.h5", tmp_path)
    # Where others are named beside it, too.
    assert (report.code, variable in report.reason) == ("certificate", True)


@pytest.mark.parametrize(
    ("scheme", "status", "words"),
    [
        ("http", "407 Proxy Authentication Required", "requires a user name and password"),
        ("https", "407 Proxy Authentication Required", "407"),
        ("https", "403 Forbidden", "403"),
        ("http", "403 Forbidden", "or the proxy"),
    ],
)
def test_a_proxy_that_refuses_is_named(scheme, status, words, tmp_path, monkeypatch):
    with Hostile([head(status, Content_Length=0)]) as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.url.replace("://", "://me:secret@"))
        monkeypatch.delenv("no_proxy", raising=False)
        report = report_of(f"{scheme}://edex.invalid/a.h5", "a.h5", tmp_path)
        assert (report.state, report.tries) == ("failed", 1)
        assert f"proxy {proxy.url}" in report.reason
    assert words in report.reason
    assert "secret" not in report.reason


def test_a_proxy_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    report = report_of("http://edex.invalid/a.h5", "a.h5", tmp_path)
    assert (report.code, "proxy http://127.0.0.1:9" in report.reason) == ("proxy", True)


# The disk


def test_a_file_that_announces_more_than_the_disk_has_fails_alone(tmp_path):
    files = {f"{number}.h5": HDF5 for number in range(12)}

    def play(asked):
        if asked.path == "/3.h5":
            return [head(Content_Length=10**15, **dated()), HDF5, CLOSE]
        return ranged(files[asked.path[1:]], asked)

    with Hostile(play) as service:
        wanted = [RemoteFile(f"{service.url}/{name}", name) for name in files]
        reports = download(wanted, str(tmp_path), network=CALM, watch=Watch(), stop=threading.Event())
    assert [report.code for report in reports] == [None] * 3 + ["disk-full"] + [None] * 8
    assert reports[3].state == "failed"
    assert sorted(os.listdir(tmp_path)) == sorted(set(files) - {"3.h5"})


def test_a_file_that_is_listed_with_more_than_the_disk_has_fails_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "free_space", lambda folder: 1_000_000)
    with Hostile(whole(HDF5)) as service:
        wanted = [
            RemoteFile(f"{service.url}/a.h5", "a.h5", read_size("540MB")),
            RemoteFile(f"{service.url}/b.h5", "b.h5", read_size("0.06MB")),
        ]
        reports = download(wanted, str(tmp_path), network=CALM, watch=Watch(), stop=threading.Event())
    assert [(report.state, report.code) for report in reports] == [("failed", "disk-full"), ("downloaded", None)]
    assert "1.00 MB" in reports[0].reason


@pytest.mark.parametrize("room", [100_000, 0])
def test_a_file_of_a_length_that_is_not_told_and_that_fills_the_disk_fails_alone(tmp_path, monkeypatch, room):
    real = part._write
    first = f"{tmp_path}/0.h5.part"

    def write(handle, data):
        ours = os.path.exists(first) and os.path.samestat(os.stat(first), os.fstat(handle))
        if ours and os.fstat(handle).st_size + len(data) > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle, data)

    monkeypatch.setattr(part, "_write", write)

    def play(asked):
        if asked.path == "/0.h5":
            return [head(), *[HDF5] * 9, CLOSE]
        return [0.3, *ranged(HDF5, asked)]

    with Hostile(play) as service:
        wanted = [RemoteFile(f"{service.url}/{number}.h5", f"{number}.h5") for number in range(3)]
        reports = download(wanted, str(tmp_path), network=CALM, watch=Watch(), stop=threading.Event())
    assert [report.code for report in reports] == ["disk-full", None, None]
    assert sorted(os.listdir(tmp_path)) == ["1.h5", "2.h5"]


# One name, two addresses


def test_two_processes_with_one_name_and_two_addresses_do_not_take_each_others_file(tmp_path):
    data = {"/one/a.h5": HDF5, "/two/a.h5": FLIPPED}
    play = lambda asked: [whole(data[asked.path])[0], data[asked.path][:9000], 0.5, data[asked.path][9000:]]  # noqa: E731
    with Hostile(play) as service:
        code = "from hostile import CALM; r = get({!r}, 'a.h5', sys.argv[1], network=CALM); print(r.state, r.code)"
        processes = [start(code.format(f"{service.url}/{where}/a.h5"), tmp_path) for where in ("one", "two")]
        found = sorted(process.communicate(timeout=PATIENCE)[0].strip() for process in processes)
    assert found == ["downloaded None", "failed in-the-way"]
    assert os.listdir(tmp_path) == ["a.h5"]


def test_one_name_and_two_addresses_one_after_the_other(tmp_path):
    data = {"/one/a.h5": HDF5, "/two/a.h5": FLIPPED}
    with Hostile(lambda asked: whole(data[asked.path])) as service:
        first, second = (report_of(f"{service.url}/{where}/a.h5", "a.h5", tmp_path) for where in ("one", "two"))
    assert (first.state, second.state, second.code) == ("downloaded", "failed", "in-the-way")
    assert (tmp_path / "a.h5").read_bytes() == HDF5


# Listings, over the same connections


@pytest.mark.parametrize(
    ("scheme", "status"), [("https", "407 Proxy Authentication Required"), ("https", "403 No"), ("http", "407 No")]
)
def test_a_proxy_that_refuses_a_listing_is_named(scheme, status, monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    with Hostile([head(status, Content_Length=0)]) as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.url.replace("://", "://me:secret@"))
        with pytest.raises(ServiceError) as raised:
            fetch(edexql.compile(QUERY), f"{scheme}://edex.invalid", retries=Retries(1))
    assert "the proxy" in str(raised.value)
    assert (proxy.url in str(raised.value)) == (scheme == "https")
    assert status[:3] in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "before",
    [
        [head("103 Early Hints", Link="</a>")],
        [head("100 Continue"), head("102 Processing")],
        [],
    ],
)
def test_a_listing_is_read_behind_hints_and_under_a_long_head(before):
    body = json.dumps({"result_filenames": FILES}).encode()
    more = {f"X_{number}": "y" for number in range(150)}
    with Hostile([*before, head(Content_Length=len(body), **more), body]) as service:
        found = fetch(edexql.compile(QUERY), service.url, retries=Retries(1))
    assert [file.text for file in found.files] == FILES


@pytest.mark.usefixtures("netrc")
def test_a_listing_page_elsewhere_gets_no_credentials(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with Hostile(whole(b"<html></html>")) as there, session() as made:
        for to in (there.url, there.url.replace("://", "://me:secret@")):
            with Hostile(leading_to(to)) as here, pytest.raises(ServiceError, match="redirects to"):
                get(here.url, made)
        assert there.asked == []
        with Hostile(in_turn(leading_to("/b"), whole(b"<html></html>"))) as here:
            own = here.url.replace("://", "://you:other@")
            assert get(f"{own}/a", made).url == f"{own}/b"
        assert ["authorization" in one.headers for one in here.asked] == [True, True]


def test_a_line_that_ends_without_a_farewell_of_tls_is_no_end(tmp_path, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with Hostile([head(), HDF5[:30_000], CLOSE], tls(certificate)) as service:
        report = report_of(f"{service.url}/a.dat", "a.dat", tmp_path)
    assert (report.state, report.code in ("unverified", "cut")) == ("failed", True)
    assert not (tmp_path / "a.dat").exists()
