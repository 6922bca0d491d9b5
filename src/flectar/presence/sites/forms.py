"""The website's look and words as a form."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models import BusinessProfile
from flectar.presence.sites.about import About
from flectar.presence.sites.colour import HEX
from flectar.presence.sites.compile import POSTER_LETTERS
from flectar.presence.sites.files import languages
from flectar.presence.sites.lifecycle import Look
from flectar.presence.sites.skins import CORNERS, PAIRS, SKINS

TAGLINE_LETTERS = BusinessProfile._meta.get_field("tagline").max_length
DESCRIPTION_LETTERS = BusinessProfile._meta.get_field("description").max_length


class ColourField(forms.CharField):
    """#1f3fa8, and what people type for it: without the sign, in capitals, or in three digits."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "").strip().lower()
        if not text:
            return ""
        digits = text.removeprefix("#")
        if len(digits) == 3:
            digits = "".join(digit * 2 for digit in digits)
        if not HEX.fullmatch(f"#{digits}"):
            raise forms.ValidationError(
                gettext("“%(text)s” is not a colour. Write six digits after #, as in #1f3fa8.") % {"text": text[:20]}
            )
        return f"#{digits}"


class LookForm(forms.Form):
    skin = forms.ChoiceField(
        label=_("Look"), choices=[(key, skin.label) for key, skin in SKINS.items()], widget=forms.RadioSelect
    )
    brand = ColourField(
        label=_("Your colour"), required=False, help_text=_("As in #1f3fa8. Empty: the look's own colour.")
    )
    accent = ColourField(
        label=_("Second colour"), required=False, help_text=_("For the one loud field. Empty: the look's own.")
    )
    typeface = forms.ChoiceField(
        label=_("Typefaces"), required=False, choices=[("", _("As the look has them")), *PAIRS]
    )
    corners = forms.ChoiceField(label=_("Corners"), required=False, choices=[("", _("As the look has them")), *CORNERS])
    has_fonts = forms.BooleanField(
        label=_("Load the look's own typefaces"),
        required=False,
        help_text=_("From this site, once a visitor. Without them the page uses the best letters of the device."),
    )
    tagline = forms.CharField(label=_("Headline"), max_length=TAGLINE_LETTERS, required=False)

    def __init__(self, data: Any = None, *, found: About) -> None:
        site = found.site
        initial = {
            "skin": site.skin,
            "brand": site.brand,
            "accent": site.accent,
            "typeface": site.typeface,
            "corners": site.corners,
            "has_fonts": site.has_fonts,
            "tagline": found.profile.tagline,
        }
        self.others = languages(found.project)[1:]
        for locale in self.others:
            initial[f"tagline_{locale}"] = site.text(locale, "tagline")
            initial[f"description_{locale}"] = site.text(locale, "description")
        super().__init__(data, initial=initial)
        self.fields["tagline"].help_text = gettext(
            "The one large line of the page. Up to %(letters)s letters fit a poster."
        ) % {"letters": POSTER_LETTERS}
        for locale in self.others:
            name = dict(settings.LANGUAGES)[locale]
            self.fields[f"tagline_{locale}"] = forms.CharField(
                label=gettext("Headline in %(language)s") % {"language": name},
                max_length=TAGLINE_LETTERS,
                required=False,
            )
            self.fields[f"description_{locale}"] = forms.CharField(
                label=gettext("About in %(language)s") % {"language": name},
                max_length=DESCRIPTION_LETTERS,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def translations(self) -> list[forms.BoundField]:
        return [self[f"{name}_{locale}"] for locale in self.others for name in ("tagline", "description")]

    def look(self) -> Look:
        said = self.cleaned_data
        texts = {
            locale: {name: said[f"{name}_{locale}"] for name in ("tagline", "description") if said[f"{name}_{locale}"]}
            for locale in self.others
        }
        return Look(
            skin=said["skin"],
            brand=said["brand"],
            accent=said["accent"],
            typeface=said["typeface"],
            corners=said["corners"],
            has_fonts=said["has_fonts"],
            tagline=said["tagline"],
            texts={locale: words for locale, words in texts.items() if words},
        )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("JPEG, PNG or WebP. It stands at the top of the page, and small in the tab of the browser."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
