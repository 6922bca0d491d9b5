"""API keys: made, shown once, checked, revoked."""

from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
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


def test_the_text_is_shown_once(signed_in, salon):
    made = signed_in.post(PAGE + "new", FORM)

    key = ApiKey.objects.get()
    text = made.context["text"]
    assert made.status_code == 201
    assert text in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    assert keys.find(text) == key
    assert (key.scopes, key.project_ids) == (["customers.read"], [str(salon.pk)])
    listed = signed_in.get(PAGE).content.decode()
    assert key.prefix in listed
    assert text not in listed
    entry = Entry.objects.get(action="keys.created")
    assert entry.actor_name == "Lucía Ferrer"
    assert text not in str(entry.new)


def test_a_key_for_every_project(signed_in, salon):
    signed_in.post(PAGE + "new", FORM | {"reach": "organization", "expires": ""})

    key = ApiKey.objects.get()
    assert (key.project_ids, key.expires_at) == ([], None)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["keys.manage"]}, {"expires": "9999"}])
def test_a_bad_form_makes_nothing(signed_in, salon, wrong):
    response = signed_in.post(PAGE + "new", FORM | wrong)

    assert response.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_from_the_list(signed_in, salon):
    key, text = make.key(salon)

    page = signed_in.post(f"{PAGE}{key.pk}/revocation", follow=True).content.decode()

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
