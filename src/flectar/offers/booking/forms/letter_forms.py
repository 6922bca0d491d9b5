"""The owner's form of a letter: for which service, how long after, in which words."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.offers.booking.forms.stay_forms import clock_field
from flectar.offers.booking.messages import letters
from flectar.offers.booking.models import Letter, QuietHours, Service
from flectar.offers.booking.models.letters import MOST_HOURS
from flectar.platform.projects.models import Project
from flectar.ui.choices import offer


class LetterForm(forms.Form):
    """`subject_<language>` and `text_<language>`; the language of the business must have words, others may."""

    service = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    after = forms.IntegerField(label=gettext_lazy("Sent after the end"), min_value=0)
    unit = forms.ChoiceField(
        label=gettext_lazy("Hours or days"), choices=[("1", gettext_lazy("hours")), ("24", gettext_lazy("days"))]
    )
    review_url = forms.URLField(
        label=gettext_lazy("Address of your review page"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Where people write their review: Google, Tripadvisor, your own page."),
    )
    is_advertising = forms.BooleanField(
        label=gettext_lazy("It advertises something"),
        required=False,
        help_text=gettext_lazy("Then it goes only to customers who agreed to news by email, and says how to stop it."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Is sent"), required=False, initial=True)

    def __init__(self, data: Any = None, *, project: Project, letter: Letter) -> None:
        super().__init__(data, initial=_shown(letter))
        self.project, self.letter = project, letter
        services = [(str(one.pk), one.name) for one in Service.objects.in_order()]
        offer(self, "service", [("", _("All services")), *services])
        if letter.kind == Letter.Kind.REMINDER:
            del self.fields["after"], self.fields["unit"]
        if letter.kind != Letter.Kind.REVIEW:
            del self.fields["review_url"]
        if letter.kind != Letter.Kind.FOLLOW_UP:
            del self.fields["is_advertising"]
        self.languages = sorted(settings.LANGUAGES, key=lambda one: one[0] != project.locale)
        for code, name in self.languages:
            is_own = code == project.locale
            label = {"language": name}
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject, %(language)s") % label, max_length=150, required=is_own
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text, %(language)s") % label,
                max_length=4000,
                required=is_own,
                widget=forms.Textarea(attrs={"rows": 7}),
            )

    def pairs(self) -> list[tuple[Any, Any]]:
        """For the page: subject and text, the language of the business first."""
        return [(self[f"subject_{code}"], self[f"text_{code}"]) for code, _name in self.languages]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for code, _name in self.languages:
            subject, text = typed.get(f"subject_{code}"), typed.get(f"text_{code}")
            if bool(subject) != bool(text) and not {f"subject_{code}", f"text_{code}"} & set(self.errors):
                self.add_error(f"text_{code}" if subject else f"subject_{code}", _("Write both, or leave both empty."))
            for name in (f"subject_{code}", f"text_{code}"):
                for wrong in letters.unknown_places(typed.get(name) or "")[:1]:
                    self.add_error(name, _("“{%(name)s}” is not known here. Choose from the list.") % {"name": wrong})
        if self.hours > MOST_HOURS:
            self.add_error("after", _("Type a shorter time: half a year at most."))
        if self._is_second_reminder(typed):
            raise ValidationError(_("There are words for this reminder already. Change those."))
        return typed

    @property
    def hours(self) -> int:
        return int(self.cleaned_data.get("after") or 0) * int(self.cleaned_data.get("unit") or 1)

    @property
    def values(self) -> dict[str, Any]:
        """For `letters.save`."""
        typed = self.cleaned_data
        words = {
            code: {"subject": " ".join(typed[f"subject_{code}"].split()), "text": typed[f"text_{code}"]}
            for code, _name in self.languages
            if typed.get(f"text_{code}")
        }
        return {
            "service_id": UUID(typed["service"]) if typed["service"] else None,
            "after_hours": self.hours,
            "words": words,
            "review_url": typed.get("review_url", ""),
            "is_advertising": typed.get("is_advertising", False),
            "is_on": typed["is_on"],
        }

    def _is_second_reminder(self, typed: dict[str, Any]) -> bool:
        if self.letter.kind != Letter.Kind.REMINDER or "service" in self.errors:
            return False
        same = Letter.objects.filter(kind=Letter.Kind.REMINDER, service=typed.get("service") or None)
        return bool(same.exclude(pk=self.letter.pk).exists())


class QuietForm(forms.Form):
    """When no letter goes out."""

    is_on = forms.BooleanField(label=gettext_lazy("Keep quiet hours"), required=False)
    begins = clock_field(gettext_lazy("From"))
    ends = clock_field(gettext_lazy("Until"), gettext_lazy("Earlier than the start: the next morning."))

    def __init__(self, data: Any = None, *, quiet: QuietHours) -> None:
        super().__init__(data, initial={name: getattr(quiet, name) for name in ("is_on", "begins", "ends")})

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "begins" in typed and typed.get("begins") == typed.get("ends"):
            self.add_error("ends", _("Choose another time than the start, or switch the quiet hours off."))
        return typed


def _shown(letter: Letter) -> dict[str, Any]:
    hours = letter.after_hours
    is_days = hours % 24 == 0 and hours > 0
    shown: dict[str, Any] = {
        "service": str(letter.service_id or ""),
        "after": hours // 24 if is_days else hours,
        "unit": "24" if is_days else "1",
        "review_url": letter.review_url,
        "is_advertising": letter.is_advertising,
        "is_on": letter.is_on,
    }
    for code, _name in settings.LANGUAGES:
        words = letter.words.get(code) or (letters.suggested(letter.kind, code) if letter._state.adding else {})
        shown |= {f"subject_{code}": words.get("subject", ""), f"text_{code}": words.get("text", "")}
    return shown
