"""A service as its owner edits it: kinds, needs, limits, questions; rows that come and go without script."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.models import NeedGroup, Requirement, RequirementAnswer, Resource, Service, ServiceNeed
from flectar.offers.booking.scheduling import readiness
from flectar.offers.booking.services import composition
from flectar.offers.booking.services.composition import Cap, Composition, Need, Question
from flectar.platform.audit.models import Entry
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
SERVICE = {
    "mode": "appointment", "name": "Colour", "group": "", "description": "", "duration_min": "105", "price": "60",
    "buffer_before": "0", "buffer_after": "0", "step_min": "15", "align": "opening", "notice_min": "0",
    "horizon_days": "60", "change_notice_min": "60", "remind_min": "1440", "min_party": "1", "max_party": "1",
    "capacity": "10", "approval": "none", "request_hours": "48", "is_active": "on", "position": "0", "slug": "colour",
}  # fmt: skip
NEW = "/nacar/services/new"


@pytest.fixture
def noa(salon) -> Resource:
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def basin(salon) -> Resource:
    with project_scope(salon.pk):
        return make.staff("Basin", kind=Resource.Kind.EQUIPMENT, units=2)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def need(key: int, *members: Resource, qty: int = 1, parts: str = "") -> dict[str, object]:
    pks = [str(one.pk) for one in members]
    return {f"needs-{key}-members": pks, f"needs-{key}-qty": str(qty), f"needs-{key}-parts": parts}


def question(key: int, label: str, kind: str = "text", **more: str) -> dict[str, str]:
    typed = {"label": label, "kind": kind, "when": "before", "help": "", "choices": "", "least_age": "", **more}
    return {f"questions-{key}-{name}": value for name, value in typed.items()}


def made(salon) -> Composition:
    with project_scope(salon.pk):
        return composition.of(Service.objects.get())


def test_a_service_may_need_somebody_for_parts_of_it_and_a_device_beside(signed_in, salon, noa, basin):
    sent = {**SERVICE, "people": [str(noa.pk)], "parts": "0–45, 75-105", "needs-row": ["0"]}

    response = signed_in.post(NEW, {**sent, **need(0, basin, parts="45–75")})

    assert response.status_code == 302
    assert made(salon).needs == [
        Need((noa.pk,), parts=((0, 45), (75, 30))),
        Need((basin.pk,), parts=((45, 30),)),
    ]
    with project_scope(salon.pk):
        make.booking(salon, Service.objects.get(), at(salon, "10:00"), resource=noa)
        colour = Service.objects.get()
        cut = make.service(noa, duration_min=30, step_min=15)
        free = queries.free_times(salon, cut, first_day=make.TUESDAY, days=1)[0].slots
    assert at(salon, "10:45") in [slot.starts_at for slot in free]  # while the colour develops
    page = text(signed_in.get(f"/nacar/services/{colour.pk}"))
    assert "Basin (45–75 min)" in page


def test_rows_come_and_go_without_script_and_keep_what_was_typed(signed_in, salon, noa, basin):
    sent = {**SERVICE, "name": "Not yet saved", "people": [str(noa.pk)]}

    one_more = signed_in.post(NEW, {**sent, "change": "add-questions"})
    typed = {**sent, **question(0, "Any allergies?"), **question(3, "Which colour?"), "questions-row": ["0", "3"]}
    one_less = signed_in.post(NEW, {**typed, "change": "drop-questions-0"})

    assert one_more.status_code == one_less.status_code == 200
    assert 'name="questions-0-label"' in one_more.content.decode()
    assert 'aria-invalid="true"' not in one_more.content.decode() + one_less.content.decode()
    assert "Which colour?" in one_less.content.decode()
    assert "Any allergies?" not in one_less.content.decode()
    assert 'value="Not yet saved"' in one_less.content.decode()
    with project_scope(salon.pk):
        assert not Service.objects.exists()


def test_limits_and_questions_are_kept_and_an_empty_row_is_none(signed_in, salon, noa):
    limit = {"limits-row": ["0", "1"], "limits-0-most": "8", "limits-0-per": "day", "limits-1-per": "day"}
    asked = {
        "questions-row": ["0", "1", "2"],
        **question(0, "When was it last coloured?", "choice", choices="Never\n\nThis year\nNever"),
        **question(1, "Of age?", "age", least_age="16", is_required="on"),
        **question(2, "Passport", "id"),
    }

    signed_in.post(NEW, {**SERVICE, "people": [str(noa.pk)], **limit, **asked})

    found = made(salon)
    assert found.caps == [Cap("day", 8)]
    assert [(one.kind, one.choices, one.least_age, one.is_sensitive) for one in found.questions] == [
        ("choice", ("Never", "This year"), None, False),
        ("age", (), 16, False),
        ("id", (), None, True),  # kept sealed, whatever was ticked
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"parts": "from noon on"}, "Type minutes from the start, as in 0–45, 75–105"),
        ({"parts": "0-45, 30-60"}, "Each stretch begins after the one before"),
        ({"parts": "0-47"}, "Use steps of five minutes"),
        ({"parts": "0-45, 75-120"}, "The service ends after 105 minutes."),
        ({"min_party": "4", "max_party": "2"}, "Type a number that is not below the first one."),
        ({"needs-row": ["0"], "needs-0-qty": "2"}, "Tick at least one, or take this need away."),
        ({"limits-row": ["0"], "limits-0-most": "0", "limits-0-per": "day"}, "Type 1 or more."),
        ({"questions-row": ["0"], **question(0, "Which?", "choice", choices="One")}, "Type two choices or more"),
        ({"questions-row": ["0"], **question(0, "Old enough?", "age")}, "Type how old somebody must be."),
        ({"questions-row": ["0"], **question(0, "", help="Why")}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_saved(signed_in, salon, noa, wrong, sentence):
    response = signed_in.post(NEW, {**SERVICE, "people": [str(noa.pk)], **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    assert "<details open>" in response.content.decode()  # the part in which it stands
    with project_scope(salon.pk):
        assert not Service.objects.exists()


def test_another_wording_is_another_version_and_what_was_answered_stays(signed_in, salon, noa):
    with project_scope(salon.pk):
        service = make.service(noa, slug="colour")
        photos, music = (
            Requirement.objects.create(service=service, label=label, position=position)
            for position, label in enumerate(("Photos?", "Music?"))
        )
        booking = make.booking(salon, service, at(salon, "10:00"))
        RequirementAnswer.objects.create(booking=booking, requirement=music, label="Music?", text="Jazz")
    sent = {**SERVICE, "people": [str(noa.pk)], "questions-row": ["0"]}

    signed_in.post(f"/nacar/services/{service.pk}", {**sent, **question(0, "May we take photos?", pk=str(photos.pk))})

    with project_scope(salon.pk):
        photos.refresh_from_db()
        music.refresh_from_db()
        assert (photos.label, photos.version, photos.is_active) == ("May we take photos?", 2, True)
        assert (music.is_active, RequirementAnswer.objects.get().text) == (False, "Jazz")


def test_a_change_tells_the_log_what_it_was_made_of_and_keeps_the_rates(signed_in, salon, noa, basin):
    with project_scope(salon.pk):
        service = make.service(noa, slug="colour")
        service.needs.update(price_minor=7000)
        NeedGroup.objects.create(service=service, group_no=1, qty=1, is_per_person=True)

    sent = {**SERVICE, "people": [str(noa.pk)], "needs-row": ["0"], **need(0, basin, qty=2)}
    signed_in.post(f"/nacar/services/{service.pk}", sent)

    assert made(salon).needs == [Need((noa.pk,), is_per_person=True), Need((basin.pk,), 2)]
    with project_scope(salon.pk):
        assert ServiceNeed.objects.get(resource=noa).price_minor == 7000
        entry = Entry.objects.filter(action="service.changed").latest("at")
    assert len(entry.old["needs"]) == 1
    assert entry.new["needs"][1]["qty"] == 2


def test_a_class_with_dates_stays_a_class(signed_in, salon, noa):
    with project_scope(salon.pk):
        yoga = make.class_of(noa, slug="yoga")
        make.session(salon, yoga, "10:00")

    response = signed_in.post(f"/nacar/services/{yoga.pk}", {**SERVICE, "people": [str(noa.pk)], "slug": "yoga"})

    assert response.status_code == 422
    assert "Dates of this class are planned." in text(response)
    with project_scope(salon.pk):
        assert Service.objects.get().mode == "session"


@pytest.mark.parametrize("like", ["appointment", "colour", "treatment", "talk", "class", "table", "quote"])
def test_each_starter_can_be_saved_as_it_comes(signed_in, salon, noa, basin, like):
    page = signed_in.get(f"{NEW}?like={like}").content.decode()
    form = page[page.index('<form id="service"') :]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in found and (found.get("type") != "checkbox" or " checked" in tag):
            sent.setdefault(found["name"], []).append(found.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = [chosen[1]]
    sent["price"] = ["30"]
    for name, typed in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)', form):
        sent[name] = [typed.strip()]

    response = signed_in.post(NEW, sent)

    assert response.status_code == 302, text(response)
    with project_scope(salon.pk):
        assert readiness.troubles(salon, Service.objects.get()) == []


# --- What keeps it from ever being booked -----------------------------------------------------------------------------


def test_the_owner_reads_what_keeps_a_service_from_ever_being_booked(signed_in, salon, noa, basin):
    with project_scope(salon.pk):
        service = make.service(noa, slug="colour")
        assert readiness.troubles(salon, service) == []

        composition.put(service, Composition([Need((noa.pk,)), Need((basin.pk,), 3)]))
        too_few = readiness.troubles(salon, service)

        noa.is_active = False
        noa.save()
        off = readiness.troubles(salon, service)

        composition.put(service, Composition())
        nobody = readiness.troubles(salon, service)

    assert too_few == ["It needs 3 of Basin, but there are only 2."]
    assert off == ["Noa Vidal: all switched off, so nobody can book it. Tick somebody else, or switch one on."]
    assert nobody == ["Nobody does this service, so nobody can book it. Tick who does it."]
    assert nobody[0] in text(signed_in.get(f"/nacar/services/{service.pk}"))


def test_hours_that_never_meet_are_said_and_bookings_are_not_mistaken_for_it(salon):
    with project_scope(salon.pk):
        mornings = make.staff("Mornings", week={0: [(540, 180)]})
        evenings = make.staff("Evenings", week={0: [(1020, 180)]})
        both = make.service(mornings)
        composition.put(both, Composition([Need((mornings.pk,)), Need((evenings.pk,))]))
        long = make.service(mornings, duration_min=240)
        full = make.service(make.staff("Busy"), duration_min=60)
        make.closure(at(salon, "00:00"), at(salon, "00:00", make.TUESDAY.replace(year=2027)))

        assert "never open at the same time" in readiness.troubles(salon, both)[0]
        assert "nobody who does it is there for long enough" in readiness.troubles(salon, long)[0]
        assert readiness.troubles(salon, full) == []


def test_questions_keep_their_order(salon, noa):
    with project_scope(salon.pk):
        service = make.service(noa)
        composition.put(service, Composition([Need((noa.pk,))], [], [Question("First?"), Question("Second?")]))
        first, second = composition.of(service).questions

        composition.put(service, Composition([Need((noa.pk,))], [], [second, first]))

        assert [one.label for one in composition.of(service).questions] == ["Second?", "First?"]
