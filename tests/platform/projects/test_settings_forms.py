"""What the settings save, what they refuse, and whom."""

import re
from datetime import date

import pytest
from django.test import Client

from flectar.core import events
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Membership, Role
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project, SpecialDay
from tests import make
from tests.cast import PlatformClient

BUSINESS = {
    "name": "Nácar",
    "kind": "salon",
    "street": "Carrer de Cadis 41",
    "postal_code": "46006",
    "city": "Valencia",
    "country": "ES",
    "phone": "960 00 01 41",
    "email": "hola@nacar.example",
}
PLACE = {"locale": "es", "locales": ["en"], "zone": "Atlantic/Canary", "currency": "EUR", "first_weekday": "0"}


def url(page: str) -> str:
    return f"/nacar/settings/{page}"


def profile(project: Project) -> BusinessProfile:
    with project_scope(project.pk):
        return BusinessProfile.objects.get()


def entries(project: Project) -> list[Entry]:
    with project_scope(project.pk):
        return list(Entry.objects.order_by("at", "id"))


@pytest.fixture
def staff(salon: Project) -> Client:
    """The browser of somebody who works here without the right to change settings."""
    person = make.user("dani@nacar.example", first_name="Dani")
    make.member(salon.organization, person, Role.STAFF)
    client = PlatformClient()
    client.force_login(person)
    return client


# Details


def test_details_are_saved_recorded_and_announced(signed_in: Client, salon: Project, monkeypatch: pytest.MonkeyPatch):
    heard: list[object] = []
    monkeypatch.setattr(events, "_reactions", {ProfileChanged: [heard.append]})
    typed = BUSINESS | {
        "tagline": "Colour and cut",
        "latitude": "39,4667",
        "longitude": "−0.375",
        "second_phone": "+44 20 7946 0958",
    }

    response = signed_in.post(url("business"), typed)

    saved = profile(salon)
    assert response.status_code == 302
    assert (saved.tagline, str(saved.latitude), str(saved.longitude)) == ("Colour and cut", "39.466700", "-0.375000")
    assert (saved.phone, saved.second_phone) == ("+34960000141", "+442079460958")
    [entry] = entries(salon)
    assert (entry.action, entry.old["tagline"], entry.new["tagline"]) == ("profile.changed", "", "Colour and cut")
    assert "phone" not in entry.new
    assert heard == [ProfileChanged(salon.pk)]


def test_saving_the_same_records_nothing(signed_in: Client, salon: Project):
    signed_in.post(url("business"), BUSINESS)

    assert entries(salon) == []


def test_the_name_is_the_projects(signed_in: Client, salon: Project):
    signed_in.post(url("business"), BUSINESS | {"name": "Nácar Ruzafa"})

    salon.refresh_from_db()
    assert salon.name == "Nácar Ruzafa"
    assert [entry.action for entry in entries(salon)] == ["project.changed"]


def test_line_breaks_are_kept_as_one_sort(signed_in: Client, salon: Project):
    signed_in.post(url("business"), BUSINESS | {"description": "One\r\ntwo\rthree"})

    assert profile(salon).description == "One\ntwo\nthree"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"phone": "soon"}, "Write a phone number"),
        ({"phone": "12"}, "can&#x27;t be dialled"),
        ({"email": "hola@"}, "Enter a valid email address"),
        ({"latitude": "39.4"}, "needs both numbers"),
        ({"latitude": "99", "longitude": "0"}, "less than or equal to 90"),
        ({"latitude": "north", "longitude": "0"}, "Enter a number"),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"tagline": "x" * 121}, "at most 120 characters"),
    ],
)
def test_a_wrong_detail_is_said_and_nothing_is_saved(
    signed_in: Client, salon: Project, typed: dict[str, str], said: str
):
    response = signed_in.post(url("business"), BUSINESS | {"city": "Alicante"} | typed)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert profile(salon).city == "Valencia"
    assert entries(salon) == []


def test_the_table_keeps_the_rules_too(in_salon: Project):
    from django.db import IntegrityError, transaction

    for wrong in ({"phone": "960000141"}, {"latitude": 39}, {"longitude": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BusinessProfile.objects.update(**wrong)


# Place, address, modules


def test_languages_and_place_are_saved(signed_in: Client, salon: Project):
    signed_in.post(url("place"), PLACE)

    salon.refresh_from_db()
    assert (salon.locale, salon.locales, salon.zone) == ("es", ["en", "es"], "Atlantic/Canary")
    [entry] = entries(salon)
    assert (entry.old["zone"], entry.new["zone"]) == ("Europe/Madrid", "Atlantic/Canary")


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Base"}, {"currency": "DEM"}, {"locale": "tlh"}, {"locales": ["tlh"]}])
def test_an_unknown_place_is_refused(signed_in: Client, salon: Project, wrong: dict[str, object]):
    assert signed_in.post(url("place"), PLACE | wrong).status_code == 422

    salon.refresh_from_db()
    assert (salon.locale, salon.zone, salon.currency) == ("en", "Europe/Madrid", "EUR")
    assert entries(salon) == []


def test_a_new_address_takes_over_at_once(signed_in: Client, salon: Project):
    response = signed_in.post(url("address"), {"slug": "Nacar-Ruzafa"})

    assert response.headers["Location"] == "/nacar-ruzafa/settings/address"
    assert signed_in.get("/nacar-ruzafa/settings/address").status_code == 200
    assert signed_in.get(url("address")).headers["Location"] == "/nacar-ruzafa/settings/address"
    assert [(e.action, e.old, e.new) for e in entries(salon)] == [
        ("project.moved", {"slug": "nacar"}, {"slug": "nacar-ruzafa"})
    ]


@pytest.mark.parametrize(("slug", "said"), [("clinica", "is taken"), ("adm1n", "reserved"), ("a b", "3 to 48")])
def test_an_address_of_others_is_refused(signed_in: Client, salon: Project, clinic: Project, slug: str, said: str):
    response = signed_in.post(url("address"), {"slug": slug})

    assert response.status_code == 422
    assert said in response.content.decode()
    salon.refresh_from_db()
    assert salon.slug == "nacar"
    assert entries(salon) == []


def test_an_address_taken_meanwhile_is_a_form_error(
    signed_in: Client, salon: Project, clinic: Project, monkeypatch: pytest.MonkeyPatch
):
    # The form looked a moment too early: only the database knows.
    monkeypatch.setattr("flectar.platform.projects.forms.business.AddressForm.clean_slug", lambda form: "clinica")

    response = signed_in.post(url("address"), {"slug": "clinica"})

    assert response.status_code == 422
    assert "“clinica” is taken" in response.content.decode()
    salon.refresh_from_db()
    assert salon.slug == "nacar"


def test_a_module_is_switched_off_and_its_pages_are_gone(signed_in: Client, salon: Project):
    assert signed_in.get("/nacar/services").status_code == 200

    signed_in.post(url("modules"), {"customers": "on", "site": "on"})

    assert signed_in.get("/nacar/services").status_code == 404
    assert '"/nacar/services' not in signed_in.get(url("modules")).content.decode()


def test_booking_needs_customers(signed_in: Client, salon: Project):
    response = signed_in.post(url("modules"), {"booking": "on"})

    assert response.status_code == 422
    assert "Booking needs Customers" in response.content.decode()
    salon.refresh_from_db()
    assert salon.has("customers")


# Team


def test_a_role_is_changed_on_the_members_page(signed_in: Client, salon: Project, staff: Client):
    dani = Membership.objects.get(user__first_name="Dani")

    response = signed_in.post(url(f"team/{dani.pk}"), {"role": "manager"})

    dani.refresh_from_db()
    assert response.headers["Location"] == url("team")
    assert dani.role == Role.MANAGER
    assert Entry.objects.get().new == {"role": "manager"}
    assert entries(salon) == []


def test_the_last_owner_is_told_why(signed_in: Client, salon: Project):
    own = Membership.objects.get(organization=salon.organization)

    demoted = signed_in.post(url(f"team/{own.pk}"), {"role": "staff"})
    removed = signed_in.post(url(f"team/{own.pk}/removal"))

    assert (demoted.status_code, removed.status_code) == (422, 409)
    assert "Nácar SL needs an owner" in demoted.content.decode()
    assert "Nácar SL needs an owner" in removed.content.decode()
    own.refresh_from_db()
    assert own.role == Role.OWNER


def test_a_member_is_removed_loses_access_and_comes_back(signed_in: Client, salon: Project, staff: Client):
    dani = Membership.objects.get(user__first_name="Dani")
    assert staff.get("/nacar/").status_code == 200

    page = signed_in.post(url(f"team/{dani.pk}/removal"), follow=True).content.decode()

    assert staff.get("/nacar/").status_code == 404
    undo = re.search(r'action="([^"]*restoration[^"]*)"', page)
    assert undo
    signed_in.post(undo[1].replace("&amp;", "&"))
    assert Membership.objects.get(user__first_name="Dani").role == Role.STAFF
    assert staff.get("/nacar/").status_code == 200


def test_another_organizations_member_is_not_found(signed_in: Client, salon: Project, clinic: Project):
    theirs = Membership.objects.get(organization=clinic.organization)

    assert signed_in.post(url(f"team/{theirs.pk}"), {"role": "staff"}).status_code == 404
    assert signed_in.post(url(f"team/{theirs.pk}/removal")).status_code == 404
    theirs.refresh_from_db()
    assert theirs.role == Role.OWNER


def test_one_organizations_undo_is_no_use_in_another(
    signed_in: Client, signed_in_stranger: Client, salon: Project, clinic: Project, staff: Client
):
    dani = Membership.objects.get(user__first_name="Dani")
    page = signed_in.post(url(f"team/{dani.pk}/removal"), follow=True).content.decode()
    undo = re.search(r'action="/nacar(/settings/team/restoration[^"]*)"', page)
    assert undo

    assert signed_in_stranger.post(f"/clinica{undo[1]}".replace("&amp;", "&")).status_code == 404
    assert not Membership.objects.filter(user__first_name="Dani").exists()


# Who may


GUARDED = ["", "business", "hours", "place", "address", "modules", "team", "log"]
DEEDS = [
    ("business", BUSINESS | {"city": "Alicante"}),
    ("hours", {"opens-0": "10:00", "closes-0": "11:00"}),
    ("hours/special-days", {"first": "2030-12-25"}),
    ("place", PLACE),
    ("address", {"slug": "casa-robada"}),
    ("modules", {"site": "on"}),
]


@pytest.mark.parametrize("page", GUARDED)
def test_staff_may_not_open_the_settings(staff: Client, page: str):
    assert staff.get(url(page)).status_code == 403


@pytest.mark.usefixtures("clinic")
@pytest.mark.parametrize(("page", "typed"), DEEDS)
@pytest.mark.parametrize("who", ["staff", "signed_in_stranger", "visitor"])
def test_others_change_nothing(
    request: pytest.FixtureRequest, salon: Project, who: str, page: str, typed: dict[str, object]
):
    client = request.getfixturevalue(who)

    response = client.post(url(page), typed)

    assert response.status_code == {"staff": 403, "signed_in_stranger": 404, "visitor": 302}[who]
    fresh = Project.objects.get(pk=salon.pk)
    assert (fresh.slug, fresh.locale, fresh.zone, fresh.modules) == (salon.slug, "en", "Europe/Madrid", salon.modules)
    assert profile(salon).city == "Valencia"
    assert entries(salon) == []
    with project_scope(salon.pk):
        assert OpeningHours.objects.count() == 5
        assert not SpecialDay.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("signed_in_stranger", 404), ("visitor", 302)])
def test_others_change_no_member(
    request: pytest.FixtureRequest, salon: Project, clinic: Project, who: str, status: int
):
    client = request.getfixturevalue(who)
    owner = Membership.objects.get(organization=salon.organization, role=Role.OWNER)

    assert client.post(url(f"team/{owner.pk}"), {"role": "staff"}).status_code == status
    assert client.post(url(f"team/{owner.pk}/removal")).status_code == status
    assert client.post(f"/organizations/{salon.organization_id}/members/{owner.pk}/removal").status_code == status
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_a_manager_runs_the_business_but_not_the_project(salon: Project):
    manager = make.user("marc@nacar.example")
    make.member(salon.organization, manager, Role.MANAGER)
    client = PlatformClient()
    client.force_login(manager)

    opened = {page: client.get(url(page)).status_code for page in GUARDED[1:]}

    assert opened == {
        "business": 200,
        "hours": 200,
        "place": 403,
        "address": 403,
        "modules": 403,
        "team": 403,
        "log": 403,
    }


# The organization's own page


def test_the_organization_shows_its_projects_and_members(signed_in: Client, salon: Project, staff: Client):
    page = signed_in.get(f"/organizations/{salon.organization_id}/").content.decode()

    assert 'href="/nacar/"' in page
    assert "Dani" in page


def test_an_owner_renames_it(signed_in: Client, salon: Project, lucia: User):
    signed_in.post(f"/organizations/{salon.organization_id}/", {"name": "Nácar Valencia SL"})

    salon.organization.refresh_from_db()
    entry = Entry.objects.get(action="organization.renamed")
    assert salon.organization.name == "Nácar Valencia SL"
    assert (entry.actor_id, entry.project_id, entry.organization_id) == (lucia.pk, None, salon.organization_id)


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("signed_in_stranger", 404), ("visitor", 302)])
def test_others_do_not_rename_it(
    request: pytest.FixtureRequest, salon: Project, clinic: Project, who: str, status: int
):
    client = request.getfixturevalue(who)
    path = f"/organizations/{salon.organization_id}/"

    assert (client.get(path).status_code, client.post(path, {"name": "Mine"}).status_code) == (status, status)
    salon.organization.refresh_from_db()
    assert salon.organization.name == "Nácar SL"


def test_staff_may_leave(staff: Client, salon: Project):
    assert staff.post(f"/organizations/{salon.organization_id}/departure").status_code == 302
    assert not Membership.objects.filter(user__first_name="Dani").exists()


def test_the_last_owner_may_not_leave(signed_in: Client, salon: Project):
    response = signed_in.post(f"/organizations/{salon.organization_id}/departure")

    assert response.status_code == 409
    assert Membership.objects.filter(organization=salon.organization, role=Role.OWNER).count() == 1


@pytest.mark.parametrize(("first", "begins"), [("0", 23), ("5", 21), ("6", 22)])
def test_the_week_begins_where_the_business_says(signed_in: Client, salon: Project, first: str, begins: int):
    signed_in.post(url("place"), PLACE | {"first_weekday": first})

    salon.refresh_from_db()
    assert salon.week_of(date(2026, 11, 25)) == date(2026, 11, begins)
    assert salon.week_of(date(2026, 11, begins)) == date(2026, 11, begins)


def test_no_week_begins_on_an_eighth_day(signed_in: Client, salon: Project):
    assert signed_in.post(url("place"), PLACE | {"first_weekday": "7"}).status_code == 422
    salon.refresh_from_db()
    assert salon.first_weekday == 0
