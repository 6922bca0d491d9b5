"""Search gives names that begin with the text first, then the others, each in the order of names.

Who types "maria" means the Marias; the index of names has them side by side, so a page of them costs nothing. Sorted
in among the Ana Marias, every one of six thousand had to be gathered first. `after` tells by itself on which side of
the border a page begins.

MATERIALIZED keeps the order of the steps: left to itself the planner takes a business for an average one and looks
every owner of an address up before it leaves out those that are named so.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("flectar.people.customers.migrations.0003_search_by_walking_first")

# Each plan is made for the words at hand: a general one would know neither how rare they are nor which index is partial.
FUNCTION = """
CREATE FUNCTION customers_search(
    whole text, words text[], address text, digits text, archived boolean, after_key text, after_id uuid, room integer
) RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    served uuid := nullif(current_setting('app.project_id', true), '')::uuid;
    border CONSTANT text := whole || chr(1114111);
    patterns text[];
    steps integer;
    seen integer;
    page uuid[];
BEGIN
    IF served IS NULL THEN
        RAISE EXCEPTION 'customers_search was called outside a project';
    END IF;

    -- Names that begin so.
    IF after_id IS NULL OR (after_key >= whole COLLATE "C" AND after_key < border COLLATE "C") THEN
        RETURN QUERY
        SELECT c.id FROM customers_customer c
         WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
           AND c.sort_key >= whole COLLATE "C" AND c.sort_key < border COLLATE "C"
           AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
         ORDER BY c.sort_key, c.id LIMIT room;
        GET DIAGNOSTICS seen = ROW_COUNT;
        room := room - seen;
        after_id := NULL;
    END IF;
    IF room = 0 OR (length(words[1]) < 3 AND digits = '') THEN
        RETURN;
    END IF;

    -- The others: what many share fills the rest of the page within the first names in order. A look at a few of them
    -- tells whether that is likely: what is rare is not worth the walk.
    SELECT array_agg('%' || word || '%') INTO patterns FROM unnest(words) word;
    address := CASE WHEN address <> '' THEN '%' || address || '%' END;
    digits := CASE WHEN digits <> '' THEN '%' || digits || '%' END;
    FOREACH steps IN ARRAY ARRAY[200, greatest(1000, 20 * room)] LOOP
        -- A scalar subquery, because EXISTS may be turned into a hash of every address of the business.
        WITH walked AS MATERIALIZED (
            SELECT c.id, c.sort_key FROM customers_customer c
             WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
               AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
             ORDER BY c.sort_key, c.id LIMIT steps
        )
        SELECT (SELECT count(*) FROM walked), ARRAY(
            SELECT w.id FROM walked w
             WHERE NOT (w.sort_key >= whole COLLATE "C" AND w.sort_key < border COLLATE "C")
               AND (w.sort_key LIKE ALL (patterns)
                OR (address IS NOT NULL AND (SELECT true FROM customers_customeremail e
                     WHERE e.project_id = served AND e.customer_id = w.id AND e.email LIKE address LIMIT 1))
                OR (digits IS NOT NULL AND (SELECT true FROM customers_customerphone p
                     WHERE p.project_id = served AND p.customer_id = w.id AND p.number LIKE digits LIMIT 1)))
             ORDER BY w.sort_key, w.id LIMIT room)
          INTO seen, page;
        IF seen < steps OR cardinality(page) = room THEN
            RETURN QUERY SELECT unnest(page);
            RETURN;
        END IF;
        EXIT WHEN cardinality(page) < 3;
    END LOOP;

    -- What is rare, by its letters. Most addresses hold their owner's name: only the others' owners need looking up.
    RETURN QUERY
    WITH named AS MATERIALIZED (
        SELECT c.id, c.sort_key, (c.archived_at IS NOT NULL) AS is_archived FROM customers_customer c
         WHERE c.project_id = served AND c.sort_key LIKE patterns[1] AND c.sort_key LIKE ALL (patterns)
    ), reached AS MATERIALIZED (
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
       AND NOT (f.sort_key >= whole COLLATE "C" AND f.sort_key < border COLLATE "C")
     ORDER BY f.sort_key, f.id LIMIT room;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_tags_and_consent")]
    operations = [migrations.RunSQL(_before._install(FUNCTION), _before._install(_before.FUNCTION))]
