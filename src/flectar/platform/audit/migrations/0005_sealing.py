"""Only two changes of an entry are possible from now on: into a block, once; and forgetting what names a person.

Both go through functions that belong to the owner of the tables; `app` may call them and write nothing itself.
"""

import os
from typing import Any

from django.db import migrations

from flectar.core.roles import APP
from flectar.platform.audit.sealing import fingerprint

# The facts of an entry that are sealed; sealing.py writes the same bytes. The request's id comes last: it is the only
# text in it that could hold the sign between two facts.
FACTS = """
CREATE FUNCTION audit_facts(e audit_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT convert_to(
        e.id || '|' || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '|' || e.action || '|' ||
        e.actor_kind || '|' || coalesce(e.actor_id::text, '') || '|' || coalesce(e.organization_id::text, '') || '|' ||
        coalesce(e.project_id::text, '') || '|' || e.target_type || '|' || coalesce(e.target_id::text, '') || '|' ||
        encode(e.fingerprint, 'hex') || '|' || e.request_id, 'UTF8')
$$;
"""
# Committed entries only, whatever their ids: who commits later is in a later block.
SEAL = """
CREATE FUNCTION audit_seal(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last bytea;
    next_number bigint;
    sealed integer;
    moment timestamptz := clock_timestamp();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_seal'));
    SELECT digest, number INTO last, next_number FROM audit_block ORDER BY number DESC LIMIT 1;
    last := coalesce(last, decode(repeat('00', 32), 'hex'));
    next_number := coalesce(next_number, 0) + 1;
    UPDATE audit_entry SET block = next_number
        WHERE id IN (SELECT id FROM audit_entry WHERE block IS NULL ORDER BY id LIMIT most);
    GET DIAGNOSTICS sealed = ROW_COUNT;
    IF sealed = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO audit_block (number, sealed_at, count, previous, digest)
        SELECT next_number, moment, sealed, last, sha256(
            last || convert_to(next_number || '|' ||
                to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '|' || sealed, 'UTF8') ||
            string_agg(sha256(audit_facts(e)), ''::bytea ORDER BY e.id))
        FROM audit_entry e WHERE e.block = next_number;
    RETURN sealed;
END $$;
"""
FORGET = """
CREATE FUNCTION audit_forget(ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forgotten integer;
BEGIN
    UPDATE audit_entry SET salt = NULL, actor_name = '', target_name = '', old = '{}', new = '{}'
        WHERE id = ANY(ids) AND salt IS NOT NULL
        AND project_id IS NOT DISTINCT FROM (SELECT nullif(current_setting('app.project_id', true), '')::uuid);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
"""
GUARD = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.block IS NULL AND NEW.block IS NOT NULL
            AND to_jsonb(NEW) - 'block' = to_jsonb(OLD) - 'block' THEN
            RETURN NEW;
        END IF;
        IF OLD.salt IS NOT NULL AND NEW.salt IS NULL AND NEW.actor_name = '' AND NEW.target_name = ''
            AND NEW.old = '{}' AND NEW.new = '{}'
            AND to_jsonb(NEW) - '{salt,actor_name,target_name,old,new}'::text[]
              = to_jsonb(OLD) - '{salt,actor_name,target_name,old,new}'::text[] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
STRICT = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def fingerprint_what_is_there(apps: Any, editor: Any) -> None:
    """Entries of an older version have none yet. The trigger is off for these statements, inside one transaction."""
    Entry = apps.get_model("audit", "Entry")  # noqa: N806 - a class
    editor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
    for entry in Entry.objects.filter(salt=None).iterator():
        salt = os.urandom(16)
        mark = fingerprint(salt, entry.actor_name, entry.target_name, entry.old, entry.new)
        Entry.objects.filter(pk=entry.pk).update(salt=salt, fingerprint=mark)
    editor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_no_change")


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_seal")]
    operations = [
        migrations.RunPython(fingerprint_what_is_there, migrations.RunPython.noop),
        migrations.RunSQL(
            [
                FACTS,
                SEAL,
                FORGET,
                GUARD,
                STRICT.format(name="audit_never_changes"),
                "REVOKE ALL ON FUNCTION audit_facts, audit_seal, audit_forget FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION audit_seal, audit_forget TO {APP}",
                f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_block FROM {APP}",
                "CREATE TRIGGER audit_block_no_change BEFORE UPDATE OR DELETE ON audit_block "
                "FOR EACH ROW EXECUTE FUNCTION audit_never_changes()",
                "CREATE TRIGGER audit_block_no_truncate BEFORE TRUNCATE ON audit_block "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_never_changes()",
            ],
            [
                "DROP TRIGGER audit_block_no_truncate ON audit_block",
                "DROP TRIGGER audit_block_no_change ON audit_block",
                f"GRANT INSERT, UPDATE, DELETE ON audit_block TO {APP}",
                "DROP FUNCTION audit_never_changes",
                STRICT.format(name="audit_is_append_only"),
                "DROP FUNCTION audit_forget",
                "DROP FUNCTION audit_seal",
                "DROP FUNCTION audit_facts",
            ],
        ),
    ]
