"""What a service was can be put back: all of it, with a reason where that cannot be, and undone."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.models import Booking, Limit, NeedGroup, Requirement, Resource, Service, ServiceExtra
from flectar.offers.booking.prices import codebook
from flectar.offers.booking.services import catalogue, versions
from flectar.offers.booking.services.composition import Cap, Composition, Need, Question
from flectar.platform.projects.history import CannotPutBack
from tests.offers.booking import make
from tests.offers.booking.make import at
from tests.offers.booking.test_engine import needed, thing

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def noa(in_salon) -> Resource:
    return make.staff("Noa Vidal")


@pytest.fixture
def colour(in_salon, noa) -> Service:
    """Everything that a service may be made of."""
    made = needed(make.service(noa, name="Colour", slug="colour", duration_min=90), 2, thing("Basin", units=2), qty=2)
    NeedGroup.objects.create(service=made, group_no=1, parts=[[0, 45]])
    made.needs.filter(resource=noa).update(price_minor=7000)
    Limit.objects.create(service=made, per="day", most=3)
    Requirement.objects.create(service=made, label="Allergies?", is_required=True)
    ServiceExtra.objects.create(service=made, name="Gloss", price_minor=1500, add_min=15)
    make.season(made, make.dec(1), make.dec(24), price_minor=9900)
    return made


def save(project, service: Service, made_of: Composition, **values) -> None:
    before = catalogue.values_of(service)
    for name, value in values.items():
        setattr(service, name, value)
    catalogue.save_service(project, service, made_of, before=before)


def newest(service: Service):
    return service.versions.order_by("-at", "-id").first()


def turn_into_something_else(project, service: Service) -> Resource:
    ben = make.staff("Ben")
    question = Question("Which colour?", kind="choice", choices=("Red", "Brown"))
    made_of = Composition([Need((ben.pk,))], [Cap("week", 1)], [question])
    save(project, service, made_of, name="Fringe", slug="fringe", duration_min=30, price_minor=100)
    return ben


def test_everything_is_as_it_was_before(in_salon, colour):
    before = versions.state_of(colour.pk)
    turn_into_something_else(in_salon, colour)
    assert versions.state_of(colour.pk) != before

    versions.put_back(in_salon, newest(colour))

    after = versions.state_of(colour.pk)
    for one in (before["questions"][0], after["questions"][0]):
        one.pop("pk")  # it was deleted, for nobody had answered it
    assert after == before
    colour.refresh_from_db()
    assert colour.name_folded == "colour"


def test_rates_extras_seasons_payment_and_the_switch_are_versions_too(in_salon, colour, noa):
    [gloss], [season] = colour.extras.all(), colour.seasons.all()
    before = versions.state_of(colour.pk)
    catalogue.save_rates(in_salon, colour, {noa.pk: 1})
    first = newest(colour)
    catalogue.save_extra(in_salon, gloss, {"name": "Matt", "price_minor": 1})
    catalogue.remove_extra(in_salon, gloss)
    catalogue.save_extra(in_salon, ServiceExtra(service=colour), {"name": "Later", "price_minor": 5})
    catalogue.remove_season(season)
    codebook.save_payment(in_salon, Service.objects.get(pk=colour.pk), {"pay": "full"})
    catalogue.switch_services(in_salon, [colour.pk], is_active=False)
    assert colour.versions.count() == 7

    versions.put_back(in_salon, first)

    assert versions.state_of(colour.pk) == before


def test_putting_back_is_undone_by_putting_back(in_salon, colour):
    turn_into_something_else(in_salon, colour)
    between = versions.state_of(colour.pk)
    entry = versions.put_back(in_salon, newest(colour))
    assert Service.objects.get(pk=colour.pk).name == "Colour"

    versions.put_back(in_salon, colour.versions.get(entry_id=entry.pk))

    after = versions.state_of(colour.pk)
    for one in (between["questions"][0], after["questions"][0]):
        one.pop("pk")
    assert after == between


def test_an_extra_that_was_sold_meanwhile_is_only_offered_no_more_and_the_booking_keeps_what_it_was(in_salon, colour):
    gloss = colour.extras.get()
    catalogue.save_extra(in_salon, gloss, {"price_minor": 9900})
    old = newest(colour)
    later = catalogue.save_extra(in_salon, ServiceExtra(service=colour), {"name": "Later", "price_minor": 500})
    who = make.customer(in_salon)
    start = at(in_salon, "10:00")
    booked = lifecycle.book(in_salon, colour, start, who, extras={gloss: 1, later: 1}, by_team=True, notify=False)
    sold = Booking.objects.get(pk=booked.pk).price_snapshot

    versions.put_back(in_salon, old)

    later.refresh_from_db()
    gloss.refresh_from_db()
    assert (later.is_active, gloss.price_minor) == (False, 1500)
    assert Booking.objects.get(pk=booked.pk).price_snapshot == sold
    assert list(booked.extras.order_by("price_minor").values_list("name", "price_minor")) == [
        ("Later", 500),
        ("Gloss", 9900),
    ]


@pytest.mark.parametrize("gone", ["a person", "the address", "what an extra uses"])
def test_it_is_refused_with_the_reason_where_something_is_gone(in_salon, colour, noa, gone):
    if gone == "what an extra uses":
        towels = thing("Towels")
        catalogue.save_extra(in_salon, colour.extras.get(), {"stock": towels})
    turn_into_something_else(in_salon, colour)
    old = newest(colour)
    match gone:
        case "a person":
            catalogue.remove_person(noa)
        case "the address":
            make.service(noa, name="Other", slug="colour")
        case _:
            catalogue.save_extra(in_salon, colour.extras.get(), {"stock": None})
            catalogue.remove_person(towels)
    before = versions.state_of(colour.pk)

    with pytest.raises(CannotPutBack) as refused:
        versions.put_back(in_salon, old)

    assert {"a person": "did it then", "the address": "address", "what an extra uses": "“Gloss”"}[gone] in str(
        refused.value
    )
    assert versions.state_of(colour.pk) == before


def test_the_page_tells_who_changed_what_puts_back_and_offers_the_undo(in_salon, signed_in, salon, colour, noa):
    page = f"/nacar/services/{colour.pk}/history"
    assert page in signed_in.get(f"/nacar/services/{colour.pk}").content.decode()
    assert "Nothing has been changed here yet." in signed_in.get(page).content.decode()
    signed_in.post(f"/nacar/services/{colour.pk}/payment", {"pay": "full"})
    catalogue.save_rates(in_salon, colour, {noa.pk: 100})

    shown = signed_in.get(page).content.decode()
    assert "Changed a service" in shown
    way = re.search(rf"{page}/[0-9a-f-]+/restoration", shown)[0]
    answer = signed_in.post(way, follow=True).content.decode()

    assert "The older values are back" in answer
    assert "Put an older state of a service back" in answer
    with project_scope(salon.pk):
        assert colour.needs.get(resource=noa).price_minor == 7000
    undo = re.search(rf'action="({page}/[0-9a-f-]+/restoration)', answer)[1]
    signed_in.post(undo)
    with project_scope(salon.pk):
        assert colour.needs.get(resource=noa).price_minor == 100


def test_what_cannot_be_put_back_says_so_on_the_page(in_salon, signed_in, colour, noa):
    turn_into_something_else(in_salon, colour)
    old = newest(colour)
    catalogue.remove_person(noa)

    answer = signed_in.post(f"/nacar/services/{colour.pk}/history/{old.entry_id}/restoration")

    assert answer.status_code == 409
    assert "has been taken away, so it can&#x27;t be put back." in answer.content.decode()


def test_a_version_of_another_service_is_not_there(in_salon, signed_in, colour, noa):
    turn_into_something_else(in_salon, colour)
    other = make.service(noa, name="Other")

    answer = signed_in.post(f"/nacar/services/{other.pk}/history/{newest(colour).entry_id}/restoration")

    assert answer.status_code == 404
    assert Service.objects.get(pk=colour.pk).name == "Fringe"
