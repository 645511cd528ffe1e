-- A revision never comes again (docs/protocol.md, 5.5). Where the last commits are lost, a count goes on from before
-- them, and who read the lost life of a row would find its number there once more, on a row that it says nothing of. So each
-- change draws how far it counts on, also the first: a row that was lost whole is born anew. Not farther than this, for a row
-- that waits may change every two seconds for months before an integer is used up.
create function next_revision(p_revision int) returns int language sql volatile as $$
  select p_revision + 1 + floor(random() * 1024)::int
$$;
--> statement-breakpoint
create function draw_revision() returns trigger language plpgsql as $$
begin
  new.revision := next_revision(old.revision);
  return new;
end
$$;
--> statement-breakpoint
alter table customers alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger customers_revise before update of revision on customers for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table payment_methods alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger payment_methods_revise before update of revision on payment_methods for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table setups alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger setups_revise before update of revision on setups for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table charges alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger charges_revise before update of revision on charges for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table recoveries alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger recoveries_revise before update of revision on recoveries for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table messages alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger messages_revise before update of revision on messages for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint
alter table inbox_events alter column revision set default next_revision(0);
--> statement-breakpoint
create trigger inbox_events_revise before update of revision on inbox_events for each row
  when (new.revision > old.revision) execute function draw_revision();
--> statement-breakpoint

-- Which life of the server answers. Whoever wrote something, and then writes on another life that it was done, may write
-- it of what was lost between the two.
create function database_life() returns text language sql stable as $$
  select pg_postmaster_start_time()::text
$$;
