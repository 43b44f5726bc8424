"""The database holds the books: an entry adds up to zero, and nothing written changes."""

from django.db import migrations

BALANCE = """
create function store_entry_balances() returns trigger language plpgsql as $$
declare
  of_entry bigint;
  lines bigint;
  total numeric;
begin
  if tg_table_name = 'store_entry' then of_entry := new.id; else of_entry := new.entry_id; end if;
  select count(*), coalesce(sum(amount), 0) into lines, total
    from store_entryline where entry_id = of_entry;
  if lines < 2 or total <> 0 then
    raise exception 'entry %: % lines add up to %, not to zero', of_entry, lines, total
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger entry_balances after insert on store_entry
  deferrable initially deferred for each row execute function store_entry_balances();
create constraint trigger entry_balances after insert on store_entryline
  deferrable initially deferred for each row execute function store_entry_balances();
create trigger write_once before update or delete on store_entry
  for each row execute function store_write_once();
create trigger write_once before update or delete on store_entryline
  for each row execute function store_write_once();
create trigger write_once before update or delete on store_providerevent
  for each row execute function store_write_once();
"""
UNDO = """
drop trigger write_once on store_providerevent;
drop trigger write_once on store_entryline;
drop trigger write_once on store_entry;
drop trigger entry_balances on store_entryline;
drop trigger entry_balances on store_entry;
drop function store_entry_balances();
"""


class Migration(migrations.Migration):
    """Run once."""

    dependencies = [('store', '0009_books')]
    operations = [migrations.RunSQL(BALANCE, UNDO)]
