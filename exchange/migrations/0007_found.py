"""The search for experiences: words are looked up past the wall, by one function that knows the rule itself.

Under a policy PostgreSQL uses no index of words or trigrams, for those operators might tell of rows out of sight by
their errors. So the candidates come from here: numbers alone, within the sight of the acting one and narrowed by all
that was asked; whoever reads the rows themselves is asked by the policy once more.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import KEYS, definer

# The statement is put together from constant parts, so that PostgreSQL plans each question with its own words: a rare
# one is looked up, for a frequent one the newest are walked through until there are enough.
FIND = f"""
DECLARE
    asked text := 'SELECT e.id, {{rank}} FROM exchange_experience e WHERE e.audience && $1'
        ' AND e.state = ''published'' AND e.hidden_at IS NULL';
    key text := '(e.published_at, e.id)';
    way text := CASE WHEN backwards THEN 'ASC' ELSE 'DESC' END;
BEGIN
    IF words <> '' THEN
        asked := asked || ' AND e.search @@ $2';
    END IF;
    FOR word IN 1 .. cardinality(alike) LOOP
        asked := asked || format(' AND (e.search_key LIKE ''%%'' || $3[%1$s] || ''%%'' OR e.search_key %%> $3[%1$s])',
                                 word);
    END LOOP;
    IF cardinality(topics) > 0 THEN
        asked := asked || ' AND EXISTS (SELECT FROM exchange_experiencetopic t JOIN tenancy_topic g ON g.id = t.tag_id'
            ' WHERE t.content_object_id = e.id AND g.slug = ANY ($4))';
    END IF;
    IF cardinality(lands) > 0 THEN
        asked := asked || ' AND e.network_id IN (SELECT n.id FROM tenancy_network n JOIN tenancy_municipality m'
            ' ON m.ags = n.municipality_id WHERE m.state_id = ANY ($5))';
    END IF;
    IF cardinality(networks) > 0 THEN
        asked := asked || ' AND e.network_id IN (SELECT n.id FROM tenancy_network n WHERE n.slug = ANY ($6))';
    END IF;
    IF cardinality(areas) > 0 THEN
        asked := asked || ' AND e.task_area = ANY ($7)';
    END IF;
    IF cardinality(stages) > 0 THEN
        asked := asked || ' AND e.stage = ANY ($8)';
    END IF;
    IF cardinality(but) > 0 THEN
        asked := asked || ' AND e.id <> ALL ($9)';
    END IF;
    IF beyond_id IS NOT NULL THEN
        asked := asked || format(' AND %s %s ($10, $11)', key, CASE WHEN backwards THEN '>' ELSE '<' END);
    END IF;
    IF ranked > 0 THEN
        asked := replace(asked, '{{rank}}', 'e.published_at, ts_rank(e.search, $2) AS fit');
        asked := format('SELECT id, row_number() OVER (ORDER BY fit DESC, published_at DESC, id DESC) FROM (%s ORDER BY e.published_at DESC, e.id DESC LIMIT %s) newest'
            ' ORDER BY 2 LIMIT %s', asked, ranked, most);
    ELSE
        asked := replace(asked, '{{rank}}', '0::bigint')
            || format(' ORDER BY e.published_at %1$s, e.id %1$s LIMIT %2$s', way, most);
    END IF;
    RETURN QUERY EXECUTE asked USING {KEYS}, websearch_to_tsquery('german_folded', words), alike, topics, lands,
        networks, areas, stages, but, beyond_at, beyond_id;
END
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_past_sight")]

    operations = [
        definer(
            "exchange_find_experiences(words text, alike text[], topics text[], lands text[], networks text[], "
            "areas text[], stages text[], but bigint[], beyond_at timestamptz, beyond_id bigint, backwards boolean, "
            "ranked int, most int)",
            "TABLE (found bigint, place bigint)",
            FIND,
            language="plpgsql",
        ),
        migrations.RunSQL("ALTER FUNCTION exchange_find_experiences ROWS 20 COST 10000", migrations.RunSQL.noop),
    ]
