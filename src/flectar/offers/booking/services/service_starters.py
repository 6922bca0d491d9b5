"""Services to begin with: one of each kind that owners most often want, filled in as they would fill it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.offers.booking.models import Limit, Requirement, Resource, Service
from flectar.offers.booking.services.composition import Cap, Composition, Need, Parts, Question

Mode, Kind = Service.Mode, Resource.Kind
ROOMS = (Kind.ROOM, Kind.EQUIPMENT)


@dataclass(frozen=True, slots=True)
class Starter:
    """`done_by`: whose tick stands at first; `also`: each kind is a further need where the business has some."""

    label: str | Promise
    values: Mapping[str, Any]
    done_by: Sequence[str] = (Kind.STAFF,)
    also: Sequence[str] = ()
    parts: Parts = ()
    limits: Sequence[Cap] = ()
    questions: Sequence[tuple[str | Promise, Mapping[str, Any]]] = field(default=())

    def made_of(self, resources: Sequence[Resource]) -> Composition:
        def of(kinds: Sequence[str]) -> tuple[Any, ...]:
            return tuple(one.pk for one in resources if one.is_active and one.kind in kinds)

        first = of(self.done_by) or of(list(Kind))
        needs = [Need(first, parts=self.parts)] if first else []
        needs += [Need(more) for kind in self.also if (more := of((kind,)))]
        asked = [Question(str(label), **values) for label, values in self.questions]
        return Composition(needs, list(self.limits), asked)


STARTERS: Mapping[str, Starter] = {
    "appointment": Starter(_("Appointment"), {"duration_min": 60}),
    "colour": Starter(
        _("Colour, with time to develop"),
        {"duration_min": 105, "step_min": 15},
        parts=((0, 45), (75, 30)),
    ),
    "treatment": Starter(
        _("Treatment in a room"),
        {"duration_min": 45, "step_min": 15, "buffer_after": 15},
        also=ROOMS,
        questions=((_("Anything we should know about your health?"), {"is_sensitive": True}),),
    ),
    "talk": Starter(
        _("First talk, free"),
        {"duration_min": 20, "price": "0", "step_min": 20, "buffer_after": 10, "notice_min": 240, "align": "clock"},
        limits=(Cap(Limit.Per.CUSTOMER_OPEN, 1),),
        questions=((_("What is it about?"), {"is_required": True}),),
    ),
    "class": Starter(
        _("Class with places"),
        {"mode": Mode.SESSION, "duration_min": 60, "capacity": 12, "has_waiting_list": True, "max_party": 2},
        also=(Kind.ROOM,),
    ),
    "table": Starter(
        _("Table"),
        {
            "mode": Mode.COVERS, "duration_min": 90, "price": "0", "step_min": 15, "align": "clock",
            "min_party": 1, "max_party": 8, "notice_min": 60,
        },
        done_by=(Kind.TABLE,),
        limits=(Cap(Limit.Per.QUARTER, 12, counts_people=True),),
    ),
    "quote": Starter(
        _("Request, answered by you"),
        {"mode": Mode.REQUEST, "duration_min": 60, "price": "0"},
        questions=(
            (_("What do you need?"), {"is_required": True}),
            (_("Something to look at"), {"kind": Requirement.Kind.FILE}),
        ),
    ),
}  # fmt: skip
