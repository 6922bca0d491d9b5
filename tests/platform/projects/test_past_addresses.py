"""A project that moves keeps its old addresses: every link leads on, and nobody else inherits them."""

import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from flectar.core.tenancy import project_scope
from flectar.offers.booking.messages.notices import manage_url
from flectar.platform.projects import moving, taken
from flectar.platform.projects.addresses import skeleton
from flectar.platform.projects.models import PastAddress, Project
from flectar.platform.projects.taken import AddressTaken, LooksTaken, free_slug, refuse_taken
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings
from tests.platform.webapi import make as keys
from tests.platform.webapi.make import Program


@pytest.fixture
def moved(salon: Project) -> Project:
    """The salon, which was `nacar` until now."""
    with project_scope(salon.pk):
        moving.move(salon, "casa-rosa")
    return salon


def test_the_old_host_leads_on_with_path_and_query(moved: Project, visitor: Client):
    answer = Client(headers={"host": "nacar.localhost:8000"}).get("/es/book?at=soon&name=%C3%B1")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "http://casa-rosa.localhost:8000/es/book?at=soon&name=%C3%B1"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_form_of_the_old_host_is_shown_anew(moved: Project):
    answer = PlatformClient("nacar.localhost:8000").post("/book/cut/details", {"name": "Ana"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "http://casa-rosa.localhost:8000/book/cut/details")


def test_a_link_of_a_mail_written_before_the_move_still_opens_the_booking(salon: Project):
    with project_scope(salon.pk):
        service = bookings.service(bookings.staff())
        booking = bookings.booking(salon, service, bookings.at(salon, "10:00"))
        link = urlsplit(manage_url(salon, booking))
        moving.move(salon, "casa-rosa")
    assert link.netloc == "nacar.localhost:8000"

    sent_on = urlsplit(Client(headers={"host": link.netloc}).get(link.path).headers["Location"])
    page = Client(headers={"host": sent_on.netloc}).get(sent_on.path)

    assert page.status_code == 200
    assert booking.code in page.content.decode()


def test_bookmarks_of_the_dashboard_lead_on_for_members(moved: Project, signed_in: Client):
    answer = signed_in.get("/nacar/settings/hours?x=1")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/casa-rosa/settings/hours?x=1")
    assert "no-store" in answer.headers["Cache-Control"] or answer.headers["Cache-Control"] == "no-cache"


def test_a_form_open_during_the_move_still_arrives(moved: Project, signed_in: Client):
    answer = signed_in.post("/nacar/settings/modules", {"customers": "on"})

    assert (answer.status_code, answer.headers["Location"]) == (308, "/casa-rosa/settings/modules")


def test_strangers_learn_nothing_of_the_move(moved: Project, signed_in_stranger: Client, visitor: Client):
    assert signed_in_stranger.get("/nacar/settings/hours").status_code == 404
    assert "casa-rosa" not in visitor.get("/nacar/settings/hours").headers.get("Location", "")


def test_the_old_address_is_nobody_elses(moved: Project, clinic: Project):
    with pytest.raises(AddressTaken), project_scope(clinic.pk):
        moving.move(clinic, "nacar")

    clinic.refresh_from_db()
    assert clinic.slug == "clinica"
    assert free_slug("Nácar") == "nacar-2"


def test_moving_back_is_allowed_and_leads_the_other_way(moved: Project):
    with project_scope(moved.pk):
        moving.move(moved, "nacar")

    assert [past.slug for past in PastAddress.objects.all()] == ["casa-rosa"]
    home = Client(headers={"host": "casa-rosa.localhost:8000"}).get("/").headers["Location"]
    assert home == "http://nacar.localhost:8000/"


def test_a_project_hoards_no_addresses(salon: Project):
    PastAddress.objects.bulk_create(PastAddress(slug=f"old-{n}", holder=salon) for n in range(moving.MOST_PAST))

    with pytest.raises(moving.TooManyMoves), project_scope(salon.pk):
        moving.move(salon, "casa-rosa")
    with project_scope(salon.pk):
        assert moving.move(salon, "old-3")

    assert not PastAddress.objects.filter(slug="casa-rosa").exists()


def test_the_name_outlives_its_project(moved: Project):
    PastAddress.objects.filter(slug="nacar").update(holder=None)

    with pytest.raises(AddressTaken):
        refuse_taken("nacar", by=moved.pk)
    assert Client(headers={"host": "nacar.localhost:8000"}).get("/").status_code == 421


@pytest.mark.parametrize(("has", "wants"), [("marla", "marl-a"), ("bar-101", "bar-lol"), ("modern", "modem")])
def test_look_alikes(db: None, has: str, wants: str):
    make.project(has)

    if skeleton(has) == skeleton(wants):
        with pytest.raises(LooksTaken, match="looks like another"):
            refuse_taken(wants)
    else:
        refuse_taken(wants)


@given(slug=st.text("01arnvwml-", min_size=3, max_size=20))
def test_the_database_sees_what_we_see(django_db_blocker, django_db_setup, slug: str):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT translate(replace(replace(%s, 'rn', 'm'), 'vv', 'w'), '01', 'ol')",
            [slug],
        )
        assert cursor.fetchone()[0] == skeleton(slug)


def test_the_stored_skeleton_is_ours(db: None):
    make.project("rnar1a-0vv")

    assert Project.objects.get().skeleton == skeleton("rnar1a-0vv") == "marla-ow"


def test_of_two_projects_that_move_to_one_address_one_gets_it(transactional_db: None):
    projects = [make.project("uno"), make.project("dos")]
    barrier, outcomes = threading.Barrier(2, timeout=20), []

    def attempt(project: Project, slug: str) -> None:
        try:
            barrier.wait()
            with project_scope(project.pk):
                moving.move(project, slug)
            outcomes.append("moved")
        except taken.AddressTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    pairs = zip(projects, ("bar-10", "bar-lo"), strict=True)
    threads = [threading.Thread(target=attempt, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["moved", "taken"]


def test_a_program_goes_on_under_the_older_address(moved: Project, clinic: Project):
    ours, theirs = (Program(keys.key(project)[1]) for project in (moved, clinic))

    assert ours.get("/api/v1/projects/nacar").json()["slug"] == "casa-rosa"
    assert theirs.get("/api/v1/projects/nacar").status_code == 404
    assert Program().get("/api/v1/projects/nacar").status_code == 401
