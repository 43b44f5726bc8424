"""What was deleted by law, and the one change of a decision that is allowed: its result, in the
transaction that forgets its declaration."""

import django.db.models.deletion
from django.db import migrations, models

FORGETS = """
create function store_decision_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'result' = to_jsonb(old) - 'result' and exists (
    select from store_forgotten f where f.declaration_id = new.declaration_id
      and f.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
  ) then
    return new;
  end if;
  raise exception 'store_decision is append-only';
end $$;
drop trigger write_once on store_decision;
create trigger write_once before update or delete on store_decision
  for each row execute function store_decision_once();
"""
UNDO = """
drop trigger write_once on store_decision;
create trigger write_once before update or delete on store_decision
  for each row execute function store_write_once();
drop function store_decision_once();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0019_refused_unseen'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forgotten',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('files', models.JSONField(default=list)),
                ('declaration', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forgotten', to='store.declaration')),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forgotten', to='store.libraryentry')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('declaration__isnull', True), ('entry__isnull', True), _connector='XOR'), name='forgotten_is_of_one')],
            },
        ),
        migrations.RunSQL(FORGETS, UNDO),
    ]
