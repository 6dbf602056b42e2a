"""`edexql serve` with the sample catalogue of the package, as people run it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request

import pytest

from commands import EDEXQL, PATIENCE, environment, run, run_program
from edexql.client.download.batch import download
from edexql.client.download.model import RemoteFile, Watch
from edexql.client.settings.declarations import Network
from edexql.client.unpack.execution import unpack
from edexql.client.unpack.plan import plan
from hostile_archives import Quiet
from journey import MINUTES, served
from serving import archive_of, link_in, read_mail, wait_for
from tutorial import DELIVERY, FILES, LISTING, NAMES, PRINTED, RECEIPT, SCRIPT

pytestmark = pytest.mark.slow


class Running:
    """A process of `edexql serve`: its base address, and what it has said so far."""

    def __init__(self, process):
        self.process = process
        self.said = []
        while not self.said or "listening on" not in self.said[-1]:
            self.said.append(process.stderr.readline())
            assert self.said[-1], "it ended"
        self.url = self.said[-1].split()[-1]

    def stopped(self, how=signal.SIGTERM):
        """Its exit code after a signal, and all that it said."""
        self.process.send_signal(how)
        self.said += self.process.stderr.readlines()
        return self.process.wait(PATIENCE), "".join(self.said)


@contextlib.contextmanager
def serving(tmp_path, *words, **changes):
    command = [EDEXQL, "serve", "--port", "0", "--state", str(tmp_path / "state"), *map(str, words)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(**changes))
    try:
        yield Running(process)
    finally:
        process.kill()
        process.communicate()


def script_run(url, tmp_path):
    script = tmp_path / "script.py"
    text = SCRIPT.replace(LISTING, f"{url}/api_fetch_data")
    script.write_text(text.replace(DELIVERY, f"{url}/api_prepare_report"))
    return run_program(sys.executable, str(script))


def test_the_tutorial_script_lists_and_requests_the_files_of_the_sample(tmp_path):
    with serving(tmp_path) as service:
        receipt = "Preparing report... You will receive an email from edexql@localhost shortly."
        assert script_run(service.url, tmp_path) == (0, PRINTED.replace(RECEIPT, receipt), "")
        (path,) = wait_for(lambda: list((tmp_path / "state" / "outbox").glob("*.eml")))
        code, said = service.stopped()
    mail = read_mail(path.read_bytes())
    assert mail["To"] == "youremail@example.ca"
    assert all(name in mail.get_content() for name in NAMES)
    assert code == 0
    assert "there is no --archive" in said
    assert re.search(r"127\.0\.0\.1 GET /api_fetch_data 200 \d+ ms", said)
    assert "example.ca" not in said


def test_the_files_of_an_archive_are_sent_from_it(tmp_path):
    archive = archive_of(tmp_path / "archive", {f"2019/05/01/FAI/{name}": name.encode() for name in NAMES})
    with serving(tmp_path, "--archive", archive, "--address", "https://epop.example.ca/") as service:
        script_run(service.url, tmp_path)
        (path,) = wait_for(lambda: list((tmp_path / "state" / "outbox").glob("*.eml")))
        text = read_mail(path.read_bytes()).get_content()
        (link,) = re.findall(r"https://epop\.example\.ca(/\S+)", text)
        with urllib.request.urlopen(service.url + link) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/zip"


def test_what_the_tutorial_script_requests_is_delivered_and_unpacked(tmp_path):
    with served(tmp_path) as url:
        done = script_run(url, tmp_path)
        assert done.code == 0, done.err
        assert all(name in done.out for name in NAMES)
        (path,) = wait_for(lambda: list((tmp_path / "service" / "outbox").glob("*.eml")))
        wanted = RemoteFile(link_in(read_mail(path.read_bytes())), "delivery.zip")
        (report,) = download([wanted], str(tmp_path), network=Network("test"), watch=Watch(), stop=threading.Event())
    assert (report.state, report.code) == ("downloaded", None)
    planned = plan(report.path, str(tmp_path / "unpacked"), nesting="unpack")
    unpack(planned, watch=Quiet(), stop=threading.Event())
    found = [path.name for path in (tmp_path / "unpacked").rglob("*.h5")]
    assert sorted(found) == [
        f"FAI_lv1_NIR_20190501_{minute}_{minute}_6.0.0.h5" for name in NAMES for minute in MINUTES[name]
    ]


def test_files_without_information_are_left_out(tmp_path):
    query = {
        "product": ["fai-lv1-hdf5-images"],
        "date": [["2019-05-01", "2019-05-01"]],
        "fai": ["has-data"],
        "nobody-knows": [7],
    }
    with serving(tmp_path) as service:
        for logic, count in ((" ( 1 AND 2 ) ", 3), (" ( 1 AND 3 ) ", 0), (" ( 1 OR 3 ) ", 3)):
            body = json.dumps({**query, "query-logic": logic}).encode()
            request = urllib.request.Request(f"{service.url}/api", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as answer:
                assert json.load(answer)["result_filenames"] == FILES[:count]


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_service_stops_cleanly(tmp_path, how, code):
    with serving(tmp_path) as service:
        urllib.request.urlopen(f"{service.url}/openapi.json").close()
        ended, said = service.stopped(how)
    assert ended == code
    assert "Traceback" not in said
    assert said.endswith("edexql: interrupted\n") == (code == 130)


def test_two_services_cannot_share_a_folder(tmp_path):
    with serving(tmp_path):
        done = run("serve", "--port", "0", "--state", str(tmp_path / "state"))
    assert (done.code, done.out) == (2, "")
    assert "another service uses this folder" in done.err


def test_a_port_in_use_is_an_error(tmp_path):
    with serving(tmp_path) as service:
        done = run("serve", "--port", service.url.rpartition(":")[2], "--state", str(tmp_path / "other"))
    assert done.code == 2
    assert "cannot listen on 127.0.0.1" in done.err


def test_a_public_address_gives_a_warning(tmp_path):
    with serving(tmp_path, "--host", "0.0.0.0") as service:
        _, said = service.stopped()
    assert "warning" in said


def test_the_password_of_the_mail_server_is_never_shown(tmp_path):
    with serving(tmp_path, EDEXQL_SMTP="smtp://me:secret@127.0.0.1:1") as service:
        script_run(service.url, tmp_path)
        _, said = service.stopped()
    assert "secret" not in said
    assert "no --smtp" not in said


def test_without_its_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError('No module', name='starlette')")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    done = run("serve", "--state", str(tmp_path), PYTHONPATH=path)
    assert (done.code, done.out) == (2, "")
    assert "pip install 'edexql[serve]'" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "99999"], "--port"),
        (["--host", "256.1.1.1"], "cannot listen"),
        (["--archive", "/nowhere"], "no folder /nowhere"),
        (["--catalogue", "/nowhere"], "no catalogue"),
        (["--smtp", "mail"], "--smtp"),
        (["--sender", "me"], "--sender"),
        (["--address", "x.ca"], "--address"),
        (["--days", "0"], "--days"),
        (["--days", "nan"], "--days"),
        (["--vocabulary", "/nowhere"], "/nowhere"),
        (["--state", "/dev/null/x"], "/dev/null/x"),
    ],
)
def test_wrong_usage_ends_with_2(tmp_path, words, told):
    done = run("serve", "--port", "0", "--state", str(tmp_path), *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
