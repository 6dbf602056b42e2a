"""What is wrong with what was typed into a form stands at its field, until that is corrected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from workbench_browser import QUERY

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from workbench_browser import Workbench


def assert_wrong(workbench: Workbench, field: Locator, words: str) -> None:
    """The field is marked, says why, and keeps the focus; there is no notice, and the text is as it was."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(words))
    expect(workbench.page.locator("#notice")).to_be_hidden()
    assert workbench.text == QUERY


def assert_right(workbench: Workbench, field: Locator) -> None:
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(workbench.page.locator(".fault")).to_have_count(0)


@pytest.mark.parametrize(("side", "other"), [("From", "To"), ("To", "From")])
def test_a_wrong_day_is_marked_where_it_was_typed(workbench: Workbench, side: str, other: str):
    page = workbench.open(QUERY).show("Dates").page
    page.get_by_label(other, exact=True).fill("2020-01-01" if side == "From" else "2019-01-01")
    field = page.get_by_label(side, exact=True)
    field.fill("2019-13-01")
    field.press("Enter")
    assert_wrong(workbench, field, "no month 13")
    expect(page.get_by_label(other, exact=True)).to_have_attribute("aria-invalid", "false")
    field.fill("2019-03-01")
    assert_right(workbench, field)
    field.press("Enter")
    workbench.settle()
    assert "2019-03-01" in workbench.text


def test_a_wrong_bound_is_marked(workbench: Workbench):
    page = workbench.open(QUERY).show("Geophysical").page
    low = page.get_by_role("textbox", name="dst, lowest value")
    low.fill("-50")
    high = page.get_by_role("textbox", name="dst, highest value")
    high.fill("much")
    high.press("Enter")
    assert_wrong(workbench, high, "much")
    expect(low).to_have_attribute("aria-invalid", "false")
    high.fill("-20")
    assert_right(workbench, high)


def test_a_wrong_logic_is_marked(workbench: Workbench):
    page = workbench.open(QUERY).show("Query Builder").page
    field = page.get_by_role("textbox", name="Logic", exact=True)
    field.fill("1 AND strom")
    field.press("Enter")
    assert_wrong(workbench, field, "strom")
    page.get_by_role("button", name="Cancel").click()
    assert_right(workbench, field)


def test_a_wrong_constraint_and_a_wrong_label_are_marked_in_the_list(workbench: Workbench):
    page = workbench.open(QUERY).press("Edit constraint 3, kp >= 3").page
    field, label = page.get_by_role("textbox", name="Constraint 3"), page.get_by_role("textbox", name="Label")
    field.fill("kp >= many")
    field.press("Enter")
    assert_wrong(workbench, field, "many")
    expect(label).to_have_attribute("aria-invalid", "false")
    field.fill("kp >= 3")
    label.fill("my_l")
    label.press("Enter")
    assert_wrong(workbench, label, "label")
    expect(field).to_have_attribute("aria-invalid", "false")
    label.fill("my-l")
    label.press("Enter")
    workbench.settle()
    assert workbench.text == QUERY.replace("storm", "my-l")


def test_what_is_wrong_is_a_notice_where_its_field_is_gone(workbench: Workbench):
    page = workbench.open(QUERY).show("Query Builder").page
    held: list[Route] = []
    page.route("**/api/edit", lambda route: held.append(route))
    page.get_by_role("textbox", name="Logic", exact=True).fill("1 AND strom")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    workbench.show("Products")
    held[0].continue_()
    expect(page.locator("#notice")).to_contain_text("strom")


def test_times_of_a_picture_that_are_none_are_marked(workbench: Workbench):
    page = workbench.open(QUERY, tab="results").choose("Timeline").page
    expect(page.locator("figure.picture")).to_be_visible()
    workbench.expect_faults("400")
    field = page.get_by_label("To", exact=True)
    field.fill("yesterday")
    field.press("Enter")
    assert_wrong(workbench, field, "date")
    expect(page.get_by_label("From", exact=True)).to_have_attribute("aria-invalid", "false")
    field.fill("2019-05-02")
    assert_right(workbench, field)
    field.press("Enter")
    expect(page.locator("figure.picture")).to_be_visible()
