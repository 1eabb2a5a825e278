from django.db import migrations, models


def told_without_a_payment(apps, schema_editor):
    """Keep what nobody paid from: a list or a person told it."""
    apps.get_model("records", "PayerAlias").objects.filter(seen=0).update(is_told=True)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0026_bank_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="payeralias",
            name="is_told",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(told_without_a_payment, migrations.RunPython.noop),
    ]
