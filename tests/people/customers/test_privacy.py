"""What the law lets a customer ask for: a copy, that nothing is changed or sent, to be forgotten."""

import json

import pytest
from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from flectar.core.inventory import Controller, P, records
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking
from flectar.people.customers import consents, directory, erasing, jobs, merging, personal, restricting, tags
from flectar.people.customers.errors import Restricted
from flectar.people.customers.models import Consent, Customer, CustomerEmail, Via
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.webhooks import endpoints
from tests.offers.booking import make as bookings
from tests.people.customers import make

CANARIES = ("Zenobia Quirós", "zenobia@canary.example", "+34655123987", "655 12 39 87", "secretly likes")
EMAIL = CANARIES[1]


@pytest.fixture
def zenobia(in_salon):
    """Somebody who has left traces in every room that there is."""
    endpoints.make(url="https://example.com/hooks", events=["customer.added", "customer.changed"])
    found = make.customer(in_salon, "Zenobia Quirós", email=EMAIL, phone="+34655123987")
    directory.note(found, "She secretly likes the window chair")
    tags.put(found, ["VIP"])
    consents.answer(found, consents.QUESTIONS["news-email"], given=True, method=Consent.Method.TEAM)
    merging.merge(found, make.customer(in_salon, "Zenobia Quirós Soler", phone="+34655123988"))
    return directory.find_or_create(in_salon, name="Z. Quirós", email=EMAIL, collected_via=Via.BOOKING)


def traces(project):
    """Where a canary stands: in any text of any table that the project may read."""
    found = []
    for model in apps.get_models():
        if not any(field.name in ("project", "project_id") for field in model._meta.concrete_fields):
            continue
        texts = [f for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)]
        texts += [f for f in model._meta.concrete_fields if isinstance(f, models.JSONField)]
        for field in texts:
            rows = model._base_manager.filter(project_id=project.pk)
            rows = rows.annotate(said=Cast(field.name, models.TextField()))
            found += [
                f"{model._meta.label}.{field.name}: {canary}"
                for canary in CANARIES
                if rows.filter(said__contains=canary).exists()
            ]
    return found


def test_erased_a_customer_is_found_in_no_text_of_any_table(in_salon, zenobia):
    service = bookings.service()
    booking = bookings.booking(in_salon, service, bookings.at(in_salon, "10:00"), customer=zenobia, notify=True)
    assert len(traces(in_salon)) > 5
    assert Message.objects.filter(to_address=EMAIL).exists()

    erasing.erase(in_salon, zenobia)

    assert traces(in_salon) == []
    kept = Booking.objects.get()
    assert (kept.starts_at, kept.price_snapshot) == (booking.starts_at, booking.price_snapshot)
    assert kept.token != booking.token
    assert (kept.customer.name, kept.customer.email, kept.customer.is_archived) == ("Erased customer", "", True)
    assert not Customer.objects.archived().exists()
    assert Entry.objects.filter(action="customer.erased").count() == 1


def test_whom_nothing_must_be_kept_of_is_gone_altogether(in_salon, zenobia):
    erasing.erase(in_salon, zenobia)

    assert not Customer.objects.exists()
    assert traces(in_salon) == []
    again = directory.find_or_create(in_salon, name="Zenobia", email=EMAIL, collected_via=Via.BOOKING)
    assert again.pk != zenobia.pk


def test_others_stay_as_they_are(in_salon, zenobia):
    other = make.customer(in_salon, "Ana García", email="ana@example.com")
    bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "11:00"), customer=other, notify=True)
    letters = Message.objects.filter(to_address="ana@example.com").count()

    erasing.erase(in_salon, zenobia)

    assert CustomerEmail.objects.get().email == "ana@example.com"
    assert Message.objects.filter(to_address="ana@example.com").count() == letters
    assert Booking.objects.get().customer == other


def test_the_plan_says_what_goes_and_what_stays(in_salon, zenobia):
    bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "10:00"), customer=zenobia)

    lines = {line.title: (line.goes, line.stays) for line in erasing.plan(zenobia)}

    assert lines["Bookings"] == (0, 1)
    assert lines["Notes of the business"] == (1, 0)
    assert Customer.objects.get() == zenobia


def test_a_copy_holds_what_is_theirs_and_no_keys(in_salon, zenobia):
    booking = bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "10:00"), customer=zenobia)

    copy = personal.as_json(zenobia)

    tables = json.loads(copy)["tables"]
    assert tables["customers.customeremail"] == [{"email": EMAIL, "kind": ""}]
    assert tables["customers.customertag"] == [{"tag": "VIP"}]
    assert tables["booking.booking"][0]["code"] == booking.code
    assert booking.token not in copy


def test_every_table_and_field_of_a_copy_has_words_for_people():
    about = [
        personal.Rows(record, record.model._base_manager.none())
        for record in records().values()
        if record.model is Customer or (record.controller is Controller.PROJECT and personal.is_about_customers(record))
    ]

    assert len(about) > 15
    assert [rows.record.model.__name__ for rows in about if not rows.record.title] == []
    lacking = [
        f"{rows.record.model.__name__}.{name}"
        for rows in about
        for name, kind in rows.record.fields.items()
        if isinstance(kind, P) and kind.export and rows.label(name) == name.replace("_", " ")
    ]
    assert lacking == []


def test_a_copy_is_read_in_the_readers_own_language(signed_in, salon, in_salon, zenobia, lucia):
    bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "10:00"), customer=zenobia)
    lucia.locale = "es"
    lucia.save()

    page = signed_in.get(f"/nacar/customers/{zenobia.pk}/copy").content.decode()

    assert "<h2>Direcciones de correo</h2>" in page
    assert "<h2>Reservas</h2>" in page
    assert "<dt>Empieza</dt>" in page


def test_an_older_backup_does_not_bring_the_erased_back(in_salon, zenobia):
    merged = zenobia.merges.get().gone_id
    erasing.erase(in_salon, zenobia)
    # As the backup of last week has them; the tombstones are of today.
    for pk in (zenobia.pk, merged):
        Customer.objects.create(pk=pk, name="Zenobia Quirós", sort_key="zenobia quiros", collected_via="dashboard")
    CustomerEmail.objects.create(customer_id=zenobia.pk, email=EMAIL)
    make.customer(in_salon, "Ana García")

    jobs.erase_again.run(project_id=in_salon.pk)

    assert list(Customer.objects.values_list("name", flat=True)) == ["Ana García"]
    assert traces(in_salon) == []
    assert erasing.erase_again(in_salon) == 0


# Restriction


@pytest.mark.parametrize(
    "deed",
    [
        lambda one: directory.change(one, directory.Details(name="Somebody Else")),
        lambda one: directory.note(one, "A note"),
        directory.archive,
        lambda one: tags.put(one, ["New"]),
        lambda one: consents.answer(one, consents.QUESTIONS["photos"], given=True, method=Consent.Method.TEAM),
    ],
)
def test_nothing_is_changed_of_who_is_restricted(in_salon, zenobia, deed):
    restricting.restrict(zenobia, "says that the address is wrong")
    zenobia.refresh_from_db()

    with pytest.raises(Restricted):
        deed(zenobia)

    zenobia.refresh_from_db()
    assert (zenobia.name, zenobia.is_archived) == ("Zenobia Quirós", False)
    assert (zenobia.notes.count(), zenobia.tags.count(), zenobia.consents.count()) == (1, 1, 1)


def test_who_is_restricted_gets_no_news_and_may_still_say_no(in_salon, zenobia):
    restricting.restrict(zenobia, "objects")
    zenobia.refresh_from_db()

    assert not consents.has_consent(zenobia.pk, "news-email")
    consents.answer(zenobia, consents.QUESTIONS["news-email"], given=False, method=Consent.Method.LINK)
    restricting.lift(zenobia)

    assert not consents.has_consent(zenobia.pk, "news-email")
    zenobia.refresh_from_db()
    assert zenobia.is_open_to_change


def test_a_visitor_with_a_restricted_address_adds_nothing_to_it(in_salon, zenobia):
    restricting.restrict(zenobia, "objects")

    same = directory.find_or_create(
        in_salon, name="Zenobia", email=EMAIL, phone="+34655000111", collected_via=Via.BOOKING
    )

    assert same == zenobia
    assert [row.number for row in same.phones.order_by("position")] == ["+34655123987", "+34655123988"]


# The pages


def test_the_owner_restricts_copies_and_erases_on_the_pages(signed_in, salon):
    with project_scope(salon.pk):
        ana = make.customer(salon, "Ana García", email="ana@example.com")
    url = f"/nacar/customers/{ana.pk}"

    assert signed_in.post(f"{url}/restriction", {"because": ""}).status_code == 422
    signed_in.post(f"{url}/restriction", {"because": "says the address is wrong"})
    refused = signed_in.post(f"{url}/notes", {"body": "x"})
    page = signed_in.get(url).content.decode()
    assert refused.status_code == 409
    assert "Ana García is restricted" in refused.content.decode()
    assert "says the address is wrong" in page
    assert "New note" not in page
    assert "ana@example.com" in signed_in.get(f"{url}/copy").content.decode()
    assert "ana@example.com" in signed_in.get(f"{url}/copy.json").content.decode()

    signed_in.post(f"{url}/restriction/end")
    assert signed_in.post(f"{url}/erasure", {"name": "Ana"}).status_code == 422
    signed_in.post(f"{url}/erasure", {"name": "ana garcia"})

    with project_scope(salon.pk):
        assert not Customer.objects.exists()
