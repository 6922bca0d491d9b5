"""The codes that are shown at the door: what they open on the team's phone, and how they are drawn.

An appointment has one, its own; a class has one for each place. On the customer's page they are drawn as SVG; a mail
carries them as PNG within itself, because mail programs show no SVG and fetch nothing from elsewhere unasked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flectar.offers.booking.models import Booking
from flectar.platform.outbox import Attachment
from flectar.platform.projects.links import dashboard_url
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Code:
    """`place` and `name` are those of a class; `name` is empty where nobody said it."""

    url: str
    place: int | None = None
    name: str = ""


def codes_of(project: Project, booking: Booking) -> list[Code]:
    """None while attendance is switched off, nor for a booking that is not certain or is over."""
    if not project.has("attendance") or not booking.is_confirmed or booking.is_over:
        return []
    if booking.session_id is None:
        return [of_booking(project, booking)]
    return [of_place(project, one) for one in booking.attendees.order_by("number")]


def of_booking(project: Project, booking: Booking) -> Code:
    return Code(f"{dashboard_url(project, 'booking:door')}?code={booking.code}")


def of_place(project: Project, person: Any) -> Code:
    return Code(dashboard_url(project, "booking:check_in", token=person.token), person.number, person.name)


def drawn(code: Code, kind: str) -> bytes:
    """`kind` is svg or png: black on white with its margin, readable by a camera in dark mode too."""
    # Loaded when it is needed: few requests draw.
    import segno

    into = BytesIO()
    more = {"xmldecl": False} if kind == "svg" else {}
    segno.make(code.url, error="m").save(into, kind=kind, scale=5, border=4, dark="#000", light="#fff", **more)
    return into.getvalue()


def for_mail(codes: Sequence[Code], booking: Booking) -> tuple[list[Mapping[str, Any]], list[Attachment]]:
    """What the mail's template names, and the pictures that go with it."""
    shown: list[Mapping[str, Any]] = []
    pictures = []
    for number, code in enumerate(codes, 1):
        name = f"{booking.code}-{number}" if len(codes) > 1 else booking.code
        cid = f"{name}@check-in.flectar"
        shown.append({"cid": cid, "place": code.place, "name": code.name})
        pictures.append(Attachment(f"{name}.png", "image/png", drawn(code, "png"), cid=cid))
    return shown, pictures
