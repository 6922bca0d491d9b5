"""What a project says of itself, read once for all its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flectar.platform.projects.models import BusinessProfile, Location, OpeningHours, Project, SpecialDay
from flectar.platform.projects.places import others
from flectar.presence.sites.hours import Week, Window, week_of
from flectar.presence.sites.models import Logo, Site, site_of


@dataclass(frozen=True)
class About:
    project: Project
    profile: BusinessProfile
    site: Site
    week: Week
    special_days: Sequence[tuple[date, Sequence[Window], str]]
    logo: Logo | None = None
    places: Sequence[Location] = ()  # beside the business's own

    def tagline(self, locale: str) -> str:
        return self._own(locale, "tagline") or self.profile.tagline or self.project.name

    def description(self, locale: str) -> str:
        return self._own(locale, "description") or self.profile.description

    def language_of(self, locale: str, name: str) -> str:
        """The language a text is really in, empty where it is the page's own."""
        is_own = locale == self.project.locale or self._own(locale, name) or not getattr(self.profile, name)
        return "" if is_own else self.project.locale

    def _own(self, locale: str, name: str) -> str:
        return "" if locale == self.project.locale else self.site.text(locale, name)


def about(project: Project) -> About:
    """Inside the project's scope."""
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile(project=project)
    special_days = SpecialDay.objects.filter(day__gte=project.today).order_by("day")
    return About(
        project=project,
        profile=profile,
        site=site_of(project, profile.kind),
        week=week_of(OpeningHours.objects.values_list("weekday", "start_min", "len_min")),
        special_days=[
            (special.day, [(start, length) for start, length in special.windows], special.note)
            for special in special_days
        ],
        logo=Logo.objects.first(),
        places=others(),
    )
