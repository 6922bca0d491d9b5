"""A customer's bookings behind a link that comes by mail. Who asks for it is not told whether we know the address."""

from datetime import timedelta

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from flectar.core import clock, crypto, limits
from flectar.offers.booking.models import Booking
from flectar.offers.booking.views.look import public_context
from flectar.people.customers.contacts import BadContact, plain_email
from flectar.people.customers.models import CustomerEmail
from flectar.platform.outbox import send_mail
from flectar.platform.projects.access import ProjectRequest, limited, site_view
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import BusinessProfile

PURPOSE = "my bookings"
LIVES = timedelta(days=1)
LINKS_AN_HOUR = 5
MOST_PAST = 30


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy("The address with which you booked."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Type the whole address, as in marta@ferrer.es")},
    )


@limited("booking.mine", limit=10, per_seconds=600)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ProjectRequest) -> HttpResponse:
    """The answer is the same for every address."""
    form = AddressForm(request.POST or None)
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        _send(request, form.cleaned_data["email"])
    status = 422 if form.is_bound and not is_sent else 200
    context = public_context(request.project, form=form, is_sent=is_sent)
    return render(request, "booking/public/mine.html", context, status=status)


def _send(request: ProjectRequest, address: str) -> None:
    project = request.project
    try:
        email = plain_email(address)
    except BadContact:
        return
    allowed = limits.hit(f"booking links {project.pk} {email}", limit=LINKS_AN_HOUR, per_seconds=3600).allowed
    known = CustomerEmail.objects.select_related("customer").filter(email=email).first()
    if not allowed or known is None:
        return
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile()
    language = get_language() or project.locale
    until = int((clock.now() + LIVES).timestamp())
    token = crypto.sign(PURPOSE, f"{project.pk}.{known.customer_id}.{until}")
    send_mail(
        event="booking.my_bookings",
        to=(known.customer.name, email),
        locale=language,
        context={
            "customer": known.customer.name,
            "link": site_url(project, "booking:my_bookings", language=language, token=token),
        },
        project=project,
        reply_to=profile.email,
        sender_name=project.name,
    )


@site_view(module="booking")
@require_safe
def bookings(request: ProjectRequest, token: str) -> HttpResponse:
    """To come and past. A link that is over leads to where a new one is asked for."""
    try:
        project_id, customer_id, until = crypto.unsign(PURPOSE, token).split(".")
    except (crypto.BadSignature, ValueError) as error:
        raise Http404 from error
    if project_id != str(request.project.pk):
        raise Http404
    if int(until) < clock.now().timestamp():
        context = public_context(request.project, form=AddressForm(), is_over=True)
        return render(request, "booking/public/mine.html", context, status=410)
    mine = Booking.objects.filter(customer=customer_id).select_related("service", "location", "project")
    to_come = mine.filter(status__in=Booking.HOLDING, ends_at__gt=clock.now()).order_by("starts_at", "id")
    past = mine.exclude(pk__in=to_come.values("pk")).order_by("-starts_at", "-id")[:MOST_PAST]
    context = public_context(request.project, to_come=list(to_come), past=list(past))
    response = render(request, "booking/public/my_bookings.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
