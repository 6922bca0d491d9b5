"""The demo's own providers, and settings that would work by half."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from flectar.config import settings
from flectar.config.command import up


def names(data: Path) -> list[str]:
    (data / "log").mkdir(exist_ok=True)
    return [child.name for child in up._helpers(data)]


def test_a_demo_brings_the_providers_that_nobody_has_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("RESEND_API_KEY", "SMTP_URL", "TWILIO_ACCOUNT", "GOOGLE_CLIENT_ID", "PLATFORM_HOST", "RESOLVERS"):
        monkeypatch.delenv(f"FLECTAR_{name}", raising=False)
    assert names(tmp_path) == ["mail", "texts", "google", "names"]

    monkeypatch.setenv("FLECTAR_GOOGLE_CLIENT_ID", "real")
    monkeypatch.setenv("FLECTAR_TWILIO_ACCOUNT", "ACreal")
    monkeypatch.setenv("FLECTAR_RESOLVERS", "192.0.2.53")
    assert names(tmp_path) == ["mail"]


def test_a_demo_that_others_reach_offers_no_google_of_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLECTAR_PLATFORM_HOST", "demo.flectar.example")

    assert "google" not in names(tmp_path)


def test_half_a_provider_stops_the_start_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FLECTAR_GOOGLE_CLIENT_ID", "an-app")
    monkeypatch.delenv("FLECTAR_GOOGLE_CLIENT_SECRET", raising=False)

    with pytest.raises(ImproperlyConfigured, match="FLECTAR_GOOGLE_CLIENT_SECRET is missing"):
        settings.together("FLECTAR_GOOGLE_CLIENT_ID", "FLECTAR_GOOGLE_CLIENT_SECRET")


def test_a_real_installation_asks_no_local_google(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "HTTPS", True)

    with pytest.raises(ImproperlyConfigured, match="is a local Google"):
        settings.google("http://127.0.0.1:8026")
    assert settings.google("").issuer == "https://accounts.google.com"
