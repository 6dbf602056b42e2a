"""What holds for all tests: where they keep things, which signals they get, how many examples they try."""

from __future__ import annotations

import atexit
import gc
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No test reads or writes what the person who runs them has configured or remembered.
_HOME = tempfile.mkdtemp(prefix="edexql-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("EDEXQL_")]:
    del os.environ[_name]
os.environ |= {"EDEXQL_STATE": os.path.join(_HOME, "state"), "XDG_CONFIG_HOME": os.path.join(_HOME, "config")}

# Where a script or `nohup` runs the tests in the background, interrupts and hang-ups are ignored, and a child
# process inherits that. The tests send both to what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What Windows has no way for: pipes with names, users with numbers, signals that end a process at once.
_POSIX = re.compile(r"mkfifo|geteuid|SIGKILL|SIGSTOP|os\.fork|fcntl|resource\.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if sys.platform == "win32" else ():
        if isinstance(item, pytest.Function) and _POSIX.search(inspect.getsource(item.function)):
            item.add_marker(pytest.mark.skip(reason="it needs what Windows does not have"))


# The same examples in every run, so that no run fails that another would not; HYPOTHESIS_PROFILE=explore looks for new
# ones, and `thorough` tries more of the same.
settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=200)
settings.register_profile(
    "explore", parent=settings.get_profile("default"), max_examples=500, derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(params=[2_000, pytest.param(100_000, marks=pytest.mark.thorough)])
def n(request: pytest.FixtureRequest) -> Iterator[int]:
    """How many of everything; meanwhile no cycles are looked for, as the command line does not look for any."""
    gc.disable()
    yield request.param
    gc.enable()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate of this machine, signed by itself, and of its key."""
    folder = tmp_path_factory.mktemp("certificate")
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    words = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1"
    words += " -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
    return folder
