"""Who agreed to what is kept word for word; new terms are asked for; an organization's own text holds for it alone."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.legal import acceptance, documents
from flectar.platform.legal.models import Acceptance
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from tests import make
from tests.platform.legal.conftest import Publish


def test_signing_up_agrees_to_the_terms_in_force(db: None, visitor: Client):
    visitor.post(
        "/account/signup/", {"email": "eva@example.com", "password1": "a lamp on the sea", "is_old_enough": "on"}
    )

    person = User.objects.get(email="eva@example.com")
    accepted = Acceptance.objects.get(account_id=person.pk)
    assert (accepted.document, accepted.version, accepted.locale) == ("terms", "1", "en")
    assert accepted.digest == documents.digest(documents.current("terms").text)


def test_the_first_terms_cost_no_question_a_page(salon: Project, signed_in: Client):
    signed_in.get("/projects")

    with CaptureQueriesContext(connection) as asked:
        signed_in.get("/projects")

    assert not [query for query in asked if "legal_acceptance" in query["sql"]]


def test_new_terms_are_asked_for_before_the_next_page(salon: Project, signed_in: Client, publish: Publish):
    publish("terms", 2, in_days=0)

    answer = signed_in.get("/nacar/customers/?q=ana")
    assert answer.status_code == 302
    assert answer["Location"] == "/legal/acceptance?next=%2Fnacar%2Fcustomers%2F%3Fq%3Dana"
    assert "Our terms have changed" in signed_in.get(answer["Location"]).content.decode()

    agreed = signed_in.post("/legal/acceptance", {"next": "/nacar/customers/?q=ana"})

    assert agreed["Location"] == "/nacar/customers/?q=ana"
    assert signed_in.get("/nacar/customers/?q=ana").status_code == 200
    assert Acceptance.objects.get().version == "2"
    assert Entry.objects.filter(action="legal.accepted").count() == 1


def test_who_has_not_agreed_can_still_reach_the_account_and_leave(salon: Project, signed_in: Client, publish: Publish):
    publish("terms", 2, in_days=0)

    assert signed_in.get("/account/").status_code == 200
    assert signed_in.get("/legal/terms").status_code == 200
    assert signed_in.post("/account/logout/").status_code == 302


@pytest.mark.parametrize(("in_days", "is_material"), [(5, True), (0, False)])
def test_what_is_to_come_or_only_mends_words_is_not_asked_for(
    salon: Project, signed_in: Client, publish: Publish, in_days: int, is_material: bool
):
    publish("terms", 2, in_days=in_days, is_material=is_material)

    assert signed_in.get("/nacar/").status_code == 200


def test_agreeing_does_not_lead_to_another_site(salon: Project, signed_in: Client, publish: Publish):
    publish("terms", 2, in_days=0)

    answer = signed_in.post("/legal/acceptance", {"next": "https://evil.example/"})

    assert answer["Location"] == "/"


# The data agreement


def agreement(project: Project) -> str:
    return f"/organizations/{project.organization_id}/data-agreement"


def held(project: Project) -> dict[str, str]:
    return {"digest": acceptance.agreement_of(project.organization_id).digest}


def test_an_owner_accepts_the_agreement_for_the_organization(salon: Project, signed_in: Client, lucia: User):
    assert not acceptance.may_take_in_data(salon.organization_id)

    answer = signed_in.post(agreement(salon), held(salon))

    assert answer.status_code == 302
    accepted = Acceptance.objects.get()
    assert (accepted.account_id, accepted.organization_id) == (lucia.pk, salon.organization_id)
    assert (accepted.document, accepted.version) == ("dpa", "1")
    assert accepted.digest == documents.digest(documents.current("dpa").text)
    assert acceptance.may_take_in_data(salon.organization_id)
    assert "by Lucía Ferrer on" in signed_in.get(agreement(salon)).content.decode()


def test_an_admin_reads_it_and_cannot_accept_it(salon: Project, visitor: Client):
    admin = make.user("dani@nacar.example")
    make.member(salon.organization, admin, Role.ADMIN)
    visitor.force_login(admin)

    assert "Only an owner can accept it." in visitor.get(agreement(salon)).content.decode()
    assert visitor.post(agreement(salon), held(salon)).status_code == 403
    assert not Acceptance.objects.exists()


def test_a_stranger_does_not_find_it(salon: Project, signed_in_stranger: Client):
    assert signed_in_stranger.get(agreement(salon)).status_code == 404
    assert signed_in_stranger.post(agreement(salon), held(salon)).status_code == 404
    assert not Acceptance.objects.exists()


def test_a_text_that_changed_meanwhile_is_not_accepted(salon: Project, signed_in: Client):
    before = held(salon)
    acceptance.set_own_text(salon.organization_id, "## Ours\n\nOther words.", "Other words")

    answer = signed_in.post(agreement(salon), before)

    assert answer.status_code == 409
    assert "The text changed while you were reading" in answer.content.decode()
    assert not Acceptance.objects.exists()


def test_a_text_of_its_own_holds_for_that_organization_only(salon: Project, clinic: Project, signed_in: Client):
    signed_in.post(agreement(salon), held(salon))
    acceptance.set_own_text(salon.organization_id, "## Ours\n\nOther words.", "Other words")

    assert acceptance.agreement_of(salon.organization_id).version == "own-1"
    assert not acceptance.may_take_in_data(salon.organization_id)  # what was accepted was another text
    assert acceptance.agreement_of(clinic.organization_id).version == "1"
    assert "Other words" in signed_in.get(agreement(salon)).content.decode()

    acceptance.withdraw_own_texts(salon.organization_id)

    assert acceptance.may_take_in_data(salon.organization_id)


def test_a_material_version_asks_the_organization_again(salon: Project, signed_in: Client, publish: Publish):
    signed_in.post(agreement(salon), held(salon))

    publish("dpa", 2, in_days=0, is_material=False)
    assert acceptance.may_take_in_data(salon.organization_id)
    publish("dpa", 3, in_days=0)
    assert not acceptance.may_take_in_data(salon.organization_id)
