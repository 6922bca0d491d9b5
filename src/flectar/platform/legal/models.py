"""Who agreed to what, an organization's own wording, and letters to the operator. Ids of accounts, organizations and
projects are plain: they live on floors above."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7


class Acceptance(models.Model):
    """A person agreed to a version, for themselves or for an organization. Never changed."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    account_id = models.UUIDField()
    account_name = models.CharField(max_length=200, blank=True)  # as it was then: the account may be closed later
    organization_id = models.UUIDField(null=True)
    document = models.CharField(max_length=20)
    version = models.CharField(max_length=20)  # "3", or "own-1" for an organization's own wording
    locale = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)  # SHA-256 of the text as it was shown
    accepted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "organization_id", "document", "version"],
                name="legal_acceptance_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["organization_id", "document"], name="legal_acceptance_by_org")]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"


class OwnText(models.Model):
    """What was agreed with one organization instead of the platform's text. The highest number holds."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization_id = models.UUIDField()
    document = models.CharField(max_length=20)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("Text"), max_length=100_000)
    summary = models.CharField(_("What differs"), max_length=300)
    created_at = models.DateTimeField(default=clock.now)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "document", "number"], name="legal_owntext_number")
        ]

    def __str__(self) -> str:
        return f"own-{self.number}"


class Letter(models.Model):
    """What somebody writes to whoever runs the installation: a report of abuse, or a question about their data."""

    class Kind(models.TextChoices):
        ABUSE = "abuse", _("Report of abuse")
        PRIVACY = "privacy", _("Question about data")

    class Topic(models.TextChoices):
        FRAUD = "fraud", _("Fraud, or someone who pretends to be another")
        ILLEGAL = "illegal", _("Something illegal")
        RIGHTS = "rights", _("My work or my name, used without leave")
        PRIVATE = "private", _("My personal data, shown without leave")
        MALWARE = "malware", _("It attacks visitors or their devices")
        OTHER = "other", _("Something else")
        ACCESS = "access", _("I want a copy of my data")
        ERASE = "erase", _("I want my data erased")
        CORRECT = "correct", _("Something about me is wrong")
        OBJECT = "object", _("I object to what is done with my data")
        QUESTION = "question", _("I have a question")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    code = models.CharField(max_length=12, unique=True)  # what people quote
    kind = models.CharField(max_length=10, choices=Kind)
    topic = models.CharField(max_length=10, choices=Topic)
    reference_kind = models.CharField(max_length=12, blank=True)
    reference = models.CharField(max_length=500, blank=True)  # a page's address, a booking's code …, as written
    about_project = models.UUIDField(null=True)  # the one that the reference names, if it names one
    text = models.TextField(_("What is it about?"), max_length=5000)
    email = models.EmailField(_("Email"))
    name = models.CharField(_("Name"), max_length=120, blank=True)
    locale = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(_("What was done"), max_length=2000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="legal_letter_newest"),
            models.Index(fields=["about_project"], name="legal_letter_by_project"),
        ]

    def __str__(self) -> str:
        return self.code


class Announcement(models.Model):
    """A material version about which account holders have been written to. Each of them once: the mail has a key."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    document = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "version"], name="legal_announcement_once")]
