"""The demo's own mail provider, as the supervisor starts it."""

import json

from flectar.config.command import up


def test_the_keys_of_the_local_provider_outlive_a_restart(tmp_path):
    first = up._local_mail(tmp_path)
    second = up._local_mail(tmp_path)

    keys = json.loads((tmp_path / "mail" / "keys.json").read_text())
    assert first.environment["FLECTAR_RESEND_API_KEY"] == second.environment["RESEND_API_KEY"] == keys["api_key"]
    assert first.environment["FLECTAR_RESEND_WEBHOOK_SECRET"] == keys["secret"]
    assert (tmp_path / "mail" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_demo_with_a_provider_of_its_own_starts_none(monkeypatch):
    monkeypatch.setenv("FLECTAR_SMTP_URL", "smtp://mail.example.com")
    assert up._sends_mail_elsewhere()
