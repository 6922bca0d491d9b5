"""Account holders are written to before a document changes, each once, and only for what matters."""

import pytest

from flectar.oversight.operations import jobs
from flectar.platform.accounts.models import User
from flectar.platform.outbox.models import Message
from tests.platform.legal.conftest import Publish, publish

__all__ = ["publish"]


def test_each_account_holder_is_written_to_once_in_their_language(
    lucia: User, stranger: User, publish: Publish, monkeypatch: pytest.MonkeyPatch
):
    User.objects.filter(pk=lucia.pk).update(locale="es")
    publish("terms", 2, in_days=32)
    monkeypatch.setattr(jobs, "AT_ONCE", 1)

    jobs.announce_documents.run()
    jobs.announce_documents.run()
    for after in ("", str(min(lucia.pk, stranger.pk)), str(max(lucia.pk, stranger.pk)), ""):
        jobs.announce_to.run(document="terms", number=2, after=after)

    mails = {mail.to_address: mail for mail in Message.objects.all()}
    assert len(mails) == Message.objects.count() == 2
    assert "Términos de uso: nueva versión" in mails["lucia@nacar.example"].subject
    assert "Frases más cortas." in mails["lucia@nacar.example"].text
    assert "Terms of use: a new version from" in mails["bruno@clinica.example"].subject
    assert "http://localhost:8000/legal/terms/2/changes" in mails["bruno@clinica.example"].text


@pytest.mark.parametrize(("in_days", "is_material"), [(60, True), (32, False), (-1, True)])
def test_what_is_far_off_or_small_or_over_is_not_announced(
    lucia: User, publish: Publish, in_days: int, is_material: bool
):
    publish("terms", 2, in_days=in_days, is_material=is_material)

    jobs.announce_documents.run()

    from flectar.platform.legal.models import Announcement

    assert not Announcement.objects.exists()
