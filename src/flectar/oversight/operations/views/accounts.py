"""Accounts: find one, see what it is part of, close and open it, end its sessions, ask for a new password."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from flectar.oversight.operations import deeds
from flectar.oversight.operations.deeds import NotOneself
from flectar.oversight.operations.views import listing
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.legal.models import Acceptance
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.access import operator
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

VIEWS = ("all", "open", "closed", "operators")


class ReasonForm(forms.Form):
    """Told to the person, and kept in the log."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("The person gets it by mail, word for word."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET, views=VIEWS)
    people = User.objects.all()
    if look.view == "operators":
        people = people.filter(is_operator=True)
    elif look.view != "all":
        people = people.filter(is_active=look.view == "open")
    for word in look.text.split():
        people = people.filter(Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word))
    shown, following = ui.newest(people, "date_joined", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-accounts",
            title=_("Accounts"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Name"), "name", "name"),
                ui.Column(_("Email"), "foot"),
                ui.Column(_("State"), "line"),
                ui.Column(_("Since"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(person) for person in shown])],
            views=[
                ui.Tab("all", _("All")),
                ui.Tab("open", _("Open")),
                ui.Tab("closed", _("Closed")),
                ui.Tab("operators", _("Operators")),
            ],
            search=_("Name or email"),
            next=following,
            nothing=_("Nobody matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("Nobody here")),
        ),
    )


def _row(person: User) -> ui.Row:
    state = cells.status(_("Open")) if person.is_active else cells.status(_("Closed"), "wait", "ban")
    if person.is_operator:
        state = cells.joined([state, cells.muted(_("Operator"))])
    url = reverse("operations:account", kwargs={"account_id": person.pk})
    return ui.Row(
        person.pk,
        person.name,
        [cells.link(person.name, url), person.email, state, listing.when(person.date_joined)],
    )


@operator
@require_safe
def account(request: Any, account_id: UUID) -> HttpResponse:
    """A look at somebody's account stands in the log, like everything else done here."""
    found = get_object_or_404(User, pk=account_id)
    record("operator.looked", target=found)
    return _page(request, found, ReasonForm())


def _page(request: Any, found: User, form: ReasonForm, status: int = 200) -> HttpResponse:
    context = {
        "person": found,
        "form": form,
        "is_oneself": found.pk == request.user.pk,
        "has_second_factor": is_mfa_enabled(found),
        "addresses": EmailAddress.objects.filter(user=found).order_by("-primary", "email"),
        "sessions": UserSession.objects.filter(user=found).count(),
        "memberships": Membership.objects.filter(user=found).select_related("organization"),
        "acceptances": Acceptance.objects.filter(account_id=found.pk).order_by("-accepted_at")[:20],
        "entries": Entry.objects.filter(target_id=found.pk).order_by("-at", "-id")[:20],
        "zone": listing.UTC,
    }
    return render(request, "operations/account.html", context, status=status)


@operator
@require_POST
def closing(request: Any, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(User, pk=account_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            deeds.close_account(found, reason=form.cleaned_data["reason"], by=request.user)
        except NotOneself as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("%(name)s can no longer sign in") % {"name": found.name})
            return redirect("operations:account", account_id=account_id)
    return _page(request, found, form, status=422)


@operator
@require_POST
def opening(request: Any, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(User, pk=account_id)
    return _done(request, found, lambda: deeds.open_account(found, by=request.user), _("The account is open again"))


@operator
@require_POST
def sessions_ending(request: Any, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(User, pk=account_id)
    try:
        count = deeds.end_sessions(found, by=request.user)
    except NotOneself as error:
        toast(request, str(error))
    else:
        text = ngettext("%(count)d device signed out", "%(count)d devices signed out", count) % {"count": count}
        toast(request, text)
    return redirect("operations:account", account_id=account_id)


@operator
@require_POST
def password_ending(request: Any, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(User, pk=account_id)
    said = _("The password is dead. %(name)s gets a mail.") % {"name": found.name}
    return _done(request, found, lambda: deeds.ask_for_new_password(found, by=request.user), said)


def _done(request: Any, found: User, deed: Any, said: str) -> HttpResponse:
    try:
        deed()
    except NotOneself as error:
        said = str(error)
    toast(request, said)
    return redirect("operations:account", account_id=found.pk)
