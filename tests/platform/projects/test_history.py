"""Each page of the settings tells what it was before, and takes it back."""

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.platform.projects import history, hours
from flectar.platform.projects.models import BusinessProfile, Project, SpecialDay
from flectar.presence.sites.models import Site
from tests import make
from tests.cast import PlatformClient
from tests.platform.projects.test_settings_forms import BUSINESS, PLACE
from tests.presence.sites.test_views import LOOK


def entry(project: Project, action: str) -> Entry:
    """The oldest of its kind."""
    with project_scope(project.pk):
        return Entry.objects.filter(action=action).order_by("at", "id")[0]


def put_back(client: Client, page: str, found: Entry) -> int:
    return client.post(f"/nacar/settings/history/{page}/{found.pk}/restoration").status_code


def test_details_come_back(salon: Project, signed_in: Client):
    signed_in.post("/nacar/settings/business", BUSINESS | {"tagline": "One", "latitude": "39.5", "longitude": "-0.4"})
    signed_in.post("/nacar/settings/business", BUSINESS | {"tagline": "Two", "city": "Alboraia"})
    page = signed_in.get("/nacar/settings/history/business").content.decode()
    assert "Alboraia" in page
    assert "Lucía Ferrer" in page
    with project_scope(salon.pk):
        second = Entry.objects.get(action="profile.changed", new__tagline="Two")

    assert put_back(signed_in, "business", second) == 302

    with project_scope(salon.pk):
        profile = BusinessProfile.objects.get()
        assert Entry.objects.filter(action="profile.changed").count() == 3
    assert (profile.tagline, profile.city, str(profile.latitude)) == ("One", "Valencia", "39.500000")


def test_language_and_place_come_back(salon: Project, signed_in: Client):
    signed_in.post("/nacar/settings/place", PLACE)

    assert put_back(signed_in, "place", entry(salon, "project.changed")) == 302

    salon.refresh_from_db()
    assert (salon.locale, salon.zone) == ("en", "Europe/Madrid")


def test_the_week_and_a_special_day_come_back(in_salon: Project, signed_in: Client):
    before = hours.week()
    hours.set_week(in_salon, [hours.Window(5, 600, 1080)])
    day = in_salon.today
    [special] = hours.add_special_days(
        in_salon, day, day, windows=[hours.Window(day.weekday(), 1320, 240)], note="Fair"
    )
    hours.remove_special_day(in_salon, special.pk)

    assert put_back(signed_in, "hours", entry(in_salon, "hours.changed")) == 302
    assert put_back(signed_in, "hours", entry(in_salon, "special_day.removed")) == 302

    assert hours.week() == before
    again = SpecialDay.objects.get()
    assert (again.day, again.windows, again.note) == (day, [[1320, 240]], "Fair")


def test_modules_and_the_address_come_back(salon: Project, signed_in: Client):
    signed_in.post("/nacar/settings/modules", {"customers": "on"})
    signed_in.post("/nacar/settings/address", {"slug": "casa-rosa"})
    found = entry(salon, "modules.switched"), entry(salon, "project.moved")

    signed_in.post(f"/casa-rosa/settings/history/modules/{found[0].pk}/restoration")
    signed_in.post(f"/casa-rosa/settings/history/address/{found[1].pk}/restoration")

    salon.refresh_from_db()
    assert (set(salon.modules), salon.slug) == ({"booking", "customers", "site"}, "nacar")


def test_the_look_comes_back(salon: Project, signed_in: Client):
    signed_in.post("/nacar/website/look", LOOK)
    signed_in.post("/nacar/website/look", {"skin": "house", "brand": "", "accent": "", "tagline": "Other"})
    with project_scope(salon.pk):
        second = Entry.objects.get(action="site.changed", new__tagline="Other")

    assert put_back(signed_in, "website", second) == 302

    with project_scope(salon.pk):
        site = Site.objects.get()
        assert BusinessProfile.objects.get().tagline == LOOK["tagline"]
    assert (site.skin, site.brand) == ("table", "#1f3fa8")


def test_what_is_not_right_any_more_is_said(salon: Project, clinic: Project, signed_in: Client):
    with project_scope(salon.pk):
        wrong = Entry.objects.create(
            at=salon.created_at,
            action="project.changed",
            project_id=salon.pk,
            salt=b"x",
            old={"zone": "Europe/Atlantis"},
        )

    answer = signed_in.post(f"/nacar/settings/history/place/{wrong.pk}/restoration")

    assert answer.status_code == 409
    assert "is not a time zone" in answer.content.decode()
    salon.refresh_from_db()
    assert salon.zone == "Europe/Madrid"


def test_another_projects_past_is_out_of_reach(salon: Project, clinic: Project, signed_in: Client, signed_in_stranger):
    signed_in.post("/nacar/settings/place", PLACE)
    found = entry(salon, "project.changed")

    answer = signed_in_stranger.post(f"/clinica/settings/history/place/{found.pk}/restoration")

    assert answer.status_code == 404
    salon.refresh_from_db()
    assert salon.locale == "es"


@pytest.mark.parametrize("page", sorted(history.pages()))
def test_who_may_not_change_the_page_may_not_read_its_past(salon: Project, page: str, signed_in: Client):
    person = make.user("dani@nacar.example")
    make.member(salon.organization, person, Role.STAFF)
    client = PlatformClient()
    client.force_login(person)

    assert signed_in.get(f"/nacar/settings/history/{page}").status_code == 200
    assert client.get(f"/nacar/settings/history/{page}").status_code == 403


def test_there_is_no_past_of_what_is_no_page(salon: Project, signed_in: Client):
    assert signed_in.get("/nacar/settings/history/nothing").status_code == 404
