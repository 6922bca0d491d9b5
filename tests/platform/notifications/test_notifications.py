"""Who is told of what, by which channel."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import queries
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.notifications import bell, jobs
from flectar.platform.notifications.models import Notification, Preference
from flectar.platform.notifications.telling import tell
from flectar.platform.organizations import handover, membership
from flectar.platform.organizations.models import Membership, Role
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.models import Message
from flectar.platform.projects import deletion, domains
from flectar.platform.projects.models import Domain, Project
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.rows import row

PAGE = "/nacar/notifications/"
LOST = {"name": "Ana Ruiz", "subject": "See you", "message": "019abcde-0000-7000-8000-000000000000"}


@pytest.fixture
def dani(salon: Project) -> User:
    person = platform.user("dani@nacar.example", first_name="Dani", last_name="Peris")
    platform.member(salon.organization, person, Role.STAFF)
    return person


def browser(person: User) -> Client:
    client = PlatformClient()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def lines(salon: Project, person: User) -> list[Notification]:
    with project_scope(salon.pk):
        return list(Notification.objects.filter(user=person).order_by("at", "id"))


def mails(salon: Project, person: User) -> list[str]:
    with project_scope(salon.pk):
        return list(Message.objects.filter(to_address=person.email).values_list("event", flat=True))


def test_a_booking_stands_behind_every_bell_and_only_owners_get_a_mail(salon, lucia, dani):
    with project_scope(salon.pk):
        make.booking(salon, make.service(make.staff("Noa Vidal")), make.at(salon, "10:00"), notify=True)

    assert [line.kind for line in lines(salon, dani)] == ["booking.booked"]
    assert [line.kind for line in lines(salon, lucia)] == ["booking.booked"]
    assert mails(salon, lucia) == ["booking.team_confirmed"]
    assert mails(salon, dani) == []


def test_nobody_finds_their_own_deed_behind_the_bell(salon, lucia, dani):
    with project_scope(salon.pk), acting_as(Actor(kind="user", id=dani.pk)):
        booking = make.booking(salon, make.service(make.staff("Noa Vidal")), make.at(salon, "10:00"), notify=True)
        queries.cancel(booking, by_team=True)

    assert lines(salon, dani) == []
    assert [line.kind for line in lines(salon, lucia)] == ["booking.booked", "booking.cancelled"]


def test_who_may_not_know_is_not_told(salon, lucia, dani):
    Membership.objects.filter(user=dani).update(project_ids=[])
    with project_scope(salon.pk):
        tell(salon, "mail.lost", LOST)
        make.booking(salon, make.service(make.staff("Noa Vidal")), make.at(salon, "10:00"), notify=True)

    assert lines(salon, dani) == []
    assert [line.kind for line in lines(salon, lucia)] == ["mail.lost", "booking.booked"]


def test_the_bell_counts_shows_and_forgets_what_was_read(salon, lucia, signed_in):
    with project_scope(salon.pk):
        tell(salon, "mail.lost", LOST)
        tell(salon, "mail.lost", {**LOST, "name": "Bea Gil"})
    newest = lines(salon, lucia)[1]

    home = text(signed_in.get("/nacar/"))
    panel = text(signed_in.get(f"{PAGE}panel"))
    followed = signed_in.get(f"{PAGE}{newest.pk}")
    after = text(signed_in.get("/nacar/"))

    assert '<span aria-hidden="true">2</span>' in home
    assert "An email to Bea Gil did not arrive" in panel
    assert followed.url == f"/nacar/settings/messages/{LOST['message']}/"
    assert '<span aria-hidden="true">1</span>' in after
    signed_in.post(f"{PAGE}reading", {"all": "yes"})
    assert all(line.read_at for line in lines(salon, lucia))


def test_somebody_elses_lines_are_out_of_reach(salon, lucia, dani):
    with project_scope(salon.pk):
        tell(salon, "mail.lost", LOST)
    [line] = lines(salon, lucia)
    client = browser(dani)

    client.post(f"{PAGE}reading", {"id": [line.pk]})
    client.post(f"{PAGE}reading", {"all": "yes"})

    assert client.get(f"{PAGE}{line.pk}").status_code == 404
    assert "Ana Ruiz" not in text(client.get(PAGE))
    assert lines(salon, lucia)[0].read_at is None


def test_each_chooses_what_reaches_them_and_how(salon, lucia, dani, signed_in):
    browser(dani).post(f"{PAGE}preferences", {"booking.booked:email": "on"})
    signed_in.post(f"{PAGE}preferences", {"booking.moved:dashboard": "on"})

    with project_scope(salon.pk):
        make.booking(salon, make.service(make.staff("Noa Vidal")), make.at(salon, "10:00"), notify=True)

    assert (lines(salon, dani), mails(salon, dani)) == ([], ["booking.team_confirmed"])
    assert (lines(salon, lucia), mails(salon, lucia)) == ([], [])
    with project_scope(salon.pk):
        assert not Preference.objects.filter(user=dani, kind="mail.lost").exists()


def test_who_manages_members_sets_it_for_others_and_nobody_else_does(salon, lucia, dani, signed_in):
    refused = browser(dani).post(f"{PAGE}preferences?person={lucia.pk}", {})
    signed_in.post(f"{PAGE}preferences?person={dani.pk}", {"booking.booked:dashboard": "on"})

    assert refused.status_code == 403
    assert "Dani Peris" in text(signed_in.get(f"{PAGE}preferences"))
    with project_scope(salon.pk):
        assert not Preference.objects.filter(user=lucia).exists()
        assert Preference.objects.get(user=dani, kind="booking.cancelled", channel="dashboard").is_on is False


def test_the_morning_email_comes_once_with_everything_and_only_to_who_asked(salon, lucia, dani):
    with project_scope(salon.pk):
        Preference.objects.create(user=dani, kind="booking.booked", channel="digest", is_on=True)
        service = make.service(make.staff("Noa Vidal"))
        with clock.frozen(datetime(2026, 11, 23, 20, 0, tzinfo=UTC)):
            for hour in ("10:00", "12:00"):
                make.booking(salon, service, make.at(salon, hour), notify=True)
    [job] = ProcrastinateJob.objects.filter(task_name="notifications.digest")

    with project_scope(salon.pk):
        jobs.send_digest.run(salon.pk, dani.pk)
        jobs.send_digest.run(salon.pk, dani.pk)

    assert job.scheduled_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # eight in Madrid
    assert mails(salon, dani) == ["notifications.digest"]
    with project_scope(salon.pk):
        digest = Message.objects.get(event="notifications.digest")
    assert digest.subject == "2 things happened at Nácar"


def test_a_lost_mail_and_a_new_role_are_told(salon, lucia, dani):
    with project_scope(salon.pk):
        message = row(Message, project_id=salon.pk, to_name="Ana Ruiz")
        announce(MessageLost(salon.pk, message.pk))
    with acting_as(Actor(kind="user", id=dani.pk, name="Dani Peris")):
        membership.change_role(Membership.objects.get(user=dani), Role.MANAGER, by=lucia)

    assert [line.kind for line in lines(salon, lucia)] == ["mail.lost", "safety"]
    assert mails(salon, lucia) == ["notifications.notice"]


def test_safety_leads_to_the_organizations_own_page(salon, lucia, signed_in, dani):
    with acting_as(Actor(kind="user", id=dani.pk, name="Dani Peris")):
        membership.change_role(Membership.objects.get(user=dani), Role.MANAGER, by=lucia)
    [line] = lines(salon, lucia)

    followed = signed_in.get(f"{PAGE}{line.pk}", follow=True)

    assert followed.redirect_chain[-1][0] == f"/organizations/{salon.organization_id}/security"
    assert followed.status_code == 200


def test_what_happens_to_a_project_is_told_in_that_project(salon, lucia, dani):
    Membership.objects.filter(user=dani).update(role=Role.ADMIN)
    second = platform.project("nacar-norte", salon.organization)

    with project_scope(second.pk), acting_as(Actor(kind="user", id=dani.pk, name="Dani Peris")):
        deletion.ask(second)

    assert lines(salon, lucia) == []
    [line] = lines(second, lucia)
    assert (line.kind, line.facts["action"], line.facts["by"]) == ("safety", "project.deletion_asked", "Dani Peris")


def test_who_is_offered_an_organization_finds_it_behind_the_bell_and_nobody_else_does(salon, lucia, dani):
    ana = platform.user("ana@nacar.example")
    platform.member(salon.organization, ana, Role.STAFF)

    with acting_as(Actor(kind="user", id=lucia.pk, name="Lucía Ferrer")):
        made = handover.offer(salon.organization, Membership.objects.get(user=dani).pk, by=lucia)

    [line] = lines(salon, dani)
    assert lines(salon, ana) == []
    assert "Lucía Ferrer offers you Nácar SL" in text(browser(dani).get(f"{PAGE}panel"))
    followed = browser(dani).get(f"{PAGE}{line.pk}")
    assert followed.url == f"/organizations/{salon.organization_id}/handover/{made.pk}"
    assert browser(dani).get(followed.url).status_code == 200


def test_a_lost_domain_stands_behind_the_bell_of_those_who_can_mend_it(salon, lucia, dani):
    domain = Domain.objects.create(
        holder=salon, name="nacar.example", state=Domain.State.PROVEN, failures=domains.MOST_FAILURES - 1
    )

    domains.note(domain.pk, domains.Seen(Domain.Problem.MISSING, None))

    [line] = lines(salon, lucia)
    assert lines(salon, dani) == []
    with project_scope(salon.pk):
        assert bell.lines(salon, [line])[0].title == "nacar.example no longer shows your site"


def test_mail_that_goes_out_anyway_is_no_choice(salon, lucia, signed_in):
    page = text(signed_in.get(f"{PAGE}preferences"))
    assert 'name="domain.lost:email" checked disabled' in page

    signed_in.post(f"{PAGE}preferences", {})

    with project_scope(salon.pk):
        assert not Preference.objects.filter(kind="domain.lost", channel="email").exists()
        assert Preference.objects.get(kind="domain.lost", channel="dashboard").is_on is False
