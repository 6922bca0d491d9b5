"""What the logs are asked for: the project's, and the organization's. All may be left open."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock
from flectar.platform.audit import reading, security
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.models import Project

KINDS = [
    ("support", gettext_lazy("Support")),
    ("visitor", gettext_lazy("A customer")),
    ("key", gettext_lazy("An API key")),
    ("import", gettext_lazy("An import")),
    ("system", gettext_lazy("The system")),
]

# The subjects of the organization's security events, in words.
SUBJECTS: dict[str, str | Promise] = {
    "organization": gettext_lazy("The organization"),
    "invitation": gettext_lazy("Invitations"),
    "member": gettext_lazy("Members"),
    "role": gettext_lazy("Roles"),
    "ownership": gettext_lazy("Ownership"),
    "second_step": gettext_lazy("Two-step sign-in"),
    "permission": gettext_lazy("Refused attempts"),
    "key": gettext_lazy("API keys"),
    "project": gettext_lazy("Projects that leave"),
    "operator": gettext_lazy("Looks by the platform"),
    "support": gettext_lazy("Support"),
}
_FIRST = date(2020, 1, 1)

type Choices = list[tuple[str, Any]]


class LogForm(forms.Form):
    """Who, and between which days of `zone`; `until` is the last day shown."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, organization: Organization, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone
        members = organization.memberships.select_related("user")
        people = sorted(members, key=lambda each: each.user.sort_key)
        self.choose("who", [(str(each.user_id), each.user.name) for each in people])

    def choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self._choice(name).choices = [("", ""), *choices]

    def choices_of(self, name: str) -> Choices:
        """Without the one that means any."""
        choices: Any = self._choice(name).choices
        return list(choices)[1:]

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        return field

    def during(self) -> dict[str, Any]:
        """The days as moments, for `reading.Filters`."""
        since, last = self.cleaned_data["since"], self.cleaned_data["until"]
        return {
            "since": clock.day_bounds(since, self._zone)[0] if since else None,
            "until": clock.day_bounds(last, self._zone)[1] if last else None,
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        # Room for the day's end in a zone behind UTC.
        for name, day in (("since", since), ("until", until)):
            if day and not _FIRST <= day <= clock.today(self._zone) + timedelta(days=366):
                self.add_error(name, _("Choose a day within the log."))
        return values

    def wrong(self) -> str:
        """Why these filters find nothing, with the name of each."""
        return " ".join(f"{self.fields[name].label}: {errors[0]}" for name, errors in self.errors.items())


class ProjectLogForm(LogForm):
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, organization=project.organization, zone=project.tz, **kwargs)
        self.choose("who", [*self.choices_of("who"), *KINDS])
        # What is done to the organization stands in its own log.
        deeds = [deed for deed in reading.deeds().items() if not security.is_of_organization(deed[0])]
        self.choose("action", sorted(deeds, key=lambda deed: str(deed[1])))

    def filters(self) -> reading.Filters:
        who = self.cleaned_data["who"]
        is_kind = who in dict(KINDS)
        return reading.Filters(
            actor_id=UUID(who) if who and not is_kind else None,
            actor_kind=who if is_kind else "",
            action=self.cleaned_data["action"],
            **self.during(),
        )


class OrganizationLogForm(LogForm):
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("about", [(key, SUBJECTS[key]) for key in security.subjects(security.ORGANIZATION)])

    def filters(self) -> reading.Filters:
        who = self.cleaned_data["who"]
        return reading.Filters(
            actor_id=UUID(who) if who else None,
            actions=security.actions_about(security.ORGANIZATION, self.cleaned_data["about"]),
            **self.during(),
        )
