"""The rules of the road keep more of a fix than they did: what was kept of journeys is worth
nothing, and those that are under way are folded again."""

from django.db import migrations

AGAIN = """
delete from store_snapshot;
update store_watch set version = version + 1, dirty_at = began_at where ended_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [('store', '0020_forgotten')]
    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]
