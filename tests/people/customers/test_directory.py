"""Who is who: finding, adding and changing customers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from flectar.core.tenancy import project_scope
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.directory import Details
from flectar.people.customers.errors import EmailTaken
from flectar.people.customers.models import Customer, CustomerEmail, Via
from flectar.platform.audit.models import Entry
from tests.people.customers import make


def test_a_new_person_is_added_with_how_they_came(in_salon):
    ana = directory.find_or_create(
        in_salon,
        name=" Ana  García ",
        email="Ana@Example.com",
        phone="600 000 142",
        locale="es",
        collected_via=Via.BOOKING,
        collected_from="/book",
        notice_version="2026-11",
    )

    assert (ana.name, ana.sort_key, ana.email, ana.phone) == (
        "Ana García",
        "ana garcia",
        "ana@example.com",
        "+34600000142",
    )
    assert (ana.collected_via, ana.collected_from, ana.notice_version) == ("booking", "/book", "2026-11")
    assert Entry.objects.filter(action="customer.created", target_id=ana.pk).count() == 1


def test_a_known_email_is_the_same_person_and_keeps_the_name(in_salon):
    ana = make.customer(in_salon, "Ana García", email="ana@example.com")

    found = directory.find_or_create(
        in_salon, name="Somebody Else", email="ANA@example.com", phone="611000111", collected_via=Via.BOOKING
    )

    assert found == ana
    assert (found.name, found.phone) == ("Ana García", "+34611000111")


def test_a_known_phone_is_the_same_person_if_the_names_fit(in_salon):
    ana = make.customer(in_salon, "Ana García", phone="+34611000111")

    assert directory.find_or_create(in_salon, name="ana", phone="611000111", collected_via=Via.BOOKING) == ana
    luis = directory.find_or_create(in_salon, name="Luis Soler", phone="611000111", collected_via=Via.BOOKING)
    assert luis != ana


def test_an_archived_person_comes_back(in_salon):
    ana = make.customer(in_salon, email="ana@example.com")
    directory.archive(ana)

    found = directory.find_or_create(in_salon, name="Ana", email="ana@example.com", collected_via=Via.BOOKING)

    assert found == ana
    assert not found.is_archived


def test_without_a_name_the_contact_stands_in(in_salon):
    assert make.customer(in_salon, "", email="ana@example.com").name == "ana@example.com"


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        ({"email": "ana@"}, "“ana@” is not an email address."),
        ({"email": "a\x00@example.com"}, "“a @example.com” is not an email address."),
        ({"phone": "call me"}, "“call me” is not a phone number."),
        (
            {"phone": "123456789"},
            "“123456789” is not a number that can be called. Check the digits, and the prefix if it is abroad.",
        ),
        (
            {"phone": "961234567 ext 4"},
            "“961234567 ext 4” has an extension. Save the number without it and write the extension in a note.",
        ),
        ({"phone": "6" * 500}, f"“{'6' * 59}…” is not a phone number."),
    ],
)
def test_a_bad_contact_is_refused_and_nobody_is_added(in_salon, contact, sentence):
    with pytest.raises(BadContact) as refused:
        directory.find_or_create(in_salon, name="Ana", collected_via=Via.BOOKING, **contact)

    assert str(refused.value) == sentence
    assert not Customer.objects.exists()


def test_a_number_from_abroad_keeps_its_prefix(in_salon):
    assert make.customer(in_salon, phone="").phone == ""
    zoe = directory.find_or_create(in_salon, name="Zoë", phone="0044 20 7946 0018", collected_via=Via.BOOKING)
    assert zoe.phone == "+442079460018"


def test_an_email_of_another_customer_is_refused_and_nothing_changes(in_salon):
    make.customer(in_salon, "Ana", email="ana@example.com")
    luis = make.customer(in_salon, "Luis", email="luis@example.com")

    with pytest.raises(EmailTaken) as refused:
        directory.change(luis, Details(name="Luis", emails=["ana@example.com"]))

    assert str(refused.value) == "Ana already has ana@example.com."
    assert [row.email for row in CustomerEmail.objects.filter(customer=luis)] == ["luis@example.com"]


def test_a_change_keeps_the_order_of_contacts_and_says_what_was(in_salon):
    ana = directory.add(in_salon, Details(name="Ana", emails=["a@example.com", "b@example.com"]))

    directory.change(ana, Details(name="Ana Ruiz", emails=["b@example.com", "c@example.com"], phones=["+34611000111"]))

    ana = Customer.objects.get(pk=ana.pk)
    assert [row.email for row in ana.emails.all()] == ["b@example.com", "c@example.com"]
    assert ana.sort_key == "ana ruiz"
    entry = Entry.objects.get(action="customer.changed")
    assert entry.old == {"name": "Ana", "emails": ["a@example.com", "b@example.com"], "phones": []}
    assert entry.new == {
        "name": "Ana Ruiz",
        "emails": ["b@example.com", "c@example.com"],
        "phones": ["+34611000111"],
    }


def test_saving_without_a_change_leaves_no_trace(in_salon):
    ana = make.customer(in_salon, "Ana", email="a@example.com")

    directory.change(ana, directory.current_details(ana))

    assert not Entry.objects.filter(action="customer.changed").exists()


def test_the_same_email_in_two_projects_is_two_people(salon, clinic):
    with project_scope(salon.pk):
        ours = make.customer(salon, email="ana@example.com")
    with project_scope(clinic.pk):
        theirs = make.customer(clinic, email="ana@example.com")
        assert list(Customer.objects.all()) == [theirs]
    assert ours != theirs


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("contact", [{"email": "ana@example.com"}, {"phone": "611000111"}])
def test_twelve_at_once_with_one_contact_become_one_customer(salon, contact):
    barrier = Barrier(12, timeout=20)

    def arrive(number: int) -> object:
        try:
            barrier.wait()
            with project_scope(salon.pk):
                return directory.find_or_create(salon, name="Ana García", collected_via=Via.BOOKING, **contact).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        found = set(pool.map(arrive, range(12)))

    assert len(found) == 1
    with project_scope(salon.pk):
        assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_crossed_contacts_do_not_wait_for_each_other(salon):
    """The same two phones, given in the opposite order: locks are taken in one order, so there is no deadlock."""
    barrier = Barrier(2, timeout=20)
    pairs = [("a@example.com", "611000111"), ("b@example.com", "611000111")]

    def arrive(pair: tuple[str, str]) -> object:
        try:
            barrier.wait()
            with project_scope(salon.pk):
                return directory.find_or_create(
                    salon, name="Ana García", email=pair[0], phone=pair[1], collected_via=Via.BOOKING
                ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = set(pool.map(arrive, pairs))

    assert len(found) == 1
