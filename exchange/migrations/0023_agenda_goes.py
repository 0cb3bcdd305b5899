"""The agenda lives on as sessions by the migration before."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0022_program_wall")]

    operations = [migrations.RemoveField(model_name="workshop", name="agenda")]
