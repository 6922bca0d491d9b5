"""A full installation: thousands of businesses with a few people each, and one with a hundred thousand.

The rows are made by the database itself, as the role that owns the tables, in seconds; every constraint and index is
the product's own.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

from flectar.config import installation

PROJECTS = 10_000
ROWS = 100_000
FEW = 5  # rows of each of the others

_FIRST = (
    "ana maria lucia carmen laura marta paula sara elena alba nuria irene julia noa ines rosa pilar clara sofia eva "
    "jose juan antonio manuel david carlos daniel pablo jorge luis mario hugo alvaro adrian ivan oscar ruben marc pau "
    "joan zoe yago ximena walter victor ursula teo sergio raul quim"
).split()
_LAST = (
    "garcia martinez lopez sanchez perez gomez martin jimenez ruiz hernandez diaz moreno alvarez romero alonso "
    "gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano blanco molina morales suarez ortega delgado "
    "castro ortiz rubio marin sanz nunez iglesias medina garrido cortes castillo santos lozano guerrero cano prieto "
    "mendez cruz calvo gallego vidal leon marquez herrera pena flores cabrera campos vega fuentes carrasco diez "
    "caballero reyes nieto aguilar pascual santana herrero lorenzo montero hidalgo gimenez ibanez ferrer duran "
    "santiago benitez mora vicente vargas arias carmona crespo roman pastor soto saez velasco moya soler parra "
    "esteban bravo gallardo rojas"
).split()

_ORGANIZATIONS = """
INSERT INTO organizations_organization (id, name, created_at)
SELECT uuidv7(), 'Crowd ' || n, now() FROM generate_series(1, %(projects)s) n
"""
_PROJECTS = """
INSERT INTO projects_project (organization_id, slug, name, locale, locales, zone, currency, modules, is_demo,
       created_at)
SELECT o.id, 'crowd-' || substr(o.name, 7), o.name, 'en', '["en", "es"]', 'Europe/Madrid', 'EUR',
       '["booking", "customers", "site"]', false, now()
  FROM organizations_organization o WHERE o.name LIKE 'Crowd %%'
"""
_RESOURCES = """
INSERT INTO booking_resource (project_id, kind, name, name_folded, rank, is_active, rev)
SELECT p.id, 'staff', 'Person ' || n, 'person ' || n, n, true, 0
  FROM projects_project p, generate_series(1, 3) n WHERE p.slug LIKE 'crowd-%%'
"""
_SERVICES = """
INSERT INTO booking_service (project_id, name, name_folded, slug, "group", description, duration_min, price_minor,
       buffer_before, buffer_after, buffer_inside_hours, notice_min, horizon_days, step_min, change_notice_min,
       is_active, position, version)
SELECT p.id, 'Cut', 'cut', 'cut', '', '', 30, 3800, 0, 0, false, 0, 720, 30, 60, true, 0, 1
  FROM projects_project p WHERE p.slug LIKE 'crowd-%%'
"""
# A few names are very common and most are rare, as among people.
_CUSTOMERS = """
INSERT INTO customers_customer (project_id, name, sort_key, kind, locale, collected_via, collected_from,
       notice_version, created_at, archived_at)
SELECT p.id, initcap(who), who, 'person', '', 'booking', '', '', now() - n * interval '5 minutes',
       CASE WHEN n %% 20 = 0 THEN now() END
  FROM projects_project p
 CROSS JOIN LATERAL generate_series(1, CASE WHEN p.slug = 'crowd-1' THEN %(rows)s ELSE %(few)s END) n
 CROSS JOIN LATERAL (SELECT pick(n, 1, %(first)s) || ' ' || pick(n, 2, %(last)s) || ' ' || pick(n, 3, %(last)s) AS who)
 WHERE p.slug LIKE 'crowd-%%'
"""
# Repeatable, unlike random(): the same run finds the same people.
_PICK = """
CREATE FUNCTION pg_temp.pick(n int, salt int, words text[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN words[1 + floor(cardinality(words) * power((hashint8extended(n, salt) & 1048575) / 1048576.0, 2))]
"""
_EMAILS = """
INSERT INTO customers_customeremail (project_id, customer_id, email, position)
SELECT project_id, id, replace(sort_key, ' ', '.') || '.' || substr(id::text, 25) || '@example.com', 0
  FROM customers_customer WHERE notice_version = ''
"""
_PHONES = """
INSERT INTO customers_customerphone (project_id, customer_id, number, position)
SELECT project_id, id, '+346' || lpad((hashint8extended(hashtext(id::text), 7) & 67108863)::text, 8, '0'), 0
  FROM customers_customer WHERE notice_version = ''
"""
# Half of them in the past, a tenth cancelled, one each customer, half an hour apart for each of three people.
_BOOKINGS = """
INSERT INTO booking_booking (project_id, code, token, service_id, resource_id, customer_id, status, starts_at, ends_at,
       tz, local_start, service_name, price_snapshot, policy_snapshot, note, locale, source, version, created_at)
SELECT c.project_id, 'B' || c.n, 'token-' || c.n, s.id, r.id, c.id,
       CASE WHEN c.n %% 10 = 0 THEN 'cancelled' WHEN starts_at < now() THEN 'completed' ELSE 'confirmed' END,
       starts_at, starts_at + interval '30 minutes', 'Europe/Madrid', to_char(starts_at, 'YYYY-MM-DD"T"HH24:MI'),
       'Cut', '{"minor": 3800, "currency": "EUR"}', '{"change_notice_min": 60}', '', 'en', 'site', 1, now()
  FROM (SELECT project_id, id, row_number() OVER (PARTITION BY project_id ORDER BY id) AS n FROM customers_customer) c
  JOIN booking_service s ON s.project_id = c.project_id AND s.slug = 'cut'
  JOIN booking_resource r ON r.project_id = c.project_id AND r.rank = 1 + c.n %% 3
 CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) + (c.n / 3 - CASE WHEN s.project_id = %(big)s THEN %(rows)s / 6
                     ELSE hashtext(s.project_id::text) %% (%(rows)s / 6) END) * interval '30 minutes' AS starts_at) t
"""
_CLAIMS = """
INSERT INTO booking_claim (project_id, resource_id, unit, starts_at, ends_at, booking_id, is_forced)
SELECT project_id, resource_id, 1, starts_at, ends_at, id, false FROM booking_booking WHERE status <> 'cancelled'
   AND project_id IN (SELECT id FROM projects_project WHERE slug LIKE 'crowd-%%')
"""

# Somewhat of everything: four in ten never came, a twentieth missed something, three in a hundred will come.
_FIGURES = """
INSERT INTO booking_figures (project_id, customer_id, visits, no_shows, worth_minor, last_visit_on, last_start_at)
SELECT project_id, id, visits, CASE WHEN luck %% 20 = 0 THEN 1 + luck %% 3 ELSE 0 END, visits * 3800,
       CASE WHEN visits > 0 THEN current_date - (luck %% 1000)::int END,
       now() + (CASE WHEN luck %% 33 = 0 THEN 1 ELSE -1 END) * luck * interval '1 minute'
  FROM (SELECT project_id, id, luck, greatest(0, luck / 20 %% 10 - 3) AS visits
          FROM (SELECT project_id, id, hashint8extended(hashtext(id::text), 3) & 65535 AS luck
                  FROM customers_customer WHERE notice_version = '') c) c
"""

# Or the next statement is planned for the handful of rows that were there before.
_COUNT = "ANALYZE projects_project, booking_resource, booking_service, booking_booking, customers_customer"


def whole(statement: str, model: str) -> str:
    """The INSERT … SELECT with what Django fills in for a new row: a new column of a model needs no change above.

    The table itself is left alone: an ALTER would wait for whoever works on it, and stop everybody behind it.
    """
    from django.apps import apps

    table = apps.get_model(model)._meta.db_table
    named = statement[statement.index("(") + 1 : statement.index(")")]
    given = {name.strip(' "\n') for name in named.split(",")}
    more = {}
    for field in apps.get_model(model)._meta.local_concrete_fields:
        value = field.default if field.has_default() else "" if field.empty_strings_allowed else None
        is_ours = field.null or field.is_relation or field.primary_key or field.generated
        if value is None or callable(value) or is_ours or field.column in given:
            continue
        more[str(field.column)] = sql.Literal(getattr(value, "value", value)).as_string().replace("%", "%%")
    begun = f"INSERT INTO {table} ("
    head, selected = statement.split("SELECT", 1)
    columns = "".join(f'"{name}", ' for name in more)
    return head.replace(begun, begun + columns, 1) + "SELECT " + "".join(f"{one}, " for one in more.values()) + selected


@dataclass(frozen=True)
class Crowd:
    """The business with very many rows, and one of the many with few."""

    large: UUID
    small: UUID


def fill(*, projects: int = PROJECTS, rows: int = ROWS) -> Crowd:
    values = {"projects": projects, "rows": rows, "few": FEW, "first": _FIRST, "last": _LAST}
    with psycopg.connect(installation.owner_database_url()) as owner:
        owner.execute(_PICK)
        resources, services = whole(_RESOURCES, "booking.Resource"), whole(_SERVICES, "booking.Service")
        for statement in (_ORGANIZATIONS, _PROJECTS, resources, services):
            owner.execute(statement.encode(), values if "%(" in statement else None)
        owner.execute(_COUNT)
        found = dict(
            owner.execute("SELECT slug, id FROM projects_project WHERE slug IN ('crowd-1', 'crowd-2')").fetchall()
        )
        values["big"] = found["crowd-1"]
        bookings, claims = whole(_BOOKINGS, "booking.Booking"), whole(_CLAIMS, "booking.Claim")
        for statement in (_CUSTOMERS.replace("pick(", "pg_temp.pick("), _EMAILS, _PHONES, bookings, claims, _FIGURES):
            owner.execute(statement.encode(), {name: values[name] for name in values if f"%({name})s" in statement})
            owner.execute(_COUNT)
    with psycopg.connect(installation.owner_database_url(), autocommit=True) as owner:
        owner.execute("ANALYZE")
    return Crowd(found["crowd-1"], found["crowd-2"])
