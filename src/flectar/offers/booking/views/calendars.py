"""The calendars of a person or a thing: those that are followed, and the addresses at which their own is read.

Whoever manages the staff sees everybody's; everybody else their own, if their account is linked to a person.
"""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import limits
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import feed_file, feeds, rota, subscriptions
from flectar.offers.booking.forms.calendar_forms import FeedForm, FollowedForm, FollowForm
from flectar.offers.booking.models import CalendarSource, Feed, Resource, Subscription
from flectar.platform.projects.access import ProjectRequest, can, dashboard, limited, public
from flectar.platform.projects.models import Project
from flectar.ui.toasts import toast

READ_AN_HOUR = 120


def _resource(request: ProjectRequest, resource_id: UUID) -> Resource:
    """One whose calendars this person may see: 404 for others."""
    found: Resource = get_object_or_404(Resource.objects.all(), pk=resource_id)
    return _allowed(request, found)


def _allowed(request: ProjectRequest, resource: Resource) -> Resource:
    if resource.account_id != request.user.pk and not can(request.user, "staff.write", request.project):
        raise Http404
    return resource


def _subscription(request: ProjectRequest, subscription_id: UUID) -> Subscription:
    found: Subscription = get_object_or_404(
        Subscription.objects.select_related("source__resource", "project"), pk=subscription_id
    )
    _allowed(request, found.source.resource)
    return found


# --- What one person has ----------------------------------------------------------------------------------------------


@dashboard("bookings.read", module="booking")
@require_safe
def index(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    one = _resource(request, resource_id)
    sources = list(one.calendar_sources.select_related("subscription").order_by("kind", "name"))
    against = subscriptions.standing_against(sources)
    context = {
        "person": one,
        "sources": [(source, _followed(source), against[source.pk]) for source in sources],
        "feeds": Feed.objects.filter(resource=one).in_order().select_related("account"),
        "is_mine": one.account_id == request.user.pk,
        "may_follow": can(request.user, "bookings.write", request.project),
        "may_import": can(request.user, "staff.write", request.project),
    }
    return render(request, "booking/calendars.html", context)


def _followed(source: CalendarSource) -> Subscription | None:
    found: Subscription | None = getattr(source, "subscription", None)
    return found


@dashboard("bookings.read", module="booking")
@require_safe
def mine(request: ProjectRequest) -> HttpResponse:
    """To one's own; or how to get there."""
    own = Resource.objects.filter(account=request.user.pk).first()
    if own is None:
        return render(request, "booking/no_calendar.html", {})
    return redirect("booking:calendars", project=request.project.slug, resource_id=own.pk)


@dashboard("staff.write", module="booking")
@require_safe
def every(request: ProjectRequest) -> HttpResponse:
    """All that are followed, with those that fail first; and every address at which something is read."""
    followed = Subscription.objects.select_related("source__resource").order_by(
        "source__resource__rank", "source__resource__name_folded", "source__name"
    )
    context = {
        "followed": sorted(followed, key=lambda one: not one.trouble),
        "feeds": Feed.objects.select_related("resource", "account").order_by("resource__name_folded", "created_at"),
        "may_read_all": can(request.user, "bookings.export", request.project),
    }
    return render(request, "booking/every_calendar.html", context)


# --- Calendars that are followed --------------------------------------------------------------------------------------


@limited("booking.follow", limit=30, per_seconds=600)
@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    one = _resource(request, resource_id)
    form = FollowForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = subscriptions.subscribe(one, form.cleaned_data["url"], name=form.cleaned_data["name"])
        except subscriptions.NameTaken as refused:
            form.add_error("name", str(refused))
        except (subscriptions.AlreadyThere, subscriptions.TooMany) as refused:
            form.add_error("url", str(refused))
        else:
            return redirect("booking:subscription", project=request.project.slug, subscription_id=made.pk)
    return render(request, "booking/follow.html", {"form": form, "person": one}, status=422 if form.is_bound else 200)


@dashboard("bookings.read", module="booking")
@require_safe
def subscription(request: ProjectRequest, subscription_id: UUID) -> HttpResponse:
    """How it goes, what to do, and which bookings stand against it."""
    found = _subscription(request, subscription_id)
    against = subscriptions.standing_against([found.source])[found.source.pk]
    prefetch_related_objects(against, "customer")
    context = {
        "subscription": found,
        "source": found.source,
        "person": found.source.resource,
        "busy": found.source.busy.count(),
        "against": against,
        "may_write": can(request.user, "bookings.write", request.project),
    }
    return render(request, "booking/subscription.html", context)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ProjectRequest, subscription_id: UUID) -> HttpResponse:
    found = _subscription(request, subscription_id)
    form = FollowedForm(request.POST if request.method == "POST" else None, initial={"name": found.source.name})
    if form.is_valid():
        try:
            subscriptions.change(found, name=form.cleaned_data["name"], url=form.cleaned_data["url"])
        except subscriptions.NameTaken as refused:
            form.add_error("name", str(refused))
        except subscriptions.AlreadyThere as refused:
            form.add_error("url", str(refused))
        else:
            toast(request, _("Saved"))
            return redirect("booking:subscription", project=request.project.slug, subscription_id=found.pk)
    context = {"form": form, "subscription": found, "person": found.source.resource}
    return render(request, "booking/follow.html", context, status=422 if form.is_bound else 200)


@limited("booking.follow", limit=30, per_seconds=600)
@dashboard("bookings.write", module="booking")
@require_POST
def reading(request: ProjectRequest, subscription_id: UUID) -> HttpResponse:
    """Now, not when its turn comes."""
    found = _subscription(request, subscription_id)
    subscriptions.read_now(found)
    toast(request, _("It is being read. Look again in a moment."))
    return redirect("booking:subscription", project=request.project.slug, subscription_id=found.pk)


@dashboard("bookings.write", module="booking")
@require_POST
def removal(request: ProjectRequest, subscription_id: UUID) -> HttpResponse:
    found = _subscription(request, subscription_id)
    rota.forget_calendar(found.source)
    toast(request, _("%(name)s no longer blocks any time.") % {"name": found.source.name})
    return redirect("booking:calendars", project=request.project.slug, resource_id=found.source.resource_id)


# --- Addresses at which ours are read ---------------------------------------------------------------------------------


def _feed(request: ProjectRequest, feed_id: UUID) -> Feed:
    found: Feed = get_object_or_404(Feed.objects.select_related("resource", "account"), pk=feed_id)
    if found.resource is not None:
        _allowed(request, found.resource)
    elif not can(request.user, "staff.write", request.project):
        raise Http404
    return found


@limited("booking.feeds", limit=30, per_seconds=600)
@dashboard("bookings.read", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new_feed(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    return _new_feed(request, _resource(request, resource_id))


@limited("booking.feeds", limit=30, per_seconds=600)
@dashboard("bookings.export", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new_feed_of_all(request: ProjectRequest) -> HttpResponse:
    if not can(request.user, "staff.write", request.project):
        raise Http404
    return _new_feed(request, None)


def _new_feed(request: ProjectRequest, resource: Resource | None) -> HttpResponse:
    """The address is in the answer to the POST and nowhere else."""
    may_show_all = can(request.user, "customers.read", request.project)
    form = FeedForm(request.POST if request.method == "POST" else None, may_show_all=may_show_all)
    if form.is_valid():
        try:
            feed, address = feeds.make(
                resource, name=form.cleaned_data["name"], shows=form.cleaned_data["shows"], by=request.user
            )
        except feeds.TooMany as refused:
            form.add_error(None, str(refused))
        else:
            return _address_page(request, feed, address, status=201)
    context = {"form": form, "person": resource}
    return render(request, "booking/feed_form.html", context, status=422 if form.is_bound else 200)


@dashboard("bookings.read", module="booking")
@require_POST
def rolling(request: ProjectRequest, feed_id: UUID) -> HttpResponse:
    """Another address: like the first one it is shown in this answer alone."""
    found = _feed(request, feed_id)
    return _address_page(request, found, feeds.roll(found), status=200)


@dashboard("bookings.read", module="booking")
@require_POST
def revocation(request: ProjectRequest, feed_id: UUID) -> HttpResponse:
    found = _feed(request, feed_id)
    feeds.revoke(found)
    toast(request, _("The address “%(name)s” shows nothing any more.") % {"name": found.name})
    if found.resource_id is None:
        return redirect("booking:every_calendar", project=request.project.slug)
    return redirect("booking:calendars", project=request.project.slug, resource_id=found.resource_id)


def _address_page(request: ProjectRequest, feed: Feed, address: str, *, status: int) -> HttpResponse:
    slug = request.project.slug
    context: dict[str, Any] = {
        "feed": feed,
        "address": address,
        # `webcal` opens the calendar of the device; it means https, or http where nothing else is there.
        "webcal": f"webcal://{address.partition('://')[2]}",
        "back": reverse("booking:calendars", args=[slug, feed.resource_id])
        if feed.resource_id
        else reverse("booking:every_calendar", args=[slug]),
    }
    response = render(request, "booking/feed_made.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@limited("booking.feed", limit=600, per_seconds=60, methods=("GET", "HEAD"))
@public
@require_safe
def read(request: HttpRequest, project_id: UUID, token: str) -> HttpResponse:
    """The calendar itself, for a program. A wrong address, one that was taken back and one of somebody who has left
    are all the same: nothing there. Calendars of many people are read by one server of Google's, so each address has a
    limit of its own beside that of whoever asks."""
    project = Project.objects.select_related("organization").filter(pk=project_id).first()
    if project is None or not project.is_open or not project.has("booking"):
        return _plain(404)
    verdict = limits.hit(f"booking.feed {project_id} {token}", limit=READ_AN_HOUR, per_seconds=3600)
    if not verdict.allowed:
        return _plain(429, **{"Retry-After": str(int(verdict.retry_after) + 1)})
    with project_scope(project.pk):
        feed = feeds.find(project, token)
        if feed is None:
            return _plain(404)
        feeds.note_use(feed)
        content = feed_file.written(project, feed, feeds.entries(feed))
    etag = quote_etag(feed_file.fingerprint(content))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    _guard(response)
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _plain(status: int, **headers: str) -> HttpResponse:
    return _guard(HttpResponse(status=status, content_type="text/plain; charset=utf-8", headers=headers))


def _guard(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
