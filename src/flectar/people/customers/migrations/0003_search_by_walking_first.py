"""Search that stays quick in a business of a hundred thousand people.

What many share ("garcia", "@gmail.com") fills a page within the first names in order, so that is looked at
first, along the index of names; the trigram indexes would have to gather every match before the first is known. Only
what that walk does not find is rare enough for them.
"""

from importlib import import_module

from django.db import migrations

from flectar.core.roles import APP, SEARCH

BEFORE: str = import_module("flectar.people.customers.migrations.0002_search").FUNCTION

# Each plan is made for the words at hand: a general one would know neither how rare they are nor which index is partial.
FUNCTION = """
CREATE FUNCTION customers_search(
    whole text, words text[], address text, digits text, archived boolean, after_key text, after_id uuid, room integer
) RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    served uuid := nullif(current_setting('app.project_id', true), '')::uuid;
    steps CONSTANT integer := greatest(1000, 20 * room);
    patterns text[];
    seen integer;
    page uuid[];
BEGIN
    IF served IS NULL THEN
        RAISE EXCEPTION 'customers_search was called outside a project';
    END IF;
    IF length(words[1]) < 3 AND digits = '' THEN
        RETURN QUERY
        SELECT c.id FROM customers_customer c
         WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
           AND c.sort_key >= whole COLLATE "C" AND c.sort_key < (whole || chr(1114111)) COLLATE "C"
           AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
         ORDER BY c.sort_key, c.id LIMIT room;
        RETURN;
    END IF;
    SELECT array_agg('%' || word || '%') INTO patterns FROM unnest(words) word;
    address := CASE WHEN address <> '' THEN '%' || address || '%' END;
    digits := CASE WHEN digits <> '' THEN '%' || digits || '%' END;

    -- A scalar subquery, because EXISTS may be turned into a hash of every address of the business.
    WITH walked AS MATERIALIZED (
        SELECT c.id, c.sort_key FROM customers_customer c
         WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
           AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
         ORDER BY c.sort_key, c.id LIMIT steps
    )
    SELECT (SELECT count(*) FROM walked), ARRAY(
        SELECT w.id FROM walked w
         WHERE w.sort_key LIKE ALL (patterns)
            OR (address IS NOT NULL AND (SELECT true FROM customers_customeremail e
                 WHERE e.project_id = served AND e.customer_id = w.id AND e.email LIKE address LIMIT 1))
            OR (digits IS NOT NULL AND (SELECT true FROM customers_customerphone p
                 WHERE p.project_id = served AND p.customer_id = w.id AND p.number LIKE digits LIMIT 1))
         ORDER BY w.sort_key, w.id LIMIT room)
      INTO seen, page;
    IF seen < steps OR cardinality(page) = room THEN
        RETURN QUERY SELECT unnest(page);
        RETURN;
    END IF;

    -- Most addresses hold their owner's name: only the others' owners need looking up.
    RETURN QUERY
    WITH named AS MATERIALIZED (
        SELECT c.id, c.sort_key, (c.archived_at IS NOT NULL) AS is_archived FROM customers_customer c
         WHERE c.project_id = served AND c.sort_key LIKE patterns[1] AND c.sort_key LIKE ALL (patterns)
    ), reached AS (
        SELECT e.customer_id FROM customers_customeremail e
         WHERE e.project_id = served AND e.email LIKE address
           AND NOT EXISTS (SELECT FROM named n WHERE n.id = e.customer_id)
        UNION
        SELECT p.customer_id FROM customers_customerphone p
         WHERE p.project_id = served AND p.number LIKE digits
           AND NOT EXISTS (SELECT FROM named n WHERE n.id = p.customer_id)
    ), found AS (
        SELECT n.id, n.sort_key, n.is_archived FROM named n
        UNION ALL
        SELECT c.id, c.sort_key, c.archived_at IS NOT NULL
          FROM reached r JOIN customers_customer c ON c.project_id = served AND c.id = r.customer_id
    )
    SELECT f.id FROM found f
     WHERE f.is_archived = archived AND (after_id IS NULL OR (f.sort_key, f.id) > (after_key COLLATE "C", after_id))
     ORDER BY f.sort_key, f.id LIMIT room;
END $$;
"""


def _install(function: str) -> list[str]:
    """Only its owner may replace it, and only the owner of the database may make it."""
    return [
        f"SET ROLE {SEARCH}",
        "DROP FUNCTION customers_search",
        "RESET ROLE",
        function,
        "REVOKE ALL ON FUNCTION customers_search FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION customers_search TO {APP}",
        f"ALTER FUNCTION customers_search OWNER TO {SEARCH}",
    ]


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search")]
    operations = [migrations.RunSQL(_install(FUNCTION), _install(BEFORE))]
