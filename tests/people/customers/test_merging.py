"""Two customers become one, with all that is theirs, and two again for thirty days."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking
from flectar.people.customers import consents, directory, duplicates, jobs, merging, tags
from flectar.people.customers.models import Consent, Customer, CustomerPhone, Merge
from flectar.platform.audit.models import Entry
from tests.offers.booking import make as bookings
from tests.people.customers import make
from tests.platform.webapi import make as programs


@pytest.fixture
def paula(in_salon):
    return make.customer(in_salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")


@pytest.fixture
def twin(in_salon):
    """The same phone, another email, a booking, a tag that Paula has too and one that she has not."""
    other = make.customer(in_salon, "Paula I.", email="p.ibanez@work.example", phone="+34600000142", locale="es")
    directory.note(other, "Oat-milk coffee")
    consents.answer(other, consents.QUESTIONS["news-email"], given=True, method=Consent.Method.WEBSITE)
    tags.put(other, ["VIP", "Balayage"])
    return other


def contacts(customer):
    return [row.email for row in customer.emails.all()], [row.number for row in customer.phones.all()]


def snapshot(customer):
    """All rows of a customer, by table, as they stand in the database."""
    found = {"customer": Customer.objects.filter(pk=customer.pk).values().get()}
    for relation in ("emails", "phones", "notes", "tags", "consents", "bookings"):
        found[relation] = list(getattr(customer, relation).order_by("id").values())
    return found


def test_all_goes_over_to_the_one_who_stays(in_salon, paula, twin):
    booking = bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "10:00"), customer=twin)
    tags.put(paula, ["VIP"])

    merging.merge(paula, twin)

    kept = Customer.objects.with_contacts().get()
    assert kept == paula
    assert (kept.name, kept.locale) == ("Paula Ibáñez", "es")
    assert contacts(kept) == (["paula@example.com", "p.ibanez@work.example"], ["+34600000142"])
    assert sorted(row.tag.name for row in kept.tags.all()) == ["Balayage", "VIP"]
    assert [note.body for note in kept.notes.all()] == ["Oat-milk coffee"]
    assert consents.has_consent(kept.pk, "news-email")
    assert Booking.objects.get(pk=booking.pk).customer == kept
    assert Entry.objects.get(action="customer.merged").new == {"with": "Paula I.", "with_id": str(twin.pk)}
    assert directory.known("Paula", ["p.ibanez@work.example"], []) == kept


def test_undone_both_are_as_they_were_with_the_same_ids(in_salon, paula, twin):
    bookings.booking(in_salon, bookings.service(), bookings.at(in_salon, "10:00"), customer=twin)
    tags.put(paula, ["VIP"])
    before = snapshot(paula), snapshot(twin)
    line = merging.merge(paula, twin, name="Paula I.")
    assert Customer.objects.get().name == "Paula I."

    merging.undo(line)

    after = snapshot(paula), snapshot(twin)
    for was, is_now in zip(before, after, strict=True):
        assert [row["id"] for rows in list(was.values())[1:] for row in rows] == [
            row["id"] for rows in list(is_now.values())[1:] for row in rows
        ]
        assert was["customer"]["name"] == is_now["customer"]["name"]
        assert was["customer"]["created_at"] == is_now["customer"]["created_at"]
    assert contacts(Customer.objects.get(pk=twin.pk)) == (["p.ibanez@work.example"], ["+34600000142"])
    assert not merging.can_be_undone(Merge.objects.get())


def test_what_came_since_stays_with_the_one_who_was_kept(in_salon, paula, twin):
    line = merging.merge(paula, twin)
    directory.note(paula, "Written since")
    directory.change(
        Customer.objects.get(),
        directory.Details(name="Paula Ruiz", emails=["paula@example.com", "p.ibanez@work.example"]),
    )

    gone = merging.undo(line)

    kept = Customer.objects.get(pk=paula.pk)
    assert kept.name == "Paula Ruiz"
    assert [note.body for note in kept.notes.all()] == ["Written since"]
    assert [note.body for note in gone.notes.all()] == ["Oat-milk coffee"]
    assert gone.email == "p.ibanez@work.example"


def test_after_thirty_days_there_is_no_way_back_and_nothing_is_kept(in_salon, paula, twin):
    line = merging.merge(paula, twin)

    with clock.frozen(line.at + timedelta(days=31)), pytest.raises(merging.CannotSplit):
        merging.undo(line)
    jobs.forget_merge.run(project_id=in_salon.pk, merge_id=str(line.pk))

    line.refresh_from_db()
    assert (line.rows, line.moved, line.gone_name) == ([], {}, "")
    assert merging.who_became(twin.pk) == paula.pk
    assert Customer.objects.count() == 1


def test_a_chain_of_merges_leads_to_the_last(in_salon, paula, twin):
    third = make.customer(in_salon, "Paula Ibáñez Soler")
    first = merging.merge(paula, twin)

    merging.merge(third, paula)

    assert merging.who_became(twin.pk) == third.pk
    assert merging.undo(first).pk == twin.pk
    assert set(Customer.objects.values_list("pk", flat=True)) == {third.pk, twin.pk}
    assert contacts(third) == (["paula@example.com"], ["+34600000142"])


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_two_at_once_leave_one_customer(salon):
    with project_scope(salon.pk):
        one = make.customer(salon, "Ana", email="ana@example.com")
        other = make.customer(salon, "Ana G.", email="ana@work.example")
    start, refused = Barrier(2, timeout=20), []

    def run(kept, gone):
        try:
            with project_scope(salon.pk):
                start.wait()
                merging.merge(kept, gone)
        except merging.CannotMerge:
            refused.append(kept)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with project_scope(salon.pk):
        assert len(contacts(Customer.objects.get())[0]) == 2


# The pages


def test_pairs_are_found_and_told_apart(in_salon, paula, twin):
    namesake = make.customer(in_salon, "Paula Ibáñez")
    make.customer(in_salon, "Carlos Ibáñez", phone="+34600000142")  # of the family

    found = [(pair.one.name, pair.other.name, pair.shares_phone) for pair in duplicates.pairs()]
    duplicates.tell_apart(namesake, paula)

    assert found == [("Paula Ibáñez", "Paula I.", True), ("Paula Ibáñez", "Paula Ibáñez", False)]
    assert [pair.other.name for pair in duplicates.pairs()] == ["Paula I."]
    assert namesake not in duplicates.alike(paula)


def test_the_comparison_merges_and_the_old_address_leads_on(signed_in, salon):
    with project_scope(salon.pk):
        one = make.customer(salon, "Ana García", phone="+34611000111")
        other = make.customer(salon, "Ana G.", phone="+34611000111")
    assert "Compare" in signed_in.get("/nacar/customers/duplicates").content.decode()
    url = f"/nacar/customers/{one.pk}/merge/{other.pk}"
    assert "Ana G." in signed_in.get(url).content.decode()

    answer = signed_in.post(url, {"name": "Ana García"}, follow=True)

    with project_scope(salon.pk):
        line = Merge.objects.get()
    undo = f"/nacar/customers/merges/{line.pk}/reversal"
    assert undo in answer.content.decode()
    assert signed_in.get(f"/nacar/customers/{other.pk}").url == f"/nacar/customers/{one.pk}"
    assert undo in signed_in.get("/nacar/customers/duplicates").content.decode()
    assert signed_in.post(undo).url == f"/nacar/customers/{other.pk}"
    assert "can&#x27;t be undone" in signed_in.post(undo, follow=True).content.decode()


def test_programs_merge_and_undo(visitor, salon):
    with project_scope(salon.pk):
        one, other = make.customer(salon, "Ana García"), make.customer(salon, "Ana G.", phone="+34611000111")
    headers = {"Authorization": f"Bearer {programs.key(salon, 'customers.read', 'customers.delete')[1]}"}
    url = f"/api/v1/projects/nacar/customers/{one.pk}/merges"

    made = visitor.post(url, {"gone_id": str(other.pk)}, content_type="application/json", headers=headers)
    gone = visitor.post(url, {"gone_id": str(other.pk)}, content_type="application/json", headers=headers)
    reversal = f"/api/v1/projects/nacar/customer-merges/{made.json()['id']}/reversal"
    undone = visitor.post(reversal, content_type="application/json", headers=headers)

    assert (made.status_code, gone.status_code, undone.status_code) == (201, 404, 200)
    with project_scope(salon.pk):
        assert CustomerPhone.objects.get().customer_id == other.pk
