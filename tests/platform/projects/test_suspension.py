"""The platform closes a site with a reason; the team may answer; nothing of theirs is lost."""

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.projects import suspension
from flectar.platform.projects.models import Project, Suspension
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings


@pytest.fixture
def operator(db: None) -> User:
    return make.user("ops@platform.example", first_name="Ola")


@pytest.fixture
def closed(salon: Project, operator: User) -> Project:
    suspension.suspend(salon, reason="legal", notice="The photo on the first page is somebody else's.", by=operator)
    return salon


def test_visitors_see_a_neutral_page(closed: Project, salon_site: Client):
    for path in ("/", "/book", "/es/", "/robots.txt", "/anything"):
        answer = salon_site.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "86400"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "photo" not in answer.content.decode()


def test_nobody_books_while_it_is_closed(salon: Project, operator: User, salon_site: Client):
    with project_scope(salon.pk):
        service = bookings.service(bookings.staff())
        booking = bookings.booking(salon, service, bookings.at(salon, "10:00"))
    suspension.suspend(salon, reason="abuse", notice="Spam.", by=operator)

    answer = salon_site.post(f"/booking/{booking.token}/cancellation", {})

    assert answer.status_code == 503
    with project_scope(salon.pk):
        booking.refresh_from_db()
    assert not booking.is_cancelled


def test_the_owners_are_told_why(closed: Project):
    [mail] = Message.objects.filter(event="project.suspended")

    assert mail.to_address == "lucia@nacar.example"
    assert "somebody else's" in mail.text
    assert "/nacar/settings/suspension" in mail.text


def test_the_team_still_works_and_reads_why_on_every_page(closed: Project, signed_in: Client):
    page = signed_in.get("/nacar/settings/business").content.decode()

    assert "The platform has closed this site" in page
    assert signed_in.get("/nacar/customers/").status_code == 200
    assert "somebody else" in signed_in.get("/nacar/settings/suspension").content.decode()


def test_an_appeal_is_sent_once_and_answered(closed: Project, signed_in: Client):
    sent = signed_in.post("/nacar/settings/suspension", {"appeal": "It is my own photo."})
    again = signed_in.post("/nacar/settings/suspension", {"appeal": "Hello?"})

    assert (sent.status_code, again.status_code) == (302, 422)
    [waiting] = Suspension.objects.appealed()
    assert waiting.appeal == "It is my own photo."

    suspension.refuse(closed, answer="Send us the original.")
    assert not Suspension.objects.appealed()
    assert "Send us the original." in signed_in.get("/nacar/settings/suspension").content.decode()
    assert signed_in.post("/nacar/settings/suspension", {"appeal": "Here it is."}).status_code == 302


def test_lifted_the_site_is_as_it_was(closed: Project, salon_site: Client, signed_in: Client):
    suspension.lift(closed, answer="Thank you.")

    assert salon_site.get("/").status_code == 200
    assert "closed this site" not in signed_in.get("/nacar/settings/business").content.decode()
    with project_scope(closed.pk):
        actions = list(Entry.objects.order_by("at", "id").values_list("action", flat=True))
    assert actions == ["project.suspended", "project.reopened"]
    assert Message.objects.filter(event="project.reopened").count() == 1


def test_a_site_is_closed_once(closed: Project, operator: User):
    with pytest.raises(suspension.AlreadySuspended):
        suspension.suspend(closed, reason="abuse", notice="Again.", by=operator)
    suspension.lift(closed)
    with pytest.raises(suspension.NotSuspended):
        suspension.lift(closed)

    assert Suspension.objects.get().reason == "legal"


def test_staff_read_why_and_do_not_appeal(closed: Project):
    person = make.user("dani@nacar.example")
    make.member(closed.organization, person)
    client = PlatformClient()
    client.force_login(person)

    assert client.get("/nacar/settings/suspension").status_code == 200
    client.post("/nacar/settings/suspension", {"appeal": "Please."})

    assert Suspension.objects.get().appeal == ""


def test_there_is_no_such_page_without_a_suspension(salon: Project, signed_in: Client, signed_in_stranger: Client):
    assert signed_in.get("/nacar/settings/suspension").status_code == 404
    assert signed_in_stranger.get("/nacar/settings/suspension").status_code == 404
