"""Words that put customers together."""

import pytest

from flectar.core.tenancy import project_scope
from flectar.people.customers import tags
from flectar.people.customers.models import CustomerTag, Tag
from flectar.platform.audit.models import Entry
from tests.people.customers import make


@pytest.fixture
def paula(in_salon):
    return make.customer(in_salon, "Paula Ibáñez")


def borne(customer):
    return [row.tag.name for row in customer.tags.select_related("tag").order_by("tag__sort_key")]


def test_the_same_word_in_other_letters_is_the_same_tag(paula):
    tags.put(paula, ["Tinte rápido"])

    again = tags.put(paula, ["tinte  RAPIDO", "Balayage"])

    assert again == 1
    assert borne(paula) == ["Balayage", "Tinte rápido"]
    assert Entry.objects.filter(action="customer.tagged").count() == 2


@pytest.mark.parametrize("raw", ["", "  ", "´", "x" * 41, "a\x00b"])
def test_what_is_no_tag_is_refused_and_none_is_put(paula, raw):
    with pytest.raises(tags.BadTag):
        tags.put(paula, ["Balayage", raw])

    assert not Tag.objects.exists()


def test_a_customer_bears_thirty_at_most(paula):
    tags.put(paula, [f"t{number}" for number in range(30)])

    with pytest.raises(tags.BadTag, match="30 tags on one customer are enough"):
        tags.put(paula, ["one more"])

    assert CustomerTag.objects.count() == 30


def test_the_last_one_to_bear_a_tag_takes_it_along(in_salon, paula):
    ana = make.customer(in_salon, "Ana García")
    tags.put(paula, ["VIP"])
    tags.put(ana, ["VIP"])
    vip = Tag.objects.get()

    tags.take(paula, vip)
    assert tags.names() == ["VIP"]
    tags.take(ana, vip)

    assert tags.names() == []


def test_a_tag_is_put_on_and_taken_off_on_the_page(signed_in, salon):
    with project_scope(salon.pk):
        paula = make.customer(salon, "Paula Ibáñez")
    url = f"/nacar/customers/{paula.pk}"

    signed_in.post(f"{url}/tags", {"name": "Prefers Marc"})
    refused = signed_in.post(f"{url}/tags", {"name": " "})
    page = signed_in.get(url).content.decode()
    with project_scope(salon.pk):
        tag = Tag.objects.get()
    signed_in.post(f"{url}/tags/{tag.pk}/removal")
    undo = signed_in.post(f"{url}/tags?name=Prefers+Marc")

    assert refused.status_code == 422
    assert "Take off Prefers Marc" in page
    assert undo.status_code == 302
    with project_scope(salon.pk):
        assert borne(paula) == ["Prefers Marc"]
