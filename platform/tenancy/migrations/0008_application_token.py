"""What is kept of the token in the mail to an applicant: who holds it may see the application, and confirm it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_viewer")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="token_hash",
            field=models.CharField(
                blank=True, default="", help_text="SHA-256 of what the mail to the applicant brought", max_length=64
            ),
        ),
    ]
