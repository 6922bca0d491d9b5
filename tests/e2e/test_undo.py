"""Undo instead of "Are you sure?": what was done can be taken back, with and without script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from flectar.core.tenancy import project_scope
from flectar.people.customers.models import Customer
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World
from tests.people.customers import make as people

pytestmark = pytest.mark.browser
MODES = [Mode(1280, "light", has_script=True), Mode(375, "light", has_script=False)]


@pytest.fixture
def olga(world: World) -> Iterator[Customer]:
    with project_scope(world.salon.pk):
        made = people.customer(world.salon, "Olga Archivada", email="olga.archivada@example.com")
    yield made
    with project_scope(world.salon.pk):
        made.delete()


def archived(page: Page, server: Server, world: World, customer: Customer) -> None:
    page.goto(server.url(f"/{world.salon.slug}/customers/{customer.pk}"))
    page.get_by_role("button", name=re.compile("^Archive")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def is_archived(world: World, customer: Customer) -> bool:
    with project_scope(world.salon.pk):
        customer.refresh_from_db()
        return customer.is_archived


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_an_archived_customer_comes_back(mode: Mode, olga: Customer, world: World, server: Server, windows: Windows):
    context = windows.fresh(mode, world.lucia)
    page = context.new_page()
    archived(page, server, world, olga)
    assert is_archived(world, olga)

    page.get_by_role("button", name="Undo").click()
    page.wait_for_load_state()

    assert not is_archived(world, olga)
    context.close()


def test_a_note_waits_while_it_is_looked_at(olga: Customer, world: World, server: Server, windows: Windows):
    context = windows.fresh(MODES[0], world.lucia)
    page = context.new_page()
    page.clock.install()
    archived(page, server, world, olga)
    undo = page.get_by_role("button", name="Undo")

    undo.focus()
    page.clock.run_for(60_000)
    expect(undo).to_be_visible()

    undo.blur()
    page.mouse.move(5, 5)
    page.clock.run_for(11_000)
    expect(undo).to_be_hidden()
    context.close()


def test_a_note_can_be_sent_away(olga: Customer, world: World, server: Server, windows: Windows):
    context = windows.fresh(MODES[0], world.lucia)
    page = context.new_page()
    archived(page, server, world, olga)

    page.get_by_role("button", name="Dismiss").click()

    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert is_archived(world, olga)
    context.close()
