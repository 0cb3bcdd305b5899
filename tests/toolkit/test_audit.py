"""The record: lines are added and never changed."""

from __future__ import annotations

import pytest
from django.db import Error, transaction

from toolkit.audit import record
from toolkit.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_an_act_is_written_with_who_what_where_and_why():
    entry = record(
        "role.given",
        person_id=7,
        subject="membership",
        subject_id=3,
        network_id=5,
        state_code="08",
        reason="Nachfolge",
        changes={"role": ["pilot", "coordinator"]},
    )
    assert AuditEntry.objects.values_list(
        "verb", "person_id", "subject", "subject_id", "network_id", "state_code", "reason", "changes"
    ).get(pk=entry.pk) == (
        *("role.given", 7, "membership", "3", 5, "08", "Nachfolge"),
        {"role": ["pilot", "coordinator"]},
    )


def test_an_act_belongs_to_the_transaction_of_the_change():
    with transaction.atomic():
        record("x.y", person_id=None, subject="x", subject_id=1)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("attempt", [lambda rows: rows.update(reason="gelogen"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_what_is_written(attempt):
    entry = record("x.y", person_id=None, subject="x", subject_id=1, reason="wahr")
    with pytest.raises(Error), transaction.atomic():
        attempt(AuditEntry.objects.filter(pk=entry.pk))
    assert AuditEntry.objects.get().reason == "wahr"
