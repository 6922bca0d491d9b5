"""Settings › Reminders and follow-ups: the business's own words, how they look, a test; and the link that ends them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import crypto
from flectar.offers.booking.forms.letter_forms import LetterForm, QuietForm
from flectar.offers.booking.mails import sample_of_a_letter
from flectar.offers.booking.messages import letters, notices
from flectar.offers.booking.models import Letter
from flectar.offers.booking.views.look import public_context
from flectar.people.customers import consents
from flectar.people.customers.models import Consent, Customer
from flectar.platform.integrations.mail_frame import FRAMING_CSP, MAIL_CSP, framed
from flectar.platform.outbox import send_mail
from flectar.platform.outbox.rendering import Rendered
from flectar.platform.outbox.rendering import render as render_mail
from flectar.platform.projects.access import ProjectRequest, can, dashboard, limited, site_view
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

COLUMNS = (
    ui.Column(gettext_lazy("Mail"), "name", "name"),
    ui.Column(gettext_lazy("When"), "line"),
    ui.Column(gettext_lazy("For"), "foot", "wrap", says=True),
)


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    found = list(Letter.objects.select_related("service").order_by("kind", "after_hours", "pk"))
    writes = can(request.user, "services.write", request.project)
    ways = [ui.Way(str(label), _url(request, "new_letter", kind=kind), "plus") for kind, label in Letter.Kind.choices]
    ways.append(ui.Way(_("Quiet hours"), _url(request, "quiet_hours"), "moon"))
    return ui.show(
        request,
        ui.Index(
            key="letters",
            title=_("Reminders and follow-ups"),
            sub=_("Your own words before a visit, and what you write afterwards. Each service says when it reminds.")
            + f" {_quiet_said(request)}",
            look=ui.Look.read(request.GET),
            columns=COLUMNS,
            groups=[ui.Group([_row(request, one, writes=writes) for one in found])],
            ways=ways if writes else [],
            empty=ui.Empty(
                _("Say it in your own words"),
                _("Reminders go out in ours until you write yours. Afterwards nothing is sent, unless you want it."),
                art="letter",
            ),
        ),
        template="ui/settings_index.html",
    )


def _row(request: ProjectRequest, one: Letter, *, writes: bool) -> ui.Row:
    url = _url(request, "letter", letter_id=one.pk) if writes else ""
    off = "" if one.is_on else cells.tag(_("Off"))
    name = str(one.get_kind_display())
    for_whom = one.service.name if one.service else _("All services")
    return ui.Row(one.pk, name, [cells.link(name, url, after=off), when_said(one), for_whom], edit_url=url)


def when_said(letter: Letter) -> str:
    """3 hours after the end · 2 days after the end · when the service says"""
    if letter.kind == Letter.Kind.REMINDER:
        return _("when the service says")
    hours = letter.after_hours
    if hours and hours % 24 == 0:
        days = hours // 24
        return ngettext("%(count)s day after the end", "%(count)s days after the end", days) % {"count": days}
    return ngettext("%(count)s hour after the end", "%(count)s hours after the end", hours) % {"count": hours}


def _quiet_said(request: ProjectRequest) -> str:
    quiet = letters.quiet_hours()
    if not quiet.is_on:
        return _("Follow-ups go out at any hour.")
    times = {"begins": f"{quiet.begins:%-H:%M}", "ends": f"{quiet.ends:%-H:%M}"}
    return _("Follow-ups rest from %(begins)s to %(ends)s.") % times


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def quiet_hours(request: ProjectRequest) -> HttpResponse:
    """When nothing is written to anybody, where they were."""
    form = QuietForm(request.POST if request.method == "POST" else None, quiet=letters.quiet_hours())
    if form.is_valid():
        letters.set_quiet_hours(form.cleaned_data)
        toast(request, _("Saved"))
        return redirect(_url(request, "letters"))
    return render(request, "booking/quiet_hours.html", {"form": form}, status=422 if form.is_bound else 200)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest, kind: str) -> HttpResponse:
    if kind not in Letter.Kind.values:
        raise Http404
    return _page(request, Letter(kind=kind, after_hours=24))


@csp_override(FRAMING_CSP)
@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ProjectRequest, letter_id: UUID) -> HttpResponse:
    return _page(request, _find(letter_id))


def _page(request: Any, letter: Letter) -> HttpResponse:
    form = LetterForm(request.POST if request.method == "POST" else None, project=request.project, letter=letter)
    if form.is_bound and form.is_valid():
        saved = letters.save(letter, form.values)
        toast(request, _("“%(name)s” is saved.") % {"name": saved.get_kind_display()})
        return redirect(_url(request, "letter", letter_id=saved.pk))
    context = {
        "form": form,
        "letter": letter,
        "is_new": letter._state.adding,
        "places": letters.PLACES.items(),
        "languages": [one for one in settings.LANGUAGES if one[0] in letter.words],
        "address": request.user.email,
    }
    return render(request, "booking/letter.html", context, status=422 if form.errors else 200)


@csp_override(MAIL_CSP)
@dashboard("services.read", module="booking")
@require_safe
def preview(request: ProjectRequest, letter_id: UUID, locale: str) -> HttpResponse:
    return framed(_sample(request, _find(letter_id), locale).html)


@limited("booking.letter_test", limit=10, per_seconds=600)
@dashboard("services.write", module="booking")
@require_POST
def test(request: Any, letter_id: UUID) -> HttpResponse:
    """To oneself, with made-up facts."""
    letter = _find(letter_id)
    asked = request.POST.get("locale", "")
    locale = asked if asked in letter.words else request.project.locale
    send_mail(
        event=f"booking.{letter.kind}",
        to=(request.user.name, request.user.email),
        locale=locale,
        context=sample_of_a_letter(request.project, letter, locale),
        project=request.project,
    )
    toast(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})
    return redirect(_url(request, "letter", letter_id=letter.pk))


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, letter_id: UUID) -> HttpResponse:
    letter = _find(letter_id)
    letters.remove(letter)
    toast(request, _("“%(name)s” is taken away.") % {"name": letter.get_kind_display()})
    return redirect(_url(request, "letters"))


@limited("booking.letters_end", limit=600, per_seconds=60)  # mail programs of thousands send from few addresses
@site_view(any_origin=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: ProjectRequest, token: str) -> HttpResponse:
    """Whoever has the link of a mail wants no more of them. Mails about a booking itself still come.

    Looking changes nothing: scanners of mail follow every link. A mail program sends by itself (List-Unsubscribe-Post,
    RFC 8058), from anywhere, and also when bookings are switched off by now.
    """
    customer = _reader(request, token)
    if request.method == "POST":
        question = consents.QUESTIONS[letters.CONSENT]
        consents.answer(customer, question, given=False, method=Consent.Method.LINK)
    context = public_context(request.project, is_done=request.method == "POST")
    return render(request, "booking/public/letters_end.html", context)


def _reader(request: ProjectRequest, token: str) -> Customer:
    try:
        project_id, customer_id = crypto.unsign(notices.LETTERS, token).split(".")
        key = UUID(customer_id)
    except (crypto.BadSignature, ValueError) as error:
        raise Http404 from error
    if project_id != str(request.project.pk):
        raise Http404
    customer: Customer = get_object_or_404(Customer.objects.all(), pk=key)
    return customer


def _sample(request: ProjectRequest, letter: Letter, locale: str) -> Rendered:
    if locale not in dict(settings.LANGUAGES):
        raise Http404
    context: dict[str, Any] = sample_of_a_letter(request.project, letter, locale)
    event = f"booking.{letter.kind}"
    facts = {**context, "project": request.project}
    return render_mail(event, locale=locale, context=facts, sender_name=request.project.name)


def _find(letter_id: UUID) -> Letter:
    found: Letter = get_object_or_404(Letter.objects.select_related("service"), pk=letter_id)
    return found


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
