"""Settings › Webhooks: who may, what is refused beside the field, the secret that is shown once."""

import re

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import endpoints, sending
from flectar.platform.webhooks.addresses import validate_url
from flectar.platform.webhooks.models import Delivery, Endpoint
from flectar.platform.webhooks.sealed import good_now
from tests import make
from tests.platform.webapi import make as programs
from tests.platform.webapi.make import Program
from tests.platform.webhooks.receiver import Receiver
from tests.test_query_counts import asked

HOOKS = "/nacar/settings/webhooks/"
NEW = {"url": "https://example.com/hooks", "events": ["booking.confirmed"], "description": "Till"}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "example.com", "https://", "https://[", "https://u:p@example.com/",
        "https://example.com:8443/", "https://localhost/", "https://intranet/", "https://db.internal/",
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f.0x0.0x0.0x1/", "https://0177.0.0.1/",
        "https://127.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/", "https://[fd00::1]/", "https://salon.localhost./",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_beside_the_field(salon: Project, sure: Client, url: str):
    answer = sure.post(f"{HOOKS}new", NEW | {"url": url})

    assert answer.status_code == 422
    assert 'id="id_url_error"' in answer.content.decode()
    with project_scope(salon.pk):
        assert not Endpoint.objects.exists()


def test_a_public_address_passes():
    for url in ("https://example.com/a?b=c", "https://xn--caf-dma.example/", "https://93.184.215.14/"):
        validate_url(url)


def test_the_secret_is_shown_once_and_kept_sealed(salon: Project, sure: Client):
    made = sure.post(f"{HOOKS}new", NEW)

    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    secret = re.search(r"<code>(whsec_[^<]+)</code>", made.content.decode()).group(1)
    with project_scope(salon.pk):
        endpoint = Endpoint.objects.get()
        assert good_now(endpoint) == [secret]
        assert secret.encode() not in bytes(endpoint.secret)
    for page in ("", str(endpoint.pk), f"{endpoint.pk}/change"):
        assert secret not in sure.get(f"{HOOKS}{page}").content.decode()

    rolled = sure.post(f"{HOOKS}{endpoint.pk}/secret").content.decode()
    assert secret not in rolled
    assert "whsec_" in rolled


@pytest.mark.parametrize("role", [Role.MANAGER, Role.EDITOR, Role.STAFF])
def test_only_owners_and_admins_send_data_elsewhere(salon: Project, visitor: Client, role: str):
    with project_scope(salon.pk):
        endpoint, _secret = endpoints.make(url="https://example.com/", events=["booking.confirmed"])
    person = make.user("dani@nacar.example")
    make.member(salon.organization, person, role)
    visitor.force_login(person)

    assert visitor.post(f"{HOOKS}new", NEW).status_code == 403
    for deed in ("secret", "test", "switch", "removal", "change"):
        assert visitor.post(f"{HOOKS}{endpoint.pk}/{deed}", NEW).status_code == 403
    with project_scope(salon.pk):
        assert list(Endpoint.objects.values_list("url", "is_on")) == [("https://example.com/", True)]
        assert not Delivery.objects.exists()


def test_a_webhook_from_its_making_to_its_removal(salon: Project, sure: Client, endpoint: Endpoint, receiver: Receiver):
    page = f"{HOOKS}{endpoint.pk}"

    sent = sure.post(f"{page}/test")
    with project_scope(salon.pk):
        delivery = Delivery.objects.get()
    assert "Not tried yet" in sure.get(sent["Location"]).content.decode()

    sending.attempt(delivery.pk, salon.pk)
    assert "thanks" in sure.get(sent["Location"]).content.decode()
    assert "Delivered" in sure.get(page).content.decode()

    sure.post(f"{sent['Location']}/replay")
    sending.attempt(delivery.pk, salon.pk)
    assert len(receiver.messages) == 2

    sure.post(f"{page}/switch")
    assert "Off" in sure.get(HOOKS).content.decode()
    sure.post(f"{page}/removal")
    assert "Tell another program what happens here" in sure.get(HOOKS).content.decode()


@pytest.mark.parametrize("page", ["", "{endpoint}", "{endpoint}/deliveries/{delivery}"])
def test_a_page_asks_the_database_rarely(salon: Project, sure: Client, page: str):
    with project_scope(salon.pk):
        endpoint, _secret = endpoints.make(url="https://example.com/", events=["booking.confirmed"])
        deliveries = [endpoints.send_test(endpoint) for _ in range(3)]

    assert len(asked(sure, HOOKS + page.format(endpoint=endpoint.pk, delivery=deliveries[0].pk))) <= 12


def test_another_projects_webhook_is_not_found(salon: Project, clinic: Project, sure: Client):
    with project_scope(clinic.pk):
        theirs, _secret = endpoints.make(url="https://example.com/", events=["booking.confirmed"])

    assert sure.get(f"{HOOKS}{theirs.pk}").status_code == 404
    assert sure.post(f"{HOOKS}{theirs.pk}/removal").status_code == 404
    with project_scope(clinic.pk):
        assert Endpoint.objects.exists()


def test_the_api_makes_changes_lists_and_removes(salon: Project):
    program = Program(programs.key(salon, "webhooks.read", "webhooks.manage")[1])
    hooks = "/api/v1/projects/nacar/webhooks"

    made = program.send("POST", hooks, NEW)
    body = made.json()
    assert (made.status_code, body["secret"][:6], made["Cache-Control"]) == (201, "whsec_", "no-store")
    assert "secret" not in program.send("GET", made["Location"]).json()
    assert program.send("PATCH", made["Location"], {"is_on": False}).json()["is_on"] is False
    assert program.send("POST", f"{made['Location']}/secret", {}).json()["secret"] != body["secret"]
    assert program.send("GET", f"{made['Location']}/deliveries").json() == {"items": [], "next": None}
    assert [each["id"] for each in program.send("GET", hooks).json()["items"]] == [body["id"]]
    assert program.send("DELETE", made["Location"]).status_code == 204
    assert program.send("GET", made["Location"]).status_code == 404


def test_the_api_points_at_what_is_wrong(salon: Project):
    program = Program(programs.key(salon, "webhooks.manage")[1])

    answer = program.send(
        "POST", "/api/v1/projects/nacar/webhooks", {"url": "https://127.0.0.1/", "events": ["booking.confirmed", "x"]}
    )

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["#/url", "#/events/1"]
    with project_scope(salon.pk):
        assert not Endpoint.objects.exists()
