"""Booking on the public page: service, time, details. Plain links and forms; three taps if one knows what one wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import limits
from flectar.core.ids import new_token
from flectar.core.money import Money
from flectar.offers.booking import answers, zones
from flectar.offers.booking.deeds import holding, lifecycle, queries, series
from flectar.offers.booking.deeds.series import Planned
from flectar.offers.booking.errors import BookingError, PriceChanged, SeriesTaken, SlotTaken
from flectar.offers.booking.forms.visitor_forms import DetailsForm, codes_in
from flectar.offers.booking.messages import letters
from flectar.offers.booking.models import Booking, Hold, Resource, Service
from flectar.offers.booking.payment import charging
from flectar.offers.booking.prices import terms
from flectar.offers.booking.prices.coupons import BadCode, CodeGone
from flectar.offers.booking.prices.pricing import Line, Quote
from flectar.offers.booking.public import choice, months, times
from flectar.offers.booking.public.choice import Choice
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.offers.booking.scheduling.wish import Wish
from flectar.offers.booking.views import kept, nights, remembered
from flectar.offers.booking.views.look import public_context
from flectar.people.customers import consents, directory
from flectar.people.customers.consents import Wording
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.models import Customer
from flectar.platform.projects.access import ProjectRequest, limited, site_view

MAILS_AN_HOUR = 60
CODES_AN_HOUR = 60
HOLDS_IN_TEN_MINUTES = 12


@site_view(module="booking", takes_in=True)
@require_safe
def choose_service(request: ProjectRequest) -> HttpResponse:
    """The list, by group, of one person only where the address names them; with one service there is nothing to
    choose."""
    services = queries.in_groups()
    person, theirs = queries.done_by(request.GET.get("with", ""), services)
    services = theirs or services
    code = request.GET.get("code", "").strip()[: choice.LONGEST_CODE]
    # From the link of a coupon, or of a location.
    zone = zones.read(request.GET.get(zones.NAME, ""))
    brought = {
        "code": code,
        "location": request.GET.get("location", "").strip()[:40],
        "with": str(person.pk) if person and theirs else "",
        zones.NAME: zone.key if zone else "",
    }
    more = f"?{urlencode({name: text for name, text in brought.items() if text})}" if any(brought.values()) else ""
    if len(services) == 1:
        return redirect(reverse("booking:book_time", kwargs={"service": services[0].slug}) + more)
    groups = [
        (name, [(one, one.price(request.project.currency)) for one in members])
        for name, members in groupby(services, key=lambda one: one.group)
    ]
    context = public_context(request.project, groups=groups, more=more, steps=[_("Service"), _("Time"), _("Details")])
    return render(request, "booking/public/service.html", context)


@site_view(module="booking", takes_in=True)
@require_safe
def choose_time(request: ProjectRequest, service: str) -> HttpResponse:
    on_sale = queries.in_groups()
    chosen = next((one for one in on_sale if one.slug == service), None)
    if chosen is None:
        raise Http404
    wanted = choice.read(chosen, request.GET)
    if wanted.service.mode == Service.Mode.SESSION:
        path = reverse("booking:book_class", kwargs={"service": service})
        return redirect(f"{path}?{urlencode({'location': str(wanted.location.pk)})}" if wanted.location else path)
    if wanted.must_say_where:
        return _place_page(request, wanted)
    if wanted.is_stay:
        return nights.months_page(request, wanted)
    if starts_at := times.read_instant(request.GET.get("at", "")):  # a link that names the time as well
        pairs = [("at", times.written(starts_at)), *wanted.all_fields]
        return redirect(f"{reverse('booking:book_details', kwargs={'service': service})}?{urlencode(pairs)}")
    return _time_page(request, wanted, day=times.read_day(request.GET, "day"), on_sale=on_sale)


def _place_page(request: ProjectRequest, wanted: Choice) -> HttpResponse:
    """Where? Asked only of services that can be had at several locations."""
    day = times.read_day(request.GET, "day")
    when = [("day", f"{day:%Y-%m-%d}")] if day else list(wanted.dates)
    if starts_at := times.read_instant(request.GET.get("at", "")):
        when.append(("at", times.written(starts_at)))
    context = public_context(
        request.project,
        choice=wanted,
        service=wanted.service,
        more=urlencode([*when, *wanted.all_fields]),
        steps=steps(wanted),
    )
    return render(request, "booking/public/place.html", context)


@limited("booking.hold", limit=60, per_seconds=60)
@site_view(module="booking", takes_in=True)
@require_POST
def hold(request: ProjectRequest, service: str) -> HttpResponse:
    """A tap on a time: it is kept for ten minutes, and the details follow. Taken meanwhile: the times again, nearest
    first. Who keeps too many goes on all the same, with a time that is not kept."""
    wanted = choice.read(get_object_or_404(choice.bookable(), slug=service), request.POST)
    starts_at = _start(request, wanted, request.POST)
    if starts_at is None or wanted.must_say_where:
        return redirect("booking:book_time", service=service)
    pairs = [*(wanted.dates if wanted.is_stay else [("at", times.written(starts_at))]), *wanted.all_fields]
    former, here = kept.own_hold(request, wanted.service), wanted.here(request.project)
    made: Hold | None = None
    if holding.is_for(wanted.service) and _may_hold(request):
        try:
            made = holding.take(
                here, wanted.asked, starts_at, party=wanted.party, nights=wanted.nights, instead_of=former
            )
        except BookingError as refused:
            if wanted.is_stay:  # the details say which other nights are left
                return redirect(f"{reverse('booking:book_details', kwargs={'service': service})}?{urlencode(pairs)}")
            day = starts_at.astimezone(here.tz).date() if isinstance(refused, SlotTaken) else None
            return _time_page(request, wanted, day=day, refused=refused, status=409)
        pairs.append(("hold", made.token))
    response = redirect(f"{reverse('booking:book_details', kwargs={'service': service})}?{urlencode(pairs)}")
    if made is not None and not request.is_framed:
        kept.remember(response, made)
    return response


def _start(request: ProjectRequest, wanted: Choice, asked: Mapping[str, str]) -> datetime | None:
    """The time that was tapped, or the check-in of the nights."""
    if wanted.is_stay:
        return nights.check_in(wanted.here(request.project), wanted)
    return times.read_instant(asked.get("at", ""))


def _may_hold(request: ProjectRequest) -> bool:
    key = f"booking holds {request.project.pk} {request.client_address}"
    return limits.hit(key, limit=HOLDS_IN_TEN_MINUTES, per_seconds=600).allowed


def _time_page(
    request: ProjectRequest,
    wanted: Choice,
    *,
    day: date | None,
    refused: BookingError | None = None,
    on_sale: Sequence[Service] | None = None,
    status: int = 200,
) -> HttpResponse:
    here = wanted.here(request.project)
    strip = times.strip(
        here,
        wanted.service,
        day=day,
        first=times.read_day(request.GET, "from"),
        resource=wanted.resource,
        asked=wanted.asked,
        party=wanted.party,
        hold=kept.own_hold(request, wanted.service),
    )
    nearest = refused.nearest if isinstance(refused, SlotTaken) else ()
    held = kept.own_token(request) if request.is_framed else ""
    context = public_context(
        here,
        choice=wanted,
        held=held,
        refusal=str(refused) if refused else "",
        nearest=[(times.written(one), one) for one in nearest],
        service=wanted.service,
        price=_price_before_time(request, wanted),
        people=wanted.people,
        others=_may_follow(wanted, queries.in_groups() if on_sale is None else on_sale),
        more=wanted.query + (f"&{urlencode({'hold': held})}" if held else ""),
        strip=strip,
        days=[(day, times.in_a_word(day)) for day in strip.days],
        why_empty=times.why_empty(here, wanted.service, strip.chosen, wanted.resource),
        steps=steps(wanted),
        at_step=len(steps(wanted)) - 1,
        **zones.page(request, wanted.zone),
        elsewhere=urlencode([pair for pair in wanted.all_fields if pair[0] not in ("location", "with")]),
        **_months(request, wanted),
    )
    return render(request, "booking/public/time.html", context, status=status)


def _months(request: ProjectRequest, wanted: Choice) -> dict[str, Any]:
    """Whole months instead of the strip, for whoever asks for them."""
    asked = months.read_month(request.GET.get("month", ""))
    if asked is None:
        return {}
    here, (one, *also) = wanted.here(request.project), wanted.asked
    last = months.first_of(here.today + timedelta(days=one.service.horizon_days))
    first = max(months.first_of(here.today), min(asked, last))
    days = queries.free_times(
        here,
        one.service,
        first_day=first,
        days=(months.months_on(first, months.SHOWN) - first).days,
        resource=one.resource,
        extras=one.extras,
        also=also,
        party=wanted.party,
        hold=kept.own_hold(request, one.service),
        location=one.location,
    )
    return {"months": months.of_days(here, days, first), **nights.around(here, one.service, first)}


def _may_follow(wanted: Choice, on_sale: Sequence[Service]) -> list[Service]:
    """What may be added to the visit."""
    if wanted.service.mode != Service.Mode.APPOINTMENT:
        return []
    others = [one for one in on_sale if one not in wanted.services and one.mode == Service.Mode.APPOINTMENT]
    if len(wanted.places) < 2:
        return others
    return [one for one in others if candidates(one, location=wanted.location).exist]


def _price_before_time(request: ProjectRequest, wanted: Choice) -> Money:
    """What it costs on an ordinary day; day and person may make it another price, which the next step says."""
    total = 0
    for one in wanted.services:
        people = wanted.party if one.is_priced_per_person else 1
        total += one.price_minor * people
    return Money(total, request.project.currency)


@dataclass(slots=True)
class Offer:
    """What the details page shows at the side: when, with whom, what it costs, what speaks against it."""

    wanted: Choice
    starts_at: datetime
    hold: Hold | None = None
    resource: Resource | None = None
    quotes: Sequence[Quote] = ()
    refusal: str = ""
    nearest: Sequence[datetime] = field(default_factory=list)
    is_gone: bool = False
    dates: Sequence[Planned] = ()
    """Where it is repeated: each date, the first one too. `quotes` are then those of the dates that can be had."""

    @property
    def lines(self) -> list[Line]:
        """Of several dates each line once, as often as it is on them."""
        lines = [line for quote in self.quotes for line in quote.lines]
        if not self.dates:
            return lines
        alike: dict[tuple[str, str], Line] = {}
        for line in lines:
            key, known = (line.label, str(line.kind)), alike.get((line.label, str(line.kind)))
            if known is None:
                alike[key] = line
            else:
                alike[key] = replace(known, qty=known.qty + line.qty, amount=known.amount + line.amount)
        return list(alike.values())

    @property
    def is_undecided(self) -> bool:
        return any(one.is_open for one in self.dates)

    @property
    def total(self) -> Money:
        first, *others = (quote.total for quote in self.quotes)
        return Money(first.minor + sum(one.minor for one in others), first.currency)

    @property
    def due(self) -> Money:
        return Money(sum(quote.due.minor for quote in self.quotes), self.total.currency)

    @property
    def may_hold_longer(self) -> bool:
        return self.hold is not None and holding.may_be_extended(self.hold)

    @property
    def is_request(self) -> bool:
        """Whether it is plain already that the business answers first."""
        service = self.wanted.service
        return service.mode == Service.Mode.REQUEST or service.approval == Service.Approval.ALL

    @property
    def may_be_request(self) -> bool:
        return not self.is_request and self.wanted.service.approval == Service.Approval.NEW_CUSTOMERS


@limited("booking.book", limit=120, per_seconds=60)
@site_view(module="booking", takes_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: ProjectRequest, service: str) -> HttpResponse:
    """Who is coming; then the booking itself. A time that is gone answers 409 with what is left; the words stay."""
    asked = request.POST if request.method == "POST" else request.GET
    wanted = choice.read(get_object_or_404(choice.bookable(), slug=service), asked)
    starts_at = _start(request, wanted, asked)
    if starts_at is None:
        return redirect("booking:book_time", service=service)
    if wanted.must_say_where and wanted.service.mode != Service.Mode.SESSION:  # a date of a class is somewhere already
        return redirect(_where(wanted, starts_at))
    if request.method != "POST" and (booked := _booked_here(request, asked.get("hold", ""))):
        return redirect("booking:manage", token=booked.token)
    only_looks = bool({"look", "extend"} & set(request.POST))
    offer = Offer(wanted, starts_at, holding.find(asked.get("hold", "")))
    form = _form(request, offer, only_looks=only_looks)
    if form.is_bound and _is_sent_again(form.data.get("key", "")):
        _price(request, offer, wanted.resource)
    else:
        try:
            _look(request, offer, form)
            if "extend" in request.POST:
                _hold_longer(request, offer)
        except SlotTaken as taken:
            return _gone(request, offer, form, taken)
        except BookingError as refused:
            offer.refusal, offer.is_gone = str(refused), True
            return _details_page(request, offer, form, status=409)
    if only_looks:
        return _details_page(request, offer, form)
    if form.is_bound and offer.dates and (offer.is_undecided or all(one.is_left_out for one in offer.dates)):
        offer.refusal = str(SeriesTaken(())) if offer.is_undecided else _("Keep one date at least.")
        return _details_page(request, offer, form, status=409)
    if not form.is_bound or not form.is_valid() or not _may_be_mailed(form):
        return _details_page(request, offer, form, status=422 if form.is_bound else 200)
    try:
        booking = _book(request, offer, form)
    except SeriesTaken as taken:
        _plan(request, offer, form)  # somebody was quicker with one of the dates
        offer.refusal = str(taken)
        return _details_page(request, offer, form, status=409)
    except SlotTaken as taken:
        return _gone(request, offer, form, taken)
    except PriceChanged as changed:
        offer.refusal = str(changed)
        return _details_page(request, offer, form, status=409)
    except (BadCode, CodeGone) as wrong:
        form.add_error("code", str(wrong))
        return _details_page(request, offer, form, status=422)
    except BadContact as wrong:
        form.add_error("phone" if form.cleaned_data["phone"] else "email", str(wrong))
        return _details_page(request, offer, form, status=422)
    except BookingError as refused:
        offer.refusal = str(refused)
        return _details_page(request, offer, form, status=409)
    own_page = f"{reverse('booking:manage', kwargs={'token': booking.token})}?new=1"
    # Who takes the payment shows no page of theirs in a frame: the own page has a link that leaves it.
    pay_url = "" if request.is_framed else charging.pay_url(request.project, booking)
    response = redirect(pay_url or own_page)
    remembered.write(request, response, form.cleaned_data)
    return response


def _where(wanted: Choice, starts_at: datetime) -> str:
    """The page that asks for the location, with all that the address has said so far."""
    pairs = wanted.dates if wanted.is_stay else [("at", times.written(starts_at))]
    path = reverse("booking:book_time", kwargs={"service": wanted.service.slug})
    return f"{path}?{urlencode([*pairs, *wanted.all_fields])}"


def _hold_longer(request: ProjectRequest, offer: Offer) -> None:
    """Ten minutes more; or, when they were over, the same time once more."""
    hold, wanted = offer.hold, offer.wanted
    if hold is None or not holding.is_for(wanted.service):
        return
    if not hold.is_over:
        holding.extend(hold)
    elif _may_hold(request):
        here = wanted.here(request.project)
        offer.hold = holding.take(
            here, wanted.asked, offer.starts_at, party=wanted.party, nights=wanted.nights, instead_of=hold
        )


def _booked_here(request: ProjectRequest, token: str) -> Booking | None:
    """Back from the own page to a form that was sent: the booking that came of it, in the same browser only, because
    an address is soon passed on."""
    key = kept.own_key(request, token)
    found: Booking | None = Booking.objects.filter(idempotency_key=f"site:{key}").first() if key else None
    return found


def _form(request: ProjectRequest, offer: Offer, *, only_looks: bool) -> DetailsForm:
    """Whoever only looks at the price gets back what they typed, without a word about what is still missing."""
    wanted = offer.wanted
    asked: dict[str, Any] = {
        "questions": wanted.questions,
        "most_dates": wanted.most_dates,
        "asks_to_write": letters.asks_for_consent(wanted.service),
    }
    if request.method == "POST" and not only_looks:
        return DetailsForm(request.POST, request.FILES, **asked)
    typed = {name: request.POST[name] for name in request.POST} if only_looks else {}
    initial = {"key": _own_key(request, offer) or new_token(), "code": wanted.code}
    initial |= typed or remembered.read(request)
    return DetailsForm(initial=initial, **asked)


def _own_key(request: ProjectRequest, offer: Offer) -> str:
    return kept.own_key(request, offer.hold.token) if offer.hold else ""


def _is_sent_again(key: str) -> bool:
    """Its time is taken by itself: `lifecycle` finds the booking of the first time."""
    return bool(key) and Booking.objects.filter(idempotency_key=f"site:{key}").exists()


def _look(request: ProjectRequest, offer: Offer, form: DetailsForm) -> None:
    """Whether it is free, with whom it would be, and what it costs. A code that is none is said beside its field."""
    wanted = offer.wanted
    wish = lifecycle.wish_for(
        wanted.here(request.project),
        wanted.asked,
        offer.starts_at,
        party=wanted.party,
        nights=wanted.nights,
        hold=offer.hold,
    )
    try:
        people = wish.likely()
    except SlotTaken as taken:
        taken.nearest = wish.nearest()
        raise
    offer.resource = wanted.resource or (people[0] if len(wanted.services) == 1 else None)
    codes = codes_in(str(form["code"].value() or ""))
    if codes and not _may_try_codes(request):
        codes = []
        form.add_notice("code", _("Too many codes were tried from here. Try again in an hour."))
    try:
        offer.quotes = lifecycle.quotes_for(wish, wanted.asked, people, codes)
    except BadCode as wrong:
        form.add_notice("code", str(wrong))
        codes = []
        offer.quotes = lifecycle.quotes_for(wish, wanted.asked, people, codes)
    _plan(request, offer, form, codes)


def _plan(request: ProjectRequest, offer: Offer, form: DetailsForm, codes: Sequence[str] = ()) -> None:
    """Where it shall be repeated: every date, and what all of them cost."""
    if (repeat := form.repeats) is None:
        return
    wanted, here = offer.wanted, offer.wanted.here(request.project)
    offer.dates = series.look(
        here,
        wanted.asked[0],
        offer.starts_at,
        repeat.rule(offer.starts_at, here),
        skip=repeat.skip,
        instead=repeat.instead,
        codes=codes,
        hold=offer.hold,
        party=wanted.party,
    )
    offer.quotes = [one.quote for one in offer.dates if one.quote] or offer.quotes


def _price(request: ProjectRequest, offer: Offer, resource: Resource | None) -> None:
    """Without asking whether it is free."""
    wanted = offer.wanted
    wish: Wish = lifecycle.wish_for(
        wanted.here(request.project), wanted.asked, offer.starts_at, party=wanted.party, nights=wanted.nights
    )
    people = [one.resource or item.chosen.people[0] for one, item in zip(wanted.asked, wish.items, strict=True)]
    offer.quotes, offer.resource = lifecycle.quotes_for(wish, wanted.asked, people, ()), resource


def _may_try_codes(request: ProjectRequest) -> bool:
    key = f"booking codes {request.project.pk} {request.client_address}"
    return limits.hit(key, limit=CODES_AN_HOUR, per_seconds=3600).allowed


def _may_be_mailed(form: DetailsForm) -> bool:
    """Nobody can have a stranger's mailbox filled by booking in their name."""
    email = form.cleaned_data["email"].lower()
    if not email or limits.hit(f"booking mail {email}", limit=MAILS_AN_HOUR, per_seconds=3600).allowed:
        return True
    form.add_error("email", _("This address has booked very often. Call us, or try again in an hour."))
    return False


def _book(request: ProjectRequest, offer: Offer, form: DetailsForm) -> Booking:
    """The customer, the bookings and the answers are one deed: a refusal leaves nothing."""
    typed, wanted = form.cleaned_data, offer.wanted
    with transaction.atomic():
        customer = directory.find_or_create(
            request.project,
            name=typed["name"],
            email=typed["email"],
            phone=typed["phone"],
            locale=get_language() or "",
            collected_via="booking",
            collected_from=request.path,
        )
        if typed.get("agrees") and customer.is_open_to_change:
            _agree(request, customer, str(form.fields["agrees"].label))
        here = wanted.here(request.project)
        options: dict[str, Any] = {
            "party": wanted.party,
            "codes": codes_in(typed["code"]),
            "note": typed["note"],
            "locale": get_language() or "",
            "customer_zone": wanted.zone.key if wanted.zone else "",
            "idempotency_key": f"site:{typed['key']}",
            "most_minor": times.whole(request.POST.get("shown", "")),
            "hold": offer.hold,
        }
        if repeat := form.repeats:
            made = series.book(
                here,
                wanted.service,
                offer.starts_at,
                repeat.rule(offer.starts_at, here),
                customer,
                skip=repeat.skip,
                instead=repeat.instead,
                resource=wanted.resource,
                extras=wanted.extras,
                location=wanted.location,
                **options,
            )
        else:
            made = lifecycle.book_visit(here, wanted.asked, offer.starts_at, customer, nights=wanted.nights, **options)
        for booking in made:
            answers.keep(booking, form.answers)
    return made[0]


def _agree(request: ProjectRequest, customer: Customer, words: str) -> None:
    """Into the ledger, with the words that were read."""
    wording = Wording(words, "letters-1", locale=get_language() or "", page=request.path)
    question = consents.QUESTIONS[letters.CONSENT]
    consents.answer(customer, question, given=True, method=consents.Method.BOOKING, wording=wording)


def _gone(request: ProjectRequest, offer: Offer, form: DetailsForm, taken: SlotTaken) -> HttpResponse:
    offer.refusal, offer.nearest, offer.is_gone = str(taken), taken.nearest, True
    return _details_page(request, offer, form, status=409)


def _details_page(request: ProjectRequest, offer: Offer, form: DetailsForm, *, status: int = 200) -> HttpResponse:
    wanted, service = offer.wanted, offer.wanted.service
    context = public_context(
        wanted.here(request.project),
        offer=offer,
        choice=wanted,
        service=service,
        starts_at=offer.starts_at,
        at=times.written(offer.starts_at),
        resource=wanted.resource,
        extras=list(wanted.extra_rows(request.project)),
        form=form,
        refusal=offer.refusal,
        nearest=[(times.written(one), one) for one in offer.nearest],
        steps=nights.steps(wanted) if wanted.is_stay else steps(wanted),
        policy_until=offer.starts_at - service.change_notice,
        policy=terms.in_words(terms.snapshot(service)),
        more=wanted.query,
        at_step=len(steps(wanted)),
        **zones.page(request, wanted.zone),
        held=offer.hold.token if offer.hold and request.is_framed else "",
    )
    if wanted.is_stay:
        context |= nights.others(wanted.here(request.project), wanted, offer.nearest)
    page = "booking/public/stay.html" if wanted.is_stay else "booking/public/details.html"
    response = render(request, page, context, status=status)
    if status == 200 and not _own_key(request, offer):
        # The Back button brings back this very form, with its key: sent again it finds the booking instead of "gone".
        # Where the cookie has the key, the page that is asked for anew finds the booking by itself.
        response["Cache-Control"] = "private, max-age=300"
    return response


def steps(wanted: Choice) -> list[str]:
    return [_("Service"), *([_("Location")] if len(wanted.places) > 1 else []), _("Time"), _("Details")]
