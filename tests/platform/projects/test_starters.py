"""A new project begins with what its trade needs, in its own language, or empty."""

from dataclasses import replace

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.offers.booking import starters as offers
from flectar.offers.booking.models import Resource, Service
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.projects.creation import NewProject, create
from flectar.platform.projects.hours import first_overlap, week
from flectar.platform.projects.models import BusinessProfile
from flectar.platform.projects.starters import STARTERS
from flectar.presence.sites.models import Site
from tests import make
from tests.cast import PlatformClient
from tests.platform.projects.test_creation import TYPED

PLAN = NewProject("Casa Rosa", "casa-rosa", "salon", "Europe/Madrid", "EUR", "es", "ES", None, is_filled=True)


@pytest.mark.parametrize("kind", BusinessProfile.Kind.values)
def test_each_trade_opens_with_its_page(db: None, kind: str):
    project = create(replace(PLAN, kind=kind), by=make.user("ana@example.com"))

    page = Client(headers={"host": "casa-rosa.localhost:8000"}).get("/").content.decode()
    with project_scope(project.pk):
        names = list(Service.objects.values_list("name", flat=True))
        assert first_overlap(week()) is None
        assert bool(week()) == (kind in STARTERS)
    assert len(names) == len(offers.OFFERS.get(kind, ()))
    assert all(name in page for name in names)


def test_it_speaks_the_projects_language_and_money(db: None):
    project = create(replace(PLAN, currency="JPY"), by=make.user("ana@example.com"))

    with project_scope(project.pk):
        cut = Service.objects.get(position=0)
        assert (cut.name, cut.price_minor, cut.slug) == ("Corte y peinado", 35, "corte-y-peinado")
        assert Site.objects.get().skin == "salon"


def test_who_makes_it_does_the_work(db: None):
    ana = make.user("ana@example.com", first_name="Ana", last_name="Roca")
    with acting_as(Actor(kind="person", id=ana.pk, name=ana.name)):
        project = create(PLAN, by=ana)

    with project_scope(project.pk):
        doer = Resource.objects.get()
        assert (doer.name, doer.account) == ("Ana Roca", ana)
        assert doer.needed_by.count() == 5


def test_a_stay_has_no_calendar_of_hours(db: None):
    project = create(replace(PLAN, kind="stay"), by=make.user("ana@example.com"))

    assert project.modules == ["customers", "site"]


def test_start_empty_brings_the_look_alone(db: None):
    client = PlatformClient()
    client.force_login(make.user("ana@example.com"))
    client.post("/projects/new", TYPED | {"is_empty": "on"})

    project = BusinessProfile._meta.get_field("project").related_model.objects.get()
    with project_scope(project.pk):
        assert not Service.objects.exists()
        assert not week()


def test_the_form_shows_each_trade_with_its_picture(db: None):
    client = PlatformClient()
    client.force_login(make.user("ana@example.com"))

    page = client.get("/projects/new").content.decode()

    for kind in BusinessProfile.Kind.values:
        assert f'src="/looks/{kind}.svg"' in page
        answer = client.get(f"/looks/{kind}.svg")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert client.get("/looks/spaceship.svg").status_code == 404


@pytest.mark.parametrize("language", ["en", "es"])
def test_names_make_different_addresses(language: str):
    from django.utils.text import slugify
    from django.utils.translation import override

    with override(language):
        for found in offers.OFFERS.values():
            assert len({slugify(str(offer.name)) for offer in found}) == len(found)
