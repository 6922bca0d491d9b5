"""A new project, in one short form."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Organization
from flectar.platform.organizations.roles import role_allows
from flectar.platform.projects import choices
from flectar.platform.projects.creation import NewProject
from flectar.platform.projects.forms.fields import AddressField
from flectar.platform.projects.models import BusinessProfile
from flectar.platform.projects.starters import brings
from flectar.platform.projects.taken import AddressTaken, free_slug, refuse_taken

NEW = "new"


class NewProjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As it stands on the door."))
    slug = AddressField(required=False)
    kind = forms.ChoiceField(
        label=_("Kind of business"),
        choices=BusinessProfile.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "check"}),
        help_text=_("It brings a look, services and hours to begin with."),
    )
    is_empty = forms.BooleanField(
        label=_("Start empty"), required=False, help_text=_("With the look alone: no services, no hours.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=choices.countries)
    zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=choices.currencies)
    locale = forms.ChoiceField(label=_("Language of your page"), choices=settings.LANGUAGES)
    organization = forms.ChoiceField(label=_("Organization"), help_text=_("Who owns it and pays for it."))
    organization_name = forms.CharField(
        label=_("Name of the organization"),
        max_length=120,
        required=False,
        help_text=_("The company or person behind it. Empty: the same name."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].help_text = _(
            "“casa-rosa” gives casa-rosa.%(host)s. Leave it empty and we make it from the name."
        ) % {"host": settings.SITE_HOST}
        self._organizations = organizations_run_by(person)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        if self._organizations:
            named = [(str(pk), organization.name) for pk, organization in self._organizations.items()]
            field.choices = [*named, (NEW, _("A new organization"))]
        else:
            del self.fields["organization"]

    @property
    def kinds(self) -> list[tuple[Any, str, str | Promise]]:
        """Each trade: its button, its key, and what it brings."""
        return [(option, option.data["value"], brings(option.data["value"])) for option in self["kind"]]

    @property
    def suggested_slug(self) -> str:
        """For the name as far as it is typed."""
        return free_slug(str(self["name"].value() or ""))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        name, slug = values.get("name"), values.get("slug")
        if name and "slug" in values and not slug:
            values["slug"] = free_slug(name)
            if not values["slug"]:
                self.add_error("slug", _("Write an address in letters a to z, as in “casa-rosa”."))
        elif slug:
            try:
                refuse_taken(slug)
            except AddressTaken as error:
                self.add_error("slug", str(error))
        return values

    def plan(self) -> NewProject:
        values = self.cleaned_data
        chosen = values.get("organization", NEW)
        return NewProject(
            name=values["name"],
            slug=values["slug"],
            kind=values["kind"],
            is_filled=not values["is_empty"],
            zone=values["zone"],
            currency=values["currency"],
            locale=values["locale"],
            country=values["country"],
            organization=None if chosen == NEW else self._organizations[UUID(chosen)],
            organization_name=values["organization_name"],
        )


def organizations_run_by(person: User) -> dict[UUID, Organization]:
    """Where the person may make projects."""
    mine = person.memberships.select_related("organization").order_by("organization__name", "organization_id")
    return {
        membership.organization_id: membership.organization
        for membership in mine
        if role_allows(membership.role, "organization.manage")
    }
