"""HTML in, about booking on other websites: what a place on one offers, and which ones are let in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from flectar.offers.booking.deeds import queries
from flectar.offers.booking.models import Embedding, Service
from flectar.offers.booking.public import embedding
from flectar.offers.booking.public.embedding import BadOrigin, Placed
from flectar.offers.booking.scheduling import locations
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.platform.projects.models import Location, Project


class PlaceForm(forms.Form):
    """What the address of the page says; nonsense is as if it were not there."""

    use_required_attribute = False  # "everything" and "anyone" are answers

    service = forms.ChoiceField(label=gettext_lazy("What can be booked there"))
    location = forms.ChoiceField(label=gettext_lazy("Location"))
    person = forms.ChoiceField(label=gettext_lazy("With whom"))
    look = forms.ChoiceField(
        label=gettext_lazy("How it looks"),
        choices=[
            ("inline", gettext_lazy("In the page itself")),
            ("dialog", gettext_lazy("Behind a button, over the page")),
        ],
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, asked: Mapping[str, str], *, project: Project) -> None:
        super().__init__()
        self.project = project
        on_sale = queries.in_groups()
        found = [(one.slug, one.name) for one in on_sale]
        slug = self._choose("service", asked, [("", _("Everything, by service")), *found])
        self.sold = next((one for one in on_sale if one.slug == slug), None)
        places = (
            locations.of(candidates(self.sold, party=None))
            if self.sold
            else list(Location.objects.order_by("-is_first", "position", "name", "id"))
        )
        known = [(str(one.pk), one.name) for one in (places if len(places) > 1 else ())]
        where = self._choose("location", asked, [("", _("Customers choose")), *known])
        has_people = self.sold is not None and self.sold.mode == Service.Mode.APPOINTMENT
        place = locations.find(places, where)
        people = (
            queries.people_of(candidates(self.sold, party=None, location=place)) if self.sold and has_people else ()
        )
        self._choose("person", asked, [("", _("Anyone")), *((str(one.pk), one.name) for one in people)])
        self._choose("look", asked, list(self._choices_of("look").choices))
        names = dict(settings.LANGUAGES)
        self._choose("language", asked, [(code, names[code]) for code in project.locales if code in names])

    def _choose(self, name: str, asked: Mapping[str, str], choices: list[tuple[str, str]]) -> str:
        """What was asked for if there is such a thing, else the first."""
        self._choices_of(name).choices = choices
        self.fields[name].widget.attrs["data-auto"] = ""
        chosen = asked.get(name, "")
        self.initial[name] = chosen if chosen in dict(choices) else choices[0][0]
        return str(self.initial[name])

    def _choices_of(self, name: str) -> Any:
        return self.fields[name]

    @property
    def boxes(self) -> list[Any]:
        """Those in which there is something to choose."""
        least = {"location": 3, "person": 3}
        return [box for box in self if len(self._choices_of(box.name).choices) >= least.get(box.name, 2)]

    @property
    def placed(self) -> Placed:
        said = self.initial
        with override(said["language"]):
            label = _("Book %(service)s") % {"service": self.sold.name} if self.sold else _("Book a time")
            close = _("Close")
        return Placed(
            self.project,
            label=label,
            close=close,
            look=said["look"],
            service=said["service"],
            language=said["language"],
            chosen=[(to, said[name]) for to, name in (("location", "location"), ("with", "person")) if said[name]],
        )


class AllowForm(forms.Form):
    allows = forms.ChoiceField(
        label=gettext_lazy("Where it may be shown"), choices=Embedding.Allows.choices, widget=forms.RadioSelect
    )
    origins = forms.CharField(
        label=gettext_lazy("Websites"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("One on each line, as in www.example.com. With and without www is the same."),
    )

    def __init__(self, data: Any = None, *, rule: Embedding) -> None:
        super().__init__(data, initial={"allows": rule.allows, "origins": "\n".join(rule.origins)})

    def clean_origins(self) -> list[str]:
        lines = [line for line in self.cleaned_data["origins"].splitlines() if line.strip()]
        if len(lines) > embedding.MOST_ORIGINS:
            raise ValidationError(_("These are too many. %(count)s at most.") % {"count": embedding.MOST_ORIGINS})
        try:
            return [embedding.read_origin(line) for line in lines]
        except BadOrigin as wrong:
            raise ValidationError(
                _("“%(line)s” is not the address of a website. Type it as in www.example.com")
                % {"line": str(wrong).strip()[:80]}
            ) from wrong

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        is_listed = typed.get("allows") == Embedding.Allows.LISTED
        if is_listed and "origins" in typed and not typed["origins"]:
            self.add_error("origins", _("Type the address of your website."))
        return typed
