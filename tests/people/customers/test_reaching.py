"""How to reach a customer: several phones, emails and addresses, each of its kind, the first one used first."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.people.customers import directory, erasing, importing, merging, reaching, restricting
from flectar.people.customers.addresses import PostalAddress, plain
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.errors import Restricted
from flectar.people.customers.exporting import export_customers
from flectar.people.customers.models import Customer, CustomerAddress, CustomerPhone
from flectar.people.customers.reaching import WAYS
from flectar.people.customers.search import search
from flectar.platform.audit.models import Entry
from tests.people.customers import make
from tests.platform.webapi import make as programs

CADIS = PostalAddress("Carrer de Cadis 41", "46006", "Valencia", "", "ES", "home")
HIGH_STREET = PostalAddress("1 High Street", "SW1A 1AA", "London", "", "GB", "billing")


@pytest.fixture
def paula(in_salon):
    return make.customer(in_salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")


def reached(customer, way):
    return [(str(row), row.kind) for row in reaching.rows_of(customer, WAYS[way])]


def test_an_address_is_written_as_its_country_does():
    assert CADIS.row().lines == ["Carrer de Cadis 41", "46006 Valencia"]
    assert HIGH_STREET.row().lines == ["1 High Street", "London SW1A 1AA"]
    assert plain({"city": "Alcoi", "region": "Alicante", "country": "España"}, region="FR").row().lines == [
        "Alcoi (Alicante)"
    ]


@pytest.mark.parametrize("values", [{"country": "ES"}, {"city": "Oslo", "country": "Narnia"}, {"street": "x" * 161}])
def test_what_is_no_address_is_refused(values):
    with pytest.raises(BadContact):
        plain(values, region="ES")


def test_the_one_that_is_put_first_is_used_first(in_salon, paula):
    reaching.save(paula, WAYS["phones"], "+34961111111", kind="work")
    reaching.save(paula, WAYS["addresses"], HIGH_STREET, kind="billing")

    reaching.save(paula, WAYS["addresses"], CADIS, kind="home", is_first=True)
    reaching.put_first(paula, WAYS["phones"], CustomerPhone.objects.get(kind="work"))

    found = Customer.objects.with_first_contacts().get()
    assert (found.phone, reached(paula, "phones")) == ("+34961111111", [("+34961111111", "work"), ("+34600000142", "")])
    assert [kind for _said, kind in reached(paula, "addresses")] == ["home", "billing"]
    assert Entry.objects.filter(action="customer.changed").count() == 4


def test_what_is_taken_away_comes_back_where_it_stood(in_salon, paula):
    reaching.save(paula, WAYS["phones"], "+34961111111", kind="work", is_first=True)
    before = reached(paula, "phones")

    word = reaching.remove(paula, WAYS["phones"], CustomerPhone.objects.get(kind="work"))
    assert reached(paula, "phones") == before[1:]

    assert reaching.put_back(paula, WAYS["phones"], word)
    assert reached(paula, "phones") == before
    assert not reaching.put_back(paula, WAYS["phones"], word)
    assert not reaching.put_back(paula, WAYS["emails"], word)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        reaching.remove(paula, WAYS["phones"], CustomerPhone.objects.get(kind="work"))
        assert not reaching.put_back(paula, WAYS["phones"], word[:-4])
    assert "961111111" not in word


def test_nothing_of_it_is_changed_for_who_is_restricted_or_has_it_already(in_salon, paula):
    reaching.save(paula, WAYS["addresses"], CADIS, kind="home")
    with pytest.raises(BadContact):
        reaching.save(paula, WAYS["addresses"], CADIS, kind="work")
    restricting.restrict(paula, "objects")
    with pytest.raises(Restricted):
        reaching.save(paula, WAYS["addresses"], HIGH_STREET, kind="")

    assert [kind for _said, kind in reached(paula, "addresses")] == ["home"]


def test_somebody_is_found_by_where_they_live(in_salon, paula):
    reaching.save(paula, WAYS["addresses"], CADIS, kind="home")
    make.customer(in_salon, "Valentina Cadis")

    assert search("cádis 41") == [paula.pk]
    assert set(search("46006")) == {paula.pk}
    assert len(search("cadis")) == 2


def test_addresses_go_over_with_who_becomes_another_and_go_with_who_is_erased(in_salon, paula):
    twin = make.customer(in_salon, "Paula I.", phone="+34600000143")
    for one in (paula, twin):
        reaching.save(one, WAYS["addresses"], CADIS, kind="home")
    reaching.save(twin, WAYS["addresses"], HIGH_STREET, kind="billing")

    line = merging.merge(paula, twin)
    assert len(reached(paula, "addresses")) == 2
    assert len(reached(merging.undo(line), "addresses")) == 2

    erasing.erase(in_salon, paula)
    assert CustomerAddress.objects.count() == 2


# Files


GOOGLE = (
    "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - Region,"
    "Address 1 - Postal Code,Address 1 - Country,Address 2 - Label,Address 2 - Street,Address 2 - City,"
    "Address 2 - Region,Address 2 - Postal Code,Address 2 - Country\n"
    "Paula,Ibáñez,Work,paula@example.com,Mobile ::: Home,600 000 142 ::: 961 111 111,"
    "Home,x,Carrer de Cadis 41,Valencia,,46006,Spain,Billing,1 High Street,London,,SW1A 1AA,United Kingdom\n"
).encode()
OUTLOOK = (
    b"First Name,Last Name,Mobile Phone,Business Street,Business City,Business Postal Code\n"
    b"Ana,Sol,600000143,Rue 1,Lyon,69001\n"
)
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Paula\r\nTEL;TYPE=HOME:961 111 111\r\nTEL;TYPE=CELL,PREF:600 000 142\r\n"
    "item1.ADR;TYPE=HOME:;;Carrer de Cadis 41;Valencia;;46006;España\r\nEND:VCARD\r\n"
).encode()


def kinds_and_addresses(content, project):
    [person] = importing.preview(project, content).reading.people
    return person.kinds, person.addresses


def test_kinds_and_addresses_are_read_from_the_files_of_others(in_salon):
    london = PostalAddress("1 High Street", "SW1A 1AA", "London", "", "GB", "billing")
    phones = {"+34600000142": "mobile", "+34961111111": "home"}

    assert kinds_and_addresses(GOOGLE, in_salon) == ({"paula@example.com": "work", **phones}, [CADIS, london])
    assert kinds_and_addresses(OUTLOOK, in_salon) == (
        {"+34600000143": "mobile"},
        [PostalAddress("Rue 1", "69001", "Lyon", "", "ES", "work")],
    )
    assert kinds_and_addresses(CARD, in_salon) == (phones, [CADIS])
    assert importing.preview(in_salon, CARD).reading.people[0].phones == ["+34600000142", "+34961111111"]


@pytest.mark.django_db(transaction=True)
def test_addresses_and_kinds_go_out_and_come_in_the_same(salon, clinic):
    with project_scope(salon.pk):
        paula = make.customer(salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")
        reaching.save(paula, WAYS["phones"], "+34961111111", kind="work")
        reaching.save(paula, WAYS["addresses"], CADIS, kind="home")
        reaching.save(paula, WAYS["addresses"], HIGH_STREET, kind="billing")
        content = export_customers(Customer.objects.current())
    with project_scope(clinic.pk):
        make.customer(clinic, "Paula Ibáñez", email="paula@example.com")
        job = make.upload(clinic, content)

    importing.bring_in(clinic.pk, job.pk)

    with project_scope(clinic.pk):
        copy = directory.current_details(Customer.objects.get())
        assert copy.addresses == [CADIS, HIGH_STREET]
        assert copy.kinds == {"+34961111111": "work"}


# Pages and programs


def test_the_team_adds_changes_and_takes_away_on_the_pages(signed_in, salon):
    with project_scope(salon.pk):
        ana = make.customer(salon, "Ana García", phone="+34600000142")
    url = f"/nacar/customers/{ana.pk}/reached"

    wrong = signed_in.post(f"{url}/addresses/new", {"street": "", "city": "", "country": "ES"})
    signed_in.post(
        f"{url}/addresses/new", {"street": "Calle Mayor 1", "city": "Elche", "country": "ES", "kind": "home"}
    )
    taken = signed_in.post(f"{url}/phones/new", {"value": "600 000 142", "kind": "mobile"})
    signed_in.post(f"{url}/phones/new", {"value": "961 111 111", "kind": "work", "is_first": "on"})
    page = signed_in.get(f"/nacar/customers/{ana.pk}").content.decode()
    assert (wrong.status_code, taken.status_code) == (422, 422)
    assert "Type a street or a town." in wrong.content.decode()
    assert "Calle Mayor 1<br>Elche" in page
    assert page.index("961 11 11 11") < page.index("600 00 01 42")

    with project_scope(salon.pk):
        first = reaching.rows_of(ana, WAYS["phones"])[0]
    assert "961 11 11 11" in signed_in.get(f"{url}/phones/{first.pk}").content.decode()
    page = signed_in.get(signed_in.post(f"{url}/phones/{first.pk}/removal").url).content.decode()
    undo = re.search(r'action="(/nacar/customers/[^"]*reached/phones/restoration[^"]*)"', page)[1]
    signed_in.post(undo.replace("&amp;", "&"))
    with project_scope(salon.pk):
        assert reached(ana, "phones") == [("+34961111111", "work"), ("+34600000142", "")]
    assert signed_in.get(f"{url}/pigeons/new").status_code == 404


def test_a_picture_is_put_beside_the_name_and_taken_away(signed_in, salon):
    with project_scope(salon.pk):
        ana = make.customer(salon, "Ana García")
    url = f"/nacar/customers/{ana.pk}"
    out = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(out, "PNG")

    wrong = signed_in.post(f"{url}/picture", {"picture": SimpleUploadedFile("a.png", b"no picture")})
    signed_in.post(f"{url}/picture", {"picture": SimpleUploadedFile("a.png", out.getvalue())})

    with project_scope(salon.pk):
        ana.refresh_from_db()
    assert wrong.status_code == 422
    assert ana.picture.startswith(f"{salon.pk}/customers/")
    assert ana.picture_url in signed_in.get(url).content.decode()
    assert ana.picture_url in signed_in.get("/nacar/customers/").content.decode()
    signed_in.post(f"{url}/picture/removal")
    with project_scope(salon.pk):
        assert Customer.objects.get().picture == ""


def test_programs_read_and_write_addresses_and_kinds(visitor, salon):
    _key, word = programs.key(salon, "customers.read", "customers.write")
    headers = {"Authorization": f"Bearer {word}"}
    path = "/api/v1/projects/nacar/customers"
    given = {
        "name": "Ana",
        "phones": ["600 000 142"],
        "kinds": {"600000142": "mobile"},
        "addresses": [{"street": "Calle Mayor 1", "city": "Elche", "kind": "home"}],
    }

    made = visitor.post(path, given, content_type="application/json", headers=headers).json()
    changed = visitor.patch(
        f"{path}/{made['id']}", {"addresses": [{"city": "Alcoi"}]}, content_type="application/json", headers=headers
    ).json()

    assert made["kinds"] == {"+34600000142": "mobile"}
    assert made["addresses"][0] | {"region": "", "postal_code": ""} == made["addresses"][0]
    assert (made["addresses"][0]["country"], made["addresses"][0]["kind"]) == ("ES", "home")
    assert [one["city"] for one in changed["addresses"]] == ["Alcoi"]
    assert changed["phones"] == ["+34600000142"]
