"""A service in few words, part by part: what its editor says where a part is folded."""

from collections.abc import Mapping
from uuid import UUID

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.offers.booking.forms.service_forms import PartsField, said_length
from flectar.offers.booking.models import Limit, Service
from flectar.offers.booking.services.composition import Composition, Need
from flectar.ui import formats


def said(service: Service, made_of: Composition, names: Mapping[UUID, str]) -> dict[str, str]:
    """By part of the page."""
    return {
        "needs": "; ".join(_need(one, names) for one in made_of.needs[1:]) or _("Nothing else"),
        "around": _around(service),
        "times": _times(service),
        "party": _party(service),
        "limits": "; ".join(_limit(one.per, one.most, counts_people=one.counts_people) for one in made_of.caps)
        or _("As many as there is time for"),
        "approval": str(service.get_approval_display()),
        "questions": "; ".join(one.label for one in made_of.questions) or _("Only name and email or phone"),
        "page": f"/book/{service.slug}" if service.slug else _("Its address is made of the name"),
    }


def _need(need: Need, names: Mapping[UUID, str]) -> str:
    told = format_list([names.get(pk, "?") for pk in need.members], style="or", locale=formats.locale())
    if need.is_per_person:
        told = _("%(qty)s of %(names)s for each person") % {"qty": need.qty, "names": told}
    elif need.qty > 1:
        told = _("%(qty)s of %(names)s") % {"qty": need.qty, "names": told}
    parts = PartsField.written(need.parts)
    return _("%(what)s (%(parts)s min)") % {"what": told, "parts": parts} if parts else told


def _around(service: Service) -> str:
    before, after = service.buffer_before, service.buffer_after
    told = []
    if before:
        told.append(_("%(length)s before") % {"length": said_length(before)})
    if after:
        told.append(_("%(length)s after") % {"length": said_length(after)})
    return ", ".join(told) or _("None")


def _times(service: Service) -> str:
    days = ngettext("%(count)s day", "%(count)s days", service.horizon_days) % {"count": service.horizon_days}
    ahead = _("up to %(days)s ahead") % {"days": days}
    notice = _("%(length)s before at the latest") % {"length": said_length(service.notice_min)}
    told = [notice] if service.notice_min else []
    if service.mode in (Service.Mode.STAY, Service.Mode.SESSION):
        return ", ".join([*told, ahead])
    return ", ".join([_("Every %(length)s") % {"length": said_length(service.step_min)}, *told, ahead])


def _party(service: Service) -> str:
    least, most = service.min_party, service.max_party
    if least == most:
        told = ngettext("%(count)s person a booking", "%(count)s people a booking", most) % {"count": most}
    else:
        told = _("%(least)s to %(most)s people a booking") % {"least": least, "most": most}
    if service.mode == Service.Mode.SESSION:
        places = ngettext("%(count)s place", "%(count)s places", service.capacity) % {"count": service.capacity}
        told = f"{places}, {told}"
    return f"{told}, {_('waiting list')}" if service.has_waiting_list else told


def _limit(per: str, most: int, *, counts_people: bool) -> str:
    what = (
        ngettext("%(count)s person", "%(count)s people", most)
        if counts_people
        else ngettext("%(count)s booking", "%(count)s bookings", most)
    ) % {"count": most}
    return f"{what} / {str(Limit.Per(per).label).lower()}"
