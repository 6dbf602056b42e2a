"""Reports and downloads: jobs that zip files of an archive, tell by mail where the zip is, and survive what happens."""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import pytest

from commands import PATIENCE
from edexql.base.files import atomic, locks
from edexql.server import deliveries
from edexql.server.settings import MailServer, mail_server_of
from hostile import tls
from places import TESTS
from serving import PASSES, FakeCatalogue, File, Mailbox, archive_of, link_in, mail_server, serve, wait_for
from tutorial import FILES, NAMES, PARAMETERS

pytestmark = pytest.mark.slow

CONTENTS = {file.place: f"content of {file.name}".encode() * 1000 for file in PASSES}
RECEIPT = "Preparing report... You will receive an email from edexql@localhost shortly."
KEY = "youremail@example.ca"


@pytest.fixture
def archive(tmp_path):
    return str(archive_of(tmp_path / "archive", CONTENTS))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A service without an archive."""
    with serve(tmp_path_factory.mktemp("state")) as service:
        yield service


def unzipped(body):
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        assert bundle.testzip() is None
        assert {entry.compress_type for entry in bundle.infolist()} == {zipfile.ZIP_STORED}
        return {name: bundle.read(name) for name in bundle.namelist()}


def settled(service, count=1):
    """The mails in the outbox, once there are so many and all jobs are done."""
    wait_for(lambda: len(service.outbox()) >= count and {j["state"] for j in service.jobs()} <= {"done", "failed"})
    return service.outbox()


# The report


@pytest.mark.parametrize(
    "path", ["/api_prepare_report", "/prepareReport", "/api/api_prepare_report", "/api/prepareReport"]
)
def test_a_report_is_answered_as_in_the_tutorial(empty, path):
    answer = empty.ask("POST", path, {**PARAMETERS, "result_filenames": FILES})
    assert (answer.status, answer.body.decode()) == (200, RECEIPT)
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_report_is_mailed_with_a_link_to_the_files(tmp_path, archive):
    mailbox = Mailbox()
    with (
        mail_server(mailbox) as port,
        serve(
            tmp_path / "state",
            archive=archive,
            mail_server=mail_server_of(f"smtp://127.0.0.1:{port}"),
            sender="us@x.ca",
        ) as service,
    ):
        answer = service.report()
        assert answer.body.decode() == RECEIPT.replace("edexql@localhost", "us@x.ca")
        (mail,) = wait_for(lambda: mailbox.mails)
        fetched = service.ask("GET", service.path_of(link_in(mail)))
        wait_for(lambda: service.jobs()[0]["state"] == "done")
    assert mailbox.recipients == [[KEY]]
    assert mail["To"] == KEY
    assert mail["From"] == "edexql <us@x.ca>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert all(name in mail.get_content() for name in NAMES)
    assert "not in the archive" not in mail.get_content()
    assert fetched.status == 200
    assert fetched.headers["content-type"] == "application/zip"
    assert re.fullmatch(r'attachment; filename="edexql-[0-9a-f]{8}\.zip"', fetched.headers["content-disposition"])
    assert unzipped(fetched.body) == {file.name: CONTENTS[file.place] for file in PASSES}
    assert list((tmp_path / "state" / "outbox").iterdir()) == []


def test_without_a_mail_server_the_mail_goes_to_the_outbox(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        assert service.report().status == 200
        (mail,) = settled(service)
        assert unzipped(service.ask("GET", service.path_of(link_in(mail))).body).keys() == set(NAMES)
    assert mail["To"] == KEY
    assert mail["Message-ID"]


def test_only_the_named_files_are_sent(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        service.report(result_filenames=[FILES[1], FILES[1], NAMES[0]])
        (mail,) = settled(service)
        assert unzipped(service.ask("GET", service.path_of(link_in(mail))).body).keys() == {NAMES[0], NAMES[1]}


def test_without_an_archive_the_mail_says_what_cannot_be_delivered(tmp_path):
    with serve(tmp_path) as service:
        assert service.report().body.decode() == RECEIPT
        (mail,) = settled(service)
        assert [job["state"] for job in service.jobs()] == ["failed"]
    text = mail.get_content()
    assert "could not be delivered" in mail["Subject"]
    assert "http" not in text
    assert "it has no archive" in text
    assert all(name in text for name in NAMES)


def test_missing_files_are_named_and_the_others_sent(tmp_path, archive):
    os.remove(os.path.join(archive, PASSES[2].place))
    with serve(tmp_path / "state", archive=archive) as service:
        service.report()
        (mail,) = settled(service)
        assert unzipped(service.ask("GET", service.path_of(link_in(mail))).body).keys() == set(NAMES[:2])
    assert NAMES[2] in mail.get_content().partition("not in the archive")[2]
    assert NAMES[0] not in mail.get_content().partition("not in the archive")[2]


def test_a_report_of_many_files_of_any_size(tmp_path):
    # Empty ones, and one that takes several pieces.
    contents = {f"d/{n}.bin": bytes([n]) * (0 if n < 40 else 3 * 2**20 + 1 if n == 40 else n) for n in range(50)}
    files = [File(f"{n}.bin", None, None, f"d/{n}.bin") for n in range(50)]
    archive = archive_of(tmp_path / "archive", contents)
    with serve(tmp_path / "state", FakeCatalogue(files), archive=str(archive)) as service:
        service.report(result_filenames=[file.name for file in files])
        (mail,) = settled(service)
        found = unzipped(service.ask("GET", service.path_of(link_in(mail))).body)
    assert found == {f"{n}.bin": contents[f"d/{n}.bin"] for n in range(50)}


BAD_REPORTS = {
    "no address": ({"email": None}, 422, ["E408"]),
    "an address of another kind": ({"email": 7}, 422, ["E413"]),
    "no name": ({"email": "@example.ca"}, 422, ["E408"]),
    "two signs": ({"email": "a@b@example.ca"}, 422, ["E408"]),
    "too long": ({"email": "a" * 250 + "@example.ca"}, 422, ["E408"]),
    "too long a name": ({"email": "a" * 65 + "@example.ca"}, 422, ["E408"]),
    "two addresses": ({"email": "a@example.ca, b@example.ca"}, 422, ["E408"]),
    "not ASCII": ({"email": "é@example.ca"}, 422, ["E408"]),
    "no files": ({"result_filenames": []}, 422, ["E413"]),
    "files of another kind": ({"result_filenames": [7]}, 422, ["E413"]),
    "a file that is not known": ({"result_filenames": [FILES[0], "passwd   1.00MB"]}, 409, ["S409"]),
    "a file whose name cannot be encoded": ({"result_filenames": [FILES[0], "\ud800   1.00MB"]}, 409, ["S409"]),
    "two things": ({"email": "x", "result_filenames": "y"}, 422, ["E408", "E413"]),
}


@pytest.mark.parametrize("case", BAD_REPORTS)
def test_a_bad_report_is_refused_and_no_job_is_made(empty, case):
    changes, status, codes = BAD_REPORTS[case]
    before = len(empty.jobs())
    answer = empty.report(**changes)
    assert (answer.status, answer.codes) == (status, codes)
    assert len(empty.jobs()) == before


# Links


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    """A service with a report that is ready, and the path of its link."""
    folder = tmp_path_factory.mktemp("linked")
    with serve(folder / "state", archive=str(archive_of(folder / "archive", CONTENTS))) as service:
        service.report()
        (mail,) = settled(service)
        yield service, service.path_of(link_in(mail))


def test_a_zip_is_sent_in_ranges(linked):
    service, path = linked
    whole = service.ask("GET", path).body
    some = service.ask("GET", path, Range="bytes=10-19")
    assert (some.status, some.body) == (206, whole[10:20])
    assert some.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    rest = service.ask("GET", path, Range=f"bytes={len(whole) - 5}-")
    assert (rest.status, rest.body) == (206, whole[-5:])
    beyond = service.ask("GET", path, Range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.codes) == (416, ["S416"])
    odd = service.ask("GET", path, Range="bytes=x")
    assert (odd.status, odd.codes) == (400, ["S400"])


def test_a_zip_has_the_same_headers_with_head(linked):
    service, path = linked
    head = service.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["accept-ranges"] == "bytes"
    assert int(head.headers["content-length"]) == len(service.ask("GET", path).body)


def test_a_link_cannot_be_guessed_or_changed(linked):
    service, path = linked
    _, _, token, name = path.split("/")
    assert len(token) >= 43
    for wrong in (
        f"/delivery/{token[:-1]}/{name}",
        f"/delivery/{token}/other.zip",
        f"/delivery/{token}/",
        f"/delivery/{token}",
        f"/delivery/{service.jobs()[0]['id']}/{name}",
        f"/delivery/{'x' * 43}/{name}",
        f"/download/{token}",
        "/delivery/",
    ):
        assert service.ask("GET", wrong).status == 404, wrong


def link_path(job):
    return f"/delivery/{job['token']}/edexql-{job['id'][:8]}.zip"


def test_a_zip_is_removed_when_its_link_expires(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive, lifetime=0.5) as service:
        service.report()
        # Of the job itself: the mail may be gone with the zip before it is looked for.
        (job,) = service.jobs()
        path = link_path(job)
        answers = [service.ask("GET", path)]
        wait_for(lambda: answers.append(service.ask("GET", path)) or answers[-1].status == 410)
        assert answers[-1].codes == ["S410"]
        assert {answer.status for answer in answers} <= {404, 200, 410}
        for answer in answers:
            assert answer.status != 200 or unzipped(answer.body).keys() == set(NAMES)
        (job,) = wait_for(lambda: [job for job in service.jobs() if job["state"] == "expired"])
        assert job["email"] is None
        assert list((service.state / "zips").iterdir()) == []
        assert service.outbox() == []
        assert service.ask("GET", path).status == 410
    # Who knows the address still finds no more than that it was one.
    with serve(tmp_path / "state", archive=archive) as service:
        assert service.ask("GET", path).status == 410


@pytest.mark.parametrize("ranges", [{}, {"Range": "bytes=10-"}, {"Range": "bytes=0-9,100-"}])
def test_a_transfer_is_completed_after_the_link_expires(tmp_path, archive, monkeypatch, ranges):
    class Late(deliveries.FileTransfer):
        async def __call__(self, *given):
            for path in (tmp_path / "state" / "zips").iterdir():
                path.unlink()
            await super().__call__(*given)

    with serve(tmp_path / "state", archive=archive) as service:
        service.report()
        settled(service)
        path = link_path(service.jobs()[0])
        before = service.ask("GET", path, **ranges)
        monkeypatch.setattr(deliveries, "FileTransfer", Late)
        late = service.ask("GET", path, **ranges)
        assert late.status == before.status == (206 if ranges else 200)
        # What stands between several ranges is made up anew for each answer.
        assert late.body == before.body or (len(late.body) == len(before.body) and "multipart" in str(late.headers))
        gone = service.ask("GET", path)
        assert (gone.status, gone.codes) == (410, ["S410"])


def test_a_transfer_leaves_no_file_open(tmp_path, archive, monkeypatch):
    made = []

    class Kept(deliveries.FileTransfer):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(deliveries, "FileTransfer", Kept)
    with serve(tmp_path / "state", archive=archive) as service:
        service.report()
        settled(service)
        path = link_path(service.jobs()[0])
        for method, ranges in (("GET", {}), ("HEAD", {}), ("GET", {"Range": "bytes=5-9"}), ("GET", {"Range": "x"})):
            service.ask(method, path, **ranges)
        zips = str(service.state / "zips")
        wait_for(lambda: not any(zips in one for one in open_files()))
    assert len(made) == 4


def open_files():
    """What the handles of this process stand for, where the system tells."""
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("the system does not tell which files are open")
    found = []
    for handle in handles.iterdir():
        with contextlib.suppress(OSError):
            found.append(os.readlink(handle))
    return found


def test_a_link_works_after_a_restart(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        service.report()
        (mail,) = settled(service)
        path = service.path_of(link_in(mail))
    with serve(tmp_path / "state", archive=archive) as service:
        assert unzipped(service.ask("GET", path).body).keys() == set(NAMES)


def test_a_failed_delivery_is_forgotten_after_its_lifetime(tmp_path, monkeypatch):
    written = []
    write = atomic.write
    monkeypatch.setattr(atomic, "write", lambda path, data: (written.append(Path(path)), write(path, data)))
    with serve(tmp_path, lifetime=0.3) as service:
        service.report()
        wait_for(lambda: not service.jobs())
        assert service.outbox() == []
    assert [path.parent.name for path in written if path.suffix == ".eml"] == ["outbox"]


# Downloads


def ready(service, session):
    return wait_for(
        lambda: (told := service.ask("GET", f"/download/{session}").json)["state"] in ("done", "failed") and told
    )


def test_a_download_has_progress_and_ends_with_a_link(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        begun = service.ask("POST", "/download", {"result_filenames": FILES})
        assert begun.status == 202
        session = begun.json["session_id"]
        assert urljoin("http://x/edex/download", begun.headers["location"]) == f"http://x/edex/download/{session}"
        told = ready(service, session)
        body = service.ask("GET", service.path_of(told["link"])).body
        assert told == {**told, "done": len(body), "total": len(body), "missing": [], "reason": None}
        assert unzipped(body).keys() == set(NAMES)
        assert service.outbox() == []


def test_a_download_without_files_in_the_archive_fails(empty):
    told = ready(empty, empty.ask("POST", "/download", {"result_filenames": FILES}).json["session_id"])
    assert (told["state"], told["link"], told["missing"]) == ("failed", None, NAMES)
    assert told["error"]


def test_a_download_is_found_by_session_id(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        session = service.ask("POST", "/download", {"result_filenames": FILES}).json["session_id"]
        told = ready(service, session)
        assert service.ask("GET", f"/download?session_id={session}").json == told
        assert told["error"] is None
        assert [service.ask("GET", f"/download{query}").status for query in ("", "?session_id=", "?x=1")] == [404] * 3


def test_an_unknown_download_is_404(empty):
    assert empty.ask("GET", "/download/nothing").status == 404
    assert empty.ask("POST", "/download", {"result_filenames": []}).status == 422
    assert empty.ask("POST", "/download", {"result_filenames": ["x"]}).status == 409


# Mail that does not go out at once


def mailed(tmp_path, archive, mailbox, **options):
    """The service, after one report has been mailed or given up."""
    with mail_server(mailbox, **options) as port:
        server = mail_server_of(f"smtp://127.0.0.1:{port}")
        with serve(tmp_path / "state", archive=archive, mail_server=server) as service:
            service.report()
            wait_for(lambda: service.jobs() and service.jobs()[0]["state"] == "done")
            return service.outbox()


def test_a_busy_mail_server_is_tried_again(tmp_path, archive):
    mailbox = Mailbox("451 busy", "451 busy")
    assert mailed(tmp_path, archive, mailbox) == []
    assert (mailbox.tries, len(mailbox.mails)) == (3, 1)


def test_mail_goes_to_the_outbox_when_the_mail_server_stays_busy(tmp_path, archive):
    mailbox = Mailbox(*["451 busy"] * 10)
    (mail,) = mailed(tmp_path, archive, mailbox)
    assert (mailbox.tries, mail["To"]) == (3, KEY)


def test_a_permanently_refused_mail_is_not_tried_again(tmp_path, archive):
    mailbox = Mailbox("554 no")
    (mail,) = mailed(tmp_path, archive, mailbox)
    assert (mailbox.tries, mail["To"]) == (1, KEY)


def test_mail_goes_to_the_outbox_when_there_is_no_mail_server(tmp_path, archive):
    with mail_server(Mailbox()) as port:
        pass
    with serve(tmp_path / "state", archive=archive, mail_server=MailServer("127.0.0.1", port)) as service:
        service.report()
        (mail,) = settled(service)
    assert mail["To"] == KEY


def test_the_zip_can_be_fetched_while_its_mail_waits(tmp_path, archive):
    waiting = {"archive": archive, "mail_server": MailServer("127.0.0.1", 1), "delays": (3600.0,)}
    with serve(tmp_path / "state", **waiting) as service:
        service.report()
        (job,) = wait_for(lambda: [job for job in service.jobs() if job["tries"]])
        assert job["state"] == "zipped"
        assert unzipped(service.ask("GET", link_path(job)).body).keys() == set(NAMES)


def test_mail_is_encrypted_where_the_mail_server_offers_it(tmp_path, archive, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    mailbox = Mailbox()
    assert mailed(tmp_path, archive, mailbox, tls_context=tls(certificate), require_starttls=True) == []
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("trusted", [True, False])
def test_mail_uses_tls_from_the_start_with_smtps(tmp_path, archive, certificate, monkeypatch, trusted):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    mailbox = Mailbox()
    with mail_server(mailbox, ssl_context=tls(certificate)) as port:
        server = mail_server_of(f"smtps://127.0.0.1:{port}")
        with serve(tmp_path / "state", archive=archive, mail_server=server) as service:
            service.report()
            wait_for(lambda: service.jobs() and service.jobs()[0]["state"] == "done")
            assert (len(mailbox.mails), len(service.outbox())) == ((1, 0) if trusted else (0, 1))


def test_mail_is_not_sent_without_a_valid_certificate(tmp_path, archive, certificate):
    mailbox = Mailbox()
    (mail,) = mailed(tmp_path, archive, mailbox, tls_context=tls(certificate), require_starttls=True)
    assert mail["To"] == KEY
    assert mailbox.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_password_is_given_to_the_mail_server(tmp_path, archive):
    seen = []

    def check(server, session, envelope, mechanism, given):
        from aiosmtpd.smtp import AuthResult

        seen.append((given.login, given.password))
        return AuthResult(success=True)

    mailbox = Mailbox()
    with mail_server(mailbox, authenticator=check, auth_required=True, auth_require_tls=False) as port:
        server = mail_server_of(f"smtp://me%40x:p%3Aw@127.0.0.1:{port}")
        with serve(tmp_path / "state", archive=archive, mail_server=server) as service:
            service.report()
            wait_for(lambda: mailbox.mails)
    assert seen[0] == (b"me@x", b"p:w")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.x.ca", MailServer("mail.x.ca", 25)),
        ("smtps://mail.x.ca", MailServer("mail.x.ca", 465, secure=True)),
        ("smtp://a:b%2F@[::1]:2525/", MailServer("::1", 2525, user="a", password="b/")),
    ],
)
def test_a_mail_server_is_read_from_its_address(url, server):
    assert mail_server_of(url) == server
    assert "b/" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.x.ca", "http://x", "smtp://", "smtp://x:y", "smtp://u:secret@h:99999", "smtp://h/p"]
)
def test_a_bad_mail_server_url_is_refused_without_its_password(url):
    with pytest.raises(ValueError, match="smtp://host:port") as caught:
        mail_server_of(url)
    assert "secret" not in str(caught.value)


# Room


def test_a_full_disk_is_tried_again_and_then_reported(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive, limits={"spare": 2**62}) as service:
        assert service.report().status == 200
        (mail,) = settled(service)
        assert list((service.state / "zips").iterdir()) == []
    assert "no space" in mail.get_content()


def test_a_delivery_that_is_too_large_is_reported(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive, limits={"delivery_bytes": 1000}) as service:
        service.report()
        (mail,) = settled(service)
    assert "at most 1000" in mail.get_content()


# Restarts


JOB = {
    "id": "0" * 32,
    "token": "t" * 43,
    "state": "waiting",
    "email": KEY,
    "wanted": [[file.name, file.place] for file in PASSES],
    "missing": [],
    "size": None,
    "tries": 0,
    "reason": None,
}


def job_file(state: Path):
    """A job as a service that was killed has left it."""
    (state / "jobs").mkdir(parents=True)
    (state / "zips").mkdir()
    now = time.time()
    text = json.dumps({**JOB, "created": now, "expires": now + 1000, "due": now})
    (state / "jobs" / f"{JOB['id']}.json").write_text(text)


def test_a_job_of_an_earlier_run_is_done(tmp_path, archive):
    job_file(tmp_path / "state")
    (tmp_path / "state" / "zips" / f"{'0' * 32}.zip.part").write_bytes(b"half a zip")
    with serve(tmp_path / "state", archive=archive) as service:
        (mail,) = settled(service)
        assert unzipped(service.ask("GET", service.path_of(link_in(mail))).body).keys() == set(NAMES)
        assert [path.suffix for path in (service.state / "zips").iterdir()] == [".zip"]


def odd_jobs():
    """Jobs with a value that cannot be one, and one in the file of another."""
    for key, value in (("created", "x"), ("due", None), ("email", []), ("size", "1"), ("id", "../x"), ("state", [])):
        yield json.dumps({**JOB, "created": 1, "expires": 1, "due": 1, key: value})


def test_unreadable_jobs_are_skipped(tmp_path, archive):
    job_file(tmp_path / "state")
    for number, text in enumerate(
        ["", "{", "[]", "{}", '{"wanted": 7}', '{"wanted": [], "state": "odd"}', "\0", *odd_jobs()]
    ):
        (tmp_path / "state" / "jobs" / f"{number}.json").write_text(text)
    with serve(tmp_path / "state", archive=archive) as service:
        wait_for(service.outbox)


def test_what_a_killed_service_was_writing_is_removed(tmp_path):
    with serve(tmp_path):
        pass
    unfinished = [tmp_path / part / f".x.{number}.part" for number, part in enumerate(("jobs", "zips", "outbox"))]
    for path in unfinished:
        path.write_text("me@example.ca")
    with serve(tmp_path):
        assert [path for path in unfinished if path.exists()] == []


def test_a_folder_is_used_by_one_service_at_a_time(tmp_path):
    with serve(tmp_path), pytest.raises(OSError, match="another service uses this folder"):
        serve(tmp_path)
    with serve(tmp_path) as service:
        assert service.ask("GET", "/openapi.json").status == 200


def test_a_folder_without_locks_is_not_said_to_be_in_use(tmp_path, monkeypatch):
    def without_locks(handle):
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(locks, "_lock", without_locks)
        with pytest.raises(OSError, match="its file system has no locks"):
            serve(tmp_path)
    with serve(tmp_path) as service:
        assert service.ask("GET", "/openapi.json").status == 200


def test_only_the_owner_can_read_what_is_stored(tmp_path, archive):
    with serve(tmp_path / "state", archive=archive) as service:
        service.report()
        settled(service)
        kept = [path for path in service.state.rglob("*") if path.is_file() and path.name != "lock"]
        assert len(kept) == 3
        assert {path.stat().st_mode & 0o077 for path in kept} == {0}


def killed_in_the_midst(words):
    """Start a service in a process of its own, ask for a report, and kill it while the zip is being made."""
    process = subprocess.Popen([sys.executable, "-c", CHILD, *words], stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    zips = Path(words[0]) / "zips"
    body = json.dumps({"email": KEY, "result_filenames": ["large.bin", "small.bin"]})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/api_prepare_report", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    wait_for(lambda: list(zips.glob("*.part")))
    process.kill()
    process.wait()
    process.stdout.close()
    connection.close()
    return zips


CHILD = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(TESTS / "support")!r})
from serving import FakeCatalogue, File, serve
files = [File(name, None, None, name) for name in ("large.bin", "small.bin")]
with serve(Path(sys.argv[1]), FakeCatalogue(files), archive=sys.argv[2]) as service:
    print(service.port, flush=True)
    time.sleep({PATIENCE})
"""


@pytest.mark.slow
def test_a_job_survives_a_kill(tmp_path):
    archive = archive_of(tmp_path / "archive", {"large.bin": b"", "small.bin": b"small"})
    os.truncate(archive / "large.bin", 2**29)
    zips = killed_in_the_midst([str(tmp_path / "state"), str(archive)])
    assert [path.suffix for path in zips.iterdir()] == [".part"]
    with serve(tmp_path / "state", archive=str(archive)) as service:
        assert [job["state"] for job in service.jobs()] == ["waiting"]
        (mail,) = settled(service)
        with zipfile.ZipFile(io.BytesIO(service.ask("GET", service.path_of(link_in(mail))).body)) as bundle:
            assert {entry.filename: entry.file_size for entry in bundle.infolist()} == {
                "large.bin": 2**29,
                "small.bin": 5,
            }
            assert bundle.testzip() is None
        assert [path.suffix for path in zips.iterdir()] == [".zip"]


def test_a_stopped_delivery_continues_after_a_restart(tmp_path):
    archive = archive_of(tmp_path / "archive", {"large.bin": b""})
    os.truncate(archive / "large.bin", 2**27)
    fake = FakeCatalogue([File("large.bin", None, None, "large.bin")])
    with serve(tmp_path / "state", fake, archive=str(archive)) as service:
        service.report(result_filenames=["large.bin"])
        wait_for(lambda: list((service.state / "zips").iterdir()))
    with serve(tmp_path / "state", fake, archive=str(archive)) as service:
        (mail,) = settled(service)
        assert len(service.ask("GET", service.path_of(link_in(mail))).body) > 2**27
