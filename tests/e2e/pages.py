"""Every page that a browser can open. Add yours here: tests/e2e/test_pages.py looks at each at two widths, in light
and dark, with and without script, and fails on any accessibility, console, policy, origin or width fault.

`path` may name `{project}` and whatever the world offers by name (tests/e2e/world.py).
"""

from typing import NamedTuple


class Page(NamedTuple):
    name: str
    path: str
    who: str = "lucia"  # whose browser: lucia (the owner), or "" for nobody
    host: str = "platform"  # or "site": the salon's public host
    status: int = 200


PAGES = [
    Page("not found", "/nowhere/at/all", who="", status=404),
    Page("sign in", "/account/login/", who=""),
    Page("sign up", "/account/signup/", who=""),
    Page("sign in by code", "/account/login/code/", who=""),
    Page("new password", "/account/password/reset/", who=""),
    Page("account", "/account/"),
    Page("account email", "/account/email/"),
    Page("account password", "/account/password/change/"),
    Page("two-step sign-in", "/account/two-step/"),
    Page("passkeys", "/account/two-step/webauthn/"),
    Page("sessions", "/account/sessions/"),
    Page("sign out", "/account/logout/"),
    Page("messages", "/{project}/settings/messages/"),
    Page("message", "/{project}/settings/messages/{message}/"),
    Page("mail previews", "/{project}/settings/mail-previews/"),
    Page("customers", "/{project}/customers/"),
    Page("customers found", "/{project}/customers/?q=paula"),
    Page("customers archived", "/{project}/customers/?show=archived"),
    Page("customer at a glance", "/{project}/customers/?peek={paula}"),
    Page("customer", "/{project}/customers/{paula}"),
    Page("customer new", "/{project}/customers/new"),
    Page("customer edit", "/{project}/customers/{paula}/edit"),
    Page("customer imports", "/{project}/customers/imports"),
    Page("customer import waiting", "/{project}/customers/imports/{waiting_import}"),
    Page("customer import done", "/{project}/customers/imports/{done_import}"),
    Page("api keys", "/{project}/settings/keys/"),
    Page("api key new", "/{project}/settings/keys/new"),
    Page("api reference", "/api/v1/", who=""),
    Page("projects", "/projects"),
    Page("project new", "/projects/new"),
    Page("failed jobs", "/operator/jobs/"),
    Page("failed jobs none", "/operator/jobs/?name=nothing"),
    Page("failed jobs of one kind", "/operator/jobs/?name=sites.renew"),
    Page("organization", "/organizations/{organization}/"),
    Page("invite", "/organizations/{organization}/invitations/new"),
    Page("invitation", "/invitations/{invitation}", who=""),
    Page("invitation that opens nothing", "/invitations/{invitation}", who="stranger", status=404),
    Page("organization member", "/organizations/{organization}/members/{member}"),
    Page("settings business", "/{project}/settings/business"),
    Page("settings hours", "/{project}/settings/hours"),
    Page("settings place", "/{project}/settings/place"),
    Page("settings address", "/{project}/settings/address"),
    Page("settings domains", "/{project}/settings/domains"),
    Page("settings modules", "/{project}/settings/modules"),
    Page("settings team", "/{project}/settings/team"),
    Page("settings member", "/{project}/settings/team/{member}"),
    Page("settings log", "/{project}/settings/log"),
    Page("home", "/{project}/"),
    Page("search", "/{project}/search?q=paula"),
    Page("calendar", "/{project}/calendar"),
    Page("a busy day", "/{project}/calendar?day={day}"),
    Page("week", "/{project}/calendar?view=week"),
    Page("a busy week", "/{project}/calendar?view=week&day={day}"),
    Page("agenda", "/{project}/calendar?view=agenda"),
    Page("bookings", "/{project}/bookings"),
    Page("bookings narrowed", "/{project}/bookings?view=past&status=confirmed&dates=week"),
    Page("booking at a glance", "/{project}/bookings?peek={booking}"),
    Page("booking", "/{project}/bookings/{booking}"),
    Page("move a booking", "/{project}/bookings/{booking}/time"),
    Page("cancel a booking", "/{project}/bookings/{booking}/cancellation"),
    Page("new booking", "/{project}/bookings/new"),
    Page("services", "/{project}/services"),
    Page("service", "/{project}/services/{service}"),
    Page("staff", "/{project}/staff"),
    Page("person", "/{project}/staff/{person}"),
    Page("hours", "/{project}/staff/{person}/hours"),
    Page("closures", "/{project}/closures"),
    Page("block time", "/{project}/closures/new"),
    Page("import a calendar", "/{project}/calendar/import"),
    Page("demo mailbox", "/demo/mailbox/", who=""),
    Page("website", "/{project}/website/"),
    Page("site", "/", who="", host="site"),
    Page("book", "/book", who="", host="site"),
    Page("choose a time", "/book/{service_slug}", who="", host="site"),
    Page("details", "/book/{service_slug}/details?at={free}", who="", host="site"),
    Page("details of a time that is gone", "/book/{service_slug}/details?at={taken}", who="", host="site", status=409),
    Page("done", "/booking/{token}?new=1", who="", host="site"),
    Page("own booking", "/booking/{token}", who="", host="site"),
    Page("move one's own", "/booking/{token}/time", who="", host="site"),
    Page("cancel one's own", "/booking/{token}/cancellation", who="", host="site"),
]
