"""A ledger of what customers agreed to: only added to, the newest line counts."""

from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, transaction

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.people.customers import consents
from flectar.people.customers.consents import QUESTIONS, Wording
from flectar.people.customers.models import Consent
from tests.people.customers import make

NEWS = QUESTIONS["news-email"]


@pytest.fixture
def paula(in_salon):
    return make.customer(in_salon, "Paula Ibáñez")


def test_the_newest_answer_counts_and_the_older_ones_stay(paula):
    words = Wording("Yes, write to me.", "2026-11", "en", "/book")
    given = consents.answer(paula, NEWS, given=True, method=Consent.Method.BOOKING, wording=words)
    assert given is not None
    assert consents.has_consent(paula.pk, "news-email")

    with clock.frozen(given.at + timedelta(days=1)):
        consents.answer(paula, NEWS, given=False, method=Consent.Method.LINK)

    assert not consents.has_consent(paula.pk, "news-email")
    assert not consents.has_consent(paula.pk, "news-sms")
    assert list(Consent.objects.order_by("at").values_list("is_given", "wording", "wording_version")) == [
        (True, "Yes, write to me.", "2026-11"),
        (False, "", ""),
    ]


def test_the_same_answer_to_the_same_words_is_one_line(paula):
    for _time in range(2):
        consents.answer(paula, NEWS, given=True, method=Consent.Method.WEBSITE, wording=Wording("Yes", "1"))
    consents.answer(paula, NEWS, given=True, method=Consent.Method.WEBSITE, wording=Wording("Yes, please", "2"))

    assert Consent.objects.count() == 2


def test_each_question_has_a_state_of_its_own(paula):
    consents.answer(paula, NEWS, given=True, method=Consent.Method.TEAM)
    consents.answer(paula, QUESTIONS["photos"], given=False, method=Consent.Method.TEAM)

    found = {state.question.key: state.last and state.is_given for state in consents.states(paula)}

    assert found == {
        "news-email": True,
        "news-sms": None,
        "news-whatsapp": None,
        "reminders-whatsapp": None,
        "photos": False,
    }


@pytest.mark.parametrize("change", [{"is_given": True}, {"wording": "other words"}, {"at": clock.now()}])
def test_nobody_rewrites_what_was_agreed(paula, change):
    consents.answer(paula, NEWS, given=False, method=Consent.Method.TEAM)

    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        Consent.objects.update(**change)

    assert not Consent.objects.get().is_given


def test_the_team_notes_an_answer_on_the_page(signed_in, salon, lucia):
    with project_scope(salon.pk):
        paula = make.customer(salon, "Paula Ibáñez")
    url = f"/nacar/customers/{paula.pk}/consents"

    signed_in.post(url, {"question": "news-email", "given": "yes"})
    signed_in.post(url, {"question": "news-email"})
    unknown = signed_in.post(url, {"question": "world peace", "given": "yes"})

    page = signed_in.get(url).content.decode()
    assert unknown.status_code == 404
    assert page.count('<td class="name">News by email</td>') == 2
    assert "Told your team, Lucía Ferrer" in page
    with project_scope(salon.pk):
        assert Consent.objects.filter(is_given=True).count() == Consent.objects.filter(is_given=False).count() == 1
