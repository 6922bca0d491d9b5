"""What the browser finds: two businesses in two organizations, with people, services and bookings."""

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import feeds
from flectar.offers.booking.deeds import asking, lifecycle, waiting
from flectar.offers.booking.models import (
    BookingImport,
    CalendarSource,
    Coupon,
    Entitlement,
    ExternalBusy,
    Policy,
    Resource,
    Service,
    ServiceExtra,
    Subscription,
)
from flectar.offers.booking.public import times
from flectar.people.customers import (
    addresses,
    consents,
    custom,
    directory,
    importing,
    merging,
    papers,
    reaching,
    restricting,
    tags,
)
from flectar.people.customers.models import Consent, Customer, CustomField
from flectar.platform.accounts.models import User
from flectar.platform.legal import letters
from flectar.platform.notifications.telling import tell
from flectar.platform.organizations import handover, invitations, membership, own_roles, support
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects import hours, places, profile, suspension, transfer
from flectar.platform.projects.models import Domain, Location, Project
from flectar.platform.webhooks import endpoints
from flectar.platform.webhooks.models import Attempt
from tests import make
from tests.money.payments import make as payments
from tests.offers.booking import make as bookings
from tests.oversight.operations.make import a_failed_job
from tests.people.customers import make as customers
from tests.platform.webapi import make as keys


@dataclass
class World:
    lucia: User
    stranger: User
    salon: Project
    clinic: Project
    ids: dict[str, Any] = field(default_factory=dict)

    def fill(self, path: str) -> str:
        return path.format(project=self.salon.slug, **self.ids)

    def person(self, name: str) -> User | None:
        return {"lucia": self.lucia, "stranger": self.stranger, "ines": self.ids.get("ines")}.get(name)


def build() -> World:
    lucia = make.user("lucia@nacar.example", first_name="Lucía", last_name="Ferrer")
    stranger = make.user("bruno@clinica.example", first_name="Bruno", last_name="Sala")
    salon = make.project("nacar", make.organization("Nácar SL", lucia), name="Nácar")
    clinic = make.project("clinica", make.organization("Clínica SL", stranger), name="Clínica Sala")
    world = World(lucia, stranger, salon, clinic, {"message": a_message(salon), **a_busy_week(salon)})
    a_house(world)
    some_classes(world)
    some_customers(world)
    some_prices(world)
    some_requests(world)
    a_team(world)
    some_domains(world.salon)
    some_calendars(world)
    a_second_place(world)
    somebody_with_a_closed_site(world)
    an_operator(world)
    return world


def some_calendars(world: World) -> None:
    """One that works and stands against a booking, one that fails, one that nobody has read yet; and two addresses."""
    now = clock.now()
    with project_scope(world.salon.pk):
        noa = Resource.objects.get(pk=world.ids["person"])
        one, broken, fresh = (
            # Written as rows: no job is to ask these hosts.
            Subscription.objects.create(
                source=CalendarSource.objects.create(resource=noa, kind=CalendarSource.Kind.FEED, name=name),
                url="-",
                url_index=name,
                host=host,
            )
            for host, name in [
                ("calendar.google.com", "Private"),
                ("outlook.office365.com", "Academy"),
                ("p01.icloud.com", "Family"),
            ]
        )
        booking = noa.bookings.filter(starts_at__gt=now).earliest("starts_at")
        ExternalBusy.objects.create(
            resource=noa, source=one.source, uid="1", starts_at=booking.starts_at, ends_at=booking.ends_at
        )
        unread = [[12, "Course", "Its time zone “Nowhere” is not known."]]
        Subscription.objects.filter(pk=one.pk).update(
            checked_at=now, succeeded_at=now, next_at=now + timedelta(minutes=15), events=31, unread=unread
        )
        Subscription.objects.filter(pk=broken.pk).update(
            checked_at=now,
            succeeded_at=now - timedelta(days=2),
            failing_since=now - timedelta(days=2),
            told_at=now - timedelta(days=1),
            trouble=Subscription.Trouble.DENIED,
            answered=403,
            next_at=now + timedelta(hours=6),
        )
        feeds.make(noa, name="Noa’s phone", shows="service", by=world.lucia)
        feeds.make(None, name="Reception", shows="all", by=world.lucia)
    world.ids |= {"calendar": one.pk, "broken_calendar": broken.pk, "new_calendar": fresh.pk}


def some_domains(project: Project) -> None:
    """One that works and one that waits for its records; the site stays at home below ours."""
    Domain.objects.create(
        holder=project, name="nacar.example", state=Domain.State.PROVEN, leads_here=True, checked_at=clock.now()
    )
    Domain.objects.create(holder=project, name="xn--ncar-5na.example", problem="missing", checked_at=clock.now())


def somebody_with_a_closed_site(world: World) -> None:
    """Inés, who is offered the salon besides."""
    ines = make.user("ines@cerrada.example", first_name="Inés", last_name="Vila")
    closed = make.project("cerrada", make.organization("Cerrada SL", ines), name="Cerrada")
    suspension.suspend(closed, reason="legal", notice="The photo on the first page is somebody else's.", by=None)
    with project_scope(world.salon.pk):
        _offer, token = transfer.offer(world.salon, ines.email, by=world.lucia)
    world.ids |= {"ines": ines, "transfer": token}


def a_second_place(world: World) -> None:
    with project_scope(world.salon.pk):
        made = Location(zone="Europe/Madrid")
        values = {"name": "Ruzafa", "street": "Calle Cuba 8", "postal_code": "46006", "city": "Valencia"}
        places.save(world.salon, made, values)
        places.set_week(world.salon, made, [hours.Window(day, 600, 480) for day in range(5)])
    world.ids["location"] = made.pk


def an_operator(world: World) -> None:
    """Lucía runs this installation too, and some of its jobs gave up."""
    make.operator(world.lucia)
    a_failed_job("outbox.send", "OperationalError: the connection was lost")
    a_failed_job("sites.renew", "")
    letter = letters.write("abuse", topic="fraud", text="It sells what is not there.", email="ana@example.com")
    world.ids |= {"letter": letter.pk, "stranger_id": world.stranger.pk, "project_id": world.salon.pk}
    world.lucia.refresh_from_db()
    support.let_in(world.clinic.organization, timedelta(days=1), may_write=False, by=world.stranger)
    bruno = Membership.objects.get(user=world.stranger, organization=world.clinic.organization)
    visit = support.visit(bruno, by=world.lucia, reason="No free times", ticket="4711")
    world.ids |= {"visit": visit.pk, "open_organization": world.clinic.organization_id}


def some_requests(world: World) -> None:
    """Two that wait for the team, one that waits for the customer. The service is on no list of what can be booked."""
    salon, day = world.salon, world.salon.today + timedelta(days=22)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with project_scope(salon.pk):
        bridal = bookings.service(Resource.objects.get(name="Noa Vidal"), name="Bridal hair", approval="all")
        asked = [
            bookings.booking(
                salon, bridal, bookings.at(salon, time, day), customer=bookings.customer(salon, name), by_team=False
            )
            for name, time in [("Noa Benítez", "10:00"), ("Rosa Peris", "12:00"), ("Júlia Mas", "16:00")]
        ]
        asking.propose(asked[2], bookings.at(salon, "11:00", day), notify=False)
        Service.objects.filter(pk=bridal.pk).update(is_active=False)
    world.ids |= {"asked": asked[0].pk}


def some_prices(world: World) -> None:
    """A coupon that somebody used, a package, terms, and a payment that waits."""
    with project_scope(world.salon.pk):
        cut, paula = Service.objects.get(slug="cut"), Customer.objects.get(pk=world.ids["paula"])
        coupon = Coupon.objects.create(code="SPRING 26", code_folded="spring26", name="The leaflet", percent=20)
        Coupon.objects.create(code="WELCOME", code_folded="welcome", amount_minor=1000, max_uses=1)
        ten = Entitlement.objects.create(
            kind="package", name="Ten cuts", code="TENCUTS4", code_folded="tencuts4", units=10, customer=paula
        )
        massage = ServiceExtra.objects.create(service=cut, name="Head massage", price_minor=900, add_min=15)
        tiers = [{"hours": 48, "percent": 0}, {"hours": 24, "percent": 50}]
        policy = Policy.objects.create(name="Two days", tiers=tiers, no_show_percent=100, most_moves=2)
        day = world.salon.today + timedelta(days=15)
        while day.weekday() > 4:
            day += timedelta(days=1)
        for time, code in (("10:00", "spring26"), ("11:00", "tencuts4")):
            bookings.booking(world.salon, cut, bookings.at(world.salon, time, day), customer=paula, codes=[code])
        intent = payments.intent(expires_at=clock.now() + timedelta(days=1), return_path="/")
    world.ids |= {"coupon": coupon.pk, "package": ten.pk, "policy": policy.pk, "extra": massage.pk}
    world.ids |= {"payment": intent.token, "intent": intent.pk}


def a_team(world: World) -> None:
    """A second member, special days, and something in the audit log."""
    organization = world.salon.organization
    dani = make.user("dani@nacar.example", first_name="Dani", last_name="Peris")
    member = make.member(organization, dani, Role.STAFF)
    invitations.invite(organization, "eva@example.com", Role.MANAGER, locale="en", by=world.lucia)
    invited = Message.objects.get(event="organization.invited")
    world.ids["invitation"] = re.search(r"/invitations/(\S+)", invited.text).group(1)
    membership.rename(organization, "Nácar Valencia SL")
    with project_scope(world.salon.pk):
        lost = {"name": "Ana Ruiz", "subject": "See you on Tuesday", "message": str(world.ids["message"])}
        tell(world.salon, "mail.lost", lost)
        christmas = world.salon.today + timedelta(days=30)
        hours.add_special_days(world.salon, christmas, christmas, windows=[], note="Christmas")
        profile.save_business(world.salon, name="Nácar", profile={"tagline": "Colour and cut"})
    desk = own_roles.make(organization, "Front desk", ["bookings.read", "bookings.write"], by=world.lucia)
    make.project("nacar-norte", organization, name="Nácar Norte")
    world.ids |= {"organization": organization.pk, "member": member.pk, "role": desk.pk}
    world.ids["handover"] = handover.offer(organization, member.pk, by=world.lucia).pk
    fortress = make.organization("Fortress SL", world.stranger)
    Organization.objects.filter(pk=fortress.pk).update(second_step_from=clock.now())
    make.project("fortress", fortress, name="Fortress")


def a_busy_week(project: Project) -> dict[str, Any]:
    """Two people, two services, three customers who come on the next working day, whatever day it is today."""
    day = project.today + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with project_scope(project.pk):
        noa, marc = bookings.staff("Noa Vidal"), bookings.staff("Marc Soler")
        cut = bookings.service(noa, marc, name="Cut and finish", slug="cut", duration_min=45, step_min=15)
        bookings.service(marc, name="Balayage", slug="balayage", group="Colour", duration_min=150, price_minor=9500)
        trim = bookings.service(noa, name="Fringe trim", slug="fringe", group="Cut", duration_min=15, step_min=15)
        for name, time in [("Olga Roig", "12:00"), ("Ximo Bellver", "12:15")]:
            bookings.booking(project, trim, bookings.at(project, time, day), customer=bookings.customer(project, name))
        made = [
            bookings.booking(
                project, cut, bookings.at(project, time, day), customer=bookings.customer(project, name), resource=who
            )
            for name, time, who in [
                ("Paula Ibáñez", "10:00", noa),
                ("Irene Navarro", "11:00", noa),
                ("Josep Llorens", "10:30", marc),
            ]
        ]
    first = made[0]
    return {
        "customer": first.customer_id,
        "booking": first.pk,
        "token": first.token,
        "service": cut.pk,
        "service_slug": cut.slug,
        "day": day.isoformat(),
        "taken": times.written(bookings.at(project, "10:00", day)),
        "free": times.written(bookings.at(project, "14:00", day)),
        "person": noa.pk,
    }


def a_house(world: World) -> None:
    """A flat above the salon, let by the night; somebody sleeps there next month, and weekends cost more."""
    project = world.salon
    month = (project.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    arrival, slept = month + timedelta(days=7), month + timedelta(days=14)
    with project_scope(project.pk):
        flat = bookings.house("Casa Salina", units=1, seats_max=4)
        service = bookings.stay_service(flat, name="The flat upstairs", slug="casa", check_in_min=16 * 60)
        ServiceExtra.objects.create(service=service, name="A dog", price_minor=2000)
        ServiceExtra.objects.create(service=service, name="Cot and high chair", price_minor=0, position=1)
        ServiceExtra.objects.create(service=service, name="Parking", price_minor=900, is_per_night=True, position=2)
        ServiceExtra.objects.create(service=service, name="Breakfast", price_minor=1200, max_qty=4, position=3)
        season = bookings.season(
            service, month + timedelta(days=20), month + timedelta(days=40), arrival_days=[5], min_nights=7
        )
        stay = bookings.stay(project, service, slept, slept + timedelta(days=4), party=2)
    world.ids |= {
        "house": flat.pk,
        "stay_service": service.pk,
        "season": season.pk,
        "stay_token": stay.token,
        "stay": stay.pk,
        "arrival": arrival.isoformat(),
        "slept": slept.isoformat(),
    }


def some_classes(world: World) -> None:
    """A class with places left, and one that is full: somebody waits, somebody else has an offer."""
    project = world.salon
    project.modules = [*project.modules, "attendance"]
    project.save()
    day = project.today + timedelta(days=3)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with project_scope(project.pk):
        braids = bookings.class_of(bookings.staff("Rosa Gil"), name="Braiding course", slug="braids", max_party=3)
        roomy = bookings.session(project, braids, "11:00", day, capacity=8, least=3)
        full = bookings.session(project, braids, "13:00", day, capacity=2)
        pair = bookings.booking(
            project, braids, roomy.starts_at, party=2, customer=bookings.customer(project, "Nuria Serra")
        )
        gone, _stays = (
            bookings.booking(project, braids, full.starts_at, customer=bookings.customer(project, name))
            for name in ("Carla Mas", "Pere Soto")
        )
        waits = [
            waiting.join(project, braids, bookings.customer(project, name), session=full)
            for name in ("Laia Pons", "Dani Rey")
        ]
        lifecycle.cancel(gone, by_team=True, notify=False)
        place = pair.attendees.order_by("number").first()
    world.ids |= {
        "class": full.pk,
        "roomy_class": roomy.pk,
        "class_token": pair.token,
        "class_at": times.written(roomy.starts_at),
        "full_at": times.written(full.starts_at),
        "offered": waits[0].token,
        "waits": waits[1].token,
        "check_in": place.token,
        "pair": pair.pk,
    }


def a_message(project: Project) -> UUID:
    """A mail that bounced."""
    with project_scope(project.pk):
        return Message.objects.create(
            event="test.hello",
            locale="en",
            to_name="Ana Ruiz",
            to_address="ana@example.com",
            sender="Nácar <no-reply@mail.localhost>",
            subject="See you on Tuesday",
            text="See you on Tuesday, Ana.",
            html="<!doctype html><html lang=en><title>See you</title><p style='color:#123'>See you on Tuesday, Ana.",
            message_id="<1@mail.localhost>",
            state=Message.State.SENT,
            bounced_at=clock.now(),
        ).pk


FORMER = (
    b"Date;Time;Service;Staff;Client;Email\n"
    b"03/11/2025;10:00;Cut and finish;Noa;Paula Ib\xe1\xf1ez;paula@example.com\n"
    b"04/11/2025;10:00;Beard;Noa;Leo Mas;leo@example.com\n"
)
CONTACTS = "Nombre;Correo;Teléfono;Color\nMarta Climent;marta@example.com;600 000 111;rojo\n;;12;\n".encode()


def some_customers(world: World) -> None:
    """Two people who may be one, an upload to look at, an import that is done, and a key."""
    with project_scope(world.salon.pk):
        paula = customers.customer(world.salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")
        note = directory.note(paula, "Likes the window chair.\nWarm tones, never ash.", author=world.lucia)
        papers.keep(paula, io.BytesIO(b"Patch test: no reaction."), "Patch test.txt", author=world.lucia)
        tags.put(paula, ["Balayage", "Prefers Marc", "Sensitive scalp"])
        wording = consents.Wording("Yes, write to me about news.", "2026-11", "en", "/book")
        answers = (("news-email", Consent.Method.BOOKING, wording), ("photos", Consent.Method.TEAM, None))
        for key, method, words in answers:
            question = consents.QUESTIONS[key]
            consents.answer(paula, question, given=key == "news-email", method=method, wording=words)
        skin = custom.define(CustomField(), name="Skin", kind="choice", choices=["Dry", "Oily", "Sensitive"])
        custom.put(paula, {skin: "Sensitive"})
        twin = customers.customer(world.salon, "Paula I.", phone="+34600000142")
        merging.merge(customers.customer(world.salon, "Marta Ruiz"), customers.customer(world.salon, "Marta R. Ruiz"))
        restricted = customers.customer(world.salon, "Irene Navarro", email="irene@example.com")
        restricting.restrict(restricted, "Says that the address is wrong")
        directory.archive(customers.customer(world.salon, "Noa Benítez", email="noa@example.com"))
        waiting = customers.upload(world.salon, CONTACTS, "contactos.csv")
        done = customers.upload(world.salon, CONTACTS, "contactos-2.csv")
        former = BookingImport.objects.create(file_name="old.csv", content=FORMER, author=world.lucia)
        address = addresses.PostalAddress("Carrer de Cadis 41", "46006", "Valencia", kind="home")
        reaching.save(paula, reaching.WAYS["addresses"], address, kind="home")
        key, _text = keys.key(world.salon)
        hook, _secret = endpoints.make(url="https://127.0.0.1/hooks", events=["booking.confirmed"])
        sent = endpoints.send_test(hook)
        Attempt.objects.create(delivery=sent, status=500, answer="down", took_ms=120)
    world.ids |= {"webhook": hook.pk, "delivery": sent.pk}
    importing.bring_in(world.salon.pk, done.pk)
    world.ids |= {"paula": paula.pk, "twin": twin.pk, "skin": skin.pk, "note": note.pk, "restricted": restricted.pk}
    world.ids |= {"former": former.pk, "waiting_import": waiting.pk, "done_import": done.pk, "key": key.pk}
