"""What no linter sees: the database's own catalogue, the views' marks, the data inventory, the house's floors."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.template.loader import get_template
from django.test.utils import isolate_apps
from django.urls import URLPattern, URLResolver, get_resolver

from flectar.config import outside
from flectar.config.modules import MODULES, PERMISSIONS
from flectar.core import inventory
from flectar.core.tenancy import ProjectKey, TenantForeignKey, TenantIsolation, TenantOneToOneField
from flectar.core.tenancy.models import TenantManager
from flectar.platform.organizations.roles import VERBS

SOURCE = Path(settings.PACKAGE)
FLOORS = ["core", "ui", "platform", "people", "money", "presence", "offers", "oversight", "demo", "config"]
PLATFORM_FLOORS = [
    "audit",
    "outbox",
    "legal",
    "accounts",
    "organizations",
    "projects",
    "lists",
    "webapi",
    "notifications",
    "webhooks",
    "integrations",
]
OURS = [model for model in apps.get_models() if model.__module__.startswith("flectar.")]
TENANT = [m for m in OURS if any(isinstance(c, TenantIsolation) for c in m._meta.constraints)]


def catalogue(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


# --- Tenancy ---


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_table_with_a_project_is_isolated(model: type[models.Model]) -> None:
    columns = {field.column for field in model._meta.concrete_fields}

    assert ("project_id" in columns) == (model in TENANT)


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_row_security_is_on_and_forced(db: None, model: type[models.Model]) -> None:
    table = model._meta.db_table

    flags = catalogue("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table)
    policies = catalogue(
        """SELECT polname, polcmd, polpermissive, ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY(polroles)),
                  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
             FROM pg_policy WHERE polrelid = %s::regclass AND polname IN ('tenant', 'own') ORDER BY polname""",
        table,
    )

    assert flags == [(True, True)]
    own, tenant = policies
    assert own[1:] == ("*", True, ["flectar_owner"], "true", "true")
    assert tenant[:4] == ("tenant", "*", True, ["flectar_app"])
    assert "app.project_id" in tenant[4]
    assert tenant[4] == tenant[5]


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_only_known_roles_see_past_the_policy(db: None, model: type[models.Model]) -> None:
    others = catalogue(
        """SELECT DISTINCT rolname FROM pg_policy JOIN pg_roles ON pg_roles.oid = ANY(polroles)
            WHERE polrelid = %s::regclass AND polname NOT IN ('tenant', 'own')""",
        model._meta.db_table,
    )

    assert {name for (name,) in others} <= {"flectar_search", "flectar_ops"}


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_references_between_tenant_tables_carry_the_project(db: None, model: type[models.Model]) -> None:
    keys = catalogue(
        """SELECT ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey)),
                  confrelid::regclass::text, condeferrable, condeferred
             FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'""",
        model._meta.db_table,
    )
    composite = {(frozenset(columns), target): (can, does) for columns, target, can, does in keys if len(columns) == 2}

    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model in TENANT:
            assert isinstance(field, TenantForeignKey | TenantOneToOneField), f"{field} must be a TenantForeignKey"
            key = (frozenset({"project_id", field.column}), field.related_model._meta.db_table)
            assert composite.get(key) == (True, False)


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_every_row_can_be_named_with_its_project(db: None, model: type[models.Model]) -> None:
    if model._meta.get_field("project_id").null:
        return
    unique = catalogue(
        """SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'p') AND
            (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
              WHERE attrelid = conrelid AND attnum = ANY(conkey)) = ARRAY['id', 'project_id']""",
        model._meta.db_table,
    )

    assert unique


def test_no_view_or_materialized_view_reads_past_row_security(db: None) -> None:
    views = catalogue(
        """SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
            AND NOT coalesce(reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false)"""
    )

    assert views == []


def test_functions_that_run_as_their_owner_fix_their_search_path(db: None) -> None:
    loose = catalogue(
        """SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
            AND (proconfig IS NULL OR NOT proconfig::text LIKE '%%search_path=%%')"""
    )

    assert loose == []


@pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)
def test_a_tenant_queryset_is_filtered_by_the_scope(model: type[models.Model]) -> None:
    if any(isinstance(field, ProjectKey) for field in model._meta.concrete_fields):
        assert isinstance(model._default_manager, TenantManager)


# --- Floors that strings hide ---


def floor(label: str) -> tuple[int, int]:
    parts = apps.get_app_config(label).name.split(".")
    wing = FLOORS.index(parts[1])
    return wing, PLATFORM_FLOORS.index(parts[2]) if parts[1] == "platform" and len(parts) > 2 else 0


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        target = field.related_model
        if field.is_relation and target in OURS:
            assert floor(target._meta.app_label) <= floor(model._meta.app_label), f"{field} points up"


# --- Views and rights ---


def patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


ALL_VIEWS = [
    (urlconf, path, pattern)
    for urlconf in (settings.ROOT_URLCONF, settings.SITE_URLCONF, settings.FILES_URLCONF)
    for path, pattern in patterns(get_resolver(urlconf))
]
# Libraries' own views that guard themselves: allauth's pages under account/ and the API's operations.
GUARDED_ELSEWHERE = ("account/", "api/v1/")


@pytest.mark.parametrize(("urlconf", "path", "pattern"), ALL_VIEWS, ids=[f"{u}:{p}" for u, p, _ in ALL_VIEWS])
def test_every_view_says_who_may_see_it(urlconf: str, path: str, pattern: URLPattern) -> None:
    access = getattr(pattern.callback, "access", None)

    if access is None:
        assert urlconf == settings.ROOT_URLCONF
        assert path.startswith(GUARDED_ELSEWHERE), f"{path} carries no mark of platform/projects/access.py"
        return
    expected = {settings.SITE_URLCONF: {"site"}, settings.FILES_URLCONF: {"public"}}
    on_the_platform = {"permission", "organization", "account", "public", "webhook", "operator"}
    assert access.kind in expected.get(urlconf, on_the_platform)
    if access.kind in ("permission", "organization"):
        assert access.permission in PERMISSIONS
        prefix = {"permission": "<slug:project>/", "organization": "organizations/<uuid:organization_id>/"}
        assert path.startswith(prefix[access.kind])


def test_permissions_are_module_and_verb() -> None:
    for name in PERMISSIONS:
        module, _, verb = name.partition(".")
        assert module
        assert verb in VERBS


def test_modules_need_known_permissions() -> None:
    assert {module.permission for module in MODULES} <= set(PERMISSIONS)


# --- The data inventory ---


def test_every_stored_field_is_classified() -> None:
    assert inventory.unclassified(inventory.records()) == []


@pytest.fixture
def diary() -> Iterator[Any]:
    """A model of which nobody has said what it holds."""
    with isolate_apps("flectar.platform.audit"):

        class Diary(models.Model):
            secret = models.TextField()
            mood = models.TextField()

            class Meta:
                app_label = "audit"

        yield Diary


def test_a_model_or_a_field_that_nobody_classified_is_found(diary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory.apps, "get_models", lambda **_: [diary])
    known = {"subject": "", "controller": inventory.PLATFORM, "purposes": (inventory.OPERATE,), "retention": "a day"}
    record = inventory.Record(diary, basis=inventory.CONTRACT, fields={"mood": inventory.NONE}, **known)

    assert inventory.unclassified({}) == ["audit.Diary.id", "audit.Diary.secret", "audit.Diary.mood"]
    assert inventory.unclassified({diary: record}) == ["audit.Diary.id", "audit.Diary.secret"]


def test_a_field_that_is_gone_cannot_stay_classified(diary: Any) -> None:
    known = {"subject": "", "controller": inventory.PLATFORM, "purposes": (inventory.OPERATE,), "retention": "a day"}

    with pytest.raises(ValueError, match="has no field weather"):
        inventory.classify(diary, basis=inventory.CONTRACT, fields={"weather": inventory.NONE}, **known)


COOKIE = re.compile(r"\.set_(?:signed_)?cookie\(\s*([^,)]+)|\bcookies\[([^\]]+)\]\s*=[^=]|document\.(cookie)\s*=")
STORAGE = re.compile(
    r"(?:local|session)Storage(?:\.(?:set|get|remove)Item\(\s*([^,)]+)|\[([^\]]+)\]|\.(?!(?:set|get|remove)Item)(\w+))"
)
HOST = re.compile(r"(?:https?|wss?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [next(group for group in match.groups() if group).strip() for match in pattern.finditer(text)]


def unregistered_cookies(text: str) -> list[str]:
    """Cookies set by anything but a setting whose value is in the register."""
    registered = {item.name for item in outside.BROWSER_ITEMS if item.where == "cookie"}
    named = [name for name in _found(COOKIE, text) if name not in KNOWN_LOOPS]
    return [name for name in named if getattr(settings, name.removeprefix("settings."), None) not in registered]


# `for name, value in (settings.…)`: the names are settings, read beside the call.
KNOWN_LOOPS = {"name"}


def unregistered_storage(text: str) -> list[str]:
    registered = {item.name for item in outside.BROWSER_ITEMS if item.where != "cookie"}
    constants = dict(re.findall(r"const (\w+) = [\"'`]([^\"'`]+)", text))
    return [name for name in _found(STORAGE, text) if constants.get(name, name.strip("\"'`")) not in registered]


# Names of formats, not hosts that anybody calls.
NAMESPACES = {"schema.org", "www.w3.org", "www.sitemaps.org", "json-schema.org", "datatracker.ietf.org", "ogp.me"}
# Links that a visitor may follow by their own choice.
LINKED = {"www.openstreetmap.org", "github.com", "calendar.google.com"}


def unregistered_hosts(text: str) -> list[str]:
    registered = {host for processor in outside.PROCESSORS for host in processor.hosts} | NAMESPACES | LINKED
    found = {host.lower() for host in HOST.findall(text)}
    ours = {host for host in found if host.endswith((".localhost", ".example", "example.com")) or host[0].isdigit()}
    return sorted(found - registered - ours)


FRONTEND = SOURCE.parents[1] / "frontend"
WRITTEN = {
    str(file.relative_to(SOURCE.parents[1])): file.read_text()
    for file in [*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*"), *FRONTEND.glob("src/**/*.ts")]
    if file.is_file() and "emulator" not in file.parts
}


@pytest.mark.parametrize("rule", [unregistered_cookies, unregistered_storage, unregistered_hosts])
def test_what_leaves_the_house_is_registered(rule: Any) -> None:
    found = {name: strange for name, text in WRITTEN.items() if (strange := rule(text))}

    assert found == {}, "register it in config/outside.py"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (unregistered_cookies, 'answer.set_cookie("visitor", "x")'),
        (unregistered_cookies, 'answer.set_signed_cookie(\n    "visitor", "x")'),
        (unregistered_cookies, "answer.set_cookie(settings.SECRET_KEY, 1)"),
        (unregistered_cookies, "answer.set_cookie(settings.NO_SUCH_COOKIE, 1)"),
        (unregistered_cookies, 'answer.cookies["visitor"] = "x"'),
        (unregistered_cookies, 'document.cookie = "visitor=x"'),
        (unregistered_storage, 'localStorage.setItem("visitor", id)'),
        (unregistered_storage, "sessionStorage.getItem(key)"),
        (unregistered_storage, 'const KEY = "visitor"; localStorage.setItem(KEY, 1)'),
        (unregistered_storage, "localStorage.visitor = 1"),
        (unregistered_storage, 'localStorage["visitor"] = 1'),
        (unregistered_hosts, 'get("https://tracker.evil.com/x")'),
        (unregistered_hosts, '<script src="HTTP://CDN.evil.com/x.js">'),
        (unregistered_hosts, 'new WebSocket("wss://live.evil.com")'),
    ],
)
def test_what_is_not_registered_is_found(rule: Any, text: str) -> None:
    assert rule(text)


def test_what_is_registered_passes() -> None:
    assert unregistered_cookies("answer.set_cookie(settings.THEME_COOKIE, theme)") == []
    assert unregistered_hosts('"https://api.resend.com/" "https://salon.example/" "http://127.0.0.1:8000/"') == []


# --- Templates and migrations ---

TEMPLATES = sorted(
    str(file.relative_to(folder))
    for folder in SOURCE.rglob("templates")
    for file in folder.rglob("*")
    if file.is_file()
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    get_template(name)


def test_no_migration_is_missing(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
