"""What a business writes in its own words: when it goes out, to whom, once, and how it ends."""

import re
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import due, lifecycle
from flectar.offers.booking.messages import letters
from flectar.offers.booking.models import Booking, Letter, QuietHours
from flectar.people.customers import consents
from flectar.people.customers.models import Customer
from flectar.platform.outbox.catalogue import Overtaken
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read, find_words
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
WORDS = {
    "en": {"subject": "Thanks, {first_name}", "text": "{service} with {person} at {business}.\n\nDrink water."},
    "es": {"subject": "Gracias, {first_name}", "text": "Bebe agua."},
}
FORM = {
    "service": "", "after": "2", "unit": "24", "is_on": "on",
    "subject_en": "Thanks, {first_name}", "text_en": "Drink water.", "subject_es": "", "text_es": "",
}  # fmt: skip


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def curl_cut(in_salon):
    return make.service(make.staff("Noa Vidal"), slug="curl-cut")


@pytest.fixture
def marta(in_salon) -> Customer:
    return make.customer(in_salon, email="marta@ferrer.example")


@pytest.fixture
def visit(in_salon, curl_cut, marta) -> Booking:
    """From four to five on Tuesday."""
    return make.booking(in_salon, curl_cut, at(in_salon, "16:00"), customer=marta)


def letter(kind="follow_up", **values) -> Letter:
    return Letter.objects.create(kind=kind, **{"words": WORDS, "after_hours": 2, **values})


def sent() -> list[Message]:
    kinds = [f"booking.{kind}" for kind in Letter.Kind.values]
    return [as_read(one) for one in Message.objects.filter(event__in=kinds).order_by("created_at", "id")]


def write(which: Letter, booking: Booking) -> None:
    """As the job does, a day after the end."""
    ids = {"project_id": booking.project_id, "booking_id": booking.pk, "letter_id": which.pk}
    with clock.frozen(booking.ends_at + timedelta(days=1)):
        due.write.run(**ids, ends_at=booking.ends_at.isoformat())


def agree(customer: Customer, *, given: bool = True) -> None:
    consents.answer(customer, consents.QUESTIONS["news-email"], given=given, method=consents.Method.TEAM)


# --- When -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "when"), [(2, "24 19:00"), (4, "25 09:00"), (10, "25 09:00"), (16, "25 09:00"), (24, "25 17:00")]
)
def test_at_night_it_waits_for_the_morning(in_salon, visit, hours, when):
    at = letters.due_at(letter(after_hours=hours), visit)

    assert f"{at.astimezone(in_salon.tz):%d %H:%M}" == when


QUIET = "/nacar/settings/letters/quiet-hours"
NIGHT = {"is_on": "on", "begins": "23:00", "ends": "02:30"}


def quiet(begins: str, ends: str, **values) -> None:
    QuietHours.objects.create(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), **values)


def after(local: str, zone: str = "Europe/Madrid") -> str:
    """The wall clock, with its distance from UTC, on which a letter of that moment goes out."""
    where = ZoneInfo(zone)
    return letters.after_quiet(datetime.fromisoformat(local).astimezone(where), where).astimezone(where).isoformat()


@pytest.mark.parametrize(
    ("hours", "moment", "goes"),
    [
        (("13:30", "16:00"), "2026-11-24T14:00+01:00", "2026-11-24T16:00:00+01:00"),
        (("13:30", "16:00"), "2026-11-24T16:00+01:00", "2026-11-24T16:00:00+01:00"),
        (("21:00", "00:00"), "2026-11-24T22:00+01:00", "2026-11-25T00:00:00+01:00"),
        (("21:00", "00:00"), "2026-11-24T00:00+01:00", "2026-11-24T00:00:00+01:00"),
        # The night in which the clocks go forward: nine is nine, and half past two is three.
        (("21:00", "09:00"), "2027-03-27T23:00+01:00", "2027-03-28T09:00:00+02:00"),
        (("23:00", "02:30"), "2027-03-27T23:30+01:00", "2027-03-28T03:00:00+02:00"),
        # And back: half past two ends them the first time, and they do not begin anew.
        (("21:00", "09:00"), "2026-10-24T23:00+02:00", "2026-10-25T09:00:00+01:00"),
        (("23:00", "02:30"), "2026-10-25T01:00+02:00", "2026-10-25T02:30:00+02:00"),
        (("23:00", "02:30"), "2026-10-25T02:10+01:00", "2026-10-25T02:10:00+01:00"),
    ],
)
def test_a_letter_of_the_quiet_hours_goes_out_at_their_end(in_salon, hours, moment, goes):
    quiet(*hours)

    assert after(moment) == goes


def test_quiet_hours_are_those_of_the_place_and_can_be_switched_off(in_salon):
    assert after("2026-11-24T21:30+01:00", "Atlantic/Canary") == "2026-11-24T20:30:00+00:00"
    assert after("2026-11-24T22:30+01:00", "Atlantic/Canary") == "2026-11-25T09:00:00+00:00"
    quiet("21:00", "09:00", is_on=False)
    assert after("2026-11-24T23:00+01:00") == "2026-11-24T23:00:00+01:00"


def test_a_letter_whose_time_became_quiet_meanwhile_waits_again(in_salon, visit, monkeypatch):
    which = letter()
    quiet("12:00", "20:00")
    again = []
    queue = SimpleNamespace(run=due.write.run, defer_at=lambda when, **ids: again.append((when, ids["letter_id"])))
    monkeypatch.setattr(due, "write", queue)

    write(which, visit)

    assert sent() == []
    assert again == [(at(in_salon, "20:00", TUESDAY + timedelta(days=1)), which.pk)]


def test_an_owner_sets_the_quiet_hours(signed_in, salon):
    assert "rest from 21:00 to 9:00" in text(signed_in.get("/nacar/settings/letters"))
    assert signed_in.post(QUIET, {**NIGHT, "ends": "23:00"}).status_code == 422
    assert signed_in.post(QUIET, {**NIGHT, "ends": "later"}).status_code == 422
    with project_scope(salon.pk):
        assert not QuietHours.objects.exists()

    assert "rest from 23:00 to 2:30" in text(signed_in.post(QUIET, NIGHT, follow=True))
    assert 'value="23:00"' in signed_in.get(QUIET).content.decode()
    assert "at any hour" in text(signed_in.post(QUIET, {**NIGHT, "is_on": ""}, follow=True))
    with project_scope(salon.pk):
        assert QuietHours.objects.count() == 1


def test_the_end_of_a_visit_makes_a_job_for_each_letter_of_its_service(visit, curl_cut, monkeypatch):
    ours, all_of_them = letter(service=curl_cut), letter(after_hours=48)
    letter(service=make.service(name="Other")), letter(is_on=False), letter("reminder")
    made = []
    queue = SimpleNamespace(defer_at=lambda when, **ids: made.append(ids["letter_id"]))
    monkeypatch.setattr(due, "write", queue)

    due.follow.run(project_id=visit.project_id, booking_id=visit.pk, ends_at=visit.ends_at.isoformat())
    due.follow.run(project_id=visit.project_id, booking_id=visit.pk, ends_at="2026-11-24T09:00:00+00:00")

    assert made == [ours.pk, all_of_them.pk]


# --- To whom ----------------------------------------------------------------------------------------------------------


def test_it_is_sent_once_in_the_readers_language_with_the_bookings_own_facts(visit):
    which = letter()
    write(which, visit)
    write(which, visit)

    (mail,) = sent()
    assert mail.subject == "Thanks, Marta"
    assert "Curl cut with Noa Vidal at Nácar." in mail.text
    assert "<p" in mail.html
    assert "Drink water." in mail.html
    assert "/book/curl-cut" in mail.text


@pytest.mark.parametrize("status", ["cancelled", "no_show", "declined"])
def test_whoever_did_not_come_gets_nothing(visit, status):
    Booking.objects.filter(pk=visit.pk).update(status=status)

    write(letter(), visit)

    assert sent() == []


def test_whoever_may_not_be_written_to_gets_neither_letter_nor_reminder(visit, marta):
    Customer.objects.filter(pk=marta.pk).update(restricted_at=clock.now())

    write(letter(), visit)
    due.remind.run(project_id=visit.project_id, booking_id=visit.pk, starts_at=visit.starts_at.isoformat())

    assert sent() == []


def test_a_booking_that_moved_is_followed_at_its_new_end_only(in_salon, visit):
    which, before = letter(), visit.ends_at
    lifecycle.move(visit, at(in_salon, "12:00"), by_team=True, notify=False)

    ids = {"project_id": visit.project_id, "booking_id": visit.pk, "letter_id": which.pk}
    with clock.frozen(before + timedelta(days=1)):
        due.write.run(**ids, ends_at=before.isoformat())

    assert sent() == []


@pytest.mark.parametrize("values", [{"kind": "review", "review_url": "https://r.example"}, {"is_advertising": True}])
def test_reviews_and_advertising_need_a_yes_and_say_how_to_stop(salon_site, visit, marta, values):
    which = letter(**values)
    write(which, visit)
    assert sent() == []

    agree(marta)
    write(which, visit)

    (mail,) = sent()
    end = re.search(r"http://nacar\.localhost:8000(/letters/\S+)", mail.text)[1]
    assert "No more of these mails?" in text(salon_site.get(end))
    assert consents.has_consent(marta.pk, "news-email")
    assert "You get no more of these mails" in text(salon_site.post(end))
    assert not consents.has_consent(marta.pk, "news-email")
    assert salon_site.get(f"{end}x").status_code == 404


@pytest.fixture
def way_out(in_salon, visit, marta) -> str:
    """What stands in List-Unsubscribe of a letter that Marta agreed to."""
    agree(marta)
    write(letter("review", review_url="https://r.example"), visit)
    headers = sent()[0].headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.fullmatch(r"<http://nacar\.localhost:8000(/letters/[\w.:-]+)>", headers["List-Unsubscribe"])[1]


def test_the_button_of_a_mail_program_ends_them_at_once_and_again_changes_nothing(in_salon, way_out, marta):
    program = Client(headers={"host": "nacar.localhost:8000"}, enforce_csrf_checks=True)
    one_click = {"List-Unsubscribe": "One-Click"}

    first = program.post(way_out, one_click)
    again = program.post(way_out, one_click, headers={"origin": "https://mail.example"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert not consents.has_consent(marta.pk, "news-email")
    assert marta.consents.filter(is_given=False).count() == 1


def test_a_scanner_that_follows_the_link_ends_nothing(in_salon, way_out, marta):
    scanner = Client(headers={"host": "nacar.localhost:8000"})

    assert "No more of these mails?" in text(scanner.get(way_out))
    assert scanner.head(way_out).status_code == 200
    assert scanner.post(way_out[:-1]).status_code == 404
    assert consents.has_consent(marta.pk, "news-email")


def test_a_no_holds_for_a_letter_that_is_on_its_way(visit, marta):
    agree(marta)
    write(letter(is_advertising=True), visit)
    agree(marta, given=False)

    with pytest.raises(Overtaken):
        find_words(Message.objects.get(event="booking.follow_up"))


def test_the_way_out_works_while_bookings_are_switched_off(in_salon, way_out, marta):
    in_salon.modules = ["customers"]
    in_salon.save()

    assert Client(headers={"host": "nacar.localhost:8000"}).post(way_out).status_code == 200
    assert not consents.has_consent(marta.pk, "news-email")


def test_what_needs_no_yes_has_no_way_out(visit):
    write(letter(), visit)

    assert sent()[0].headers == {}


def test_a_review_is_asked_for_once_in_a_while(in_salon, curl_cut, visit, marta):
    agree(marta)
    which = letter("review", review_url="https://r.example/nacar")
    other = make.booking(in_salon, curl_cut, at(in_salon, "10:00"), customer=marta)

    write(which, other)
    write(which, visit)

    assert len(sent()) == 1
    assert "https://r.example/nacar" in sent()[0].text


def test_the_booking_page_asks_for_the_yes_where_there_is_a_reason(salon_site, salon, curl_cut):
    page = "/book/curl-cut/details?at=2026-11-24T15:00Z"
    assert 'name="agrees"' not in salon_site.get(page).content.decode()
    with project_scope(salon.pk):
        letter("review", review_url="https://r.example")
    assert 'name="agrees"' in salon_site.get(page).content.decode()

    typed = {"name": "Ana", "email": "ana@ferrer.example", "key": "k", "at": "2026-11-24T15:00Z", "agrees": "on"}
    salon_site.post("/book/curl-cut/details", typed)

    with project_scope(salon.pk):
        ana = Customer.objects.get(name="Ana")
        assert consents.has_consent(ana.pk, "news-email")
        assert ana.consents.get().wording.startswith("You may write to me afterwards")


# --- Reminders --------------------------------------------------------------------------------------------------------


def test_a_reminder_has_the_services_own_words_else_those_for_all_else_ours(visit, curl_cut):
    def remind() -> Message:
        Message.objects.filter(event="booking.reminder").delete()
        due.remind.run(project_id=visit.project_id, booking_id=visit.pk, starts_at=visit.starts_at.isoformat())
        return sent()[0]

    assert remind().subject.startswith("Reminder: Curl cut")
    letter("reminder", words={"en": {"subject": "All", "text": "See you, {first_name}."}})
    assert "See you, Marta." in remind().text
    letter("reminder", service=curl_cut, words={"en": {"subject": "Ours", "text": "Come with dry hair."}})
    assert remind().subject == "Ours"


# --- The owner --------------------------------------------------------------------------------------------------------


def test_an_owner_writes_looks_and_sends_a_test(signed_in, salon, lucia):
    assert "Thank you for your visit" in signed_in.get("/nacar/settings/letters/new/follow_up").content.decode()
    saved = signed_in.post("/nacar/settings/letters/new/follow_up", FORM)

    with project_scope(salon.pk):
        which = Letter.objects.get()
        assert (which.after_hours, list(which.words)) == (48, ["en"])
    assert "2 days after the end" in text(signed_in.get("/nacar/settings/letters"))
    assert signed_in.get(saved["Location"]).status_code == 200
    look = signed_in.get(f"/nacar/settings/letters/{which.pk}/looks/en").content.decode()
    assert "Drink water." in look
    signed_in.post(f"/nacar/settings/letters/{which.pk}/test", {"locale": "en"})
    with project_scope(salon.pk):
        (mail,) = sent()
    assert (mail.to_address, mail.subject) == (lucia.email, "Thanks, Marta")
    signed_in.post(f"/nacar/settings/letters/{which.pk}/removal")
    with project_scope(salon.pk):
        assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("follow_up", {"text_en": "Hello {nme}"}, "“{nme}” is not known here."),
        ("follow_up", {"subject_es": "Hola"}, "Write both, or leave both empty."),
        ("follow_up", {"after": "400"}, "half a year at most"),
        ("follow_up", {"subject_en": ""}, "This field is required."),
        ("review", {"review_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_a_wrong_letter_is_not_saved(signed_in, salon, kind, wrong, sentence):
    response = signed_in.post(f"/nacar/settings/letters/new/{kind}", {**FORM, **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert not Letter.objects.exists()


def test_a_reminder_is_worded_once_for_each_service(signed_in, salon):
    signed_in.post("/nacar/settings/letters/new/reminder", FORM)
    again = signed_in.post("/nacar/settings/letters/new/reminder", FORM)

    assert again.status_code == 422
    assert "There are words for this reminder already." in text(again)
