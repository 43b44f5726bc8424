import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('store', '0021_folds_again')]
    operations = [
        migrations.AddField(
            model_name='entry',
            name='source',
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name='booked',
                to='store.libraryentry',
            ),
        )
    ]
