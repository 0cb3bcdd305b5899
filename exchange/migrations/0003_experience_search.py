"""Forgiving search for experiences, and the moment a comment was changed."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models

from toolkit.triggers import refresh_trigger

WORDS = """
-- As toolkit.text.fold: ä as ae, accents dropped, lower case, letters and digits only.
CREATE FUNCTION exchange_folded(words text) RETURNS text LANGUAGE sql STABLE AS $body$
    SELECT trim(regexp_replace(lower(unaccent(
        replace(replace(replace(replace(replace(replace(replace(words,
            'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'Ä', 'Ae'), 'Ö', 'Oe'), 'Ü', 'Ue'), 'ß', 'ss')
    )), '[^a-z0-9]+', ' ', 'g'))
$body$;

CREATE OR REPLACE FUNCTION exchange_experience_fill_search() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    topics text := (SELECT string_agg(t.name, ' ' ORDER BY et.id) FROM exchange_experiencetopic et
                    JOIN tenancy_topic t ON t.id = et.tag_id WHERE et.content_object_id = NEW.id);
    town text := (SELECT m.name FROM tenancy_network n JOIN tenancy_municipality m ON m.ags = n.municipality_id
                  WHERE n.id = NEW.network_id);
BEGIN
    NEW.search_key := exchange_folded(concat_ws(' ', NEW.title, topics, town));
    NEW.search :=
        setweight(to_tsvector('german_folded', NEW.title), 'A')
        || setweight(to_tsvector('german_folded', concat_ws(' ', topics, town, NEW.search_key)), 'B')
        || setweight(to_tsvector('german_folded', NEW.summary), 'B')
        || setweight(to_tsvector('german_folded', concat_ws(' ', NEW.software, NEW.service, NEW.supplier)), 'B')
        || setweight(to_tsvector('german_folded', concat_ws(' ', NEW.starting_point, NEW.what_we_did, NEW.result,
               NEW.pitfalls, NEW.differently, NEW.reusable, NEW.legal_basis, NEW.benefits, NEW.took_part)), 'D');
    RETURN NEW;
END $body$;
DROP TRIGGER exchange_experience_fill_search ON exchange_experience;
CREATE TRIGGER exchange_experience_fill_search
    -- Not for a count that rises: reading all words again would be the price of each "helpful".
    BEFORE INSERT OR UPDATE OF title, search_key, summary, software, service, supplier, starting_point, what_we_did,
        result, pitfalls, differently, reusable, legal_basis, benefits, took_part
    ON exchange_experience FOR EACH ROW EXECUTE FUNCTION exchange_experience_fill_search();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_audience")]

    operations = [
        migrations.AddField("comment", "edited_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "experience",
            "search_key",
            models.TextField(
                default="",
                editable=False,
                help_text="Folded title, topics and town, for forgiving search; kept by a trigger",
            ),
        ),
        migrations.AlterField(
            "experience",
            "task_area",
            models.CharField(
                blank=True,
                choices=[
                    ("finance", "Finanzen"),
                    ("building", "Bau und Planung"),
                    ("personnel", "Personal"),
                    ("organisation", "Organisation"),
                    ("it", "IT und Digitales"),
                    ("citizens", "Bürgerdienste"),
                    ("order", "Sicherheit und Ordnung"),
                    ("social", "Soziales"),
                    ("youth", "Kinder, Jugend und Schule"),
                    ("culture", "Kultur und Sport"),
                    ("environment", "Umwelt und Klima"),
                    ("mobility", "Mobilität und Verkehr"),
                    ("economy", "Wirtschaft und Tourismus"),
                    ("utilities", "Eigenbetriebe und Entsorgung"),
                    ("leadership", "Verwaltungsleitung und Gremien"),
                    ("other", "Anderes"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            "experience",
            django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"], name="experience_by_trigram", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        refresh_trigger(
            "exchange_experiencetopic",
            "INSERT OR UPDATE OR DELETE",
            """
            UPDATE exchange_experience SET search_key = search_key
                WHERE id IN (NEW.content_object_id, OLD.content_object_id);
            """,
        ),
    ]
