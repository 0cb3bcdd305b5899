"""The search in the chat: words of messages, and one function that finds them past the wall, with the rule inside.

The words stand in a column of their own that PostgreSQL fills: empty when the text is empty, new when it is edited.
No model knows it, so that no page reads it.
"""

from __future__ import annotations

from django.db import migrations

from toolkit.row_security import PERSON, definer

#: The words of several spellings of one question, any of which may fit; NULL when nothing but fill words is asked.
QUESTION = """
CREATE FUNCTION chat_question(spellings text[]) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $body$
    SELECT string_agg('(' || asked::text || ')', ' | ' ORDER BY asked::text) FROM (
        SELECT DISTINCT websearch_to_tsquery('german_folded', spelling) AS asked FROM unnest(spellings) spelling
    ) each WHERE numnode(asked) > 0
$body$;
"""

#: What is found is what the policy of ``chat_message`` shows, and of that what still says something.
READABLE = "m.kind = 'text' AND m.hidden_at IS NULL AND m.retracted_at IS NULL AND m.expired_at IS NULL"

# Newest first, by number: in one conversation it rises with ``seq``. There are three ways to the same rows, and each
# is the only quick one for somebody: the words' index for a rare word, each log from its end for few conversations,
# all logs from the newest message on for many. PostgreSQL cannot choose among them, since it does not know how much of
# the whole is ours; so how many rows each would look at is estimated here.
FIND = f"""
DECLARE
    me bigint := {PERSON};
    places bigint[];
    own float8;
    everything float8;
    looked float8;
    share float8;
    few float8;
    many float8;
    plan json;
    edge bigint;
    gathered bigint[];
    wanted text := '{READABLE.replace("'", "''")}';
    turn text := CASE WHEN backwards THEN 'ASC' ELSE 'DESC' END;
BEGIN
    IF me IS NULL THEN
        RETURN;
    END IF;
    everything := greatest((SELECT reltuples FROM pg_class WHERE oid = 'chat_message'::regclass), 1);
    IF question IS NOT NULL THEN
        wanted := wanted || ' AND m.search @@ $1';
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM chat_message WHERE search @@ %L::tsquery', question) INTO plan;
        looked := greatest((plan->0->'Plan'->>'Plan Rows')::float8, 1);
    END IF;
    IF since IS NOT NULL OR until IS NOT NULL THEN
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM chat_message WHERE created_at >= %L AND created_at < %L',
            coalesce(since, '-infinity'), coalesce(until, 'infinity')) INTO plan;
        looked := least(looked, greatest((plan->0->'Plan'->>'Plan Rows')::float8, 1));
    END IF;
    IF senders IS NOT NULL THEN
        wanted := wanted || ' AND m.sender_id = ANY ($3)';
    END IF;
    IF since IS NOT NULL THEN
        wanted := wanted || ' AND m.created_at >= $4';
    END IF;
    IF until IS NOT NULL THEN
        wanted := wanted || ' AND m.created_at < $5';
    END IF;
    IF with_files THEN
        wanted := wanted || ' AND m.file_count > 0';
    END IF;
    IF beyond IS NOT NULL THEN
        wanted := wanted || format(' AND m.id %s $6', CASE WHEN backwards THEN '>' ELSE '<' END);
    END IF;
    -- Few enough to look at, whoever asks: then nobody's conversations need to be counted.
    IF looked <= 1000 THEN
        few := looked;
        many := looked;
    ELSE
        SELECT array_agg(s.conversation_id), sum(c.head - s.joined_seq) INTO places, own
        FROM chat_participant s JOIN chat_conversation c ON c.id = s.conversation_id
        WHERE s.person_id = me AND s.left_seq IS NULL
            AND (talks IS NULL OR s.conversation_id = ANY (talks))
            AND (senders IS NULL OR EXISTS (SELECT FROM chat_participant o
                WHERE o.conversation_id = s.conversation_id AND o.person_id = ANY (senders)));
        IF places IS NULL THEN
            RETURN;
        END IF;
        everything := greatest(everything, own);
        share := greatest(coalesce(looked, everything) / everything, 1e-9);
        few := CASE WHEN beyond IS NULL THEN least(own, cardinality(places) * (most / share + 3)) ELSE own END;
        many := least(everything, most / share * everything / greatest(own, 1));
    END IF;
    IF looked <= least(few, many) THEN
        RETURN QUERY EXECUTE
            format('WITH hit AS MATERIALIZED ('
                'SELECT m.id, m.conversation_id, m.seq FROM chat_message m WHERE %s)'
                ' SELECT hit.id FROM hit JOIN chat_participant s ON s.conversation_id = hit.conversation_id'
                ' WHERE s.person_id = $8 AND s.left_seq IS NULL AND hit.seq > s.joined_seq'
                ' AND ($9 IS NULL OR s.conversation_id = ANY ($9)) ORDER BY hit.id %s LIMIT $7', wanted, turn)
            USING question::tsquery, places, senders, since, until, beyond, most, me, talks;
        RETURN;
    END IF;
    edge := coalesce(beyond, (SELECT max(id) + 1 FROM chat_message));
    -- Nothing but the order of an index will do. These settings end with the function.
    PERFORM set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_sort', 'off', true);
    IF many < few AND NOT with_files THEN
        -- So far and no farther: where the guess was wrong, the other way knows its end.
        EXECUTE format('SELECT ARRAY(SELECT m.id FROM chat_message m WHERE %s AND m.conversation_id = ANY ($2)'
            ' AND m.seq > (SELECT s.joined_seq FROM chat_participant s'
            ' WHERE s.conversation_id = m.conversation_id AND s.person_id = $8 AND s.left_seq IS NULL) AND m.id %s $9'
            ' ORDER BY m.id %s LIMIT $7)', wanted, CASE WHEN backwards THEN '<' ELSE '>' END, turn)
            INTO gathered
            USING question::tsquery, places, senders, since, until, beyond, most, me,
                (edge + (CASE WHEN backwards THEN 1 ELSE -1 END) * (10 * many + 10000))::bigint;
        IF cardinality(gathered) = most THEN
            RETURN QUERY SELECT unnest(gathered);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY EXECUTE
        format('SELECT each.id FROM chat_participant s CROSS JOIN LATERAL (SELECT m.id FROM chat_message m'
            ' WHERE m.conversation_id = s.conversation_id AND m.seq > s.joined_seq AND %1$s'
            ' ORDER BY m.seq %2$s LIMIT $7) each'
            ' WHERE s.person_id = $8 AND s.left_seq IS NULL AND s.conversation_id = ANY ($2)'
            ' ORDER BY each.id %2$s LIMIT $7', wanted, turn)
        USING question::tsquery, places, senders, since, until, beyond, most, me;
END
"""

# A typing error, or a word inside a longer one ("Beleuchtung" in "Straßenbeleuchtung"): the words that the newest
# messages of the acting one hold are its dictionary, so nothing of others' words comes back, and none is kept for it.
ALIKE = f"""
WITH place AS (
    SELECT s.conversation_id, s.joined_seq FROM chat_participant s
    JOIN chat_conversation c ON c.id = s.conversation_id
    WHERE s.person_id = {PERSON} AND s.left_seq IS NULL AND (talks IS NULL OR s.conversation_id = ANY (talks))
    ORDER BY c.last_at DESC LIMIT 40
), known AS (
    SELECT DISTINCT unnest(tsvector_to_array(each.search)) AS lexeme FROM place CROSS JOIN LATERAL (
        SELECT m.search FROM chat_message m
        WHERE m.conversation_id = place.conversation_id AND m.seq > place.joined_seq AND {READABLE}
        ORDER BY m.seq DESC LIMIT CASE WHEN cardinality(talks) = 1 THEN 2000 ELSE 100 END
    ) each
), word AS (
    SELECT n, coalesce((tsvector_to_array(to_tsvector('german_folded', asked)))[1], lower(unaccent(asked))) AS stem
    FROM unnest(words) WITH ORDINALITY given(asked, n)
), fits AS (
    SELECT word.n, known.lexeme,
        row_number() OVER (PARTITION BY word.n ORDER BY similarity(known.lexeme, word.stem) DESC, known.lexeme) AS place
    FROM word JOIN known ON (length(word.stem) >= 3 AND strpos(known.lexeme, word.stem) > 0)
        OR similarity(known.lexeme, word.stem) >= 0.4
), choice AS (
    SELECT n, '(' || string_agg(quote_literal(lexeme), ' | ' ORDER BY place) || ')' AS any_of FROM fits
    WHERE place <= 20 GROUP BY n
)
SELECT string_agg(any_of, ' & ' ORDER BY n) FROM choice HAVING count(*) = cardinality(words)
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0007_my_numbers")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE chat_message ADD search tsvector GENERATED ALWAYS AS (to_tsvector('german_folded', body)) STORED;"
            " CREATE INDEX chat_words ON chat_message USING gin (search) WITH (gin_pending_list_limit = 256);"
            " CREATE INDEX chat_by_time ON chat_message USING brin (created_at);"
            " CREATE INDEX chat_with_files ON chat_message (conversation_id, seq) WHERE file_count > 0;",
            "DROP INDEX chat_words, chat_by_time, chat_with_files; ALTER TABLE chat_message DROP search;",
        ),
        migrations.RunSQL(QUESTION, "DROP FUNCTION chat_question(text[]);"),
        definer(
            "chat_find(question text, talks bigint[], senders bigint[], since timestamptz, until timestamptz, "
            "with_files boolean, beyond bigint, backwards boolean, most int)",
            "TABLE (found bigint)",
            FIND,
            language="plpgsql",
            # VOLATILE for EXPLAIN; and what is set inside is over with the function because it is set here.
            volatile="VOLATILE ROWS 20 COST 10000 SET jit = off SET enable_bitmapscan = on SET enable_seqscan = on "
            "SET enable_sort = on",
        ),
        definer("chat_alike(words text[], talks bigint[])", "text", ALIKE, volatile="STABLE COST 10000"),
    ]
