"""A device is written down once in five minutes, not at each request."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core import clock


def last_seen():
    return UserSession.objects.get().last_seen_at


def test_the_first_request_writes_the_device_down(signed_in):
    signed_in.get("/account/", headers={"user-agent": "Firefox on Linux"})

    assert UserSession.objects.get().user_agent == "Firefox on Linux"


def test_the_next_ones_ask_nothing_of_the_list_of_devices(signed_in):
    signed_in.get("/account/")
    before = last_seen()

    with CaptureQueriesContext(connection) as asked:
        signed_in.get("/account/")

    assert not [query for query in asked if "usersessions" in query["sql"]]
    assert last_seen() == before


def test_after_five_minutes_it_is_seen_again(signed_in):
    signed_in.get("/account/")
    before = last_seen()

    with clock.frozen(clock.now() + timedelta(minutes=5, seconds=1)):
        signed_in.get("/account/")

    assert last_seen() > before


def test_a_new_key_is_written_down_at_once(signed_in, lucia):
    signed_in.get("/account/")

    signed_in.force_login(lucia)
    session = signed_in.session
    session.cycle_key()
    signed_in.cookies["session"] = session.session_key
    signed_in.get("/account/")

    assert UserSession.objects.filter(session_key=session.session_key).exists()
