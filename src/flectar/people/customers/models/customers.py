"""Customers, how to reach them, what was noted about them, and the imports that brought them."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.storage import public_url
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.core.text import fold
from flectar.platform.projects.models import TenantModel


def sort_key(name: str) -> str:
    """The stored key of a name; cut, because a few letters fold to many."""
    return fold(name)[:300]


class Via(models.TextChoices):
    """The ways by which a person's data reaches a business."""

    DASHBOARD = "dashboard", _("Typed in by your team")
    IMPORT = "import", _("Import")
    API = "api", _("API")
    BOOKING = "booking", _("Booking page")
    WEBSITE = "website", _("Form on your website")
    LISTING = "listing", _("Listing page")
    INVOICE = "invoice", _("Invoice")
    FILE_SHARE = "file_share", _("Shared file")
    MESSAGE = "message", _("Message")
    SUBSCRIPTION = "subscription", _("Subscription")
    INTEGRATION = "integration", _("Connected service")


class ContactKind(models.TextChoices):
    """Where or for what an email, a phone or an address is. Empty: nobody said."""

    MOBILE = "mobile", _("Mobile")
    HOME = "home", _("Home")
    WORK = "work", _("Work")
    BILLING = "billing", _("Invoices")
    DELIVERY = "delivery", _("Deliveries")
    OTHER = "other", _("Other")


class CustomerImport(TenantModel):
    """A file on its way in: uploaded, looked at, then brought in by a job. The file is forgotten when it is done."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for you to check it")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")
        UNDONE = "undone", _("Undone")

    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    says = models.JSONField(default=list)  # one meaning a column, as in columns.Says
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows = models.IntegerField(default=0)
    people = models.IntegerField(default=0)
    done = models.IntegerField(default=0)  # people handled so far
    added = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)  # known people who got a new email, phone or note
    known = models.IntegerField(default=0)  # known people with nothing new
    remarks = models.JSONField(default=list)  # [line, outcome, reason, [cells…]], as in people.Remark
    headers = models.JSONField(default=list)
    problem = models.TextField(blank=True)  # why it stopped
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="customers_import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def can_be_repeated(self) -> bool:
        """It stopped, and its file is still here."""
        return self.state == self.State.FAILED and self.content is not None


class CustomerQuerySet(TenantQuerySet["Customer"]):
    def current(self) -> "CustomerQuerySet":
        """Everybody who is not archived."""
        return self.filter(archived_at=None)

    def archived(self) -> "CustomerQuerySet":
        return self.filter(archived_at__isnull=False, erased_at=None)

    def by_name(self) -> "CustomerQuerySet":
        return self.order_by("sort_key", "id")

    def after(self, key: str, pk: UUID) -> "CustomerQuerySet":
        """In the order of `by_name`, those behind that place. The first condition is what the index serves."""
        return self.filter(Q(sort_key__gte=key), Q(sort_key__gt=key) | Q(id__gt=pk))

    def with_contacts(self) -> "CustomerQuerySet":
        """Each with all of them."""
        return self.prefetch_related("emails", "phones", "addresses")

    def whole(self) -> "CustomerQuerySet":
        """Each with all that the API says of it."""
        return self.prefetch_related("emails", "phones", "addresses", "tags__tag", "values__field")

    def with_first_contacts(self) -> "CustomerQuerySet":
        """Each with the one email and phone that a list shows, in the same query and without a queryset a row."""
        emails = CustomerEmail.objects.filter(customer=OuterRef("pk")).order_by("position", "id").values("email")
        phones = CustomerPhone.objects.filter(customer=OuterRef("pk")).order_by("position", "id").values("number")
        return self.annotate(first_email=Subquery(emails[:1]), first_phone=Subquery(phones[:1]))


class Customer(TenantModel):
    """A person or company that a business serves. Changed through directory.py only, which keeps the folded key."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    name = models.CharField(_("Name"), max_length=200)
    sort_key = models.CharField(max_length=300, db_collation="C", editable=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    locale = models.CharField(_("Language"), max_length=10, blank=True)
    picture = models.CharField(max_length=200, blank=True, default="", db_default="")  # among the public files
    collected_via = models.CharField(_("Came by"), max_length=20, choices=Via)
    collected_from = models.CharField(max_length=200, blank=True)  # the page, form or file
    notice_version = models.CharField(max_length=40, blank=True)  # of the privacy notice that was shown
    brought_by = TenantForeignKey(CustomerImport, models.SET_NULL, null=True, related_name="customers")
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)
    restricted_at = models.DateTimeField(null=True)  # Art. 18 GDPR: kept and shown, neither changed nor used
    restricted_because = models.CharField(max_length=300, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True)  # an empty row: the business must keep what refers to it

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customers_customer_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=["person", "company"]), name="customers_customer_kind"),
        ]
        indexes = [
            models.Index(
                fields=["project", "sort_key", "id"], name="customers_current_by_name", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["project", "sort_key", "id"],
                name="customers_archived_by_name",
                condition=Q(archived_at__isnull=False),
            ),
            models.Index(fields=["project", "created_at", "id"], name="customers_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def picture_url(self) -> str:
        return public_url(self.picture) if self.picture else ""

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None

    @property
    def is_open_to_change(self) -> bool:
        return self.restricted_at is None and self.erased_at is None

    @property
    def email(self) -> str:
        """The first one; empty if there is none."""
        if "first_email" in self.__dict__:
            return self.__dict__["first_email"] or ""
        return next((row.email for row in self.emails.all()), "")

    @property
    def phone(self) -> str:
        """The first one in E.164; empty if there is none."""
        if "first_phone" in self.__dict__:
            return self.__dict__["first_phone"] or ""
        return next((row.number for row in self.phones.all()), "")

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class CustomerEmail(TenantModel):
    """An address, in lower case. It belongs to one customer only: that is what makes people one."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="emails")
    email = models.EmailField(_("Email"))
    kind = models.CharField(_("Kind"), max_length=10, choices=ContactKind, blank=True, default="", db_default="")
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "email"], name="customers_email_has_one_customer")]

    def __str__(self) -> str:
        return self.email


class CustomerPhone(TenantModel):
    """A number in E.164. A family may share one."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="phones")
    number = models.CharField(_("Phone"), max_length=16, db_collation="C")
    kind = models.CharField(_("Kind"), max_length=10, choices=ContactKind, blank=True, default="", db_default="")
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["project", "number"], name="customers_phone_by_number")]
        constraints = [
            models.UniqueConstraint(fields=["project", "customer", "number"], name="customers_phone_once"),
            models.CheckConstraint(condition=Q(number__regex=r"^\+[1-9][0-9]{6,14}$"), name="customers_phone_is_e164"),
        ]

    def __str__(self) -> str:
        return self.number


class CustomerNote(TenantModel):
    """What somebody of the team, or a file, says about a customer. Never shown to the customer."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="notes")
    body = models.TextField(_("Note"), max_length=5000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # gone for good a day later

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["project", "customer", "-created_at"], name="customers_note_newest")]
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="customers_note_says_something")]

    def __str__(self) -> str:
        return self.body[:60]
