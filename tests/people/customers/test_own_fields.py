"""What a business asks of its customers beyond what all do: answered, filtered by, imported, exported."""

from datetime import date
from decimal import Decimal

import pytest

from flectar.core.tenancy import project_scope
from flectar.people.customers import consents, custom, importing, merging, queries, restricting, tags
from flectar.people.customers.custom import BadValue
from flectar.people.customers.exporting import export_customers
from flectar.people.customers.models import Consent, Customer, CustomField, CustomValue
from flectar.platform.lists import saved
from tests.people.customers import make
from tests.platform.webapi import make as programs

Kind = CustomField.Kind


def field(name="Skin", kind=Kind.CHOICE, choices=("Dry", "Oily", "Sensitive")):
    return custom.define(CustomField(), name=name, kind=kind, choices=choices)


@pytest.fixture
def paula(in_salon):
    return make.customer(in_salon, "Paula Ibáñez", email="paula@example.com")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.TEXT, " nuts ", "nuts"),
        (Kind.NUMBER, "1.234,5", Decimal("1234.5")),
        (Kind.NUMBER, "1,234.5", Decimal("1234.5")),
        (Kind.NUMBER, "-3", Decimal(-3)),
        (Kind.DATE, "9/5/1988", date(1988, 5, 9)),
        (Kind.DATE, "1988-05-09", date(1988, 5, 9)),
        (Kind.CHOICE, "DRY", "Dry"),
        (Kind.YES_NO, "Sí", True),
        (Kind.YES_NO, "no", False),
        (Kind.NUMBER, "  ", None),
    ],
)
def test_what_is_typed_is_read_by_kind(in_salon, kind, raw, value):
    assert custom.read(field(kind=kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.NUMBER, "many"),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, "1e99"),
        (Kind.DATE, "31/2/2026"),
        (Kind.CHOICE, "Greasy"),
        (Kind.YES_NO, "perhaps"),
        (Kind.TEXT, "x" * 501),
        (Kind.TEXT, "a\x00b"),
    ],
)
def test_what_the_field_does_not_take_is_refused(in_salon, kind, raw):
    with pytest.raises(BadValue):
        custom.read(field(kind=kind), raw)


def test_two_fields_never_share_a_name_and_a_choice_has_choices(in_salon):
    removed = field("Skin")
    with pytest.raises(BadValue):
        field("skín")
    with pytest.raises(BadValue):
        field("Level", choices=["Only one"])
    custom.remove(removed)
    field("Skin")

    with pytest.raises(BadValue):
        custom.bring_back(removed)
    assert len(custom.fields()) == 1


def test_the_page_asks_keeps_and_shows_them(signed_in, salon):
    url = "/nacar/customers"
    wrong = signed_in.post(f"{url}/fields/new", {"name": "Skin", "kind": "choice", "choices": "Dry"})
    signed_in.post(f"{url}/fields/new", {"name": "Skin", "kind": "choice", "choices": "Dry\nOily"})
    signed_in.post(f"{url}/fields/new", {"name": "Birthday", "kind": "date"})
    with project_scope(salon.pk):
        skin, birthday = custom.fields()
    data = {"name": "Ana", "kind": "person", f"own_{skin.pk.hex}": "Oily", f"own_{birthday.pk.hex}": "1988-05-09"}

    refused = signed_in.post(f"{url}/new", data | {f"own_{birthday.pk.hex}": "soon"})
    added = signed_in.post(f"{url}/new", data)
    page = signed_in.get(added.url).content.decode()
    signed_in.post(f"{added.url}/edit", data | {f"own_{skin.pk.hex}": ""})

    assert (wrong.status_code, refused.status_code) == (422, 422)
    assert "Birthday: “soon” is not a date." in refused.content.decode()
    assert "<dt>Skin</dt><dd>Oily</dd>" in page
    with project_scope(salon.pk):
        assert [value.day for value in CustomValue.objects.all()] == [date(1988, 5, 9)]
    assert "Skin: Oily taken away" in signed_in.get(added.url).content.decode()
    signed_in.post(f"{url}/fields/{skin.pk}/removal")
    assert f"own_{skin.pk.hex}" not in signed_in.get(f"{url}/new").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_answers_them_and_the_export_gives_them_back(salon):
    with project_scope(salon.pk):
        skin, birthday = field(), field("Cumpleaños", Kind.DATE, ())
        job = make.upload(
            salon, "Nombre;Email;Skin;Cumpleaños\nAna;a@example.com;dry;9/5/1988\nEva;e@example.com;?;\n".encode()
        )
    importing.bring_in(salon.pk, job.pk)

    with project_scope(salon.pk):
        ana = Customer.objects.get(sort_key="ana")
        assert dict(custom.answers(ana)) == {skin: "Dry", birthday: date(1988, 5, 9)}
        job.refresh_from_db()
        assert [(line, outcome) for line, outcome, _reason, _cells in job.remarks] == [(3, "partly")]
        lines = export_customers(Customer.objects.all()).decode("utf-8-sig").splitlines()
    assert lines[0].endswith("Since,Skin,Cumpleaños")
    assert lines[1].endswith(",Dry,1988-05-09")


def test_programs_read_and_set_them(visitor, salon):
    with project_scope(salon.pk):
        field()
    headers = {"Authorization": f"Bearer {programs.key(salon, 'customers.read', 'customers.write')[1]}"}
    url = "/api/v1/projects/nacar/customers"

    def send(method, address, body):
        return getattr(visitor, method)(address, body, content_type="application/json", headers=headers)

    made = send("post", url, {"name": "Ana", "tags": ["VIP"], "fields": {"skin": "dry"}}).json()
    wrong = send("patch", f"{url}/{made['id']}", {"fields": {"Skin": "Greasy"}})
    unknown = send("patch", f"{url}/{made['id']}", {"fields": {"Shoe": "42"}})
    emptied = send("patch", f"{url}/{made['id']}", {"fields": {"Skin": ""}, "tags": []}).json()

    assert (made["fields"], made["tags"]) == ({"Skin": "Dry"}, ["VIP"])
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.json()["errors"][0]["pointer"] == "#/fields/Skin"
    assert (emptied["fields"], emptied["tags"]) == ({}, [])


# Filters and segments


@pytest.fixture
def three(in_salon, paula):
    """Paula is dry, a VIP and wants news; Ana is oily and a VIP; Eva has no answer."""
    skin = field()
    ana, eva = make.customer(in_salon, "Ana García"), make.customer(in_salon, "Eva Roca")
    custom.put(paula, {skin: "Dry"})
    custom.put(ana, {skin: "Oily"})
    tags.put(paula, ["VIP"])
    tags.put(ana, ["vip"])
    consents.answer(paula, consents.QUESTIONS["news-email"], given=True, method=Consent.Method.TEAM)
    consents.answer(eva, consents.QUESTIONS["news-email"], given=True, method=Consent.Method.TEAM)
    consents.answer(eva, consents.QUESTIONS["news-email"], given=False, method=Consent.Method.LINK)
    return skin


def names(lucia, query, skin=None):
    view = saved.keep(lucia, key="customers", name=query[:60], query=query, is_shared=True)
    return [each.name.split()[0] for each in queries.customers_of_segment(view.pk).by_name()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag=vip", ["Ana", "Paula"]),
        ("consent=news-email", ["Paula"]),
        ("tag=VIP&consent=news-email", ["Paula"]),
        ("field-{skin}=Oily", ["Ana"]),
        ("field-{skin}=-", ["Eva"]),
        ("field-{skin}=*", ["Ana", "Paula"]),
        ("field-{skin}=nonsense", []),
        ("q=eva&tag=vip", []),
        ("kind=company", []),
        ("consent=nonsense", []),
    ],
)
def test_a_segment_is_a_view_that_is_kept(lucia, three, query, found):
    assert names(lucia, query.format(skin=three.pk)) == found


def test_who_is_restricted_is_in_no_segment_and_own_views_are_none(lucia, three, paula):
    restricting.restrict(paula, "objects")
    own = saved.keep(lucia, key="customers", name="Mine", query="tag=vip", is_shared=False)

    assert names(lucia, "tag=vip") == ["Ana"]
    assert [segment.name for segment in queries.segments()] == ["tag=vip"]
    assert not queries.customers_of_segment(own.pk).exists()


def test_the_list_is_filtered_and_many_are_tagged_at_once(signed_in, salon):
    with project_scope(salon.pk):
        tags.put(make.customer(salon, "Paula Ibáñez"), ["VIP"])
        make.customer(salon, "Ana García")
    page = signed_in.get("/nacar/customers/?tag=VIP")
    assert [row.name for row in page.context["index"].rows] == ["Paula Ibáñez"]

    asked = signed_in.post("/nacar/customers/taggings", {"query": "", "everything": "yes"})
    done = signed_in.post(
        "/nacar/customers/taggings", {"query": "", "everything": "yes", "name": "Autumn"}, follow=True
    )

    assert 'name="everything" value="yes"' in asked.content.decode()
    assert "2 customers tagged Autumn" in done.content.decode()
    with project_scope(salon.pk):
        assert tags.names() == ["Autumn", "VIP"]


def test_answers_go_over_when_two_become_one(in_salon, three, paula):
    eva = Customer.objects.get(sort_key="eva roca")

    line = merging.merge(eva, paula)
    assert dict(custom.answers(Customer.objects.get(pk=eva.pk))) == {three: "Dry"}
    merging.undo(line)

    assert dict(custom.answers(Customer.objects.get(pk=paula.pk))) == {three: "Dry"}
