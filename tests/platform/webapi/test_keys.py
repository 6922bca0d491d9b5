"""API keys: made, shown once, checked, revoked."""

from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.models import Message
from flectar.platform.webapi import keys
from flectar.platform.webapi.models import ApiKey
from tests import make as platform
from tests.cast import PlatformClient
from tests.platform.webapi import make

URL = "/api/v1/projects/nacar"


def test_a_key_is_found_by_its_text_and_not_stored(salon):
    key, text = make.key(salon)

    assert text.startswith("fb_live_")
    assert keys.find(text) == key
    stored = ApiKey.objects.values_list("prefix", "digest").get()
    assert text.rpartition("_")[2] not in "".join(stored)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
        lambda text: text.replace("_live_", "_demo_"),
        lambda text: text.swapcase(),
        lambda text: text + "x" * 200,
        lambda text: "",
        lambda text: "fb_live_x_y",
        lambda text: "é" * 20,
    ],
)
def test_another_text_finds_nothing_and_asks_nothing(salon, spoil, django_assert_num_queries):
    _key, text = make.key(salon)

    with django_assert_num_queries(0):
        assert keys.find(spoil(text)) is None


def test_the_right_prefix_with_another_secret_is_refused(salon):
    _key, text = make.key(salon)
    body = text.rpartition("_")[0] + "_" + "A" * keys.SECRET_LENGTH

    assert keys.looks_right(body + keys._check(body))
    assert keys.find(body + keys._check(body)) is None


def test_revoked_and_expired_keys_stop(salon):
    revoked, text = make.key(salon)
    expired, other = make.key(salon, expires_at=clock.now() - timedelta(seconds=1))

    keys.revoke(revoked)

    assert keys.find(text) is None
    assert keys.find(other) is None
    assert make.Program(text).get(URL).status_code == 401
    assert expired.has_expired
    assert Entry.objects.filter(action="keys.revoked", target_id=revoked.pk).count() == 1


def test_use_is_noted_to_the_hour(salon):
    key, text = make.key(salon)
    program = make.Program(text)
    program.get(URL)
    key.refresh_from_db()
    first = key.last_used_at

    program.get(URL)
    key.refresh_from_db()
    assert key.last_used_at == first
    with clock.frozen(clock.now() + timedelta(hours=2)):
        program.get(URL)
    key.refresh_from_db()
    assert key.last_used_at > first


# --- The dashboard ---

PAGE = "/nacar/settings/keys/"
FORM = {"name": "Website", "reach": "project", "scopes": ["customers.read"], "expires": "90"}


def test_the_text_is_shown_once(sure, salon):
    made = sure.post(PAGE + "new", FORM)

    key = ApiKey.objects.get()
    text = made.context["text"]
    assert made.status_code == 201
    assert text in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    assert keys.find(text) == key
    assert (key.scopes, key.project_ids) == (["customers.read"], [str(salon.pk)])
    listed = sure.get(PAGE).content.decode()
    assert key.prefix in listed
    assert text not in listed
    entry = Entry.objects.get(action="keys.created")
    assert entry.actor_name == "Lucía Ferrer"
    assert text not in str(entry.new)


def test_a_key_for_every_project(sure, salon):
    sure.post(PAGE + "new", FORM | {"reach": "organization", "expires": ""})

    key = ApiKey.objects.get()
    assert (key.project_ids, key.expires_at) == ([], None)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["keys.manage"]}, {"expires": "9999"}])
def test_a_bad_form_makes_nothing(sure, salon, wrong):
    response = sure.post(PAGE + "new", FORM | wrong)

    assert response.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_from_the_list(sure, salon):
    key, text = make.key(salon)

    page = sure.post(f"{PAGE}{key.pk}/revocation", follow=True).content.decode()

    assert "Website no longer works" in page
    assert keys.find(text) is None


def test_only_owners_and_admins_see_keys(salon, signed_in_stranger, clinic):
    key, _text = make.key(salon)
    person = platform.user()
    platform.member(salon.organization, person, Role.MANAGER)
    manager = PlatformClient()
    manager.force_login(person)

    assert manager.get(PAGE).status_code == 403
    assert signed_in_stranger.get(PAGE).status_code == 404
    assert signed_in_stranger.post(f"/clinica/settings/keys/{key.pk}/revocation").status_code == 404
    key.refresh_from_db()
    assert key.is_working


# Addresses, rolling, leaks


@pytest.mark.parametrize(
    ("networks", "address", "works"),
    [
        ([], "198.51.100.9", True),
        (["203.0.113.0/24"], "203.0.113.7", True),
        (["203.0.113.0/24"], "203.0.114.7", False),
        (["203.0.113.7/32", "2001:db8::/32"], "2001:db8:1::5", True),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["203.0.113.0/24"], "nonsense", False),
    ],
)
def test_a_key_works_from_its_addresses_only(salon, networks, address, works):
    key, text = make.key(salon, networks=networks)
    program = make.Program(text)
    program.defaults["REMOTE_ADDR"] = address

    assert key.comes_from(address) == works
    if address != "nonsense":
        answer = program.get(URL)
        assert answer.status_code == (200 if works else 403)
        assert works or answer.json()["code"] == "address_not_allowed"


def test_addresses_are_taken_as_they_are_meant(sure, salon):
    sure.post(PAGE + "new", FORM | {"networks": " 203.0.113.7\n\n203.0.113.99/24\n203.0.113.7 \n"})

    assert ApiKey.objects.get().networks == ["203.0.113.7/32", "203.0.113.0/24"]


@pytest.mark.parametrize("networks", ["my office", "203.0.113.0/99", "\n".join(f"10.0.0.{n}" for n in range(21))])
def test_what_is_no_address_is_said(sure, salon, networks):
    answer = sure.post(PAGE + "new", FORM | {"networks": networks})

    assert answer.status_code == 422
    assert "address" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_rolled_key_works_beside_the_new_one_for_a_while(salon, lucia):
    old, text = make.key(
        salon, "project.read", networks=["203.0.113.0/24"], expires_at=clock.now() + timedelta(days=90)
    )

    new, new_text = keys.roll(old, overlap=timedelta(hours=24), by=lucia.pk)

    assert (new.scopes, new.project_ids, new.networks) == (old.scopes, old.project_ids, old.networks)
    assert (new.expires_at - clock.now()).days in (89, 90)
    assert keys.find(text) == old
    assert keys.find(new_text) == new
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert keys.find(text) is None
        assert keys.find(new_text) == new
    assert [*Entry.objects.filter(action__startswith="keys.").values_list("action", flat=True).order_by("id")] == [
        "keys.created",
        "keys.rolled",
    ]


def test_a_key_is_rolled_once_and_never_lasts_longer_by_it(salon, lucia):
    old, _text = make.key(salon, expires_at=clock.now() + timedelta(hours=1))
    keys.roll(old, overlap=timedelta(days=7), by=lucia.pk)
    before = ApiKey.objects.get(pk=old.pk).expires_at

    with pytest.raises(keys.NotWorking):
        keys.roll(old, overlap=timedelta(0), by=lucia.pk)

    assert before == old.expires_at
    assert ApiKey.objects.count() == 2


def test_a_key_is_rolled_from_the_list(sure, salon):
    old, text = make.key(salon)

    assert f"{old.pk}/rolling" in sure.get(PAGE).content.decode()
    answer = sure.post(f"{PAGE}{old.pk}/rolling", {"overlap": "0"})

    assert answer.status_code == 201
    assert keys.find(answer.context["text"])
    assert keys.find(text) is None
    assert sure.post(f"{PAGE}{old.pk}/rolling", {"overlap": "0"}).status_code == 422


LEAK = "/api/v1/leaked-keys"


@pytest.mark.parametrize(
    "report",
    [
        lambda client, text: client.post(LEAK, {"key": f" {text} ", "url": "https://code.example/x"}),
        lambda client, text: client.post(
            LEAK, [{"token": text, "url": "https://code.example/x"}], content_type="application/json"
        ),
        lambda client, text: make.Program().send("POST", LEAK, {"key": text, "url": "https://code.example/x"}),
    ],
)
def test_a_key_found_in_public_stops_and_every_owner_is_told(salon, lucia, visitor, report):
    platform.member(salon.organization, platform.user("eva@nacar.example"), Role.OWNER)
    platform.member(salon.organization, platform.user("ana@nacar.example"), Role.ADMIN)
    key, text = make.key(salon)

    answer = report(visitor, text)

    assert answer.status_code == 202
    assert make.Program(text).get(URL).status_code == 401
    key.refresh_from_db()
    assert (key.is_leaked, key.is_working) == (True, False)
    mails = Message.objects.filter(event="keys.leaked")
    assert sorted(mails.values_list("to_address", flat=True)) == ["eva@nacar.example", "lucia@nacar.example"]
    assert "https://code.example/x" in mails[0].text
    assert text not in mails[0].text
    entry = Entry.objects.get(action="keys.leaked")
    assert (entry.organization_id, entry.new["where"]) == (salon.organization_id, "https://code.example/x")


def test_the_answer_to_a_report_tells_nothing(salon):
    _key, text = make.key(salon)
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")

    answers = [make.Program().send("POST", LEAK, {"key": said}) for said in (wrong, text, text, "", "x" * 500)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert Message.objects.filter(event="keys.leaked").count() == 1


@pytest.mark.parametrize("body", ["{", "[1, null]", '"fb"', "[]", '{"key": 5}'])
def test_a_strange_report_does_no_harm(salon, visitor, body):
    answer = visitor.post(LEAK, body, content_type="application/json")

    assert answer.status_code in (202, 400)
    assert not Message.objects.exists()
