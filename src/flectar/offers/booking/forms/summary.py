"""A service in few words, part by part: what its editor says where a part is folded."""

from collections.abc import Mapping
from uuid import UUID

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.offers.booking.forms.service_forms import PartsField, said_length
from flectar.offers.booking.models import Limit, Service
from flectar.offers.booking.services.composition import Cap, Composition, Need
from flectar.ui import formats


def said(service: Service, made_of: Composition, names: Mapping[UUID, str]) -> dict[str, str]:
    """By part of the page."""
    return {
        "needs": "; ".join(_need(one, names) for one in made_of.needs[1:]) or _("Nothing else"),
        "around": _around(service),
        "times": _times(service),
        "party": _party(service),
        "limits": "; ".join(limit(one) for one in made_of.caps) or _("As many as there is time for"),
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


def limit(cap: Cap) -> str:
    """6 bookings / day"""
    if cap.counts_minutes:
        what = ngettext("%(count)s minute", "%(count)s minutes", cap.most)
    elif cap.counts_people:
        what = ngettext("%(count)s person", "%(count)s people", cap.most)
    else:
        what = ngettext("%(count)s booking", "%(count)s bookings", cap.most)
    return f"{what % {'count': cap.most}} / {str(Limit.Per(cap.per).label).lower()}"


def reached(full: Limit | None) -> str:
    """Why a time is not free, for the owner."""
    if full is None:
        return _("A limit is reached: as many bookings as you take are there.")
    said = limit(Cap(full.per, full.most, full.counts_people, full.counts_minutes))
    if full.service_id:
        return _("The limit of the service is reached: %(limit)s.") % {"limit": said}
    if full.resource_id:
        return _("Their limit is reached: %(limit)s") % {"limit": said}
    return _("The limit of the whole business is reached: %(limit)s.") % {"limit": said}
