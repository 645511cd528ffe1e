-- A lease's number never comes again either: where a claim was lost with its commit, the next one would bear its number, and
-- whoever was asleep under the lost claim would wake up as the holder. What draws is no longer about revisions alone.
alter function next_revision(int) rename to drawn_after;
--> statement-breakpoint
create or replace function draw_revision() returns trigger language plpgsql as $$
begin
  new.revision := drawn_after(old.revision);
  return new;
end
$$;
