"""The acceptance checks of the front end, by number, and where each is kept. A check that waits for its feature (drag,
editor, holds, payment links) gets its line here when that exists; a line whose test is gone fails."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

TESTS = Path(__file__).resolve().parents[1]
KEPT = {
    "1 axe on every page, wide and narrow, light and dark": "e2e/test_pages.py::test_a_page_is_sound",
    "2 the policy on every page, nothing refused": "e2e/test_pages.py::test_a_page_is_sound",
    "3 no request leaves the origin": "e2e/test_pages.py::test_a_page_is_sound",
    "4 no inline script, style or handler": "e2e/test_pages.py::test_a_page_is_sound",
    "5 everything without script": "e2e/test_story.py::test_a_booking_from_the_first_look_to_its_end",
    "6, 7 three taps": "e2e/test_story.py::test_a_booking_from_the_first_look_to_its_end",
    "8 two clocks, one instant": "e2e/test_booking_flow.py::test_a_visitor_from_afar_sees_their_own_time_beside",
    "9 two browsers, one time": "e2e/test_booking_flow.py::test_two_browsers_want_one_time",
    "11 back and twice is once": "e2e/test_booking_flow.py::test_going_back_and_sending_again_books_once",
    "12 a wrong address keeps what was typed": "e2e/test_booking_flow.py::test_a_wrong_address_keeps_what_was_typed",
    "13 focus returns to the opener": "e2e/test_shell.py::test_the_palette_opens_by_key_and_gives_the_focus_back",
    "14 the palette walks and finds": "e2e/test_shell.py::test_the_palette_walks_by_arrows_and_opens_by_enter",
    "15 keys do nothing while typing": "e2e/test_shell.py::test_single_letters_go_places_but_not_while_typing",
    "15 a setting turns them off": "e2e/test_shell.py::test_single_letters_can_be_switched_off",
    "17 undo restores the same row": "e2e/test_undo.py::test_an_archived_customer_comes_back",
    "18 a note waits for who looks at it": "e2e/test_undo.py::test_a_note_waits_while_it_is_looked_at",
    "21 saved views": "e2e/test_lists.py::test_check_21_a_view_is_kept_by_its_address_and_shared",
    "22 all that match": "e2e/test_lists.py::test_check_22_all_that_match_are_archived_and_come_back",
    "22 of 240": "people/customers/test_pages.py::test_all_that_match_are_archived_and_brought_back_together",
    "24 a lost session keeps the text": "e2e/test_lists.py::test_check_24_a_session_that_ends_keeps_what_was_typed",
    "25 any brand colour can be read": "presence/sites/test_theme.py::test_every_pair_keeps_its_contrast_for_any_brand",
    "26 dark at the first paint": "e2e/test_shell.py::test_the_chosen_look_is_there_at_the_first_paint",
    "26, 28 the person's own settings": "e2e/test_checks.py::test_checks_26_and_28_the_persons_own_settings_hold",
    "27 targets": "e2e/test_shell.py::test_every_target_on_a_phone_is_big_enough",
    "27 no sideways scroll at 320": "e2e/test_pages.py::test_a_page_is_sound",
    "29 budgets": "ui/test_budgets.py::test_each_entry_keeps_its_budget",
}


@pytest.mark.parametrize("check", KEPT)
def test_each_check_has_its_test(check: str):
    file, _colons, name = KEPT[check].partition("::")

    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE)


@pytest.fixture
def desk(world: World, server: Server, windows: Windows) -> Iterator[Page]:
    context = windows.fresh(Mode(1280, "light", has_script=True), world.lucia)
    page = context.new_page()
    page.goto(server.url(f"/{world.salon.slug}/bookings"))
    yield page
    context.close()


@pytest.mark.browser
def test_checks_26_and_28_the_persons_own_settings_hold(desk: Page):
    """Nothing moves for who asked for rest; in forced colours buttons keep their borders and the focus its ring."""
    slow = """[...document.querySelectorAll("*")].filter((each) => {
      const style = getComputedStyle(each);
      return [style.transitionDuration, style.animationDuration].some((all) =>
        all.split(", ").some((one) => parseFloat(one) > 0.0001));
    }).map((each) => each.outerHTML.slice(0, 80))"""
    assert desk.evaluate(slow) == []

    desk.emulate_media(forced_colors="active")
    button = desk.get_by_role("link", name="New booking")
    button.focus()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Shift+Tab")
    edges = button.evaluate("each => [getComputedStyle(each).borderTopWidth, getComputedStyle(each).outlineStyle]")
    assert edges == ["1px", "solid"]
