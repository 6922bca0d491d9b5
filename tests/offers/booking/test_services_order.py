"""The order in which services stand: chosen by the owner, kept on every page."""

from uuid import UUID

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Service
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.services.composition import Composition
from flectar.platform.audit.models import Entry
from flectar.platform.projects.models import Project

PAGE = "/nacar/services/order"


@pytest.fixture
def four(salon: Project) -> dict[str, UUID]:
    with project_scope(salon.pk):
        Service.objects.all().delete()
        for name, group in (("Cut", "Hair"), ("Dye", "Hair"), ("Nails", "Hands"), ("Talk", "")):
            catalogue.save_service(
                salon, Service(name=name, slug=name.lower(), group=group), Composition(), before=None
            )
        return dict(Service.objects.values_list("name", "pk"))


def order(salon: Project) -> list[str]:
    with project_scope(salon.pk):
        return [one.name for one in Service.objects.in_order()]


def sent(four: dict[str, UUID], *names: str) -> list[str]:
    return [str(four[name]) for name in names]


def test_names_are_the_order_until_somebody_chooses_one(salon: Project, four: dict[str, UUID]):
    assert order(salon) == ["Cut", "Dye", "Nails", "Talk"]


def test_a_list_that_was_dragged_is_kept_without_a_new_page(salon: Project, four: dict[str, UUID], signed_in: Client):
    wanted = ["Nails", "Dye", "Cut", "Talk"]

    answer = signed_in.post(PAGE, {"order": sent(four, *wanted), "quiet": "yes"})

    assert answer.status_code == 204
    assert order(salon) == wanted
    with project_scope(salon.pk):
        entry = Entry.objects.get(action="services.sorted")
    assert (entry.old["order"], entry.new["order"]) == (["Cut", "Dye", "Nails", "Talk"], wanted)


@pytest.mark.parametrize(
    ("button", "becomes"),
    [
        ({"down": "Cut"}, ["Dye", "Cut", "Nails", "Talk"]),
        ({"up": "Dye"}, ["Dye", "Cut", "Nails", "Talk"]),
        ({"up": "Cut"}, ["Cut", "Dye", "Nails", "Talk"]),
        ({"down": "Dye"}, ["Cut", "Dye", "Nails", "Talk"]),
    ],
)
def test_a_button_moves_a_service_within_its_group(
    salon: Project, four: dict[str, UUID], signed_in: Client, button: dict[str, str], becomes: list[str]
):
    moved = {way: str(four[name]) for way, name in button.items()}

    signed_in.post(PAGE, {"order": sent(four, "Cut", "Dye", "Nails", "Talk"), **moved})

    assert order(salon) == becomes


def test_a_button_moves_a_whole_group_also_the_one_without_a_name(
    salon: Project, four: dict[str, UUID], signed_in: Client
):
    listed = sent(four, "Cut", "Dye", "Nails", "Talk")

    signed_in.post(PAGE, {"order": listed, "group_down": "Hair"})
    first = order(salon)
    signed_in.post(PAGE, {"order": sent(four, *first), "group_up": ""})

    assert first == ["Nails", "Cut", "Dye", "Talk"]
    assert order(salon) == ["Nails", "Talk", "Cut", "Dye"]


def test_a_new_service_comes_last_and_one_that_nobody_named_stays_behind(
    salon: Project, four: dict[str, UUID], signed_in: Client
):
    signed_in.post(PAGE, {"order": sent(four, "Talk", "Nails"), "quiet": "yes"})
    with project_scope(salon.pk):
        catalogue.save_service(salon, Service(name="Aloe", slug="aloe"), Composition(), before=None)

    assert order(salon) == ["Talk", "Nails", "Cut", "Dye", "Aloe"]


def test_the_public_page_and_the_team_see_the_same_order(
    salon: Project, four: dict[str, UUID], signed_in: Client, salon_site: Client
):
    signed_in.post(PAGE, {"order": sent(four, "Talk", "Nails", "Dye", "Cut"), "quiet": "yes"})

    for browser, page in ((signed_in, "/nacar/services"), (signed_in, PAGE), (salon_site, "/book")):
        shown = browser.get(page).content.decode()
        places = [shown.index(f">{name}") for name in ("Talk", "Nails", "Dye", "Cut")]
        assert places == sorted(places), page


def test_strange_ids_and_those_of_others_move_nothing(salon: Project, four: dict[str, UUID], signed_in: Client):
    foreign = "0198b1f0-0000-7000-8000-000000000000"

    answer = signed_in.post(PAGE, {"order": ["x", foreign], "up": "x", "group_up": "Feet"})

    assert answer.status_code == 302
    assert order(salon) == ["Cut", "Dye", "Nails", "Talk"]
