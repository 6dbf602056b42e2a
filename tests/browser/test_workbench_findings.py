"""Findings and remarks in the words of the page: what is wrong, what to do there, and numbers that can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from workbench_browser import QUERY

if TYPE_CHECKING:
    from workbench_browser import Workbench

LONGEST = 500_000


def test_a_text_that_is_too_long_is_said_to_be_at_once_and_the_forms_wait(workbench: Workbench):
    page = workbench.open(QUERY).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    workbench.write(QUERY + "# comment\n" * (LONGEST // 10))
    length = f"{len(QUERY) + LONGEST:,}"
    expect(workbench.summary).to_have_text("The text is too long.")
    expect(page.locator(".findings")).to_contain_text(f"the text has {length} characters; at most 500,000 are accepted")
    expect(page.locator("#panel .form")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#broken")).to_contain_text(f"{length} characters")
    expect(page.get_by_role("button", name="Go to the mistake")).to_have_count(0)
    assert not [url for url in asked if url.endswith("/answer")]
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+z")
    assert workbench.settle().text == QUERY
    expect(page.locator("#panel .form")).to_have_attribute("aria-disabled", "false")


def test_buttons_of_fixes_have_code_as_code_and_an_unclosed_bracket_is_closed_by_one(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\nkp >= 3\nap >= 9\nlogic 1 AND (2 OR 3\n").page
    button = page.locator(".finding.error button.small")
    expect(button).to_have_text("close it with )")
    expect(button.locator("code")).to_have_text(")")
    button.click()
    assert workbench.settle().text.endswith("logic 1 AND (2 OR 3)\n")


def test_names_of_one_pattern_are_one_finding_and_its_help_has_no_option_of_a_command(workbench: Workbench):
    page = workbench.open("product *\ndate 2019-05-01\n").page
    findings = page.locator(".finding")
    expect(findings).to_have_count(1)
    expect(findings).to_contain_text(re.compile(r"the same of \d+ more: rri-lv1-hdf5-radio-data, "))
    expect(page.locator(".findings h3")).to_contain_text("1 warning")
    expect(findings).to_contain_text("confirm it in a vocabulary file")
    expect(findings).not_to_contain_text("--")


def test_what_is_switched_off_can_be_read_to_its_signs(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\n# off: dst <= -50\n").page
    for place in (page.locator(".edq-off"), page.locator("aside .switched-off code")):
        expect(place).to_contain_text("dst <= -50")
        assert place.evaluate("(element) => getComputedStyle(element).textDecorationLine") == "none"


def test_a_timeline_says_how_many_matches_there_are_and_which_is_shown(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\n").show("Results").page
    workbench.choose("Timeline")
    place = page.locator("#panel .filters [role=status]")
    expect(place).to_have_text("3 in all")
    page.get_by_role("button", name="Next match").click()
    expect(place).to_have_text("1 of 3")
