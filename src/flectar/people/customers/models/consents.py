"""What customers agreed to: lines that are only ever added."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer
from flectar.platform.projects.models import TenantModel


class Consent(TenantModel):
    """One answer of a customer: given or withdrawn, when and how, and the words they read. What holds now is the newest
    line of its purpose and channel (consents.py). The database refuses to change a line; only its customer may become
    another one, when two are merged."""

    class Purpose(models.TextChoices):
        NEWS = "news", _("News and offers")
        REMINDERS = "reminders", _("Reminders")
        PHOTOS = "photos", _("Photos of them in public")

    class Channel(models.TextChoices):
        ANY = "", _("Any")
        EMAIL = "email", _("Email")
        SMS = "sms", _("SMS")
        WHATSAPP = "whatsapp", _("WhatsApp")

    class Method(models.TextChoices):
        TEAM = "team", _("told your team")
        BOOKING = "booking", _("on the booking page")
        WEBSITE = "website", _("by a form on your website")
        LINK = "link", _("by the link in a message")
        MESSAGE = "message", _("by a message")
        IMPORT = "import", _("from an imported file")
        API = "api", _("through the API")

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=20, choices=Channel, blank=True)
    is_given = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    method = models.CharField(max_length=20, choices=Method)
    wording = models.TextField(blank=True, default="")  # what they read, to the letter
    wording_version = models.CharField(max_length=40, blank=True, default="")
    wording_locale = models.CharField(max_length=10, blank=True, default="")
    page = models.CharField(max_length=200, blank=True, default="")  # where they read it
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["project", "customer", "purpose", "channel", "-at"], name="customers_consent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}".strip()
