"""Search goes through a function with rights of its own: it must stay inside the project."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

import tests.make
from flectar.core.roles import OWNER
from flectar.core.tenancy import project_scope
from flectar.people.customers import directory
from flectar.people.customers.models import Customer, CustomerEmail, CustomerPhone
from flectar.people.customers.search import search, search_everybody
from tests.people.customers import make
from tests.plans import index_conditions, plan, times_used, without_reading_whole_tables


def names(text: str, **options: object) -> list[str]:
    found = Customer.objects.in_bulk(search(text, **options))  # type: ignore[arg-type]  # options of search
    return [found[pk].name for pk in search(text, **options)]  # type: ignore[arg-type]  # any of them


@pytest.fixture
def people(in_salon):
    make.customer(in_salon, "Paula Ibáñez", email="paula.ibanez@example.com", phone="+34600000142")
    make.customer(in_salon, "Ana García Núñez", email="nunez_ana@example.org", phone="+34961234567")
    make.customer(in_salon, "Óptica 100% Sol", email="hola@optica.example", phone="+442079460018")
    return in_salon


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ibanez", ["Paula Ibáñez"]),
        ("IBÁÑEZ pau", ["Paula Ibáñez"]),
        ("nunez garcia", ["Ana García Núñez"]),
        ("paula.ib", ["Paula Ibáñez"]),
        ("@example", ["Ana García Núñez", "Paula Ibáñez"]),
        ("600 000 142", ["Paula Ibáñez"]),
        ("+34 600", ["Paula Ibáñez"]),
        ("0034600000", ["Paula Ibáñez"]),
        ("020 7946", ["Óptica 100% Sol"]),
        ("0142", ["Paula Ibáñez"]),
        ("9999", []),
        ("an", ["Ana García Núñez"]),
        ("na", []),
        ("o", ["Óptica 100% Sol"]),
        ("100%", ["Óptica 100% Sol"]),
        ("%%%", []),
        ("nunez_", ["Ana García Núñez"]),
        ("nunez.a", []),
        ("\\", []),
        ("   ", []),
        ("nobody", []),
        ("x" * 5000, []),
        ("'; DROP TABLE customers_customer; --", []),
    ],
)
def test_what_is_found(people, text, found):
    assert names(text) == found


def test_archived_people_are_found_apart(people):
    directory.archive(Customer.objects.get(name="Paula Ibáñez"))

    assert names("paula") == []
    assert names("paula", archived=True) == ["Paula Ibáñez"]


def test_the_archived_can_be_looked_for_with_the_others(in_salon):
    for name in ("Ana B", "Ana A", "Ana C", "Ana D"):
        make.customer(in_salon, name)
    for name in ("Ana D", "Ana A"):
        directory.archive(Customer.objects.get(name=name))

    found = Customer.objects.in_bulk(ids := search_everybody("ana", limit=5))

    assert [found[pk].name for pk in ids] == ["Ana B", "Ana C", "Ana A", "Ana D"]
    assert search_everybody("ana", limit=3) == ids[:3]


def test_names_that_begin_with_the_text_come_first_on_every_page(in_salon):
    for name in ("Ana María B", "María A", "Ana María A", "María B", "Eva María"):
        make.customer(in_salon, name)
    everybody = ["María A", "María B", "Ana María A", "Ana María B", "Eva María"]

    assert names("maria") == everybody
    for seen in range(1, 5):
        last = Customer.objects.get(name=everybody[seen - 1])
        assert names("maria", after=(last.sort_key, last.pk)) == everybody[seen:]


def test_pages_follow_each_other(in_salon):
    for name in ("Ana B", "Ana A", "Ana C"):
        make.customer(in_salon, name)

    first = Customer.objects.in_bulk(search("ana", limit=2))
    last = max(first.values(), key=lambda customer: customer.sort_key)

    assert sorted(customer.name for customer in first.values()) == ["Ana A", "Ana B"]
    assert names("ana", after=(last.sort_key, last.pk)) == ["Ana C"]
    assert names("an", after=(last.sort_key, last.pk)) == ["Ana C"]


def test_another_project_finds_nothing(salon, clinic):
    with project_scope(salon.pk):
        make.customer(salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")

    with project_scope(clinic.pk):
        assert [search(text) for text in ("paula", "pa", "paula@example", "600000142")] == [[], [], [], []]


def test_outside_a_project_it_refuses(db):
    with pytest.raises(DatabaseError, match="outside a project"), transaction.atomic():
        search("paula")


def test_only_the_serving_role_may_call_it(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, pg_get_userbyid(proowner), proconfig, proacl::text FROM pg_proc"
            " WHERE proname = 'customers_search'"
        )
        secure, owner, config, rights = cursor.fetchone()
    assert (secure, owner) == (True, "flectar_search")
    assert config == ["search_path=pg_catalog, public, pg_temp", "plan_cache_mode=force_custom_plan"]
    assert "=X/" not in rights.replace("flectar_app=X/", "").replace("flectar_search=X/", "")


def test_each_searched_column_has_its_trigram_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'customers%search' ORDER BY 1")
        assert [row[0] for row in cursor.fetchall()] == [
            "customers_address_search",
            "customers_customer_name_search",
            "customers_email_search",
            "customers_phone_search",
        ]


@pytest.fixture
def a_crowd(in_salon):
    """More than a page and more than the walk along the names; the last few are called differently."""
    for first in range(0, 1100, 550):
        Customer.objects.bulk_create(
            Customer(name=f"Ana {n:04} Gil", sort_key=f"ana {n:04} gil", collected_via="import")
            for n in range(first, first + 550)
        )
    make.customer(in_salon, "Zoe Rojas", email="zoe@example.org", phone="+34600000142")
    return in_salon


@pytest.mark.parametrize("text", ["ana", "gil"])
def test_what_many_share_is_read_along_the_names(a_crowd, text):
    before = times_used("customers_customer_name_search")

    with without_reading_whole_tables():
        assert len(search(text, limit=51)) == 51

    assert times_used("customers_current_by_name") > 0
    assert times_used("customers_customer_name_search") == before


def test_what_is_rare_is_found_by_its_letters(transactional_db, database_urls):
    """With the planner left alone, on rows that have settled and are counted."""
    salon = tests.make.project("nacar")
    with project_scope(salon.pk):
        Customer.objects.bulk_create(
            Customer(name=f"Ana {n:05}", sort_key=f"ana {n:05}", collected_via="import") for n in range(8000)
        )
        people = list(Customer.objects.all())
        CustomerEmail.objects.bulk_create(
            CustomerEmail(customer=person, email=f"{person.sort_key[4:]}@example.com") for person in people
        )
        CustomerPhone.objects.bulk_create(
            CustomerPhone(customer=person, number=f"+3491{person.sort_key[4:]}00") for person in people
        )
        make.customer(salon, "Zoe Rojas", email="zoe@example.org", phone="+34600000142")
    with psycopg.connect(database_urls[OWNER], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE customers_customer, customers_customeremail, customers_customerphone")

    with project_scope(salon.pk):
        for text, index in (
            ("rojas", "customers_customer_name_search"),
            ("zoe@exam", "customers_email_search"),
            ("600000142", "customers_phone_search"),
        ):
            before = times_used(index)
            assert names(text) == ["Zoe Rojas"]
            assert times_used(index) > before, text


@pytest.mark.parametrize("text", ["ana", "gil"])
def test_the_walk_and_the_letters_give_the_same_pages(a_crowd, text):
    everybody = names(text, limit=2000)

    assert len(everybody) == 1100
    assert everybody == sorted(everybody)
    assert names(text, limit=50) == everybody[:50]


def test_a_page_of_the_list_is_read_along_the_names(in_salon):
    last = make.customer(in_salon, "Paula Ibáñez")

    assert "customers_current_by_name" in plan(Customer.objects.current().by_name().with_first_contacts()[:51])
    for page in (Customer.objects.current(), Customer.objects.current().after(last.sort_key, last.pk)):
        assert "customers_current_by_name" in plan(page.by_name()[:51])
        assert "Sort" not in plan(page.by_name()[:51])
    assert "customers_archived_by_name" in plan(Customer.objects.archived().by_name()[:51])
    assert "sort_key" in index_conditions(Customer.objects.current().after(last.sort_key, last.pk).by_name()[:51])
