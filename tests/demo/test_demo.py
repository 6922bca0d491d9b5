"""What a newcomer finds: two businesses, alive, and each alone."""

from flectar import demo
from flectar.core.tenancy import project_scope
from flectar.demo import clinic, salon
from flectar.offers.booking import queries
from flectar.offers.booking.models import Booking, Claim
from flectar.people.customers.models import Customer
from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project


def test_the_demo_opens_two_businesses_with_bookings_behind_and_ahead(db: None) -> None:
    demo.seed()

    for business in (salon.BUSINESS, clinic.BUSINESS):
        project = Project.objects.get(slug=business.slug)
        with project_scope(project.pk):
            today = project.today
            days = {booking.starts_at.astimezone(project.tz).date() for booking in Booking.objects.all()}
            assert min(days) < today < max(days)
            assert Customer.objects.count() == len(business.customers)
            assert queries.next_free(project) is not None
            assert Claim.objects.count() == Booking.objects.filter(status="confirmed").count()


def test_a_second_call_changes_nothing(db: None) -> None:
    demo.seed()
    project = Project.objects.get(slug="brizna")
    with project_scope(project.pk):
        before = list(Booking.objects.order_by("id").values_list("id", "version"))

    demo.seed()

    with project_scope(project.pk):
        assert list(Booking.objects.order_by("id").values_list("id", "version")) == before


def test_the_printed_logins_are_people_who_can_sign_in(db: None) -> None:
    demo.seed()

    for login in demo.logins():
        assert User.objects.get(email=login["email"]).check_password(login["password"])
