"""The description of the interface for machines."""

from __future__ import annotations

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.api_docs import described

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_names_every_operation_once(capsys):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    operations = [how["operationId"] for path in schema["paths"].values() for how in path.values()]
    assert len(operations) > 3
    assert len(operations) == len(set(operations))
    assert "collisions" not in capsys.readouterr().err


def test_lists_and_single_things_are_told_apart():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert schema["paths"]["/api/v1/experiences/"]["get"]["operationId"] == "experiences_list"
    assert schema["paths"]["/api/v1/experiences/{id}/"]["get"]["operationId"] == "experiences_retrieve"


def test_anybody_may_read_how_to_ask():
    assert "openapi" in yaml.safe_load(Client().get("/api/schema/").content)
    assert Client().get("/api/").status_code == 200


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_names_every_operation_and_every_thing_it_leads_to(language):
    html = Client(headers={"accept-language": language}).get("/api/").content.decode()
    operations, things = described()
    assert len(operations) > 10
    assert [o.path for o in operations if f"{o.method} {o.path}" not in html] == []
    named = {thing.name for thing in things}
    assert {o.answer for o in operations} <= named
    assert {field.thing for thing in things for field in thing.fields} - {""} <= named


def test_no_operation_is_told_by_a_word_of_its_ground():
    assert [o.path for o in described()[0] if not o.text or o.text.startswith("A view that") or "_" in o.title] == []
