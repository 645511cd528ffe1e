-- Live and test never share a database: the first process that starts on it writes which of the two it is, and a process of the
-- other mode does not start. What is there already says it by its charges, or by what Stripe told.
alter table instance add column livemode boolean;
--> statement-breakpoint
update instance set livemode = coalesce((select livemode from charges limit 1), (select livemode from inbox_events limit 1));
--> statement-breakpoint
create function keep_mode() returns trigger language plpgsql as $$
begin
  if old.livemode is not null and new.livemode is distinct from old.livemode then
    raise exception 'a database never changes between live and test' using errcode = 'DC002';
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger instance_mode before update on instance for each row execute function keep_mode();
