from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7
from flectar.core.storage import public_url
from flectar.core.text import fold


class UserManager(BaseUserManager["User"]):
    """allauth and Django ask for these two."""

    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        user = self.model(email=email.strip().lower(), **values)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person with an account. What they may do comes from memberships alone; there is no staff shortcut."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    email = models.EmailField(_("Email"), unique=True)
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    # E.164. Proven by a code where the installation sends text messages; nothing opens by it.
    phone = models.CharField(_("Phone"), max_length=16, blank=True, default="", db_default="")
    phone_verified_at = models.DateTimeField(null=True)
    # The path among the public files.
    picture = models.CharField(max_length=120, blank=True, default="", db_default="")
    locale = models.CharField(_("Language"), max_length=10, default="en")
    theme = models.CharField(_("Theme"), max_length=10, default="system")
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(null=True)  # asked for, and not taken back yet

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The full name, or the email's first part while there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.email.partition("@")[0]

    @property
    def sort_key(self) -> str:
        return fold(self.name)

    @property
    def picture_url(self) -> str:
        return public_url(self.picture) if self.picture else ""


class Device(models.Model):
    """A browser in which somebody has signed in. Its cookie holds a random value; here is the keyed hash of it, made
    anew for each person, so that two people at one computer are not tied together."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    user_agent = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    trusted_until = models.DateTimeField(null=True)
    trusted_for = models.CharField(max_length=64, blank=True)  # the state of password and second factors back then

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_device_once")]

    def __str__(self) -> str:
        return self.user_agent


class ParkedAccount(models.Model):
    """Another account that is signed in in the same browser, and waits there to be switched to.

    `browser` is the keyed hash of the value in that browser's cookie; the session's key never leaves the server.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    browser = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    parked_at = models.DateTimeField(default=clock.now)
    is_kept = models.BooleanField()  # beyond the closing of the browser, as the person ticked at sign-in

    class Meta:
        constraints = [models.UniqueConstraint(fields=["browser", "user"], name="accounts_parked_once")]

    def __str__(self) -> str:
        return str(self.user)


class Copy(models.Model):
    """A copy of somebody's data that they asked for; without a path while it is being made."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "copies"
        indexes = [models.Index(fields=["user", "-made_at"], name="accounts_copy_newest")]

    def __str__(self) -> str:
        return str(self.asked_at)
