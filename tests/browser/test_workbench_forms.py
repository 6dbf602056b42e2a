"""Forms and text say the same, whichever of them is edited, and no comment is lost."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from workbench_browser import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench_browser import Workbench


def same(workbench: Workbench) -> None:
    assert workbench.shown() == workbench.read(), workbench.text


def test_a_period_is_added_updated_and_deleted(workbench: Workbench):
    page = workbench.open(QUERY).show("Dates").page
    page.get_by_label("From", exact=True).fill("2020-10")
    page.get_by_label("To", exact=True).fill("2020-11-02")
    workbench.press("Add constraint")
    assert (4, None, "date 2020-10..2020-11-02") in workbench.shown().constraints or (
        2,
        None,
        "date 2020-10..2020-11-02",
    ) in workbench.shown().constraints
    number = next(each for each, _, text in workbench.shown().constraints if "2020" in text)
    workbench.press(f"Change period {number}")
    expect(page.get_by_label("To", exact=True)).to_have_value("2020-11-02")
    page.get_by_label("To", exact=True).fill("2020-10-31")
    workbench.press(f"Update period {number}")
    same(workbench)
    assert any(text.endswith("2020-10-31") for _, _, text in workbench.shown().constraints)
    workbench.press(f"Delete period {number}")
    assert workbench.shown().constraints == [
        (1, None, "date 2019-05-01"),
        (2, None, "fai has-data"),
        (3, "storm", "kp >= 3"),
    ]
    assert "# May Day" in workbench.text
    assert "# UTC" in workbench.text


def test_an_edit_of_a_form_is_one_step_to_undo_and_keeps_the_caret(workbench: Workbench):
    page = workbench.open(QUERY).page
    workbench.editor.focus()
    page.keyboard.press("ControlOrMeta+Home")
    workbench.show("Geophysical")
    page.get_by_role("textbox", name="dst, highest value").fill("-50")
    workbench.press("Add constraint on dst")
    assert re.search(r"^dst <= -50$", workbench.text, re.MULTILINE)
    same(workbench)
    workbench.editor.focus()
    page.keyboard.insert_text("#")
    assert workbench.settle().text.startswith("## May Day")
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+z")
    assert workbench.settle().text == QUERY


def test_a_change_is_taken_back_from_anywhere(workbench: Workbench):
    page = workbench.open("").page
    box = page.get_by_role("checkbox", name="fai-lv1-hdf5-images")
    box.check()
    workbench.settle()
    assert workbench.text == "product fai-lv1-hdf5-images\n"
    page.keyboard.press("ControlOrMeta+z")
    workbench.settle()
    assert workbench.text == ""
    expect(box).not_to_be_checked()
    page.keyboard.press("ControlOrMeta+Shift+z")
    workbench.settle().press("Undo the last change of the query")
    assert workbench.text == ""
    workbench.press("Make the change again")
    assert workbench.text == "product fai-lv1-hdf5-images\n"
    # In a field the key is about what is typed there.
    words = page.get_by_role("searchbox", name="Filter")
    words.focus()
    page.keyboard.insert_text("fai")
    page.keyboard.press("ControlOrMeta+z")
    expect(words).to_have_value("")
    assert workbench.text == "product fai-lv1-hdf5-images\n"


def test_a_part_is_switched_off_and_on_as_it_was(workbench: Workbench):
    workbench.open(QUERY)
    workbench.press("Switch off constraint 3, kp >= 3")
    assert workbench.shown().off == [("storm", "kp >= 3")]
    assert [text for _, _, text in workbench.shown().constraints] == ["date 2019-05-01", "fai has-data"]
    same(workbench)
    workbench.press("Switch on kp >= 3")
    assert workbench.text == QUERY


def test_a_constraint_and_its_label_are_changed_in_the_list(workbench: Workbench):
    page = workbench.open(QUERY).press("Edit constraint 3, kp >= 3").page
    page.get_by_role("textbox", name="Constraint 3").fill("kp >= 5")
    page.get_by_role("textbox", name="Label").fill("strong")
    workbench.press("Apply", exact=True)
    expect(page.get_by_role("textbox", name="Constraint 3")).to_have_count(0)
    assert workbench.settle().shown().constraints[2] == (3, "strong", "kp >= 5")
    assert workbench.text.splitlines()[-1] == "logic 1 AND 2 AND strong"


def test_what_a_form_cannot_show_stands_there_as_text(workbench: Workbench):
    text = (
        'let storm = 6\nproduct fai-lv1-hdf5-images\nraw "orbit-type" ["polar"]\nwhere date 2019-05 AND kp >= $storm\n'
    )
    page = workbench.open(text).page
    shown = page.locator("aside.list")
    for part in ("let storm = 6", "raw", "kp >= $storm"):
        expect(shown).to_contain_text(part)
    workbench.show("Products")
    page.get_by_role("checkbox", name="fai-lv1-png-images").check()
    assert workbench.settle().text.replace(", fai-lv1-png-images", "") == text
    same(workbench)


def test_parts_of_the_logic_are_moved_by_buttons_and_by_drag(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05\nfai has-data\nkp >= 3\ndst <= -50\n").page
    workbench.show("Query Builder")
    page.get_by_role("textbox", name="Logic", exact=True).fill("1 AND 2 AND (3 OR 4)")
    workbench.press("Set query")
    assert workbench.tree == ["AND", "  date 2019-05", "  fai has-data", "  OR", "    kp >= 3", "    dst <= -50"]
    page.get_by_role("treeitem", name="fai has-data").click()
    workbench.press("Move into the group beside it")
    assert "    fai has-data" in workbench.tree
    same(workbench)
    page.get_by_role("treeitem", name="fai has-data").click()
    workbench.press("Move out of its group")
    assert "  fai has-data" in workbench.tree
    item, group = page.get_by_role("treeitem", name="kp >= 3"), page.get_by_role("treeitem", name="AND all of")
    item.drag_to(group)
    workbench.settle()
    assert "  kp >= 3" in workbench.tree
    page.get_by_role("treeitem", name="date 2019-05").click()
    workbench.press("NOT")
    assert "NOT 1" in workbench.text
    same(workbench)


def test_parts_of_the_logic_are_grouped_negated_and_taken_out_by_keys(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05\nfai has-data\nkp >= 3\n").page
    workbench.show("Query Builder")
    page.get_by_role("treeitem", name="AND all of").focus()

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        workbench.settle()

    press("ArrowDown", "ArrowDown", "Space", "ArrowDown", "Space", "g")
    assert workbench.text.endswith("logic 1 AND (2 OR 3)\n")
    assert workbench.tree == ["AND", "  date 2019-05", "  OR", "    fai has-data", "    kp >= 3"]
    expect(page.get_by_role("treeitem", name="kp >= 3")).to_be_focused()
    press("n")
    assert workbench.text.endswith("logic 1 AND (2 OR NOT 3)\n")
    press("Home", "ArrowDown", "ArrowDown", "o")
    assert workbench.text.endswith("logic 1 AND 2 AND NOT 3\n")
    page.get_by_role("treeitem", name="fai has-data").focus()
    press("Delete")
    assert workbench.text.endswith("logic 1 AND NOT 3\n")
    same(workbench)
    workbench.press("Join by AND")
    assert workbench.text.endswith("logic 1 AND NOT 3 AND 2\n")


SLOWLY = """() => {
  const { fetch } = window;
  window.fetch = async (...asked) => (await new Promise((after) => setTimeout(after, 120)), fetch(...asked));
}"""


def test_keys_in_the_tree_that_come_faster_than_answers_take_effect_in_turn(workbench: Workbench):
    text = "product fai-lv1-hdf5-images\ndate 2019-05\nfai has-data\nkp >= 3\ndst <= -50\nlogic 1 AND (2 OR 3 OR 4)\n"
    page = workbench.open(text).show("Query Builder").page
    page.evaluate(SLOWLY)
    page.get_by_role("treeitem", name="kp >= 3").click()
    # Negated, a part moves and is grouped with its NOT.
    for key in ("n", "Alt+ArrowUp", "Space", "ArrowDown", "ArrowDown", "Space", "g", "ArrowUp", "N", "o"):
        page.keyboard.press(key)
    expect(page.locator("#editor")).to_contain_text("logic 1 AND (3 OR 4 OR 2)")
    expect(page.get_by_role("treeitem", name="kp >= 3")).to_be_focused()
    workbench.settle()
    same(workbench)
    # What cannot be done any more is said.
    page.keyboard.press("n")
    page.keyboard.press("n")
    workbench.editor.focus()
    page.keyboard.insert_text("(")
    expect(page.locator("#notice")).to_be_visible()
    assert "NOT" not in workbench.settle().text


def test_a_button_that_cannot_be_pressed_any_more_leaves_the_focus_to_its_form(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\n").show("Dates").page
    page.get_by_label("From", exact=True).fill("2019-05")
    page.get_by_role("button", name="Add constraint").focus()
    page.keyboard.press("Enter")
    assert "date 2019-05.." in workbench.settle().text
    expect(page.get_by_label("From", exact=True)).to_be_focused()


def test_what_is_unticked_stays_so_over_a_reload(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\n").show("Results").page
    boxes = page.locator("#files-grid .file:not(.heading) input")
    boxes.nth(1).uncheck()
    page.reload()
    workbench.settle().show("Results")
    assert [box.is_checked() for box in boxes.all()] == [True, False, True]
    # Other files are ticked.
    workbench.write("product fai-lv1-hdf5-images\ndate 2019\nkp >= 3\n")
    assert all(box.is_checked() for box in boxes.all())


def test_files_are_filtered_by_words_and_patterns(workbench: Workbench):
    page = workbench.open("product fai-lv1-hdf5-images\ndate 2019-05-01\n").show("Results").page
    names = page.locator("#files-grid .file:not(.heading) .at-name")
    expect(names).to_have_count(3)
    for words, count in (("fai_*_1646*", 1), ("_1?", 3), ("1646 matched", 1), ("f*x.y", 0)):
        page.locator("#file-filter").fill(words)
        expect(names).to_have_count(count)


def test_files_stay_in_grey_while_the_text_is_broken(workbench: Workbench):
    page = workbench.open(QUERY).show("Results").page
    names = page.locator("#files-grid .at-name").all_text_contents()
    workbench.append("\nlogic ((")
    expect(page.locator("#broken")).to_be_visible()
    assert page.locator(".late #files-grid .at-name").all_text_contents() == names
    assert len(names) == 2


def test_a_part_of_the_logic_is_switched_off_and_on(workbench: Workbench):
    text = "product fai-lv1-hdf5-images\nmays: date 2018-05, 2019-05\nfai has-data\nkp >= 3\nlogic mays AND (3 OR 4)\n"
    page = workbench.open(text).show("Query Builder").page
    assert workbench.tree == ["AND", "  date 2018-05, date 2019-05", "  OR", "    fai has-data", "    kp >= 3"]
    page.get_by_role("treeitem", name="OR any of").click()
    workbench.press("Switch off", exact=True)
    assert workbench.tree == ["date 2018-05, date 2019-05"]
    same(workbench)
    workbench.press("Switch on", exact=True)
    assert workbench.text == text


def test_parts_of_a_where_are_edited_too(workbench: Workbench):
    text = "product fai-lv1-hdf5-images\nstorm: kp >= 3\nwhere storm AND (date 2019-05 OR fai has-data)  # both\n"
    page = workbench.open(text).show("Query Builder").page
    expect(page.locator("#logic-hint")).to_contain_text("Constraints themselves or labels")
    page.get_by_role("treeitem", name="fai has-data").click()
    workbench.press("NOT", exact=True)
    assert "OR NOT fai has-data)  # both" in workbench.text
    page.get_by_role("textbox", name="Logic (where)").fill("storm AND date 2019-06")
    workbench.press("Set query")
    assert workbench.text == "product fai-lv1-hdf5-images\nstorm: kp >= 3\nwhere storm AND date 2019-06  # both\n"
    same(workbench)


def test_a_period_that_a_let_names_is_changed_there_and_one_that_is_used_twice_here(workbench: Workbench):
    text = "let m = 2019-05  # the month\nproduct fai-lv1-hdf5-images\ndate $m\n"
    page = workbench.open(text).show("Dates").page
    workbench.press("Change period 1")
    expect(page.locator(".parameters")).to_have_text("The text has date $m: another value is written into let m.")
    page.get_by_label("To", exact=True).fill("2019-05-02")
    workbench.press("Update period 1")
    assert workbench.text == text.replace("2019-05", "2019-05-01..2019-05-02")
    workbench.open(text + "date $m\nlet n = $m\n").show("Dates").press("Change period 2")
    expect(page.locator(".parameters")).to_contain_text("because $m is used elsewhere, too")
    page.get_by_label("To", exact=True).fill("2019-05-02")
    workbench.press("Update period 2")
    assert workbench.text == text + "date 2019-05-01..2019-05-02\nlet n = $m\n"


def test_a_group_that_joined_another_by_its_operator_is_made_again_by_one_key(workbench: Workbench):
    text = "product fai-lv1-hdf5-images\ndate 2019-05\nfai has-data\nkp >= 3\nlogic 1 AND (2 OR 3)\n"
    page = workbench.open(text).show("Query Builder").page
    page.get_by_role("treeitem", name="OR any of").focus()
    page.keyboard.press("o")
    assert workbench.settle().text.endswith("logic 1 AND 2 AND 3\n")
    expect(page.locator("#notice")).to_contain_text("G makes them a group again")
    page.keyboard.press("g")
    assert workbench.settle().text == text
    # The other way: the group around it takes its operator.
    page.get_by_role("treeitem", name="AND all of").focus()
    page.keyboard.press("o")
    assert workbench.settle().text.endswith("logic 1 OR 2 OR 3\n")
    page.keyboard.press("g")
    assert workbench.settle().text.endswith("logic 1 OR 2 AND 3\n")


def test_a_form_says_what_its_field_is_constrained_to_and_what_a_let_gives_it(workbench: Workbench):
    text = "let m = 5\nproduct fai-lv1-hdf5-images\ndate 2019-05\nkp >= $m\nkp > 4\n"
    page = workbench.open(text).show("Geophysical").page
    form = page.get_by_role("form", name="kp", exact=True)
    expect(form.get_by_role("button", name="Change constraint 2 kp >= $m is kp >= 5")).to_be_visible()
    expect(form).to_contain_text("Another:")
    form.get_by_role("button", name="Change constraint 3 kp > 4").click()
    lowest = form.get_by_role("textbox", name="kp, lowest value")
    expect(lowest).to_have_value("4")
    form.get_by_role("button", name="Change constraint 2").click()
    expect(lowest).to_have_value("5")
    lowest.fill("6")
    workbench.press("Update constraint 2")
    assert workbench.text == text.replace("m = 5", "m = 6")


def test_days_of_the_periods_are_drawn_and_what_is_off_is_short(workbench: Workbench):
    off = f"kp in {', '.join(f'{number / 20}..{number / 20 + 0.01:.2f}' for number in range(90))}"
    text = f"product fai-lv1-hdf5-images\ndate 2019-05-01\ndate 2019-04-28..2019-05-01\n# off: {off}\n"
    page = workbench.open(text).show("Dates").page
    days = [page.locator(f"[data-day='2019-{day}']") for day in ("04-27", "04-28", "05-01", "05-02")]
    expect(days[2]).to_have_attribute("title", "2019-05-01: 3 files, 3 of the query; in periods 1, 2")
    assert ["within" in (day.get_attribute("class") or "") for day in days] == [False, True, True, False]
    shown = page.locator("aside.list .switched-off .body code")
    expect(shown).to_have_attribute("title", off)
    assert shown.bounding_box()["height"] < 80  # type: ignore[index]


STEPS: dict[str, Callable[[Workbench, random.Random], None]] = {}


def step(taken: Callable[[Workbench, random.Random], None]) -> Callable[[Workbench, random.Random], None]:
    STEPS[taken.__name__] = taken
    return taken


@step
def add_period(workbench: Workbench, choices: random.Random) -> None:
    workbench.show("Dates")
    year = choices.randrange(2014, 2022)
    workbench.page.get_by_label("From", exact=True).fill(f"{year}-0{choices.randrange(1, 9)}")
    workbench.page.get_by_label("To", exact=True).fill(f"{year + 1}")
    workbench.press("Add constraint")


@step
def tick_product(workbench: Workbench, choices: random.Random) -> None:
    workbench.show("Products")
    name = choices.choice(["fai-lv1-hdf5-images", "fai-lv1-png-images", "mgf-lv2-magnetic-field"])
    workbench.page.get_by_role("checkbox", name=name).click()


@step
def tick_instrument(workbench: Workbench, choices: random.Random) -> None:
    workbench.show("e-POP").choose("Instruments").choose(choices.choice(["FAI", "MGF", "RRI"]))
    workbench.page.get_by_role("checkbox", name="has-data").click()


@step
def add_range(workbench: Workbench, choices: random.Random) -> None:
    workbench.show("Geophysical")
    field = choices.choice(["kp", "ap"])
    choices.choice([None, workbench.choose])
    if not workbench.page.get_by_role("textbox", name=f"{field}, lowest value").count():
        return
    workbench.page.get_by_role("textbox", name=f"{field}, lowest value").fill(str(choices.randrange(1, 4)))
    workbench.press(f"Add constraint on {field}")


@step
def switch_off(workbench: Workbench, choices: random.Random) -> None:
    found = workbench.page.get_by_role("button", name=re.compile("^Switch o"))
    if count := found.count():
        button = found.nth(choices.randrange(count))
        if button.is_enabled():
            button.click()


@step
def delete(workbench: Workbench, choices: random.Random) -> None:
    found = workbench.page.get_by_role("button", name=re.compile("^Delete constraint"))
    if (count := found.count()) > 3:
        found.nth(choices.randrange(count)).click()


@step
def change_logic(workbench: Workbench, choices: random.Random) -> None:
    workbench.show("Query Builder")
    items = workbench.page.get_by_role("treeitem")
    if not (count := items.count()):
        return
    items.nth(choices.randrange(count)).click()
    workbench.page.keyboard.press(
        choices.choice(["Alt+ArrowUp", "Alt+ArrowDown", "Alt+ArrowLeft", "Alt+ArrowRight", "n", "o"])
    )


@step
def write_comment(workbench: Workbench, choices: random.Random) -> None:
    workbench.append(f"# remark {choices.randrange(10**9)}\n")


@step
def write_constraint(workbench: Workbench, choices: random.Random) -> None:
    workbench.append(f"altitude < {choices.randrange(400, 1400)} km  # note {choices.randrange(10**9)}\n")


@step
def undo_and_redo(workbench: Workbench, choices: random.Random) -> None:
    workbench.editor.focus()
    workbench.page.keyboard.press("ControlOrMeta+z")
    workbench.settle()
    workbench.page.keyboard.press("ControlOrMeta+y")


def walk(workbench: Workbench, steps: int, seed: int) -> None:
    choices = random.Random(seed)
    workbench.open(QUERY)
    comments = {"# May Day", "# UTC"}
    taken = []
    for _ in range(steps):
        name = choices.choice(sorted(STEPS))
        taken.append(name)
        text = workbench.text
        before = set(re.findall(r"# (?:remark|note) \d+", text))
        STEPS[name](workbench, choices)
        workbench.settle()
        comments |= before
        same(workbench)
        lost = {comment for comment in comments if comment not in workbench.text}
        # What is deleted takes the comment on its own line with it, as it does at the prompt.
        if name == "delete":
            lost = {comment for comment in lost if not comment.startswith(("# note", "# UTC"))}
            comments = {comment for comment in comments if comment in workbench.text}
        assert not lost, f"{name} makes\n{text}\ninto\n{workbench.text}"


def test_twenty_random_edits_by_form_and_by_text_in_turn(workbench: Workbench):
    walk(workbench, 20, seed=7)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_edits_by_form_and_by_text_in_turn(workbench: Workbench, seed: int):
    walk(workbench, 100, seed)


def test_products_are_found_by_words_and_an_empty_list_has_a_way_out(workbench: Workbench):
    page = workbench.open("").page
    words = page.get_by_role("searchbox", name="Filter")
    words.fill("auroral")
    assert page.get_by_role("checkbox", name=re.compile("^fai-")).count() == page.locator("tbody tr").count() > 0
    words.fill("no such thing")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.get_by_role("button", name="Clear the filters").click()
    expect(words).to_have_value("")
    expect(page.get_by_role("checkbox", name="mgf-lv2-magnetic-field")).to_be_visible()


def test_days_with_files_are_shown_before_a_period_is_chosen(workbench: Workbench):
    workbench.open("product fai-lv1-hdf5-images\n").show("Dates")
    expect(workbench.page.locator("[data-day='2019-05-01']")).to_have_attribute(
        "title", "2019-05-01: 3 files, 3 of the query"
    )
