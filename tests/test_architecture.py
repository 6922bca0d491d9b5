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
from django.urls import URLPattern, URLResolver, get_resolver

from flectar.config import outside
from flectar.config.modules import MODULES, PERMISSIONS
from flectar.core import inventory
from flectar.core.tenancy import ProjectKey, TenantForeignKey, TenantIsolation, TenantOneToOneField
from flectar.core.tenancy.models import TenantManager
from flectar.platform.organizations.roles import VERBS

SOURCE = Path(settings.PACKAGE)
FLOORS = ["core", "ui", "platform", "people", "money", "presence", "offers", "oversight", "demo", "config"]
PLATFORM_FLOORS = ["audit", "outbox", "accounts", "organizations", "projects", "webapi", "integrations"]
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
    assert access.kind in expected.get(urlconf, {"permission", "account", "public", "webhook", "operator"})
    if access.kind == "permission":
        assert access.permission in PERMISSIONS
        assert path.startswith("<slug:project>/")


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


STORAGE_CALL = re.compile(r"(?:local|session)Storage\.(?:set|get|remove)Item\(\s*[\"'`]([^\"'`]+)")


def _calls(file: Path, name: str) -> Iterator[tuple[int, str]]:
    """Each line with the call, and the two after it."""
    lines = [*file.read_text().splitlines(), "", ""]
    return ((n + 1, "".join(lines[n : n + 3])) for n, line in enumerate(lines) if name in line)


def test_every_cookie_is_registered() -> None:
    registered = {item.name for item in outside.BROWSER_ITEMS if item.where == "cookie"}
    known = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.THEME_COOKIE}
    setters = [
        f"{file.relative_to(SOURCE)}:{number}"
        for file in SOURCE.rglob("*.py")
        for number, call in _calls(file, ".set_cookie(")
        if not re.search(r"settings\.|name, value", call)
    ]

    assert known <= registered
    assert setters == [], "set cookies by a name from settings, registered in config/outside.py"


def test_every_storage_key_is_registered() -> None:
    registered = {item.name for item in outside.BROWSER_ITEMS if item.where != "cookie"}
    frontend = SOURCE.parents[1] / "frontend"
    used = {match for file in frontend.glob("src/**/*.ts") for match in STORAGE_CALL.findall(file.read_text())}

    assert used <= registered


# Names of formats, not hosts that anybody calls.
NAMESPACES = {"schema.org", "www.w3.org", "www.sitemaps.org", "json-schema.org", "datatracker.ietf.org", "ogp.me"}
# Links that a visitor may follow by their own choice.
LINKED = {"www.openstreetmap.org", "github.com"}


def test_every_outbound_host_is_registered() -> None:
    registered = {host for processor in outside.PROCESSORS for host in processor.hosts}
    found = {
        match
        for file in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.parents[1].glob("frontend/src/**/*.ts")]
        if "emulator" not in file.parts
        for match in re.findall(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)", file.read_text())
    }
    ours = {host for host in found if host.endswith((".localhost", ".example", "example.com")) or host[0].isdigit()}

    assert found - registered - NAMESPACES - LINKED - ours == set()


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
