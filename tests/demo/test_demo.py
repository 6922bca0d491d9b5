"""What a newcomer finds: six businesses with a year behind and ahead of them, whole in each row, each alone.

All of it is made once for this file, in a transaction that is never committed, at one moment that is held.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum

from flectar import demo
from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.demo import clinic, consultant, house, opening
from flectar.demo.business import Business
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.models import (
    Attendee,
    Booking,
    BookingEvent,
    Claim,
    Coupon,
    CouponUse,
    Entitlement,
    EntitlementUse,
    Service,
    Session,
    Waiting,
)
from flectar.offers.booking.prices import pricing, terms
from flectar.people.customers.models import Customer, CustomerEmail
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Membership
from flectar.platform.projects import places
from flectar.platform.projects.models import Project
from tests.cast import PlatformClient

NOW = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)  # a Monday, twenty past eleven in Valencia
HELD_TIME = ("requested", "held", "confirmed", "in_progress", "completed", "no_show")
type Picture = list[tuple[Any, ...]]

BUSINESSES = pytest.mark.parametrize("business", demo.businesses(), ids=lambda business: business.slug)


@pytest.fixture(scope="module", autouse=True)
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Picture]]:
    """The demo, and what two of the businesses looked like when they were made once before, later the same day."""
    from django.conf import settings

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "TEST_PAYMENTS", True)
        before = {}
        with transaction.atomic(), clock.frozen(NOW):
            for business in (consultant.BUSINESS, house.BUSINESS):
                opening.open_business(business)
                before[business.slug] = picture(business)
            transaction.set_rollback(True)
        with clock.frozen(NOW):
            demo.seed()
            yield before
        transaction.set_rollback(True)
    connection.close()


def project_of(business: Business) -> Project:
    return Project.objects.get(slug=business.slug)


def picture(business: Business) -> Picture:
    project = project_of(business)
    with project_scope(project.pk):
        rows = Booking.objects.order_by("starts_at", "customer__name", "created_at", "service_name")
        # Who has just booked was given a code by the product's own hand, which nobody can foresee.
        return list(
            rows.exclude(created_at=NOW).values_list(
                "code", "service_name", "resource__name", "customer__name", "status", "starts_at", "ends_at",
                "price_snapshot", "party", "attendance", "created_at", "note",
            )
        )  # fmt: skip


def test_the_same_day_gives_the_same_year(made: dict[str, Picture]) -> None:
    for business in (consultant.BUSINESS, house.BUSINESS):
        assert len(made[business.slug]) > 40
        assert picture(business) == made[business.slug]


def test_a_second_call_changes_nothing() -> None:
    before = [picture(business) for business in demo.businesses()]

    demo.seed()

    assert [picture(business) for business in demo.businesses()] == before


@BUSINESSES
def test_it_lies_nine_months_back_and_three_ahead(business: Business) -> None:
    project = project_of(business)
    with project_scope(project.pk):
        days = [booking.starts_at for booking in Booking.objects.all()]
        assert min(days) < NOW - timedelta(days=240)
        assert max(days) > NOW + timedelta(days=10)
        by_status = Counter(Booking.objects.values_list("status", flat=True))
        assert by_status["completed"] > 20
        assert by_status["cancelled"]
        assert by_status["confirmed"]
        often = Booking.objects.values("customer").annotate(times=Count("pk")).values_list("times", flat=True)
        assert min(often) == 1
        assert max(often) >= 2


@BUSINESSES
def test_who_has_its_time_holds_it_and_nobody_holds_the_same(business: Business) -> None:
    project = project_of(business)
    with project_scope(project.pk), connection.cursor() as cursor:
        without = Booking.objects.filter(claims=None, session=None, status__in=HELD_TIME)
        assert not without.exists()
        assert not Claim.objects.filter(booking__isnull=False).exclude(booking__status__in=HELD_TIME).exists()
        assert not Session.objects.filter(claims=None).exists()
        assert not Claim.objects.filter(booking__isnull=False, booking__session__isnull=False).exists()
        # The constraint sees to units; the same customer is never in two places either.
        cursor.execute(
            "SELECT count(*) FROM booking_claim a JOIN booking_claim b ON a.resource_id = b.resource_id"
            " AND a.unit = b.unit AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
            " WHERE a.project_id = %s",
            [project.pk],
        )
        assert cursor.fetchone()[0] == 0
        over = Claim.objects.filter(unit__gt=F("resource__units"))
        assert not over.exists()


@BUSINESSES
def test_places_are_numbered_once_and_only_those_who_come_have_one(business: Business) -> None:
    with project_scope(project_of(business).pk):
        assert not Attendee.objects.filter(number__gt=F("session__capacity")).exists()
        assert not Attendee.objects.exclude(booking__status__in=HELD_TIME).exists()
        booked = Booking.objects.filter(session__isnull=False, status__in=HELD_TIME)
        seated = booked.annotate(seats=Count("attendees")).exclude(seats=F("party"))
        assert not seated.exists()
        assert not booked.exclude(starts_at=F("session__starts_at"), resource=F("session__resource")).exists()


@BUSINESSES
def test_states_fit_the_clock_and_the_history(business: Business) -> None:
    with project_scope(project_of(business).pk):
        rows = Booking.objects.all()
        assert not rows.filter(status__in=("completed", "no_show", "in_progress"), starts_at__gt=NOW).exists()
        assert not rows.filter(status="in_progress", ends_at__lte=NOW).exists()
        assert not rows.filter(created_at__gt=NOW).exists()
        assert not rows.filter(created_at__gt=F("starts_at")).exists()
        assert not BookingEvent.objects.filter(at__gt=NOW).exists()
        for booking in rows.prefetch_related("events"):
            told = sorted(booking.events.all(), key=lambda event: (event.at, event.pk))
            assert told[-1].to_status == booking.status, booking
            assert told[0].from_status == "", booking
            assert all(one.to_status == two.from_status for one, two in pairwise(told)), booking
            assert booking.version == len(told), booking


@BUSINESSES
def test_prices_and_terms_are_those_that_the_product_freezes(business: Business) -> None:
    project = project_of(business)
    with project_scope(project.pk):
        plain = Booking.objects.filter(coupon_uses=None, entitlement_uses=None).select_related("service", "resource")
        for booking in plain.order_by("code").prefetch_related("extras")[:40]:
            quote = pricing.quote(
                project,
                booking.service,
                starts_at=booking.starts_at,
                resource=booking.resource,
                party=booking.party,
                nights=booking.nights or 0,
                extras={extra.extra_id: extra.qty for extra in booking.extras.all()},
            )
            assert booking.price_snapshot == quote.snapshot()
            assert booking.policy_snapshot == terms.snapshot(booking.service)


@BUSINESSES
def test_codes_and_money_add_up(business: Business) -> None:
    with project_scope(project_of(business).pk):
        taken = Count("uses", filter=Q(uses__state="taken"))
        for coupon in Coupon.objects.annotate(taken=taken):
            assert coupon.max_uses is None or coupon.taken <= coupon.max_uses
        for use in CouponUse.objects.select_related("booking"):
            lines = use.booking.price_snapshot["lines"]
            assert use.off_minor == -sum(line["minor"] for line in lines if line["kind"] == "discount")
        used = Sum("uses__units", filter=Q(uses__state="taken"))
        assert not Entitlement.objects.annotate(used=used).filter(used__gt=F("units")).exists()
        assert EntitlementUse.objects.exists() == bool(business.packages)
        came: Counter[Any] = Counter()
        for subject, minor in PaymentIntent.objects.filter(state="captured").values_list("subject_id", "amount_minor"):
            came[subject] += minor
        for subject, minor in LedgerIntent.objects.filter(kind="refund").values_list("subject_id", "amount_minor"):
            came[subject] -= minor
        for booking in Booking.objects.filter(Q(pk__in=came) | Q(paid_minor__gt=0)):
            assert came[booking.pk] <= booking.paid_minor <= booking.price.minor, booking


@BUSINESSES
def test_its_public_page_answers_and_has_something_to_book(business: Business) -> None:
    project = project_of(business)
    visitor = PlatformClient(host=f"{business.slug}.localhost:8000")
    with project_scope(project.pk):
        services = list(Service.objects.active().in_order())
        assert queries.next_free(project) is not None

    for path in ("/", "/book", *(f"/book/{one.slug}" for one in services)):
        assert visitor.get(path, follow=True).status_code == 200, path


def test_what_waits_is_there() -> None:
    found: Counter[str] = Counter()
    for business in demo.businesses():
        with project_scope(project_of(business).pk):
            found.update(Booking.objects.filter(starts_at__gt=NOW).values_list("status", flat=True))
            found["waiting"] += Waiting.objects.count()
            found["moved"] += BookingEvent.objects.filter(kind="moved").count()
            found["notes"] += Booking.objects.exclude(note="").count()
    assert found["requested"] >= 2
    assert found["held"] >= 2
    assert found["waiting"] >= 1
    assert found["moved"] > 20
    assert found["notes"] > 100


def test_the_clinic_works_at_two_places_and_its_page_asks_which() -> None:
    project = project_of(clinic.BUSINESS)
    visitor = PlatformClient(host="paso.localhost:8000")
    with project_scope(project.pk):
        bilbao, getxo = places.all_of(project)
        assert (bilbao.name, getxo.name, getxo.street) == ("Bilbao", "Getxo", "Muelle de las Arenas 9")
        assert Booking.objects.filter(location=getxo, status="completed").count() > 20
        assert Booking.objects.filter(location=getxo, starts_at__gt=NOW, status="confirmed").exists()
        astray = Claim.objects.filter(booking__isnull=False).exclude(resource__location=F("booking__location"))
        assert not astray.exists(), "nobody is in Getxo with a room in Bilbao"
        follow_up, call = (Service.objects.get(name=name) for name in ("Seguimiento", "Videollamada"))

    asked = visitor.get(f"/book/{follow_up.slug}", follow=True).content.decode()
    assert "Muelle de las Arenas 9" in asked
    assert "Ledesma 14" in asked
    assert "Muelle de las Arenas 9" not in visitor.get(f"/book/{call.slug}", follow=True).content.decode()


def test_salon_and_clinic_know_nothing_of_each_other() -> None:
    salon, clinic = (Project.objects.get(slug=slug) for slug in ("brizna", "paso"))
    here = {seat.user_id for seat in Membership.objects.filter(organization=salon.organization)}
    there = {seat.user_id for seat in Membership.objects.filter(organization=clinic.organization)}
    assert not here & there
    owner = User.objects.get(email="noa@brizna.example")
    browser = PlatformClient()
    browser.force_login(owner)
    assert browser.get("/brizna/").status_code == 200
    assert browser.get("/marea/").status_code == 200
    assert browser.get("/paso/").status_code == 404
    with project_scope(salon.pk):
        people = set(Customer.objects.values_list("pk", flat=True))
    with project_scope(clinic.pk):
        assert not Customer.objects.filter(pk__in=people).exists()


def test_one_person_works_in_two_organizations_and_one_organization_has_two_projects() -> None:
    salma = User.objects.get(email="salma@brizna.example")
    assert [project.slug for project in Project.objects.of(salma)] == ["brizna", "lumbre"]
    assert [project.slug for project in Project.objects.of(User.objects.get(email="jordi@lumbre.example"))] == [
        "casa-salina",
        "lumbre",
    ]


def test_every_address_is_under_a_name_that_is_nobodys() -> None:
    for business in demo.businesses():
        with project_scope(project_of(business).pk):
            assert not CustomerEmail.objects.exclude(email__endswith="@example.com").exists()
    assert all(user.email.endswith(".example") for user in User.objects.all())


def test_the_printed_logins_are_people_who_can_sign_in() -> None:
    for login in demo.logins():
        assert User.objects.get(email=login["email"]).check_password(login["password"])
