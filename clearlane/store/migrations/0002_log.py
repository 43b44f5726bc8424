"""The log begins: its head row, and a rule of the database that nothing in it changes."""

from django.db import migrations

WRITE_ONCE = """
create function store_write_once() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
create trigger write_once before update or delete on store_auditentry
  for each row execute function store_write_once();
create trigger write_once before update or delete on store_auditnode
  for each row execute function store_write_once();
create trigger write_once before update or delete on store_checkpoint
  for each row execute function store_write_once();
create trigger write_once before update or delete on store_decision
  for each row execute function store_write_once();
insert into store_audithead (id, size) values (1, 0);
"""
UNDO = """
drop trigger write_once on store_auditentry;
drop trigger write_once on store_auditnode;
drop trigger write_once on store_checkpoint;
drop trigger write_once on store_decision;
drop function store_write_once();
delete from store_audithead;
"""


class Migration(migrations.Migration):
    """Run once."""

    dependencies = [('store', '0001_first')]
    operations = [migrations.RunSQL(WRITE_ONCE, UNDO)]
