from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MANAGER = "manager", _("Manager")
    EDITOR = "editor", _("Editor")
    STAFF = "staff", _("Staff")
    ACCOUNTANT = "accountant", _("Accountant")
    VIEWER = "viewer", _("Viewer")
    CUSTOM = "custom", _("Own role")  # one that the organization has made: see CustomRole


BUILT_IN = tuple(role for role in Role if role != Role.CUSTOM)
# They hold their role in every project, and only they may do what is reserved (roles.py).
RUNS_ALL = (Role.OWNER, Role.ADMIN)


class Organization(models.Model):
    """Who owns projects and pays for them."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    name = models.CharField(_("Name"), max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    # From when on whoever has no second step at sign-in is kept out; None: it is not asked for.
    second_step_from = models.DateTimeField(null=True)
    # Until when the platform's support may come in; None: closed, as it is unless an owner opens it.
    support_until = models.DateTimeField(null=True)
    support_may_write = models.BooleanField(default=False, db_default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="organizations")

    def __str__(self) -> str:
        return self.name


class CustomRole(models.Model):
    """A role that an organization has made for itself: a name, and the permissions that it carries."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="custom_roles")
    name = models.CharField(_("Name"), max_length=60)
    permissions = ArrayField(models.CharField(max_length=80), verbose_name=_("May"))
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="organizations_customrole_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


def _names_its_own_role() -> models.Q:
    return models.Q(role=Role.CUSTOM, custom_role__isnull=False) | (
        ~models.Q(role=Role.CUSTOM) & models.Q(custom_role=None)
    )


def _runs_all_or_is_no_admin() -> models.Q:
    return ~models.Q(role__in=RUNS_ALL) | models.Q(project_ids=None)


class Membership(models.Model):
    """A person in an organization, with one role, in all its projects or in chosen ones."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    custom_role = models.ForeignKey(CustomRole, models.RESTRICT, null=True, related_name="memberships")
    # None: every project, also those to come. Plain ids: projects are above us.
    project_ids = ArrayField(models.UUIDField(), null=True)
    # Sees and changes only what stands in their own calendar. Without meaning for who runs all.
    is_own_only = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="organizations_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organizations_membership_role"),
            models.CheckConstraint(condition=_names_its_own_role(), name="organizations_membership_own_role"),
            models.CheckConstraint(condition=_runs_all_or_is_no_admin(), name="organizations_membership_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role_name})"

    @property
    def role_name(self) -> str:
        return self.custom_role.name if self.custom_role else str(self.get_role_display())


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Neither taken nor withdrawn. Those that have run out are among them: they can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A seat held for an email address. The link in the mail works once, and only for an account with that address."""

    GOOD_FOR = timedelta(days=7)

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("Email"))
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    custom_role = models.ForeignKey(CustomRole, models.SET_NULL, null=True, related_name="invitations")
    project_ids = ArrayField(models.UUIDField(), null=True)  # as a membership's
    is_own_only = models.BooleanField(default=False, db_default=False)  # as a membership's
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the link's secret, which is in the mail alone
    locale = models.CharField(_("Language"), max_length=10)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="organizations_invitation_one_waiting",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="organizations_invitation_email"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organizations_invitation_role"),
            models.CheckConstraint(condition=_runs_all_or_is_no_admin(), name="organizations_invitation_reach"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def role_name(self) -> str:
        return self.custom_role.name if self.custom_role else str(self.get_role_display())

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + self.GOOD_FOR

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= clock.now()


class Handover(models.Model):
    """An owner offers the organization to another member, who accepts; the owner may take it back for a while."""

    GOOD_FOR = timedelta(days=7)
    UNDONE_WITHIN = timedelta(hours=72)

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="handovers")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    offered_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # withdrawn, declined, or undone after it was accepted
    # What the taker was before, to go back to.
    taker_role = models.CharField(max_length=20, choices=Role, blank=True)
    taker_custom_role = models.ForeignKey(CustomRole, models.SET_NULL, null=True, related_name="+")
    taker_project_ids = ArrayField(models.UUIDField(), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(accepted_at=None, ended_at=None),
                name="organizations_handover_one_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.taker)

    @property
    def expires_at(self) -> datetime:
        return self.offered_at + self.GOOD_FOR

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.ended_at is None and clock.now() < self.expires_at

    @property
    def undone_until(self) -> datetime | None:
        return self.accepted_at + self.UNDONE_WITHIN if self.accepted_at else None

    @property
    def can_be_undone(self) -> bool:
        return self.ended_at is None and self.undone_until is not None and clock.now() < self.undone_until


class SupportVisit(models.Model):
    """An operator looks at an organization as one of its members, for half an hour, with a reason."""

    LASTS = timedelta(minutes=30)

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="support_visits")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")  # whose rights are borrowed
    reason = models.CharField(_("Reason"), max_length=300)
    ticket = models.CharField(_("Ticket"), max_length=60)
    may_write = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # before its time

    class Meta:
        indexes = [models.Index(fields=["operator", "-started_at"], name="organizations_visit_newest")]

    def __str__(self) -> str:
        return self.ticket

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and clock.now() < self.ends_at
