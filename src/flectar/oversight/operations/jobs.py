"""What the installation needs done by the clock: writing to account holders before a document changes, and forgetting
letters that were settled long ago."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from flectar.core import clock
from flectar.core.jobs import every, job
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.legal import documents
from flectar.platform.legal.models import Announcement, Letter
from flectar.platform.outbox import send_mail

# How long before a material change account holders are written to; the terms promise 30 days.
NOTICE = timedelta(days=35)
LETTERS_KEPT = timedelta(days=730)
AT_ONCE = 500


@every("12 8 * * *", name="operations.announce_documents")
def announce_documents() -> None:
    """Once for each material version that is to come."""
    for name in documents.TITLES:
        coming = documents.upcoming(name)
        if coming is None or not coming.is_material or coming.effective_from - documents.today() > NOTICE:
            continue
        with transaction.atomic():
            _, is_new = Announcement.objects.get_or_create(document=name, version=coming.number)
            if is_new:
                announce_to.defer(document=name, number=coming.number, after="")


@job("operations.announce_to")
def announce_to(document: str, number: int, after: str) -> None:
    """The account holders that come after this id, some hundred at a time; then itself again for the rest."""
    with transaction.atomic():
        people = User.objects.filter(is_active=True).order_by("pk")
        chosen = list((people.filter(pk__gt=after) if after else people)[:AT_ONCE])
        for person in chosen:
            _write_to(person, documents.version(document, number))
        if len(chosen) == AT_ONCE:
            announce_to.defer(document=document, number=number, after=str(chosen[-1].pk))
        else:
            Announcement.objects.filter(document=document, version=number).update(finished_at=clock.now())


def _write_to(person: User, coming: documents.Version) -> None:
    where = {"document": coming.document, "number": coming.number}
    language = person.locale if person.locale in coming.summaries else "en"
    send_mail(
        event="legal.coming",
        to=(person.name, person.email),
        locale=person.locale,
        context={
            "title": coming.title,
            "summary": coming.summaries[language],
            "from_day": coming.effective_from,
            "address": platform_origin() + reverse("legal:version", kwargs=where),
            "changes": platform_origin() + reverse("legal:changes", kwargs=where),
        },
        # Tried twice, written once.
        dedupe_key=f"legal {coming.document} {coming.number} {person.pk}",
    )


@every("41 4 * * *", name="operations.forget_letters")
def forget_letters() -> None:
    """Two years after they were closed."""
    Letter.objects.filter(closed_at__lt=clock.now() - LETTERS_KEPT).delete()
