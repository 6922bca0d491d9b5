"""Details of a booking on the public page: extras, people, codes, questions, requests, what is due."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking import answers
from flectar.offers.booking.deeds import asking, lifecycle
from flectar.offers.booking.models import (
    Booking,
    Coupon,
    Policy,
    Requirement,
    RequirementAnswer,
    Service,
    ServiceExtra,
)
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
SLOT = "2026-11-24T14:00Z"  # 15:00 in Madrid
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k1", "at": SLOT}


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut")


@pytest.fixture
def mask(salon, curl_cut):
    with project_scope(salon.pk):
        return ServiceExtra.objects.create(service=curl_cut, name="Deep care mask", price_minor=1400, add_min=30)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def bookings(salon) -> list[Booking]:
    with project_scope(salon.pk):
        return list(Booking.objects.with_people().order_by("starts_at"))


def test_an_extra_adds_to_price_and_time(salon_site, salon, mask):
    chosen = {**NAMED, f"extra_{mask.pk}": "1"}
    looked = salon_site.post("/book/curl-cut/details", {**chosen, "look": "1"})

    assert looked.status_code == 200
    assert "Total €72" in text(looked)
    assert "1 h 30 min" in text(looked)
    assert 'value="Marta Ferrer"' in looked.content.decode()
    assert bookings(salon) == []

    salon_site.post("/book/curl-cut/details", {**chosen, "shown": "7200"})
    booking = bookings(salon)[0]
    assert (booking.minutes, booking.price.minor) == (90, 7200)


def test_nobody_pays_more_than_the_page_said(salon_site, salon, mask):
    chosen = {**NAMED, f"extra_{mask.pk}": "1", "shown": "5800"}

    refused = salon_site.post("/book/curl-cut/details", chosen)

    assert refused.status_code == 409
    assert "It comes to €72. If that is right, book." in text(refused)
    assert 'name="shown" value="7200"' in refused.content.decode()
    assert bookings(salon) == []


def test_an_extra_for_which_there_is_no_time_leads_to_times_that_are_long_enough(salon_site, salon, curl_cut, mask):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "16:00"))

    refused = salon_site.post("/book/curl-cut/details", {**NAMED, f"extra_{mask.pk}": "1"})

    assert refused.status_code == 409
    assert 'value="2026-11-24T13:30Z"' in refused.content.decode()
    assert len(bookings(salon)) == 1


def test_a_code_shows_its_effect_and_is_used(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Coupon.objects.create(code="OTOÑO", code_folded="otono", percent=50)

    looked = salon_site.post("/book/curl-cut/details", {**NAMED, "code": "otoño", "look": "1"})
    salon_site.post("/book/curl-cut/details", {**NAMED, "code": "otoño", "shown": "2900"})

    assert "OTOÑO -€29" in text(looked).replace("−", "-")
    booking = bookings(salon)[0]
    assert booking.price.minor == 2900
    with project_scope(salon.pk):
        assert booking.coupon_uses.count() == 1


def test_a_code_that_is_none_is_said_beside_its_field(salon_site, salon, curl_cut):
    for more in ({"look": "1"}, {}):
        response = salon_site.post("/book/curl-cut/details", {**NAMED, "code": "nothing", **more})
        assert "We do not know this code." in text(response)
        assert "€58" in text(response)
    assert response.status_code == 422
    assert bookings(salon) == []


def test_the_party_is_chosen_with_the_time(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(max_party=4, is_priced_per_person=True)

    times = salon_site.get("/book/curl-cut?people=3")
    salon_site.post("/book/curl-cut/details", {**NAMED, "people": "3"})

    assert 'name="people" value="3"' in times.content.decode()
    booking = bookings(salon)[0]
    assert (booking.party, booking.price.minor) == (3, 3 * 5800)


def test_two_services_in_one_visit_follow_each_other(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.service(make.staff("Iker Sanz"), name="Colour", slug="colour", duration_min=30, price_minor=4000)

    details = salon_site.get(f"/book/curl-cut/details?at={SLOT}&also=colour")
    salon_site.post("/book/curl-cut/details", {**NAMED, "also": "colour"})

    assert "Total €98" in text(details)
    cut, colour = bookings(salon)
    assert cut.visit == colour.visit is not None
    assert (cut.ends_at, colour.service_name) == (colour.starts_at, "Colour")
    assert "In the same visit" in text(salon_site.get(f"/booking/{cut.token}"))


# --- Questions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(salon, curl_cut):
    def one(kind: str, label: str, **values) -> Requirement:
        with project_scope(salon.pk):
            return Requirement.objects.create(service=curl_cut, kind=kind, label=label, **values)

    return one


def test_answers_are_kept_with_the_wording_and_sealed_where_they_are_sensitive(salon_site, salon, ask):
    colour = ask("choice", "When was it last coloured?", choices=["Never", "This year"])
    allergy = ask("text", "Any allergies?", is_sensitive=True)
    agreed = ask("consent", "I agree to photos", is_required=True, version=3)
    given = {f"answer_{colour.pk}": "This year", f"answer_{allergy.pk}": "Henna", f"answer_{agreed.pk}": "on"}

    salon_site.post("/book/curl-cut/details", {**NAMED, **given})

    booking = bookings(salon)[0]
    with project_scope(salon.pk):
        kept = {one.requirement_id: one for one in RequirementAnswer.objects.all()}
        assert kept[colour.pk].text == "This year"
        assert (kept[allergy.pk].text, answers.text_of(kept[allergy.pk])) == ("", "Henna")
        assert (kept[agreed.pk].wording, kept[agreed.pk].label) == (3, "I agree to photos")
        assert [one.text for one in answers.of(booking, opens_sealed=True)].count("Henna") == 1
    own = text(salon_site.get(f"/booking/{booking.token}"))
    assert "This year" in own
    assert "Henna" not in own
    assert "only the team can read it" in own


def test_what_must_be_answered_is_asked_for_beside_the_question(salon_site, salon, ask):
    ask("consent", "I agree to photos", is_required=True)

    response = salon_site.post("/book/curl-cut/details", NAMED)

    assert response.status_code == 422
    assert "Tick this to go on, or call us." in text(response)
    assert bookings(salon) == []


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_a_file_is_kept_in_private_and_only_what_is_not_sensitive_comes_back_by_the_link(
    salon_site, salon, ask, is_sensitive
):
    wanted = ask("file", "A letter of your doctor", is_sensitive=is_sensitive)
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 my knee")

    salon_site.post("/book/curl-cut/details", {**NAMED, f"answer_{wanted.pk}": letter})

    booking = bookings(salon)[0]
    with project_scope(salon.pk):
        answer = RequirementAnswer.objects.get()
        assert answers.file_of(answer) == b"%PDF-1.7 my knee"
    own = salon_site.get(f"/booking/{booking.token}/answers/{answer.pk}")
    assert own.status_code == (404 if is_sensitive else 200)
    if not is_sensitive:
        assert own["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_no_document_is_refused(salon_site, salon, ask):
    wanted = ask("file", "A letter of your doctor")
    page = SimpleUploadedFile("letter.pdf", b"<html><script>alert(1)</script>")

    response = salon_site.post("/book/curl-cut/details", {**NAMED, f"answer_{wanted.pk}": page})

    assert response.status_code == 422
    assert "Choose a PDF or a picture" in text(response)
    assert bookings(salon) == []


def test_questions_for_afterwards_are_answered_on_ones_own_page(salon_site, salon, ask):
    after = ask("text", "How did it go?", when="after")
    salon_site.post("/book/curl-cut/details", NAMED)
    booking = bookings(salon)[0]

    salon_site.post(f"/booking/{booking.token}/answers", {f"answer_{after.pk}": "Very well"})

    assert "Very well" in text(salon_site.get(f"/booking/{booking.token}"))
    assert salon_site.get(f"/booking/{booking.token}/answers").status_code == 302


# --- Requests, payments, terms ----------------------------------------------------------------------------------------


def test_where_the_business_accepts_each_one_it_is_requested(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(approval=Service.Approval.ALL)

    details = salon_site.get(f"/book/curl-cut/details?at={SLOT}")
    salon_site.post("/book/curl-cut/details", NAMED)

    assert "Request this time" in text(details)
    booking = bookings(salon)[0]
    assert booking.status == Booking.Status.REQUESTED
    assert "We have your request." in text(salon_site.get(f"/booking/{booking.token}?new=1"))
    salon_site.post(f"/booking/{booking.token}/cancellation")
    assert bookings(salon)[0].is_cancelled


def test_a_proposed_time_is_taken_by_a_yes(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(approval=Service.Approval.ALL)
    salon_site.post("/book/curl-cut/details", NAMED)
    with project_scope(salon.pk):
        asking.propose(Booking.objects.with_people().get(), at(salon, "12:00"))
    booking = bookings(salon)[0]
    assert "Yes, this time suits me" in text(salon_site.get(f"/booking/{booking.token}"))

    salon_site.post(f"/booking/{booking.token}/agreement")

    booking = bookings(salon)[0]
    assert booking.is_confirmed
    assert booking.starts_at == at(salon, "12:00")


def test_what_is_due_is_said_before_and_the_time_is_kept_until_it_is_paid(salon_site, salon, curl_cut, settings):
    settings.TEST_PAYMENTS = True
    with project_scope(salon.pk):
        Service.objects.update(pay=Service.Pay.DEPOSIT, deposit_minor=500)

    details = salon_site.get(f"/book/curl-cut/details?at={SLOT}")
    salon_site.post("/book/curl-cut/details", NAMED)

    assert "Book – pay €5 now" in text(details)
    booking = bookings(salon)[0]
    assert booking.status == Booking.Status.HELD
    assert "We keep this time for you until today 8:15" in text(salon_site.get(f"/booking/{booking.token}?new=1"))


def test_a_hold_that_ran_out_is_held_again_in_one_tap(salon_site, salon, curl_cut, settings):
    settings.TEST_PAYMENTS = True
    with project_scope(salon.pk):
        Service.objects.update(pay=Service.Pay.FULL)
    salon_site.post("/book/curl-cut/details", NAMED)
    booking = bookings(salon)[0]

    with clock.frozen(booking.hold_until + timedelta(minutes=1)):
        gone = salon_site.get(f"/booking/{booking.token}")
        again = salon_site.post(f"/booking/{booking.token}/hold")

        assert "Keep this time for me again" in text(gone)
        assert again.status_code == 302
        assert not bookings(salon)[0].is_hold_over


def test_the_fee_is_said_before_one_cancels(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        policy = Policy.objects.create(name="Strict", tiers=[{"hours": 48, "percent": 0}, {"hours": 2, "percent": 50}])
        Service.objects.update(policy=policy)
    salon_site.post("/book/curl-cut/details", NAMED)
    booking = bookings(salon)[0]

    page = text(salon_site.get(f"/booking/{booking.token}/cancellation"))

    assert "Cancelling now costs €29." in page
    assert "Cancel for €29" in page


def test_a_customer_moves_it_no_more_often_than_the_terms_say(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(policy=Policy.objects.create(name="Once", most_moves=1))
    salon_site.post("/book/curl-cut/details", NAMED)
    booking = bookings(salon)[0]
    salon_site.post(f"/booking/{booking.token}/time", {"at": "2026-11-24T11:00Z"})

    refused = salon_site.post(f"/booking/{booking.token}/time", {"at": "2026-11-24T12:00Z"})

    assert refused.status_code == 409
    assert bookings(salon)[0].starts_at == at(salon, "12:00")
    with project_scope(salon.pk):
        lifecycle.move(Booking.objects.with_people().get(), at(salon, "13:00"), by_team=True)
