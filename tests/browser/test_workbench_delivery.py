"""Files by mail and in the browser, where the service has an archive."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

import edexql
from commands import run
from tutorial import NAMES
from workbench_browser import Server, browsing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from workbench_browser import Workbench

TEXT = "product fai-lv1-hdf5-images\ndate 2019-05-01\n"


@pytest.fixture(scope="module")
def archive_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench with an archive that has the first of the files."""
    folder: Path = tmp_path_factory.mktemp("archive")
    place = next(file.place for file in edexql.evaluate(TEXT) if file.name == NAMES[0])
    path = folder / "archive" / place
    path.parent.mkdir(parents=True)
    with ZipFile(path, "w") as packed:
        packed.writestr("image.h5", b"x" * 100)
    running = Server(folder, "--archive", str(folder / "archive")).start()
    yield running
    running.stop()


def test_files_are_requested_by_mail_after_a_look_at_the_request(context: BrowserContext, archive_server: Server):
    for workbench in browsing(context, archive_server):
        page = workbench.open(TEXT, token=True).page
        workbench.show("Results")
        for name in NAMES[1:]:
            page.get_by_role("checkbox", name=name).uncheck()
        workbench.choose("Request and download")
        page.get_by_label("Your email").fill("me@example.org")
        workbench.press("Write it into the query")
        assert workbench.text == TEXT + "email me@example.org\n"
        workbench.press("Check the request")
        by_mail = page.get_by_role("region", name="By mail")
        expect(by_mail).to_contain_text("Nothing has been sent yet")
        expect(by_mail).to_contain_text("/api_prepare_report")
        workbench.press("Request 1 file")
        expect(by_mail.locator("tbody tr")).to_have_count(1)
        expect(by_mail.locator("tbody tr")).to_contain_text("asked")
        expect(by_mail).to_contain_text(f"it is put into {archive_server.folder}")
        # The same files are not requested twice by mistake; with one more button they are.
        workbench.expect_faults("409")
        workbench.press("Check the request").press("Request 1 file")
        expect(page.locator("#notice")).to_contain_text("the same files were requested")
        workbench.press("Request them once more")
        expect(by_mail.locator("tbody tr")).to_have_count(2)


def test_files_of_the_archive_are_downloaded_in_the_browser_and_by_command(
    context: BrowserContext, archive_server: Server, tmp_path: Path
):
    for workbench in browsing(context, archive_server):
        page = workbench.open(TEXT).page
        workbench.show("Results").choose("Request and download")
        expect(page.get_by_role("region", name="Download")).to_contain_text("1 file, 100 B")
        for name in NAMES[1:]:
            workbench.choose("Files").page.get_by_role("checkbox", name=name).uncheck()
        workbench.choose("Request and download")
        command = page.get_by_role("region", name="Download").locator("pre")
        expect(command).to_contain_text(NAMES[0])
        expect(command).not_to_contain_text(NAMES[1])
        words = shlex.split(command.text_content() or "")
        assert run(*words[1:], "--to", str(tmp_path)).code == 0
        assert (tmp_path / NAMES[0]).exists() or list(tmp_path.rglob("image.h5"))
        with page.expect_download() as downloading:
            page.get_by_role("link", name=NAMES[0]).click()
        with ZipFile(downloading.value.path()) as packed:
            assert packed.read("image.h5") == b"x" * 100


def test_pictures_go_from_match_to_match_and_back_to_the_whole(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019\n").page
    workbench.show("Results").choose("Panels")
    words = page.locator(".picture figcaption")
    earlier, later = page.get_by_role("button", name="Previous match"), page.get_by_role("button", name="Next match")
    expect(words).to_contain_text("match 1 of 3")
    expect(earlier).to_be_disabled()
    later.click()
    expect(words).to_contain_text("match 2 of 3")
    later.click()
    expect(words).to_contain_text("match 3 of 3")
    expect(later).to_be_disabled()
    workbench.choose("Timeline")
    expect(words).to_contain_text("match 3 of 3")
    earlier.click()
    expect(words).to_contain_text("match 2 of 3")
    page.get_by_role("button", name="Whole query").click()
    expect(words).to_contain_text("From 2019-01-01T00:00:00Z to 2020-01-01T00:00:00Z.")
    expect(page.get_by_text("2 of 3", exact=True)).to_have_count(0)


def test_a_picture_is_drawn_and_cannot_act(workbench: Workbench):
    page = workbench.open(TEXT).page
    workbench.show("Results").choose("Timeline")
    drawing = page.locator(".picture svg")
    expect(drawing).to_be_visible()
    expect(page.locator(".picture figcaption")).to_contain_text("fai")
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="document.title=1">'
        '<script>document.title = 2</script><foreignObject/><image href="/x.png"/><a href="javascript:1"/>'
        '<rect width="9" height="9" onclick="document.title=3" style="fill:url(//example.org/x)"/></svg>'
    )
    answer = {"svg": drawn, "title": "", "description": "what was sent"}
    page.route(
        "**/api/picture",
        lambda route: route.fulfill(json={**answer, "version": route.request.post_data_json["version"]}),
    )
    workbench.append("# again\n")
    expect(page.locator(".picture figcaption")).to_have_text("what was sent")
    inside = drawing.evaluate("(svg) => [svg, ...svg.querySelectorAll('*')].map((each) => each.cloneNode().outerHTML)")
    assert inside == [
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
        '<rect width="9" height="9"></rect>',
    ]
