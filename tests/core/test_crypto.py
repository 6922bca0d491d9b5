"""Secrets open only in their own place, with any key that was ever active, and never after a change of one bit."""

import base64
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from flectar.core import crypto

ONE = base64.b64encode(b"1" * 32).decode()
TWO = base64.b64encode(b"2" * 32).decode()
PLACE = "project-a:payments:secret"


@pytest.fixture
def keys(settings) -> Callable[[str], None]:  # type: ignore[no-untyped-def]  # a fixture
    def use(ring: str) -> None:
        settings.FLECTAR_KEYS = ring

    use(f"1:{ONE}")
    return use


def test_what_is_sealed_opens_in_its_place(keys):
    assert crypto.open_sealed(crypto.seal(b"sesame", PLACE), PLACE) == b"sesame"
    assert crypto.open_text(crypto.seal_text("sésamo 🔑", PLACE), PLACE) == "sésamo 🔑"


def test_the_same_secret_never_looks_the_same(keys):
    assert crypto.seal(b"sesame", PLACE) != crypto.seal(b"sesame", PLACE)


def test_an_envelope_moved_to_another_place_does_not_open(keys):
    moved = crypto.seal(b"sesame", "project-b:payments:secret")

    with pytest.raises(crypto.CannotOpen):
        crypto.open_sealed(moved, PLACE)
    with pytest.raises(crypto.CannotOpen):
        crypto.rewrap(moved, PLACE)


def test_no_bit_of_an_envelope_can_be_flipped(keys):
    blob = crypto.seal(b"sesame", PLACE)
    flipped = [blob[:at] + bytes([blob[at] ^ (1 << bit)]) + blob[at + 1 :] for at in range(len(blob)) for bit in (0, 7)]

    opened = [changed for changed in flipped if opens(changed)]

    assert opened == []


@given(st.binary(max_size=120))
def test_rubbish_is_refused_by_its_own_error(blob: bytes):
    assert not opens(blob)


@pytest.mark.parametrize("text", ["", "ñ", "not base64!", "AA==", "AQAB"])
def test_rubbish_text_is_refused_by_its_own_error(keys, text: str):
    with pytest.raises(crypto.CannotOpen):
        crypto.open_text(text, PLACE)
    with pytest.raises(crypto.CannotOpen):
        crypto.rewrap_text(text, PLACE)


def opens(blob: bytes) -> bool:
    try:
        crypto.open_sealed(blob, PLACE)
    except crypto.CannotOpen:
        return False
    return True


def test_an_old_key_still_opens_after_a_new_one_is_active(keys):
    blob = crypto.seal(b"sesame", PLACE)

    keys(f"2:{TWO},1:{ONE}")

    assert crypto.open_sealed(blob, PLACE) == b"sesame"
    assert crypto.key_id_of(blob) == 1
    assert crypto.key_id_of(crypto.seal(b"sesame", PLACE)) == 2


def test_a_rewrapped_envelope_needs_the_new_key_only(keys):
    blob, text = crypto.seal(b"sesame", PLACE), crypto.seal_text("sesame", PLACE)
    keys(f"2:{TWO},1:{ONE}")

    blob, text = crypto.rewrap(blob, PLACE), crypto.rewrap_text(text, PLACE)

    keys(f"2:{TWO}")
    assert crypto.key_id_of(blob) == 2
    assert crypto.open_sealed(blob, PLACE) == b"sesame"
    assert crypto.open_text(text, PLACE) == "sesame"


def test_a_key_that_is_gone_is_named(keys):
    blob = crypto.seal(b"sesame", PLACE)

    keys(f"2:{TWO}")

    with pytest.raises(crypto.CannotOpen, match="key 1 is not in FLECTAR_KEYS"):
        crypto.open_sealed(blob, PLACE)


def test_a_wrong_key_under_the_right_number_does_not_open(keys):
    blob = crypto.seal(b"sesame", PLACE)

    keys(f"1:{TWO}")

    assert not opens(blob)


@pytest.mark.parametrize(
    "ring",
    [
        "1",
        "1:",
        f"0:{ONE}",
        f"65536:{ONE}",
        f"-1:{ONE}",
        f"²:{ONE}",
        f"{'9' * 5000}:{ONE}",
        f"one:{ONE}",
        f":{ONE}",
        "1:not base64!",
        "1:" + base64.b64encode(b"short").decode(),
        f"1:{ONE},1:{TWO}",
        f"1:{ONE};2:{TWO}",
    ],
)
def test_a_malformed_ring_is_named_by_its_setting(keys, ring: str):
    keys(ring)

    with pytest.raises(ImproperlyConfigured, match="FLECTAR_KEYS"):
        crypto.seal(b"sesame", PLACE)


def test_a_malformed_ring_is_never_quoted(keys):
    keys("1:not base64 but secret")

    with pytest.raises(ImproperlyConfigured) as error:
        crypto.active_key_id()

    assert "secret" not in str(error.value)


@pytest.mark.parametrize("ring", ["", " , "])
def test_an_empty_ring_says_how_to_make_a_key(keys, ring: str):
    keys(ring)

    with pytest.raises(ImproperlyConfigured, match="flectar keys new"):
        crypto.seal(b"sesame", PLACE)


def test_spaces_and_line_ends_in_a_ring_do_no_harm(keys):
    keys(f" 2:{TWO} ,\n1:{ONE}\n")

    assert crypto.active_key_id() == 2


def test_a_rotation_brings_every_app_under_the_active_key(keys, monkeypatch):
    stored = [crypto.seal(bytes([n]), PLACE) for n in range(5)]

    def rewrap_all() -> Iterator[int]:
        for start in range(0, len(stored), 2):
            batch = stored[start : start + 2]
            stored[start : start + 2] = [crypto.rewrap(blob, PLACE) for blob in batch]
            yield len(batch)

    monkeypatch.setattr(crypto, "_rotations", {})
    crypto.rotates("things", rewrap_all)
    keys(f"2:{TWO},1:{ONE}")

    assert crypto.rotate() == {"things": 5}

    keys(f"2:{TWO}")
    assert [crypto.open_sealed(blob, PLACE) for blob in stored] == [bytes([n]) for n in range(5)]


def test_a_blind_index_finds_an_equal_value_of_the_same_purpose_only(keys):
    found = crypto.blind_index("ana@example.com", "email")

    assert found == crypto.blind_index("ana@example.com", "email")
    assert found != crypto.blind_index("ana@example.com", "phone")
    assert found != crypto.blind_index("ana@example.org", "email")
    assert len(found) == 64


def test_a_blind_index_survives_a_rotation(keys):
    before = crypto.blind_index("ana@example.com", "email")

    keys(f"2:{TWO},1:{ONE}")

    assert crypto.blind_index("ana@example.com", "email") == before


def test_a_signed_value_comes_back_for_its_own_purpose():
    token = crypto.sign("unsubscribe", "ana:1")

    assert crypto.unsign("unsubscribe", token) == "ana:1"
    with pytest.raises(crypto.BadSignature):
        crypto.unsign("delete", token)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", lambda t: "\ud800", lambda t: "ñ:ñ:ñ"]
)
def test_a_changed_link_is_refused(spoil):
    with pytest.raises(crypto.BadSignature):
        crypto.unsign("unsubscribe", spoil(crypto.sign("unsubscribe", "ana")))


def test_a_signed_value_expires(monkeypatch):
    token = crypto.sign("unsubscribe", "ana")
    signed_at = time.time()

    monkeypatch.setattr(time, "time", lambda: signed_at + 299)
    assert crypto.unsign("unsubscribe", token, within=timedelta(minutes=5)) == "ana"

    monkeypatch.setattr(time, "time", lambda: signed_at + 302)
    with pytest.raises(crypto.Expired):
        crypto.unsign("unsubscribe", token, within=timedelta(minutes=5))
