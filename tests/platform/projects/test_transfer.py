"""A project changes hands: everything moves along, and who had it before is a stranger."""

from datetime import timedelta

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Resource
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Organization, Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects import jobs, transfer
from flectar.platform.projects.models import Project, Transfer
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings
from tests.people.customers import make as customers
from tests.platform.webapi import make as keys
from tests.platform.webapi.make import Program


def offered(project: Project, by: User, to: str = "bruno@clinica.example") -> str:
    with project_scope(project.pk):
        return transfer.offer(project, to, by=by)[1]


def test_an_offer_goes_out_by_mail_with_a_link(sure: Client, salon: Project, stranger: User):
    from procrastinate.contrib.django.models import ProcrastinateJob

    answer = sure.post("/nacar/settings/project/transfer", {"email": "Bruno@Clinica.example"})

    assert answer.status_code == 302
    [queued] = ProcrastinateJob.objects.filter(task_name="projects.mail_of_offer")
    jobs.mail_of_offer.run(**queued.args)
    [mail] = Message.objects.filter(event="project.offered")
    assert mail.to_address == "bruno@clinica.example"
    [link] = [word for word in mail.text.split() if "/transfers/" in word]
    token = link.rpartition("/")[2]
    assert token not in str(queued.args)
    assert transfer.find(token, user=stranger).holder == salon


def test_everything_moves_and_the_old_organization_is_locked_out(
    sure: Client, sure_stranger: Client, salon: Project, clinic: Project, lucia: User
):
    with project_scope(salon.pk):
        customers.customer(salon, "Paula Ibáñez", email="paula@example.com")
    token = offered(salon, lucia)

    page = sure_stranger.get(f"/transfers/{token}").content.decode()
    assert "Nácar SL" in page
    answer = sure_stranger.post(f"/transfers/{token}", {"chosen": str(clinic.organization_id)})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/nacar/")
    salon.refresh_from_db()
    assert salon.organization == clinic.organization
    assert "Paula" in sure_stranger.get("/nacar/customers/").content.decode()
    for path in ("/nacar/", "/nacar/customers/", "/nacar/settings/business"):
        assert sure.get(path).status_code == 404
    assert Entry.objects.filter(action="project.transferred", project_id=None).count() == 2


def test_people_of_the_old_team_get_no_more_mail(salon: Project, clinic: Project, lucia: User, stranger: User):
    with project_scope(salon.pk):
        bookings.staff("Lucía", account=lucia)
        bookings.staff("Bruno", account=stranger)
    token = offered(salon, lucia)

    transfer.accept(token, clinic.organization, user=stranger)

    with project_scope(salon.pk):
        assert {each.name: each.account for each in Resource.objects.all()} == {"Lucía": None, "Bruno": stranger}


def test_a_new_organization_may_take_it(sure_stranger: Client, salon: Project, clinic: Project, lucia: User):
    token = offered(salon, lucia)

    assert sure_stranger.post(f"/transfers/{token}", {"chosen": "new", "name": ""}).status_code == 422
    sure_stranger.post(f"/transfers/{token}", {"chosen": "new", "name": "Nueva SL"})

    salon.refresh_from_db()
    assert salon.organization.name == "Nueva SL"


@pytest.mark.parametrize("spoilt", ["used", "withdrawn", "expired", "replaced", "leaving", "wrong"])
def test_a_dead_link_says_always_the_same(
    *, sure_stranger: Client, salon: Project, clinic: Project, lucia: User, stranger: User, spoilt: str
):
    token = offered(salon, lucia)
    match spoilt:
        case "used":
            transfer.accept(token, clinic.organization, user=stranger)
        case "withdrawn":
            with project_scope(salon.pk):
                transfer.withdraw(salon)
        case "expired":
            Transfer.objects.update(offered_at=clock.now() - Transfer.GOOD_FOR)
        case "replaced":
            offered(salon, lucia)
        case "leaving":
            Project.objects.filter(pk=salon.pk).update(leaves_at=clock.now() + timedelta(days=1))
        case "wrong":
            token = "x" * 32
    holder = Project.objects.get(pk=salon.pk).organization

    answer = sure_stranger.post(f"/transfers/{token}", {"chosen": str(clinic.organization_id)})

    assert answer.status_code == 404
    assert "This link opens nothing" in answer.content.decode()
    assert Project.objects.get(pk=salon.pk).organization == holder


def test_the_link_alone_is_not_enough(sure: Client, salon: Project, lucia: User, stranger: User):
    token = offered(salon, lucia)
    other = make.user("eva@example.com")
    client = PlatformClient()
    client.force_login(other)

    assert client.get(f"/transfers/{token}").status_code == 404
    assert PlatformClient().get(f"/transfers/{token}").status_code == 302


def test_nobody_takes_it_into_an_organization_that_is_not_theirs(salon: Project, lucia: User, stranger: User):
    token = offered(salon, lucia)
    other = make.organization("Otra SL", make.user("eva@example.com"))
    make.member(other, stranger, Role.ADMIN)

    with pytest.raises(transfer.NotOffered):
        transfer.accept(token, other, user=stranger)

    salon.refresh_from_db()
    assert salon.organization == Organization.objects.get(name="Nácar SL")


def test_nobody_offers_it_to_themselves(sure: Client, salon: Project):
    answer = sure.post("/nacar/settings/project/transfer", {"email": "lucia@nacar.example"})

    assert answer.status_code == 422
    assert not Transfer.objects.exists()


def test_a_key_of_the_old_organization_opens_nothing_any_more(
    salon: Project, clinic: Project, lucia: User, stranger: User
):
    program = Program(keys.key(salon)[1])
    before = program.get("/api/v1/projects/nacar").status_code

    transfer.accept(offered(salon, lucia), clinic.organization, user=stranger)

    assert (before, program.get("/api/v1/projects/nacar").status_code) == (200, 404)
