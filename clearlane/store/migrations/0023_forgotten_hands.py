"""What the transaction that forgets a declaration may change: who had its things in hand, and
what was declared before a correction. Everything else of these rows stays for good."""

from django.db import migrations

FORGETS = """
create function store_forgets(wanted bigint) returns boolean language sql stable as $$
  select exists (
    select from store_forgotten f where f.declaration_id = wanted
      and f.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
  )
$$;
create function store_custody_hands() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and store_forgets(new.declaration_id)
    and to_jsonb(new) - '{holder,identity}'::text[] = to_jsonb(old) - '{holder,identity}'::text[]
  then
    return new;
  end if;
  raise exception 'acts of custody are kept' using errcode = 'check_violation';
end $$;
drop trigger custody_act_kept on store_custodyact;
create trigger custody_act_kept before update or delete on store_custodyact
  for each row execute function store_custody_hands();

create or replace function store_custody_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> '' or new.acts_done <> 0 then
      raise exception 'a new object has no state' using errcode = 'check_violation';
    end if;
  elsif tg_op = 'UPDATE' and store_forgets(new.declaration_id)
    and to_jsonb(new) - 'holder' = to_jsonb(old) - 'holder' then
    return new;
  elsif tg_op = 'DELETE' or pg_trigger_depth() < 2 then
    raise exception 'an object changes by a recorded act only' using errcode = 'check_violation';
  end if;
  return new;
end $$;

create function store_correction_once() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and store_forgets(new.declaration_id)
    and to_jsonb(new) - '{before,after}'::text[] = to_jsonb(old) - '{before,after}'::text[]
  then
    return new;
  end if;
  raise exception 'store_correction is append-only';
end $$;
drop trigger write_once on store_correction;
create trigger write_once before update or delete on store_correction
  for each row execute function store_correction_once();
"""
UNDO = """
drop trigger write_once on store_correction;
create trigger write_once before update or delete on store_correction
  for each row execute function store_write_once();
drop function store_correction_once();
create or replace function store_custody_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> '' or new.acts_done <> 0 then
      raise exception 'a new object has no state' using errcode = 'check_violation';
    end if;
  elsif tg_op = 'DELETE' or pg_trigger_depth() < 2 then
    raise exception 'an object changes by a recorded act only' using errcode = 'check_violation';
  end if;
  return new;
end $$;
drop trigger custody_act_kept on store_custodyact;
create trigger custody_act_kept before update or delete on store_custodyact
  for each row execute function store_custody_kept();
drop function store_custody_hands();
drop function store_forgets(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [('store', '0022_advances')]
    operations = [migrations.RunSQL(FORGETS, UNDO)]
