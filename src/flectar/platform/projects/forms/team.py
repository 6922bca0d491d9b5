"""A member's seat, and a role of the organization's own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.platform.organizations.membership import Given
from flectar.platform.organizations.models import BUILT_IN, RUNS_ALL, CustomRole, Organization, Role
from flectar.platform.organizations.own_roles import ALWAYS, offered
from flectar.platform.organizations.roles import SAID, areas
from flectar.platform.projects.models import Project

EVERYWHERE, CHOSEN = "all", "chosen"


class SeatForm(forms.Form):
    """A role, and the projects in which it holds. The projects are asked for only where there is a choice."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect(attrs={"class": "check"}))
    reach = forms.ChoiceField(label=gettext_lazy("Works in"), widget=forms.RadioSelect)
    projects = forms.MultipleChoiceField(
        label=gettext_lazy("Chosen projects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_own_only = forms.BooleanField(
        label=gettext_lazy("Only their own calendar"),
        required=False,
        help_text=gettext_lazy(
            "Sees and changes only the bookings of the calendar that belongs to their account. Owners and admins see"
            " every calendar."
        ),
    )

    def __init__(self, *args: Any, organization: Organization, may_make_owners: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = {str(role.pk): role for role in organization.custom_roles.order_by("name", "id")}
        self._projects = {str(each.pk): each for each in Project.objects.filter(organization=organization)}
        built_in = [
            (role.value, f"{role.label}: {SAID[role]}") for role in BUILT_IN if role != Role.OWNER or may_make_owners
        ]
        self._choose("role", [*built_in, *((key, role.name) for key, role in self._own.items())])
        self._choose(
            "reach",
            [
                (EVERYWHERE, _("Every project of %(name)s, also those to come") % {"name": organization.name}),
                (CHOSEN, _("Chosen projects only")),
            ],
        )
        named = sorted(self._projects.items(), key=lambda each: each[1].name.casefold())
        self._choose("projects", [(key, project.name) for key, project in named])
        if len(self._projects) < 2 and self.initial.get("reach", EVERYWHERE) == EVERYWHERE:
            del self.fields["reach"], self.fields["projects"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("reach") == CHOSEN and "role" in values:
            if values["role"] in RUNS_ALL:
                self.add_error("reach", _("Owners and admins work in every project."))
            elif not values.get("projects"):
                self.add_error("projects", _("Tick at least one."))
        return values

    def given(self) -> Given:
        values = self.cleaned_data
        own = self._own.get(values["role"])
        chosen = values.get("projects", []) if values.get("reach") == CHOSEN else None
        return Given(
            Role.CUSTOM if own else values["role"],
            own,
            None if chosen is None else tuple(UUID(each) for each in chosen),
            "" if chosen is None else ", ".join(self._projects[each].name for each in chosen),
            values["is_own_only"],
        )

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = list(choices)


def seat_of(
    role: str, custom_role: CustomRole | None, project_ids: Sequence[UUID] | None, *, is_own_only: bool = False
) -> dict[str, Any]:
    """The initial values of a seat."""
    return {
        "is_own_only": is_own_only,
        "role": str(custom_role.pk) if custom_role else role,
        "reach": EVERYWHERE if project_ids is None else CHOSEN,
        "projects": [str(each) for each in project_ids or ()],
    }


class OwnRoleForm(forms.Form):
    """A name, and a box for each permission, by area."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = offered()
        self._areas: list[str] = []
        for number, area in enumerate(areas()):
            choices = [(name, str(words[name])) for name in area.permissions() if name in words]
            if choices:
                self._areas.append(f"may_{number}")
                self.fields[f"may_{number}"] = forms.MultipleChoiceField(
                    label=str(area.label), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                )

    @property
    def permission_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self._areas]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self._areas and not any(values.get(name) for name in self._areas):
            self.add_error(self._areas[0], _("Tick what this role may do."))
        return values

    def permissions(self) -> list[str]:
        return [each for name in self._areas for each in self.cleaned_data[name]]

    @classmethod
    def initial_of(cls, role: CustomRole) -> Mapping[str, Any]:
        held = {
            f"may_{number}": [name for name in area.permissions() if name in role.permissions and name not in ALWAYS]
            for number, area in enumerate(areas())
        }
        return {"name": role.name, **held}
