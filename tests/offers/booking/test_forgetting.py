"""What is forgotten by itself: sealed answers thirty days after the booking, waits a year after their day."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from flectar.core import clock, storage
from flectar.core.tenancy import project_scope
from flectar.offers.booking import answers, forgetting
from flectar.offers.booking.deeds import attendance, lifecycle, waiting
from flectar.offers.booking.models import Booking, Requirement, RequirementAnswer, Waiting
from flectar.platform.audit.models import Entry
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
MONTH, YEAR, SECOND = timedelta(days=30), timedelta(days=365), timedelta(seconds=1)


@pytest.fixture
def answered(salon) -> Booking:
    """Tomorrow at ten, for an hour: a secret, a secret letter, and something that is no secret."""
    with project_scope(salon.pk):
        service = make.service()
        asked = [
            Requirement.objects.create(service=service, kind=kind, label=label, is_sensitive=sensitive)
            for kind, label, sensitive in (("text", "Ills", True), ("file", "Letter", True), ("text", "Music", False))
        ]
        booking = make.booking(salon, service, at(salon, "10:00"))
        letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 my knee")
        answers.keep(booking, dict(zip([one.pk for one in asked], ["Henna", letter, "Jazz"], strict=True)))
        return booking


def forget(booking: Booking) -> dict[str, answers.Readable]:
    with project_scope(booking.project_id):
        forgetting.forget_sealed.run(project_id=booking.project_id, booking_id=booking.pk)
        return {one.label: one for one in answers.of(booking, opens_sealed=True)}


def moments(job: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [job])
        return [row[0] for row in cursor.fetchall()]


def test_thirty_days_after_the_booking_what_was_sealed_is_gone_and_the_file_with_it(
    answered, salon, django_capture_on_commit_callbacks
):
    with project_scope(salon.pk):
        stored = RequirementAnswer.objects.get(label="Letter").file

    with clock.frozen(answered.ends_at + MONTH - SECOND):
        before = forget(answered)
    with clock.frozen(answered.ends_at + MONTH), django_capture_on_commit_callbacks(execute=True):
        after = forget(answered)

    assert moments("booking.forget_sealed") == [answered.ends_at + MONTH]
    assert (before["Ills"].text, before["Letter"].file_name) == ("Henna", "letter.pdf")
    assert not storage.private_files().exists(stored)
    assert (after["Ills"].text, after["Letter"].file_name) == ("", "")
    assert after["Ills"].is_forgotten
    assert after["Letter"].is_forgotten
    assert (after["Music"].text, after["Music"].is_forgotten) == ("Jazz", False)
    with project_scope(salon.pk):
        assert answers.open_questions(answered) == []  # nobody is asked again
        assert Entry.objects.filter(action="booking.answers_forgotten", target_id=answered.pk).count() == 1


def test_a_booking_that_is_moved_keeps_its_answers_longer_and_a_cancelled_one_shorter(answered, salon):
    with project_scope(salon.pk):
        lifecycle.move(answered, at(salon, "10:00", make.TUESDAY + timedelta(days=7)), by_team=True, notify=False)
    with clock.frozen(answered.ends_at - timedelta(days=7) + MONTH):
        assert forget(answered)["Ills"].text == "Henna"

    with project_scope(salon.pk):
        lifecycle.cancel(answered, by_team=True, notify=False)
    with clock.frozen(NOW + MONTH):
        assert forget(answered)["Ills"].text == ""


def test_what_is_answered_afterwards_has_thirty_days_of_its_own(answered, salon):
    late = answered.ends_at + timedelta(days=20)
    with clock.frozen(late), project_scope(salon.pk):
        answers.keep(answered, {RequirementAnswer.objects.get(label="Ills").requirement_id: "Latex"})

    with clock.frozen(answered.ends_at + MONTH):
        kept = forget(answered)
    with clock.frozen(late + MONTH):
        gone = forget(answered)

    assert (kept["Ills"].text, kept["Letter"].is_forgotten) == ("Latex", True)
    assert gone["Ills"].is_forgotten


def test_who_came_is_forgotten_a_year_after_the_booking_and_what_became_of_it_stays(salon):
    with project_scope(salon.pk):
        yoga = make.class_of(make.staff("Noa Vidal"))
        date = make.session(salon, yoga, "10:00")
        booking = make.booking(salon, yoga, date.starts_at, party=2)
        with clock.frozen(date.starts_at):
            attendance.mark(booking.attendees.order_by("number")[0], "arrived")
            booking.refresh_from_db()
            attendance.complete(booking)

    def marks() -> set[str]:
        with project_scope(salon.pk):
            forgetting.forget_attendance.run(project_id=salon.pk, booking_id=booking.pk)
            booking.refresh_from_db()
            return {booking.attendance, *booking.attendees.values_list("attendance", flat=True)}

    assert moments("booking.forget_attendance") == [booking.ends_at + YEAR]
    with clock.frozen(booking.ends_at + YEAR):
        assert marks() == {"expected"}
    assert (booking.status, booking.arrived_at) == (Booking.Status.COMPLETED, None)


def test_whoever_waited_is_forgotten_a_year_after_that_day(salon):
    with project_scope(salon.pk):
        yoga = make.class_of(make.staff("Noa Vidal"))
        date = make.session(salon, yoga, "10:00", capacity=1)
        make.booking(salon, yoga, date.starts_at)
        entry = waiting.join(salon, yoga, make.customer(salon), session=date)

    def wait() -> bool:
        with project_scope(salon.pk):
            forgetting.forget_wait.run(project_id=salon.pk, waiting_id=entry.pk)
            return bool(Waiting.objects.filter(pk=entry.pk).exists())

    assert moments("booking.forget_wait") == [date.starts_at + YEAR]
    with clock.frozen(date.starts_at + YEAR - SECOND):
        assert wait()
    with clock.frozen(date.starts_at + YEAR):
        assert not wait()
