from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.offers.booking.models.bookings import LONGEST_CLAIM, Booking
from flectar.offers.booking.models.resources import Resource
from flectar.offers.booking.models.services import Service
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Location, TenantModel


class SessionQuerySet(TenantQuerySet["Session"]):
    def to_come(self) -> "SessionQuerySet":
        return self.filter(starts_at__gte=clock.now(), is_cancelled=False).order_by("starts_at", "id")


class Session(TenantModel):
    """One date of a class. It owns the claims on room and teacher; customers take places in it.

    A place is an `Attendee` with a number from 1 to `capacity`, once each: the database cannot give one twice.
    """

    service = TenantForeignKey(Service, models.RESTRICT, related_name="sessions")
    resource = TenantForeignKey(Resource, models.RESTRICT, related_name="sessions")  # who leads it
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tz = models.CharField(max_length=64)
    local_start = models.CharField(max_length=16)
    capacity = models.SmallIntegerField(_("Places"))
    least = models.SmallIntegerField(_("Takes place from"), default=0)  # people; 0: in any case
    waiting_max = models.SmallIntegerField(_("Waiting at most"), default=20)
    is_cancelled_if_few = models.BooleanField(
        _("Cancel it by itself"), default=False, db_default=False
    )  # a day before, if too few
    repeats = models.UUIDField(null=True, blank=True)  # dates that were planned together share it
    note = models.CharField(_("Note"), max_length=300, blank=True)
    is_cancelled = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    is_limited: bool  # where `seats.planned` has asked

    objects: ClassVar[Any] = SessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "starts_at", "id"], name="booking_session_by_start"),
            models.Index(fields=["project", "service", "starts_at"], name="booking_session_of_service"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_CLAIM),
                name="booking_session_length",
            ),
            models.CheckConstraint(condition=Q(capacity__range=(1, 1000)), name="booking_session_capacity"),
        ]


class Attendee(TenantModel):
    """A person of a booking: in a class with the number of their place, else a name on the list.

    Attendance is each one's own: of a family of four, three may come.
    """

    booking = TenantForeignKey(Booking, models.CASCADE, related_name="attendees")
    session = TenantForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="attendees")
    number = models.SmallIntegerField(null=True, blank=True)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    attendance = models.CharField(max_length=9, choices=Booking.Attendance, default=Booking.Attendance.EXPECTED)
    arrived_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=64, default=new_token)  # what the check-in code says

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "session", "number"], name="booking_place_once"),
            models.UniqueConstraint(fields=["project", "token"], name="booking_attendee_token_once"),
            models.CheckConstraint(
                condition=Q(session__isnull=True, number__isnull=True)
                | Q(session__isnull=False, number__isnull=False, number__gte=1),
                name="booking_place_has_a_number",
            ),
        ]
        indexes = [models.Index(fields=["project", "booking"], name="booking_attendee_of_booking")]

    @property
    def called(self) -> str:
        """By their own name, else as a guest of whoever booked. The first of an appointment is the customer."""
        if self.name:
            return self.name
        customer: str = self.booking.customer.name
        if self.session_id is None and self.number == 1:
            return customer
        return str(_("Guest of %(name)s") % {"name": customer})


class Waiting(TenantModel):
    """Somebody waits for a place: in a session, or for a service within a stretch of time."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered a place")
        TAKEN = "taken", _("Booked")
        LAPSED = "lapsed", _("Did not answer")
        LEFT = "left", _("Left the list")

    service = TenantForeignKey(Service, models.CASCADE, related_name="waiting")
    session = TenantForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="waiting")
    resource = TenantForeignKey(Resource, models.SET_NULL, null=True, blank=True, related_name="+")
    # Without a session, where the service can be had at several; null: at any.
    location = TenantForeignKey(Location, models.SET_NULL, null=True, blank=True, related_name="+")
    customer = TenantForeignKey(Customer, models.CASCADE, related_name="waiting")
    party = models.SmallIntegerField(default=1)
    earliest = models.DateTimeField(null=True, blank=True)  # without a session: a start from here
    latest = models.DateTimeField(null=True, blank=True)  # until here
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    offer = TenantForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="+")  # the held booking
    token = models.CharField(max_length=64, default=new_token)
    locale = models.CharField(max_length=10, default="en")
    customer_zone = models.CharField(max_length=64, blank=True, default="", db_default="")  # if they said one
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["project", "session", "state", "created_at"], name="booking_waiting_for_session"),
            models.Index(fields=["project", "service", "state", "created_at"], name="booking_waiting_for_service"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "token"], name="booking_waiting_token_once"),
            models.UniqueConstraint(
                fields=["project", "session", "customer"],
                condition=Q(state__in=["waiting", "offered"], session__isnull=False),
                name="booking_waits_once_for_a_session",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=False)
                | Q(earliest__isnull=False, latest__isnull=False, latest__gt=F("earliest")),
                name="booking_waits_for_something",
            ),
            models.CheckConstraint(condition=Q(party__gte=1), name="booking_waiting_party"),
        ]

    @property
    def place(self) -> Location | None:
        """Where one would come: as offered, where the class is, or where they want it."""
        found: Location | None = self.location
        if self.offer is not None:
            found = self.offer.location
        elif self.session is not None:
            found = self.session.resource.location
        return found
