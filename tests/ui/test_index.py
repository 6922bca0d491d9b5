"""What every list of the dashboard has in common: reading what is asked, counting, and deeds on many."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from flectar.people.customers.models import Customer
from flectar.ui import index
from flectar.ui.index import Look, Selection
from tests.people.customers import make
from tests.plans import without_reading_whole_tables


def test_what_a_list_does_not_know_is_left_out():
    asked = QueryDict("view=nonsense&sort=nonsense&with=ana&without=ben&q=%20Paula%20")

    look = Look.read(asked, views=("all", "old"), filters=("with",), sorts=("name",))

    assert look == Look(view="all", text="Paula", chosen={"with": "ana"}, sort="name")


def test_a_view_is_its_query_without_the_page_and_without_what_is_empty():
    asked = QueryDict("view=past&q=&with=&after=x&peek=y&part=peek&service=z")

    assert index.tidy(asked) == "service=z&view=past"


def test_several_counts_are_one_question_and_end_where_nobody_counts_on(in_salon, django_assert_num_queries):
    for number in range(4):
        make.customer(in_salon, f"Person {number}")
    everybody, nobody = Customer.objects.current(), Customer.objects.none()

    with django_assert_num_queries(1):
        found = index.counts([everybody, None, nobody, Customer.objects.archived()], to=2)

    assert found == [3, None, 0, 0]
    assert index.said(found[0], 2) == "2+"


def test_what_is_asked_twice_is_counted_once(in_salon):
    make.customer(in_salon, "Paula")
    everybody = Customer.objects.current()

    with CaptureQueriesContext(connection) as asked:
        found = index.counts([everybody, everybody])

    assert found == [1, 1]
    assert asked[0]["sql"].count('customers_customer"."id') == 1


def test_a_count_walks_along_the_order_it_is_given(in_salon):
    with CaptureQueriesContext(connection) as asked:
        index.counts([Customer.objects.current().by_name()], to=5)

    with without_reading_whole_tables(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        steps = str(cursor.fetchall())
    assert "customers_current_by_name" in steps
    assert "Sort" not in steps


@pytest.mark.parametrize("text", ["nonsense", "", "1"])
def test_a_selection_of_nonsense_is_empty(in_salon, text):
    make.customer(in_salon, "Paula")

    assert not Selection.read(QueryDict(f"id={text}")).of(Customer.objects.all())


@pytest.mark.parametrize(
    ("many", "chosen", "near"), [(6, {}, "012345"), (7, {}, "01"), (9, {"5": "yes"}, "015"), (9, {"1": "yes"}, "01")]
)
def test_of_many_filters_the_first_and_the_chosen_stand_in_the_row(many, chosen, near):
    filters = [index.Filter(str(number), str(number)) for number in range(many)]
    things = index.Index("things", "Things", Look(chosen=chosen), (), (), index.Empty(""), filters=filters)

    assert "".join(one.name for one in things.near_filters) == near
    assert sorted(one.name for one in [*things.near_filters, *things.far_filters]) == [str(n) for n in range(many)]
