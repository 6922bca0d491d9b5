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
    Page("not found", "/nowhere-at-all", who="", status=404),
    Page("sign in", "/account/login/", who=""),
    Page("sign up", "/account/signup/", who=""),
    Page("sign in by code", "/account/login/code/", who=""),
    Page("new password", "/account/password/reset/", who=""),
    Page("account", "/account/"),
    Page("account email", "/account/email/"),
    Page("account password", "/account/password/change/"),
    Page("two-step sign-in", "/account/two-step/"),
    Page("sessions", "/account/sessions/"),
    Page("sign out", "/account/logout/"),
    Page("messages", "/{project}/settings/messages/"),
    Page("message", "/{project}/settings/messages/{message}/"),
    Page("mail previews", "/{project}/settings/mail-previews/"),
    Page("customers", "/{project}/customers/"),
    Page("customers found", "/{project}/customers/?q=paula"),
    Page("customers archived", "/{project}/customers/?show=archived"),
    Page("customer", "/{project}/customers/{paula}"),
    Page("customer new", "/{project}/customers/new"),
    Page("customer edit", "/{project}/customers/{paula}/edit"),
    Page("customer imports", "/{project}/customers/imports"),
    Page("customer import waiting", "/{project}/customers/imports/{waiting_import}"),
    Page("customer import done", "/{project}/customers/imports/{done_import}"),
    Page("api keys", "/{project}/settings/keys/"),
    Page("api key new", "/{project}/settings/keys/new"),
    Page("api reference", "/api/v1/", who=""),
]
