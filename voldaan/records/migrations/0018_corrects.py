import django.db.models.deletion
from django.db import migrations, models


def as_they_were_booked(apps, schema_editor):
    """Tell of earlier credit notes which invoice they named: the one that they lowered at once."""
    of_notes = apps.get_model("records", "Allocation").objects.filter(rule="credit_note")
    notes = apps.get_model("records", "Invoice").objects.filter(kind="credit_note")
    lowered = of_notes.filter(credit__invoice=models.OuterRef("pk")).order_by("number")
    notes.update(corrects=models.Subquery(lowered.values("receivable__invoice")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_batch_reference"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="corrects",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="records.invoice",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)), fields=["administration", "corrects"],
                name="invoice_corrects",
            ),
        ),
        migrations.RunPython(as_they_were_booked, migrations.RunPython.noop),
    ]
